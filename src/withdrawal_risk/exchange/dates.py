"""Dates as exports write them: days, months, quarters and years, a whole column at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from typing import Final

from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.model.hints import year_of

__all__ = ["Span", "spans"]

Span = tuple[date, date]
"""First and last day."""

_DAY: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_MONTH: Final = re.compile(r"(\d{4})(?:[-/.]|[Mm])(\d{1,2})")
_QUARTER: Final = re.compile(r"(\d{4})[- ]?[Qq]([1-4])")
_YEAR: Final = re.compile(r"(\d{4})")
_NAMED_DAY: Final = re.compile(r"(\d{1,2})[- ./]([A-Za-z]{3})[a-z]*\.?[- ./,]+(\d{4})(?: .*)?")
_DAY_NAMED: Final = re.compile(r"([A-Za-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})(?: .*)?")
_NAMED_MONTH: Final = re.compile(r"([A-Za-z]{3})[a-z]*\.?[- ](\d{4}|\d{2})")
_EITHER: Final = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: .*)?")
"""Day and month, or month and day."""

_MONTHS: Final = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
"""In English, whatever the language of the machine."""


def spans(texts: Sequence[str]) -> list[Span | None]:
    """Return the days that the texts of a column name; None where one is no date.

    Whether the day or the month stands first in ``03/04/2025`` is read off the whole column: from
    a number above 12, or from days that are always the first of a month. Where neither says so,
    such texts are no dates.
    """
    day_first = _day_first(texts)
    return [_span(text, day_first) for text in texts]


def _day_first(texts: Iterable[str]) -> bool | None:
    """Say whether days stand before months; None where a column does not show it."""
    pairs = [(int(match[1]), int(match[2])) for text in texts if (match := _EITHER.fullmatch(text))]
    firsts, seconds = {first for first, _ in pairs}, {second for _, second in pairs}
    above = max(firsts, default=0) > 12, max(seconds, default=0) > 12
    if above[0] != above[1]:
        return above[0]
    if not any(above) and (firsts == {1}) != (seconds == {1}):
        return firsts == {1}
    return None


def _span(text: str, day_first: bool | None) -> Span | None:
    """Return the days that a text names."""
    # A day or a month that no calendar has, such as 2025-02-30, names none.
    with suppress(ValueError):
        if match := _DAY.fullmatch(text):
            return _day(match[1], match[2], match[3])
        if match := _MONTH.fullmatch(text):
            return _months(int(match[1]), int(match[2]), 1)
        if match := _QUARTER.fullmatch(text):
            return _months(int(match[1]), 3 * int(match[2]) - 2, 3)
        if match := _YEAR.fullmatch(text):
            return _months(int(match[1]), 1, 12)
        if match := _EITHER.fullmatch(text):
            if day_first is None and match[1] != match[2]:
                return None
            first, second = (match[2], match[1]) if day_first else (match[1], match[2])
            return _day(match[3], first, second)
        return _named(text)
    return None


def _named(text: str) -> Span | None:
    """Return the days of a text in which a month stands by its name."""
    if match := _NAMED_DAY.fullmatch(text):
        return _day(match[3], _number(match[2]), match[1])
    if match := _DAY_NAMED.fullmatch(text):
        return _day(match[3], _number(match[1]), match[2])
    if match := _NAMED_MONTH.fullmatch(text):
        return _months(year_of(match[2]), _number(match[1]), 1)
    return None


def _number(name: str) -> int:
    return _MONTHS.index(name.lower()) + 1


def _day(year: str | int, month: str | int, day: str | int) -> Span:
    one = date(int(year), int(month), int(day))
    return one, one


def _months(year: int, month: int, count: int) -> Span:
    first = date(year, month, 1)
    return first, (Month.of(first) + (count - 1)).last_day
