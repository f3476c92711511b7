"""YAML text as plain data, with the position of every key and value.

Scalars as in YAML 1.2, without hexadecimal and octal numbers; anchors, aliases, tags, duplicate
keys and further documents are refused, so what a reader sees is what the model is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from withdrawal_risk.characters import forbidden, quoted
from withdrawal_risk.errors import FileProblem, ModelFileError
from withdrawal_risk.model.text_file import unseen_character

__all__ = ["Document", "Path_", "dotted"]

_MAX_DEPTH: Final = 40

_MOST_VALUES: Final = 60_000
"""Some seconds' reading. A network of 1,000 factors has about half as many."""

Path_ = tuple[str | int, ...]

# In YAML 1.2 yes, no, on and off are text, so that a country code NO stays one.
_NULL = re.compile(r"^(?:null|Null|NULL|~|)$")
_TRUE = re.compile(r"^(?:true|True|TRUE)$")
_FALSE = re.compile(r"^(?:false|False|FALSE)$")
_INTEGER = re.compile(r"^[-+]?[0-9]+$")
_FLOAT = re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$")
_NOT_FINITE = re.compile(r"^(?:([-+]?)\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$")


def dotted(path: Path_) -> str:
    """Write a path as ``edges[3].weight``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _scalar(text: str) -> Any:
    """Resolve a plain scalar by the YAML 1.2 core schema."""
    if _NULL.match(text):
        return None
    if _TRUE.match(text):
        return True
    if _FALSE.match(text):
        return False
    if _INTEGER.match(text) and len(text) < 400:
        return int(text)
    if _FLOAT.match(text):
        return float(text)
    if match := _NOT_FINITE.match(text):
        return float("nan") if match[1] is None else float(f"{match[1]}inf")
    return text


@dataclass
class Document:
    """A YAML file as data, and where each part of it stands.

    Parameters
    ----------
    file : str
        The file as the user named it.
    data : object
        Mappings, lists and scalars.
    keys, values : dict of path to (line, column)
        Counted from 1.
    problems : list of FileProblem
    count : int
        Values that have been read.
    """

    file: str
    data: Any = None
    keys: dict[Path_, tuple[int, int]] = field(default_factory=dict)
    values: dict[Path_, tuple[int, int]] = field(default_factory=dict)
    problems: list[FileProblem] = field(default_factory=list)
    count: int = 0

    @classmethod
    def parse(cls, text: str, file: str) -> Document:
        """Read YAML text.

        Raises
        ------
        ModelFileError
            With every structural fault found.
        """
        if (fault := unseen_character(text, file)) is not None:
            raise ModelFileError([fault])
        document = cls(file)
        try:
            # Events rather than loaded data: they have positions and keep aliases and tags.
            document._read(YAML(typ="safe", pure=True).parse(text))
        except MarkedYAMLError as error:
            document.problems.append(_marked(error, text, file))
        except ReaderError as error:
            document.problems.append(_unreadable(error, text, file))
        except ValueError as error:
            # Escapes beyond Unicode are not caught by the reader, which does not say where they
            # are.
            message = f"not valid YAML: {error}; check escapes"
            document.problems.append(_at(text, text.find("\\U"), file, message))
        except _LimitExceeded:
            # The fault was noted where the limit was met.
            pass
        if not document.problems and not isinstance(document.data, dict):
            message = "the file is not a mapping of keys such as id, time, factors"
            document.problems.append(FileProblem(file, 1, 1, "", message))
        if document.problems:
            raise ModelFileError(document.problems)
        return document

    def _read(self, events: Iterator[Any]) -> None:
        """Read the one document of a stream."""
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse(event, (), "a second document; a model file holds one")
                    return
            elif isinstance(
                event, (AliasEvent, ScalarEvent, MappingStartEvent, SequenceStartEvent)
            ):
                self.data = self._value(event, events, (), 0)

    def _refuse(self, event: Any, path: Path_, message: str) -> None:
        mark = event.start_mark
        self.problems.append(
            FileProblem(self.file, mark.line + 1, mark.column + 1, dotted(path), message)
        )

    def _value(self, event: Any, events: Iterator[Any], path: Path_, depth: int) -> Any:
        """Read the value that begins with an event."""
        self.values[path] = (event.start_mark.line + 1, event.start_mark.column + 1)
        self.count += 1
        # Limits end the parse, because reading on is the danger. All other faults are gathered.
        if self.count > _MOST_VALUES:
            self._refuse(event, (), f"more than {_MOST_VALUES:,} values; at most so many are read")
            raise _LimitExceeded
        if depth > _MAX_DEPTH:
            self._refuse(event, path, f"nested deeper than {_MAX_DEPTH} levels")
            raise _LimitExceeded
        if isinstance(event, AliasEvent):
            message = f"alias *{event.anchor}; write the value out, aliases are not read"
            self._refuse(event, path, message)
            return None
        # What stands behind an anchor or a tag is still read, so that its own faults are found.
        if event.anchor is not None:
            message = f"anchor &{event.anchor}; write the value out, anchors are not read"
            self._refuse(event, path, message)
        if event.tag is not None:
            message = f"tag {event.tag}; write the value plainly, tags are not read"
            self._refuse(event, path, message)
        if isinstance(event, ScalarEvent):
            # Escapes in double quotes can make characters that the text of the file does not show.
            if (unseen := forbidden(event.value)) is not None:
                message = f"the character {unseen.name}, which nobody sees; remove it"
                self._refuse(event, path, message)
            # Only plain scalars can be numbers or Booleans. In quotes or in a block all is text.
            return _scalar(event.value) if event.style is None else event.value
        if isinstance(event, SequenceStartEvent):
            return self._sequence(events, path, depth)
        return self._mapping(event, events, path, depth)

    def _sequence(self, events: Iterator[Any], path: Path_, depth: int) -> list[Any]:
        items: list[Any] = []
        for item in events:
            if isinstance(item, SequenceEndEvent):
                return items
            items.append(self._value(item, events, (*path, len(items)), depth + 1))
        raise AssertionError("unreachable: the parser closes every collection")

    def _mapping(
        self, event: Any, events: Iterator[Any], path: Path_, depth: int
    ) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key in events:
            if isinstance(key, MappingEndEvent):
                return mapping
            if not isinstance(key, ScalarEvent):
                self._refuse(key, path, "a key that is not plain text; write a word")
                # Key and value are dropped, which leaves the parser in front of the next key.
                self._value(key, events, path, depth + 1)
                self._value(next(events), events, path, depth + 1)
                continue
            self._key(key, path, mapping)
            value = next(events)
            adjacent = value.start_mark.index == key.end_mark.index
            if event.flow_style and _is_nothing(value) and adjacent:
                # Not even a colon stands between the two.
                message = (
                    f"a comma inside {{...}} starts a new key, here {quoted(key.value)}: put the "
                    "text in quotes"
                )
                self._refuse(key, path, message)
                continue
            entry_path = (*path, key.value)
            mapping[key.value] = self._value(value, events, entry_path, depth + 1)
        raise AssertionError("unreachable: the parser closes every collection")

    def _key(self, key: Any, path: Path_, mapping: dict[str, Any]) -> None:
        """Note where a key stands, and refuse one that cannot be a key."""
        name, key_path = key.value, (*path, key.value)
        if (unseen := forbidden(name)) is not None:
            message = f"a key with the character {unseen.name}, which nobody sees; remove it"
            self._refuse(key, path, message)
        if name in mapping:
            first = f"first given in line {self.keys[key_path][0]}"
            self._refuse(key, key_path, f"duplicate key {quoted(name)}, {first}; keep one")
        else:
            self.keys[key_path] = (key.start_mark.line + 1, key.start_mark.column + 1)
        if key.anchor is not None or key.tag is not None:
            self._refuse(key, key_path, "a key with an anchor or tag; write the word alone")

    def problem(self, path: Path_, message: str, *, at_key: bool = False) -> FileProblem:
        """Locate a message at a path, or at the nearest enclosing element that the file holds."""
        places = self.keys if at_key else self.values
        # Items of a list have no key, so values come next. The empty path is always there.
        for length in range(len(path), -1, -1):
            for table in (places, self.values):
                if path[:length] in table:
                    return FileProblem(self.file, *table[path[:length]], dotted(path), message)
        return FileProblem(self.file, 1, 1, dotted(path), message)


def _is_nothing(event: Any) -> bool:
    """Say whether a value was left out altogether."""
    return isinstance(event, ScalarEvent) and event.style is None and not event.value


class _LimitExceeded(Exception):
    """Stops a parse that would exhaust the stack, or last too long."""


def _at(text: str, position: int, file: str, message: str) -> FileProblem:
    """Return a problem at a position in a text."""
    line = text.count("\n", 0, position) + 1
    return FileProblem(file, line, position - text.rfind("\n", 0, position), "", message)


def _marked(error: MarkedYAMLError, text: str, file: str) -> FileProblem:
    """Return a fault of YAML's grammar."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    what = " ".join(str(error.problem or error.context or "cannot be parsed").split())
    if mark and "\t" in text.split("\n")[mark.line][: mark.column + 1]:
        what = "a tab, where YAML takes spaces alone"
    message = f"not valid YAML: {what}; check indentation and quotes"
    return FileProblem(file, line, column, "", message)


def _unreadable(error: ReaderError, text: str, file: str) -> FileProblem:
    """Return a character that YAML does not read."""
    given = error.character
    number = given if isinstance(given, int) else ord(given)
    message = f"character U+{number:04X} cannot stand in YAML; remove it"
    return _at(text, error.position, file, message)
