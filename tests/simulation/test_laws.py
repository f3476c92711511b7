"""Laws of true probabilities and of their differences, from what finitely many futures of each draw show."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import special

from withdrawal_risk.simulation.laws import (
    law_of_differences,
    law_of_probabilities,
    resolves_spread,
)

LAWS = {
    "even": lambda rng: rng.beta(8, 8, 4000),
    "skewed": lambda rng: rng.beta(1, 9, 4000),
    "at the edge": lambda rng: rng.beta(0.3, 30, 4000),
    "logit-normal": lambda rng: special.expit(rng.normal(-2, 1, 4000)),
    "two-sided": lambda rng: special.expit(rng.normal(0, 4, 4000)),
    "narrow": lambda rng: special.expit(rng.normal(-4, 0.3, 4000)),
}

PAIRS = {
    "one sign": lambda rng: (rng.beta(0.5, 40, 4000), np.zeros(4000)),
    "mostly nothing": lambda rng: (
        rng.beta(1, 30, 4000) * (rng.random(4000) < 0.3),
        np.zeros(4000),
    ),
    "both signs": lambda rng: (rng.beta(1, 30, 4000), rng.beta(2, 90, 4000)),
    "against each other": lambda rng: (
        lambda z: (0.04 * special.expit(2 * z), 0.04 * special.expit(-2 * z))
    )(rng.normal(0.5, 1, 4000)),
}


@pytest.mark.parametrize("futures", [16, 64])
@pytest.mark.parametrize("name", LAWS)
def test_intervals_cover_the_true_probabilities(name: str, futures: int) -> None:
    """The 90 % interval holds 84 to 99.5 % of 4,000 true probabilities, whatever their law; sampling adds 0.5 %.

    Where the probabilities lie closer together than their futures tell, as of the narrow law, it holds more.
    """
    rng = np.random.default_rng(futures)
    p = LAWS[name](rng)
    low, high = law_of_probabilities(
        rng.binomial(futures, p), np.full(4000, float(futures))
    ).quantiles([0.05, 0.95])
    assert 0.84 < np.mean((p >= low) & (p <= high)) <= 0.995
    assert 0 <= low < high <= 1


@pytest.mark.parametrize("futures", [16, 64])
@pytest.mark.parametrize("name", PAIRS)
def test_intervals_cover_the_true_differences(name: str, futures: int) -> None:
    """As above, of differences; where most are 0 or nearly so, an interval that ends there holds 95 % and more."""
    rng = np.random.default_rng(futures)
    gain, loss = PAIRS[name](rng)
    counts = rng.multinomial(futures, np.stack([gain, loss, 1 - gain - loss], axis=1)).astype(float)
    low, high = law_of_differences(
        counts[:, 0], counts[:, 1], np.full(4000, float(futures))
    ).quantiles([0.05, 0.95])
    true = gain - loss
    assert 0.84 < np.mean((true >= low - 1e-6) & (true <= high + 1e-6)) <= 0.998
    assert low < high


def test_with_many_futures_the_law_is_that_of_the_draws() -> None:
    p = np.random.default_rng(1).beta(2, 5, 1000)
    law = law_of_probabilities(p * 100_000, np.full(1000, 100_000.0))
    np.testing.assert_allclose(
        law.quantiles([0.05, 0.5, 0.95]), np.quantile(p, [0.05, 0.5, 0.95]), atol=0.02
    )
    assert law.above(0.3) == pytest.approx((p > 0.3).mean(), abs=0.05)
    assert law.above(0.0) == 1 and law.above(1.0) == pytest.approx(0, abs=1e-3)


def test_what_never_happens_has_a_law_at_0() -> None:
    for events in (0.0, 16.0):
        law = law_of_probabilities(np.full(10, events), np.full(10, 16.0))
        assert (
            law.quantiles([0.05, 0.95]).tolist() == [events / 16] * 2
            and law.above(1.0) == events / 16
        )


def test_weights_are_respected() -> None:
    """Half of the draws weigh nothing: the law is that of the others, in effective futures that are no whole numbers."""
    p, weight = np.repeat([0.2, 0.7], 500), np.repeat([0.0, 1 / 500], 500)
    law = law_of_probabilities(p * 33.3, np.full(1000, 33.3), weight)
    assert 0.6 < law.quantiles([0.05])[0] < 0.7 < law.quantiles([0.95])[0] < 0.8


@pytest.mark.parametrize(
    ("draw", "resolved"),
    [
        (lambda rng: rng.binomial(16, 2e-4, 8000), False),
        (lambda rng: rng.binomial(16, rng.beta(0.5, 100, 8000)), True),
    ],
)
def test_a_spread_that_shows_in_no_draw_twice_is_not_resolved(
    draw: Callable[[np.random.Generator], np.ndarray], resolved: bool
) -> None:
    assert resolves_spread(draw(np.random.default_rng(3))) is resolved
