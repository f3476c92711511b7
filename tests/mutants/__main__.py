"""Print which test kills which mutant; return 1 where one lives."""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutants.catalogue import MUTANTS
from tests.mutants.runner import AT_ONCE, ROOT, run_mutant

import withdrawal_risk as wr


def main(names: list[str]) -> int:
    """Run the mutants named, or all of them."""
    chosen = [mutant for mutant in MUTANTS if not names or mutant.name in names]
    alive = 0
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(AT_ONCE) as pool:
        fit = Path(place) / "small.nc"
        small = wr.load_model(ROOT / "tests" / "data" / "small")
        # As in `tests/conftest.py`, whose draws some tests count.
        wr.fit(small, draws=1000, tune=1000, chains=4, progressbar=False).save(fit)
        outcomes = pool.map(
            lambda mutant: run_mutant(mutant, Path(place) / mutant.name, fit), chosen
        )
        for mutant, outcome in zip(chosen, outcomes, strict=True):
            alive += not outcome.killed
            verdict = outcome.killed_by if outcome.killed else f"ALIVE (exit code {outcome.code})"
            print(f"{mutant.name:28} {outcome.seconds:6.1f} s  {verdict}", flush=True)
    print(f"{len(chosen) - alive} of {len(chosen)} killed")
    return int(alive > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
