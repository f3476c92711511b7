"""Who reads a report, and what they look for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from withdrawal_risk.elements.base import Frozen, Sentence, TextLike

__all__ = ["Readers"]


class Readers(Frozen):
    """People who read the report for the same reason, such as investors."""

    label: TextLike
    """Who they are, or what they look for; the title of their part of the report."""

    show: Annotated[tuple[Sentence, ...], Field(min_length=1)]
    """Factors, policies and indicators whose paths are drawn for them, by id."""
