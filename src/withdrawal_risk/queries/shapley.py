"""Shapley values: a fair split of a whole over its parts, exact over all subsets."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST_PARTS", "shapley", "subsets"]

MOST_PARTS: Final = 12
"""Parts up to which all subsets are worked through."""


def subsets(parts: int) -> NDArray[np.bool_]:
    """Return the members of every subset, shape (2 ** part, part).

    Row ``r`` holds part ``i`` where bit ``i`` is set.
    """
    return (np.arange(2**parts)[:, None] >> np.arange(parts)) & 1 == 1


def shapley(value: NDArray[Any]) -> NDArray[Any]:
    """Return each part's average gain over all orders of joining.

    The values of all parts sum to that of the whole less that of nothing (Shapley, Contributions to
    the Theory of Games II, 1953).

    Parameters
    ----------
    value : ndarray, shape (2 ** part, ...)
        Of every subset, in the order of `subsets`.

    Returns
    -------
    ndarray, shape (part, ...)
    """
    parts = len(value).bit_length() - 1
    member = subsets(parts)
    size = member.sum(axis=1)
    shares = []
    for i in range(parts):
        # Of all orders in which parts can join, the weight is the share in which exactly the
        # members of a subset stand before part i: s! (n - 1 - s)! / n! for s members of n parts.
        without = np.flatnonzero(~member[:, i])
        weight = [1 / (parts * math.comb(parts - 1, int(size[row]))) for row in without]
        # Adding 2 ** i sets bit i: the same subset with part i. Further axes, such as draws,
        # remain.
        shares.append(np.tensordot(weight, value[without + 2**i] - value[without], axes=1))
    return np.array(shares)
