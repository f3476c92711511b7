"""A yes or no, Bernoulli with a logit link."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.elements.quantiles import Ratio, Share
from withdrawal_risk.families.base import (
    Array,
    Compiled,
    Distribution,
    log_odds,
    log_odds_quantiles,
    ratio_prior,
    scores_between,
)
from withdrawal_risk.families.yes_or_no import YesOrNo

__all__ = ["Binary", "BinaryIndicator"]


class BinaryIndicator(IndicatorBase):
    """A yes or no, drawn anew each month."""

    family: Literal["binary"]
    """A yes or no."""

    at_reference: Share
    """Probability of yes at level 0."""

    odds_ratio_per_level: Ratio
    """Factor by which the odds of yes change per +1 level."""


class Binary(YesOrNo[BinaryIndicator]):
    """No (0) or yes (1); ``error`` divides the log-odds."""

    name = "binary"
    indicator = BinaryIndicator
    elicited: ClassVar[Mapping[str, str]] = {
        "reference": "at_reference",
        "loading": "odds_ratio_per_level",
    }

    def reference_prior(self, item: BinaryIndicator) -> tuple[float, float]:
        """Return the log-odds of the elicited probability as a normal distribution."""
        return log_odds_quantiles(item.at_reference)

    def loading_prior(self, item: BinaryIndicator) -> tuple[float, float]:
        """Return the logarithm of the elicited odds ratio as a lognormal distribution."""
        return ratio_prior(item.odds_ratio_per_level)

    def inverse_link(self, eta: Any, xp: Any) -> Any:
        """Return the probability of yes."""
        return 1.0 / (1.0 + xp.exp(-eta))

    def log_density(self, value: Any, law: Distribution, xp: Any) -> Any:
        """Return the log probability of what was observed."""
        # A row of grade B or C is less reliable, which draws its odds towards 1.
        odds = log_odds(law.mean, xp) / law.error
        return -xp.log1p(xp.exp(xp.where(value > 0.5, -odds, odds)))

    def compiled(self) -> Compiled:
        """Return link and density with their derivatives, for machine code."""
        from withdrawal_risk.families.special import log_odds_rate, logistic

        def density(
            value: float, mean: float, error: float, low: float, high: float
        ) -> tuple[float, float, float, float, float]:
            odds, rate = log_odds_rate(mean)
            sign = 1.0 if value > 0.5 else -1.0
            against = math.exp(-sign * odds / error)
            slope = sign * against / (1.0 + against)
            d_error = -slope * odds / (error * error)
            return -math.log1p(against), slope * rate / error, d_error, 0.0, 0.0

        return Compiled(logistic, density)

    def noise_given(
        self, value: float, law: Distribution, shape: tuple[int, ...], rng: np.random.Generator
    ) -> tuple[Array, ...]:
        """Draw scores on the side of what was observed."""
        from scipy.special import ndtri

        # The score above which the answer is yes.
        threshold = -ndtri(1 / (1 + np.exp(-log_odds(law.mean, np) / law.error)))
        # All scores on the side of the answer are possible.
        low, high = (threshold, math.inf) if value > 0.5 else (-math.inf, threshold)
        return (scores_between(low, high, shape, rng),)

    def realise(
        self, law: Distribution, noise: tuple[Array, ...], where: NDArray[np.bool_] | None = None
    ) -> Array:
        """Return yes where the score is high enough for its probability."""
        from scipy.special import ndtr

        odds = log_odds(law.mean, np) / law.error
        return (ndtr(-noise[0]) < 1 / (1 + np.exp(-odds))).astype(float)
