"""
What moved, and what to watch
=============================

What the month of the war of June 2025 moved, and what was to be watched after it.

Run it: ``python examples/watch_list.py [output folder]``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import withdrawal_risk as wr


def main(folder: str = "output", draws: int = 2000, tune: int = 1000) -> None:
    """Fit iraq-2025 at two dates, split the difference, and rank the indicators."""
    output = Path(folder)
    output.mkdir(parents=True, exist_ok=True)
    model = wr.load_model("iraq-2025")
    may, june = (
        wr.fit(model, as_of=month, draws=draws, tune=tune, random_seed=1)
        for month in ("2025-05", "2025-06")
    )
    print(wr.outlook(june).sentence())
    for condition in model.spec.conditions:
        # Rows too informative for reweighting are left out of a further fit.
        change = wr.explain_change(may, june, condition)
        print(change.sentence())
        for lang in ("en", "ar"):
            wr.plot_change(change, before="2025-05", lang=lang).savefig(
                output / f"change-{condition}-{lang}.png", dpi=150
            )

    found = wr.watch_list(june, months=3)
    for condition in [*model.spec.conditions, "all_conditions"]:
        print(found.sentence("en", condition))
        for lang in ("en", "ar"):
            figure = wr.plot_watch_list(found, condition=condition, lang=lang)
            figure.savefig(output / f"watch-{condition}-{lang}.png", dpi=150)


if __name__ == "__main__":
    main(*sys.argv[1:])
