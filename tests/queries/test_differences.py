"""Intervals of differences, held against futures so many that their own noise does not matter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tests.calibration.differences import true_differences
from tests.variants import CALM, with_text

import withdrawal_risk as wr
from withdrawal_risk.simulation.worlds import horizon_window, of_settings

REFERENCE = 4096
"""Futures of each draw in the reference."""

SOME = 250
"""Draws of the reference: the share of them in an interval that holds 90 % has a standard error of 1.9 points."""

WORLDS: dict[str, dict[str, object]] = {
    "large": {"tension": -1.0},
    "small": {"tension": wr.shift(0.1)},
    "both ways": {"gaps": 0.0},
    "parent and child": {"tension": wr.shift(-0.4), "gaps": wr.shift(0.3)},
    "a policy": {"presence": 1000},
}


@pytest.mark.parametrize("name", WORLDS)
def test_intervals_hold_the_true_differences(posterior: wr.Posterior, name: str) -> None:
    """80 to 99.5 % of the draws' differences lie in the printed 90 % interval, whatever their law.

    85 to 95 % are promised; 252 draws add 3 standard errors of 1.9 points below, and where most differences are nearly 0 an
    interval that ends there holds more. The reference's noise is below a fifth of the spread between draws.
    """
    world = of_settings(posterior, WORLDS[name], None, None, "future")  # type: ignore[arg-type]
    (true,), _ = true_differences(posterior, [world], draws=SOME, futures=REFERENCE)
    table = wr.do(posterior, WORLDS[name]).summary  # type: ignore[arg-type]
    judged = 0
    for difference, (_, row) in zip(true, table.iterrows(), strict=True):
        if np.abs(difference).max() < 0.002:
            continue
        low, high = row["difference_lower"], row["difference_upper"]
        assert 0.8 < np.mean((difference >= low - 1e-9) & (difference <= high + 1e-9)) <= 0.995, row
        # No sign is claimed that the middle 80 % of the draws do not have.
        ends = np.quantile(difference, [0.1, 0.9])
        assert not (ends[0] < -1e-4 and ends[1] > 1e-4 and low * high > 0)
        judged += 1
    assert judged


def test_what_no_route_reaches_does_not_differ(posterior: wr.Posterior) -> None:
    """Gaps do not act on supply; and what happens in the last month comes too late for an effect after a month."""
    row = wr.do(posterior, {"gaps": "very high"}).summary.loc["supplied"]
    assert (
        row[["difference", "difference_lower", "difference_upper", "difference_mcse"]] == 0
    ).all()
    late = with_text(
        posterior, (CALM, "      - {factor: gaps, statistic: mean, last: 3, at_most: medium}\n")
    )
    found = wr.do(late, {"tension": 3.0}, start="2024-06")
    assert (
        found.summary.loc["calm", ["difference", "difference_lower", "difference_upper"]] == 0
    ).all()
    assert "the same as expected" not in found.sentence(), (
        "all conditions hold one on tension itself"
    )


def test_a_difference_that_hardly_happens_is_not_resolved(posterior: wr.Posterior) -> None:
    """Far out in the tail a handful of futures differ, in different draws: nothing is known of how draws differ."""
    rare = with_text(
        posterior, (CALM, "      - {factor: gaps, statistic: mean, last: 3, at_least: 3.4}\n")
    )
    found = wr.do(rare, {"tension": wr.shift(0.02)})
    row = found.summary.loc["calm"]
    assert np.isnan(row["difference_lower"]) and np.isnan(row["difference_upper"])
    entry = found.to_dict()["conditions"]["calm"]
    assert entry["difference_ci"] is None and entry["difference_mcse"] > 0
    assert "no measurable difference" in found.sentence() or "points" in found.sentence()


@pytest.mark.parametrize("futures", [4, 16])
def test_what_no_future_shows_is_not_impossible(posterior: wr.Posterior, futures: int) -> None:
    """Clopper and Pearson: of n futures without an event a probability of 1 - 0.05^(1/n) is not ruled out at 95 %."""
    never = with_text(
        posterior, (CALM, "      - {factor: gaps, statistic: max, last: 3, at_least: 5.9}\n")
    )
    row = wr.outlook(never, futures=futures).summary.loc["calm"]
    count = 4000 * futures
    assert row["probability"] == 0 and row["lower"] == 0
    assert row["upper"] == pytest.approx(
        1 - 0.05 ** (1 / count), abs=10.0 ** -np.ceil(np.log10(count))
    )
    assert 0 < row["mcse"] < 2 / count
    entry = wr.outlook(never, futures=futures).to_dict()["conditions"]["calm"]
    assert all(round(end, 6) == end for end in entry["ci"])


@pytest.mark.parametrize(
    "ask",
    [
        lambda p: wr.scenarios(p).results["baseline"].summary["probability"],
        lambda p: wr.do(p, {"tension": wr.shift(0)}).summary["probability"],
        lambda p: {c: wr.drivers(p, c).probability for c in ("calm", "supplied", "all_conditions")},
        lambda p: {c: wr.attribution(p, c, draws=200).probability for c in ("calm", "supplied")},
        lambda p: {
            c: wr.explain_interval(p, c).probability for c in ("calm", "supplied", "all_conditions")
        },
        lambda p: {"calm": wr.reach(p, "calm", probability=0.01, draws=200).probability},
    ],
    ids=["scenarios", "do", "drivers", "attribution", "explain_interval", "reach"],
)
def test_one_quantity_has_one_value(
    posterior: wr.Posterior, ask: Callable[[wr.Posterior], object]
) -> None:
    """Whichever question prints it: all share draws and futures."""
    outlook = wr.outlook(posterior).summary["probability"]
    for condition, probability in dict(ask(posterior)).items():  # type: ignore[call-overload]
        assert probability == pytest.approx(outlook[condition], abs=1e-12)


def test_the_answer_of_reach_lies_on_its_frontier(posterior: wr.Posterior) -> None:
    found = wr.reach(posterior, "calm", probability=0.5, draws=300)
    way = found.frontier
    assert ((way["cost"] - found.cost).abs() < 1e-12).any()
    (row,) = way[(way["cost"] - found.cost).abs() < 1e-12].to_dict("records")
    assert row["probability"] == pytest.approx(found.probability, abs=1e-12)
    assert way["cost"].is_monotonic_increasing
    assert horizon_window(posterior).labels[-1] == "2024-06"
