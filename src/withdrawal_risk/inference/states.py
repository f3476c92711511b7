"""States that last: chains given the levels, looks at them, and their probability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.families import numpy_ops
from withdrawal_risk.families.state import rates

if TYPE_CHECKING:
    from withdrawal_risk.inference.alignment import Block
    from withdrawal_risk.inference.measurement import Measurement

__all__ = ["NO_LOOK", "look_table", "predicted", "start_probability", "transitions"]

Array = NDArray[np.float64]

NO_LOOK = -1
"""Stands in a table of looks where there is none."""


def look_table(
    names: Sequence[str], block: Block | None, indicators: Sequence[str], months: int
) -> NDArray[np.int64]:
    """Return what was seen of each state in each month, shape (state, month).

    Parameters
    ----------
    names : sequence of str
        The states.
    block : Block, optional
        Their rows; cells of a share of 0 are no looks.
    indicators : sequence of str
        All indicators, in the order of the block's positions.
    months : int
    """
    table = np.full((len(names), months), NO_LOOK)
    if block is not None:
        place = np.array([names.index(n) if n in names else -1 for n in indicators])
        counts = (block.cell_share > 0) & (block.seen[block.cell_row] > 0)
        row = block.cell_row[counts]
        table[place[block.indicator[row]], block.cell_month[counts]] = block.value[row]
    return table


def transitions(shown: Measurement, level: Array) -> tuple[Array, Array]:
    """Return the probabilities of entering and of leaving, shaped like ``level``, (draw, ...)."""
    assert shown.leaving is not None
    extra = (...,) + (None,) * (level.ndim - 1)
    shift = shown.slope[extra] * level
    return rates(shown.reference[extra], shown.leaving[extra], shift, numpy_ops)


def start_probability(shown: Measurement, enters: Array, leaves: Array) -> Array:
    """Return P(yes) in the month before the first, given the rates of the first month.

    Where the file does not say, the chain rests at the level of the first month.
    """
    assert shown.start is not None
    resting = enters / (enters + leaves)
    start = shown.start.reshape(-1, *(1,) * (enters.ndim - 1))
    return np.where(np.isnan(start), resting, start)


def predicted(
    start: Array, enters: Array, leaves: Array, looks: Mapping[int, float] | NDArray[np.int64]
) -> Array:
    """Return P(yes) of every month given the looks before it, shape (draw, month, ...).

    Between two looks it is moved on by the rates; a look sets it to 0 or 1.

    Parameters
    ----------
    start : ndarray, shape (draw, ...)
        As from `start_probability`.
    enters, leaves : ndarray, shape (draw, month, ...)
    looks : mapping of int to float, or ndarray of int, shape (month,)
        What was seen, by month; `NO_LOOK` in an array where nothing was.
    """
    if not isinstance(looks, Mapping):
        looks = {int(t): float(looks[t]) for t in np.flatnonzero(np.asarray(looks) != NO_LOOK)}
    probability, now = np.empty(enters.shape), start
    for t in range(enters.shape[1]):
        now = now * (1.0 - leaves[:, t]) + (1.0 - now) * enters[:, t]
        probability[:, t] = now
        if t in looks:
            now = np.full_like(now, looks[t])
    return probability
