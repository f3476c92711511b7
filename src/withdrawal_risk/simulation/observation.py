"""Supposing that something is learnt: weights of draws and futures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.arguments import a_table, month_of, name_of
from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import QueryError, did_you_mean
from withdrawal_risk.families import FAMILIES, FAR, numpy_ops
from withdrawal_risk.inference import measurement
from withdrawal_risk.inference.alignment import published_months
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.model.elicitation import LEVEL_NAMES
from withdrawal_risk.model.timeline import Month, MonthLike
from withdrawal_risk.simulation.futures import Futures
from withdrawal_risk.simulation.worlds import horizon_window

__all__ = ["ESS_LIMIT", "KHAT_LIMIT", "Observation", "observation_of", "pareto_k"]

Array = NDArray[np.float64]

ESS_LIMIT = 100
"""Effective draws below which Pareto k itself cannot be told."""

KHAT_LIMIT = 0.7
"""Pareto k above which importance weights are not to be trusted (Vehtari et al., JMLR 25, 2024)."""


@dataclass(frozen=True)
class Observation:
    """What is learnt of one month.

    Parameters
    ----------
    month : int
        Position in the months from the model's start to its horizon.
    indicators : tuple of (str, float)
        Names and values; grades by their position.
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
        """Return the log likelihood of what is learnt, shape (draw, future); -inf where it did not happen."""
        frame, unknowns, t = posterior.frame, futures.part.unknowns, self.month
        draws = futures.shape[0]
        total = np.zeros(futures.shape)
        for name, value in self.indicators:
            k = frame.coords["indicator"].index(name)
            family = frame.indicators[k][1].family
            level = futures.level(int(frame.measured[k]), t, t)[:, 0]
            mean = measurement.monthly_value(frame, unknowns, k, level)
            error = measurement.indicator_error(frame, unknowns)[:, k][:, None]
            bounds = None
            if FAMILIES[family].has_cuts:
                far = np.full((draws, 1), FAR)
                cuts = np.hstack([-far, measurement.grade_cuts(frame, unknowns, k), far])
                bounds = cuts[:, [int(value)]], cuts[:, [int(value) + 1]]
            total += FAMILIES[family].log_density(value, mean, error, numpy_ops, bounds)
        for name, level_name in self.factors:
            node = posterior.model.spec.factors[name]
            edges = (-math.inf, *node.levels, math.inf)
            place = LEVEL_NAMES.index(level_name)
            level = futures.level(frame.structure.factors.index(name), t, t)[:, 0]
            total[(level <= edges[place]) | (level > edges[place + 1])] = -np.inf
        return total


def observation_of(posterior: Posterior, observed: Mapping[str, float | str], month: MonthLike) -> Observation:
    """Read what a user supposes to learn.

    Parameters
    ----------
    observed : mapping of indicator or factor to value
        A number for an indicator, a grade for an ordinal one, a level name for a factor.
    month : str, Month or date

    Raises
    ------
    QueryError
        For an unknown name, a value outside the family's range, a month outside the model's, or a figure that is
        evidence already.
    """
    spec, window = posterior.model.spec, horizon_window(posterior)
    at = month_of(month, "month")
    if not window.first <= at <= window.last:
        raise QueryError(f"month {at} is outside {window.first} to {window.last}, the months that this fit holds")
    if not a_table(observed, "observed"):
        raise QueryError("nothing is observed; name an indicator or factor and its value")
    indicators, factors = [], []
    for name, value in observed.items():
        if name_of(name, "observed") in spec.factors:
            if not isinstance(value, str) or value not in LEVEL_NAMES:
                raise QueryError(
                    f"{name}: a factor is never seen as a number; learn one of {', '.join(map(repr, LEVEL_NAMES))}, "
                    "or the value of an indicator of it"
                )
            factors.append((name, str(value)))
            continue
        if name not in spec.indicators:
            raise QueryError(
                f"{quoted(name)} is neither an indicator nor a factor; {did_you_mean(name, [*spec.indicators, *spec.factors])}"
            )
        number = _checked(posterior, name, value)
        _refuse_known(posterior, name, at, number)
        indicators.append((name, number))
    return Observation(window.index(at), tuple(indicators), tuple(factors))


def _refuse_known(posterior: Posterior, name: str, month: Month, value: float) -> None:
    """Refuse to learn again what a row of evidence says; another figure for its month is a second report."""
    k = posterior.frame.coords["indicator"].index(name)
    for row in posterior.model.evidence:
        figure = published_months(posterior.frame, [row], posterior.as_of).get(k, {}).get(month)
        if figure is not None and figure.value == value:
            raise QueryError(
                f"{name} of {month} is known already, from evidence row {row.id!r}; nothing is learnt twice"
            )


def _checked(posterior: Posterior, name: str, value: float | str) -> float:
    item = posterior.model.spec.indicators[name]
    if item.family == "ordinal":
        if not isinstance(value, str) or value not in item.grades:
            raise QueryError(f"{name}: {quoted(value)} is not a grade; {did_you_mean(str(value), item.grades)}")
        return float(item.grades.index(str(value)))
    if isinstance(value, bool) or not isinstance(value, Real):
        raise QueryError(f"{name}: {quoted(value)} is not a number; write it without quotes")
    number = float(value) if abs(value) < 1e300 else math.copysign(math.inf, value)
    if fault := FAMILIES[item.family].fault(number):
        raise QueryError(f"{name}: {fault}")
    return number


def pareto_k(log_weight: Array) -> float:
    """Return the Pareto shape of the largest importance weights; infinite where it cannot be told."""
    from arviz_stats.base import array_stats  # type: ignore[attr-defined]

    finite = np.sort(log_weight[np.isfinite(log_weight)])
    if len(finite) < 25:
        return math.inf
    # Many draws that tie for the largest weight bound it: there is no tail to fear, and none to fit.
    if finite[-1] - finite[-max(len(finite) // 50, 5)] < 1e-12:
        return -math.inf
    # ArviZ takes log likelihoods to leave out, so weights enter with their sign turned.
    # It also smooths them, which overflows where the shape is absurd; the smoothed ones are not used.
    with np.errstate(over="ignore"):
        shape = float(array_stats.psislw(-finite)[1])
    return math.inf if math.isnan(shape) else shape
