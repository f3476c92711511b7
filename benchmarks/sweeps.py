"""A history of iraq-2025 one fit after the other, and over a cluster of two workers on this machine.

    python -m benchmarks.sweeps

Every worker compiles once, and is timed with and without it. The overhead of a task is what the cluster takes for tasks
that do nothing. A real network adds its own delay to that, but no more work: a task is the text of a model.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np
from dask.distributed import Client, LocalCluster

import withdrawal_risk as wr

IDLE = 500
"""Tasks that do nothing."""

WORKERS = 2


def nothing(task: dict[str, Any]) -> dict[str, Any]:
    """Return at once."""
    return {"number": task["number"]}


def timed(work: Any) -> tuple[float, Any]:
    """Return seconds and what was returned."""
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, result


def main() -> None:
    """Time both ways, and see that they agree to the last bit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fits", type=int, default=12, help="months in the history")
    parser.add_argument("--draws", type=int, default=500, help="of 4 chains, after twice as many of tuning")
    chosen = parser.parse_args()
    model = wr.load_model("iraq-2025")
    months = [str(model.as_of + (1 - n)) for n in range(chosen.fits, 0, -1)]
    tasks = {f"t{number}": {"number": number} for number in range(IDLE)}

    def history(pool: Any = None, *, cores: int = 1, months: list[str] = months) -> Any:
        return wr.history(
            model, months, pool=pool, cores=cores, draws=chosen.draws, tune=2 * chosen.draws, progressbar=False
        )

    # Compiles in this process, and fills the caches of the compilers for all.
    first, _ = timed(lambda: history(months=months[:1]))
    alone, expected = timed(history)
    both, _ = timed(lambda: history(cores=WORKERS))
    with (
        LocalCluster(n_workers=WORKERS, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as pool,
    ):
        cold, _ = timed(lambda: history(pool))
        warm, found = timed(lambda: history(pool))
        wr.sweep(nothing, tasks, pool=pool, progressbar=False)
        idle, _ = timed(lambda: wr.sweep(nothing, tasks, pool=pool, progressbar=False))
    np.testing.assert_array_equal(found["probability"].to_numpy(), expected["probability"].to_numpy())
    print(f"{chosen.fits} fits of {chosen.draws} draws, each on one core; the first, which compiles: {first:.1f} s")
    print(f"  one after the other:              {alone:7.1f} s")
    print(f"  one after the other, on 2 cores:  {both:7.1f} s, {alone / both:.2f} times as fast")
    print(f"  {WORKERS} workers:                        {warm:7.1f} s, {alone / warm:.2f} times as fast")
    print(f"  {WORKERS} workers that have yet to compile: {cold:5.1f} s, {alone / cold:.2f} times as fast")
    print(
        f"  a task that does nothing:         {1000 * idle / IDLE:7.2f} ms, {idle / IDLE / (alone / chosen.fits):.1e} of a fit"
    )


if __name__ == "__main__":
    main()
