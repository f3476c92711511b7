"""The Uppsala Conflict Data Program: GED, once a year, and Candidate Events, every month."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.arguments import chosen
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.exchange.download import Export, Table
from withdrawal_risk.exchange.events import among, in_words, monthly_sums, naming
from withdrawal_risk.exchange.series import Request, Series, Source, counted, month_value

__all__ = ["COLUMNS", "SOURCE"]

COLUMNS: Final = (
    *("id", "relid", "year", "active_year", "code_status", "type_of_violence"),
    *("conflict_dset_id", "conflict_new_id", "conflict_name", "dyad_dset_id", "dyad_new_id"),
    *("dyad_name", "side_a_dset_id", "side_a_new_id", "side_a", "side_b_dset_id"),
    *("side_b_new_id", "side_b", "number_of_sources", "source_article", "source_office"),
    *("source_date", "source_headline", "source_original", "where_prec", "where_coordinates"),
    *("where_description", "adm_1", "adm_2", "latitude", "longitude", "geom_wkt"),
    *("priogrid_gid", "country", "country_id", "region", "event_clarity", "date_prec"),
    *("date_start", "date_end", "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown"),
    *("best", "high", "low", "gwnoa", "gwnob"),
)
"""Of both, in their order; some candidate files were published without a header."""

_MARKS: Final = frozenset({"type_of_violence", "date_start", "date_end", "best", "side_a"})

_READ: Final = (
    *("id", "type_of_violence", "side_a", "side_b", "adm_1", "adm_2", "country"),
    *("date_start", "date_end"),
)

_KINDS: Final = {"state": "1", "non-state": "2", "one-sided": "3"}

_MEASURES: Final = {"deaths": "best", "deaths_civilians": "deaths_civilians", "events": ""}
"""The column that is summed; none where events are counted."""

_OF_A_MONTH: Final = re.compile(r"v(\d\d)_0_(\d{1,2})(?!\d)")
_OF_MONTHS: Final = re.compile(r"v(\d\d)_0?1_(\d\d)_(\d\d)(?!\d)")
_OF_YEARS: Final = re.compile(r"(?:v(\d\d)_|ged(\d\d))1(?![\d_])")
"""What the names of files say: GEDEvent_v25_0_6, GEDEvent_v25_01_25_06, GEDEvent_v25_1."""


class _Coverage(NamedTuple):
    """The months of which an export has all events, and whether it is the yearly one."""

    first: Month
    last: Month
    yearly: bool


def _read(request: Request) -> Series:
    """Return monthly sums of the events that count."""
    measure = chosen(request.measure or "deaths", "measure", list(_MEASURES))
    if not (request.country or request.region or request.actor):
        raise ArgumentError(
            "ucdp needs --country, --region or --actor (country=, region=, actor=): which events "
            "count"
        )
    for kind in request.kind:
        chosen(kind, "kind", list(_KINDS))
    export = Export(request.path, [_MARKS], unnamed=COLUMNS)
    column = _MEASURES[measure]
    table = export.read([*_READ, *([column] if column else [])])
    starts, ends = table.months("date_start"), table.months("date_end", last=True)
    coverage = _coverage(request.path.name, ends)
    within = (ends >= coverage.first.ordinal) & (ends <= coverage.last.ordinal)
    counted = _selected(table, request) & within
    counted, twice = _once(table, counted)
    weights = table.only(counted).numbers(column) if column else np.ones(int(counted.sum()))
    sums = monthly_sums(starts[counted], weights, coverage.first, coverage.last)
    spanning = int(np.sum(starts[counted] != ends[counted]))
    return Series(
        values=tuple(
            month_value(month, total, _published(month, coverage)) for month, total in sums
        ),
        selection=_selection(measure, request),
        notes=(
            *export.notes,
            *_notes(coverage, spanning, twice, int(np.sum(~within))),
        ),
    )


def _selected(table: Table, request: Request) -> NDArray[np.bool_]:
    """Say which events count."""
    none = request.allow_none
    mask = np.ones(len(table), dtype=bool)
    if request.kind:
        numbers = {_KINDS[kind] for kind in request.kind}
        mask &= table.where("type_of_violence", lambda text: text in numbers)
    if request.country:
        mask &= among(table, ["country"], request.country, "country", none)
    if request.region:
        mask &= among(table, ["adm_1", "adm_2"], request.region, "region", none)
    if request.actor:
        mask &= naming(table, ["side_a", "side_b"], request.actor, "actor", none)
    return mask


def _once(table: Table, counted: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], int]:
    """Let events that stand twice, as in files that were put together, count once, the last."""
    places = np.flatnonzero(counted)
    codes = table.codes("id")[places]
    _, last = np.unique(codes[::-1], return_index=True)
    kept = np.zeros(len(table), dtype=bool)
    kept[places[len(places) - 1 - last]] = True
    return kept, len(places) - len(last)


def _coverage(name: str, ends: NDArray[np.int64]) -> _Coverage:
    """Return the months that an export covers: by its name, or from first to last event.

    An event belongs to the release of the month in which it ended.
    """
    if not len(ends):
        raise ArgumentError(f"{name} holds no events; export it again")
    first, last = Month(int(ends.min())), Month(int(ends.max()))
    one_year = first.ordinal // 12 == last.ordinal // 12
    named = _named_coverage(name)
    if named is None:
        return _Coverage(first, last, not one_year)
    inside = np.mean((ends >= named.first.ordinal) & (ends <= named.last.ordinal))
    # A name that most events contradict was given by somebody else.
    if inside <= 0.5:
        return _Coverage(first, last, not one_year)
    return named._replace(first=first) if named.yearly else named


def _named_coverage(name: str) -> _Coverage | None:
    """Return the coverage that a file's name states; of the yearly one the last month alone."""
    if match := _OF_A_MONTH.search(name):
        months = [(match[1], match[2])] * 2
    elif match := _OF_MONTHS.search(name):
        months = [(match[1], "1"), (match[2], match[3])]
    elif match := _OF_YEARS.search(name):
        last = Month(12 * (2000 + int(match[1] or match[2])) - 1)
        return _Coverage(Month(0), last, True)
    else:
        return None
    first, last = (
        Month(12 * (2000 + int(year)) + min(max(int(month), 1), 12) - 1) for year, month in months
    )
    return _Coverage(first, last, False)


def _published(month: Month, coverage: _Coverage) -> str:
    """Return when a month became known: the yearly release is out by June, the other in a month."""
    if not coverage.yearly:
        return "rule:monthly_index"
    return str(Month(12 * (month.ordinal // 12 + 1) + 5))


def _selection(measure: str, request: Request) -> str:
    chosen_events = in_words(
        country=request.country, region=request.region, actor=request.actor, kind=request.kind
    )
    what = {"deaths": "deaths (best estimate)", "deaths_civilians": "deaths of civilians"}
    return f"{what.get(measure, measure)}, {chosen_events}"


def _notes(coverage: _Coverage, spanning: int, twice: int, outside: int) -> list[str]:
    release = "the yearly GED" if coverage.yearly else "Candidate Events"
    notes = [
        f"read as {release}, complete from {coverage.first} to {coverage.last}; months without an "
        "event are 0"
    ]
    if spanning:
        notes.append(
            f"{counted(spanning, 'event')} over several months, each in the month in which it began"
        )
    if twice:
        notes.append(f"left out: {counted(twice, 'event')} that the export holds once more")
    if outside:
        notes.append(f"left out: {counted(outside, 'event')} that ended outside these months")
    return notes


SOURCE: Final = Source(
    name="ucdp",
    title="a UCDP GED or Candidate export",
    source=(
        "UCDP GED and Candidate Events (Davies, Pettersson, Öberg; Sundberg, Melander; Hegre et "
        "al.)"
    ),
    url="https://ucdp.uu.se/downloads/",
    same="UCDP",
    grade="A",
    takes=frozenset({"country", "region", "actor", "kind", "measure", "allow_none"}),
    marks=(_MARKS,),
    read=_read,
)
