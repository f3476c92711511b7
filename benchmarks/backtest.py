"""How long a back test takes, and how much the length of its fits matters.

    python -m benchmarks.backtest

A network of fourteen factors over 66 months, forecast from 31 origins by the model and all it is compared with: first in
this process, whose chains share the cores, then over a pool of as many processes as there are cores. Then iraq-2025
from five origins, with the fits of a back test, with another seed and with those of `fit`.
"""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pandas as pd

import withdrawal_risk as wr
from benchmarks.synthetic import synthetic_texts
from withdrawal_risk.cores import usable_cores

FACTORS, MONTHS, ORIGINS = 14, 66, 31


def crps(result: wr.Backtest) -> pd.Series:
    """Return the CRPS of the model, by origin, indicator and month."""
    table = result.table
    return table[table["method"] == "model"].set_index(["origin", "indicator", "month"])["crps"]


def main() -> None:
    """Run all, and print what it took."""
    model = wr.Model.from_texts(*synthetic_texts(FACTORS, MONTHS, rows=400))
    last = model.as_of + -1
    asked = {"start": last + -(ORIGINS - 1), "end": last, "progressbar": False}
    begin = time.perf_counter()
    wr.backtest(model, start=last, end=last, draws=10, tune=10, chains=1, progressbar=False)
    print(
        f"first origin, which compiles what is not compiled yet: {time.perf_counter() - begin:.0f} s"
    )
    begin = time.perf_counter()
    alone = wr.backtest(model, **asked, methods=["model"])
    print(f"{ORIGINS} origins, the model alone: {time.perf_counter() - begin:.0f} s")
    begin = time.perf_counter()
    plain = wr.backtest(model, **asked)
    print(
        f"{ORIGINS} origins, all methods, {len(plain.table):,} rows: {time.perf_counter() - begin:.0f} s"
    )
    cores = usable_cores()
    begin = time.perf_counter()
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        spread = wr.backtest(model, **asked, cores=1, pool=pool)
    print(f"the same over {cores} processes: {time.perf_counter() - begin:.0f} s")
    assert crps(plain).equals(crps(spread)) and crps(plain).equals(crps(alone))

    iraq = wr.load_model("iraq-2025")
    five = {
        "start": "2024-06",
        "end": "2025-02",
        "step": 2,
        "methods": ["model"],
        "progressbar": False,
    }
    long = {"draws": 2000, "tune": 1000, "chains": 4, "target_accept": 0.98}
    reference = crps(wr.backtest(iraq, **five, **long))
    scale = reference.groupby("indicator").transform("mean")
    for what, settings in (
        ("the same, another seed", {**long, "random_seed": 2}),
        *((f"fits of a back test, seed {seed}", {"random_seed": seed}) for seed in (1, 2, 3, 4)),
    ):
        other = crps(wr.backtest(iraq, **five, **settings))
        change = 100 * (float(np.mean(other / scale)) - 1)
        print(
            f"mean CRPS of iraq-2025 from five origins, beside long fits, {what}: {change:+.2f} %"
        )


if __name__ == "__main__":
    main()
