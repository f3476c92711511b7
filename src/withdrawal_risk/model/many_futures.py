"""A clause's statistic held against its bound in many futures, in one compiled pass."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.cores import share_out
from withdrawal_risk.machine_code import compiled
from withdrawal_risk.model.clauses import HUGE, ROUNDING

__all__ = ["statistic_meets"]

_MEAN, _MIN, _MAX, _TOTAL, _LAST = range(5)
_KINDS: Final = {"mean": _MEAN, "min": _MIN, "max": _MAX, "total": _TOTAL, "last": _LAST}


@compiled
def _gather(month: Any, kind: int, statistic: Any) -> None:
    """Let a statistic take in one more month, shape (future,)."""
    if kind in (_MEAN, _TOTAL):
        for k in range(len(month)):
            statistic[k] += month[k]
    elif kind == _MIN:
        for k in range(len(month)):
            statistic[k] = min(month[k], statistic[k])
    elif kind == _MAX:
        for k in range(len(month)):
            statistic[k] = max(month[k], statistic[k])
    else:
        for k in range(len(month)):
            statistic[k] = month[k]


@partial(compiled, nogil=True)
def _meets(
    begin: int, end: int, values: Any, kind: int, bound: float, is_lower: bool, met: Any
) -> None:
    """Fill in where a statistic meets a bound, some draws at a time."""
    _, months, futures = values.shape
    statistic, size = np.empty(futures), np.empty(futures)
    for d in range(begin, end):
        for k in range(futures):
            statistic[k], size[k] = values[d, 0, k], abs(values[d, 0, k])
        for t in range(1, months):
            _gather(values[d, t], kind, statistic)
            for k in range(futures):
                value = abs(values[d, t, k])
                # Not a number stays, whatever comes after it; then nothing is met.
                size[k] = value if value > size[k] or value != value else size[k]
        for k in range(futures):
            value = statistic[k] / months if kind == _MEAN else statistic[k]
            larger, smaller = (value, bound) if is_lower else (bound, value)
            most = min(size[k], HUGE) if size[k] == size[k] else size[k]
            met[d, k] = larger + ROUNDING * (most + abs(smaller)) >= smaller


def statistic_meets(
    values: NDArray[np.float64], statistic: str, bound: float, is_lower: bool
) -> NDArray[np.bool_]:
    """Say in which futures a statistic of the months meets a bound, shape (draw, future).

    To the last bit what `clause_holds` says by NumPy, which adds the months of several futures in
    their order, too.

    Parameters
    ----------
    values : ndarray, shape (draw, month, future)
        Of two futures or more. Where a month is not a number, nothing is met.
    statistic : {"mean", "min", "max", "total", "last"}
    bound : float
    is_lower : bool
        Whether the statistic has to be at least the bound, rather than at most.
    """
    met = np.empty((values.shape[0], values.shape[2]), dtype=bool)
    share_out(
        len(values),
        lambda begin, end: _meets(
            begin, end, values, _KINDS[statistic], float(bound), is_lower, met
        ),
    )
    return met
