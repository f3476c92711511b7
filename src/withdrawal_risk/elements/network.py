"""The causal network: factors, policies, edges, and the events that move factors."""

from __future__ import annotations

import itertools
import re
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from withdrawal_risk.characters import is_number, quoted
from withdrawal_risk.elements.base import (
    Basis,
    Frozen,
    Number,
    Sentence,
    TextLike,
    check_order,
    refuse,
)
from withdrawal_risk.elements.elicitation import (
    FARTHEST,
    LEVEL_NAMES,
    STANDARD_CUTS,
    too_large_for_a_level,
)
from withdrawal_risk.elements.quantiles import (
    Positive,
    PositiveOrNumber,
    Quantiles,
    ShareOrNumber,
    Weight,
)
from withdrawal_risk.elements.review import Reviewable
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.language.base import Language

__all__ = [
    "Announced",
    "Drift",
    "Edge",
    "Event",
    "EventEffect",
    "Factor",
    "Lever",
    "Policy",
    "edge_id",
]


class Lever(Frozen):
    """How far a factor could be moved on purpose, and at what price."""

    cost: Annotated[Number, Field(gt=0)]
    """Price per standard deviation, in any unit that the levers of one file share."""

    min: Number
    """Lower bound of a lasting shift, in standard deviations; at most 0."""

    max: Number
    """Upper bound of a lasting shift, in standard deviations; at least 0."""

    months: Annotated[int, Field(strict=True, ge=1, le=600)] = 1
    """Months in which it moves by so much, evenly; 1 is at once."""

    why: TextLike
    """Why the factor can be moved, and why at this price."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.min < self.max:
            raise refuse(
                "min {min} is not below max {max}", min=f"{self.min:g}", max=f"{self.max:g}"
            )
        furthest = max(self.min, self.max, key=abs)
        if abs(furthest) > FARTHEST:
            # Handed over as a value, because messages are templates, in which braces count.
            raise refuse("{text}", text=too_large_for_a_level(furthest))
        # The search begins with every lever left alone.
        if not self.min <= 0 <= self.max:
            raise refuse(
                "{min} to {max} leaves 0 out; a lever may also be left alone, "
                "so let the bounds hold 0",
                min=f"{self.min:g}",
                max=f"{self.max:g}",
            )
        return self


def _four_cuts(cuts: tuple[float, ...]) -> tuple[float, ...]:
    # Five named levels have four bounds between them.
    if len(cuts) != 4 or any(a >= b for a, b in itertools.pairwise(cuts)):
        raise refuse(
            "{cuts} are not four ascending cut points; five levels need four",
            cuts=quoted(list(cuts)),
        )
    if max(map(abs, cuts)) > FARTHEST:
        raise refuse(
            "{cuts} reach beyond {far} standard deviations, the range of levels",
            cuts=quoted(list(cuts)),
            far=f"{FARTHEST:g}",
        )
    return cuts


_JUMPING: Final = {
    "slow": frozenset({"slow"}),
    "fast": frozenset({"fast"}),
    "both": frozenset({"slow", "fast"}),
}

Cuts = Annotated[tuple[Number, ...], AfterValidator(_four_cuts)]


class LevelNames(Frozen):
    """The file's own names of the five levels, beside the five that always stand for them."""

    # Languages are extra keys; `_known_languages` refuses all other ones.
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, tuple[Sentence, ...]]

    en: tuple[Sentence, ...]
    """Five names in English, the lowest first; other languages stand beside it."""

    @model_validator(mode="after")
    def _five(self) -> Self:
        for code, names in self.by_language.items():
            if code not in LANGUAGES:
                raise refuse(
                    "{code} is not a language of this library; write {valid}",
                    code=quoted(code),
                    valid=", ".join(LANGUAGES),
                )
            if len(names) != len(LEVEL_NAMES) or len(set(names)) < len(names):
                raise refuse(
                    "{names} are not five different names, the lowest first",
                    names=quoted(list(names)),
                )
            for place, name in enumerate(names):
                others = (LEVEL_NAMES, *self.by_language.values())
                if any(name in other and other.index(name) != place for other in others):
                    raise refuse(
                        "{name} stands for another of the five levels; choose another name",
                        name=quoted(name),
                    )
                if is_number(name):
                    raise refuse(
                        "{name} reads as a number, which is a level itself; choose another name",
                        name=quoted(name),
                    )
        return self

    @property
    def by_language(self) -> dict[str, tuple[str, ...]]:
        """The names in every language that the file gives."""
        return {"en": self.en, **(self.__pydantic_extra__ or {})}


class WithLevels(Reviewable):
    """What has levels: where they are cut, and what they are called."""

    cuts: Cuts = STANDARD_CUTS
    """Four bounds between the five named levels, ascending. Default: the normal quintiles."""

    names: LevelNames | None = None
    """Names of its own for the five levels, beside very low, low, medium, high and very high."""

    def level_place(self, name: str) -> int | None:
        """Return which of the five levels a name stands for, from 0; None where it is none."""
        own = self.names.by_language.values() if self.names is not None else ()
        for names in (LEVEL_NAMES, *own):
            if name in names:
                return list(names).index(name)
        return None

    @property
    def level_names(self) -> tuple[str, ...]:
        """All names of levels, the five that always stand for them first."""
        own = self.names.by_language.values() if self.names is not None else ()
        return tuple(dict.fromkeys([*LEVEL_NAMES, *(name for names in own for name in names)]))

    def level_in_words(self, place: int, words: Language) -> str:
        """Return the name of a level for people: the file's own, if it has one in the language."""
        if self.names is not None and words.code in self.names.by_language:
            return self.names.by_language[words.code][place]
        return words.levels[LEVEL_NAMES[place]]


class Drift(Frozen):
    """The part of a factor's own variation that moves over years."""

    share: ShareOrNumber
    """Share of its own long-run variance, which is what its parents do not explain."""

    half_life: PositiveOrNumber
    """Months until half of a slow movement is gone."""

    jumps: Literal["slow", "fast", "both"] | None = None
    """Which part jumps where ``innovations`` are ``student_t``. Default: the slow one."""


class Factor(WithLevels):
    """A latent level on the standard scale: 0 is its long-run reference, 1 one long-run sd."""

    role: Literal["driver", "response", "outcome"]
    """Whether it drives events, is what the government does about them, or comes of them."""

    label: TextLike
    """Its name for people."""

    description: TextLike | None = None
    """What it means, in a sentence or two."""

    worse: Literal["high", "low"]
    """Which end is bad for the transition."""

    half_life: Positive
    """Months until half of a lasting change in its causes has arrived."""

    start: Quantiles | None = None
    """Level in the first month. Default: the long-run distribution."""

    baseline: Quantiles | None = None
    """Long-run level when every parent is at its reference. Default: exactly 0."""

    innovations: Literal["normal", "student_t"] = "normal"
    """``student_t`` for factors that jump (4 degrees of freedom, unit variance)."""

    drift: Drift | None = None
    """How its own variation moves over years. Default: all of it at the speed of ``half_life``."""

    lever: Lever | None = None
    """How far and at what price it could be moved; only factors with a lever can be."""

    basis: Basis
    """What it rests on."""

    why: TextLike
    """Why it belongs in the model."""

    @model_validator(mode="after")
    def _jumps(self) -> Self:
        if self.drift is not None and self.drift.jumps and self.innovations != "student_t":
            raise refuse(
                "jumps: {jumps} goes with innovations: student_t; write both or neither",
                jumps=self.drift.jumps,
            )
        return self

    @property
    def jumping(self) -> frozenset[str]:
        """Which of its two speeds jump: ``slow``, ``fast``, both or none."""
        if self.innovations != "student_t":
            return frozenset()
        if self.drift is None:
            return frozenset({"fast"})
        return _JUMPING[self.drift.jumps or "slow"]


class Announced(Frozen):
    """A stretch of a policy's path."""

    from_: Month = Field(alias="from")
    """First month with this value; the value holds until the next stretch."""

    value: Number
    """In the policy's own unit."""

    published: Month | None = None
    """When it became known, before or after it began; an earlier ``as_of`` does not see it.
    Default: its first month."""

    @property
    def known(self) -> Month:
        """Month from which an ``as_of`` may see this stretch."""
        return self.published or self.from_


class Policy(WithLevels):
    """A factor whose path is given: known so far, planned ahead. It is clamped as by ``do``."""

    label: TextLike
    """Its name for people."""

    description: TextLike | None = None
    """What it means, in a sentence or two."""

    worse: Literal["high", "low"]
    """Which end of its level is bad for the transition."""

    unit: TextLike
    """Unit of ``reference``, ``per_level`` and the values of the path."""

    reference: Number
    """The value that is level 0."""

    per_level: Number
    """The change in the unit that is +1 level; a negative one turns the scale."""

    path: Annotated[tuple[Announced, ...], Field(min_length=1)]
    """Its values over time, the earliest first."""

    basis: Basis
    """What it rests on."""

    why: TextLike
    """Why it belongs in the model."""

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.per_level == 0:
            raise refuse("per_level is 0; write the change in the unit that makes one level")
        return self

    @property
    def worse_value(self) -> Literal["high", "low"]:
        """Which end of its values is bad for the transition."""
        # With a negative ``per_level`` values fall while levels rise.
        if self.per_level > 0:
            return self.worse
        return "low" if self.worse == "high" else "high"

    def level(self, value: float) -> float:
        """Return a value of the natural unit on the standard scale."""
        return (value - self.reference) / self.per_level

    def value(self, level: Any) -> Any:
        """Return levels, one or many, in the natural unit."""
        return self.reference + level * self.per_level


_ARROW: Final = re.compile(r"\s*(?:->|→)\s*")


def edge_id(text: str) -> str:
    """Return the id of an edge as people write it: with spaces, or with ``→`` for its arrow."""
    return _ARROW.sub("->", text.strip())


class Edge(Reviewable):
    """A signed causal effect of one factor on another."""

    from_: str = Field(alias="from")
    """The cause: a factor or a policy."""

    to: str
    """The factor it acts on."""

    weight: Weight
    """Long-run effect of a lasting +1 in the cause."""

    lag: Annotated[int, Field(strict=True, ge=0, le=24)] = 0
    """Months before the effect begins."""

    basis: Basis
    """What it rests on."""

    why: TextLike
    """Why the one acts on the other."""

    @property
    def id(self) -> str:
        """Name of the edge in coordinates and tables."""
        return f"{self.from_}->{self.to}"


class EventEffect(Frozen):
    """What an event does to one factor."""

    factor: str
    """The factor it acts on."""

    size: Quantiles
    """The level at which the factor would come to rest if the event lasted."""

    lasting: ShareOrNumber | None = None
    """The part of its effect that enters the drift of the factor, and so stays for years when the
    event is over. Default: none."""


class Event(Reviewable):
    """A dated, known shock."""

    label: TextLike
    """Its name for people."""

    shape: Literal["pulse", "window", "step"]
    """Whether it acts in one month, from one month to another, or from one month on."""

    from_: Month = Field(alias="from")
    """First month in which it acts."""

    to: Month | None = None
    """Last month in which it acts; only for a ``window``."""

    published: Month | None = None
    """When it became known; an earlier ``as_of`` does not see it. Default: its first month."""

    effects: Annotated[tuple[EventEffect, ...], Field(min_length=1)]
    """What it does, factor by factor."""

    basis: Basis
    """What it rests on."""

    why: TextLike
    """Why it acts on these factors."""

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if (self.shape == "window") != (self.to is not None):
            raise refuse(
                "a {shape} {verb} an end; 'to' goes with shape: window and only with it",
                shape=self.shape,
                verb="needs" if self.to is None else "has no",
            )
        if self.to is not None:
            check_order(self.from_, self.to)
        if self.shape == "step" and any(effect.lasting is not None for effect in self.effects):
            raise refuse("a step lasts by itself; 'lasting' goes with shape: pulse and window")
        return self

    @property
    def known(self) -> Month:
        """Month from which an ``as_of`` may see the event."""
        return self.published or self.from_

    def active(self, month: Month) -> bool:
        """Say whether the event acts in a month."""
        if self.shape == "step":
            # A step has no end.
            return month >= self.from_
        # A pulse has no last month of its own and acts in its first alone.
        return self.from_ <= month <= (self.to or self.from_)
