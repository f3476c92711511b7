"""One origin of a back test: what each method forecast there, and its scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.cores import at_most
from withdrawal_risk.elements.timeline import Month, Window
from withdrawal_risk.families import Family, family_of
from withdrawal_risk.inference.fit import fit
from withdrawal_risk.inference.parameters import Frame, build_frame
from withdrawal_risk.model.library import Model, read_once
from withdrawal_risk.random import generator
from withdrawal_risk.scoring.baselines import History
from withdrawal_risk.scoring.evaluation import MEASURES, evaluated
from withdrawal_risk.scoring.forecasts import forecasts_of
from withdrawal_risk.scoring.known import Outcome, as_known, outcomes
from withdrawal_risk.scoring.past import forecasts_from_the_past, histories
from withdrawal_risk.scoring.predictive import Predictive
from withdrawal_risk.scoring.structures import STRUCTURES, without_edges

__all__ = ["COLUMNS", "SOURCES", "due", "scored_origin"]

Array = NDArray[np.float64]

SOURCES: Final = (*STRUCTURES, "past")
"""What is worked out at an origin: a fit of one structure, or the indicators' own past."""

_ABOUT: Final = ("method", "indicator", "month", "lead", "row", "observed", "threshold")
COLUMNS: Final = (
    *_ABOUT,
    *("mean", "q05", "q25", "q50", "q75", "q95", "probability", "event"),
    *MEASURES,
)
"""Of a row, after its origin."""


def due(found: Iterable[Outcome], origin: Month, leads: int) -> list[Outcome]:
    """Return the observations that an origin is held against: not known then, and near enough.

    Lead 0 is the month of the origin itself.
    """
    return [one for one in found if one.published > origin and 0 <= one.month - origin <= leads]


def scored_origin(task: Mapping[str, Any], cores: int | None = None) -> dict[str, Any]:
    """Work out the forecasts of one source at one origin, and score them.

    Parameters
    ----------
    task : mapping
        ``model`` and ``evidence``, the texts of the files; ``origin``, ``data``, ``leads``,
        ``source`` (one of `SOURCES`), ``fit``, ``futures``, ``random_seed``; and ``code``, the
        digest of the library.
    cores : int, optional
        As in `fit`.

    Returns
    -------
    dict of str to ndarray
        The columns of all rows; ``rhat_max``, ``ess_min`` and ``divergences`` of a fit.
    """
    whole = read_once(task["model"], task["evidence"])
    origin = Month.read(task["origin"])
    cells = due(outcomes(whole, task["data"]), origin, task["leads"])
    known = as_known(whole, origin, task["data"], max(task["leads"], 1))
    frame = build_frame(known, Window(known.spec.time.start, origin))
    pasts = histories(frame, known.evidence, known.as_of, (one.indicator for one in cells))
    diagnostics: dict[str, Any] = {}
    forecasts: Mapping[str, Sequence[Predictive | None]]
    if task["source"] == "past":
        places = [(one.indicator, one.month) for one in cells]
        forecasts = forecasts_from_the_past(pasts, places, origin, task["random_seed"])
    else:
        if task["source"] != "model":
            known = without_edges(known, matched=task["source"] == "without_edges_matched")
        forecasts, diagnostics = _from_a_fit(known, cells, task, cores)
    rows = [
        _row(name, one, predictive, pasts[one.indicator], frame, origin, task["random_seed"])
        for name, predictions in forecasts.items()
        for one, predictive in zip(cells, predictions, strict=True)
        if predictive is not None
    ]
    return {name: np.array([row[name] for row in rows]) for name in COLUMNS} | diagnostics


def _from_a_fit(
    known: Model, cells: list[Outcome], task: Mapping[str, Any], cores: int | None
) -> tuple[dict[str, list[Predictive]], dict[str, Any]]:
    """Return the forecasts of a fit, of the model's own also those of its prior."""
    posterior = fit(known, cores=cores, progressbar=False, **task["fit"])
    place = {name: k for k, (name, _) in enumerate(posterior.frame.indicators)}
    first = posterior.stored_months.first
    positions = [(place[one.indicator], one.month - first) for one in cells]
    groups = {task["source"]: "posterior"}
    if task["source"] == "model":
        groups["prior"] = "prior"
    asked = {"futures": task["futures"], "random_seed": task["random_seed"]}
    # The simulation of futures has threads of its own, which are to obey the same limit.
    with at_most(cores):
        forecasts = {
            name: forecasts_of(posterior, positions, group=group, **asked)  # type: ignore[arg-type]
            for name, group in groups.items()
        }
    diagnostics = posterior.settings["diagnostics"]
    return forecasts, {name: diagnostics[name] for name in ("rhat_max", "ess_min", "divergences")}


def _row(
    name: str,
    one: Outcome,
    predictive: Predictive,
    past: History,
    frame: Frame,
    origin: Month,
    random_seed: int,
) -> dict[str, Any]:
    """Return the scores of one forecast.

    All methods are asked about the same events, which follow from the months that were known: above
    their middle, and the tail above nine tenths of them.
    """
    k = frame.coords["indicator"].index(one.indicator)
    family = family_of(frame.indicators[k][1])
    uniform = generator(random_seed, "pit", name, one.indicator, str(origin), str(one.month))
    middle, tail = _events(family, past)
    numbers = evaluated(
        predictive.samples[None],
        np.array([one.value]),
        log_density=np.array([predictive.log_density(one.value)]),
        event=np.array([middle]),
        threshold=np.array([tail]),
        categories=len(frame.categories(k)) or None,
        amounts=family.axis not in ("probability", "categories"),
        uniform=uniform.random(1),
    )
    return {
        "method": name,
        "indicator": one.indicator,
        "month": str(one.month),
        "lead": one.month - origin,
        "row": one.row,
        "observed": one.value,
        "threshold": tail,
        **{key: float(value[0]) for key, value in numbers.items()},
    }


def _events(family: Family[Any], past: History) -> tuple[float, float]:
    """Return above which value an event happens, and where the upper tail begins."""
    if family.axis == "probability":
        return 0.5, np.nan
    if not len(past.values):
        return np.nan, np.nan
    middle = float(np.quantile(past.values, 0.5, method="inverted_cdf"))
    if family.has_categories:
        return middle, np.nan
    return middle, float(np.quantile(past.values, 0.9, method="inverted_cdf"))
