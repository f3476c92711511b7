"""Laws of experts: between quantiles, and pooled."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from tests.refusals import refusal

from withdrawal_risk.experts.pooling import (
    linear_pool,
    log_pool,
    piecewise,
    piecewise_pool,
)

NAN = math.nan
TEN = (0.1, 0.5, 0.9)
GRID = np.linspace(0, 1, 201)

cheap = settings(max_examples=60, deadline=None, derandomize=True)

scales = st.sampled_from(["linear", "log"])


@st.composite
def laws(draw: st.DrawFn, count: int) -> tuple[list[Any], str]:
    """Several laws between the same bounds, on one scale."""
    scale = draw(scales)
    seed = draw(st.integers(0, 10**6))
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        at = np.sort(rng.uniform(0.001, 0.999, 4))
        values = np.sort(rng.uniform(1.0, 99.0, 4))
        assume((np.diff(at) > 1e-4).all() and (np.diff(values) > 1e-4).all())
        found.append(piecewise(at, values, (0.5, 100.0), scale))
    return found, scale


@cheap
@given(laws(3), st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_cdf_and_quantiles_of_a_pool_are_inverse(given_laws: Any, share: list[float]) -> None:
    several, _ = given_laws
    assume(sum(share) > 0.01)
    pool = piecewise_pool(several, share)
    quantiles = pool.quantile(GRID)
    # The cdf is steep where a law is narrow, so that rounding of a value shows in it.
    np.testing.assert_allclose(pool.cdf(quantiles), GRID, atol=1e-8)
    assert quantiles[0] == 0.5 and quantiles[-1] == 100.0
    assert (np.diff(quantiles) > 0).all()
    # The mixture, by its definition.
    at = np.linspace(0, 101, 97)
    weight = np.array(share) / sum(share)
    mixed = sum(w * law.cdf(at) for w, law in zip(weight, several))
    np.testing.assert_allclose(pool.cdf(at), mixed, atol=1e-12)


@cheap
@given(laws(2))
def test_information_is_that_of_the_density(given_laws: Any) -> None:
    """The integral of the log of the density times the width, over the scale, by fine steps."""
    (law, other), scale = given_laws
    pool = piecewise_pool([law, other])
    places = np.log(pool.knots) if scale == "log" else pool.knots
    edges = np.unique(np.concatenate([np.linspace(places[0], places[-1], 5001), places]))
    ends = np.exp(edges) if scale == "log" else edges
    mass = np.diff(pool.cdf(ends))
    width = np.diff(edges)
    held = (mass > 0) & (width > 1e-9)
    found = mass[held] @ np.log(mass[held] / width[held] * (places[-1] - places[0]))
    assert pool.information == pytest.approx(found, rel=1e-4)
    assert pool.information <= (law.information + other.information) / 2 + 1e-12


def test_a_law_between_quantiles_by_hand() -> None:
    law = piecewise((0.1, 0.5, 0.9), (10, 20, 40), (0, 60))
    below = [0, 0, 0.05, 0.1, 0.3, 0.7, 1, 1]
    assert law.cdf([-5, 0, 5, 10, 15, 30, 60, 70]) == pytest.approx(below)
    assert law.quantile([0, 0.3, 0.95]).tolist() == pytest.approx([0, 15, 50])
    logs = piecewise((0.5,), (10,), (1, 1000), "log")
    assert logs.cdf([-1, 0, 1, 10, 100, 1e9]).tolist() == pytest.approx([0, 0, 0, 0.5, 0.75, 1])
    assert logs.quantile([[0.25, 0.75]]) == pytest.approx(np.array([[10**0.5, 100]]))
    assert piecewise((0.25, 0.75), (1, 3), (0, 4)).information == 0


MEANS, SDS, WEIGHTS = np.array([-2.0, 0.3, 5.0]), np.array([0.5, 2.0, 1.0]), [0.2, 0.5, 0.3]
POOL = linear_pool(MEANS, SDS, np.array(WEIGHTS) * 7)


def test_a_mixture_has_the_moments_of_its_draws() -> None:
    """A million draws; both within four standard errors: a false alarm once in 8,000."""
    rng, count = np.random.default_rng(1), 1_000_000
    which = rng.choice(3, count, p=WEIGHTS)
    draws = rng.normal(MEANS[which], SDS[which])
    assert abs(draws.mean() - POOL.mean) < 4 * draws.std() / math.sqrt(count)
    squares = (draws - draws.mean()) ** 2
    assert abs(squares.mean() - POOL.variance) < 4 * squares.std() / math.sqrt(count)


def test_density_and_cdf_of_a_mixture() -> None:
    at = np.linspace(-9, 12, 8)
    for value, density, below in zip(at, POOL.density(at), POOL.cdf(at)):
        expected = sum(w * stats.norm(m, s).pdf(value) for w, m, s in zip(WEIGHTS, MEANS, SDS))
        assert density == pytest.approx(expected, rel=1e-12)
        mass = integrate.quad(POOL.density, -30, value, points=[-2, 0.3], limit=400)[0]
        assert below == pytest.approx(mass, abs=1e-9)
    assert POOL.density([[0.0]]).shape == (1, 1)
    assert POOL.density(1e200) == 0.0


@pytest.mark.parametrize("p", [1e-300, 1e-12, 0.05, 0.2, 0.5, 0.7, 0.999, 1 - 1e-12])
def test_quantiles_of_a_mixture(p: float) -> None:
    """Held against tails, in which small probabilities keep their digits."""
    value = float(POOL.quantile(p))
    tail, sign = (p, 1) if p <= 0.5 else (1 - p, -1)
    mass = sum(w * stats.norm.cdf(sign * (value - m) / s) for w, m, s in zip(WEIGHTS, MEANS, SDS))
    assert mass == pytest.approx(tail, rel=1e-7)


def test_ends_and_shapes_of_quantiles() -> None:
    assert POOL.quantile([0.0, 1.0]).tolist() == [-math.inf, math.inf]
    assert POOL.quantile([[0.1, 0.2], [0.3, 0.4]]).shape == (2, 2)
    alone = linear_pool([1.0, 50.0], [2.0, 1.0], [1, 0])
    assert float(alone.quantile(0.5)) == 1.0
    same = linear_pool([1.0, 1.0], [2.0, 2.0])
    assert float(same.quantile(0.975)) == pytest.approx(1 + 2 * stats.norm.ppf(0.975), rel=1e-12)


@cheap
@given(
    st.lists(
        st.tuples(st.floats(-10, 10), st.floats(0.1, 10), st.floats(0.1, 1)), min_size=1, max_size=4
    )
)
def test_the_log_pool_is_the_product_of_powers(parts: list[tuple[float, float, float]]) -> None:
    means, sds, share = (np.array(x) for x in zip(*parts))
    mu, sigma = log_pool(means, sds, share)
    at = mu + sigma * np.linspace(-12, 12, 4001)
    log = sum(w * stats.norm(m, s).logpdf(at) for m, s, w in zip(means, sds, share / share.sum()))
    density = np.exp(log - log.max())
    density /= density.sum()
    assert float(density @ at) == pytest.approx(mu, abs=1e-8)
    spread = math.sqrt(float(density @ (at - density @ at) ** 2))
    assert spread == pytest.approx(sigma, rel=1e-8)


@cheap
@given(
    st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.lists(st.floats(0.1, 1), min_size=1, max_size=5)
)
def test_equal_experts_are_one(mean: float, sd: float, share: list[float]) -> None:
    """In both pools: agreement is not taken for independent evidence."""
    several = np.full(len(share), mean), np.full(len(share), sd)
    assert log_pool(*several, share) == pytest.approx((mean, sd), rel=1e-9)
    pool = linear_pool(*several, share)
    assert pool.mean == pytest.approx(mean, rel=1e-9)
    assert math.sqrt(pool.variance) == pytest.approx(sd, rel=1e-6)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: piecewise(TEN, (1, 2), (0, 9)), "values has 2 quantiles for 3 probabilities"),
        (lambda: piecewise(TEN, (1, 3, 2), (0, 9)), "do not rise between the bounds 0 and 9"),
        (lambda: piecewise(TEN, (1, 2, 9), (0, 9)), "do not rise between the bounds 0 and 9"),
        (lambda: piecewise(TEN, (1, 2, 3), (0, 9, 10)), "write two numbers"),
        (lambda: piecewise(TEN, (1, 2, 3), (0, 9), "log"), "0 has no logarithm"),
        (lambda: piecewise(TEN, (1, 2, 3), (0, 9), "logs"), "did you mean 'log'?"),
        (lambda: piecewise(TEN, "abc", (0, 9)), "values is 'abc'; write numbers"),
        (lambda: piecewise(TEN, (1, NAN, 3), (0, 9)), "values holds a value that is not finite"),
        (lambda: piecewise((), (), (0, 9)), "it must have 1 dimensions, and at least one value"),
        (lambda: piecewise(TEN, (1, 2, 3), (0, 9)).quantile(1.5), "must lie between 0 and 1"),
        (lambda: piecewise(TEN, (1, 2, 3), (0, 9)).quantile(NAN), "not finite"),
        (lambda: piecewise_pool([]), "laws is empty"),
        (lambda: piecewise_pool([piecewise(TEN, (1, 2, 3), (0, b)) for b in (8, 9)]), "laws have different bounds"),
        (lambda: linear_pool([1, 2], [1]), "means has 2 values, sds 1"),
        (lambda: linear_pool([1, 2], [1, 0]), "each must be above 0"),
        (lambda: log_pool([1, 2], [1, 1], [0, 0]), "none may be below 0, and one must be above"),
        (lambda: log_pool([1, 2], [1, 1], [2, -1]), "none may be below 0"),
        (lambda: POOL.quantile([0.5, -1]), "must lie between 0 and 1"),
    ],
)  # fmt: skip
def test_what_is_refused(call: Any, said: str) -> None:
    assert said in refusal(call)
