"""The static network that a model implies: a table a node, at five levels or three."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.elicitation import LEVEL_NAMES, bin_medians
from withdrawal_risk.elements.timeline import Month, Window
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.exchange.formats.static_network import StaticNetwork, StaticNode
from withdrawal_risk.inference.alignment import policy_paths
from withdrawal_risk.inference.posterior import Posterior, model_of
from withdrawal_risk.language import words_of
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.network import acyclic, layered
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.queries.resting import Held, resting_rows

__all__ = ["left_out", "places", "static_network"]

_MOST_CELLS: Final = 100_000
"""Cells of one table: six parents at five levels, nine at three."""

_LEVELS: Final = {5: LEVEL_NAMES, 3: LEVEL_NAMES[1:4]}

Array = NDArray[np.float64]


def places(graph: nx.DiGraph) -> dict[str, tuple[float, float]]:
    """Return column and row of every node, causes to the left."""
    layers = layered(graph)
    tallest = max(map(len, layers))
    return {
        name: (float(column), row + (tallest - len(layer)) / 2)
        for column, layer in enumerate(layers)
        for row, name in enumerate(layer)
    }


def left_out(graph: nx.DiGraph) -> list[tuple[str, str, int]]:
    """Return cause, effect and lag of the edges without which the network has no cycle."""
    kept = acyclic(graph)
    return [(a, b, lag) for a, b, lag in graph.edges(data="lag") if not kept.has_edge(a, b)]


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What a static network is asked for.

    Parameters
    ----------
    source : Model or Posterior
    levels : {3, 5}
    month : Month
    ci_prob : float
    lang : str
    """

    source: Model | Posterior
    levels: int
    month: Month
    ci_prob: float
    lang: str

    @cached_property
    def model(self) -> Model:
        return model_of(self.source, "export")

    @property
    def spec(self) -> ModelSpec:
        return self.model.spec

    @cached_property
    def kept(self) -> nx.DiGraph:
        """The network without the edges that would close a cycle."""
        return acyclic(self.model.network)

    @property
    def states(self) -> tuple[str, ...]:
        return tuple(name.replace(" ", "_") for name in _LEVELS[self.levels])

    @cached_property
    def policy_levels(self) -> dict[str, float]:
        """The level of every policy in the month, as announced by the ``as_of``."""
        names = list(self.spec.policies)
        # A model and a posterior both have one.
        as_of = self.source.as_of
        _, given = policy_paths(self.model, names, Window(self.month, self.month), as_of)
        return dict(zip(names, given[0].tolist(), strict=True))

    def parents(self, name: str) -> list[str]:
        return sorted(self.kept.predecessors(name))

    def cuts(self, name: str) -> tuple[float, ...]:
        cuts = tuple(self.spec.node(name).cuts)
        return cuts if self.levels == len(LEVEL_NAMES) else cuts[1:3]

    def state_of(self, policy: str) -> int:
        return int(np.searchsorted(self.cuts(policy), self.policy_levels[policy], side="right"))


def static_network(
    source: Model | Posterior, *, levels: int, month: Month, ci_prob: float, lang: str
) -> StaticNetwork:
    """Return the static network of a model.

    Parameters
    ----------
    source : Model or Posterior
    levels : {3, 5}
    month : Month
        Of policies and, in a fit, of factors without parents.
    ci_prob : float
        Of the interval of each cell.
    lang : {"en", "ar"}
        Of labels and notes.

    Raises
    ------
    ArgumentError
        For a month whose levels are not known, and where a table would have too many cells.
    """
    asked = _Asked(source=source, levels=levels, month=month, ci_prob=ci_prob, lang=lang)
    _check_month(asked)
    order = list(nx.lexicographical_topological_sort(asked.kept))
    for name in order:
        _check_size(asked, name)
    where = places(asked.model.network)
    return StaticNetwork(
        id=asked.model.id,
        title=asked.spec.title[lang],
        nodes=tuple(_node(asked, name, where[name]) for name in order),
        about={
            "numbers": "fit" if isinstance(source, Posterior) else "prior means",
            "as_of": str(source.as_of),
            "month": str(month),
        },
        notes=tuple(_notes(asked)),
    )


def _check_month(asked: _Asked) -> None:
    time = asked.spec.time
    known = (
        asked.source.stored_months
        if isinstance(asked.source, Posterior)
        else Window(time.start, time.horizon)
    )
    if asked.month not in known:
        raise ArgumentError(
            f"month is {asked.month}; levels are known from {known.first} to {known.last}"
        )


def _check_size(asked: _Asked, name: str) -> None:
    parents = asked.parents(name)
    cells = asked.levels ** (len(parents) + 1)
    if cells > _MOST_CELLS:
        way = "leave out some of its edges" if asked.levels == 3 else "choose levels=3"
        raise ArgumentError(
            f"{quoted(name)} has {len(parents)} parents, {cells:,} cells at {asked.levels} levels; "
            f"at most {_MOST_CELLS:,} are written; {way}"
        )


def _node(asked: _Asked, name: str, position: tuple[float, float]) -> StaticNode:
    parents = asked.parents(name)
    table, interval = _table(asked, name, parents)
    policy = name in asked.spec.policies
    return StaticNode(
        id=name,
        label=asked.spec.label(name, asked.lang),
        states=asked.states,
        table=table,
        parents=tuple(parents),
        interval=interval,
        role="policy" if policy else asked.spec.factors[name].role,
        position=position,
    )


def _table(asked: _Asked, name: str, parents: list[str]) -> tuple[Array, Array | None]:
    """Return the probabilities of a node, and their intervals where draws give any."""
    if name in asked.spec.policies:
        return np.eye(asked.levels)[asked.state_of(name)], None
    fitted = isinstance(asked.source, Posterior)
    if fitted and not parents:
        return _current(asked, name), None
    held = [Held(parent, bin_medians(asked.cuts(parent))) for parent in parents]
    rows = resting_rows(asked.source, name, held, asked.cuts(name))
    shape = (asked.levels,) * (len(parents) + 1)
    table = np.array([row.probability for row in rows]).reshape(shape)
    if not fitted:
        return table, None
    tail = (1 - asked.ci_prob) / 2
    ends = np.array([np.quantile(row.draws, [tail, 1 - tail], axis=0).T for row in rows])
    return table, ends.reshape(*shape, 2)


def _current(asked: _Asked, name: str) -> Array:
    """Return the share of draws in which a factor is at each level in the month."""
    posterior = asked.source
    assert isinstance(posterior, Posterior)
    month = asked.month - posterior.stored_months.first
    level = posterior.inferred_levels()[:, month, list(posterior.frame.inferred).index(name)]
    place = np.searchsorted(asked.cuts(name), level, side="right")
    return np.bincount(place, minlength=asked.levels) / len(level)


def _notes(asked: _Asked) -> Iterator[str]:
    """Yield what the network is, and what it cannot say."""
    from withdrawal_risk import __version__

    words, spec = words_of(asked.lang), asked.spec
    fitted = isinstance(asked.source, Posterior)
    said = words.exports

    def say(key: str, **values: object) -> str:
        return words.with_dates(said[key].format(**values))

    title = spec.title[asked.lang]
    yield say("table", title=title, model=spec.id, levels=asked.levels)
    yield say("written", version=__version__)
    yield say("fitted", as_of=asked.source.as_of) if fitted else say("prior")
    yield say("resting")
    yield say("held")
    if asked.levels == 3:
        yield say("merged")
    if fitted:
        yield say("means", ci_prob=words.percent.format(number=f"{100 * asked.ci_prob:g}"))
    yield say("month", month=asked.month) if fitted else say("no_month")
    for name, level in asked.policy_levels.items():
        policy = spec.policies[name]
        held = bin_medians(asked.cuts(name))[asked.state_of(name)]
        yield say(
            "policy",
            name=policy.label[asked.lang],
            value=f"{policy.value(level):.10g}",
            unit=policy.unit[asked.lang],
            month=asked.month,
            level=words.with_sign(f"{level:.2f}"),
            held=words.with_sign(f"{held:.2f}"),
        )
    jumping = [spec.label(name, asked.lang) for name, f in spec.factors.items() if f.jumping]
    if jumping:
        yield say("simulated", names=words.listed(jumping))
    yield from _said_of_cycles(asked)
    yield say("elsewhere")


def _said_of_cycles(asked: _Asked) -> Iterator[str]:
    words = words_of(asked.lang)
    edges = left_out(asked.model.network)
    for cause, effect, lag in edges:
        yield words.exports["left_out"].format(
            cause=asked.spec.label(cause, asked.lang),
            effect=asked.spec.label(effect, asked.lang),
            lag=words.months(lag),
        )
    if edges:
        yield words.exports["left_at_zero"]
