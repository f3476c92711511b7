"""What a person reads in a terminal, whatever the terminal can show."""

from __future__ import annotations

import codecs
import shutil
import sys
import warnings
from typing import Any, Final

from withdrawal_risk.errors import WithdrawalRiskWarning

__all__ = ["is_watched", "prepare", "say", "width"]

_PLAIN: Final = {
    "\u00a0": " ",
    "−": "-",
    "–": "-",
    "—": "-",
    "→": "->",
    "←": "<-",
    "«": '"',
    "»": '"',
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "…": "...",
    "─": "-",
    "≥": ">=",
    "≤": "<=",
    "∞": "inf",
    # Marks of direction, which are not seen.
    "\u200e": "",
    "\u200f": "",
    "\u2066": "",
    "\u2069": "",
}
"""How signs are written where the terminal has none of them; other characters are written by their
number."""


def _as_ascii(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    # Only the characters that the encoding lacks; what it has is written as it is.
    lost = error.object[error.start : error.end]
    return "".join(
        _PLAIN.get(c, c.encode("ascii", "backslashreplace").decode()) for c in lost
    ), error.end


def prepare() -> None:
    """Write plain characters where the terminal lacks others, and warnings as notes."""
    codecs.register_error("withdrawal-risk", _as_ascii)
    for stream in (sys.stdout, sys.stderr):
        # A stream that is closed, or that a test holds, has no encoding to change.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="withdrawal-risk")
    # Warnings of the library are for the person at the terminal: one line, without file and code.
    # They are shown each time, where Python shows a warning once for each place in the code.
    usual = warnings.showwarning

    def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
        if issubclass(category, WithdrawalRiskWarning):
            say(f"note: {message}")
        else:
            usual(message, category, *place, **more)

    warnings.showwarning = show
    warnings.simplefilter("always", WithdrawalRiskWarning)


def say(text: str) -> None:
    """Write a line to standard error.

    To nowhere, and never to standard output, where it is closed.
    """
    if sys.stderr is not None:
        print(text, file=sys.stderr)


def is_watched() -> bool:
    """Say whether somebody looks at standard error while work goes on."""
    return sys.stderr is not None and sys.stderr.isatty()


def width() -> int | None:
    """Return the columns of the terminal; None where output goes elsewhere."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    return shutil.get_terminal_size().columns
