"""How the outlook developed: a fit for each date, with the evidence published by then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from withdrawal_risk.arguments import number, whole_number
from withdrawal_risk.characters import quoted
from withdrawal_risk.cores import at_most
from withdrawal_risk.elements.timeline import Month, MonthLike
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.inference.alignment import check_as_of
from withdrawal_risk.inference.cache import code_key
from withdrawal_risk.inference.checks import failed_checks
from withdrawal_risk.inference.defaults import CHAINS, DRAWS, TUNE
from withdrawal_risk.inference.fit import fit
from withdrawal_risk.inference.parameters import sampling
from withdrawal_risk.language.numbers import probability_word
from withdrawal_risk.model.library import Model, checked_model
from withdrawal_risk.queries.defaults import CI_PROB, FUTURES
from withdrawal_risk.queries.outlook import outlook
from withdrawal_risk.simulation.probabilities import MOST_FUTURES
from withdrawal_risk.tasks import Pool, sweep

__all__ = ["history", "outlook_of"]

_COLUMNS = ("probability", "lower", "upper", "mcse", "prior")


def outlook_of(task: dict[str, Any], cores: int | None = None) -> dict[str, Any]:
    """Fit a model at one date and return its outlook as arrays.

    Parameters
    ----------
    task : dict
        ``model`` and ``evidence``, the texts of the files; ``fit`` and ``outlook``, the arguments
        of both; ``code``, the digest of the library, so that what was kept before an upgrade is not
        taken for its own.
    cores : int, optional
        As in `fit`; no part of the task, since it changes no result.
    """
    model = Model.from_texts(task["model"], task["evidence"])
    posterior = fit(model, cores=cores, progressbar=False, **task["fit"])
    # The simulation of futures has threads of its own, which are to obey the same limit.
    with at_most(cores):
        table = outlook(posterior, **task["outlook"]).summary
    diagnostics = posterior.settings["diagnostics"]
    return {
        "condition": list(table.index),
        **{name: diagnostics[name] for name in ("rhat_max", "ess_min", "divergences")},
        "checks_passed": not failed_checks(posterior),
    } | {name: table[name].to_numpy() for name in _COLUMNS}


def history(  # noqa: PLR0913
    model: Model,
    as_of: Sequence[MonthLike],
    *,
    pool: Pool | None = None,
    folder: str | Path | None = None,
    draws: int = DRAWS,
    tune: int = TUNE,
    chains: int = CHAINS,
    cores: int | None = None,
    ci_prob: float = CI_PROB,
    futures: int = FUTURES,
    random_seed: int = 1,
    progressbar: bool = True,
) -> pd.DataFrame:
    """Fit a model at many dates and return every outlook.

    Parameters
    ----------
    model : Model
    as_of : sequence of str, Month or date
        Dates, each with the evidence published by then.
    pool, folder, progressbar
        As in `sweep`: fits are independent, and those kept in `folder` are not run again.
    draws, tune, chains, cores, random_seed
        As in `fit`.
    ci_prob, futures
        As in `outlook`.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``as_of`` and ``condition``: columns of `outlook`, and ``rhat_max``, ``ess_min``,
        ``divergences`` and ``checks_passed`` of the fit.

    Raises
    ------
    ArgumentError
        If a date is not one the model can be fitted at, or another argument is out of range, before
        any fit is run.

    Examples
    --------
    >>> table = wr.history(
    ...     posterior.model, ["2023-12"], draws=20, tune=20, chains=1, progressbar=False
    ... )
    >>> list(table.index.names)
    ['as_of', 'condition']
    """
    model = checked_model(model, "history")
    if not isinstance(as_of, Iterable) and not isinstance(as_of, Month | date):
        raise ArgumentError(f"as_of is {quoted(as_of)}; write a list of dates, such as ['2025-08']")
    if isinstance(as_of, str | Month | date):
        raise ArgumentError(f"as_of is {quoted(as_of)}, a single date; write [{quoted(as_of)}]")
    dates = [str(check_as_of(model, date)) for date in as_of]
    if len(set(dates)) < len(dates) or not dates:
        raise ArgumentError(f"as_of is {quoted(dates)}; give at least one date, each once")
    sampled = sampling(draws=draws, tune=tune, chains=chains, random_seed=random_seed)
    if cores is not None:
        cores = whole_number(cores, "cores", least=1, most=10_000)
    ci_prob = number(ci_prob, "ci_prob", above=0, below=1)
    futures = whole_number(futures, "futures", least=2, most=MOST_FUTURES)
    code = code_key()
    tasks = {
        date: {
            "code": code,
            "model": model.model_text,
            "evidence": model.evidence_text,
            "fit": {"as_of": date, **sampled},
            "outlook": {
                "ci_prob": ci_prob,
                "futures": futures,
                "random_seed": sampled["random_seed"],
            },
        }
        for date in dates
    }
    records = sweep(
        partial(outlook_of, cores=cores), tasks, pool=pool, folder=folder, progressbar=progressbar
    )
    rows = [
        {
            "as_of": date,
            "condition": str(condition),
            **{name: float(record[name][k]) for name in _COLUMNS},
            "word": probability_word(float(record["probability"][k])),
            "rhat_max": float(record["rhat_max"]),
            "ess_min": float(record["ess_min"]),
            "divergences": int(record["divergences"]),
            "checks_passed": bool(record["checks_passed"]),
        }
        for date, record in records.items()
        for k, condition in enumerate(record["condition"])
    ]
    return pd.DataFrame(rows).set_index(["as_of", "condition"])
