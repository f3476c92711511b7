"""Histories whose truth is known, simulated month by month and without the library."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["AHEAD", "FAMILIES", "Truth", "linked", "simulated"]

Array = NDArray[np.float64]

AHEAD: Final = 30
"""Months after the history, whose mean a reference should hold."""

FAMILIES: Final = ("normal", "lognormal", "count", "share")

_LOADINGS: Final = {
    "normal": (1.0, 20.0),
    "lognormal": (0.05, 1.2),
    "count": (0.25, 1.5),
    "share": (0.1, 1.2),
}


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The parameters of a history; with one speed its share is 0."""

    family: str
    half_life: float
    share: float
    slow_half_life: float
    loading: float
    error: float
    reference: float
    months: int
    missing: float

    @property
    def per_level(self) -> float:
        return self.loading if self.family == "normal" else math.exp(self.loading)

    @property
    def at_reference(self) -> float:
        if self.family == "normal":
            return self.reference
        return (
            1 / (1 + math.exp(-self.reference))
            if self.family == "share"
            else math.exp(self.reference)
        )


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def _truth(rng: np.random.Generator, family: str) -> Truth:
    """Draw parameters; they are uniform, mostly in logs, where the priors of the library are normal."""
    two = bool(rng.random() < 0.5)
    loading = _log_uniform(rng, *_LOADINGS[family])
    error = loading * _log_uniform(rng, 0.15, 1.5)
    reference = {
        "normal": rng.normal(0, 50),
        "lognormal": rng.normal(4, 2),
        "count": math.log(_log_uniform(rng, 3, 800)),
        "share": rng.uniform(-4, 3),
    }
    return Truth(
        family=family,
        half_life=_log_uniform(rng, 0.7, 8) if two else _log_uniform(rng, 1, 36),
        share=rng.uniform(0.5, 0.95) if two else 0.0,
        slow_half_life=_log_uniform(rng, 24, 96) if two else 1.0,
        loading=loading,
        error=min(error, 1.2) if family == "count" else error,
        reference=float(reference[family]),
        months=int(rng.integers(36, 241)),
        missing=rng.uniform(0, 0.15),
    )


def _standard(rng: np.random.Generator, number: int, tails: bool) -> Array:
    """Draw shocks with sd 1, normal or Student-t with 4 degrees of freedom."""
    return rng.standard_t(4, number) / math.sqrt(2) if tails else rng.standard_normal(number)


def _levels(rng: np.random.Generator, truth: Truth, months: int, tails: bool) -> Array:
    """Run the structural equation from rest."""
    fast, slow = 2 ** (-1 / truth.half_life), 2 ** (-1 / truth.slow_half_life)
    passed = (1 - fast) * (1 + fast * slow) / ((1 + fast) * (1 - fast * slow))
    weight = math.sqrt(truth.share / passed)
    before = 1200 if truth.share else 500
    own = _standard(rng, before + months, tails) * math.sqrt((1 - truth.share) * (1 - fast**2))
    drift = _standard(rng, before + months, tails) * math.sqrt(1 - slow**2)
    level = hidden = 0.0
    path = np.empty(before + months)
    for month in range(before + months):
        hidden = slow * hidden + drift[month]
        level = fast * level + (1 - fast) * weight * hidden + own[month]
        path[month] = level
    return path[before:]


def _shown(rng: np.random.Generator, eta: Array, truth: Truth, tails: bool) -> Array:
    if truth.family == "count":
        size = 1 / truth.error**2
        rate = np.exp(np.minimum(eta, 18.0)) * rng.gamma(size, 1 / size, len(eta))
        return rng.poisson(rate).astype(float)
    value = eta + truth.error * _standard(rng, len(eta), tails)
    if truth.family == "normal":
        return value
    return np.exp(value) if truth.family == "lognormal" else 1 / (1 + np.exp(-value))


def simulated(
    seed: int, number: int, family: str, *, tails: bool = False
) -> tuple[Truth, Array, Array]:
    """Return a truth, its history with gaps, and the months after it; each number is a history of its own."""
    rng = np.random.default_rng([seed, number, FAMILIES.index(family)])
    truth = _truth(rng, family)
    levels = _levels(rng, truth, truth.months + AHEAD, tails)
    values = _shown(rng, truth.reference + truth.loading * levels, truth, tails)
    past = values[: truth.months].copy()
    past[rng.random(truth.months) < truth.missing] = np.nan
    return truth, past, values[truth.months :]


def linked(values: Array, family: str) -> Array:
    """Return values on the scale on which a level adds; counts are moved so that 0 has a logarithm."""
    if family == "normal":
        return values
    if family == "share":
        return np.log(values) - np.log1p(-values)
    return np.log(values + 0.5) if family == "count" else np.log(values)
