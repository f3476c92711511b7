"""The GPR workbook, as CSV and as a spreadsheet."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

from tests.imports import EXPORTS, numbers, read, workbook
from tests.refusals import refusal

FILE = "data_gpr_export.csv"


def test_a_column_by_hand() -> None:
    """Months are written 1/1/2023, 2/1/2023: what never changes is the day. December has no GPR."""
    series = read("gpr", FILE)
    assert numbers(series) == {"2023-01": 104.267, "2023-02": 120.9944, "2023-03": 105.38}
    assert [value.line for value in series.values] == [3, 4, 5]
    israel = read("gpr", FILE, series="gprc_isr")
    assert numbers(israel) == {"2023-01": 0.31, "2023-02": 0.29, "2023-03": 0.27}
    assert israel.selection == "series GPRC_ISR"
    assert list(numbers(read("gpr", FILE, series="GPRH"))) == [
        "2022-12",
        "2023-01",
        "2023-02",
        "2023-03",
    ]


def test_a_workbook(tmp_path: Path) -> None:
    with (EXPORTS / FILE).open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    cells = [
        [datetime.strptime(month, "%m/%d/%Y") if month else None]
        + [float(cell) if cell[:1].isdecimal() else cell or None for cell in rest]
        for month, *rest in rows
    ]
    path = workbook(tmp_path / "data_gpr_export.xlsx", [header, *cells])
    assert numbers(read("gpr", path)) == numbers(read("gpr", FILE))


def test_what_is_refused(tmp_path: Path) -> None:
    assert "no series 'GPRC_IRQ'; did you mean 'GPRC_ISR'" in refusal(
        lambda: read("gpr", FILE, series="GPRC_IRQ")
    )
    old = tmp_path / "data_gpr_export.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert "old Excel workbook; save it as .xlsx" in refusal(lambda: read("gpr", old))
