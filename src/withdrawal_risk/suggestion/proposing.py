"""From a history to what is proposed.

The history is read as the model reads it: on the scale of the indicator's family a month is a
reference, plus a loading times a level whose long-run sd is 1, plus an error without memory. The
level is one autoregression, or a fast one behind a slow hidden parent (`drift` in a model file).
Both readings are sampled under broad priors, and ranges are percentiles averaged over the two.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from withdrawal_risk.elements.elicitation import Z90, lognormal_mean
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.random import generator
from withdrawal_risk.suggestion.history import History, autocorrelation, read_history
from withdrawal_risk.suggestion.ranges import Drift, Proposal, Range, Reading, Reference
from withdrawal_risk.suggestion.sampling import (
    Posterior,
    pooled,
    prior_of_one_speed,
    prior_of_two_speeds,
    sampled,
    weighted_percentiles,
)
from withdrawal_risk.suggestion.scales import Array

__all__ = ["LEAST_EFFECTIVE", "LEAST_PROBABILITY", "proposal"]

LEAST_PROBABILITY: Final = 2 / 3
"""Posterior probability of two speeds, 1/2 before any month is seen, from which drift is proposed:
where the history does not decide, one speed has to do."""

LEAST_EFFECTIVE: Final = 50.0
"""Effective draws below which a reading is not believed: it fits months as good as never."""

_WIDEST_FLOOR: Final = 0.3
_SHORT_HISTORY: Final = 60
"""The sd of a reference is at least (1 + 0.3 min(1, 60 / months)) times the sd of the months: a
short history of a level that lasts shows only a part of how far it moves."""

_NOUGHT_DRAWS: Final = 4000

_LEAST_COUNT_ERRORS: Final = (1e-6, 2e-6, 3e-6)
"""A model file takes none below the first, because the count would be Poisson."""


def proposal(
    values: Array, months: Sequence[Month], family: str, until: Month, random_seed: int
) -> Proposal:
    """Propose a model file's numbers from an indicator's own history.

    Parameters
    ----------
    values, months, family, until
        As in `read_history`.
    random_seed : int
        Equal seeds give equal proposals.

    Raises
    ------
    ArgumentError
        As `read_history`, and where neither reading fits the months.
    """
    history = read_history(values, months, family, until)
    one, two = (
        sampled(history, prior(history), generator(random_seed, "suggest", name))
        for name, prior in (("one speed", prior_of_one_speed), ("two speeds", prior_of_two_speeds))
    )
    probability = _probability_of_two(one, two)
    both = pooled(one, two, probability)
    half_life = _range(both.parameters.half_life, both.weights)
    return Proposal(
        family=family,
        history=history,
        half_life=half_life,
        drift=_drift(two, half_life) if probability >= LEAST_PROBABILITY else None,
        at_reference=_at_reference(both, history),
        per_level=_per_level(both, history),
        error=_error(both, history),
        can_be_zero=_can_be_zero(history, generator(random_seed, "suggest", "noughts")),
        one_speed=_reading(one, history, 1 - probability),
        two_speeds=_reading(two, history, probability),
    )


def _probability_of_two(one: Posterior, two: Posterior) -> float:
    """Return the probability of two speeds, which are as likely as one before any month is seen."""
    fits_one, fits_two = (found.effective_draws >= LEAST_EFFECTIVE for found in (one, two))
    if not (fits_one or fits_two):
        raise ArgumentError(
            "no level with a memory fits these months; look for a change of unit or for months "
            "that are made up, or choose another family"
        )
    if not (fits_one and fits_two):
        return float(fits_two)
    # Each evidence is a likelihood averaged over a prior; only their ratio matters.
    odds = math.exp(min(max(two.log_evidence - one.log_evidence, -700.0), 700.0))
    return odds / (1 + odds)


def _range(values: Array, weights: Array) -> Range:
    p5, p50, p95 = weighted_percentiles(values, weights)
    return Range(p5=p5, p50=p50, p95=p95)


def _drift(posterior: Posterior, half_life: Range) -> Drift | None:
    """Return the slow part; none where it is no slower than a model file asks of it."""
    share = _range(posterior.parameters.share, posterior.weights)
    slow = _range(posterior.parameters.slow_half_life, posterior.weights)
    if lognormal_mean(slow.p5, slow.p95) <= 1.1 * lognormal_mean(half_life.p5, half_life.p95):
        return None
    return Drift(share=share, half_life=slow)


def _per_level(posterior: Posterior, history: History) -> Range:
    p5, p50, p95 = weighted_percentiles(posterior.parameters.loading, posterior.weights)
    if history.scale.ratio:
        p5, p50, p95 = (math.exp(end) for end in (p5, p50, p95))
    return Range(p5=p5, p50=p50, p95=p95)


def _error(posterior: Posterior, history: History) -> Range:
    p5, p50, p95 = weighted_percentiles(posterior.parameters.error, posterior.weights)
    if history.scale.family.whole:
        p5, p50, p95 = map(max, (p5, p50, p95), _LEAST_COUNT_ERRORS)
    return Range(p5=p5, p50=p50, p95=p95)


def _at_reference(posterior: Posterior, history: History) -> Reference:
    """Return the reference's percentiles, at least as wide as the floor."""
    p5, _, p95 = weighted_percentiles(posterior.parameters.reference, posterior.weights)
    middle, half = (p5 + p95) / 2, (p95 - p5) / 2
    months, mean, spread = (
        history.figures[name] for name in ("months", "mean_of_months", "sd_of_months")
    )
    floor = 1 + _WIDEST_FLOOR * min(1.0, _SHORT_HISTORY / months)
    wide = max(half, Z90 * floor * spread)
    reach = min(wide, history.scale.widest)
    # What a strained model says of a level that the history never had is not followed far.
    centre = min(max(middle, mean - spread), mean + spread)
    natural = history.scale.natural
    return Reference(
        p5=natural(centre - reach),
        p50=natural(centre),
        p95=natural(centre + reach),
        posterior_p5=natural(p5),
        posterior_p95=natural(p95),
        floor=floor,
        widened=wide > half,
        narrowed=wide > reach,
    )


def _can_be_zero(history: History, rng: np.random.Generator) -> Range | None:
    """Return the probability of a month without flow, with Jeffreys' prior."""
    if not history.zero.any():
        return None
    zero = history.zero[history.seen | history.zero].astype(float)
    # Zeros that come in runs count for fewer months.
    memory = max(autocorrelation(zero, 1), 0.0)
    independent = len(zero) * (1 - memory) / (1 + memory)
    share = float(zero.mean())
    draws = rng.beta(0.5 + share * independent, 0.5 + (1 - share) * independent, _NOUGHT_DRAWS)
    return _range(draws, np.full(_NOUGHT_DRAWS, 1 / _NOUGHT_DRAWS))


def _reading(posterior: Posterior, history: History, probability: float) -> Reading:
    return Reading(
        probability=probability,
        half_life=_range(posterior.parameters.half_life, posterior.weights),
        per_level=_per_level(posterior, history),
        error=_error(posterior, history),
        effective_draws=posterior.effective_draws,
    )
