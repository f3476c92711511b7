"""Reading an evidence file against its model: every row, or every fault at once."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from withdrawal_risk.characters import quoted, written_number
from withdrawal_risk.elements.elicitation import Z90
from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.elements.timeline import Day, Month
from withdrawal_risk.errors import ModelFileError, did_you_mean
from withdrawal_risk.families import Family, family_of
from withdrawal_risk.files import csv_bytes
from withdrawal_risk.model.evidence import (
    ADDRESS,
    COLUMNS,
    GRADE_FACTOR,
    NUMERIC_COLUMNS,
    OPTIONAL_COLUMNS,
    RELEASE_RULES,
    SYNONYMS,
    EvidenceRow,
)
from withdrawal_risk.model.hints import days_meant, either_day, number_hint
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.model.table_file import GROUPED, Read, TableReader
from withdrawal_risk.model.text_file import unseen_character

__all__ = ["parse_evidence", "parse_history", "parsed_row"]

MOST_ROWS: Final = 5000
MOST_ROW_MONTHS: Final = 50_000
"""Rows, and months that all rows speak of, that are read at most."""


def _a(name: str) -> str:
    """Return a name with its article."""
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _states_no_error(family: Family[Any]) -> str:
    """Say that a row of a family without errors cannot state one."""
    return f"{_a(family.name)} row has neither low, high nor se; lower its grade instead"


def _too_many_rows(rows: Collection[EvidenceRow]) -> str | None:
    """Say that there is more evidence than was ever tried; nothing where there is not."""
    if len(rows) > MOST_ROWS:
        return f"{len(rows):,} rows; at most {MOST_ROWS:,} are read"
    spoken_of = sum(Month.of(row.end.last) - Month.of(row.start.first) + 1 for row in rows)
    if spoken_of > MOST_ROW_MONTHS:
        return (
            f"rows cover {spoken_of:,} months, each counted by itself; at most {MOST_ROW_MONTHS:,} "
            "are read"
        )
    return None


_LONGEST_ID: Final = 100


class _Measured(NamedTuple):
    """The numbers of a row, as in `EvidenceRow`."""

    value: float
    se: float = 0.0
    low: float | None = None
    high: float | None = None
    stated: bool = True


class _Reader(TableReader):
    """Reads one row and gathers what is wrong with it."""

    def __init__(self, file: str, spec: ModelSpec, *, past: bool = False) -> None:
        super().__init__(file, COLUMNS, OPTIONAL_COLUMNS, NUMERIC_COLUMNS, SYNONYMS)
        self.spec = spec
        # Whether rows are those before the model's start, or those from it on.
        self.past = past

    def table(self, text: str) -> dict[str, EvidenceRow]:
        """Return the rows of a file by id, without those at fault."""
        rows, lines_of = dict[str, EvidenceRow](), dict[str, int]()
        for _ in self.rows(text):
            if self.has_own_id(lines_of) and (row := self.read()) is not None:
                rows[row.id] = row
        return rows

    def has_own_id(self, lines_of: dict[str, int]) -> bool:
        """Say whether the row has an id of its own to read it by."""
        name = self.row["id"]
        if not name:
            self.refuse("id", "is empty; give every row an id")
        elif name in lines_of:
            first = f"first given in line {lines_of[name]}"
            self.refuse("id", f"duplicate evidence id {quoted(name)}, {first}")
        elif len(name) > _LONGEST_ID:
            message = f"{quoted(name)} has {len(name)} characters, at most {_LONGEST_ID}"
            self.refuse("id", message)
        else:
            # Noted before the row is read, so that a faulty row occupies its id, too.
            lines_of[name] = self.line
            return True
        return False

    def number(self, column: str, family: Family[Any]) -> float | None:
        text = self.row[column]
        if not text:
            return None
        if (word := family.number_of_word(text)) is not None and column == "value":
            return word
        try:
            value = written_number(text)
        except ValueError:
            self.refuse(column, number_hint(text, family))
            return None
        if not math.isfinite(value):
            self.refuse(column, f"{quoted(text)} is not a finite number; leave the row out instead")
            return None
        if column != "se" and (slip := family.slip(value)) is not None:
            self.refuse(column, slip)
            return None
        # A count of 1.234 is most likely 1,234 with another separator.
        if family.totals and column != "se" and "." in text and GROUPED.fullmatch(text):
            self.refuse(
                column,
                f"{quoted(text)} in a count: is it {text.replace('.', '')}? Write digits alone",
            )
            return None
        return value

    def day(self, column: str) -> Day | None:
        text = self.row[column]
        try:
            return Day.parse(text)
        except ValueError as error:
            meant = days_meant(text)
            if len(meant) == 1:
                # With the year first no other day can be meant, and nothing was assumed.
                if not text[:4].isdecimal():
                    self.note(column, f"{text} is read as {meant[0]}", once="date")
                return meant[0]
            if meant:
                self.refuse(column, either_day(text, meant), once="two dates")
            else:
                self.refuse(column, str(error))
            return None

    def published(self, end: Day) -> Month | None:
        text = self.row["published"]
        if text.startswith("rule:"):
            name = text.removeprefix("rule:")
            if name not in RELEASE_RULES:
                self.refuse(
                    "published",
                    f"{quoted(name)} is not a release rule; {did_you_mean(name, RELEASE_RULES)}",
                )
                return None
            return Month.of(end.last) + RELEASE_RULES[name]
        if not text:
            self.refuse(
                "published",
                "is empty; write the date it became known, or rule:NAME with one of "
                + ", ".join(RELEASE_RULES),
            )
            return None
        day = self.day("published")
        # The ends are compared, so that a month alone may be the one in which the span ends.
        if day is not None and day.last < end.last:
            self.refuse(
                "published",
                f"{text} is before the end of the span, {self.row['end']}; nothing is known before "
                "it has happened",
            )
            return None
        return None if day is None else Month.of(day.first)

    def value(self, indicator: IndicatorBase) -> _Measured | None:
        """Return what the row measured, or None where it is at fault."""
        family = family_of(indicator)
        if family.has_categories:
            return self.category(family, indicator)
        before, stated = len(self.problems), bool(self.row["value"])
        value, low, high, error = (
            self.number(name, family) for name in ("value", "low", "high", "se")
        )
        if len(self.problems) > before:
            return None
        if (low is None) != (high is None):
            self.refuse("low", "low and high go together; write both or neither")
            return None
        if low is not None and family.has_memory:
            self.refuse(
                "low",
                f"{_a(family.name)} row has neither low nor high; write 0 or 1 as its value",
            )
            return None
        if low is not None and high is not None:
            if not self.range_is_sound(family, value, low, high, error):
                return None
            value = family.middle(low, high) if value is None else value
            # A range is read as a central 90 % interval, and fixes the error.
            error = (high - low) / (2 * Z90)
        if value is None:
            self.refuse("value", "is empty; write a value, or low and high")
            return None
        if error is not None and error < 0:
            self.refuse("se", f"{error:g} is negative; a standard error is 0 or more")
            return None
        fault = family.item_fault(indicator, value)
        # A look at a state takes an error and does not read it, as validate says.
        if not fault and error and not family.has_error and not family.has_memory:
            fault = _states_no_error(family)
        if fault:
            self.refuse("value", fault)
            return None
        return _Measured(value, error or 0.0, low, high, stated)

    def category(self, family: Family[Any], indicator: IndicatorBase) -> _Measured | None:
        """Return the category that the row gives, or None where it is at fault."""
        if any(self.row[column] for column in ("low", "high", "se")):
            self.refuse("se", _states_no_error(family))
            return None
        try:
            return _Measured(family.parse(indicator, self.row["value"]))
        except ValueError as error:
            self.refuse("value", str(error))
            return None

    def range_is_sound(
        self, family: Family[Any], value: float | None, low: float, high: float, se: float | None
    ) -> bool:
        """Say whether a range fits its family and its value; refuse it where it does not."""
        if not low < high:
            self.refuse("low", f"low {low:g} is not below high {high:g}; write the smaller first")
            return False
        if se is not None:
            self.refuse("se", "a row has low and high, or se, not both")
            return False
        for column, end in (("low", low), ("high", high)):
            # A range may end where no value can lie, such as a range of positive values at 0.
            if end in family.range_edges:
                continue
            if (fault := family.fault(end, threshold=True)) is not None:
                self.refuse(column, fault)
                return False
        if value is not None and not low <= value <= high:
            self.refuse(
                "value", f"{value:.10g} is outside its own range, {low:.10g} to {high:.10g}"
            )
            return False
        return True

    def _no_indicator(self, name: str) -> str:
        """Say why a name cannot have evidence, and what can."""
        if name in self.spec.policies:
            return (
                f"{name!r} is a policy, whose path is given and not inferred; write it under "
                "policies in the model file"
            )
        if name in self.spec.factors:
            of = [k for k, item in self.spec.indicators.items() if item.measures == name]
            return (
                f"{name!r} is a factor, which nobody sees; evidence is about its indicators "
                f"({', '.join(of) or 'none yet'})"
            )
        return (
            f"{quoted(name)} is not an indicator of the model; "
            f"{did_you_mean(name, self.spec.indicators)}"
        )

    def read(self) -> EvidenceRow | None:
        before = len(self.problems)
        indicator = self.spec.indicators.get(self.row["indicator"])
        if indicator is None:
            self.refuse("indicator", self._no_indicator(self.row["indicator"]))
        start, end = self.day("start"), self.day("end")
        published: Month | None = None
        if start is not None and end is not None:
            if end.last < start.first:
                self.refuse("end", f"{self.row['end']} is before the start, {self.row['start']}")
            elif self.past and end.last >= self.spec.time.start.first_day:
                self.refuse(
                    "end",
                    f"{self.row['end']} is not before the model's start, {self.spec.time.start}; "
                    "a row from then on belongs into the evidence",
                )
            elif not self.past and start.first < self.spec.time.start.first_day:
                self.refuse(
                    "start",
                    f"{self.row['start']} is before the model's start, {self.spec.time.start}; "
                    "begin the model earlier, or move the row to the history",
                )
            else:
                # Compared with the end of the span, so it is read only where the span is sound.
                published = self.published(end)
        grade = self.row["grade"]
        if grade not in GRADE_FACTOR:
            self.refuse("grade", f"{quoted(grade)} is not a grade; write A, B or C")
        if not self.row["source"]:
            self.refuse("source", "is empty; every figure names its source")
        url = self.row["url"]
        if url and not ADDRESS.fullmatch(url):
            self.refuse("url", f"{quoted(url)} is not an http or https address")
        measured = self.value(indicator) if indicator is not None else None
        if len(self.problems) > before or measured is None or published is None:
            return None
        assert start is not None and end is not None
        return EvidenceRow(
            id=self.row["id"],
            indicator=self.row["indicator"],
            start=start,
            end=end,
            published=published,
            value=measured.value,
            se=measured.se,
            grade=grade,  # type: ignore[arg-type]
            source=self.row["source"],
            url=url,
            note=self.row["note"],
            line=self.line,
            low=measured.low,
            high=measured.high,
            stated=measured.stated,
            by_rule=self.row["published"].startswith("rule:"),
            replaces=(self.row["replaces"],) if self.row["replaces"] else (),
            places=self.places,
        )


def _with_revisions(reader: _Reader, rows: dict[str, EvidenceRow]) -> dict[str, EvidenceRow]:
    """Return the rows with all that each revises, refusing what revises nothing."""
    revised_by: dict[str, str] = {}
    for row in rows.values():
        for name in row.replaces:
            reader.line, reader.places = row.line, row.places
            if (fault := _revision_fault(row, name, rows)) is not None:
                reader.refuse("replaces", fault)
            elif name in revised_by:
                by = revised_by[name]
                reader.refuse(
                    "replaces",
                    f"row {name!r} is revised by row {by!r} already; let this one replace {by!r}",
                )
            revised_by.setdefault(name, row.id)
    if reader.problems:
        return rows
    whole = {}
    for row in rows.values():
        chain = list(row.replaces)
        # Each link leads to an earlier row: published no later, and not itself.
        while chain and rows[chain[-1]].replaces and rows[chain[-1]].replaces[0] not in chain:
            chain += rows[chain[-1]].replaces
        if row.id in chain:
            reader.line, reader.places = row.line, row.places
            reader.refuse("replaces", f"row {row.id!r} revises itself, by {', '.join(chain)}")
        whole[row.id] = replace(row, replaces=tuple(chain))
    return whole


def _revision_fault(row: EvidenceRow, name: str, rows: Mapping[str, EvidenceRow]) -> str | None:
    """Say why a row cannot revise another; None where it can."""
    if name not in rows:
        return f"{quoted(name)} is not the id of a row; {did_you_mean(name, rows)}"
    old = rows[name]
    if old.indicator != row.indicator or (old.start, old.end) != (row.start, row.end):
        return (
            f"row {name!r} is about {old.indicator}, {old.start} to {old.end}, and not about the "
            "same; a revision is about the indicator and the span of what it revises"
        )
    if row.published < old.published:
        return (
            f"row {name!r} was published in {old.published}, after this one, {row.published}; let "
            "the later one replace the earlier"
        )
    return None


def _refuse_returns(reader: _Reader, rows: Iterable[EvidenceRow]) -> None:
    """Refuse a no after a yes that is for good."""
    for name, item in reader.spec.indicators.items():
        family = family_of(item)
        if not family.has_memory or family.leaving_prior(item) is not None:
            continue
        own = sorted((row for row in rows if row.indicator == name), key=lambda row: row.end.last)
        yes = "its start" if family.known_start(item) == 1.0 else None
        for row in own:
            if row.value > 0.5:
                yes = yes or f"row {row.id!r}"
            elif yes is not None:
                reader.line, reader.places = row.line, row.places
                reader.refuse(
                    "value",
                    f"is a no after the yes of {yes}, and leaves: 0 says that a yes is for good; "
                    "give leaves a range, or correct one of the two",
                )


def parse_evidence(text: str, file: str, spec: ModelSpec) -> Read[EvidenceRow]:
    """Read the rows of an evidence file against its model.

    Parameters
    ----------
    text : str
        CSV whose header names `COLUMNS`, in any order.
    file : str
        Its name in messages.
    spec : ModelSpec

    Raises
    ------
    ModelFileError
        With every fault of every row.
    """
    return _parse(text, _Reader(file, spec))


def parsed_row(cells: Mapping[str, str], spec: ModelSpec, file: str = "row") -> EvidenceRow:
    """Read one row by the names of its columns; those that are missing are empty.

    Raises
    ------
    ModelFileError
    """
    rows = [COLUMNS, [cells.get(name, "") for name in COLUMNS]]
    (row,) = parse_evidence(csv_bytes(rows).decode(), file, spec).rows
    return row


def parse_history(text: str, file: str, spec: ModelSpec) -> Read[EvidenceRow]:
    """Read the rows of a history, of what indicators showed before the model's start.

    Parameters, returned rows and faults are those of `parse_evidence`.
    """
    return _parse(text, _Reader(file, spec, past=True))


def _parse(text: str, reader: _Reader) -> Read[EvidenceRow]:
    """Return the rows of a file, or refuse it with every fault of every row."""
    if (fault := unseen_character(text, reader.file)) is not None:
        raise ModelFileError([fault])
    rows = reader.table(text)
    if not reader.problems and (excess := _too_many_rows(rows.values())) is not None:
        reader.line, reader.places = 1, {}
        reader.refuse("", excess)
    if not reader.problems:
        rows = _with_revisions(reader, rows)
        _refuse_returns(reader, rows.values())
    if reader.problems:
        raise ModelFileError(reader.problems)
    return Read(tuple(rows[name] for name in sorted(rows)), tuple(reader.notes))
