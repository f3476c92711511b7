"""What every export becomes: values over spans of time, and what is known of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from withdrawal_risk.elements.timeline import Day, Month

__all__ = [
    "MEASURED",
    "Request",
    "Series",
    "Source",
    "Value",
    "counted",
    "month_value",
    "written",
    "year_value",
]

MEASURED: Final = ("value", "low", "high", "se")
"""The numbers of a value, as in a row of evidence."""


@dataclass(frozen=True, kw_only=True)
class Value:
    """A value over a span.

    Parameters
    ----------
    start, end : Day
        Both included.
    published : str
        As a row of evidence writes it: a month, a day, or a release rule.
    value : float or str
        A text where an indicator has categories.
    low, high, se : float, optional
    line : int
        Line of the export that it comes from; 1 where it comes from many.
    """

    start: Day
    end: Day
    published: str
    value: float | str
    low: float | None = None
    high: float | None = None
    se: float | None = None
    line: int = 1

    @property
    def span(self) -> str:
        """The span in words, such as ``2024-03`` or ``2024-01 to 2024-12``."""
        first, last = str(self.start), str(self.end)
        return first if first == last else f"{first} to {last}"


@dataclass(frozen=True, kw_only=True)
class Series:
    """What was read of an export.

    Parameters
    ----------
    values : tuple of Value
        In order of time, one a span.
    selection : str
        What of the export it is, such as ``deaths (best), country Iraq``. Two series with the same
        selection are two vintages of one.
    notes : tuple of str
        What a user should know of the reading.
    source, url, grade : str
        Those of the rows, where they are not those of the source.
    """

    values: tuple[Value, ...]
    selection: str
    notes: tuple[str, ...] = ()
    source: str = ""
    url: str = ""
    grade: str = ""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a user asks of an export.

    Parameters
    ----------
    path : Path
    country, region, actor, kind, event_type : tuple of str
        Which events count; of several names any.
    measure, series : str
        What is counted, or which series it is; empty for the usual one.
    start, end : Month, optional
        First and last month that is taken.
    allow_none : bool
        Whether a name without any event stands for noughts.
    mapping : mapping, optional
        Which columns of any table say what.
    """

    path: Path
    country: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    actor: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    event_type: tuple[str, ...] = ()
    measure: str = ""
    series: str = ""
    start: Month | None = None
    end: Month | None = None
    allow_none: bool = False
    mapping: Any = None


@dataclass(frozen=True, kw_only=True)
class Source:
    """Somebody who publishes, and how exports of theirs are read.

    Parameters
    ----------
    name : str
        As it is written in a call.
    title : str
        As it is written in messages.
    source, url : str
        As rows of evidence cite it.
    same : str
        How the source of a row begins that an export may revise.
    grade : {"A", "B", "C"}
    takes : frozenset of str
        The fields of a `Request` that it reads.
    marks : tuple of frozenset of str
        Columns that no export of others has, in small letters: any of the sets.
    read : callable
        From a `Request` to a `Series`.
    terms : str
        What to mind before rows are passed on.
    """

    name: str
    title: str
    source: str
    url: str
    same: str
    grade: Literal["A", "B", "C", ""]
    takes: frozenset[str]
    read: Callable[[Request], Series]
    marks: tuple[frozenset[str], ...] = ()
    terms: str = ""


def month_value(month: Month, value: float, published: str, **other: Any) -> Value:
    """Return the value of a month."""
    whole = Day(month.first_day, month.last_day)
    return Value(start=whole, end=whole, published=published, value=value, **other)


def year_value(year: int, value: float, published: str, **other: Any) -> Value:
    """Return the value of a year."""
    first, last = Month.of(date(year, 1, 1)), Month.of(date(year, 12, 1))
    return Value(
        start=Day(first.first_day, first.last_day),
        end=Day(last.first_day, last.last_day),
        published=published,
        value=value,
        **other,
    )


def counted(number: int, noun: str) -> str:
    """Return a number with what it counts, such as ``1 row`` or ``2 rows``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def written(number: float | str | None) -> str:
    """Return a number as a row of evidence writes it; nothing for None."""
    if number is None or isinstance(number, str):
        return number or ""
    return f"{number:.12g}"
