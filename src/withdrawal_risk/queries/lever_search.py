"""The search behind `reach`: a budget spent on lasting shifts of levers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.cores import spread
from withdrawal_risk.elements.conditions import Tree, clauses
from withdrawal_risk.elements.network import Lever
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.simulation.conditions import Evaluator, subjects, tree_of
from withdrawal_risk.simulation.futures import Futures
from withdrawal_risk.simulation.responses import lasting_shift, of_factors

__all__ = ["Budget", "ShiftedFutures", "Shifts"]

Array = NDArray[np.float64]
Shifts = dict[str, float]
Merit = tuple[float, float]

_STEPS: Final = 24
"""Steps in which the budget grows from nothing to what all levers together cost."""

_AS_GOOD: Final = 0.02
"""Where the target is not reachable, money that buys less than this share of what can be gained
is not spent."""

_SMALL: Final = 0.05
"""Share of a lever's bound, or of the whole cost, that is not worth naming: such a shift is left
out, or extended to the bound."""

_LESS: Final = 2
_EXCESS: Final = 0.01
"""How often an answer that exceeds the target is made cheaper, and by how much it may exceed it."""

_DECIMALS: Final = 2
"""Of a shift that is suggested."""

_SHARES: Final = (1 / 8, 1 / 4, 1 / 2, 1)
"""Parts of the way to a bound at which its direction is tried."""

_FINEST: Final = 1 / 8
"""Share of a step down to which levers are weighed against each other."""


class ShiftedFutures:
    """Probabilities under shifts of levers.

    Futures are simulated once, and the responses to shifts are added to them.

    Parameters
    ----------
    posterior : Posterior
    condition : str
    first : int
        First month of the shifts.
    held : sequence of Futures
        Those of all draws, part by part.
    """

    def __init__(
        self, posterior: Posterior, condition: str, first: int, held: Sequence[Futures]
    ) -> None:
        self.posterior, self.first, self.held = posterior, first, held
        self._units: dict[tuple[int, tuple[int, ...]], list[Array]] = {}
        self._probabilities: dict[tuple[tuple[str, float], ...], float] = {}
        self._merits: dict[tuple[tuple[str, float], ...], Merit] = {}
        tree = tree_of(posterior, condition)
        self.read = sorted(subjects(posterior, [tree]))
        whole: dict[str, Tree] = {"whole": tree}
        leaves = {str(number): leaf for number, leaf in enumerate(clauses(tree))}
        # An evaluator skips what cannot decide a tree. With every clause as a tree of its own it
        # can skip nothing, so the clauses are evaluated only where `merit` needs them.
        self._whole = Evaluator(posterior, whole)
        self._with_clauses = Evaluator(posterior, whole | leaves)

    def probability(self, shifts: Mapping[str, float]) -> float:
        """Return the probability of the condition; a lever at 0 is left alone."""
        key = self._key(shifts)
        if key not in self._probabilities:
            (self._probabilities[key],) = self._shares(shifts, self._whole)
        return self._probabilities[key]

    def merit(self, shifts: Mapping[str, float]) -> Merit:
        """Return the probability of the condition, then the mean probability of its clauses.

        The clauses lead the search where the condition itself is still out of reach.
        """
        key = self._key(shifts)
        if key not in self._merits:
            whole, *parts = self._shares(shifts, self._with_clauses)
            self._probabilities[key] = whole
            self._merits[key] = (whole, float(np.mean(parts)))
        return self._merits[key]

    def _key(self, shifts: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
        return tuple((name, round(shifts[name], 9)) for name in sorted(shifts) if shifts[name])

    def _shares(self, shifts: Mapping[str, float], evaluator: Evaluator) -> list[float]:
        """Return the share of futures in which each tree holds."""
        names = self.posterior.frame.structure.factors
        sizes = {names.index(name): size for name, size in shifts.items() if size}
        # What is shifted earlier is cut off from its causes; what is shifted later still responds.
        rank = self.posterior.frame.structure.causal_rank
        order = sorted(sizes, key=lambda j: int(rank[j]))
        units = [self._unit(j, tuple(order[:place])) for place, j in enumerate(order)]

        def evaluated(number: int) -> dict[str, NDArray[np.bool_]]:
            futures = self.held[number]
            if order:
                change = [sizes[j] * unit[number] for j, unit in zip(order, units, strict=True)]
                futures = futures.changed(self.read, reduce(np.add, change))
            return evaluator(futures)

        parts = list(spread(range(len(self.held)), evaluated))
        return [
            float(np.concatenate([part[name] for part in parts]).mean()) for name in evaluator.trees
        ]

    def _unit(self, factor: int, earlier: tuple[int, ...]) -> list[Array]:
        """Return the response to +1 in a factor, others being clamped already, part by part."""
        names = self.posterior.frame.structure.factors
        if (factor, earlier) not in self._units:
            # Held at a change of 0, so that no feedback from this factor moves what is shifted
            # before it.
            shifts = dict.fromkeys(earlier, 0.0) | {factor: 1.0}
            lever = self.posterior.model.spec.factors[names[factor]].lever
            ramps = {factor: lever.months} if lever is not None else None
            self._units[factor, earlier] = [
                of_factors(
                    lasting_shift(
                        *(self.posterior, part.part, shifts, self.first, len(part.window) - 1),
                        ramps=ramps,
                    ),
                    self.read,
                )
                for part in self.held
            ]
        return self._units[factor, earlier]


class Budget:
    """Spends money on levers: as little as a probability asks for.

    Parameters
    ----------
    search : ShiftedFutures
        In some draws.
    levers : mapping of str to Lever

    Attributes
    ----------
    ends : dict of str to float
        The bound in whose direction each lever helps, or 0.
    price : dict of str to float
        Of a shift by 1.
    frontier : list of dict
        The shifts that a growing budget buys.
    """

    def __init__(self, search: ShiftedFutures, levers: Mapping[str, Lever]) -> None:
        self.search = search
        bounds = {name: (lever.min, lever.max) for name, lever in levers.items()}
        self.ends = _directions(search, bounds)
        self.price = {name: levers[name].cost for name in self.ends}
        self.frontier = self._frontier()

    def cost(self, shifts: Mapping[str, float]) -> float:
        """Return what shifts cost."""
        return sum(self.price[name] * abs(size) for name, size in shifts.items())

    def answer(self, probability: float, everywhere: ShiftedFutures) -> Shifts:
        """Return the cheapest shifts found that reach a probability, in all draws.

        Shifts are found in some draws and then evaluated in all of them, `everywhere`.
        """
        target, best = probability, self._cheapest_for(probability)
        for _ in range(10):
            reached = everywhere.probability(best)
            if reached >= probability or best == self.ends or target >= 1:
                break
            # Some draws give the answer a higher probability than all of them: ask for more.
            ahead = self.search.probability(best) - reached
            target = min(max(target, probability + max(ahead, 0.0)) + 1e-4, 1.0)
            best = self._cheapest_for(target)
        return self._cheaper(probability, target, best, everywhere)

    def _cheaper(
        self, probability: float, high: float, best: Shifts, everywhere: ShiftedFutures
    ) -> Shifts:
        """Return cheaper shifts where some draws give too low a probability: less is enough."""
        low = self.search.probability(self.frontier[0])
        excess = everywhere.probability(best) - probability
        for _ in range(_LESS if any(best.values()) else 0):
            if excess <= _EXCESS or high - low < _EXCESS:
                break
            # `high` is a target that is enough; `low` is what nothing buys, then a target that is
            # not enough. The first guess asks for less by just the excess, if that is inside the
            # bracket.
            target = high - excess if low < high - excess else (low + high) / 2
            less = self._cheapest_for(target)
            if everywhere.probability(less) < probability:
                low = target
            else:
                high = target
                # A lower target can come out dearer, because the search is no exact optimum.
                best = min(best, less, key=self.cost)
                excess = everywhere.probability(best) - probability
        return best

    def _cheapest_for(self, target: float) -> Shifts:
        """Return what reaches a target in the search, or what gets furthest."""
        way, probability = self.frontier, self.search.probability
        # Costs rise along the frontier: the first that is enough is the cheapest of them.
        enough = [shifts for shifts in way if probability(shifts) >= target]
        if not enough:
            # Out of reach: the cheapest that gains nearly as much as the best. Making it tidy may
            # cost what it gains beyond that, and no more.
            gains = [probability(shifts) - probability(way[0]) for shifts in way]
            worth = max(gains) * (1 - _AS_GOOD)
            good = [shifts for shifts, gain in zip(way, gains, strict=True) if gain >= worth]
            far = min(good, key=self.cost)
            return self._tidy(far, min(probability(far), probability(way[0]) + worth))
        if not any(enough[0].values()):
            return enough[0]
        # The step that crosses the target overshoots it, so the shifts are scaled back before money
        # is moved between levers.
        return self._tidy(self._cheapest(self._shrunk(enough[0], target), target), target)

    def _frontier(self) -> list[Shifts]:
        """Spend a growing budget, each step on the lever that raises the probability most."""
        step = self.cost(self.ends) / _STEPS
        way: list[Shifts] = [dict.fromkeys(self.ends, 0.0)]
        while True:
            now = way[-1]
            options = []
            for name, end in self.ends.items():
                more = _limited(now[name] + np.sign(end) * step / self.price[name], end)
                if more != now[name]:
                    trial = now | {name: more}
                    spent = self.price[name] * abs(more - now[name])
                    gain = np.subtract(self.search.merit(trial), self.search.merit(now)) / spent
                    options.append((*gain, name, trial))
            if not options:
                return way
            # By gain of the condition, then of its clauses; names make ties come out alike in every
            # run.
            way.append(max(options, key=lambda option: option[:3])[3])

    def _shrunk(self, shifts: Shifts, target: float) -> Shifts:
        """Scale all shifts down together until the target is just reached."""
        # Bisection of a common scale. `high` stays on the side that reaches the target, so the
        # result does; 12 halvings leave an uncertainty of 1 in 4,096.
        low, high = 0.0, 1.0
        for _ in range(12):
            middle = (low + high) / 2
            scaled = {name: middle * size for name, size in shifts.items()}
            if self.search.probability(scaled) >= target:
                high = middle
            else:
                low = middle
        return {name: high * size for name, size in shifts.items()}

    def _cheapest(self, shifts: Shifts, target: float) -> Shifts:
        """Move money between levers while the probability rises, and save what is then too much."""
        step = self.cost(self.ends) / _STEPS
        # Moves begin at the size of a step and are halved when none of them helps any more. What a
        # move gains is turned into savings at once.
        size = step
        while size >= step * _FINEST:
            moved = self._moved(shifts, size)
            if moved is None:
                size /= 2
            else:
                shifts = self._shrunk(moved, target)
        return shifts

    def _moved(self, shifts: Shifts, size: float) -> Shifts | None:
        """Return shifts after every move of money that raises the probability, if there is one."""
        improved = False
        for giver in [name for name in shifts if shifts[name]]:
            for taker in shifts:
                # No more than the giver has spent, and no more than the taker needs to its bound.
                # The cost of all levers together stays the same.
                spare = min(
                    size,
                    self.price[giver] * abs(shifts[giver]),
                    self.price[taker] * abs(self.ends[taker] - shifts[taker]),
                )
                if giver == taker or spare <= 1e-9:
                    continue
                trial = dict(shifts)
                trial[giver] -= np.sign(shifts[giver]) * spare / self.price[giver]
                trial[taker] += np.sign(self.ends[taker]) * spare / self.price[taker]
                trial = {
                    name: 0.0 if abs(value) < 1e-9 else float(value)
                    for name, value in trial.items()
                }
                if self.search.probability(trial) > self.search.probability(shifts):
                    shifts, improved = trial, True
        return shifts if improved else None

    def _tidy(self, shifts: Shifts, target: float) -> Shifts:
        """Return shifts a person would name.

        None is tiny, none almost meets its bound, and all have few digits. The cost of a small
        one is given to another lever, and it is left out only where the target is still met.
        """
        cost = self.cost(shifts)
        for name in [name for name, size in shifts.items() if size]:
            money = self.price[name] * abs(shifts[name])
            if money > _SMALL * cost and abs(shifts[name]) > _SMALL * abs(self.ends[name]):
                continue
            without = shifts | {name: 0.0}
            # Leaving the small shift out is cheapest and tried first, then giving its money to each
            # of the others. Where none of these reaches the target it stays.
            richer = [
                without | {other: self._more(other, size, money)}
                for other, size in without.items()
                if size
            ]
            reaching = (
                trial for trial in [without, *richer] if self.search.probability(trial) >= target
            )
            shifts = next(reaching, shifts)
        tidy = {name: _rounded(size, self.ends[name]) for name, size in shifts.items()}
        return tidy if self.search.probability(tidy) >= target else shifts

    def _more(self, lever: str, size: float, money: float) -> float:
        """Return a shift with so much more money spent on it."""
        end = self.ends[lever]
        return _limited(size + np.sign(end) * money / self.price[lever], end)


def _rounded(size: float, end: float) -> float:
    """Return a shift with few digits, or its bound where it is near."""
    if not size:
        return 0.0
    if abs(size) >= (1 - 2 * _SMALL) * abs(end):
        return float(end)
    digits = 10**_DECIMALS
    # Away from 0, so that the target is not lost by rounding. The small number keeps a size that
    # has few digits already from being raised by a whole digit.
    rounded = math.ceil(abs(size) * digits - 1e-9) / digits * np.sign(size)
    return float(_limited(float(rounded), end))


def _limited(size: float, end: float) -> float:
    """Limit a shift to between 0 and its bound."""
    return min(max(size, min(end, 0.0)), max(end, 0.0))


def _directions(search: ShiftedFutures, bounds: Mapping[str, tuple[float, float]]) -> Shifts:
    """Return the bound in whose direction each lever helps, alone or beside the others, or 0."""

    def best(ends: Shifts) -> Merit:
        """Return the largest merit on the way to some bounds, which may be too far themselves."""
        ways = ({name: share * end for name, end in ends.items()} for share in _SHARES)
        return max(search.merit(way) for way in ways)

    # Each lever by itself first, then beside what the others were found to do: where a condition
    # needs several factors at once, a lever may help only in company. On ties the first candidate
    # wins: in the first round 0, in the second what was found before.
    alone: Shifts = {}
    for name, either in bounds.items():
        alone[name] = max((0.0, *either), key=lambda end: best({name: end}))
    for name, either in bounds.items():
        alone[name] = max((alone[name], *either), key=lambda end: best(alone | {name: end}))
    return alone
