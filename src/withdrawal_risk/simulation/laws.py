"""The law of true probabilities among draws, from what finitely many futures of each draw show.

Of every draw some futures are simulated and those counted in which a condition holds. The counts
scatter more than the probabilities behind them. The law of the probabilities is estimated from all
draws at once, by nonparametric maximum likelihood: no shape is assumed, only that the counts are
binomial given the probability (Kiefer and Wolfowitz, Annals of Mathematical Statistics 27, 1956;
Koenker and Mizera, Journal of the American Statistical Association 109, 2014). The same holds for
two worlds in the same futures: a future in which the condition holds only in one, only in the
other, or in both or neither is one of three outcomes, and the law is that of the first two
probabilities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Law", "coincidences", "law_of_differences", "law_of_probabilities", "resolves_spread"]

Array = NDArray[np.float64]

_STEPS: Final = 500
"""Steps of the algorithm. It is stopped long before it converges to a few atoms, which smooths the
law."""

_PRUNED: Final = 25
_GONE: Final = 1e-9
"""Mass below which a point is given up, and how often that is looked at."""

_POINTS: Final = 64
_POINTS_A_SIDE: Final = 48
"""Points of the grid on which a law may lie: of one probability, and of each of two."""

_BELOW: Final = 0.02
"""Of the share that a single event is of a draw's futures: where the grid begins above 0."""

_ZERO: Final = 1e-9
"""Stands for a probability of 0, or for 1 from above, in logarithms."""

_TWICE: Final = 20
"""Pairs of events in the same draw below which the spread between draws is not resolved.

Only what happens twice in a draw tells a draw in which it is likely from chance; the relative error
of the variance is about the root of one over their number, 22 %.
"""


@dataclass(frozen=True, eq=False)
class Law:
    """A discrete law on a line.

    Parameters
    ----------
    support : ndarray, shape (point,)
        Ascending.
    mass : ndarray, shape (point,)
        Summing to 1.
    """

    support: Array
    mass: Array

    def quantiles(self, probabilities: Sequence[float]) -> Array:
        """Return quantiles, interpolated between the points."""
        return np.interp(probabilities, self._below, self.support)

    def above(self, value: float) -> float:
        """Return the probability of at least a value, interpolated between the points."""
        if value <= self.support[0]:
            return 1.0
        return float(1.0 - np.interp(value, self.support, self._below, right=1.0))

    @property
    def _below(self) -> Array:
        """The distribution function at the points, each point's own mass counted half."""
        return np.cumsum(self.mass) - self.mass / 2


def _fitted(log_likelihood: Array, weight: Array) -> Array:
    """Return the mass on the points of a grid, by expectation and maximisation.

    Parameters
    ----------
    log_likelihood : ndarray, shape (row, point)
    weight : ndarray, shape (row,)
        Of the rows, summing to 1.
    """
    # A factor common to a row cancels in the update; unscaled, rows of many futures underflow.
    likelihood = np.exp(log_likelihood - log_likelihood.max(axis=1, keepdims=True))
    # Every point begins with mass, because the update never brings one back from 0.
    whole = np.full(likelihood.shape[1], 1.0 / likelihood.shape[1])
    # Points that still have mass; `likelihood` keeps a column for each of them.
    left = np.arange(len(whole))
    for step in range(_STEPS):
        if step % _PRUNED == 0 and step:
            # Mass that has all but gone does not come back, and most points lose theirs soon.
            kept = whole[left] > _GONE
            left, likelihood = left[kept], np.ascontiguousarray(likelihood[:, kept])
        # Each row shares its weight among the points in proportion to mass times likelihood; what a
        # point receives is its new mass.
        mass = whole[left]
        whole[left] = mass * ((weight / (likelihood @ mass)) @ likelihood)
    # Points that were given up kept the little mass they had.
    whole[whole < _GONE] = 0.0
    return np.asarray(whole / whole.sum())


def _rows(*columns: Array, weight: Array) -> tuple[list[Array], Array]:
    """Return the different rows of some columns, and the weight of each."""
    # Draws with equal counts have equal likelihoods, so one row stands for all of them.
    # Rows are numbered in their order, which sorts them faster than as rows.
    row = np.zeros(len(weight), np.int64)
    for column in columns:
        values, place = np.unique(column, return_inverse=True)
        row = row * len(values) + place.ravel()
    _, first, place = np.unique(row, return_index=True, return_inverse=True)
    total = np.bincount(place.ravel(), weight, minlength=len(first))
    return [column[first[total > 0]] for column in columns], total[total > 0] / total.sum()


def law_of_probabilities(events: Array, trials: Array, weight: Array | None = None) -> Law:
    """Return the law of the probability of an event among draws.

    Parameters
    ----------
    events, trials : ndarray, shape (draw,)
        How often it came about, of how many futures. Of futures that weigh unlike these are
        effective numbers, which are rounded to a quarter and to a whole.
    weight : ndarray, shape (draw,), optional
        Of the draws, summing to 1. Default: all alike.
    """
    weight = np.full(len(events), 1.0 / len(events)) if weight is None else weight
    used = (weight > 0) & (trials > 0)
    # Rounding lets many draws share a row; scaling the events with it keeps their share.
    number = np.maximum(np.round(trials[used]), 1.0)
    happened = np.clip(np.round(4 * events[used] * number / trials[used]) / 4, 0.0, number)
    (k, n), share = _rows(happened, number, weight=weight[used])
    if not (k > 0).any() or not (k < n).any():
        # What never or always happens has no spread to estimate.
        return Law(np.array([float((k > 0).any())]), np.ones(1))
    # Equal steps of the arcsine, in which a share has the same error everywhere.
    end = np.arcsin(np.sqrt(min(_BELOW / n.max(), 0.5)))
    inner = np.sin(np.linspace(end, np.pi / 2 - end, _POINTS)) ** 2
    # Points close to 0 and 1 stand for 0 and 1, whose logarithms are infinite.
    grid = np.concatenate([[_ZERO], inner, [1 - _ZERO]])
    # Without the binomial coefficient, which is the same at every point.
    mass = _fitted(k[:, None] * np.log(grid) + (n - k)[:, None] * np.log1p(-grid), share)
    return Law(np.concatenate([[0.0], inner, [1.0]]), mass)


def law_of_differences(only_there: Array, only_here: Array, futures: Array) -> Law:
    """Return the law of the difference of an event's probability between two worlds, among draws.

    Parameters
    ----------
    only_there, only_here : ndarray, shape (draw,)
        Futures in which it comes about in the other world alone, and in this world alone.
    futures : ndarray, shape (draw,)
        How many there are; a draw may come twice, with few futures and with many.
    """

    def side(count: Array, of: Array) -> Array:
        if not count.any():
            return np.array([0.0])
        # Somewhat beyond the largest share of any draw, further where it has few futures.
        most = min(float(np.max(1.2 * count / of + 2 / of)), 1.0)
        # Equal steps of the root, in which small shares have about the same error.
        roots = np.linspace(np.sqrt(min(_BELOW / of.max(), most)), np.sqrt(most), _POINTS_A_SIDE)
        return np.concatenate([[0.0], roots**2])

    equal = np.full(len(only_there), 1.0 / len(only_there))
    (up, down, many), share = _rows(only_there, only_here, futures, weight=equal)
    gain, loss = (
        axis.ravel() for axis in np.meshgrid(side(up, many), side(down, many), indexing="ij")
    )
    # Gain and loss exclude each other, and the third outcome needs a probability above 0.
    possible = gain + loss < 1
    gain, loss = gain[possible], loss[possible]
    log_likelihood = (
        up[:, None] * np.log(np.maximum(gain, _ZERO))
        + down[:, None] * np.log(np.maximum(loss, _ZERO))
        + (many - up - down)[:, None] * np.log1p(-gain - loss)
    )
    mass, difference = _fitted(log_likelihood, share), gain - loss
    # Only the difference matters from here on: points of a plane become points of a line.
    order = np.argsort(difference, kind="stable")
    return Law(difference[order], mass[order])


def coincidences(events: Array) -> Array:
    """Return how many pairs of a draw's futures both show an event, all draws together.

    Draws are the last axis.
    """
    return np.asarray((events * (events - 1)).sum(axis=-1) / 2)


def resolves_spread(events: Array) -> bool:
    """Say whether events are frequent enough for their spread between draws to be estimated.

    ``events`` as counted by draw.
    """
    return bool(coincidences(events) >= _TWICE)
