"""Values of any family, with errors that have heavy tails and flows that can stop.

A family knows neither: what is the same for all of them stands here.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.families.base import Array, Distribution, Family

__all__ = ["draw", "log_density", "noise", "noise_given", "realise"]

_NU: Final = 4.0
"""Degrees of freedom of errors with heavy tails."""

_UNIT: Final = math.sqrt((_NU - 2) / _NU)
"""Scale at which their variance is 1."""


def _heavy(score: Array) -> Array:
    """Return the Student-t score of unit variance at the rank of a normal one.

    The quantile function of four degrees of freedom has a closed form (Shaw, Journal of
    Computational Finance 9, 2006).
    """
    from scipy.special import ndtr

    # By the lower tail, whose probability does not round.
    tail = ndtr(-np.abs(score))
    root = np.sqrt(4.0 * tail * (1.0 - tail))
    quantile = 2.0 * np.sqrt(np.maximum(np.cos(np.arccos(root) / 3.0) / root - 1.0, 0.0))
    return np.asarray(np.sign(score) * _UNIT * quantile)


def _light(score: Array) -> Array:
    """Return the normal score at the rank of a Student-t one; the inverse of `_heavy`."""
    from scipy.special import ndtri, stdtr

    return np.asarray(-np.sign(score) * ndtri(stdtr(_NU, -np.abs(score) / _UNIT)))


def _with_tails(law: Distribution, noise: tuple[Array, ...]) -> tuple[Array, ...]:
    if law.tail is None or not np.any(law.tail):
        return noise
    return (np.where(law.tail, _heavy(noise[0]), noise[0]), *noise[1:])


def noise(
    family: Family[Any],
    error: Array,
    shape: tuple[int, ...],
    rng: np.random.Generator,
    *,
    can_stop: bool,
) -> tuple[Array, ...]:
    """Draw the noise in values, as `Family.noise` does.

    Parameters
    ----------
    can_stop : bool
        Whether values can be nought; the last array then decides it.
    """
    own = family.noise(error, shape, rng)
    return (*own, rng.random(shape)) if can_stop else own


def noise_given(
    family: Family[Any],
    value: float,
    law: Distribution,
    shape: tuple[int, ...],
    rng: np.random.Generator,
) -> tuple[Array, ...]:
    """Draw the noise in a value that is known, as `Family.noise_given` does."""
    if law.nought is None:
        return _without_tails(law, family.noise_given(value, law, shape, rng))
    stopped = value == 0
    if stopped:
        # Had it not stopped, it would have shown anything.
        own = family.noise(np.asarray(law.error), shape, rng)
    else:
        own = _without_tails(law, family.noise_given(value, law, shape, rng))
    uniform = rng.random(shape)
    below = law.nought * uniform * (1.0 - 2.0**-40)
    return (*own, np.where(stopped, below, law.nought + (1.0 - law.nought) * uniform))


def _without_tails(law: Distribution, own: tuple[Array, ...]) -> tuple[Array, ...]:
    return (_light(own[0]), *own[1:]) if law.tail else own


def realise(
    family: Family[Any],
    law: Distribution,
    noise: tuple[Array, ...],
    where: NDArray[np.bool_] | None = None,
) -> Array:
    """Return the values that the same noise gives under a distribution; see `Family.realise`."""
    if law.nought is None:
        return family.realise(law, _with_tails(law, noise), where)
    *own, uniform = noise
    flowing = family.realise(law, _with_tails(law, tuple(own)), where)
    return np.where(uniform < law.nought, 0.0, flowing)


def draw(family: Family[Any], law: Distribution, rng: np.random.Generator) -> Array:
    """Draw values whose noise no other world shares."""
    shape = np.broadcast_shapes(np.shape(law.mean), np.shape(law.error))
    fresh = noise(family, law.error, shape, rng, can_stop=law.nought is not None)
    return realise(family, law, fresh)


def log_density(family: Family[Any], value: Any, law: Distribution, xp: Any) -> Any:
    """Return the log density of observed values; of a nought its log probability."""
    if law.nought is None:
        return family.log_density(value, law, xp)
    stopped = value <= 0
    # A family whose flows can stop has no density at nought, so another value stands for it.
    flowing = family.log_density(xp.where(stopped, family.mask_value, value), law, xp)
    inside = xp.minimum(xp.maximum(law.nought, 1e-300), 1.0 - 2.0**-53)
    return xp.where(stopped, xp.log(inside), xp.log1p(-inside) + flowing)
