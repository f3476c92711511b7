"""Prior predictive simulator, densities, futures and conditions of a model, written from its description alone.

It shares no code with the library. A problem is plain data:

``months``, ``ahead``
    Months of the fit, and months simulated after them.
``factors``
    By name: ``half_life`` and ``own_scale`` as (log-mean, log-sd), ``start`` and ``baseline`` as (mean, sd) or
    None, ``jump``.
``stationary``
    Names of the factors without a start of their own, and the covariance of their first levels about 0.
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
    By id: ``indicator``, ``grade``, ``cells`` as a list of (month, share of the month covered), and ``se``, the
    stated error on the scale of the family's own: relative for lognormal, of the log-odds for share.
``conditions``
    By name: a tree of ``{"all": [...]}``, ``{"any": [...]}``, ``{"not": ...}`` and clauses; a clause has ``factor`` or
    ``indicator``, ``statistic`` or ``ever``, ``first`` and ``last`` month, and ``at_least`` or ``at_most`` a number.

A factor may have ``drift``: ``share`` as (mean, sd) of its log-odds, ``half_life`` as (log-mean, log-sd), ``slow`` and
``fast`` as what jumps; its slow part is the factor ``name:drift`` of paths. ``hidden_start`` has, for the slow part of a
factor with a start of its own, slope and sd of its first level given the factor's. A ``state`` has ``leaving`` as (mean,
sd) of its log-odds, or none where a yes is for good, and ``start``, whether it holds before the first month, or none where
it is at rest; an effect on a factor with drift may have ``lasting`` as (mean, sd) of the log-odds of the part that stays,
and ``since``, the months since its event began, for every month. A lognormal that can stop has ``nought`` as (mean, sd)
of its log-odds and ``nought_loading`` as (log-mean, log-sd); indicators may have ``tail`` and ``independent``, whether
the errors of a row's months are.

Parameters and paths are dictionaries by name; their values are numbers or arrays over draws, and a path has the
months last.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
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
    drifts = {name: f["drift"] for name, f in factors.items() if f.get("drift")}
    return {
        "drift_share": {n: special.expit(normal(d["share"])) for n, d in drifts.items()},
        "drift_half_life": {n: lognormal(d["half_life"]) for n, d in drifts.items()},
        "event_lasting": {
            n: special.expit(normal(e["lasting"]))
            for n, e in problem["effects"].items()
            if e.get("lasting")
        },
        "leaving": {
            n: special.expit(normal(i["leaving"])) for n, i in indicators.items() if "leaving" in i
        },
        "nought": {
            n: special.expit(normal(i["nought"])) for n, i in indicators.items() if "nought" in i
        },
        "nought_loading": {
            n: lognormal(i["nought_loading"]) for n, i in indicators.items() if "nought" in i
        },
        "half_life": {name: lognormal(f["half_life"]) for name, f in factors.items()},
        "own_scale": {name: lognormal(f["own_scale"]) for name, f in factors.items()},
        "baseline": {name: normal(f["baseline"]) for name, f in factors.items() if f["baseline"]},
        "weight_size": {name: lognormal(edge["size"]) for name, edge in problem["edges"].items()},
        "event_effect": {
            name: normal(effect["size"]) for name, effect in problem["effects"].items()
        },
        "reference": {name: normal(item["reference"]) for name, item in indicators.items()},
        "loading": {name: lognormal(item["loading"]) for name, item in indicators.items()},
        "error": {
            name: lognormal(item["error"]) for name, item in indicators.items() if "error" in item
        },
        "gaps": {
            name: [lognormal(gap) for gap in item["gaps"]]
            for name, item in indicators.items()
            if "gaps" in item
        },
    }


def _order(problem: Problem) -> list[str]:
    """Order the factors so that parents of the same month come first."""
    waiting, done = list(problem["factors"]), list(problem["policies"])
    while waiting:
        for name in waiting:
            now = [
                e["parent"]
                for e in problem["edges"].values()
                if e["child"] == name and e["lag"] == 0
            ]
            if all(parent in done for parent in now):
                done.append(name)
                waiting.remove(name)
                break
        else:
            raise ValueError("edges of lag 0 form a cycle")
    return [name for name in done if name in problem["factors"]]


def _hidden(problem: Problem) -> list[str]:
    """Return the slow parts of the factors with drift."""
    return [f"{name}:drift" for name, f in problem["factors"].items() if f.get("drift")]


def _jumps(problem: Problem, name: str) -> bool:
    """Say whether the noise of a factor, or of a slow part, is Student-t."""
    own, _, slow = name.partition(":")
    factor = problem["factors"][own]
    if factor.get("drift"):
        return bool(factor["drift"]["slow" if slow else "fast"])
    return bool(factor["jump"])


def _slow_weight(theta: Named, name: str) -> Any:
    """Return what a unit of its slow part moves a factor in the long run."""
    phi = np.exp(-np.log(2.0) / theta["half_life"][name])
    slow = np.exp(-np.log(2.0) / theta["drift_half_life"][name])
    # What a slow part of unit variance adds to the long-run variance of its factor (a filtered AR(1) process).
    passed = (1 - phi) * (1 + phi * slow) / ((1 + phi) * (1 - phi * slow))
    return theta["own_scale"][name] * np.sqrt(theta["drift_share"][name] / passed)


def _stays(problem: Problem, theta: Named, name: str, t: int) -> Any:
    """Return how far events move the slow part of a factor in a month."""
    moved: Any = 0.0
    phi = np.exp(-np.log(2.0) / theta["half_life"][name])
    for key, part in theta["event_lasting"].items():
        effect = problem["effects"][key]
        if effect["factor"] == name and effect["active"][t]:
            # The way that the factor covers towards the effect in this month of the event.
            covered = phi ** effect["since"][t] - phi ** (effect["since"][t] + 1)
            moved = moved + covered * part * theta["event_effect"][key] / _slow_weight(theta, name)
    return moved


def _expected(problem: Problem, theta: Named, path: Named, name: str, t: int) -> tuple[Any, Any]:
    """Return mean and sd of a factor's level in month t, given what came before and its parents."""
    if name.endswith(":drift"):
        own = name.removesuffix(":drift")
        slow = np.exp(-np.log(2.0) / theta["drift_half_life"][own])
        return slow * path[name][..., t - 1] + _stays(problem, theta, own, t), np.sqrt(
            1.0 - slow**2
        )
    rest: Any = theta["baseline"].get(name, 0.0)
    for key, edge in problem["edges"].items():
        if edge["child"] == name:
            rest = (
                rest
                + edge["sign"]
                * theta["weight_size"][key]
                * path[edge["parent"]][..., max(t - edge["lag"], 0)]
            )
    for key, effect in problem["effects"].items():
        if effect["factor"] == name and effect["active"][t]:
            rest = rest + (1.0 - theta["event_lasting"].get(key, 0.0)) * theta["event_effect"][key]
    phi = np.exp(-np.log(2.0) / theta["half_life"][name])
    scale = theta["own_scale"][name]
    if f"{name}:drift" in path:
        rest = rest + _slow_weight(theta, name) * path[f"{name}:drift"][..., t]
        scale = scale * np.sqrt(1 - theta["drift_share"][name])
    mean = phi * path[name][..., t - 1] + (1.0 - phi) * rest
    return mean, scale * np.sqrt(1.0 - phi**2)


def _extend(
    problem: Problem, theta: Named, path: Named, months: range, rng: np.random.Generator,
    cells: dict[tuple[str, int], float] | None = None,
) -> None:  # fmt: skip
    """Draw the levels of some months into a path that holds those before; some cells may be given."""
    order = [*_hidden(problem), *_order(problem)]
    for t in months:
        for name in order:
            mean, scale = _expected(problem, theta, path, name, t)
            shape = path[name][..., t].shape
            jump = _jumps(problem, name)
            noise = rng.standard_t(4, shape) / np.sqrt(2.0) if jump else rng.normal(size=shape)
            path[name][..., t] = (cells or {}).get((name, t), mean + scale * noise)


def draw_path(problem: Problem, theta: Named, rng: np.random.Generator) -> Named:
    """Draw the level of every factor in the months of the fit."""
    months = problem["months"]
    path = {
        name: np.asarray(levels[:months], dtype=float)
        for name, levels in problem["policies"].items()
    }
    path |= {name: np.zeros(months) for name in [*problem["factors"], *_hidden(problem)]}
    for name, factor in problem["factors"].items():
        if factor["start"]:
            path[name][0] = rng.normal(*factor["start"])
    names, covariance = problem["stationary"]
    if names:
        for name, level in zip(
            names, rng.multivariate_normal(np.zeros(len(names)), covariance), strict=True
        ):
            path[name][0] = level
    for name, (slope, sd) in problem.get("hidden_start", {}).items():
        path[name][0] = slope * path[name.removesuffix(":drift")][0] + sd * rng.normal()
    _extend(problem, theta, path, range(1, months), rng)
    return path


def draw_futures(
    problem: Problem, theta: Named, path: Named, futures: int, rng: np.random.Generator,
    held: dict[str, float] | None = None,
) -> Named:  # fmt: skip
    """Continue one path many times; each level has shape (future, month), the months of the fit included.

    Factors that are held stand at their level in every month ahead, and take as much noise from ``rng`` as if they were not.
    """
    months, total = problem["months"], problem["months"] + problem["ahead"]
    many = {
        name: np.broadcast_to(levels, (futures, total))
        for name, levels in problem["policies"].items()
    }
    for name in [*problem["factors"], *_hidden(problem)]:
        many[name] = np.zeros((futures, total))
        many[name][:, :months] = path[name]
    cells = {(name, t): level for name, level in (held or {}).items() for t in range(months, total)}
    _extend(problem, theta, many, range(months, total), rng, cells)
    return many


@dataclass(frozen=True)
class Treatment:
    """A factor set to `value` in months first..last, or moved by it.

    It is moved from the level it has once all levels are set and all its causes have been moved; of factors that act on each
    other, and of those that do not, those go first that the order of a month has first.
    """

    factor: str
    first: int
    last: int
    value: float
    shift: bool = False


def draw_noise(problem: Problem, rng: np.random.Generator, size: tuple[int, ...] = ()) -> Named:
    """Draw the unit-variance noise of every factor in every month, those ahead included."""
    noise = {
        name: np.zeros((*size, problem["months"] + problem["ahead"])) for name in problem["factors"]
    }
    for series in noise.values():
        series[..., 0] = rng.normal(size=size)
    order = _order(problem)
    for t in range(1, problem["months"] + problem["ahead"]):
        for name in order:
            jump = problem["factors"][name]["jump"]
            noise[name][..., t] = (
                rng.standard_t(4, size) / np.sqrt(2.0) if jump else rng.normal(size=size)
            )
    return noise


def follow(
    problem: Problem, theta: Named, noise: Named, treatments: Sequence[Treatment] = ()
) -> Named:
    """Return the level of every factor in every month that the noise leads to; treated cells have no causes."""
    cells: dict[tuple[str, int], Any] = {}
    for item in treatments:
        if not item.shift:
            cells |= {(item.factor, t): item.value for t in range(item.first, item.last + 1)}
    order = _causal_order(problem)
    for item in sorted(treatments, key=lambda item: (order.index(item.factor), item.first)):
        if item.shift:
            level = _run(problem, theta, noise, cells)[item.factor]
            cells |= {
                (item.factor, t): level[..., t] + item.value
                for t in range(item.first, item.last + 1)
            }
    return _run(problem, theta, noise, cells)


def _causal_order(problem: Problem) -> list[str]:
    """Order all factors so that those that another acts on, and that do not act on it, come after it."""
    names = [*problem["factors"], *problem["policies"]]
    now, ever = nx.DiGraph(), nx.DiGraph()
    for graph, longest in ((now, 0), (ever, 1000)):
        graph.add_nodes_from(names)
        graph.add_edges_from(
            (e["parent"], e["child"]) for e in problem["edges"].values() if e["lag"] <= longest
        )
    place = {name: k for k, name in enumerate(nx.lexicographical_topological_sort(now))}
    loops = {
        name: {name, *(nx.descendants(ever, name) & nx.ancestors(ever, name))} for name in names
    }
    order: list[str] = []
    while len(order) < len(names):
        free = [
            name for name in names
            if name not in order and all(nx.ancestors(ever, other) <= loops[name] | set(order) for other in loops[name])
        ]  # fmt: skip
        group = loops[min(free, key=lambda name: min(place[other] for other in loops[name]))]
        order += sorted(group, key=place.__getitem__)
    return order


def _run(problem: Problem, theta: Named, noise: Named, cells: dict[tuple[str, int], Any]) -> Named:
    """Return the levels where some cells are given."""
    shape = next(iter(noise.values())).shape
    path = {
        name: np.broadcast_to(np.asarray(levels, float), shape).copy()
        for name, levels in problem["policies"].items()
    }
    path |= {name: np.zeros(shape) for name in problem["factors"]}
    for name in problem["policies"]:
        for t in range(shape[-1]):
            path[name][..., t] = cells.get((name, t), path[name][..., t])
    order = _order(problem)
    for t in range(shape[-1]):
        for name in order:
            if (name, t) in cells:
                path[name][..., t] = cells[name, t]
                continue
            mean, scale = (
                _expected(problem, theta, path, name, t) if t else problem["factors"][name]["start"]
            )
            path[name][..., t] = mean + scale * noise[name][..., t]
    return path


def draw_worlds(
    problem: Problem,
    theta: Named,
    rng: np.random.Generator,
    *,
    treatments: Sequence[Treatment] = (),
    size: tuple[int, ...] = (),
) -> Named:
    """Draw the level of every factor in every month, those ahead included, in worlds that are treated or not."""
    return follow(problem, theta, draw_noise(problem, rng, size), treatments)


def log_path(problem: Problem, theta: Named, path: Named) -> Any:
    """Log density of the levels in the months of the fit, given the parameters."""
    total: Any = 0.0
    names, covariance = problem["stationary"]
    if names:
        first = np.stack([path[name][..., 0] for name in names], axis=-1)
        total = total + stats.multivariate_normal(np.zeros(len(names)), covariance).logpdf(first)
    for name, factor in problem["factors"].items():
        if factor["start"]:
            total = total + stats.norm.logpdf(path[name][..., 0], *factor["start"])
    for name, (slope, sd) in problem.get("hidden_start", {}).items():
        off = path[name][..., 0] - slope * path[name.removesuffix(":drift")][..., 0]
        total = total + stats.norm.logpdf(off, 0, sd)
    for name in [*problem["factors"], *_hidden(problem)]:
        law = stats.t(4, scale=1.0 / np.sqrt(2.0)) if _jumps(problem, name) else stats.norm()
        for t in range(1, problem["months"]):
            mean, scale = _expected(problem, theta, path, name, t)
            total = total + law.logpdf((path[name][..., t] - mean) / scale) - np.log(scale)
    return total


def _expected_value(problem: Problem, theta: Named, name: str, level: Any) -> Any:
    """Return what an indicator is expected to show in a month; for grades, where on the scale of its cuts."""
    item = problem["indicators"][name]
    eta = theta["reference"][name] + item["polarity"] * theta["loading"][name] * level
    if item["family"] in ("lognormal", "count"):
        return np.exp(eta)
    if item["family"] in ("share", "binary", "state"):
        return special.expit(eta)
    return eta


def _chance_of_nought(problem: Problem, theta: Named, name: str, level: Any) -> Any:
    """Return the probability that a flow has stopped in a month."""
    item = problem["indicators"][name]
    odds = special.logit(theta["nought"][name])
    return special.expit(odds - item["polarity"] * theta["nought_loading"][name] * level)


def _rates(problem: Problem, theta: Named, name: str, level: Any) -> tuple[Any, Any]:
    """Return the probabilities of a state's entering and leaving in a month."""
    item = problem["indicators"][name]
    shift = item["polarity"] * theta["loading"][name] * level
    enters = special.expit(theta["reference"][name] + shift)
    if name not in theta["leaving"]:
        return enters, np.zeros(np.shape(enters))
    return enters, special.expit(special.logit(theta["leaving"][name]) - shift)


def _yes_before(problem: Problem, theta: Named, name: str, level: Any) -> Any:
    """Return the probability of yes before the first month: as given, or at rest at the first level."""
    start = problem["indicators"][name].get("start")
    enters, leaves = _rates(problem, theta, name, level)
    return enters / (enters + leaves) if start is None else np.full(np.shape(enters), float(start))


def draw_state(problem: Problem, theta: Named, levels: Any, name: str, rng: np.random.Generator) -> np.ndarray:  # fmt: skip
    """Draw a state in every month of some levels, (..., month)."""
    values = np.zeros(np.shape(levels))
    before = _yes_before(problem, theta, name, levels[..., 0])
    yes = rng.random(np.shape(before)) < before
    for t in range(levels.shape[-1]):
        enters, leaves = _rates(problem, theta, name, levels[..., t])
        yes = rng.random(np.shape(enters)) < np.where(yes, 1 - leaves, enters)
        values[..., t] = yes
    return values


def _row_law(problem: Problem, theta: Named, path: Named, row: dict[str, Any]) -> tuple[Any, Any]:
    """Return mean and error of a row; where the link fixes the noise, the error is what the grade makes of it."""
    name, grade = row["indicator"], GRADES[row["grade"]]
    item = problem["indicators"][name]
    shares = [share for _, share in row["cells"]]
    naturals = [
        _expected_value(problem, theta, name, path[item["measures"]][..., month])
        for month, _ in row["cells"]
    ]
    total = sum(s * v for s, v in zip(shares, naturals, strict=True))
    if "error" not in item:
        return total / sum(shares), grade
    error = theta["error"][name] * grade
    if item["family"] == "count":
        spread = sum(s * v**2 for s, v in zip(shares, naturals, strict=True))
        shrunk = error**2 * spread / total**2 if item.get("independent", True) else error**2
        return total, np.sqrt(shrunk + row["se"] ** 2)
    if item.get("independent"):
        error = error / np.sqrt(sum(shares))
    return total / sum(shares), np.sqrt(error**2 + row["se"] ** 2)


def _cuts(theta: Named, name: str) -> list[Any]:
    cuts: list[Any] = [0.0]
    for gap in theta["gaps"][name]:
        cuts.append(cuts[-1] + gap)
    return cuts


def _draw_values(
    problem: Problem, theta: Named, name: str, mean: Any, error: Any, rng: np.random.Generator
) -> np.ndarray:
    """Draw what an indicator shows, shaped like its mean; grades are counted from 0."""
    family, shape = problem["indicators"][name]["family"], np.shape(mean)
    if family == "count":
        rate = mean * rng.gamma(1.0 / error**2, error**2, shape)
        return np.asarray(rng.poisson(np.minimum(rate, 1e15)))
    if family == "binary":
        return np.asarray(rng.random(shape) < special.expit(special.logit(mean) / error), dtype=int)
    tail = problem["indicators"][name].get("tail")
    noise = error * (rng.standard_t(4, shape) / np.sqrt(2.0) if tail else rng.normal(size=shape))
    if family == "ordinal":
        return np.asarray(np.sum([mean + noise > cut for cut in _cuts(theta, name)], axis=0))
    if family == "lognormal":
        return np.asarray(mean * np.exp(noise))
    if family == "share":
        return np.asarray(special.expit(special.logit(mean) + noise))
    return np.asarray(mean + noise)


def draw_evidence(problem: Problem, theta: Named, path: Named, rng: np.random.Generator) -> Named:
    """Draw the value of every row; grades are counted from 0. Rows of a state are single months."""
    states = {
        name: draw_state(problem, theta, path[item["measures"]], name, rng)
        for name, item in problem["indicators"].items()
        if item["family"] == "state"
    }
    values = {}
    for key, row in problem["rows"].items():
        name = row["indicator"]
        if name in states:
            values[key] = int(states[name][row["cells"][0][0]])
            continue
        values[key] = _draw_values(
            problem, theta, name, *_row_law(problem, theta, path, row), rng
        ).item()
        if "nought" in problem["indicators"][name]:
            level = path[problem["indicators"][name]["measures"]]
            chances = [_chance_of_nought(problem, theta, name, level[t]) for t, _ in row["cells"]]
            if rng.random() < np.prod(chances):
                values[key] = 0.0
    return values


def draw_indicator(
    problem: Problem, theta: Named, path: Named, name: str, rng: np.random.Generator
) -> np.ndarray:
    """Draw one plain observation of an indicator in every month of a path.

    Of a state those after its last look follow from it: its months of the fit are taken from ``path`` under its name.
    """
    item = problem["indicators"][name]
    if item["family"] == "state":
        return _continued_state(problem, theta, path, name, rng)
    mean = _expected_value(problem, theta, name, path[item["measures"]])
    values = _draw_values(
        problem, theta, name, mean, theta["error"][name] if "error" in item else 1.0, rng
    )
    if "nought" in item:
        chance = _chance_of_nought(problem, theta, name, path[item["measures"]])
        values = np.where(rng.random(np.shape(chance)) < chance, 0.0, values)
    return values


def _continued_state(problem: Problem, theta: Named, path: Named, name: str, rng: np.random.Generator) -> np.ndarray:  # fmt: skip
    """Continue a state from its last look, (future, month); months before that look are nan.

    ``problem["last_look"]`` has month and value by name; the state is known there and nowhere after.
    """
    levels = path[problem["indicators"][name]["measures"]]
    month, value = problem["last_look"][name]
    values = np.full(np.shape(levels), np.nan)
    yes = np.full(np.shape(levels)[:-1], bool(value))
    values[..., month] = yes
    for t in range(month + 1, levels.shape[-1]):
        enters, leaves = _rates(problem, theta, name, levels[..., t])
        yes = rng.random(np.shape(enters)) < np.where(yes, 1 - leaves, enters)
        values[..., t] = yes
    return values


def judge(problem: Problem, path: Named, shown: Named) -> dict[str, np.ndarray]:
    """Say along which paths each condition holds, and all of them as ``all_conditions``.

    ``shown`` has, for every indicator a clause names, its values along the paths.
    """
    statistics = {"mean": np.mean, "min": np.min, "max": np.max, "total": np.sum}

    def holds(tree: dict[str, Any]) -> np.ndarray:
        if "all" in tree:
            return np.logical_and.reduce([holds(part) for part in tree["all"]])
        if "any" in tree:
            return np.logical_or.reduce([holds(part) for part in tree["any"]])
        if "not" in tree:
            return ~holds(tree["not"])
        series = path[tree["factor"]] if "factor" in tree else shown[tree["indicator"]]
        span = series[..., tree["first"] : tree["last"] + 1]
        if tree.get("ever"):
            met = span >= tree["at_least"] if "at_least" in tree else span <= tree["at_most"]
            return np.asarray(met.any(axis=-1))
        value = (
            span[..., -1]
            if tree["statistic"] == "last"
            else statistics[tree["statistic"]](span, axis=-1)
        )
        return np.asarray(
            value >= tree["at_least"] if "at_least" in tree else value <= tree["at_most"]
        )

    found = {name: holds(tree) for name, tree in problem["conditions"].items()}
    return found | {"all_conditions": np.logical_and.reduce(list(found.values()))}


def named_indicators(tree: dict[str, Any]) -> set[str]:
    """Return the indicators a condition's clauses name."""
    parts = tree.get("all") or tree.get("any") or ([tree["not"]] if "not" in tree else None)
    if parts:
        return set.union(*(named_indicators(part) for part in parts))
    return {tree["indicator"]} if "indicator" in tree else set()


def log_likelihood(problem: Problem, theta: Named, path: Named, values: Named) -> Any:
    """Log density of the rows' values given parameters and levels."""
    total: Any = 0.0
    for key, row in problem["rows"].items():
        value, family = values[key], problem["indicators"][row["indicator"]]["family"]
        if family == "state":
            continue
        item, name = problem["indicators"][row["indicator"]], row["indicator"]
        flowing: Any = 0.0
        if "nought" in item:
            level = path[item["measures"]]
            every: Any = 1.0
            for t, _ in row["cells"]:
                every = every * _chance_of_nought(problem, theta, name, level[..., t])
            if value == 0:
                total = total + np.log(every)
                continue
            flowing = np.log1p(-every)
        law = stats.t(4, scale=np.sqrt(0.5)) if item.get("tail") else stats.norm()
        mean, error = _row_law(problem, theta, path, row)
        if family == "normal":
            term = law.logpdf((value - mean) / error) - np.log(error)
        elif family == "lognormal":
            term = law.logpdf((np.log(value) - np.log(mean)) / error) - np.log(error * value)
        elif family == "share":
            term = stats.norm.logpdf(special.logit(value), special.logit(mean), error) - np.log(
                value * (1 - value)
            )
        elif family == "count":
            size = 1.0 / error**2
            term = stats.nbinom.logpmf(value, size, size / (size + mean))
        elif family == "ordinal":
            edges = [-np.inf, *_cuts(theta, row["indicator"]), np.inf]
            above = stats.norm.cdf((mean - edges[value]) / error)
            term = np.log(above - stats.norm.cdf((mean - edges[value + 1]) / error))
        else:
            yes = special.expit(special.logit(mean) / error)
            term = np.log(yes if value else 1.0 - yes)
        total = total + flowing + term
    for name, item in problem["indicators"].items():
        if item["family"] == "state":
            total = total + _log_looks(problem, theta, path[item["measures"]], name, values)
    return total


def _log_looks(problem: Problem, theta: Named, levels: Any, name: str, values: Named) -> Any:
    """Log probability of all looks at a state, by what is believed of it month after month."""
    looks = {
        row["cells"][0][0]: values[key]
        for key, row in problem["rows"].items()
        if row["indicator"] == name
    }
    belief, total = _yes_before(problem, theta, name, levels[..., 0]), 0.0
    for t in range(problem["months"]):
        enters, leaves = _rates(problem, theta, name, levels[..., t])
        belief = belief * (1 - leaves) + (1 - belief) * enters
        if t in looks:
            total = total + np.log(belief if looks[t] else 1 - belief)
            belief = np.full(np.shape(belief), float(looks[t]))
    return total
