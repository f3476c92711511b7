"""The geopolitical risk index of Caldara and Iacoviello: its monthly workbook."""

from __future__ import annotations

from typing import Final

import numpy as np

from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.exchange.download import Export
from withdrawal_risk.exchange.series import Request, Series, Source, month_value

__all__ = ["SOURCE"]

_MARKS: Final = (frozenset({"month", "gpr"}), frozenset({"month", "gprh"}))


def _read(request: Request) -> Series:
    """Return the months of one column."""
    export = Export(request.path, _MARKS)
    name = export.find(request.series or "GPR", "series")
    table = export.read(["month", name])
    # The workbook lists its variables beside the months, in more rows than there are months.
    rows = table.where("month", bool)
    table = table.only(rows)
    months, numbers = table.months("month"), table.numbers(name, missing=np.nan)
    given = export.given[export.columns.index(name)]
    return Series(
        values=tuple(
            month_value(Month(month), number, "rule:monthly_index", line=table.line(row))
            for row, (month, number) in enumerate(
                zip(months.tolist(), numbers.tolist(), strict=True)
            )
            if number == number
        ),
        selection=f"series {given}",
        notes=tuple(export.notes),
    )


SOURCE: Final = Source(
    name="gpr",
    title="the GPR workbook",
    source="Caldara & Iacoviello GPR, monthly export",
    url="https://www.matteoiacoviello.com/gpr.htm",
    same="Caldara & Iacoviello GPR",
    grade="A",
    takes=frozenset({"series"}),
    marks=_MARKS,
    read=_read,
)
