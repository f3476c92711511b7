"""A history of iraq-2025 one fit after the other, and over a cluster of two workers on this machine.

    python -m benchmarks.sweeps

Every fit has one core. All share a layout, so every process compiles once: this one before it is timed, the workers while
they are. A second history shows them once they have. The overhead of a task is what the cluster takes for tasks that do
nothing. A real network adds its own delay to that, but no more work: a task is the text of a model.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from typing import Any

import withdrawal_risk as wr

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from distributed import Client, LocalCluster

IDLE = 500
"""Tasks that do nothing."""

WORKERS = 2


def nothing(task: dict[str, Any]) -> dict[str, Any]:
    """Return at once."""
    return {"number": task["number"]}


def _timed(what: str, work: Callable[[], Any]) -> tuple[float, Any]:
    """Say and return the seconds of some work, and return what it returned."""
    begin = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - begin
    print(f"{what:<42}{seconds:8.1f} s", flush=True)
    return seconds, result


def main() -> None:
    """Time both ways, and see that they agree to the last bit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fits", type=int, default=8, help="months in the history")
    parser.add_argument(
        "--draws", type=int, default=500, help="of 4 chains, after twice as many of tuning"
    )
    chosen = parser.parse_args()
    model = wr.load_model("iraq-2025")
    months = [str(model.as_of + (1 - n)) for n in range(chosen.fits, 0, -1)]
    tasks = {f"t{number}": {"number": number} for number in range(IDLE)}

    def history(pool: Any = None, months: list[str] = months, random_seed: int = 1) -> Any:
        return wr.history(
            model, months, pool=pool, cores=1, draws=chosen.draws, tune=2 * chosen.draws, random_seed=random_seed,
            progressbar=False,
        )  # fmt: skip

    _timed("one fit, which compiles", lambda: history(months=months[:1]))
    alone, expected = _timed(f"{chosen.fits} fits one after the other", history)
    with (
        LocalCluster(n_workers=WORKERS, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as pool,
    ):
        fresh, found = _timed(
            f"over {WORKERS} workers that have yet to compile", lambda: history(pool)
        )
        spread, _ = _timed(
            f"over {WORKERS} workers that have compiled", lambda: history(pool, random_seed=2)
        )
        wr.sweep(nothing, {"first": {"number": 0}}, pool=pool, progressbar=False)
        idle, _ = _timed(
            f"{IDLE} tasks that do nothing",
            lambda: wr.sweep(nothing, tasks, pool=pool, progressbar=False),
        )
    if not found.equals(expected):
        raise SystemExit("the cluster's answers differ")
    print(f"{alone / fresh:.2f} and {alone / spread:.2f} times as fast; {1000 * idle / IDLE:.2f} ms a task, {idle / IDLE / (alone / chosen.fits):.1e} of a fit")  # fmt: skip


if __name__ == "__main__":
    main()
