"""Scores against public libraries, by hand, and their propriety."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scores.processing
import scores.stats.statistical_tests
import scoringrules
import xarray as xr
from scipy import stats
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.scoring import scores as own
from withdrawal_risk.scoring.calibration import _isotonic
from withdrawal_risk.scoring.skill import diebold_mariano

RNG = np.random.default_rng(20)
COUNTS = RNG.negative_binomial(2, 0.05, (200, 37)).astype(float)
SEEN = RNG.negative_binomial(2, 0.05, 200).astype(float)


@pytest.mark.parametrize("members", [1, 2, 12, 37])
def test_crps_is_that_of_the_empirical_distribution(members: int) -> None:
    samples = COUNTS[:, :members]
    expected = scoringrules.crps_ensemble(SEEN, samples, estimator="nrg", backend="numpy")
    np.testing.assert_allclose(own.crps(samples, SEEN), expected, rtol=1e-12)


def test_crps_of_twelve_members_is_not_the_fair_one() -> None:
    """The two forms differ by half a per cent where a dozen members miss by far."""
    twelve = np.array([489, 402, 588, 371, 450, 545, 260, 386, 610, 508, 352, 438], dtype=float)
    value = float(own.crps(twelve, 1100.0))
    distance = np.abs(twelve - 1100).mean()
    pairs = np.abs(twelve[:, None] - twelve).sum()
    assert value == pytest.approx(distance - pairs / (2 * 144), rel=1e-12)
    assert value - (distance - pairs / (2 * 132)) > 1.0


def test_tail_interval_and_ranked_scores_agree_with_scoringrules() -> None:
    threshold = np.full(200, 60.0)
    np.testing.assert_allclose(
        own.tail_crps(COUNTS, SEEN, threshold),
        scoringrules.twcrps_ensemble(SEEN, COUNTS, a=60.0, estimator="nrg", backend="numpy"),
        rtol=1e-12,
    )
    low, high = np.quantile(COUNTS, [0.05, 0.95], axis=1)
    np.testing.assert_allclose(
        own.interval_score(low, high, SEEN, ci_prob=0.9),
        scoringrules.interval_score(SEEN, low, high, 0.1, backend="numpy"),
        rtol=1e-12,
    )
    positions = RNG.integers(0, 4, (200, 50))
    shares = (positions[:, :, None] == np.arange(4)).mean(axis=1)
    observed = RNG.integers(0, 4, 200)
    np.testing.assert_allclose(
        own.ranked_probability(positions, observed, categories=4),
        scoringrules.rps_score(observed + 1, shares, backend="numpy"),
        rtol=1e-12,
    )


def test_ignorance_counts_one_member_more_in_every_bin() -> None:
    """Of eleven bins, the last without an upper end."""
    samples = np.array([0, 0, 1, 2, 7, 3000], dtype=float)
    for observed, inside in ((0, 2), (2, 2), (7, 1), (9, 1), (400, 0), (1001, 1), (10**6, 1)):
        expected = -math.log2((inside + 1) / (6 + 11))
        assert float(own.ignorance(samples, float(observed))) == pytest.approx(expected)


def test_coverage_counts_the_ends_of_intervals_of_counts() -> None:
    """A count that is always nought is covered by the interval from 0 to 0."""
    assert own.covered(0, 0, 0)
    assert own.covered([1, 1], [4, 4], [1, 4]).all()
    assert not own.covered([1, 1], [4, 4], [0, 5]).any()
    table = wr.score(np.zeros((1, 50)), [0.0])
    assert table.loc[0, "covered_50"] == table.loc[0, "covered_90"] == 1


@pytest.mark.parametrize("members", [1, 9, 100])
def test_pit_is_uniform_for_counts_of_any_number_of_members(members: int) -> None:
    """Chi-squared of ten bins; false alarm one in ten thousand a case."""
    rng = np.random.default_rng(members)
    draws = rng.poisson(1.3, (20_000, members + 1)).astype(float)
    ranks = own.pit(draws[:, 1:], draws[:, 0], rng.random(20_000))
    counted, _ = np.histogram(ranks, 10, (0, 1))
    assert stats.chisquare(counted).pvalue > 1e-4


def drawn(rng: np.random.Generator, shift: float, width: float) -> np.ndarray:
    """Counts with a mean of 20 times the shift, and a spread that grows with the width."""
    size = 4 / width
    return rng.negative_binomial(size, size / (size + 20 * shift), 4000).astype(float)


LOSSES: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "crps": own.crps,
    "log_crps": lambda x, y: own.crps(np.log1p(x), np.log1p(y)),
    "interval_score": lambda x, y: own.interval_score(
        own.quantile(x, 0.05)[..., 0], own.quantile(x, 0.95)[..., 0], y
    ),
    "tail_crps": lambda x, y: own.tail_crps(x, y, np.array(30.0)),
    "brier": lambda x, y: own.brier((x > 25).mean(), y > 25),
    "ignorance": own.ignorance,
    "ranked_probability": lambda x, y: own.ranked_probability(x // 20, y // 20, 50),
    "log_score": lambda x, y: -np.log((x == y).mean() + 1e-9),
}

HARDLY_SEEN = {("brier", 0.25), ("brier", 4.0), ("log_score", 0.25)}
"""Scores to which some laws are nearly alike, so that they need not lose by much."""


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize(("shift", "width"), [(1.5, 1.0), (0.6, 1.0), (1.0, 4.0), (1.0, 0.25)])
def test_the_true_law_wins_over_one_shifted_widened_or_narrowed(
    name: str, shift: float, width: float
) -> None:
    """By more than three standard errors of 4,000 draws, so one false alarm in a thousand a case."""
    rng = np.random.default_rng([int(10 * shift), int(100 * width)])
    observed, truth = drawn(rng, 1.0, 1.0), drawn(rng, 1.0, 1.0)
    other = drawn(rng, shift, width)
    values, place = np.unique(observed, return_inverse=True)
    lost = np.array([float(LOSSES[name](other, y) - LOSSES[name](truth, y)) for y in values])[place]
    least = -3.0 if (name, width) in HARDLY_SEEN else 3.0
    assert lost.mean() > least * lost.std() / math.sqrt(len(lost))


def test_the_log_score_is_minus_the_density_that_was_given() -> None:
    table = wr.score([[1.0, 2.0]], [1.5], log_density=[-0.7])
    assert table.loc[0, "log_score"] == pytest.approx(0.7)
    assert math.isnan(wr.score([1.0, 2.0], 1.5).loc[0, "log_score"])


def test_scores_without_a_meaning_are_nan() -> None:
    table = wr.score([[-1.0, 2.0], [0.5, 1.5]], [1.0, 1.0])
    assert table["log_crps"].isna().tolist() == [True, False]
    assert table["log_error"].isna().tolist() == [True, False]
    assert table["ignorance"].isna().all()
    assert table[["brier", "tail_crps", "ranked_probability"]].isna().all(axis=None)


def test_diebold_mariano_agrees_with_scores() -> None:
    rng = np.random.default_rng(5)
    for count, horizon in ((31, 1), (31, 4), (85, 12)):
        difference = np.convolve(rng.normal(0.2, 1, count + horizon - 1), np.ones(horizon), "valid")
        series = xr.DataArray(
            difference[None],
            dims=["pair", "time"],
            coords={"pair": [0], "time": range(count), "h": ("pair", [horizon])},
        )
        theirs = scores.stats.statistical_tests.diebold_mariano(
            series, "pair", "h", method="HLN", statistic_distribution="t"
        )
        statistic, p_value = diebold_mariano(difference, horizon)
        expected = float(theirs["dm_test_stat"].item())
        assert statistic == pytest.approx(expected, rel=1e-9)
        assert p_value == pytest.approx(2 * stats.t.sf(abs(expected), count - 1), rel=1e-9)


def test_isotonic_regression_agrees_with_scores() -> None:
    rng = np.random.default_rng(6)
    probability = rng.integers(0, 20, 300) / 20
    event = (rng.random(300) < probability**1.5).astype(float)
    theirs = scores.processing.isotonic_fit(probability, event)
    points = np.asarray(theirs["fcst_sorted"])
    np.testing.assert_allclose(
        _isotonic(probability, event, points), theirs["regression_values"], atol=1e-12
    )


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"samples": "many", "observed": 1.0}, ["samples", "must hold plain numbers"]),
        ({"samples": [[1.0, math.nan]], "observed": [1.0]}, ["samples", "not finite"]),
        ({"samples": [[1.0, 2.0]], "observed": [1.0, 2.0]}, ["observed", "1 case", "one number"]),
        ({"samples": [0, 5], "observed": 1, "categories": 3}, ["samples", "from 0 to 2"]),
        ({"samples": [0, 1], "observed": 1, "measures": ["crsp"]}, ["measures", "'crps'"]),
        ({"samples": [10**400], "observed": 1}, ["samples", "plain numbers"]),
        ({"samples": ["1", "2"], "observed": 1}, ["samples", "plain numbers"]),
        ({"samples": np.ma.masked_array([1.0, 2.0], [0, 1]), "observed": 1}, ["plain numbers"]),
        ({"samples": [1.0, 2.0], "observed": None}, ["observed is None"]),
        ({"samples": [1e200, 2.0], "observed": 1}, ["beyond 1e+150"]),
        ({"samples": np.zeros((2, 2, 2)), "observed": 1}, ["(2, 2, 2)", "(case, member)"]),
    ],
)
def test_score_says_what_it_cannot_read(given: dict[str, Any], says: list[str]) -> None:
    text = refusal(lambda: wr.score(**given))
    assert all(word in text for word in says), text
