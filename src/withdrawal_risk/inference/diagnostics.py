"""Sampler diagnostics, computed once at the fit and carried with the posterior."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

__all__ = ["Diagnostics", "summarise"]


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
    """Compute the diagnostics with ArviZ; constants, such as policy levels, are left out."""
    from arviz_stats.base import array_stats

    rhat_max, ess_min, tail_min, finite = 0.0, np.inf, np.inf, True
    slowest = slowest_tail = unsettled = ""
    for name, array in posterior.data_vars.items():
        if name == "weight":  # a signed copy of the sampled sizes
            continue
        values = np.moveaxis(array.values.reshape(*array.shape[:2], -1), -1, 0)
        # An infinite draw would make every other diagnostic meaningless.
        finite = finite and bool(np.isfinite(values).all())
        for place, part in enumerate(values):
            if np.ptp(part) == 0:
                continue
            # A single chain is compared with itself, half with half.
            chains = part if len(part) > 1 else part[:, len(part[0]) % 2 :].reshape(2, -1)
            rhat = float(array_stats.rhat(chains, chain_axis=0, draw_axis=1))
            if rhat > rhat_max:
                rhat_max, unsettled = rhat, _element(array, place)
            bulk = float(array_stats.ess(part, chain_axis=0, draw_axis=1, method="bulk"))
            tail = float(
                array_stats.ess(part, chain_axis=0, draw_axis=1, method="tail", prob=(0.05, 0.95))
            )
            if tail < tail_min:
                tail_min, slowest_tail = tail, _element(array, place)
            if bulk < ess_min:
                ess_min, slowest = bulk, _element(array, place)
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
