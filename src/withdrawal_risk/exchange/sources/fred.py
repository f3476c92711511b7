"""FRED, the economic data of the Federal Reserve Bank of St. Louis."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

import numpy as np

from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.timeline import Day, Month
from withdrawal_risk.errors import ArgumentError, ModelFileError
from withdrawal_risk.exchange.download import Export, OtherLayout, Table
from withdrawal_risk.exchange.series import Request, Series, Source, Value, counted, month_value

__all__ = ["SOURCE"]

_DATES: Final = ("observation_date", "date")
"""What the first column is called, now and before 2025."""

_SERIES: Final = re.compile(r"[A-Z0-9_]{1,60}")

_WITHIN_A_MONTH: Final = 25
_SPANS: Final = (
    (70, 1, "rule:monthly_index"),
    (250, 3, "rule:oversight"),
    (600, 12, "rule:official_year"),
)
"""Days between two dates, at most; the months that each stands for; when such values are out."""


def _read(request: Request) -> Series:
    """Return one series: months, or quarters and years by the first day of each."""
    export = Export(request.path, [frozenset({name}) for name in _DATES])
    if export.columns[0] not in _DATES:
        raise OtherLayout(export.given)
    name = _column(export, request.series)
    given = export.given[export.columns.index(name)].strip()
    if not _SERIES.fullmatch(given):
        raise ArgumentError(f"{quoted(given)} is no id of a FRED series; export the series anew")
    table = export.read([export.columns[0], name])
    values, notes = _values(table, export.columns[0], name)
    return Series(
        values=values,
        selection=f"series {given}",
        notes=(*export.notes, *notes),
        source=f"FRED, Federal Reserve Bank of St. Louis, {given}",
        url=f"https://fred.stlouisfed.org/series/{given}",
    )


def _column(export: Export, series: str) -> str:
    if series:
        return export.find(series, "series")
    others = [given for given in export.given[1:] if given.strip()]
    if len(others) != 1:
        raise ArgumentError(
            f"the export holds {len(others)} series; name one with --series: "
            + ", ".join(others[:20])
        )
    return export.find(others[0])


def _values(table: Table, dates: str, name: str) -> tuple[tuple[Value, ...], list[str]]:
    """Return the values by the spacing of their dates."""
    days = [first for first, _ in table.spans(dates)]
    numbers = table.numbers(name, missing=np.nan).tolist()
    order = sorted(range(len(days)), key=days.__getitem__)
    for before, row in pairwise(order):
        if days[before] == days[row]:
            raise ModelFileError([table.problem(row, dates, f"{days[row]} stands twice; keep one")])
    if len(days) < 2:
        raise ArgumentError("the export has fewer than two dates; export more of the series")
    step = float(np.median(np.diff([days[row].toordinal() for row in order])))
    if step <= _WITHIN_A_MONTH:
        return _means([days[row] for row in order], [numbers[row] for row in order], step)
    found = next(((count, rule) for most, count, rule in _SPANS if step <= most), None)
    if found is None:
        raise ArgumentError(f"dates are {step:.0f} days apart; only up to a year is read")
    count, rule = found
    values = []
    for row in order:
        if days[row].day != 1:
            message = (
                f"{days[row]} is not the first day of a month, as in other rows of such series"
            )
            raise ModelFileError([table.problem(row, dates, message)])
        if numbers[row] == numbers[row]:
            first = Month.of(days[row])
            values.append(_over(first, count, numbers[row], rule, table.line(row)))
    missing = len(days) - len(values)
    return tuple(values), [
        f"left out: {counted(missing, 'date')} without a value"
    ] if missing else []


def _over(first: Month, count: int, number: float, rule: str, line: int) -> Value:
    if count == 1:
        return month_value(first, number, rule, line=line)
    last = first + (count - 1)
    return Value(
        start=Day(first.first_day, first.last_day),
        end=Day(last.first_day, last.last_day),
        published=rule,
        value=number,
        line=line,
    )


def _means(
    days: Sequence[date], numbers: Sequence[float], step: float
) -> tuple[tuple[Value, ...], list[str]]:
    """Return the mean of each month that is whole."""
    by_month = defaultdict[Month, list[float]](list)
    for day, number in zip(days, numbers, strict=True):
        if number == number:
            by_month[Month.of(day)].append(number)
    partial = set(_partial_months(days[0], days[-1], step))
    values = tuple(
        month_value(month, float(np.mean(several)), "rule:monthly_index")
        for month, several in sorted(by_month.items())
        if month not in partial
    )
    notes = ["values within months are averaged by month"]
    notes += [f"{month} is left out, its days are not all there" for month in sorted(partial)]
    return values, notes


def _partial_months(first: date, last: date, step: float) -> Iterator[Month]:
    """Yield the month of the first date and of the last where dates are missing in them."""
    reach = timedelta(days=max(step, 1))
    # Over a weekend nothing is quoted, so a day or two more may be missing at either end.
    before, after = first - reach, last + reach
    while before.weekday() > 4:
        before -= timedelta(days=1)
    while after.weekday() > 4:
        after += timedelta(days=1)
    if Month.of(before) == Month.of(first):
        yield Month.of(first)
    if Month.of(after) == Month.of(last):
        yield Month.of(last)


SOURCE: Final = Source(
    name="fred",
    title="a FRED export",
    source="FRED, Federal Reserve Bank of St. Louis",
    url="https://fred.stlouisfed.org/",
    same="FRED",
    grade="A",
    takes=frozenset({"series"}),
    marks=(frozenset({"observation_date"}),),
    read=_read,
)
