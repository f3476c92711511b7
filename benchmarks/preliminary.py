"""The preliminary outlook beside the full one: time of a whole command, and how far apart they are.

    python -m benchmarks.preliminary [--model iraq-2025] [--runs 5]

Both are run in turn, the full one with an empty cache, so that both see the same machine.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from statistics import median
from typing import Any


def timed(model: str, *options: str) -> tuple[float, dict[str, Any]]:
    """Return the seconds of a command from the start of its process, and its answer."""
    with tempfile.TemporaryDirectory() as cache:
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "withdrawal_risk", "outlook", model, "--json", *options],
            env=os.environ | {"WITHDRAWAL_RISK_CACHE": cache},
            capture_output=True,
            check=True,
            text=True,
        )
        return time.perf_counter() - began, json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="iraq-2025")
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    quick, full, apart = [], [], []
    for run in range(given.runs):
        seconds, approximate = timed(given.model, "--preliminary", "--random-seed", str(run + 1))
        quick.append(seconds)
        seconds, exact = timed(given.model)
        full.append(seconds)
        entries = {**approximate["conditions"], "all": approximate["all_conditions"]}
        fitted = {**exact["conditions"], "all": exact["all_conditions"]}
        apart.append(
            max(abs(entries[k]["probability"] - fitted[k]["probability"]) for k in entries)
        )
    print(f"preliminary  {min(quick):.2f} to {max(quick):.2f} s, median {median(quick):.2f} s")
    print(f"full         {min(full):.2f} to {max(full):.2f} s, median {median(full):.2f} s")
    print(f"ratio        {median(f / q for f, q in zip(full, quick, strict=True)):.1f}")
    print(f"farthest apart {100 * max(apart):.1f} points")


if __name__ == "__main__":
    main()
