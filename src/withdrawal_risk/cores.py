"""Work shared out among the cores."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from threading import local
from typing import Final

__all__ = ["at_most", "cores", "share_out", "spread", "usable_cores"]

_STRETCHES: Final = 4
"""For each core: so that one which is held up does not hold up all."""

_thread = local()


def usable_cores() -> int:
    """Return how many cores this process may use, which may be fewer than the machine has."""
    if hasattr(os, "process_cpu_count"):
        return os.process_cpu_count() or 1
    # Python 3.12 does not count them yet.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cores() -> int:
    """Return how many cores there are to work on: one inside work that is spread already."""
    if getattr(_thread, "busy", False):
        return 1
    return min(usable_cores(), getattr(_thread, "most", None) or usable_cores())


@contextmanager
def at_most(count: int | None) -> Iterator[None]:
    """Let what this thread asks for use so many cores at most; as many as there are where None."""
    before = getattr(_thread, "most", None)
    _thread.most = count
    try:
        yield
    finally:
        _thread.most = before


def spread[Item, Answer](
    items: Iterable[Item], work: Callable[[Item], Answer], *, ahead: int | None = None
) -> Iterator[Answer]:
    """Yield what work makes of items, in their order, as many at a time as there are cores.

    Threads that sleep when they are done: those of OpenMP, which Numba's `prange` uses,
    keep a core busy while they wait, and it is missed by whatever comes next. Work that spreads
    further does so in its own thread.

    Parameters
    ----------
    items : iterable
        Taken as they are needed.
    work : callable
        Must give up the interpreter's lock to gain anything.
    ahead : int, optional
        So many are worked on or done while an earlier one is waited for; one a core where absent,
        so that few are in memory.
    """
    count = cores()
    if count < 2:
        for item in items:
            yield work(item)
        return

    # Runs once in every thread of the pool, so that work inside it spreads no further.
    def begin() -> None:
        _thread.busy = True

    running: deque[Future[Answer]] = deque()
    pool = ThreadPoolExecutor(count, initializer=begin)
    try:
        for item in items:
            running.append(pool.submit(work, item))
            # The oldest is waited for first, which keeps the order of the items.
            if len(running) > (count if ahead is None else ahead):
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
    finally:
        # What has not begun is not wanted any more after a fault, or when nobody asks for the rest.
        pool.shutdown(cancel_futures=True)


def share_out(count: int, work: Callable[[int, int], None]) -> None:
    """Let every core work on stretches of ``range(count)``.

    Parameters
    ----------
    count : int
    work : callable
        Given where a stretch begins and ends.
    """
    if cores() < 2 or count < 2:
        work(0, count)
        return
    # Stretches differ in length by one at most. They return nothing that would take memory, so all
    # of them may wait in the queue.
    stretches = min(_STRETCHES * cores(), count)
    ends = pairwise(count * k // stretches for k in range(stretches + 1))
    for _ in spread(ends, lambda stretch: work(*stretch), ahead=stretches):
        pass
