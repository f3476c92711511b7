"""Which columns of any table say what: a small file beside the model."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from withdrawal_risk.characters import forbidden, quoted
from withdrawal_risk.elements.timeline import Day
from withdrawal_risk.errors import ArgumentError, FileProblem, ModelFileError, did_you_mean
from withdrawal_risk.model.document import Document
from withdrawal_risk.model.evidence import GRADE_FACTOR, RELEASE_RULES
from withdrawal_risk.model.text_file import read_text

__all__ = [
    "AGGREGATES",
    "Mapped",
    "mapping_of",
    "mapping_text",
    "missing_columns",
    "read_mapping",
]

AGGREGATES: Final = ("none", "sum", "mean", "last", "count")
"""What becomes of several rows of a month; ``none`` takes each row as it is."""

_SEPARATORS: Final = (",", ";", "tab", "|")

_TEXTS: Final = (
    *("date", "start", "end", "value", "low", "high", "se", "published", "grade", "source", "url"),
    *("aggregate", "separator", "decimal"),
)
_KEYS: Final = (*_TEXTS, "where")


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """A mapping that was read.

    Parameters
    ----------
    date, start, end : str
        Columns of the span: one, or two.
    value, low, high, se : str
        Columns of the numbers.
    published : str
        A column, a date, or a release rule.
    grade, source, url : str
        Of all rows.
    where : mapping of str to str
        The text that a column must have for a row to count.
    aggregate : str
        One of `AGGREGATES`.
    separator, decimal : str
        How the table is written; empty to find out.
    """

    date: str = ""
    start: str = ""
    end: str = ""
    value: str = ""
    low: str = ""
    high: str = ""
    se: str = ""
    published: str = ""
    grade: str = ""
    source: str = ""
    url: str = ""
    aggregate: str = "none"
    separator: str = ""
    decimal: str = "."
    where: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table that it names."""
        named = (self.date, self.start, self.end, self.value, self.low, self.high, self.se)
        published = (self.published,) if self.has_published_column else ()
        return tuple(dict.fromkeys(name for name in (*named, *published, *self.where) if name))

    @property
    def has_published_column(self) -> bool:
        """Whether rows say themselves when they were published."""
        return not (self.published.startswith("rule:") or _is_date(self.published))


def _is_date(text: str) -> bool:
    try:
        Day.parse(text)
    except ValueError:
        return False
    return True


def read_mapping(path: Path) -> Mapped:
    """Read a mapping.

    Raises
    ------
    ModelFileError
        With every fault by line and column.
    """
    document = Document.parse(read_text(path, str(path)).text, str(path))
    problems = [
        document.problem(at, message, at_key=at_key)
        for at, message, at_key in _faults(document.data)
    ]
    if problems:
        raise ModelFileError(problems)
    return _made(document.data)


def mapping_of(given: Mapping[str, Any]) -> Mapped:
    """Return the mapping that a user gave in a call.

    Raises
    ------
    ArgumentError
        With its first fault.
    """
    data = {
        key: dict(value) if isinstance(value, Mapping) else value for key, value in given.items()
    }
    for at, message, _ in _faults(data):
        raise ArgumentError(f"mapping: {'.'.join(map(str, at)) or 'it'}: {message}")
    return _made(data)


def _made(data: Mapping[str, Any]) -> Mapped:
    known = {one.name for one in fields(Mapped)}
    return Mapped(**{key: value for key, value in data.items() if key in known})


type _Fault = tuple[tuple[str | int, ...], str, bool]
"""Where it is, what it is, and whether it is the key that is at fault."""


def _faults(data: Mapping[Any, Any]) -> Iterable[_Fault]:
    """Yield what is wrong with the keys and values of a mapping."""
    sound = True
    for key, value in data.items():
        if key not in _KEYS:
            yield (key,), f"unknown key {quoted(key)}; {did_you_mean(str(key), _KEYS)}", True
            sound = False
        elif key == "where":
            for fault in _where_faults(value):
                yield fault
                sound = False
        elif not isinstance(value, str) or not value.strip():
            yield (key,), f"{quoted(value)} is not a text; put it in quotes", False
            sound = False
        elif (unseen := forbidden(value)) is not None or "\n" in value:
            shown = unseen.name if unseen else "U+000A"
            yield (key,), f"holds the character {shown}; remove it", False
            sound = False
    if sound:
        yield from _missing(data)
        yield from _wrong_words(data)


def _where_faults(value: Any) -> Iterable[_Fault]:
    if not isinstance(value, Mapping):
        yield ("where",), f"{quoted(value)} is not valid here; write {{COLUMN: TEXT}}", False
        return
    for column, text in value.items():
        if not isinstance(column, str) or not isinstance(text, str):
            message = f"{quoted(text)} is not a text; put the column and the text in quotes"
            yield ("where", column), message, False


def _missing(data: Mapping[str, Any]) -> Iterable[_Fault]:
    """Yield keys that are missing, or do not go together."""
    both = {"start", "end"} & set(data)
    if ("date" in data) == bool(both) or len(both) == 1:
        yield (), "name the column of the date, or those of start and end", False
    counted = data.get("aggregate") == "count"
    if counted == ("value" in data) and not {"low", "high"} <= set(data):
        wanted = (
            "leave out value where rows are counted" if counted else "the key 'value' is missing"
        )
        yield (), f"{wanted}; value is the column of the numbers", False
    if ("low" in data) != ("high" in data):
        yield (), "low and high go together; name both columns or neither", False
    for key in ("published", "grade", "source"):
        if key not in data:
            yield (), f"the key {key!r} is missing; every row of evidence states it", False
    if data.get("aggregate", "none") != "none" and {"low", "high", "se", "start"} & set(data):
        yield (), "aggregate goes with date and value alone", False


def _wrong_words(data: Mapping[str, Any]) -> Iterable[_Fault]:
    """Yield values that are none of a few words."""
    valid = {
        "aggregate": AGGREGATES,
        "grade": tuple(GRADE_FACTOR),
        "separator": _SEPARATORS,
        "decimal": (".", ","),
    }
    for key, words in valid.items():
        if key in data and data[key] not in words:
            yield (
                (key,),
                f"{quoted(data[key])} is not valid; {did_you_mean(data[key], words)}",
                False,
            )
    rule = str(data.get("published", "")).removeprefix("rule:")
    if data.get("published", "").startswith("rule:") and rule not in RELEASE_RULES:
        message = f"{quoted(rule)} is not a release rule; {did_you_mean(rule, RELEASE_RULES)}"
        yield ("published",), message, False
    if data.get("source", "")[:1] in ("=", "+", "-", "@", "\t"):
        message = "begins as a formula does in a spreadsheet; begin with a letter"
        yield ("source",), message, False
    if "url" in data and not re.fullmatch(r"https?://[^\s\"'<>]+", data["url"]):
        yield ("url",), f"{quoted(data['url'])} is not an http or https address", False


def mapping_text(mapping: Mapped) -> str:
    """Return a mapping as the text of its file."""
    lines = ["# Which columns of a table say what; withdrawal-risk import reads it."]
    for key in _TEXTS:
        value = getattr(mapping, key)
        if value and value != Mapped.__dataclass_fields__[key].default:
            lines.append(f"{key}: {json.dumps(value, ensure_ascii=False)}")
    if mapping.where:
        lines.append("where:")
        lines += [
            f"  {json.dumps(column, ensure_ascii=False)}: {json.dumps(text, ensure_ascii=False)}"
            for column, text in mapping.where.items()
        ]
    return "\n".join(lines) + "\n"


def missing_columns(mapping: Mapped, path: Path, given: Iterable[str]) -> ModelFileError:
    """Return the refusal of a table without the columns that a mapping names."""
    valid = [name for name in given if name.strip()]
    plain = {" ".join(name.lower().split()) for name in valid}
    return ModelFileError(
        FileProblem(
            str(path),
            1,
            1,
            "",
            f"the mapping names a column {quoted(name)}, which is not there; "
            f"{did_you_mean(name, valid)}",
        )
        for name in mapping.columns
        if " ".join(name.lower().split()) not in plain
    )
