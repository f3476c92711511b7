"""Any table, by a mapping of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from operator import eq
from typing import Final

import numpy as np

from withdrawal_risk.elements.timeline import Day, Month, month_range
from withdrawal_risk.errors import ArgumentError, ModelFileError
from withdrawal_risk.exchange.dates import Span
from withdrawal_risk.exchange.download import MISSING, Export, OtherLayout, Table
from withdrawal_risk.exchange.mapping import Mapped, missing_columns
from withdrawal_risk.exchange.series import Request, Series, Source, Value, counted, month_value

__all__ = ["SOURCE"]


def _read(request: Request) -> Series:
    """Return the rows that count, one by one or by month."""
    mapping = request.mapping
    if not isinstance(mapping, Mapped):
        raise ArgumentError(
            "csv needs a mapping: --map date=COLUMN --map value=COLUMN --map published=rule:press "
            "--map grade=B --map source=TEXT, or --mapping FILE (mapping=)"
        )
    separator = {"": None, "tab": "\t"}.get(mapping.separator, mapping.separator)
    wanted = [" ".join(name.lower().split()) for name in mapping.columns]
    try:
        export = Export(request.path, [wanted], separator=separator)
    except OtherLayout as other:
        raise missing_columns(mapping, request.path, other.columns) from None
    table = export.read(wanted)
    for column, text in mapping.where.items():
        rows = table.where(_plain(column), partial(eq, text))
        if not rows.any():
            raise ArgumentError(f"where: no row has {text!r} in the column {column!r}")
        table = table.only(rows)
    values, notes = (
        _rows(table, mapping) if mapping.aggregate == "none" else _months(table, mapping)
    )
    return Series(
        values=values,
        selection=_selection(mapping),
        notes=(*export.notes, *notes),
        source=mapping.source,
        url=mapping.url,
        grade=mapping.grade,
    )


def _plain(name: str) -> str:
    return " ".join(name.lower().split())


def _selection(mapping: Mapped) -> str:
    what = mapping.value or (f"{mapping.low} to {mapping.high}" if mapping.low else "rows")
    by = "" if mapping.aggregate == "none" else f" ({mapping.aggregate})"
    where = "".join(f", {column} {text}" for column, text in mapping.where.items())
    return f"column {what}{by}{where}"


def _rows(table: Table, mapping: Mapped) -> tuple[tuple[Value, ...], list[str]]:
    """Return each row as a value."""
    begins = table.spans(_plain(mapping.date or mapping.start))
    ends = table.spans(_plain(mapping.end)) if mapping.end else begins
    published = _published(table, mapping)
    texts = table.texts(_plain(mapping.value)) if mapping.value else [""] * len(table)
    numbers = {
        key: table.numbers(_plain(getattr(mapping, key)), mapping.decimal, missing=np.nan).tolist()
        for key in ("low", "high", "se")
        if getattr(mapping, key)
    }
    values: dict[tuple[Day, Day], Value] = {}
    for row, text in enumerate(texts):
        measured = {key: _or_none(of[row]) for key, of in numbers.items()}
        if text.lower() in MISSING and measured.get("low") is None:
            continue
        start, end = _day(begins[row], 0), _day(ends[row], 1)
        if (start, end) in values:
            message = "this span stands twice; choose rows with where, or aggregate them"
            raise ModelFileError(
                [table.problem(row, _plain(mapping.date or mapping.start), message)]
            )
        values[start, end] = Value(
            start=start,
            end=end,
            published=published[row],
            value=_value(text, mapping.decimal),
            line=table.line(row),
            **measured,
        )
    missing = len(table) - len(values)
    notes = [f"left out: {counted(missing, 'row')} without a value"] if missing else []
    return tuple(values[span] for span in sorted(values)), notes


def _day(span: Span, last: int) -> Day:
    """Return an end of a span as a month where that says the same."""
    month = Month.of(span[last])
    whole = span[0] == Month.of(span[0]).first_day and span[1] == Month.of(span[1]).last_day
    return Day(month.first_day, month.last_day) if whole else Day(span[last], span[last])


def _value(text: str, decimal: str) -> float | str:
    """Return a number, or a text where there is none: an indicator may have categories."""
    if text.lower() in MISSING:
        return ""
    if decimal == "," and "." in text:
        return text
    plain = text.replace(decimal, ".")
    try:
        return float(plain) if "_" not in plain and np.isfinite(float(plain)) else text
    except ValueError:
        return text


def _or_none(number: float) -> float | None:
    return number if number == number else None


def _published(table: Table, mapping: Mapped) -> list[str]:
    """Return when each row was published, as rows of evidence write it."""
    if not mapping.has_published_column:
        return [mapping.published] * len(table)
    return [str(_day(span, 1)) for span in table.spans(_plain(mapping.published))]


def _months(table: Table, mapping: Mapped) -> tuple[tuple[Value, ...], list[str]]:
    """Return what the rows of each month come to."""
    if not len(table):
        raise ArgumentError("no row of the export counts")
    months = table.months(_plain(mapping.date))
    counting = mapping.aggregate == "count"
    numbers = (
        np.ones(len(table))
        if counting
        else table.numbers(_plain(mapping.value), mapping.decimal, missing=np.nan)
    )
    published = _published(table, mapping)
    days = [first for first, _ in table.spans(_plain(mapping.date))]
    several: dict[int, list[int]] = {}
    for row in sorted(range(len(days)), key=days.__getitem__):
        if numbers[row] == numbers[row]:
            several.setdefault(int(months[row]), []).append(row)
    # A month of which no row says when it was published is left out.
    filled = mapping.aggregate in ("sum", "count") and not mapping.has_published_column
    first, last = Month(int(months.min())), Month(int(months.max()))
    values = []
    for month in month_range(first, last):
        rows = several.get(month.ordinal, [])
        if rows:
            when = max(published[row] for row in rows)
            values.append(month_value(month, _together(numbers[rows].tolist(), mapping), when))
        elif filled:
            values.append(month_value(month, 0.0, mapping.published))
    notes = [f"months from {first} to {last} without a row are 0"] if filled else []
    return tuple(values), notes


def _together(numbers: Sequence[float], mapping: Mapped) -> float:
    if mapping.aggregate == "mean":
        return float(np.mean(numbers))
    return numbers[-1] if mapping.aggregate == "last" else float(np.sum(numbers))


SOURCE: Final = Source(
    name="csv",
    title="a table with a mapping",
    source="",
    url="",
    same="",
    grade="",
    takes=frozenset({"mapping"}),
    read=_read,
)
