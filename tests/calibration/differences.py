"""Do the printed intervals of differences hold the differences of the draws? On the scenarios of a shipped model.

The reference is the same posterior asked with so many futures of some draws that their noise is small beside the spread between
draws; the table says how small. Run ``python -m tests.calibration.differences --model iraq-2025``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import withdrawal_risk as wr
from withdrawal_risk.simulation.probabilities import probabilities
from withdrawal_risk.simulation.worlds import World, of_scenario

__all__ = ["coverage", "true_differences"]

_AT_ONCE: Final = 512
_WORTH: Final = 0.002
"""Differences that are never larger than this are not judged: 0.2 points."""


def true_differences(
    posterior: wr.Posterior,
    worlds: Sequence[World],
    *,
    draws: int,
    futures: int,
    random_seed: int = 10_000,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the difference of every condition from the expected world in some draws, and its own noise.

    Returns
    -------
    tuple of ndarray
        Differences, shape (world, condition, draw), and the standard deviation of their noise, shape (world, condition).
    """
    thin = posterior.tree.copy()
    step = max(posterior.chains * thin["posterior"].sizes["draw"] // draws, 1)
    for name in (
        "posterior",
        "log_likelihood",
        "log_prior",
        "posterior_predictive",
        "sample_stats",
    ):
        thin[name] = thin[name].isel(draw=slice(None, None, step))
    few = wr.Posterior(
        tree=thin, model=posterior.model, as_of=posterior.as_of, settings=posterior.settings
    )
    batches = []
    for batch in range(futures // _AT_ONCE):
        found = probabilities(few, futures=_AT_ONCE, random_seed=random_seed + batch, worlds=worlds)
        batches.append(found.value[1:] - found.value[:1])
    noise = np.var(batches, axis=0, ddof=1).mean(axis=-1) / len(batches)
    return np.mean(batches, axis=0), np.sqrt(noise)


def coverage(
    posterior: wr.Posterior, *, draws: int, futures: int, seeds: Sequence[int]
) -> pd.DataFrame:
    """Return, by scenario, condition and seed, the share of draws whose difference lies in the printed interval.

    ``noise`` is that of the reference over the spread between draws; ``signed`` whether a sign is claimed that the middle
    80 % of the draws do not have.
    """
    spec = posterior.model.spec
    worlds = [of_scenario(posterior, scenario) for scenario in spec.scenarios.values()]
    true, noise = true_differences(posterior, worlds, draws=draws, futures=futures)
    rows = []
    for seed in seeds:
        found = wr.scenarios(posterior, random_seed=seed)
        for w, name in enumerate(spec.scenarios):
            for c, (condition, row) in enumerate(found.results[name].summary.iterrows()):
                low, high = row["difference_lower"], row["difference_upper"]
                ends = np.quantile(true[w, c], [0.1, 0.9])
                spread = np.sqrt(max(true[w, c].var() - noise[w, c] ** 2, 0.0))
                rows.append({
                    "scenario": name, "condition": condition, "seed": seed,
                    "held": np.mean((true[w, c] >= low - 1e-9) & (true[w, c] <= high + 1e-9)) if low == low else np.nan,
                    "largest": np.abs(true[w, c]).max(), "noise": noise[w, c] / spread if spread else 0.0,
                    "signed": bool((low > 0 or high < 0) and ends[0] < 0 < ends[1]),
                })  # fmt: skip
    return pd.DataFrame(rows)


def main() -> int:
    """Run from the command line; return 1 where an interval holds too few, or claims a sign that is not there."""
    parser = argparse.ArgumentParser(description="Coverage of differences of scenarios.")
    parser.add_argument("--model", default="iraq-2025")
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--futures", type=int, default=16_384)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    given = parser.parse_args()
    posterior = wr.fit(wr.load_model(given.model))
    table = coverage(posterior, draws=given.draws, futures=given.futures, seeds=given.seeds)
    judged = table[table["largest"] > _WORTH]
    print(
        judged.pivot_table(
            index=["scenario", "condition"], columns="seed", values="held", dropna=False
        )
        .round(3)
        .to_string()
    )
    resolved = judged["held"].dropna()
    print(
        f"{len(resolved)} of {len(judged)} resolved; between {resolved.min():.1%} and {resolved.max():.1%} of draws held; "
        f"largest noise of the reference {judged['noise'].max():.2f} of the spread; signs not there: {int(judged['signed'].sum())}"
    )
    return int(bool(resolved.min() < 0.84) or bool(judged["signed"].any()))


if __name__ == "__main__":
    sys.exit(main())
