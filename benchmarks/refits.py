"""Edit and refit: many fits of iraq-2025 at other dates and with other numbers, in one process.

    python -m benchmarks.refits
    python -m benchmarks.refits --fits 20

Half of the fits are of the shipped file at other dates, half of a file in which one number was edited.
Each has two chains of 500 draws after 500, as rolling forecasts ask for.
"""

from __future__ import annotations

import argparse
import time

import withdrawal_risk as wr
from withdrawal_risk.elements.timeline import Month

SETTINGS = {"draws": 500, "tune": 500, "chains": 2, "progressbar": False}
EDITED = "half_life: {p5: 2, p95: 9}"
"""A number of the file, which is given another value in every edit."""


def main() -> None:
    """Fit, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fits", type=int, default=100)
    count = parser.parse_args().fits
    model = wr.load_model("iraq-2025")
    begin = time.perf_counter()
    wr.fit(model, draws=10, tune=10, chains=1, progressbar=False)
    first = time.perf_counter() - begin
    wall, cpu = time.perf_counter(), time.process_time()
    for number in range(count):
        if number % 2:
            text = model.model_text.replace(
                EDITED, f"half_life: {{p5: 2, p95: {9 + number / 100}}}"
            )
            assert text != model.model_text
            wr.fit(wr.Model.from_texts(text, model.evidence_text), **SETTINGS)
        else:
            wr.fit(model, as_of=Month.read("2023-09") + (number // 2) % 24, **SETTINGS)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"before the first draw of the process: {first:.1f} s")
    print(f"{count} refits: {wall:.0f} s, {wall / count:.2f} s and {cpu / count:.2f} CPU s each")


if __name__ == "__main__":
    main()
