"""Whether the forecasts of iraq-2025 hold where they were not tuned: other years, other countries.

    python -m benchmarks.windows --evidence FOLDER

The folder holds two public series in the layout in which they were collected: `gpr_monthly.csv`
(month, GPR; Caldara and Iacoviello) and `ucdp_monthly_deaths.csv` (country, month, deaths; UCDP).
The security part of the model, with its half-lives, drifts and weights as they stand, is fitted to
each country's deaths, and its tension to the index. References and ratios come from `suggest` on
the last five years before a window, as the file's own do; the error of a month is that of the file.
Windows of twelve origins follow each other without overlap, from the first month with three years
of history on, so that none is chosen. All data are revised.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pandas as pd

import withdrawal_risk as wr
from benchmarks.specs import spec_of, text_of

ORIGINS, LEADS = 12, 6
HISTORY, LEAST = 60, 36
"""Months that a reference rests on, and fewest before a first window."""

BEFORE = 24
"""Months of evidence before a window's first origin."""

SECURITY = ("isis_activity", "security_gaps_west", "security_gaps_disputed", "security_gaps")
OTHERS = ["model", "conflictology", "local_level", "random_walk"]


def month(text: str, later: int) -> str:
    """Return a month, so many months later."""
    return str(pd.Period(text, "M") + later)


def part(
    factors: tuple[str, ...],
    indicator: str,
    series: pd.Series,
    first: str,
    leads: int = LEADS,
    history: int = HISTORY,
) -> wr.Model:
    """Return some factors of iraq-2025 with one indicator and its evidence, for a window of origins."""
    spec = spec_of(wr.load_model("iraq-2025"))
    item = spec["indicators"][indicator]
    known = series[series.index < first].iloc[-history:]
    found = wr.suggest(known, item["family"], until=month(first, -1))
    for key in ("at_reference", "ratio_per_level"):
        item[key] = {"p5": float(found.ranges[key].p5), "p95": float(found.ranges[key].p95)}
    start, horizon = month(first, -BEFORE), month(first, ORIGINS - 1 + leads)
    chosen = {name: spec["factors"][name] for name in factors}
    for factor in chosen.values():
        # Where a level stood at the start of 2023 is no judgement about other years.
        factor.pop("start", None)
    text = {
        "id": "part",
        "title": {"en": "A part of iraq-2025"},
        "time": {"start": start, "as_of": first, "horizon": horizon},
        "claims": {},
        "factors": chosen,
        "edges": [e for e in spec["edges"] if e["from"] in factors and e["to"] in factors],
        "indicators": {indicator: item},
        "conditions": {
            "any": {
                "label": {"en": "Any"},
                "all": [{"factor": factors[-1], "at_least": "medium"}],
                "basis": "judgement: no question of this measurement",
                "why": {"en": "A file asks for one."},
            }
        },
        "evidence": "evidence.csv",
    }
    _without_claims(text)
    rows = [
        f"r{str(name).replace('-', '_')},{indicator},{name},{name},rule:monthly_index,{value:g},,,,A,series,,"
        for name, value in series.items()
        if start <= str(name) <= horizon
    ]
    header = "id,indicator,start,end,published,value,low,high,se,grade,source,url,note"
    return wr.Model.from_texts(text_of(text), "\n".join([header, *rows]) + "\n")


def _without_claims(value: Any) -> None:
    """Let every element rest on the file that it is taken from."""
    if isinstance(value, dict):
        if "basis" in value:
            value["basis"] = "judgement: as in iraq-2025"
        for one in value.values():
            _without_claims(one)
    elif isinstance(value, list):
        for one in value:
            _without_claims(one)


def windows(series: pd.Series, first: str, step: int) -> list[str]:
    """Return the first origins of all windows of a series, from a month on."""
    found, last = [], str(series.index[-1])
    while month(first, ORIGINS - 1 + 1) <= last:
        found.append(first)
        first = month(first, step)
    return found


def main() -> None:
    """Run all windows, and print what must hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evidence", type=Path, required=True)
    parser.add_argument("--folder", type=Path, default=Path("output/windows"))
    given = parser.parse_args()
    deaths = pd.read_csv(given.evidence / "ucdp_monthly_deaths.csv", comment="#")
    gpr = pd.read_csv(given.evidence / "gpr_monthly.csv", comment="#", index_col="month")["GPR"]
    tables = []
    for country, rows in deaths.groupby("country"):
        series = rows.set_index("month")["deaths"].dropna()
        begin = month(str(series.index[0]), LEAST)
        for first in windows(series, begin, ORIGINS + LEADS):
            table = _scored(SECURITY, "organised_violence_deaths", series, first, given.folder)
            tables.append(table.assign(country=country, window=first))
            shown = table[table["lead"] >= 1].groupby("method")["crps"].mean()
            print(country, first, shown.round(1).to_dict(), flush=True)
    whole = pd.concat(tables)
    _say_deaths(whole[whole["lead"] >= 1])
    index = pd.concat(
        _scored(("us_iran_tension",), "geopolitical_risk", gpr.dropna(), first, given.folder)
        for first in windows(gpr.dropna(), "2014-01", ORIGINS)
    )
    _say_index(index[index["lead"] >= 1])


def _scored(
    factors: tuple[str, ...], indicator: str, series: pd.Series, first: str, folder: Path
) -> pd.DataFrame:
    """Return the table of a window's back test."""
    last = min(month(first, ORIGINS - 1), month(str(series.index[-1]), -1))
    return wr.backtest(
        part(factors, indicator, series, first),
        start=first, end=last, leads=LEADS, methods=OTHERS, folder=folder, progressbar=False,
    ).table  # fmt: skip


def _say_deaths(table: pd.DataFrame) -> None:
    """Print scores over all windows: of the value, and each window weighing alike."""
    model = table[table["method"] == "model"]
    print(
        f"\n{model[['country', 'window']].drop_duplicates().shape[0]} windows, {len(model)} pairs"
    )
    crps = table.pivot_table("crps", ["country", "window"], "method")
    logs = table.groupby("method")["log_crps"].mean()
    for other in OTHERS[1:]:
        own = float(table[table["method"] == "model"]["crps"].mean())
        pooled = own / float(table[table["method"] == other]["crps"].mean())
        alike = float((crps["model"] / crps[other]).mean())
        print(
            f"CRPS of the model over that of {other}: pooled {pooled:.3f}, windows alike {alike:.3f}, "
            f"of log(1 + value) {logs['model'] / logs[other]:.3f}"
        )
    print("90 % intervals cover:", table.groupby("method")["covered_90"].mean().round(3).to_dict())


def _say_index(table: pd.DataFrame) -> None:
    """Print where the risk index fell in its forecasts."""
    scores = table.groupby("method")["crps"].mean().round(2).to_dict()
    model = table[table["method"] == "model"]
    print(f"\nRisk index, {model['origin'].nunique()} origins: CRPS {scores}")
    top = float((model["pit"] > 0.9).mean())
    print(
        f"PIT in the top tenth: {top:.3f}; in the lowest: {float((model['pit'] < 0.1).mean()):.3f}"
    )
    print(f"90 % intervals cover {float(model['covered_90'].mean()):.3f}")


if __name__ == "__main__":
    main()
