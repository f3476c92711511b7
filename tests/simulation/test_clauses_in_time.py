"""Clauses that count months, opposites, and what published figures alone decide, against loops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests import known
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.elements.conditions import AllOf, AnyOf, Clause, NotOf, Tree
from withdrawal_risk.model.clauses import origin
from withdrawal_risk.queries.published_part import published_part
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, Evaluator
from withdrawal_risk.simulation.futures import Futures, simulate

TIME = ("2020-01", "2020-12", "2021-06")
WINDOW = {"from": "2020-10", "to": "2021-03"}
COUNTS: dict[str, tuple[dict[str, Any], Any]] = {
    "ever": ({"ever": True}, lambda met: met.any()),
    "always": ({"always": True}, lambda met: met.all()),
    "twice": ({"months": {"at_least": 2}}, lambda met: met.sum() >= 2),
    "rarely": ({"months": {"at_most": 1}}, lambda met: met.sum() <= 1),
    "never": ({"months": {"at_most": 0}}, lambda met: not met.any()),
}


def incidents(**changes: Any) -> dict[str, Any]:
    return {
        "family": "count", "measures": "strain", "label": "Incidents", "unit": "a month", "polarity": "+",
        "at_reference": {"p5": 4, "p95": 12}, "ratio_per_level": {"p5": 1.5, "p95": 3},
        "error": {"p5": 0.1, "p95": 0.4}, **known.SAYS,
    } | changes  # fmt: skip


LOST = {
    "family": "state", "measures": "strain", "label": "Lost", "unit": "yes or no", "polarity": "+",
    "enters": {"p5": 0.02, "p95": 0.2}, "leaves": {"p5": 0.05, "p95": 0.4},
    "odds_ratio_per_level": {"p5": 1.3, "p95": 3}, "resolution": "the ministry", **known.SAYS,
}  # fmt: skip


def row(name: str, start: str, end: str, value: Any, low: Any = "", high: Any = "") -> str:
    return f"{name},incidents,{start},{end},rule:same_month,{value},{low},{high},,A,invented,,"


def posterior(*rows: str, condition: dict[str, Any] | None = None, **files: Any) -> wr.Posterior:
    clause = condition or {"factor": "strain", "at_most": "medium"}
    file: dict[str, Any] = {
        "factors": {"strain": known.factor("strain", 4.0)}, "edges": [],
        "indicators": {"incidents": incidents(resolution="the police"), "lost": LOST},
        "conditions": {"calm": {"label": "Calm", "all": [clause], **known.SAYS}},
    } | files  # fmt: skip
    made = known.model(TIME, rows, **file)
    return known.posterior(made, {"strain": 1.0}, draws=60)


def _futures(of: wr.Posterior, futures: int = 16) -> Futures:
    (some,) = simulate(of, next, futures=futures)
    return some


def _holds(of: wr.Posterior, tree: Tree, futures: int = 16) -> np.ndarray:
    return Evaluator(of, {"it": tree})(_futures(of, futures))["it"]


def clause(**keys: Any) -> Clause:
    return Clause.model_validate(keys)


@pytest.mark.parametrize("kind", COUNTS)
@pytest.mark.parametrize("subject", ["factor", "indicator"])
def test_months_are_counted_as_a_loop_counts_them(kind: str, subject: str) -> None:
    of = posterior(row("a", "2020-10", "2020-10", 9))
    keys, expected = COUNTS[kind]
    name, bound = ("strain", 0.3) if subject == "factor" else ("incidents", 9)
    some = _futures(of)
    values = some.level(0, 9, 14) if subject == "factor" else some.value(0, 9, 14)
    for side in ("at_least", "at_most"):
        held = Evaluator(of, {"it": clause(**{subject: name, side: bound}, **keys, **WINDOW)})(some)["it"]  # fmt: skip
        for d, f in np.ndindex(held.shape):
            path = values[d, :, f]
            met = path >= bound if side == "at_least" else path <= bound
            assert held[d, f] == expected(met)


def test_a_yes_is_asked_for_without_a_bound() -> None:
    of = posterior()
    plain = _holds(of, clause(indicator="lost", ever=True, last=6))
    spelled = _holds(of, clause(indicator="lost", ever=True, last=6, at_least=1))
    np.testing.assert_array_equal(plain, spelled)
    assert 0 < plain.mean() < 1
    assert "is no yes or no" in refusal(
        lambda: posterior(condition={"indicator": "incidents", "ever": True, "last": 3})
    )


def test_opposites() -> None:
    """Of a tree with indicators, whose futures are looked at only where they matter."""
    of = posterior()
    calm = clause(factor="strain", at_most=0.2)
    few = clause(indicator="incidents", statistic="total", last=3, at_most=20)
    lost = clause(indicator="lost", ever=True, last=4)
    deep = AllOf(all=(NotOf.model_validate({"not": AnyOf(any=(lost, NotOf.model_validate({"not": few})))}), calm))  # fmt: skip
    some = _futures(of)
    held = Evaluator(of, {"deep": deep, "calm": calm, "few": few, "lost": lost})(some)
    single = {
        name: Evaluator(of, {"it": tree})(some)["it"]
        for name, tree in (("calm", calm), ("few", few), ("lost", lost))
    }
    expected = ~(single["lost"] | ~single["few"]) & single["calm"]
    np.testing.assert_array_equal(held["deep"], expected)
    assert 0 < expected.mean() < 1


@pytest.mark.parametrize(
    ("rows", "keys", "share"),
    [
        # A row over the clause's months settles their total, and one that is 0 every month of it.
        ([row("a", "2020-07", "2020-12", 40)], {"statistic": "total", "at_least": 40}, 1),
        ([row("a", "2020-07", "2020-12", 0)], {"always": True, "at_most": 0}, 1),
        ([row("a", "2020-07", "2020-12", 0)], {"statistic": "max", "at_most": 0}, 1),
        ([row("a", "2020-07", "2020-12", 5)], {"ever": True, "at_least": 6}, 0),
        ([row("a", "2020-07", "2020-12", 5)], {"statistic": "last", "at_most": 5}, 1),
        # One that reaches beyond them settles what holds however it is split.
        ([row("a", "2020-04", "2020-12", 5)], {"statistic": "total", "at_most": 5}, 1),
        ([row("a", "2020-04", "2020-12", 5)], {"months": {"at_most": 0}, "at_least": 6}, 1),
        # Several rows and single months that tile it are its sum.
        ([row("a", "2020-07", "2020-10", 30), row("b", "2020-11", "2020-11", 4), row("c", "2020-12", "2020-12", 6)],
         {"statistic": "total", "at_most": 40}, 1),
        ([row("a", "2020-07", "2020-10", 30), row("b", "2020-11", "2020-11", 4), row("c", "2020-12", "2020-12", 6)],
         {"statistic": "mean", "at_least": 7}, 0),
        # Single months, of which two reach the bound.
        ([row(f"r{t}", f"2020-{t:02d}", f"2020-{t:02d}", 10 if t > 10 else 2) for t in range(7, 13)],
         {"months": {"at_least": 2}, "at_least": 10}, 1),
        ([row(f"r{t}", f"2020-{t:02d}", f"2020-{t:02d}", 10 if t > 10 else 2) for t in range(7, 13)],
         {"months": {"at_least": 3}, "at_least": 10}, 0),
        # A range settles where both of its ends agree.
        ([row("a", "2020-12", "2020-12", "", 4, 8)], {"statistic": "last", "at_most": 8}, 1),
        ([row("a", "2020-12", "2020-12", "", 4, 8)], {"statistic": "last", "at_least": 9}, 0),
        ([row("a", "2020-12", "2020-12", "", 4, 8)], {"statistic": "last", "at_least": 6}, None),
        # What is open stays open.
        ([row("a", "2020-04", "2020-12", 60)], {"statistic": "total", "at_most": 30}, None),
        ([row("a", "2020-07", "2020-12", 30)], {"ever": True, "at_least": 12}, None),
    ],
)  # fmt: skip
def test_published_rows_settle_what_they_can(
    rows: list[str], keys: dict[str, Any], share: float | None
) -> None:
    held = _holds(
        posterior(*rows), clause(indicator="incidents", **{"from": "2020-07", "to": "2020-12"}, **keys)
    ).mean()  # fmt: skip
    assert 0 < held < 1 if share is None else held == share


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"ever": False, "last": 3}, "says the opposite; write ever: true within not"),
        ({"ever": "true", "last": 3}, "write true or false, without quotes"),
        ({"months": {"at_least": 4}, "last": 3}, "at_least 4 is more than the clause's 3"),
        ({"ever": True}, "needs months to look at"),
        ({"ever": True, "always": True, "last": 3}, "counts months in one way"),
        ({"months": {"at_least": 2}, "statistic": "mean", "last": 3}, "leave statistic out"),
        ({"months": {}, "last": 3}, "months has at_least or at_most, exactly one of the two"),
        ({"months": {"at_least": 0}, "last": 3}, "0 is not valid here; it must be at least 1"),
        ({"always": True, "from": "2019-01", "to": "2020-03"}, "is before the model's start"),
        ({"always": True, "from": "2021-01", "to": "2022-03"}, "is after the horizon"),
    ],
)
def test_counts_that_say_nothing_are_refused(keys: dict[str, Any], message: str) -> None:
    condition = {"factor": "strain", "at_most": "medium", **keys}
    assert message in refusal(lambda: posterior(condition=condition))


def test_who_answers_a_clause() -> None:
    policy = {
        "label": "Troops", "worse": "low", "unit": "troops", "reference": 2000, "per_level": 1000,
        "path": [{"from": "2020-01", "value": 2500}], **known.SAYS,
    }  # fmt: skip
    of = posterior(policies={"troops": policy}, indicators={"incidents": incidents(), "lost": LOST})
    spec = of.model.spec
    assert origin(spec, clause(indicator="lost", at_least=1)) == "published"
    assert origin(spec, clause(indicator="incidents", at_least=1)) == "judged"
    assert (
        origin(spec, clause(indicator="incidents", at_least=1, resolution="police")) == "published"
    )
    assert origin(spec, clause(factor="troops", at_least=1)) == "given"
    assert origin(spec, clause(factor="strain", at_least=1, resolution="police")) == "judged"


def test_what_published_figures_alone_decide() -> None:
    """Judged clauses are unknown: an `all` can only be missed by the published ones, an `any` only met."""
    quiet = {"indicator": "incidents", "statistic": "total", "last": 3, "at_most": 20}
    calm = {"factor": "strain", "at_most": "medium"}
    conditions = {
        "both": {"label": "Both", "all": [quiet, calm], **known.SAYS},
        "either": {"label": "Either", "any": [quiet, calm], **known.SAYS},
        "plain": {"label": "Plain", "all": [quiet], **known.SAYS},
        "opposite": {"label": "Opposite", "all": [{"not": {"any": [quiet, calm]}}], **known.SAYS},
        "felt": {"label": "Felt", "all": [calm], **known.SAYS},
    }
    of = posterior(conditions=conditions)
    part = published_part(of, futures=16, random_seed=1)
    share = Evaluator(of)(_futures(of))["plain"].mean()
    assert 0.1 < share < 0.9
    expected = {
        "both": (0, 1 - share), "either": (share, 0), "plain": (share, 1 - share), "opposite": (0, share),
        "felt": (0, 0),
    }  # fmt: skip
    for name, (true, false) in expected.items():
        found = part.loc[name]
        assert (found["published_true"], found["published_false"]) == pytest.approx((true, false))
        assert found.sum() == pytest.approx(1)
    assert part.loc[ALL_CONDITIONS, "published_true"] == 0
    assert part.loc[ALL_CONDITIONS, "published_false"] == 1


def test_the_outlook_says_the_published_part(request: pytest.FixtureRequest) -> None:
    # By name, because this file has a function of that name.
    small: wr.Posterior = request.getfixturevalue("posterior")
    result = wr.outlook(small, futures=8)
    row_of = result.summary.loc["calm"]
    assert row_of[["published_true", "published_false", "judged"]].sum() == pytest.approx(1)
    entry = result.to_dict()["conditions"]["calm"]
    assert set(entry["published_part"]) == {"true", "false", "judged"}
    assert set(entry["base_rates"]) == {"structure", "events", "evidence"}
    assert entry["base_rates"]["evidence"] == entry["probability"]
    assert entry["base_rates"]["structure"] != entry["base_rates"]["events"]
    for lang in ("en", "ar"):
        assert any(word in result.sentence(lang, "calm") for word in ("judgement", "للتقدير"))
