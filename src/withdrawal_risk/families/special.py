"""Special functions of one number, compiled, for the densities of families."""

from __future__ import annotations

import math
from typing import Final

from withdrawal_risk.families.base import HEAVY_AT_0
from withdrawal_risk.machine_code import compiled

__all__ = [
    "additive_density",
    "digamma",
    "exponential",
    "identity",
    "log_ndtr",
    "log_odds_rate",
    "logistic",
]

_HALF_LOG_2PI: Final = 0.5 * math.log(2 * math.pi)

_TAIL: Final = -30.0
"""Score below which the complementary error function is about to underflow."""

_SERIES: Final = 10.0
"""Argument from which the asymptotic series of digamma is exact to the last digits."""


@compiled
def log_ndtr(x: float) -> float:
    """Return the log of the standard normal distribution function."""
    if x > 0.0:
        # Near 1 the probability rounds, its complement does not.
        return math.log1p(-0.5 * math.erfc(x / math.sqrt(2.0)))
    if x > _TAIL:
        return math.log(0.5 * math.erfc(-x / math.sqrt(2.0)))
    # NIST Handbook of Mathematical Functions, 7.12.1.
    y = 1.0 / (x * x)
    series = -y * (1.0 - y * (3.0 - y * (15.0 - y * 105.0)))
    return -0.5 * x * x - _HALF_LOG_2PI - math.log(-x) + math.log1p(series)


@compiled
def digamma(x: float) -> float:
    """Return the derivative of the log of the gamma function at a positive number."""
    shift = 0.0
    while x < _SERIES:
        shift -= 1.0 / x
        x += 1.0
    # NIST Handbook of Mathematical Functions, 5.11.2.
    y = 1.0 / (x * x)
    series = y * (
        1 / 12 - y * (1 / 120 - y * (1 / 252 - y * (1 / 240 - y * (1 / 132 - y * 691 / 32760))))
    )
    return shift + math.log(x) - 0.5 / x - series


@compiled
def additive_density(score: float, error: float, heavy: float) -> tuple[float, float, float]:
    """Return the log density of an additive error at a distance in errors.

    Normal, or Student-t where ``heavy`` is not 0; then how fast it falls with the distance, and its
    derivative by the error.
    """
    square = score * score
    if heavy != 0.0:
        rate = 2.5 * score / (1.0 + 0.5 * square)
        log_density = HEAVY_AT_0 - 2.5 * math.log1p(0.5 * square) - math.log(error)
    else:
        rate = score
        log_density = -0.5 * square - math.log(error) - _HALF_LOG_2PI
    return log_density, rate, (rate * score - 1.0) / error


# Links of the linear predictor, each with its derivative.


@compiled
def identity(eta: float) -> tuple[float, float]:
    """Return the predictor itself, and 1."""
    return eta, 1.0


@compiled
def exponential(eta: float) -> tuple[float, float]:
    """Return the exponential of the predictor, which is its own derivative."""
    value = math.exp(eta)
    return value, value


@compiled
def logistic(eta: float) -> tuple[float, float]:
    """Return the share with these log-odds, and its derivative."""
    share = 1.0 / (1.0 + math.exp(-eta))
    # Not by the exponential: log-odds of a share near 1 divide by the same rounded complement.
    return share, share * (1.0 - share)


@compiled
def log_odds_rate(share: float) -> tuple[float, float]:
    """Return the log-odds of an expected share, as `log_odds` does, and their derivative."""
    low, high = 1e-300, 1.0 - 2.0**-53
    inside = min(max(share, low), high)
    # Where the share has rounded to 0 or 1, log-odds are constant.
    rate = 1.0 / inside + 1.0 / (1.0 - inside) if low <= share <= high else 0.0
    return math.log(inside) - math.log1p(-inside), rate
