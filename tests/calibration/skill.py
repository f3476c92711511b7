"""How often intervals of skill hold the truth, and bands of calibration a calibrated forecast.

    python -m tests.calibration.skill
    python -m tests.calibration.skill --tables 400

Tables are simulated: months are hard or easy, and both forecasters of a month do as well or ill at all of its leads, so
that the errors of neighbouring origins overlap as they do in a back test. Prints the share of intervals of 90 % that hold the
true skill, beside that of the plain percentiles of the same bootstrap.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd
from scipy.stats import norm

from withdrawal_risk.scoring import calibration
from withdrawal_risk.scoring.resampling import resampling_of
from withdrawal_risk.scoring.skill import skill

__all__ = ["calibrated_rows", "overlapping_scores", "share_of_bands", "share_of_intervals"]

TABLES = ((12, 1), (12, 3), (12, 6), (31, 1), (31, 3), (31, 6), (31, 12), (85, 12), (130, 12))
"""Origins, and the longest lead."""

TRUE_SKILL = 0.1


def overlapping_scores(
    rng: np.random.Generator, origins: int, leads: int, spread: float = 0.5
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return origin, month and the two scores of every forecast; the first is better by a tenth.

    Parameters
    ----------
    spread : float
        Log-sd of how hard months are; with 1 the hardest month has a quarter of all errors.
    """
    origin = np.repeat(np.arange(origins), leads)
    month = origin + np.tile(np.arange(1, leads + 1), origins)
    hard = np.exp(spread * rng.standard_normal(origins + leads + 1))
    own, other = np.exp(0.3 * rng.standard_normal((2, origins + leads + 1)) - 0.045)
    noise = np.exp(0.1 * rng.standard_normal((2, len(origin))) - 0.005)
    first = (1 - TRUE_SKILL) * (hard * own)[month] * noise[0]
    return origin, month, first, (hard * other)[month] * noise[1]


def share_of_intervals(
    origins: int, leads: int, tables: int, spread: float = 0.5
) -> tuple[float, float]:
    """Return the share of intervals that hold the true skill, and that of plain percentiles."""
    rng = np.random.default_rng([origins, leads, int(10 * spread)])
    held = plain = 0
    for number in range(tables):
        origin, month, own, other = overlapping_scores(rng, origins, leads, spread)
        months = len(set(month))
        found = skill(own, other, origin, months=months, block=leads, random_seed=number)
        held += found.lower <= TRUE_SKILL <= found.upper
        drawn = resampling_of(
            origins, leads, months=months, ci_prob=0.9, random_seed=number, name="plain"
        )
        sums = [
            np.bincount(origin, values, origins)[drawn.chosen].sum(1) for values in (own, other)
        ]
        low, high = np.quantile(1 - sums[0] / sums[1], [0.05, 0.95])
        plain += low <= TRUE_SKILL <= high
    return held / tables, plain / tables


def calibrated_rows(
    rng: np.random.Generator, origins: int, leads: int, kind: str = "months"
) -> pd.DataFrame:
    """Return rows of a calibrated forecaster.

    Parameters
    ----------
    kind : {"months", "walk"}
        Errors belong to a month, at all leads nearly alike, or are the steps of a walk since the origin.
    """
    origin = np.repeat(np.arange(origins), leads)
    lead = np.tile(np.arange(leads), origins)
    month = origin + lead
    if kind == "walk":
        path = np.concatenate([[0.0], np.cumsum(rng.standard_normal(origins + leads))])
        rank = norm.cdf((path[month + 1] - path[origin]) / np.sqrt(lead + 1))
    else:
        shared = rng.standard_normal(origins + leads + 1)[month]
        rank = norm.cdf(np.sqrt(0.8) * shared + np.sqrt(0.2) * rng.standard_normal(len(month)))
    probability = rng.beta(2, 2, origins + leads + 1)[month]
    return pd.DataFrame(
        {
            "origin_number": origin,
            "month": [f"{2000 + m // 12}-{m % 12 + 1:02d}" for m in month],
            "lead": lead,
            "all": "all",
            "pit": rank,
            "covered_50": (np.abs(rank - 0.5) < 0.25).astype(float),
            "covered_90": (np.abs(rank - 0.5) < 0.45).astype(float),
            "probability": probability,
            "event": (rank < probability).astype(float),
        }
    )


def share_of_bands(origins: int, leads: int, tables: int, kind: str = "months") -> dict[str, float]:
    """Return the share of points at which bands of 90 % hold a calibrated forecaster."""
    rng = np.random.default_rng([7, origins, leads])
    inside: dict[str, list[float]] = {}
    for number in range(tables):
        rows = calibrated_rows(rng, origins, leads, kind)
        found = {
            "pit": (calibration.pit_histogram(rows), "share"),
            "ecdf": (calibration.pit_ecdf(rows), "share"),
        }
        if number < tables // 10:
            # Each takes some seconds.
            curve = calibration.reliability(rows)
            found["reliability"] = (curve[(curve.index > 0.25) & (curve.index < 0.75)], "frequency")
        for name, (table, column) in found.items():
            held = (table["lower"] <= table[column]) & (table[column] <= table["upper"])
            inside.setdefault(name, []).append(float(held.mean()))
        covered = calibration.coverage(rows, by="all").iloc[0]
        for promised in (50, 90):
            held = covered[f"lower_{promised}"] <= promised / 100 <= covered[f"upper_{promised}"]
            inside.setdefault(f"coverage of {promised} %", []).append(float(held))
    return {name: float(np.mean(shares)) for name, shares in inside.items()}


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=4000)
    tables = parser.parse_args().tables
    print(
        "| origins | longest lead | blocks | held | held where months differ more | plain percentiles |"
    )
    print("|---|---|---|---|---|---|")
    for origins, leads in TABLES:
        held, plain = share_of_intervals(origins, leads, tables)
        wild, _ = share_of_intervals(origins, leads, tables, spread=1.0)
        print(
            f"| {origins} | {leads} | {origins / leads:.1f} | {held:.2f} | {wild:.2f} | {plain:.2f} |",
            flush=True,
        )
    for kind in ("months", "walk"):
        for origins, leads in ((6, 1), (12, 1), (12, 4), (31, 4), (60, 12), (130, 12)):
            shares = share_of_bands(origins, leads, tables // 10, kind)
            text = {name: round(share, 2) for name, share in shares.items()}
            print(kind, origins, leads, text, flush=True)


if __name__ == "__main__":
    main()
