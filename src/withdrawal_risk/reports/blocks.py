"""What a section of the report is made of, before it is HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from markupsafe import Markup

from withdrawal_risk.reports.tables import Table

__all__ = [
    "Bar",
    "Block",
    "Card",
    "Clauses",
    "Fold",
    "Grid",
    "Heading",
    "Line",
    "Live",
    "Paragraph",
    "Picture",
    "Section",
    "Squares",
]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `role` says how it is set."""

    kind: ClassVar = "paragraph"
    text: str
    role: Literal["", "answer", "muted", "warning"] = ""


@dataclass(frozen=True)
class Heading:
    """A heading inside a section."""

    kind: ClassVar = "heading"
    text: str


@dataclass(frozen=True)
class Picture:
    """A figure with what it shows."""

    kind: ClassVar = "picture"
    svg: Markup
    caption: str


@dataclass(frozen=True)
class Grid:
    """A table; `filtered` ones have a field that leaves rows out."""

    kind: ClassVar = "grid"
    table: Table
    caption: str = ""
    filtered: bool = False
    links: Sequence[str] = ()
    """Addresses of the sources in the last column of text, one a row; empty where there is none."""


@dataclass(frozen=True)
class Squares:
    """A hundred squares, so many of them filled."""

    kind: ClassVar = "squares"
    filled: int
    label: str


@dataclass(frozen=True)
class Bar:
    """A probability with its interval, from 0 to 1."""

    kind: ClassVar = "bar"
    probability: float
    low: float
    high: float
    label: str


@dataclass(frozen=True)
class Line:
    """A clause of a condition, or a group of clauses."""

    text: str
    depth: int
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Clauses:
    """The clauses of a condition as they are nested."""

    kind: ClassVar = "clauses"
    lines: Sequence[Line]


@dataclass(frozen=True)
class Live:
    """Where questions are asked of the page itself."""

    kind: ClassVar = "live"


@dataclass(frozen=True)
class Fold:
    """What is shown when asked for, and in print."""

    kind: ClassVar = "fold"
    summary: str
    blocks: Sequence[Block]


@dataclass(frozen=True)
class Card:
    """A frame around what belongs together."""

    kind: ClassVar = "card"
    title: str
    blocks: Sequence[Block]


type Block = Paragraph | Heading | Picture | Grid | Squares | Bar | Clauses | Live | Fold | Card


@dataclass(frozen=True, kw_only=True)
class Section:
    """A section of the report.

    Parameters
    ----------
    key : str
        Its name in the page's addresses, and of its title in `Language.report`.
    blocks : list of Block
    own_page : bool
        Whether it begins a new sheet in print.
    """

    key: str
    blocks: list[Block] = field(default_factory=list)
    own_page: bool = False
