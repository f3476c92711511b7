"""What rows and months show: heavy tails, errors over a span, flows that stop, revisions, anchors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats
from tests import known
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.families import Distribution, family_of, values
from withdrawal_risk.inference.alignment import (
    align_evidence,
    evidence_months,
    fit_window,
    published_values,
)
from withdrawal_risk.inference.measurement import log_likelihood
from withdrawal_risk.inference.parameters import build_frame
from withdrawal_risk.simulation.futures import simulate
from withdrawal_risk.simulation.worlds import of_settings

TIME = ("2020-01", "2020-12", "2021-06")
COLUMNS = f"{known.HEADER},replaces"


def flow(**changes: Any) -> dict[str, Any]:
    return {
        "family": "lognormal", "measures": "strain", "label": "Flow", "unit": "tons", "polarity": "+",
        "at_reference": {"p5": 8, "p95": 12}, "ratio_per_level": {"p5": 1.5, "p95": 2.5},
        "error": known.known(0.3), **known.SAYS,
    } | changes  # fmt: skip


STOPS = {"can_be_zero": {"p5": 0.1, "p95": 0.3}, "zero_odds_ratio_per_level": {"p5": 1.5, "p95": 3}}


def row(name: str, start: str, end: str, value: float, *, se: str = "", grade: str = "A") -> str:
    return f"{name},flow,{start},{end},rule:same_month,{value},,,{se},{grade},invented,,"


def model(item: dict[str, Any], rows: list[str]) -> wr.Model:
    return known.model(
        TIME, rows, factors={"strain": known.factor("strain", 4.0)}, edges=[],
        conditions={"calm": known.condition("strain", -0.2)}, indicators={"flow": item},
    )  # fmt: skip


def _density(made: wr.Model, level: float, many: int = 2) -> np.ndarray:
    """Return the log density of the rows where every month has one level."""
    frame = build_frame(made, fit_window(made, made.as_of))
    draws = {
        name: np.tile(prior.constrained(prior.mu), (many, *(1,) * prior.mu.ndim))
        for name, prior in frame.priors.items()
    }
    (block,) = align_evidence(frame, made.evidence, made.as_of)
    return log_likelihood(frame, block, draws, np.full((many, 12, 1), level))[0]


@pytest.mark.parametrize(
    ("tail", "law"), [("normal", stats.norm()), ("student_t", stats.t(4, scale=math.sqrt(0.5)))]
)
@pytest.mark.parametrize("over", ["shared", "independent"])
def test_errors_of_a_row_have_the_stated_law(tail: str, law: Any, over: str) -> None:
    """The error of 0.3 is that of a month, less by the root of the months where they are independent."""
    rows = [
        row("a", "2020-02", "2020-02", 25), row("b", "2020-03", "2020-06", 25),
        row("c", "2020-07", "2020-10", 25, se="5", grade="B"), row("d", "2020-11-01", "2020-11-15", 25),
    ]  # fmt: skip
    found = _density(model(flow(tail=tail, error_over_span=over), rows), 0.0)
    months = np.array([1, 4, 4, 0.5]) if over == "independent" else np.ones(4)
    error = 0.3 * np.array([1, 1, 1.5, 1]) / np.sqrt(months)
    sd = np.hypot(error, [0, 0, 5 / 25, 0])
    distance = math.log(25) - math.log(math.sqrt(8 * 12))
    expected = law.logpdf(distance / sd) - np.log(sd) - math.log(25)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_heavy_noise_is_student_t_and_returns() -> None:
    """Kolmogorov distance of 200,000 draws, below its 1e-6 quantile; and every value from its own noise."""
    law = Distribution(np.full(200_000, 2.0), np.full(200_000, 0.5), tail=True)
    made = model(flow(tail="student_t"), [])
    frame = build_frame(made, fit_window(made, made.as_of))
    own = family_of(frame.indicators[0][1])
    drawn = values.draw(own, law, np.random.default_rng(1))
    score = (np.log(drawn) - math.log(2)) / 0.5
    assert stats.kstest(score * math.sqrt(2), stats.t(4).cdf).pvalue > 1e-6
    assert score.std() == pytest.approx(1.0, abs=0.05)
    one = Distribution(np.array([[2.0]]), np.array([[0.5]]), tail=True)
    for value in (1e-3, 0.7, 2.0, 900.0):
        noise = values.noise_given(own, value, one, (1, 3), np.random.default_rng(2))
        np.testing.assert_allclose(values.realise(own, one, noise), value, rtol=1e-9)


def test_flows_that_can_stop() -> None:
    """A row is nought where all of its months are; otherwise it has the density of what flows."""
    rows = [row("a", "2020-02", "2020-02", 0), row("b", "2020-03", "2020-05", 0),
            row("c", "2020-07", "2020-08", 11), row("d", "2020-10", "2020-10", 11)]  # fmt: skip
    stopping = _density(model(flow(**STOPS), rows), 0.7)
    plain = _density(model(flow(), rows[2:]), 0.7)
    frame = build_frame(made := model(flow(**STOPS), []), fit_window(made, made.as_of))
    at_0, slope = (frame.priors[name] for name in ("nought", "nought_loading"))
    chance = 1 / (1 + math.exp(-at_0.mu[0] + 0.7 * math.exp(slope.mu[0])))
    expected = [
        math.log(chance), 3 * math.log(chance),
        math.log1p(-(chance**2)) + plain[0], math.log1p(-chance) + plain[1],
    ]  # fmt: skip
    np.testing.assert_allclose(stopping, expected, rtol=1e-9)


def test_a_flow_that_stopped_did_so_in_every_future() -> None:
    made = model(flow(**STOPS), [row("a", "2020-11", "2020-11", 0), row("b", "2020-12", "2020-12", 9)])  # fmt: skip
    posterior = known.posterior(made, {"strain": 1.0}, draws=400)
    stressed = of_settings(posterior, {"strain": -2.0}, "2020-12", "2020-12", "past")
    same = of_settings(posterior, {"strain": wr.shift(0)}, "2020-12", "2020-12", "past")
    for some in simulate(posterior, list, futures=16, worlds=[stressed, same]):
        plain, stopped, unchanged = (futures.value(0, 10, 17) for futures in some)
        assert (plain[:, 0] == 0).all() and (plain[:, 1] == 9).all()
        np.testing.assert_allclose(unchanged, plain, rtol=1e-12)
        # More strain of the wrong kind stops some of what flowed, and starts nothing.
        assert 0.1 < (stopped[:, 1] == 0).mean() < 0.9
        level, shown = some[0].level(0, 14, 14)[:, 0], some[0].part.measurement(0)
        chance = shown.distribution(level).nought
        error = 5 * 0.5 / math.sqrt(plain[:, 4].size)
        assert (plain[:, 4] == 0).mean() == pytest.approx(chance.mean(), abs=error)
    shown_months = wr.forecast(posterior, futures=2)["flow"].values
    assert 0.05 < (shown_months == 0).mean() < 0.5


@pytest.mark.parametrize(
    ("item", "value", "message"),
    [
        (flow(), 0, "is not above 0, as a lognormal value must be; a flow that can stop has can_be_zero"),
        (flow(**STOPS), -1, "is not above 0"),
        (flow(can_be_zero={"p5": 0.1, "p95": 0.3}), 1, "go together; write both"),
        (flow(tail="cauchy"), 1, "'cauchy' is not valid here"),
        (flow(error_over_span="none"), 1, "'none' is not valid here"),
    ],
)  # fmt: skip
def test_what_a_flow_cannot_be(item: dict[str, Any], value: float, message: str) -> None:
    assert message in refusal(lambda: model(item, [row("a", "2020-02", "2020-02", value)]))


def _revised(*rows: str) -> wr.Model:
    plain = model(flow(), [])
    return wr.Model.from_texts(plain.model_text, "\n".join([COLUMNS, *rows]) + "\n")


FIRST = "a,flow,2020-03,2020-03,2020-04,10,,,,A,invented,,,"
SECOND = "b,flow,2020-03,2020-03,2020-06,12,,,,A,invented,,,a"
THIRD = "c,flow,2020-03,2020-03,2020-09,15,,,,A,invented,,,b"


@pytest.mark.parametrize(
    ("as_of", "value"), [("2020-03", None), ("2020-05", 10), ("2020-06", 12), ("2020-12", 15)]
)
def test_a_revision_counts_once_from_its_publication(as_of: str, value: float | None) -> None:
    made, month = _revised(THIRD, FIRST, SECOND), Month.parse(as_of)
    frame = build_frame(made, fit_window(made, month))
    (block,) = align_evidence(frame, made.evidence, month)
    seen = block.value[block.seen > 0].tolist()
    assert seen == ([] if value is None else [value])
    assert [row.value for row in made.evidence_at(month)] == seen
    known_then = published_values(frame, made.evidence, month).get(0, {})
    assert [v.value for v in known_then.values()] == seen


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ((FIRST, SECOND.replace(",,a", ",,z")), "'z' is not the id of a row"),
        ((FIRST, SECOND.replace("2020-03,2020-03", "2020-04,2020-04")), "is about the indicator and the span"),
        ((FIRST, SECOND, THIRD.replace(",,b", ",,a")), "is revised by row 'b' already"),
        ((FIRST.replace("2020-04,10", "2020-08,10"), SECOND), "let the later one replace the earlier"),
        ((FIRST.replace("2020-04,10", "2020-06,10") + "b", SECOND), "revises itself, by"),
    ],
)  # fmt: skip
def test_revisions_of_nothing_are_refused(rows: tuple[str, ...], message: str) -> None:
    assert message in refusal(lambda: _revised(*rows))


def test_a_row_and_its_revision_do_not_overlap(tmp_path: Any) -> None:
    made = _revised(FIRST, SECOND)
    (tmp_path / "model.yaml").write_text(made.model_text, encoding="utf-8")
    (tmp_path / "evidence.csv").write_text(made.evidence_text or "", encoding="utf-8")
    assert not [f for f in wr.validate(tmp_path) if "independent reports" in str(f)]


def test_a_change_by_a_revision_is_explained(tmp_path: Any) -> None:
    """The parts add up, and the revision's is what putting the first value back undoes."""
    made = _revised(FIRST, SECOND, "d,flow,2020-05,2020-05,2020-06,9,,,,A,invented,,,")
    fits = [
        wr.fit(made, as_of=at, draws=400, tune=400, chains=2, random_seed=1, progressbar=False)
        for at in ("2020-05", "2020-07")
    ]
    before, after = fits
    change = wr.explain_change(before, after, "calm", refit=False)
    assert set(change.rows) == {"b", "d"}
    assert change.khat < 0.7


def test_known_references_are_not_anchored() -> None:
    """Known to 1e-3 of its scale a reference is sampled itself, and as well as a loose one."""
    rows = [row(f"r{t}", f"2020-{t + 1:02d}", f"2020-{t + 1:02d}", 8 + t) for t in range(10)]
    steps = {}
    for width in (1.0, 0.03, 1e-3, 1e-6):
        ends = {"p5": 10 * math.exp(-known.Z90 * width), "p95": 10 * math.exp(known.Z90 * width)}
        made = model(flow(at_reference=ends), rows)
        frame = build_frame(made, fit_window(made, made.as_of))
        months = evidence_months(frame, align_evidence(frame, made.evidence, made.as_of))
        assert bool(months.any()) == (width >= 0.03)
        fit = wr.fit(made, draws=200, tune=300, chains=2, random_seed=1, progressbar=False)
        steps[width] = float(fit.tree["sample_stats"]["n_steps"].mean())
        assert fit.settings["diagnostics"]["divergences"] == 0
    assert max(steps.values()) < 4 * steps[1.0], steps
