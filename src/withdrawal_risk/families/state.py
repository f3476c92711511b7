"""A yes or no that lasts: a chain of two states whose rates follow the level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Discriminator, Field, Tag

from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.base import Number, refuse
from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.elements.quantiles import Ratio, Share
from withdrawal_risk.families.base import Array, Distribution, log_odds_quantiles, ratio_prior
from withdrawal_risk.families.yes_or_no import YesOrNo

__all__ = ["NEVER", "State", "StateIndicator", "luck_given", "rates"]


NEVER: Final = -600.0
"""Log-odds that stand for a probability of 0 and leave gradients finite."""


def _form(value: object) -> str:
    return "range" if isinstance(value, (Mapping, Share)) else "plain"


def _never(value: object) -> object:
    if value != 0:
        raise refuse(
            "{value} is not valid here; it must be at most 0 (never), or a range with p5 and p95",
            value=quoted(value),
        )
    return value


def _known(value: object) -> object:
    if value not in ("yes", "no"):
        raise refuse(
            "{value} is not valid here; write yes, no, or a range with p5 and p95",
            value=quoted(value),
        )
    return value


Leaves = Annotated[
    Annotated[Share, Tag("range")]
    | Annotated[Number, BeforeValidator(_never), Field(ge=0, le=0), Tag("plain")],
    Discriminator(_form),
]
Start = Annotated[
    Annotated[Share, Tag("range")]
    | Annotated[Literal["yes", "no"], BeforeValidator(_known), Tag("plain")],
    Discriminator(_form),
]


class StateIndicator(IndicatorBase):
    """A yes or no that lasts, such as a waiver in force or a city lost."""

    family: Literal["state"]
    """A yes or no that lasts."""

    enters: Share
    """Probability a month, at level 0, of turning to yes."""

    leaves: Leaves
    """Probability a month, at level 0, of turning to no; 0 where a yes is for good."""

    odds_ratio_per_level: Ratio
    """Factor by which the odds of entering rise, and those of leaving fall, per +1 level. At rest
    the odds of yes then move with about its square."""

    start: Start | None = None
    """The month before the first: yes, no, or a range of the probability of yes. Default: at rest
    at the first month's level; no where ``leaves`` is 0."""


class State(YesOrNo[StateIndicator]):
    """No (0) or yes (1) that lasts; looks are exact.

    The link gives the probability of entering. Density, noise and values are those of one look
    given the probability of yes in its month.
    """

    name = "state"
    elicited: ClassVar[Mapping[str, str]] = {
        "reference": "enters",
        "loading": "odds_ratio_per_level",
        "leaving": "leaves",
        "state_start": "start",
    }
    indicator = StateIndicator
    has_memory = True

    def reference_prior(self, item: StateIndicator) -> tuple[float, float]:
        """Return the log-odds of entering as a normal distribution."""
        return log_odds_quantiles(item.enters)

    def loading_prior(self, item: StateIndicator) -> tuple[float, float]:
        """Return the logarithm of the elicited odds ratio as a lognormal distribution."""
        return ratio_prior(item.odds_ratio_per_level)

    def leaving_prior(self, item: StateIndicator) -> tuple[float, float] | None:
        """Return the log-odds of leaving as a normal distribution."""
        return item.leaves.log_odds if isinstance(item.leaves, Share) else None

    def start_prior(self, item: StateIndicator) -> tuple[float, float] | None:
        """Return the log-odds of yes before the first month as a normal distribution."""
        return item.start.log_odds if isinstance(item.start, Share) else None

    def known_start(self, item: StateIndicator) -> float | None:
        """Return the probability of yes before the first month."""
        if item.start is None:
            # Nothing is at rest where a yes is for good.
            return None if isinstance(item.leaves, Share) else 0.0
        return {"yes": 1.0, "no": 0.0}.get(str(item.start))

    def inverse_link(self, eta: Any, xp: Any) -> Any:
        """Return the probability of entering."""
        return 1.0 / (1.0 + xp.exp(-eta))

    def log_density(self, value: Any, law: Distribution, xp: Any) -> Any:
        """Return the log probability of what was seen."""
        return xp.log(xp.where(value > 0.5, law.mean, 1.0 - law.mean))

    def noise(
        self, error: Array, shape: tuple[int, ...], rng: np.random.Generator
    ) -> tuple[Array, ...]:
        """Draw one uniform number a month."""
        return (rng.random(shape),)

    def noise_given(
        self, value: float, law: Distribution, shape: tuple[int, ...], rng: np.random.Generator
    ) -> tuple[Array, ...]:
        """Draw uniform numbers on the side of what was seen."""
        return (luck_given(value > 0.5, law.mean, rng.random(shape)),)

    def realise(
        self, law: Distribution, noise: tuple[Array, ...], where: NDArray[np.bool_] | None = None
    ) -> Array:
        """Return yes where the uniform number is below its probability."""
        return np.asarray((noise[0] < law.mean).astype(float))


def luck_given(yes: Any, probability: Any, uniform: Array) -> Array:
    """Return uniform numbers that lie below a probability where the answer is yes, else above.

    Parameters
    ----------
    yes : ndarray of bool
    probability : ndarray
        Of yes.
    uniform : ndarray
        Between 0 and 1, without 1.
    """
    # A product with a number near 1 may round to the probability itself.
    below = probability * (uniform * (1.0 - 2.0**-40))
    return np.where(yes, below, probability + (1.0 - probability) * uniform)


def rates(entering: Any, leaving: Any, shift: Any, xp: Any) -> tuple[Any, Any]:
    """Return the probabilities a month of entering and of leaving.

    Parameters
    ----------
    entering, leaving : array
        Log-odds at level 0; `NEVER` where a yes is for good.
    shift : array
        Of the log-odds of entering: polarity times log odds ratio times level.
    """
    return 1.0 / (1.0 + xp.exp(-entering - shift)), 1.0 / (1.0 + xp.exp(shift - leaving))
