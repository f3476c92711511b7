"""The World Bank: Worldwide Governance Indicators and World Development Indicators."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.exchange.download import Export, Table
from withdrawal_risk.exchange.series import Request, Series, Source, Value, year_value

__all__ = ["SOURCES"]

_LONG: Final = frozenset({"code", "countryname", "year", "indicator", "estimate", "stddev"})
_DATABANK: Final = frozenset({"country name", "country code", "series name", "series code"})
_DOWNLOAD: Final = frozenset({"country name", "country code", "indicator name", "indicator code"})

_YEAR: Final = re.compile(r"(\d{4})(?: \[yr\d{4}\])?")

_DIMENSIONS: Final = {
    "cc": "control of corruption",
    "ge": "government effectiveness",
    "pv": "political stability",
    "rl": "rule of law",
    "rq": "regulatory quality",
    "va": "voice and accountability",
}
"""Of the governance indicators, by their codes."""

_RULE: Final = "rule:annual_index"


def _wgi(request: Request) -> Series:
    """Return yearly estimates with their standard errors."""
    country = _country(request, "wgi")
    code = _dimension(request.series)
    export = Export(request.path, [_LONG, _DATABANK, _DOWNLOAD])
    if set(export.columns) >= _LONG:
        country, values, notes = _of_long(export, country, code)
    else:
        country, values, notes = _of_wide(export, country, code)
    return Series(
        values=values,
        selection=f"series {code}, country {country}",
        notes=(*export.notes, *notes),
    )


def _dimension(series: str) -> str:
    """Return the code of a dimension that a user named by it, in words, or by a longer code."""
    plain = " ".join(series.lower().split())
    for code, words in _DIMENSIONS.items():
        longer = (f"{code}.est", f"gov_wgi_{code}.est", f"{words}: estimate")
        if plain == code or plain in longer or (plain and words.startswith(plain)):
            return code
    raise ArgumentError(
        "wgi needs --series (series=), one of "
        + ", ".join(f"{code} ({words})" for code, words in _DIMENSIONS.items())
        + (f"; {quoted(series)} is none" if series else "")
    )


def _of_long(export: Export, country: str, code: str) -> tuple[str, tuple[Value, ...], list[str]]:
    """Read a table with a row a country, year and dimension."""
    table = export.read(["code", "countryname", "year", "indicator", "estimate", "stddev"])
    mask = _of_country(table, "countryname", "code", country)
    table = table.only(mask & table.where("indicator", lambda text: text.lower() == code))
    if not len(table):
        raise ArgumentError(f"the export has no rows of {code} ({_DIMENSIONS[code]})")
    years = table.numbers("year").astype(int).tolist()
    estimates = table.numbers("estimate", missing=np.nan).tolist()
    errors = table.numbers("stddev", missing=np.nan).tolist()
    values = {
        year: year_value(year, value, _RULE, se=_or_none(error), line=table.line(row))
        for row, (year, value, error) in enumerate(zip(years, estimates, errors, strict=True))
        if value == value
    }
    return table.texts("countryname")[0], tuple(values[year] for year in sorted(values)), []


def _of_wide(export: Export, country: str, code: str) -> tuple[str, tuple[Value, ...], list[str]]:
    """Read a table with a column a year, of which standard errors are a series of their own."""
    name, _ = _series_columns(export)
    keys = export.read(["country name", "country code", *_series_columns(export)])
    of_country = _of_country(keys, "country name", "country code", country)
    prefixed = [f"{code}.est", f"gov_wgi_{code}.est"]
    estimates = _row_of(keys, of_country, prefixed)
    if estimates is None:
        raise ArgumentError(
            f"the export has no series {code.upper()}.EST of {country}; its series are "
            + ", ".join(keys.only(of_country).distinct(name)[:12])
        )
    errors = _row_of(keys, of_country, [one.replace(".est", ".std.err") for one in prefixed])
    numbers = _by_year(export, estimates, len(keys))
    told = keys.texts("country name")[estimates]
    if errors is None:
        note = f"the export has no {code.upper()}.STD.ERR; rows have no standard error"
        return told, tuple(year_value(year, n, _RULE) for year, n in numbers.items()), [note]
    spread = _by_year(export, errors, len(keys))
    values = [year_value(year, n, _RULE, se=spread.get(year)) for year, n in numbers.items()]
    return told, tuple(values), []


def _wdi(request: Request) -> Series:
    """Return yearly values of an indicator."""
    country = _country(request, "wdi")
    export = Export(request.path, [_DOWNLOAD, _DATABANK])
    name, code = _series_columns(export)
    keys = export.read(["country name", "country code", name, code])
    of_country = _of_country(keys, "country name", "country code", country)
    there = keys.only(of_country)
    valid = sorted({*there.distinct(name), *there.distinct(code)})
    if not request.series and len(there.distinct(code)) != 1:
        raise ArgumentError(
            f"the export holds {len(there.distinct(code))} indicators; name one with --series: "
            + ", ".join(there.distinct(code)[:20])
        )
    series = request.series or there.distinct(code)[0]
    row = _row_of(keys, of_country, [series.lower()])
    if row is None:
        raise ArgumentError(
            f"no indicator {quoted(series)} of {country}; {did_you_mean(series, valid)}"
        )
    told = keys.texts(code)[row]
    return Series(
        values=tuple(
            year_value(year, number, _RULE)
            for year, number in _by_year(export, row, len(keys)).items()
        ),
        selection=f"series {told}, country {keys.texts('country name')[row]}",
        notes=tuple(export.notes),
        source=f"World Bank, World Development Indicators, {told}",
    )


def _country(request: Request, source: str) -> str:
    if len(request.country) != 1:
        raise ArgumentError(
            f"{source} needs one --country (country=), a name or a code of three letters"
        )
    return request.country[0]


def _series_columns(export: Export) -> tuple[str, str]:
    """Return the columns of the name and of the code of a series."""
    kind = "series" if "series code" in export.columns else "indicator"
    return f"{kind} name", f"{kind} code"


def _of_country(table: Table, name: str, code: str, country: str) -> NDArray[np.bool_]:
    """Say which rows are of a country, by its name or its code."""
    plain = country.casefold()
    mask = table.where(name, lambda text: text.casefold() == plain)
    mask |= table.where(code, lambda text: text.casefold() == plain)
    if not mask.any():
        valid = [
            text for text in table.distinct(name) if not text.startswith(("Data from", "Last"))
        ]
        raise ArgumentError(
            f"the export has no country {quoted(country)}; {did_you_mean(country, valid)}"
        )
    return mask


def _row_of(keys: Table, of_country: NDArray[np.bool_], series: Sequence[str]) -> int | None:
    """Return the row of a country with a series, by its code or its name."""
    mask = np.zeros(len(keys), dtype=bool)
    for column in ("series name", "series code", "indicator name", "indicator code"):
        if column in keys:
            mask |= keys.where(column, lambda text: text.lower() in series)
    rows = np.flatnonzero(mask & of_country)
    return int(rows[0]) if len(rows) else None


def _by_year(export: Export, row: int, rows: int) -> dict[int, float]:
    """Return the values of a row by year, without missing ones."""
    years = {name: int(match[1]) for name in export.columns if (match := _YEAR.fullmatch(name))}
    if not years:
        raise ArgumentError(f"{export.path.name} has no columns of years; export it again")
    table = export.read(list(years), rows=np.arange(rows) == row)
    numbers = {year: float(table.numbers(name, missing=np.nan)[0]) for name, year in years.items()}
    return {year: numbers[year] for year in sorted(numbers) if numbers[year] == numbers[year]}


def _or_none(number: float) -> float | None:
    return number if number == number else None


SOURCES: Final = (
    Source(
        name="wgi",
        title="a table of the Worldwide Governance Indicators",
        source="World Bank, Worldwide Governance Indicators",
        url="https://www.worldbank.org/en/publication/worldwide-governance-indicators",
        same="World Bank, Worldwide Governance Indicators",
        grade="A",
        takes=frozenset({"country", "series"}),
        marks=(_LONG,),
        read=_wgi,
    ),
    Source(
        name="wdi",
        title="a table of the World Development Indicators",
        source="World Bank, World Development Indicators",
        url="https://databank.worldbank.org/source/world-development-indicators",
        same="World Bank, World Development Indicators",
        grade="A",
        takes=frozenset({"country", "series"}),
        marks=(_DOWNLOAD, _DATABANK),
        read=_wdi,
    ),
)
