"""
Scenarios side by side
======================

The article's four scenarios and an exit as in 2011, side by side with what is expected.

Run it: ``python examples/scenarios.py [output folder]``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import withdrawal_risk as wr
from withdrawal_risk.language.numbers import percent


def main(folder: str = "output", draws: int = 2000, tune: int = 1000) -> None:
    """Fit iraq-2025, run its scenarios, and ask one question of each of the three kinds."""
    output = Path(folder)
    output.mkdir(parents=True, exist_ok=True)
    posterior = wr.fit(wr.load_model("iraq-2025"), draws=draws, tune=tune, random_seed=1)

    found = wr.scenarios(posterior)
    print(found.summary["probability"].unstack().round(3))
    print(found.outcomes.round(2))
    for result in found.results.values():
        for note in result.notes:
            print(note["en"])
    for name, probability in found.recognised.items():
        print(f"{found.label(name)}: recognised in {percent(probability)} of the expected futures")
    for lang in ("en", "ar"):
        wr.plot_scenarios(found, lang=lang).savefig(output / f"scenarios-{lang}.png", dpi=150)

    print(wr.do(posterior, {"us_iran_tension": "low"}, start="2025-10").sentence())
    print(wr.counterfactual(posterior, {"us_iran_tension": "low"}, start="2023-10").sentence())
    print(wr.observe(posterior, {"islamic_state_incidents": 6}, month="2025-10").sentence())


if __name__ == "__main__":
    main(*sys.argv[1:])
