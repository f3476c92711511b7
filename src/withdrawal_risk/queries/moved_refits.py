"""Fits of the same evidence under other judgements, run as independent tasks and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from withdrawal_risk.cores import at_most
from withdrawal_risk.elements.quantiles import Quantiles
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.inference.cache import cache_folder, code_key, fit_path, forget_answers
from withdrawal_risk.inference.checks import failed_checks
from withdrawal_risk.inference.judgements import Judgement, judgements
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.ranges import range_at, with_ranges
from withdrawal_risk.model.validation.network import dynamics_faults
from withdrawal_risk.queries.defaults import FUTURES
from withdrawal_risk.queries.results import mcse
from withdrawal_risk.simulation.probabilities import probabilities
from withdrawal_risk.tasks import Pool, kept_results, sweep

__all__ = [
    "MOVED_GROUPS",
    "fit_settings",
    "group_moves",
    "group_ranges",
    "kept_groups",
    "refit_of",
    "refits",
    "refitted_model",
]

MOVED_GROUPS: Final = ("weights", "half_lives", "references")
"""Groups of ranges that are moved as a whole."""

_SETTINGS: Final = ("draws", "tune", "chains", "random_seed", "target_accept", "nuts_sampler")

Moved = Mapping[str, Quantiles]


def refitted_model(model: Model, moved: Moved) -> Model:
    """Return a model with some ranges replaced.

    Its texts are still those of the file, so a fit of it is not to be stored.
    """
    return replace(model, spec=with_ranges(model.spec, moved))


def refit_of(task: dict[str, Any], cores: int | None = None) -> dict[str, Any]:
    """Fit a model with other ranges, and return the probability of every condition.

    Parameters
    ----------
    task : dict
        ``model`` and ``evidence``, the texts of the files; ``fit``, the arguments of `fit`;
        ``moved``, the percentiles of every range that is another, by path; ``futures`` and
        ``random_seed`` of the simulation; ``code``, the digest of the library.
    cores : int, optional
        As in `fit`; changes no result.
    """
    # PyMC takes a while to import, and whoever looks for what is kept needs none.
    from withdrawal_risk.inference.fit import fit

    model = Model.from_texts(task["model"], task["evidence"])
    moved = {
        path: range_at(model.spec, path).model_copy(update={"p5": ends[0], "p95": ends[1]})
        for path, ends in task["moved"].items()
    }
    posterior = fit(
        refitted_model(model, moved), cores=cores, progressbar=False, cache=False, **task["fit"]
    )
    with at_most(cores):
        found = probabilities(posterior, futures=task["futures"], random_seed=task["random_seed"])
    p = found.value[0]
    return {
        "condition": np.array(found.names),
        "probability": p.mean(axis=1),
        "mcse": np.array([mcse(row, None, posterior.chains) for row in p]),
        "checks_passed": not failed_checks(posterior),
        "p": p,
        "chains": posterior.chains,
    }


def fit_settings(posterior: Posterior) -> dict[str, Any]:
    """Return the arguments with which `fit` made a posterior.

    Raises
    ------
    ArgumentError
        If it does not say.
    """
    settings = posterior.settings
    lacking = [name for name in _SETTINGS if name not in settings]
    if lacking:
        raise ArgumentError(
            f"this posterior does not say how it was sampled ({', '.join(lacking)}), so it cannot "
            "be fitted again; use one that fit made, or refit=False"
        )
    return {"as_of": str(posterior.as_of), **{name: settings[name] for name in _SETTINGS}}


def _task(posterior: Posterior, moved: Moved, futures: int, random_seed: int) -> dict[str, Any]:
    """Return what a refit depends on, as plain data."""
    return {
        "model": posterior.model.model_text,
        "evidence": posterior.model.evidence_text,
        "fit": fit_settings(posterior),
        "moved": {path: [given.p5, given.p95] for path, given in moved.items()},
        "futures": futures,
        "random_seed": random_seed,
        "code": code_key(),
    }


def refits(
    posterior: Posterior,
    moves: Mapping[str, Moved],
    *,
    futures: int = FUTURES,
    random_seed: int = 1,
    pool: Pool | None = None,
    folder: str | Path | None = None,
    cores: int | None = None,
    progressbar: bool = True,
) -> dict[str, dict[str, Any]]:
    """Fit a model again under each of some other sets of ranges.

    Parameters
    ----------
    posterior : Posterior
        Whose evidence, date and settings are used.
    moves : mapping of str to (mapping of str to Quantiles)
        By a name of small letters and ``_``: other ranges by path.
    futures, random_seed
        Of the simulation.
    pool, folder, progressbar
        As in `sweep`. Default folder: the cache.
    cores : int, optional
        Of each fit.

    Returns
    -------
    dict of str to dict of str to ndarray
        Of those that make a model: parents of moved weights may explain too much. ``condition``,
        ``probability``, ``mcse``, ``checks_passed``, and ``p``, shape (condition, draw), with the
        number of ``chains`` that it consists of.
    """
    spec = posterior.model.spec
    sound = {
        name: moved
        for name, moved in moves.items()
        if not any(True for _ in dynamics_faults(with_ranges(spec, moved)))
    }
    tasks = {
        _name(posterior, name): _task(posterior, moved, futures, random_seed)
        for name, moved in sound.items()
    }
    place = cache_folder() if folder is None else folder
    found = sweep(
        partial(refit_of, cores=cores), tasks, pool=pool, folder=place, progressbar=progressbar
    )
    # Answers that were stored before these refits do not know of them.
    forget_answers(_fit_path(posterior))
    return {name: found[_name(posterior, name)] for name in sound}


def _name(posterior: Posterior, name: str) -> str:
    return f"{posterior.as_of}-{name}"


def _fit_path(posterior: Posterior) -> Path:
    settings = {name: posterior.settings[name] for name in (*_SETTINGS, "store")}
    return fit_path(posterior.model, posterior.as_of, settings)


def group_ranges(posterior: Posterior, group: str, shift: float) -> dict[str, Quantiles]:
    """Return all ranges of a group, each with its centre moved by so many of its own sd."""
    several: list[Judgement] = [item for item in judgements(posterior) if item.group == group]
    return {item.path: item.range.moved(shift) for item in several}


def group_moves(posterior: Posterior) -> dict[str, dict[str, Quantiles]]:
    """Return every group of `MOVED_GROUPS` moved by one sd, down and up, those with any ranges."""
    moves = {
        f"{group}_{side}": group_ranges(posterior, group, shift)
        for group in MOVED_GROUPS
        for side, shift in (("down", -1.0), ("up", 1.0))
    }
    return {name: moved for name, moved in moves.items() if moved}


def kept_groups(
    posterior: Posterior, *, futures: int = FUTURES, random_seed: int = 1
) -> dict[str, dict[str, float]]:
    """Return what refits of moved groups said that were made and kept; nothing is run.

    Returns
    -------
    dict of str to (dict of str to float)
        By group and side, such as ``weights_up``: the probability of every condition. Fits that
        failed their checks are left out.
    """
    if any(name not in posterior.settings for name in (*_SETTINGS, "store")):
        return {}
    # Numbers of NumPy are numbers here, but not in JSON.
    moves = group_moves(posterior)
    tasks = {
        _name(posterior, name): _task(posterior, moved, int(futures), int(random_seed))
        for name, moved in moves.items()
    }
    found = kept_results(refit_of, tasks, cache_folder())
    records = {name: found.get(_name(posterior, name)) for name in moves}
    return {
        name: dict(zip(record["condition"].tolist(), record["probability"].tolist(), strict=True))
        for name, record in records.items()
        if record is not None and record["checks_passed"]
    }
