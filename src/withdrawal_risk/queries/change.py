"""What moved the outlook between two dates, split over the evidence that came in."""

from __future__ import annotations

import itertools
import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.arguments import true_or_false
from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import QueryError
from withdrawal_risk.inference.alignment import published_months, published_spans
from withdrawal_risk.inference.checks import failed_checks
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import the_language
from withdrawal_risk.language.numbers import json_number, percent, points
from withdrawal_risk.model.spec import clauses
from withdrawal_risk.queries.answers import About, Answer, about, warning_of
from withdrawal_risk.queries.defaults import FUTURES
from withdrawal_risk.queries.results import mcse
from withdrawal_risk.queries.shapley import MOST_PARTS, shapley, subsets
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, OF_SPANS, judge_tree, months_of, subjects, tree_of
from withdrawal_risk.simulation.futures import Futures, known_spans, published_figures, simulate
from withdrawal_risk.simulation.observation import ESS_LIMIT, KHAT_LIMIT, pareto_k
from withdrawal_risk.simulation.probabilities import check_arguments
from withdrawal_risk.simulation.worlds import horizon_window

__all__ = ["NOT_EVIDENCE", "Change", "explain_change"]

Array = NDArray[np.float64]

_MOST_DECISIVE: Final = 8
"""Rows whose figures a condition looks at, up to which all combinations of them are judged."""

_SETTINGS: Final = ("draws", "tune", "chains", "random_seed", "target_accept", "nuts_sampler", "keep")
"""Arguments of `fit` that a fit without some rows shares."""

_ENOUGH: Final = 0.05
"""Share of the draws that have to be effective where fits are made again anyway."""

_MOST_KEPT: Final = 4
_REFITS: WeakKeyDictionary[Posterior, dict[frozenset[str], Posterior]] = WeakKeyDictionary()
"""Fits without some rows, so that another condition of the same change does not make them again."""

NOT_EVIDENCE: Final = "decisions, events and simulation"
"""What is not a new row: newly known policies and events, changes of the file, Monte Carlo error."""


@dataclass(frozen=True, eq=False, repr=False)
class Change(Answer):
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
    about : About
        The later fit.
    refits : int
        Further fits that were made for this answer.
    seconds : float
        How long they took.
    failed : tuple of str
        Checks that any of the fits failed.
    labels : dict of str to (dict of str to str)
        Of every part, by language.
    """

    condition: str
    before: float
    after: float
    summary: pd.DataFrame
    rows: dict[str, tuple[str, ...]]
    khat: float
    mcse: float
    about: About
    refits: int = 0
    seconds: float = 0.0
    failed: tuple[str, ...] = ()
    labels: dict[str, dict[str, str]] = field(default_factory=dict)

    def label(self, part: str, lang: str = "en") -> str:
        """Return the name of a part for people."""
        if part == NOT_EVIDENCE:
            return "قرارات وأحداث وخطأ المحاكاة" if lang == "ar" else "Decisions, events, simulation"
        return self.labels[part][lang]

    def sentence(self, lang: str = "en") -> str:
        """Say the answer in a sentence; ``lang`` is ``en`` or ``ar``."""
        lang = the_language(lang)
        name = self.about.condition(self.condition, lang)
        ends = percent(self.before, lang), percent(self.after, lang)
        sizes = self.summary["contribution"].sort_values(key=np.abs, ascending=False)
        # Those that the Monte Carlo error cannot tell from the largest are named with it.
        near = sizes[(sizes.abs() > 2 * self.mcse) & (sizes.abs().max() - sizes.abs() <= 2 * self.mcse)]
        warning = warning_of(self.failed, lang)
        if near.empty:
            if lang == "ar":
                return f"«{name}»: من {ends[0]} إلى {ends[1]}؛ ولا جزء منه يفوق خطأ المحاكاة.{warning}"
            return f"{name}: from {ends[0]} to {ends[1]}; no part of it exceeds the Monte Carlo error.{warning}"
        told = [f"{self.label(str(part), lang)} ({points(float(size), lang)})" for part, size in near.items()]
        if lang == "ar":
            return f"«{name}»: من {ends[0]} إلى {ends[1]}؛ وأكبر ما حرّكه: {'، و'.join(told)}.{warning}"
        return f"{name}: from {ends[0]} to {ends[1]}; moved most by {' and '.join(told)}.{warning}"

    def to_dict(self) -> dict[str, Any]:
        """Return the change as JSON-ready data."""
        return {
            "condition": self.condition, "before": self.before, "after": self.after, "khat": json_number(self.khat), "mcse": self.mcse, "refits": self.refits, "checks_passed": not self.failed,
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


def _part_in_words(posterior: Posterior, rows: Sequence[str]) -> dict[str, str]:
    """Return the name of some rows of an indicator, by language."""
    row = next(row for row in posterior.model.evidence if row.id == rows[0])
    span = str(row.start) if row.start == row.end else f"{row.start} – {row.end}"
    return {
        lang: posterior.model.spec.label(row.indicator, lang)
        + (f" ({len(rows)})" if len(rows) > 1 else f"{comma} {span}")
        for lang, comma in (("en", ","), ("ar", "،"))
    }


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
    refit: bool = True,
    progressbar: bool = True,
) -> Change:
    """Split the change of an outlook over the evidence rows that came in between.

    Rows are taken away from the later posterior in every combination by reweighting its draws and, where the condition
    looks at a row's own figure, by leaving its month to chance; each row's part is its Shapley value. Where the rows say
    too much for that, those that say least go first, and the rest goes from a fit without them; as often as need be. What that leaves of
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
    refit : bool
        Whether to fit again where reweighting is not to be trusted; each fit takes as long as the later one did.
    progressbar : bool
        Whether to say so on standard error.

    Raises
    ------
    QueryError
        If the fits are not of one model at rising dates, for an unknown condition, or where fits are due that `refit`
        does not allow.
    """
    refit, progressbar = true_or_false(refit, "refit"), true_or_false(progressbar, "progressbar")
    if isinstance(between, Posterior) or not isinstance(between, Iterable):
        raise QueryError(f"between is {quoted(between)}; write a list of fits, such as [fit_of_july]")
    fits = [posterior_a, *between, posterior_b]
    for posterior in fits:
        check_arguments(posterior, futures=futures, random_seed=random_seed)
        tree_of(posterior, condition)
    for a, b in itertools.pairwise(fits):
        if a.model.id != b.model.id:
            raise QueryError(f"the fits are of {a.model.id!r} and {b.model.id!r}; fit one model at two dates")
        if not a.as_of < b.as_of:
            raise QueryError(f"as_of {a.as_of} is not before {b.as_of}; give the fits by date, the earliest first")

    by_draw = partial(_by_draw, condition=condition, futures=futures, random_seed=random_seed)
    seen = {row.id for row in posterior_a.model.evidence_at(posterior_a.as_of)}
    (p,) = by_draw(posterior_a, [frozenset()])
    before = after = float(p.mean())
    worst, errors, refits, seconds = -math.inf, [mcse(p, None, posterior_a.chains)], 0, 0.0
    single: dict[str, float] = {}
    used = list(fits)
    for later in fits[1:]:
        new = [row.id for row in later.model.evidence_at(later.as_of) if row.id not in seen]
        again = _Refits(later, refit, progressbar)
        step = _explained(later, new, by_draw, condition, again)
        single |= step.shares
        seen.update(new)
        after, worst, refits = float(step.p.mean()), max(worst, step.khat), refits + again.count
        errors += step.errors
        seconds += again.seconds
        used += again.used
    parts = _parts(posterior_b, list(single))
    table = pd.DataFrame(
        {"contribution": [sum(single[name] for name in members) for members in parts.values()]},
        index=pd.Index(parts, name="part", dtype=object), dtype=float,
    )  # fmt: skip
    table = table.loc[table["contribution"].abs().sort_values(ascending=False).index]
    table.loc[NOT_EVIDENCE] = (after - before) - float(table["contribution"].sum())
    return Change(
        condition, before, after, table, parts, worst, math.hypot(*errors), about(posterior_b), refits, seconds,
        tuple(dict.fromkeys(item.name for fit in used for item in failed_checks(fit))),
        {part: _part_in_words(posterior_b, members) for part, members in parts.items()},
    )  # fmt: skip


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


class _TooMuch(Exception):
    """Rows that say too much to be taken away together by reweighting; the text says how much."""


class _Step(NamedTuple):
    """What some rows did.

    Parameters
    ----------
    p : ndarray, shape (draw,)
        P(condition | draw) with all of them.
    shares : dict of str to float
        By row.
    khat : float
        The worst Pareto k of the weights used.
    errors : tuple of float
        Monte Carlo errors of what was compared with what.
    """

    p: Array
    shares: dict[str, float]
    khat: float
    errors: tuple[float, ...]


ByDraw = Callable[[Posterior, Sequence[frozenset[str]]], list[Array]]


class _Refits:
    """Fits of a later posterior's model without some of its new rows, made when they are needed.

    Parameters
    ----------
    posterior : Posterior
    allowed : bool
        Whether fitting again is allowed.
    progressbar : bool
        Whether to say on standard error what is fitted and how long it takes.
    """

    def __init__(self, posterior: Posterior, allowed: bool, progressbar: bool) -> None:
        self.posterior, self.allowed, self.progressbar = posterior, allowed, progressbar
        self.count, self.seconds, self.used = 0, 0.0, list[Posterior]()

    def without(self, hidden: frozenset[str], why: str) -> Posterior:
        """Return a fit that has not seen some rows; it is kept while the posterior lives."""
        from withdrawal_risk.inference.fit import fit

        kept = _REFITS.setdefault(self.posterior, {})
        if hidden in kept:
            self.used.append(kept[hidden])
            return kept[hidden]
        if not self.allowed:
            raise QueryError(f"{why}. Let the model be fitted again without them, with refit=True")
        model, began = self.posterior.model, time.perf_counter()
        self._say(f"{why}; fitting again without {', '.join(sorted(hidden))} ...")
        # Rows that are not yet published weigh nothing and leave all shapes as they are: nothing is compiled anew.
        never = model.spec.time.horizon + 1
        rows = tuple(replace(row, published=never) if row.id in hidden else row for row in model.evidence)
        settings = {name: self.posterior.settings[name] for name in _SETTINGS if name in self.posterior.settings}
        fresh = fit(replace(model, evidence=rows), as_of=self.posterior.as_of, progressbar=False, **settings)
        took = time.perf_counter() - began
        self.count, self.seconds = self.count + 1, self.seconds + took
        self._say(f"fitted in {took:.0f} s")
        if len(kept) >= _MOST_KEPT:
            kept.pop(next(iter(kept)))
        kept[hidden] = fresh
        self.used.append(fresh)
        return fresh

    def _say(self, text: str) -> None:
        if self.progressbar:
            print(text, file=sys.stderr)


def _explained(posterior: Posterior, rows: Sequence[str], by_draw: ByDraw, condition: str, refits: _Refits) -> _Step:
    """Return what some rows of a fit did.

    They are taken away together by reweighting. Where they say too much for that, as many of those that say least as can
    be taken away are, and the model is fitted again without them; the rest is taken away from that fit in the same way. A row
    that says too much by itself is the difference of two fits. So the parts are those of evidence taken away by groups.
    """
    now, left, gone = posterior, list(rows), frozenset[str]()
    shares: dict[str, float] = {}
    errors: list[float] = []
    first: Array | None = None
    worst, least_ess = -math.inf, float(ESS_LIMIT)
    while True:
        try:
            last = _step(now, left, by_draw, condition, least_ess)
            break
        except _TooMuch as reason:
            why = str(reason)
        # Once fits are due, one more is cheaper than an answer made of few draws.
        least_ess = max(ESS_LIMIT, _ENOUGH * len(now.draws()["half_life"]))
        group = _light(now, left, least_ess)
        before = refits.without(gone | set(group), why)
        try:
            step = _step(now, group, by_draw, condition, least_ess)
        except _TooMuch:
            (p,), (q,) = by_draw(now, [frozenset()]), by_draw(before, [frozenset()])
            share = float(p.mean() - q.mean()) / len(group)
            error = math.hypot(mcse(p, None, now.chains), mcse(q, None, before.chains))
            step = _Step(p, dict.fromkeys(group, share), -math.inf, (error,))
        first = step.p if first is None else first
        shares |= step.shares
        errors += step.errors
        worst = max(worst, step.khat)
        now, gone, left = before, gone | set(group), [name for name in left if name not in group]
    return _Step(
        last.p if first is None else first, shares | last.shares, max(worst, last.khat), (*errors, *last.errors)
    )


def _trust(posterior: Posterior, rows: Sequence[str]) -> tuple[float, float]:
    """Return Pareto k and the effective sample size of the weights that take some rows away together."""
    log_weight = -np.sum(list(_log_likelihood(posterior, rows).values()), axis=0)
    weight = np.exp(log_weight - log_weight.max())
    return pareto_k(log_weight), float(weight.sum() ** 2 / (weight**2).sum())


def _light(posterior: Posterior, rows: Sequence[str], least_ess: float) -> list[str]:
    """Return as many of the rows that say least as reweighting can take away together; at least one, and not all."""

    def trusted(some: Sequence[str]) -> bool:
        khat, ess = _trust(posterior, some)
        return khat <= KHAT_LIMIT and ess >= least_ess and len(_parts(posterior, some)) <= MOST_PARTS

    order = sorted(rows, key=lambda name: (-_trust(posterior, [name])[1], name))
    count = 1
    while count < len(order) - 1 and trusted(order[: count + 1]):
        count += 1
    return order[:count]


def _step(
    posterior: Posterior, rows: Sequence[str], by_draw: ByDraw, condition: str, least_ess: float = ESS_LIMIT
) -> _Step:
    """Take some rows away in every combination by reweighting, and return the Shapley value of each.

    Where the condition looks at a row's figure, its month is left to chance. Where the rows are too many for all
    combinations, an indicator's rows share alike.

    Raises
    ------
    _TooMuch
        If the weights are not to be trusted, or the combinations are too many.
    """
    if not rows:
        (p,) = by_draw(posterior, [frozenset()])
        return _Step(p, {}, -math.inf, (mcse(p, None, posterior.chains),))
    parts, what = _parts(posterior, rows), f"{len(rows)} new evidence row{'s' * (len(rows) > 1)}"
    if len(parts) > MOST_PARTS:
        raise _TooMuch(f"{what} of {len(parts)} indicators are too many parts to split at once, at most {MOST_PARTS}")
    khat, ess = _trust(posterior, rows)
    if khat > KHAT_LIMIT or ess < least_ess:
        raise _TooMuch(
            f"{what} say{'s' * (len(rows) == 1)} too much to be taken away by reweighting (Pareto k {khat:.2f}, limit "
            f"{KHAT_LIMIT}; effective sample size {ess:.0f}, at least {least_ess:.0f})"
        )
    single = _log_likelihood(posterior, rows)
    log_likelihood = np.array([np.sum([single[name] for name in members], axis=0) for members in parts.values()])
    log_weight = -(~subsets(len(parts))).astype(float) @ log_likelihood
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    decisive = _decisive(posterior, condition, rows)
    if sum(not decisive.isdisjoint(members) for members in parts.values()) > _MOST_DECISIVE:
        raise _TooMuch(f"{condition!r} looks at the figures of more than {_MOST_DECISIVE} of {what}")
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
    return _Step(answers[frozenset()], split, khat, (mcse(answers[decisive], weight[0], posterior.chains),))
