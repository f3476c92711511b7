"""The one gate for text: which characters people may be shown, and how the others are named."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

__all__ = [
    "Forbidden",
    "forbidden",
    "is_number",
    "letters",
    "printable",
    "quoted",
    "written_number",
]

_FORBIDDEN: Final = re.compile(
    # Controls, except the tab and the end of a line.
    "\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
    # Ends of lines and paragraphs that editors and terminals do not show as such.
    "\u2028\u2029"
    # Overrides and isolates of the writing direction, which reorder what is read.
    "\u202a-\u202e\u2066-\u2069"
    # Blanks and marks that nobody sees.
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065"
    "\u206a-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    # Halves of characters, which no file can hold.
    "\ud800-\udfff]"
)
"""Marks of direction (U+200E, U+200F) and joiners (U+200C, U+200D) are not among them: Arabic needs
them."""

_LONGEST: Final = 60


class Forbidden(NamedTuple):
    """A character that may not stand in a text.

    Parameters
    ----------
    position : int
        In the text, from 0.
    name : str
        Its code point, such as ``U+202E``.
    """

    position: int
    name: str


def forbidden(text: str) -> Forbidden | None:
    """Return the first character that may not stand in a text, or None."""
    match = _FORBIDDEN.search(text)
    return None if match is None else Forbidden(match.start(), f"U+{ord(match[0]):04X}")


def is_number(text: str) -> bool:
    """Say whether Python reads a text as a number, nan and infinity among them."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def written_number(text: str) -> float:
    """Return the number that a person wrote.

    Raises
    ------
    ValueError
        If it is none: ``float`` reads 1_000 as one, but in a table or a command the underscore is a
        slip.
    """
    if "_" in text:
        raise ValueError(text)
    return float(text)


def letters(number: int) -> str:
    """Return a number from 0 in small letters, as spreadsheets name columns.

    Examples
    --------
    >>> from withdrawal_risk.characters import letters
    >>> letters(0), letters(25), letters(26)
    ('a', 'z', 'aa')
    """
    text = ""
    while number >= 0:
        text = chr(ord("a") + number % 26) + text
        number = number // 26 - 1
    return text


def printable(text: str) -> str:
    r"""Return text with every forbidden character written as Python writes it, such as ``\u202e``.

    Examples
    --------
    >>> from withdrawal_risk.characters import printable
    >>> printable("a\u202eb")
    'a\\u202eb'
    """
    return _FORBIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def quoted(value: object) -> str:
    """Return what somebody gave, in quotes as Python writes it, no longer than 60 characters.

    Examples
    --------
    >>> from withdrawal_risk.characters import quoted
    >>> quoted("low")
    "'low'"
    """
    # A long number or text is cut before it is written out: writing it could take longer than all
    # else.
    if isinstance(value, int) and abs(value) >= 10**_LONGEST:
        return "a whole number of more than 60 digits"
    try:
        # Twice as much as is shown is kept, so that what was cut still ends in dots.
        text = repr(
            value[: 2 * _LONGEST] if isinstance(value, str | bytes | list | tuple) else value
        )
    except Exception:
        text = f"<{type(value).__name__}>"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
