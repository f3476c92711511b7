"""What is learnt of indicators in one world, for values and clauses to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Learnt"]


@dataclass(frozen=True, kw_only=True)
class Learnt:
    """What is learnt of indicators, as `Futures` hold it, by position of an indicator.

    Parameters
    ----------
    values : mapping of int to (mapping of int to float)
        By month.
    spans : mapping of int to (mapping of (int, int) to float)
        What every month of a span would have to show, by its first and last month.
    limits : mapping of int to sequence of (int, int, float)
        What the months of a span show together at most.
    """

    values: Mapping[int, Mapping[int, float]]
    spans: Mapping[int, Mapping[tuple[int, int], float]]
    limits: Mapping[int, Sequence[tuple[int, int, float]]]
