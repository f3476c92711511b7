"""An ordered category, ordered probit."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.base import Number, TextLike, refuse
from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.elements.quantiles import Positive
from withdrawal_risk.errors import did_you_mean
from withdrawal_risk.families.base import Array, Compiled, Distribution, Family, scores_between
from withdrawal_risk.language.base import Language

__all__ = ["Ordinal", "OrdinalIndicator"]


class OrdinalIndicator(IndicatorBase):
    """An ordered category, with unit noise on the scale of its cut points."""

    family: Literal["ordinal"]
    """One of several categories in order."""

    categories: Annotated[tuple[TextLike, ...], Field(min_length=2)]
    """Names from lowest to highest; evidence rows and bounds give one of them in English."""

    at_reference: tuple[Annotated[Number, Field(gt=0, lt=1)], ...]
    """Probability of each category at level 0."""

    change_per_level: Positive
    """Shift per +1 level, in standard deviations of the noise."""

    uncertainty: Annotated[Number, Field(gt=0)] = 0.4
    """Prior sd of the first cut point and of the log-gaps between cut points."""

    @model_validator(mode="after")
    def _probabilities(self) -> Self:
        total = sum(self.at_reference)
        if len(self.at_reference) != len(self.categories) or abs(total - 1) > 1e-6:
            raise refuse(
                "at_reference gives {n} probabilities that sum to {total}; "
                "give one for each of the {count} categories, summing to 1",
                n=str(len(self.at_reference)),
                total=f"{total:g}",
                count=str(len(self.categories)),
            )
        if len(set(self.names)) != len(self.names):
            raise refuse("categories {categories} repeat a name", categories=quoted([*self.names]))
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the categories in English, by which the file speaks of them."""
        return tuple(category.en for category in self.categories)


def _log_interval(low: Any, high: Any, xp: Any) -> Any:
    """Log of Phi(high) - Phi(low), computed in the tail where it is accurate."""
    # Near 1 two probabilities cannot be told apart, near 0 they can: the interval is mirrored into
    # the lower tail.
    flip = low + high > 0
    a, b = xp.where(flip, -high, low), xp.where(flip, -low, high)
    # The difference of two probabilities from their logarithms.
    upper, lower = xp.log_ndtr(b), xp.log_ndtr(a)
    return upper + xp.log1p(-xp.exp(xp.minimum(lower - upper, -1e-15)))


class Ordinal(Family[OrdinalIndicator]):
    """One of several categories, by position; ``error`` is the scale of the probit noise."""

    name = "ordinal"
    indicator = OrdinalIndicator
    has_error = False
    whole = True
    has_categories = True
    axis = "categories"
    elicited: ClassVar[Mapping[str, str]] = {"loading": "change_per_level"}

    def reference_prior(self, item: OrdinalIndicator) -> tuple[float, float]:
        """Return the distance from the first cut point that gives its elicited probability."""
        # The first cut point is 0 by convention, so the predictor carries its position.
        return -NormalDist().inv_cdf(item.at_reference[0]), item.uncertainty

    def loading_prior(self, item: OrdinalIndicator) -> tuple[float, float]:
        """Return the elicited shift as a lognormal distribution."""
        return item.change_per_level.lognormal

    def categories(self, item: OrdinalIndicator) -> tuple[str, ...]:
        """Return the names of the categories."""
        return item.names

    def gap_priors(self, item: OrdinalIndicator) -> list[tuple[float, float]]:
        """Return the gaps between the cut points that give the elicited probabilities."""
        count = len(item.categories) - 1
        # Cut points from the cumulative probabilities, whose gaps are positive by construction.
        cuts = [NormalDist().inv_cdf(sum(item.at_reference[: k + 1])) for k in range(count)]
        return [(math.log(b - a), item.uncertainty) for a, b in itertools.pairwise(cuts)]

    def inverse_link(self, eta: Any, xp: Any) -> Any:
        """Return the predictor, on whose scale the cut points lie."""
        return eta

    def log_density(self, value: Any, law: Distribution, xp: Any) -> Any:
        """Return the log probability between the cut points around the category."""
        low, high = law.bounds
        return _log_interval((low - law.mean) / law.error, (high - law.mean) / law.error, xp)

    def compiled(self) -> Compiled:
        """Return link and density with their derivatives, for machine code."""
        from withdrawal_risk.families.special import identity, log_ndtr

        half_log_2pi = 0.5 * math.log(2 * math.pi)

        def density(
            value: float, mean: float, error: float, low: float, high: float
        ) -> tuple[float, float, float, float, float]:
            below, above = (low - mean) / error, (high - mean) / error
            # Mirrored into the lower tail, as in the form for arrays.
            if below + above > 0.0:
                upper, lower = log_ndtr(-below), log_ndtr(-above)
            else:
                upper, lower = log_ndtr(above), log_ndtr(below)
            log_density = upper + math.log1p(-math.exp(min(lower - upper, -1e-15)))
            # Densities at the ends as a part of the probability between them.
            d_below = -math.exp(-0.5 * below * below - half_log_2pi - log_density)
            d_above = math.exp(-0.5 * above * above - half_log_2pi - log_density)
            d_mean = -(d_below + d_above) / error
            d_error = -(below * d_below + above * d_above) / error
            return log_density, d_mean, d_error, d_below / error, d_above / error

        return Compiled(identity, density)

    def noise_given(
        self, value: float, law: Distribution, shape: tuple[int, ...], rng: np.random.Generator
    ) -> tuple[Array, ...]:
        """Draw scores that end between the cut points around the category."""
        # Distances from the predictor to the cut points, in units of the noise.
        inner = [(law.cuts[..., c] - law.mean) / law.error for c in range(law.cuts.shape[-1])]
        edges = [-math.inf, *inner, math.inf]
        return (scores_between(edges[int(value)], edges[int(value) + 1], shape, rng),)

    def realise(
        self, law: Distribution, noise: tuple[Array, ...], where: NDArray[np.bool_] | None = None
    ) -> Array:
        """Return how many cut points are passed."""
        # The latent score decides the category by the number of cut points below it.
        score = law.mean + law.error * noise[0]
        return np.asarray((score[..., None] > law.cuts).sum(axis=-1), dtype=float)

    def parse(self, item: OrdinalIndicator, value: object) -> float:
        """Return the position of a category."""
        if not isinstance(value, str) or value not in item.names:
            valid = did_you_mean(str(value), item.names)
            raise ValueError(f"{quoted(value)} is not a category; {valid}")
        return float(item.names.index(value))

    def parse_bound(self, item: OrdinalIndicator, bound: float | str) -> float:
        """Return the position of a category."""
        return self.parse(item, bound)

    def statistic_fault(self, statistic: str) -> str | None:
        """Refuse what adds categories up."""
        if statistic in ("total", "mean"):
            return "has categories, which are ordered and cannot be added; use min, max or last"
        return None

    def in_words(self, value: float, item: OrdinalIndicator, words: Language) -> str:
        """Return the name of the category."""
        return item.categories[int(value)][words.code]
