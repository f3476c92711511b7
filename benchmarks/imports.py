"""The import of a UCDP file of 400,000 events: its time and its memory, as somebody waits for it on the command line.

    python -m benchmarks.imports

The events are invented; the columns, the long texts and the lines broken within quotes are those of the real file.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from withdrawal_risk.exchange.sources.ucdp import COLUMNS

EVENTS = 400_000
MOST_SECONDS, MOST_MEGABYTES = 10.0, 1024.0
"""What the import may take at most."""

COUNTRIES = ["Iraq", "Syria", *(f"Country {k}" for k in range(120))]
SMALL = Path(__file__).parents[1] / "tests" / "data" / "small"


def rows(events: int, random_seed: int) -> Iterator[list[str]]:
    """Yield events of 1989 to 2024."""
    rng = np.random.default_rng(random_seed)
    days = np.datetime64("1989-01-01") + rng.integers(0, 36 * 365, size=events)
    longer = rng.geometric(0.8, size=events) - 1
    places = rng.integers(0, len(COUNTRIES), size=events)
    deaths = rng.geometric(0.2, size=events)
    article = (
        "Agence of a Town,2014-06-03,Report of a day, with a quote that is kept as it was; " * 3
    )
    for k in range(events):
        country, day, end = COUNTRIES[places[k]], str(days[k]), str(days[k] + longer[k])
        cells = {
            "id": str(k), "relid": f"X-{k}", "year": day[:4], "active_year": "1", "code_status": "Clear",
            "type_of_violence": str(1 + k % 3), "conflict_name": f"{country}: Government",
            "dyad_name": f"Government of {country} - Group {k % 300}", "side_a": f"Government of {country}",
            "side_b": f"Group {k % 300}", "number_of_sources": "1",
            "source_article": article + ("\n" if k % 50 == 0 else "") + str(k), "source_office": "Agence of a Town",
            "source_date": end, "source_headline": f"Headline {k}, of some length", "source_original": "police",
            "where_prec": "1", "where_coordinates": f"Town {k % 4000}",
            "where_description": f"on the road between town {k % 4000} and the next, in the east of the district",
            "adm_1": f"{country} province {k % 18}", "adm_2": f"{country} district {k % 200}", "latitude": "35.12345",
            "longitude": "44.12345", "geom_wkt": "POINT (44.12345 35.12345)", "priogrid_gid": "180089",
            "country": country, "country_id": "645", "region": "Middle East", "event_clarity": "1", "date_prec": "1",
            "date_start": day, "date_end": end, "deaths_a": "0", "deaths_b": "0", "deaths_civilians": "0",
            "deaths_unknown": str(deaths[k]), "best": str(deaths[k]), "high": str(deaths[k] + 1), "low": "0", "gwnoa": "645",
        }  # fmt: skip
        yield [cells.get(name, "") for name in COLUMNS]


def measured(command: list[str]) -> tuple[float, float]:
    """Return the seconds and the megabytes at its largest of a command that must succeed."""
    begin = time.perf_counter()
    process = os.posix_spawn(command[0], command, os.environ)
    _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit(f"the import failed: {status}")
    # In kilobytes on Linux, in bytes on macOS.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return time.perf_counter() - begin, usage.ru_maxrss / unit


def main() -> int:
    """Make the file, import it, and say whether it kept within the bounds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=EVENTS)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        export, model = Path(place) / "GEDEvent_v25_1.csv", Path(place) / "model"
        shutil.copytree(SMALL, model)
        with export.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows(rows(chosen.events, random_seed=1))
        size = export.stat().st_size
        seconds, megabytes = measured(
            [
                *(sys.executable, "-m", "withdrawal_risk", "import", "ucdp", str(export)),
                *("--model", str(model), "--indicator", "incidents", "--country", "Iraq"),
            ]
        )
    print(
        f"{chosen.events:,} events, {size / 2**20:.0f} MB, {size / chosen.events:.0f} bytes each: {seconds:.1f} s, "
        f"at most {megabytes:.0f} MB of memory"
    )
    within = seconds <= MOST_SECONDS and megabytes <= MOST_MEGABYTES
    print("within the bounds" if within else f"beyond {MOST_SECONDS:g} s or {MOST_MEGABYTES:g} MB")
    return int(not within)


if __name__ == "__main__":
    sys.exit(main())
