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
    slowest : str
        The unknown with the smallest bulk effective sample size.
    """

    rhat_max: float
    ess_min: float
    ess_tail_min: float
    divergences: int
    bfmi_min: float
    finite: bool
    slowest: str


def summarise(posterior: xr.Dataset, stats: xr.Dataset) -> Diagnostics:
    """Compute the diagnostics with ArviZ; constants, such as policy levels, are left out."""
    from arviz_stats.base import array_stats  # type: ignore[attr-defined]

    rhat_max, ess_min, tail_min, slowest = 0.0, np.inf, np.inf, ""
    finite = True
    for name, array in posterior.data_vars.items():
        if name == "weight":  # a signed copy of the sampled sizes
            continue
        values = np.moveaxis(array.values.reshape(*array.shape[:2], -1), -1, 0)
        finite = finite and bool(np.isfinite(values).all())
        for part in values:
            if np.ptp(part) == 0:
                continue
            # A single chain is compared with itself, half with half.
            chains = part if len(part) > 1 else part[:, len(part[0]) % 2 :].reshape(2, -1)
            rhat_max = float(np.fmax(rhat_max, array_stats.rhat(chains, chain_axis=0, draw_axis=1)))
            bulk = float(array_stats.ess(part, chain_axis=0, draw_axis=1, method="bulk"))
            tail = float(array_stats.ess(part, chain_axis=0, draw_axis=1, method="tail", prob=(0.05, 0.95)))
            tail_min = min(tail_min, tail)
            if bulk < ess_min:
                ess_min, slowest = bulk, str(name)
    energy = stats["energy"].values if "energy" in stats else np.full((1, 3), np.nan)
    bfmi = np.mean(np.diff(energy, axis=1) ** 2, axis=1) / np.var(energy, axis=1)
    return Diagnostics(rhat_max, ess_min, tail_min, int(stats["diverging"].sum()), float(bfmi.min()), finite, slowest)
