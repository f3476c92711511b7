"""Scenarios: named sets of settings, shocks, policy paths and scaled edges in the future."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from withdrawal_risk.elements.base import (
    Basis,
    Frozen,
    Number,
    Sentence,
    TextLike,
    check_order,
    refuse,
)
from withdrawal_risk.elements.conditions import Tree
from withdrawal_risk.elements.network import edge_id
from withdrawal_risk.elements.review import Reviewable
from withdrawal_risk.elements.timeline import Month

__all__ = [
    "PolicyStretch",
    "ScaledEdge",
    "Scenario",
    "ScenarioEvent",
    "SetLevel",
    "unusable_scale",
]

LARGEST_SCALE: Final = 10.0
"""Beyond ten times its weight an edge is another edge, and feedback would explode."""


def unusable_scale(scale: float) -> str | None:
    """Say why an edge cannot be scaled by a number; None where it can."""
    if 0.0 <= scale <= LARGEST_SCALE:
        return None
    reason = (
        "is negative, and the file asserts the sign of an edge" if scale < 0 else "is too large"
    )
    return (
        f"{scale:g} {reason}; write a number from 0, no effect, to {LARGEST_SCALE:g}, where 1 is "
        "the weight of the file"
    )


def _scale(value: float) -> float:
    if (fault := unusable_scale(value)) is not None:
        raise refuse("{fault}", fault=fault)
    return value


class SetLevel(Frozen):
    """A factor set to a level, or shifted, over a span of future months."""

    factor: str
    """The factor or policy that is set."""

    from_: Month = Field(alias="from")
    """First month of the span."""

    to: Month
    """Last month of the span."""

    level: Number | Sentence | None = None
    """A level name, or a number on the standard scale; exactly one of ``level`` and ``shift``."""

    shift: Number | None = None
    """By how much it is moved from what it would have been: in levels, a policy in its unit."""

    ramp: Annotated[int, Field(strict=True, ge=1, le=600)] = 1
    """Months in which it moves there, evenly, from what it would have been; 1 is at once."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.level is None) == (self.shift is None):
            raise refuse("write level or shift, exactly one of the two")
        check_order(self.from_, self.to)
        return self


class ScenarioEvent(Frozen):
    """A supposed shock: the same words as an event, without evidence behind it."""

    factor: str
    """The factor it acts on."""

    from_: Month = Field(alias="from")
    """First month in which it acts."""

    to: Month
    """Last month in which it acts."""

    size: Number
    """The level at which the factor would come to rest if the shock lasted."""

    @model_validator(mode="after")
    def _dated(self) -> Self:
        check_order(self.from_, self.to)
        return self


class PolicyStretch(Frozen):
    """A stretch of another path for a policy."""

    from_: Month = Field(alias="from")
    """First month with this value; the value holds until the next stretch."""

    value: Number
    """In the policy's own unit."""

    ramp: Annotated[int, Field(strict=True, ge=1, le=600)] = 1
    """Months in which it moves there, evenly, from what it would have been; 1 is at once."""


class ScaledEdge(Frozen):
    """An edge whose effect is scaled over a span of future months, and nothing is cut."""

    edge: Annotated[Sentence, AfterValidator(edge_id)]
    """Its cause and what it acts on, as ``cause->effect``."""

    from_: Month = Field(alias="from")
    """First month in which a scaled effect arrives."""

    to: Month
    """Last month in which a scaled effect arrives."""

    scale: Annotated[Number, AfterValidator(_scale)]
    """What its weight is multiplied by, from 0, no effect, to 10."""

    ramp: Annotated[int, Field(strict=True, ge=1, le=600)] = 1
    """Months in which the scale moves there, evenly, from 1; 1 is at once."""

    @model_validator(mode="after")
    def _dated(self) -> Self:
        check_order(self.from_, self.to)
        return self


class Scenario(Reviewable):
    """A named set of settings, shocks, policy paths and scaled edges, and how to recognise it."""

    label: TextLike
    """Its name for people."""

    description: TextLike | None = None
    """What it supposes, in a sentence or two."""

    do: tuple[SetLevel, ...] = ()
    """Factors that are set or shifted."""

    events: tuple[ScenarioEvent, ...] = ()
    """Shocks that are supposed."""

    policies: Mapping[str, Annotated[tuple[PolicyStretch, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    """Other paths of policies, by the policy's id."""

    edges: tuple[ScaledEdge, ...] = ()
    """Edges whose effect is scaled."""

    recognise: Tree | None = None
    """When one may say that the scenario has come true."""

    basis: Basis
    """What it rests on."""

    why: TextLike
    """Why it is worth asking about."""
