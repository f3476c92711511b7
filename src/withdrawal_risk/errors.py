"""Exceptions of the library, and the located problem they are made of."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["FileProblem", "ModelFileError", "QueryError", "WithdrawalRiskError", "did_you_mean", "names_of"]


class WithdrawalRiskError(Exception):
    """Base class: anything the library refuses, with what to do about it in the message."""


class QueryError(WithdrawalRiskError, ValueError):
    """A question that cannot be asked of this model or posterior."""


@dataclass(frozen=True, order=True)
class FileProblem:
    """One fault in a file.

    Parameters
    ----------
    file : str
        The file as the user named it.
    line, column : int
        Position of the fault, counted from 1.
    path : str
        Dotted path of the element inside the file, such as ``edges[3].to``.
    message : str
        What was given, what is valid, and what to do.
    """

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.path}: " if self.path else ""
        return f"{self.file}:{self.line}:{self.column}: {place}{self.message}"


class ModelFileError(WithdrawalRiskError):
    """A model folder that cannot be used; carries every fault that was found.

    Parameters
    ----------
    problems : iterable of FileProblem
        Sorted by file and position before they are shown.
    """

    def __init__(self, problems: Iterable[FileProblem]) -> None:
        self.problems: tuple[FileProblem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def names_of(value: object, what: str) -> tuple[str, ...]:
    """Return names that a user gave one after the other, whatever holds them.

    Parameters
    ----------
    value : iterable of str
        Read once, so that it may be a generator.
    what : str
        The argument, for the message.

    Raises
    ------
    QueryError
        If it is a single text, of which Python would take every letter for a name, or holds what is no text.
    """
    if isinstance(value, str):
        raise QueryError(f"{what} is {value!r}, a single name; write [{value!r}]")
    if not isinstance(value, Iterable):
        raise QueryError(f"{what} is {value!r}; write a list of names")
    names = tuple(value)
    for name in names:
        if not isinstance(name, str):
            raise QueryError(f"{what} holds {name!r}, which is not a name; write names in quotes")
    return names


def did_you_mean(given: str, valid: Iterable[str]) -> str:
    """Return the close matches of a mistyped name and the list of valid ones.

    Parameters
    ----------
    given : str
        What the user wrote.
    valid : iterable of str
        The names that would have been accepted.

    Returns
    -------
    str
        For example ``"did you mean 'isf_capacity'? Valid: 'a', 'isf_capacity'"``.
    """
    names = sorted(valid)
    close = difflib.get_close_matches(given, names, n=2, cutoff=0.6)
    hint = f"did you mean {' or '.join(map(repr, close))}? " if close else ""
    return f"{hint}Valid: {', '.join(map(repr, names)) or 'none'}"
