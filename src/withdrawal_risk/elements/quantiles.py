"""Numbers elicited by their 5th and 95th percentiles."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, Final, Literal, Self

from pydantic import Discriminator, Field, GetJsonSchemaHandler, Tag, model_validator
from pydantic_core import CoreSchema

from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.base import Frozen, Number, refuse
from withdrawal_risk.elements.elicitation import (
    WEIGHT_WORDS,
    Z90,
    lognormal_from_quantiles,
    lognormal_mean,
    normal_from_quantiles,
)

__all__ = [
    "Positive",
    "PositiveOrNumber",
    "Quantiles",
    "Ratio",
    "Share",
    "ShareOrNumber",
    "Weight",
    "off_scale",
    "on_scale",
    "prior_mean",
]

_SHAPE: Final = "{p5: ..., p95: ...}"

_NODES: Final = 40
"""Of the quadrature of a share's mean, which is then exact to ten digits and more."""


class Quantiles(Frozen):
    """A number elicited by its 5th and 95th percentile."""

    scale: ClassVar[Literal["plain", "log", "log_odds", "log_log"]] = "plain"
    """What is normal: the number, its logarithm, its log odds, or the logarithm of its
    logarithm."""

    p5: Number
    """5th percentile, in the unit of the number."""

    p95: Number
    """95th percentile, above ``p5``."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.p5 < self.p95:
            raise refuse(
                "quantiles are out of order: p5 {p5} is not below p95 {p95}; "
                "write the smaller first",
                p5=f"{self.p5:g}",
                p95=f"{self.p95:g}",
            )
        return self

    @property
    def normal(self) -> tuple[float, float]:
        """Mean and sd of the normal distribution through the two percentiles."""
        return normal_from_quantiles(self.p5, self.p95)

    @property
    def law(self) -> tuple[float, float]:
        """Mean and sd of what is normal."""
        return normal_from_quantiles(on_scale(self.p5, self.scale), on_scale(self.p95, self.scale))

    def with_law(self, mu: float, sigma: float) -> Self:
        """Return a range of the same kind that has a `law`."""
        low, high = (off_scale(mu + side * Z90 * sigma, self.scale) for side in (-1, 1))
        # A copy is not validated: what is computed may be wider than what a file may say.
        return self.model_copy(update={"p5": low, "p95": high})

    def moved(self, shift: float = 0.0, spread: float = 1.0) -> Self:
        """Return the range with its centre moved by so many of its sd, and its sd multiplied."""
        mu, sigma = self.law
        return self.with_law(mu + shift * sigma, spread * sigma)


class Positive(Quantiles):
    """A positive number elicited by its 5th and 95th percentile."""

    scale = "log"

    @model_validator(mode="after")
    def _above(self) -> Self:
        if self.p5 <= 0:
            raise refuse("p5 is {p5}; it must be above 0", p5=f"{self.p5:g}")
        # Such a range is a slip of the unit, and would let draws overflow.
        if self.p95 > 1e6 * self.p5:
            raise refuse(
                "{p5} to {p95} spans more than a millionfold; narrow it",
                p5=f"{self.p5:g}",
                p95=f"{self.p95:g}",
            )
        return self

    @property
    def lognormal(self) -> tuple[float, float]:
        """Log-mean and log-sd of the lognormal distribution through the two percentiles."""
        return lognormal_from_quantiles(self.p5, self.p95)

    @property
    def mean(self) -> float:
        """Mean of that distribution."""
        return lognormal_mean(self.p5, self.p95)


class Ratio(Quantiles):
    """A ratio per level, above 1; the polarity of the indicator gives the direction."""

    scale = "log_log"

    @model_validator(mode="after")
    def _above(self) -> Self:
        if self.p5 <= 1:
            raise refuse(
                "p5 is {p5}; a ratio per level must be above 1 (use polarity for the direction)",
                p5=f"{self.p5:g}",
            )
        return self


class Share(Quantiles):
    """A share strictly between 0 and 1."""

    scale = "log_odds"

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if self.p5 <= 0 or self.p95 >= 1:
            raise refuse(
                "{p5} to {p95} reaches outside (0, 1); write a share, not a percentage",
                p5=f"{self.p5:g}",
                p95=f"{self.p95:g}",
            )
        return self

    @property
    def log_odds(self) -> tuple[float, float]:
        """Mean and sd of the log odds, which are normal."""
        return normal_from_quantiles(*(math.log(p / (1 - p)) for p in (self.p5, self.p95)))

    @property
    def mean(self) -> float:
        """Mean of that distribution, by quadrature."""
        import numpy as np

        mu, sigma = self.log_odds
        node, weight = _quadrature()
        return float(weight @ (1 / (1 + np.exp(-mu - sigma * node))))


@cache
def _quadrature() -> tuple[Any, Any]:
    """Return nodes and weights that average over a standard normal."""
    import numpy as np

    node, weight = np.polynomial.hermite_e.hermegauss(_NODES)
    return node, weight / weight.sum()


def on_scale(value: float, scale: str) -> float:
    """Return a number on the scale on which it is normal; the inverse of `off_scale`."""
    if scale == "log_odds":
        return math.log(value) - math.log1p(-value)
    logs = {"plain": 0, "log": 1, "log_log": 2}[scale]
    for _ in range(logs):
        value = math.log(value)
    return value


def off_scale(value: float, scale: str) -> float:
    """Return the number that lies there on the scale on which it is normal."""
    if scale == "log_odds":
        return 1 / (1 + math.exp(-value))
    logs = {"plain": 0, "log": 1, "log_log": 2}[scale]
    for _ in range(logs):
        value = math.exp(value)
    return value


def _form(value: object) -> str:
    return "range" if isinstance(value, (Mapping, Quantiles)) else "number"


PositiveOrNumber = Annotated[
    Annotated[Positive, Tag("range")] | Annotated[Annotated[Number, Field(gt=0)], Tag("number")],
    Discriminator(_form),
]
"""A positive number that is known, or elicited by two percentiles."""

ShareOrNumber = Annotated[
    Annotated[Share, Tag("range")] | Annotated[Annotated[Number, Field(gt=0, lt=1)], Tag("number")],
    Discriminator(_form),
]
"""A share that is known, or elicited by two percentiles."""


def prior_mean(value: float | Positive | Share) -> float:
    """Return the mean of what is elicited, or the number that is known."""
    return value.mean if isinstance(value, (Positive, Share)) else value


class Weight(Frozen):
    """A signed long-run effect, by a word (``+strong``) or by two percentiles of one sign."""

    sign: Literal[-1, 1]
    """Asserted by the file."""

    size: Positive
    """Standard deviations of the child per standard deviation of the parent."""

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if isinstance(value, str):
            return cls._of_word(value)
        if isinstance(value, Mapping) and "sign" not in value:
            # Two percentiles of one sign: the sign is taken off, and the larger size may come
            # first.
            spread = Quantiles.model_validate(value)
            if spread.p5 <= 0 <= spread.p95:
                raise refuse(
                    "the sign is missing: {p5} to {p95} holds both signs; an edge asserts one",
                    p5=f"{spread.p5:g}",
                    p95=f"{spread.p95:g}",
                )
            ends = sorted((abs(spread.p5), abs(spread.p95)))
            return {"sign": 1 if spread.p5 > 0 else -1, "size": {"p5": ends[0], "p95": ends[1]}}
        # What has a sign is in the form of the fields already, as a weight that pydantic wrote is.
        if isinstance(value, (Weight, Mapping)):
            return value
        raise _not_a_weight(value)

    @classmethod
    def _of_word(cls, value: str) -> dict[str, Any]:
        if value in WEIGHT_WORDS:
            raise refuse(
                "the sign is missing from {value}; write +{word} or -{word}",
                value=quoted(value),
                word=value,
            )
        # A sign and a word.
        if value[:1] not in "+-" or value[1:] not in WEIGHT_WORDS:
            raise _not_a_weight(value)
        low, high = WEIGHT_WORDS[value[1:]]
        return {"sign": 1 if value[0] == "+" else -1, "size": {"p5": low, "p95": high}}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        # Editors check what people write, not the sign and size that it is read into.
        return {
            "anyOf": [
                {"type": "string", "enum": [sign + word for word in WEIGHT_WORDS for sign in "+-"]},
                handler(Quantiles.__pydantic_core_schema__),
            ]
        }

    @property
    def mean(self) -> float:
        """Prior mean, with its sign."""
        return self.sign * self.size.mean


def _not_a_weight(value: object) -> Exception:
    return refuse(
        "{value} is not a weight; write + or - and one of {words}, or {shape}",
        value=quoted(value),
        words=", ".join(WEIGHT_WORDS),
        shape=_SHAPE,
    )
