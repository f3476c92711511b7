"""What to watch: how much each indicator would tell of the conditions over the next months."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median_low
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.arguments import names_of
from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import QueryError, did_you_mean
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import the_language
from withdrawal_risk.language.numbers import in_months, json_number, points
from withdrawal_risk.model.elicitation import Z90
from withdrawal_risk.model.timeline import Month
from withdrawal_risk.queries.answers import About, Answer, about
from withdrawal_risk.queries.results import mcse
from withdrawal_risk.random import generator
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, judge, subjects
from withdrawal_risk.simulation.futures import Futures, simulate
from withdrawal_risk.simulation.probabilities import check_arguments
from withdrawal_risk.simulation.worlds import horizon_window

__all__ = ["WatchList", "told_by", "watch_list"]

Array = NDArray[np.float64]

_FOLDS: Final = 10
_DEGREE: Final = 3
_PERMUTED: Final = 20
_LEADS: Final = 2.0
"""Monte Carlo errors by which one indicator must surpass another to be named alone."""

_COLLINEAR: Final = 1e-10
"""Part of the largest eigenvalue below which powers of a feature are taken to say the same: its values are too few."""


@dataclass(frozen=True, eq=False, repr=False)
class WatchList(Answer):
    """How far each indicator would move the probabilities.

    Parameters
    ----------
    months : int
        It is observed in each of so many future months.
    summary : pandas.DataFrame
        Indexed by ``condition`` and ``indicator``, the most telling first within a condition: ``reduction``, the
        expected fall of the variance of the condition's probability; ``mcse``, its Monte Carlo error; ``floor``, the
        95th percentile of the same figure for values shuffled between draws; ``variance``, what there is to reduce, and ``share``, the part that falls,
        not a number where there is nothing to reduce; ``move``, the typical move of the probability, the root of the
        reduction; ``telling``, whether the reduction lies above the floor and above its own Monte Carlo error at 90 %;
        ``looks``, how many of its observations are published within these months; ``behind``, by how many Monte Carlo
        errors of the difference its reduction lies below that of the first.
    about : About
        The fit.
    """

    months: int
    summary: pd.DataFrame
    about: About

    def label(self, indicator: str, lang: str = "en") -> str:
        """Return the name of an indicator for people."""
        return self.about.label(indicator, lang)

    def sentence(self, lang: str = "en", condition: str = ALL_CONDITIONS) -> str:
        """Say what to watch for one condition in a sentence; ``lang`` is ``en`` or ``ar``.

        Raises
        ------
        QueryError
            For an unknown condition or another language.
        """
        lang = the_language(lang)
        name = self.about.condition(condition, lang)
        table = self.summary.loc[condition]
        best, warning = table[table["telling"]], self.about.warning(lang)
        if best.empty:
            if lang == "ar":
                return f"«{name}»: لا يقول أي مؤشر شيئًا يُذكر خلال {in_months(self.months, lang)}.{warning}"
            return f"{name}: no indicator says anything measurable within {in_months(self.months)}.{warning}"
        # As many as cannot be told from the first are named with it.
        level = best[best["behind"] <= best["behind"].min() + _LEADS]
        size = points(float(level["move"].iloc[0]), lang).replace("+", "")
        names = [self.label(str(indicator), lang) for indicator in level.index]
        if lang == "ar":
            listed = " أو ".join(f"«{label}»" for label in names)
            return f"«{name}»: راقب {listed}؛ فما يُنشر منه خلال {in_months(self.months, lang)} قد يحرّك الاحتمال نحو {size}.{warning}"
        listed = " or ".join(names)
        return f"{name}: watch {listed}; what is published within {in_months(self.months)} would move the probability by about {size}.{warning}"

    def to_dict(self) -> dict[str, Any]:
        """Return the list as JSON-ready data."""
        return {
            "months": self.months,
            "checks_passed": self.about.checks_passed,
            "conditions": {
                str(condition): {
                    str(name): {str(k): bool(v) if k == "telling" else json_number(v) for k, v in row.items()}
                    for name, row in self.summary.loc[[condition]].droplevel(0).iterrows()
                }
                for condition in self.summary.index.unique(0)
            },
        }


def told_by(target: Array, features: Array) -> Array:
    """Return, draw by draw, how much less the squared error of a target is once features are known.

    A polynomial is fitted to other draws than those it is judged on, so that the mean, the expected reduction of
    the variance, is not flattered by the fit (regression estimator: Strong, Oakley and Brennan, Medical Decision
    Making 34, 2014).

    Parameters
    ----------
    target : ndarray, shape (draw,) or (draw, condition)
        A conditional expectation, such as P(condition | draw); never an outcome of 0 or 1. So is the answer shaped.
    features : ndarray, shape (draw, feature)
        The first is given powers up to the third.
    """
    sd = features.std(axis=0)
    standard = (features - features.mean(axis=0)) / np.where(sd > 0, sd, 1.0)
    basis = np.column_stack(
        [np.ones(len(target)), *(standard[:, 0] ** d for d in range(1, _DEGREE + 1)), standard[:, 1:]]
    )
    gain = np.empty(target.shape)
    ends = np.arange(_FOLDS + 1) * len(target) // _FOLDS
    folds = [slice(begin, end) for begin, end in pairwise(ends)]
    # Products are summed once a fold, and those of the other folds are all of them less its own.
    squares = np.array([basis[fold].T @ basis[fold] for fold in folds])
    moments = np.array([basis[fold].T @ target[fold] for fold in folds])
    totals = np.array([target[fold].sum(axis=0) for fold in folds])
    for k, fold in enumerate(folds):
        rest = [part.sum(axis=0) - part[k] for part in (squares, moments, totals)]
        coefficients = np.linalg.lstsq(rest[0], rest[1], rcond=_COLLINEAR)[0]
        usual = rest[2] / (len(target) - (fold.stop - fold.start))
        gain[fold] = (target[fold] - usual) ** 2 - (target[fold] - basis[fold] @ coefficients) ** 2
    return gain


def _features(family: str, value: Array) -> Array:
    """Return what a regression sees of an indicator's months, shape (draw, feature): their mean and the last."""
    if family == "count":
        value = np.log1p(value)
    elif family == "lognormal":
        value = np.log(value)
    elif family == "share":
        value = np.log(value / (1 - value))
    mean = value.mean(axis=1)
    return np.column_stack([mean, value[:, -1] - mean]) if value.shape[1] > 1 else mean[:, None]


def publication(posterior: Posterior, indicator: str) -> tuple[int, int]:
    """Return how many months an indicator's figures cover and how long after these they are published, as a rule.

    Both are medians over its evidence, the lower one of two; an indicator without evidence is taken to speak of single
    months and to be known at once.
    """
    rows = [row for row in posterior.model.evidence if row.indicator == indicator]
    if not rows:
        return 1, 0
    span = median_low(len(row.months()) for row in rows)
    return span, max(median_low(row.published - Month.of(row.end.last) for row in rows), 0)


def _published_within(posterior: Posterior, indicator: str, months: int) -> list[int]:
    """Return which of the coming months, from 0, an indicator has shown by the end of the last of them."""
    span, delay = publication(posterior, indicator)
    return list(range(span - 1, months - delay, span))


def watch_list(
    posterior: Posterior,
    *,
    months: int = 3,
    indicators: Sequence[str] | None = None,
    futures: int = 32,
    random_seed: int = 1,
) -> WatchList:
    """Rank the indicators by how far seeing them would move the probabilities.

    In every draw the next months happen once, with what each indicator shows, and many futures follow from there:
    the share of them in which a condition holds is its probability once those months are known. How much of that
    probability's variance an indicator's values explain is what it would tell. Only what is published by then counts: an
    indicator's delay and the span of its figures are those of its evidence (see `publication`).

    Parameters
    ----------
    posterior : Posterior
    months : int
        Future months from which figures are watched; an indicator of months shows one plain observation in each that is
        published within them, one of quarters or years one in the last month of each span.
    indicators : sequence of str, optional
        Which; all of them where absent.
    futures : int
        That follow in each draw.
    random_seed : int

    Raises
    ------
    QueryError
        For an unknown indicator, or months that do not end before the horizon.
    """
    check_arguments(posterior, futures=futures, random_seed=random_seed, months=months)
    frame, spec = posterior.frame, posterior.model.spec
    ahead = spec.time.horizon - posterior.as_of
    if not 1 <= months < ahead:
        raise QueryError(f"months is {months}; the observed months must be 1 to {ahead - 1}, before the horizon")
    names = frame.coords["indicator"]
    asked = names if indicators is None else list(names_of(indicators, "indicators"))
    if not names:
        raise QueryError("the model has no indicators to watch; add them to its file")
    if not asked or len(set(asked)) < len(asked):
        raise QueryError(
            f"indicators are {asked}; name at least one, each once, of {', '.join(names) or 'none there are'}"
        )
    for name in asked:
        if name not in names:
            raise QueryError(f"{quoted(name)} is not an indicator; {did_you_mean(name, names)}")
    chosen = [names.index(name) for name in asked]
    now = horizon_window(posterior).index(posterior.as_of)
    trees = [condition.tree for condition in spec.conditions.values()]
    wanted = sorted({*subjects(posterior, trees), *(int(frame.measured[k]) for k in chosen)})

    def known(several: Iterator[Futures]) -> tuple[Array, Array]:
        some = next(several)
        probability = np.array([truth.mean(axis=1) for truth in judge(posterior, some).values()])
        return probability, np.array([some.value(frame, k, now + 1, now + months)[:, :, 0] for k in chosen])

    seen_months = {k: _published_within(posterior, names[k], months) for k in chosen}

    found = simulate(posterior, known, futures=futures, random_seed=random_seed, factors=wanted, common=months)
    p, seen = (np.concatenate(several, axis=1) for several in zip(*found, strict=True))
    rows, by_draw = [], {}
    for k, values in zip(chosen, seen, strict=True):
        gains, floors = np.zeros(p.T.shape), np.zeros(len(p))
        if seen_months[k]:
            features = _features(frame.indicators[k][1].family, values[:, seen_months[k]])
            rng = generator(random_seed, "permuted", names[k])
            shuffled = (features[rng.permutation(len(features))] for _ in range(_PERMUTED))
            floors = np.quantile([told_by(p.T, other).mean(axis=0) for other in shuffled], 0.95, axis=0)
            gains = told_by(p.T, features)
        told = zip([*spec.conditions, ALL_CONDITIONS], p, gains.T, map(float, floors), strict=True)
        for condition, target, gain, floor in told:
            reduction = float(gain.mean())
            # What finitely many futures add to the spread is not there to be explained.
            variance = float(target.var() - (target * (1 - target)).mean() / (futures - 1))
            error = mcse(gain, None, posterior.chains)
            by_draw[condition, names[k]] = gain
            rows.append({
                "condition": condition, "indicator": names[k], "reduction": reduction,
                "mcse": error, "floor": floor, "variance": max(variance, 0.0), "share": reduction / variance if variance > 0 else np.nan,
                "move": max(reduction, 0.0) ** 0.5, "telling": reduction > max(floor, Z90 * error),
                "looks": len(seen_months[k]),
            })  # fmt: skip
    table = pd.DataFrame(rows)
    order = {name: place for place, name in enumerate([*spec.conditions, ALL_CONDITIONS])}
    table = table.sort_values(["condition", "reduction"], key=lambda c: c.map(order) if c.name == "condition" else -c)
    table = table.set_index(["condition", "indicator"])
    first = {condition: table.loc[condition].index[0] for condition in order}

    def behind(condition: str, indicator: str) -> float:
        gap = by_draw[condition, first[condition]] - by_draw[condition, indicator]
        error = mcse(gap, None, posterior.chains)
        return float(gap.mean() / error) if error > 0 else 0.0

    return WatchList(months, table.assign(behind=[behind(*key) for key in table.index]), about(posterior))
