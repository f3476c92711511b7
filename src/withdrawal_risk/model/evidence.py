"""Evidence rows: what was observed, over which span, and from when it was known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from withdrawal_risk.elements.timeline import Day, Month
from withdrawal_risk.errors import FileProblem

__all__ = [
    "ADDRESS",
    "COLUMNS",
    "GRADE_FACTOR",
    "NUMERIC_COLUMNS",
    "OPTIONAL_COLUMNS",
    "RELEASE_RULES",
    "SYNONYMS",
    "EvidenceRow",
    "latest_looks",
    "visible",
]

COLUMNS: Final = (
    "id",
    "indicator",
    "start",
    "end",
    "published",
    "value",
    "low",
    "high",
    "se",
    "grade",
    "source",
    "url",
    "note",
    "replaces",
)
"""Columns of an evidence file, in the order in which it is written."""

ADDRESS: Final = re.compile(r"https?://[^\s\"'<>]+")
"""An address of the web, which nothing in it can end or turn into something that runs."""

OPTIONAL_COLUMNS: Final = frozenset({"value", "low", "high", "se", "url", "note", "replaces"})
"""Columns that a file may leave out."""

NUMERIC_COLUMNS: Final = frozenset({"value", "low", "high", "se"})
"""Columns that hold numbers."""

SYNONYMS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("estimate", "mean", "figure", "amount", "number"), "value"),
    **dict.fromkeys(("standard_error", "std_error", "stderr", "std_err", "sd"), "se"),
    **dict.fromkeys(("lower", "min", "minimum", "p5"), "low"),
    **dict.fromkeys(("upper", "max", "maximum", "p95"), "high"),
    **dict.fromkeys(("revises", "revision_of", "supersedes"), "replaces"),
    **dict.fromkeys(("from", "month", "date"), "start"),
    **dict.fromkeys(("to", "until"), "end"),
    **dict.fromkeys(("name", "series"), "indicator"),
}
"""Names of columns that are most likely slips for others."""

GRADE_FACTOR: Final[Mapping[str, float]] = {"A": 1.0, "B": 1.5, "C": 2.5}
"""What a grade multiplies a row's error by: primary, reputable secondary, single or inferred."""

RELEASE_RULES: Final[Mapping[str, int]] = {
    "same_month": 0,
    "press": 1,
    "monthly_index": 1,
    "ngo_year": 2,
    "oversight": 3,
    "ministry": 2,
    "official_year": 6,
    "annual_index": 12,
}
"""Months from the end of a span to its publication, by type of source, where the true date is not
known. Each is on the late side, so that a forecast never sees a value too early."""


@dataclass(frozen=True, kw_only=True)
class EvidenceRow:
    """One observation.

    Parameters
    ----------
    id, indicator : str
    start, end : Day
        Span the value speaks of, both ends included.
    published : Month
        First month whose ``as_of`` may see it.
    value : float
        In the indicator's unit; of a category its position, from 0.
    se : float
        Stated standard error in the indicator's unit, 0 where none is stated.
    grade : {"A", "B", "C"}
    source, url, note : str
    line : int
        Line of the row in its file.
    low, high : float, optional
        The range that was given.
    stated : bool
        Whether `value` was given, and is not the middle of the range.
    by_rule : bool
        Whether `published` follows from a release rule, because the true date is not known.
    replaces : tuple of str
        The rows that it revises: the one that its file names, the one which that one revises, and
        so on.
    places : mapping of str to int
        At which column of the line each cell begins, counted from 1.

    Examples
    --------
    >>> row = posterior.model.evidence[0]
    >>> row.seen_at(posterior.as_of)
    True
    """

    id: str
    indicator: str
    start: Day
    end: Day
    published: Month
    value: float
    se: float
    grade: Literal["A", "B", "C"]
    source: str
    url: str
    note: str
    line: int = 0
    low: float | None = None
    high: float | None = None
    stated: bool = True
    by_rule: bool = False
    replaces: tuple[str, ...] = ()
    places: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    def seen_at(self, as_of: Month) -> bool:
        """Say whether the row was published by an ``as_of``; `visible` says which count."""
        return self.published <= as_of

    def problem(self, file: str, column: str, message: str) -> FileProblem:
        """Locate a message at one of its cells."""
        return FileProblem(file, max(self.line, 1), self.places.get(column, 1), column, message)

    def months(self) -> tuple[tuple[Month, float], ...]:
        """Return each month of the span with the share of it that is covered."""
        first, last = Month.of(self.start.first), Month.of(self.end.last)
        shares = []
        for n in range(first.ordinal, last.ordinal + 1):
            month = Month(n)
            begin = max(self.start.first, month.first_day)
            finish = min(self.end.last, month.last_day)
            # Both ends belong to the span, which makes one day more than their difference.
            shares.append((month, ((finish - begin).days + 1) / month.days))
        return tuple(shares)

    @property
    def month(self) -> Month | None:
        """The month of a row over a single whole month; None over more, or over a part of one."""
        months = self.months()
        return months[0][0] if len(months) == 1 and months[0][1] == 1.0 else None


def latest_looks(rows: Iterable[EvidenceRow]) -> dict[tuple[str, Month], EvidenceRow]:
    """Return the row that is the look at each indicator and month, by both.

    A row over a span is a look in each of its months, a day one in its month; of several in a
    month the one that ends last counts, then the one published last.
    """
    looks: dict[tuple[str, Month], EvidenceRow] = {}
    for row in sorted(rows, key=lambda row: (row.end.last, row.published, row.id)):
        for month, _ in row.months():
            looks[row.indicator, month] = row
    return looks


def visible(rows: Iterable[EvidenceRow], as_of: Month) -> list[EvidenceRow]:
    """Return the rows that count at an ``as_of``: published by then, and not revised by then."""
    known = [row for row in rows if row.seen_at(as_of)]
    revised = {name for row in known for name in row.replaces}
    return [row for row in known if row.id not in revised]
