"""How many outcomes a difference needs, held against simulated outcomes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from withdrawal_risk.scoring.sample_size import POWER, outcomes_if_right, outcomes_in_all
from withdrawal_risk.scoring.scores import expected_brier

TABLES = 20_000


@pytest.mark.parametrize(("p", "other"), [(0.3, 0.5), (0.6, 0.45), (0.5, 0.75)])
def test_so_many_outcomes_find_the_better_forecast(p: float, other: float) -> None:
    """Of 20,000 tables a share of 0.80 has a standard error of 0.003; a normal approximation.

    A band of 0.05 leaves room for the skewness of outcomes that are 0 or 1.
    """
    count = int(outcomes_if_right(p, other))
    happened = np.random.default_rng(1).random((TABLES, count)) < p
    gain = (other - happened) ** 2 - (p - happened) ** 2
    # The spread that the formula knows: that of the differences if the forecast is right.
    z = gain.mean(axis=1) / (2 * abs(p - other) * math.sqrt(p * (1 - p) / count))
    assert (z > 1.645).mean() == pytest.approx(POWER, abs=0.05)


def test_a_difference_that_stays_as_it_is() -> None:
    rng = np.random.default_rng(2)
    differences = rng.normal(0.4, 1.0, 100_000)
    count = int(outcomes_in_all(differences))
    tables = rng.normal(differences.mean(), differences.std(), (TABLES, count))
    z = tables.mean(axis=1) / (differences.std() / math.sqrt(count))
    assert (z > 1.645).mean() == pytest.approx(POWER, abs=0.03)


def test_where_nothing_can_be_said() -> None:
    assert math.isnan(outcomes_in_all(np.array([1.0, 2.0])))
    assert outcomes_in_all(np.zeros(5)) == math.inf
    assert outcomes_if_right(0.3, 0.3) == math.inf
    assert outcomes_if_right(0.0, 1.0) == 1.0


@pytest.mark.parametrize("q", [0.0, 0.2, 0.9, 1.0])
def test_a_judge_expects_least_where_the_forecast_is_the_judge_s(q: float) -> None:
    """The mean Brier score of events with probability q, and least there."""
    grid = np.linspace(0, 1, 101)
    expected = q * (grid - 1) ** 2 + (1 - q) * grid**2
    assert np.allclose(expected_brier(grid, q), expected)
    assert grid[np.argmin(expected_brier(grid, q))] == pytest.approx(q)
