"""What must change for a condition to become likely enough, and at what cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from withdrawal_risk.arguments import month_of, names_of, number
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.network import Lever
from withdrawal_risk.elements.timeline import Month, MonthLike
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import percent, signed
from withdrawal_risk.queries.answers import About, Answer
from withdrawal_risk.queries.defaults import CI_PROB, FUTURES
from withdrawal_risk.queries.do import do
from withdrawal_risk.queries.lever_search import Budget, ShiftedFutures, Shifts
from withdrawal_risk.queries.results import Result
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, subjects, tree_of
from withdrawal_risk.simulation.futures import simulate
from withdrawal_risk.simulation.laws import law_of_probabilities
from withdrawal_risk.simulation.probabilities import check_arguments
from withdrawal_risk.simulation.settings import Over, over, shift
from withdrawal_risk.simulation.worlds import horizon_window

__all__ = ["Reach", "reach"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Reach(Answer):
    """The cheapest way found to a probability.

    Parameters
    ----------
    condition : str
    target : float
    reached : bool
        Whether the probability gets there within the levers' bounds.
    summary : pandas.DataFrame
        Indexed by ``lever``: ``shift`` in standard levels, ``bound``, the furthest it may go that
        way, ``months`` until it acts in full, and ``cost``. The way to the target or, where it is
        out of reach, to the highest probability found.
    cost, probability : float
    probability_met : float
        Probability that the condition's probability truly is at least the target, over what we
        do not know about today's levels and the parameters.
    frontier : pandas.DataFrame
        Highest ``probability`` found for each ``cost``, with the levers' shifts; the answer is one
        row of it.
    result : Result
        The whole outlook with these shifts, as `do` gives it.

    Examples
    --------
    >>> wr.reach(posterior, "calm", probability=0.5, draws=100).target
    0.5
    """

    condition: str
    target: float
    reached: bool
    summary: pd.DataFrame
    cost: float
    probability: float
    probability_met: float
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
        words = words_of(lang)
        shifts = words.listed(
            f"{self.label(str(lever), lang)} {signed(float(size), lang)}"
            for lever, size in self.summary["shift"].items()
            if size
        )
        reached = words.say(
            "reached" if self.reached else "not_reached",
            name=self.about.condition(self.condition, lang),
            target=percent(self.target, lang),
            probability=percent(self.probability, lang),
        )
        how = words.say("at_no_cost")
        if shifts:
            how = words.say("at_cost", cost=f"{self.cost:.1f}", shifts=shifts)
        text = words.say("reach", reached=reached, how=how, met=percent(self.probability_met, lang))
        if shifts and self.result.elicited.get(self.condition):
            text = f"{text} {words.say('elicited')}"
        return text + self.about.warning(lang)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-ready data."""
        return {
            "condition": self.condition,
            "target": self.target,
            "reached": self.reached,
            "cost": self.cost,
            "probability": self.probability,
            "probability_met": self.probability_met,
            "levers": {
                str(name): {str(k): float(v) for k, v in row.items()}
                for name, row in self.summary.iterrows()
            },
            "frontier": self.frontier[["cost", "probability"]].to_dict(orient="list"),
            "checks_passed": self.about.checks_passed,
        }


def reach(
    posterior: Posterior,
    condition: str = ALL_CONDITIONS,
    *,
    probability: float = 0.7,
    levers: Sequence[str] | None = None,
    start: MonthLike | None = None,
    ci_prob: float = CI_PROB,
    draws: int = 500,
    frontier_draws: int | None = None,
    futures: int = FUTURES,
    random_seed: int = 1,
) -> Reach:
    """Look for the cheapest lasting shifts of levers with which a condition is probable enough.

    The budget grows in steps, each spent on the lever that raises the probability most; the
    shifts found are then improved by moving money between levers while the probability does not
    fall. Shifts last from `start` to the horizon and act as those of `do`, with which the answer
    is computed once more in all draws.

    Parameters
    ----------
    posterior : Posterior
    condition : str
        Default: all conditions together.
    probability : float
        The target.
    levers : sequence of str, optional
        Factors to move, of those with a ``lever`` in the model file. Default: all that act on the
        condition.
    start : str, Month or date, optional
        First month of the shifts. Default: the first future month.
    ci_prob : float
        Probability of the (equal-tailed) credible interval of the result.
    draws : int
        Posterior draws used in the search, evenly spaced.
    frontier_draws : int, optional
        Posterior draws in which the frontier is told, evenly spaced: what each cost adds in them is
        added to the probability in all draws. The answer is that of all draws in any case. Default:
        all.
    futures : int
        Simulated futures for each draw, at least 2.
    random_seed : int
        Of the futures.

    Returns
    -------
    Reach

    Raises
    ------
    ArgumentError
        For an unknown condition or lever, or a target outside (0, 1).

    Examples
    --------
    >>> result = wr.reach(posterior, "calm", probability=0.5, draws=100)
    >>> list(result.summary.columns)
    ['shift', 'bound', 'months', 'cost']
    """
    check_arguments(
        posterior, ci_prob=ci_prob, futures=futures, random_seed=random_seed, draws=draws
    )
    if frontier_draws is not None:
        check_arguments(posterior, draws=frontier_draws)
    probability = number(probability, "probability", above=0, below=1)
    tree, window = tree_of(posterior, condition), horizon_window(posterior)
    read = sorted(subjects(posterior, [tree]))
    aims = {posterior.frame.structure.factors[j] for j in read}
    chosen = _levers(posterior, None if levers is None else names_of(levers, "levers"), aims)
    begin = posterior.as_of + 1 if start is None else month_of(start, "start")
    if not posterior.as_of < begin <= window.last:
        raise ArgumentError(
            f"start {begin} is not within the future, {posterior.as_of + 1} to {window.last}"
        )

    def futures_of(some: int | None) -> ShiftedFutures:
        held = simulate(
            posterior, next, futures=futures, random_seed=random_seed, factors=read, draws=some
        )
        return ShiftedFutures(posterior, condition, window.index(begin), list(held))

    # The search asks for many probabilities, so it uses some draws. What it finds is judged in all.
    budget = Budget(futures_of(draws), chosen)
    everywhere = futures_of(None)
    best = budget.answer(probability, everywhere)
    # Printed numbers come from `do`, so that the same shifts asked for there give the same answer.
    result = _asked(
        posterior, best, begin, ci_prob=ci_prob, futures=futures, random_seed=random_seed
    )
    row: Any = result.summary.loc[condition]
    reached = float(row["probability"])
    costs = {name: budget.price[name] * abs(size) for name, size in best.items()}
    months = {name: lever.months for name, lever in chosen.items()}
    table = pd.DataFrame({"shift": best, "bound": budget.ends, "months": months, "cost": costs})
    p = result.draws.sel(condition=condition).values
    # Shares of few futures scatter more than the probabilities behind them; the law leaves that
    # scatter out.
    law = law_of_probabilities(p * futures, np.full(len(p), float(futures)))
    told = everywhere if frontier_draws is None else futures_of(frontier_draws)
    apart = everywhere.probability({}) - told.probability({})
    rows = [
        {
            "cost": budget.cost(way),
            "probability": min(max(told.probability(way) + apart, 0.0), 1.0),
            **way,
        }
        for way in budget.frontier
    ]
    rows.append({"cost": budget.cost(best), "probability": reached, **best})
    return Reach(
        condition=condition,
        target=float(probability),
        reached=reached >= probability,
        summary=table.rename_axis("lever").sort_values("cost", ascending=False, kind="stable"),
        cost=budget.cost(best),
        probability=reached,
        probability_met=law.above(probability),
        frontier=_highest(pd.DataFrame(rows)),
        result=result,
    )


def _levers(posterior: Posterior, levers: Sequence[str] | None, aims: set[str]) -> dict[str, Lever]:
    """Return the levers to move.

    Default: those with a causal route to what the condition reads, if any has one.
    """
    available = {
        name: factor.lever
        for name, factor in posterior.model.spec.factors.items()
        if factor.lever is not None
    }
    if not available:
        raise ArgumentError(
            "no factor of the model has a lever; write lever: {cost, min, max, why} where one can "
            "be moved"
        )
    for name in levers or ():
        if name not in available:
            valid = did_you_mean(name, available)
            raise ArgumentError(f"levers: {quoted(name)} has no lever; {valid}")
    if levers is not None and not levers:
        valid = ", ".join(map(repr, available))
        raise ArgumentError(f"levers is empty; name some of {valid}")
    graph = posterior.model.network
    acting = aims.union(*(nx.ancestors(graph, aim) for aim in aims))
    if levers is None:
        levers = [name for name in available if name in acting] or list(available)
    return {name: available[name] for name in levers}


def _asked(
    posterior: Posterior,
    shifts: Shifts,
    begin: Month,
    *,
    ci_prob: float,
    futures: int,
    random_seed: int,
) -> Result:
    """Ask with `do` what some shifts do; none of them is a shift by 0."""
    # `do` refuses to set nothing, but a target may be met already.
    factors, settings = posterior.model.spec.factors, dict[str, Over]()
    for name, size in shifts.items():
        lever = factors[name].lever
        if size and lever is not None:
            settings[name] = over(shift(size), ramp=lever.months)
    return do(
        posterior,
        settings or {name: over(shift(0)) for name in shifts},
        start=begin,
        ci_prob=ci_prob,
        futures=futures,
        random_seed=random_seed,
    )


def _highest(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that no cheaper one exceeds, by cost; the last row given is one of them."""
    answer = rows.index[-1]
    ordered = rows.sort_values(["cost", "probability"], ascending=[True, False], kind="stable")
    # The highest probability of all rows before, below any probability for the first row. Of rows
    # with the same cost the most probable stands first and hides the others.
    before = ordered["probability"].cummax().shift(fill_value=-1.0)
    highest = (ordered["probability"] > before) | (ordered.index == answer)
    return ordered[highest].reset_index(drop=True)
