"""
A model of your own
===================

A model of your own, from an empty folder to a probability.

The country is an exercise: an observer mission leaves Ruritania, and a minister asks whether the
border stays quiet. Every number below is a judgement made up to show the format, and says so; in a
real model each would name its source. Run it: ``python examples/own_model.py [folder]``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import withdrawal_risk as wr

MODEL = """\
id: ruritania
title: The observers leave Ruritania
time: {start: 2024-01, as_of: 2024-12, horizon: 2025-06}
evidence: evidence.csv
factors:
  border_police:
    role: driver
    label: Capacity of the border police
    worse: low
    half_life: {p5: 6, p95: 24}                 # months: institutions are slow
    basis: "judgement: exercise"
    why: Whoever stays must do what the observers did.
  border_trouble:
    role: outcome
    label: Trouble at the border
    worse: high
    half_life: {p5: 1, p95: 4}
    basis: "judgement: exercise"
    why: It is what the minister asks about.
policies:
  observers:                                    # a path that is decided, not inferred
    label: Observers on the ground
    worse: low
    unit: observers
    reference: 200
    per_level: 100
    path:
      - {from: 2024-01, value: 200}
      - {from: 2025-01, value: 100, published: 2024-10}
      - {from: 2025-04, value: 0, published: 2024-10}
    basis: "judgement: exercise"
    why: The mandate ends in spring.
edges:
  - {from: border_police, to: border_trouble, weight: -moderate, lag: 1, basis: "judgement: exercise", why: Patrols deter.}
  - {from: observers, to: border_trouble, weight: -moderate, basis: "judgement: exercise", why: Witnesses deter.}
indicators:
  shootings:
    measures: border_trouble
    label: Shooting incidents
    family: count
    unit: per month
    polarity: "+"
    at_reference: {p5: 2, p95: 8}
    ratio_per_level: {p5: 1.4, p95: 2.5}
    error: {p5: 0.1, p95: 0.4}
    basis: "judgement: exercise"
    why: Counted by the mission, later by the police.
  rating:
    measures: border_police
    label: Rating of the border police
    family: ordinal
    unit: grade
    polarity: "+"
    categories: [poor, fair, good]
    at_reference: [0.3, 0.4, 0.3]
    change_per_level: {p5: 0.5, p95: 1.5}
    basis: "judgement: exercise"
    why: The mission rates the force twice a year.
conditions:
  quiet_border:
    label: A quiet border
    all:
      - {indicator: shootings, statistic: total, last: 3, at_most: 12, resolution: Police bulletins of April to June 2025.}
    basis: "judgement: exercise"
    why: A dozen incidents in three months is what people are used to.
"""

EVIDENCE = """\
id,indicator,start,end,published,value,low,high,se,grade,source,url,note
s1,shootings,2024-01,2024-03,rule:press,14,,,,A,judgement: exercise,,a quarter's total
s2,shootings,2024-04,2024-06,rule:press,9,,,,A,judgement: exercise,,
s3,shootings,2024-07,2024-09,rule:press,11,,,,A,judgement: exercise,,
s4,shootings,2024-11,2024-11,2024-12,2,,,,B,judgement: exercise,,one month only
r1,rating,2024-06,2024-06,2024-07,fair,,,,B,judgement: exercise,,
"""


def main(folder: str = "output/ruritania", draws: int = 2000, tune: int = 1000) -> None:
    """Write the two files, validate them, fit, and answer."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    (place / "model.yaml").write_text(MODEL, encoding="utf-8")
    (place / "evidence.csv").write_text(EVIDENCE, encoding="utf-8")
    try:
        model = wr.load_model(place)
    except wr.ModelFileError as faults:
        raise SystemExit(str(faults)) from None
    posterior = wr.fit(model, draws=draws, tune=tune, random_seed=1)
    for item in wr.check(posterior):
        print({True: "passed", False: "FAILED", None: "note"}[item.passed], item.text, sep="  ")
    result = wr.outlook(posterior)
    print(result.summary.round(3))
    print(result.sentence())
    wr.plot_network(posterior).savefig(place / "network.png", dpi=150)
    wr.plot_outlook(result).savefig(place / "outlook.png", dpi=150)


if __name__ == "__main__":
    main(*sys.argv[1:])
