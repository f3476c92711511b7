"""Other structures for the same evidence: without the edges between factors, plain and matched."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.elements.network import Factor
from withdrawal_risk.elements.quantiles import Positive, prior_mean
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.network import structure_at_prior_means

__all__ = ["STRUCTURES", "matched_half_life", "without_edges"]

Array = NDArray[np.float64]

_LONGEST: Final = 600
"""Months; what remembers longer is as good as a constant over any table."""

STRUCTURES: Final = ("model", "without_edges", "without_edges_matched")


def without_edges(model: Model, *, matched: bool = False) -> Model:
    """Return a model in which no factor and no policy acts on a factor.

    Parameters
    ----------
    model : Model
    matched : bool
        Whether half-lives are stretched so that each factor forgets as slowly as it does in the
        network, where its causes have memories, too. What is left between the two is what the
        structure knows, and not only persistence.
    """
    spec = model.spec
    factors = dict(spec.factors)
    if matched:
        means = structure_at_prior_means(spec)
        correlation = means.autocorrelation(_LONGEST)
        for name, factor in spec.factors.items():
            memory = correlation[:, means.structure.factors.index(name)]
            stretch = matched_half_life(factor, memory) / factor.half_life.mean
            given = factor.half_life
            half_life = Positive(p5=given.p5 * stretch, p95=given.p95 * stretch)
            factors[name] = factor.model_copy(update={"half_life": half_life})
    return replace(model, spec=spec.model_copy(update={"factors": factors, "edges": ()}))


def matched_half_life(factor: Factor, memory: Array) -> float:
    """Return the half-life with which a factor alone forgets half as late as in its network.

    Parameters
    ----------
    factor : Factor
        Its drift stays as it is.
    memory : ndarray, shape (month,)
        Autocorrelation in the network, from a distance of 0.

    Returns
    -------
    float
        Months; its own prior mean where none does.
    """
    below = np.flatnonzero(memory < 0.5)
    if not below.size:
        return factor.half_life.mean
    # Between two months the autocorrelation is taken to fall as a power does.
    last = int(below[0]) - 1
    high, low = memory[last], max(float(memory[last + 1]), 1e-12)
    half = last + math.log(0.5 / high) / math.log(low / high)
    if factor.drift is None:
        return half
    share, slow = prior_mean(factor.drift.share), 2 ** (-1 / prior_mean(factor.drift.half_life))

    def missing(log_half_life: float) -> float:
        return _alone(math.exp(log_half_life), share, slow, half) - 0.5

    from scipy.optimize import brentq

    ends = math.log(0.05), math.log(10.0 * _LONGEST)
    if missing(ends[0]) * missing(ends[1]) > 0:
        return factor.half_life.mean
    return math.exp(brentq(missing, *ends, xtol=1e-10))


def _alone(half_life: float, share: float, slow: float, months: float) -> float:
    """Return the autocorrelation of a factor without parents, but for its hidden one.

    Its slow part is an autoregression of two roots: the hidden parent's persistence, and its own.
    """
    fast = 2 ** (-1 / half_life)
    if abs(fast - slow) < 1e-9:
        fast += 1e-6
    drift = fast ** (months + 1) * (1 - slow**2) - slow ** (months + 1) * (1 - fast**2)
    drift /= (fast - slow) * (1 + fast * slow)
    return float((1 - share) * fast**months + share * drift)
