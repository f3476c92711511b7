"""The structural equation and its adjoint: the one place where the recursion is written.

The functions are plain Python over arrays, compiled in `kernel`. For month ``t`` and factor
``j``, parents first, with ``phi = 2 ** (-1 / half_life)``::

    x[t, j] = phi[j] x[t-1, j]
              + (1 - phi[j]) (drive[t, j]
                              + sum_e edge_scale[t, e] weight[e] x[max(t - lag[e], 0), parent[e]])
              + own_scale[j] sqrt(1 - phi[j]**2) innovation[t, j]

The scale of an edge is that of the month in which its effect arrives; it is 1 unless a question
asks for another. A clamped cell takes its given value instead, and nothing flows back from it to
its causes. Before the first month a parent is held at its first level.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

__all__ = ["Gradients", "PathInputs", "levels_of_draws", "sweep", "sweep_adjoint"]


class PathInputs(NamedTuple):
    """Everything that determines a path of levels.

    The shapes are those of one path. Functions that work on many draws at once take most arrays
    with a leading axis of draws and say so.

    Parameters
    ----------
    phi, own_scale : ndarray, shape (factor,)
        Monthly persistence in (0, 1) and scale of a factor's own variation.
    weight : ndarray, shape (edge,)
        Signed long-run effects, edges grouped by child.
    drive : ndarray, shape (month, factor)
        Baseline and events.
    start : ndarray, shape (factor,)
        Levels of the first month, where it is not clamped.
    innovation : ndarray, shape (month - 1, factor)
        Unit-variance shocks of the months after the first.
    clamped : ndarray of bool, shape (month, factor)
        Cells that are set rather than computed.
    given : ndarray, shape (month, factor)
        Values of the clamped cells.
    edge_start : ndarray of int, shape (factor + 1,)
        Edges ``edge_start[j]`` to ``edge_start[j + 1]`` end in factor ``j``.
    edge_parent, edge_lag : ndarray of int, shape (edge,)
        Where the edges begin and after how many months they act. Every parent with lag 0 stands
        before its child.
    edge_scale : ndarray, shape (month, edge) or (0, edge)
        What weights are multiplied by in each month; without months no edge is scaled. It has no
        gradient, because it is never inferred.
    """

    phi: Any
    weight: Any
    own_scale: Any
    drive: Any
    start: Any
    innovation: Any
    clamped: Any
    given: Any
    edge_start: Any
    edge_parent: Any
    edge_lag: Any
    edge_scale: Any


class Gradients(NamedTuple):
    """Gradients of a scalar with respect to the inputs of a path, each shaped like its input."""

    phi: Any
    weight: Any
    own_scale: Any
    drive: Any
    innovation: Any


def sweep(level: Any, first: int, paths: int, inputs: PathInputs) -> None:
    """Fill ``level[first:]`` in place from the months before it, many paths at once.

    Run by Python and not compiled, every number may be an array of draws: then all arrays except
    the masks and ``given`` have the draws as a further, last axis.

    Parameters
    ----------
    level : ndarray, shape (month, factor, path)
        Standard scale; rows before `first` are read, the rest are written.
    first : int
        First month to compute, at least 1.
    paths : int
        How many there are. Where it is written as a number the compiler knows it.
    inputs : PathInputs
        ``innovation`` has shape (month - first, factor, path) and holds the months from `first`
        on; ``given`` has shape (month, factor, path). ``start`` is not read.
    """
    months, factors = level.shape[:2]
    # Taken out of the tuple before the loops: inside, each access would count references.
    phi, weight, drive = inputs.phi, inputs.weight, inputs.drive
    innovation, clamped, given = inputs.innovation, inputs.clamped, inputs.given
    edge_start, edge_parent, edge_lag = inputs.edge_start, inputs.edge_parent, inputs.edge_lag
    edge_scale, scaled = inputs.edge_scale, len(inputs.edge_scale) > 0
    # At this scale innovations of unit variance give the own variation its long-run sd.
    scale = inputs.own_scale * np.sqrt(1.0 - phi * phi)
    # Months in order, parents before children: every level that is read has been computed.
    for t in range(first, months):
        for j in range(factors):
            if clamped[t, j]:
                for k in range(paths):
                    level[t, j, k] = given[t, j, k]
                continue
            # Read once, before the loop: a compiler must assume that writing levels changes them.
            persistence, response, shock = phi[j], 1.0 - phi[j], scale[j]
            # What does not depend on the path is added once for all paths.
            pull = response * drive[t, j]
            for k in range(paths):
                level[t, j, k] = (
                    persistence * level[t - 1, j, k] + pull + shock * innovation[t - first, j, k]
                )
            for e in range(edge_start[j], edge_start[j + 1]):
                s = t - edge_lag[e] if t > edge_lag[e] else 0
                i, effect = edge_parent[e], response * weight[e]
                if scaled:
                    effect = effect * edge_scale[t, e]
                for k in range(paths):
                    level[t, j, k] += effect * level[s, i, k]


def sweep_adjoint(level: Any, level_bar: Any, inputs: PathInputs, gradients: Gradients) -> None:
    """Run `sweep` from month 1 backwards, filling in the gradients of its inputs.

    Parameters
    ----------
    level : ndarray, shape (month, factor)
        The path that the forward sweep produced.
    level_bar : ndarray, shape (month, factor)
        On entry the gradient of a scalar with respect to the path, each cell taken on its own; on
        return the total gradient, whose clamped cells belong to ``given`` and whose row 0 belongs
        to ``start``.
    inputs : PathInputs
    gradients : Gradients
        Zeros on entry.
    """
    phi, weight, own_scale, drive = inputs.phi, inputs.weight, inputs.own_scale, inputs.drive
    innovation, clamped = inputs.innovation, inputs.clamped
    edge_start, edge_parent, edge_lag = inputs.edge_start, inputs.edge_parent, inputs.edge_lag
    edge_scale, scaled = inputs.edge_scale, len(inputs.edge_scale) > 0
    # Taken out of their tuples before the loops: inside, each access would count references.
    phi_bar, weight_bar, own_scale_bar, drive_bar, innovation_bar = gradients
    root = np.sqrt(1.0 - phi * phi)
    # How the scale of the shock falls with persistence.
    steepness = own_scale * phi / root
    # The same order backwards: a gradient is complete before it flows on to causes.
    for t in range(level.shape[0] - 1, 0, -1):
        for j in range(level.shape[1] - 1, -1, -1):
            if clamped[t, j]:
                continue
            # The total gradient of this cell, for everything after it has been added.
            g = level_bar[t, j]
            inflow = g * (1.0 - phi[j])
            spread = root[j]
            pull = drive[t, j]
            for e in range(edge_start[j], edge_start[j + 1]):
                s = t - edge_lag[e] if t > edge_lag[e] else 0
                i = edge_parent[e]
                arriving, effect = inflow, weight[e]
                if scaled:
                    arriving, effect = inflow * edge_scale[t, e], effect * edge_scale[t, e]
                pull = pull + effect * level[s, i]
                weight_bar[e] += arriving * level[s, i]
                level_bar[s, i] += inflow * effect
            shock = innovation[t - 1, j]
            # Persistence enters three times: as memory, as responsiveness, and in the scale of the
            # shock.
            phi_bar[j] += g * (level[t - 1, j] - pull - steepness[j] * shock)
            own_scale_bar[j] += g * spread * shock
            innovation_bar[t - 1, j] = g * own_scale[j] * spread
            drive_bar[t, j] = inflow
            # Memory carries the gradient to the month before.
            level_bar[t - 1, j] += g * phi[j]


def levels_of_draws(inputs: PathInputs) -> Any:
    """Run the structural equation over all draws at once, without compiling it.

    Parameters
    ----------
    inputs : PathInputs
        With a leading axis of draws, except ``clamped``, ``given`` and the edges.

    Returns
    -------
    ndarray, shape (draw, month, factor)
    """
    count, months, factors = inputs.drive.shape
    level = np.zeros((months, factors, 1, count))
    # Axes are month, factor, path and draw, with a single path. The sweep fills month 1 onwards and
    # reads month 0.
    level[0, :, 0] = np.where(inputs.clamped[0], inputs.given[0], inputs.start).T
    # With draws as the last axis an element such as ``phi[j]`` is an array of draws, and what the
    # sweep does with numbers it does with all draws at once.
    draws_last = inputs._replace(
        phi=inputs.phi.T,
        weight=inputs.weight.T,
        own_scale=inputs.own_scale.T,
        drive=inputs.drive.transpose(1, 2, 0),
        innovation=inputs.innovation.transpose(1, 2, 0)[:, :, None],
        given=inputs.given[:, :, None],
    )
    sweep(level, 1, 1, draws_last)
    return level[:, :, 0].transpose(2, 0, 1)
