"""Rows added to the text of an evidence file, which stays as it is to the last byte."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from withdrawal_risk.errors import FileProblem, ModelFileError
from withdrawal_risk.model.evidence import COLUMNS, NUMERIC_COLUMNS, OPTIONAL_COLUMNS
from withdrawal_risk.model.table_file import TableReader
from withdrawal_risk.model.text_file import MAX_BYTES, decoded

__all__ = ["with_rows"]

_MARKS: Final = {
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
    b"\xef\xbb\xbf": "utf-8",
}
"""How files begin that say themselves what encoding they have."""


def with_rows(data: bytes | None, shown: str, rows: Sequence[Mapping[str, str]]) -> bytes:
    """Return the bytes of an evidence file with further rows.

    They are written as the file is: its columns in its order, its separator, its decimal commas,
    its ends of lines, its encoding. Columns that it lacks and a row fills are added at the end of
    every row.

    Parameters
    ----------
    data : bytes, optional
        The file; None for a new one.
    shown : str
        Its name in messages.
    rows : sequence of mapping of str to str

    Raises
    ------
    ModelFileError
        If it would become larger than is read, or cannot hold a character in its encoding.
    """
    if not rows:
        return data or b""
    if data is None or not data.strip():
        return _lines(
            [dict(zip(COLUMNS, COLUMNS, strict=True)), *rows], COLUMNS, ",", "\n"
        ).encode()
    text = decoded(data, shown).text
    reader = TableReader(shown, COLUMNS, OPTIONAL_COLUMNS, NUMERIC_COLUMNS)
    for _ in reader.rows(text):
        pass
    if reader.problems:
        raise ModelFileError(reader.problems)
    filled = [name for name in COLUMNS if any(row.get(name) for row in rows)]
    header = [name or "" for name in reader.header]
    missing = [name for name in filled if name not in header]
    end = "\r\n" if "\r\n" in text else "\n"
    mark, encoding, encoding_of_new = _encodings(data)
    written = [_with_decimals(row, reader.decimal_commas) for row in rows]
    added = ("" if text.endswith(("\n", "\r")) else end) + _lines(
        written, [*header, *missing], reader.separator, end
    )
    try:
        if missing:
            data = mark + _with_columns(text, missing, reader.separator).encode(encoding)
        whole = data + added.encode(encoding_of_new)
    except UnicodeEncodeError as error:
        message = f"its encoding has no {error.object[error.start]!r}; save it as UTF-8 (CSV UTF-8)"
        raise ModelFileError([FileProblem(shown, 1, 1, "", message)]) from None
    if len(whole) > MAX_BYTES:
        message = (
            f"with the new rows it would have {len(whole):,} bytes; at most {MAX_BYTES:,} are read"
        )
        raise ModelFileError([FileProblem(shown, 1, 1, "", message)])
    return whole


def _encodings(data: bytes) -> tuple[bytes, str, str]:
    """Return the mark of a file, its encoding, and that of what is added to it.

    Where the code page of a file is not known, only what all of them share can be added.
    """
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            return mark, name, name
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return b"", "cp1252", "ascii"
    return b"", "utf-8", "utf-8"


def _with_decimals(row: Mapping[str, str], commas: bool) -> dict[str, str]:
    """Return a row whose decimals are written as in the file."""
    return {
        name: cell.replace(".", ",") if commas and name in NUMERIC_COLUMNS else cell
        for name, cell in row.items()
    }


def _lines(
    rows: Sequence[Mapping[str, str]], columns: Sequence[str], separator: str, end: str
) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=end)
    writer.writerows([row.get(name, "") for name in columns] for row in rows)
    return text.getvalue()


def _with_columns(text: str, names: Sequence[str], separator: str) -> str:
    """Return a table with further columns at the end, empty but for their names."""
    parts, first = [], True
    for record, end in _records(text):
        if record:
            cells = names if first else [""] * len(names)
            record += "".join(f"{separator}{cell}" for cell in cells)
            first = False
        parts += [record, end]
    return "".join(parts)


def _records(text: str) -> Iterator[tuple[str, str]]:
    """Yield each row as it is written, and the end of its line; quotes may hold breaks."""
    record = ""
    for line in text.splitlines(keepends=True):
        record += line
        # A doubled quote within quotes counts twice and changes nothing.
        if record.count('"') % 2 == 0:
            bare = record.rstrip("\r\n")
            yield bare, record[len(bare) :]
            record = ""
    if record:
        yield record, ""
