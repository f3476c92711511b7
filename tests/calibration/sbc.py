"""Simulation-based calibration of `withdrawal_risk.fit` and of what is asked of a fit (Talts et al. 2018).

Parameters, levels and evidence are drawn from the prior predictive by `tests.oracles.simulator`, which shares no
code with the library; the library is fitted to the evidence; the truth of each quantity is ranked among nearly
independent posterior draws. Where the library infers the model it claims to infer, every rank is uniform. Besides
parameters and levels these are ranked (Modrak et al. 2023): the log likelihood of the evidence and the log density
of the levels, both as the simulator computes them; levels and indicators at the horizon in the truth's own future;
and the probability of every condition, of which each side simulates its own futures.

A rank ``r`` of ``L`` draws becomes ``u = (r + v) / (L + 1)`` with ``v`` uniform: exactly uniform where ranks are. Two
Kolmogorov-Smirnov tests with exact p-values, of ``u`` for a shift and of ``|2 u - 1|`` for draws that are too wide or
too narrow, give a quantity twice the smaller of the two p-values. The smallest over all quantities, times their
number (Bonferroni), is the p-value of the whole run, whatever the dependence between quantities; a run fails where
it is below `FAMILY_WISE` = 0.001, so a false alarm has at most that probability.

The same worlds certify coverage: 90 % intervals of levels in every month, of indicators in the months ahead and
of condition probabilities must hold the truth 90 % of the time, within `TOLERANCE` = 4 points. Of 300 worlds the
share has a standard error of 1.7 points at most, where all cells of a world stand or fall together; a library
without fault then fails a kind with probability 0.02, and where cells are nearly independent, practically never.

Run ``python -m tests.calibration.sbc --network small iraq-2025 --worlds 500``.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tests.calibration.networks import NETWORKS, setting
from tests.calibration.verdict import FAMILY_WISE, Coverage, Ranks
from tests.calibration.worlds import USUAL, Record, Settings, one

import withdrawal_risk as wr
from withdrawal_risk.inference.cache import code_key
from withdrawal_risk.tasks import Pool

__all__ = ["Calibration", "run", "world"]


@dataclass(frozen=True)
class Calibration:
    """The worlds of a run.

    Parameters
    ----------
    network : str
    settings : Settings
    records : list of Record
    """

    network: str
    settings: Settings
    records: list[Record]

    @property
    def ranks(self) -> Ranks:
        """Where truths lie among draws."""
        return Ranks.of(self.records, self.settings.ranked)

    @property
    def coverage(self) -> Coverage:
        """Whether intervals hold truths."""
        return Coverage.of(self.records)

    @property
    def divergences(self) -> int:
        """Of all fits."""
        return sum(record["divergences"] for record in self.records)

    def write(self, folder: Path) -> None:
        """Write ranks, tables and plots."""
        folder.mkdir(parents=True, exist_ok=True)
        ranks, coverage = self.ranks, self.coverage
        ranks.ranks.to_csv(folder / f"{self.network}-ranks.csv", index_label="world")
        ranks.table().to_csv(folder / f"{self.network}-uniformity.csv", float_format="%.6g")
        ranks.plot(folder / f"{self.network}-ranks.png", self.network)
        labels = coverage.table(("kind", "label")).reset_index()
        table = pd.concat([coverage.table().reset_index().assign(label="all"), labels])
        table.to_csv(folder / f"{self.network}-coverage.csv", index=False, float_format="%.4f")
        coverage.plot(
            folder / f"{self.network}-coverage.png",
            self.network,
            setting(self.network).problem["months"],
        )


def world(task: dict[str, Any]) -> dict[str, Any]:
    """Make one world of a sweep: `one` with its record as text."""
    record = one(task["network"], task["seed"], task["world"], Settings(**task["settings"]))
    return {"record": json.dumps(record)}


def run(
    name: str = "small",
    *,
    worlds: int = 50,
    seed: int = 1,
    settings: Settings = USUAL,
    pool: Pool | None = None,
    folder: Path | None = None,
    progressbar: bool = False,
) -> Calibration:
    """Simulate, fit and place the truth.

    Parameters
    ----------
    name : str
        One of `NETWORKS`.
    worlds, seed : int
        World ``k`` depends on the network, the seed, the settings and on ``k`` alone.
    settings : Settings
    pool, folder, progressbar
        As in `withdrawal_risk.sweep`.
    """
    common = {"network": name, "seed": seed, "settings": asdict(settings), "code": code_key()}
    tasks = {f"{name}-{seed}-{k}": common | {"world": k} for k in range(worlds)}
    found = wr.sweep(world, tasks, pool=pool, folder=folder, progressbar=progressbar)
    return Calibration(
        name, settings, [json.loads(str(record["record"])) for record in found.values()]
    )


def _print(found: Calibration) -> None:
    ranks, times = found.ranks, np.array([record["seconds"] for record in found.records])
    with pd.option_context("display.width", 120):
        print(
            f"\n{found.network}: {len(times)} worlds, first {times[0]:.1f} s, then {np.median(times):.2f} s each"
        )
        print(ranks.table().head(12).to_string(float_format=lambda value: f"{value:.4g}"))
        print(
            f"{found.divergences} divergences; p of all ranks {ranks.p:.3g}, fails below {FAMILY_WISE}"
        )
        print(found.coverage.table().to_string(float_format=lambda value: f"{value:.3f}"))


def main() -> int:
    """Run from the command line; return 1 where calibration fails."""
    parser = argparse.ArgumentParser(
        description="Simulation-based calibration and coverage of fits."
    )
    parser.add_argument("--worlds", type=int, default=500, help="fits of each network")
    parser.add_argument("--network", choices=sorted(NETWORKS), nargs="+", default=["small"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("output/calibration"),
        help="folder of tables and plots, and of the worlds made so far",
    )
    for name in ("draws", "tune", "chains", "keep", "futures"):
        parser.add_argument(f"--{name}", type=int, default=getattr(USUAL, name))
    given = parser.parse_args()
    settings = Settings(given.draws, given.tune, given.chains, given.keep, given.futures)
    sound = True
    for name in given.network:
        found = run(
            name,
            worlds=given.worlds,
            seed=given.seed,
            settings=settings,
            folder=given.output / "worlds",
            progressbar=True,
        )
        found.write(given.output)
        _print(found)
        sound &= found.ranks.p >= FAMILY_WISE and found.coverage.certified()
    return int(not sound)


if __name__ == "__main__":
    sys.exit(main())
