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

from withdrawal_risk.dynamics import drift
from withdrawal_risk.dynamics.equation import PathInputs
from withdrawal_risk.dynamics.kernel import path, path_adjoint
from withdrawal_risk.inference.packing import Words, read_sizes, unpack
from withdrawal_risk.inference.priors import COMPILED_KINDS, SUPPORTS
from withdrawal_risk.inference.problem import UNKNOWNS, Network, Problem, Unknowns
from withdrawal_risk.inference.rows import Scratch, chosen_by_number, density_of_rows
from withdrawal_risk.inference.state_density import density_of_states
from withdrawal_risk.machine_code import (
    compiled,
    compiled_for_c,
    digest_of,
    jitable,
    named_after,
)

__all__ = ["SIGNATURE", "SOURCE", "evaluate", "machine_code"]

SOURCE: Final = digest_of(
    "dynamics",
    "families",
    "inference/density.py",
    "inference/packing.py",
    "inference/priors.py",
    "inference/problem.py",
    "inference/rows.py",
    "inference/state_density.py",
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
    _LASTING,
    _DRIFT_SHARE,
    _DRIFT_HALF_LIFE,
    _START,
    _LOADING,
    _ERROR,
    _GAP,
    _NOUGHT,
    _NOUGHT_LOADING,
    _LEAVING,
    _STATE_START,
    _SMOOTH,
    _JUMP,
    _REFERENCE,
) = range(len(UNKNOWNS))


_, _POSITIVE, _SHARE = range(len(SUPPORTS))

jitable(drift.passed_on)
jitable(drift.passed_on_rates)
_split = compiled(drift.split, stored=False)
_split_rates = compiled(drift.split_rates, stored=False)

_prior_density = chosen_by_number(kind.compiled() for kind in COMPILED_KINDS.values())


@partial(compiled, stored=False, inline=True)
def _part(array: Any, segment: Any, unknown: int) -> Any:
    """Return the stretch of a vector that belongs to one array of unknowns."""
    begin = segment[unknown, 0]
    return array[begin : begin + segment[unknown, 1]]


@_inner
def _values(x: Any, u: Unknowns) -> Any:
    """Return the unknowns as the model knows them: on their own scale."""
    value, segment = x.copy(), u.segment
    for unknown in range(len(UNKNOWNS)):
        own = _part(value, segment, unknown)
        if segment[unknown, 2] == _POSITIVE:
            for i in range(len(own)):
                own[i] = np.exp(own[i])
        elif segment[unknown, 2] == _SHARE:
            for i in range(len(own)):
                own[i] = 1.0 / (1.0 + np.exp(-own[i]))
    return value


@_inner
def _known_or(known: Any, place: Any, unknown: Any) -> Any:
    """Return the numbers of a file with those that it leaves open filled in."""
    values = known.copy()
    for i in range(len(place)):
        if place[i] >= 0:
            values[i] = unknown[place[i]]
    return values


@_inner
def _two_speeds(
    value: Any, segment: Any, n: Network, phi: Any, own_scale: Any, weight: Any
) -> None:
    """Split the own variation of the factors with drift."""
    drift_latent, hidden, edge = n.drift_latent, n.drift_hidden, n.drift_edge
    latent_factor = n.latent_factor
    share = _known_or(n.known_share, n.drift_share, _part(value, segment, _DRIFT_SHARE))
    half_life = _known_or(
        n.known_half_life, n.drift_half_life, _part(value, segment, _DRIFT_HALF_LIFE)
    )
    for d in range(len(hidden)):
        j, h = latent_factor[drift_latent[d]], hidden[d]
        phi[h], own_scale[h] = 2.0 ** (-1.0 / half_life[d]), 1.0
        fast, slow = _split(own_scale[j], share[d], phi[j], phi[h])
        own_scale[j], weight[edge[d]] = fast, slow


@_inner
def _two_speeds_adjoint(
    value: Any, bar: Any, segment: Any, n: Network, inputs: PathInputs, bars: Any
) -> None:
    """Turn gradients of fast scales and hidden weights into those of what they are made of.

    What persistence and own scale of a factor gain is added to `bars`.
    """
    phi_bar, weight_bar, own_bar, _, _, _, _ = bars
    phi, weight, own_scale = inputs.phi, inputs.weight, inputs.own_scale
    drift_latent, hidden, edge = n.drift_latent, n.drift_hidden, n.drift_edge
    latent_factor, share_place, half_life_place = (
        n.latent_factor,
        n.drift_share,
        n.drift_half_life,
    )
    own = _part(value, segment, _OWN_SCALE)
    share = _known_or(n.known_share, share_place, _part(value, segment, _DRIFT_SHARE))
    half_life = _known_or(
        n.known_half_life, half_life_place, _part(value, segment, _DRIFT_HALF_LIFE)
    )
    share_bar = _part(bar, segment, _DRIFT_SHARE)
    half_life_bar = _part(bar, segment, _DRIFT_HALF_LIFE)
    for d in range(len(hidden)):
        j, h = latent_factor[drift_latent[d]], hidden[d]
        fast_by_own, fast_by_share, by_own, by_share, by_phi, by_hidden = _split_rates(
            own_scale[j], weight[edge[d]], own[drift_latent[d]], share[d], phi[j], phi[h]
        )
        fast_bar, slow_bar = own_bar[j], weight_bar[edge[d]]
        own_bar[j] = fast_bar * fast_by_own + slow_bar * by_own
        phi_bar[j] += slow_bar * by_phi
        phi_bar[h] += slow_bar * by_hidden
        if share_place[d] >= 0:
            share_bar[share_place[d]] += fast_bar * fast_by_share + slow_bar * by_share
        if half_life_place[d] >= 0:
            half_life_bar[half_life_place[d]] += phi_bar[h] * phi[h] * _LN2 / half_life[d] ** 2


@_inner
def _path_inputs(value: Any, segment: Any, n: Network) -> PathInputs:
    """Return what determines the path of levels; the NumPy form is `posterior.path_inputs`."""
    months, factors = n.given.shape
    latent_factor, inferred_factor, joint_start = (
        n.latent_factor,
        n.inferred_factor,
        n.joint_start,
    )
    shock_factor, baseline_factor = n.shock_factor, n.baseline_factor
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
    for a in range(len(inferred_factor)):
        j = inferred_factor[a]
        start[j] = start_mean[a] + start_root[a, a] * shock[a]
        if joint_start[a]:
            for b in range(a):
                start[j] += start_root[a, b] * shock[b]
    weight, size, named_edge = (
        np.zeros(len(n.edge_parent)),
        _part(value, segment, _WEIGHT),
        n.named_edge,
    )
    for e in range(len(size)):
        weight[named_edge[e]] = n.sign[e] * size[e]
    if len(n.drift_hidden) > 0:
        _two_speeds(value, segment, n, phi, own_scale, weight)
    baseline = _part(value, segment, _BASELINE)
    for t in range(months):
        for b in range(len(baseline)):
            drive[t, baseline_factor[b]] += baseline[b]
    _add_events(value, segment, n, phi, weight, drive)
    smooth, jump = _part(value, segment, _SMOOTH), _part(value, segment, _JUMP)
    width = len(smooth) // max(months - 1, 1)
    others = len(shock_factor) - width
    for t in range(months - 1):
        for c in range(width):
            innovation[t, shock_factor[c]] = smooth[t * width + c]
        for c in range(others):
            innovation[t, shock_factor[width + c]] = jump[t * others + c]
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
        # Inference scales no edge.
        np.empty((0, len(n.edge_parent))),
    )


@_inner
def _add_events(value: Any, segment: Any, n: Network, phi: Any, weight: Any, drive: Any) -> None:
    """Add the effects of events to the drive; a part that lasts pushes the hidden parent."""
    effect_factor, active, age = n.effect_factor, n.effect_active, n.effect_age
    effect_drift, hidden, edge = n.effect_drift, n.drift_hidden, n.drift_edge
    effect = _part(value, segment, _EFFECT)
    lasting = _known_or(n.known_lasting, n.effect_lasting, _part(value, segment, _LASTING))
    for e in range(len(effect)):
        j, d, part = effect_factor[e], effect_drift[e], lasting[e]
        for t in range(len(drive)):
            if active[t, e] == 0.0:
                continue
            drive[t, j] += active[t, e] * (1.0 - part) * effect[e]
            if d >= 0:
                h = hidden[d]
                moved = (1.0 - phi[j]) * phi[j] ** age[t, e] * part * effect[e]
                drive[t, h] += active[t, e] * moved / (weight[edge[d]] * (1.0 - phi[h]))


@_inner
def _add_events_adjoint(
    value: Any, bar: Any, segment: Any, n: Network, inputs: PathInputs, bars: Any
) -> None:
    """Add the gradients of effects and of the parts that last; others are added to `bars`."""
    phi_bar, weight_bar, _, drive_bar, _, _, _ = bars
    phi, weight = inputs.phi, inputs.weight
    effect_factor, active, age = n.effect_factor, n.effect_active, n.effect_age
    effect_drift, hidden, edge = n.effect_drift, n.drift_hidden, n.drift_edge
    lasting_place = n.effect_lasting
    effect, effect_bar = _part(value, segment, _EFFECT), _part(bar, segment, _EFFECT)
    lasting = _known_or(n.known_lasting, lasting_place, _part(value, segment, _LASTING))
    lasting_bar = _part(bar, segment, _LASTING)
    for e in range(len(effect)):
        j, d, part = effect_factor[e], effect_drift[e], lasting[e]
        part_bar = 0.0
        for t in range(len(drive_bar)):
            if active[t, e] == 0.0:
                continue
            g = active[t, e] * drive_bar[t, j]
            effect_bar[e] += (1.0 - part) * g
            part_bar -= effect[e] * g
            if d < 0:
                continue
            h, k = hidden[d], age[t, e]
            g = active[t, e] * drive_bar[t, h] / (weight[edge[d]] * (1.0 - phi[h]))
            response = (1.0 - phi[j]) * phi[j] ** k
            effect_bar[e] += g * response * part
            part_bar += g * response * effect[e]
            pushed = g * response * part * effect[e]
            weight_bar[edge[d]] -= pushed / weight[edge[d]]
            phi_bar[h] += pushed / (1.0 - phi[h])
            phi_bar[j] += pushed * (k / phi[j] - 1.0 / (1.0 - phi[j]))
        if lasting_place[e] >= 0:
            lasting_bar[lasting_place[e]] += part_bar


@_inner
def _path_inputs_adjoint(
    bars: Any, value: Any, bar: Any, segment: Any, n: Network, inputs: PathInputs
) -> None:
    """Add to the gradients of the values what the gradients of a path's inputs make of them."""
    phi_bar, weight_bar, own_bar, drive_bar, start_bar, innovation_bar, _ = bars
    months = len(n.given)
    latent_factor, inferred_factor, joint_start = (
        n.latent_factor,
        n.inferred_factor,
        n.joint_start,
    )
    shock_factor, baseline_factor = n.shock_factor, n.baseline_factor
    start_root, sign, named_edge = n.start_root, n.sign, n.named_edge
    # Backwards: events read the weights of hidden parents, which read shares and persistence.
    _add_events_adjoint(value, bar, segment, n, inputs, bars)
    if len(n.drift_hidden) > 0:
        _two_speeds_adjoint(value, bar, segment, n, inputs, bars)
    half_life, half_life_bar = _part(value, segment, _HALF_LIFE), _part(bar, segment, _HALF_LIFE)
    own_scale_bar, shock_bar = _part(bar, segment, _OWN_SCALE), _part(bar, segment, _START)
    for a in range(len(latent_factor)):
        j = latent_factor[a]
        phi = 2.0 ** (-1.0 / half_life[a])
        half_life_bar[a] += phi_bar[j] * phi * _LN2 / half_life[a] ** 2
        own_scale_bar[a] += own_bar[j]
    for a in range(len(inferred_factor)):
        j = inferred_factor[a]
        shock_bar[a] += start_root[a, a] * start_bar[j]
        if joint_start[a]:
            for b in range(a):
                shock_bar[b] += start_root[a, b] * start_bar[j]
    weight_size_bar = _part(bar, segment, _WEIGHT)
    for e in range(len(weight_size_bar)):
        weight_size_bar[e] += sign[e] * weight_bar[named_edge[e]]
    baseline_bar = _part(bar, segment, _BASELINE)
    for t in range(months):
        for b in range(len(baseline_bar)):
            baseline_bar[b] += drive_bar[t, baseline_factor[b]]
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
    unknowns, _, indicators, rows, states = problem
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
        _part(value, segment, _NOUGHT),
        _part(bar, segment, _NOUGHT),
        _part(value, segment, _NOUGHT_LOADING),
        _part(bar, segment, _NOUGHT_LOADING),
        np.empty(months),
        np.empty(months),
    )
    total += density_of_rows(indicators, rows, s)
    total += density_of_states(
        indicators,
        states,
        s,
        _part(value, segment, _LEAVING),
        _part(bar, segment, _LEAVING),
        _part(value, segment, _STATE_START),
        _part(bar, segment, _STATE_START),
    )
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
    _path_inputs_adjoint(bars, value, bar, u.segment, network, inputs)
    # From values to what is sampled, where the other priors have their densities.
    segment, location, precision = u.segment, u.location, u.precision
    for unknown in range(len(UNKNOWNS)):
        begin, size, support, kind = segment[unknown]
        for i in range(begin, begin + size):
            slope = 1.0
            if support == _POSITIVE:
                slope = value[i]
            elif support == _SHARE:
                slope = value[i] * (1.0 - value[i])
            gradient[i] = bar[i] * slope
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
        In the order of `UNKNOWNS`; see `vector`.
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
