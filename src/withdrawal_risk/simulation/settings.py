"""What a question asks for: a level, a shift or the scale of an edge, read once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real

from withdrawal_risk.arguments import number
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.elicitation import (
    FARTHEST,
    FARTHEST_POLICY,
    LEVEL_NAMES,
    level_value,
    too_large_for_a_level,
)
from withdrawal_risk.elements.scenarios import SetLevel, unusable_scale
from withdrawal_risk.elements.timeline import MonthLike
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.model.validation.dates import far_policy

__all__ = [
    "Edges",
    "Given",
    "Over",
    "Setting",
    "Settings",
    "Shift",
    "of_item",
    "over",
    "read_scale",
    "read_setting",
    "shift",
]


@dataclass(frozen=True)
class Shift:
    """A move away from the value a factor would otherwise have; made by `shift`.

    Parameters
    ----------
    size : float
        In standard levels for a factor, in its own unit for a policy.

    Examples
    --------
    >>> wr.shift(0.5).size
    0.5
    """

    size: float


def shift(size: float) -> Shift:
    """Say that a factor or policy is moved by a size, and not set to a level.

    Parameters
    ----------
    size : float
        In standard levels for a factor, in its own unit for a policy.

    Returns
    -------
    Shift
        A setting of `do` and `counterfactual`.

    Raises
    ------
    ArgumentError
        If `size` is not a finite number.

    Examples
    --------
    >>> import withdrawal_risk as wr
    >>> wr.shift(-1)
    Shift(size=-1.0)
    """
    return Shift(_finite(size, "shift"))


Given = float | str | Shift
"""What a user may write for a setting: a level, the name of one, or a shift."""


@dataclass(frozen=True)
class Over:
    """A setting over months of its own; made by `over`.

    Parameters
    ----------
    setting : float, str or Shift
    start, end : str, Month or date, optional
        First and last month. Default: those of the question.
    ramp : int, optional
        Months in which it is reached, evenly. Default: that of the question.

    Examples
    --------
    >>> wr.over("low", start="2024-01").start
    '2024-01'
    """

    setting: Given
    start: MonthLike | None = None
    end: MonthLike | None = None
    ramp: int | None = None


def over(
    setting: Given,
    *,
    start: MonthLike | None = None,
    end: MonthLike | None = None,
    ramp: int | None = None,
) -> Over:
    """Say over which months a factor or policy takes a setting, or an edge a scale.

    A list of several, which share no month, sets one factor, or scales one edge, more than once.

    Parameters
    ----------
    setting : float, str or Shift
        As in `do`; for an edge a number.
    start, end : str, Month or date, optional
        First and last month. Default: those of the question.
    ramp : int, optional
        Months in which it moves there, evenly. Default: that of the question.

    Returns
    -------
    Over
        A setting of `do` and `counterfactual`.

    Examples
    --------
    >>> import withdrawal_risk as wr
    >>> wr.over(wr.shift(-1), ramp=6).ramp
    6
    """
    return Over(setting, start, end, ramp)


Settings = Mapping[str, Given | Over | Sequence[Over]]
"""What is set, by factor or policy."""


Edges = Mapping[str, float | Over | Sequence[Over]]
"""By what the weights of edges are multiplied, by edge."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A level or a shift.

    Parameters
    ----------
    size : float
        On the standard scale.
    shifted : bool
        Whether it is a shift.
    written : float or str
        In the factor's own terms: the name of a level, or a number in standard levels or in the
        policy's unit.
    place : int, optional
        Which of the five levels, if it is named.
    """

    size: float
    shifted: bool
    written: float | str
    place: int | None = None

    @property
    def direction(self) -> int:
        """1 for a name that says high, -1 for one that says low, else 0."""
        middle = len(LEVEL_NAMES) // 2
        return 0 if self.place is None else (self.place > middle) - (self.place < middle)


def _finite(value: object, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ArgumentError(
            f"{what}: {quoted(value)} is not a number; write a level name, a number, or wr.shift(1)"
        )
    return number(value, what)


def read_setting(spec: ModelSpec, name: str, given: object) -> Setting:
    """Read what a user gave for a factor or policy of a model.

    Parameters
    ----------
    spec : ModelSpec
    name : str
        A factor or a policy.
    given : float, str or Shift
        A number is a level, for a policy in its own unit; text is the name of a level.

    Raises
    ------
    ArgumentError
        If it is none of these, is not finite, or lies beyond six standard deviations.
    """
    node, policy = spec.node(name), spec.policies.get(name)
    if isinstance(given, str):
        if (place := node.level_place(given)) is not None:
            size = level_value(LEVEL_NAMES[place], tuple(node.cuts))
            return Setting(size=size, shifted=False, written=given, place=place)
        raise ArgumentError(
            f"{name}: {quoted(given)} is not a level; write one of "
            f"{', '.join(map(repr, node.level_names))}, a number without quotes "
            f"for a level, or a shift such as wr.shift({_example(given)})"
        )
    shifted = isinstance(given, Shift)
    size = _finite(given.size if isinstance(given, Shift) else given, name)
    if policy is not None:
        # A shift is a difference, in which the policy's reference cancels.
        reached = size / policy.per_level if shifted else policy.level(size)
        if abs(reached) > FARTHEST_POLICY:
            raise ArgumentError(
                f"{name}: {far_policy(policy, policy.reference + size if shifted else size)}"
            )
        return Setting(size=reached, shifted=shifted, written=size)
    if abs(size) > FARTHEST:
        raise ArgumentError(f"{name}: {too_large_for_a_level(size)}")
    return Setting(size=size, shifted=shifted, written=size)


def read_scale(name: str, given: object) -> float:
    """Read what a user gave for the scale of an edge.

    Parameters
    ----------
    name : str
        Of the edge, for the message.
    given : float

    Raises
    ------
    ArgumentError
        If it is no number, or one by which no edge can be scaled.
    """
    if isinstance(given, str | Shift):
        what = "a shift moves a factor" if isinstance(given, Shift) else "text names a level"
        raise ArgumentError(
            f"{name}: {quoted(given)} is not a scale, because {what}; write the number that the "
            "weight of the edge is multiplied by, such as 0.5"
        )
    scale = number(given, name)
    if (fault := unusable_scale(scale)) is not None:
        raise ArgumentError(f"{name}: {fault}")
    return scale


def _example(text: str) -> str:
    """Return the number in a text that looks like a shift, or a plain one."""
    try:
        number = float(text)
    except ValueError:
        return "1"
    # `float` also reads nan, inf and 1_000, which no message should suggest.
    return f"{number:g}" if math.isfinite(number) and "_" not in text else "1"


def of_item(spec: ModelSpec, item: SetLevel) -> Setting:
    """Read an entry of a scenario's ``do``."""
    return read_setting(spec, item.factor, item.level if item.shift is None else Shift(item.shift))
