"""What to watch: how informative each indicator is over the next months."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median_low
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.arguments import names_of
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.elicitation import Z90
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.families import family_of
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import in_months, json_number, size_in_points
from withdrawal_risk.queries.answers import About, Answer, about
from withdrawal_risk.queries.results import mcse
from withdrawal_risk.random import generator
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, Evaluator, subjects
from withdrawal_risk.simulation.futures import Futures, simulate_common
from withdrawal_risk.simulation.probabilities import check_arguments
from withdrawal_risk.simulation.worlds import horizon_window

__all__ = [
    "WatchList",
    "chosen_indicators",
    "explained_variance",
    "publication",
    "watch_list",
    "watch_lists",
]

Array = NDArray[np.float64]

_FOLDS: Final = 10
"""Parts into which the draws are divided for cross-validation."""

_DEGREE: Final = 3
"""Of the polynomials by which indicators explain a probability."""

_PERMUTED: Final = 20
"""Permutations that show how much noise alone explains."""

_LEADS: Final = 2.0
"""Monte Carlo errors by which one indicator must surpass another to be named alone."""

_COLLINEAR: Final = 1e-10
"""Part of the largest eigenvalue below which powers of a feature are taken to say the same: its
values are too few."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class WatchList(Answer):
    """How far each indicator would move the probabilities.

    Parameters
    ----------
    months : int
        It is observed in each of so many future months.
    summary : pandas.DataFrame
        Indexed by ``condition`` and ``indicator``, the most informative first within a condition:
        ``reduction``, the expected fall of the variance of the condition's probability; ``mcse``,
        its Monte Carlo error; ``floor``, the 95th percentile of that fall for values shuffled
        between draws; ``variance``, what there is to reduce, and ``share``, the part that falls,
        not a number where there is nothing to reduce; ``move``, the typical move of the
        probability, the root of the reduction; ``informative``, whether the reduction lies above
        the floor and above its own Monte Carlo error at 90 %; ``looks``, how many of its
        observations are published within these months; ``behind``, by how many Monte Carlo errors
        of the difference its reduction lies below that of the first.
    about : About
        The fit.
    draws : int, optional
        How many draws were used, where not all of them.

    Examples
    --------
    >>> wr.watch_list(posterior, months=1).label("incidents")
    'Incidents'
    """

    months: int
    summary: pd.DataFrame
    about: About
    draws: int | None = None

    def label(self, indicator: str, lang: str = "en") -> str:
        """Return the name of an indicator for people."""
        return self.about.label(indicator, lang)

    def sentence(self, lang: str = "en", condition: str = ALL_CONDITIONS) -> str:
        """Say what to watch for one condition in a sentence.

        Parameters
        ----------
        lang : {"en", "ar"}
        condition : str
            Default: all conditions together.

        Raises
        ------
        ArgumentError
            For an unknown condition or another language.
        """
        words, name = words_of(lang), self.about.condition(condition, lang)
        table = self.summary.loc[condition]
        best, months = table[table["informative"]], in_months(self.months, lang)
        if best.empty:
            text = words.say("watch_none", name=name, months=months)
        else:
            # Those that cannot be distinguished from the first are named with it.
            tied = best[best["behind"] <= best["behind"].min() + _LEADS]
            text = words.say(
                "watch",
                name=name,
                indicators=words.one_of(self.label(str(name), lang) for name in tied.index),
                months=months,
                size=size_in_points(float(tied["move"].iloc[0]), lang),
            )
        return text + self.about.warning(lang)

    def to_dict(self) -> dict[str, Any]:
        """Return the list as JSON-ready data."""
        return {
            "months": self.months,
            "checks_passed": self.about.checks_passed,
            "conditions": {
                str(condition): {
                    str(name): {
                        str(k): bool(v) if k == "informative" else json_number(v)
                        for k, v in row.items()
                    }
                    for name, row in self.summary.loc[[condition]].droplevel(0).iterrows()
                }
                for condition in self.summary.index.unique(0)
            },
        }


def explained_variance(target: Array, features: Array) -> Array:
    """Return, draw by draw, how much features reduce the squared error of a target.

    The mean is the expected reduction of the variance. A polynomial is fitted to other draws than
    those it is evaluated on, so that the mean is not flattered by the fit (regression estimator:
    Strong, Oakley and Brennan, Medical Decision Making 34, 2014).

    Parameters
    ----------
    target : ndarray, shape (draw,) or (draw, condition)
        A conditional expectation, such as P(condition | draw); never an outcome of 0 or 1. So is
        the answer shaped.
    features : ndarray, shape (draw, feature)
        The first is given powers up to the third.
    """
    return _Target(target).explained_by(_basis(features))


def _basis(features: Array) -> Array:
    """Return what a polynomial of features is made of, (draw, term)."""
    sd = features.std(axis=0)
    standard = (features - features.mean(axis=0)) / np.where(sd > 0, sd, 1.0)
    powers = (standard[:, 0] ** d for d in range(1, _DEGREE + 1))
    return np.column_stack([np.ones(len(features)), *powers, standard[:, 1:]])


class _Target:
    """What features are to explain, with all that is the same whatever they are.

    Parameters
    ----------
    value : ndarray, shape (draw,) or (draw, condition)
    """

    def __init__(self, value: Array) -> None:
        self.value = value
        # Draws in a row are alike, so a fold is a stretch of them: scattered folds would have near
        # copies of their draws among those the fit sees.
        ends = np.arange(_FOLDS + 1) * len(value) // _FOLDS
        self.folds = [slice(begin, end) for begin, end in pairwise(ends)]
        # The mean of all draws outside the fold is the guess without features.
        totals = np.array([value[fold].sum(axis=0) for fold in self.folds])
        self.unexplained, total = np.empty(value.shape), totals.sum(axis=0)
        for k, fold in enumerate(self.folds):
            usual = (total - totals[k]) / (len(value) - (fold.stop - fold.start))
            self.unexplained[fold] = (value[fold] - usual) ** 2

    def explained_by(self, basis: Array) -> Array:
        """Return what `explained_variance` does, of features as `_basis` returns them.

        Parameters
        ----------
        basis : ndarray, shape (..., draw, term)
            Of one set of features, or of several at once.
        """
        target = self.value.reshape(len(self.value), -1)
        gain = np.empty((*basis.shape[:-1], target.shape[1]))
        turned = np.swapaxes(basis, -1, -2)
        # Products are summed once a fold, and those of the other folds are all of them less its
        # own: normal equations of all draws outside the fold.
        squares = np.array([turned[..., fold] @ basis[..., fold, :] for fold in self.folds])
        moments = np.array([turned[..., fold] @ target[fold] for fold in self.folds])
        square, moment = squares.sum(axis=0) - squares, moments.sum(axis=0) - moments
        # Least squares of all folds at once; of collinear terms it takes the smallest coefficients.
        coefficients = np.linalg.pinv(square, rcond=_COLLINEAR, hermitian=True) @ moment
        for fold, one in zip(self.folds, coefficients, strict=True):
            missed = target[fold] - basis[..., fold, :] @ one
            gain[..., fold, :] = self.unexplained[fold].reshape(missed.shape[-2:]) - missed**2
        return gain.reshape(*basis.shape[:-1], *self.value.shape[1:])


def _features(value: Array) -> Array:
    """Return what a regression sees of an indicator's months: their mean, and the last month.

    Parameters
    ----------
    value : ndarray, shape (draw, month)
        As `Family.feature` returns it.

    Returns
    -------
    ndarray, shape (draw, feature)
    """
    # Beside the mean, this distance says the same as the last month and is less collinear.
    mean = value.mean(axis=1)
    return np.column_stack([mean, value[:, -1] - mean]) if value.shape[1] > 1 else mean[:, None]


def publication(posterior: Posterior, indicator: str) -> tuple[int, int]:
    """Return how many months an indicator's values cover, and after how many they are published.

    Both are medians over its evidence, the lower one of two; an indicator without evidence is
    taken to be about single months and to be known at once.
    """
    rows = [row for row in posterior.model.evidence if row.indicator == indicator]
    if not rows:
        return 1, 0
    span = median_low(len(row.months()) for row in rows)
    return span, max(median_low(row.published - Month.of(row.end.last) for row in rows), 0)


def _published_within(posterior: Posterior, indicator: str, months: int) -> list[int]:
    """Return which of the next months, from 0, an indicator shows by the end of the last."""
    span, delay = publication(posterior, indicator)
    # A value stands at the last month of its span, the first span beginning with the first future
    # month. It is out `delay` months later, which must still be among the months.
    return list(range(span - 1, months - delay, span))


def watch_list(
    posterior: Posterior,
    *,
    months: int = 3,
    indicators: Sequence[str] | None = None,
    draws: int | None = None,
    futures: int = 32,
    random_seed: int = 1,
) -> WatchList:
    """Rank the indicators by how far observing them would move the probabilities.

    In every draw the next months happen once, with what each indicator shows, and many futures
    follow from there: the share of them in which a condition holds is its probability once those
    months are known. How much of that probability's variance an indicator's values explain says
    how informative it is. Only what is published by then counts: an indicator's delay and the
    span of its values are those of its evidence (see `publication`).

    Parameters
    ----------
    posterior : Posterior
    months : int
        Future months that are watched. An indicator of months shows one plain observation in each
        that is published within them, one of quarters or years one in the last month of each
        span.
    indicators : sequence of str, optional
        Which. Default: all.
    draws : int, optional
        Posterior draws used, evenly spaced, of which is all that is told: reductions of fewer draws
        have larger errors and floors. Default: all.
    futures : int
        That follow in each draw, at least 2; more than in other questions, because their spread
        is noise here.
    random_seed : int
        Of the futures.

    Returns
    -------
    WatchList

    Raises
    ------
    ArgumentError
        For an unknown indicator, or months that do not end before the horizon.

    Examples
    --------
    >>> result = wr.watch_list(posterior, months=2)
    >>> result.summary.loc["calm"].index[0] in posterior.model.spec.indicators
    True
    """
    (found,) = watch_lists(
        posterior,
        months=[months],
        indicators=indicators,
        draws=draws,
        futures=futures,
        random_seed=random_seed,
    )
    return found


def watch_lists(
    posterior: Posterior,
    *,
    months: Sequence[int],
    indicators: Sequence[str] | None = None,
    draws: int | None = None,
    futures: int = 32,
    random_seed: int = 1,
) -> list[WatchList]:
    """Return the watch lists of several spans of months, each as `watch_list` returns it.

    Together they take little more time than the longest alone.
    """
    for span in months:
        check_arguments(posterior, futures=futures, random_seed=random_seed, months=span)
    if draws is not None:
        check_arguments(posterior, draws=draws)
    frame, spec = posterior.frame, posterior.model.spec
    ahead = spec.time.horizon - posterior.as_of
    for span in months:
        if not 1 <= span < ahead:
            raise ArgumentError(
                f"months is {span}; the observed months must be 1 to {ahead - 1}, before the "
                "horizon"
            )
    names = frame.coords["indicator"]
    chosen = [names.index(name) for name in chosen_indicators(names, indicators)]
    now = horizon_window(posterior).index(posterior.as_of)
    trees = [condition.tree for condition in spec.conditions.values()]
    wanted = sorted({*subjects(posterior, trees), *(int(frame.measured[k]) for k in chosen)})
    evaluator, longest = Evaluator(posterior), max(months)
    # Of every indicator the months, from 0, that are published within any of the spans.
    published = {
        k: sorted({t for span in months for t in _published_within(posterior, names[k], span)})
        for k in chosen
    }

    def known(several: Iterator[Futures]) -> tuple[Array, Array]:
        probabilities, values = [], np.empty(0)
        # The watched months are common to all futures of a draw. So the share of its futures is the
        # probability given these months, and the values in them are those of any future, here the
        # first. Those of a shorter span are the first of the longest.
        for some in several:
            probabilities.append([truth.mean(axis=1) for truth in evaluator(some).values()])
            if some.part.common == longest:
                values = np.array(
                    [_shown(some, k, now + 1, longest, looks) for k, looks in published.items()]
                )
        return np.array(probabilities), values

    results = simulate_common(
        posterior,
        known,
        common=months,
        futures=futures,
        random_seed=random_seed,
        factors=wanted,
        draws=draws,
    )
    probabilities, values = zip(*results, strict=True)
    p, seen = np.concatenate(probabilities, axis=2), np.concatenate(values, axis=1)
    used = p.shape[2]
    return [
        WatchList(
            months=span,
            summary=_summary(posterior, chosen, span, probability, seen, futures, random_seed),
            about=about(posterior),
            draws=used if used < posterior.count() else None,
        )
        for span, probability in zip(months, p, strict=True)
    ]


def _shown(some: Futures, indicator: int, first: int, months: int, looks: Sequence[int]) -> Array:
    """Return what an indicator shows in a draw's first future, (draw, month).

    Not a number in months after ``first`` that are not among its ``looks``.
    """
    values = np.full((some.shape[0], months), np.nan)
    # Months in a row are simulated together.
    for _, row in groupby(enumerate(looks), key=lambda look: look[1] - look[0]):
        (_, begin), *more = row
        end = begin + len(more)
        values[:, begin : end + 1] = some.value(indicator, first + begin, first + end)[:, :, 0]
    return values


def _summary(
    posterior: Posterior,
    chosen: Sequence[int],
    months: int,
    p: Array,
    seen: Array,
    futures: int,
    random_seed: int,
) -> pd.DataFrame:
    """Return what the indicators say within so many months.

    Parameters
    ----------
    chosen : sequence of int
        Positions of the indicators.
    p : ndarray, shape (condition, draw)
        Probabilities once these months are known.
    seen : ndarray, shape (indicator, draw, month)
        What the indicators show, in as many months or more.
    """
    frame, spec = posterior.frame, posterior.model.spec
    names = frame.coords["indicator"]
    conditions = [*spec.conditions, ALL_CONDITIONS]
    rows, by_draw, target = [], {}, _Target(p.T)
    for k, values in zip(chosen, seen, strict=True):
        published = _published_within(posterior, names[k], months)
        gains, floors = np.zeros(p.T.shape), np.zeros(len(p))
        if published:
            feature = family_of(frame.indicators[k][1]).feature(values[:, published])
            basis = _basis(_features(feature))
            gains = target.explained_by(basis)
            floors = _noise_floor(target, basis, generator(random_seed, "permuted", names[k]))
        for condition, of_draws, gain, floor in zip(conditions, p, gains.T, floors, strict=True):
            by_draw[condition, names[k]] = gain
            rows.append(
                {
                    "condition": condition,
                    "indicator": names[k],
                    **_row(of_draws, gain, float(floor), futures, posterior.chains),
                    "looks": len(published),
                }
            )
    return _ranked(pd.DataFrame(rows), conditions, by_draw, posterior.chains)


def chosen_indicators(names: Sequence[str], indicators: Sequence[str] | None) -> list[str]:
    """Return the indicators that are asked for."""
    if not names:
        raise ArgumentError("the model has no indicators to watch; add them to its file")
    asked = list(names) if indicators is None else list(names_of(indicators, "indicators"))
    if not asked or len(set(asked)) < len(asked):
        raise ArgumentError(
            f"indicators are {asked}; name at least one, each once, of {', '.join(names)}"
        )
    for name in asked:
        if name not in names:
            raise ArgumentError(f"{quoted(name)} is not an indicator; {did_you_mean(name, names)}")
    return asked


def _noise_floor(target: _Target, basis: Array, rng: np.random.Generator) -> Array:
    """Return the 95th percentile of the reduction for features shuffled between draws."""
    shuffled = np.array([basis[rng.permutation(len(basis))] for _ in range(_PERMUTED)])
    gains = target.explained_by(shuffled).mean(axis=1)
    return np.asarray(np.quantile(gains, 0.95, axis=0))


def _row(target: Array, gain: Array, floor: float, futures: int, chains: int) -> dict[str, Any]:
    """Return what an indicator says of one condition."""
    reduction, error = float(gain.mean()), mcse(gain, None, chains)
    # What finitely many futures add to the spread cannot be explained.
    variance = float(target.var() - (target * (1 - target)).mean() / (futures - 1))
    return {
        "reduction": reduction,
        "mcse": error,
        "floor": floor,
        "variance": max(variance, 0.0),
        "share": reduction / variance if variance > 0 else np.nan,
        "move": max(reduction, 0.0) ** 0.5,
        "informative": reduction > max(floor, Z90 * error),
    }


def _ranked(
    table: pd.DataFrame,
    conditions: Sequence[str],
    by_draw: Mapping[tuple[str, str], Array],
    chains: int,
) -> pd.DataFrame:
    """Return a table with the most informative indicator first within each condition."""
    order = {name: place for place, name in enumerate(conditions)}
    table = table.sort_values(
        ["condition", "reduction"], key=lambda c: c.map(order) if c.name == "condition" else -c
    ).set_index(["condition", "indicator"])
    first = {condition: table.loc[condition].index[0] for condition in order}

    def behind(condition: str, indicator: str) -> float:
        # Paired by draw: both explain the same probabilities, so much of their noise is common.
        gap = by_draw[condition, first[condition]] - by_draw[condition, indicator]
        error = mcse(gap, None, chains)
        return float(gap.mean() / error) if error > 0 else 0.0

    return table.assign(behind=[behind(*key) for key in table.index])
