"""How often the ranges of `withdrawal_risk.suggest` hold what they should.

``simulate`` draws histories whose truth is known. ``real FOLDER`` reads histories from CSV files and asks whether the
reference that is proposed at a cut-off holds the mean of the 30 months after it. The folder has a file ``series.csv``
with the columns ``file,column,family``, one row a history, and optionally ``only`` (``country=Iraq``: the rows of a
file that are read) and ``times`` (0.01 turns per cent into shares).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from tests.calibration.histories import AHEAD, FAMILIES, Truth, linked, simulated

import withdrawal_risk as wr

__all__ = ["HELD", "simulate", "simulated_row"]

HELD: Final = ("half_life", "per_level", "error")
"""Ranges that promise to hold the truth in nine of ten histories."""

PROMISED: Final = 0.9
TOLERANCE: Final = 0.04
"""How far below its promise the share of histories may lie whose truth is held; references promise as much."""

Row = dict[str, Any]


def holds(found: Any, value: float) -> bool:
    return bool(found.p5 <= value <= found.p95)


def suggested(past: np.ndarray, family: str) -> wr.Suggestion:
    months = pd.period_range("2000-01", periods=len(past), freq="M")
    return wr.suggest(pd.Series(past, months), family)


def _ahead(found: wr.Suggestion, later: np.ndarray) -> Row:
    """Say whether the reference holds the mean of later months, on the scale of the family and as it is."""
    later, reference = later[~np.isnan(later)], found.ranges["at_reference"]
    # A reference of a count is a mean, and above 0.
    scale = "lognormal" if found.family == "count" else found.family
    low, high = (linked(np.array(end), scale) for end in (reference.p5, reference.p95))
    mean = linked(later, found.family).mean()
    return {
        "next_30_on_scale": bool(low <= mean <= high),
        "next_30": holds(reference, later.mean()),
    }


def simulated_row(truth: Truth, found: wr.Suggestion) -> Row:
    """Say which ranges hold the truth."""
    asked = found.proposal
    return {
        name: holds(getattr(asked, name), getattr(truth, name)) for name in (*HELD, "at_reference")
    }


def simulate(family: str, histories: int, seed: int, tails: bool) -> pd.DataFrame:
    """Return one row a history."""
    rows = []
    for number in range(histories):
        truth, past, later = simulated(seed, number, family, tails=tails)
        begun = time.perf_counter()
        try:
            found = suggested(past, family)
        except wr.ArgumentError as refusal:
            print(f"refused: {family} {number}: {refusal}")
            continue
        taken = time.perf_counter() - begun
        row = simulated_row(truth, found) | _ahead(found, later)
        drift = found.proposal.drift is not None
        rows.append(
            {
                "family": family,
                "two_speeds": truth.share > 0,
                "months": truth.months,
                "true_half_life": truth.half_life,
                "error_of_a_level": truth.error / truth.loading,
                **row,
                "drift": drift,
                "seconds": taken,
            }
        )
    return pd.DataFrame(rows)


def _histories(folder: Path) -> Iterator[tuple[str, str, pd.Series]]:
    """Yield name, family and monthly values of every row of ``series.csv``."""
    listed = pd.read_csv(folder / "series.csv", dtype=str).fillna("")
    for row in listed.to_dict("records"):
        # A comment may begin only a line: addresses hold the sign too.
        lines = (folder / row["file"]).read_text(encoding="utf-8").splitlines()
        begin = next(k for k, line in enumerate(lines) if not line.startswith("#"))
        table = pd.read_csv(folder / row["file"], skiprows=begin)
        if only := row.get("only"):
            key, _, value = only.partition("=")
            table = table[table[key].astype(str) == value]
        series = table.set_index("month")[row["column"]].astype(float) * float(
            row.get("times") or 1
        )
        series.index = pd.PeriodIndex(series.index, freq="M")
        months = pd.period_range(series.index[0], series.index[-1], freq="M")
        yield f"{only or row['file']} {row['column']}", row["family"], series.reindex(months)


def real(folder: Path, window: int | None, step: int) -> pd.DataFrame:
    """Return one row a history and cut-off; with a window, only so many months before it are read."""
    rows: list[Row] = []
    for name, family, series in _histories(folder):
        for cut in range(window or 36, len(series) - AHEAD + 1, step):
            past = series.iloc[cut - window if window else 0 : cut]
            try:
                found = wr.suggest(past, family)
            except wr.ArgumentError as refusal:
                rows.append({"series": name, "refused": str(refusal)})
                continue
            later = series.iloc[cut : cut + AHEAD].to_numpy()
            rows.append(
                {
                    "series": name,
                    "until": str(past.index[-1]),
                    "refused": "",
                    **_ahead(found, later),
                }
            )
    return pd.DataFrame(rows)


def _show_simulated(rows: pd.DataFrame) -> bool:
    """Print coverage, and say whether it is what was promised."""
    names = [*HELD, "at_reference", "next_30_on_scale", "next_30"]
    cuts = {
        "family": rows.family,
        "two speeds": rows.two_speeds,
        "months": pd.cut(rows.months, [35, 60, 120, 240]),
        "half-life": pd.cut(rows.true_half_life, [0.5, 2, 8, 40]),
        "error of a level": pd.cut(rows.error_of_a_level, [0.1, 0.35, 0.7, 1.6]),
    }
    parts = {("all", ""): rows[names].mean()}
    for title, by in cuts.items():
        parts |= {
            (title, str(label)): part[names].mean()
            for label, part in rows.groupby(by, observed=True)
        }
    print(
        f"{len(rows)} histories; seconds a call: median {rows.seconds.median():.2f}, most {rows.seconds.max():.2f}"
    )
    print(pd.DataFrame(parts).T.astype(float).round(3).to_string())
    print(
        "drift proposed, by whether there are two speeds:",
        rows.groupby("two_speeds").drift.mean().round(2).to_dict(),
    )
    return bool((rows[names].mean() >= PROMISED - TOLERANCE).all())


def _show_real(rows: pd.DataFrame) -> bool:
    refused = rows.refused.ne("")
    rows, names = (
        rows[~refused].astype({"next_30_on_scale": float, "next_30": float}),
        ["next_30_on_scale", "next_30"],
    )
    table = rows.groupby("series")[names].mean()
    print(table.assign(cut_offs=rows.groupby("series").size()).round(2).to_string())
    print(f"{len(rows)} cut-offs, {refused.sum()} refused: {rows[names].mean().round(3).to_dict()}")
    return bool(rows["next_30_on_scale"].mean() >= PROMISED - TOLERANCE)


def main() -> int:
    """Run from the command line; return 1 where coverage is less than promised."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    simulating = commands.add_parser("simulate", help="histories whose truth is known")
    simulating.add_argument("--family", choices=FAMILIES, nargs="+", default=list(FAMILIES))
    simulating.add_argument("--histories", type=int, default=800, help="of each family")
    simulating.add_argument("--seed", type=int, default=1)
    simulating.add_argument(
        "--tails",
        action="store_true",
        help="Student-t shocks and errors, which the priors do not know",
    )
    reading = commands.add_parser("real", help="histories of a folder")
    reading.add_argument("folder", type=Path)
    reading.add_argument("--window", type=int, help="months before each cut-off; default: all")
    reading.add_argument("--step", type=int, default=3, help="months between cut-offs")
    for command in (simulating, reading):
        command.add_argument("--output", type=Path, help="CSV file of one row a history")
    given = parser.parse_args()
    if given.command == "simulate":
        rows = pd.concat(
            [simulate(family, given.histories, given.seed, given.tails) for family in given.family]
        )
        sound = _show_simulated(rows)
    else:
        rows = real(given.folder, given.window, given.step)
        sound = _show_real(rows)
    if given.output is not None:
        given.output.parent.mkdir(parents=True, exist_ok=True)
        rows.to_csv(given.output, index=False)
    return int(not sound)


if __name__ == "__main__":
    sys.exit(main())
