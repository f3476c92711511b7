"""The structural equation and its adjoint: the one place where the recursion is written.

The functions are plain Python over arrays, compiled in `kernel`. For month ``t`` and factor ``j``, parents first,
with ``phi = 2 ** (-1 / half_life)``::

    x[t, j] = phi[j] x[t-1, j]
              + (1 - phi[j]) (drive[t, j] + sum_e weight[e] x[max(t - lag[e], 0), parent[e]])
              + own_scale[j] sqrt(1 - phi[j]**2) innovation[t, j]

A clamped cell takes its given value instead, and nothing flows back from it to its causes. Before the
first month a parent is held at its first level.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["sweep", "sweep_adjoint"]


def sweep(
    level: Any,
    first: int,
    phi: Any,
    weight: Any,
    own_scale: Any,
    drive: Any,
    innovation: Any,
    clamped: Any,
    given: Any,
    edge_start: Any,
    edge_parent: Any,
    edge_lag: Any,
) -> None:
    """Fill ``level[first:]`` in place from the months before it, many paths at once.

    Run by Python and not compiled, every number may be an array of draws: then all arrays but the masks and `given` have
    the draws as a further, last axis.

    Parameters
    ----------
    level : ndarray, shape (month, factor, path)
        Standard scale; rows before `first` are read, the rest are written.
    first : int
        First month to compute, at least 1.
    phi, own_scale : ndarray, shape (factor,)
        Monthly persistence in (0, 1) and scale of a factor's own variation.
    weight : ndarray, shape (edge,)
        Signed long-run effects, edges grouped by child.
    drive : ndarray, shape (month, factor)
        Baseline and events.
    innovation : ndarray, shape (month - first, factor, path)
        Unit-variance shocks of the months from `first` on.
    clamped : ndarray of bool, shape (month, factor)
        Cells that are set rather than computed.
    given : ndarray, shape (month, factor, path)
        Their values.
    edge_start : ndarray of int, shape (factor + 1,)
        Edges ``edge_start[j]`` to ``edge_start[j + 1]`` end in factor ``j``.
    edge_parent, edge_lag : ndarray of int, shape (edge,)
        Where they begin and after how many months they act. Factors stand in an order in which every
        lag-0 parent comes before its child.
    """
    months, factors, paths = level.shape[:3]
    spread = own_scale * np.sqrt(1.0 - phi * phi)
    for t in range(first, months):
        for j in range(factors):
            if clamped[t, j]:
                for k in range(paths):
                    level[t, j, k] = given[t, j, k]
                continue
            # Named once, or a compiler fears that writing levels might change them.
            keep, answer, shock = phi[j], 1.0 - phi[j], spread[j]
            pull = answer * drive[t, j]
            for k in range(paths):
                level[t, j, k] = keep * level[t - 1, j, k] + pull + shock * innovation[t - first, j, k]
            for e in range(edge_start[j], edge_start[j + 1]):
                s = t - edge_lag[e] if t > edge_lag[e] else 0
                i, effect = edge_parent[e], answer * weight[e]
                for k in range(paths):
                    level[t, j, k] += effect * level[s, i, k]


def sweep_adjoint(
    level: Any,
    level_bar: Any,
    phi: Any,
    weight: Any,
    own_scale: Any,
    drive: Any,
    innovation: Any,
    clamped: Any,
    edge_start: Any,
    edge_parent: Any,
    edge_lag: Any,
    phi_bar: Any,
    weight_bar: Any,
    own_scale_bar: Any,
    drive_bar: Any,
    innovation_bar: Any,
) -> None:
    """Run `sweep` from month 1 backwards, adding to the adjoints of its inputs in place.

    Parameters
    ----------
    level : ndarray, shape (month, factor)
        The path the forward sweep produced.
    level_bar : ndarray, shape (month, factor)
        On entry the gradient of a scalar with respect to the path, each cell taken on its own; on
        return the total gradient, whose clamped cells belong to ``given`` and whose row 0 to the start.
    phi_bar, weight_bar, own_scale_bar, drive_bar, innovation_bar : ndarray
        Zeros, shaped like their inputs.
    """
    root = np.sqrt(1.0 - phi * phi)
    for t in range(level.shape[0] - 1, 0, -1):
        for j in range(level.shape[1] - 1, -1, -1):
            if clamped[t, j]:
                continue
            g = level_bar[t, j]
            inflow = g * (1.0 - phi[j])
            spread = root[j]
            pull = drive[t, j]
            for e in range(edge_start[j], edge_start[j + 1]):
                s = t - edge_lag[e] if t > edge_lag[e] else 0
                i = edge_parent[e]
                pull = pull + weight[e] * level[s, i]
                weight_bar[e] += inflow * level[s, i]
                level_bar[s, i] += inflow * weight[e]
            shock = innovation[t - 1, j]
            phi_bar[j] += g * (level[t - 1, j] - pull - own_scale[j] * shock * phi[j] / spread)
            own_scale_bar[j] += g * spread * shock
            innovation_bar[t - 1, j] += g * own_scale[j] * spread
            drive_bar[t, j] += inflow
            level_bar[t - 1, j] += g * phi[j]
