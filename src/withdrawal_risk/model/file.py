"""From a model folder on disk to a validated model, or to every fault in it at once."""

from __future__ import annotations

import difflib
import typing
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic import BaseModel, ValidationError

from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import FileProblem, ModelFileError, did_you_mean
from withdrawal_risk.families import FAMILIES
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.model.document import Document, Path_
from withdrawal_risk.model.evidence import EvidenceRow
from withdrawal_risk.model.evidence_file import parse_evidence, parse_history
from withdrawal_risk.model.panel_file import Answers, Seed, parse_panel, parse_seeds
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.model.table_file import Read
from withdrawal_risk.model.text_file import read_text
from withdrawal_risk.model.todos import todos
from withdrawal_risk.model.validation import faults

__all__ = ["MODEL_FILE", "Folder", "message_of", "parse_model", "read_folder"]

MODEL_FILE = "model.yaml"


_SHAPES: Final = {
    "Quantiles": "{p5: ..., p95: ...}",
    "Positive": "{p5: ..., p95: ...}, both above 0",
    "Ratio": "{p5: ..., p95: ...}, both above 0",
    "Share": "{p5: ..., p95: ...}, both between 0 and 1",
    "Text": f"{{{', '.join(f'{code}: ...' for code in LANGUAGES)}}}, or a text in English alone",
}
"""How an element is written in place of which something else was found."""


_BOUNDS: Final = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("at most", "le"),
}

_PLAIN: Final = {
    "string_type": "is not a text; put it in quotes",
    "string_too_short": "is an empty text; write something, or leave the key out",
    "string_pattern_mismatch": "is not valid here; use lower-case letters, digits and hyphens, or "
    "for a claim a letter and a number, such as A1",
    "too_short": "is empty; write at least one entry, or leave the key out",
    "tuple_type": "is not a list; write [..., ...], or an entry a line, each after a hyphen",
    "mapping_type": "is not a table of names; write NAME: and what belongs to it below, indented",
    "bool_type": "is not valid here; write true or false, without quotes",
    "int_from_float": "is not a whole number; write it without a decimal point",
}
"""Pydantic's kinds of fault in plain words."""


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    """Return the pydantic classes an annotation can hold, looking through containers and unions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if isinstance(annotation, typing.TypeAliasType):
        return _models_in(annotation.__value__)
    return [model for part in typing.get_args(annotation) for model in _models_in(part)]


def _valid_keys(location: Sequence[str | int]) -> list[str]:
    """Return the keys that are known where pydantic met an unknown one."""
    candidates: list[type[BaseModel]] = [ModelSpec]
    # Walk down from the whole file. A part that is no field, such as an id or a position, leaves
    # the classes as they are.
    for part in location:
        models: list[type[BaseModel]] = []
        for model in candidates:
            for name, info in model.model_fields.items():
                if (info.alias or name) == part:
                    models += _models_in(info.annotation)
        # The family of an indicator is the tag of a union; its own class has the keys.
        if part in FAMILIES:
            models = [FAMILIES[str(part)].indicator]
        candidates = models or candidates
    return sorted(
        {info.alias or name for model in candidates for name, info in model.model_fields.items()}
    )


def message_of(error: Any) -> str:
    """Say what pydantic found in the library's own words."""
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    shown = "nothing" if given is None else quoted(given)
    if kind in ("value", "month"):
        return str(error["msg"])
    if kind in _OF_KEYS:
        return _OF_KEYS[kind](error)
    if kind in ("float_type", "int_type", "finite_number"):
        what = "whole number" if kind == "int_type" else "number"
        return f"{shown} is not a {what}; write it without quotes or units"
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        shape = _SHAPES.get(str(context.get("class_name", "")), "keys and values")
        return f"{shown} is not valid here; write {shape}"
    if kind == "too_short" and given:
        return f"{shown} has too few entries; write at least {context['min_length']}"
    if kind in _BOUNDS:
        words, bound = _BOUNDS[kind]
        return f"{shown} is not valid here; it must be {words} {context[bound]:g}"
    return f"{shown} {_PLAIN.get(kind, 'is not valid here; docs/model-file.md says what is')}"


def _unknown_key(error: Any) -> str:
    name = str(error["loc"][-1])
    return f"unknown key {quoted(name)}; {did_you_mean(name, _valid_keys(error['loc'][:-1]))}"


def _missing_key(error: Any) -> str:
    # A choice by a key that is not there is a missing key, too.
    key = error.get("ctx", {}).get("discriminator", repr(error["loc"][-1] if error["loc"] else ""))
    return f"the key {key} is missing; add it"


def _another_word(error: Any) -> str:
    given, expected = error["input"], error["ctx"]["expected"]
    valid = [part.strip(" '") for part in expected.replace(" or ", ", ").split(",")]
    # Signs are turned into numbers before the literal is checked, so pydantic would name numbers.
    if error["loc"][-1] == "polarity":
        valid = ["+", "-"]
    shown = "nothing" if given is None else quoted(given)
    return f"{shown} is not valid here; {did_you_mean(str(given), valid)}"


def _another_kind(error: Any) -> str:
    tag, field = error["ctx"]["tag"], str(error["ctx"]["discriminator"]).strip("'")
    valid = [part.strip(" '") for part in error["ctx"]["expected_tags"].split(",")]
    # A family of a user's own is known to a process that has registered it.
    own = "; a family of your own must be registered first" if field == "family" else ""
    return f"{quoted(tag)} is not a known {field}; {did_you_mean(tag, valid)}{own}"


_OF_KEYS: Final = {
    "extra_forbidden": _unknown_key,
    "missing": _missing_key,
    "literal_error": _another_word,
    "union_tag_invalid": _another_kind,
    "union_tag_not_found": _missing_key,
}
"""What is said of keys, and of words that only some keys take."""


def _strip_tags(location: Sequence[str | int], document: Document) -> Path_:
    """Drop from a pydantic location the parts that are not in the file, such as a union's tag."""
    path: list[str | int] = []
    for part in location:
        if (*path, part) in document.values:
            path.append(part)
    return tuple(path)


def _shape_problems(document: Document, error: ValidationError) -> list[FileProblem]:
    problems: dict[tuple[Path_, bool], FileProblem] = {}
    raised = error.errors()
    unknown = [item["loc"] for item in raised if item["type"] == "extra_forbidden"]
    for item in raised:
        if item["type"] == "too_short" and any(
            len(other["loc"]) > len(item["loc"]) and other["loc"][: len(item["loc"])] == item["loc"]
            for other in raised
        ):
            # Too few only because an entry is at fault, which is said itself.
            continue
        if item["type"] == "missing" and any(
            loc[:-1] == item["loc"][:-1]
            and difflib.get_close_matches(str(loc[-1]), [str(item["loc"][-1])])
            for loc in unknown
        ):
            # The same slip as the unknown key beside it, which is said with what was meant.
            continue
        path = _strip_tags(item["loc"], document)
        key = item["type"] == "extra_forbidden"
        if item["type"] == "missing":
            path = _strip_tags(item["loc"][:-1], document)
        elif item["loc"] and item["loc"][-1] == "[key]":
            path, key = _strip_tags(item["loc"][:-1], document), True
        # Of one value that fits none of several kinds the first is enough; several keys may be
        # missing in one place.
        place = (*path, item["loc"][-1]) if item["type"] == "missing" else path
        problems.setdefault((place, key), document.problem(path, message_of(item), at_key=key))
    return list(problems.values())


def _without_faulty(
    data: Mapping[str, Any], error: ValidationError
) -> tuple[dict[str, Any], list[str]]:
    """Drop the elements that pydantic refused, and say which ids went with them."""
    # Copied two levels deep, because elements are deleted and the document must stay whole.
    kept: dict[str, Any] = {
        key: dict(value)
        if isinstance(value, Mapping)
        else list(value)
        if isinstance(value, list)
        else value
        for key, value in data.items()
    }
    dropped: list[str] = []
    places = {tuple(item["loc"][:2]) for item in error.errors()}
    # The last position of a list first, so that no deletion moves what is still to be deleted.
    for place in sorted(
        places, key=lambda p: (str(p[0]), -p[1] if len(p) > 1 and isinstance(p[1], int) else 0)
    ):
        section = kept.get(str(place[0])) if place else None
        if len(place) == 1:
            kept.pop(str(place[0]), None)
        elif isinstance(section, dict) and place[1] in section:
            del section[place[1]]
            dropped.append(str(place[1]))
        elif isinstance(section, list) and isinstance(place[1], int) and place[1] < len(section):
            del section[place[1]]
    return kept, dropped


def parse_spec(text: str, file: str) -> tuple[ModelSpec, Document]:
    """Read and validate the text of a model file.

    Parameters
    ----------
    text : str
    file : str
        Its name in messages.

    Raises
    ------
    ModelFileError
        With every fault: of shape, of reference, of scale.
    """
    document = Document.parse(text, file)
    unwritten = todos(document)
    problems: list[FileProblem] = []
    try:
        spec = ModelSpec.model_validate(document.data)
        left_out: frozenset[str] | None = None
    except ValidationError as error:
        problems = _shape_problems(document, error)
        # Sound elements are still checked, so that their faults are found in the same run.
        remainder, dropped = _without_faulty(document.data, error)
        try:
            spec = ModelSpec.model_validate(remainder)
        except ValidationError:
            raise ModelFileError(_with_todos(problems, unwritten)) from None
        if any(path[0] == "edges" for path in (item["loc"] or ("",) for item in error.errors())):
            # Positions of later edges have moved; their own faults wait for the next run.
            spec = spec.model_copy(update={"edges": ()})
        left_out = frozenset(dropped)
    for path, message in faults(spec, left_out):
        # A fault of a whole element is shown at its id. Edges have none.
        at_key = len(path) == 2 and path[0] != "edges"
        problems.append(document.problem(path, message, at_key=at_key))
    if problems:
        raise ModelFileError(_with_todos(problems, unwritten))
    return spec, document


def _with_todos(
    problems: Sequence[FileProblem], unwritten: Mapping[Path_, FileProblem]
) -> list[FileProblem]:
    """Let what is still to be written stand for its own faults, and add the rest of it."""
    places = {problem.path for problem in unwritten.values()}
    return [*(problem for problem in problems if problem.path not in places), *unwritten.values()]


def parse_model(
    model_text: str,
    evidence_text: str | None,
    *,
    file: str = MODEL_FILE,
    evidence_file: str = "evidence.csv",
) -> tuple[ModelSpec, tuple[EvidenceRow, ...]]:
    """Read a model from the texts of its two files.

    Raises
    ------
    ModelFileError
    """
    spec, _ = parse_spec(model_text, file)
    return spec, parse_evidence(evidence_text, evidence_file, spec).rows if evidence_text else ()


class Folder(NamedTuple):
    """What a model folder holds."""

    model_text: str
    evidence_text: str | None
    spec: ModelSpec
    evidence: tuple[EvidenceRow, ...] = ()
    history: tuple[EvidenceRow, ...] = ()
    panel: Answers | None = None
    notes: tuple[FileProblem, ...] = ()


def read_folder(path: Path) -> Folder:
    """Read a model folder, or a model file with the files it names beside it.

    Raises
    ------
    ModelFileError
    """
    file = path / MODEL_FILE if path.is_dir() else path
    text, of_encoding = read_text(file, str(file))
    spec, document = parse_spec(text, str(file))
    notes = [*of_encoding, *todos(document).values()]

    def beside(name: str, *key: str) -> tuple[str, str]:
        """Return the text of a file that the model names under a key, and the path to it."""
        place = file.parent / name
        # A link that leads out of the folder would have files read that nobody chose to share.
        if (
            Path(name).name != name
            or place.resolve().parent != file.parent.resolve()
            or not place.is_file()
        ):
            problem = f"{quoted(name)} is not a file beside the model; name one, or drop the key"
            raise ModelFileError([document.problem(key, problem)])
        read = read_text(place, str(place))
        notes.extend(read.notes)
        return read.text, str(place)

    rows_text: str | None = None
    evidence, history = Read[EvidenceRow](()), Read[EvidenceRow](())
    if spec.evidence is not None:
        rows_text, where = beside(spec.evidence, "evidence")
        evidence = parse_evidence(rows_text, where, spec)
    if spec.history is not None:
        history = parse_history(*beside(spec.history, "history"), spec)
    panel: Answers | None = None
    if spec.panel is not None:
        seeds = Read[Seed](())
        if spec.panel.seeds is not None:
            seeds = parse_seeds(*beside(spec.panel.seeds, "panel", "seeds"))
        panel = parse_panel(*beside(spec.panel.file, "panel", "file"), spec, seeds)
        notes.extend(panel.notes)
    return Folder(
        text,
        rows_text,
        spec,
        evidence.rows,
        history.rows,
        panel,
        (*notes, *evidence.notes, *history.notes),
    )
