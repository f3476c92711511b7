"""Every family by its name, and how users add their own."""

from __future__ import annotations

import inspect
from contextlib import suppress
from functools import cache
from typing import Annotated, Any, Final, Union

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema, core_schema

from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.base import IDENTIFIER, RESERVED
from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.families.base import Family
from withdrawal_risk.families.binary import Binary
from withdrawal_risk.families.contract import broken_promises
from withdrawal_risk.families.count import Count
from withdrawal_risk.families.lognormal import Lognormal
from withdrawal_risk.families.normal import Normal
from withdrawal_risk.families.ordinal import Ordinal
from withdrawal_risk.families.share import LogitNormal
from withdrawal_risk.families.state import State

__all__ = ["COMPILED_FAMILIES", "FAMILIES", "Indicator", "code_of", "family_of", "register_family"]

_OWN: Final = (Normal(), Lognormal(), Count(), LogitNormal(), Ordinal(), Binary(), State())

FAMILIES: Final[dict[str, Family[Any]]] = {family.name: family for family in _OWN}
"""Every family by its name, in the order of the evidence blocks."""

COMPILED_FAMILIES: Final[dict[str, Family[Any]]] = {
    family.name: family for family in _OWN if type(family).compiled is not Family.compiled
}
"""Those whose densities are compiled, by the names and in the order that packed rows number."""


def family_of(item: IndicatorBase) -> Family[Any]:
    """Return the family of an indicator."""
    return FAMILIES[item.family]


def register_family(family: Family[Any]) -> None:
    """Add a family, so that model files may name it as the ``family`` of an indicator.

    A family is registered once in every process, before a file that names it is read. Its
    promises are tried out first: its density integrates to 1, its noise has this density, the
    noise given a value makes that value, and with the same noise values rise with the mean. See
    CONTRIBUTING. A saved fit does not hold its families: register the same ones before it is
    opened.

    Parameters
    ----------
    family : Family
        An instance of a subclass of `Family`.

    Raises
    ------
    ArgumentError
        If its name is taken or not an id, its keys do not belong to it, or it breaks a promise.

    Examples
    --------
    >>> import withdrawal_risk as wr
    >>> from withdrawal_risk.families.normal import Normal
    >>> wr.register_family(Normal())
    Traceback (most recent call last):
    withdrawal_risk.errors.ArgumentError: family 'normal' exists already; choose another name
    """
    if not isinstance(family, Family):
        raise ArgumentError(
            f"{quoted(family)} is not a family; give an instance of a subclass of Family"
        )
    name, keys = getattr(family, "name", None), getattr(family, "indicator", None)
    if not isinstance(name, str):
        raise ArgumentError(f"the name of {quoted(family)} is {quoted(name)}; set it to a text")
    if not isinstance(keys, type) or not issubclass(keys, IndicatorBase):
        raise ArgumentError(
            f"family {name!r}: indicator is {quoted(keys)}; set it to a subclass of IndicatorBase"
        )
    # A name stands for one family in files, trees and random streams.
    if family.name in FAMILIES:
        raise ArgumentError(f"family {family.name!r} exists already; choose another name")
    if not IDENTIFIER.fullmatch(family.name) or family.name in RESERVED:
        raise ArgumentError(
            f"family {quoted(family.name)} is not a valid name; use lower-case letters, digits "
            "and underscores"
        )
    # The key decides which class reads an indicator, so it must be a literal of the family's name.
    declared = keys.model_fields.get("family")
    literal = declared.annotation if declared is not None else None
    if getattr(literal, "__args__", ()) != (family.name,):
        raise ArgumentError(
            f"the keys of family {family.name!r} must declare family: Literal[{family.name!r}]"
        )
    # Simulation relies on these promises: differences between worlds are paired by the noise.
    if broken := list(broken_promises(family)):
        more = f" (and {len(broken) - 1} more faults)" if len(broken) > 1 else ""
        raise ArgumentError(f"family {family.name!r}: {broken[0]}{more}")
    # From here on files may name it; what reads indicators is made again.
    FAMILIES[family.name] = family
    _keys.cache_clear()


def code_of(family: Family[Any]) -> str:
    """Return the source of a family of a user's own; nothing for those of the library."""
    kind = type(family)
    if kind.__module__.startswith("withdrawal_risk."):
        return ""
    # Typed at a prompt, a class has no source, and its name has to do.
    with suppress(OSError, TypeError):
        return inspect.getsource(inspect.getmodule(kind) or kind)
    return kind.__qualname__


@cache
def _keys() -> TypeAdapter[IndicatorBase]:
    """Return what reads an indicator of any family that is registered now."""
    classes = tuple(family.indicator for family in FAMILIES.values())
    # Pydantic chooses the class by the key `family`, with located errors of that class.
    any_of_them: Any = Annotated[Union[classes], Field(discriminator="family")]  # noqa: UP007
    return TypeAdapter(any_of_them)


class _OfAnyFamily:
    """Reads an indicator by the keys of its family, those registered later included."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            lambda value: _keys().validate_python(value)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return handler(_keys().core_schema)


Indicator = Annotated[IndicatorBase, _OfAnyFamily()]
"""An indicator of any family."""
