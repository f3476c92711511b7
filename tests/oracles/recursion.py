"""The factor recursion as plain loops, and its gradient by the complex step."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Edge = tuple[int, int, int]
Array = NDArray[np.float64] | NDArray[np.complex128]

STEP = 1e-100


def _check_order(order: Sequence[int], edges: Sequence[Edge], n: int) -> None:
    """Raise ValueError unless `order` is a permutation with lag-0 parents before their children."""
    if sorted(order) != list(range(n)):
        raise ValueError("order must list every factor exactly once")
    place = {factor: position for position, factor in enumerate(order)}
    for parent, child, lag in edges:
        if lag < 0:
            raise ValueError(f"edge {parent} -> {child} has a negative lag")
        if lag == 0 and place[parent] >= place[child]:
            raise ValueError(f"lag-0 parent {parent} does not come before its child {child}")


def paths(
    order: Sequence[int],
    edges: Sequence[Edge],
    phi: Array,
    weight: Array,
    own: Array,
    drive: Array,
    start: Array,
    eps: Array,
    clamped: NDArray[np.bool_],
    given: NDArray[np.float64],
    scale: NDArray[np.float64] | None = None,
) -> Array:
    """
    Run the recursion for N factors over T months.

    For t >= 1::

        x[t,j] = phi_j x[t-1,j]
                 + (1 - phi_j) (drive[t,j]
                                + sum over edges (i,j,lag) of scale[t] * w * x[max(t-lag,0), i])
                 + own_j sqrt(1 - phi_j^2) eps[t-1,j]

    with x[0,j] = start_j, and x[t,j] = given[t,j] wherever clamped[t,j] (also at t = 0).

    Parameters
    ----------
    order : sequence of int
        Factor indices, every lag-0 parent before its child.
    edges : sequence of (parent, child, lag)
        The edges, in the order of `weight`.
    phi, own, start : array, shape (N,)
        Persistence, own-innovation scale and first value.
    weight : array, shape (E,)
        One weight per edge.
    drive : array, shape (T, N)
        External drive; row 0 is never used.
    eps : array, shape (T-1, N)
        Innovations; row t-1 acts in month t.
    clamped : bool array, shape (T, N)
        Where the value is fixed.
    given : array, shape (T, N)
        The fixed values; not looked at where `clamped` is False.
    scale : array, shape (T, E), optional
        What each weight is multiplied by in each month; 1 where it is left out.

    Returns
    -------
    array, shape (T, N)
        The paths, complex if any of the numeric inputs is complex.
    """
    months, n = drive.shape
    _check_order(order, edges, n)
    if scale is None:
        scale = np.ones((months, len(edges)))
    for name, actual, wanted in (
        ("phi", phi.shape, (n,)),
        ("weight", weight.shape, (len(edges),)),
        ("own", own.shape, (n,)),
        ("start", start.shape, (n,)),
        ("eps", eps.shape, (months - 1, n)),
        ("clamped", clamped.shape, (months, n)),
        ("given", given.shape, (months, n)),
        ("scale", scale.shape, (months, len(edges))),
    ):
        if actual != wanted:
            raise ValueError(f"{name} has shape {actual}, expected {wanted}")

    inputs = (phi, weight, own, drive, start, eps)
    x: Array = np.zeros((months, n))
    if any(np.iscomplexobj(a) for a in inputs):
        x = np.zeros((months, n), dtype=np.complex128)

    for j in range(n):
        x[0, j] = given[0, j] if clamped[0, j] else start[j]

    for t in range(1, months):
        for j in order:
            if clamped[t, j]:
                x[t, j] = given[t, j]
                continue
            target = drive[t, j]
            for e, ((parent, child, lag), w) in enumerate(zip(edges, weight, strict=True)):
                if child == j:
                    target = target + scale[t, e] * w * x[max(t - lag, 0), parent]
            shock = own[j] * np.sqrt(1.0 - phi[j] * phi[j]) * eps[t - 1, j]
            x[t, j] = phi[j] * x[t - 1, j] + (1.0 - phi[j]) * target + shock
    return x


def gradient(
    order: Sequence[int],
    edges: Sequence[Edge],
    phi: NDArray[np.float64],
    weight: NDArray[np.float64],
    own: NDArray[np.float64],
    drive: NDArray[np.float64],
    start: NDArray[np.float64],
    eps: NDArray[np.float64],
    clamped: NDArray[np.bool_],
    given: NDArray[np.float64],
    cotangent: NDArray[np.float64],
    scale: NDArray[np.float64] | None = None,
) -> dict[str, NDArray[np.float64]]:
    """
    Gradient of sum(cotangent * x) by the complex step, one run of `paths` per input element.

    Exact to rounding for -1 < phi < 1 (at phi = +-1 the square root has no derivative).

    Parameters
    ----------
    order, edges, phi, weight, own, drive, start, eps, clamped, given
        As in `paths`, real.
    cotangent : array, shape (T, N)
        The weights of the sum.
    scale : array, shape (T, E), optional
        As in `paths`.

    Returns
    -------
    dict
        Keys "phi", "weight", "own", "drive", "start", "eps"; each entry has its input's shape.
    """
    if np.any(np.abs(phi) >= 1.0):
        raise ValueError("the gradient needs -1 < phi < 1")
    if cotangent.shape != drive.shape:
        raise ValueError(f"cotangent has shape {cotangent.shape}, expected {drive.shape}")
    base = {"phi": phi, "weight": weight, "own": own, "drive": drive, "start": start, "eps": eps}
    result: dict[str, NDArray[np.float64]] = {}
    for name, value in base.items():
        grad = np.zeros(value.shape)
        for index in np.ndindex(*value.shape):
            moved = {key: array.astype(np.complex128) for key, array in base.items()}
            moved[name][index] += 1j * STEP
            x = paths(order, edges, **moved, clamped=clamped, given=given, scale=scale)
            grad[index] = np.sum(cotangent * x.imag) / STEP
        result[name] = grad
    return result
