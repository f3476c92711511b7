"""Clauses that published values settle: what rows say of some months, and whether it is enough.

A single month's own value counts, else that of a row over several months, which stands for each of
them. A state between two equal looks is as they say. A total settles what it can: a row that
reaches beyond its months may lie in them with nothing or with all of its value.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.elements.conditions import Clause, Tree
from withdrawal_risk.elements.timeline import Month, Window
from withdrawal_risk.families import family_of
from withdrawal_risk.model.clauses import Truth, clause_holds, clause_months, holds, node_of, origin
from withdrawal_risk.model.evidence import EvidenceRow, latest_looks
from withdrawal_risk.model.spec import ModelSpec

__all__ = ["clause_settled", "months_of", "tree_settled"]

Array = NDArray[np.float64]

_WITHOUT_END: Final = 1e300
"""Stands for a total of which nothing says how great it is."""


def months_of(spec: ModelSpec, clause: Clause) -> tuple[Month, Month]:
    """Return the first and last month that a clause reads."""
    window = Window(spec.time.start, spec.time.horizon)
    first, last = clause_months(clause, window)
    return window.first + first, window.first + last


def tree_settled(spec: ModelSpec, tree: Tree, rows: Sequence[EvidenceRow]) -> bool | None:
    """Say whether published values alone decide a tree, and how; None where they do not.

    Clauses that are judged, or given by a policy, count as unknown.

    Parameters
    ----------
    spec : ModelSpec
    tree : Tree
    rows : sequence of EvidenceRow
        All that is known.
    """
    places: dict[Clause, int] = {}
    node = node_of(tree, places)
    results: list[Truth | None] = []
    for clause in places:
        held = None
        if clause.indicator is not None and origin(spec, clause) == "published":
            own = [row for row in rows if row.indicator == clause.indicator]
            held = clause_settled(spec, clause, own, *months_of(spec, clause))
        results.append(None if held is None else np.array([[held]]))
    either = {bool(holds(node, results, unknown, (1, 1))[0, 0]) for unknown in (True, False)}
    return either.pop() if len(either) == 1 else None


def clause_settled(
    spec: ModelSpec, clause: Clause, rows: Sequence[EvidenceRow], first: Month, last: Month
) -> bool | None:
    """Say whether a clause on an indicator held over some months; None where it is not known.

    A range settles what both of its ends agree on.

    Parameters
    ----------
    spec : ModelSpec
    clause : Clause
    rows : sequence of EvidenceRow
        Of the clause's indicator.
    first, last : Month
        Which may be those of another year than the clause's own.
    """
    if clause.month_count is None and clause.statistic == "total":
        sides = _total_between(spec, clause, rows, first, last)
    else:
        low, high = ([replace(row, value=_ends(row)[side]) for row in rows] for side in (0, 1))
        sides = [_in_months(spec, clause, values, first, last) for values in (low, high)]
    known = [values for values in sides if values is not None]
    held = {bool(clause_holds(spec, clause, values)[0, 0]) for values in known}
    return held.pop() if len(known) == len(sides) and len(held) == 1 else None


def _ends(row: EvidenceRow) -> tuple[float, float]:
    """Return the ends of what a row says: its value, or its range where it gives no value."""
    if row.stated or row.low is None or row.high is None:
        return row.value, row.value
    return row.low, row.high


def _total_between(
    spec: ModelSpec, clause: Clause, rows: Sequence[EvidenceRow], first: Month, last: Month
) -> list[Array | None]:
    """Return the least and the greatest total of some months, each as a single value.

    A row that reaches beyond the months may lie in them with none of its total or with all of it;
    days of which nothing is known leave no greatest.
    """
    begin, end = first.first_day, last.last_day
    low, high, spoken = 0.0, 0.0, set[datetime.date]()
    for row in _one_a_day(rows):
        days = set(_days(row))
        inside = {day for day in days if begin <= day <= end}
        if not inside:
            continue
        spoken |= inside
        low += _ends(row)[0] if inside == days else 0.0
        high += _ends(row)[1]
    if len(spoken) < (end - begin).days + 1:
        high = _WITHOUT_END
    negative = family_of(spec.indicators[clause.subject]).support[0] < 0
    if negative and (high == _WITHOUT_END or low != high):
        return [None, None]
    return [np.array([[[total]]]) for total in (low, high)]


def _in_months(
    spec: ModelSpec, clause: Clause, rows: Sequence[EvidenceRow], first: Month, last: Month
) -> Array | None:
    """Return the values of a clause's months; None where one that counts is missing."""
    family = family_of(spec.indicators[clause.subject])
    known = _of_states(rows) if family.has_memory else _of_months(rows, totals=family.totals)
    months = [first + n for n in range(last - first + 1)]
    if clause.month_count is None and clause.statistic == "last":
        months = months[-1:]
    if any(month not in known for month in months):
        return None
    return np.array([known[month] for month in months])[None, :, None]


def _of_states(rows: Iterable[EvidenceRow]) -> dict[Month, float]:
    """Return what a state was in the months of its looks, and between two equal ones."""
    looks = sorted((month, row.value) for (_, month), row in latest_looks(rows).items())
    known = dict(looks)
    for (month, value), (later, same) in itertools.pairwise(looks):
        if value == same:
            known |= {month + n: value for n in range(later - month)}
    return known


def _of_months(rows: Iterable[EvidenceRow], *, totals: bool) -> dict[Month, float]:
    """Return the value of each month; a total only where rows speak of all of its days."""
    by_month: dict[Month, list[float]] = {}
    for row in _one_a_day(rows):
        days = _days(row)
        for day in days:
            value = row.value / len(days) if totals else row.value
            by_month.setdefault(Month.of(day), []).append(value)
    return {
        month: sum(values) if totals else float(np.mean(values))
        for month, values in by_month.items()
        if not totals or len(values) == month.days
    }


def _days(row: EvidenceRow) -> list[datetime.date]:
    """Return the days of a row."""
    count = (row.end.last - row.start.first).days + 1
    return [row.start.first + datetime.timedelta(days=n) for n in range(count)]


def _one_a_day(rows: Iterable[EvidenceRow]) -> Iterator[EvidenceRow]:
    """Yield rows of which no two share a day.

    Of those that do the shorter counts, then the better grade, then the later.
    """
    taken: set[datetime.date] = set()
    for row in sorted(
        rows, key=lambda row: (len(_days(row)), row.grade, -row.published.ordinal, row.id)
    ):
        if taken.isdisjoint(_days(row)):
            taken |= set(_days(row))
            yield row
