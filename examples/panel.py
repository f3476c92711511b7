"""
Five experts, one model
=======================

Five experts, one model: who says what, and what they part over.

An exercise in the country of Ruritania: the model, the experts, their answers and the questions with
known answers are all made up to show the format. Each expert judges some ranges of the model file;
what is left out is the file's own. Ten questions with known answers say how well each judges. Run
it: ``python examples/panel.py [folder]``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from runpy import run_path

import withdrawal_risk as wr

EXERCISE = run_path(str(Path(__file__).with_name("own_model.py")))
"""The model and its evidence are those of `own_model.py`."""

PANEL = """\
panel:
  file: panel.csv
  seeds: seeds.csv
  pool: linear
"""

SEEDS = """\
id,question,unit,scale,value,resolved,source,url
S01,Shootings in the last quarter of 2023,incidents,log,10,2024-01-15,exercise: invented,
S02,Patrols of the border police in March 2024,patrols,linear,120,2024-04-10,exercise: invented,
S03,Share of posts manned at night in May 2024,per cent,linear,64,2024-06-05,exercise: invented,
S04,Border crossings closed in June 2024,crossings,linear,3,2024-07-02,exercise: invented,
S05,Recruits who finished training by June 2024,recruits,log,410,2024-07-20,exercise: invented,
S06,Complaints to the mission in the third quarter of 2024,complaints,log,37,2024-10-11,exercise: invented,
S07,Vehicles out of service in September 2024,per cent,linear,22,2024-10-15,exercise: invented,
S08,Joint meetings of both sides in October 2024,meetings,linear,6,2024-11-04,exercise: invented,
S09,Wounded in shooting incidents in 2024,people,log,19,2025-01-09,exercise: invented,
S10,Days of closed road in November 2024,days,linear,4,2024-12-03,exercise: invented,
"""

EXPERTS = ("Adele", "Boris", "Chiara", "Dmitri", "Edith")

RANGES: dict[str, dict[str, str]] = {
    "edges.border_police->border_trouble.weight": {
        "Adele": "-0.6 -0.2",
        "Boris": "-0.3 -0.05",
        "Chiara": "-strong",
        "Edith": "-0.5 -0.15",
    },
    "edges.observers->border_trouble.weight": {
        "Adele": "-weak",
        "Boris": "-0.7 -0.25",
        "Chiara": "-0.45 -0.15",
        "Dmitri": "-strong",
        "Edith": "-moderate",
    },
    "factors.border_trouble.half_life": {"Boris": "2 6", "Dmitri": "1.5 5", "Edith": "0.8 3"},
    "indicators.shootings.at_reference": {"Adele": "2 6", "Chiara": "2.5 6", "Dmitri": "3 9"},
}
"""5th and 95th percentile of every range that an expert judged, or a word for a weight."""

ANSWERS = {
    "Adele": "5 9 15, 90 115 150, 50 62 75, 2 3.5 6, 300 420 600, "
    "20 33 60, 12 20 32, 3 5 8, 12 20 30, 2 5 9",
    "Boris": "12 14 17, 135 150 165, 72 76 80, 4 5 6, 480 520 570, "
    "45 52 60, 10 13 16, 7 8 9, 24 28 33, 6 8 10",
    "Chiara": "6 11 20, 80 110 160, 45 60 80, 1 4 7, 250 380 650, "
    "18 40 80, 10 24 40, 2 5 11, 8 17 34, 1 3 8",
    "Dmitri": "3 12 40, 40 130 250, 20 60 90, 0.5 5 15, 100 500 1500, "
    "5 40 200, 5 30 70, 1 7 20, 4 25 90, 0.5 6 20",
    "Edith": "7 11 14, 105 117 126, 60 66 72, 2 2.7 4, 360 430 480, "
    "28 35 44, 17 23 28, 4 5.6 7, 15 18 23, 3 4.4 6",
}
"""5th, 50th and 95th percentile that each expert gave for the ten questions, in their order."""


def table() -> str:
    """Return the answers as the table that a panel is kept in."""
    lines = ["expert,round,target,p5,p50,p95,word,confidence,why,source,date"]
    for target, given in RANGES.items():
        for expert, range_ in given.items():
            # A word such as -strong stands in a column of its own.
            ends = f"{range_.replace(' ', ',,')}," if " " in range_ else f",,,{range_}"
            lines.append(f"{expert},1,{target},{ends},,exercise,exercise: invented,2025-01-20")
    for expert, several in ANSWERS.items():
        for number, percentiles in enumerate(several.split(", "), start=1):
            target, ends = f"seeds.S{number:02d}", f"{percentiles.replace(' ', ',')},"
            lines.append(f"{expert},1,{target},{ends},,exercise,exercise: invented,2025-01-20")
    return "\n".join(lines) + "\n"


def main(folder: str = "output/panel", draws: int = 2000, tune: int = 1000) -> None:
    """Write the model with its panel, fit it once, and ask the panel."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    (place / "model.yaml").write_text(EXERCISE["MODEL"] + PANEL, encoding="utf-8")
    (place / "evidence.csv").write_text(EXERCISE["EVIDENCE"], encoding="utf-8")
    (place / "seeds.csv").write_text(SEEDS, encoding="utf-8")
    (place / "panel.csv").write_text(table(), encoding="utf-8")
    posterior = wr.fit(wr.load_model(place), draws=draws, tune=tune, random_seed=1)
    print(wr.outlook(posterior).sentence())
    result = wr.panel(posterior, "quiet_border", progressbar=False)
    print(result.summary[["probability", "lower", "upper", "word", "khat"]].round(3))
    print(result.sentence())
    print(result.cards.round(3))
    weighted = wr.panel(posterior, "quiet_border", method="cooke", progressbar=False)
    print(weighted.sentence())
    wr.plot_panel(result).savefig(place / "panel.png")
    wr.plot_cards(result).savefig(place / "cards.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
