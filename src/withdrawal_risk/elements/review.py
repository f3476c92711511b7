"""Who has looked at an element of a file, and whether they agree."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from withdrawal_risk.elements.base import Frozen, Sentence, TextLike, refuse
from withdrawal_risk.elements.timeline import Day

__all__ = ["Review", "Reviewable"]


def _day(value: str) -> str:
    try:
        return str(Day.parse(value))
    except ValueError as error:
        raise refuse("{why}", why=str(error)) from None


class Review(Frozen):
    """What one person says of an element."""

    by: Sentence
    """Who looked at it."""

    on: Annotated[str, Field(strict=True), AfterValidator(_day)]
    """When: YYYY-MM-DD, or YYYY-MM."""

    says: Literal["agreed", "contested"]
    """``agreed`` or ``contested``."""

    because: TextLike | None = None
    """The reason, which a contested element must have."""

    @model_validator(mode="after")
    def _argued(self) -> Self:
        if self.says == "contested" and self.because is None:
            raise refuse("contested without a reason; say why under because")
        return self


def _several(value: Any) -> Any:
    """Take one review for a list of one."""
    return [value] if isinstance(value, dict | Review) else value


class Reviewable(Frozen):
    """An element that people review."""

    reviewed: Annotated[
        tuple[Review, ...],
        BeforeValidator(_several, json_schema_input_type=Review | tuple[Review, ...]),
    ] = ()
    """Who has looked at it, when, and what they say: one review or a list."""

    @property
    def contested(self) -> bool:
        """Whether the latest review of any person contests it."""
        latest = {review.by: review for review in sorted(self.reviewed, key=lambda one: one.on)}
        return any(review.says == "contested" for review in latest.values())
