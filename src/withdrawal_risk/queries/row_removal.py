"""Taking evidence rows away from a fit: by reweighting its draws, or by fitting again."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.elements.conditions import clauses
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.inference import measurement
from withdrawal_risk.inference.alignment import align_evidence, published_spans, published_values
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.model.clauses import OF_SPANS, clause_months
from withdrawal_risk.queries.results import mcse
from withdrawal_risk.queries.shapley import MOST_PARTS, shapley, subsets
from withdrawal_risk.simulation.conditions import Evaluator, subjects, tree_of
from withdrawal_risk.simulation.futures import Futures, simulate
from withdrawal_risk.simulation.observation import ESS_LIMIT, KHAT_LIMIT, pareto_k
from withdrawal_risk.simulation.parts import known_limits, known_spans, known_values
from withdrawal_risk.simulation.worlds import horizon_window

__all__ = ["Refits", "by_draw", "explained", "rows_by_part"]

Array = NDArray[np.float64]

_MOST_DECISIVE: Final = 8
"""Rows whose values a condition reads, up to which all combinations of them are evaluated."""

_FIT_SETTINGS: Final = (
    "draws",
    "tune",
    "chains",
    "random_seed",
    "target_accept",
    "nuts_sampler",
    "store",
)
"""Arguments of `fit` that a fit without some rows shares."""

_ENOUGH: Final = 0.05
"""Share of the draws that have to be effective where fits are made again anyway."""

_MOST_STORED: Final = 4
_REFITS: WeakKeyDictionary[Posterior, dict[frozenset[str], Posterior]] = WeakKeyDictionary()
"""Fits without some rows, stored for the other conditions of the same change."""


def rows_by_part(posterior: Posterior, rows: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Make every row a part of its own or, where they are too many, every indicator's rows."""
    if len(rows) <= MOST_PARTS:
        return {name: (name,) for name in rows}
    indicator = {row.id: row.indicator for row in posterior.model.evidence}
    by_indicator: dict[str, list[str]] = {}
    for name in rows:
        by_indicator.setdefault(indicator[name], []).append(name)
    return {name: tuple(members) for name, members in by_indicator.items()}


def _chained(posterior: Posterior) -> set[str]:
    """Return the rows without which others say something else, and those others.

    They are looks at a state that lasts, revisions, and what these revise.
    """
    lasting = {posterior.frame.indicators[k][0] for k in posterior.frame.lasting}
    rows = posterior.model.evidence
    revised = {name for row in rows for name in (row.id, *row.replaces) if row.replaces}
    return {row.id for row in rows if row.indicator in lasting} | revised


def _log_gain(posterior: Posterior, rows: Collection[str]) -> Array:
    """Return what some rows add to the log density, all others being known, shape (draw,)."""
    total, chained = np.zeros(len(posterior.draws()["half_life"])), _chained(posterior)
    for array in posterior.tree["log_likelihood"].dataset.data_vars.values():
        names = array[str(array.dims[-1])].values.tolist()
        chosen = [r for r, name in enumerate(names) if name in rows and name not in chained]
        total += array.values.reshape(-1, array.shape[-1])[:, chosen].sum(axis=1)
    if looks := chained.intersection(rows):
        # A look says something about those after it, and a revised row counts where its revision
        # does not.
        total += _of_chained(posterior, set()) - _of_chained(posterior, looks)
    return total


def _of_chained(posterior: Posterior, without: Collection[str]) -> Array:
    """Return the log density of what `_chained` returns without some rows, shape (draw,)."""
    posterior.needs_paths("taking away a revision, or a look at a state that lasts,")
    chained = _chained(posterior)
    frame, draws, level = posterior.frame, posterior.draws(), posterior.levels()
    left = [row for row in posterior.model.evidence if row.id not in without]
    total = np.zeros(len(level))
    for block in align_evidence(frame, left, posterior.as_of):
        chosen = [r for r, name in enumerate(block.ids) if name in chained]
        if chosen:
            density = measurement.log_likelihood(frame, block, draws, level)
            total += density[:, chosen].sum(axis=1)
    return total


def by_draw(
    posterior: Posterior,
    without: Sequence[frozenset[str]],
    *,
    condition: str,
    futures: int,
    random_seed: int,
) -> list[Array]:
    """Return P(condition | draw) for each set of evidence rows whose values are simulated.

    All sets are evaluated in the same futures.
    """
    tree = tree_of(posterior, condition)
    values = [
        (
            known_values(posterior, absent),
            known_spans(posterior, absent),
            known_limits(posterior, absent),
        )
        for absent in without
    ]

    holds = Evaluator.of_tree(posterior, tree)

    def evaluated(several: Iterator[Futures]) -> Array:
        baseline = next(several)

        def probability(published: Any, spans: Any, limits: Any) -> Array:
            # The noise of a published month is drawn given its value, so what is stored for one set
            # of rows must not serve another: each gets an empty memo.
            part = replace(baseline.part, published=published, spans=spans, limits=limits, memo={})
            rewritten = replace(baseline, part=part)
            return np.asarray(holds(rewritten).mean(axis=1))

        return np.array([probability(*figures) for figures in values])

    factors = sorted(subjects(posterior, [tree]))
    answers = simulate(
        posterior, evaluated, futures=futures, random_seed=random_seed, factors=factors
    )
    return list(np.concatenate(list(answers), axis=1))


def _decisive(posterior: Posterior, condition: str, rows: Sequence[str]) -> frozenset[str]:
    """Return the rows whose own values the condition reads."""
    frame, window = posterior.frame, horizon_window(posterior)
    decisive = set()
    for leaf in clauses(tree_of(posterior, condition)):
        first, last = clause_months(leaf, window)
        for row in posterior.model.evidence:
            if row.id in rows and row.indicator == leaf.indicator:
                months = [month for month, _ in row.months()]
                within = first <= window.index(months[0]) and window.index(months[-1]) <= last
                # A row stands in the futures as the value of one month, or as the mean or total of
                # a span where the clause asks for one of these. Other rows act through the levels
                # alone.
                single = published_values(frame, [row], posterior.as_of)
                if within and (
                    single
                    or (
                        leaf.statistic in OF_SPANS
                        and published_spans(frame, [row], posterior.as_of)
                    )
                ):
                    decisive.add(row.id)
    return frozenset(decisive)


class _TooInformative(Exception):
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


class Refits:
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
        """Return a fit that has not seen some rows; it is stored while the posterior lives."""
        from withdrawal_risk.inference.fit import fit

        stored = _REFITS.setdefault(self.posterior, {})
        if hidden in stored:
            self.used.append(stored[hidden])
            return stored[hidden]
        if not self.allowed:
            raise ArgumentError(
                f"{why}. Let the model be fitted again without them, with refit=True"
            )
        model, began = self.posterior.model, time.perf_counter()
        self._say(f"{why}; fitting again without {', '.join(sorted(hidden))} ...")
        # Rows that are not yet published weigh nothing and leave all shapes as they are, so that
        # nothing is compiled again.
        never = model.spec.time.horizon + 1
        rows = tuple(
            replace(row, published=never) if row.id in hidden else row for row in model.evidence
        )
        settings = {
            name: self.posterior.settings[name]
            for name in _FIT_SETTINGS
            if name in self.posterior.settings
        }
        fresh = fit(
            replace(model, evidence=rows), as_of=self.posterior.as_of, progressbar=False, **settings
        )
        took = time.perf_counter() - began
        self.count, self.seconds = self.count + 1, self.seconds + took
        self._say(f"fitted in {took:.0f} s")
        if len(stored) >= _MOST_STORED:
            stored.pop(next(iter(stored)))
        stored[hidden] = fresh
        self.used.append(fresh)
        return fresh

    def _say(self, text: str) -> None:
        if self.progressbar:
            print(text, file=sys.stderr)


def explained(
    posterior: Posterior, rows: Sequence[str], by_draw: ByDraw, condition: str, refits: Refits
) -> _Step:
    """Return what some rows of a fit did.

    They are taken away together by reweighting. Where they say too much for that, as many of those
    that say least as can be taken away are, and the model is fitted again without them; the rest is
    taken away from that fit in the same way. A row that says too much by itself is the difference
    of two fits. So the parts are those of evidence taken away by groups.
    """
    # Invariant of the loop: `now` is the fit that has seen all rows but those `gone`, and `left`
    # are the rows whose shares are still to be found.
    now, left, gone = posterior, list(rows), frozenset[str]()
    shares: dict[str, float] = {}
    errors: list[float] = []
    first: Array | None = None
    worst, least_ess = -math.inf, float(ESS_LIMIT)
    while True:
        try:
            last = _step(now, left, by_draw, condition, least_ess)
            break
        except _TooInformative as reason:
            why = str(reason)
        # Once fits are due, one more is cheaper than an answer made of few draws.
        least_ess = max(ESS_LIMIT, _ENOUGH * len(now.draws()["half_life"]))
        group = _least_informative(now, left, least_ess)
        before = refits.without(gone | set(group), why)
        try:
            # Reweighting one fit is free of the Monte Carlo error between two, so the difference of
            # two fits is taken only where it fails.
            step = _step(now, group, by_draw, condition, least_ess)
        except _TooInformative:
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
        last.p if first is None else first,
        shares | last.shares,
        max(worst, last.khat),
        (*errors, *last.errors),
    )


def _trust(posterior: Posterior, rows: Sequence[str]) -> tuple[float, float]:
    """Return Pareto k and the effective sample size of the weights that remove some rows."""
    log_weight = -_log_gain(posterior, rows)
    weight = np.exp(log_weight - log_weight.max())
    return pareto_k(log_weight), float(weight.sum() ** 2 / (weight**2).sum())


def _members(parts: Mapping[str, Sequence[str]], chosen: NDArray[np.bool_]) -> set[str]:
    """Return the rows of the chosen parts."""
    return {
        name for members, one in zip(parts.values(), chosen, strict=True) if one for name in members
    }


def _least_informative(posterior: Posterior, rows: Sequence[str], least_ess: float) -> list[str]:
    """Return as many of the rows that say least as reweighting can take away together.

    At least one, and not all.
    """

    def trusted(subset: Sequence[str]) -> bool:
        khat, ess = _trust(posterior, subset)
        return (
            khat <= KHAT_LIMIT
            and ess >= least_ess
            and len(rows_by_part(posterior, subset)) <= MOST_PARTS
        )

    # A row says little if most draws stay effective without it. The group grows from there until it
    # is too much or one row is left for the rounds to come.
    order = sorted(rows, key=lambda name: (-_trust(posterior, [name])[1], name))
    count = 1
    while count < len(order) - 1 and trusted(order[: count + 1]):
        count += 1
    return order[:count]


def _step(
    posterior: Posterior,
    rows: Sequence[str],
    by_draw: ByDraw,
    condition: str,
    least_ess: float = ESS_LIMIT,
) -> _Step:
    """Remove rows in every combination by reweighting, and return the Shapley value of each.

    Where the condition reads a row's value, its month is simulated. Where the rows are too
    many for all combinations, an indicator's rows share alike.

    Raises
    ------
    _TooInformative
        If the weights are not to be trusted, or the combinations are too many.
    """
    if not rows:
        (p,) = by_draw(posterior, [frozenset()])
        return _Step(p, {}, -math.inf, (mcse(p, None, posterior.chains),))
    parts, what = (
        rows_by_part(posterior, rows),
        f"{len(rows)} new evidence row{'s' * (len(rows) > 1)}",
    )
    if len(parts) > MOST_PARTS:
        raise _TooInformative(
            f"{what} of {len(parts)} indicators are too many parts to split at once, at most "
            f"{MOST_PARTS}"
        )
    khat, ess = _trust(posterior, rows)
    if khat > KHAT_LIMIT or ess < least_ess:
        raise _TooInformative(
            f"{what} {'is' if len(rows) == 1 else 'are'} too informative to be taken away by "
            f"reweighting (Pareto k {khat:.2f}, limit "
            f"{KHAT_LIMIT}; effective sample size {ess:.0f}, at least {least_ess:.0f})"
        )
    # A draw of a fit without some rows has the weight of one over what they add to the density:
    # each what it adds by itself, but for looks at states that last.
    chained, kept = _chained(posterior), dict[frozenset[str], Array]()
    alone = np.array([_log_gain(posterior, set(members) - chained) for members in parts.values()])
    log_weight = -(~subsets(len(parts))).astype(float) @ alone
    for number, present in enumerate(subsets(len(parts))):
        looks = frozenset(chained & _members(parts, ~present))
        if looks not in kept:
            kept[looks] = _log_gain(posterior, looks)
        log_weight[number] -= kept[looks]
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    # Weights change the draws, not the published values that stand in their futures. A condition
    # that reads such a value has to be evaluated once more without it.
    decisive = _decisive(posterior, condition, rows)
    if sum(not decisive.isdisjoint(members) for members in parts.values()) > _MOST_DECISIVE:
        raise _TooInformative(
            f"{condition!r} reads the values of more than {_MOST_DECISIVE} of {what}"
        )
    absent = [decisive - _members(parts, present) for present in subsets(len(parts))]
    different = list(dict.fromkeys(absent))
    answers = dict(zip(different, by_draw(posterior, different), strict=True))
    probability = np.array(
        [row_weight @ answers[rows] for row_weight, rows in zip(weight, absent, strict=True)]
    )
    split = {
        name: float(share) / len(members)
        for share, members in zip(shapley(probability), parts.values(), strict=True)
        for name in members
    }
    # Combination 0 has none of the rows: the error is that of the probability without them.
    return _Step(
        answers[frozenset()], split, khat, (mcse(answers[decisive], weight[0], posterior.chains),)
    )
