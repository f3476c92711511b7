"""The sampled vector: all unknowns as one array of unconstrained numbers, and its density.

Positive unknowns stand as logarithms, shares as log odds, and references as anchors; see
`anchor_shift`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.dynamics.equation import levels_of_draws
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.inference.alignment import align_evidence, evidence_months
from withdrawal_risk.inference.measurement import log_likelihood
from withdrawal_risk.inference.parameters import Frame
from withdrawal_risk.inference.path_inputs import path_inputs
from withdrawal_risk.inference.problem import locations_and_scales, sampled_priors
from withdrawal_risk.model.library import Model
from withdrawal_risk.random import generator

__all__ = ["anchor_shift", "join", "log_density", "split", "starting_point"]

Array = NDArray[np.float64]


def split(frame: Frame, vectors: Array) -> dict[str, Array]:
    """Return the unknowns that vectors hold, shape (draw, ...); ``reference`` holds anchors.

    Parameters
    ----------
    vectors : ndarray, shape (draw, unknown)
    """
    unknowns, begin = {}, 0
    for prior in sampled_priors(frame):
        values = vectors[:, begin : begin + prior.mu.size].reshape(-1, *prior.mu.shape)
        unknowns[prior.name] = prior.constrained(values)
        begin += prior.mu.size
    return unknowns


def join(frame: Frame, unknowns: Mapping[str, Array]) -> Array:
    """Return the vectors of unknowns, shape (draw, unknown); the inverse of `split`."""
    parts = []
    for prior in sampled_priors(frame):
        values = unknowns[prior.name].reshape(-1, prior.mu.size)
        parts.append(prior.unconstrained(values))
    return np.concatenate(parts, axis=1)


def anchor_shift(frame: Frame, months: Array, unknowns: Mapping[str, Array], level: Array) -> Array:
    """Return anchors minus references, shape (draw, indicator).

    Evidence fixes an indicator's predictor in the months it speaks of, not at level 0, so a
    reference and its factor's level are nearly collinear. The sampled anchor is the average
    predictor over those months; given the levels it differs from the reference by a shift, which
    leaves the density as it is.

    Parameters
    ----------
    months : ndarray, shape (indicator, month)
        As from `evidence_months`.
    unknowns : mapping of str to ndarray, shape (draw, ...)
    level : ndarray, shape (draw, month, factor)
    """
    average = np.einsum("kt,dtk->dk", months, level[:, :, frame.measured])
    return np.asarray(frame.polarity * unknowns["loading"] * average)


def starting_point(frame: Frame, random_seed: int) -> Array:
    """Return where a chain starts: 0.5 to 1.5 prior sd to either side of the prior mean.

    So far away are draws of the prior on average. A sampler that takes its first scales from
    gradients needs that none of them vanishes. The point does not depend on evidence.
    """
    location, scale = locations_and_scales(frame)
    # Samplers give seeds of 64 bits, one more than a seed of the library has.
    side = generator(random_seed % 2**63, "start").uniform(-1.0, 1.0, len(location))
    # A random side for every unknown, at least half a prior sd away from the mean.
    return np.asarray(location + scale * (side + 0.5 * np.sign(side)))


def log_density(model: Model, frame: Frame, as_of: Month, vectors: Array) -> Array:
    """Return the log density of sampled vectors, shape (draw,), by the NumPy forms of its parts.

    Parameters
    ----------
    vectors : ndarray, shape (draw, unknown)
    """
    blocks = align_evidence(frame, model.evidence, as_of)
    unknowns = split(frame, vectors)
    inputs = path_inputs(model, frame, unknowns, as_of, frame.window)
    # Run by Python: nothing has to be compiled for a few vectors.
    level = levels_of_draws(inputs)
    if "reference" in unknowns:
        shift = anchor_shift(frame, evidence_months(frame, blocks), unknowns, level)
        unknowns["reference"] = unknowns["reference"] - shift
    total = np.zeros(len(vectors))
    for prior in sampled_priors(frame):
        values = unknowns[prior.name]
        # Of what is sampled, so the derivative of the transformation belongs to the density.
        density = prior.log_density(values) + prior.log_slope(values)
        total += density.reshape(len(vectors), -1).sum(axis=1)
    for block in blocks:
        total += log_likelihood(frame, block, unknowns, level).sum(axis=1)
    return total
