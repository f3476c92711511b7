"""YAML text as plain data, with the position of every key and value.

YAML 1.2 core schema; anchors, aliases, tags, duplicate keys and further documents are refused, so what a
reader sees is what the model is.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
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
from withdrawal_risk.files import UnreadableFile, read_bytes

__all__ = ["MAX_BYTES", "Document", "Path_", "dotted", "read_text", "unseen_character"]

MAX_BYTES: Final = 1024 * 1024
"""Largest model or evidence file that is read."""

_MAX_DEPTH: Final = 40

_MOST_VALUES: Final = 60_000
"""Some seconds' reading. A network of 1,000 factors has about half as many."""

Path_ = tuple[str | int, ...]

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


def read_text(path: Path, shown: str) -> str:
    """Return the text of a file.

    Parameters
    ----------
    path : Path
    shown : str
        The name to use in messages.

    Raises
    ------
    ModelFileError
        If it is missing, too large, empty or not UTF-8.
    """

    def refuse(message: str, line: int = 1, column: int = 1) -> ModelFileError:
        return ModelFileError([FileProblem(shown, line, column, "", message)])

    try:
        data = read_bytes(path, most=MAX_BYTES)
    except UnreadableFile as error:
        raise refuse(error.reason) from None
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise refuse("this is UTF-16 (Excel's Unicode text); save it as UTF-8 (CSV UTF-8)")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before) - (before.rfind(b"\n") + 1) + 1
        raise refuse(
            f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8 (CSV UTF-8 in Excel)",
            line,
            column,
        ) from None
    if not text.strip("\ufeff \t\r\n"):
        raise refuse("the file is empty")
    return text.removeprefix("\ufeff")


def unseen_character(text: str, shown: str) -> FileProblem | None:
    """Return the fault of a text in which a character stands that nobody sees or that a terminal obeys."""
    found = forbidden(text)
    if found is None:
        return None
    line = text.count("\n", 0, found.position) + 1
    column = found.position - text.rfind("\n", 0, found.position)
    return FileProblem(
        shown, line, column, "", f"the character {found.name}, which nobody sees; remove it"
    )


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
        document = cls(file)
        if (fault := unseen_character(text, file)) is not None:
            raise ModelFileError([fault])
        try:
            events = YAML(typ="safe", pure=True).parse(text)
            documents = 0
            for event in events:
                if isinstance(event, DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        document._refuse(event, (), "a second document; a model file holds one")
                        break
                elif isinstance(
                    event, (AliasEvent, ScalarEvent, MappingStartEvent, SequenceStartEvent)
                ):
                    document.data = document._value(event, events, (), 0)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            what = " ".join(str(error.problem or error.context or "cannot be parsed").split())
            if mark and "\t" in text.split("\n")[mark.line][: mark.column + 1]:
                what = "a tab, where YAML takes spaces alone"
            document.problems.append(
                FileProblem(
                    file, line, column, "", f"not valid YAML: {what}; check indentation and quotes"
                )
            )
        except ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            column = error.position - (text.rfind("\n", 0, error.position) + 1) + 1
            character = (
                error.character if isinstance(error.character, int) else ord(error.character)
            )
            document.problems.append(
                FileProblem(
                    file,
                    line,
                    column,
                    "",
                    f"character U+{character:04X} cannot stand in YAML; remove it",
                )
            )
        except ValueError as error:
            # Escapes beyond Unicode are not caught by the reader, which does not say where they are.
            escape = text.find("\\U")
            line, column = text.count("\n", 0, escape) + 1, escape - text.rfind("\n", 0, escape)
            document.problems.append(
                FileProblem(file, line, column, "", f"not valid YAML: {error}; check escapes")
            )
        except _TooMuch:
            pass
        if document.problems:
            raise ModelFileError(document.problems)
        if not isinstance(document.data, dict):
            raise ModelFileError(
                [
                    FileProblem(
                        file,
                        1,
                        1,
                        "",
                        "the file is not a mapping of keys such as id, time, factors",
                    )
                ]
            )
        return document

    def _refuse(self, event: Any, path: Path_, message: str) -> None:
        mark = event.start_mark
        self.problems.append(
            FileProblem(self.file, mark.line + 1, mark.column + 1, dotted(path), message)
        )

    def _value(self, event: Any, events: Iterator[Any], path: Path_, depth: int) -> Any:
        self.values[path] = (event.start_mark.line + 1, event.start_mark.column + 1)
        self.count += 1
        if self.count > _MOST_VALUES:
            self._refuse(event, (), f"more than {_MOST_VALUES:,} values; at most so many are read")
            raise _TooMuch
        if depth > _MAX_DEPTH:
            self._refuse(event, path, f"nested deeper than {_MAX_DEPTH} levels")
            raise _TooMuch
        if isinstance(event, AliasEvent):
            self._refuse(
                event, path, f"alias *{event.anchor}; write the value out, aliases are not read"
            )
            return None
        if event.anchor is not None:
            self._refuse(
                event, path, f"anchor &{event.anchor}; write the value out, anchors are not read"
            )
        if event.tag is not None:
            self._refuse(
                event, path, f"tag {event.tag}; write the value plainly, tags are not read"
            )
        if isinstance(event, ScalarEvent):
            if (found := forbidden(event.value)) is not None:
                self._refuse(
                    event, path, f"the character {found.name}, which nobody sees; remove it"
                )
            return _scalar(event.value) if event.style is None else event.value
        if isinstance(event, SequenceStartEvent):
            items: list[Any] = []
            for item in events:
                if isinstance(item, SequenceEndEvent):
                    return items
                items.append(self._value(item, events, (*path, len(items)), depth + 1))
        mapping: dict[str, Any] = {}
        for key in events:
            if isinstance(key, MappingEndEvent):
                return mapping
            if not isinstance(key, ScalarEvent):
                self._refuse(key, path, "a key that is not plain text; write a word")
                self._value(key, events, path, depth + 1)
                self._value(next(events), events, path, depth + 1)
                continue
            name = key.value
            here = (*path, name)
            if (found := forbidden(name)) is not None:
                self._refuse(
                    key,
                    path,
                    f"a key with the character {found.name}, which nobody sees; remove it",
                )
            if name in mapping:
                line = self.keys[here][0]
                self._refuse(
                    key, here, f"duplicate key {quoted(name)}, first given in line {line}; keep one"
                )
            else:
                self.keys[here] = (key.start_mark.line + 1, key.start_mark.column + 1)
            if key.anchor is not None or key.tag is not None:
                self._refuse(key, here, "a key with an anchor or tag; write the word alone")
            value = next(events)
            if (
                event.flow_style
                and _is_nothing(value)
                and value.start_mark.index == key.end_mark.index
            ):
                # Not even a colon stands between the two.
                self._refuse(
                    key,
                    path,
                    f"a comma inside {{...}} starts a new key, here {quoted(name)}: put the text in quotes",
                )
                continue
            mapping[name] = self._value(value, events, here, depth + 1)
        raise AssertionError("unreachable: the parser closes every collection")

    def problem(self, path: Path_, message: str, *, at_key: bool = False) -> FileProblem:
        """Locate a message at a path, or at the nearest enclosing element that the file holds."""
        places = self.keys if at_key else self.values
        for length in range(len(path), -1, -1):
            for table in (places, self.values):
                if path[:length] in table:
                    return FileProblem(self.file, *table[path[:length]], dotted(path), message)
        return FileProblem(self.file, 1, 1, dotted(path), message)


def _is_nothing(event: Any) -> bool:
    """Say whether a value was left out altogether."""
    return isinstance(event, ScalarEvent) and event.style is None and not event.value


class _TooMuch(Exception):
    """Stops a parse that would exhaust the stack, or last too long."""
