"""P(condition | draw) in the baseline and in other worlds, all in the same futures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.arguments import number, whole_number
from withdrawal_risk.elements.conditions import Tree, clauses
from withdrawal_risk.inference.posterior import Posterior, checked_posterior
from withdrawal_risk.model.clauses import clause_months
from withdrawal_risk.model.validation import MOST_MONTHS
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, Evaluator, subjects
from withdrawal_risk.simulation.futures import Futures, simulate
from withdrawal_risk.simulation.laws import coincidences
from withdrawal_risk.simulation.observation import Observation, pareto_k
from withdrawal_risk.simulation.worlds import World, horizon_window

__all__ = [
    "Probabilities",
    "baseline_probability",
    "check_arguments",
    "of_trees",
    "probabilities",
]

Array = NDArray[np.float64]

_ENOUGH: Final = 500
"""Pairs of differing futures in a draw at which the variance between draws is known to 5 %."""

_SOME_DRAWS: Final = 1000
_MORE_FUTURES: Final = 64
"""Where fewer pairs differ, so many further futures of so many draws are simulated: as much work
again as 8,000 times 8."""

MOST_FUTURES: Final = 10_000
"""For each draw: what a probability's error is, the draws decide long before."""

_CELLS: Final = 40_000_000
_WORTHWHILE: Final = 32
"""Of large networks there are fewer, so that the levels (draw, future, month and factor) are no
more than this; or none at all."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Gaps:
    """Futures in which a condition holds in only one of two worlds.

    Parameters
    ----------
    gained, lost : ndarray, shape (condition, draw)
        Those in which it holds in the other world and not in the baseline, and the other way round.
    futures : int
        Of each draw.
    """

    gained: Array
    lost: Array
    futures: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Probabilities:
    """Probabilities by draw.

    Parameters
    ----------
    names : list of str
        Conditions, and all of them last.
    value : ndarray, shape (world, condition, draw)
        The baseline first.
    futures : int
        Simulated for each draw.
    count : ndarray, shape (world,)
        How many futures all draws together have; of futures that weigh unlike, how many they are
        worth.
    trials : ndarray, shape (world, draw)
        How many of them count: fewer where they are weighed by an observation.
    gaps : list of list of Gaps
        For each world besides the baseline: of all draws, and of some draws in more futures where
        differences are rare.
    unmoved : ndarray of bool, shape (world, condition)
        Where no causal route runs from what the world changes to what the condition speaks of:
        nothing differs.
    weight : ndarray, shape (world, draw)
        Of the draws, summing to 1; equal where nothing is observed.
    baseline_level : list of ndarray, shape (span,)
        For each world, the level in the baseline in each of its `World.spans`, on average over
        months, draws and futures.
    ess, khat : float, optional
        Of an observation's weights, in the last world.
    beside : list of list
        What was looked at beside the conditions: of every part, in every world.
    """

    names: list[str]
    value: Array
    futures: int
    count: Array
    trials: Array
    gaps: list[list[Gaps]]
    unmoved: NDArray[np.bool_]
    weight: Array
    baseline_level: list[Array]
    ess: float | None = None
    khat: float | None = None
    beside: Sequence[Sequence[Any]] = ()


def check_arguments(posterior: Posterior, *, least_futures: int = 2, **given: object) -> None:
    """Refuse arguments that no question can take.

    Parameters
    ----------
    posterior : Posterior
    least_futures : int
    **given
        Those of ``ci_prob``, ``futures``, ``draws``, ``months`` and ``random_seed`` that a question
        has.

    Raises
    ------
    ArgumentError
    """
    checked_posterior(posterior, "this question")
    bounds = {
        "futures": (least_futures, MOST_FUTURES),
        "draws": (20, 10**9),
        "months": (1, MOST_MONTHS),
        "random_seed": (0, 2**63 - 1),
    }
    for name, value in given.items():
        if name == "ci_prob":
            number(value, name, above=0, below=1)
        else:
            whole_number(value, name, least=bounds[name][0], most=bounds[name][1])


def probabilities(
    posterior: Posterior,
    *,
    group: str = "posterior",
    futures: int,
    random_seed: int,
    worlds: Sequence[World] = (),
    observation: Observation | None = None,
    beside: Callable[[int, Futures], Any] | None = None,
    others: Collection[int] = (),
) -> Probabilities:
    """Simulate, and evaluate all conditions.

    Parameters
    ----------
    posterior : Posterior
    group : {"posterior", "prior", "structure"}
        The last is the prior without events.
    futures, random_seed : int
    worlds : sequence of World
        Besides the baseline.
    observation : Observation, optional
        What is learnt in the one other world, which is first cut and then conditioned.
    beside : callable, optional
        Given the number of a world and its futures, returns what else is asked of them.
    others : collection of int
        Factors that it reads.
    """
    names = [*posterior.model.spec.conditions, ALL_CONDITIONS]
    shape = (1 + len(worlds), len(names))
    conditions = posterior.model.spec.conditions
    # Futures are kept only of factors that something reads: conditions, spans, an observation.
    factors = subjects(posterior, [condition.tree for condition in conditions.values()])
    factors |= {span.factor for world in worlds for span in world.spans}
    asked = factors | set(others)
    learnt, evaluator = None, Evaluator(posterior)
    if observation is not None:
        asked |= observation.subjects(posterior)
        learnt = observation.learnt(posterior)

    def evaluated(
        several: Iterator[Futures],
    ) -> tuple[Array, Array, Array, Array, Array, list[Array], list[Any]]:
        baseline = next(several)
        # Stored with the part, where the next question about other worlds finds them.
        outcomes = baseline.part.cached("outcomes", lambda: _outcomes(evaluator, baseline))
        draws = baseline.shape[0]
        value, gained, lost = (np.zeros((*shape, draws)) for _ in range(3))
        trials, log_weights = np.full((shape[0], draws), float(futures)), []
        before = np.array(
            [
                baseline.level(span.factor, span.first, span.last).mean(axis=(1, 2))
                for world in worlds
                for span in world.spans
            ]
        ).reshape(-1, draws)
        value[0] = outcomes.mean(axis=2)
        looked = [] if beside is None else [beside(0, baseline)]
        for w, world_futures in enumerate(several, start=1):
            if beside is not None:
                looked.append(beside(w, world_futures))
            outcome = _outcomes(evaluator, replace(world_futures, learnt=learnt))
            if observation is not None:
                log_weights.append(observation.log_weight(posterior, world_futures))
                share = _shares(log_weights[-1])
                # Shares add up to 1 but for rounding.
                value[w] = np.minimum((outcome * share).sum(axis=2), 1.0)
                square = (share**2).sum(axis=1)
                trials[w] = np.divide(1.0, square, out=np.zeros(draws), where=square > 0)
                # Futures that weigh unlike cannot be counted, so gaps stay 0.
                continue
            value[w] = outcome.mean(axis=2)
            gained[w], lost[w] = _gaps(outcome, outcomes)
        return value, gained, lost, trials, before, log_weights, looked

    parts = simulate(
        posterior,
        evaluated,
        group=group,
        futures=futures,
        random_seed=random_seed,
        worlds=worlds,
        factors=sorted(asked),
    )
    *arrays, weights, looked = zip(*parts, strict=True)
    # Parts come in the order of the draws, which are the last axis of every array.
    value, gained, lost, trials, before = (np.concatenate(part, axis=-1) for part in arrays)
    log_weights = [log_weight for part in weights for log_weight in part]
    weight = np.full((shape[0], value.shape[2]), 1.0 / value.shape[2])
    ess = khat = None
    count = np.full(shape[0], float(futures * value.shape[2]))
    if observation is not None:
        # An observation comes with one world only, so this has shape (draw, future).
        joint = np.concatenate(log_weights)
        relative = _shares(joint.ravel()).reshape(joint.shape)
        weight[1:] = relative.sum(axis=1)
        count[1:] = _effective(relative.ravel())
        # The worse of two: few futures may carry the weight, or few draws whose futures share it.
        ess = min(float(count[1]), _effective(weight[1]))
        with np.errstate(divide="ignore"):
            khat = max(pareto_k(joint.ravel()), pareto_k(np.log(weight[1])))
    unmoved = _unmoved(posterior, worlds)
    gaps = [[Gaps(gained=gained[w], lost=lost[w], futures=futures)] for w in range(1, shape[0])]
    if observation is None:
        # Worlds in which too few futures differ get more futures, unless nothing can differ at all.
        unclear = [
            w
            for w, (first,) in enumerate(gaps)
            if (coincidences(first.gained + first.lost) < _ENOUGH)[~unmoved[w + 1]].any()
        ]
        # Not strict, because a network that is too large for more futures gets none.
        for w, more in zip(
            unclear,
            _more_gaps(posterior, [worlds[w] for w in unclear], factors, random_seed),
            strict=False,
        ):
            gaps[w].append(more)
    # The spans of all worlds stand one after the other. What follows the last end is empty.
    ends = np.cumsum([len(world.spans) for world in worlds])
    return Probabilities(
        names=names,
        value=value,
        futures=futures,
        count=count,
        trials=trials,
        gaps=gaps,
        unmoved=unmoved,
        weight=weight,
        baseline_level=np.split(before.mean(axis=1), ends)[: len(worlds)],
        ess=ess,
        khat=khat,
        beside=looked,
    )


def _gaps(changed: NDArray[np.bool_], baseline: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Count the futures in which conditions hold only there and only here.

    Shape (condition, draw).
    """
    return (changed & ~baseline).sum(axis=2).astype(float), (baseline & ~changed).sum(
        axis=2
    ).astype(float)


def _more_gaps(
    posterior: Posterior, worlds: Sequence[World], factors: Collection[int], random_seed: int
) -> list[Gaps]:
    """Count the same in many futures of some draws, for worlds in which differences are rare.

    Half of what many draws with few futures say of the spread is noise where a difference is rare;
    few draws with many futures say more of it for the same work.
    """
    ahead = posterior.model.spec.time.horizon - posterior.as_of
    cells = _SOME_DRAWS * ahead * len(posterior.frame.structure.factors)
    futures = min(_MORE_FUTURES, _CELLS // cells)
    if not worlds or futures < _WORTHWHILE:
        return []

    evaluator = Evaluator(posterior)

    def counted(several: Iterator[Futures]) -> list[tuple[Array, Array]]:
        baseline_outcomes = _outcomes(evaluator, next(several))
        return [
            _gaps(_outcomes(evaluator, world_futures), baseline_outcomes)
            for world_futures in several
        ]

    # Another stream makes these futures independent of those counted before.
    parts = simulate(
        posterior,
        counted,
        futures=futures,
        random_seed=random_seed,
        worlds=worlds,
        factors=sorted(factors),
        draws=_SOME_DRAWS,
        stream="rare",
    )
    gaps = []
    for several in zip(*parts, strict=True):
        gained, lost = (np.concatenate(side, axis=1) for side in zip(*several, strict=True))
        gaps.append(Gaps(gained=gained, lost=lost, futures=futures))
    return gaps


def baseline_probability(
    posterior: Posterior,
    holds: Callable[[Futures], NDArray[np.bool_]],
    factors: Sequence[int],
    *,
    futures: int,
    random_seed: int,
) -> float:
    """Return the probability of what holds in some futures of the baseline, in all draws.

    Questions that work with some draws print it, so that a condition has one probability.

    Parameters
    ----------
    posterior : Posterior
    holds : callable
        Says where it holds, shape (draw, future).
    factors : sequence of int
        What it reads.
    futures, random_seed : int
    """
    every = simulate(
        posterior,
        lambda worlds: holds(next(worlds)).mean(axis=1),
        futures=futures,
        random_seed=random_seed,
        factors=factors,
    )
    return float(np.concatenate(list(every)).mean())


def of_trees(
    posterior: Posterior,
    trees: Mapping[str, Tree],
    *,
    group: str = "posterior",
    futures: int,
    random_seed: int,
) -> Probabilities:
    """Simulate the baseline, and evaluate some trees instead of the file's conditions."""
    evaluator = Evaluator(posterior, trees)

    def evaluated(several: Iterator[Futures]) -> Array:
        return _outcomes(evaluator, next(several)).mean(axis=2)

    parts = simulate(
        posterior,
        evaluated,
        group=group,
        futures=futures,
        random_seed=random_seed,
        factors=sorted(subjects(posterior, trees.values())),
    )
    value = np.concatenate(list(parts), axis=-1)[None]
    draws = value.shape[2]
    return Probabilities(
        names=list(trees),
        value=value,
        futures=futures,
        count=np.array([float(futures * draws)]),
        trials=np.full((1, draws), float(futures)),
        gaps=[],
        unmoved=np.zeros((1, len(trees)), dtype=bool),
        weight=np.full((1, draws), 1.0 / draws),
        baseline_level=[np.zeros(0)],
    )


def _unmoved(posterior: Posterior, worlds: Sequence[World]) -> NDArray[np.bool_]:
    """Say which conditions a world cannot reach in time by any route, (world, condition)."""
    graph, names, window = (
        posterior.model.network,
        posterior.frame.structure.factors,
        horizon_window(posterior),
    )
    leaves = [clauses(condition.tree) for condition in posterior.model.spec.conditions.values()]
    # The baseline differs from itself in nothing. The last entry is the conjunction.
    unmoved = [[True] * (len(leaves) + 1)]
    for world in worlds:
        # The first month in which a change can reach a factor, by the shortest sum of lags.
        arrival: dict[str, int] = {}
        for j, month in world.touched(posterior).items():
            for name, lag in nx.single_source_dijkstra_path_length(
                graph, names[j], weight="lag"
            ).items():
                arrival[name] = min(month + lag, arrival.get(name, month + lag))
        # A clause can differ only if the change arrives by its last month. What no route leads to
        # is reached after the horizon.
        reached = [
            any(
                arrival.get(names[j], len(window)) <= clause_months(leaf, window)[1]
                for leaf in several
                for j in subjects(posterior, [leaf])
            )
            for several in leaves
        ]
        unmoved.append([not one for one in (*reached, any(reached))])
    return np.array(unmoved)


def _outcomes(evaluator: Evaluator, futures: Futures) -> NDArray[np.bool_]:
    """Return where each condition, and the conjunction, holds, shape (condition, draw, future)."""
    return np.stack(list(evaluator(futures).values()))


def _shares(log_weight: Array) -> Array:
    """Return weights that sum to 1 along the last axis, or are all 0 where nothing has any."""
    top = log_weight.max(axis=-1, keepdims=True)
    # Where every logarithm is -inf, subtracting the largest would give nan.
    weight = np.exp(log_weight - np.where(np.isfinite(top), top, 0.0))
    total = weight.sum(axis=-1, keepdims=True)
    return np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)


def _effective(weight: Array) -> float:
    """Return the effective sample size of weights that sum to 1, 0 where they are all 0."""
    square = float((weight**2).sum())
    return 1.0 / square if square > 0 else 0.0
