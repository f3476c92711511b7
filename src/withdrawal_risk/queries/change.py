"""What moved the outlook between two dates, split over the evidence that came in."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.errors import QueryError
from withdrawal_risk.inference.alignment import published_months, published_spans
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.model.spec import clauses
from withdrawal_risk.model.timeline import Month
from withdrawal_risk.queries.conditions import ALL_CONDITIONS, OF_SPANS, judge_tree, months_of, subjects, tree_of
from withdrawal_risk.queries.defaults import FUTURES
from withdrawal_risk.queries.futures import Futures, known_spans, published_figures, simulate
from withdrawal_risk.queries.observation import ESS_LIMIT, KHAT_LIMIT, pareto_k
from withdrawal_risk.queries.probabilities import check_arguments
from withdrawal_risk.queries.results import condition_label, mcse
from withdrawal_risk.queries.shapley import MOST_PARTS, shapley, subsets
from withdrawal_risk.queries.words import json_number, percent, points, the_language
from withdrawal_risk.queries.worlds import horizon_window

__all__ = ["NOT_EVIDENCE", "Change", "explain_change"]

Array = NDArray[np.float64]

_MOST_DECISIVE: Final = 8
"""Rows whose figures a condition looks at, up to which all combinations of them are judged."""

NOT_EVIDENCE: Final = "decisions, events and simulation"
"""What is not a new row: newly known policies and events, changes of the file, Monte Carlo error."""


@dataclass(frozen=True, eq=False)
class Change:
    """The difference of two outlooks, in parts.

    Parameters
    ----------
    condition : str
    before, after : float
        Probabilities in the two outlooks.
    summary : pandas.DataFrame
        Indexed by ``part`` (an evidence row or an indicator's rows), the largest first and what is not evidence
        last: ``contribution``. Contributions sum to ``after - before``.
    rows : dict of str to tuple of str
        Evidence rows of each part.
    khat : float
        Pareto k of the weights that take all new rows of a step away, the worst of the steps.
    mcse : float
        Monte Carlo error of what is not evidence: that of the fits themselves and of the reweighting.
    posterior : Posterior
        The later one.
    """

    condition: str
    before: float
    after: float
    summary: pd.DataFrame
    rows: dict[str, tuple[str, ...]]
    khat: float
    mcse: float
    posterior: Posterior

    def label(self, part: str, lang: str = "en") -> str:
        """Return the name of a part for people."""
        if part == NOT_EVIDENCE:
            return "قرارات وأحداث وخطأ المحاكاة" if lang == "ar" else "Decisions, events, simulation"
        row = next(row for row in self.posterior.model.evidence if row.id == self.rows[part][0])
        name = self.posterior.model.spec.label(row.indicator, lang)
        if len(self.rows[part]) > 1:
            return f"{name} ({len(self.rows[part])})"
        span = str(row.start) if row.start == row.end else f"{row.start} – {row.end}"
        return f"{name}, {span}" if lang == "en" else f"{name}، {span}"

    def sentence(self, lang: str = "en") -> str:
        """Say the answer in a sentence; ``lang`` is ``en`` or ``ar``."""
        lang = the_language(lang)
        name = condition_label(self.posterior, self.condition, lang)
        ends = percent(self.before, lang), percent(self.after, lang)
        part, size = max(self.summary["contribution"].items(), key=lambda item: abs(item[1]))
        moved = points(float(size), lang)
        if lang == "ar":
            return f"«{name}»: من {ends[0]} إلى {ends[1]}؛ وأكبر ما حرّكه: {self.label(str(part), lang)} ({moved})."
        return f"{name}: from {ends[0]} to {ends[1]}; moved most by {self.label(str(part), lang)} ({moved})."

    def to_dict(self) -> dict[str, Any]:
        """Return the change as JSON-ready data."""
        return {
            "condition": self.condition, "before": self.before, "after": self.after, "khat": json_number(self.khat), "mcse": self.mcse,
            "parts": {
                str(name): {"contribution": float(size), "rows": list(self.rows.get(str(name), ()))}
                for name, size in self.summary["contribution"].items()
            },
        }  # fmt: skip


def _parts(posterior: Posterior, rows: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Make every row a part of its own or, where they are too many, every indicator's rows."""
    if len(rows) <= MOST_PARTS:
        return {name: (name,) for name in rows}
    indicator = {row.id: row.indicator for row in posterior.model.evidence}
    found: dict[str, list[str]] = {}
    for name in rows:
        found.setdefault(indicator[name], []).append(name)
    return {name: tuple(members) for name, members in found.items()}


def _log_likelihood(posterior: Posterior, rows: Sequence[str]) -> Mapping[str, Array]:
    found: dict[str, Array] = {}
    for array in posterior.tree["log_likelihood"].dataset.data_vars.values():
        dim = str(array.dims[-1])
        values = array.values.reshape(-1, array.shape[-1])
        found |= {str(name): values[:, r] for r, name in enumerate(array[dim].values)}
    return {name: found[name] for name in rows}


def explain_change(
    posterior_a: Posterior,
    posterior_b: Posterior,
    condition: str = ALL_CONDITIONS,
    *,
    between: Sequence[Posterior] = (),
    futures: int = FUTURES,
    random_seed: int = 1,
) -> Change:
    """Split the change of an outlook over the evidence rows that came in between.

    Rows are taken away from the later posterior in every combination by reweighting its draws and, where the condition
    looks at a row's own figure, by leaving its month to chance; each row's part is its Shapley value. What that leaves of
    the difference to the earlier outlook is newly known policies and events, changes of the model file, and Monte Carlo
    error.

    Parameters
    ----------
    posterior_a, posterior_b : Posterior
        The earlier and the later fit of one model.
    condition : str
        A condition, or ``"all_conditions"``.
    between : sequence of Posterior, optional
        Fits of dates in between, for changes too large to be taken away at once: each step is explained by itself
        and the parts add up.
    futures, random_seed : int
        As in `outlook`.

    Raises
    ------
    QueryError
        If the fits are not of one model at rising dates, for an unknown condition, or where the new rows of a step
        say too much to be taken away by reweighting.
    """
    fits = [posterior_a, *between, posterior_b]
    for posterior in fits:
        check_arguments(posterior, futures=futures)
        tree_of(posterior, condition)
    for a, b in itertools.pairwise(fits):
        if a.model.id != b.model.id:
            raise QueryError(f"the fits are of {a.model.id!r} and {b.model.id!r}; fit one model at two dates")
        if not a.as_of < b.as_of:
            raise QueryError(f"as_of {a.as_of} is not before {b.as_of}; give the fits by date, the earliest first")

    by_draw = partial(_by_draw, condition=condition, futures=futures, random_seed=random_seed)
    seen = {row.id for row in posterior_a.model.evidence if row.published <= posterior_a.as_of}
    (p,) = by_draw(posterior_a, [frozenset()])
    before = after = float(p.mean())
    since, worst, errors = posterior_a.as_of, -math.inf, [mcse(p, None, posterior_a.chains)]
    single: dict[str, float] = {}
    for later in fits[1:]:
        new = [row.id for row in later.model.evidence if row.published <= later.as_of and row.id not in seen]
        p, shares, khat, error = _step(later, new, by_draw, condition, since)
        errors.append(error)
        single |= shares
        seen.update(new)
        after, worst, since = float(p.mean()), max(worst, khat), later.as_of
    parts = _parts(posterior_b, list(single))
    table = pd.DataFrame(
        {"contribution": [sum(single[name] for name in members) for members in parts.values()]},
        index=pd.Index(parts, name="part", dtype=object), dtype=float,
    )  # fmt: skip
    table = table.loc[table["contribution"].abs().sort_values(ascending=False).index]
    table.loc[NOT_EVIDENCE] = (after - before) - float(table["contribution"].sum())
    return Change(condition, before, after, table, parts, worst, math.hypot(*errors), posterior_b)


def _by_draw(
    posterior: Posterior, without: Sequence[frozenset[str]], *, condition: str, futures: int, random_seed: int
) -> list[Array]:
    """Return P(condition | draw), for each set of evidence rows with their figures left to chance, in the same futures."""
    tree = tree_of(posterior, condition)
    known = [(published_figures(posterior, absent), known_spans(posterior, absent)) for absent in without]

    def judged(several: Iterator[Futures]) -> Array:
        expected = next(several)

        def probability(published: Any, spans: Any) -> Array:
            some = replace(expected, part=replace(expected.part, published=published, spans=spans, known={}))
            return np.asarray(judge_tree(posterior, some, tree).mean(axis=1))

        return np.array([probability(*figures) for figures in known])

    factors = sorted(subjects(posterior, [tree]))
    found = simulate(posterior, judged, futures=futures, random_seed=random_seed, factors=factors)
    return list(np.concatenate(list(found), axis=1))


def _decisive(posterior: Posterior, condition: str, rows: Sequence[str]) -> frozenset[str]:
    """Return the rows whose own figure the condition looks at, and not only at what it says of the levels."""
    frame, window = posterior.frame, horizon_window(posterior)
    found = set()
    for leaf in clauses(tree_of(posterior, condition)):
        first, last = months_of(leaf, window)
        for row in posterior.model.evidence:
            if row.id in rows and row.indicator == leaf.indicator:
                months = [month for month, _ in row.months()]
                within = first <= window.index(months[0]) and window.index(months[-1]) <= last
                single = published_months(frame, [row], posterior.as_of)
                if within and (
                    single or (leaf.statistic in OF_SPANS and published_spans(frame, [row], posterior.as_of))
                ):
                    found.add(row.id)
    return frozenset(found)


def _step(
    posterior: Posterior,
    rows: Sequence[str],
    by_draw: Callable[[Posterior, Sequence[frozenset[str]]], list[Array]],
    condition: str,
    since: Month,
) -> tuple[Array, dict[str, float], float, float]:
    """Return P(condition | draw), the Shapley value of each new row, and Pareto k and Monte Carlo error of taking all away.

    A row is taken away by reweighting the draws and, where the condition looks at its figure, by leaving its month to
    chance. Where the rows are too many for all combinations, an indicator's rows share alike.
    """
    if not rows:
        (p,) = by_draw(posterior, [frozenset()])
        return p, {}, -math.inf, mcse(p, None, posterior.chains)
    parts, when = _parts(posterior, rows), f"between {since} and {posterior.as_of}"
    if len(parts) > MOST_PARTS:
        raise QueryError(
            f"{len(rows)} new evidence rows of {len(parts)} indicators came in {when}; at most {MOST_PARTS} parts can "
            "be split at once: fit dates in between and give them as between"
        )
    single = _log_likelihood(posterior, rows)
    log_likelihood = np.array([np.sum([single[name] for name in members], axis=0) for members in parts.values()])
    log_weight = -(~subsets(len(parts))).astype(float) @ log_likelihood
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    khat, ess = pareto_k(log_weight[0]), 1 / float((weight[0] ** 2).sum())
    if khat > KHAT_LIMIT or ess < ESS_LIMIT:
        remedy = (
            "Fit dates in between and give them as between"
            if posterior.as_of - since > 1
            else "The dates are neighbours: set the two outlooks side by side"
        )
        raise QueryError(
            f"the {len(rows)} rows that came in {when} say too much to be taken away by reweighting: Pareto k "
            f"{khat:.2f}, limit {KHAT_LIMIT}; effective sample size {ess:.0f}, at least {ESS_LIMIT}. {remedy}"
        )
    decisive = _decisive(posterior, condition, rows)
    if sum(not decisive.isdisjoint(members) for members in parts.values()) > _MOST_DECISIVE:
        raise QueryError(
            f"{condition!r} looks at the figures of more than {_MOST_DECISIVE} rows that came in {when}; fit dates in "
            "between and give them as between"
        )
    absent = [
        decisive - {name for members, there in zip(parts.values(), present, strict=True) if there for name in members}
        for present in subsets(len(parts))
    ]
    different = list(dict.fromkeys(absent))
    answers = dict(zip(different, by_draw(posterior, different), strict=True))
    probability = np.array([own @ answers[rows] for own, rows in zip(weight, absent, strict=True)])
    split = {
        name: float(share) / len(members)
        for share, members in zip(shapley(probability), parts.values(), strict=True)
        for name in members
    }
    return answers[frozenset()], split, khat, mcse(answers[decisive], weight[0], posterior.chains)
