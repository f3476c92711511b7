"""The canonical order of a model file: keys as the reference lists them, comments where they were.

Lines are moved, and none is changed: a file keeps its own style.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from withdrawal_risk.elements.conditions import Condition
from withdrawal_risk.elements.network import Event, Factor, Policy
from withdrawal_risk.elements.scenarios import Scenario
from withdrawal_risk.errors import WithdrawalRiskError
from withdrawal_risk.families import FAMILIES
from withdrawal_risk.model.document import Document, Path_
from withdrawal_risk.model.spec import ModelSpec

__all__ = ["canonical"]

_ELEMENTS: Final[dict[str, type[BaseModel]]] = {
    "factors": Factor,
    "policies": Policy,
    "events": Event,
    "conditions": Condition,
    "scenarios": Scenario,
}

_FRONT: Final[dict[str, tuple[str, ...]]] = {
    "": ("id", "title", "description", "source", "time", "evidence", "history", "panel"),
    "indicators": ("measures", "label", "unit", "polarity", "family"),
}
"""Keys that come first: in the file, and in an indicator, whose family decides the others."""

_LAST: Final = ("resolution", "basis", "why", "reviewed")
"""Keys that end an element, whatever its kind."""


def canonical(text: str, file: str) -> str:
    """Return the text of a model file in canonical order.

    Top-level keys and those of every element stand in the order of docs/model-keys.md, with basis,
    why and reviews last. Elements and lists keep their order. A comment goes with the key below it;
    what stands above the first key is about the file, and what stands below the last stays there.

    Parameters
    ----------
    text : str
    file : str
        Its name in messages.

    Raises
    ------
    ModelFileError
        If it is no YAML.
    WithdrawalRiskError
        If it cannot be put in order without changing what it says.
    """
    document = Document.parse(text, file)
    lines = text.split("\n")
    # The last line ends with a break, too, once another one may follow it.
    last = lines.pop() if not lines[-1].strip() else ""
    ordered = "\n".join([*_Ordered(document, lines).mapping((), 0, len(lines), indent=0), last])
    again = Document.parse(ordered, file)
    if again.data != document.data or sorted(_comments(ordered)) != sorted(_comments(text)):
        raise WithdrawalRiskError(
            f"{file}: it cannot be put in order without changing what it says; it stays as it is"
        )
    return ordered


def _comments(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip().startswith("#")]


class _Ordered:
    """Puts the lines of mappings in order, from the outside in.

    Parameters
    ----------
    document : Document
    lines : list of str
    """

    def __init__(self, document: Document, lines: list[str]) -> None:
        self.document, self.lines = document, lines
        self.children: dict[Path_, list[Path_]] = {}
        for path in document.keys:
            self.children.setdefault(path[:-1], []).append(path)

    def mapping(self, path: Path_, begin: int, end: int, *, indent: int) -> list[str]:
        """Return the lines of a mapping in block style, which fills lines ``begin..end``."""
        keys = self.children.get(path, [])
        starts = [self.document.keys[key][0] - 1 for key in keys]
        columns = {self.document.keys[key][1] - 1 for key in keys}
        # Keys of one line stand between braces; those of a list item share the line of its hyphen.
        block = len(set(starts)) == len(starts) and columns == {indent}
        if not keys or not block or any(not begin <= start < end for start in starts):
            return self.lines[begin:end]
        firsts = [self._with_comments(start, begin, indent) for start in starts]
        if not path:
            firsts[0] = self._below_header(starts[0], firsts[0])
        last = end if path else self._without_tail(end, starts[-1])
        head, ends, tail = self.lines[begin : firsts[0]], [*firsts[1:], last], self.lines[last:end]
        pieces = {
            key: self._entry(key, first, last)
            for key, first, last in zip(keys, firsts, ends, strict=True)
        }
        order = _order(path, self.document.data)
        ranked = (
            sorted(keys, key=lambda key: order.get(str(key[-1]), len(order))) if order else keys
        )
        return [*head, *(line for key in ranked for line in pieces[key]), *tail]

    def _with_comments(self, start: int, begin: int, indent: int) -> int:
        """Return where an entry begins, with the comments above its key.

        A comment may stand further left than the key, and an empty line between the two.
        """
        first, line = start, start
        while line > begin:
            text = self.lines[line - 1]
            stripped = text.strip()
            if stripped.startswith("#") and len(text) - len(text.lstrip()) <= indent:
                first = line - 1
            elif stripped:
                break
            line -= 1
        return first

    def _below_header(self, start: int, first: int) -> int:
        """Return where the first entry begins, below what is about the whole file."""
        empty = [line for line in range(first, start) if not self.lines[line].strip()]
        # Without an empty line all above the first key is about the file.
        return empty[-1] + 1 if empty else start

    def _without_tail(self, end: int, start: int) -> int:
        """Return where the last entry ends, above comments at the end of the file."""
        while end > start + 1:
            line = self.lines[end - 1]
            if line.strip() and not line.startswith("#"):
                break
            end -= 1
        return end

    def _entry(self, key: Path_, first: int, last: int) -> list[str]:
        """Return the lines of one key and its value."""
        below = self.children.get(key, [])
        start = self.document.keys[key][0] - 1
        inside = [self.document.keys[child] for child in below]
        if not inside or inside[0][0] - 1 <= start:
            return self.lines[first:last]
        indent = inside[0][1] - 1
        lines = self.lines[first : start + 1]
        return lines + self.mapping(key, start + 1, last, indent=indent)


def _order(path: Path_, data: Any) -> dict[str, int]:
    """Return the place of each key of a mapping; nothing where keys are names."""
    kind: type[BaseModel] | None = None
    if not path:
        kind = ModelSpec
    elif len(path) == 2 and path[0] == "indicators":
        family = data["indicators"][path[1]].get("family")
        kind = FAMILIES[family].indicator if family in FAMILIES else None
    elif len(path) == 2:
        kind = _ELEMENTS.get(str(path[0]))
    if kind is None:
        return {}
    keys = [info.alias or name for name, info in kind.model_fields.items()]
    front = _FRONT.get(str(path[0]) if path else "", ())
    own = [key for key in keys if key not in _LAST and key not in front]
    return {key: place for place, key in enumerate([*front, *own, *_LAST])}
