"""The luck of states that last: uniform numbers, those of the past drawn given all looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.cores import share_out
from withdrawal_risk.families.state import luck_given
from withdrawal_risk.inference.measurement import Measurement
from withdrawal_risk.inference.states import predicted, start_probability, transitions
from withdrawal_risk.machine_code import compiled

__all__ = ["Luck", "abducted", "drawn", "replayed"]

Array = NDArray[np.float64]


class Luck(NamedTuple):
    """What decides a chain once its rates are known.

    Parameters
    ----------
    start : ndarray of bool, shape (draw, future)
        The state in the month before the first.
    uniform : ndarray, shape (draw, month, future)
        A month is a yes where it is below the probability given the month before.
    """

    start: NDArray[np.bool_]
    uniform: Array


def abducted(
    shown: Measurement, level: Array, looks: Mapping[int, float], path: Array, luck: Array
) -> Luck:
    """Return the luck that led to what was seen, by forward filtering and backward sampling.

    Parameters
    ----------
    shown : Measurement
    level : ndarray, shape (draw, past month)
        Of the factor that the state follows.
    looks : mapping of int to float
        By past month.
    path, luck : ndarray, shape (draw, past month + 1, future) and (draw, past month, future)
        Uniform numbers, which choose the states and the luck within them.
    """
    enters, leaves = transitions(shown, level)
    start = start_probability(shown, enters[:, 0], leaves[:, 0])
    # What is believed of a month by the looks up to it: a look leaves no doubt.
    filtered = predicted(start, enters, leaves, looks)
    for t, seen in looks.items():
        filtered[:, t] = seen
    uniform = np.empty(luck.shape)
    yes = path[:, -1] < filtered[:, -1, None]
    for t in range(level.shape[1] - 1, -1, -1):
        before = (start if t == 0 else filtered[:, t - 1])[:, None]
        enter, leave = enters[:, t, None], leaves[:, t, None]
        stayed = before * np.where(yes, 1.0 - leave, leave)
        came = (1.0 - before) * np.where(yes, enter, 1.0 - enter)
        was = path[:, t] < stayed / (stayed + came)
        uniform[:, t] = luck_given(yes, np.where(was, 1.0 - leave, enter), luck[:, t])
        yes = was
    return Luck(yes, uniform)


def drawn(shown: Measurement, level: Array, rng: np.random.Generator) -> Array:
    """Draw states from the first month on, as if nothing had been seen, (draw, month, future).

    Parameters
    ----------
    level : ndarray, shape (draw, month, future)
    """
    enters, leaves = transitions(shown, level)
    start = start_probability(shown, enters[:, 0], leaves[:, 0])
    luck = Luck(rng.random(start.shape) < start, rng.random(level.shape))
    return replayed(luck, [(enters, leaves)])


@partial(compiled, nogil=True)
def _replay(
    begin: int,
    end: int,
    now: int,
    since: int,
    yes: Any,
    uniform: Any,
    enters: Any,
    leaves: Any,
    states: Any,
) -> None:
    """Go on from the states before month ``now``, which are overwritten with the last ones."""
    _, months, width = enters.shape
    for d in range(begin, end):
        for t in range(months):
            for k in range(yes.shape[1]):
                e = k if width > 1 else 0
                rate = 1.0 - leaves[d, t, e] if yes[d, k] else enters[d, t, e]
                yes[d, k] = uniform[d, now + t, k] < rate
            if now + t >= since:
                for k in range(yes.shape[1]):
                    states[d, now + t - since, k] = yes[d, k]


def replayed(luck: Luck, rates: Sequence[tuple[Array, Array]], since: int = 0) -> Array:
    """Return the states that the same luck gives under some rates, (draw, month, future).

    Parameters
    ----------
    luck : Luck
        Of at least as many months.
    rates : sequence of (ndarray, ndarray), each of shape (draw, month, future)
        Of entering and leaving, one stretch of months after the other; futures may share one.
    since : int
        First month whose states are returned.
    """
    months = sum(enters.shape[1] for enters, _ in rates)
    draws, _, futures = luck.uniform.shape
    yes, states = np.array(luck.start), np.empty((draws, months - since, futures))
    now = 0
    for enters, leaves in rates:

        def replay(
            begin: int, end: int, now: int = now, enters: Array = enters, leaves: Array = leaves
        ) -> None:
            _replay(begin, end, now, since, yes, luck.uniform, enters, leaves, states)

        share_out(draws, replay)
        now += enters.shape[1]
    return states
