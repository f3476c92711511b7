"""How far a judgement can move before a probability has another word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.elements.elicitation import Z90
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import percent, probability_word, size_in_points
from withdrawal_risk.queries.results import mcse
from withdrawal_risk.simulation.tilting import Reweighted, tilted

__all__ = ["FARTHEST_TIP", "Tip", "borders", "distance_in_words", "nearest_border", "tips"]

Array = NDArray[np.float64]

FARTHEST_TIP: Final = Z90
"""Prior sd up to which the centre of a range is moved: to its own 5th or 95th percentile."""

_GRID: Final = (0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.25, 1.5, FARTHEST_TIP)
"""Shifts at which the word is looked up, from the smallest."""

_HALVINGS: Final = 24

_RESOLVED: Final = 3.0
"""Monte Carlo errors by which the probability must have changed at a tip: of the two hundred
judgements of a large file less than one then tips by chance."""


@dataclass(frozen=True, kw_only=True)
class Tip:
    """The smallest shift of a judgement at which the word changes.

    Parameters
    ----------
    shift : float
        In prior sd, with its sign; nan where none is found.
    error : float
        Its Monte Carlo error.
    upwards : bool
        Whether the probability rises into the next word.
    khat : float
        Pareto k of the weights there; where no tip is found, of those at the farthest shift.
    trusted : bool
        Whether reweighting can tell: of a tip, that it is there and no Monte Carlo error; of none,
        that there is none up to `FARTHEST_TIP`.
    """

    shift: float
    error: float
    upwards: bool
    khat: float
    trusted: bool


def borders() -> Array:
    """Return the probabilities at which a word ends and the next begins, ascending."""
    # The last word has no upper border that a probability could cross.
    return np.array([upper for upper, _ in words_of("en").icd_203[:-1]])


def nearest_border(probability: float) -> float:
    """Return the border of words that is nearest to a probability."""
    edges = borders()
    return float(edges[np.abs(edges - probability).argmin()])


def distance_in_words(name: str, probability: float, error: float, lang: str) -> str:
    """Say how far the probability of something is from the next word."""
    words, border = words_of(lang), nearest_border(probability)
    # Probabilities above 1/2 of the way between two borders are nearer to the upper.
    above = border >= probability
    beyond = np.nextafter(border, 2.0 if above else -1.0)
    return words.say(
        "distance",
        name=name,
        number=percent(probability, lang, decimals=1),
        word=probability_word(probability, lang, error),
        size=size_in_points(border - probability, lang),
        side=words.sentences["distance_below" if above else "distance_above"].format(
            word=probability_word(float(beyond), lang)
        ),
    )


def tips(p: Array, slope: Array, chains: int) -> list[Tip]:
    """Return the smallest shift of each judgement at which the word for a probability changes.

    Draws are weighed as if the prior were moved, by exponential tilting; the shift is found by
    halving between the first place where the word differs and the one before.

    Parameters
    ----------
    p : ndarray, shape (draw,)
        P(condition | draw).
    slope : ndarray, shape (draw, judgement)
        As from `slopes`.
    chains : int
    """
    count, edges = slope.shape[1], borders()
    word = int(np.searchsorted(edges, p.mean(), side="right"))

    def differs(shift: Array) -> NDArray[np.bool_]:
        return np.searchsorted(edges, tilted(p, slope, shift), side="right") != word

    best = np.full(count, np.nan)
    for sign in (-1.0, 1.0):
        low, high = np.zeros(count), np.full(count, np.nan)
        for size in _GRID:
            crossed = np.isnan(high) & differs(np.full(count, sign * size))
            high[crossed] = size
            low[np.isnan(high)] = size
        found = np.flatnonzero(~np.isnan(high))
        low, high = low[found], high[found]
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            shift = np.zeros(count)
            shift[found] = sign * middle
            beyond = differs(shift)[found]
            low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
        nearer = np.isnan(best[found]) | (high < np.abs(best[found]))
        best[found[nearer]] = sign * high[nearer]
    return [_tip(p, slope[:, k], float(best[k]), chains) for k in range(count)]


def _tip(p: Array, slope: Array, shift: float, chains: int) -> Tip:
    """Return a tip with its error and its trust."""
    if np.isnan(shift):
        ends = [Reweighted(sign * FARTHEST_TIP * slope) for sign in (-1.0, 1.0)]
        return Tip(
            shift=shift,
            error=np.nan,
            upwards=False,
            khat=max(end.khat for end in ends),
            trusted=all(end.trusted for end in ends),
        )
    there = Reweighted(shift * slope)
    mean = there.mean(p)
    # How fast the probability changes there; its own error over that is the error of the place.
    rate = there.mean((p - mean) * (slope - there.mean(slope)))
    error = mcse(p, there.weight, chains)
    # The change itself is known better than either probability: both are of the same draws.
    change = (p - mean) * there.weight * len(p) - (p - p.mean())
    resolved = abs(mean - float(p.mean())) >= _RESOLVED * mcse(change, None, chains)
    return Tip(
        shift=shift,
        error=error / abs(rate) if rate else np.inf,
        upwards=mean > float(p.mean()),
        khat=there.khat,
        trusted=there.trusted and resolved,
    )
