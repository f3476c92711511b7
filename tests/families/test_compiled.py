"""The scalar forms of families and priors: equal to the forms for arrays, with right derivatives."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
from scipy import special as scipy_special

from withdrawal_risk.families import FAR, Distribution, numpy_ops, special
from withdrawal_risk.families.registry import COMPILED_FAMILIES
from withdrawal_risk.inference.priors import COMPILED_KINDS

STEP = 1e-30
"""Of the complex step: so small that nothing but the first derivative is left."""


class _Complex:
    """The functions of families for complex numbers, whose real part decides a comparison."""

    exp, log, log1p, sqrt = np.exp, np.log, np.log1p, np.sqrt
    gammaln, log_ndtr = scipy_special.loggamma, scipy_special.log_ndtr

    @staticmethod
    def where(condition: Any, yes: Any, no: Any) -> Any:
        return np.where(condition, yes, no)

    @staticmethod
    def minimum(a: Any, b: Any) -> Any:
        return np.where(np.real(a) < np.real(b), a, b)

    @staticmethod
    def maximum(a: Any, b: Any) -> Any:
        return np.where(np.real(a) > np.real(b), a, b)


VALUES = {
    "normal": (-3.0, 0.2, 7.5),
    "lognormal": (1e-3, 1.0, 250.0),
    "count": (0.0, 1.0, 17.0, 4_000.0),
    "share": (1e-4, 0.3, 0.999),
    "ordinal": (0.0, 1.0, 2.0),
    "binary": (0.0, 1.0),
}
BOUNDS = ((-FAR, 0.0), (0.0, 0.9), (0.9, FAR))
"""Around the three categories of an ordinal value."""

PREDICTORS = (-60.0, -12.0, -2.5, -0.1, 0.4, 3.0, 20.0, 33.0)
ERRORS = (1e-3, 0.04, 0.3, 1.0, 2.5)


def _law(family: str, value: float, mean: Any, error: Any, shift: tuple[Any, Any]) -> Any:
    if family != "ordinal":
        return Distribution(mean, error)
    low, high = BOUNDS[int(value)]
    return Distribution(mean, error, bounds=(low + shift[0], high + shift[1]))


@pytest.mark.parametrize("family", COMPILED_FAMILIES)
def test_density_and_derivatives(family: str) -> None:
    """Against the form for arrays, differentiated by the complex step."""
    own = COMPILED_FAMILIES[family]
    forms = own.compiled()
    assert forms is not None
    compared = 0
    for eta in PREDICTORS:
        mean, rate = forms.link(eta)
        assert mean == pytest.approx(float(own.inverse_link(np.float64(eta), numpy_ops)), rel=1e-14)
        by_step = own.inverse_link(np.complex128(complex(eta, STEP)), _Complex).imag / STEP
        assert rate == pytest.approx(by_step, rel=1e-12, abs=3e-16 * abs(mean))
        for error in ERRORS if own.has_error else (1.0, 1.5, 2.5):
            for value in VALUES[family]:
                low, high = BOUNDS[int(value)] if family == "ordinal" else (0.0, 0.0)
                found, *slopes = forms.density(value, mean, error, low, high)
                plain = _law(family, value, np.float64(mean), np.float64(error), (0.0, 0.0))
                expected = float(own.log_density(np.float64(value), plain, numpy_ops))
                assert found == pytest.approx(expected, rel=1e-10, abs=1e-10)
                for place, slope in enumerate(slopes):
                    if place > 1 and family != "ordinal":
                        assert slope == 0
                        continue
                    step = [1j * STEP if k == place else 0.0 for k in range(4)]
                    law = _law(
                        family, value, np.complex128(mean + step[0]),
                        np.complex128(error + step[1]), (step[2], step[3]),
                    )  # fmt: skip
                    density = own.log_density(np.complex128(value), law, _Complex)
                    noise = 1e-11 * max(abs(found), 1.0)
                    if family == "count" and place == 1:
                        # The step goes through log gamma of 1 / error^2, whose last digits remain.
                        noise += 1e-13 * 2 / error**3
                    assert slope == pytest.approx(density.imag / STEP, rel=1e-8, abs=noise), (
                        eta, error, value, place,
                    )  # fmt: skip
                    compared += 1
    assert compared > 40


@pytest.mark.parametrize("kind", COMPILED_KINDS)
def test_priors(kind: str) -> None:
    own = COMPILED_KINDS[kind]
    density = own.compiled()
    assert density is not None
    mu, sigma = (0.0, 1.0) if kind == "student_t" else (0.3, 0.7)
    assert density(0.0) == (0.0, 0.0)
    for score in (-30.0, -8.0, -0.5, 0.1, 2.0, 8.0):
        at = np.array([mu, mu + sigma * score])
        # The density of the logarithm or of the log odds where that is sampled.
        log, odds = own.support == "positive", own.support == "share"
        if odds and abs(at[1]) > 5:
            continue
        values = np.exp(at) if log else 1 / (1 + np.exp(-at)) if odds else at
        slope_of = at if log else np.log(values * (1 - values)) if odds else 0.0
        both = own.log_density(values, mu, sigma) + slope_of
        found, slope = density(score)
        assert found == pytest.approx(both[1] - both[0], rel=1e-10)
        h = 1e-5
        assert slope == pytest.approx(
            (density(score + h)[0] - density(score - h)[0]) / (2 * h), rel=1e-7
        )


@pytest.mark.parametrize("x", [-1e4, -41.0, -30.01, -29.99, -7.0, -0.3, 0.0, 1e-9, 3.0, 9.0, 40.0])
def test_log_ndtr(x: float) -> None:
    with mpmath.workdps(60):
        expected = float(mpmath.log(mpmath.ncdf(x)))
    assert special.log_ndtr(x) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("x", [1e-8, 0.02, 0.9, 1.46, 9.99, 10.01, 1e3, 1e12])
def test_digamma(x: float) -> None:
    with mpmath.workdps(40):
        expected = float(mpmath.digamma(x))
    assert special.digamma(x) == pytest.approx(expected, rel=1e-13, abs=1e-14)
