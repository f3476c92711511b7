"""What the answers of a report cost, section by section, in seconds of all cores together.

    python -m benchmarks.report [POSTERIOR.nc]

Of iraq-2025 where no posterior is given; its fit is not counted. Sections that are named twice are
asked for in two places. Then the page in both languages is written from the same answers.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import withdrawal_risk as wr
from withdrawal_risk.reports.ingredients import Asked, gather


class Clock:
    """Tells what each section took, when the next one begins.

    Attributes
    ----------
    rows : list of (str, float, float)
        Section, seconds of all cores together, seconds that passed.
    """

    def __init__(self) -> None:
        self.rows: list[tuple[str, float, float]] = []
        self._open: tuple[str, float, float] | None = None

    def __call__(self, section: str) -> None:
        """Begin a section."""
        now = time.process_time(), time.perf_counter()
        if self._open is not None:
            name, cpu, wall = self._open
            self.rows.append((name, now[0] - cpu, now[1] - wall))
        self._open = (section, *now)


@contextmanager
def measured(name: str) -> Iterator[None]:
    """Print what something took."""
    cpu, wall = time.process_time(), time.perf_counter()
    yield
    print(
        f"{name:14} {time.process_time() - cpu:6.2f} s of cores {time.perf_counter() - wall:6.2f} s"
    )


def main() -> None:
    """Open or fit, and time."""
    posterior = (
        wr.open_posterior(sys.argv[1]) if len(sys.argv) > 1 else wr.fit(wr.load_model("iraq-2025"))
    )
    # What is compiled or read from its cache once is no part of an answer.
    wr.outlook(posterior, futures=2, random_seed=99)
    clock = Clock()
    with measured("all answers"):
        gather(posterior, Asked(made_on=date.today()), clock)
        clock("done")
    for name, cpu, wall in clock.rows:
        print(f"  {name:12} {cpu:6.2f} {wall:6.2f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main()
