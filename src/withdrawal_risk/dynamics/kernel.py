"""The structural equation compiled: one path with its adjoint, and many draws and futures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from withdrawal_risk.cores import share_out
from withdrawal_risk.dynamics import equation
from withdrawal_risk.dynamics.equation import Gradients, PathInputs
from withdrawal_risk.machine_code import compiled, digest_of, named_after

__all__ = ["SOURCE", "path", "path_adjoint", "simulate_futures", "simulate_past"]

SOURCE: Final = digest_of("dynamics")
"""Digest of the code behind the kernels. Cached machine code belongs to it."""

# Written out where they are called, so that the loop over the paths goes where there is one.
_sweep = compiled(equation.sweep, inline=True)
_sweep_adjoint = compiled(equation.sweep_adjoint, inline=True)


def _kernel(*, nogil: bool = False) -> Callable[[Any], Any]:
    def compile_(function: Any) -> Any:
        return compiled(named_after(function, SOURCE), nogil=nogil)

    return compile_


@_kernel()
def _as_one(array: Any) -> Any:
    """View a path as the only one of many."""
    return array.reshape(array.shape[0], array.shape[1], 1)


@_kernel()
def path(inputs: PathInputs) -> Any:
    """Return the levels of every month, shape (month, factor)."""
    level = np.empty(inputs.drive.shape)
    for j in range(inputs.drive.shape[1]):
        level[0, j] = inputs.given[0, j] if inputs.clamped[0, j] else inputs.start[j]
    # A view, not a copy: the sweep wants an axis of paths.
    single = PathInputs(
        inputs.phi,
        inputs.weight,
        inputs.own_scale,
        inputs.drive,
        inputs.start,
        _as_one(inputs.innovation),
        inputs.clamped,
        _as_one(inputs.given),
        inputs.edge_start,
        inputs.edge_parent,
        inputs.edge_lag,
        inputs.edge_scale,
    )
    _sweep(_as_one(level), 1, 1, single)
    return level


@_kernel()
def path_adjoint(cotangent: Any, level: Any, inputs: PathInputs) -> Any:
    """Return the gradients with respect to the seven inputs of `path` that have any, in order.

    ``cotangent``, shape (month, factor), is the gradient of a scalar with respect to the path.
    """
    level_bar = cotangent.copy()
    # The sweep adds to them.
    gradients = Gradients(
        np.zeros(inputs.phi.shape),
        np.zeros(inputs.weight.shape),
        np.zeros(inputs.own_scale.shape),
        np.zeros(inputs.drive.shape),
        np.zeros(inputs.innovation.shape),
    )
    _sweep_adjoint(level, level_bar, inputs, gradients)
    # What is left at clamped cells belongs to the given values, in the first month to the start.
    start_bar = np.zeros(inputs.phi.shape)
    given_bar = np.zeros(inputs.drive.shape)
    for t in range(inputs.drive.shape[0]):
        for j in range(inputs.drive.shape[1]):
            if inputs.clamped[t, j]:
                given_bar[t, j] = level_bar[t, j]
            elif t == 0:
                start_bar[j] = level_bar[0, j]
    return (
        gradients.phi,
        gradients.weight,
        gradients.own_scale,
        gradients.drive,
        start_bar,
        gradients.innovation,
        given_bar,
    )


@_kernel()
def _of_draw(inputs: PathInputs, draw: int, given: Any) -> PathInputs:
    """Return the inputs of one draw, with the levels that its clamped cells are given."""
    return PathInputs(
        inputs.phi[draw],
        inputs.weight[draw],
        inputs.own_scale[draw],
        inputs.drive[draw],
        inputs.start[draw],
        inputs.innovation[draw],
        inputs.clamped,
        given,
        inputs.edge_start,
        inputs.edge_parent,
        inputs.edge_lag,
        inputs.edge_scale,
    )


@_kernel(nogil=True)
def _simulate_past(begin: int, end: int, inputs: PathInputs, result: Any) -> None:
    for d in range(begin, end):
        # One draw after another; draws are independent.
        result[d] = path(_of_draw(inputs, d, inputs.given[d % len(inputs.given)]))


def simulate_past(inputs: PathInputs) -> Any:
    """Return the `path` of every draw, shape (draw, month, factor).

    Parameters
    ----------
    inputs : PathInputs
        With a leading axis of draws, except ``clamped`` and the edges; ``given`` may have one
        draw for all.
    """
    result = np.empty(inputs.drive.shape)
    share_out(len(inputs.phi), lambda begin, end: _simulate_past(begin, end, inputs, result))
    return result


@_kernel()
def _set(
    draw: int, before: int, clamped: Any, given: Any, target_of: Any, target: Any, values: Any
) -> None:
    """Write down the levels of the clamped cells of a draw, in all its futures."""
    for t in range(len(given)):
        for j in range(values.shape[1]):
            if clamped[before + t, j]:
                m = target_of[j]
                for k in range(values.shape[2]):
                    values[before + t, j, k] = target[m, draw, t, k] if m >= 0 else given[t, j]


@_kernel(nogil=True)
def _simulate_futures(
    begin: int,
    end: int,
    past: Any,
    inputs: PathInputs,
    moved: Any,
    target: Any,
    wanted: Any,
    result: Any,
) -> None:
    _, months, factors, futures = inputs.innovation.shape
    before = past.shape[1]
    # Allocated once for all draws: fresh memory for every draw would cost more than the sweep.
    level = np.empty((before + months, factors, futures))
    values = np.empty(level.shape)
    target_of = np.full(factors, -1)
    for m in range(len(moved)):
        target_of[moved[m]] = m
    for d in range(begin, end):
        given = inputs.given[d % len(inputs.given)]
        # Plain loops: assigning so short a slice takes longer than sweeping it.
        for t in range(before):
            for j in range(factors):
                for k in range(futures):
                    level[t, j, k] = past[d, t, j]
        _set(d, before, inputs.clamped, given, target_of, target, values)
        # The inputs of this draw, its futures on the last axis.
        one = _of_draw(inputs, d, values)
        _sweep(level, before, futures, one)
        # Only the wanted factors are copied out, one future after the other.
        for w in range(len(wanted)):
            j = wanted[w]
            for t in range(months):
                for k in range(futures):
                    result[w, d, t, k] = level[before + t, j, k]


def simulate_futures(
    past: Any, inputs: PathInputs, wanted: Any, moved: Any = None, target: Any = None
) -> Any:
    """Continue the past of every draw into many futures, all futures of a draw in one sweep.

    Parameters
    ----------
    past : ndarray, shape (draw, past month, factor)
        As many months as the longest lag reaches back, at least one.
    inputs : PathInputs
        With a leading axis of draws, except ``clamped`` and the edges. ``drive`` and ``clamped``
        hold past and future months; ``innovation`` has shape (draw, future month, factor, future)
        and ``given`` (draw or 1, future month, factor), where one draw serves all.
    wanted : ndarray of int, shape (wanted factor,)
        Positions of the factors to return.
    moved : ndarray of int, shape (moved factor,), optional
        Positions of factors whose clamped cells have a level in every future.
    target : ndarray, shape (moved factor, draw, future month, future), optional
        These levels, in the place of ``given``.

    Returns
    -------
    ndarray, shape (wanted factor, draw, future month, future)
        A factor's futures lie together, because questions are about one factor at a time.
    """
    draws, months, _, futures = inputs.innovation.shape
    result = np.empty((len(wanted), draws, months, futures))
    if moved is None or target is None:
        moved, target = np.zeros(0, np.int64), np.zeros((0, 0, 0, 0))
    share_out(
        draws,
        lambda begin, end: _simulate_futures(
            begin, end, past, inputs, moved, target, wanted, result
        ),
    )
    return result
