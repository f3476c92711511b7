"""The cheapest way to a probability, against all ways on a grid."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.variants import with_text

import withdrawal_risk as wr
from withdrawal_risk.simulation.worlds import World, horizon_window


def _by_grid(posterior: wr.Posterior, condition: str, target: float, step: float) -> float:
    """Return the least cost on a grid of shifts, every point simulated in a world of its own."""
    from withdrawal_risk.simulation.probabilities import probabilities

    names, window = posterior.frame.structure.factors, horizon_window(posterior)
    price, best = {"tension": 2.0, "gaps": 3.0}, np.inf
    for tension, gaps in itertools.product(
        np.arange(0, 1.5 + 1e-9, step), np.arange(0, 1 + 1e-9, step)
    ):
        cost = price["tension"] * tension + price["gaps"] * gaps
        if cost >= best:
            continue
        world = World.unchanged(posterior)
        for name, size in (("tension", tension), ("gaps", gaps)):
            if size:
                world.shift(names.index(name), 12, len(window) - 1, -size)
        found = probabilities(posterior, futures=16, random_seed=1, worlds=[world])
        if found.value[1, found.names.index(condition)].mean() >= target:
            best = cost
    return best


@pytest.mark.parametrize(("condition", "rise"), [("calm", 0.15), ("all_conditions", 0.12)])
def test_no_way_on_a_grid_is_cheaper(posterior: wr.Posterior, condition: str, rise: float) -> None:
    target = wr.outlook(posterior, futures=16).summary.loc[condition, "probability"] + rise
    found = wr.reach(posterior, condition, probability=target, draws=1000)
    assert found.reached and found.probability >= target
    # A step of the grid costs 0.5 or 0.75; the search is finer, but sees a quarter of the draws.
    assert found.cost <= _by_grid(posterior, condition, target, 0.25) + 0.25
    moved = {name: wr.shift(shift) for name, shift in found.summary["shift"].items() if shift}
    again = wr.do(posterior, moved).summary.loc[condition, "probability"]  # type: ignore[arg-type]
    assert again == pytest.approx(found.probability, abs=1e-12)
    assert found.summary["cost"].sum() == pytest.approx(found.cost)
    assert found.frontier["probability"].iloc[-1] >= found.frontier["probability"].iloc[0]
    assert 0 <= found.probability_met <= 1


LEVERS = (
    ("lever: {cost: 2, min: -1.5, max: 0.5,", "lever: {cost: 2, min: -6, max: 0.5,"),
    ("lever: {cost: 3, min: -1, max: 0,", "lever: {cost: 3, min: -6, max: 6,"),
)
FIRST = "{factor: gaps, statistic: mean, last: 3, at_most: medium}"
SECOND = "{indicator: incidents, statistic: total, last: 3, at_most: 45}"


def test_levers_that_help_only_together_are_found(posterior: wr.Posterior) -> None:
    far = with_text(
        posterior, *LEVERS, (FIRST, "{factor: gaps, statistic: mean, last: 3, at_most: -4.5}"),
        (SECOND, "{factor: tension, statistic: mean, last: 3, at_most: -4}"),
    )  # fmt: skip
    found = wr.reach(far, "calm", probability=0.7, draws=200)
    assert found.reached and (found.summary["shift"] < -4).all()


def test_a_bound_beyond_the_aim_is_no_obstacle(posterior: wr.Posterior) -> None:
    between = with_text(
        posterior, *LEVERS, (FIRST, "{factor: gaps, statistic: mean, last: 3, at_least: 1}"),
        (SECOND, "{factor: gaps, statistic: mean, last: 3, at_most: 3.5}"),
    )  # fmt: skip
    found = wr.reach(between, "calm", probability=0.7, levers=["gaps"], draws=200)
    assert found.reached and 0 < found.summary.loc["gaps", "shift"] < 3


def test_out_of_reach_says_how_far_it_got(posterior: wr.Posterior, tmp_path: Path) -> None:
    found = wr.reach(posterior, "all_conditions", probability=0.999, levers=["gaps"], draws=100)
    assert not found.reached and found.probability < 0.999
    assert list(found.summary.index) == ["gaps"] and found.summary.loc["gaps", "shift"] < 0
    assert "not reachable; the highest probability found" in found.sentence()
    assert "لا يمكن بلوغ" in found.sentence("ar")
    assert found.to_dict()["reached"] is False
    for lang in ("en", "ar"):
        wr.plot_reach(found, lang=lang).savefig(tmp_path / "reach.png")


def test_nothing_to_do_costs_nothing(posterior: wr.Posterior) -> None:
    found = wr.reach(posterior, "supplied", probability=0.01, draws=100)
    assert found.reached and found.cost == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"levers": ["tensoin"]}, "'tensoin' has no lever; did you mean 'tension'"),
        ({"levers": []}, "levers is empty"),
        ({"probability": 1.0}, "must lie between 0 and 1"),
        ({"start": "2023-05"}, "not within the future, 2024-01 to 2024-06"),
    ],
)
def test_bad_questions(posterior: wr.Posterior, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(wr.ArgumentError, match=message):
        wr.reach(posterior, "calm", **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("levers", [None, ["tension"], ["gaps"]])
def test_what_holds_already_costs_nothing(
    posterior: wr.Posterior, levers: list[str] | None
) -> None:
    found = wr.reach(posterior, "supplied", probability=0.02, levers=levers)
    assert found.reached and found.cost == 0
    assert "without any shift" in found.sentence() and "()" not in found.sentence("ar")


@pytest.mark.slow
def test_a_target_just_missed_is_reached(posterior: wr.Posterior) -> None:
    """The search may find it met in the draws it saw, and all of them miss it by a hair."""
    for seed in range(1, 6):
        now = wr.outlook(posterior, random_seed=seed).summary.loc["calm", "probability"]
        found = wr.reach(posterior, "calm", probability=now + 1e-4, random_seed=seed)
        assert found.reached and 0 < found.cost < 0.5, found.sentence()


def test_a_little_is_not_nothing(posterior: wr.Posterior) -> None:
    """Where all that levers can do is to raise a probability from next to nothing, they are not left alone."""
    rare = with_text(
        posterior, (FIRST, "{factor: gaps, statistic: mean, last: 3, at_most: -2.9}"),
        (SECOND, "{indicator: incidents, statistic: total, last: 3, at_most: 45}"),
    )  # fmt: skip
    found = wr.reach(rare, "calm", probability=0.7, draws=1000)
    now = wr.outlook(rare).summary.loc["calm", "probability"]
    assert now < 0.002 and not found.reached and found.probability > 2 * now
    # The furthest is at the bounds, and they are named as they stand in the file.
    assert found.summary["shift"].to_dict() == {"tension": -1.5, "gaps": -1.0}


def test_levers_are_named_as_a_person_would(posterior: wr.Posterior) -> None:
    """Two digits, no lever that is hardly moved, and none that does not act on the condition."""
    found = wr.reach(
        posterior,
        "calm",
        probability=wr.outlook(posterior).summary.loc["calm", "probability"] + 0.1,
    )
    for name, row in found.summary.iterrows():
        shift, bound = row["shift"], row["bound"]
        assert round(shift, 2) == shift
        assert shift == 0 or abs(shift) > 0.05 * abs(bound), name
    assert list(wr.reach(posterior, "supplied", probability=0.9, draws=200).summary.index) == [
        "tension"
    ]
    kept = wr.reach(posterior, "supplied", probability=0.9, levers=["gaps"], draws=200)
    assert not kept.reached and kept.cost == 0


def test_no_more_is_asked_than_needed(posterior: wr.Posterior) -> None:
    """Few draws may think worse of a way than all of them; then less is enough."""
    for seed in range(1, 4):
        target = wr.outlook(posterior, random_seed=seed).summary.loc["calm", "probability"] + 0.15
        found = wr.reach(posterior, "calm", probability=target, draws=60, random_seed=seed)
        assert found.reached and found.probability < target + 0.03


def test_a_frontier_in_some_draws_leaves_the_answer_as_it_is(posterior: wr.Posterior) -> None:
    every = wr.reach(posterior, "calm", probability=0.6, draws=100)
    some = wr.reach(posterior, "calm", probability=0.6, draws=100, frontier_draws=1000)
    pd.testing.assert_frame_equal(every.summary, some.summary)
    assert (every.probability, every.probability_met) == (some.probability, some.probability_met)
    # What buys nothing has the probability of all draws, and the rest is near theirs.
    table = every.frontier.merge(some.frontier, on="cost", suffixes=("", "_some"))
    assert table["cost"].iloc[0] == 0 and len(table) > 5
    assert table["probability_some"].iloc[0] == pytest.approx(
        table["probability"].iloc[0], abs=1e-12
    )
    assert (table["probability"] - table["probability_some"]).abs().max() < 0.03
