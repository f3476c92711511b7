"""Log densities of single evidence rows and of priors, written out by hand in plain floats."""

import math
from collections.abc import Sequence

from scipy import special

HALF_LOG_TWO_PI = 0.5 * math.log(2.0 * math.pi)

# Gauss-Legendre rule with 16 points on [-1, 1].
_NODES, _NODE_WEIGHTS = special.roots_legendre(16)


def normal(value: float, mean: float, sd: float) -> float:
    """Log density of Normal(mean, sd)."""
    z = (value - mean) / sd
    return -0.5 * z * z - math.log(sd) - HALF_LOG_TWO_PI


def lognormal(value: float, mean: float, sd: float) -> float:
    """Log density, in `value`, of log value ~ Normal(log mean, sd); `mean` is thus the median."""
    if value <= 0.0:
        return -math.inf
    return normal(math.log(value), math.log(mean), sd) - math.log(value)


def count(value: float, mean: float, r: float) -> float:
    """
    Log probability of a negative binomial with variance mean + (r * mean)^2.

    The size is 1 / r^2. Written with k! and the product of (1 + k r^2), k < value, so that r near 0
    is safe and r = 0 is the Poisson.

    Parameters
    ----------
    value : float
        The count; -inf is returned for anything but a whole number >= 0.
    mean : float
        Mean, >= 0.
    r : float
        Relative extra standard deviation, >= 0.
    """
    if value < 0.0 or value != math.floor(value):
        return -math.inf
    if mean == 0.0:
        return 0.0 if value == 0.0 else -math.inf
    extra = r * r
    rising = math.fsum(math.log1p(k * extra) for k in range(int(value)))
    if extra == 0.0:
        log_zero = -mean
        tilt = 0.0
    else:
        log_zero = -math.log1p(mean * extra) / extra
        tilt = math.log1p(mean * extra)
    return log_zero + value * (math.log(mean) - tilt) + rising - math.lgamma(value + 1.0)


def share(value: float, mean: float, sd: float) -> float:
    """Log density, in `value`, of logit value ~ Normal(logit mean, sd)."""
    if value <= 0.0 or value >= 1.0:
        return -math.inf
    logit_value = math.log(value) - math.log1p(-value)
    logit_mean = math.log(mean) - math.log1p(-mean)
    return normal(logit_value, logit_mean, sd) - math.log(value) - math.log1p(-value)


def _log_interval(low: float, high: float) -> float:
    """Log of Phi(high) - Phi(low) for low < high, stable in both tails and for narrow intervals."""
    if low == -math.inf:
        return float(special.log_ndtr(high))
    if high == math.inf:
        return float(special.log_ndtr(-low))
    if (
        low + high > 0.0
    ):  # mirror, so that the interval is in the lower half or reaches further down
        low, high = -high, -low
    width = high - low
    if width * (1.0 + abs(high)) < 1.0:
        # Narrow: integrate exp(-(x^2 - high^2) / 2) over the interval, with x = high - u.
        total = 0.0
        for node, node_weight in zip(_NODES, _NODE_WEIGHTS, strict=True):
            u = 0.5 * width * (1.0 + float(node))
            total += float(node_weight) * math.exp(u * high - 0.5 * u * u)
        return normal(high, 0.0, 1.0) + math.log(0.5 * width * total)
    if high > 0.0:  # on both sides of 0: take both tails from 1
        return math.log1p(-float(special.ndtr(low) + special.ndtr(-high)))
    log_high = float(special.log_ndtr(high))
    log_low = float(special.log_ndtr(low))
    return log_high + math.log(-math.expm1(log_low - log_high))


def ordinal(grade_index: int, eta: float, cuts: Sequence[float], scale: float) -> float:
    """
    Log probability of a grade in the ordered probit.

    P = Phi((c_k - eta) / scale) - Phi((c_{k-1} - eta) / scale), with c_{-1} = -inf and
    c_{K-1} = +inf for K = len(cuts) + 1 grades.

    Parameters
    ----------
    grade_index : int
        The grade k, counted from 0; grade k lies between cuts[k-1] and cuts[k].
    eta : float
        Location.
    cuts : sequence of float
        The K-1 increasing finite cuts.
    scale : float
        Standard deviation of the latent noise.
    """
    if not 0 <= grade_index <= len(cuts):
        raise ValueError(f"grade {grade_index} outside 0..{len(cuts)}")
    low = -math.inf
    high = math.inf
    if grade_index > 0:
        low = (cuts[grade_index - 1] - eta) / scale
    if grade_index < len(cuts):
        high = (cuts[grade_index] - eta) / scale
    if low == -math.inf and high == math.inf:
        return 0.0
    if low >= high:
        return -math.inf
    return _log_interval(low, high)


def binary(value: float, p: float) -> float:
    """Log probability of 1 (probability p) or 0 (probability 1 - p)."""
    if value == 1.0:
        return math.log(p) if p > 0.0 else -math.inf
    if value == 0.0:
        return math.log1p(-p) if p < 1.0 else -math.inf
    raise ValueError(f"a binary value must be 0 or 1, not {value}")


def normal_prior(value: float, mu: float, sigma: float) -> float:
    """Log density of Normal(mu, sigma)."""
    return normal(value, mu, sigma)


def lognormal_prior(value: float, mu: float, sigma: float) -> float:
    """Log density, in `value`, of log value ~ Normal(mu, sigma)."""
    if value <= 0.0:
        return -math.inf
    return normal(math.log(value), mu, sigma) - math.log(value)


def _log_half_step(y: float) -> float:
    """
    Log of Gamma(y + 1/2) / Gamma(y), y > 0.

    Differences of log-gammas lose digits for large y, so: step y up to 30 with
    Gamma(y + 1) = y Gamma(y), then use the asymptotic series of the ratio.
    """
    total = 0.0
    while y < 30.0:
        total += math.log(y / (y + 0.5))
        y += 1.0
    series = (
        -1.0 / (8.0 * y) + 1.0 / (192.0 * y**3) - 1.0 / (640.0 * y**5) + 17.0 / (14336.0 * y**7)
    )
    return total + 0.5 * math.log(y) + series


def student_t_prior(value: float, nu: float) -> float:
    """
    Log density, in `value`, of a Student t scaled to unit variance.

    value = t * sqrt((nu - 2) / nu), so t^2 / nu = value^2 / (nu - 2), and the density is
    Gamma((nu+1)/2) / (Gamma(nu/2) sqrt(pi (nu-2))) * (1 + value^2 / (nu-2))^(-(nu+1)/2).

    Parameters
    ----------
    value : float
        The scaled variable.
    nu : float
        Degrees of freedom, > 2.
    """
    if not nu > 2.0:
        raise ValueError("unit variance needs nu > 2")
    u = value / math.sqrt(nu - 2.0)
    # log(1 + u^2), without overflow of the square
    log_term = math.log1p(u * u) if abs(u) < 1e8 else 2.0 * math.log(abs(u))
    constant = _log_half_step(0.5 * nu) - 0.5 * math.log(math.pi) - 0.5 * math.log(nu - 2.0)
    return constant - 0.5 * (nu + 1.0) * log_term
