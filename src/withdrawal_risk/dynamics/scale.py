"""The standard scale: own variation solved so that every factor's long-run sd is 1.

With independent unit-variance innovations the long-run covariance is the sum over innovations of
the outer products of their impulse responses, and the variances are linear in the squared own
scales. The impulse responses come from the companion form of the structural equation, which settles
stability too; the tests hold it to the equation itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.dynamics.drift import split
from withdrawal_risk.dynamics.structure import Structure

__all__ = [
    "MOST_EXPLAINED",
    "OwnScale",
    "autocorrelation",
    "long_run_covariance",
    "own_scale",
    "spectral_radius",
]

Array = NDArray[np.float64]

MOST_EXPLAINED: Final = 0.95
"""Largest share of a factor's variance that its parents may explain."""

_TAIL: Final = 1e-14
"""Responses are followed until their squares fall below this share of the first."""

_DENSE: Final = 600
"""States up to which matrices are full: all eigenvalues are found, and sums over months doubled."""


@dataclass(frozen=True, eq=False)
class OwnScale:
    """The solved scale of every factor's own variation.

    Parameters
    ----------
    value : ndarray, shape (factor,)
        nan where the parents alone exceed unit variance; 0 for clamped factors, 1 for hidden
        parents.
    explained : ndarray, shape (factor,)
        Share of the long-run variance that does not come from the factor's own variation.
    """

    value: Array
    explained: Array


def _companion(
    structure: Structure, phi: Array, weight: Array, fixed: NDArray[np.bool_]
) -> tuple[Any, Any]:
    """Return the sparse companion matrix over this month and those before, and a month's solver.

    Fixed factors stay at 0. The solver turns what enters the factors of a month into their levels.
    """
    from scipy import sparse
    from scipy.sparse.linalg import splu

    n, depth = len(structure.factors), max(structure.longest_lag, 1)
    child, parent, lag = structure.children, structure.edge_parent, structure.edge_lag
    inflow = np.where(fixed[child], 0.0, (1 - phi[child]) * weight)
    # Lag-0 effects act within the month and are solved for; the others come from earlier months.
    same = lag == 0
    now = sparse.eye_array(n, format="csc") - sparse.csc_array(
        (inflow[same], (child[same], parent[same])), (n, n)
    )
    persistent = np.flatnonzero(~fixed)
    rows = np.concatenate([child[~same], persistent])
    columns = np.concatenate([(lag[~same] - 1) * n + parent[~same], persistent])
    before = sparse.csc_array(
        (np.concatenate([inflow[~same], phi[persistent]]), (rows, columns)), (n, n * depth)
    )
    # A sparse factorisation serves all innovations.
    month = splu(now)
    shifted = sparse.eye_array(n * (depth - 1), n * depth, format="csr")
    return sparse.vstack(
        [sparse.csr_array(month.solve(before.toarray())), shifted], format="csr"
    ), month


def _impulse_responses(
    structure: Structure, phi: Array, weight: Array, fixed: NDArray[np.bool_]
) -> Iterator[Array]:
    """Yield the monthly responses of all factors to unit innovations, (factor, free factor).

    They end when every month that may still act is small; a settled network gets there.
    """
    companion, month = _companion(structure, phi, weight, fixed)
    n = len(fixed)
    state = np.zeros((companion.shape[0], int((~fixed).sum())))
    state[:n] = month.solve(np.diag(np.sqrt(1 - phi**2)))[:, ~fixed]
    # Responses shrink in a network that settles.
    largest = np.square(state).max(initial=0.0)
    while np.square(state).max(initial=0.0) > _TAIL * largest:
        yield state[:n]
        state = companion @ state


def own_scale(
    structure: Structure,
    phi: Array,
    weight: Array,
    *,
    clamped: Sequence[str] = (),
    share: Array | None = None,
) -> OwnScale:
    """Solve the own scales for unit long-run variance.

    Parameters
    ----------
    phi : ndarray, shape (factor,)
        Monthly persistence in (0, 1).
    weight : ndarray, shape (edge,)
        Signed long-run effects. The network must settle: see `spectral_radius`. Those of hidden
        parents follow from what is solved, and are not read.
    clamped : sequence of str
        Factors whose path is given: they move means, not variances.
    share : ndarray, shape (drift,), optional
        Share of own variance that is slow, of the factors with drift.
    """
    fixed = np.isin(structure.factors, list(clamped))
    gain = np.zeros((len(fixed), len(fixed)))
    hidden, drifting = structure.hidden, structure.drifting
    # Slow variation as large as unit own variance makes it.
    _, unit = split(1.0, 1.0, phi[drifting], phi[hidden])
    weight = weight.copy()
    weight[structure.hidden_edge] = unit
    for response in _impulse_responses(structure, phi, weight, fixed):
        gain[:, ~fixed] += response**2
    if share is not None:
        # Own variance answers through the network in two ways, each with its share.
        gain[:, drifting] = (1 - share) * gain[:, drifting] + share * gain[:, hidden]
    named = np.setdiff1d(np.flatnonzero(~fixed), hidden)
    # Variances are linear in the squared own scales: one system gives them all.
    variance = np.linalg.solve(gain[np.ix_(named, named)], np.ones(named.size))
    value, explained = np.zeros(len(fixed)), np.zeros(len(fixed))
    with np.errstate(invalid="ignore"):
        value[named] = np.sqrt(variance)
    explained[named] = 1 - variance * gain[named, named]
    value[hidden] = 1.0
    return OwnScale(value, explained)


def long_run_covariance(
    structure: Structure,
    phi: Array,
    weight: Array,
    own_scale: Array,
    *,
    clamped: Sequence[str] = (),
) -> Array:
    """Return the long-run covariance of the factors, shape (factor, factor).

    Parameters
    ----------
    weight : ndarray, shape (edge,)
        Those of hidden parents included.
    own_scale : ndarray, shape (factor,)
        Of the innovations, so without what is slow; clamped factors have no variance.
    """
    fixed = np.isin(structure.factors, list(clamped))
    scale = own_scale[~fixed]
    if len(fixed) * max(structure.longest_lag, 1) <= _DENSE:
        return _doubled(*_companion(structure, phi, weight, fixed), phi, scale, fixed)
    total = np.zeros((len(fixed), len(fixed)))
    for response in _impulse_responses(structure, phi, weight, fixed):
        scaled = response * scale
        total += scaled @ scaled.T
    return total


def _doubled(
    companion: Any, month: Any, phi: Array, scale: Array, fixed: NDArray[np.bool_]
) -> Array:
    """Return the long-run covariance by doubling the months that are summed (Smith, 1968)."""
    n, step = len(fixed), companion.toarray()
    entry = np.zeros((len(step), len(scale)))
    entry[:n] = month.solve(np.diag(np.sqrt(1 - phi**2)))[:, ~fixed] * scale
    total = entry @ entry.T
    # The first 2 ** k months once, then the same again, so many months later.
    while True:
        later = step @ total @ step.T
        total += later
        if not np.abs(later).max(initial=0.0) > _TAIL * np.abs(total).max(initial=0.0):
            return total[:n, :n]
        step = step @ step


def autocorrelation(
    structure: Structure,
    phi: Array,
    weight: Array,
    own_scale: Array,
    *,
    months: int,
    clamped: Sequence[str] = (),
) -> Array:
    """Return how each factor correlates with itself so many months before, in the long run.

    Parameters
    ----------
    weight, own_scale : ndarray
        As in `long_run_covariance`.
    months : int
        Longest distance.

    Returns
    -------
    ndarray, shape (month, factor)
        From a distance of 0, where it is 1; nan for clamped factors.
    """
    fixed = np.isin(structure.factors, list(clamped))
    responses = [
        response * own_scale[~fixed]
        for response in _impulse_responses(structure, phi, weight, fixed)
    ]
    settled = np.stack(responses)
    covariance = np.zeros((months + 1, len(fixed)))
    for distance in range(min(months + 1, len(settled))):
        # The same innovation acts now and so many months on.
        both = settled[distance:] * settled[: len(settled) - distance]
        covariance[distance] = both.sum(axis=(0, 2))
    with np.errstate(invalid="ignore"):
        return np.asarray(covariance / covariance[0])


def spectral_radius(structure: Structure, phi: Array, weight: Array) -> float:
    """Return the largest modulus of the companion matrix: below 1 the network settles.

    Parameters
    ----------
    phi : ndarray, shape (factor,)
    weight : ndarray, shape (edge,)
    """
    companion, _ = _companion(structure, phi, weight, np.zeros(len(structure.factors), dtype=bool))
    if companion.shape[0] <= _DENSE:
        return float(np.abs(np.linalg.eigvals(companion.toarray())).max())
    from scipy.sparse.linalg import eigs

    # A start of its own keeps the answer the same from run to run.
    largest = eigs(
        companion,
        k=6,
        which="LM",
        v0=np.ones(companion.shape[0]),
        return_eigenvectors=False,
        tol=1e-8,
    )
    return float(np.abs(largest).max())
