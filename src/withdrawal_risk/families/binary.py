"""A yes or no, Bernoulli with a logit link."""

from __future__ import annotations

import math
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.elements.quantiles import Ratio, Share
from withdrawal_risk.families.base import (
    Array,
    Compiled,
    Distribution,
    Family,
    log_odds,
    log_odds_quantiles,
    ratio_prior,
    scores_between,
)
from withdrawal_risk.language.base import Language

__all__ = ["Binary", "BinaryIndicator"]

_WRITTEN: Final = {"yes": 1, "true": 1, "no": 0, "false": 0}
"""What people write for 0 and 1."""


class BinaryIndicator(IndicatorBase):
    """A yes or no, drawn anew each month."""

    family: Literal["binary"]
    """A yes or no."""

    at_reference: Share
    """Probability of yes at level 0."""

    odds_ratio_per_level: Ratio
    """Factor by which the odds of yes change per +1 level."""


class Binary(Family[BinaryIndicator]):
    """No (0) or yes (1); ``error`` divides the log-odds."""

    name = "binary"
    indicator = BinaryIndicator
    has_error = False
    whole = True
    axis = "probability"
    support = (0.0, 1.0)

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

    def reading_hint(self, text: str) -> str | None:
        """Turn a yes or no into a number."""
        return f"write {_WRITTEN[text.lower()]}" if text.lower() in _WRITTEN else None

    def in_words(self, value: float, item: BinaryIndicator, words: Language) -> str:
        """Return yes or no."""
        return words.names["yes" if value > 0.5 else "no"]

    def answer_in_words(self, *, at_least: bool, words: Language) -> str:
        """Return yes for a lower bound, no for an upper one."""
        return words.names["yes" if at_least else "no"]

    def value_fault(self, value: float, threshold: bool) -> str | None:
        """Say why a finite number cannot be shown."""
        if threshold and not 0 <= value <= 1:
            return f"{value:.10g} is outside 0 (no) to 1 (yes)"
        if not threshold and value not in (0.0, 1.0):
            return f"{value:.10g} is neither 0 (no) nor 1 (yes)"
        return None
