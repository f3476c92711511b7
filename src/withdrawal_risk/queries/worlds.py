"""Worlds other than the expected one: cells that are set, shifted or pushed, and how people name them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.errors import QueryError, did_you_mean
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.model.elicitation import FARTHEST, LEVEL_NAMES, level_value, no_level
from withdrawal_risk.model.spec import Scenario
from withdrawal_risk.model.timeline import Month, Window

__all__ = ["World", "horizon_window", "month_of", "of_scenario", "of_settings"]

Array = NDArray[np.float64]
Setting = float | str


@dataclass(frozen=True, eq=False)
class World:
    """What is done to the expected world, over the months of `horizon_window`.

    Parameters
    ----------
    clamped : ndarray of bool, shape (month, factor)
        Cells cut off from their causes.
    given : ndarray, shape (month, factor)
        The value of clamped cells; where `shifted`, what is added to the value they would have had.
    shifted : ndarray of bool, shape (month, factor)
    push : ndarray, shape (month, factor)
        Added to the drive, as an event adds its effect; causes go on acting.
    """

    clamped: NDArray[np.bool_]
    given: Array
    shifted: NDArray[np.bool_]
    push: Array

    @classmethod
    def unchanged(cls, posterior: Posterior) -> World:
        """Return the expected world."""
        shape = (len(horizon_window(posterior)), len(posterior.frame.structure.factors))
        return cls(np.zeros(shape, bool), np.zeros(shape), np.zeros(shape, bool), np.zeros(shape))

    def hold(self, factor: int, first: int, last: int, value: float | Array, *, shift: bool) -> None:
        """Set or shift a factor over months ``first..last``, to or by one value or one a month."""
        here = slice(first, last + 1), factor
        self.clamped[here], self.given[here], self.shifted[here] = True, value, shift


def horizon_window(posterior: Posterior) -> Window:
    """Return the months from the first that is kept, a model's start as a rule, to its horizon."""
    return Window(posterior.kept.first, posterior.model.spec.time.horizon)


def month_of(text: str | Month, what: str) -> Month:
    """Read a month a user gave.

    Raises
    ------
    QueryError
        If it is not one.
    """
    if isinstance(text, Month):
        return text
    try:
        return Month.parse(text)
    except ValueError as error:
        raise QueryError(f"{what}: {error}") from None


def _value(posterior: Posterior, name: str, setting: Setting) -> tuple[float, bool]:
    """Return a setting on the standard scale and whether it is a shift.

    Numbers are standard levels for a factor and natural units for a policy; text is a level name, or a shift
    with its sign, such as ``+1``.
    """
    spec = posterior.model.spec
    policy = spec.policies.get(name)
    node = spec.node(name)
    if isinstance(setting, str):
        if setting in LEVEL_NAMES:
            return level_value(setting, tuple(node.levels)), False
        shift = setting[:1] in ("+", "-")
        try:
            number = float(setting)
        except ValueError:
            raise QueryError(
                f"{name}: {setting!r} is neither a level nor a shift; write one of "
                f"{', '.join(map(repr, LEVEL_NAMES))}, a number, or a shift such as '+1'"
            ) from None
    elif isinstance(setting, bool) or not isinstance(setting, Real):
        raise QueryError(f"{name}: {setting!r} is neither a number nor text; write a level or a shift")
    else:
        number, shift = float(setting), False
    if not math.isfinite(number):
        raise QueryError(f"{name}: {setting!r} is not a finite number")
    if policy is not None:
        return (number / policy.per_level if shift else policy.level(number)), shift
    if abs(number) > FARTHEST:
        raise QueryError(f"{name}: {no_level(number)}")
    return number, shift


def of_settings(
    posterior: Posterior,
    settings: Mapping[str, Setting],
    start: str | Month | None,
    end: str | Month | None,
    tense: Literal["future", "past"],
) -> World:
    """Return the world in which factors take settings over a span.

    Parameters
    ----------
    settings : mapping of factor or policy to level name, number or shift
    start, end : str or Month, optional
        First and last month; the whole of the future, or of the past, where absent.
    tense : {"future", "past"}

    Raises
    ------
    QueryError
        For an unknown name, a setting that cannot be read, or a span outside the future or past.
    """
    frame, window = posterior.frame, horizon_window(posterior)
    span = (posterior.as_of + 1, window.last) if tense == "future" else (window.first, posterior.as_of)
    first = span[0] if start is None else month_of(start, "start")
    last = span[1] if end is None else month_of(end, "end")
    if start is not None and end is not None and last < first:
        raise QueryError(f"end {last} is before start {first}")
    if not span[0] <= first <= last <= span[1]:
        named = [str(month) for month, given in ((first, start), (last, end)) if given is not None]
        other = "counterfactual asks about the past" if tense == "future" else "do asks about the future"
        raise QueryError(
            f"{' to '.join(named)} is not within the {tense}, {span[0]} to {span[1]}; name months within it "
            f"({other})"
        )  # fmt: skip
    world = World.unchanged(posterior)
    for name, setting in settings.items():
        if name not in frame.structure.factors:
            raise QueryError(f"{name!r} is not a factor or policy; {did_you_mean(name, frame.structure.factors)}")
        value, shift = _value(posterior, name, setting)
        world.hold(frame.structure.factors.index(name), window.index(first), window.index(last), value, shift=shift)
    return world


def of_scenario(posterior: Posterior, scenario: Scenario) -> World:
    """Return the world of a scenario; what it says of months up to the ``as_of`` has passed and is left out."""
    spec, window, factors = posterior.model.spec, horizon_window(posterior), posterior.frame.structure.factors
    now = window.index(posterior.as_of)
    world = World.unchanged(posterior)

    def span(first: Month, last: Month) -> tuple[int, int]:
        return max(window.index(first), now + 1), window.index(last)

    for item in scenario.do:
        setting: Setting = item.level if item.level is not None else f"{item.shift:+}"
        value, shift = _value(posterior, item.factor, setting)
        world.hold(factors.index(item.factor), *span(item.from_, item.to), value, shift=shift)
    for shock in scenario.events:
        first, last = span(shock.from_, shock.to)
        world.push[first : last + 1, factors.index(shock.factor)] += shock.size
    for name, path in scenario.policies.items():
        for stretch in path:
            value = spec.policies[name].level(stretch.value)
            world.hold(factors.index(name), *span(stretch.from_, window.last), value, shift=False)
    return world
