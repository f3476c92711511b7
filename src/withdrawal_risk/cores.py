"""Work on long arrays shared out among the cores."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Final

__all__ = ["share_out"]

_STRETCHES: Final = 4
"""For each core: so that one which is held up does not hold up all."""


def share_out(count: int, work: Callable[[int, int], None]) -> None:
    """Let every core work on a stretch of ``range(count)`` of its own.

    Threads of our own that sleep when they are done: those of OpenMP, which Numba's `prange` uses, keep a core busy
    while they wait, and it is missed by whatever comes next.

    Parameters
    ----------
    count : int
    work : callable
        Given where a stretch begins and ends; must give up the interpreter's lock to gain anything.
    """
    cores = min(os.cpu_count() or 1, count)
    if cores < 2:
        work(0, count)
        return
    stretches = min(_STRETCHES * cores, count)
    ends = [count * k // stretches for k in range(stretches + 1)]
    with ThreadPoolExecutor(cores) as pool:
        for stretch in [pool.submit(work, begin, end) for begin, end in pairwise(ends)]:
            stretch.result()
