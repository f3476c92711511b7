"""The compiled log density of looks at states that last; its NumPy form is in `measurement`."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import numpy as np

from withdrawal_risk.inference.problem import Indicators, States
from withdrawal_risk.inference.rows import Scratch
from withdrawal_risk.machine_code import compiled

__all__ = ["density_of_states"]

_inner = partial(compiled, stored=False)

_LEAST: Final = 1e-300
_MOST: Final = 1.0 - 2.0**-53


@_inner
def _rates(
    reference: float, shift: Any, leaving: Any, place: int, enters: Any, leaves: Any
) -> None:
    """Fill in the probabilities of entering and of leaving in every month."""
    odds = 0.0
    if place >= 0:
        odds = np.log(leaving[place] / (1.0 - leaving[place]))
    for t in range(len(shift)):
        enters[t] = 1.0 / (1.0 + np.exp(-reference - shift[t]))
        leaves[t] = 1.0 / (1.0 + np.exp(shift[t] - odds)) if place >= 0 else 0.0


@_inner
def _forwards(start: float, enters: Any, leaves: Any, look: Any, before: Any) -> float:
    """Return the log probability of the looks; `before` is what each month begins with."""
    total, now = 0.0, start
    for t in range(len(enters)):
        before[t] = now
        now = now * (1.0 - leaves[t]) + (1.0 - now) * enters[t]
        if look[t] >= 0:
            seen = now if look[t] == 1 else 1.0 - now
            total += np.log(min(max(seen, _LEAST), _MOST))
            now = float(look[t])
    return total


@_inner
def _backwards(enters: Any, leaves: Any, look: Any, before: Any, bars: Any) -> float:
    """Fill in the gradients of both rates, (2, month), and return that of the start."""
    bar = 0.0
    for t in range(len(enters) - 1, -1, -1):
        if look[t] >= 0:
            # What a look says is not what its month would have ended with: nothing flows past it.
            ends = before[t] * (1.0 - leaves[t]) + (1.0 - before[t]) * enters[t]
            bar = 1.0 / max(ends, _LEAST) if look[t] == 1 else -1.0 / max(1.0 - ends, _LEAST)
        bars[0, t], bars[1, t] = bar * (1.0 - before[t]), -bar * before[t]
        bar *= 1.0 - leaves[t] - enters[t]
    return bar


@_inner
def density_of_states(
    indicators: Indicators,
    states: States,
    s: Scratch,
    leaving: Any,
    leaving_bar: Any,
    start: Any,
    start_bar: Any,
) -> float:
    """Return the log density of all looks, adding to the gradients of what they read."""
    state_indicator, state_leaving, state_start, looks, known_start = states
    measured = indicators.measured
    level, level_bar, reference, reference_bar, slope, slope_bar = s[:6]
    months = looks.shape[1]
    enters, leaves, before = np.empty(months), np.empty(months), np.empty(months)
    bars, total = np.empty((2, months)), 0.0
    for n in range(len(state_indicator)):
        k, place, from_place = state_indicator[n], state_leaving[n], state_start[n]
        j = measured[k]
        _rates(reference[k], slope[k] * level[:, j], leaving, place, enters, leaves)
        first = known_start[n]
        if from_place >= 0:
            first = start[from_place]
        at_rest = first < 0.0
        if at_rest:
            first = enters[0] / (enters[0] + leaves[0])
        total += _forwards(first, enters, leaves, looks[n], before)
        first_bar = _backwards(enters, leaves, looks[n], before, bars)
        if from_place >= 0:
            start_bar[from_place] += first_bar
        if at_rest:
            both = (enters[0] + leaves[0]) ** 2
            bars[0, 0] += first_bar * leaves[0] / both
            bars[1, 0] -= first_bar * enters[0] / both
        for t in range(months):
            # From probabilities to log-odds.
            enter_bar = bars[0, t] * enters[t] * (1.0 - enters[t])
            leave_bar = bars[1, t] * leaves[t] * (1.0 - leaves[t])
            shift_bar = enter_bar - leave_bar
            reference_bar[k] += enter_bar
            slope_bar[k] += shift_bar * level[t, j]
            level_bar[t, j] += shift_bar * slope[k]
            if place >= 0:
                leaving_bar[place] += leave_bar / (leaving[place] * (1.0 - leaving[place]))
    return total
