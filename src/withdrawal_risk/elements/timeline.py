"""Months, days and the spans of time between them."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from withdrawal_risk.characters import quoted

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Day", "Month", "MonthLike", "Window", "month_range"]

_MONTH = re.compile(r"^(\d{4})-(\d{2})$")
_DAY = re.compile(r"^(\d{4})-(\d{2})-(\d{2})$")


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month, counted so that months add and subtract.

    Parameters
    ----------
    ordinal : int
        ``12 * year + month - 1``.

    Examples
    --------
    >>> str(wr.Month.parse("2025-08") + 5)
    '2026-01'
    """

    ordinal: int

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read ``YYYY-MM``.

        Raises
        ------
        ValueError
            If the text is not a month.
        """
        # Year 9999 is left out, because the month after it cannot be written.
        match = _MONTH.fullmatch(text) if isinstance(text, str) else None
        if match is None or not 1 <= int(match[2]) <= 12 or not 1 <= int(match[1]) <= 9998:
            raise ValueError(f"{quoted(text)} is not a month; write it as YYYY-MM, such as 2025-08")
        return cls(12 * int(match[1]) + int(match[2]) - 1)

    @classmethod
    def read(cls, value: object) -> Self:
        """Read a month from ``YYYY-MM``, or from a date of Python, NumPy or pandas.

        Raises
        ------
        ValueError
            If it names none, or several.
        """
        if isinstance(value, cls):
            return value
        if (
            isinstance(value, date) and value == value
        ):  # a missing time of pandas is a date, and not itself
            return cls.of(value)
        if (
            isinstance(value, np.datetime64)
            and not np.isnat(value)
            # A year of NumPy names no month, although casting would make it January.
            and np.datetime_data(value.dtype)[0] != "Y"
        ):
            return cls.parse(str(value.astype("datetime64[M]")))
        # A period of pandas: a month, or a day or week within one.
        ends = [getattr(value, end, None) for end in ("start_time", "end_time")]
        if all(isinstance(end, date) and end == end for end in ends):
            first, last = (cls.of(end) for end in ends if isinstance(end, date))
            if first == last:
                return first
            raise ValueError(
                f"{quoted(value)} is more than a month; write it as YYYY-MM, such as {first}"
            )
        return cls.parse(value)

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the month that holds a day."""
        return cls(12 * day.year + day.month - 1)

    @property
    def first_day(self) -> date:
        """First day of the month."""
        return date(self.ordinal // 12, self.ordinal % 12 + 1, 1)

    @property
    def days(self) -> int:
        """Number of days in the month."""
        return calendar.monthrange(self.ordinal // 12, self.ordinal % 12 + 1)[1]

    @property
    def last_day(self) -> date:
        """Last day of the month."""
        return self.first_day.replace(day=self.days)

    def __add__(self, months: int) -> Month:
        return Month(self.ordinal + months)

    def __sub__(self, other: Month) -> int:
        return self.ordinal - other.ordinal

    def __str__(self) -> str:
        return f"{self.ordinal // 12:04d}-{self.ordinal % 12 + 1:02d}"

    def __repr__(self) -> str:
        return f"Month({str(self)!r})"

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return _text_schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "pattern": _MONTH.pattern}


@dataclass(frozen=True, order=True)
class Day:
    """A calendar day or, where only the month is known, that month.

    Parameters
    ----------
    first, last : datetime.date
        Equal for a day; the ends of the month for a month.
    """

    first: date
    last: date

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read ``YYYY-MM-DD`` or ``YYYY-MM``.

        Raises
        ------
        ValueError
            If the text is neither.
        """
        match = _DAY.fullmatch(text) if isinstance(text, str) else None
        if match is not None:
            try:
                day = date(int(match[1]), int(match[2]), int(match[3]))
            except ValueError as error:
                raise ValueError(f"{quoted(text)} is not a date: {error}") from None
            return cls(day, day)
        try:
            month = Month.parse(text)
        except ValueError:
            raise ValueError(
                f"{quoted(text)} is not a date; write YYYY-MM-DD, or YYYY-MM for a whole month"
            ) from None
        return cls(month.first_day, month.last_day)

    def __str__(self) -> str:
        if self.first == self.last:
            return self.first.isoformat()
        return str(Month.of(self.first))


def _text_schema(cls: type[Month]) -> core_schema.CoreSchema:
    """Pydantic schema of a value that is written as text."""

    def read(value: object) -> Month:
        if isinstance(value, cls):
            return value
        try:
            return cls.parse(value)
        except ValueError as error:
            # Errors of this kind reach the user in these words; see `_message` in `model.file`.
            raise PydanticCustomError("month", "{why}", {"why": str(error)}) from None

    return core_schema.no_info_plain_validator_function(
        read, serialization=core_schema.to_string_ser_schema()
    )


type MonthLike = str | Month | date | np.datetime64 | pd.Period
"""What names a month in a call: ``YYYY-MM``, or a date of Python, NumPy or pandas within it."""


def month_range(first: Month, last: Month) -> tuple[Month, ...]:
    """Return the months from ``first`` to ``last``, both included."""
    return tuple(Month(n) for n in range(first.ordinal, last.ordinal + 1))


@dataclass(frozen=True)
class Window:
    """The months a fit or a forecast runs over.

    Parameters
    ----------
    first, last : Month
        Both included.
    """

    first: Month
    last: Month

    def __repr__(self) -> str:
        return f"Window({self.first} to {self.last})"

    @property
    def months(self) -> tuple[Month, ...]:
        """Every month of the window, in order."""
        return month_range(self.first, self.last)

    @property
    def labels(self) -> list[str]:
        """The months as ``YYYY-MM``."""
        return [str(month) for month in self.months]

    @property
    def dates(self) -> NDArray[np.datetime64]:
        """The first day of every month, as NumPy writes it."""
        return np.array(self.labels, dtype="datetime64[M]").astype("datetime64[ns]")

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __contains__(self, month: Month) -> bool:
        return self.first <= month <= self.last

    def index(self, month: Month) -> int:
        """Return the position of a month, which may lie outside the window."""
        return month - self.first
