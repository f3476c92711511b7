"""Stationary covariance of the factor recursion through an explicit companion matrix."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_discrete_lyapunov

Edge = tuple[int, int, int]
Floats = NDArray[np.float64]


def companion(n: int, edges: Sequence[Edge], phi: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """
    Companion form of the recursion with drive 0, no clamps and the lag-0 edges solved out.

    The state is (x_t, x_{t-1}, ..., x_{t-L+1}) with L the longest lag (at least 1), and
    state_t = A state_{t-1} + B diag(tau) eps_t.

    Parameters
    ----------
    n : int
        Number of factors.
    edges : sequence of (parent, child, lag)
        The edges, in the order of `weight`; parallel edges add up.
    phi : array, shape (N,)
        Persistence.
    weight : array, shape (E,)
        One weight per edge.

    Returns
    -------
    A : array, shape (N*L, N*L)
    B : array, shape (N*L, N)
        Includes the factor sqrt(1 - phi^2) but not tau.
    """
    if len(edges) != len(weight):
        raise ValueError("one weight per edge is needed")
    longest = 1
    for _, _, lag in edges:
        longest = max(longest, lag)

    by_lag = np.zeros((longest + 1, n, n))
    for (parent, child, lag), w in zip(edges, weight, strict=True):
        by_lag[lag, child, parent] += (1.0 - phi[child]) * w
    for j in range(n):
        by_lag[1, j, j] += phi[j]

    # x_t = by_lag[0] x_t + sum_{l>=1} by_lag[l] x_{t-l} + shocks
    lag_zero = np.linalg.inv(np.eye(n) - by_lag[0])
    big_a = np.zeros((n * longest, n * longest))
    for lag in range(1, longest + 1):
        big_a[:n, (lag - 1) * n : lag * n] = lag_zero @ by_lag[lag]
    for row in range(n, n * longest):
        big_a[row, row - n] = 1.0

    big_b = np.zeros((n * longest, n))
    big_b[:n, :] = lag_zero @ np.diag(np.sqrt(1.0 - phi * phi))
    return big_a, big_b


def spectral_radius(n: int, edges: Sequence[Edge], phi: Floats, weight: Floats) -> float:
    """Largest modulus of the companion matrix's eigenvalues (below 1: stationary)."""
    big_a, _ = companion(n, edges, phi, weight)
    return float(np.max(np.abs(np.linalg.eigvals(big_a))))


def _unit_covariances(n: int, edges: Sequence[Edge], phi: Floats, weight: Floats) -> list[Floats]:
    """Stationary (N,N) covariance due to each factor's innovation alone, at tau = 1."""
    big_a, big_b = companion(n, edges, phi, weight)
    radius = float(np.max(np.abs(np.linalg.eigvals(big_a))))
    if not radius < 1.0:
        raise ValueError(f"not stationary: spectral radius {radius}")
    result = []
    for j in range(n):
        shock = np.outer(big_b[:, j], big_b[:, j])
        result.append(np.asarray(solve_discrete_lyapunov(big_a, shock))[:n, :n])
    return result


def own_scales(n: int, edges: Sequence[Edge], phi: Floats, weight: Floats) -> Floats:
    """
    Innovation scales for which every factor's stationary variance is exactly 1.

    tau takes the place of `own` in `recursion.paths`: the shock is tau_j sqrt(1 - phi_j^2) eps, so a
    factor without parents has tau 1. eps is independent with unit variance, drive 0, nothing clamped.

    Parameters
    ----------
    n, edges, phi, weight
        As in `companion`.

    Returns
    -------
    array, shape (N,)
        tau.

    Raises
    ------
    ValueError
        If the recursion is not stationary, or no tau with tau^2 >= 0 exists.
    """
    units = _unit_covariances(n, edges, phi, weight)
    variance = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            variance[i, j] = units[j][i, i]
    squared = np.linalg.solve(variance, np.ones(n))
    if np.any(squared < 0.0):
        raise ValueError(f"no real scales: tau^2 = {squared}")
    return np.sqrt(squared)


def stationary_covariance(
    n: int, edges: Sequence[Edge], phi: Floats, weight: Floats, tau: Floats
) -> Floats:
    """
    Covariance of x_t in the stationary state, for innovation scales `tau` (see `own_scales`).

    Parameters
    ----------
    n, edges, phi, weight
        As in `companion`.
    tau : array, shape (N,)
        Innovation scales.

    Returns
    -------
    array, shape (N, N)
    """
    units = _unit_covariances(n, edges, phi, weight)
    total = np.zeros((n, n))
    for j in range(n):
        total += tau[j] * tau[j] * units[j]
    return total


def passed_on(phi: float, phi_hidden: float) -> float:
    """Long-run variance that a parent of unit variance, persistence and weight 1 gives a child without own noise."""
    both = np.array([phi, phi_hidden])
    covariance = stationary_covariance(2, [(1, 0, 0)], both, np.ones(1), np.array([0.0, 1.0]))
    return float(covariance[0, 0])


def drifting_scales(
    names: Sequence[str],
    edges: Sequence[Edge],
    phi: Floats,
    weight: Floats,
    share: Mapping[str, float],
) -> dict[str, float]:
    """
    Own scales for unit stationary variance, where some factors have a hidden parent that drifts.

    Own variance v of a factor with drift is (1 - share) v of its own innovations and share v of what its hidden parent
    gives it. The stationary variances are linear in all v.

    Parameters
    ----------
    names : sequence of str
        Factors, then the hidden parents, named as their factor and ``:drift``.
    edges : sequence of (parent, child, lag)
        Those of hidden parents last, without a weight.
    phi : array, shape (N,)
    weight : array
        Of the other edges.
    share : mapping of str to float
        By factor with drift.
    """
    own = [name for name in names if not name.endswith(":drift")]
    unit = [
        1.0 / np.sqrt(passed_on(phi[names.index(child)], phi[names.index(f"{child}:drift")]))
        for child in (name.removesuffix(":drift") for name in names if name.endswith(":drift"))
    ]
    units = _unit_covariances(len(names), edges, phi, np.concatenate([weight, unit]))
    variance = np.zeros((len(own), len(own)))
    for j, name in enumerate(own):
        part = share.get(name, 0.0)
        for i in range(len(own)):
            variance[i, j] = (1.0 - part) * units[j][i, i]
            if part:
                variance[i, j] += part * units[names.index(f"{name}:drift")][i, i]
    squared = np.linalg.solve(variance, np.ones(len(own)))
    if np.any(squared < 0.0):
        raise ValueError(f"no real scales: tau^2 = {squared}")
    return dict(zip(own, np.sqrt(squared).tolist(), strict=True))
