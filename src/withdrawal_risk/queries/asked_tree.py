"""A clause or tree that a user asks about: read, checked against a model, moved to a deadline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.conditions import AllOf, AnyOf, Clause, Condition, NotOf, Tree
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.model.file import message_of
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.model.validation.references import reference_faults

__all__ = ["asked_tree", "at_deadline"]

_STATISTICS: Final = ("mean", "min", "max", "total")
_VALUES: Final = ("last", "from", "to", "at_least", "at_most")
_FLAGS: Final = ("ever", "always")
_HOW: Final = (
    "write a name, then any of mean, min, max, total, last N, from MONTH to MONTH, ever, always, "
    "and at_least or at_most with a bound"
)


def asked_tree(spec: ModelSpec, given: object) -> Tree:
    """Read a clause or a tree, and check it against a model.

    Parameters
    ----------
    spec : ModelSpec
    given : str, mapping, or tree
        Text such as ``"gaps mean last 6 at_most medium"``, or what a condition of the model file
        holds.

    Raises
    ------
    ArgumentError
        If it cannot be read, or speaks of what the model does not have.
    """
    if isinstance(given, (AllOf, AnyOf, NotOf, Clause)):
        tree: Tree = given
    else:
        keys = _of_text(spec, given) if isinstance(given, str) else given
        if not isinstance(keys, Mapping):
            raise ArgumentError(f"clause is {quoted(given)}; write a text or a mapping")
        try:
            tree = TypeAdapter(Tree).validate_python(keys)
        except ValidationError as error:
            first = error.errors()[0]
            # Where a tree stands in a file, so that its valid keys are found.
            first["loc"] = ("conditions", "clause", "all", 0, *first["loc"])
            raise ArgumentError(f"clause: {message_of(first)}") from None
    alone = Condition.model_validate({"label": "-", "all": [tree], "basis": "-", "why": "-"})
    only = spec.model_copy(update={"conditions": {"clause": alone}, "scenarios": {}})
    nodes = {*spec.factors, *spec.policies}
    for _, message in reference_faults(only, nodes, set(spec.indicators), ()):
        raise ArgumentError(f"clause: {message}")
    return tree


def _of_text(spec: ModelSpec, text: str) -> dict[str, Any]:
    """Return the keys of a clause that is written as a line."""
    name, *tokens = text.split() or [""]
    if name in spec.conditions and not tokens:
        raise ArgumentError(
            f"clause: {quoted(name)} is a condition; ask outlook or by_when, or write its clauses"
        )
    subject = "indicator" if name in spec.indicators else "factor"
    keys: dict[str, Any] = {subject: name}
    place = 0
    while place < len(tokens):
        word, place = tokens[place], place + 1
        if word in _STATISTICS:
            keys["statistic"] = word
        elif word in _FLAGS:
            keys[word] = True
        elif word in _VALUES:
            # A bound may have several words, such as very low.
            end = place
            while end < len(tokens) and tokens[end] not in (*_STATISTICS, *_FLAGS, *_VALUES):
                end += 1
            keys[word] = _value(word, " ".join(tokens[place:end]))
            place = end
        else:
            raise ArgumentError(f"clause: {quoted(word)} is not understood; {_HOW}")
    return keys


def _value(key: str, text: str) -> Any:
    if not text:
        raise ArgumentError(f"clause: {key} has no value; {_HOW}")
    if key in ("from", "to"):
        return text
    try:
        return int(text) if key == "last" else float(text)
    except ValueError:
        if key == "last":
            raise ArgumentError(f"clause: last is {quoted(text)}; write a whole number") from None
        return text


def at_deadline(spec: ModelSpec, tree: Tree, deadline: Month) -> Tree | None:
    """Return a tree as if the horizon were earlier; None where its months have not begun by then.

    The last so many months are those up to the deadline; a fixed stretch ends there at the latest.
    """
    if isinstance(tree, Clause):
        return _clause_at(spec, tree, deadline)
    parts = [at_deadline(spec, part, deadline) for part in tree.parts]
    found = [part for part in parts if part is not None]
    if len(found) < len(parts):
        return None
    if isinstance(tree, NotOf):
        return NotOf.model_validate({"not": found[0]})
    return AllOf(all=tuple(found)) if isinstance(tree, AllOf) else AnyOf(any=tuple(found))


def _clause_at(spec: ModelSpec, clause: Clause, deadline: Month) -> Clause | None:
    if clause.from_ is not None and clause.to is not None:
        first, last = clause.from_, min(clause.to, deadline)
    else:
        first, last = deadline + (1 - (clause.last or 1)), deadline
    if last < first:
        return None
    first = max(first, spec.time.start)
    return clause.model_copy(update={"from_": first, "to": last, "last": None})
