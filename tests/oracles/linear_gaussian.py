"""Exact posterior of the paths of a linear-Gaussian network, by conditioning one joint normal."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Normal = tuple[float, float]


@dataclass(frozen=True)
class Edge:
    """A lasting +1 in the parent moves the child by `weight` in the long run, beginning `lag` months later."""

    parent: int
    child: int
    lag: int
    weight: float


@dataclass(frozen=True)
class Effect:
    """A push of unknown, normal `size` on the rest level of one factor in the months of `active`."""

    factor: int
    size: Normal
    active: frozenset[int]


@dataclass(frozen=True)
class Row:
    """
    One observation of an indicator: a weighted mean of a factor over months, on the indicator's scale, plus noise.

    Parameters
    ----------
    indicator, factor : int
        Positions of the indicator and of the factor it measures.
    slope : float
        Polarity times loading.
    cells : tuple of (month, weight)
        The weights need not sum to 1; they are divided by their sum.
    value, sd : float
        What was seen and the standard deviation of its noise.
    """

    indicator: int
    factor: int
    slope: float
    cells: tuple[tuple[int, float], ...]
    value: float
    sd: float


@dataclass(frozen=True)
class Network:
    """
    A linear-Gaussian network of N factors over T months; normals are given as (mean, sd).

    Parameters
    ----------
    half_life, own_scale : array, shape (N,)
        Months to half of a lasting change, and the scale of a factor's own noise; ignored where clamped throughout.
    given : array, shape (T, N)
        Clamped levels; NaN where the level is free.
    start, baseline : sequence of N normals
        Level in month 0 and rest level with every parent at 0.
    reference : sequence of K normals
        Expected value of each indicator at level 0.
    """

    half_life: Floats
    own_scale: Floats
    given: Floats
    start: Sequence[Normal]
    baseline: Sequence[Normal]
    reference: Sequence[Normal]
    edges: Sequence[Edge] = ()
    effects: Sequence[Effect] = ()


def _order(n: int, edges: Sequence[Edge]) -> list[int]:
    """Factors so that same-month parents come first."""
    order: list[int] = []
    while len(order) < n:
        waiting = {edge.child for edge in edges if edge.lag == 0 and edge.parent not in order}
        ready = [j for j in range(n) if j not in order and j not in waiting]
        if not ready:
            raise ValueError("the edges without lag form a cycle")
        order.extend(ready)
    return order


def joint(network: Network) -> tuple[Floats, Floats]:
    """
    Mean and covariance of (path, baselines, effects, references) before any observation.

    The path comes first, month by month: level of factor j in month t is entry t * N + j. Every entry is written as
    a constant plus a combination of independent standard normals, carried through the recursion month by month.
    """
    months, n = network.given.shape
    effects, k = len(network.effects), len(network.reference)
    # Independent standard normals: starts, monthly shocks, baselines, effects, references.
    at_shock, at_baseline = n, n + months * n
    at_effect = at_baseline + n
    at_reference = at_effect + effects
    width = at_reference + k

    def unknown(place: int, normal: Normal) -> tuple[float, Floats]:
        row = np.zeros(width)
        row[place] = normal[1]
        return normal[0], row

    baseline = [unknown(at_baseline + j, network.baseline[j]) for j in range(n)]
    size = [unknown(at_effect + e, network.effects[e].size) for e in range(effects)]
    reference = [unknown(at_reference + i, network.reference[i]) for i in range(k)]

    phi = 0.5 ** (1.0 / network.half_life)
    constant = np.zeros((months, n))
    spread = np.zeros((months, n, width))
    order = _order(n, network.edges)
    for t in range(months):
        for j in order:
            if not np.isnan(network.given[t, j]):
                constant[t, j] = network.given[t, j]
                continue
            if t == 0:
                constant[t, j], spread[t, j] = unknown(j, network.start[j])
                continue
            rest, row = baseline[j][0], baseline[j][1].copy()
            for edge in network.edges:
                if edge.child == j:
                    then = max(t - edge.lag, 0)
                    rest += edge.weight * constant[then, edge.parent]
                    row += edge.weight * spread[then, edge.parent]
            for effect, (mean, column) in zip(network.effects, size, strict=True):
                if effect.factor == j and t in effect.active:
                    rest += mean
                    row += column
            constant[t, j] = phi[j] * constant[t - 1, j] + (1 - phi[j]) * rest
            spread[t, j] = phi[j] * spread[t - 1, j] + (1 - phi[j]) * row
            spread[t, j, at_shock + t * n + j] += network.own_scale[j] * np.sqrt(1 - phi[j] ** 2)

    others = baseline + size + reference
    mean = np.concatenate([constant.ravel(), [item[0] for item in others]])
    loadings = np.vstack([spread.reshape(months * n, width), *(item[1] for item in others)])
    return mean, loadings @ loadings.T


def condition(network: Network, rows: Sequence[Row]) -> tuple[Floats, Floats]:
    """
    Mean and covariance of (path, baselines, effects, references) given the rows.

    Returns
    -------
    mean : array, shape (M,)
    covariance : array, shape (M, M)
        With M = T * N + N + number of effects + K, in the order of `joint`.
    """
    mean, covariance = joint(network)
    months, n = network.given.shape
    first_reference = months * n + n + len(network.effects)
    picks = np.zeros((len(rows), len(mean)))
    for r, row in enumerate(rows):
        total = sum(weight for _, weight in row.cells)
        for month, weight in row.cells:
            picks[r, month * n + row.factor] += row.slope * weight / total
        picks[r, first_reference + row.indicator] += 1.0
    noise = np.diag([row.sd**2 for row in rows])
    shared = covariance @ picks.T
    gain = np.linalg.solve(picks @ shared + noise, shared.T).T
    seen = np.array([row.value for row in rows])
    return mean + gain @ (seen - picks @ mean), covariance - gain @ shared.T
