"""Conditions evaluated on futures, against loops over the same levels."""

from __future__ import annotations

import itertools
import re
from statistics import mean
from typing import Any

import numpy as np
import pytest
from tests.variants import variant

import withdrawal_risk as wr
from withdrawal_risk.elements.conditions import AllOf, AnyOf, Clause
from withdrawal_risk.elements.elicitation import LEVEL_NAMES, STANDARD_CUTS
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, Evaluator
from withdrawal_risk.simulation.futures import Futures, simulate

STATISTICS = {"mean": mean, "min": min, "max": max, "total": sum, "last": lambda levels: levels[-1]}
SOME = slice(None, None, 200)


@pytest.fixture(scope="module")
def futures(posterior: wr.Posterior) -> Futures:
    return next(iter(simulate(posterior, next, futures=3)))


def levels(posterior: wr.Posterior, futures: Futures, factor: str) -> np.ndarray:
    """Return a factor's levels of some draws, shape (draw, month, future)."""
    j = posterior.frame.structure.factors.index(factor)
    future = futures.future[j, SOME]
    past = np.repeat(futures.past[SOME, :, j, None], future.shape[2], axis=2)
    return np.concatenate([past, future], axis=1)


@pytest.mark.parametrize(
    "span", [{"last": 2}, {"last": 8}, {"from": "2023-11", "to": "2024-02"}], ids=str
)
@pytest.mark.parametrize("statistic", STATISTICS)
def test_clauses_hold_where_a_loop_says(
    posterior: wr.Posterior, futures: Futures, statistic: str, span: dict[str, Any]
) -> None:
    path = levels(posterior, futures, "gaps")
    first, last = (18 - span["last"], 17) if "last" in span else (10, 13)
    edges = dict(
        zip(LEVEL_NAMES, itertools.pairwise((-np.inf, *STANDARD_CUTS, np.inf)), strict=True)
    )
    for bound, side in itertools.product((0.4, "low", "high"), ("at_least", "at_most")):
        clause = Clause.model_validate(
            {"factor": "gaps", "statistic": statistic, side: bound} | span
        )
        held = Evaluator(posterior, {"it": clause})(futures)["it"][SOME]
        limit = bound if isinstance(bound, float) else edges[bound][side == "at_most"]
        for d, f in np.ndindex(held.shape):
            value = STATISTICS[statistic](path[d, first : last + 1, f].tolist())
            assert held[d, f] == (value >= limit if side == "at_least" else value <= limit)


def test_trees_and_the_conjunction(posterior: wr.Posterior, futures: Futures) -> None:
    calm, quiet = (
        Clause.model_validate({"factor": name, "at_most": "low"}) for name in ("gaps", "tension")
    )
    trees = {
        "a": calm,
        "b": quiet,
        "both": AllOf(all=(calm, quiet)),
        "either": AnyOf(any=(calm, quiet)),
    }
    held = Evaluator(posterior, trees)(futures)
    np.testing.assert_array_equal(held["both"], held["a"] & held["b"])
    np.testing.assert_array_equal(held["either"], held["a"] | held["b"])
    assert held["both"].any() and (held["either"] != held["both"]).any()
    outcome = Evaluator(posterior)(futures)
    np.testing.assert_array_equal(outcome[ALL_CONDITIONS], outcome["calm"] & outcome["supplied"])
    assert (outcome["calm"] != outcome["supplied"]).any()


def test_indicators_left_out_of_decided_futures_change_nothing(
    posterior: wr.Posterior, futures: Futures
) -> None:
    calm = Clause.model_validate({"factor": "gaps", "at_most": "medium"})
    few = Clause.model_validate(
        {"indicator": "incidents", "last": 6, "statistic": "total", "at_most": 170}
    )
    none = Clause.model_validate(
        {"indicator": "incidents", "last": 2, "statistic": "min", "at_least": 20}
    )
    trees = {
        "both": AllOf(all=(calm, few)),
        "either": AnyOf(any=(few, calm)),
        "nested": AllOf(all=(calm, AnyOf(any=(none, few)))),
        "twice": AnyOf(any=(AllOf(all=(calm, none)), AllOf(all=(few, none)))),
    }
    calm_, few_, none_ = (
        Evaluator(posterior, {"it": leaf})(futures)["it"] for leaf in (calm, few, none)
    )
    known = {
        "both": calm_ & few_,
        "either": few_ | calm_,
        "nested": calm_ & (none_ | few_),
        "twice": none_ & (calm_ | few_),
    }
    together = Evaluator(posterior, trees)(futures)
    for name, tree in trees.items():
        assert 0.02 < known[name].mean() < 0.98, name
        np.testing.assert_array_equal(
            Evaluator(posterior, {name: tree})(futures)[name],  # type: ignore[dict-item]
            known[name],  # type: ignore[dict-item]
        )
        np.testing.assert_array_equal(together[name], known[name])


def _asked_of(posterior: wr.Posterior, text: str, evidence: str, **clauses: str) -> wr.Posterior:
    """Return the same draws with other conditions, of one clause each."""
    why = 'label: C, basis: "judgement: invented", why: W'
    lines = [f"  {name}: {{all: [{{{clause}}}], {why}}}" for name, clause in clauses.items()]
    changed = re.sub(
        r"(?s)conditions:.*(?=scenarios:)", "conditions:\n" + "\n".join(lines) + "\n", text
    )
    return variant(posterior, model=wr.Model.from_texts(changed, evidence))


def test_published_figures_stand(
    posterior: wr.Posterior, small_text: str, small_evidence: str
) -> None:
    """22 incidents were published of November, and later 5 of December; of August only a span with half of September."""
    later = "i5,incidents,2023-12,2023-12,2024-02,5,,,,A,invented,,\n"
    month = "indicator: incidents, from: 2023-11, to: 2023-11"
    asked = _asked_of(
        posterior, small_text, small_evidence + later, fewer=f"{month}, at_most: 21", as_many=f"{month}, at_most: 22",
        unknown="indicator: incidents, from: 2023-08, to: 2023-08, at_most: 20",
        unseen="indicator: incidents, from: 2023-12, to: 2023-12, at_most: 5",
        total="indicator: incidents, from: 2023-10, to: 2023-11, statistic: total, at_most: 21",
    )  # fmt: skip
    table = wr.outlook(asked, futures=4).summary
    assert table.loc["fewer", "probability"] == 0 and table.loc["as_many", "probability"] == 1
    assert (
        table.loc["total", "probability"] == 0 and 0.05 < table.loc["unknown", "probability"] < 0.95
    )
    assert table.loc["unseen", "probability"] < 0.5, "not published yet"
    assert 0.05 < table.loc["fewer", "prior"] < 0.95, "the prior knows no evidence"
    ahead = wr.do(asked, {"tension": wr.shift(2)}).summary["probability"]
    assert ahead["fewer"] == 0 and ahead["as_many"] == 1
    past = {"start": "2023-08", "end": "2023-10"}
    same, other = (
        wr.counterfactual(asked, {"tension": shift}, **past).summary["probability"]
        for shift in (wr.shift(0), wr.shift(2))
    )
    assert same["fewer"] == 0 and other["fewer"] == 0, (
        "with the same noise more tension never means fewer"
    )
    assert 0 < other["as_many"] < 1


def test_what_is_learnt_stands(posterior: wr.Posterior) -> None:
    """With 46 incidents in May there cannot have been 45 at most from April to June."""
    for ask in (
        wr.observe(posterior, {"incidents": 46}, month="2024-05"),
        wr.do(posterior, {"tension": wr.shift(1)}, observed={"incidents": 46}, month="2024-05"),
    ):
        assert ask.summary.loc["calm", "probability"] == 0
    held = wr.observe(posterior, {"incidents": 3}, month="2024-05").summary.loc[
        "calm", "probability"
    ]
    assert held > wr.outlook(posterior).summary.loc["calm", "probability"]


@pytest.mark.parametrize("statistic", ["mean", "min", "max", "last"])
@pytest.mark.parametrize("level", [0.7, 0.1, -1.3, 1 / 3])
@pytest.mark.parametrize("months", [3, 6])
def test_a_bound_that_is_met_is_met_but_for_rounding(
    posterior: wr.Posterior, statistic: str, level: float, months: int
) -> None:
    """A factor held at a level has that mean, from either side, however its sum is rounded."""
    text, evidence = posterior.model.model_text, posterior.model.evidence_text
    asked = _asked_of(
        posterior, text, evidence or "",
        least=f"factor: gaps, statistic: {statistic}, last: {months}, at_least: {level!r}",
        most=f"factor: gaps, statistic: {statistic}, last: {months}, at_most: {level!r}",
        above=f"factor: gaps, statistic: {statistic}, last: {months}, at_least: {level + 1e-9!r}",
    )  # fmt: skip
    found = wr.do(asked, {"gaps": level}, futures=2).summary["probability"]
    assert found["least"] == found["most"] == 1 and found["above"] == 0


def test_a_bound_is_met_in_every_unit(
    posterior: wr.Posterior, small_text: str, small_evidence: str
) -> None:
    """Published 0.1, 0.2 and 0.3 have a mean of 0.2 and a total of 0.6, which binary fractions miss by a bit."""
    for scale in (1.0, 1e-6, 1e6):
        rows = "".join(
            f"w{m},view,2023-{m},2023-{m},2023-12,{value * scale!r},,,,A,invented,,\n"
            for m, value in (("09", 0.1), ("10", 0.2), ("11", 0.3))
        )
        span = "indicator: view, from: 2023-09, to: 2023-11, statistic"
        asked = _asked_of(
            posterior, small_text, small_evidence + rows, mean_most=f"{span}: mean, at_most: {0.2 * scale!r}",
            mean_least=f"{span}: mean, at_least: {0.2 * scale!r}", total_most=f"{span}: total, at_most: {0.6 * scale!r}",
            total_least=f"{span}: total, at_least: {0.6 * scale!r}",
        )  # fmt: skip
        assert (wr.outlook(asked, futures=2).summary["probability"] == 1).all(), scale


def test_a_row_over_several_months_settles_their_total_and_mean(
    posterior: wr.Posterior, small_text: str, small_evidence: str
) -> None:
    """40 incidents were published of January to March: their total is known, the largest month is not."""
    quarter = "indicator: incidents, from: 2023-01, to: 2023-03"
    rows = "q1,view,2023-07,2023-10,2023-11,-0.5,,,,A,invented,,\nq2,view,2023-10,2023-10,2023-11,0.4,,,,B,invented,,\n"
    asked = _asked_of(
        posterior, small_text, small_evidence + rows,
        most=f"{quarter}, statistic: total, at_most: 40", least=f"{quarter}, statistic: total, at_least: 40",
        fewer=f"{quarter}, statistic: total, at_most: 39", mean=f"{quarter}, statistic: mean, at_most: 13.4",
        largest=f"{quarter}, statistic: max, at_most: 16", even=f"{quarter}, statistic: max, at_most: 13",
        smallest=f"{quarter}, statistic: min, at_least: 14",
        beyond="indicator: incidents, from: 2023-01, to: 2023-05, statistic: total, at_most: 58",
        part="indicator: incidents, from: 2023-02, to: 2023-03, statistic: total, at_most: 26",
        # The row reaches into September, so August has at most all of it.
        august="indicator: incidents, from: 2023-08, to: 2023-08, statistic: total, at_most: 30",
        # The month whose own figure is published is not counted twice; the span then stands for nothing.
        mixed="indicator: view, from: 2023-07, to: 2023-10, statistic: mean, at_most: -0.4",
    )  # fmt: skip
    table = wr.outlook(asked, futures=4).summary["probability"]
    assert table["most"] == table["least"] == table["mean"] == 1 and table["fewer"] == 0
    assert table["august"] == 1
    # However 40 is split over three months, one has 14 or more and one 13 or less.
    assert table["even"] == table["smallest"] == 0
    for unknown in ("largest", "part", "mixed"):
        assert 0.02 < table[unknown] < 0.98, unknown
    # 40 to March and 18 in April are known, and only 0 in May would do.
    assert table["beyond"] < 0.05
    # In a world with other levels the figure keeps its residual, however little they differ.
    for shift, holds in ((1e-7, 1), (-1, 1), (1, 0)):
        other = wr.counterfactual(asked, {"gaps": wr.shift(shift)}, start="2023-02", end="2023-03")
        assert other.summary.loc["most", "probability"] == holds, shift
        if holds:
            assert other.summary.loc["august", "probability"] == 1, shift
    assert wr.do(asked, {"gaps": 2.0}).summary.loc["most", "probability"] == 1


@pytest.mark.parametrize("first", [10, 13])
def test_values_of_few_futures_are_those_of_all(
    posterior: wr.Posterior, futures: Futures, first: int
) -> None:
    """Picked out or not, in months with published values and ahead: to the last bit."""
    where = np.random.default_rng(3).random(futures.shape) < 0.1
    for k, name in enumerate(posterior.frame.coords["indicator"]):
        every, few = futures.value(k, first, 17), futures.value(k, first, 17, where)
        draw, future = np.nonzero(where)
        np.testing.assert_array_equal(few[draw, :, future], every[draw, :, future], err_msg=name)


def test_clauses_of_one_indicator_share_their_months(
    posterior: wr.Posterior, futures: Futures
) -> None:
    """Spans that overlap, touch or hold each other, together and each alone."""
    spans = [(14, 15), (13, 16), (12, 17), (16, 17), (10, 13)]
    window = futures.window
    leaves = {
        str(span): Clause.model_validate(
            {"indicator": "incidents", "statistic": "total", "at_most": 18 * (span[1] - span[0] + 1),
             "from": str(window.first + span[0]), "to": str(window.first + span[1])}
        )
        for span in spans
    }  # fmt: skip
    trees: dict[str, Any] = {
        **leaves,
        "any": AnyOf(any=tuple(leaves.values())),
        "all": AllOf(all=tuple(leaves.values())),
    }
    together = Evaluator(posterior, trees)(futures)
    alone = [Evaluator(posterior, {"it": leaf})(futures)["it"] for leaf in leaves.values()]
    for name, held in zip(leaves, alone, strict=True):
        np.testing.assert_array_equal(together[name], held)
    for name, held in (("any", np.any(alone, axis=0)), ("all", np.all(alone, axis=0))):
        np.testing.assert_array_equal(together[name], held)
        assert 0.02 < held.mean() < 0.98
        np.testing.assert_array_equal(
            Evaluator(posterior, {"it": trees[name]})(futures)["it"], held
        )
