"""``python -m tests.fuzz --mutations 4000 --seed 1``: exit code 1 where anything came out as it must not."""

from __future__ import annotations

import argparse
import faulthandler
import os
import tempfile
import time
from pathlib import Path

from tests.fuzz.run import MEMORY, run
from tests.fuzz.targets import DATA, Fuzz, never_sampled

import withdrawal_risk as wr
from withdrawal_risk.inference import fit


def main() -> None:
    """Fit the small model, and then do things wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mutations", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        posterior = made(place)
        os.environ["WITHDRAWAL_RISK_CACHE"] = str(place / "cache")
        fit._sample = never_sampled  # type: ignore[assignment]
        fuzz = Fuzz(place, posterior)
        # Whatever hangs for good ends the run and shows where.
        faulthandler.dump_traceback_later(900, exit=True)
        began = time.monotonic()
        account = run(fuzz, given.mutations, given.seed)
    for (target, outcome), count in sorted(account.outcomes.items()):
        print(f"{target:<12} {outcome:<14} {count:>6,}")
    took = time.monotonic() - began
    print(
        f"{account.count:,} mutations in {took:.0f} s, the slowest {account.slowest:.2f} s; {account.memory / 1e6:,.0f} MB at most; "
        f"{len(account.faults)} faults"
    )
    for fault in account.faults:
        print(fault)
    if account.faults or account.memory > MEMORY:
        raise SystemExit(1)


def made(folder: Path) -> wr.Posterior:
    """Return a fit of the small model, sampled in a process of its own: compiling takes memory that is not the subject."""
    import subprocess
    import sys

    code = (
        "import sys, withdrawal_risk as wr; "
        "wr.fit(wr.load_model(sys.argv[1]), draws=100, tune=200, chains=2, progressbar=False).save(sys.argv[2])"
    )
    subprocess.run([sys.executable, "-c", code, DATA, folder / "small.nc"], check=True)
    return wr.open_posterior(folder / "small.nc")


if __name__ == "__main__":
    main()
