"""Reading the graphs of dagitty: ``dag { a [pos="0,1"] a -> b <- c }``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import FileProblem, ModelFileError

__all__ = ["read_dagitty"]

_TOKEN: Final = re.compile(
    r'(?P<space>\s+|//[^\n]*)|(?P<arrow><->|<-|->|--)|(?P<mark>[{}\[\]=,;])|"(?P<text>(?:[^"\\]|\\.)*)"'
    r"|(?P<name>[^\s\[\]{}=,;<>\"-]+(?:-(?!>|-)[^\s\[\]{}=,;<>\"-]+)*)"
)
_REVERSED: Final = {"->": False, "<-": True}


class _Token(NamedTuple):
    """A word or a sign.

    Parameters
    ----------
    kind : str
        ``name``, ``arrow`` or ``mark``.
    text : str
    position : int
    """

    kind: str
    text: str
    position: int


class _Fault(Exception):
    """What is wrong, and where."""

    def __init__(self, position: int, message: str) -> None:
        self.position, self.message = position, message
        super().__init__(message)


def read_dagitty(text: str, file: str) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Return the names of a graph, each for itself, and its edges, cause first.

    Parameters
    ----------
    text : str
    file : str
        Its name in messages.

    Raises
    ------
    ModelFileError
        If it is no graph of dagitty, or has edges without one direction.
    """
    try:
        names, edges = _statements(list(_tokens(text)))
    except _Fault as fault:
        line = text.count("\n", 0, fault.position) + 1
        column = fault.position - text.rfind("\n", 0, fault.position)
        raise ModelFileError([FileProblem(file, line, column, "", fault.message)]) from None
    return {name: name for name in names}, edges


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _Fault(position, f"{quoted(text[position])} is not read here; write a -> b")
        kind = match.lastgroup or ""
        if kind in ("name", "text"):
            yield _Token("name", match[kind], position)
        elif kind != "space":
            yield _Token(kind, match[0], position)
        position = match.end()


def _statements(tokens: list[_Token]) -> tuple[list[str], list[tuple[str, str]]]:
    """Read the nodes and chains of arrows between the outer braces."""
    shape = [token.text for token in tokens[:3]]
    start = 2 if shape[1:2] == ["{"] else 3
    if shape[:1] != ["dag"] or "{" not in shape or tokens[-1].text != "}":
        raise _Fault(0, "this is no graph of dagitty; write dag { a -> b }")
    names, edges = dict[str, None](), list[tuple[str, str]]()
    body, place = tokens[start:-1], 0
    before: list[str] = []
    arrow: _Token | None = None
    while place < len(body):
        token = body[place]
        if token.text == "[" and token.kind == "mark":
            place = _after(body, place, "]")
            continue
        if token.text in (";", ",") and token.kind == "mark":
            before, arrow, place = [], None, place + 1
            continue
        if token.kind == "arrow":
            if token.text not in _REVERSED:
                raise _Fault(
                    token.position,
                    f"{token.text} says no direction; write the common cause as a factor of its "
                    "own, or draw an arrow",
                )
            if not before or arrow is not None:
                raise _Fault(token.position, "an arrow without a cause or an effect; write a -> b")
            arrow, place = token, place + 1
            continue
        if [part.text for part in body[place + 1 : place + 2]] == ["="]:
            # What belongs to the whole graph, such as bb="0,0,1,1".
            place += 3
            continue
        group, place = _group(body, place)
        names |= dict.fromkeys(group)
        if arrow is not None:
            pairs = [(a, b) for a in before for b in group]
            edges += [(b, a) if _REVERSED[arrow.text] else (a, b) for a, b in pairs]
        before, arrow = group, None
    if arrow is not None:
        raise _Fault(arrow.position, "an arrow without an effect; write a -> b")
    return list(names), edges


def _group(body: list[_Token], place: int) -> tuple[list[str], int]:
    """Return one name, or those in braces, and where they end."""
    token = body[place]
    if token.kind == "name":
        return [token.text], place + 1
    if token.text != "{":
        raise _Fault(token.position, f"{quoted(token.text)} is not read here; write a -> b")
    end = _after(body, place, "}")
    return [part.text for part in body[place:end] if part.kind == "name"], end


def _after(body: list[_Token], place: int, closing: str) -> int:
    """Return the place after a closing bracket."""
    for end in range(place, len(body)):
        if body[end].kind == "mark" and body[end].text == closing:
            return end + 1
    raise _Fault(body[place].position, f"a bracket that no {closing} closes; add it")
