"""Long back tests: the years after 2011, and what the present model's parts are worth since 2014.

    python -m benchmarks.long_tables --evidence FOLDER

The folder holds three public series in the layout in which they were collected:
`ucdp_monthly_deaths.csv` and `gpr_monthly.csv`, as in `benchmarks.windows`, and
`peer_forecasts_iraq_deaths.csv` (origin, month, mean). Civilian deaths are those of iraq-2011,
whose priors are frozen. The parts of iraq-2025 read their references anew at the first origin of
each year, from all months before it. All data are revised.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

import withdrawal_risk as wr
from benchmarks.windows import SECURITY, month, part
from withdrawal_risk.scoring.leads import block_of_leads
from withdrawal_risk.scoring.scores import log_error

LEADS: Final = 12
BASELINES: Final = (
    *("climatology", "last_value", "conflictology", "conflictology_smooth"),
    *("random_walk", "local_level", "smoothed_level"),
)
METHODS: Final = ("model", "without_edges_matched", *BASELINES)
HISTORY: Final = 360
"""Months that `suggest` reads at most."""

FIT: Final = {"target_accept": 0.97}
"""Levels that are watched closely for ten years have a narrow posterior."""


def years(
    factors: tuple[str, ...], indicator: str, series: pd.Series, first: str, last: str, folder: Path
) -> pd.DataFrame:
    """Return the forecasts of a part of iraq-2025, whose references are read anew each year."""
    tables = []
    while first <= last:
        end = min(month(first, 11), last)
        result = wr.backtest(
            part(factors, indicator, series, first, LEADS, HISTORY), start=first, end=end, leads=LEADS,
            methods=METHODS, folder=folder, progressbar=False, **FIT,
        )  # fmt: skip
        tables.append(result.table)
        print(first, f"{len(result.loose_fits)} loose fits", flush=True)
        first = month(end, 1)
    return pd.concat(tables, ignore_index=True)


def wide(table: pd.DataFrame, score: str) -> pd.DataFrame:
    """Return a score by origin, month and block of leads, a column a method; lead 0 left out."""
    ahead = table[table["lead"] >= 1]
    return ahead.pivot_table(score, ["leads", "origin", "month"], "method", observed=True).dropna()


def skill(scores: pd.DataFrame, other: str) -> str:
    """Return the skill of the model over a method, with its interval."""
    index = scores.index.to_frame()
    found = wr.skill(scores["model"], scores[other], origin=index["origin"], month=index["month"])
    text = f"{found.value:+.2f}"
    return text if np.isnan(found.lower) else f"{text} [{found.lower:+.2f}, {found.upper:+.2f}]"


def say(title: str, table: pd.DataFrame) -> None:
    """Print the skill over every other method in each block of leads, and what intervals held."""
    table = table[table["lead"] >= 1]
    scores = wide(table, "crps")
    blocks = list(dict.fromkeys(scores.index.get_level_values("leads")))
    others = [name for name in METHODS[1:] if name in scores]
    means = {leads: scores.xs(leads, drop_level=False) for leads in blocks}
    print(f"\n{title}: {table['origin'].nunique()} origins, {len(scores)} forecasts")
    print(f"| over | {' | '.join(blocks)} |\n|---|{'---|' * len(blocks)}")
    for name in others:
        print(f"| `{name}` | {' | '.join(skill(means[leads], name) for leads in blocks)} |")
    best = {leads: str(means[leads][list(BASELINES)].mean().idxmin()) for leads in blocks}
    print(f"| the best, in hindsight | {' | '.join(f'`{best[leads]}`' for leads in blocks)} |")
    worst = scores["model"].groupby("month").sum().idxmax()
    rest = {k: m[m.index.get_level_values("month") != worst] for k, m in means.items()}
    shown = " | ".join(skill(rest[leads], "conflictology") for leads in blocks)
    print(f"| `conflictology`, without {worst} | {shown} |")
    logs = wide(table, "log_crps")
    for name in ("conflictology", "local_level"):
        shown = " | ".join(skill(logs.xs(leads, drop_level=False), name) for leads in blocks)
        print(f"| `{name}`, log(1 + value) | {shown} |")
    own = table[table["method"] == "model"].groupby("leads", observed=True)
    print(f"| CRPS of the model | {' | '.join(f'{own["crps"].mean()[k]:.1f}' for k in blocks)} |")
    for share in ("covered_90", "covered_50"):
        print(f"| {share} | {' | '.join(f'{own[share].mean()[k]:.2f}' for k in blocks)} |")


def say_peer(table: pd.DataFrame, peer: pd.DataFrame) -> None:
    """Print errors of point forecasts beside those of a published system, by block of leads.

    The system counts the month after the last one known as its lead 1; here it is lead 0.
    """
    both = table.merge(peer, on=["origin", "month"], suffixes=("", "_peer"))
    both["leads"] = block_of_leads(both["lead"] + 1)
    both["peer"] = log_error(both["mean_peer"], both["observed"])
    index = ["leads", "origin", "month"]
    scores = both.pivot_table("log_error", index, "method", observed=True)
    scores["peer"] = both.groupby(index, observed=True)["peer"].first()
    scores = scores.dropna()
    blocks = list(dict.fromkeys(scores.index.get_level_values("leads")))
    print(f"\nDeaths of Iraq beside the published system: {len(scores)} forecasts, months ahead")
    print(f"| over | {' | '.join(blocks)} |\n|---|{'---|' * len(blocks)}")
    for name in ("peer", *METHODS[1:]):
        shown = (skill(scores.xs(leads, drop_level=False), name) for leads in blocks)
        print(f"| `{name}` | {' | '.join(shown)} |")
    for name in ("model", "peer", "last_value"):
        shown = (f"{scores.xs(leads)[name].mean():.2f}" for leads in blocks)
        print(f"| mean error of `{name}` | {' | '.join(shown)} |")


def civilians(folder: Path) -> None:
    """Print the tables of civilian deaths after the exit of 2011."""
    model = wr.load_model("iraq-2011")
    for end in ("2014-06", "2018-12"):
        result = wr.backtest(
            model, start="2011-12", end=end, leads=LEADS, methods=METHODS, folder=folder, **FIT
        )  # fmt: skip
        table = result.table[result.table["indicator"] == "civilian_deaths"]
        result.save(folder / f"civilians-{end}.csv")
        say(f"Civilian deaths, 2011-12 to {end}, {len(result.loose_fits)} loose fits", table)


def main() -> None:
    """Work out all tables and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evidence", type=Path, required=True)
    parser.add_argument("--folder", type=Path, default=Path("output/long"))
    parser.add_argument("--only", choices=["civilians", "deaths", "index"])
    given = parser.parse_args()
    if given.only in (None, "deaths"):
        rows = pd.read_csv(given.evidence / "ucdp_monthly_deaths.csv", comment="#")
        deaths = rows[rows["country"] == "Iraq"].set_index("month")["deaths"].dropna()
        table = years(
            SECURITY, "organised_violence_deaths", deaths, "2018-01", "2025-01", given.folder
        )
        say("Deaths in organised violence, Iraq", table)
        peer = pd.read_csv(given.evidence / "peer_forecasts_iraq_deaths.csv", comment="#")
        say_peer(table, peer)
    if given.only in (None, "index"):
        index = pd.read_csv(given.evidence / "gpr_monthly.csv", comment="#", index_col="month")
        table = years(
            ("us_iran_tension",), "geopolitical_risk", index["GPR"].dropna(),
            "2014-07", "2025-06", given.folder,
        )  # fmt: skip
        say("Risk index", table)
    if given.only in (None, "civilians"):
        civilians(given.folder)


if __name__ == "__main__":
    main()
