"""Reading a table of comma-separated values row by row, with the place of every cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import FileProblem, did_you_mean

__all__ = ["TableReader", "columns_of"]


class TableReader:
    """Reads one row after the other and gathers what is wrong.

    Parameters
    ----------
    file : str
        Its name in messages.
    columns : sequence of str
        Which the header must have, in this order.
    optional : sequence of str
        Which may follow, all of them or none.
    """

    def __init__(self, file: str, columns: Sequence[str], optional: Sequence[str] = ()) -> None:
        self.file, self.required, self.optional = file, tuple(columns), tuple(optional)
        self.problems: list[FileProblem] = []
        self.line = 1
        self.places: list[int] = [1]
        self.row: dict[str, str] = {}
        self.columns: tuple[str, ...] = self.required

    def rows(self, text: str) -> Iterator[dict[str, str]]:
        """Yield every row that has a cell for each column, stripped; `refuse` then speaks of it."""
        lines = text.splitlines()
        reader, before = csv.reader(io.StringIO(text), strict=True), 0
        try:
            for number, fields in enumerate(reader):
                # A row begins after the last line of the one before: quoted fields may hold breaks.
                self.line, before = before + 1, reader.line_num
                self.places = columns_of(lines[self.line - 1])
                if number == 0:
                    header = tuple(field.strip() for field in _used(fields, len(self.required)))
                    if header not in (self.required, (*self.required, *self.optional)):
                        self.refuse("", self.header_fault(text, header))
                        break
                    self.columns = header
                # Spreadsheets leave rows of nothing but commas, which are skipped like empty lines.
                elif any(fields) and self._begin(_used(fields, len(self.columns))):
                    yield self.row
        except csv.Error as error:
            self.line, self.places = reader.line_num, [1]
            self.refuse("", f"not valid CSV: {error}; check the quotes")

    def header_fault(self, text: str, header: Sequence[str]) -> str:
        """Say what is wrong with a header."""
        valid = f"the header must be {','.join(self.required)}"
        unknown = [name for name in header if name not in self.required]
        missing = [name for name in self.required if name not in header]
        if ";" in text.split("\n", 1)[0]:
            return f"the columns are parted by semicolons; save the file with commas; {valid}"
        if unknown:
            near = did_you_mean(unknown[0], self.required)
            return f"{quoted(unknown[0])} is not a column; {near}; {valid}"
        if missing:
            return f"no column {', '.join(missing)}; {valid}"
        return f"the columns are in another order; {valid}"

    def _begin(self, fields: list[str]) -> bool:
        """Take the fields of a row, and say whether there is one for each column."""
        if len(fields) != len(self.columns):
            self.refuse(
                "",
                f"the row has {len(fields)} fields, the header {len(self.columns)}; quote commas "
                "in texts",
            )
            return False
        self.row = {name: field.strip() for name, field in zip(self.columns, fields, strict=True)}
        return True

    def refuse(self, column: str, message: str) -> None:
        """Note a fault of a cell of the row that was read last."""
        place = self.columns.index(column) if column in self.columns else 0
        at = self.places[place] if place < len(self.places) else 1
        self.problems.append(FileProblem(self.file, self.line, at, column, message))


def _used(fields: list[str], columns: int) -> list[str]:
    """Return the fields of a line without the empty ones that a spreadsheet adds at the end."""
    while len(fields) > columns and not fields[-1].strip():
        fields = fields[:-1]
    return fields


def columns_of(line: str) -> list[int]:
    """Return the column, counted from 1, at which each comma-separated field of a line begins."""
    starts, quoting = [1], False
    for place, character in enumerate(line):
        # A doubled quote within quotes toggles twice and changes nothing.
        if character == '"':
            quoting = not quoting
        elif character == "," and not quoting:
            # One step past the comma, and one because columns count from 1.
            starts.append(place + 2)
    return starts
