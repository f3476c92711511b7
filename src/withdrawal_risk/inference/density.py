"""The log density of all unknowns and its gradient as one compiled function of data.

It is made of the compiled sweep of `kernel` and of the compiled density that each family and each
kind of prior has. Everything that belongs to a file is data (`packing`), so it is compiled once,
kept on disk, and serves every file. The same density stands readably in `build`, which is its
oracle.
"""

from __future__ import annotations

import ctypes
from functools import cache, partial
from typing import Any, Final

import numpy as np
from numba import carray, types
from numpy.typing import NDArray

from withdrawal_risk.dynamics.equation import PathInputs
from withdrawal_risk.dynamics.kernel import path, path_adjoint
from withdrawal_risk.inference.packing import Words, read_sizes, unpack
from withdrawal_risk.inference.priors import COMPILED_KINDS
from withdrawal_risk.inference.problem import UNKNOWNS, Network, Problem, Unknowns
from withdrawal_risk.inference.rows import Scratch, chosen_by_number, density_of_rows
from withdrawal_risk.machine_code import compiled, compiled_for_c, digest_of, named_after

__all__ = ["SIGNATURE", "SOURCE", "evaluate", "machine_code"]

SOURCE: Final = digest_of(
    "dynamics",
    "families",
    "inference/density.py",
    "inference/packing.py",
    "inference/priors.py",
    "inference/problem.py",
    "inference/rows.py",
    "machine_code.py",
)
"""Digest of the code behind the density. Cached machine code belongs to it."""

# Only the entry is stored: Numba would not notice that a function of another file has changed.
_inner = partial(compiled, stored=False)

_LN2: Final = float(np.log(2.0))

(
    _HALF_LIFE,
    _WEIGHT,
    _OWN_SCALE,
    _BASELINE,
    _EFFECT,
    _START,
    _LOADING,
    _ERROR,
    _GAP,
    _SMOOTH,
    _JUMP,
    _REFERENCE,
) = range(len(UNKNOWNS))


_prior_density = chosen_by_number(kind.compiled() for kind in COMPILED_KINDS.values())


@partial(compiled, stored=False, inline=True)
def _part(array: Any, segment: Any, unknown: int) -> Any:
    """Return the stretch of a vector that belongs to one array of unknowns."""
    begin = segment[unknown, 0]
    return array[begin : begin + segment[unknown, 1]]


@_inner
def _values(x: Any, u: Unknowns) -> Any:
    """Return the unknowns as the model knows them: exponentials of those sampled as logarithms."""
    value, segment = x.copy(), u.segment
    for unknown in range(len(UNKNOWNS)):
        if segment[unknown, 2]:
            own = _part(value, segment, unknown)
            for i in range(len(own)):
                own[i] = np.exp(own[i])
    return value


@_inner
def _path_inputs(value: Any, segment: Any, n: Network) -> PathInputs:
    """Return what determines the path of levels; the NumPy form is `posterior.path_inputs`."""
    months, factors = n.given.shape
    latent_factor, shock_factor, joint_latent = n.latent_factor, n.shock_factor, n.joint_latent
    baseline_factor, effect_factor, effect_active = (
        n.baseline_factor,
        n.effect_factor,
        n.effect_active,
    )
    start_mean, start_root = n.start_mean, n.start_root
    half_life, own = _part(value, segment, _HALF_LIFE), _part(value, segment, _OWN_SCALE)
    phi, own_scale = np.full(factors, 0.5), np.zeros(factors)
    start, drive = np.zeros(factors), np.zeros((months, factors))
    innovation = np.zeros((months - 1, factors))
    shock = _part(value, segment, _START)
    for a in range(len(latent_factor)):
        j = latent_factor[a]
        phi[j] = 2.0 ** (-1.0 / half_life[a])
        own_scale[j] = own[a]
        start[j] = start_mean[a] + start_root[a, a] * shock[a]
        if joint_latent[a]:
            for b in range(a):
                start[j] += start_root[a, b] * shock[b]
    baseline, effect = _part(value, segment, _BASELINE), _part(value, segment, _EFFECT)
    for t in range(months):
        for b in range(len(baseline)):
            drive[t, baseline_factor[b]] += baseline[b]
        for e in range(len(effect)):
            drive[t, effect_factor[e]] += effect_active[t, e] * effect[e]
    smooth, jump = _part(value, segment, _SMOOTH), _part(value, segment, _JUMP)
    width = len(smooth) // max(months - 1, 1)
    others = len(shock_factor) - width
    for t in range(months - 1):
        for c in range(width):
            innovation[t, shock_factor[c]] = smooth[t * width + c]
        for c in range(others):
            innovation[t, shock_factor[width + c]] = jump[t * others + c]
    weight = n.sign * _part(value, segment, _WEIGHT)
    return PathInputs(
        phi,
        weight,
        own_scale,
        drive,
        start,
        innovation,
        n.clamped,
        n.given,
        n.edge_start,
        n.edge_parent,
        n.edge_lag,
    )


@_inner
def _path_inputs_adjoint(bars: Any, value: Any, bar: Any, segment: Any, n: Network) -> None:
    """Add to the gradients of the values what the gradients of a path's inputs make of them."""
    phi_bar, weight_bar, own_bar, drive_bar, start_bar, innovation_bar, _ = bars
    months = len(n.given)
    latent_factor, shock_factor, joint_latent = n.latent_factor, n.shock_factor, n.joint_latent
    baseline_factor, effect_factor, effect_active = (
        n.baseline_factor,
        n.effect_factor,
        n.effect_active,
    )
    start_root, sign = n.start_root, n.sign
    half_life, half_life_bar = _part(value, segment, _HALF_LIFE), _part(bar, segment, _HALF_LIFE)
    own_scale_bar, shock_bar = _part(bar, segment, _OWN_SCALE), _part(bar, segment, _START)
    for a in range(len(latent_factor)):
        j = latent_factor[a]
        phi = 2.0 ** (-1.0 / half_life[a])
        half_life_bar[a] += phi_bar[j] * phi * _LN2 / half_life[a] ** 2
        own_scale_bar[a] += own_bar[j]
        shock_bar[a] += start_root[a, a] * start_bar[j]
        if joint_latent[a]:
            for b in range(a):
                shock_bar[b] += start_root[a, b] * start_bar[j]
    weight_size_bar = _part(bar, segment, _WEIGHT)
    for e in range(len(weight_size_bar)):
        weight_size_bar[e] += sign[e] * weight_bar[e]
    baseline_bar, effect_bar = _part(bar, segment, _BASELINE), _part(bar, segment, _EFFECT)
    for t in range(months):
        for b in range(len(baseline_bar)):
            baseline_bar[b] += drive_bar[t, baseline_factor[b]]
        for e in range(len(effect_bar)):
            effect_bar[e] += effect_active[t, e] * drive_bar[t, effect_factor[e]]
    smooth_bar, jump_bar = _part(bar, segment, _SMOOTH), _part(bar, segment, _JUMP)
    width = len(smooth_bar) // max(months - 1, 1)
    others = len(shock_factor) - width
    for t in range(months - 1):
        for c in range(width):
            smooth_bar[t * width + c] += innovation_bar[t, shock_factor[c]]
        for c in range(others):
            jump_bar[t * others + c] += innovation_bar[t, shock_factor[width + c]]


@_inner
def _evidence(level: Any, level_bar: Any, value: Any, bar: Any, problem: Problem) -> float:
    """Return the log density of references and rows, adding to the gradients of what they read."""
    unknowns, _, indicators, rows = problem
    segment, location, precision = unknowns.segment, unknowns.location, unknowns.precision
    measured, polarity = indicators.measured, indicators.polarity
    evidence_month = indicators.evidence_month
    months, count = len(level), len(measured)
    # The vector holds anchors: average predictors over the months that rows speak of.
    average, slope = np.zeros(count), polarity * _part(value, segment, _LOADING)
    for k in range(count):
        for t in range(months):
            # Most indicators speak of few months.
            if evidence_month[k, t] != 0.0:
                average[k] += evidence_month[k, t] * level[t, measured[k]]
    reference = _part(value, segment, _REFERENCE) - slope * average
    reference_bar, slope_bar = _part(bar, segment, _REFERENCE), np.zeros(count)
    # An anchor has the density of its reference, which differs by a shift.
    total, begin = 0.0, segment[_REFERENCE, 0]
    for k in range(count):
        score = (reference[k] - location[begin + k]) * precision[begin + k]
        density, derivative = _prior_density(segment[_REFERENCE, 3], score)
        total += density
        reference_bar[k] = derivative * precision[begin + k]
    s = Scratch(
        level,
        level_bar,
        reference,
        reference_bar,
        slope,
        slope_bar,
        _part(value, segment, _ERROR),
        _part(bar, segment, _ERROR),
        _part(value, segment, _GAP),
        _part(bar, segment, _GAP),
        np.empty(months),
        np.empty(months),
    )
    total += density_of_rows(indicators, rows, s)
    loading_bar = _part(bar, segment, _LOADING)
    for k in range(count):
        slope_bar[k] -= reference_bar[k] * average[k]
        loading_bar[k] += polarity[k] * slope_bar[k]
        shift = reference_bar[k] * slope[k]
        for t in range(months):
            if evidence_month[k, t] != 0.0:
                level_bar[t, measured[k]] -= shift * evidence_month[k, t]
    return total


SIGNATURE: Final = types.int64(
    types.uint64,
    types.CPointer(types.float64),
    types.CPointer(types.float64),
    types.CPointer(types.float64),
    types.voidptr,
)
"""Unknowns, vector, gradient, value and words; that of the functions which nutpie calls."""

_FINE: Final = 0
_NOT_FINITE: Final = 4
_NOT_OURS: Final = -1

_DOUBLES: Final = ctypes.POINTER(ctypes.c_double)


def _log_density(unknowns, x_at, gradient_at, value_at, words_at):
    """Fill in the log density of a sampled vector and its gradient.

    Returns
    -------
    int
        0; above 0 where one of them is not finite, which a sampler can go back from; below 0 where
        the header does not fit the vector.
    """
    # The header says how many words there are; `check_packed` has compared it with them.
    words = carray(words_at, (carray(words_at, (2,), np.int64)[1],), np.int64)
    fits, sizes = read_sizes(words)
    if not fits or unknowns != sizes.unknown:
        return _NOT_OURS
    x, gradient = carray(x_at, (sizes.unknown,)), carray(gradient_at, (sizes.unknown,))
    problem = unpack(words, sizes)
    u, network = problem.unknowns, problem.network
    value, bar = _values(x, u), np.zeros(sizes.unknown)
    inputs = _path_inputs(value, u.segment, network)
    level = path(inputs)
    level_bar = np.zeros(level.shape)
    total = u.constant[0] + _evidence(level, level_bar, value, bar, problem)
    bars = path_adjoint(level_bar, level, inputs)
    _path_inputs_adjoint(bars, value, bar, u.segment, network)
    # From values to what is sampled, where the other priors have their densities.
    segment, location, precision = u.segment, u.location, u.precision
    for unknown in range(len(UNKNOWNS)):
        begin, size, log, kind = segment[unknown]
        for i in range(begin, begin + size):
            gradient[i] = bar[i] * value[i] if log else bar[i]
            if unknown != _REFERENCE:
                density, derivative = _prior_density(kind, (x[i] - location[i]) * precision[i])
                total += density
                gradient[i] += derivative * precision[i]
    finite = np.isfinite(total)
    for i in range(sizes.unknown):
        finite &= np.isfinite(gradient[i])
    carray(value_at, (1,))[0] = total
    return _FINE if finite else _NOT_FINITE


@cache
def machine_code() -> Any:
    """Return the density as a C function; compiled where this version has not done so yet."""
    return compiled_for_c(named_after(_log_density, SOURCE), SIGNATURE)


def evaluate(x: NDArray[np.float64], words: Words) -> tuple[float, NDArray[np.float64]]:
    """Return the log density of a sampled vector and its gradient.

    Parameters
    ----------
    x : ndarray, shape (unknown,)
        In the order of `UNKNOWNS`, logarithms of what is positive.
    words : ndarray of int64
        As from `pack`.

    Raises
    ------
    ValueError
        If the vector has another length than the packed model says, or the header is wrong.
    """
    x, words = np.ascontiguousarray(x, dtype=np.float64), np.ascontiguousarray(words)
    gradient, value = np.empty(len(x)), np.empty(1)
    doubles = [array.ctypes.data_as(_DOUBLES) for array in (x, gradient, value)]
    known = len(words) >= 2 and len(words) == words[1]
    if not known or machine_code().ctypes(len(x), *doubles, words.ctypes.data) < _FINE:
        raise ValueError(
            f"a vector of {len(x)} unknowns and {len(words)} words do not belong together"
        )
    return float(value[0]), gradient
