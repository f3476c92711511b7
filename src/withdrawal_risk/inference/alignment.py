"""Evidence, policies and events as arrays over a window, as an ``as_of`` sees them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.arguments import month_of
from withdrawal_risk.elements.timeline import Month, MonthLike, Window, month_range
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.families import FAMILIES, Family, family_of
from withdrawal_risk.inference.parameters import Frame
from withdrawal_risk.model.evidence import GRADE_FACTOR, EvidenceRow, latest_looks, visible
from withdrawal_risk.model.library import Model

__all__ = [
    "Block",
    "PublishedValue",
    "align_evidence",
    "check_as_of",
    "event_activity",
    "event_age",
    "evidence_months",
    "fit_window",
    "policy_paths",
    "published_limits",
    "published_spans",
    "published_values",
]

Array = NDArray[np.float64]

_ANCHORED: Final = 0.3
"""Spread of a reference, over that of its indicator's average predictor given the evidence, from
which it is sampled by its anchor. Below, fits of one indicator took up to 30 times as many steps
with an anchor as without; above, up to twice as many without as with one."""


def check_as_of(model: Model, as_of: MonthLike | None) -> Month:
    """Return the month a model is to be fitted at; its own where absent.

    Raises
    ------
    ArgumentError
        If it is no month, or not one between the model's start and its horizon.
    """
    month = model.as_of if as_of is None else month_of(as_of, "as_of")
    # The fit needs at least one month of innovations, the forecast one month ahead.
    if not model.spec.time.start < month < model.spec.time.horizon:
        raise ArgumentError(
            f"as_of {month} is not between the start, {model.spec.time.start}, and the horizon, "
            f"{model.spec.time.horizon}"
        )
    return month


def fit_window(model: Model, as_of: Month) -> Window:
    """Return the months of a fit.

    They never end before the file's ``as_of``, so that earlier ones reuse its graph.
    """
    return Window(model.spec.time.start, max(as_of, model.spec.time.as_of))


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """The evidence rows of one family, with the months each of them speaks of.

    Parameters
    ----------
    family : Family
    ids : tuple of str
        Of the rows, in order.
    indicator : ndarray of int, shape (row,)
        Position in the ``indicator`` dimension.
    value, se, grade : ndarray, shape (row,)
        Observed, stated standard error on the scale of the family's error, and what grade and
        months multiply the error by.
        Rows an ``as_of`` does not see hold harmless constants, so that nothing of them can leak.
    seen : ndarray, shape (row,)
        1 where published by the ``as_of``, else 0.
    cell_row, cell_month : ndarray of int, shape (cell,)
        One cell for each row and month of its span.
    cell_share : ndarray, shape (cell,)
        Share of the month for a count, whether it is the look at the month for a state, and weight
        in the average for anything else.
    """

    family: Family[Any]
    ids: tuple[str, ...]
    indicator: NDArray[np.int64]
    value: Array
    se: Array
    grade: Array
    seen: Array
    cell_row: NDArray[np.int64]
    cell_month: NDArray[np.int64]
    cell_share: Array


def align_evidence(frame: Frame, rows: Sequence[EvidenceRow], as_of: Month) -> tuple[Block, ...]:
    """Return one block for each family that has rows within the window.

    Parameters
    ----------
    frame : Frame
    rows : sequence of EvidenceRow
    as_of : Month
        Rows published later weigh nothing.
    """
    place = {name: k for k, (name, _) in enumerate(frame.indicators)}
    families = {name: family_of(item) for name, item in frame.indicators}
    # Rows that end after the window are about the future.
    counting = {row.id for row in visible(rows, as_of)}
    inside = [row for row in rows if Month.of(row.end.last) <= frame.window.last]
    blocks = []
    for family in FAMILIES.values():
        chosen = [row for row in inside if families[row.indicator] is family]
        if not chosen:
            continue
        cells = []
        for number, row in enumerate(chosen):
            months = row.months()
            # Shares of months add up to a total, and weigh a mean.
            total = 1.0 if family.totals else sum(share for _, share in months)
            cells += [(number, frame.window.index(month), share / total) for month, share in months]
        seen = np.array([row.id in counting for row in chosen])
        if family.has_memory:
            # A cell counts where its row is the look at that month.
            looks = latest_looks(row for row in chosen if row.id in counting)
            cells = [
                (number, frame.window.index(month), looks.get((row.indicator, month)) is row)
                for number, row in enumerate(chosen)
                for month, _ in row.months()
            ]
        table = np.array(cells, dtype=float)
        blocks.append(
            Block(
                family=family,
                ids=tuple(row.id for row in chosen),
                indicator=np.array([place[row.indicator] for row in chosen], dtype=np.int64),
                value=np.where(seen, [row.value for row in chosen], family.mask_value),
                se=np.array(
                    [
                        family.stated_error(row.value, row.se) if visible else 0.0
                        for row, visible in zip(chosen, seen, strict=True)
                    ]
                ),
                grade=np.array(
                    [
                        GRADE_FACTOR[row.grade] * _shrunk(frame, place[row.indicator], row)
                        if visible
                        else 1.0
                        for row, visible in zip(chosen, seen, strict=True)
                    ]
                ),
                seen=seen.astype(float),
                cell_row=table[:, 0].astype(np.int64),
                cell_month=table[:, 1].astype(np.int64),
                cell_share=table[:, 2],
            )
        )
    return tuple(blocks)


def _shrunk(frame: Frame, indicator: int, row: EvidenceRow) -> float:
    """Return what the months of a row make of its error, but of a total's.

    A total's depends on what is expected of each month.
    """
    family = family_of(frame.indicators[indicator][1])
    if not family.has_error or family.totals or not frame.shrinking[indicator]:
        return 1.0
    return math.fsum(share for _, share in row.months()) ** -0.5


def evidence_months(frame: Frame, blocks: Sequence[Block]) -> Array:
    """Return how each indicator's seen evidence is spread over the months, (indicator, month).

    Rows sum to 1. They are 0, so that nothing is anchored, where an indicator has no evidence yet,
    a memory (looks at a chain do not fix its predictor in their months), or a reference that is
    known better than the predictor will be.
    """
    spread = np.zeros((len(frame.indicators), len(frame.window)))
    count = np.zeros(len(frame.indicators))
    for block in (b for b in blocks if not b.family.has_memory):
        row = block.cell_row
        np.add.at(
            spread, (block.indicator[row], block.cell_month), block.seen[row] * block.cell_share
        )
        np.add.at(count, block.indicator, block.seen)
    if len(frame.indicators):
        spread[~_worth_anchoring(frame, count)] = 0.0
    total = spread.sum(axis=1, keepdims=True)
    return np.divide(spread, total, out=spread, where=total > 0)


def _worth_anchoring(frame: Frame, count: Array) -> NDArray[np.bool_]:
    """Say of which indicators anchors sample better than references, given so many rows.

    What a sampler meets is a ridge: as narrow as the evidence makes the average predictor where
    references are sampled, and as narrow as the prior of the reference where anchors are.
    """
    error = np.ones(len(count))
    if "error" in frame.priors:
        error[frame.noisy] = np.exp(frame.priors["error"].mu)
    by_evidence = error / np.sqrt(np.maximum(count, 1.0))
    return np.asarray(frame.priors["reference"].sigma >= _ANCHORED * by_evidence)


class PublishedValue(NamedTuple):
    """What an indicator is known to have shown in a month.

    Parameters
    ----------
    value : float
    grade, se : float
        As in `Block`.
    ends : pair of float, optional
        Of a range that was published, and not a value.
    """

    value: float
    grade: float
    se: float
    ends: tuple[float, float] | None = None


def published_values(
    frame: Frame, rows: Sequence[EvidenceRow], as_of: Month
) -> dict[int, dict[Month, PublishedValue]]:
    """Return the published values of single months, by position of the indicator and month.

    A row over more than a month, or over a part of one, gives no value of a single month, but of a
    state that lasts: see `latest_looks`. Of several rows of one month the one with the best grade
    counts, then the latest.
    """
    place = {name: k for k, (name, _) in enumerate(frame.indicators)}
    values: dict[int, dict[Month, PublishedValue]] = {}
    lasting = {frame.indicators[k][0] for k in frame.lasting}
    counting = visible(rows, as_of)
    looks = [row for row in counting if row.indicator in lasting]
    for (name, month), row in latest_looks(looks).items():
        values.setdefault(place[name], {})[month] = PublishedValue(row.value, 1.0, 0.0)
    for row in sorted(counting, key=lambda row: (-GRADE_FACTOR[row.grade], row.published)):
        # Worse rows come first, so that the best of a month is written last and stays.
        single = row.month
        if single is not None and row.indicator not in lasting:
            k = place[row.indicator]
            se = family_of(frame.indicators[k][1]).stated_error(row.value, row.se)
            ends = None if row.low is None or row.high is None else (row.low, row.high)
            value = PublishedValue(
                row.value, GRADE_FACTOR[row.grade], se, None if row.stated else ends
            )
            values.setdefault(k, {})[single] = value
    return values


def published_spans(
    frame: Frame, rows: Sequence[EvidenceRow], as_of: Month
) -> dict[int, dict[tuple[Month, Month], float]]:
    """Return the spans of whole months whose mean or total is published, by indicator.

    The value of a span is what every one of its months would have to show: the mean or, for a
    count, the total divided by the months. A month counts once: of rows that overlap the one with
    the best grade stands, then the latest, and never one over a month whose own value is
    published. Families without errors have neither mean nor total over a span.
    """
    place, single = (
        {name: k for k, (name, _) in enumerate(frame.indicators)},
        published_values(frame, rows, as_of),
    )
    spans: dict[int, dict[tuple[Month, Month], float]] = {}
    for row in sorted(
        visible(rows, as_of),
        key=lambda row: (GRADE_FACTOR[row.grade], -row.published.ordinal, row.id),
    ):
        months, k = row.months(), place[row.indicator]
        family = family_of(frame.indicators[k][1])
        if len(months) == 1 or any(share < 1 for _, share in months):
            continue
        if not family.has_error:
            continue
        span, known_of_indicator = (months[0][0], months[-1][0]), spans.setdefault(k, {})
        # Months that already have a value of their own, or belong to a better row.
        taken = [
            *single.get(k, {}),
            *(month for a, b in known_of_indicator for month in month_range(a, b)),
        ]
        if not any(month in taken for month, _ in months):
            # The value that each month would have to show to make the published mean or total.
            known_of_indicator[span] = row.value / len(months) if family.totals else row.value
    return spans


def published_limits(
    frame: Frame, rows: Sequence[EvidenceRow], as_of: Month
) -> dict[int, list[tuple[Month, Month, float]]]:
    """Return what rows over several months show together at most, by indicator.

    For values that cannot be negative: first and last of the months that a row covers whole, and
    its total, of a range the upper end.
    """
    place = {name: k for k, (name, _) in enumerate(frame.indicators)}
    limits: dict[int, list[tuple[Month, Month, float]]] = {}
    for row in visible(rows, as_of):
        k = place[row.indicator]
        family, months = family_of(frame.indicators[k][1]), row.months()
        whole = [month for month, share in months if share == 1.0]
        if not family.has_error or family.support[0] < 0 or len(months) == 1 or not whole:
            continue
        most = row.value if row.stated or row.high is None else row.high
        total = most if family.totals else most * sum(share for _, share in months)
        limits.setdefault(k, []).append((whole[0], whole[-1], total))
    return limits


def policy_paths(
    model: Model, factors: Sequence[str], window: Window, as_of: Month
) -> tuple[NDArray[np.bool_], Array]:
    """Return which cells are given, and their levels, as announced by ``as_of``.

    Shape (month, factor).
    """
    given = np.zeros((len(window), len(factors)))
    clamped = np.zeros(given.shape, dtype=bool)
    for name, policy in model.spec.policies.items():
        j = list(factors).index(name)
        # A policy is given in every month; only its path depends on what was announced.
        clamped[:, j] = True
        for stretch in policy.path:
            # A later stretch overwrites the months from its beginning on.
            if stretch.known <= as_of:
                given[max(window.index(stretch.from_), 0) :, j] = policy.level(stretch.value)
    return clamped, given


def event_activity(
    model: Model, effects: Sequence[tuple[str, str]], window: Window, as_of: Month
) -> Array:
    """Return 1 where an effect's event acts and is known, shape (month, effect)."""
    return np.array(
        [
            [
                float(event.known <= as_of and event.active(month))
                for event in (model.spec.events[name] for name, _ in effects)
            ]
            for month in window.months
        ]
    ).reshape(len(window), len(effects))


def event_age(model: Model, effects: Sequence[tuple[str, str]], window: Window) -> Array:
    """Return the months since an effect's event began, 0 before it, shape (month, effect)."""
    begin = [model.spec.events[name].from_ for name, _ in effects]
    ages = [[float(max(month - first, 0)) for first in begin] for month in window.months]
    return np.array(ages).reshape(len(window), len(effects))
