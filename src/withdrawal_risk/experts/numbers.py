"""Numbers, probabilities and weights that are given, as arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import ArgumentError

__all__ = ["array_of", "is_rising", "probabilities_of", "shares_of", "weights_of"]

Array = NDArray[np.float64]


def array_of(
    value: ArrayLike, what: str, dimensions: int | None = None, *, missing: bool = False
) -> Array:
    """Return numbers that a user gave.

    Parameters
    ----------
    value : array_like
    what : str
        The argument, for the message.
    dimensions : int, optional
        Any number of them if not given.
    missing : bool
        Whether some may be nan.

    Raises
    ------
    ArgumentError
        If they are none, are infinite, or have another shape.

    Examples
    --------
    >>> from withdrawal_risk.experts.numbers import array_of
    >>> array_of([1, 2], "values", 1).tolist()
    [1.0, 2.0]
    """
    try:
        array = np.array(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ArgumentError(
            f"{what} is {quoted(value)}; write numbers, as many in each row"
        ) from None
    if dimensions not in (None, array.ndim) or array.size == 0:
        wanted = "" if dimensions is None else f"{dimensions} dimensions, and "
        raise ArgumentError(
            f"{what} has the shape {array.shape}; it must have {wanted}at least one value"
        )
    if np.isinf(array).any() or (not missing and np.isnan(array).any()):
        allowed = " or nan" if missing else ""
        raise ArgumentError(f"{what} holds a value that is not finite; write numbers{allowed}")
    return array


def is_rising(values: Array) -> bool:
    """Say whether each value is above the one before."""
    return bool((values[1:] > values[:-1]).all())


def probabilities_of(value: ArrayLike) -> Array:
    """Return the probabilities at which quantiles were stated.

    Raises
    ------
    ArgumentError
        If they do not rise, or do not lie between 0 and 1.

    Examples
    --------
    >>> from withdrawal_risk.experts.numbers import probabilities_of
    >>> probabilities_of((0.05, 0.5, 0.95)).tolist()
    [0.05, 0.5, 0.95]
    """
    array = array_of(value, "probabilities", 1)
    if array[0] <= 0 or array[-1] >= 1 or not is_rising(array):
        raise ArgumentError(
            f"probabilities are {quoted(array.tolist())}; they must rise and lie between 0 and 1, "
            "such as (0.05, 0.5, 0.95)"
        )
    return array


def weights_of(value: ArrayLike | None, count: int) -> Array:
    """Return the weights of several laws, which sum to 1.

    Parameters
    ----------
    value : array_like, shape (law,), optional
        At least 0, not all of them 0; all alike if not given.
    count : int
        Number of laws.

    Raises
    ------
    ArgumentError

    Examples
    --------
    >>> from withdrawal_risk.experts.numbers import weights_of
    >>> weights_of([1, 3], 2).tolist()
    [0.25, 0.75]
    """
    if value is None:
        return np.full(count, 1 / count)
    array = array_of(value, "weights", 1)
    if len(array) != count:
        raise ArgumentError(f"weights has {len(array)} values for {count} laws; write one for each")
    if (array < 0).any() or not array.any():
        raise ArgumentError(
            f"weights are {quoted(array.tolist())}; none may be below 0, and one must be above"
        )
    # Divided by the largest first: their sum could be too large for a float.
    array = array / array.max()
    return np.asarray(array / array.sum())


def shares_of(value: ArrayLike) -> Array:
    """Return probabilities of which quantiles are asked."""
    given = array_of(value, "probabilities")
    if not ((given >= 0) & (given <= 1)).all():
        raise ArgumentError(f"probabilities are {quoted(value)}; they must lie between 0 and 1")
    return given
