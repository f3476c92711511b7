"""ACLED: the export that a user downloaded under a licence of their own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.arguments import chosen
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.exchange.dates import spans
from withdrawal_risk.exchange.download import Export, Table
from withdrawal_risk.exchange.events import among, in_words, monthly_sums, naming
from withdrawal_risk.exchange.series import Request, Series, Source, month_value

__all__ = ["SOURCE"]

_MARKS: Final = frozenset({"event_id_cnty", "event_date", "event_type", "fatalities"})

_READ: Final = (
    *("event_id_cnty", "event_date", "event_type", "country", "admin1", "actor1", "actor2"),
    "fatalities",
)
_OPTIONAL: Final = ("sub_event_type", "admin2", "timestamp")

_FIRST_WEEK: Final = 7
"""Days within which the first event of an export must lie for its first month to be whole."""


def _read(request: Request) -> Series:
    """Return monthly numbers of events, or of deaths in them."""
    measure = chosen(request.measure or "events", "measure", ["events", "fatalities"])
    if not (request.country or request.region or request.actor):
        raise ArgumentError(
            "acled needs --country, --region or --actor (country=, region=, actor=): which events "
            "count"
        )
    export = Export(request.path, [_MARKS])
    table = export.read(_READ, _OPTIONAL)
    days = [first for first, _ in table.spans("event_date")]
    if not days:
        raise ArgumentError(f"{request.path.name} holds no events; export it again")
    first, last, notes = _whole_months(min(days), max(days), request)
    months = table.months("event_date")
    mask = _selected(table, request)
    mask &= (months >= first.ordinal) & (months <= last.ordinal)
    # ACLED keeps the id of an event that it corrects, so of two the later stands.
    _, kept = np.unique(table.codes("event_id_cnty")[::-1], return_index=True)
    mask &= np.isin(np.arange(len(table)), len(table) - 1 - kept)
    counted = table.only(mask)
    weights = counted.numbers("fatalities") if measure == "fatalities" else np.ones(len(counted))
    published = _uploads(counted, months[mask], first, last)
    return Series(
        values=tuple(
            month_value(month, total, published[month])
            for month, total in monthly_sums(months[mask], weights, first, last)
        ),
        selection=f"{measure}, "
        + in_words(
            country=request.country,
            region=request.region,
            actor=request.actor,
            event_type=request.event_type,
        ),
        notes=(*export.notes, *notes),
    )


def _selected(table: Table, request: Request) -> NDArray[np.bool_]:
    """Say which events count."""
    none = request.allow_none
    mask = np.ones(len(table), dtype=bool)
    if request.country:
        mask &= among(table, ["country"], request.country, "country", none)
    if request.region:
        columns = [name for name in ("admin1", "admin2") if name in table]
        mask &= among(table, columns, request.region, "region", none)
    if request.actor:
        mask &= naming(table, ["actor1", "actor2"], request.actor, "actor", none)
    if request.event_type:
        columns = [name for name in ("event_type", "sub_event_type") if name in table]
        mask &= among(table, columns, request.event_type, "event type", none)
    return mask


def _whole_months(
    begin: date, finish: date, request: Request
) -> tuple[Month, Month, tuple[str, ...]]:
    """Return the first and the last month that an export covers wholly.

    An export ends on the day of the download, or where its user cut it. The month of its last event
    is taken for whole if that event was on the month's last day, or if the user names the month.
    """
    first, last, notes = Month.of(begin), Month.of(finish), []
    if begin.day > _FIRST_WEEK and request.start != first:
        notes.append(
            f"{first} is left out: the first event of the export is of {begin}; if the month is "
            f"whole, write --start {first}"
        )
        first = first + 1
    if finish != last.last_day and request.end != last:
        notes.append(
            f"{last} is left out: the last event of the export is of {finish}; if the month is "
            f"whole, write --end {last}"
        )
        last = last + -1
    if last < first:
        raise ArgumentError(
            f"the export covers no whole month, its events are of {begin} to {finish}; export "
            f"more, or name the months that are whole: --start {Month.of(begin)} --end "
            f"{Month.of(finish)}"
        )
    whole = f"months from {first} to {last} are taken as whole; those without an event are 0"
    return first, last, (whole, *notes)


def _uploads(
    table: Table, months: NDArray[np.int64], first: Month, last: Month
) -> dict[Month, str]:
    """Return when each month became known: a month later, or when its last event was uploaded.

    An event is uploaded again when it is corrected, so this is never too early.
    """
    known = {Month(n): Month(n + 1) for n in range(first.ordinal, last.ordinal + 1)}
    dated = set[Month]()
    if "timestamp" in table:
        stamps = [_stamp(text) for text in table.texts("timestamp")]
        for month, uploaded in zip(months.tolist(), stamps, strict=True):
            if uploaded is not None:
                dated.add(Month(month))
                known[Month(month)] = max(known[Month(month)], uploaded)
    return {month: str(when) if month in dated else "rule:press" for month, when in known.items()}


def _stamp(text: str) -> Month | None:
    """Return the month of a time of upload, in seconds since 1970 or as a date."""
    if text.isdecimal() and 9 <= len(text) <= 10:
        return Month.of(datetime.fromtimestamp(int(text), tz=UTC).date())
    (span,) = spans([text])
    return Month.of(span[0]) if span else None


SOURCE: Final = Source(
    name="acled",
    title="an ACLED export",
    source="ACLED, Armed Conflict Location and Event Data",
    url="https://acleddata.com/",
    same="ACLED",
    grade="B",
    takes=frozenset({"country", "region", "actor", "event_type", "measure", "allow_none"}),
    marks=(_MARKS,),
    read=_read,
    terms="ACLED data are licensed to you; check its terms before you share the rows",
)
