"""How levels answer a change that is the same in every future.

The structural equation is linear given its parameters, so the answer is itself a path of the
equation, with the change as its only cause; it adds to the noise of every future.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.dynamics.kernel import simulate_past
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.simulation.parts import Part

__all__ = ["lasting_shift", "of_factors", "own_shocks"]

Array = NDArray[np.float64]


def of_factors(levels: Array, factors: Sequence[int]) -> Array:
    """Return the levels, (draw, month, factor), of some factors, one factor after the other."""
    return np.ascontiguousarray(levels[:, :, list(factors)].transpose(2, 0, 1))


def own_shocks(posterior: Posterior, part: Part, factors: Sequence[int]) -> Array:
    """Return what some factors' past shocks did to all levels, shape (draw, month, factor).

    Their shocks are their innovations, their start's distance from what was elicited, and the
    events that hit them.

    Parameters
    ----------
    posterior : Posterior
    part : Part
    factors : sequence of int
        Positions of the factors whose own shocks count.
    """
    posterior.needs_paths("attribution to past shocks")
    frame, inputs = posterior.frame, part.inputs
    latent = frame.latent_index
    # What moves a hidden parent moves its child alone, and is the child's own.
    own = frame.structure.with_hidden(factors)
    selected = np.isin(np.arange(inputs.phi.shape[1]), own)
    # The elicited start and the baselines were expected; what remains without them are shocks.
    usual = np.zeros(inputs.start.shape[1])
    usual[frame.inferred_index] = frame.start_mean
    drive = inputs.drive.copy()
    if "baseline" in part.unknowns:
        drive[:, :, latent[frame.baseline]] -= part.unknowns["baseline"][:, None]
    draws, months, count = drive.shape
    innovation = np.zeros((draws, months - 1, count))
    # Innovations after the evidence belong to the futures, not to the past.
    happened = part.past.shape[1] - 1
    innovation[:, :happened] = inputs.innovation[:, :happened]
    # Policies are held at 0, because shocks do not move them.
    quiet = np.zeros((1, months, count))
    levels: Array = simulate_past(
        inputs._replace(
            drive=drive * selected,
            start=(inputs.start - usual) * selected,
            innovation=innovation * selected,
            given=quiet,
        )
    )
    return levels


def lasting_shift(
    posterior: Posterior,
    part: Part,
    shifts: Mapping[int, float],
    first: int,
    last: int,
    *,
    ramps: Mapping[int, int] | None = None,
    edges: NDArray[np.bool_] | None = None,
) -> Array:
    """Return what shifting factors in the future does to all levels, (draw, month, factor).

    Parameters
    ----------
    posterior : Posterior
    part : Part
    shifts : mapping of int to float
        Position and size, in standard levels. Like any that are set, these factors are cut off from
        their causes.
    first, last : int
        Months of the shift, as positions among those of the futures; `first` lies after the
        evidence.
    ramps : mapping of int to int, optional
        Months in which shifts are reached. Default: at once.
    edges : ndarray of bool, shape (edge,), optional
        Edges along which the answer may run. Default: all.
    """
    inputs = part.inputs
    draws, months, count = inputs.drive.shape
    # Nothing differs before the shift, so the months from the one before it on are enough.
    begin = first - 1
    clamped = inputs.clamped[begin:].copy()
    given = np.zeros((1, months - begin, count))
    # Month 0 is the one before the shift. Policies stay clamped, with no change from theirs.
    for j, size in shifts.items():
        clamped[1 : last - begin + 1, j] = True
        share = np.minimum(np.arange(1, last - begin + 1) / (ramps or {}).get(j, 1), 1.0)
        given[0, 1 : last - begin + 1, j] = size * share
    weight = inputs.weight if edges is None else inputs.weight * edges
    levels = np.zeros((draws, months, count))
    levels[:, begin:] = simulate_past(
        inputs._replace(
            weight=weight,
            drive=np.zeros((draws, months - begin, count)),
            start=np.zeros((draws, count)),
            innovation=np.zeros((draws, months - begin - 1, count)),
            clamped=clamped,
            given=given,
        )
    )
    return levels
