"""Paths of a drawing, written short: relative steps of a tenth of a pixel."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

__all__ = ["short_path"]

_TOKEN: Final = re.compile(r"[A-Za-z]|-?\d*\.?\d+(?:e-?\d+)?")

_PAIRS: Final = {"M": 1, "L": 1, "Q": 2, "C": 3}
"""Points of a command; each has two coordinates."""


def short_path(path: str) -> str:
    """Return a path of absolute moves, lines and curves with relative steps.

    Points are rounded to a tenth before steps are taken between them, so that no error adds up: no
    point is off by more than a twentieth. A path with other commands is returned as it is.

    Examples
    --------
    >>> from withdrawal_risk.reports.paths import short_path
    >>> short_path("M 10 20 L 13.44 20 L 16.88 18.5 z")
    'm10 20 3.4 0 3.5-1.5z'
    """
    tokens = _TOKEN.findall(path)
    if any(token.isalpha() and token not in "MLQCzZ" for token in tokens):
        return path
    return "".join(_steps(tokens))


def _steps(tokens: Sequence[str]) -> Iterator[str]:
    """Yield commands and numbers of the short form."""
    here, begin, previous, place = (0, 0), (0, 0), "", 0
    while place < len(tokens):
        command = tokens[place]
        place += 1
        if command in "zZ":
            # A path that goes on goes on from where it began.
            here, previous = begin, "z"
            yield "z"
            continue
        count = _PAIRS[command]
        numbers = [round(10 * float(token)) for token in tokens[place : place + 2 * count]]
        place += 2 * count
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        # After a move, further pairs are lines; otherwise a command stands for those like it.
        same = command == previous or (command == "L" and previous == "M")
        same = same and command != "M"
        text = "" if same else command.lower()
        for x, y in points:
            for step in (x - here[0], y - here[1]):
                number = _tenths(step)
                glued = not text or text[-1].isalpha() or number[0] == "-"
                text += number if glued and (text or number[0] == "-") else f" {number}"
        yield text
        here = points[-1]
        begin = here if command == "M" else begin
        previous = command


def _tenths(number: int) -> str:
    """Write so many tenths: ``-0.3`` as ``-.3``."""
    whole, tenth = divmod(abs(number), 10)
    sign = "-" if number < 0 else ""
    if not tenth:
        return f"{sign}{whole}"
    return f"{sign}{whole or ''}.{tenth}"
