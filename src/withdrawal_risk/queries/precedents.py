"""Whether the published clauses of a file would have held in earlier years."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.elements.conditions import Clause, placed_clauses
from withdrawal_risk.elements.timeline import Month, Window
from withdrawal_risk.families import family_of
from withdrawal_risk.model.clauses import clause_holds, clause_months, origin
from withdrawal_risk.model.document import dotted
from withdrawal_risk.model.evidence import EvidenceRow, latest_looks
from withdrawal_risk.model.library import Model, checked_model

__all__ = ["precedents"]

Array = NDArray[np.float64]

_YEAR: Final = 12

_WITHOUT_END: Final = 1e300
"""Stands for a total of which nothing says how great it is."""


def precedents(model: Model) -> pd.DataFrame:
    """Ask of every published clause whether it would have held with earlier years' deadlines.

    A threshold that was met in no year, or in all, says something that its reader should know.
    Values are those of the history and of the evidence known at the file's ``as_of``: a single
    month's own, else that of a row over several months, which stands for each of them. A state
    between two equal looks is as they say. A total settles what it can: a row that reaches beyond
    its months may lie in them with nothing or with all of its value.

    Parameters
    ----------
    model : Model
        As `load_model` returns it: a saved fit does not hold the history.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``condition`` and ``clause``, its place in the file such as ``all[0]``; a column
        a year, in which the clause ends with the month of its own deadline: True, False, or
        missing where it is not known. ``subject`` stands first.

    Raises
    ------
    ArgumentError
        If it is no model.

    Examples
    --------
    >>> table = wr.precedents(wr.load_model("iraq-2025"))
    >>> table.loc[("national_capability", "all[0]"), [2019, 2024]].tolist()
    [False, True]
    """
    model = checked_model(model, "precedents")
    spec = model.spec
    rows = [*model.history, *model.evidence_at(model.as_of)]
    window = Window(spec.time.start, spec.time.horizon)
    table: dict[tuple[str, str], dict[Any, Any]] = {}
    for name, condition in spec.conditions.items():
        for place, clause in placed_clauses(condition.tree, ()):
            if clause.indicator is None or origin(spec, clause) != "published":
                continue
            own = [row for row in rows if row.indicator == clause.indicator]
            first, last = (window.first + number for number in clause_months(clause, window))
            found = {
                year: _held(model, clause, own, first + -ago, last + -ago)
                for year, ago in _years_ago(own, last)
            }
            table[name, dotted(place)] = {"subject": clause.subject} | found
    years = sorted({year for row in table.values() for year in row if year != "subject"})
    index = pd.MultiIndex.from_tuples(table, names=["condition", "clause"])
    return pd.DataFrame(
        [[row["subject"], *(row.get(year) for year in years)] for row in table.values()],
        index=index,
        columns=["subject", *years],
        dtype=object,
    )


def _years_ago(rows: Iterable[EvidenceRow], last: Month) -> list[tuple[int, int]]:
    """Return the years of which any row speaks, and by how many months each lies back."""
    oldest = min((Month.of(row.start.first) for row in rows), default=last)
    return [(int(str(last + -ago)[:4]), ago) for ago in range(_YEAR, 1 + (last - oldest), _YEAR)]


def _held(
    model: Model, clause: Clause, rows: Sequence[EvidenceRow], first: Month, last: Month
) -> bool | None:
    """Say whether a clause held over some months of the past; None where it is not known.

    A range settles what both of its ends agree on.
    """
    if clause.month_count is None and clause.statistic == "total":
        sides = _total_between(model, clause, rows, first, last)
    else:
        low, high = ([replace(row, value=_ends(row)[side]) for row in rows] for side in (0, 1))
        sides = [_in_months(model, clause, values, first, last) for values in (low, high)]
    known = [values for values in sides if values is not None]
    held = {bool(clause_holds(model.spec, clause, values)[0, 0]) for values in known}
    return held.pop() if len(known) == len(sides) and len(held) == 1 else None


def _ends(row: EvidenceRow) -> tuple[float, float]:
    """Return the ends of what a row says: its value, or its range where it gives no value."""
    if row.stated or row.low is None or row.high is None:
        return row.value, row.value
    return row.low, row.high


def _total_between(
    model: Model, clause: Clause, rows: Sequence[EvidenceRow], first: Month, last: Month
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
    negative = family_of(model.spec.indicators[clause.subject]).support[0] < 0
    if negative and (high == _WITHOUT_END or low != high):
        return [None, None]
    return [np.array([[[total]]]) for total in (low, high)]


def _in_months(
    model: Model, clause: Clause, rows: Sequence[EvidenceRow], first: Month, last: Month
) -> Array | None:
    """Return the values of a clause's months; None where one that counts is missing."""
    family = family_of(model.spec.indicators[clause.subject])
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
