"""Columns of numbers, one a draw, in two characters each."""

from __future__ import annotations

import base64
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Columns", "packed", "packed_bits"]

Array = NDArray[np.float64]

_STEPS: Final = 2**12 - 1
"""Two characters of base 64 hold 12 bits. A step is then 1/4096 of the range of a column, far below
what the draws of a posterior tell apart."""

_DIGITS: Final = np.frombuffer(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", dtype=np.uint8
)


class Columns:
    """Columns that are exported; what a column is rounded to is what both languages compute with.

    A column is its smallest number and a step, and for each draw a whole number of steps. Where all
    draws have the same number the step is 0 and nothing else is stored.

    Examples
    --------
    >>> import numpy as np
    >>> from withdrawal_risk.reports.live.columns import Columns
    >>> columns = Columns()
    >>> place, rounded = columns.add(np.array([0.0, 0.25, 1.0]))
    >>> place, bool(abs(rounded[1] - 0.25) < 2e-4)
    (0, True)
    """

    def __init__(self) -> None:
        self._heads: list[tuple[float, float]] = []
        self._codes: list[NDArray[np.uint16]] = []
        self._places: dict[bytes, int] = {}

    @property
    def size(self) -> int:
        """Bytes that the columns take as text."""
        return sum(2 * len(codes) for codes in self._codes)

    def add(self, values: Array) -> tuple[int, Array]:
        """Store a column, shape (draw,); return its place, and the numbers that are stored."""
        values = np.ascontiguousarray(values, dtype=float)
        low, high = float(values.min()), float(values.max())
        step = (high - low) / _STEPS
        codes = np.zeros(len(values), np.uint16)
        if step > 0.0:
            codes = np.round((values - low) / step).astype(np.uint16)
        content = values.tobytes()
        if content not in self._places:
            self._places[content] = len(self._heads)
            self._heads.append((low, step if step > 0.0 else 0.0))
            if step > 0.0:
                self._codes.append(codes)
        return self._places[content], np.asarray(low + step * codes)

    def to_dict(self) -> dict[str, Any]:
        """Return the columns as JSON-ready data: heads, then the steps of those that have any."""
        codes = np.concatenate(self._codes) if self._codes else np.zeros(0, np.uint16)
        digits = np.stack([_DIGITS[codes >> 6], _DIGITS[codes & 63]], axis=1)
        return {
            "heads": [list(head) for head in self._heads],
            "codes": digits.tobytes().decode("ascii"),
        }


def packed(values: NDArray[Any], kind: str) -> str:
    """Return an array of some kind of number as text, in base 64."""
    return base64.b64encode(np.ascontiguousarray(values, dtype=kind).tobytes()).decode("ascii")


def packed_bits(truth: NDArray[np.bool_]) -> str:
    """Return truths as text, eight in a byte, the first in its lowest bit."""
    return packed(np.packbits(truth.ravel(), bitorder="little"), "u1")
