"""What of a model file is still to be written: texts that begin with TODO."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from withdrawal_risk.errors import FileProblem
from withdrawal_risk.model.document import Document, Path_

__all__ = ["TODO", "is_todo", "todos"]

TODO: Final = "TODO"
"""What a text begins with that stands for an answer, such as ``TODO: high or low?``."""


def is_todo(problem: FileProblem) -> bool:
    """Say whether a problem is something that is still to be written."""
    return problem.message.startswith(TODO)


def todos(document: Document) -> dict[Path_, FileProblem]:
    """Return what is still to be written, by its path, in the order of the file."""
    return {path: document.problem(path, text) for path, text in _texts(document.data, ())}


def _texts(value: Any, path: Path_) -> Iterator[tuple[Path_, str]]:
    """Yield the texts within a value that stand for an answer."""
    if isinstance(value, str) and value.startswith(TODO):
        yield path, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _texts(part, (*path, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _texts(part, (*path, number))
