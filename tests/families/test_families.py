"""Noise in values: drawn afresh, and drawn given the value it made."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from scipy import stats

from withdrawal_risk.families import FAMILIES, Distribution, numpy_ops

FALSE_ALARM = 1e-4
"""Chance that a sound library fails one test of a distribution."""

CASES = {
    "normal": (0.3, 0.4), "lognormal": (90.0, 0.2), "share": (0.3, 0.5), "count": (12.0, 0.3), "binary": (0.35, 1.0),
    "ordinal": (0.4, 1.0),
}  # fmt: skip
CUTS = np.array([0.0, 0.9])


@pytest.mark.parametrize("family", CASES)
def test_noise_given_a_value_makes_that_value_and_has_its_distribution(family: str) -> None:
    """Drawn again given every value that it made, the noise has the distribution it had."""
    rng, many = np.random.default_rng(3), 20_000
    mean, error = (np.full((many, 1), number) for number in CASES[family])
    cuts = np.broadcast_to(CUTS, (many, 1, 2)) if family == "ordinal" else None
    fresh = FAMILIES[family].noise(error, (many, 1), rng)
    law = Distribution(mean, error, cuts)
    shown = FAMILIES[family].realise(law, fresh)
    again = [np.empty((many, 1)) for _ in fresh]
    # Every value of its own takes long; the first of many will do.
    some = np.unique(shown[:300] if family in ("normal", "lognormal", "share") else shown)
    for value in some:
        here = np.flatnonzero(shown[:, 0] == value)
        own = Distribution(mean[here], error[here], None if cuts is None else cuts[here])
        given = FAMILIES[family].noise_given(float(value), own, (len(here), 1), rng)
        for part, values in zip(again, given, strict=True):
            part[here] = values
        made = FAMILIES[family].realise(own, given)
        np.testing.assert_allclose(made[:, 0], value, rtol=1e-12)
    if len(some) == 300:
        np.testing.assert_allclose(again[0][:300], fresh[0][:300], atol=1e-9)
        return
    assert stats.kstest(again[0][:, 0], stats.norm.cdf).pvalue > FALSE_ALARM
    if family == "count":
        size = 1 / CASES[family][1] ** 2
        assert (
            stats.kstest(again[2][:, 0], stats.gamma(size, scale=1 / size).cdf).pvalue > FALSE_ALARM
        )


@pytest.mark.parametrize(
    ("expected", "spread", "value"), [(12.0, 0.3, 0.0), (12.0, 0.3, 60.0), (20.0, 0.1, 80.0)]
)
def test_noise_given_an_extreme_count_is_near_it(
    expected: float, spread: float, value: float
) -> None:
    """Where probabilities all but round to 1 a count is told apart from its neighbours no more, but it does not run away."""
    rng = np.random.default_rng(4)
    law = Distribution(np.full((500, 1), expected), np.full((500, 1), spread))
    given = FAMILIES["count"].noise_given(value, law, (500, 4), rng)
    assert all(np.isfinite(part).all() for part in given)
    made = FAMILIES["count"].realise(law, given)
    assert (np.abs(made - value) <= 0.15 * value).all() and (
        value == 80 or (made == value).mean() > 0.99
    )


@pytest.mark.parametrize(
    ("family", "value", "threshold", "told"),
    [
        ("share", 35.0, True, "write a share, not a percentage"),
        ("share", 0.35, True, None),
        ("count", -1.0, True, "a count is 0 or more"),
        ("count", 4.5, True, None),
        ("count", 4.5, False, "not a whole number"),
        ("binary", 0.5, True, None),
        ("binary", 0.5, False, "neither 0"),
        ("binary", 100.0, True, "outside 0"),
        ("lognormal", 0.0, False, "not above 0"),
        ("normal", float("inf"), False, "not a finite number"),
        ("normal", -3.0, False, None),
    ],
)
def test_what_no_indicator_shows(
    family: str, value: float, threshold: bool, told: str | None
) -> None:
    found = FAMILIES[family].fault(value, threshold=threshold)
    assert found is None if told is None else told in str(found)


@pytest.mark.parametrize(
    "error", [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.05, 0.0999, 0.1001, 0.3, 2.0]
)
@pytest.mark.parametrize(
    ("value", "mean"), [(0, 0.3), (7, 9.5), (120, 100.0), (8000, 8100.0), (1_000_000, 1.0e6)]
)
def test_counts_with_hardly_any_error_keep_their_digits(
    error: float, value: int, mean: float
) -> None:
    """Against 60 digits, to 1e-8 relative; towards no error the law is Poisson's."""
    mpmath.mp.dps = 60
    size, mu = 1 / mpmath.mpf(error) ** 2, mpmath.mpf(mean)
    exact = (
        mpmath.loggamma(value + size) - mpmath.loggamma(size) - mpmath.loggamma(value + 1)
        + size * mpmath.log(size / (size + mu)) + value * mpmath.log(mu / (size + mu))
    )  # fmt: skip
    law = Distribution(np.array([mean]), np.array([error]))
    found = FAMILIES["count"].log_density(np.array([float(value)]), law, numpy_ops)
    np.testing.assert_allclose(found[0], float(exact), rtol=1e-8)
    if error < 1e-7:
        np.testing.assert_allclose(found[0], stats.poisson.logpmf(value, mean), rtol=1e-8)
