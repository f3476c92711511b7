"""Skill, its interval, and the bands of calibration, on simulated tables."""

from __future__ import annotations

import numpy as np
import pytest
from tests.calibration.skill import calibrated_rows, share_of_bands, share_of_intervals

from withdrawal_risk.scoring import calibration
from withdrawal_risk.scoring.resampling import resampling_of
from withdrawal_risk.scoring.skill import skill


def test_skill_is_a_ratio_of_sums() -> None:
    """A quiet month in which one of two errors is tiny says little; a mean of ratios obeys it."""
    score, base = np.array([10.0, 1.0]), np.array([20.0, 0.1])
    found = skill(score, base, np.array([0, 1]), months=2, block=1)
    assert found.value == pytest.approx(1 - 11 / 20.1)
    assert found.pairs == 2


def test_an_origin_with_more_months_counts_for_more() -> None:
    score, base = np.array([1.0, 1.0, 1.0, 4.0]), np.array([2.0, 2.0, 2.0, 2.0])
    found = skill(score, base, np.array([0, 0, 0, 1]), months=4, block=1)
    assert found.value == pytest.approx(1 - 7 / 8)


@pytest.mark.parametrize(
    ("origins", "block", "months", "blocks"),
    [(31, 12, 42, 31 / 12), (31, 1, 42, 31), (31, 1, 3, 3)],
)
def test_blocks_are_counted(origins: int, block: int, months: int, blocks: float) -> None:
    drawn = resampling_of(origins, block, months=months, ci_prob=0.9, random_seed=1, name="x")
    assert drawn.blocks == pytest.approx(blocks)
    # Within a block origins stand side by side, as they do in time.
    steps = np.diff(drawn.chosen[:, :block], axis=1) % origins
    assert (steps == 1).all()


def test_fewer_than_two_blocks_resolve_nothing() -> None:
    found = skill(np.ones(12), np.full(12, 2.0), np.arange(12), months=12, block=7)
    assert found.value == 0.5
    assert np.isnan([found.lower, found.upper]).all()


def test_a_test_with_few_blocks_is_not_given() -> None:
    rng = np.random.default_rng(1)
    for origins, given in ((12, False), (60, True)):
        own, other = rng.gamma(2, 1, (2, origins))
        found = skill(own, other, np.arange(origins), months=origins, block=3)
        assert np.isfinite(found.p_value) == given


@pytest.mark.parametrize(("origins", "leads"), [(12, 3), (12, 6), (31, 3), (31, 12), (85, 12)])
def test_intervals_of_skill_hold_the_truth(origins: int, leads: int) -> None:
    """At least 81 % of 200 intervals of 90 %.

    Of 4,000 tables 87 to 98 % do (`python -m tests.calibration.skill`); fewer than 81 % of 200 by chance once in a hundred
    runs at most.
    """
    held, _ = share_of_intervals(origins, leads, 200)
    assert held > 0.81


@pytest.mark.parametrize("kind", ["months", "walk"])
@pytest.mark.parametrize(("origins", "leads"), [(6, 1), (31, 4), (40, 12)])
def test_bands_of_calibration_hold_a_calibrated_forecast(
    origins: int, leads: int, kind: str
) -> None:
    """Pointwise, in at least 80 % of the points of bands of 90 %, over 20 tables, 2 of reliability.

    Of 100 tables 90 to 100 % do (`make skill`).
    """
    for name, share in share_of_bands(origins, leads, 20, kind).items():
        assert share > (0.6 if name == "reliability" else 0.8), name


def test_bands_have_a_width_where_nothing_was_seen() -> None:
    """Six forecasts that were all covered do not show that all ever will be."""
    rows = calibrated_rows(np.random.default_rng(3), 6, 1)
    table = calibration.coverage(rows.assign(covered_50=1.0, covered_90=1.0), by="all").iloc[0]
    assert table["lower_90"] == pytest.approx(0.05 ** (1 / 6), abs=0.03)
    assert table["upper_90"] == 1.0
    pit = calibration.pit_histogram(rows)
    assert (pit["upper"] - pit["lower"] > 0.1).all()


def test_bands_know_the_months_between_origins() -> None:
    """Origins a quarter apart share no month at a lead of two."""
    rows = calibrated_rows(np.random.default_rng(3), 4, 3)
    assert calibration.coverage(rows, by="all", step=1)["lower_90"].notna().all()
    longer = rows.assign(lead=rows["lead"] * 2)
    assert calibration.coverage(longer, by="all", step=1)["lower_90"].isna().all()
    assert calibration.coverage(longer, by="all", step=4)["lower_90"].notna().all()


def test_no_skill_is_above_one() -> None:
    """With few blocks and a few hard months the interval reaches far below, never above 1."""
    rng = np.random.default_rng(4)
    for number in range(60):
        own, other = rng.lognormal(0, 1.5, (2, 6))
        found = skill(own, other, np.arange(6), months=6, block=2, random_seed=number)
        assert found.lower <= found.value <= found.upper <= 1.0


def test_blocks_without_a_pair_do_not_undo_the_interval() -> None:
    origin = np.array([0, 3, 5, 8, 11])
    found = skill(np.arange(1.0, 6.0), np.full(5, 3.0), origin, months=5, block=1)
    assert np.isfinite([found.lower, found.upper]).all()


def test_a_bold_forecaster_falls_out_of_the_bands() -> None:
    rows = calibrated_rows(np.random.default_rng(9), 85, 3)
    rows["pit"] = np.where(rows["pit"] < 0.5, rows["pit"] / 8, 1 - (1 - rows["pit"]) / 8)
    table = calibration.pit_histogram(rows)
    assert (table["share"] > table["upper"])[[0.0, 0.9]].all()
