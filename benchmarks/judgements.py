"""What the sensitivity of one condition of iraq-2025 costs, part by part, beside a refit.

Run ``python -m benchmarks.judgements [posterior.nc]``; without a file the model is fitted first.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import withdrawal_risk as wr
from withdrawal_risk.inference import judgements
from withdrawal_risk.queries.tips import tips
from withdrawal_risk.simulation.probabilities import probabilities

CONDITION = "national_capability"


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return seconds, and the result."""
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, result


def main(path: str | None = None) -> None:
    """Print the seconds of every part."""
    if path is None:
        fitted, posterior = timed(lambda: wr.fit(wr.load_model("iraq-2025"), progressbar=False))
        print(f"{'a fit':42} {fitted:8.2f} s")
    else:
        posterior = wr.open_posterior(path)
    outlook, _ = timed(lambda: wr.outlook(posterior))
    found = probabilities(posterior, futures=16, random_seed=1)
    p = found.value[0, found.names.index(CONDITION)]
    count = len(judgements.judgements(posterior))

    def ranking() -> Any:
        slope = judgements.slopes(posterior)
        return slope, np.argsort(-np.abs(((p - p.mean())[:, None] * slope).mean(axis=0)))

    first, (slope, _) = timed(ranking)
    again, _ = timed(ranking)
    tipping, _ = timed(lambda: tips(p, slope, posterior.chains))
    whole, _ = timed(lambda: wr.sensitivity(posterior, CONDITION))
    for name, seconds in (
        ("an outlook, the first question", outlook),
        (f"ranking of all {count} judgements, the first", first),
        ("ranking for another condition", again),
        (f"all {count} tips of a condition", tipping),
        ("all of sensitivity, thresholds included", whole),
    ):
        print(f"{name:42} {seconds:8.2f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
