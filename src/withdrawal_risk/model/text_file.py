"""Text files: their encoding, and the characters that no text may hold."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Final, NamedTuple

from withdrawal_risk.characters import forbidden
from withdrawal_risk.errors import FileProblem, ModelFileError
from withdrawal_risk.files import UnreadableFile, read_bytes

__all__ = ["MAX_BYTES", "TextFile", "decoded", "read_text", "unseen_character"]

MAX_BYTES: Final = 1024 * 1024
"""Largest model or evidence file that is read."""

_BEFORE_TEXT: Final = "\ufeff"
"""The mark with which spreadsheets begin a file of UTF-8. Anywhere else it is refused as
invisible."""

_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CODE_PAGES: Final = tuple(f"cp{number}" for number in range(1250, 1259))


class TextFile(NamedTuple):
    """The text of a file.

    Parameters
    ----------
    text : str
    notes : tuple of FileProblem
        What was assumed of its encoding.
    """

    text: str
    notes: tuple[FileProblem, ...] = ()


def _agreed(data: bytes) -> str | None:
    """Return bytes as text where all code pages of Windows read them alike; None elsewhere.

    They agree on the quotes, dashes and blanks that office programs put into English text.
    """
    texts = {data.decode(page, errors="replace") for page in _CODE_PAGES}
    text = texts.pop()
    return None if texts or "\ufffd" in text else text


def read_text(path: Path, shown: str) -> TextFile:
    """Return the text of a file: UTF-8, or another encoding that is beyond doubt.

    Parameters
    ----------
    path : Path
    shown : str
        The name to use in messages.

    Raises
    ------
    ModelFileError
        If it is missing, too large or empty, or its encoding is not known.
    """
    try:
        data = read_bytes(path, most=MAX_BYTES)
    except UnreadableFile as error:
        raise ModelFileError([FileProblem(shown, 1, 1, "", error.reason)]) from None
    return decoded(data, shown)


def decoded(data: bytes, shown: str) -> TextFile:
    """Return the text of the bytes of a file.

    Parameters
    ----------
    data : bytes
    shown : str
        The name to use in messages.

    Raises
    ------
    ModelFileError
        If it is empty, or its encoding is not known.
    """

    def problem(message: str, line: int = 1, column: int = 1) -> FileProblem:
        return FileProblem(shown, line, column, "", message)

    notes: tuple[FileProblem, ...] = ()
    if data.startswith(_UTF_16):
        # Its first two bytes say so. An odd byte at the end, or half a character, is a broken file.
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError:
            message = (
                "this begins as UTF-16 (Excel's Unicode text) and is broken; save it as UTF-8 "
                "(CSV UTF-8)"
            )
            raise ModelFileError([problem(message)]) from None
        notes = (problem("read as UTF-16 (Excel's Unicode text)"),)
    else:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            before = data[: error.start]
            line = before.count(b"\n") + 1
            # What comes before the fault is sound, so its characters can be counted.
            column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8")) + 1
            agreed = _agreed(data)
            if agreed is None:
                message = (
                    f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8 (CSV "
                    "UTF-8 in Excel)"
                )
                raise ModelFileError([problem(message, line, column)]) from None
            text = agreed
            message = "read in the code page of Windows; save it as UTF-8 (CSV UTF-8 in Excel)"
            notes = (problem(message, line, column),)
    if not text.strip(f"{_BEFORE_TEXT} \t\r\n"):
        raise ModelFileError([problem("the file is empty")])
    return TextFile(text.removeprefix(_BEFORE_TEXT), notes)


def unseen_character(text: str, shown: str) -> FileProblem | None:
    """Return the fault of a text with a character that is invisible or that a terminal obeys."""
    unseen = forbidden(text)
    if unseen is None:
        return None
    line = text.count("\n", 0, unseen.position) + 1
    # `rfind` returns -1 in the first line, so columns count from 1 in every line.
    column = unseen.position - text.rfind("\n", 0, unseen.position)
    return FileProblem(
        shown, line, column, "", f"the character {unseen.name}, which nobody sees; remove it"
    )
