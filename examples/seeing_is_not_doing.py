"""
Seeing is not doing
===================

More patrols are a bad sign and a good deed: seeing and doing differ in sign.

The country is an exercise, as in ``own_model.py``. Unrest draws patrols onto the roads, and unrest
brings attacks; patrols themselves prevent attacks. Whoever observes many patrols infers unrest, and
has to fear for the convoys; whoever sends patrols out helps them. If the two questions were one,
the answer to the second would have the wrong sign.
Run it: ``python examples/seeing_is_not_doing.py [folder]``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import withdrawal_risk as wr

MODEL = """\
id: convoys
title: Convoys through Ruritania
time: {start: 2024-01, as_of: 2024-12, horizon: 2025-06}
evidence: evidence.csv
factors:
  unrest:                                       # the common cause; nothing measures it directly
    role: driver
    label: Unrest along the road
    worse: high
    half_life: {p5: 2, p95: 6}
    basis: "judgement: exercise"
    why: It comes and goes within a season.
  patrols:
    role: response
    label: Patrols on the road
    worse: low
    half_life: {p5: 0.5, p95: 1.5}              # months: patrols are sent where they are needed
    basis: "judgement: exercise"
    why: The police follow the trouble.
  attacks:
    role: outcome
    label: Attacks on the road
    worse: high
    half_life: {p5: 0.5, p95: 1.5}
    basis: "judgement: exercise"
    why: It is what the drivers ask about.
edges:
  - {from: unrest, to: patrols, weight: {p5: 0.6, p95: 0.9}, basis: "judgement: exercise", why: Trouble draws patrols.}
  - {from: unrest, to: attacks, weight: {p5: 0.7, p95: 1.1}, basis: "judgement: exercise", why: Trouble is attacks.}
  - {from: patrols, to: attacks, weight: {p5: -0.5, p95: -0.2}, basis: "judgement: exercise", why: Patrols deter.}
indicators:
  patrols_logged:
    measures: patrols
    label: Patrols in the log
    family: count
    unit: per month
    polarity: "+"
    at_reference: {p5: 50, p95: 70}
    ratio_per_level: {p5: 1.3, p95: 1.5}
    error: {p5: 0.05, p95: 0.15}
    basis: "judgement: exercise"
    why: The police log every patrol.
  attacks_reported:
    measures: attacks
    label: Attacks on convoys
    family: count
    unit: per month
    polarity: "+"
    at_reference: {p5: 3, p95: 6}
    ratio_per_level: {p5: 1.6, p95: 2.2}
    error: {p5: 0.1, p95: 0.3}
    basis: "judgement: exercise"
    why: Drivers report what hits them.
conditions:
  safe_convoys:
    label: Safe convoys
    all:
      - {indicator: attacks_reported, statistic: total, last: 3, at_most: 12, resolution: Drivers' reports of April to June 2025.}
    basis: "judgement: exercise"
    why: One a week is what the insurers bear.
"""

EVIDENCE = """\
id,indicator,start,end,published,value,low,high,se,grade,source,url,note
p1,patrols_logged,2024-02,2024-02,rule:same_month,61,,,,A,judgement: exercise,,
p2,patrols_logged,2024-06,2024-06,rule:same_month,66,,,,A,judgement: exercise,,
p3,patrols_logged,2024-11,2024-11,rule:same_month,58,,,,A,judgement: exercise,,
a1,attacks_reported,2024-01,2024-03,rule:press,13,,,,A,judgement: exercise,,a quarter's total
a2,attacks_reported,2024-04,2024-06,rule:press,17,,,,A,judgement: exercise,,
a3,attacks_reported,2024-10,2024-11,rule:press,8,,,,A,judgement: exercise,,two months
"""


def main(
    folder: str = "output/convoys", draws: int = 2000, tune: int = 1000
) -> tuple[wr.Result, wr.Result]:
    """Fit, then see many patrols and send many patrols; return both answers."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    (place / "model.yaml").write_text(MODEL, encoding="utf-8")
    (place / "evidence.csv").write_text(EVIDENCE, encoding="utf-8")
    posterior = wr.fit(wr.load_model(place), draws=draws, tune=tune, random_seed=1)
    print(wr.outlook(posterior).sentence())
    seen = wr.observe(posterior, {"patrols_logged": 80}, month="2025-04")
    print("Seeing.", seen.sentence())
    done = wr.do(posterior, {"patrols": "very high"}, start="2025-04")
    print("Doing.", done.sentence())
    wr.plot_observe(seen).savefig(place / "seen.png", dpi=150)
    wr.plot_do(done).savefig(place / "done.png", dpi=150)
    return seen, done


if __name__ == "__main__":
    main(*sys.argv[1:])
