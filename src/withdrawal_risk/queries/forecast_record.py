"""What a forecast says, in full, as it is written down on the day."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from withdrawal_risk.elements.conditions import Tree, placed_clauses
from withdrawal_risk.elements.timeline import Month, month_range
from withdrawal_risk.families import family_of
from withdrawal_risk.inference.cache import code_key
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.language.numbers import json_number
from withdrawal_risk.ledger.chain import keep
from withdrawal_risk.ledger.forecasts import SETTINGS
from withdrawal_risk.model.clauses import origin
from withdrawal_risk.model.document import dotted
from withdrawal_risk.queries.answers import about
from withdrawal_risk.queries.clause_wording import clause_in_words, tree_in_words
from withdrawal_risk.queries.outlook import outlook
from withdrawal_risk.queries.results import mcse
from withdrawal_risk.scoring import scores
from withdrawal_risk.scoring.forecasts import forecasts_of
from withdrawal_risk.scoring.past import forecasts_from_the_past, histories
from withdrawal_risk.scoring.predictive import Predictive
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, tree_in
from withdrawal_risk.simulation.probabilities import of_trees

__all__ = ["LEVELS", "MEMBERS", "forecast_content"]

LEVELS: Final = tuple(round(0.01 * k, 2) for k in range(1, 100))
"""Of the quantiles that are written down."""

MEMBERS: Final = 2
"""Futures of each draw behind them."""

_LEAST_MONTHS: Final = 12
"""Months that an indicator's own past must have, for baselines to be written down."""

_DIGITS: Final = 5


def forecast_content(
    posterior: Posterior, folder: str | Path, *, ci_prob: float, futures: int, random_seed: int
) -> dict[str, Any]:
    """Return what is written down of a fit; its two files are kept beside the entries.

    Parameters
    ----------
    posterior : Posterior
    folder : str or Path
        Of the track record.
    ci_prob : float
    futures, random_seed : int
        As in `outlook`.
    """
    from withdrawal_risk import __version__

    model, spec = posterior.model, posterior.model.spec
    asked = {"futures": futures, "random_seed": random_seed}
    answer = outlook(posterior, ci_prob=ci_prob, **asked)
    said = answer.to_dict()
    conditions = {
        name: {
            "label": item.label.model_dump(exclude_none=True),
            "question": tree_in_words(spec, item.tree, "en"),
        }
        | said["conditions"][name]
        | {"clauses": _clauses(posterior, item.tree, **asked)}
        for name, item in spec.conditions.items()
    }
    return {
        "model": model.id,
        "title": spec.title.model_dump(exclude_none=True),
        "as_of": str(posterior.as_of),
        "horizon": str(spec.time.horizon),
        "texts": {
            ".yaml": keep(folder, model.model_text, ".yaml"),
            ".csv": keep(folder, model.evidence_text or "", ".csv"),
        },
        "code": code_key(),
        "version": __version__,
        "settings": {name: posterior.settings[name] for name in SETTINGS} | asked,
        "failed_checks": list(about(posterior).failed),
        "diagnostics": said["diagnostics"],
        "conditions": conditions,
        ALL_CONDITIONS: {
            "label": {lang: words.names["all_conditions"] for lang, words in LANGUAGES.items()},
            "question": tree_in_words(spec, tree_in(spec, ALL_CONDITIONS), "en"),
        }
        | said[ALL_CONDITIONS],
        "levels": list(LEVELS),
        "indicators": _indicators(posterior, random_seed),
    }


def _clauses(
    posterior: Posterior, tree: Tree, *, futures: int, random_seed: int
) -> list[dict[str, Any]]:
    """Return every clause by itself: what it asks, who answers it, how probable it is."""
    spec, leaves = posterior.model.spec, list(placed_clauses(tree, ()))
    trees = {dotted(place): clause for place, clause in leaves}
    found = of_trees(posterior, trees, futures=futures, random_seed=random_seed)
    return [
        {
            "place": place,
            "question": clause_in_words(spec, clause, "en"),
            "answered_by": origin(spec, clause),
            "probability": float(found.value[0, k].mean()),
            "mcse": mcse(found.value[0, k], None, posterior.chains),
        }
        for k, (place, clause) in enumerate(trees.items())
    ]


def _indicators(posterior: Posterior, random_seed: int) -> dict[str, Any]:
    """Return the forecast of every indicator in every month that is not known yet."""
    spec, frame, as_of = posterior.model.spec, posterior.frame, posterior.as_of
    evidence, names = posterior.model.evidence, [name for name, _ in frame.indicators]
    pasts = histories(frame, evidence, as_of, names)
    known = {name: {Month(int(n)) for n in past.months} for name, past in pasts.items()}
    cells = [
        (name, month)
        for name in names
        for month in month_range(as_of, spec.time.horizon)
        if month not in known[name]
    ]
    first = posterior.stored_months.first
    own = forecasts_of(
        posterior,
        [(names.index(name), month - first) for name, month in cells],
        futures=MEMBERS,
        random_seed=random_seed,
    )
    long = {name: past for name, past in pasts.items() if len(past.values) >= _LEAST_MONTHS}
    places = [cell for cell in cells if cell[0] in long]
    beside = forecasts_from_the_past(long, places, as_of, random_seed)
    indicators: dict[str, Any] = {}
    for (name, month), forecast in zip(cells, own, strict=True):
        item = spec.indicators[name]
        entry = indicators.setdefault(
            name,
            {
                "label": item.label.model_dump(exclude_none=True),
                "scale": _scale(item),
                "last_known": str(max(known[name])) if known[name] else None,
                "months": {},
            },
        )
        entry["months"][str(month)] = {"model": _written(item, forecast)}
    for method, forecasts in beside.items():
        for (name, month), past in zip(places, forecasts, strict=True):
            if past is not None:
                written = _written(spec.indicators[name], past)
                indicators[name]["months"][str(month)][method] = written
    return indicators


def _scale(item: Any) -> str:
    """Say what is written of a forecast: quantiles, or the probability of each category."""
    family = family_of(item)
    discrete = family.has_categories or family.axis == "probability"
    return "categories" if discrete else "quantiles"


def _written(item: Any, forecast: Predictive) -> list[float]:
    """Return a forecast's quantiles, or the probabilities of its categories (no and yes)."""
    family = family_of(item)
    if _scale(item) == "categories":
        count = len(item.categories) if family.has_categories else 2
        counted = np.bincount(forecast.samples.astype(int), minlength=count)
        return [_short(share) for share in counted / counted.sum()]
    return [_short(value) for value in scores.quantile(forecast.samples[None], LEVELS)[0]]


def _short(value: float) -> float:
    """Return a number with five digits; whole numbers without a decimal point."""
    number = float(f"{json_number(float(value)):.{_DIGITS}g}")
    return int(number) if number.is_integer() else number
