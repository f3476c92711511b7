"""States that last in the PyMC graph: affine maps of a month, composed in log2(months) steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor.tensor as pt

from withdrawal_risk.families import family_of
from withdrawal_risk.families.state import NEVER, rates
from withdrawal_risk.inference.parameters import Frame

__all__ = ["log_chance", "probabilities"]


def probabilities(frame: Frame, rv: dict[str, Any], look: Any, level: Any) -> Any:
    """Return P(yes) of every month given the looks before it, shape (month, state).

    Parameters
    ----------
    look : tensor, shape (state, month)
        What was seen; negative where nothing was.
    level : tensor, shape (month, factor)
    """
    chosen, months = frame.lasting, len(frame.window)
    slope = pt.constant(frame.polarity[chosen]) * rv["loading"][chosen]
    shift = slope * level[:, frame.measured[chosen]]
    enters, leaves = rates(rv["reference"][chosen], _leaving(frame, rv), shift, pt)
    start = _start(frame, rv, enters[0] / (enters[0] + leaves[0]))
    # P(yes) is slope times that of the month before, plus offset; after a look it is 0 or 1 times
    # the slope, and in the first month it follows from the start.
    slope, offset = 1.0 - enters - leaves, enters
    before = pt.concatenate([start[None], look.T[:-1].astype("float64")])
    known = pt.concatenate([pt.ones((1, len(chosen))), look.T[:-1] >= 0])
    offset = pt.switch(known > 0, slope * before + offset, offset)
    slope = pt.switch(known > 0, 0.0, slope)
    # Each step joins to a map the one so many months before; then all go back to a known one.
    reach = 1
    while reach < months:
        nothing = pt.ones((reach, len(chosen))), pt.zeros((reach, len(chosen)))
        slope_then = pt.concatenate([nothing[0], slope[:-reach]])
        offset_then = pt.concatenate([nothing[1], offset[:-reach]])
        slope, offset = slope * slope_then, slope * offset_then + offset
        reach *= 2
    return offset


def _leaving(frame: Frame, rv: dict[str, Any]) -> Any:
    """Return the log-odds of leaving at level 0, shape (state,)."""
    names, open_ = frame.coords["state_indicator"], frame.coords["leaving_indicator"]
    odds = pt.constant(np.full(len(names), NEVER))
    if not open_:
        return odds
    given = rv["leaving"]
    return pt.set_subtensor(
        odds[[names.index(name) for name in open_]], pt.log(given) - pt.log1p(-given)
    )


def _start(frame: Frame, rv: dict[str, Any], resting: Any) -> Any:
    """Return P(yes) before the first month, shape (state,)."""
    start = resting
    for s, k in enumerate(frame.lasting):
        name, item = frame.indicators[k]
        unsure = frame.coords["unsure_start"]
        if name in unsure:
            start = pt.set_subtensor(start[s], rv["state_start"][unsure.index(name)])
        elif (known := family_of(item).known_start(item)) is not None:
            start = pt.set_subtensor(start[s], known)
    return start


def log_chance(probability: Any, answer: bool) -> Any:
    """Return the log probability of yes or of no."""
    # What is certain to the last bit has a probability, too.
    inside = pt.clip(probability, 1e-300, 1.0 - 2.0**-53)
    return pt.log(inside) if answer else pt.log1p(-inside)
