"""How iraq-2025 forecasts deaths and the risk index: on strict and on revised data.

    python -m benchmarks.flagship

Eleven origins, 2024-07 to 2025-05, one to six months ahead. In the strict table forecasts are held
against the first release of each month, and know of each month what had been released by their
origin; the risk index has no stated dates of release and is scored on revised data alone. Intervals
of skill are those of the block bootstrap. Beside it the same for other forms of the file, which
differ from it in one place, and the mean number of switches a year of each state in the futures.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

import withdrawal_risk as wr
from benchmarks.specs import spec_of, text_of

Spec = dict[str, Any]

ORIGINS: dict[str, Any] = {"start": "2024-07", "end": "2025-05", "leads": 6}
DEATHS, INDEX = "organised_violence_deaths", "geopolitical_risk"
LONG = {"p5": 12, "p95": 60}


def as_it_is(spec: Spec) -> None:
    """Leave the file as it is."""


def long_half_lives(spec: Spec) -> None:
    """Let gaps and tension move slowly instead of drifting."""
    for name in ("security_gaps", "us_iran_tension"):
        spec["factors"][name]["half_life"] = LONG
        del spec["factors"][name]["drift"]


def tension_with_events(spec: Spec) -> None:
    """Give the tension its two wars as events, part of which stays."""
    war, june = (spec["events"][name] for name in ("regional_war_2023", "israel_iran_war_2025"))
    for event, size, part in (
        (war, {"p5": 0.3, "p95": 2.5}, {"p5": 0.1, "p95": 0.6}),
        (june, {"p5": 1.0, "p95": 10.0}, {"p5": 0.05, "p95": 0.5}),
    ):
        event["effects"].append({"factor": "us_iran_tension", "size": size, "lasting": part})


def no_drift(spec: Spec) -> None:
    """Let every level return at the speed of its half-life."""
    for factor in spec["factors"].values():
        factor.pop("drift", None)
    for event in spec["events"].values():
        for effect in event["effects"]:
            effect.pop("lasting", None)


FORMS: dict[str, Callable[[Spec], None]] = {
    "as it is": as_it_is,
    "long half-lives of gaps and tension instead of drift": long_half_lives,
    "tension with events": tension_with_events,
    "no drift": no_drift,
}


def form(change: Callable[[Spec], None]) -> wr.Model:
    """Return the shipped model with a change."""
    model = wr.load_model("iraq-2025")
    if change is as_it_is:
        return model
    spec = spec_of(model)
    change(spec)
    return wr.Model.from_texts(text_of(spec), model.evidence_text)


def scored(name: str, data: Literal["strict", "revised"], folder: Path) -> wr.Backtest:
    """Return the back test of a form."""
    return wr.backtest(
        form(FORMS[name]), **ORIGINS, data=data, folder=folder,
        methods=["model", "conflictology", "local_level", "last_value", "random_walk"],
    )  # fmt: skip


def ahead(result: wr.Backtest, indicator: str) -> pd.DataFrame:
    """Return the scores of an indicator, one to six months ahead, by method."""
    table = result.table
    return table[(table["indicator"] == indicator) & (table["lead"] >= 1)]


def say(name: str, data: str, result: wr.Backtest, indicator: str) -> None:
    """Print scores, ratios and their intervals."""
    table = ahead(result, indicator)
    if table.empty:
        return
    means = table.groupby("method")[["crps", "covered_90"]].mean()
    own = table[table["method"] == "model"].sort_values(["origin", "month"])
    print(
        f"\n{name}, {data}, {indicator}: {len(own)} pairs of {own['origin'].nunique()} origins; "
        f"CRPS {means['crps'].round(2).to_dict()}; "
        f"90 % intervals cover {means.loc['model', 'covered_90']:.2f}"
    )
    for other in ("local_level", "conflictology"):
        theirs = table[table["method"] == other].sort_values(["origin", "month"])
        for longest in (3, ORIGINS["leads"]):
            near = (own["lead"] <= longest).to_numpy()
            skill = wr.skill(
                own["crps"][near].tolist(), theirs["crps"].to_numpy()[near].tolist(),
                origin=own["origin"][near].tolist(), month=own["month"][near].tolist(),
            )  # fmt: skip
            between = (
                "not resolved"
                if np.isnan(skill.lower)
                else f"{1 - skill.upper:.2f} to {1 - skill.lower:.2f}"
            )
            print(
                f"  over {other}, leads 1-{longest}: ratio {1 - skill.value:.3f}, 90 % interval "
                f"{between} ({skill.blocks:.1f} independent blocks)"
            )


def switches() -> None:
    """Print switches a year of each state, beside the rate of those that the evidence dates."""
    from scipy.stats import gamma

    model = wr.load_model("iraq-2025")
    posterior = wr.fit(model, cache=True, progressbar=False)
    states = [name for name, item in model.spec.indicators.items() if item.family == "state"]
    paths = wr.forecast(posterior, var_names=states)
    print("\nSwitches a year in the futures, and 90 % interval (Jeffreys) of the dated ones")
    for name in states:
        values = paths[name].sel(month=paths["month"] > np.datetime64(str(posterior.as_of)))
        simulated = float((np.diff(values, axis=values.get_axis_num("month")) != 0).mean() * 12)
        rows = sorted((r for r in model.evidence if r.indicator == name), key=lambda r: r.end.last)
        looks = [r.value for r in rows]
        dated = int(np.sum(np.diff(looks) != 0))
        years = (model.as_of - model.spec.time.start + 1) / 12
        low, high = gamma.ppf([0.05, 0.95], dated + 0.5) / years
        verdict = "inside" if low <= simulated <= high else "OUTSIDE"
        print(
            f"  {name}: {simulated:.3f}; {dated} in {years:.2f} years, {low:.3f} to {high:.3f}: {verdict}"
        )


def main() -> None:
    """Run all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("output/flagship"))
    given = parser.parse_args()
    for name in FORMS:
        strict, revised = (scored(name, data, given.folder) for data in ("strict", "revised"))
        say(name, "strict", strict, DEATHS)
        say(name, "revised", revised, DEATHS)
        say(name, "revised", revised, INDEX)
        posterior = wr.fit(form(FORMS[name]), cache=True, progressbar=False)
        p = wr.outlook(posterior).summary["probability"]
        print("  outlook:", {condition: f"{100 * value:.1f} %" for condition, value in p.items()})
    switches()


if __name__ == "__main__":
    main()
