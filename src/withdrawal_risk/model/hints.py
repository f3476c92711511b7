"""What people write in a table where a number, a date or a header is meant, and what to write."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.timeline import Day
from withdrawal_risk.families import Family
from withdrawal_risk.model.evidence import COLUMNS, OPTIONAL_COLUMNS

__all__ = ["NUMBER", "date_hint", "header_fault", "number_hint"]

NUMBER = re.compile(r"[-+]?\d{1,3}([.,]\d{3})+")
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_PERCENT = re.compile(r"[-+]?\d+(?:[.,]\d+)?\s*[%٪]")
_ABOUT = re.compile(r"(?:~|≈|ca\.?|about|around)\s*\S+", re.IGNORECASE)
_NONE = frozenset({"n/a", "na", "none", "null", "nan", "-", "–", "—", "?", "unknown", ".."})
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_NAMED_MONTH = re.compile(r"([A-Za-z]{3})[a-z]*[- ](\d{2}|\d{4})")
_MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""In English, whatever the language of the machine."""

_MONTHS = tuple(name[:3].lower() for name in _MONTH_NAMES)


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
    if NUMBER.fullmatch(text) and not text.lstrip("-+").startswith("0"):
        plain = text.replace(",", "").replace(".", "")
        either = (
            f" or {text.replace(',', '.')}" if text.count(",") == 1 and not family.whole else ""
        )
        return f"{quoted(text)} is not a number; write {plain}{either}, without separators"
    if _DECIMAL_COMMA.fullmatch(text):
        return f"{quoted(text)} is not a number; write {text.replace(',', '.')}, with a point"
    return f"{quoted(text)} is not a number; write digits, or leave it empty"


def date_hint(text: str) -> str | None:
    """Say of a text that is no date which date was meant; None where none can be inferred."""
    meant: list[str] = []
    if (match := _YEAR_FIRST.fullmatch(text)) is not None:
        meant = ["-".join([match[1], *(f"{int(part):02d}" for part in match.groups()[1:] if part)])]
    elif (match := _YEAR_LAST.fullmatch(text)) is not None:
        # Day and month may stand in either order; for 5/5/2025 both are the same.
        ends = [(int(match[1]), int(match[2])), (int(match[2]), int(match[1]))]
        meant = [f"{match[3]}-{month:02d}-{day:02d}" for day, month in dict.fromkeys(ends)]
    elif (match := _NAMED_MONTH.fullmatch(text)) is not None and match[1].lower() in _MONTHS:
        year = int(match[2]) + (2000 if len(match[2]) == 2 else 0)
        meant = [f"{year}-{_MONTHS.index(match[1].lower()) + 1:02d}"]
    days = [day for day in map(_as_day, meant) if day is not None and str(day) != text]
    if len(days) == 2:
        either = " or ".join(f"{day.first.day} {_MONTH_NAMES[day.first.month - 1]}" for day in days)
        return f"{quoted(text)} is not a date: {either}? Write {days[0]} or {days[1]}"
    return f"{quoted(text)} is not a date; write {days[0]}" if days else None


def _as_day(text: str) -> Day | None:
    try:
        return Day.parse(text)
    except ValueError:
        return None


def header_fault(text: str, fields: Sequence[str]) -> str:
    """Say what is wrong with a header, once."""
    line = text.split("\n", 1)[0]
    for separator, name in ((";", "semicolons"), ("\t", "tabs")):
        if separator in line and "," not in line:
            return (
                f"the columns are parted by {name}; save the file with commas (in a spreadsheet: "
                "CSV UTF-8)"
            )
    given = [field.strip() for field in fields]
    plain = [field.lower().replace(" ", "_") for field in given]
    valid = f"the header must be {','.join(COLUMNS)}, and may end with replaces"
    if sorted(plain) in (sorted(COLUMNS), sorted([*COLUMNS, *OPTIONAL_COLUMNS])):
        order = plain != list(COLUMNS)
        what = "the columns are in another order" if order else "column names are written otherwise"
        return f"{what}; {valid}"
    known = (*COLUMNS, *OPTIONAL_COLUMNS)
    extra = [field for field, name in zip(given, plain, strict=True) if name not in known]
    missing = [name for name in COLUMNS if name not in plain]
    if len(missing) < len(COLUMNS) // 2:
        said = [f"no column {', '.join(missing)}"] if missing else []
        said += [f"unknown {', '.join(map(quoted, extra[:8]))}"] if extra else []
        said = said or ["a column stands twice"]
        return f"{'; '.join(said)}; {valid}"
    return f"this is no header of an evidence file: {quoted(line)}; {valid}"
