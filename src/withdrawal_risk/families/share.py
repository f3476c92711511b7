"""A share strictly between 0 and 1, logit-normal."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.elements.quantiles import Positive, Ratio, Share
from withdrawal_risk.families.base import (
    Array,
    Compiled,
    Distribution,
    Located,
    additive_log_density,
    log_odds,
    log_odds_quantiles,
    ratio_prior,
)
from withdrawal_risk.language.base import Language
from withdrawal_risk.language.numbers import percent

__all__ = ["LogitNormal", "ShareIndicator"]

_PERCENT: Final = re.compile(r"([-+]?\d+(?:[.,]\d+)?)\s*[%٪]")


class ShareIndicator(IndicatorBase):
    """A share strictly between 0 and 1."""

    family: Literal["share"]
    """A share strictly between 0 and 1."""

    at_reference: Share
    """Expected share at level 0."""

    odds_ratio_per_level: Ratio
    """Factor by which its odds change per +1 level."""

    error: Positive
    """Standard deviation of its log-odds."""

    error_over_span: Literal["independent", "shared"] = "shared"
    """Whether the months of a row over several have errors of their own, so that its error falls
    with their number, or all the same one. A stated ``se`` is the row's own and never divided."""

    tail: Literal["normal", "student_t"] = "normal"
    """``student_t`` for a series that jumps by itself (4 degrees of freedom, the stated sd)."""


class LogitNormal(Located[ShareIndicator]):
    """A share; ``error`` is the standard deviation of its log-odds."""

    name = "share"
    indicator = ShareIndicator
    mask_value = 0.5
    range_edges = (0.0, 1.0)
    support = (0.0, 1.0)
    elicited: ClassVar[Mapping[str, str]] = {
        "reference": "at_reference",
        "loading": "odds_ratio_per_level",
        "error": "error",
    }

    def reference_prior(self, item: ShareIndicator) -> tuple[float, float]:
        """Return the log-odds of the elicited share as a normal distribution."""
        return log_odds_quantiles(item.at_reference)

    def loading_prior(self, item: ShareIndicator) -> tuple[float, float]:
        """Return the logarithm of the elicited odds ratio as a lognormal distribution."""
        return ratio_prior(item.odds_ratio_per_level)

    def inverse_link(self, eta: Any, xp: Any) -> Any:
        """Return the share whose log-odds are the predictor."""
        return 1.0 / (1.0 + xp.exp(-eta))

    def log_density(self, value: Any, law: Distribution, xp: Any) -> Any:
        """Return the log density of a logit-normal distribution with median ``mean``."""
        # The density of the log-odds, times the derivative of the transformation.
        odds = xp.log(value / (1 - value))
        at_odds = additive_log_density(odds, log_odds(law.mean, xp), law, xp)
        return at_odds - xp.log(value * (1 - value))

    def compiled(self) -> Compiled:
        """Return link and density with their derivatives, for machine code."""
        from withdrawal_risk.families.special import additive_density, log_odds_rate, logistic

        def density(
            value: float, mean: float, error: float, low: float, high: float
        ) -> tuple[float, float, float, float, float]:
            odds, rate = log_odds_rate(mean)
            score = (math.log(value / (1.0 - value)) - odds) / error
            log_density, fall, d_error = additive_density(score, error, high)
            log_density -= math.log(value * (1.0 - value))
            return log_density, fall / error * rate, d_error, 0.0, 0.0

        return Compiled(logistic, density)

    def realise(
        self, law: Distribution, noise: tuple[Array, ...], where: NDArray[np.bool_] | None = None
    ) -> Array:
        """Return the share whose log-odds are moved by so many errors."""
        return np.asarray(1 / (1 + np.exp(-log_odds(law.mean, np) - law.error * noise[0])))

    def reading_hint(self, text: str) -> str | None:
        """Turn a percentage into a share."""
        if (percentage := _PERCENT.fullmatch(text)) is None:
            return None
        # A decimal comma is as common as a point in tables from Iraq.
        part = float(percentage[1].replace(",", ".")) / 100
        return f"write the share, {part:.10g}" if 0 < part < 1 else "a share lies between 0 and 1"

    def slip(self, value: float) -> str | None:
        """Recognise a percentage without its sign."""
        if not 1 < value <= 100:
            return None
        share = f"{value / 100:.10g}"
        return f"{value:.10g} is outside (0, 1); write a share, not a percentage: {share}"

    def stated_error(self, value: float, se: float) -> float:
        """Return the error of the log-odds."""
        return se / (value * (1 - value))

    def link_scale(self, value: Any) -> Any:
        """Return log-odds."""
        # Draws may round to 0 or 1, where log-odds are infinite.
        inside = np.clip(value, 1e-12, 1 - 1e-12)
        return np.log(inside / (1 - inside))

    def in_words(self, value: float, item: ShareIndicator, words: Language) -> str:
        """Write a share in per cent, with the digits it was given."""
        if 0 < value < 1:
            return words.percent.format(number=f"{100 * value:.10g}")
        return percent(value, words.code)

    def unit_in_words(self, item: ShareIndicator, words: Language) -> str:
        """Return nothing: per cent is part of the number."""
        return ""

    def bound_in_words(self, bound: float, item: ShareIndicator, words: Language) -> str:
        """Write a bound in per cent."""
        return percent(bound, words.code, decimals=1)

    def additive_scale(self, value: Any) -> Any:
        """Return log-odds, nearer to 0 and 1 than `link_scale` does."""
        return log_odds(value, np)

    def value_fault(self, value: float, threshold: bool) -> str | None:
        """Say why a finite number cannot be shown."""
        if 0 < value < 1:
            return None
        return f"{value:.10g} is outside (0, 1); write a share, not a percentage"
