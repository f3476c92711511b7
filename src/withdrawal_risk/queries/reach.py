"""What must change for a condition to become likely enough, and at what cost."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.arguments import month_of, names_of, number
from withdrawal_risk.characters import quoted
from withdrawal_risk.cores import spread
from withdrawal_risk.errors import QueryError, did_you_mean
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import the_language
from withdrawal_risk.language.numbers import percent, signed
from withdrawal_risk.model.spec import All, Any_, Clause, clauses
from withdrawal_risk.model.timeline import MonthLike
from withdrawal_risk.queries.answers import About, Answer
from withdrawal_risk.queries.defaults import CI_PROB, FUTURES
from withdrawal_risk.queries.interventions import do
from withdrawal_risk.queries.results import Result
from withdrawal_risk.simulation.conditions import judge_trees, subjects, tree_of
from withdrawal_risk.simulation.futures import Futures, simulate
from withdrawal_risk.simulation.laws import law_of_probabilities
from withdrawal_risk.simulation.probabilities import check_arguments
from withdrawal_risk.simulation.responses import lasting_shift
from withdrawal_risk.simulation.settings import Given, shift
from withdrawal_risk.simulation.worlds import horizon_window

__all__ = ["Reach", "reach"]

Array = NDArray[np.float64]
Shifts = dict[str, float]
Merit = tuple[float, float]

_STEPS: Final = 24
"""Steps in which the budget grows from nothing to what all levers together cost."""

_AS_GOOD: Final = 0.02
"""Where the target is out of reach, money that buys less than this share of all that can be gained is not spent."""

_SMALL: Final = 0.05
"""Share of a lever's bound, or of the whole cost, that is not worth naming: left out, or carried on to the bound."""

_LESS: Final = 2
_EXCESS: Final = 0.01
"""How often an answer that reaches further than asked is made cheaper, and by how much it may."""

_DECIMALS: Final = 2
"""Of a shift that is suggested."""

_SHARES: Final = (1 / 8, 1 / 4, 1 / 2, 1)
"""Parts of the way to a bound at which its direction is judged."""

_FINEST: Final = 1 / 8
"""Share of a step down to which levers are weighed against each other."""


@dataclass(frozen=True, eq=False, repr=False)
class Reach(Answer):
    """The cheapest way found to a probability.

    Parameters
    ----------
    condition : str
    target : float
    reached : bool
        Whether the probability gets there within the levers' bounds.
    summary : pandas.DataFrame
        Indexed by ``lever``: ``shift`` in standard levels, ``bound``, the furthest it may go that way, and ``cost``.
        The way to the target or, where it is out of reach, to the highest probability found.
    cost, probability : float
    chance : float
        Probability that the condition's probability really is at least the target, over what we do not know about today's
        levels and the parameters.
    frontier : pandas.DataFrame
        Highest ``probability`` found for each ``cost``, with the levers' shifts, in all draws; the answer is one row of it.
    result : Result
        The whole outlook with these shifts, as `do` gives it.
    """

    condition: str
    target: float
    reached: bool
    summary: pd.DataFrame
    cost: float
    probability: float
    chance: float
    frontier: pd.DataFrame
    result: Result

    @property
    def about(self) -> About:
        """The fit."""
        return self.result.about

    def label(self, lever: str, lang: str = "en") -> str:
        """Return the name of a lever for people."""
        return self.about.label(lever, lang)

    def sentence(self, lang: str = "en") -> str:
        """Say the answer in a sentence; ``lang`` is ``en`` or ``ar``."""
        lang = the_language(lang)
        name = self.about.condition(self.condition, lang)
        numbers = [percent(value, lang) for value in (self.target, self.probability, self.chance)]
        warning = self.about.warning(lang)
        moves = ("، " if lang == "ar" else ", ").join(
            f"{self.label(str(lever), lang)} {signed(float(shift), lang)}"
            for lever, shift in self.summary["shift"].items()
            if shift
        )
        if lang == "ar":
            begin = (
                f"«{name}»: يمكن بلوغ {numbers[0]}"
                if self.reached
                else f"«{name}»: لا يمكن بلوغ {numbers[0]}، وأبعد ما يُبلَغ {numbers[1]}"
            )
            how = f"بكلفة {self.cost:.1f} ({moves})" if moves else "من غير تحريك شيء"
            return f"{begin} {how}؛ واحتمال أن يُبلَغ الهدف حقًا {numbers[2]}.{warning}"
        begin = (
            f"{name}: {numbers[0]} is reached"
            if self.reached
            else f"{name}: {numbers[0]} is not reachable; the furthest found is {numbers[1]},"
        )
        how = f"at a cost of {self.cost:.1f} ({moves})" if moves else "with nothing moved"
        return f"{begin} {how}; the chance that the target is truly met is {numbers[2]}.{warning}"

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-ready data."""
        return {
            "condition": self.condition, "target": self.target, "reached": self.reached, "cost": self.cost,
            "probability": self.probability, "chance": self.chance,
            "levers": {str(name): {str(k): float(v) for k, v in row.items()} for name, row in self.summary.iterrows()},
            "frontier": self.frontier[["cost", "probability"]].to_dict(orient="list"),
            "checks_passed": self.about.checks_passed,
        }  # fmt: skip


class _Search:
    """Probabilities under shifts of levers: futures are simulated once, and answers to shifts added to them."""

    def __init__(self, posterior: Posterior, condition: str, first: int, held: list[Futures]) -> None:
        self.posterior, self.condition, self.first, self.held = posterior, condition, first, held
        self.units: dict[tuple[int, tuple[int, ...]], list[Array]] = {}
        self.chances: dict[tuple[tuple[str, float], ...], float] = {}
        self.merits: dict[tuple[tuple[str, float], ...], Merit] = {}
        self.tree = tree_of(posterior, condition)

    def probability(self, shifts: Mapping[str, float]) -> float:
        """Return the probability of the condition under lasting shifts; a lever at 0 is left alone."""
        key = self._key(shifts)
        if key not in self.chances:
            (self.chances[key],) = self._shares(shifts, {self.condition: self.tree})
        return self.chances[key]

    def merit(self, shifts: Mapping[str, float]) -> Merit:
        """Return the probability of the condition, then the mean of its clauses': where none of it holds yet, they lead."""
        key = self._key(shifts)
        if key not in self.merits:
            leaves = {str(n): leaf for n, leaf in enumerate(clauses(self.tree))}
            whole, *parts = self._shares(shifts, {self.condition: self.tree, **leaves})
            self.chances[key], self.merits[key] = whole, (whole, float(np.mean(parts)))
        return self.merits[key]

    def _key(self, shifts: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
        return tuple((name, round(shifts[name], 9)) for name in sorted(shifts) if shifts[name])

    def _shares(self, shifts: Mapping[str, float], trees: Mapping[str, All | Any_ | Clause]) -> list[float]:
        """Return the share of futures in which each tree holds."""
        names = self.posterior.frame.structure.factors
        sizes = {names.index(name): size for name, size in shifts.items() if size}
        # What is shifted earlier is cut off from its causes by then; what is shifted later still answers.
        rank = self.posterior.frame.structure.causal_rank
        order = sorted(sizes, key=lambda j: int(rank[j]))
        units = [self._unit(j, tuple(order[:place])) for place, j in enumerate(order)]

        def judged(number: int) -> dict[str, NDArray[np.bool_]]:
            expected = self.held[number]
            if order:
                change = [sizes[j] * unit[number] for j, unit in zip(order, units, strict=True)]
                expected = expected.changed(np.sum(change, axis=0))
            return judge_trees(self.posterior, expected, trees)

        found = list(spread(range(len(self.held)), judged))
        return [float(np.concatenate([part[name] for part in found]).mean()) for name in trees]

    def _unit(self, factor: int, earlier: tuple[int, ...]) -> list[Array]:
        """Return the answer to +1 in a factor, others being held already, for all draws part by part."""
        if (factor, earlier) not in self.units:
            shifts = dict.fromkeys(earlier, 0.0) | {factor: 1.0}
            self.units[factor, earlier] = [
                lasting_shift(self.posterior, expected.part, shifts, self.first, len(expected.window) - 1)
                for expected in self.held
            ]
        return self.units[factor, earlier]


def _levers(posterior: Posterior, levers: Sequence[str] | None, aims: set[str]) -> dict[str, Any]:
    """Return the levers to move: those asked for, else those with a causal route to what is aimed at, if any has one."""
    available = {
        name: factor.lever for name, factor in posterior.model.spec.factors.items() if factor.lever is not None
    }
    if not available:
        raise QueryError(
            "no factor of the model has a lever; write lever: {cost, min, max, why} where one can be moved"
        )
    for name in levers or ():
        if name not in available:
            raise QueryError(f"levers: {quoted(name)} has no lever; {did_you_mean(name, available)}")
    if levers is not None and not levers:
        raise QueryError(f"levers is empty; name some of {', '.join(map(repr, available))}")
    graph = posterior.model.network
    acting = aims.union(*(nx.ancestors(graph, aim) for aim in aims))
    if levers is None:
        levers = [name for name in available if name in acting] or list(available)
    return {name: available[name] for name in levers}


def reach(
    posterior: Posterior,
    condition: str,
    *,
    probability: float = 0.7,
    levers: Sequence[str] | None = None,
    start: MonthLike | None = None,
    ci_prob: float = CI_PROB,
    draws: int = 500,
    futures: int = FUTURES,
    random_seed: int = 1,
) -> Reach:
    """Look for the cheapest lasting shifts of the levers with which a condition becomes probable enough.

    The budget grows in steps, each spent on the lever that raises the probability most; the way found is then
    improved by moving money between levers while the probability does not fall. The levers' shifts last from `start` to
    the horizon and act as those of `do`, with which the answer is worked out once more in all draws.

    Parameters
    ----------
    posterior : Posterior
    condition : str
        A condition, or ``"all_conditions"``.
    probability : float
        The target.
    levers : sequence of str, optional
        Factors to move, of those with a ``lever`` in the model file. Default: all that act on the condition.
    start : str, Month or date, optional
        First month of the shifts; the first future month where absent.
    ci_prob : float
        Of the result.
    draws : int
        Posterior draws used in the search, evenly spaced.
    futures, random_seed : int
        As in `do`.

    Raises
    ------
    QueryError
        For an unknown condition or lever, or a target outside (0, 1).
    """
    check_arguments(posterior, ci_prob=ci_prob, futures=futures, random_seed=random_seed, draws=draws)
    probability = number(probability, "probability", above=0, below=1)
    tree, window = tree_of(posterior, condition), horizon_window(posterior)
    looked_at = sorted(subjects(posterior, [tree]))
    if levers is not None:
        levers = names_of(levers, "levers")
    chosen = _levers(posterior, levers, {posterior.frame.structure.factors[j] for j in looked_at})
    begin = posterior.as_of + 1 if start is None else month_of(start, "start")
    if not posterior.as_of < begin <= window.last:
        raise QueryError(f"start {begin} is not within the future, {posterior.as_of + 1} to {window.last}")
    held = list(simulate(posterior, next, futures=futures, random_seed=random_seed, factors=looked_at, draws=draws))
    search = _Search(posterior, condition, window.index(begin), held)
    ends = _directions(search, {name: (lever.min, lever.max) for name, lever in chosen.items()})
    price = {name: chosen[name].cost for name in ends}

    def cost(shifts: Mapping[str, float]) -> float:
        return sum(price[name] * abs(size) for name, size in shifts.items())

    way = _frontier(search, ends, price)

    def cheapest(target: float) -> Shifts:
        """Return what reaches a target in the search, or what gets furthest."""
        enough = [shifts for shifts in way if search.probability(shifts) >= target]
        if not enough:
            gains = [search.probability(shifts) - search.probability(way[0]) for shifts in way]
            worth = max(gains) * (1 - _AS_GOOD)
            far = min((shifts for shifts, gain in zip(way, gains, strict=True) if gain >= worth), key=cost)
            return _tidy(search, far, ends, price, min(search.probability(far), search.probability(way[0]) + worth))
        if not any(enough[0].values()):
            return enough[0]
        found = _cheapest(search, _shrunk(search, enough[0], target), ends, price, target, cost(ends) / _STEPS)
        return _tidy(search, found, ends, price, target)

    def asked(shifts: Shifts) -> Result:
        settings: dict[str, Given] = {name: shift(size) for name, size in shifts.items() if size}
        return do(posterior, settings or dict.fromkeys(ends, shift(0)), start=begin, ci_prob=ci_prob, futures=futures,
                  random_seed=random_seed)  # fmt: skip

    # The way is found in some draws, and held against all of them.
    everywhere = _Search(
        posterior, condition, window.index(begin),
        list(simulate(posterior, next, futures=futures, random_seed=random_seed, factors=looked_at))
    )  # fmt: skip
    target, best = probability, cheapest(probability)
    for _ in range(10):
        reached = everywhere.probability(best)
        if reached >= probability or best == ends or target >= 1:
            break
        # Where some draws think better of an answer than all of them, they are asked for more.
        ahead = search.probability(best) - reached
        target = min(max(target, probability + max(ahead, 0.0)) + 1e-4, 1.0)
        best = cheapest(target)
    # Where they think worse of it, less is enough.
    low, high, excess = search.probability(way[0]), target, everywhere.probability(best) - probability
    for _ in range(_LESS if any(best.values()) else 0):
        if excess <= _EXCESS or high - low < _EXCESS:
            break
        target = high - excess if low < high - excess else (low + high) / 2
        less = cheapest(target)
        if everywhere.probability(less) < probability:
            low = target
        else:
            high = target
            best = min(best, less, key=cost)
            excess = everywhere.probability(best) - probability
    result = asked(best)
    found = _found(result, condition)
    table = pd.DataFrame(
        {"shift": best, "bound": ends, "cost": {name: price[name] * abs(size) for name, size in best.items()}}
    ).rename_axis("lever")
    p = result.draws.sel(condition=condition).values
    truly = law_of_probabilities(p * futures, np.full(len(p), float(futures))).above(probability)
    rows = [{"cost": cost(shifts), "probability": everywhere.probability(shifts), **shifts} for shifts in way]
    rows.append({"cost": cost(best), "probability": found, **best})
    return Reach(
        condition, float(probability), bool(found >= probability), table.sort_values("cost", ascending=False, kind="stable"),
        cost(best), found, truly, _highest(pd.DataFrame(rows)), result,
    )  # fmt: skip


def _highest(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that no cheaper one surpasses, by cost; the last row given is always one of them."""
    answer = rows.index[-1]
    ordered = rows.sort_values(["cost", "probability"], ascending=[True, False], kind="stable")
    surpasses = ordered["probability"] > ordered["probability"].cummax().shift(fill_value=-1.0)
    return ordered[surpasses | (ordered.index == answer)].reset_index(drop=True)


def _tidy(search: _Search, shifts: Shifts, ends: Shifts, price: Mapping[str, float], target: float) -> Shifts:
    """Return shifts a person would name: none that is hardly one, none that all but meets its bound, few digits.

    What a small one costs is given to another lever, and it is left out only where the target stays met.
    """
    cost = sum(price[name] * abs(size) for name, size in shifts.items())
    for name in [name for name, size in shifts.items() if size]:
        money = price[name] * abs(shifts[name])
        if money > _SMALL * cost and abs(shifts[name]) > _SMALL * abs(ends[name]):
            continue
        without = shifts | {name: 0.0}
        richer = [
            without | {other: _towards(size + np.sign(ends[other]) * money / price[other], ends[other])}
            for other, size in without.items() if size
        ]  # fmt: skip
        shifts = next((trial for trial in [without, *richer] if search.probability(trial) >= target), shifts)
    tidy = {}
    for name, size in shifts.items():
        rounded = math.ceil(abs(size) * 10**_DECIMALS - 1e-9) / 10**_DECIMALS * np.sign(size)
        near = abs(size) >= (1 - 2 * _SMALL) * abs(ends[name])
        tidy[name] = float(ends[name] if near else _towards(float(rounded), ends[name])) if size else 0.0
    return tidy if search.probability(tidy) >= target else shifts


def _found(result: Result, condition: str) -> float:
    row: Any = result.summary.loc[condition]
    return float(row["probability"])


def _towards(size: float, end: float) -> float:
    """Keep a shift between 0 and its bound."""
    return min(max(size, min(end, 0.0)), max(end, 0.0))


def _directions(search: _Search, bounds: Mapping[str, tuple[float, float]]) -> Shifts:
    """Return the bound in whose direction each lever helps, alone or beside the others, or 0."""

    def best(ends: Shifts) -> Merit:
        """Return how far levers get at most on their way to some bounds; the bounds themselves may be too far."""
        return max(search.merit({name: share * end for name, end in ends.items()}) for share in _SHARES)

    alone = {}
    for name, either in bounds.items():
        alone[name] = max((0.0, *either), key=lambda end: best({name: end}))
    for name, either in bounds.items():
        alone[name] = max((alone[name], *either), key=lambda end: best(alone | {name: end}))
    return alone


def _frontier(search: _Search, ends: Shifts, price: Mapping[str, float]) -> list[Shifts]:
    """Spend a growing budget, each step on the lever that then raises the probability most."""
    step = sum(price[name] * abs(end) for name, end in ends.items()) / _STEPS
    way: list[Shifts] = [dict.fromkeys(ends, 0.0)]
    while True:
        now = way[-1]
        options = []
        for name, end in ends.items():
            more = _towards(now[name] + np.sign(end) * step / price[name], end)
            if more != now[name]:
                trial, spent = now | {name: more}, price[name] * abs(more - now[name])
                gain = np.subtract(search.merit(trial), search.merit(now)) / spent
                options.append((*gain, name, trial))
        if not options:
            return way
        way.append(max(options, key=lambda option: option[:3])[3])


def _shrunk(search: _Search, shifts: Shifts, target: float) -> Shifts:
    """Scale all shifts down together until the target is just reached."""
    low, high = 0.0, 1.0
    for _ in range(12):
        middle = (low + high) / 2
        if search.probability({name: middle * size for name, size in shifts.items()}) >= target:
            high = middle
        else:
            low = middle
    return {name: high * size for name, size in shifts.items()}


def _cheapest(
    search: _Search, shifts: Shifts, ends: Shifts, price: Mapping[str, float], target: float, step: float
) -> Shifts:
    """Move money between levers while the probability rises, and hand back what is then too much."""
    size = step
    while size >= step * _FINEST:
        improved = False
        for giver in [name for name in shifts if shifts[name]]:
            for taker in shifts:
                spare = min(size, price[giver] * abs(shifts[giver]), price[taker] * abs(ends[taker] - shifts[taker]))
                if giver == taker or spare <= 1e-9:
                    continue
                trial = dict(shifts)
                trial[giver] -= np.sign(shifts[giver]) * spare / price[giver]
                trial[taker] += np.sign(ends[taker]) * spare / price[taker]
                trial = {name: 0.0 if abs(value) < 1e-9 else float(value) for name, value in trial.items()}
                if search.probability(trial) > search.probability(shifts):
                    shifts, improved = trial, True
        if improved:
            shifts = _shrunk(search, shifts, target)
        else:
            size /= 2
    return shifts
