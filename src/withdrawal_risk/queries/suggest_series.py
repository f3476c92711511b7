"""A monthly series as a user gives it: months and numbers, out of pandas or a CSV file."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Iterator, Sequence
from numbers import Real
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.timeline import Day, Month
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.files import UnreadableFile, path_of, read_bytes

__all__ = ["series_of"]

Series = tuple[list[Month], NDArray[np.float64]]
"""Months, and the value of each; nan where it is missing."""

_MOST_BYTES: Final = 16 * 2**20

_MONTH_COLUMNS: Final = frozenset({"month", "date", "period", "time", "year_month", "yearmonth"})

_MISSING: Final = frozenset({"", "na", "n/a", "nan", "null", "none", "-", ".", ".."})
"""What stands for no value in a file, in small letters."""


def series_of(given: Any, column: str | None, until: Month | None) -> Series:
    """Return months and values up to a month, if one is given.

    Parameters
    ----------
    given : pandas.Series, str or Path
    column : str, optional
        Of a file.
    until : Month, optional
        Values after it are not even read.

    Raises
    ------
    ArgumentError
        If it is neither, or cannot be read.
    """
    if isinstance(given, str | os.PathLike):
        months, values = _of_file(given, column, until)
    else:
        months, values = _of_pandas(given, column, until)
    if not months:
        before = "" if until is None else f" up to {until}"
        raise ArgumentError(f"the series has no months{before}; give at least 24 with a value")
    return months, values


def _month(label: Any) -> Month:
    """Read a month, or the month of a day."""
    if isinstance(label, str):
        return Month.of(Day.parse(label.strip()).first)
    return Month.read(label)


def _of_pandas(given: Any, column: str | None, until: Month | None) -> Series:
    import pandas as pd

    if isinstance(given, pd.DataFrame):
        first = given.columns[0] if len(given.columns) else "deaths"
        raise ArgumentError(
            f"series is a table; choose one column of it, such as table[{quoted(first)}]"
        )
    if not isinstance(given, pd.Series):
        raise ArgumentError(
            f"series is {quoted(given)}; give a pandas Series by month, or the path of a CSV file"
        )
    if column is not None:
        raise ArgumentError("column goes with the path of a CSV file; a Series has only one")
    months: list[Month] = []
    values: list[float] = []
    for label, value in given.items():
        try:
            month = _month(label)
        except ValueError as error:
            raise ArgumentError(f"the index of the series: {error}") from None
        if until is None or month <= until:
            months.append(month)
            values.append(_value(value, month))
    return months, np.array(values, dtype=float)


def _value(value: Any, month: Month) -> float:
    """Return a number, or nan where it is missing."""
    import pandas as pd

    if value is None or value is pd.NA or value is pd.NaT:
        return math.nan
    if isinstance(value, Real) and not isinstance(value, bool | np.bool_):
        try:
            return float(value)
        except OverflowError:
            return math.inf
    raise ArgumentError(
        f"the value of {month} is {quoted(value)}, which is not a number; give numbers, and nan "
        "where one is missing"
    )


def _of_file(given: str | os.PathLike[str], column: str | None, until: Month | None) -> Series:
    path = path_of(given, "series")
    try:
        text = read_bytes(path, most=_MOST_BYTES).decode("utf-8-sig")
    except UnreadableFile as error:
        raise ArgumentError(str(error)) from None
    except UnicodeDecodeError as error:
        raise ArgumentError(
            f"{path}: byte {error.start} is not UTF-8; save the file as CSV in UTF-8"
        ) from None
    try:
        return _of_lines(_rows(text), column, until)
    except (ArgumentError, csv.Error) as error:
        told = f"not valid CSV: {error}; check it" if isinstance(error, csv.Error) else str(error)
        raise ArgumentError(f"{path}: {told}") from None


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line numbers and fields, without comments and lines that are empty."""
    # A comment becomes an empty line, so that the others keep their numbers.
    lines = ("" if line.startswith("#") else line for line in text.splitlines())
    reader = csv.reader(io.StringIO("\n".join(lines)), strict=True)
    for fields in reader:
        if any(field.strip() for field in fields):
            yield reader.line_num, [field.strip() for field in fields]


def _of_lines(
    rows: Iterator[tuple[int, list[str]]], column: str | None, until: Month | None
) -> Series:
    _, header = next(rows, (0, []))
    if not header:
        raise ArgumentError("the file is empty; it needs a header such as month,value")
    at = _month_column(header)
    place = _value_column(header, at, column)
    months: list[Month] = []
    values: list[float] = []
    for line, fields in rows:
        if len(fields) != len(header):
            raise ArgumentError(
                f"line {line} has {len(fields)} fields, the header {len(header)}; write numbers "
                "without commas in them"
            )
        try:
            month = _month(fields[at])
        except ValueError as error:
            raise ArgumentError(f"line {line}: {error}") from None
        if until is None or month <= until:
            months.append(month)
            values.append(_number(fields[place], line))
    return months, np.array(values, dtype=float)


def _month_column(header: Sequence[str]) -> int:
    """Return the place of the column of months."""
    places = [k for k, name in enumerate(header) if name.casefold() in _MONTH_COLUMNS]
    if len(places) == 1:
        return places[0]
    listed = ", ".join(map(quoted, header[:40]))
    separator = next((sign for sign in ";\t|" if sign in header[0]), None)
    if len(header) == 1 and separator is not None:
        raise ArgumentError(f"fields are separated by {separator!r}; separate them by commas")
    several = "several columns are" if places else "no column is"
    raise ArgumentError(
        f"{several} named month, date, period or time; the header is {listed}. Name the column "
        "of months month, in a first line such as month,value"
    )


def _value_column(header: Sequence[str], at: int, column: str | None) -> int:
    """Return the place of the column of values."""
    others = [name for k, name in enumerate(header) if k != at and name]
    if column is None:
        if len(others) != 1:
            listed = ", ".join(map(quoted, others[:40]))
            if not others:
                raise ArgumentError("there is no column of values; add one, as in month,value")
            raise ArgumentError(
                f"there are {len(others)} columns beside the months; choose one by column, such as "
                f"column={quoted(others[0])}. They are {listed}"
            )
        column = others[0]
    elif not isinstance(column, str) or column not in others:
        raise ArgumentError(f"column is {quoted(column)}; {did_you_mean(str(column)[:60], others)}")
    if others.count(column) > 1:
        raise ArgumentError(
            f"{others.count(column)} columns are named {quoted(column)}; rename one"
        )
    return next(k for k, name in enumerate(header) if name == column and k != at)


def _number(text: str, line: int) -> float:
    """Read a number as people write it; ``1_5`` is none."""
    if text.casefold() in _MISSING:
        return math.nan
    try:
        if "_" not in text:
            return float(text)
    except ValueError:
        pass
    raise ArgumentError(
        f"line {line}: {quoted(text)} is not a number; write it as 1234.5, or leave it empty where "
        "the value is missing"
    )
