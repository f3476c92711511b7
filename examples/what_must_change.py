"""
What must change
================

Why each condition is as likely as it is, and the cheapest way to make it two points likelier.

Run it: ``python examples/what_must_change.py [output folder]``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import withdrawal_risk as wr


def main(folder: str = "output", draws: int = 2000, tune: int = 1000) -> None:
    """Fit iraq-2025; say of each condition what drives it, lowered it and would raise it."""
    output = Path(folder)
    output.mkdir(parents=True, exist_ok=True)
    posterior = wr.fit(wr.load_model("iraq-2025"), draws=draws, tune=tune, random_seed=1)
    outlook = wr.outlook(posterior)
    print(outlook.sentence())
    for condition in posterior.model.spec.conditions:
        swings = wr.drivers(posterior, condition)
        split = wr.attribution(posterior, condition)
        likelier = float(outlook.summary.loc[condition, "probability"]) + 0.02
        found = wr.reach(posterior, condition, probability=likelier)
        print()
        for answer in (swings, split, found):
            print(answer.sentence())
        print(found.summary.round(2))
        for name, figure in {
            "drivers": wr.plot_drivers(swings),
            "attribution": wr.plot_attribution(split),
            "reach": wr.plot_reach(found, lang="ar"),
        }.items():
            figure.savefig(output / f"{name}-{condition}.png", dpi=150)
    routes = wr.path_effects(posterior, "us_iran_tension", "faction_control")
    print()
    print(routes.sentence())
    for lang in ("en", "ar"):
        wr.plot_path_effects(routes, lang=lang).savefig(output / f"routes-{lang}.png", dpi=150)


if __name__ == "__main__":
    main(*sys.argv[1:])
