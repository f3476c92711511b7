"""What people write in a table where a number or a date is meant, and what to write."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.timeline import Day
from withdrawal_risk.families import Family
from withdrawal_risk.model.table_file import GROUPED

__all__ = ["days_meant", "either_day", "number_hint", "year_of"]

_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_PERCENT = re.compile(r"[-+]?\d+(?:[.,]\d+)?\s*[%٪]")
_ABOUT = re.compile(r"(?:~|≈|ca\.?|about|around)\s*\S+", re.IGNORECASE)
_NONE = frozenset({"n/a", "na", "none", "null", "nan", "-", "–", "—", "?", "unknown", ".."})
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_NAMED_MONTH = re.compile(r"([A-Za-z]{3,9})\.?[- ](\d{2}|\d{4})")
_MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""In English, whatever the language of the machine."""


def number_hint(text: str, family: Family[Any]) -> str:
    """Say of a text that is not a number which number was meant, or what to write."""
    if text.lower() in _NONE:
        return f"{quoted(text)} is not a number; leave the cell empty"
    if _ABOUT.fullmatch(text):
        return f"{quoted(text)} is not a number; write low and high"
    if (hint := family.reading_hint(text)) is not None:
        return f"{quoted(text)} is not a number; {hint}"
    if _PERCENT.fullmatch(text):
        return f"{quoted(text)} is not a number; leave out the sign"
    # Three digits after a leading 0, such as 0,250, are decimals and not thousands.
    if GROUPED.fullmatch(text) and not text.lstrip("-+").startswith("0"):
        plain = text.replace(",", "").replace(".", "")
        either = (
            f" or {text.replace(',', '.')}" if text.count(",") == 1 and not family.whole else ""
        )
        return f"{quoted(text)} is not a number; write {plain}{either}, without separators"
    if _DECIMAL_COMMA.fullmatch(text):
        return f"{quoted(text)} is not a number; write {text.replace(',', '.')}, with a point"
    return f"{quoted(text)} is not a number; write digits, or leave it empty"


def days_meant(text: str) -> list[Day]:
    """Return the days or months that a text names which is no date as files write it.

    None where it names none; two where day and month may stand in either order.
    """
    meant: list[str] = []
    if (match := _YEAR_FIRST.fullmatch(text)) is not None:
        meant = ["-".join([match[1], *(f"{int(part):02d}" for part in match.groups()[1:] if part)])]
    elif (match := _YEAR_LAST.fullmatch(text)) is not None:
        # For 5/5/2025 both orders are the same.
        ends = [(int(match[1]), int(match[2])), (int(match[2]), int(match[1]))]
        meant = [f"{match[3]}-{month:02d}-{day:02d}" for day, month in dict.fromkeys(ends)]
    elif (match := _NAMED_MONTH.fullmatch(text)) is not None and _number_of(match[1]):
        year = year_of(match[2])
        meant = [f"{year}-{_number_of(match[1]):02d}"]
    return [day for day in map(_as_day, meant) if day is not None]


def either_day(text: str, days: Sequence[Day]) -> str:
    """Ask which of two days is meant."""
    either = " or ".join(f"{day.first.day} {_MONTH_NAMES[day.first.month - 1]}" for day in days)
    return f"{quoted(text)} is not a date: {either}? Write {days[0]} or {days[1]}"


def year_of(text: str) -> int:
    """Return a year of four digits or of two, which POSIX reads as 1969 to 2068."""
    year = int(text)
    return year if len(text) > 2 else year + (1900 if year >= 69 else 2000)


def _number_of(name: str) -> int:
    """Return the number of a month that is named, whole or shortened; 0 of another word."""
    names = [month.lower() for month in _MONTH_NAMES]
    return next((k for k, month in enumerate(names, start=1) if month.startswith(name.lower())), 0)


def _as_day(text: str) -> Day | None:
    try:
        return Day.parse(text)
    except ValueError:
        return None
