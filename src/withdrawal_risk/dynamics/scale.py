"""The standard scale: own variation solved so that every factor's long-run sd is 1.

With independent unit-variance innovations the long-run covariance is the sum over innovations of the
outer products of their impulse responses, and the variances are linear in the squared own scales. The
impulse responses come from the structural equation itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.dynamics.equation import sweep
from withdrawal_risk.dynamics.structure import Structure

__all__ = ["MOST_EXPLAINED", "OwnScale", "long_run_covariance", "own_scale", "spectral_radius"]

Array = NDArray[np.float64]

MOST_EXPLAINED: Final = 0.95
"""Largest share of a factor's variance that its parents may explain."""

_BLOCK: Final = 48
_TAIL: Final = 1e-13


@dataclass(frozen=True, eq=False)
class OwnScale:
    """The solved scale of every factor's own variation.

    Parameters
    ----------
    value : ndarray, shape (factor,)
        nan where the parents alone exceed unit variance; 0 for clamped factors.
    explained : ndarray, shape (factor,)
        Share of the long-run variance that does not come from the factor's own innovations.
    """

    value: Array
    explained: Array


def _impulse_responses(structure: Structure, phi: Array, weight: Array, fixed: NDArray[np.bool_]) -> Iterator[Array]:
    """Yield blocks, shape (month, factor, shocked factor), of responses to unit innovations.

    The caller stops when the blocks have become small enough; a settled network gets there.
    """
    n, reach = len(structure.factors), structure.longest_lag + 1
    free = np.flatnonzero(~fixed)
    level = np.zeros((reach + _BLOCK, n, free.size))
    quiet = np.zeros((len(level), n))
    clamped = np.broadcast_to(fixed, quiet.shape)
    shocks = np.zeros((len(level) - 1, n, free.size))
    shocks[reach - 1, free, np.arange(free.size)] = 1.0
    while True:
        sweep(level, reach, phi, weight, np.ones(n), quiet, shocks, clamped, quiet, *structure.arrays)
        yield level[reach:]
        level[:reach] = level[-reach:].copy()
        shocks[:] = 0.0


def own_scale(structure: Structure, phi: Array, weight: Array, *, clamped: Sequence[str] = ()) -> OwnScale:
    """Solve the own scales for unit long-run variance.

    Parameters
    ----------
    phi : ndarray, shape (factor,)
        Monthly persistence in (0, 1).
    weight : ndarray, shape (edge,)
        Signed long-run effects. The network must settle: see `spectral_radius`.
    clamped : sequence of str
        Factors whose path is given: they move means, not variances.
    """
    fixed = np.isin(structure.factors, list(clamped))
    free = np.flatnonzero(~fixed)
    gain = np.zeros((len(fixed), free.size))
    for block in _impulse_responses(structure, phi, weight, fixed):
        fresh = np.einsum("tjk,tjk->jk", block, block)
        gain += fresh
        if fresh.max(initial=0.0) <= _TAIL * gain.max(initial=1.0):
            break
    variance = np.linalg.solve(gain[free], np.ones(free.size))
    value, explained = np.zeros(len(fixed)), np.zeros(len(fixed))
    with np.errstate(invalid="ignore"):
        value[free] = np.sqrt(variance)
    explained[free] = 1 - variance * gain[free, np.arange(free.size)]
    return OwnScale(value, explained)


def long_run_covariance(
    structure: Structure,
    phi: Array,
    weight: Array,
    own: Array,
    *,
    clamped: Sequence[str] = (),
) -> Array:
    """Return the long-run covariance of the factors, shape (factor, factor).

    Parameters
    ----------
    own : ndarray, shape (factor,)
        Own scales; clamped factors have no variance.
    """
    fixed = np.isin(structure.factors, list(clamped))
    scale = own[~fixed]
    total = np.zeros((len(fixed), len(fixed)))
    for block in _impulse_responses(structure, phi, weight, fixed):
        scaled = block * scale
        fresh = np.einsum("tik,tjk->ij", scaled, scaled, optimize=True)
        total += fresh
        if np.abs(fresh).max(initial=0.0) <= _TAIL * total.max(initial=1.0):
            return total
    raise AssertionError("unreachable: the impulse responses never end")


def spectral_radius(structure: Structure, phi: Array, weight: Array) -> float:
    """Return the largest modulus of the companion matrix: below 1 the network settles.

    Parameters
    ----------
    phi : ndarray, shape (factor,)
    weight : ndarray, shape (edge,)
    """
    n, depth = len(structure.factors), max(structure.longest_lag, 1)
    now = np.eye(n)
    past = np.zeros((n, n * depth))
    past[:, :n] = np.diag(phi)
    for e, (i, j, lag) in enumerate(zip(structure.edge_parent, structure.children, structure.edge_lag, strict=True)):
        inflow = (1 - phi[j]) * weight[e]
        if lag == 0:
            now[j, i] -= inflow
        else:
            past[j, (lag - 1) * n + i] += inflow
    companion = np.zeros((n * depth, n * depth))
    companion[:n] = np.linalg.solve(now, past)
    companion[n:, :-n] = np.eye(n * (depth - 1))
    return float(np.abs(np.linalg.eigvals(companion)).max())
