"""Events to months, against a loop that shares no code with it."""

from __future__ import annotations

import csv
from pathlib import Path

from benchmarks.imports import rows
from tests.imports import numbers, read

from withdrawal_risk.exchange.sources.ucdp import COLUMNS


def test_random_events_against_a_loop(tmp_path: Path) -> None:
    """Some thousand events of all years, of which a country has a part, in the plainest way."""
    path, sums = tmp_path / "ged.csv", dict[str, int]()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for cells in rows(5000, random_seed=3):
            writer.writerow(cells)
            row = dict(zip(COLUMNS, cells, strict=True))
            if row["country"] in ("Iraq", "Syria") and row["type_of_violence"] == "2":
                month = row["date_start"][:7]
                sums[month] = sums.get(month, 0) + int(row["best"])
    series = read("ucdp", path, country=("Iraq", "Syria"), kind=("non-state",))
    found = numbers(series)
    assert {month: total for month, total in found.items() if total} == sums and len(sums) > 10
    assert len(found) > 400 and series.values[0].published == "1990-06"
