"""The model file as frozen data: one class for each kind of element an analyst may write."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    Tag,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from withdrawal_risk.characters import quoted
from withdrawal_risk.model.elicitation import (
    FARTHEST,
    STANDARD_CUTS,
    WEIGHT_WORDS,
    lognormal_from_quantiles,
    lognormal_mean,
    no_level,
    normal_from_quantiles,
)
from withdrawal_risk.model.timeline import Month

__all__ = [
    "All",
    "Any_",
    "BinaryIndicator",
    "Clause",
    "Condition",
    "CountIndicator",
    "Edge",
    "Event",
    "Factor",
    "Indicator",
    "Lever",
    "LognormalIndicator",
    "ModelSpec",
    "NormalIndicator",
    "OrdinalIndicator",
    "Policy",
    "Scenario",
    "SetLevel",
    "ShareIndicator",
    "Text",
    "Weight",
]

SMALLEST_COUNT_ERROR: Final = 1e-6
"""Relative error of a count's rate below which it is Poisson to all digits that matter."""

IDENTIFIER = re.compile(r"^[a-z][a-z0-9_]{0,62}$")
RESERVED = frozenset(
    {"chain", "draw", "sample", "factor", "latent", "month", "step", "edge", "indicator", "evidence", "future"}
    | {"level", "others", "baseline"}
)


def _refuse(message: str, **values: Any) -> PydanticCustomError:
    return PydanticCustomError("value", message, values)


_SPREAD: Final = "{p5: ..., p95: ...}"


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise _refuse("{value} is not a finite number; write an ordinary number", value=str(value))
    return value


def _identifier(value: str) -> str:
    if not IDENTIFIER.fullmatch(value):
        raise _refuse(
            "{value} is not a valid id; use lower-case letters, digits and underscores, beginning "
            "with a letter, at most 63 characters",
            value=quoted(value),
        )
    if value in RESERVED:
        raise _refuse("{value} is reserved for arrays and answers; choose another id", value=quoted(value))
    return value


Number = Annotated[float, Field(strict=True), AfterValidator(_finite)]
Identifier = Annotated[str, AfterValidator(_identifier)]
Sentence = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Frozen(BaseModel):
    """Immutable, and strict about keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Text(Frozen):
    """Words shown to people. A bare string is English alone.

    Parameters
    ----------
    en, ar : str
        English and Arabic; without Arabic the English is shown.
    """

    en: Sentence
    ar: Sentence | None = None

    def __getitem__(self, lang: str) -> str:
        return (self.ar if lang == "ar" else None) or self.en


TextLike = Annotated[
    Text,
    BeforeValidator(
        lambda value: {"en": value} if isinstance(value, str) else value, json_schema_input_type=str | Text
    ),
]
Basis = Annotated[
    tuple[Sentence, ...],
    BeforeValidator(
        lambda value: [value] if isinstance(value, str) else value, json_schema_input_type=str | tuple[str, ...]
    ),
    Field(min_length=1),
]


class Quantiles(Frozen):
    """A number elicited by its 5th and 95th percentile.

    Parameters
    ----------
    p5, p95 : float
        In the unit of the number; ``p5 < p95``.
    """

    p5: Number
    p95: Number

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.p5 < self.p95:
            raise _refuse(
                "quantiles are out of order: p5 {p5} is not below p95 {p95}; write the smaller first",
                p5=f"{self.p5:g}",
                p95=f"{self.p95:g}",
            )
        return self

    @property
    def normal(self) -> tuple[float, float]:
        """Mean and sd of the normal through the two percentiles."""
        return normal_from_quantiles(self.p5, self.p95)


class Positive(Quantiles):
    """A positive number elicited by two percentiles."""

    @model_validator(mode="after")
    def _above(self) -> Self:
        if self.p5 <= 0:
            raise _refuse("p5 is {p5}; it must be above 0", p5=f"{self.p5:g}")
        if self.p95 > 1e6 * self.p5:
            raise _refuse(
                "{p5} to {p95} spans more than a millionfold; narrow it", p5=f"{self.p5:g}", p95=f"{self.p95:g}"
            )
        return self

    @property
    def lognormal(self) -> tuple[float, float]:
        """Log-mean and log-sd of the lognormal through the two percentiles."""
        return lognormal_from_quantiles(self.p5, self.p95)

    @property
    def mean(self) -> float:
        """Mean of that lognormal."""
        return lognormal_mean(self.p5, self.p95)


class Ratio(Quantiles):
    """A ratio per level, above 1: the direction is the polarity's business."""

    @model_validator(mode="after")
    def _above(self) -> Self:
        if self.p5 <= 1:
            raise _refuse(
                "p5 is {p5}; a ratio per level must be above 1 (use polarity for the direction)",
                p5=f"{self.p5:g}",
            )
        return self


class Share(Quantiles):
    """A share strictly between 0 and 1."""

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if self.p5 <= 0 or self.p95 >= 1:
            raise _refuse(
                "{p5} to {p95} reaches outside (0, 1); write a share, not a percentage",
                p5=f"{self.p5:g}",
                p95=f"{self.p95:g}",
            )
        return self


class Weight(Frozen):
    """A signed long-run effect, by a word (``+strong``) or by two percentiles of one sign.

    Parameters
    ----------
    sign : {-1, 1}
        Asserted by the file.
    size : Positive
        Size of the effect, in standard deviations of the child per standard deviation of the parent.
    """

    sign: Literal[-1, 1]
    size: Positive

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        words = ", ".join(WEIGHT_WORDS)
        if isinstance(value, str):
            if value in WEIGHT_WORDS:
                raise _refuse(
                    "the sign is missing from {value}; write +{word} or -{word}",
                    value=quoted(value),
                    word=value,
                )
            if value[:1] not in "+-" or value[1:] not in WEIGHT_WORDS:
                raise _refuse(
                    "{value} is not a weight; write + or - and one of {words}, or {spread}",
                    value=quoted(value),
                    words=words,
                    spread=_SPREAD,
                )
            low, high = WEIGHT_WORDS[value[1:]]
            return {"sign": 1 if value[0] == "+" else -1, "size": {"p5": low, "p95": high}}
        if isinstance(value, Mapping) and "sign" not in value:
            spread = Quantiles.model_validate(value)
            if spread.p5 <= 0 <= spread.p95:
                raise _refuse(
                    "the sign is missing: {p5} to {p95} holds both signs; an edge asserts one",
                    p5=f"{spread.p5:g}",
                    p95=f"{spread.p95:g}",
                )
            ends = sorted((abs(spread.p5), abs(spread.p95)))
            return {"sign": 1 if spread.p5 > 0 else -1, "size": {"p5": ends[0], "p95": ends[1]}}
        if isinstance(value, (Weight, Mapping)):
            return value
        raise _refuse(
            "{value} is not a weight; write + or - and one of {words}, or {spread}",
            value=quoted(value),
            words=words,
            spread=_SPREAD,
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
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


class Lever(Frozen):
    """How far a factor could be moved on purpose, and at what price.

    Parameters
    ----------
    cost : float
        Per standard deviation, in any unit shared by the levers of one file.
    min, max : float
        Bounds of a lasting shift, in standard deviations.
    """

    cost: Annotated[Number, Field(gt=0)]
    min: Number
    max: Number
    why: TextLike

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.min < self.max:
            raise _refuse("min {min} is not below max {max}", min=f"{self.min:g}", max=f"{self.max:g}")
        if max(abs(self.min), abs(self.max)) > FARTHEST:
            raise _refuse("{text}", text=no_level(max(self.min, self.max, key=abs)))
        if not self.min <= 0 <= self.max:
            raise _refuse(
                "{min} to {max} leaves 0 out; a lever may also be left alone, so let the bounds hold 0",
                min=f"{self.min:g}",
                max=f"{self.max:g}",
            )
        return self


def _four_cuts(cuts: tuple[float, ...]) -> tuple[float, ...]:
    if len(cuts) != 4 or any(a >= b for a, b in itertools.pairwise(cuts)):
        raise _refuse("{cuts} are not four ascending cut points; five levels need four", cuts=quoted(list(cuts)))
    if max(map(abs, cuts)) > FARTHEST:
        raise _refuse(
            "{cuts} reach beyond {far} standard deviations, where no level is ever seen",
            cuts=quoted(list(cuts)),
            far=f"{FARTHEST:g}",
        )
    return cuts


Cuts = Annotated[tuple[Number, ...], AfterValidator(_four_cuts)]


class Factor(Frozen):
    """A latent level on the standard scale: 0 its long-run reference, 1 one long-run sd.

    Parameters
    ----------
    role : {"driver", "response", "outcome"}
        What drives, what the government can do about it, what comes of it.
    worse : {"high", "low"}
        Which end is bad for the transition.
    half_life : Positive
        Months until half of a lasting change in its causes has arrived.
    start : Quantiles, optional
        Level in the first month; the stationary distribution where absent.
    baseline : Quantiles, optional
        Long-run level when every parent is at its reference; exactly 0 where absent.
    innovations : {"normal", "student_t"}
        ``student_t`` for factors that jump (4 degrees of freedom, unit variance).
    levels : tuple of float, optional
        Four cut points of the five named levels; the normal quintiles where absent.
    """

    role: Literal["driver", "response", "outcome"]
    label: TextLike
    description: TextLike | None = None
    worse: Literal["high", "low"]
    half_life: Positive
    start: Quantiles | None = None
    baseline: Quantiles | None = None
    innovations: Literal["normal", "student_t"] = "normal"
    levels: Cuts = STANDARD_CUTS
    lever: Lever | None = None
    basis: Basis
    why: TextLike


class Announced(Frozen):
    """A stretch of a policy's path.

    Parameters
    ----------
    from_ : Month
        First month with this value (``from`` in the file); it lasts until the next stretch.
    value : float
        In the policy's own unit.
    published : Month, optional
        When it became known; the month itself where absent. An earlier ``as_of`` does not see it.
    """

    from_: Month = Field(alias="from")
    value: Number
    published: Month | None = None

    @property
    def known(self) -> Month:
        """Month from which an ``as_of`` may see this stretch."""
        return self.published or self.from_


class Policy(Frozen):
    """A factor whose path is given: known so far, planned ahead. It is clamped, as ``do`` clamps.

    Parameters
    ----------
    unit : Text
        Of `reference`, `per_level` and the path's values.
    reference : float
        The value that is level 0.
    per_level : float
        The change in the unit that is +1 level; its sign turns the scale.
    """

    label: TextLike
    description: TextLike | None = None
    worse: Literal["high", "low"]
    unit: TextLike
    reference: Number
    per_level: Number
    levels: Cuts = STANDARD_CUTS
    path: Annotated[tuple[Announced, ...], Field(min_length=1)]
    basis: Basis
    why: TextLike

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.per_level == 0:
            raise _refuse("per_level is 0; write the change in the unit that makes one level")
        return self

    def level(self, value: float) -> float:
        """Return a value of the natural unit on the standard scale."""
        return (value - self.reference) / self.per_level

    def value(self, level: Any) -> Any:
        """Return levels, one or many, in the natural unit."""
        return self.reference + level * self.per_level


class Edge(Frozen):
    """A signed causal effect of one factor on another.

    Parameters
    ----------
    from_, to : str
        Parent (``from`` in the file) and child.
    weight : Weight
        Long-run effect of a lasting +1 in the parent.
    lag : int
        Months before the effect begins.
    """

    from_: str = Field(alias="from")
    to: str
    weight: Weight
    lag: Annotated[int, Field(strict=True, ge=0, le=24)] = 0
    basis: Basis
    why: TextLike

    @property
    def id(self) -> str:
        """Name of the edge in coordinates and tables."""
        return f"{self.from_}->{self.to}"


class EventEffect(Frozen):
    """What an event does to one factor: the level it would come to rest at, were the event to last."""

    factor: str
    size: Quantiles


class Event(Frozen):
    """A dated, known shock.

    Parameters
    ----------
    shape : {"pulse", "window", "step"}
        That month alone, from..to, or from then on.
    published : Month, optional
        When it was known; its first month where absent. An earlier ``as_of`` does not see it.
    """

    label: TextLike
    shape: Literal["pulse", "window", "step"]
    from_: Month = Field(alias="from")
    to: Month | None = None
    published: Month | None = None
    effects: Annotated[tuple[EventEffect, ...], Field(min_length=1)]
    basis: Basis
    why: TextLike

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if (self.shape == "window") != (self.to is not None):
            raise _refuse(
                "a {shape} {verb} an end; 'to' goes with shape: window and only with it",
                shape=self.shape,
                verb="needs" if self.to is None else "has no",
            )
        if self.to is not None and self.to < self.from_:
            raise _refuse("'to' {to} is before 'from' {start}", to=str(self.to), start=str(self.from_))
        return self

    @property
    def known(self) -> Month:
        """Month from which an ``as_of`` may see the event."""
        return self.published or self.from_

    def active(self, month: Month) -> bool:
        """Say whether the event acts in a month."""
        if self.shape == "step":
            return month >= self.from_
        return self.from_ <= month <= (self.to or self.from_)


class IndicatorBase(Frozen):
    """What every family of indicator says of itself.

    Parameters
    ----------
    measures : str
        The one factor it measures.
    polarity : {1, -1}
        ``+`` if it rises with the factor, ``-`` if it falls.
    resolution : Text, optional
        Where an outsider reads the value when a condition on it falls due.
    """

    measures: str
    label: TextLike
    unit: TextLike
    polarity: Annotated[
        Literal[-1, 1],
        BeforeValidator(
            lambda value: {"+": 1, "-": -1}.get(value, value) if isinstance(value, str) else value,
            json_schema_input_type=Literal["+", "-", 1, -1],
        ),
    ]
    resolution: TextLike | None = None
    basis: Basis
    why: TextLike


class NormalIndicator(IndicatorBase):
    """A real number with additive error.

    Parameters
    ----------
    at_reference : Quantiles
        Expected value at level 0.
    change_per_level : Positive
        Size of the change per +1 level.
    error : Positive
        Standard deviation of one observation.
    """

    family: Literal["normal"]
    at_reference: Quantiles
    change_per_level: Positive
    error: Positive


class LognormalIndicator(IndicatorBase):
    """A positive number with proportional error.

    Parameters
    ----------
    at_reference : Positive
        Expected value at level 0.
    ratio_per_level : Ratio
        Factor by which it changes per +1 level.
    error : Positive
        Standard deviation of its logarithm.
    """

    family: Literal["lognormal"]
    at_reference: Positive
    ratio_per_level: Ratio
    error: Positive


def _not_negligible(error: Positive) -> Positive:
    if error.p5 < SMALLEST_COUNT_ERROR:
        raise _refuse(
            "p5 is {p5}; a relative error that small does not matter, and the count is Poisson; write at least {least}",
            p5=f"{error.p5:g}",
            least=f"{SMALLEST_COUNT_ERROR:g}",
        )
    return error


class CountIndicator(IndicatorBase):
    """A monthly count, negative binomial.

    Parameters
    ----------
    at_reference : Positive
        Expected count in a month at level 0.
    ratio_per_level : Ratio
        Factor by which it changes per +1 level.
    error : Positive
        Relative standard deviation of the monthly rate beyond Poisson noise, at least a millionth.
    """

    family: Literal["count"]
    at_reference: Positive
    ratio_per_level: Ratio
    error: Annotated[Positive, AfterValidator(_not_negligible)]


class ShareIndicator(IndicatorBase):
    """A share strictly between 0 and 1, logit-normal.

    Parameters
    ----------
    at_reference : Share
        Expected share at level 0.
    odds_ratio_per_level : Ratio
        Factor by which its odds change per +1 level.
    error : Positive
        Standard deviation of its log-odds.
    """

    family: Literal["share"]
    at_reference: Share
    odds_ratio_per_level: Ratio
    error: Positive


class OrdinalIndicator(IndicatorBase):
    """An ordered grade, ordered probit with unit noise.

    Parameters
    ----------
    grades : tuple of str
        From lowest to highest; evidence rows name one of them.
    at_reference : tuple of float
        Probability of each grade at level 0.
    change_per_level : Positive
        Shift per +1 level, in standard deviations of the noise.
    uncertainty : float
        Prior sd of the first cut point and of the log-gaps between cut points.
    """

    family: Literal["ordinal"]
    grades: Annotated[tuple[Sentence, ...], Field(min_length=2)]
    at_reference: tuple[Annotated[Number, Field(gt=0, lt=1)], ...]
    change_per_level: Positive
    uncertainty: Annotated[Number, Field(gt=0)] = 0.4

    @model_validator(mode="after")
    def _probabilities(self) -> Self:
        if len(self.at_reference) != len(self.grades) or abs(sum(self.at_reference) - 1) > 1e-6:
            raise _refuse(
                "at_reference gives {n} probabilities that sum to {total}; "
                "give one for each of the {grades} grades, summing to 1",
                n=str(len(self.at_reference)),
                total=f"{sum(self.at_reference):g}",
                grades=str(len(self.grades)),
            )
        if len(set(self.grades)) != len(self.grades):
            raise _refuse("grades {grades} repeat a name", grades=quoted(list(self.grades)))
        return self


class BinaryIndicator(IndicatorBase):
    """A yes or no, Bernoulli with a logit link.

    Parameters
    ----------
    at_reference : Share
        Probability of yes at level 0.
    odds_ratio_per_level : Ratio
        Factor by which the odds of yes change per +1 level.
    """

    family: Literal["binary"]
    at_reference: Share
    odds_ratio_per_level: Ratio


Indicator = Annotated[
    NormalIndicator | LognormalIndicator | CountIndicator | ShareIndicator | OrdinalIndicator | BinaryIndicator,
    Field(discriminator="family"),
]


class Clause(Frozen):
    """One test of a condition, on a factor or on a predicted indicator.

    Parameters
    ----------
    factor, indicator : str
        Exactly one of the two.
    statistic : {"mean", "min", "max", "total", "last"}
        Taken over the clause's months.
    last : int, optional
        The last so many months up to the horizon; 1 where neither it nor from/to is given.
    from_, to : Month, optional
        A fixed stretch of months instead of `last`.
    at_least, at_most : float or str
        Exactly one of the two: a number, a level name for a factor, a grade for an ordinal indicator.
    resolution : Text, optional
        Where an outsider reads the answer.
    """

    factor: str | None = None
    indicator: str | None = None
    statistic: Literal["mean", "min", "max", "total", "last"] = "last"
    last: Annotated[int, Field(strict=True, ge=1, le=600)] | None = None
    from_: Month | None = Field(default=None, alias="from")
    to: Month | None = None
    at_least: Number | Sentence | None = None
    at_most: Number | Sentence | None = None
    resolution: TextLike | None = None
    why: TextLike | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.factor is None) == (self.indicator is None):
            raise _refuse("a clause names a factor or an indicator, exactly one of the two")
        if (self.at_least is None) == (self.at_most is None):
            raise _refuse("a clause has at_least or at_most, exactly one of the two")
        if (self.from_ is None) != (self.to is None):
            raise _refuse("'from' and 'to' go together")
        if self.from_ is not None and self.to is not None:
            if self.last is not None:
                raise _refuse("a clause has 'last' or 'from' and 'to', not both")
            if self.to < self.from_:
                raise _refuse("'to' {to} is before 'from' {start}", to=str(self.to), start=str(self.from_))
        return self

    @property
    def subject(self) -> str:
        """The factor or indicator the clause is about."""
        return self.factor or self.indicator or ""

    @property
    def bound(self) -> float | str:
        """The threshold as written."""
        value = self.at_least if self.at_least is not None else self.at_most
        assert value is not None
        return value


def _tree_kind(value: Any) -> str:
    if isinstance(value, (All, Any_)):
        return "all" if isinstance(value, All) else "any"
    if isinstance(value, Mapping):
        for kind in ("all", "any"):
            if kind in value:
                return kind
    return "clause"


class All(Frozen):
    """True where every part is."""

    all: Annotated[tuple[Tree, ...], Field(min_length=1)]


class Any_(Frozen):
    """True where at least one part is."""

    any: Annotated[tuple[Tree, ...], Field(min_length=1)]


Tree = Annotated[
    Annotated[All, Tag("all")] | Annotated[Any_, Tag("any")] | Annotated[Clause, Tag("clause")],
    Discriminator(_tree_kind),
]


class Condition(Frozen):
    """A named success condition: a tree of clauses under ``all`` or ``any``."""

    label: TextLike
    all: Annotated[tuple[Tree, ...], Field(min_length=1)] | None = None
    any: Annotated[tuple[Tree, ...], Field(min_length=1)] | None = None
    basis: Basis
    why: TextLike

    @model_validator(mode="after")
    def _one_root(self) -> Self:
        if (self.all is None) == (self.any is None):
            raise _refuse("a condition has all or any at its root, exactly one of the two")
        return self

    @property
    def tree(self) -> All | Any_:
        """The tree under the root."""
        return All(all=self.all) if self.all is not None else Any_(any=self.any or ())


class SetLevel(Frozen):
    """A factor held at a level, or shifted, over a span of future months."""

    factor: str
    from_: Month = Field(alias="from")
    to: Month
    level: Number | Sentence | None = None
    shift: Number | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.level is None) == (self.shift is None):
            raise _refuse("write level or shift, exactly one of the two")
        if self.to < self.from_:
            raise _refuse("'to' {to} is before 'from' {start}", to=str(self.to), start=str(self.from_))
        return self


class ScenarioEvent(Frozen):
    """A supposed shock: the same words as an event, without evidence behind it."""

    factor: str
    from_: Month = Field(alias="from")
    to: Month
    size: Number

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if self.to < self.from_:
            raise _refuse("'to' {to} is before 'from' {start}", to=str(self.to), start=str(self.from_))
        return self


class PolicyStretch(Frozen):
    """A stretch of another path for a policy."""

    from_: Month = Field(alias="from")
    value: Number


class Scenario(Frozen):
    """A named set of do's, shocks and policy paths, with how one would recognise it.

    Parameters
    ----------
    recognise : Condition tree, optional
        When it may be said that the scenario came true.
    """

    label: TextLike
    description: TextLike | None = None
    do: tuple[SetLevel, ...] = ()
    events: tuple[ScenarioEvent, ...] = ()
    policies: Mapping[str, Annotated[tuple[PolicyStretch, ...], Field(min_length=1)]] = Field(default_factory=dict)
    recognise: Tree | None = None
    basis: Basis
    why: TextLike


class Time(Frozen):
    """First month of evidence, last month whose published evidence may be used, and the deadline."""

    start: Month
    as_of: Month
    horizon: Month

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.start < self.as_of:
            raise _refuse("start {start} is not before as_of {as_of}", start=str(self.start), as_of=str(self.as_of))
        if not self.as_of < self.horizon:
            raise _refuse(
                "horizon {horizon} is not after as_of {as_of}; the deadline lies ahead of the evidence",
                horizon=str(self.horizon),
                as_of=str(self.as_of),
            )
        return self


class Claim(Frozen):
    """A claim of the text the model formalises.

    Parameters
    ----------
    context : Text, optional
        Why no element carries it; absent where some element must.
    """

    text: TextLike
    context: TextLike | None = None


class ModelSpec(Frozen):
    """The whole file."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    title: TextLike
    description: TextLike | None = None
    source: TextLike | None = None
    time: Time
    claims: Mapping[Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{1,2}$")], Claim] = Field(
        default_factory=dict
    )
    factors: Annotated[Mapping[Identifier, Factor], Field(min_length=1)]
    policies: Mapping[Identifier, Policy] = Field(default_factory=dict)
    edges: tuple[Edge, ...] = ()
    events: Mapping[Identifier, Event] = Field(default_factory=dict)
    indicators: Mapping[Identifier, Indicator] = Field(default_factory=dict)
    conditions: Annotated[Mapping[Identifier, Condition], Field(min_length=1)]
    scenarios: Mapping[Identifier, Scenario] = Field(default_factory=dict)
    evidence: Sentence | None = None

    def __repr__(self) -> str:
        return f"ModelSpec({self.id!r}, {len(self.factors)} factors, {len(self.edges)} edges)"

    def node(self, name: str) -> Factor | Policy:
        """Return a node of the causal network: a factor or a policy."""
        return self.factors.get(name) or self.policies[name]

    def label(self, name: str, lang: str) -> str:
        """Return the words for a factor, policy, indicator or condition."""
        node = self.factors.get(name) or self.policies.get(name) or self.indicators.get(name) or self.conditions[name]
        return node.label[lang]


def clauses(tree: All | Any_ | Clause) -> list[Clause]:
    """Return the clauses of a condition tree, in reading order."""
    if isinstance(tree, Clause):
        return [tree]
    parts = tree.all if isinstance(tree, All) else tree.any
    return [clause for part in parts for clause in clauses(part)]


def first_looked_at(spec: ModelSpec) -> Month:
    """Return the first month any condition, or any scenario's recognition, speaks of."""
    trees: list[All | Any_ | Clause] = [condition.tree for condition in spec.conditions.values()]
    trees += [scenario.recognise for scenario in spec.scenarios.values() if scenario.recognise is not None]
    leaves = [leaf for tree in trees for leaf in clauses(tree)]
    return min(leaf.from_ or spec.time.horizon + (1 - (leaf.last or 1)) for leaf in leaves)
