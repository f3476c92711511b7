"""Work shared out among the cores."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise
from threading import local
from typing import Final

__all__ = ["cores", "share_out", "spread"]

_STRETCHES: Final = 4
"""For each core: so that one which is held up does not hold up all."""

_thread = local()


def cores() -> int:
    """Return how many cores there are to work on, one where this is a share of something spread already."""
    return 1 if getattr(_thread, "busy", False) else os.cpu_count() or 1


def spread[Item, Answer](items: Iterable[Item], work: Callable[[Item], Answer]) -> Iterator[Answer]:
    """Yield what work makes of items, in their order, as many at a time as there are cores.

    Threads of our own that sleep when they are done: those of OpenMP, which Numba's `prange` uses, keep a core busy
    while they wait, and it is missed by whatever comes next. Work that spreads further does so in its own thread.

    Parameters
    ----------
    items : iterable
        Taken as they are needed, so that few of them are in memory.
    work : callable
        Must give up the interpreter's lock to gain anything.
    """
    count = cores()
    if count < 2:
        yield from map(work, items)
        return

    def begin() -> None:
        _thread.busy = True

    ahead: deque[Future[Answer]] = deque()
    with ThreadPoolExecutor(count, initializer=begin) as pool:
        for item in items:
            ahead.append(pool.submit(work, item))
            if len(ahead) > count:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def share_out(count: int, work: Callable[[int, int], None]) -> None:
    """Let every core work on stretches of ``range(count)``.

    Parameters
    ----------
    count : int
    work : callable
        Given where a stretch begins and ends.
    """
    stretches = min(_STRETCHES * cores() if cores() > 1 else 1, count)
    ends = pairwise(count * k // max(stretches, 1) for k in range(stretches + 1))
    for _ in spread(ends, lambda stretch: work(*stretch)):
        pass
