"""The one door for what people pass to functions: names, numbers, months, choices."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from numbers import Integral, Real
from typing import Any

from withdrawal_risk.characters import forbidden, quoted
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.errors import ArgumentError, did_you_mean

__all__ = [
    "checked_mapping",
    "chosen",
    "month_of",
    "name_of",
    "names_of",
    "number",
    "true_or_false",
    "whole_number",
]


def name_of(value: object, what: str) -> str:
    """Return a name that a user gave.

    Parameters
    ----------
    value : str
    what : str
        The argument, for the message.

    Raises
    ------
    ArgumentError
        If it is no text, or holds characters that nobody sees.
    """
    if not isinstance(value, str):
        wanted = (
            f", such as {quoted(value[0])}" if isinstance(value, list | tuple) and value else ""
        )
        raise ArgumentError(f"{what} is {quoted(value)}; write one name in quotes{wanted}")
    if (unseen := forbidden(value)) is not None:
        raise ArgumentError(
            f"{what} is {quoted(value)}, which holds the character {unseen.name}; remove it"
        )
    return value


def names_of(value: object, what: str) -> tuple[str, ...]:
    """Return names that a user gave one after the other, whatever holds them.

    Parameters
    ----------
    value : iterable of str
        Read once, so that it may be a generator.
    what : str
        The argument, for the message.

    Raises
    ------
    ArgumentError
        If it is a single text, of which Python would take every letter for a name, or holds what is
        no text.
    """
    if isinstance(value, str):
        raise ArgumentError(f"{what} is {quoted(value)}, a single name; write [{quoted(value)}]")
    if not isinstance(value, Iterable):
        raise ArgumentError(f"{what} is {quoted(value)}; write a list of names")
    names = tuple(value)
    for name in names:
        if not isinstance(name, str):
            raise ArgumentError(
                f"{what} holds {quoted(name)}, which is not a name; write names in quotes"
            )
        name_of(name, what)
    return names


def checked_mapping(value: object, what: str) -> Mapping[str, Any]:
    """Return what a user gave by name.

    Raises
    ------
    ArgumentError
        If it is no mapping.
    """
    if not isinstance(value, Mapping):
        raise ArgumentError(
            f"{what} is {quoted(value)}; write names and values, such as {{'us_iran_tension': "
            f"'low'}}"
        )
    return value


def whole_number(value: object, what: str, *, least: int, most: int) -> int:
    """Return a whole number, of NumPy too.

    Parameters
    ----------
    value : int
    what : str
        The argument, for the message.
    least, most : int
        Both included.

    Raises
    ------
    ArgumentError
        If it is none, or lies outside the bounds.
    """
    # Python counts True and False among the whole numbers; as a count they are a slip.
    if isinstance(value, bool) or not isinstance(value, Integral):
        # A plain float is quoted without the name of NumPy's type. The comparison below is false
        # for nan, for which there is no whole number to suggest.
        given: object = value
        if isinstance(value, Real) and not isinstance(value, bool):
            # A fraction may be too large for a float.
            with suppress(OverflowError):
                given = float(value)
        hint = f", such as {given:.0f}" if isinstance(given, float) and abs(given) < 1e15 else ""
        raise ArgumentError(f"{what} is {quoted(given)}; it must be a whole number{hint}")
    whole = int(value)
    if not least <= whole <= most:
        side = f"at least {least}" if whole < least else f"at most {most}"
        raise ArgumentError(f"{what} is {quoted(whole)}; it must be a whole number, {side}")
    return whole


def number(value: object, what: str, *, above: float = -math.inf, below: float = math.inf) -> float:
    """Return a finite number between two bounds, neither included; of NumPy too.

    Parameters
    ----------
    value : float
    what : str
        The argument, for the message.
    above, below : float

    Raises
    ------
    ArgumentError
        If it is none, is not finite, or lies outside the bounds.
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ArgumentError(f"{what} is {quoted(value)}; it must be a number, without quotes")
    try:
        plain = float(value)
    except OverflowError:
        plain = math.inf
    if not math.isfinite(plain):
        raise ArgumentError(f"{what} is {quoted(value)}; it must be a finite number")
    if not above < plain < below:
        where = (
            "between"
            if math.isfinite(above) and math.isfinite(below)
            else "above"
            if plain <= above
            else "below"
        )
        ends = (
            f"{above:g} and {below:g}"
            if where == "between"
            else f"{above if where == 'above' else below:g}"
        )
        raise ArgumentError(f"{what} is {str(value)[:60]}; it must lie {where} {ends}")
    return plain


def true_or_false(value: object, what: str) -> bool:
    """Return a truth value, of NumPy too.

    Raises
    ------
    ArgumentError
        If it is none.
    """
    # NumPy's truth value is no subclass of bool; its type is called bool or bool_, by version.
    if type(value).__name__ not in ("bool", "bool_"):
        raise ArgumentError(f"{what} is {quoted(value)}; write True or False")
    return bool(value)


def chosen(value: object, what: str, valid: Sequence[str]) -> str:
    """Return one of a few words.

    Raises
    ------
    ArgumentError
        If it is another.
    """
    if not (isinstance(value, str) and value in valid):
        raise ArgumentError(f"{what} is {quoted(value)}; {did_you_mean(str(value)[:60], valid)}")
    return value


def month_of(value: object, what: str) -> Month:
    """Return a month that a user gave.

    Parameters
    ----------
    value : str, Month, datetime.date, numpy.datetime64, pandas.Timestamp or pandas.Period
        Text is ``YYYY-MM``; a day stands for its month.
    what : str
        The argument, for the message.

    Raises
    ------
    ArgumentError
        If it is none.
    """
    try:
        return Month.read(value)
    except ValueError as error:
        raise ArgumentError(f"{what}: {error}") from None
