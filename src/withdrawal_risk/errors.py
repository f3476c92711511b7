"""Exceptions of the library, and the located problem they are made of."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from withdrawal_risk.characters import printable, quoted

__all__ = [
    "MOST_PROBLEMS",
    "ArgumentError",
    "FileProblem",
    "ModelFileError",
    "WithdrawalRiskError",
    "WithdrawalRiskWarning",
    "did_you_mean",
]

MOST_PROBLEMS: Final = 50
"""Faults of a file that are shown; the others are counted."""

_LONGEST: Final = 1000
"""Characters of one fault."""

_LONGEST_MESSAGE: Final = 16_000

_MOST_NAMES: Final = 40

_ALIKE: Final = 3
"""Faults of a kind that are shown one by one."""


class WithdrawalRiskError(Exception):
    """Base class: anything the library refuses, with what to do about it in the message.

    Characters that a terminal obeys and nobody sees are written out, and a message has an end.

    Examples
    --------
    >>> try:
    ...     wr.open_posterior(folder / "none.nc")
    ... except wr.WithdrawalRiskError as error:
    ...     print(str(error).endswith("does not exist; check the path"))
    True
    """

    def __init__(self, message: str = "") -> None:
        text = printable(message)
        super().__init__(
            text if len(text) <= _LONGEST_MESSAGE else f"{text[:_LONGEST_MESSAGE]} ..."
        )


class ArgumentError(WithdrawalRiskError, ValueError):
    """An argument that a function does not take, or a question that a model cannot answer.

    Examples
    --------
    >>> wr.load_model("iraq")
    Traceback (most recent call last):
    withdrawal_risk.errors.ArgumentError: 'iraq' is neither a shipped model nor a path ...
    """


class WithdrawalRiskWarning(UserWarning):
    """Something that is done all the same, and that one should know of.

    Examples
    --------
    >>> issubclass(wr.WithdrawalRiskWarning, UserWarning)
    True
    """


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

    @property
    def kind(self) -> str:
        """The message without what was given, which faults that are alike share."""
        return re.sub(r"'[^']*'|\"[^\"]*\"|[0-9.,:%/-]+", "", self.message)

    def __str__(self) -> str:
        place = f"{self.path[:80]}: " if self.path else ""
        message = (
            self.message if len(self.message) <= _LONGEST else f"{self.message[: _LONGEST - 4]} ..."
        )
        return printable(f"{self.file}:{self.line}:{self.column}: {place}{message}")


class ModelFileError(WithdrawalRiskError):
    """A model folder that cannot be used; carries every fault that was found.

    Parameters
    ----------
    problems : iterable of FileProblem
        Sorted by file and position. Of faults that are alike the first three are shown, of all of
        them the first fifty.

    Examples
    --------
    >>> wr.Model.from_texts("id: x")
    Traceback (most recent call last):
    withdrawal_risk.errors.ModelFileError: model.yaml:1:1: the key 'conditions' is missing...
    """

    def __init__(self, problems: Iterable[FileProblem]) -> None:
        self.problems: tuple[FileProblem, ...] = tuple(sorted(set(problems)))
        alike: dict[tuple[str, str], list[FileProblem]] = {}
        for problem in self.problems:
            alike.setdefault((problem.file, problem.kind), []).append(problem)
        shown = sorted(problem for several in alike.values() for problem in several[:_ALIKE])[
            :MOST_PROBLEMS
        ]
        lines, counted = [], len(shown)
        for problem in shown:
            several = alike[problem.file, problem.kind]
            rest = several[_ALIKE:]
            like = ""
            # The last of a kind that is shown counts the others of it.
            if rest and problem == several[_ALIKE - 1]:
                first, last = rest[0].line, rest[-1].line
                where = f"line {first}" if first == last else f"lines {first} to {last}"
                like = f" (and {len(rest)} more like it, in {where})"
                counted += len(rest)
            lines.append(f"{problem}{like}")
        more = len(self.problems) - counted
        super().__init__(
            "\n".join(lines + ([f"and {more} more; mend these first"] if more else []))
        )

    def __reduce__(self) -> tuple[type[ModelFileError], tuple[tuple[FileProblem, ...]]]:
        # Made anew from its faults, not from its message, when it comes from another process.
        return type(self), (self.problems,)


def did_you_mean(given: str, valid: Iterable[str]) -> str:
    """Return the close matches of a mistyped name and the list of valid ones.

    Parameters
    ----------
    given : str
        What the user wrote.
    valid : iterable of str
        The names that would have been accepted; of many the first forty are listed.

    Returns
    -------
    str
        For example ``"did you mean 'isf_capacity'? Valid: 'a', 'isf_capacity'"``.
    """
    names = sorted(valid)
    close = difflib.get_close_matches(str(given)[:200], names, n=2, cutoff=0.6)
    hint = f"did you mean {' or '.join(map(quoted, close))}? " if close else ""
    listed = ", ".join(map(quoted, names[:_MOST_NAMES])) or "none"
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"{hint}Valid: {listed}{more}"
