"""Worlds other than the baseline: cells that are set, shifted or pushed, edges that are scaled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.arguments import checked_mapping, month_of, name_of, whole_number
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.network import edge_id
from withdrawal_risk.elements.scenarios import Scenario
from withdrawal_risk.elements.timeline import Month, MonthLike, Window
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.inference.alignment import policy_paths
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.model.validation import MOST_MONTHS
from withdrawal_risk.simulation.settings import (
    Edges,
    Over,
    Setting,
    Settings,
    of_item,
    read_scale,
    read_setting,
)

__all__ = ["EdgeSpan", "Span", "World", "horizon_window", "of_scenario", "of_settings"]

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Span:
    """Months in which a factor takes a setting.

    Parameters
    ----------
    factor : int
    first, last : int
        Both included.
    setting : Setting
    ramp : int
        Months in which it is reached, evenly, from where the factor would be; 1 is at once.
    """

    factor: int
    first: int
    last: int
    setting: Setting
    ramp: int = 1

    @property
    def moves(self) -> bool:
        """Whether it depends on where the factor would be: a shift, or a level that is reached."""
        return self.setting.shifted or self.ramp > 1

    @property
    def unfinished(self) -> bool:
        """Whether it ends before its setting is reached."""
        return self.last - self.first + 1 < self.ramp

    def target(self, level: Array) -> Array:
        """Return the levels that it asks for, given those it would have.

        Parameters
        ----------
        level : ndarray, shape (..., month, future)
            In the months of the span.
        """
        share = _arrived(level.shape[-2], self.ramp)[:, None]
        size = self.setting.size
        if self.setting.shifted:
            return level + share * size
        # In this order what has arrived is exactly there.
        return (1.0 - share) * level + share * size


@dataclass(frozen=True, kw_only=True)
class EdgeSpan:
    """Months in which an edge is scaled.

    Parameters
    ----------
    edge : int
        Position in the weight vector.
    first, last : int
        Both included; the months in which the effect arrives.
    scale : float
    ramp : int
        Months in which the scale is reached, evenly, from 1; 1 is at once.
    """

    edge: int
    first: int
    last: int
    scale: float
    ramp: int = 1

    @property
    def unfinished(self) -> bool:
        """Whether it ends before its scale is reached."""
        return self.last - self.first + 1 < self.ramp

    def by_month(self) -> Array:
        """Return the scale of each of its months."""
        share = _arrived(self.last - self.first + 1, self.ramp)
        return (1.0 - share) + share * self.scale


def _arrived(months: int, ramp: int) -> Array:
    """Return which share of a ramp has been made by each month of a span."""
    return np.minimum(np.arange(1, months + 1) / ramp, 1.0)


@dataclass(kw_only=True, eq=False)
class World:
    """What is done to the baseline, over the months of `horizon_window`.

    Parameters
    ----------
    clamped : ndarray of bool, shape (month, factor)
        Cells cut off from their causes and set to a level.
    given : ndarray, shape (month, factor)
        The level of clamped cells.
    push : ndarray, shape (month, factor)
        Added to the drive, as an event adds its effect; causes go on acting.
    edge_scale : ndarray, shape (month, edge)
        What weights are multiplied by in the months in which effects arrive, as in `PathInputs`.
    spans : list of Span
        What was asked for, in words of the model: the levels, which are in `clamped` too, and what
        moves, shifts and ramps, which is not. That comes after all else, one factor at a time, each
        from where its factor is by then.
    edge_spans : list of EdgeSpan
        Which edges were asked to be scaled; `edge_scale` says it by month.
    """

    clamped: NDArray[np.bool_]
    given: Array
    push: Array
    edge_scale: Array
    spans: list[Span] = field(default_factory=list)
    edge_spans: list[EdgeSpan] = field(default_factory=list)

    @classmethod
    def unchanged(cls, posterior: Posterior) -> World:
        """Return the baseline."""
        structure, months = posterior.frame.structure, len(horizon_window(posterior))
        shape = (months, len(structure.factors))
        return cls(
            clamped=np.zeros(shape, bool),
            given=np.zeros(shape),
            push=np.zeros(shape),
            edge_scale=np.ones((months, len(structure.edges))),
        )

    def clamp(self, factor: int, first: int, last: int, value: float | Array) -> None:
        """Set a factor over months ``first..last``, to one level or to one a month."""
        cells = slice(first, last + 1), factor
        self.clamped[cells], self.given[cells] = True, value

    def apply(self, span: Span) -> None:
        """Do what a span asks for."""
        self.spans.append(span)
        # What moves has no level yet: it depends on where its factor is in each draw and future.
        if not span.moves:
            self.clamp(span.factor, span.first, span.last, span.setting.size)

    def scale(self, span: EdgeSpan) -> None:
        """Scale an edge as a span asks."""
        self.edge_spans.append(span)
        self.edge_scale[span.first : span.last + 1, span.edge] = span.by_month()

    def shift(self, factor: int, first: int, last: int, size: float) -> None:
        """Move a factor by a size, on the standard scale, over months ``first..last``."""
        setting = Setting(size=size, shifted=True, written=size)
        self.apply(Span(factor=factor, first=first, last=last, setting=setting))

    @property
    def moves(self) -> list[Span]:
        """The spans that are shifts or ramps."""
        return [span for span in self.spans if span.moves]

    @property
    def asked(self) -> list[Span | EdgeSpan]:
        """All that is asked for by its months."""
        return [*self.spans, *self.edge_spans]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for in any month."""
        return not (self.spans or self.edge_spans or self.clamped.any() or self.push.any())

    @property
    def sets_nothing(self) -> bool:
        """Whether it is the baseline but for what moves."""
        return not (self.clamped.any() or self.push.any() or self.scales)

    @property
    def scales(self) -> bool:
        """Whether an edge is scaled by another number than 1 in any month."""
        return bool((self.edge_scale != 1).any())

    def touched(self, posterior: Posterior) -> dict[int, int]:
        """Return the first month in which each factor's path is changed directly.

        What is set as it was, shifted by 0, or acted on by an edge that is scaled by 1, is not
        changed.
        """
        window, structure = horizon_window(posterior), posterior.frame.structure
        factors = structure.factors
        clamped, given = policy_paths(posterior.model, factors, window, posterior.as_of)
        # Only a policy can be set as it was; a latent level differs from draw to draw.
        changed = (self.clamped & ~(clamped & (given == self.given))) | (self.push != 0)
        # A scaled effect arrives where its factor is not set. The first month has no causes: its
        # levels are where paths begin.
        for e in np.flatnonzero((self.edge_scale != 1).any(axis=0)):
            j = structure.children[e]
            changed[1:, j] |= (self.edge_scale[1:, e] != 1) & ~self.clamped[1:, j]
        first = {int(j): int(changed[:, j].argmax()) for j in np.flatnonzero(changed.any(axis=0))}
        for span in self.moves:
            if span.setting.size or not span.setting.shifted:
                first[span.factor] = min(span.first, first.get(span.factor, span.first))
        return first


def horizon_window(posterior: Posterior) -> Window:
    """Return the months from the first stored one, usually the model's start, to its horizon."""
    return Window(posterior.stored_months.first, posterior.model.spec.time.horizon)


def of_settings(
    posterior: Posterior,
    settings: Settings | None,
    start: MonthLike | None,
    end: MonthLike | None,
    tense: Literal["future", "past"],
    ramp: int = 1,
    edges: Edges | None = None,
) -> World:
    """Return the world in which factors take settings, and edges are scaled, over a span.

    Parameters
    ----------
    settings : mapping of factor or policy to level name, number, `Shift`, or `Over`; optional
        Several of the last in a list set a factor more than once.
    start, end : str, Month or date, optional
        First and last month. Default: the whole future, or the whole past.
    tense : {"future", "past"}
    ramp : int
        Months in which settings and scales are reached.
    edges : mapping of edge to number, or `Over`; optional
        Several of the last in a list scale an edge more than once.

    Raises
    ------
    ArgumentError
        If nothing is asked for; for an unknown name, a setting or scale that cannot be read, a span
        outside the future or past, or spans of one factor or edge that share a month.
    """
    frame, spec, window = posterior.frame, posterior.model.spec, horizon_window(posterior)
    settings = {} if settings is None else checked_mapping(settings, "settings")
    edges = {} if edges is None else checked_mapping(edges, "edges")
    if not (settings or edges):
        raise ArgumentError(
            "nothing is set; name a factor or policy and its setting, or an edge and its scale"
        )
    # Read by themselves, so that they are sound even where every setting has months of its own.
    _months(posterior, start, end, tense)
    whole_number(ramp, "ramp", least=1, most=MOST_MONTHS)
    world = World.unchanged(posterior)

    def placed(name: str, item: Over) -> tuple[int, int, int]:
        """Return the months of an item, by position, and its ramp."""
        first, last = _months(
            posterior,
            start if item.start is None else item.start,
            end if item.end is None else item.end,
            tense,
        )
        own = ramp
        if item.ramp is not None:
            own = whole_number(item.ramp, f"{name}: ramp", least=1, most=MOST_MONTHS)
        return window.index(first), window.index(last), own

    def check_apart(name: str, first: int, last: int, others: Iterable[Span | EdgeSpan]) -> None:
        if any(first <= other.last and other.first <= last for other in others):
            raise ArgumentError(
                f"{name}: {window.first + first} to {window.first + last} shares months with "
                "another of its spans; let each month have one"
            )

    for name, given in settings.items():
        name = name_of(name, "settings")
        if name not in frame.factors:
            raise ArgumentError(
                f"{quoted(name)} is not a factor or policy; {did_you_mean(name, frame.factors)}"
            )
        j = frame.structure.factors.index(name)
        for item in _each(name, given):
            first, last, own = placed(name, item)
            setting = read_setting(spec, name, item.setting)
            check_apart(name, first, last, [s for s in world.spans if s.factor == j])
            world.apply(Span(factor=j, first=first, last=last, setting=setting, ramp=own))
    places = frame.structure.edge_places
    for key, given in edges.items():
        name = edge_id(name_of(key, "edges"))
        if name not in places:
            raise ArgumentError(
                f"edges: {quoted(name)} is not an edge of the model; {did_you_mean(name, places)}"
            )
        for item in _each(name, given):
            first, last, own = placed(name, item)
            scale = read_scale(name, item.setting)
            check_apart(name, first, last, [s for s in world.edge_spans if s.edge == places[name]])
            world.scale(EdgeSpan(edge=places[name], first=first, last=last, scale=scale, ramp=own))
    return world


def _each(name: str, given: object) -> list[Over]:
    """Return the settings of a factor, or the scales of an edge, each with its months."""
    if isinstance(given, Over):
        return [given]
    if isinstance(given, Sequence) and not isinstance(given, str):
        if not given or not all(isinstance(item, Over) for item in given):
            raise ArgumentError(
                f"{name}: several are written as [wr.over(..., start=..., end=...), ...]"
            )
        return list(given)
    return [Over(given)]  # type: ignore[arg-type]


def _months(
    posterior: Posterior,
    start: MonthLike | None,
    end: MonthLike | None,
    tense: Literal["future", "past"],
) -> tuple[Month, Month]:
    """Return the first and last month of a span, within the future or the past."""
    window = horizon_window(posterior)
    span = (
        (posterior.as_of + 1, window.last) if tense == "future" else (window.first, posterior.as_of)
    )
    first = span[0] if start is None else month_of(start, "start")
    last = span[1] if end is None else month_of(end, "end")
    if start is not None and end is not None and last < first:
        raise ArgumentError(f"end {last} is before start {first}")
    if not span[0] <= first <= last <= span[1]:
        named = [str(month) for month, given in ((first, start), (last, end)) if given is not None]
        other = (
            "counterfactual asks about the past"
            if tense == "future"
            else "do asks about the future"
        )
        raise ArgumentError(
            f"{' to '.join(named)} is not within the {tense}, {span[0]} to {span[1]}; name months "
            "within it "
            f"({other})"
        )
    return first, last


def of_scenario(posterior: Posterior, scenario: Scenario) -> World:
    """Return the world of a scenario.

    What it says of months up to the ``as_of`` has passed and is left out.
    """
    spec, window, factors = (
        posterior.model.spec,
        horizon_window(posterior),
        posterior.frame.structure.factors,
    )
    now = window.index(posterior.as_of)
    world = World.unchanged(posterior)

    def span(first: Month, last: Month) -> tuple[int, int]:
        """Return the months of a span that lie ahead."""
        return max(window.index(first), now + 1), window.index(last)

    for item in scenario.do:
        first, last = span(item.from_, item.to)
        if first <= last:
            factor, setting = factors.index(item.factor), of_item(spec, item)
            world.apply(
                Span(factor=factor, first=first, last=last, setting=setting, ramp=item.ramp)
            )
    for shock in scenario.events:
        first, last = span(shock.from_, shock.to)
        if first <= last:
            world.push[first : last + 1, factors.index(shock.factor)] += shock.size
    places = posterior.frame.structure.edge_places
    for scaled in scenario.edges:
        first, last = span(scaled.from_, scaled.to)
        if first <= last:
            edge, ramp = places[scaled.edge], scaled.ramp
            world.scale(EdgeSpan(edge=edge, first=first, last=last, scale=scaled.scale, ramp=ramp))
    _, usual = policy_paths(posterior.model, factors, window, posterior.as_of)
    for name, path in scenario.policies.items():
        j = factors.index(name)
        level = usual[:, j].copy()
        # By date, each to the horizon, from where the path so far would be: a later stretch
        # overwrites the end of an earlier one.
        for stretch in path:
            first, last = span(stretch.from_, window.last)
            asked = spec.policies[name].level(stretch.value)
            setting = Setting(size=asked, shifted=False, written=stretch.value)
            # What has passed of a ramp is ignored: it begins with the first month ahead.
            there = Span(factor=j, first=first, last=last, setting=setting, ramp=stretch.ramp)
            level[first:] = there.target(level[first:, None])[:, 0]
            world.clamp(j, first, last, level[first:])
    return world
