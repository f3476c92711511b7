"""What every family promises, tried out: density, noise and values belong together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final, get_args

import numpy as np

from withdrawal_risk.families.base import Array, Axis, Distribution, Family, numpy_ops

__all__ = ["broken_promises"]

_PREDICTORS: Final = (-0.8, 0.3, 1.2)
"""Linear predictors at which a family is tried."""

_ERRORS: Final = (0.3, 0.9)
"""Errors at which a family is tried."""

_TOLERANCE: Final = 1e-3
"""Largest distance of an integral from 1; a grid of 200,000 points is far finer."""

_DRAWS: Final = 20_000

_FARTHEST: Final = 2.75 / np.sqrt(_DRAWS)
"""Kolmogorov distance from their distribution that sound draws exceed once in 1.8 million."""


def broken_promises(family: Family[Any]) -> Iterator[str]:
    """Yield every promise that a family breaks, in words.

    Parameters
    ----------
    family : Family
        One without categories; families with categories are not tried.

    Yields
    ------
    str
    """
    if family.axis not in get_args(Axis):
        valid = ", ".join(get_args(Axis))
        yield f"its axis is {family.axis!r}; it must be one of {valid}"
    if family.has_error and "error" not in family.indicator.model_fields:
        yield "its keys have no error; declare one, or set has_error = False"
    # Categories have no density on a line; the library's own tests hold the one family that has
    # them.
    if family.has_categories:
        return
    # Whatever a method raises is a fault of the family, and is reported as one.
    try:
        yield from _of_values(family)
    except Exception as error:
        yield f"trying it out with NumPy arrays raised {type(error).__name__}: {error}"


def _of_values(family: Family[Any]) -> Iterator[str]:
    """Yield the broken promises about density, noise and values."""
    errors = _ERRORS if family.has_error else (1.0,)
    for eta in _PREDICTORS:
        for error in errors:
            # A mean that the link can give.
            mean = np.asarray(family.inverse_link(np.array([eta]), numpy_ops), dtype=float)
            law = Distribution(mean, np.array([error]))
            where = f"at mean {mean[0]:.3g} and error {error:g}"
            # The distribution function by numerical integration of the density.
            values, mass = _masses(family, law)
            total = float(mass.sum())
            if not abs(total - 1) < _TOLERANCE:
                yield f"its density {where} integrates to {total:.4g}, not to 1"
                continue
            drawn = np.sort(_many(family, law, np.random.default_rng(1)))
            # Kolmogorov and Smirnov: draws against the integrated density.
            if (distance := _distance(values, mass, drawn)) > _FARTHEST:
                yield (
                    f"its values {where} do not have its density: their distributions are "
                    f"{distance:.2g} apart, at most {_FARTHEST:.2g} by chance"
                )
            if (wrong := _unreturned(family, law, drawn)) is not None:
                yield (
                    f"realise with the noise of noise_given({wrong[0]:.4g}) {where} returns "
                    f"{wrong[1]:.4g}, not the value"
                )
    if not _rises(family, errors[0]):
        yield "with the same noise its values do not rise with the mean"


def _unreturned(family: Family[Any], law: Distribution, drawn: Array) -> tuple[float, float] | None:
    """Return a value that the noise given it does not make, and what it makes; None where none."""
    rng = np.random.default_rng(3)
    # One draw and eight futures, as where a published value meets other worlds.
    one = Distribution(law.mean.reshape(1, 1), law.error.reshape(1, 1))
    for value in np.quantile(drawn, [0.05, 0.5, 0.95], method="nearest"):
        noise = family.noise_given(float(value), one, (1, 8), rng)
        made = np.asarray(family.realise(one, noise))
        furthest = float(made.ravel()[np.abs(made - value).argmax()])
        if not abs(furthest - value) <= 1e-6 * (1 + abs(value)):
            return float(value), furthest
    return None


def _many(family: Family[Any], law: Distribution, rng: np.random.Generator) -> Array:
    """Draw many values of one distribution."""
    many = Distribution(np.repeat(law.mean, _DRAWS), np.repeat(law.error, _DRAWS))
    return family.draw(many, rng)


def _masses(family: Family[Any], law: Distribution) -> tuple[Array, Array]:
    """Return a grid over the values of a family and the probability of each of its cells."""
    low, high = family.support
    if family.whole:
        # Counts a hundred times the mean have no probability that matters here.
        # Counts are summed, not integrated.
        top = high if np.isfinite(high) else 200 + 100 * float(law.mean[0])
        values = np.arange(low, top + 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return values, np.exp(family.log_density(values, law, numpy_ops))
    # The grid is even on a scale on which the values have no ends.
    unit = np.linspace(-40, 40, 200_001)
    if np.isfinite(low) and np.isfinite(high):
        edges = low + (high - low) / (1 + np.exp(-unit))
    elif np.isfinite(low):
        edges = low + np.exp(unit)
    else:
        edges = float(law.mean[0]) + unit
    # The midpoint rule: no cell touches an end of the support.
    middle = (edges[1:] + edges[:-1]) / 2
    with np.errstate(all="ignore"):
        density = np.exp(np.asarray(family.log_density(middle, law, numpy_ops)))
    return middle, np.nan_to_num(density) * np.diff(edges)


def _distance(values: Array, mass: Array, drawn: Array) -> float:
    """Return the largest distance between a distribution and the share of draws up to a value."""
    share = np.searchsorted(drawn, values, side="right") / len(drawn)
    return float(np.abs(share - np.cumsum(mass)).max())


def _rises(family: Family[Any], error: float) -> bool:
    """Say whether the same noise gives values that never fall while the mean rises."""
    rng = np.random.default_rng(2)
    shape, errors = (500,), np.full(500, error)
    # One noise for all means, as one future has in all worlds.
    noise = family.noise(errors, shape, rng)
    means = [
        np.full(shape, np.asarray(family.inverse_link(np.array([eta]), numpy_ops))[0])
        for eta in np.linspace(-1, 1.5, 9)
    ]
    values = [family.realise(Distribution(mean, errors), noise) for mean in means]
    return all(bool((low <= high + 1e-9).all()) for low, high in pairwise(values))
