"""What every indicator says of itself, whatever its family."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator

from withdrawal_risk.elements.base import Basis, TextLike
from withdrawal_risk.elements.review import Reviewable

__all__ = ["IndicatorBase"]


class IndicatorBase(Reviewable):
    """An indicator: an observable quantity that measures one factor.

    Every family of `withdrawal_risk.families` adds its own keys in a class of its own.

    Examples
    --------
    >>> posterior.model.spec.indicators["incidents"].measures
    'gaps'
    """

    family: str
    """Kind of value, which decides the other keys."""

    measures: str
    """The one factor it measures."""

    label: TextLike
    """Its name for people."""

    unit: TextLike
    """Unit of its values; of a count, that of one month."""

    polarity: Annotated[
        Literal[-1, 1],
        BeforeValidator(
            lambda value: {"+": 1, "-": -1}.get(value, value) if isinstance(value, str) else value,
            json_schema_input_type=Literal["+", "-", 1, -1],
        ),
    ]
    """``+`` if it rises with the factor, ``-`` if it falls."""

    resolution: TextLike | None = None
    """Where an outsider reads the value when a condition on it falls due."""

    basis: Basis
    """What it rests on."""

    why: TextLike
    """Why it measures the factor."""
