"""Prior predictive simulator and densities of a model, written from its description alone.

It shares no code with the library. A problem is plain data:

``months``, ``ahead``
    Months of the fit, and months simulated after them.
``factors``
    By name: ``half_life`` and ``own_scale`` as (log-mean, log-sd), ``start`` as (mean, sd), ``baseline`` as
    (mean, sd) or None, ``jump``.
``policies``
    By name: level in every month, ``months + ahead`` of them.
``edges``
    By name: ``parent``, ``child``, ``sign``, ``lag``, ``size`` as (log-mean, log-sd).
``effects``
    By name: ``factor``, ``size`` as (mean, sd), ``active`` for every month.
``indicators``
    By name: ``family``, ``measures``, ``polarity``, ``reference`` as (mean, sd), ``loading`` as (log-mean,
    log-sd), and where the family has them ``error`` as (log-mean, log-sd) and ``gaps`` as a list of the same.
``rows``
    By id: ``indicator``, ``grade``, ``cells`` as a list of (month, share of the month covered).

Parameters and paths are dictionaries by name; their values are numbers or arrays over draws, and a path has the
months last.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special, stats

GRADES = {"A": 1.0, "B": 1.5, "C": 2.5}

Problem = dict[str, Any]
Named = dict[str, Any]


def month_number(text: str, first: str) -> int:
    """Count the months from ``first`` (``YYYY-MM``) to a month or day."""
    return 12 * (int(text[:4]) - int(first[:4])) + int(text[5:7]) - int(first[5:7])


def month_shares(start: str, end: str, first: str) -> list[tuple[int, float]]:
    """Count the days a span has in each month, as shares of the month; both ends are included."""

    def last_of(text: str) -> int:
        return calendar.monthrange(int(text[:4]), int(text[5:7]))[1]

    begin = datetime.date.fromisoformat(start if len(start) > 7 else f"{start}-01")
    finish = datetime.date.fromisoformat(end if len(end) > 7 else f"{end}-{last_of(end):02d}")
    days: dict[str, int] = {}
    day = begin
    while day <= finish:
        label = day.isoformat()[:7]
        days[label] = days.get(label, 0) + 1
        day += datetime.timedelta(days=1)
    return [(month_number(label, first), n / last_of(label)) for label, n in days.items()]


def draw_parameters(problem: Problem, rng: np.random.Generator) -> Named:
    """Draw every parameter from its prior."""

    def normal(prior: tuple[float, float]) -> float:
        return float(rng.normal(*prior))

    def lognormal(prior: tuple[float, float]) -> float:
        return float(np.exp(rng.normal(*prior)))

    factors, indicators = problem["factors"], problem["indicators"]
    return {
        "half_life": {name: lognormal(f["half_life"]) for name, f in factors.items()},
        "own_scale": {name: lognormal(f["own_scale"]) for name, f in factors.items()},
        "baseline": {name: normal(f["baseline"]) for name, f in factors.items() if f["baseline"]},
        "weight_size": {name: lognormal(edge["size"]) for name, edge in problem["edges"].items()},
        "event_effect": {name: normal(effect["size"]) for name, effect in problem["effects"].items()},
        "reference": {name: normal(item["reference"]) for name, item in indicators.items()},
        "loading": {name: lognormal(item["loading"]) for name, item in indicators.items()},
        "error": {name: lognormal(item["error"]) for name, item in indicators.items() if "error" in item},
        "gaps": {name: [lognormal(gap) for gap in item["gaps"]] for name, item in indicators.items() if "gaps" in item},
    }


def _order(problem: Problem) -> list[str]:
    """Order the factors so that parents of the same month come first."""
    waiting, done = list(problem["factors"]), list(problem["policies"])
    while waiting:
        for name in waiting:
            now = [e["parent"] for e in problem["edges"].values() if e["child"] == name and e["lag"] == 0]
            if all(parent in done for parent in now):
                done.append(name)
                waiting.remove(name)
                break
        else:
            raise ValueError("edges of lag 0 form a cycle")
    return [name for name in done if name in problem["factors"]]


def _expected(problem: Problem, theta: Named, path: Named, name: str, t: int) -> tuple[Any, Any]:
    """Return mean and sd of a factor's level in month t, given what came before and its parents."""
    rest: Any = theta["baseline"].get(name, 0.0)
    for key, edge in problem["edges"].items():
        if edge["child"] == name:
            rest = rest + edge["sign"] * theta["weight_size"][key] * path[edge["parent"]][..., max(t - edge["lag"], 0)]
    for key, effect in problem["effects"].items():
        if effect["factor"] == name and effect["active"][t]:
            rest = rest + theta["event_effect"][key]
    phi = np.exp(-np.log(2.0) / theta["half_life"][name])
    mean = phi * path[name][..., t - 1] + (1.0 - phi) * rest
    return mean, theta["own_scale"][name] * np.sqrt(1.0 - phi**2)


@dataclass(frozen=True)
class Treatment:
    """A factor set to `value` in months first..last, or moved by it from the level it would have had untreated."""

    factor: str
    first: int
    last: int
    value: float
    shift: bool = False


def draw_noise(problem: Problem, rng: np.random.Generator, size: tuple[int, ...] = ()) -> Named:
    """Draw the unit-variance noise of every factor in every month, those ahead included."""
    noise = {name: np.zeros((*size, problem["months"] + problem["ahead"])) for name in problem["factors"]}
    for series in noise.values():
        series[..., 0] = rng.normal(size=size)
    order = _order(problem)
    for t in range(1, problem["months"] + problem["ahead"]):
        for name in order:
            jump = problem["factors"][name]["jump"]
            noise[name][..., t] = rng.standard_t(4, size) / np.sqrt(2.0) if jump else rng.normal(size=size)
    return noise


def follow(problem: Problem, theta: Named, noise: Named, treatments: Sequence[Treatment] = ()) -> Named:
    """Return the level of every factor in every month that the noise leads to; treated cells have no causes."""
    untreated = follow(problem, theta, noise) if any(item.shift for item in treatments) else {}
    shape = next(iter(noise.values())).shape
    path = {
        name: np.broadcast_to(np.asarray(levels, float), shape).copy() for name, levels in problem["policies"].items()
    }
    path |= {name: np.zeros(shape) for name in problem["factors"]}
    cells: dict[tuple[str, int], Any] = {}
    for item in treatments:
        for t in range(item.first, item.last + 1):
            cells[item.factor, t] = item.value + (untreated[item.factor][..., t] if item.shift else 0.0)
    for name in problem["policies"]:
        for t in range(shape[-1]):
            path[name][..., t] = cells.get((name, t), path[name][..., t])
    order = _order(problem)
    for t in range(shape[-1]):
        for name in order:
            if (name, t) in cells:
                path[name][..., t] = cells[name, t]
                continue
            mean, scale = _expected(problem, theta, path, name, t) if t else problem["factors"][name]["start"]
            path[name][..., t] = mean + scale * noise[name][..., t]
    return path


def draw_path(
    problem: Problem,
    theta: Named,
    rng: np.random.Generator,
    *,
    treatments: Sequence[Treatment] = (),
    size: tuple[int, ...] = (),
) -> Named:
    """Draw the level of every factor in every month, those ahead included."""
    return follow(problem, theta, draw_noise(problem, rng, size), treatments)


def log_path(problem: Problem, theta: Named, path: Named) -> Any:
    """Log density of the levels in the months of the fit, given the parameters."""
    total: Any = 0.0
    for name, factor in problem["factors"].items():
        total = total + stats.norm.logpdf(path[name][..., 0], *factor["start"])
        law = stats.t(4, scale=1.0 / np.sqrt(2.0)) if factor["jump"] else stats.norm()
        for t in range(1, problem["months"]):
            mean, scale = _expected(problem, theta, path, name, t)
            total = total + law.logpdf((path[name][..., t] - mean) / scale) - np.log(scale)
    return total


def _row_law(problem: Problem, theta: Named, path: Named, row: dict[str, Any]) -> tuple[str, Any, Any, float]:
    """Return family, mean, error and grade factor of a row."""
    name, grade = row["indicator"], GRADES[row["grade"]]
    item = problem["indicators"][name]
    family = item["family"]
    slope = item["polarity"] * theta["loading"][name]
    naturals, shares = [], []
    for month, share in row["cells"]:
        eta = theta["reference"][name] + slope * path[item["measures"]][..., month]
        if family in ("lognormal", "count"):
            eta = np.exp(eta)
        elif family in ("share", "binary"):
            eta = special.expit(eta)
        naturals.append(eta)
        shares.append(share)
    total = sum(s * v for s, v in zip(shares, naturals, strict=True))
    error = theta["error"][name] * grade if "error" in item else grade
    if family == "count":
        spread = sum(s * v**2 for s, v in zip(shares, naturals, strict=True))
        return family, total, error * np.sqrt(spread) / total, grade
    return family, total / sum(shares), error, grade


def _cuts(theta: Named, name: str) -> list[Any]:
    cuts: list[Any] = [0.0]
    for gap in theta["gaps"][name]:
        cuts.append(cuts[-1] + gap)
    return cuts


def draw_evidence(problem: Problem, theta: Named, path: Named, rng: np.random.Generator) -> Named:
    """Draw the value of every row; an ordinal one is the position of its grade."""
    values: Named = {}
    for key, row in problem["rows"].items():
        family, mean, error, grade = _row_law(problem, theta, path, row)
        if family == "normal":
            values[key] = float(mean + error * rng.normal())
        elif family == "lognormal":
            values[key] = float(np.exp(np.log(mean) + error * rng.normal()))
        elif family == "share":
            values[key] = float(special.expit(special.logit(mean) + error * rng.normal()))
        elif family == "count":
            rate = mean * rng.gamma(1.0 / error**2, error**2)
            values[key] = int(rng.poisson(rate))
        elif family == "ordinal":
            seen = mean + grade * rng.normal()
            values[key] = sum(bool(seen > cut) for cut in _cuts(theta, row["indicator"]))
        else:
            values[key] = int(rng.random() < special.expit(special.logit(mean) / grade))
    return values


def log_likelihood(problem: Problem, theta: Named, path: Named, values: Named) -> Any:
    """Log density of the rows' values given parameters and levels."""
    total: Any = 0.0
    for key, row in problem["rows"].items():
        value = values[key]
        family, mean, error, grade = _row_law(problem, theta, path, row)
        if family == "normal":
            term = stats.norm.logpdf(value, mean, error)
        elif family == "lognormal":
            term = stats.lognorm.logpdf(value, s=error, scale=mean)
        elif family == "share":
            term = stats.norm.logpdf(special.logit(value), special.logit(mean), error) - np.log(value * (1 - value))
        elif family == "count":
            size = 1.0 / error**2
            term = stats.nbinom.logpmf(value, size, size / (size + mean))
        elif family == "ordinal":
            edges = [-np.inf, *_cuts(theta, row["indicator"]), np.inf]
            above = stats.norm.cdf((mean - edges[value]) / grade)
            term = np.log(above - stats.norm.cdf((mean - edges[value + 1]) / grade))
        else:
            chance = special.expit(special.logit(mean) / grade)
            term = np.log(chance if value else 1.0 - chance)
        total = total + term
    return total
