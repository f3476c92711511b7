"""What a report is made of: every answer, computed once for all languages from the same draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import networkx as nx
import numpy as np
import pandas as pd
import xarray as xr

from withdrawal_risk.elements.conditions import Tree, clauses
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.inference.checks import CheckResult, check_once
from withdrawal_risk.inference.learning import learning, level_learning
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.model.evidence import EvidenceRow
from withdrawal_risk.plots.forecast import read_by_conditions
from withdrawal_risk.queries.attribution import Attribution, attribution
from withdrawal_risk.queries.defaults import FUTURES
from withdrawal_risk.queries.drivers import Drivers, drivers
from withdrawal_risk.queries.explain_change import Change, explain_change
from withdrawal_risk.queries.forecast import forecast
from withdrawal_risk.queries.outlook import outlook
from withdrawal_risk.queries.reach import Reach, reach
from withdrawal_risk.queries.results import Result
from withdrawal_risk.queries.scenarios import Scenarios, scenarios
from withdrawal_risk.queries.tripwires import Tripwires, tripwires
from withdrawal_risk.queries.watch_list import WatchList, watch_lists
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS
from withdrawal_risk.simulation.parts import many_questions
from withdrawal_risk.simulation.probabilities import of_trees

if TYPE_CHECKING:
    from withdrawal_risk.queries.panel import PanelResult
    from withdrawal_risk.queries.track_record import TrackRecord

__all__ = [
    "TARGET",
    "Asked",
    "Findings",
    "Ingredients",
    "bottleneck",
    "check_outlook",
    "gather",
    "gather_findings",
]

TARGET: Final = 0.7
"""Probability that levers are to reach."""

_DRAWS: Final = 2000
"""Draws, evenly spaced, of questions that ask for many worlds or many indicators."""

_GROUPS: Final = 8
"""Groups of factors over which a shortfall is split."""

_WATCHED: Final = (3, 6, 12)
"""Months ahead over which indicators are watched."""

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a caller hands to a report besides the fit.

    Parameters
    ----------
    outlook : Result, optional
        Computed already.
    history : pandas.DataFrame, optional
        As `wr.history` returns it.
    before : Posterior, optional
        The fit of the issue before this one.
    panel : PanelResult, optional
    folder : str or Path, optional
        A track record.
    random_seed : int
    made_on : date
    """

    outlook: Result | None = None
    history: pd.DataFrame | None = None
    before: Posterior | None = None
    panel: PanelResult | None = None
    folder: str | Path | None = None
    random_seed: int = 1
    made_on: date


@dataclass(frozen=True, kw_only=True, eq=False)
class Findings:
    """The answers of a brief. None where the model, or the caller, has nothing to ask about.

    Parameters
    ----------
    posterior : Posterior
    made_on : date
    random_seed : int
    outlook : Result
    checks : list of CheckResult
    weakest : str
        The condition that is least probable; what is explained is explained of it.
    tied : tuple of str
        Those that cannot be distinguished from it.
    uninformed : frozenset of str
        Factors whose current level the evidence left as it was.
    moved_effects, effects : int
        Effects whose size the evidence moved, of how many.
    attribution : Attribution
    before : Month or None
        The ``as_of`` of the issue before.
    change : Change or None
    scenarios : Scenarios or None
    tripwires : Tripwires or None
    """

    posterior: Posterior
    made_on: date
    random_seed: int
    outlook: Result
    checks: list[CheckResult]
    weakest: str
    tied: tuple[str, ...]
    uninformed: frozenset[str]
    moved_effects: int
    effects: int
    attribution: Attribution
    before: Month | None
    change: Change | None
    scenarios: Scenarios | None
    tripwires: Tripwires | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Ingredients(Findings):
    """The answers of a report: those of a brief, and more.

    Parameters
    ----------
    clause_odds : pandas.DataFrame
        Indexed by condition and number of a clause: ``before`` and ``after`` the evidence.
    new_rows : tuple of EvidenceRow
        Known now, and not to the fit before.
    """

    clause_odds: pd.DataFrame
    forecast: xr.Dataset
    drivers: Drivers
    reach: Reach | None
    watch: tuple[WatchList, ...]
    history: pd.DataFrame | None
    new_rows: tuple[EvidenceRow, ...]
    panel: PanelResult | None
    record: TrackRecord | None


def check_outlook(posterior: Posterior, result: object) -> None:
    """Refuse what is no outlook of a posterior.

    Raises
    ------
    ArgumentError
    """
    # Only an outlook has the column ``prior``; the answer to another question lacks it.
    if result is not None and not (
        isinstance(result, Result)
        and result.about.fit == posterior.digest
        and "prior" in result.summary
    ):
        raise ArgumentError(
            "result is not an outlook of this posterior; leave it out, or give the one "
            "outlook(posterior) returned"
        )


def bottleneck(result: Result) -> tuple[str, tuple[str, ...]]:
    """Return the least probable condition, and those that the simulation cannot tell from it."""
    table = result.summary.drop(index=ALL_CONDITIONS)
    weakest = str(table["probability"].idxmin())
    least: Any = table.loc[weakest]
    gap = table["probability"] - least["probability"]
    error = np.hypot(table["mcse"], least["mcse"])
    tied = [str(name) for name in table.index[gap <= 2 * error] if name != weakest]
    return weakest, tuple(tied)


@many_questions()
def gather_findings(posterior: Posterior, asked: Asked, say: Say) -> Findings:
    """Compute every answer of a brief.

    Parameters
    ----------
    posterior : Posterior
    asked : Asked
    say : callable
        Told what is being computed, by the key of its section.
    """
    seed, spec = asked.random_seed, posterior.model.spec
    say("trust")
    # First, because every answer says which checks its fit failed.
    checks = list(check_once(posterior))
    say("bottom_line")
    found = asked.outlook or outlook(posterior, random_seed=seed)
    weakest, tied = bottleneck(found)
    say("change")
    change = None
    if asked.before is not None:
        change = explain_change(
            asked.before, posterior, weakest, random_seed=seed, progressbar=False
        )
    say("why")
    explained = attribution(posterior, weakest, max_groups=_GROUPS, random_seed=seed)
    say("scenarios")
    told = scenarios(posterior, random_seed=seed) if spec.scenarios else None
    say("watch")
    wires = None
    if spec.indicators:
        wires = tripwires(posterior, weakest, draws=_DRAWS, random_seed=seed)
    learnt = learning(posterior)
    weights = learnt[learnt["group"] == "weights"]
    level = level_learning(posterior)["moved"]
    return Findings(
        posterior=posterior,
        made_on=asked.made_on,
        random_seed=seed,
        outlook=found,
        checks=checks,
        weakest=weakest,
        tied=tied,
        uninformed=frozenset(str(name) for name, moved in level.items() if not moved),
        moved_effects=int(weights["moved"].sum()),
        effects=len(weights),
        attribution=explained,
        before=None if asked.before is None else asked.before.as_of,
        change=change,
        scenarios=told,
        tripwires=wires,
    )


@many_questions()
def gather(posterior: Posterior, asked: Asked, say: Say) -> Ingredients:
    """Compute every answer of a report; as `gather_findings`."""
    found = gather_findings(posterior, asked, say)
    seed, spec, weakest = asked.random_seed, posterior.model.spec, found.weakest
    say("success")
    odds = _clause_odds(posterior, seed)
    say("why")
    swings = drivers(posterior, weakest, set_ends=False, draws=_DRAWS, random_seed=seed)
    say("levers")
    levers = None
    if _has_lever(posterior, weakest):
        levers = reach(
            posterior, weakest, probability=TARGET, frontier_draws=_DRAWS, random_seed=seed
        )
    say("watch")
    ahead = spec.time.horizon - posterior.as_of
    spans = [months for months in _WATCHED if months < ahead] if spec.indicators else []
    watched = watch_lists(posterior, months=spans, draws=_DRAWS, random_seed=seed) if spans else []
    say("measured")
    looked_for = [name for item in spec.readers.values() for name in item.show]
    drawn = [
        name
        for name in dict.fromkeys([*read_by_conditions(spec), *looked_for])
        if name in spec.indicators
    ]
    record = None
    if asked.folder is not None:
        from withdrawal_risk.queries.track_record import track_record

        record = track_record(folder=asked.folder)
    return Ingredients(
        **{item.name: getattr(found, item.name) for item in fields(found)},
        clause_odds=odds,
        # With fewer than 8,000 futures the percentiles of counts jump more often between months.
        forecast=forecast(posterior, var_names=drawn, draws=_DRAWS, futures=4, random_seed=seed),
        drivers=swings,
        reach=levers,
        watch=tuple(watched),
        history=asked.history,
        new_rows=_new_rows(posterior, asked.before),
        panel=asked.panel,
        record=record,
    )


def _clause_odds(posterior: Posterior, random_seed: int) -> pd.DataFrame:
    """Return the probability of every clause alone, before and after the evidence."""
    trees: dict[tuple[str, int], Tree] = {
        (name, number): leaf
        for name, condition in posterior.model.spec.conditions.items()
        for number, leaf in enumerate(clauses(condition.tree))
    }
    named = {f"{name}:{number}": leaf for (name, number), leaf in trees.items()}
    after, before = (
        of_trees(posterior, named, group=group, futures=FUTURES, random_seed=random_seed)
        for group in ("posterior", "prior")
    )
    return pd.DataFrame(
        {"before": before.value[0].mean(axis=1), "after": after.value[0].mean(axis=1)},
        index=pd.MultiIndex.from_tuples(trees, names=["condition", "clause"]),
    )


def _has_lever(posterior: Posterior, condition: str) -> bool:
    """Say whether any factor with a lever acts on a condition."""
    spec, network = posterior.model.spec, posterior.model.network
    read = {
        spec.indicators[leaf.indicator].measures if leaf.indicator else leaf.subject
        for leaf in clauses(spec.conditions[condition].tree)
    }
    acting = set(read).union(*(nx.ancestors(network, name) for name in read))
    return any(spec.factors[name].lever for name in acting if name in spec.factors)


def _new_rows(posterior: Posterior, before: Posterior | None) -> tuple[EvidenceRow, ...]:
    """Return the rows that the fit before did not know."""
    if before is None:
        return ()
    known = {row.id for row in before.model.evidence_at(before.as_of)}
    return tuple(row for row in posterior.model.evidence_at(posterior.as_of) if row.id not in known)
