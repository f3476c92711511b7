"""Supposing that something is learnt: weights of draws and futures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.arguments import checked_mapping, month_of, name_of
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.timeline import Month, MonthLike
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.families import family_of
from withdrawal_risk.inference.alignment import published_values
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.simulation.futures import Futures
from withdrawal_risk.simulation.worlds import horizon_window

__all__ = ["ESS_LIMIT", "KHAT_LIMIT", "Observation", "is_trusted", "observation_of", "pareto_k"]

Array = NDArray[np.float64]

ESS_LIMIT = 100
"""Effective draws below which Pareto k itself cannot be estimated."""

_ALIKE: Final = 0.1
"""Log weights that differ by less make no tail."""

KHAT_LIMIT = 0.7
"""Pareto k above which importance weights are not to be trusted (Vehtari et al., JMLR 25, 2024)."""


def is_trusted(khat: float, ess: float) -> bool:
    """Say whether importance weights may be trusted, by Pareto k and the effective draws."""
    return khat <= KHAT_LIMIT and ess >= ESS_LIMIT


@dataclass(frozen=True, kw_only=True)
class Observation:
    """What is learnt of one month.

    Parameters
    ----------
    month : int
        Position in the months from the model's start to its horizon.
    indicators : tuple of (str, float)
        Names and values; categories by their position.
    factors : tuple of (str, str)
        Factors and the named level they are learnt to be at.
    """

    month: int
    indicators: tuple[tuple[str, float], ...]
    factors: tuple[tuple[str, str], ...]

    def subjects(self, posterior: Posterior) -> set[int]:
        """Return the positions of the factors it speaks of, themselves or through an indicator."""
        frame = posterior.frame
        measured = {frame.measured_by(name) for name, _ in self.indicators}
        return measured | {frame.structure.factors.index(name) for name, _ in self.factors}

    def learnt(self, posterior: Posterior) -> dict[int, dict[int, float]]:
        """Return what is learnt of indicators, as `Futures` hold it."""
        names = posterior.frame.coords["indicator"]
        return {names.index(name): {self.month: value} for name, value in self.indicators}

    def log_weight(self, posterior: Posterior, futures: Futures) -> Array:
        """Return the log likelihood of what is learnt, shape (draw, future).

        -inf where it did not happen.
        """
        frame, t = posterior.frame, self.month
        total = np.zeros(futures.shape)
        for name, value in self.indicators:
            k = frame.coords["indicator"].index(name)
            measurement = futures.part.measurement(k)
            if measurement.family.has_memory:
                # Its months before and after follow from the same luck, so it came about or not.
                total[futures.value(k, t, t)[:, 0] != value] = -np.inf
                continue
            level = futures.level(measurement.factor, t, t)[:, 0]
            total += measurement.log_density(value, level)
        for name, level_name in self.factors:
            node = posterior.model.spec.factors[name]
            # The stretches between cuts are half-open, so that every level has exactly one name.
            edges = (-math.inf, *node.cuts, math.inf)
            place = node.level_place(level_name)
            assert place is not None
            level = futures.level(frame.structure.factors.index(name), t, t)[:, 0]
            total[(level <= edges[place]) | (level > edges[place + 1])] = -np.inf
        return total


def observation_of(
    posterior: Posterior, observed: Mapping[str, float | str], month: MonthLike
) -> Observation:
    """Read what a user supposes to learn.

    Parameters
    ----------
    observed : mapping of indicator or factor to value
        A number for an indicator, the name of a category for one that has categories, the name of
        a level for a factor.
    month : str, Month or date

    Raises
    ------
    ArgumentError
        For an unknown name, a value outside the family's range, a month outside the model's, or a
        value that is evidence already.
    """
    spec, window = posterior.model.spec, horizon_window(posterior)
    at = month_of(month, "month")
    if not window.first <= at <= window.last:
        raise ArgumentError(
            f"month {at} is outside {window.first} to {window.last}, the months that this fit holds"
        )
    if not checked_mapping(observed, "observed"):
        raise ArgumentError("nothing is observed; name an indicator or factor and its value")
    indicators, factors = [], []
    for name, value in observed.items():
        if name_of(name, "observed") in spec.factors:
            names = spec.factors[name].level_names
            if not isinstance(value, str) or value not in names:
                raise ArgumentError(
                    f"{name}: a factor is never seen as a number; learn one of "
                    f"{', '.join(map(repr, names))}, "
                    "or the value of an indicator of it"
                )
            factors.append((name, str(value)))
            continue
        if name not in spec.indicators:
            raise ArgumentError(
                f"{quoted(name)} is neither an indicator nor a factor; "
                f"{did_you_mean(name, [*spec.indicators, *spec.factors])}"
            )
        item = spec.indicators[name]
        try:
            number = family_of(item).parse(item, value)
        except ValueError as error:
            raise ArgumentError(f"{name}: {error}") from None
        _refuse_known(posterior, name, at, number)
        indicators.append((name, number))
    return Observation(month=window.index(at), indicators=tuple(indicators), factors=tuple(factors))


def _refuse_known(posterior: Posterior, name: str, month: Month, value: float) -> None:
    """Refuse to learn again what a row of evidence says.

    Another value for its month is a second report.
    """
    k = posterior.frame.coords["indicator"].index(name)
    # Row by row: of all rows together only the best one of a month would be returned.
    for row in posterior.model.evidence:
        published = published_values(posterior.frame, [row], posterior.as_of).get(k, {})
        if month in published and published[month].value == value:
            raise ArgumentError(
                f"{name} of {month} is known already, from evidence row {row.id!r}; nothing is "
                "learnt twice"
            )


def pareto_k(log_weight: Array) -> float:
    """Return the Pareto shape of the largest importance weights.

    Infinite where it cannot be estimated.
    """
    from arviz_stats.base import array_stats

    finite = np.sort(log_weight[np.isfinite(log_weight)])
    if len(finite) < 25:
        return math.inf
    # How far the largest weights, of which a tail is made, lie apart.
    apart = finite[-1] - finite[-max(len(finite) // 50, 5)]
    # Many draws that tie for the largest weight bound it: there is no tail to fear, and none to
    # fit.
    if apart < 1e-12:
        return -math.inf
    # ArviZ takes log likelihoods to leave out, so weights enter with their sign turned.
    # It also smooths them, which overflows where the shape is absurd; the smoothed ones are not
    # used.
    with np.errstate(over="ignore"):
        shape = float(array_stats.psislw(-finite)[1])
    if math.isnan(shape):
        # Weights of a few values have no fit either; where they are almost alike none is needed.
        return -math.inf if apart < _ALIKE else math.inf
    return shape
