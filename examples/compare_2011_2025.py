"""
Why 2025 is not 2011
====================

Why 2025 is not 2011: where things stood in December 2011 and in August 2025, in numbers.

Run it: ``python examples/compare_2011_2025.py [output folder]``.

A level is measured in long-run standard deviations about a reference, and both are those of the
years before: an ordinary month of 2011 was far more violent than one of 2025. So levels are shown
on each file's own scale and, where both files read one published indicator, also on that of 2011.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import withdrawal_risk as wr

SHARED = {
    "us_iran_tension": "geopolitical_risk",
    "faction_control": "rule_of_law",
    "security_gaps": "organised_violence_deaths",
    "investor_confidence": "regulatory_quality",
    "energy_supply_pressure": "power_supply_share",
}
"""Factors of both files that one published indicator measures in both."""


def levels(posterior: wr.Posterior, factor: str) -> np.ndarray:
    """Return the mean level of a factor in the last six months, draw by draw."""
    level = posterior.tree["posterior"].dataset["level"].sel(factor=factor)
    return level.isel(month=slice(-6, None)).mean("month").to_numpy().ravel()


def on_the_scale_of(
    other: wr.Posterior, posterior: wr.Posterior, level: np.ndarray, indicator: str
) -> np.ndarray:
    """Return levels as those at which the other file expects the same value of an indicator."""
    (reference, loading), (others_reference, others_loading) = (
        [
            fit.tree["posterior"].dataset[name].sel(indicator=indicator).to_numpy().ravel()
            for name in ("reference", "loading")
        ]
        for fit in (posterior, other)
    )
    sign = posterior.model.spec.indicators[indicator].polarity
    return (sign * (reference - others_reference) + loading * level) / others_loading


def main(folder: str = "output", draws: int = 2000, tune: int = 1000) -> None:
    """Fit both models, and print and draw where they stand."""
    old, new = (
        wr.fit(wr.load_model(name), draws=draws, tune=tune, random_seed=1)
        for name in ("iraq-2011", "iraq-2025")
    )
    rows = {}
    for factor, indicator in SHARED.items():
        before, now = levels(old, factor), levels(new, factor)
        moved = on_the_scale_of(old, new, now, indicator)
        rows[factor] = {
            "2011": np.median(before),
            "2025, own scale": np.median(now),
            "2025, scale of 2011": np.median(moved),
            # The draws of both fits have nothing to do with each other, so any order pairs them.
            "P(2025 higher)": (moved > before).mean(),
        }
    table = pd.DataFrame.from_dict(rows, orient="index")
    print(table.round(2).to_string())
    for posterior in (old, new):
        print(wr.outlook(posterior).sentence())
    print(wr.scenarios(new, names=["exit_2011_style"]).sentence())

    axis = table[["2011", "2025, scale of 2011"]].plot.barh(figsize=(9, 4), xlabel="Level")
    Path(folder).mkdir(parents=True, exist_ok=True)
    axis.figure.savefig(Path(folder) / "compare-2011-2025.png", dpi=150, bbox_inches="tight")
    plt.close(axis.figure)


if __name__ == "__main__":
    main(*sys.argv[1:])
