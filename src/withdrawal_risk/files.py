"""The one reader and the one writer: files are read and written whole, or not at all."""

from __future__ import annotations

import csv
import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from withdrawal_risk.characters import forbidden, is_number, quoted
from withdrawal_risk.errors import ArgumentError, WithdrawalRiskError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "UnreadableFile",
    "check_target",
    "content_digest",
    "csv_bytes",
    "opened",
    "path_of",
    "read_bytes",
    "safe_cell",
    "table_bytes",
    "table_target",
    "write_bytes",
    "write_new",
    "write_table",
]


_LONGEST_NAME: Final = 255
"""Bytes of a name in a folder, on every system in use."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for the beginning of a formula."""


class UnreadableFile(WithdrawalRiskError):
    """A file that cannot be read.

    Parameters
    ----------
    path : Path
    reason : str
        What is wrong with it, and what to do.
    """

    def __init__(self, path: Path, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path}: {reason}")

    def __reduce__(self) -> tuple[type[UnreadableFile], tuple[Path, str]]:
        return type(self), (self.path, self.reason)


def path_of(value: object, what: str = "path") -> Path:
    """Return a path that a user gave; ``~`` is the home folder.

    Parameters
    ----------
    value : str or os.PathLike
    what : str
        The argument, for the message.

    Raises
    ------
    ArgumentError
        If it is no path.
    """
    text = os.fspath(value) if isinstance(value, str | os.PathLike) else None
    if not isinstance(text, str) or not text:
        raise ArgumentError(f"{what} is {quoted(value)}; write a path, as text or pathlib.Path")
    # A line break may stand in other texts, but in a path it would break messages in two.
    if (unseen := forbidden(text)) is not None or "\n" in text:
        raise ArgumentError(
            f"{what} is {quoted(text)}, which holds the character "
            f"{unseen.name if unseen else 'U+000A'}"
        )
    if any(len(os.fsencode(part)) > _LONGEST_NAME for part in text.split(os.sep)):
        raise ArgumentError(
            f"{what} is {quoted(text)}, in which a name is longer than {_LONGEST_NAME} bytes; "
            "choose a shorter one"
        )
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ArgumentError(f"{what} is {quoted(text)}: there is no such home folder") from None


@contextmanager
def opened(path: Path, *, most: int) -> Iterator[tuple[BinaryIO, int]]:
    """Open a file to read from, and say how many bytes it has.

    Parameters
    ----------
    path : Path
    most : int
        Bytes that it may have at most.

    Raises
    ------
    UnreadableFile
        If it is missing, is no regular file (a pipe or a device may never end), or is larger.
    """
    try:
        # Opened without waiting, so that a pipe to which nobody writes is refused and not waited
        # for.
        descriptor = os.open(
            path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
        )
    except FileNotFoundError:
        raise UnreadableFile(path, "does not exist; check the path") from None
    except OSError as error:
        raise UnreadableFile(path, f"cannot be read: {error.strerror}; check the path") from None
    # Asked of the open file and not of its path, where another file may be by now.
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        folder = stat.S_ISDIR(status.st_mode)
        raise UnreadableFile(
            path,
            "is a folder; name a file"
            if folder
            else "is no regular file; name a file, not a pipe or a device",
        )
    with open(descriptor, "rb") as file:
        if status.st_size > most:
            raise UnreadableFile(
                path, f"the file has {status.st_size} bytes; at most {most} are read"
            )
        # A fault while the caller reads arrives here, at the yield.
        try:
            yield file, status.st_size
        except OSError as error:
            raise UnreadableFile(
                path, f"cannot be read: {error.strerror}; check the path"
            ) from None


def read_bytes(path: Path, *, most: int) -> bytes:
    """Return what is in a file.

    Parameters
    ----------
    path, most
        As in `opened`.

    Raises
    ------
    UnreadableFile
        As in `opened`, and where the file is not as long as it says.
    """
    with opened(path, most=most) as (file, size):
        # One byte more than it should have shows a file that has grown.
        content = file.read(size + 1)
    if len(content) != size:
        raise UnreadableFile(
            path, "is not as long as it says, or changes while it is read; copy it to a plain file"
        )
    return content


def content_digest(path: Path, *, most: int = 1024 * 1024) -> str:
    """Return the SHA-256 of what is in a file; arguments and faults are those of `read_bytes`."""
    return hashlib.sha256(read_bytes(path_of(path), most=most)).hexdigest()


def _target(path: Path) -> tuple[Path, os.stat_result | None]:
    """Return the file that a path leads to, through symbolic links, and what is there.

    Raises
    ------
    WithdrawalRiskError
        If something other than a regular file is there, or nothing can be.
    """
    # A link is followed here, because renaming onto it would replace the link itself.
    target = Path(os.path.realpath(path))
    try:
        status = target.stat()
    except FileNotFoundError:
        return target, None
    except NotADirectoryError:
        raise WithdrawalRiskError(
            f"{path} cannot be written: part of its path is a file; name another place"
        ) from None
    except OSError as error:
        raise WithdrawalRiskError(
            f"{path} cannot be written: {error.strerror}; name another place"
        ) from None
    if stat.S_ISDIR(status.st_mode):
        raise WithdrawalRiskError(f"{path} is a folder; name a file in it")
    if not stat.S_ISREG(status.st_mode):
        raise WithdrawalRiskError(f"{path} is no regular file; name a file, not a pipe or a device")
    return target, status


def check_target(path: Path) -> None:
    """Refuse a file that could not be written, before long work is done for it.

    Raises
    ------
    WithdrawalRiskError
    """
    _writable_target(path)


def _writable_target(path: Path) -> tuple[Path, os.stat_result | None]:
    """Return what `_target` returns, where its folder may be written to or made."""
    target, status = _target(path)
    existing = next(folder for folder in target.parents if folder.exists())
    if not (existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)):
        raise WithdrawalRiskError(
            f"{path} cannot be written: {existing} is no folder one may write to"
        )
    return target, status


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all.

    It is written beside its place, down to the disk, and then renamed.

    Folders are made as needed. A symbolic link is followed, and a file that is replaced keeps its
    permissions.

    Raises
    ------
    WithdrawalRiskError
        If it cannot be written; nothing is left behind then, and what was there stays.
    """
    target, status = _writable_target(path)
    mode = None if status is None else stat.S_IMODE(status.st_mode)
    with _written_beside(path, target, content, mode) as beside:
        beside.replace(target)


def write_new(path: Path, content: bytes) -> bool:
    """Write a file that appears whole or not at all, unless there is one already.

    Of several processes that write the same file one succeeds.

    Returns
    -------
    bool
        Whether it was written; False where something is there, which stays as it is.

    Raises
    ------
    WithdrawalRiskError
        As in `write_bytes`; also on a disk without hard links.
    """
    target = _writable_target(path)[0]
    with _written_beside(path, target, content, None) as beside:
        try:
            # Unlike a rename, a link is refused where there is a file.
            os.link(beside, target)
        except FileExistsError:
            return False
        return True


@contextmanager
def _written_beside(path: Path, target: Path, content: bytes, mode: int | None) -> Iterator[Path]:
    """Write a file beside its place, down to the disk; what is not renamed is deleted again.

    Raises
    ------
    WithdrawalRiskError
        If it cannot be written, or the caller cannot bring it to its place.
    """
    # In the same folder, hence on the same disk, where a rename happens at once or not at all.
    beside = target.parent / f".{secrets.token_hex(8)}.tmp"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            # O_EXCL refuses a file or a link that is already there, which could lead elsewhere.
            with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
                # Permissions first: nobody reads the content who could not read the old file.
                if mode is not None:
                    os.chmod(beside, mode)
                file.write(content)
                file.flush()
                # On disk before the rename: after a crash the name leads to old or to new content.
                os.fsync(file.fileno())
            yield beside
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        why = {
            errno.ENOSPC: "the disk is full; free some space or name another place",
            errno.EDQUOT: "the quota is used up; free some space or name another place",
            errno.EFBIG: "the file is larger than is allowed here; name another place",
            errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
        }.get(error.errno or 0, f"{error.strerror}; name another place")
        raise WithdrawalRiskError(f"{path} cannot be written: {why}") from None


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows of texts as comma-separated values in UTF-8."""
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def table_target(value: object, what: str = "path") -> Path:
    """Return where a table is to be written, Parquet or CSV by its name.

    Raises
    ------
    WithdrawalRiskError
        If it is neither, or could not be written; before long work is done for it.
    """
    path = path_of(value, what)
    if path.suffix not in (".parquet", ".csv"):
        raise ArgumentError(f"{path.name} is neither .parquet nor .csv; name one of the two")
    check_target(path)
    return path


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write the columns of a table to a place that `table_target` returned."""
    write_bytes(path, table_bytes(table, path.suffix))


def table_bytes(table: pd.DataFrame, suffix: str) -> bytes:
    """Return the columns of a table as Parquet or, with cells that are no formulas, as CSV.

    Parameters
    ----------
    table : pandas.DataFrame
    suffix : {".parquet", ".csv"}
    """
    written = BytesIO()
    if suffix == ".parquet":
        table.to_parquet(written, index=False)
    else:
        _without_formulas(table).to_csv(written, index=False)
    return written.getvalue()


def _without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts, and the names of whose columns, are safe in a spreadsheet."""

    def safe(value: object) -> object:
        return safe_cell(value) if isinstance(value, str) else value

    columns = {}
    for place, name in enumerate(table.columns):
        column = table.iloc[:, place]
        # Of categories only the few that there are need to be looked at.
        if hasattr(column, "cat"):
            columns[safe(name)] = column.cat.rename_categories(
                list(map(safe, column.cat.categories))
            )
        elif column.dtype.kind in ("O", "T", "U"):
            columns[safe(name)] = column.map(safe)
        else:
            columns[safe(name)] = column
    return type(table)(columns)


def safe_cell(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    return f"'{cell}" if cell[:1] in _FORMULA and not is_number(cell) else cell
