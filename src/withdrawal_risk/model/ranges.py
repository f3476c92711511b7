"""The elicited ranges of a model file: listed, found and replaced by their path in the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from withdrawal_risk.elements.base import Frozen
from withdrawal_risk.elements.network import Event
from withdrawal_risk.elements.quantiles import Quantiles, Weight
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.model.spec import ModelSpec

__all__ = ["range_at", "ranges", "sign_of", "with_ranges"]

_MAPPINGS: Final = ("factors", "indicators", "events")


def ranges(spec: ModelSpec) -> dict[str, Quantiles]:
    """Return every range that a file elicits, by its path, in the order of the file.

    Paths read ``factors.X.half_life``, ``factors.X.drift.share``, ``edges.X->Y.weight``,
    ``indicators.Z.at_reference`` and ``events.E.X.size``. That of a weight is its size, without
    its sign.
    """
    listed: dict[str, Quantiles] = {}
    for section in ("factors", "indicators"):
        for name, item in getattr(spec, section).items():
            listed |= _within(item, f"{section}.{name}")
    for edge in spec.edges:
        listed[f"edges.{edge.id}.weight"] = edge.weight.size
    for name, event in spec.events.items():
        for effect in event.effects:
            listed |= _within(effect, f"events.{name}.{effect.factor}")
    return listed


def _within(item: Frozen, path: str) -> dict[str, Quantiles]:
    """Return the ranges of an element and of the elements inside it."""
    found: dict[str, Quantiles] = {}
    for key in type(item).model_fields:
        value = getattr(item, key)
        if isinstance(value, Quantiles):
            found[f"{path}.{key}"] = value
        elif isinstance(value, Frozen):
            found |= _within(value, f"{path}.{key}")
    return found


def range_at(spec: ModelSpec, path: str) -> Quantiles:
    """Return the range at a path.

    Raises
    ------
    ArgumentError
        If the file elicits none there.
    """
    known = ranges(spec)
    if path not in known:
        raise ArgumentError(
            f"{path!r} is not an elicited range of {spec.id}; {did_you_mean(path, known)}"
        )
    return known[path]


def sign_of(spec: ModelSpec, path: str) -> int:
    """Return the sign that the file asserts of a range: that of a weight, else 1."""
    if not path.startswith("edges."):
        return 1
    name = path.removeprefix("edges.").removesuffix(".weight")
    return next(edge.weight.sign for edge in spec.edges if edge.id == name)


def with_ranges(spec: ModelSpec, new: Mapping[str, Quantiles]) -> ModelSpec:
    """Return a file in which some ranges are others.

    Parameters
    ----------
    spec : ModelSpec
    new : mapping of str to Quantiles
        By path, as `ranges` names them.

    Raises
    ------
    ArgumentError
        If the file elicits none at a path.
    """
    changed: dict[str, Any] = {
        "edges": list(spec.edges),
        **{section: dict(getattr(spec, section)) for section in _MAPPINGS},
    }
    place = {edge.id: number for number, edge in enumerate(spec.edges)}
    for path, given in new.items():
        section, _, rest = path.partition(".")
        name, _, keys = rest.partition(".")
        key: Any = place.get(name) if section == "edges" else name
        try:
            item = changed[section][key]
            changed[section][key] = _replaced(item, keys.split("."), given)
        except (KeyError, TypeError):
            # What is not there is named with what is.
            range_at(spec, path)
            raise
    changed["edges"] = tuple(changed["edges"])
    return spec.model_copy(update=changed)


def _replaced[Item: Frozen](item: Item, keys: Sequence[str], given: Quantiles) -> Item:
    """Return an element with one of its ranges replaced.

    Raises
    ------
    KeyError
        If it has no range there.
    """
    key, *further = keys
    if isinstance(item, Event):
        # An event has a list of effects, which are named by their factors.
        places = [k for k, effect in enumerate(item.effects) if effect.factor == key]
        if not places:
            raise KeyError(key)
        effects = list(item.effects)
        effects[places[0]] = _replaced(effects[places[0]], further, given)
        return item.model_copy(update={"effects": tuple(effects)})
    old = getattr(item, key, None)
    if isinstance(old, Weight) and not further:
        # The sign is an assertion of the file; what is elicited is the size.
        return item.model_copy(update={key: old.model_copy(update={"size": given})})
    if isinstance(old, Quantiles) and not further:
        return item.model_copy(update={key: given})
    if isinstance(old, Frozen) and further:
        return item.model_copy(update={key: _replaced(old, further, given)})
    raise KeyError(key)
