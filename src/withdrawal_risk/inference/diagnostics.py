"""Sampler diagnostics, computed once at the fit and carried with the posterior."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from withdrawal_risk.cores import spread

__all__ = ["Diagnostics", "summarise"]

Array = NDArray[np.float64]

_AT_ONCE: Final = 500_000
"""Draws of all numbers that are worked on together, which bounds memory."""

_TAILS: Final = (0.05, 0.95)
"""Quantiles whose effective sample sizes are those of the tails."""


@dataclass(frozen=True)
class Diagnostics:
    """Worst values over every unknown and every level.

    Parameters
    ----------
    rhat_max : float
        Rank-normalised, folded R-hat; of the halves of a single chain.
    ess_min, ess_tail_min : float
        Bulk and tail effective sample size.
    divergences : int
    bfmi_min : float
    finite : bool
        Whether every draw is a finite number.
    slowest, slowest_tail, unsettled : str
        The element with the smallest bulk and tail effective sample size, and with the largest
        R-hat, such as ``half_life[gaps]``.
    """

    rhat_max: float
    ess_min: float
    ess_tail_min: float
    divergences: int
    bfmi_min: float
    finite: bool
    slowest: str
    slowest_tail: str
    unsettled: str


def _element(array: xr.DataArray, place: int) -> str:
    """Name one number of an array by its labels."""
    labels = []
    for dim, index in zip(array.dims[2:], np.unravel_index(place, array.shape[2:]), strict=True):
        label = array[dim].values[index]
        labels.append(str(label)[:7] if isinstance(label, np.datetime64) else str(label))
    return f"{array.name}[{', '.join(labels)}]" if labels else str(array.name)


def summarise(posterior: xr.Dataset, stats: xr.Dataset) -> Diagnostics:
    """Compute the diagnostics of many numbers at once; constants are left out.

    The numbers are those of ArviZ, which computes them one after the other.
    """
    rhat_max, ess_min, tail_min, finite = 0.0, np.inf, np.inf, True
    slowest = slowest_tail = unsettled = ""
    for name, array in posterior.data_vars.items():
        if name == "weight":  # a signed copy of the sampled sizes
            continue
        values = np.moveaxis(array.values.reshape(*array.shape[:2], -1), -1, 0)
        # An infinite draw would make every other diagnostic meaningless.
        finite = finite and bool(np.isfinite(values).all())
        varying = np.flatnonzero(np.ptp(values, axis=(1, 2)) != 0)
        if not len(varying):
            continue
        step = max(_AT_ONCE // values[0].size, 1)
        stretches = (values[varying[k : k + step]] for k in range(0, len(varying), step))
        rhat, bulk, tail = np.concatenate(list(spread(stretches, _measures)), axis=1)
        if rhat.max() > rhat_max:
            rhat_max, unsettled = float(rhat.max()), _element(array, varying[rhat.argmax()])
        if tail.min() < tail_min:
            tail_min, slowest_tail = float(tail.min()), _element(array, varying[tail.argmin()])
        if bulk.min() < ess_min:
            ess_min, slowest = float(bulk.min()), _element(array, varying[bulk.argmin()])
    energy = stats["energy"].values if "energy" in stats else np.full((1, 3), np.nan)
    # Energy changes between draws, relative to the energy's own spread (Betancourt 2016).
    bfmi = np.mean(np.diff(energy, axis=1) ** 2, axis=1) / np.var(energy, axis=1)
    return Diagnostics(
        rhat_max,
        ess_min,
        tail_min,
        int(stats["diverging"].sum()),
        float(bfmi.min()),
        finite,
        slowest,
        slowest_tail,
        unsettled,
    )


def _measures(values: Array) -> Array:
    """Return R-hat, bulk ESS and tail ESS, shape (3, number); values (number, chain, draw)."""
    draws = values.shape[2]
    # Halves of chains are compared as if they were chains of their own.
    halves = np.concatenate([values[:, :, : draws // 2], values[:, :, -(draws // 2) :]], axis=1)
    scores = _normal_scores(halves)
    folded = _normal_scores(np.abs(halves - np.median(halves, axis=(1, 2), keepdims=True)))
    tails = []
    for probability in _TAILS:
        beyond = np.quantile(values, probability, axis=(1, 2), keepdims=True)
        tails.append(_effective((halves <= beyond).astype(float)))
    rhat = np.maximum(_rhat(scores), _rhat(folded))
    return np.stack([rhat, _effective(scores), np.minimum(*tails)])


def _normal_scores(values: Array) -> Array:
    """Return the normal scores of ranks over all chains (Vehtari and others 2021, equation 14)."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    flat = values.reshape(len(values), -1)
    ranks = rankdata(flat, axis=1)
    return np.asarray(ndtri((ranks - 3 / 8) / (flat.shape[1] + 1 / 4))).reshape(values.shape)


def _rhat(values: Array) -> Array:
    """Return the potential scale reduction (Vehtari and others 2021, equation 4)."""
    draws = values.shape[2]
    between = draws * values.mean(axis=2).var(axis=1, ddof=1)
    within = values.var(axis=2, ddof=1).mean(axis=1)
    with np.errstate(divide="ignore"):
        return np.sqrt((between / within + draws - 1) / draws)


def _effective(values: Array) -> Array:
    """Return effective sample sizes (Vehtari and others 2021, equations 10 to 13)."""
    from scipy.fft import irfft, next_fast_len, rfft

    count, chains, draws = values.shape
    size = next_fast_len(2 * draws, real=True)
    means = values.mean(axis=2, keepdims=True)
    power = np.abs(rfft(values - means, n=size, axis=2)) ** 2
    # Averaged over the chains before it is transformed back, which is linear.
    covariance = irfft(power.mean(axis=1), n=size, axis=1)[:, :draws] / draws
    within = covariance[:, :1] * draws / (draws - 1)
    variance = covariance[:, :1] + means[:, :, 0].var(axis=1, ddof=1)[:, None]
    # Where nothing varies, as in a tail that holds no draw, every draw counts.
    varies = variance > np.finfo(float).resolution ** 2
    rho = 1 - (within - covariance) / np.where(varies, variance, 1.0)
    rho[:, 0] = 1.0
    # Geyer: pairs of neighbouring autocorrelations, up to the first whose sum is not positive.
    last = (draws - 3) // 2
    even, pairs = rho[:, 0 : 2 * last + 1 : 2], rho[:, 0 : 2 * last + 1 : 2].copy()
    pairs += rho[:, 1 : 2 * last + 2 : 2]
    negative = pairs <= 0
    end = np.where(negative.any(axis=1), negative.argmax(axis=1), last)
    kept = np.arange(last + 1) < end[:, None]
    # A sum that rises again is noise: it is as small as those before.
    falling = np.minimum.accumulate(np.where(kept, pairs, np.inf), axis=1)
    tau = -1 + 2 * np.where(kept, falling, 0.0).sum(axis=1)
    tau += np.maximum(even[np.arange(count), end], 0.0)
    effective = chains * draws / np.maximum(tau, 1 / np.log10(chains * draws))
    return np.where(varies[:, 0], effective, chains * draws)
