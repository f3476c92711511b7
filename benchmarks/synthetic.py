"""Model files of any size: networks with lags and feedback, indicators of every family, evidence with spans."""

from __future__ import annotations

import numpy as np

import withdrawal_risk as wr
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.families import Distribution
from withdrawal_risk.families.registry import COMPILED_FAMILIES as FAMILIES

__all__ = ["synthetic_model", "synthetic_texts"]

_WHY = 'basis: "judgement: invented", why: Invented'

# Elicited part of each family, the predictor at level 0, the change per level, and the error.
_FAMILIES = {
    "normal": ("at_reference: {p5: -1, p95: 1}, change_per_level: {p5: 0.4, p95: 1.5}", 0.0, 0.8, 0.2),
    "lognormal": ("at_reference: {p5: 80, p95: 120}, ratio_per_level: {p5: 1.1, p95: 1.6}", 4.6, 0.3, 0.1),
    "count": ("at_reference: {p5: 8, p95: 25}, ratio_per_level: {p5: 1.5, p95: 3}", 2.7, 0.7, 0.2),
    "share": ("at_reference: {p5: 0.3, p95: 0.7}, odds_ratio_per_level: {p5: 1.3, p95: 3}", 0.0, 0.6, 0.2),
    "ordinal": (
        "categories: [bad, fair, good, best], at_reference: [0.2, 0.3, 0.3, 0.2], change_per_level: {p5: 0.4, p95: 1.5}",
        0.84, 0.8, 1.0,
    ),
    "binary": ("at_reference: {p5: 0.3, p95: 0.7}, odds_ratio_per_level: {p5: 1.5, p95: 5}", 0.0, 1.0, 1.0),
}  # fmt: skip
_GRADES = ("bad", "fair", "good", "best")
_CUTS = np.array([0.0, 0.84, 1.68])


def synthetic_texts(
    factors: int,
    months: int,
    *,
    edges: float = 2.5,
    indicators: float = 1.2,
    rows: int = 300,
    random_seed: int = 1,
) -> tuple[str, str]:
    """Return the texts of a model file and of its evidence.

    Parameters
    ----------
    factors, months : int
        Of the fit; the forecast adds a year.
    edges, indicators : float
        A factor, on average. Lag-0 edges run down the list of factors, lagged ones either way.
    rows : int
        Of evidence, a month or a quarter each. Levels behind them are independent AR(1) paths.
    random_seed : int
    """
    rng = np.random.default_rng(random_seed)
    first = Month.parse("2015-01")
    name = [f"f{j:04d}" for j in range(factors)]
    text = [
        f"id: synthetic-{factors}",
        "title: Synthetic",
        f"time: {{start: {first}, as_of: {first + (months - 1)}, horizon: {first + (months + 11)}}}",
        "evidence: evidence.csv",
        "factors:",
    ]
    for factor in name:
        low = rng.uniform(1.5, 8)
        kind = "student_t" if rng.random() < 0.2 else "normal"
        text.append(
            f"  {factor}: {{role: driver, label: F, worse: high, half_life: {{p5: {low:.2f}, p95: {3 * low:.2f}}}, "
            f"innovations: {kind}, {_WHY}}}"
        )
    text.append("policies:")
    policies = [f"p{number:04d}" for number in range(max(factors // 20, 1))]
    for policy in policies:
        text.append(
            f"  {policy}: {{label: P, worse: low, unit: U, reference: 2, per_level: 1, path: [{{from: {first}, value: 2}}, "
            f"{{from: {first + int(rng.integers(1, months))}, value: 0}}], {_WHY}}}"
        )
    text.append("edges:")
    pairs: dict[tuple[int, int], int] = {}
    while len(pairs) < min(round(edges * factors), factors * (factors - 1) // 2):
        a, b = (int(x) for x in rng.choice(factors, 2, replace=False))
        lag = int(rng.integers(0, 4))
        pairs.setdefault((min(a, b), max(a, b)) if lag == 0 else (a, b), lag)
    for (a, b), lag in pairs.items():
        weight = rng.choice(["+", "-"]) + rng.choice(["weak", "moderate"])
        text.append(
            f'  - {{from: {name[a]}, to: {name[b]}, weight: "{weight}", lag: {lag}, {_WHY}}}'
        )
    for policy in policies:
        text.append(f"  - {{from: {policy}, to: {rng.choice(name)}, weight: +moderate, {_WHY}}}")
    text += ["events:"]
    for number in range(max(factors // 10, 1)):
        text.append(
            f"  e{number:04d}: {{label: E, shape: pulse, from: {first + int(rng.integers(1, months))}, effects: "
            f"[{{factor: {rng.choice(name)}, size: {{p5: 0, p95: 3}}}}], {_WHY}}}"
        )
    text.append("indicators:")
    measures = []
    for number in range(round(indicators * factors)):
        family = list(FAMILIES)[number % len(FAMILIES)]
        j, sign = (
            number if number < factors else int(rng.integers(factors)),
            int(rng.choice([-1, 1])),
        )
        measures.append((family, j, sign))
        error = "" if not FAMILIES[family].has_error else "error: {p5: 0.1, p95: 0.4}, "
        text.append(
            f'  i{number:04d}: {{measures: {name[j]}, label: I, family: {family}, unit: U, polarity: "{"+-"[sign < 0]}", '
            f"{_FAMILIES[family][0]}, {error}{_WHY}}}"
        )
    text += [
        "conditions:",
        f"  calm: {{label: C, all: [{{factor: {name[-1]}, statistic: mean, last: 3, at_most: medium}}], {_WHY}}}",
    ]
    table = ["id,indicator,start,end,published,value,low,high,se,grade,source,url,note"]
    level = rng.standard_normal((months, factors))
    for t in range(1, months):
        level[t] = 0.85 * level[t - 1] + np.sqrt(1 - 0.85**2) * level[t]
    for number in range(rows):
        k = int(rng.integers(len(measures)))
        family, j, sign = measures[k]
        span = 3 if family != "ordinal" and rng.random() < 0.3 else 1
        t = int(rng.integers(months - span + 1))
        _, reference, slope, error = _FAMILIES[family]
        natural = FAMILIES[family].inverse_link(
            reference + sign * slope * level[t : t + span, j], np
        )
        mean = np.array([natural.sum() if family == "count" else natural.mean()])
        law = Distribution(
            mean, np.array([error]), _CUTS if FAMILIES[family].has_categories else None
        )
        drawn = FAMILIES[family].draw(law, rng)[0]
        if family == "ordinal":
            value = _GRADES[int(drawn)]
        else:
            value = f"{drawn:.0f}" if family in ("count", "binary") else f"{drawn:.6g}"
        end = first + (t + span - 1)
        table.append(
            f"r{number:05d},i{k:04d},{first + t},{end},{end},{value},,,,{rng.choice(list('AAB'))},invented,,"
        )
    return "\n".join(text) + "\n", "\n".join(table) + "\n"


def synthetic_model(factors: int, months: int = 60, **settings: float) -> wr.Model:
    """Return the model of `synthetic_texts`."""
    return wr.Model.from_texts(*synthetic_texts(factors, months, **settings))  # type: ignore[arg-type]
