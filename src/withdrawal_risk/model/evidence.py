"""Evidence rows: what was observed, over which span, and from when it was known."""

from __future__ import annotations

import calendar
import csv
import io
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import FileProblem, ModelFileError, did_you_mean
from withdrawal_risk.families import FAMILIES
from withdrawal_risk.model.document import unseen_character
from withdrawal_risk.model.elicitation import Z90
from withdrawal_risk.model.spec import IndicatorBase, ModelSpec, OrdinalIndicator
from withdrawal_risk.model.timeline import Day, Month

__all__ = ["COLUMNS", "GRADE_FACTOR", "RELEASE_RULES", "EvidenceRow", "parse_evidence", "place_of"]

COLUMNS: Final = (
    "id", "indicator", "start", "end", "published", "value", "low", "high", "se", "grade",
    "source", "url", "note",
)  # fmt: skip
"""Columns of an evidence file, in this order."""

MOST_ROWS: Final = 5000
MOST_ROW_MONTHS: Final = 50_000
"""Rows, and months that all rows speak of, that are read at most."""

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
known. Each is on the late side, so that a forecast never sees a figure too early."""


@dataclass(frozen=True)
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
        In the indicator's unit; for an ordinal indicator the position of the grade, from 0.
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

    def seen_at(self, as_of: Month) -> bool:
        """Say whether an ``as_of`` may see the row."""
        return self.published <= as_of

    def months(self) -> tuple[tuple[Month, float], ...]:
        """Return each month of the span with the share of it that is covered."""
        first, last = Month.of(self.start.first), Month.of(self.end.last)
        shares = []
        for n in range(first.ordinal, last.ordinal + 1):
            month = Month(n)
            begin = max(self.start.first, month.first_day)
            finish = min(self.end.last, month.last_day)
            shares.append((month, ((finish - begin).days + 1) / month.days))
        return tuple(shares)


_NUMBER = re.compile(r"[-+]?\d{1,3}([.,]\d{3})+")
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_PERCENT = re.compile(r"([-+]?\d+(?:[.,]\d+)?)\s*[%٪]")
_ABOUT = re.compile(r"(?:~|≈|ca\.?|about|around)\s*\S+", re.IGNORECASE)
_NONE = frozenset({"n/a", "na", "none", "null", "nan", "-", "–", "—", "?", "unknown", ".."})
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_NAMED_MONTH = re.compile(r"([A-Za-z]{3})[a-z]*[- ](\d{2}|\d{4})")
_MONTHS = tuple(name.lower() for name in calendar.month_abbr)


def _how_to_write(text: str, family: str) -> str:
    """Say of a text that is no number what number was meant, or what to write."""
    if text.lower() in _NONE:
        return f"{quoted(text)} is not a number; leave the cell empty"
    if _ABOUT.fullmatch(text):
        return f"{quoted(text)} is not a number; write low and high"
    if (percent := _PERCENT.fullmatch(text)) is not None:
        part = float(percent[1].replace(",", ".")) / 100
        plain = f"write the share, {part:.10g}" if 0 < part < 1 else "a share lies between 0 and 1"
        return f"{quoted(text)} is not a number; {plain if family == 'share' else 'leave out the sign'}"
    if family == "binary" and text.lower() in ("yes", "no", "true", "false"):
        return f"{quoted(text)} is not a number; write {int(text.lower() in ('yes', 'true'))}"
    if _NUMBER.fullmatch(text) and not text.lstrip("-+").startswith("0"):
        plain = text.replace(",", "").replace(".", "")
        either = f" or {text.replace(',', '.')}" if text.count(",") == 1 and family != "count" else ""
        return f"{quoted(text)} is not a number; write {plain}{either}, without separators"
    if _DECIMAL_COMMA.fullmatch(text):
        return f"{quoted(text)} is not a number; write {text.replace(',', '.')}, with a point"
    return f"{quoted(text)} is not a number; write digits, or leave it empty"


def _how_to_date(text: str) -> str | None:
    """Say of a text that is no date which date was meant; None where nothing can be told."""
    meant: list[str] = []
    if (found := _YEAR_FIRST.fullmatch(text)) is not None:
        meant = ["-".join([found[1], *(f"{int(part):02d}" for part in found.groups()[1:] if part)])]
    elif (found := _YEAR_LAST.fullmatch(text)) is not None:
        ends = [(int(found[1]), int(found[2])), (int(found[2]), int(found[1]))]
        meant = [f"{found[3]}-{month:02d}-{day:02d}" for day, month in dict.fromkeys(ends)]
    elif (found := _NAMED_MONTH.fullmatch(text)) is not None and found[1].lower() in _MONTHS[1:]:
        year = int(found[2]) + (2000 if len(found[2]) == 2 else 0)
        meant = [f"{year}-{_MONTHS.index(found[1].lower()):02d}"]
    days = [day for day in map(_as_day, meant) if day is not None and str(day) != text]
    if len(days) == 2:
        either = " or ".join(f"{day.first.day} {calendar.month_name[day.first.month]}" for day in days)
        return f"{quoted(text)} is not a date: {either}? Write {days[0]} or {days[1]}"
    return f"{quoted(text)} is not a date; write {days[0]}" if days else None


def _as_day(text: str) -> Day | None:
    try:
        return Day.parse(text)
    except ValueError:
        return None


def _about_header(text: str, fields: Sequence[str]) -> str:
    """Say what is wrong with a header, once."""
    line = text.split("\n", 1)[0]
    for separator, name in ((";", "semicolons"), ("\t", "tabs")):
        if separator in line and "," not in line:
            return f"the columns are parted by {name}; save the file with commas (in a spreadsheet: CSV UTF-8)"
    given = [field.strip() for field in fields]
    plain = [field.lower().replace(" ", "_") for field in given]
    valid = f"the header must be {','.join(COLUMNS)}"
    if sorted(plain) == sorted(COLUMNS):
        return f"{'the columns are in another order' if plain != list(COLUMNS) else 'column names are written otherwise'}; {valid}"
    extra = [field for field, name in zip(given, plain, strict=True) if name not in COLUMNS]
    missing = [name for name in COLUMNS if name not in plain]
    if len(missing) < len(COLUMNS) // 2:
        said = [f"no column {', '.join(missing)}"] if missing else []
        said += [f"unknown {', '.join(map(quoted, extra[:8]))}"] if extra else []
        said = said or ["a column stands twice"]
        return f"{'; '.join(said)}; {valid}"
    return f"this is no header of an evidence file: {quoted(line)}; {valid}"


def _columns_of(line: str) -> list[int]:
    """Return the column, counted from 1, at which each comma-separated field of a line begins."""
    starts, quoted = [1], False
    for place, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == "," and not quoted:
            starts.append(place + 2)
    return starts


def place_of(lines: Sequence[str], row: EvidenceRow, column: str) -> tuple[int, int]:
    """Return the line and column, counted from 1, at which a row's value in a column stands in an evidence file."""
    places = _columns_of(lines[row.line - 1]) if 0 < row.line <= len(lines) else []
    number = COLUMNS.index(column)
    return row.line, places[number] if number < len(places) else 1


def _too_much(rows: Collection[EvidenceRow]) -> str | None:
    """Say that there is more evidence than was ever tried; nothing where there is not."""
    if len(rows) > MOST_ROWS:
        return f"{len(rows):,} rows; at most {MOST_ROWS:,} are read"
    spoken_of = sum(Month.of(row.end.last) - Month.of(row.start.first) + 1 for row in rows)
    if spoken_of > MOST_ROW_MONTHS:
        return f"rows speak of {spoken_of:,} months, each counted by itself; at most {MOST_ROW_MONTHS:,} are read"
    return None


def _used(fields: list[str]) -> list[str]:
    """Return the fields of a line without empty ones that a spreadsheet left behind the last column."""
    while len(fields) > len(COLUMNS) and not fields[-1].strip():
        fields = fields[:-1]
    return fields


_LONGEST_ID: Final = 100


class _Measured(NamedTuple):
    """The figures of a row, as in `EvidenceRow`."""

    value: float
    se: float = 0.0
    low: float | None = None
    high: float | None = None
    stated: bool = True


class _Reader:
    """Reads one row and gathers what is wrong with it."""

    def __init__(self, file: str, spec: ModelSpec) -> None:
        self.file = file
        self.spec = spec
        self.problems: list[FileProblem] = []
        self.line = 1
        self.places: list[int] = [1]
        self.row: dict[str, str] = {}

    def refuse(self, column: str, message: str) -> None:
        place = COLUMNS.index(column) if column in COLUMNS else 0
        at = self.places[place] if place < len(self.places) else 1
        self.problems.append(FileProblem(self.file, self.line, at, column, message))

    def number(self, column: str, family: str) -> float | None:
        text = self.row[column]
        if not text:
            return None
        try:
            if "_" in text:
                raise ValueError(text)
            value = float(text)
        except ValueError:
            self.refuse(column, _how_to_write(text, family))
            return None
        if not math.isfinite(value):
            self.refuse(column, f"{quoted(text)} is not a finite number; leave the row out instead")
            return None
        if family == "share" and 1 < value <= 100 and column in ("value", "low", "high"):
            self.refuse(column, f"{value:.10g} is outside (0, 1); write a share, not a percentage: {value / 100:.10g}")
            return None
        if family == "count" and column != "se" and "." in text and _NUMBER.fullmatch(text):
            self.refuse(column, f"{quoted(text)} in a count: is it {text.replace('.', '')}? Write digits alone")
            return None
        return value

    def day(self, column: str) -> Day | None:
        try:
            return Day.parse(self.row[column])
        except ValueError as error:
            self.refuse(column, _how_to_date(self.row[column]) or str(error))
            return None

    def published(self, end: Day) -> Month | None:
        text = self.row["published"]
        if text.startswith("rule:"):
            name = text.removeprefix("rule:")
            if name not in RELEASE_RULES:
                self.refuse("published", f"{quoted(name)} is not a release rule; {did_you_mean(name, RELEASE_RULES)}")
                return None
            return Month.of(end.last) + RELEASE_RULES[name]
        if not text:
            self.refuse(
                "published",
                "is empty; write the date it became known, or rule:NAME with one of " + ", ".join(RELEASE_RULES),
            )
            return None
        day = self.day("published")
        if day is not None and day.last < end.last:
            self.refuse(
                "published",
                f"{text} is before the end of the span, {self.row['end']}; nothing is known before it has happened",
            )
            return None
        return None if day is None else Month.of(day.first)

    def value(self, indicator: IndicatorBase) -> _Measured | None:
        """Return what the row measured, or None where it is at fault."""
        family: str = indicator.family  # type: ignore[attr-defined]
        if isinstance(indicator, OrdinalIndicator):
            given = self.row["value"]
            if any(self.row[column] for column in ("low", "high", "se")):
                self.refuse("se", "an ordinal row has neither low, high nor se; lower its grade instead")
                return None
            if given not in indicator.grades:
                self.refuse(
                    "value",
                    f"{quoted(given)} is not a grade of {self.row['indicator']}; {did_you_mean(given, indicator.grades)}",
                )
                return None
            return _Measured(float(indicator.grades.index(given)))
        before, stated = len(self.problems), bool(self.row["value"])
        value, low, high, error = (self.number(name, family) for name in ("value", "low", "high", "se"))
        if len(self.problems) > before:
            return None
        if (low is None) != (high is None):
            self.refuse("low", "low and high go together; write both or neither")
            return None
        if low is not None and high is not None:
            if not low < high:
                self.refuse("low", f"low {low:g} is not below high {high:g}; write the smaller first")
                return None
            if error is not None:
                self.refuse("se", "a row has low and high, or se, not both")
                return None
            for column, end in (("low", low), ("high", high)):
                at_the_edge = end == 0 or (family == "share" and end == 1)
                if not at_the_edge and (fault := FAMILIES[family].fault(end, threshold=True)):
                    self.refuse(column, fault)
                    return None
            if value is None:
                value = math.sqrt(low * high) if family == "lognormal" and low > 0 else (low + high) / 2
                value = float(round(value)) if FAMILIES[family].whole else value
            elif not low <= value <= high:
                self.refuse("value", f"{value:.10g} is outside its own range, {low:.10g} to {high:.10g}")
                return None
            error = (high - low) / (2 * Z90)
        if value is None:
            self.refuse("value", "is empty; write a value, or low and high")
            return None
        if error is not None and error < 0:
            self.refuse("se", f"{error:g} is negative; a standard error is 0 or more")
            return None
        fault = FAMILIES[family].fault(value)
        if not fault and family == "binary" and error:
            fault = "a binary row has neither low, high nor se; lower its grade instead"
        if fault:
            self.refuse("value", fault)
            return None
        return _Measured(value, error or 0.0, low, high, stated)

    def _no_indicator(self, name: str) -> str:
        """Say why a name cannot have evidence, and what can."""
        if name in self.spec.policies:
            return (
                f"{name!r} is a policy, whose path is given and not inferred; write it under policies in the model file"
            )
        if name in self.spec.factors:
            of = [k for k, item in self.spec.indicators.items() if item.measures == name]
            return f"{name!r} is a factor, which nobody sees; evidence is about its indicators ({', '.join(of) or 'none yet'})"
        return f"{quoted(name)} is not an indicator of the model; {did_you_mean(name, self.spec.indicators)}"

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
            elif start.first < self.spec.time.start.first_day:
                self.refuse(
                    "start",
                    f"{self.row['start']} is before the model's start, {self.spec.time.start}; "
                    "begin the model earlier or leave the row out",
                )
            else:
                published = self.published(end)
        grade = self.row["grade"]
        if grade not in GRADE_FACTOR:
            self.refuse("grade", f"{quoted(grade)} is not a grade; write A, B or C")
        if not self.row["source"]:
            self.refuse("source", "is empty; every figure names its source")
        url = self.row["url"]
        if url and not re.fullmatch(r"https?://[^\s\"'<>]+", url):
            self.refuse("url", f"{quoted(url)} is not an http or https address")
        measured = self.value(indicator) if indicator is not None else None
        if len(self.problems) > before or measured is None or published is None:
            return None
        assert start is not None and end is not None
        return EvidenceRow(
            self.row["id"], self.row["indicator"], start, end, published, measured.value, measured.se,
            grade, self.row["source"], url, self.row["note"], self.line,  # type: ignore[arg-type]
            measured.low, measured.high, measured.stated,
        )  # fmt: skip


def parse_evidence(text: str, file: str, spec: ModelSpec) -> tuple[EvidenceRow, ...]:
    """Read the rows of an evidence file against its model.

    Parameters
    ----------
    text : str
        CSV with the header `COLUMNS`.
    file : str
        Its name in messages.
    spec : ModelSpec

    Returns
    -------
    tuple of EvidenceRow
        Sorted by id.

    Raises
    ------
    ModelFileError
        With every fault of every row.
    """
    if (fault := unseen_character(text, file)) is not None:
        raise ModelFileError([fault])
    reader = _Reader(file, spec)
    lines = text.splitlines()
    table = csv.reader(io.StringIO(text), strict=True)
    rows: dict[str, EvidenceRow] = {}
    lines_of: dict[str, int] = {}
    before = 0
    try:
        for number, fields in enumerate(table):
            reader.line, before = before + 1, table.line_num
            reader.places = _columns_of(lines[reader.line - 1])
            if number == 0:
                if tuple(field.strip() for field in _used(fields)) != COLUMNS:
                    reader.refuse("", _about_header(text, _used(fields)))
                    break
                continue
            if not any(fields):
                continue
            fields = _used(fields)
            if len(fields) != len(COLUMNS):
                reader.refuse("", f"the row has {len(fields)} fields, the header {len(COLUMNS)}; quote commas in texts")
                continue
            reader.row = {name: field.strip() for name, field in zip(COLUMNS, fields, strict=True)}
            name = reader.row["id"]
            if not name:
                reader.refuse("id", "is empty; give every row an id")
                continue
            if name in lines_of:
                reader.refuse("id", f"duplicate evidence id {quoted(name)}, first given in line {lines_of[name]}")
                continue
            lines_of[name] = reader.line
            if len(name) > _LONGEST_ID:
                reader.refuse("id", f"{quoted(name)} has {len(name)} characters, at most {_LONGEST_ID}")
                continue
            row = reader.read()
            if row is not None:
                rows[name] = row
    except csv.Error as error:
        reader.line = table.line_num
        reader.places = [1]
        reader.refuse("", f"not valid CSV: {error}; check the quotes")
    if not reader.problems and (excess := _too_much(rows.values())) is not None:
        reader.line, reader.places = 1, [1]
        reader.refuse("", excess)
    if reader.problems:
        raise ModelFileError(reader.problems)
    return tuple(rows[name] for name in sorted(rows))
