"""Reading a table row by row, with the place of every cell.

Columns are found by their names. What stands between them, and whether decimals have a comma, is
read where it is beyond doubt, and noted.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import FileProblem, did_you_mean

__all__ = ["GROUPED", "Read", "TableReader", "columns_of"]

_SEPARATORS: Final[Mapping[str, str]] = {",": "commas", ";": "semicolons", "\t": "tabs"}
"""What may stand between columns, the usual one first."""

GROUPED: Final = re.compile(r"[-+]?\d{1,3}([.,]\d{3})+")
"""A number whose separators may part its thousands, or its decimals."""

_DECIMAL_COMMA: Final = re.compile(r"[-+]?(?:\d{1,3}(?:\.\d{3})+|\d*),\d+")
_DECIMAL_POINT: Final = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d*)\.\d+")

_LIKE: Final = 0.8
"""Likeness of two names, from 0 to 1, from which one is a slip of the other."""


class Read[Row](NamedTuple):
    """What a table holds.

    Parameters
    ----------
    rows : tuple
    notes : tuple of FileProblem
        What was assumed where it is written in another way than the library writes it.
    """

    rows: tuple[Row, ...]
    notes: tuple[FileProblem, ...] = ()


class TableReader:
    """Reads one row after the other and gathers what is wrong, and what was assumed.

    Parameters
    ----------
    file : str
        Its name in messages.
    columns : sequence of str
        All that are read.
    optional : collection of str
        Those that may be missing.
    numeric : collection of str
        Those that hold numbers.
    synonyms : mapping of str to str
        Other names under which people write them, which are asked about.
    """

    def __init__(
        self,
        file: str,
        columns: Sequence[str],
        optional: Collection[str] = (),
        numeric: Collection[str] = (),
        synonyms: Mapping[str, str] | None = None,
    ) -> None:
        self.file, self.columns = file, tuple(columns)
        self.optional, self.numeric = frozenset(optional), frozenset(numeric)
        self.synonyms = synonyms or {}
        self.problems: list[FileProblem] = []
        self.notes: list[FileProblem] = []
        self.line = 1
        self.row: dict[str, str] = {}
        self.places: Mapping[str, int] = {}
        # Columns of the file by position; None for those that are not read.
        self.header: list[str | None] = []
        self._separator = ","
        self.decimal_commas = False
        self._pointed = True
        # Of what is said once of many cells: its place among problems or notes, and how often.
        self._once: dict[str, tuple[int, int]] = {}

    def rows(self, text: str) -> Iterator[dict[str, str]]:
        """Yield every row, stripped, with a cell for each column; `refuse` then speaks of it.

        A column that the file does not have is empty.
        """
        lines = text.splitlines()
        if not lines:
            self.refuse("", f"the file is empty; {self._valid()}")
            return
        self._separator = self._parted_by(lines[0])
        found = self._cells(text)
        if not found or not self._takes(found[0][1], lines):
            return
        # Commas part the columns of most files, so that they can only be quoted decimals there.
        commas, points = self._sure_decimals(found[1:])
        turned = self._separator != "," and commas and not points
        self.decimal_commas = turned
        # Elsewhere a point may part thousands, unless some number shows that it does not.
        self._pointed = self._separator == "," or points
        for line, fields in found[1:]:
            self._stand_at(line, lines)
            # Spreadsheets leave rows of nothing but commas, which are skipped like empty lines.
            if any(fields) and self._begin(fields, turned):
                yield self.row

    @property
    def separator(self) -> str:
        """What stands between the columns of the text that was read."""
        return self._separator

    def _parted_by(self, line: str) -> str:
        """Return what stands between columns: that by which most of their names are found."""

        def named(separator: str) -> int:
            fields = next(csv.reader([line], delimiter=separator), [])
            return len({_plain(field) for field in fields} & set(self.columns))

        # The first of equals is the usual one.
        return max(_SEPARATORS, key=named)

    def _cells(self, text: str) -> list[tuple[int, list[str]]]:
        """Return the line at which each row begins, and its fields."""
        reader = csv.reader(io.StringIO(text), strict=True, delimiter=self._separator)
        found, before = [], 0
        try:
            for fields in reader:
                # A row begins after the last line of the one before: quoted fields may hold breaks.
                found.append((before + 1, fields))
                before = reader.line_num
        except csv.Error as error:
            self.line, self.places = reader.line_num, {}
            self.refuse("", f"not valid CSV: {error}; check the quotes")
        return found

    def _takes(self, fields: Sequence[str], lines: Sequence[str]) -> bool:
        """Take a header, and say whether rows can be read by it."""
        self._stand_at(1, lines)
        given = [_plain(field) for field in fields]
        while given and not given[-1]:
            given.pop()
        self.header = [name if name in self.columns else None for name in given]
        missing = [name for name in self.columns if name not in given]
        if len(set(given) & set(self.columns)) < 2:
            self.refuse(
                "", f"this is no header of such a file: {quoted(lines[0])}; {self._valid()}"
            )
            return False
        places = columns_of(lines[0], self._separator)
        before = len(self.problems)
        seen, extra, first = set[str](), list[str](), 0
        for place, name, field in zip(places, given, fields, strict=False):
            self.places = {"": place}
            if name in self.columns:
                if name in seen:
                    self.refuse("", f"the column {quoted(name)} stands twice; keep one")
                seen.add(name)
            elif difflib.get_close_matches(name, missing, cutoff=_LIKE):
                near = did_you_mean(name, missing)
                self.refuse("", f"{quoted(field.strip())} is not a column; {near}")
            elif (meant := self._meant(name, missing)) is not None:
                self.refuse("", f"{quoted(field.strip())} is not a column; is it {meant}?")
            elif name:
                extra.append(quoted(field.strip()))
                first = first or place
        self.places = {"": first}
        if extra:
            what = "column" if len(extra) == 1 else "columns"
            are = "is" if len(extra) == 1 else "are"
            self.note("", f"the {what} {', '.join(extra)} {are} not read")
        self.places = {}
        needed = [name for name in missing if name not in self.optional]
        if needed and len(self.problems) == before:
            self.refuse("", f"no column {', '.join(needed)}; {self._valid()}")
        if self._separator != ",":
            between = "tabs" if self._separator == "\t" else f"'{self._separator}'"
            self.note("", f"read with {between} between columns")
        return len(self.problems) == before

    def _meant(self, name: str, missing: Sequence[str]) -> str | None:
        """Return the column that another name most likely means; None where it is one's own."""
        words = re.split(r"[^a-z0-9]+", name)
        near = [column for column in missing if column in words]
        near += [self.synonyms[name]] if self.synonyms.get(name) in missing else []
        return near[0] if near else None

    def _valid(self) -> str:
        """Say which columns a file has."""
        needed = [name for name in self.columns if name not in self.optional]
        optional = [name for name in self.columns if name in self.optional]
        may = f", and may have {', '.join(optional)}" if optional else ""
        return f"the header must have {', '.join(needed)}{may}"

    def _sure_decimals(self, rows: Sequence[tuple[int, list[str]]]) -> tuple[bool, bool]:
        """Say whether some decimals surely have a comma, and whether some surely have a point."""
        places = [k for k, name in enumerate(self.header) if name in self.numeric]
        numbers = [fields[k].strip() for _, fields in rows for k in places if k < len(fields)]

        def surely(number: str, decimal: re.Pattern[str]) -> bool:
            if not decimal.fullmatch(number):
                return False
            # Three digits after one separator may be thousands, unless they follow a nought.
            one = number.count(",") + number.count(".") == 1
            return not (one and GROUPED.fullmatch(number) and number.lstrip("-+")[0] != "0")

        commas, points = (
            any(surely(number, decimal) for number in numbers)
            for decimal in (_DECIMAL_COMMA, _DECIMAL_POINT)
        )
        return commas, points

    def _begin(self, fields: list[str], turned: bool) -> bool:
        """Take the fields of a row, and say whether there is one for each column."""
        while len(fields) > len(self.header) and not fields[-1].strip():
            fields = fields[:-1]
        if len(fields) != len(self.header):
            self.refuse(
                "",
                f"the row has {len(fields)} fields, the header {len(self.header)}; quote "
                f"{_SEPARATORS[self._separator]} in texts",
            )
            return False
        self.row = dict.fromkeys(self.columns, "")
        for name, field in zip(self.header, fields, strict=True):
            if name is not None:
                self.row[name] = field.strip()
        for name in (name for name in self.columns if name in self.numeric):
            given = self.row[name]
            if not self._pointed and not turned and "." in given and GROUPED.fullmatch(given):
                plain = given.replace(".", "")
                self.refuse(
                    name,
                    f"{quoted(given)} may be {plain} or a decimal, where columns are not parted by "
                    f"commas: write {plain} or {given}0",
                )
            if turned:
                if "," not in given and GROUPED.fullmatch(given):
                    both = f"{given.replace('.', '')} or {given.replace('.', ',')}"
                    self.refuse(name, f"{quoted(given)} beside decimals with commas: write {both}")
                elif _DECIMAL_COMMA.fullmatch(given):
                    self.row[name] = given.replace(".", "").replace(",", ".")
                    self.note(
                        name, f"{given} is read as {self.row[name]}, with a decimal comma", "comma"
                    )
        return True

    def _stand_at(self, line: int, lines: Sequence[str]) -> None:
        """Let faults be those of the row that begins in a line."""
        self.line = line
        starts = columns_of(lines[line - 1], self._separator)
        self.places = {
            name: start for name, start in zip(self.header, starts, strict=False) if name
        }

    def refuse(self, column: str, message: str, once: str | None = None) -> None:
        """Note a fault of a cell of the row that was read last.

        Parameters
        ----------
        column : str
        message : str
        once : str, optional
            The kind of a fault of which only the first is told, with the number of others.
        """
        self._add(self.problems, column, message, once)

    def note(self, column: str, message: str, once: str | None = None) -> None:
        """Note what was assumed of a cell; arguments as in `refuse`."""
        self._add(self.notes, column, message, once)

    def _add(self, to: list[FileProblem], column: str, message: str, once: str | None) -> None:
        at = self.places.get(column, self.places.get("", 1))
        if once is not None and once in self._once:
            place, others = self._once[once]
            first = to[place].message.removesuffix(_more(others))
            to[place] = replace(to[place], message=first + _more(others + 1))
            self._once[once] = place, others + 1
            return
        if once is not None:
            self._once[once] = len(to), 0
        to.append(FileProblem(self.file, self.line, at, column, message))


def _more(others: int) -> str:
    return f" (and {others} more like it)" if others else ""


def _plain(name: str) -> str:
    """Return the name of a column without what does not matter in it."""
    return name.strip().lower().replace(" ", "_")


def columns_of(line: str, separator: str = ",") -> list[int]:
    """Return the column, counted from 1, at which each field of a line begins."""
    starts, quoting = [1], False
    for place, character in enumerate(line):
        # A doubled quote within quotes toggles twice and changes nothing.
        if character == '"':
            quoting = not quoting
        elif character == separator and not quoting:
            # One step past the separator, and one because columns count from 1.
            starts.append(place + 2)
    return starts
