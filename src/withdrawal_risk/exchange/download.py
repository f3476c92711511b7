"""Exports as tables: CSV of any size, a spreadsheet, or an archive with one table in it.

Only the columns that are asked for are kept, each as its distinct texts and a code a row, so that a
file of hundreds of megabytes takes little memory, and a text that stands a thousand times is read
once.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import warnings
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.characters import quoted, written_number
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.errors import (
    FileProblem,
    ModelFileError,
    WithdrawalRiskError,
    did_you_mean,
)
from withdrawal_risk.exchange.dates import Span, spans
from withdrawal_risk.files import UnreadableFile, opened
from withdrawal_risk.model.table_file import columns_of

__all__ = ["MISSING", "Export", "OtherLayout", "Table"]

MOST_BYTES: Final = 2 * 2**30
"""Bytes of a table that are read at most."""

MOST_IN_A_SPREADSHEET: Final = 512 * 2**20
"""Bytes that a spreadsheet may unfold to."""

MISSING: Final = frozenset({"", ".", "..", "-", "na", "n/a", "nan", "null", "none", "#n/a"})
"""What stands for no value in exports, in small letters."""

_HEAD: Final = 2**18
_HEADER_WITHIN: Final = 40
"""Lines within which the names of columns must stand."""

_BLOCK: Final = 16 * 2**20
_SEPARATORS: Final = (",", ";", "\t")
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What an archive that is damaged or locked ends in."""

_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_ARCHIVE: Final = b"PK\x03\x04"


class OtherLayout(Exception):
    """A table without the columns that its reader needs.

    Parameters
    ----------
    columns : list of str
        Those that it has.
    """

    def __init__(self, columns: list[str]) -> None:
        super().__init__(columns)
        self.columns = columns


class _Column(NamedTuple):
    """The distinct texts of a column, and which of them stands in each row."""

    codes: NDArray[np.int32]
    texts: list[str]


class Table:
    """Some columns of an export.

    Parameters
    ----------
    export : Export
    columns : mapping of str to (codes, texts)
        By name in small letters.
    rows : array of int, optional
        Which rows of the export they are, counted from 0; all where it is left out.
    """

    def __init__(
        self,
        export: Export,
        columns: Mapping[str, _Column],
        rows: NDArray[np.int64] | None = None,
    ) -> None:
        self.export, self._columns, self._rows = export, columns, rows

    def __len__(self) -> int:
        return len(next(iter(self._columns.values())).codes)

    def __contains__(self, name: str) -> bool:
        return name in self._columns

    def only(self, mask: NDArray[np.bool_]) -> Table:
        """Return the rows of a mask."""
        rows = np.arange(len(self)) if self._rows is None else self._rows
        columns = {
            name: _Column(column.codes[mask], column.texts)
            for name, column in self._columns.items()
        }
        return Table(self.export, columns, rows[mask])

    def distinct(self, name: str) -> list[str]:
        """Return the texts that stand in a column, without empty ones."""
        column = self._columns[name]
        return sorted({column.texts[code] for code in np.unique(column.codes)} - {""})

    def texts(self, name: str) -> list[str]:
        """Return the text of every row."""
        column = self._columns[name]
        return [column.texts[code] for code in column.codes]

    def where(self, name: str, test: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Say of every row whether its text passes a test."""
        column = self._columns[name]
        return np.array([test(text) for text in column.texts], dtype=bool)[column.codes]

    def codes(self, name: str) -> NDArray[np.int32]:
        """Return a number for every row, the same for the same text."""
        return self._columns[name].codes

    def numbers(
        self, name: str, decimal: str = ".", *, missing: float | None = None
    ) -> NDArray[np.float64]:
        """Return the number of every row.

        Parameters
        ----------
        name : str
        decimal : str
            Between whole numbers and decimals.
        missing : float, optional
            What stands for a missing one; without it a row must have a number.
        """

        def read(text: str) -> float | None:
            if text.lower() in MISSING:
                return missing
            plain = text
            if decimal != ".":
                if "." in text:
                    return None
                plain = text.replace(decimal, ".")
            try:
                number = written_number(plain)
            except ValueError:
                return None
            return number if np.isfinite(number) else None

        what = "is not a number; correct it in the export, or leave it empty"
        return np.array(self._each(name, read, what), dtype=float)[self._columns[name].codes]

    def spans(self, name: str) -> list[Span]:
        """Return the first and the last day that every row names."""
        read = self._distinct_spans(name)
        return [span for code in self._columns[name].codes if (span := read[code]) is not None]

    def months(self, name: str, last: bool = False) -> NDArray[np.int64]:
        """Return the month of every row, counted as `Month` does: of its first or its last day."""
        column = self._columns[name]
        read = self._distinct_spans(name)
        months = [Month.of(span[last]).ordinal if span else 0 for span in read]
        return np.array(months, dtype=np.int64)[column.codes]

    def _distinct_spans(self, name: str) -> list[Span | None]:
        """Return the days that the texts of a column name, refusing those that name none."""
        column = self._columns[name]
        used = np.unique(column.codes)
        found = dict(zip(used, spans([column.texts[code] for code in used]), strict=True))
        what = (
            "is not a date, or day and month may stand in either order; write dates as YYYY-MM-DD"
        )
        for code, span in found.items():
            if span is None:
                self._refuse(name, int(code), what)
        return [found.get(code) for code in range(len(column.texts))]

    def _each[T](self, name: str, read: Callable[[str], T | None], what: str) -> list[T | None]:
        """Return what each distinct text that stands in a row is read as, refusing the others."""
        column = self._columns[name]
        used = set(np.unique(column.codes).tolist())
        results: list[T | None] = []
        for code, text in enumerate(column.texts):
            result = read(text) if code in used else None
            if result is None and code in used:
                self._refuse(name, code, what)
            results.append(result)
        return results

    def _refuse(self, name: str, code: int, what: str) -> NoReturn:
        column = self._columns[name]
        row = int(np.flatnonzero(column.codes == code)[0])
        raise ModelFileError([self.problem(row, name, f"{quoted(column.texts[code])} {what}")])

    def problem(self, row: int, name: str, message: str) -> FileProblem:
        """Locate a message at a cell of a row, counted from 0 among these."""
        return self.export.problem(
            row if self._rows is None else int(self._rows[row]), name, message
        )

    def line(self, row: int) -> int:
        """Return the line of a row of a small table."""
        return self.export.line(row if self._rows is None else int(self._rows[row]))


class Export:
    """A table that somebody downloaded, found by its columns.

    Parameters
    ----------
    path : Path
    marks : sequence of collections of str
        Names of columns, in small letters; a header holds all of one of them.
    unnamed : sequence of str
        The columns of a file whose header was left out.
    separator : str, optional
        What stands between columns, where it is known.

    Raises
    ------
    ModelFileError
        If it cannot be read.
    OtherLayout
        If no line near its beginning names the columns.
    """

    def __init__(
        self,
        path: Path,
        marks: Sequence[Collection[str]],
        *,
        unnamed: Sequence[str] = (),
        separator: str | None = None,
    ) -> None:
        self.path, self.shown = path, str(path)
        self.notes: list[str] = []
        self._encoding, self._separator, self._skip = "utf8", separator or ",", 0
        self._quotes = 0
        self._separators = (separator,) if separator else _SEPARATORS
        self._sheet, self._member = "", ""
        self._lines: list[int] = []
        with self._file() as file:
            begin = file.read(4)
        if begin == _OLD_EXCEL:
            self._refuse("this is an old Excel workbook; save it as .xlsx or as CSV UTF-8")
        self._is_sheet = begin == _ARCHIVE and not self._is_archive_of_a_table()
        header = self._sheet_header(marks) if self._is_sheet else self._text_header(marks, unnamed)
        self.given = header
        self.columns = [" ".join(name.lower().split()) for name in header]

    def _refuse(self, message: str, line: int = 1) -> NoReturn:
        raise ModelFileError([FileProblem(self.shown, line, 1, "", message)])

    # How the file is opened.

    @contextmanager
    def _file(self) -> Iterator[BinaryIO]:
        """Open the file as it is."""
        try:
            with opened(self.path, most=MOST_BYTES) as (file, size):
                if size == 0:
                    self._refuse("the file is empty; export it again")
                yield file
        except UnreadableFile as error:
            raise ModelFileError([FileProblem(self.shown, 1, 1, "", error.reason)]) from None

    @contextmanager
    def _table(self) -> Iterator[BinaryIO]:
        """Open the text of the table, inside an archive or not."""
        with self._file() as file:
            if not self._member:
                yield file
                return
            with self._archive(file) as archive:
                try:
                    member = archive.open(self._member)
                except (*_BROKEN, ValueError) as error:
                    self._locked(error)
                with member:
                    try:
                        yield member  # type: ignore[misc]
                    except _BROKEN as error:
                        self._locked(error)

    def _archive(self, file: BinaryIO) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(file)
        except (*_BROKEN, ValueError):
            self._refuse("the archive is broken; download it again")

    def _locked(self, error: Exception) -> NoReturn:
        what = " ".join(str(error).split())[:100] or type(error).__name__
        self._refuse(f"the archive cannot be read ({what}); unpack it, and name the table")

    def _is_archive_of_a_table(self) -> bool:
        """Say whether an archive holds one table as text; note which."""
        with self._file() as file, self._archive(file) as archive:
            items = archive.infolist()
        if any(item.filename.startswith("xl/") for item in items):
            if sum(item.file_size for item in items) > MOST_IN_A_SPREADSHEET:
                self._refuse("the spreadsheet is too large; save its sheet as CSV UTF-8")
            return False
        # Beside its data the World Bank puts tables that describe them.
        tables = [
            item
            for item in items
            if item.filename.lower().endswith(".csv")
            and not Path(item.filename).name.startswith(("Metadata", "__"))
            and not item.filename.startswith("__MACOSX")
        ]
        if len(tables) != 1:
            self._refuse(f"the archive holds {len(tables)} tables; unpack it, and name one of them")
        if tables[0].file_size > MOST_BYTES:
            self._refuse(f"the table in it has more than {MOST_BYTES} bytes")
        self._member = tables[0].filename
        return True

    # Where the columns are named.

    def _text_header(self, marks: Sequence[Collection[str]], unnamed: Sequence[str]) -> list[str]:
        """Find the line with the names of the columns, and what stands between them."""
        with self._table() as file:
            head = file.read(_HEAD)
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            self._encoding = "utf16"
        text = head.decode("utf-16" if self._encoding == "utf16" else "utf-8-sig", errors="replace")
        if "\0" in text:
            self._refuse("this is no text; export the table as CSV or .xlsx")
        if not text.strip():
            self._refuse("the file is empty; export it again")
        lines = text.splitlines()[:_HEADER_WITHIN]
        for separator in self._separators:
            for number, line in enumerate(lines):
                fields = _fields(line, separator)
                if _named(fields, marks):
                    self._separator, self._skip = separator, number + 1
                    return fields
        # The first of the longest rows is likely the header of another table.
        tables = ([_fields(line, separator) for line in lines] for separator in self._separators)
        fields = max((max(rows, key=len) for rows in tables), key=len)
        if unnamed and len(fields) == len(unnamed) and fields[0].isdecimal():
            self.notes.append("the export has no header; its usual columns are taken")
            return list(unnamed)
        raise OtherLayout(fields)

    def _sheet_header(self, marks: Sequence[Collection[str]]) -> list[str]:
        """Find the sheet and the row with the names of the columns."""
        longest: list[str] = []
        with self._book() as book:
            for sheet in book.worksheets:
                for number, row in enumerate(
                    itertools.islice(sheet.iter_rows(values_only=True), _HEADER_WITHIN)
                ):
                    fields = [_cell(value) for value in row]
                    if _named(fields, marks):
                        self._sheet, self._skip = sheet.title, number + 1
                        return fields
                    longest = max(longest, [field for field in fields if field], key=len)
        raise OtherLayout(longest)

    @contextmanager
    def _book(self) -> Iterator[Any]:
        """Open the spreadsheet."""
        from openpyxl import load_workbook

        with self._file() as file, warnings.catch_warnings():
            # Styles and extensions that are not read are of no concern here.
            warnings.simplefilter("ignore")
            try:
                book = load_workbook(file, read_only=True, data_only=True)
            except Exception as error:
                kind = type(error).__name__
                self._refuse(f"it is not a spreadsheet that can be read ({kind}); save it anew")
            try:
                yield book
            except (WithdrawalRiskError, OtherLayout):
                raise
            except Exception as error:
                # Rows are unfolded as they are read, so a broken one is met only then.
                kind = type(error).__name__
                self._refuse(f"the spreadsheet is broken ({kind}); save it anew")
            finally:
                book.close()

    # What stands in the columns.

    def find(self, name: str, what: str = "column") -> str:
        """Return the name of a column in small letters.

        Raises
        ------
        ModelFileError
            If there is none of that name, with those that are alike.
        """
        plain = " ".join(name.lower().split())
        if plain not in self.columns:
            valid = [given for given in self.given if given.strip()]
            self._refuse(
                f"no {what} {quoted(name)}; {did_you_mean(name, valid)}", max(self._skip, 1)
            )
        return plain

    def read(
        self,
        names: Sequence[str],
        optional: Sequence[str] = (),
        rows: Collection[int] | None = None,
    ) -> Table:
        """Read columns.

        Parameters
        ----------
        names : sequence of str
            In small letters.
        optional : sequence of str
            Those that may be missing; the table holds those that are there.
        rows : array of bool, optional
            The rows that are kept.
        """
        wanted = [self.find(name) for name in names]
        wanted += [name for name in optional if name in self.columns and name not in wanted]
        places = {name: self.columns.index(name) for name in wanted}
        columns = self._sheet_columns(places) if self._is_sheet else self._text_columns(places)
        table = Table(self, columns)
        return table if rows is None else table.only(np.asarray(rows))

    def _sheet_columns(self, places: Mapping[str, int]) -> dict[str, _Column]:
        cells: dict[str, list[str]] = {name: [] for name in places}
        with self._book() as book:
            for row in itertools.islice(
                book[self._sheet].iter_rows(values_only=True), self._skip, None
            ):
                if any(value is not None for value in row):
                    for name, place in places.items():
                        cells[name].append(_cell(row[place]) if place < len(row) else "")
        columns = {}
        for name, texts in cells.items():
            distinct, codes = np.unique(np.array(texts, dtype=object), return_inverse=True)
            columns[name] = _Column(codes.astype(np.int32), [str(text) for text in distinct])
        return columns

    def _text_columns(self, places: Mapping[str, int]) -> dict[str, _Column]:
        import pyarrow as pa

        if self._encoding == "utf8" and not self._is_utf8():
            self._encoding = "cp1252"
            self.notes.append("the export is not UTF-8; it is read in the code page of Windows")
        try:
            columns = self._parsed(places)
        except UnicodeDecodeError:
            self._refuse("it is neither UTF-8 nor in the code page of Windows; save it as UTF-8")
        except pa.ArrowInvalid as error:
            what = str(error).splitlines()[0][:200]
            self._refuse(f"not valid CSV: {what}; check the quotes, or export it again")
        # The reader takes the end of the file for the end of a text.
        if self._quotes % 2:
            self._refuse("a quote is left open, as in a file that was cut off; export it again")
        return columns

    def _is_utf8(self) -> bool:
        """Say whether the whole table is UTF-8, of which any byte can be the first that is not."""
        quotes = 0
        decoder = codecs.getincrementaldecoder("utf-8")()
        with self._table() as file:
            try:
                while block := file.read(_BLOCK):
                    decoder.decode(block)
                    quotes += block.count(b'"')
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                return False
        self._quotes = quotes
        return True

    def _parsed(self, places: Mapping[str, int]) -> dict[str, _Column]:
        import pyarrow as pa
        from pyarrow import csv as arrow

        faulty: list[int] = []

        def other(row: Any) -> str:
            # The World Bank ends its tables with lines about themselves.
            if row.actual_columns > 1 or not row.text.startswith(("Data from", "Last Updated")):
                faulty.append(row.actual_columns)
            return "skip"

        kind = pa.dictionary(pa.int32(), pa.string())
        names = [str(place) for place in range(len(self.columns))]
        wanted = [str(place) for place in places.values()]
        with self._table() as file:
            # Not the reader of streams: its threads may still hold the file when the process ends.
            table = arrow.read_csv(
                file,
                read_options=arrow.ReadOptions(
                    use_threads=False,
                    block_size=_BLOCK,
                    skip_rows=self._skip,
                    column_names=names,
                    encoding=self._encoding,
                ),
                parse_options=arrow.ParseOptions(
                    delimiter=self._separator, newlines_in_values=True, invalid_row_handler=other
                ),
                convert_options=arrow.ConvertOptions(
                    include_columns=wanted,
                    column_types=dict.fromkeys(wanted, kind),
                    strings_can_be_null=False,
                ),
            )
        if faulty:
            count = faulty[0]
            line = next((line for line, _, row in self._records() if len(row) == count), 1)
            more = f" ({len(faulty)} such rows)" if len(faulty) > 1 else ""
            self._refuse(
                f"the row has {count} fields, the header {len(names)}{more}; check its quotes, or "
                "export it again",
                line,
            )
        table = table.unify_dictionaries().combine_chunks()
        columns = {}
        for name, place in places.items():
            chunks = table.column(str(place)).chunks
            if not chunks:
                columns[name] = _Column(np.array([], dtype=np.int32), [])
                continue
            codes = np.concatenate([chunk.indices.to_numpy() for chunk in chunks])
            texts = [text.strip() for text in chunks[0].dictionary.to_pylist()]
            columns[name] = _Column(codes, texts)
        return columns

    # Where a fault stands. Looked for when there is one, since rows may break lines.

    def _records(self) -> Iterator[tuple[int, str, list[str]]]:
        """Yield the line at which each row begins, that line, and its fields."""
        names = {"utf8": "utf-8-sig", "utf16": "utf-16"}
        with self._table() as file:
            text = io.TextIOWrapper(
                file,
                encoding=names.get(self._encoding, self._encoding),
                errors="replace",
                newline="",
            )
            seen: list[str] = []

            def lines() -> Iterator[str]:
                for line in text:
                    seen.append(line)
                    yield line

            number = 0
            for _ in range(self._skip):
                text.readline()
                number += 1
            limit = csv.field_size_limit(_BLOCK)
            try:
                for fields in csv.reader(lines(), delimiter=self._separator):
                    if fields:
                        yield number + 1, seen[0], fields
                    number += len(seen)
                    seen.clear()
            except csv.Error:
                # A text without an end, of which no line can be told.
                return
            finally:
                csv.field_size_limit(limit)

    def line(self, row: int) -> int:
        """Return the line of a row; of a spreadsheet its row."""
        if not self._lines:
            self._lines = self._all_lines()
        return self._lines[row] if row < len(self._lines) else 1

    def _all_lines(self) -> list[int]:
        if not self._is_sheet:
            width = len(self.columns)
            return [line for line, _, fields in self._records() if len(fields) == width]
        with self._book() as book:
            rows = enumerate(book[self._sheet].iter_rows(values_only=True), start=1)
            return [
                number
                for number, row in rows
                if number > self._skip and any(value is not None for value in row)
            ]

    def problem(self, row: int, name: str, message: str) -> FileProblem:
        """Locate a message at a cell of a row, counted from 0."""
        line, column, place = self.line(row), 1, self.columns.index(name)
        if self._is_sheet:
            column = place + 1
        else:
            text = next((text for at, text, _ in self._records() if at == line), "")
            starts = columns_of(text.rstrip("\r\n"), self._separator)
            column = starts[place] if place < len(starts) else 1
        return FileProblem(self.shown, line, column, self.given[place].strip(), message)


def _fields(line: str, separator: str) -> list[str]:
    try:
        return [field.strip() for field in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error:
        # A line far longer than any header.
        return []


def _named(fields: Sequence[str], marks: Sequence[Collection[str]]) -> bool:
    """Say whether a line names columns."""
    plain = {" ".join(field.lower().split()) for field in fields}
    return any(set(mark) <= plain for mark in marks)


def _cell(value: Any) -> str:
    """Return a cell of a spreadsheet as text."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else str(value)
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).strip()
