"""The structural equation compiled: one path with its adjoint, and many futures at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from withdrawal_risk.cores import share_out
from withdrawal_risk.dynamics import equation
from withdrawal_risk.machine_code import compiled

__all__ = ["SOURCE", "pasts", "path", "path_adjoint", "paths"]

_FILES = sorted(Path(__file__).parent.glob("*.py"))
SOURCE: Final = int.from_bytes(hashlib.sha256(b"".join(file.read_bytes() for file in _FILES)).digest()[:8])
"""Digest of the code behind the kernels. Machine code kept on disk belongs to it."""

_sweep = compiled(equation.sweep)
_sweep_adjoint = compiled(equation.sweep_adjoint)


def _kernel(*, nogil: bool = False) -> Callable[[Any], Any]:
    def compile_(function: Any) -> Any:
        # Numba watches the file a function stands in, not those of what it calls: by name it sees the equation change.
        function.__qualname__ += f"_{SOURCE:x}"
        return compiled(function, nogil=nogil)

    return compile_


@_kernel()
def _as_one(array: Any) -> Any:
    """View a path as the only one of many."""
    return array.reshape(array.shape[0], array.shape[1], 1)


@_kernel()
def path(
    phi: Any,
    weight: Any,
    own_scale: Any,
    drive: Any,
    start: Any,
    innovation: Any,
    clamped: Any,
    given: Any,
    edge_start: Any,
    edge_parent: Any,
    edge_lag: Any,
) -> Any:
    """Return the levels of every month, shape (month, factor); arguments as in `equation.sweep`.

    ``start``, shape (factor,), is the level of month 0 where that month is not clamped.
    """
    level = np.empty(drive.shape)
    for j in range(drive.shape[1]):
        level[0, j] = given[0, j] if clamped[0, j] else start[j]
    _sweep(
        _as_one(level), 1, phi, weight, own_scale, drive, _as_one(innovation), clamped, _as_one(given),
        edge_start, edge_parent, edge_lag,
    )  # fmt: skip
    return level


@_kernel()
def path_adjoint(
    cotangent: Any,
    level: Any,
    phi: Any,
    weight: Any,
    own_scale: Any,
    drive: Any,
    innovation: Any,
    clamped: Any,
    edge_start: Any,
    edge_parent: Any,
    edge_lag: Any,
) -> Any:
    """Return the gradients with respect to the seven real inputs of `path`, in their order.

    ``cotangent``, shape (month, factor), is the gradient of a scalar with respect to the path.
    """
    level_bar = cotangent.copy()
    phi_bar = np.zeros(phi.shape)
    weight_bar = np.zeros(weight.shape)
    own_scale_bar = np.zeros(own_scale.shape)
    drive_bar = np.zeros(drive.shape)
    innovation_bar = np.zeros(innovation.shape)
    _sweep_adjoint(
        level, level_bar, phi, weight, own_scale, drive, innovation, clamped,
        edge_start, edge_parent, edge_lag,
        phi_bar, weight_bar, own_scale_bar, drive_bar, innovation_bar,
    )  # fmt: skip
    start_bar = np.zeros(phi.shape)
    given_bar = np.zeros(drive.shape)
    for t in range(drive.shape[0]):
        for j in range(drive.shape[1]):
            if clamped[t, j]:
                given_bar[t, j] = level_bar[t, j]
            elif t == 0:
                start_bar[j] = level_bar[0, j]
    return phi_bar, weight_bar, own_scale_bar, drive_bar, start_bar, innovation_bar, given_bar


@_kernel(nogil=True)
def _pasts(
    begin: int,
    end: int,
    phi: Any,
    weight: Any,
    own_scale: Any,
    drive: Any,
    start: Any,
    innovation: Any,
    clamped: Any,
    given: Any,
    edge_start: Any,
    edge_parent: Any,
    edge_lag: Any,
    result: Any,
) -> None:
    for d in range(begin, end):
        result[d] = path(
            phi[d], weight[d], own_scale[d], drive[d], start[d], innovation[d], clamped,
            given[d % len(given)], edge_start, edge_parent, edge_lag,
        )  # fmt: skip


def pasts(
    phi: Any,
    weight: Any,
    own_scale: Any,
    drive: Any,
    start: Any,
    innovation: Any,
    clamped: Any,
    given: Any,
    edge_start: Any,
    edge_parent: Any,
    edge_lag: Any,
) -> Any:
    """Return the `path` of every draw, shape (draw, month, factor).

    Arguments as in `path` with a leading axis of draws, but for ``clamped``; ``given`` may have one draw for all.
    """
    result = np.empty(drive.shape)
    arguments = (
        phi, weight, own_scale, drive, start, innovation, clamped, given, edge_start, edge_parent, edge_lag, result
    )  # fmt: skip
    share_out(len(phi), lambda begin, end: _pasts(begin, end, *arguments))
    return result


@_kernel(nogil=True)
def _paths(
    begin: int,
    end: int,
    past: Any,
    phi: Any,
    weight: Any,
    own_scale: Any,
    drive: Any,
    innovation: Any,
    clamped: Any,
    given: Any,
    wanted: Any,
    edge_start: Any,
    edge_parent: Any,
    edge_lag: Any,
    result: Any,
) -> None:
    _, months, factors, futures = innovation.shape
    before = past.shape[1]
    # Fresh memory for every draw would cost more than the sweep.
    level = np.empty((before + months, factors, futures))
    values = np.empty(level.shape)
    for d in range(begin, end):
        here = given[d % len(given)]
        # Plain loops: assigning so short a slice takes longer than sweeping it.
        for t in range(before):
            for j in range(factors):
                for k in range(futures):
                    level[t, j, k] = past[d, t, j]
        for t in range(months):
            for j in range(factors):
                if clamped[before + t, j]:
                    for k in range(futures):
                        values[before + t, j, k] = here[t, j, k % here.shape[2]]
        _sweep(
            level, before, phi[d], weight[d], own_scale[d], drive[d], innovation[d], clamped, values,
            edge_start, edge_parent, edge_lag,
        )  # fmt: skip
        for w in range(len(wanted)):
            j = wanted[w]
            for t in range(months):
                for k in range(futures):
                    result[w, d, t, k] = level[before + t, j, k]


def paths(
    past: Any,
    phi: Any,
    weight: Any,
    own_scale: Any,
    drive: Any,
    innovation: Any,
    clamped: Any,
    given: Any,
    wanted: Any,
    edge_start: Any,
    edge_parent: Any,
    edge_lag: Any,
) -> Any:
    """Continue the past of every draw into many futures, all futures of a draw in one sweep.

    Parameters
    ----------
    past : ndarray, shape (draw, past month, factor)
        As many months as the longest lag reaches back, at least one.
    phi, own_scale : ndarray, shape (draw, factor)
    weight : ndarray, shape (draw, edge)
    drive : ndarray, shape (draw, month, factor)
        Over past and future months, as is `clamped`.
    innovation : ndarray, shape (draw, future month, factor, future)
    clamped : ndarray of bool, shape (month, factor)
    given : ndarray, shape (draw or 1, future month, factor, future or 1)
        Values of clamped cells; an axis of length 1 serves all.
    wanted : ndarray of int, shape (wanted factor,)
        Positions of the factors to return.

    Returns
    -------
    ndarray, shape (wanted factor, draw, future month, future)
        A factor's futures lie together, as the questions asked of them are about one factor at a time.
    """
    draws, months, _, futures = innovation.shape
    result = np.empty((len(wanted), draws, months, futures))
    arguments = (
        past, phi, weight, own_scale, drive, innovation, clamped, given, wanted, edge_start, edge_parent, edge_lag, result
    )  # fmt: skip
    share_out(draws, lambda begin, end: _paths(begin, end, *arguments))
    return result
