"""Forecasts of every past origin, held against what was observed afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from withdrawal_risk.arguments import chosen, month_of, names_of, number, whole_number
from withdrawal_risk.elements.timeline import Month, MonthLike
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.families import family_of
from withdrawal_risk.families.registry import code_of
from withdrawal_risk.inference.cache import code_key
from withdrawal_risk.inference.parameters import sampling
from withdrawal_risk.model.library import Model, checked_model
from withdrawal_risk.queries.backtest_result import METHODS, Backtest
from withdrawal_risk.scoring.baselines import BASELINES
from withdrawal_risk.scoring.defaults import CHAINS, DRAWS, FUTURES, TARGET_ACCEPT, TUNE
from withdrawal_risk.scoring.known import DATA, Data, Outcome, outcomes
from withdrawal_risk.scoring.leads import MOST_LEAD, block_of_leads
from withdrawal_risk.scoring.origins import COLUMNS, SOURCES, due, scored_origin
from withdrawal_risk.simulation.probabilities import MOST_FUTURES
from withdrawal_risk.tasks import Pool, sweep

__all__ = ["backtest"]


def backtest(  # noqa: PLR0913
    model: Model,
    *,
    start: MonthLike | None = None,
    end: MonthLike | None = None,
    step: int = 1,
    leads: int = 12,
    data: Data = "revised",
    methods: Sequence[str] | None = None,
    draws: int = DRAWS,
    tune: int = TUNE,
    chains: int = CHAINS,
    cores: int | None = None,
    target_accept: float = TARGET_ACCEPT,
    futures: int = FUTURES,
    random_seed: int = 1,
    pool: Pool | None = None,
    folder: str | Path | None = None,
    progressbar: bool = True,
) -> Backtest:
    """Fit a model again at every origin, and hold its forecasts against what was observed.

    At each origin everything that became known later is taken out of the model before it is fitted:
    evidence, events, and what policies announced. Judgements stay as the file has them; a file
    whose judgements were made with the outcome in sight is not made honest by this.

    Parameters
    ----------
    model : Model
    start, end : str, Month or date, optional
        First and last origin; they and the months forecast may lie beyond the file's horizon, where
        policies stay as they are last. Default: from twelve months before the file's ``as_of`` to
        the month before it.
    step : int
        Months from one origin to the next.
    leads : int
        Longest lead, at most 24. Lead 0 is the month of the origin.
    data : {"revised", "strict"}
        ``"revised"`` takes the last revision of every observation, and a month as known one month
        later, for the model and all it is compared with. ``"strict"`` takes what was published by
        the origin, and is scored by what was published first, where the file states when.
    methods : sequence of str, optional
        ``model``, its ``prior``, the model ``without_edges`` (and ``without_edges_matched``, which
        keeps each factor's memory), ``climatology``, ``last_value``, ``conflictology``,
        ``conflictology_smooth``, ``random_walk``, ``local_level``, ``smoothed_level``. Default:
        all.
    draws, tune, chains, cores, target_accept, random_seed
        As in `fit`; the defaults are shorter, since a score averages over all draws and origins.
    futures : int
        For each draw.
    pool, folder, progressbar
        As in `sweep`: origins are independent, and those kept in `folder` are not run again, so
        that an interrupted run goes on.

    Returns
    -------
    Backtest

    Raises
    ------
    ArgumentError
        If an argument is out of range, or nothing was observed that could be forecast; before
        anything is fitted.

    Examples
    --------
    >>> result = wr.backtest(
    ...     posterior.model, start="2023-11", end="2023-11", methods=["climatology", "last_value"],
    ...     progressbar=False,
    ... )
    >>> result.table["lead"].max() <= 12
    True
    """
    model = checked_model(model, "backtest")
    chosen(data, "data", DATA)
    leads = whole_number(leads, "leads", least=0, most=MOST_LEAD)
    step = whole_number(step, "step", least=1, most=120)
    wanted = METHODS if methods is None else names_of(methods, "methods")
    for name in wanted:
        chosen(name, "methods", METHODS)
    if not wanted:
        raise ArgumentError(f"methods is empty; name some of {', '.join(METHODS)}")
    settings = sampling(draws=draws, tune=tune, chains=chains, random_seed=random_seed) | {
        "target_accept": number(target_accept, "target_accept", above=0, below=1)
    }
    if cores is not None:
        cores = whole_number(cores, "cores", least=1, most=10_000)
    futures = whole_number(futures, "futures", least=1, most=MOST_FUTURES)
    found = outcomes(model, data)
    origins = _origins(model, found, start, end, step, leads, data)
    shared = {
        "code": code_key(),
        "families": sorted({code_of(family_of(item)) for item in model.spec.indicators.values()}),
        "model": model.model_text,
        "evidence": model.evidence_text,
        "data": data,
        "leads": leads,
        "random_seed": settings["random_seed"],
    }
    tasks = {
        f"{origin}-{source}": shared
        | {"origin": str(origin), "source": source}
        | ({} if source == "past" else {"fit": settings, "futures": futures})
        for origin in origins
        for source in SOURCES
        if _asked(source, wanted)
    }
    records = sweep(
        partial(scored_origin, cores=cores),
        tasks,
        pool=pool,
        folder=folder,
        progressbar=progressbar,
    )
    return _gathered(model, data, records, wanted, origins[0], step)


def _asked(source: str, methods: Sequence[str]) -> bool:
    """Say whether any of the methods is worked out by a source."""
    made = {"past": set(BASELINES), "model": {"model", "prior"}}.get(source, {source})
    return not made.isdisjoint(methods)


def _origins(
    model: Model,
    found: Sequence[Outcome],
    start: MonthLike | None,
    end: MonthLike | None,
    step: int,
    leads: int,
    data: Data,
) -> list[Month]:
    """Return the origins that are held against anything."""
    last = model.as_of + -1 if end is None else _origin(model, end, "end")
    earliest = model.spec.time.start + 1
    first = max(model.as_of + -12, earliest) if start is None else _origin(model, start, "start")
    if last < first:
        raise ArgumentError(f"end, {last}, is before start, {first}; write the earlier one first")
    every = [Month(n) for n in range(first.ordinal, last.ordinal + 1, step)]
    origins = [origin for origin in every if due(found, origin, leads)]
    if not origins:
        stated = (
            " Strict data are single months whose publication date the file states, not by a rule; "
            "try data='revised'"
            if data == "strict"
            else ""
        )
        raise ArgumentError(
            f"no month that was observed lies within {leads} months of an origin from {first} to "
            f"{last} and was not known there.{stated}"
        )
    return origins


def _gathered(
    model: Model,
    data: Data,
    records: Mapping[str, Mapping[str, Any]],
    methods: Sequence[str],
    first: Month,
    step: int,
) -> Backtest:
    """Return one table of what was worked out at all origins."""
    import pandas as pd

    parts, fits = [], []
    for name, record in records.items():
        origin, source = name[:7], name[8:]
        place = (Month.read(origin) - first) // step
        columns = {column: record[column] for column in COLUMNS}
        parts.append(pd.DataFrame({"origin": origin, "origin_number": place} | columns))
        if source != "past":
            fits.append(
                {"origin": origin, "method": source}
                | {key: record[key].item() for key in ("rhat_max", "ess_min", "divergences")}
            )
    table = pd.concat(parts, ignore_index=True)
    table = table[table["method"].isin(methods)]
    if table.empty:
        raise ArgumentError(
            f"none of {', '.join(methods)} says anything of what was observed: there is too little "
            "of its past, or it is no amount; add 'model' or 'climatology' to methods"
        )
    order = {name: place for place, name in enumerate(METHODS)}
    table = table.sort_values(
        ["origin", "indicator", "month", "method"],
        key=lambda column: column.map(order) if column.name == "method" else column,
        kind="stable",
    ).reset_index(drop=True)
    place = list(table.columns).index("lead") + 1
    table.insert(place, "leads", pd.Series(block_of_leads(table["lead"]), index=table.index))
    there = set(table["indicator"])
    return Backtest(
        model=model.id,
        data=data,
        table=table,
        fits=pd.DataFrame(fits, columns=["origin", "method", "rhat_max", "ess_min", "divergences"]),
        names={n: item.label for n, item in model.spec.indicators.items() if n in there},
        step=step,
        evidence=_digest(model),
    )


def _digest(model: Model) -> str:
    """Return a digest of what evidence rows say, whatever their file looks like."""
    rows = [
        (row.indicator, str(row.start), str(row.end), str(row.published), row.value, row.se)
        for row in model.evidence
    ]
    return hashlib.sha256(json.dumps(sorted(rows)).encode()).hexdigest()


def _origin(model: Model, given: MonthLike, what: str) -> Month:
    """Return an origin that a user gave.

    Raises
    ------
    ArgumentError
        If it is none, or the model could not be fitted there.
    """
    month, first = month_of(given, what), model.spec.time.start
    if not first < month:
        raise ArgumentError(f"{what} {month} is not after the model's start, {first}")
    return month
