"""What each feature of the second edition is worth: a back test of copies of iraq-2025's first edition.

    python -m benchmarks.features --evidence FOLDER
    python -m benchmarks.features --evidence FOLDER --peer FILE

The folder holds two public series in the layout in which they were collected: `gpr_monthly.csv`
(month, GPR; Caldara and Iacoviello) and `ucdp_monthly_deaths.csv` (country, month, deaths; UCDP). Deaths join the model
as one more indicator of the security gaps, because the file itself has too few months of any count to be scored on.
References that are called wide are proposed by `suggest` from what both series showed until 2023.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import withdrawal_risk as wr
from benchmarks.specs import FIRST_EDITION, spec_of, text_of

ORIGINS = {"start": "2024-06", "end": "2025-05"}
KNOWN = "2023-12"
"""Last month that judgements rest on."""

SLOW = {"p5": 12, "p95": 60}
DRIFT = {"share": {"p5": 0.6, "p95": 0.92}, "half_life": SLOW}
LASTING = ("us_iran_tension", "isis_activity", "security_gaps")
DRIFTING = (*LASTING, "faction_control")

Spec = dict[str, Any]


def series(folder: Path) -> tuple[pd.Series, pd.Series]:
    """Return the risk index and the deaths by month."""
    gpr = pd.read_csv(folder / "gpr_monthly.csv", comment="#", index_col="month")["GPR"]
    deaths = pd.read_csv(folder / "ucdp_monthly_deaths.csv", comment="#")
    deaths = deaths[deaths["country"] == "Iraq"].set_index("month")["deaths"]
    return gpr.dropna(), deaths.dropna()


def with_deaths(deaths: pd.Series) -> tuple[Spec, str]:
    """Return the file with one more indicator, and its evidence with one more row a month."""
    model = wr.load_model(FIRST_EDITION)
    spec = spec_of(model)
    # As narrow as the references of the first edition: the last year known, and a factor of 1.5.
    middle = float(np.exp(np.log(deaths[deaths.index <= KNOWN].iloc[-12:]).mean()))
    spec["indicators"]["ucdp_deaths"] = {
        "measures": "security_gaps",
        "label": {"en": "Deaths in organised violence (UCDP)", "ar": "قتلى العنف المنظم (UCDP)"},
        "unit": {"en": "deaths per month", "ar": "قتلى شهريًا"},
        "polarity": "+",
        "family": "count",
        "at_reference": {"p5": middle / 1.5, "p95": middle * 1.5},
        "ratio_per_level": {"p5": 1.3, "p95": 2.0},
        "error": {"p5": 0.15, "p95": 0.5},
        "resolution": {"en": "UCDP GED, best estimate.", "ar": "UCDP GED، أفضل تقدير."},
        "basis": ["judgement: a copy for measurement, not for use"],
        "why": {"en": "Insecurity kills.", "ar": "انعدام الأمن يقتل."},
    }
    first, last = str(model.spec.time.start), "2025-07"
    rows = [
        f"ucdp_{str(month).replace('-', '_')},ucdp_deaths,{month},{month},rule:monthly_index,{value:.0f},,,,A,UCDP GED,,"
        for month, value in deaths.items()
        if first <= str(month) <= last
    ]
    return spec, (model.evidence_text or "").rstrip("\n") + "\n" + "\n".join(rows) + "\n"


def drift(spec: Spec) -> None:
    for name in DRIFTING:
        spec["factors"][name]["drift"] = DRIFT


def drift_of_factions(spec: Spec) -> None:
    spec["factors"]["faction_control"]["drift"] = DRIFT


def slow(spec: Spec) -> None:
    for name in LASTING:
        spec["factors"][name]["half_life"] = SLOW


def tails(spec: Spec) -> None:
    for item in spec["indicators"].values():
        if item["family"] in ("lognormal", "normal", "share"):
            item["tail"] = "student_t"


def states(spec: Spec) -> None:
    """Waiver and pipeline last: as many changes a year as the months known until 2023 had, or one."""
    for name in ("electricity_waiver", "pipeline_halted"):
        item = spec["indicators"][name]
        item["family"] = "state"
        del item["at_reference"]
        item |= {"enters": {"p5": 0.01, "p95": 0.12}, "leaves": {"p5": 0.01, "p95": 0.12}}


def wide(gpr: pd.Series, deaths: pd.Series) -> Callable[[Spec], None]:
    """Return the change that takes references and what goes with them from history."""
    found = {
        "geopolitical_risk": wr.suggest(gpr, "lognormal", until=KNOWN),
        "ucdp_deaths": wr.suggest(deaths[deaths.index >= "2018-01"], "count", until=KNOWN),
    }

    def change(spec: Spec) -> None:
        for name, suggestion in found.items():
            item = suggestion.ranges["at_reference"]
            spec["indicators"][name]["at_reference"] = {
                "p5": float(item.p5),
                "p95": float(item.p95),
            }

    return change


def main() -> None:
    """Run every variant, and print it beside the first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evidence", type=Path, required=True)
    parser.add_argument("--peer", type=Path)
    parser.add_argument("--folder", type=Path, default=Path("output/features"))
    given = parser.parse_args()
    gpr, deaths = series(given.evidence)
    from_history = wide(gpr, deaths)
    variants: dict[str, list[Callable[[Spec], None]]] = {
        "as it stands, and deaths": [],
        "tails": [tails],
        "states": [states],
        "drift": [drift],
        "long half-lives": [slow],
        "wide references": [from_history],
        "wide references and drift": [from_history, drift],
        "wide references and long half-lives": [from_history, slow],
        "wide references, long half-lives, drift of the factions": [
            from_history,
            slow,
            drift_of_factions,
        ],
        "all of these": [from_history, slow, drift_of_factions, tails, states],
    }
    runs = {}
    for name, changes in variants.items():
        spec, evidence = with_deaths(deaths)
        for change in changes:
            change(spec)
        runs[name] = wr.backtest(
            wr.Model.from_texts(text_of(spec), evidence),
            **ORIGINS,
            methods=None if not changes or name == "all of these" else ["model"],
            folder=given.folder,
        )
    first = runs["as it stands, and deaths"]
    print(first.sentence())
    for indicator in ("ucdp_deaths", "geopolitical_risk"):
        print(
            f"\n{indicator}: CRPS, skill over the first, 90 % covers, at leads 0 / 1-3 / 4-6 / 7-12"
        )
        for name, run in runs.items():
            table = run.summary.loc[indicator]
            against = wr.compare(first, run).summary.loc[indicator]
            cells = [
                f"{table.loc[leads, 'crps']:.1f} {against.loc[leads, 'skill']:+.2f} "
                f"[{against.loc[leads, 'lower']:+.2f}, {against.loc[leads, 'upper']:+.2f}] "
                f"{table.loc[leads, 'covered_90']:.2f}"
                for leads in table.index
            ]
            print(f"| {name} | {' | '.join(cells)} |")
        for other in first.others:
            scores = first.scores().loc[indicator].xs(other, level="method")
            cells = [
                f"{scores.loc[leads, 'crps']:.1f} {scores.loc[leads, 'covered_90']:.2f}"
                for leads in scores.index
            ]
            print(f"| {other} | {' | '.join(cells)} |")
    print("\nAll indicators, skill over the first at leads 1-3, and at all")
    for name, run in runs.items():
        together = wr.compare(first, run).summary.loc["all"]
        cells = [
            f"{together.loc[leads, 'skill']:+.3f} [{together.loc[leads, 'lower']:+.3f}, "
            f"{together.loc[leads, 'upper']:+.3f}]"
            for leads in ("1-3", "all")
        ]
        print(f"| {name} | {' | '.join(cells)} |")
    print("\n", runs["all of these"].summary.to_string())
    if given.peer is not None:
        print("\n", first.peer(given.peer, "ucdp_deaths").round(2).to_string())
        print("\n", runs["all of these"].peer(given.peer, "ucdp_deaths").round(2).to_string())


if __name__ == "__main__":
    main()
