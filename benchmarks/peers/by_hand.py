"""The limit: log density and gradient of the whole model as one compiled function with its adjoint written by hand.

Nothing here is general, nothing is shared with the library, and nothing is computed twice: what a compiler of
graphs could at best arrive at.
"""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
from numba import njit

from benchmarks.problem import Floats, Problem

__all__ = ["prepare"]

NU = 4.0
UNIT = math.sqrt((NU - 2) / NU)
NORMAL, LOGNORMAL, COUNT, SHARE, ORDINAL, BINARY = range(6)
LOG_ROOT_2PI = 0.5 * math.log(2 * math.pi)


@njit(cache=True, error_model="numpy")
def _digamma(x: float) -> float:
    shift = 0.0
    while x < 6.0:
        shift -= 1.0 / x
        x += 1.0
    y = 1.0 / (x * x)
    series = y * (
        1 / 12
        - y * (1 / 120 - y * (1 / 252 - y * (1 / 240 - y * (1 / 132 - y * (691 / 32760 - y / 12)))))
    )
    return shift + math.log(x) - 0.5 / x - series


@njit(cache=True, error_model="numpy")
def _log_ndtr(x: float) -> float:
    if x > -30.0:
        return math.log(0.5 * math.erfc(-x / math.sqrt(2.0)))
    y = 1.0 / (x * x)
    return -0.5 * x * x - LOG_ROOT_2PI - math.log(-x) + math.log1p(-y * (1.0 - 3.0 * y))


@njit(cache=True, error_model="numpy")
def log_density(z: Any, bar: Any, a: Any) -> float:
    """Return the log density of unconstrained unknowns `z`, up to a constant; its gradient goes to `bar`.

    Parameters
    ----------
    z, bar : ndarray, shape (unknown,)
    a : Arrays
    """
    months, n = a.given.shape
    n_latent, n_edges, n_indicators = a.latent.size, a.edge_parent.size, a.measured.size
    total = 0.0

    # Priors: normal on this scale for everything but the jumps and the anchors.
    for i in range(a.at_anchor):
        scaled = (z[i] - a.prior_mean[i]) / a.prior_sd[i]
        bar[i] = -scaled / a.prior_sd[i]
        total -= 0.5 * scaled * scaled
    for j in a.latent:
        if a.shock_at[j] >= a.at_jump > 0:
            for t in range(months - 1):
                i = a.shock_at[j] + t * a.shock_step[j]
                square = z[i] * z[i] / (UNIT * UNIT * NU)
                total += 0.5 * z[i] * z[i] - 0.5 * (NU + 1) * math.log1p(square)
                bar[i] = -(NU + 1) * z[i] / (UNIT * UNIT * NU * (1.0 + square))

    # Levels.
    phi, inflow, spread, half_life = np.ones(n), np.zeros(n), np.zeros(n), np.zeros(n)
    weight = np.empty(n_edges)
    for place in range(n_latent):
        j = a.latent[place]
        half_life[j] = math.exp(z[a.at_half_life + place])
        phi[j] = 2.0 ** (-1.0 / half_life[j])
        inflow[j] = 1.0 - phi[j]
        spread[j] = math.exp(z[a.at_own + place]) * math.sqrt(1.0 - phi[j] * phi[j])
    for e in range(n_edges):
        weight[e] = a.sign[e] * math.exp(z[a.at_weight + e])
    pull = np.zeros((months, n))
    for b in range(a.baseline.size):
        for t in range(months):
            pull[t, a.baseline[b]] = z[a.at_baseline + b]
    for e in range(a.effect_factor.size):
        for t in range(months):
            if a.effect_active[t, e] != 0.0:
                pull[t, a.effect_factor[e]] += a.effect_active[t, e] * z[a.at_effect + e]
    level = np.empty((months, n))
    begin = a.start_mean + np.dot(
        a.start_root, np.ascontiguousarray(z[a.at_start : a.at_start + n_latent])
    )
    for j in range(n):
        level[0, j] = a.given[0, j]
    for place in range(n_latent):
        level[0, a.latent[place]] = begin[place]
    for t in range(1, months):
        for j in range(n):
            if a.clamped[t, j]:
                level[t, j] = a.given[t, j]
                continue
            into = pull[t, j]
            for e in range(a.edge_start[j], a.edge_start[j + 1]):
                into += weight[e] * level[max(t - a.edge_lag[e], 0), a.edge_parent[e]]
            pull[t, j] = into
            shock = z[a.shock_at[j] + (t - 1) * a.shock_step[j]]
            level[t, j] = phi[j] * level[t - 1, j] + inflow[j] * into + spread[j] * shock

    # Indicators: the anchor is the average predictor over the months that evidence speaks of.
    level_bar = np.zeros((months, n))
    reference, slope = np.empty(n_indicators), np.empty(n_indicators)
    reference_bar, slope_bar, shift_level = (
        np.empty(n_indicators),
        np.zeros(n_indicators),
        np.zeros(n_indicators),
    )
    for k in range(n_indicators):
        slope[k] = a.polarity[k] * math.exp(z[a.at_loading + k])
        for s in range(a.spoken_start[k], a.spoken_start[k + 1]):
            shift_level[k] += a.spoken_share[s] * level[a.spoken_month[s], a.measured[k]]
        reference[k] = z[a.at_anchor + k] - slope[k] * shift_level[k]
        scaled = (reference[k] - a.prior_mean[a.at_anchor + k]) / a.prior_sd[a.at_anchor + k]
        total -= 0.5 * scaled * scaled
        reference_bar[k] = -scaled / a.prior_sd[a.at_anchor + k]

    # Evidence.
    natural = np.empty(months)
    for r in range(a.row_value.size):
        family, k, value = a.row_family[r], a.row_indicator[r], a.row_value[r]
        first, last, factor = a.cell_start[r], a.cell_start[r + 1], a.measured[k]
        mean, square = 0.0, 0.0
        for c in range(first, last):
            predictor = reference[k] + slope[k] * level[a.cell_month[c], factor]
            if family in (LOGNORMAL, COUNT):
                predictor = math.exp(predictor)
            elif family in (SHARE, BINARY):
                predictor = 1.0 / (1.0 + math.exp(-predictor))
            natural[c - first] = predictor
            mean += a.cell_share[c] * predictor
            square += a.cell_share[c] * predictor * predictor
        mean_bar, square_bar = 0.0, 0.0
        if family == BINARY:
            odds = math.log(mean / (1.0 - mean)) / a.row_grade[r]
            signed = odds if value > 0.5 else -odds
            total -= math.log1p(math.exp(-signed))
            odds_bar = 1.0 / (1.0 + math.exp(signed))
            mean_bar = (odds_bar if value > 0.5 else -odds_bar) / (
                a.row_grade[r] * mean * (1.0 - mean)
            )
        elif family == ORDINAL:
            grade, gap = int(value), a.gap_start[k]
            cuts = a.gap_start[k + 1] - gap + 1
            cut = 0.0
            low, high = -math.inf, math.inf
            for g in range(cuts):
                if g > 0:
                    cut += math.exp(z[a.at_gap + gap + g - 1])
                if g == grade - 1:
                    low = (cut - mean) / a.row_grade[r]
                if g == grade:
                    high = (cut - mean) / a.row_grade[r]
            flip = low + high > 0.0
            upper = _log_ndtr(-low if flip else high)
            lower = -high if flip else low
            chance = (
                upper
                if math.isinf(lower)
                else upper + math.log1p(-math.exp(_log_ndtr(lower) - upper))
            )
            total += chance
            high_bar = math.exp(-0.5 * high * high - LOG_ROOT_2PI - chance) / a.row_grade[r]
            low_bar = -math.exp(-0.5 * low * low - LOG_ROOT_2PI - chance) / a.row_grade[r]
            mean_bar = -(low_bar + high_bar)
            for g in range(1, cuts):
                i = a.at_gap + gap + g - 1
                cut_bar = (high_bar if grade >= g and grade < cuts else 0.0) + (
                    low_bar if grade - 1 >= g else 0.0
                )
                bar[i] += cut_bar * math.exp(z[i])
        else:
            log_error = z[a.at_error + a.error_of[k]]
            plain = math.exp(log_error) * a.row_grade[r]
            ratio = math.sqrt(square) / mean if family == COUNT else 1.0
            error = math.sqrt(plain * plain * ratio * ratio + a.row_se[r] * a.row_se[r])
            if family == COUNT:
                size = 1.0 / (error * error)
                both = size + mean
                grown = math.log1p(mean / size)
                log_share = math.log(mean / both)
                total += (
                    math.lgamma(value + size) - math.lgamma(size) - size * grown + value * log_share
                )
                mean_bar = value / mean - (value + size) / both
                size_bar = _digamma(value + size) - _digamma(size) - grown + (mean - value) / both
                error_bar = -2.0 * size_bar * size / error
            else:
                if family == NORMAL:
                    scaled, rate = (value - mean) / error, 1.0
                elif family == LOGNORMAL:
                    scaled, rate = math.log(value / mean) / error, 1.0 / mean
                else:
                    rate = 1.0 / (mean * (1.0 - mean))
                    scaled = (
                        math.log(value / (1.0 - value)) - math.log(mean / (1.0 - mean))
                    ) / error
                total -= 0.5 * scaled * scaled + math.log(error)
                mean_bar = scaled / error * rate
                error_bar = (scaled * scaled - 1.0) / error
            own_bar = error_bar * plain * ratio / error
            bar[a.at_error + a.error_of[k]] += own_bar * plain * ratio
            if family == COUNT:
                square_bar = own_bar * plain * ratio / (2.0 * square)
                mean_bar -= own_bar * plain * ratio / mean
        for c in range(first, last):
            y = natural[c - first]
            y_bar = a.cell_share[c] * (mean_bar + 2.0 * square_bar * y)
            if family in (LOGNORMAL, COUNT):
                y_bar *= y
            elif family in (SHARE, BINARY):
                y_bar *= y * (1.0 - y)
            reference_bar[k] += y_bar
            slope_bar[k] += y_bar * level[a.cell_month[c], factor]
            level_bar[a.cell_month[c], factor] += y_bar * slope[k]
    for k in range(n_indicators):
        bar[a.at_anchor + k] = reference_bar[k]
        bar[a.at_loading + k] += (slope_bar[k] - reference_bar[k] * shift_level[k]) * slope[k]
        for s in range(a.spoken_start[k], a.spoken_start[k + 1]):
            level_bar[a.spoken_month[s], a.measured[k]] -= (
                reference_bar[k] * slope[k] * a.spoken_share[s]
            )

    # The levels backwards.
    phi_bar, inflow_bar, spread_bar, weight_bar = (
        np.zeros(n),
        np.zeros(n),
        np.zeros(n),
        np.zeros(n_edges),
    )
    for t in range(months - 1, 0, -1):
        for j in range(n - 1, -1, -1):
            if a.clamped[t, j]:
                continue
            g = level_bar[t, j]
            through = g * inflow[j]
            for e in range(a.edge_start[j], a.edge_start[j + 1]):
                s = max(t - a.edge_lag[e], 0)
                weight_bar[e] += through * level[s, a.edge_parent[e]]
                level_bar[s, a.edge_parent[e]] += through * weight[e]
            i = a.shock_at[j] + (t - 1) * a.shock_step[j]
            phi_bar[j] += g * level[t - 1, j]
            inflow_bar[j] += g * pull[t, j]
            spread_bar[j] += g * z[i]
            bar[i] += g * spread[j]
            pull[t, j] = through
            level_bar[t - 1, j] += g * phi[j]
    for e in range(n_edges):
        bar[a.at_weight + e] += weight_bar[e] * weight[e]
    for b in range(a.baseline.size):
        for t in range(1, months):
            bar[a.at_baseline + b] += pull[t, a.baseline[b]]
    for e in range(a.effect_factor.size):
        for t in range(1, months):
            if a.effect_active[t, e] != 0.0:
                bar[a.at_effect + e] += a.effect_active[t, e] * pull[t, a.effect_factor[e]]
    begin_bar = np.empty(n_latent)
    for place in range(n_latent):
        j = a.latent[place]
        begin_bar[place] = level_bar[0, j]
        own = spread_bar[j] * spread[j]
        bar[a.at_own + place] += own
        persistence = phi_bar[j] - inflow_bar[j] - own * phi[j] / (1.0 - phi[j] * phi[j])
        bar[a.at_half_life + place] += persistence * phi[j] * math.log(2.0) / half_life[j]
    bar[a.at_start : a.at_start + n_latent] += np.dot(
        np.ascontiguousarray(a.start_root.T), begin_bar
    )
    return total


@njit(cache=True, error_model="numpy")
def _repeat(points: Any, bar: Any, a: Any) -> float:
    total = 0.0
    for point in points:
        total += log_density(point, bar, a)
    return total


class _ByHand:
    def __init__(self, problem: Problem) -> None:
        self.arrays = problem.arrays
        self.evaluate(problem.arrays.prior_mean)
        self.seconds(problem.points(1))

    def evaluate(self, point: Floats) -> tuple[float, Floats]:
        gradient = np.empty(point.size)
        return log_density(point, gradient, self.arrays), gradient

    def seconds(self, points: Floats) -> float:
        begin = time.perf_counter()
        _repeat(points, np.empty(points.shape[1]), self.arrays)
        return (time.perf_counter() - begin) / len(points)

    def sample(self, **settings: Any) -> Floats:
        raise NotImplementedError("the limit of a gradient, not a sampler")


def prepare(problem: Problem) -> _ByHand:
    """Compile."""
    return _ByHand(problem)
