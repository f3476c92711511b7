"""Poisson quantiles against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from withdrawal_risk.families.poisson import _quantile, poisson_quantile


@pytest.mark.parametrize("rate", [0.01, 0.7, 5.0, 40.0, 99.9])
def test_exact_up_to_a_hundred(rate: float) -> None:
    z = np.random.default_rng(1).standard_normal(20_000)
    np.testing.assert_array_equal(
        poisson_quantile(z, stats.norm.cdf(z), rate), stats.poisson.ppf(stats.norm.cdf(z), rate)
    )


@pytest.mark.parametrize("rate", [4.001, 8.8, 10.3, 31.0, 99.9])
def test_exact_beside_every_jump(rate: float) -> None:
    jumps = stats.norm.ppf(stats.poisson.cdf(np.arange(int(rate + 8 * rate**0.5)), rate))
    jumps = jumps[np.abs(jumps) < 6]
    z = np.concatenate([jumps + apart for apart in (-1e-3, -1e-6, 1e-6, 1e-3)])
    np.testing.assert_array_equal(
        poisson_quantile(z, stats.norm.cdf(z), rate), stats.poisson.ppf(stats.norm.cdf(z), rate)
    )


@pytest.mark.parametrize("rate", [100.1, 1e3, 1e6])
def test_within_one_above(rate: float) -> None:
    z = np.random.default_rng(2).standard_normal(20_000)
    off = np.abs(
        poisson_quantile(z, stats.norm.cdf(z), rate) - stats.poisson.ppf(stats.norm.cdf(z), rate)
    )
    assert off.max() <= 1 and off.mean() < 1e-3


def test_a_probability_that_rounds_to_one_has_an_end() -> None:
    for rate in (3.0, 20.0, 99.0):
        assert stats.poisson.sf(poisson_quantile(9.0, stats.norm.cdf(9.0), rate), rate) > 1e-18


def test_counts_rise_with_their_rate() -> None:
    rate = np.linspace(0.1, 300, 2000)
    for z in (-2.0, 0.3, 1.7):
        assert (np.diff(poisson_quantile(z, stats.norm.cdf(z), rate)) >= 0).all()


@pytest.mark.parametrize("shape", [(1,), (1, 1), (3, 2, 4)])
def test_only_what_is_wanted_is_a_number(shape: tuple[int, ...]) -> None:
    z, u, rate = np.zeros(shape), np.full(shape, 0.5), np.full(shape, 9.0)
    every = poisson_quantile(z, u, rate)
    assert every.shape == shape and (every == stats.poisson.ppf(0.5, 9.0)).all()
    where = np.arange(np.prod(shape)).reshape(shape) % 2 == 0
    some = poisson_quantile(z, u, rate, where)
    np.testing.assert_array_equal(some[where], every[where])
    assert np.isnan(some[~where]).all()


def test_many_together_are_those_of_each_alone() -> None:
    """To the last bit, whatever stands beside them: scores far out, rates of 0 and beyond counting."""
    rng = np.random.default_rng(4)
    z = rng.standard_normal(5000) * rng.choice([1.0, 3.0], 5000)
    z[::500], rate = 9.0, np.exp(rng.normal(1.0, 2.5, 5000))
    rate[::97], rate[1::97], rate[2::97] = 0.0, 1e-12, 1e15
    u = stats.norm.cdf(z)
    alone = [_quantile(*one) for one in zip(z, u, rate, strict=True)]
    np.testing.assert_array_equal(poisson_quantile(z, u, rate), alone)
