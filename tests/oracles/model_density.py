"""Log density of a whole model, read anew from the raw texts of its two files.

The density is one of unknowns on their natural scale, by group and name: ``half_life``, ``own_scale``, ``start`` (the
level in the first month) by factor and ``baseline`` by the factors that have one; ``innovation`` by factor, an array
over the months after the first; ``drift_share`` and ``drift_half_life`` by the factors with drift for which the file
gives a range, ``event_lasting`` by the effects for which it does; ``weight_size`` by ``parent->child``; ``event_effect`` by ``event->factor``;
``reference`` and ``loading`` by indicator and ``error`` by those that have one; ``category_gap_size`` by ``indicator:n``,
the n-th distance between the cut points of its grades. A factor with drift has a hidden parent ``factor:drift``,
which has a start and innovations too.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML
from scipy import integrate
from tests.oracles import density, lyapunov, recursion
from tests.oracles.simulator import month_number, month_shares

Floats = NDArray[np.float64]
Unknowns = dict[str, dict[str, Any]]

STANDARD = NormalDist()
Z90 = STANDARD.inv_cdf(0.95)
WORDS = {"weak": (0.05, 0.30), "moderate": (0.15, 0.50), "strong": (0.30, 0.80)}
GRADES = {"A": 1.0, "B": 1.5, "C": 2.5}
RELEASED = {
    "same_month": 0, "press": 1, "monthly_index": 1, "ngo_year": 2, "ministry": 2, "oversight": 3, "official_year": 6,
    "annual_index": 12,
}  # fmt: skip
OWN_SCALE_LOG_SD = 0.1
GRADE_UNCERTAINTY = 0.4
NU = 4.0


@dataclass(frozen=True)
class Law:
    """A prior; location and scale are those of the logarithm where it is lognormal."""

    kind: Literal["normal", "lognormal", "logitnormal"]
    mu: float
    sigma: float

    @classmethod
    def through(
        cls, kind: Literal["normal", "lognormal", "logitnormal"], low: float, high: float
    ) -> Law:
        """Return the law with these 5th and 95th percentiles."""
        if kind == "lognormal":
            low, high = math.log(low), math.log(high)
        if kind == "logitnormal":
            low, high = _logit(low), _logit(high)
        return cls(kind, (low + high) / 2, (high - low) / (2 * Z90))

    @property
    def mean(self) -> float:
        """The mean on the natural scale."""
        if self.kind == "logitnormal":
            weighted = integrate.quad(
                lambda z: STANDARD.pdf(z) * _expit(self.mu + self.sigma * z), -12, 12, epsabs=1e-13
            )
            return float(weighted[0])
        return self.mu if self.kind == "normal" else math.exp(self.mu + self.sigma**2 / 2)

    def log_density(self, value: float) -> float:
        """Return the log density on the natural scale."""
        if self.kind == "logitnormal":
            slope = math.log(value) + math.log1p(-value)
            return density.normal_prior(_logit(value), self.mu, self.sigma) - slope
        prior = density.normal_prior if self.kind == "normal" else density.lognormal_prior
        return prior(float(value), self.mu, self.sigma)

    def draw(self, rng: np.random.Generator) -> float:
        """Draw a value."""
        value = float(rng.normal(self.mu, self.sigma))
        if self.kind == "logitnormal":
            return _expit(value)
        return value if self.kind == "normal" else math.exp(value)


def _logit(p: float) -> float:
    return math.log(p) - math.log1p(-p)


def _expit(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def _quantiles(
    kind: Literal["normal", "lognormal", "logitnormal"], given: Mapping[str, Any]
) -> Law:
    return Law.through(kind, float(given["p5"]), float(given["p95"]))


def _signed(weight: Any) -> tuple[float, Law]:
    """Return the sign of a weight, and the law of its size."""
    if isinstance(weight, str):
        return (1.0 if weight[0] == "+" else -1.0), Law.through("lognormal", *WORDS[weight[1:]])
    ends = float(weight["p5"]), float(weight["p95"])
    return math.copysign(1.0, ends[0]), Law.through("lognormal", *sorted(abs(end) for end in ends))


def _cuts_at_reference(item: Mapping[str, Any]) -> list[float]:
    """Return the cut points, at level 0 and relative to it, that give the stated probabilities of the grades."""
    below, cuts = 0.0, []
    for probability in item["at_reference"][:-1]:
        below += probability
        cuts.append(STANDARD.inv_cdf(below))
    return cuts


def _reference(item: Mapping[str, Any]) -> Law:
    """Return the law of the linear predictor at level 0."""
    if item["family"] == "ordinal":
        # The lowest cut point is 0.
        return Law(
            "normal",
            -_cuts_at_reference(item)[0],
            float(item.get("uncertainty", GRADE_UNCERTAINTY)),
        )
    key = "enters" if item["family"] == "state" else "at_reference"
    low, high = float(item[key]["p5"]), float(item[key]["p95"])
    link = {
        "normal": float,
        "lognormal": math.log,
        "count": math.log,
        "share": _logit,
        "binary": _logit,
        "state": _logit,
    }
    return Law.through("normal", link[item["family"]](low), link[item["family"]](high))


def _loading(item: Mapping[str, Any]) -> Law:
    """Return the law of the size of the change per level on the scale of the linear predictor."""
    if item["family"] in ("normal", "ordinal"):
        return _quantiles("lognormal", item["change_per_level"])
    ratio = item[
        "odds_ratio_per_level"
        if item["family"] in ("share", "binary", "state")
        else "ratio_per_level"
    ]
    return Law.through("lognormal", math.log(ratio["p5"]), math.log(ratio["p95"]))


@dataclass(frozen=True)
class Row:
    """An evidence row: value, stated standard error in its unit, factor of its grade, shares of months covered."""

    indicator: str
    value: float
    se: float
    grade: float
    cells: list[tuple[int, float]]


class ModelDensity:
    """The density of a model as an ``as_of`` sees it.

    Parameters
    ----------
    model_text, evidence_text : str
        The two files.
    as_of : str, optional
        The file's own where absent.
    """

    def __init__(self, model_text: str, evidence_text: str, as_of: str | None = None) -> None:
        self.file: dict[str, Any] = YAML(typ="safe", pure=True).load(model_text)
        self.first: str = self.file["time"]["start"]
        # The window never ends before the file's own as_of.
        own = self._month(self.file["time"]["as_of"])
        self.as_of = own if as_of is None else self._month(as_of)
        self.months = max(own, self.as_of) + 1
        self.factors: dict[str, Any] = self.file["factors"]
        self.policies: dict[str, Any] = self.file.get("policies") or {}
        self.indicators: dict[str, Any] = self.file.get("indicators") or {}
        self.events: dict[str, Any] = self.file.get("events") or {}
        self.drift: dict[str, Any] = {
            name: factor["drift"] for name, factor in self.factors.items() if "drift" in factor
        }
        self.hidden = {f"{name}:drift": name for name in self.drift}
        self.nodes = [*self.factors, *self.hidden]
        self.edges = {
            f"{edge['from']}->{edge['to']}": edge for edge in self.file.get("edges") or []
        }
        self.sign = {name: _signed(edge["weight"])[0] for name, edge in self.edges.items()}
        self.laws = self._laws()
        self._solve_scale()
        self.looks: dict[tuple[str, int], tuple[str, int, str, float]] = {}
        self.rows = self._read(evidence_text)

    def _month(self, text: str) -> int:
        """Count the months from the model's start."""
        return month_number(text, self.first)

    def _laws(self) -> dict[str, dict[str, Law]]:
        laws: dict[str, dict[str, Law]] = {
            "half_life": {
                name: _quantiles("lognormal", f["half_life"]) for name, f in self.factors.items()
            },
            "baseline": {
                n: _quantiles("normal", f["baseline"])
                for n, f in self.factors.items()
                if "baseline" in f
            },
            "weight_size": {name: _signed(edge["weight"])[1] for name, edge in self.edges.items()},
            "event_effect": {
                f"{name}->{effect['factor']}": _quantiles("normal", effect["size"])
                for name, event in self.events.items()
                for effect in event["effects"]
            },
            "reference": {name: _reference(item) for name, item in self.indicators.items()},
            "loading": {name: _loading(item) for name, item in self.indicators.items()},
            "error": {
                n: _quantiles("lognormal", i["error"])
                for n, i in self.indicators.items()
                if "error" in i
            },
            "category_gap_size": {},
            "nought": {
                name: _quantiles("logitnormal", item["can_be_zero"])
                for name, item in self.indicators.items()
                if "can_be_zero" in item
            },
            "nought_loading": {
                name: Law.through(
                    "lognormal", *(math.log(r) for r in item["zero_odds_ratio_per_level"].values())
                )
                for name, item in self.indicators.items()
                if "can_be_zero" in item
            },
            "leaving": {
                name: _quantiles("logitnormal", item["leaves"])
                for name, item in self.indicators.items()
                if isinstance(item.get("leaves"), dict)
            },
            "state_start": {
                name: _quantiles("logitnormal", item["start"])
                for name, item in self.indicators.items()
                if isinstance(item.get("start"), dict)
            },
            "drift_share": {
                name: _quantiles("logitnormal", item["share"])
                for name, item in self.drift.items()
                if isinstance(item["share"], dict)
            },
            "drift_half_life": {
                name: _quantiles("lognormal", item["half_life"])
                for name, item in self.drift.items()
                if isinstance(item["half_life"], dict)
            },
            "event_lasting": {
                f"{name}->{effect['factor']}": _quantiles("logitnormal", effect["lasting"])
                for name, event in self.events.items()
                for effect in event["effects"]
                if isinstance(effect.get("lasting"), dict)
            },
        }
        for name, item in self.indicators.items():
            if item["family"] == "ordinal":
                cuts = _cuts_at_reference(item)
                spread = float(item.get("uncertainty", GRADE_UNCERTAINTY))
                for place in range(1, len(cuts)):
                    gap = math.log(cuts[place] - cuts[place - 1])
                    laws["category_gap_size"][f"{name}:{place}"] = Law("lognormal", gap, spread)
        return laws

    def _solve_scale(self) -> None:
        """Solve own scales and the covariance of the start levels at prior means; policies add no variance."""
        names = self.nodes
        inner = [(n, e) for n, e in self.edges.items() if e["from"] in self.factors]
        edges = [(names.index(e["from"]), names.index(e["to"]), e.get("lag", 0)) for _, e in inner]
        edges += [(names.index(h), names.index(child), 0) for h, child in self.hidden.items()]
        means = self._typical()
        phi = np.array([2.0 ** (-1.0 / means["half_life"][name]) for name in names])
        weights = [self.sign[name] * self.laws["weight_size"][name].mean for name, _ in inner]
        shares = {child: means["share"][child] for child in self.hidden.values()}
        own = lyapunov.drifting_scales(names, edges, phi, np.array(weights), shares)
        self.laws["own_scale"] = {
            name: Law("lognormal", math.log(own[name]), OWN_SCALE_LOG_SD) for name in self.factors
        }
        scales = np.array(
            [own[name] * math.sqrt(1 - shares.get(name, 0.0)) for name in self.factors]
            + [1.0 for _ in self.hidden]
        )
        for hidden, child in self.hidden.items():
            passed = lyapunov.passed_on(phi[names.index(child)], phi[names.index(hidden)])
            weights.append(own[child] * math.sqrt(shares[child] / passed))
        covariance = lyapunov.stationary_covariance(
            len(names), edges, phi, np.array(weights), scales
        )
        mean = np.zeros(len(names))
        for j, name in enumerate(self.factors):
            if "start" not in self.factors[name]:
                continue
            law = _quantiles("normal", self.factors[name]["start"])
            together = covariance.copy()
            covariance[j, :] = covariance[:, j] = 0.0
            mean[j], covariance[j, j] = law.mu, law.sigma**2
            if name not in self.drift:
                continue
            # Of a hidden parent its law given the level of its child: a regression on it.
            h = names.index(f"{name}:drift")
            slope = together[h, j] / together[j, j]
            left = together[h, h] - slope * together[h, j]
            covariance[h, :] = covariance[:, h] = 0.0
            mean[h] = slope * law.mu
            covariance[h, h] = left + slope**2 * law.sigma**2
            covariance[h, j] = covariance[j, h] = slope * law.sigma**2
        self._start_mean, self._start_covariance = mean, covariance

    def _typical(self) -> dict[str, dict[str, float]]:
        """Return half-lives of all nodes and shares of drift at their prior means."""
        half_life = {name: law.mean for name, law in self.laws["half_life"].items()}
        share = {}
        for name, item in self.drift.items():
            laws = self.laws["drift_half_life"], self.laws["drift_share"]
            half_life[f"{name}:drift"] = (
                laws[0][name].mean if name in laws[0] else float(item["half_life"])
            )
            share[name] = laws[1][name].mean if name in laws[1] else float(item["share"])
        return {"half_life": half_life, "share": share}

    def start_law(self, names: list[str]) -> tuple[Floats, Floats]:
        """Return mean and covariance of the start levels of factors in this order."""
        places = [self.nodes.index(name) for name in names]
        return self._start_mean[places], self._start_covariance[np.ix_(places, places)]

    def _read(self, text: str) -> list[Row]:
        """Return the rows published by the as_of, but for those that another of them revises."""
        rows, known = [], []
        for given in csv.DictReader(io.StringIO(text)):
            end = self._month(given["end"])
            told = given["published"]
            published = (
                end + RELEASED[told[len("rule:") :]]
                if told.startswith("rule:")
                else self._month(told)
            )
            if published <= self.as_of:
                known.append((given, published))
        revised = {given.get("replaces") for given, _ in known}
        for given, published in known:
            if given["id"] in revised:
                continue
            item = self.indicators[given["indicator"]]
            se = float(given["se"] or 0.0)
            if item["family"] == "ordinal":
                names = [c if isinstance(c, str) else c["en"] for c in item["categories"]]
                value = float(names.index(given["value"]))
            elif given["low"]:
                low, high = float(given["low"]), float(given["high"])
                se = (high - low) / (2 * Z90)
                middle = (
                    math.sqrt(low * high)
                    if item["family"] == "lognormal" and low > 0
                    else (low + high) / 2
                )
                value = float(given["value"]) if given["value"] else middle
            else:
                value = float(given["value"])
            cells = month_shares(given["start"], given["end"], self.first)
            rows.append(Row(given["indicator"], value, se, GRADES[given["grade"]], cells))
            if item["family"] == "state":
                # Of looks at one month that of the row which ends last counts, then the one published last.
                ends = given["end"] if len(given["end"]) > 7 else f"{given['end']}-99"
                for t, _ in cells:
                    look = (ends, published, given["id"], value)
                    self.looks.setdefault((given["indicator"], t), look)
                    self.looks[given["indicator"], t] = max(self.looks[given["indicator"], t], look)
        return rows

    def draw(self, rng: np.random.Generator) -> Unknowns:
        """Draw a point: every unknown from its prior."""
        unknowns: Unknowns = {
            group: {name: law.draw(rng) for name, law in laws.items()}
            for group, laws in self.laws.items()
        }
        unknowns["start"] = dict(
            zip(self.nodes, rng.multivariate_normal(*self.start_law(self.nodes)), strict=True)
        )
        unknowns["innovation"] = {
            name: rng.standard_t(NU, self.months - 1) / math.sqrt(2.0)
            if self._jumps(name)
            else rng.standard_normal(self.months - 1)
            for name in self.nodes
        }
        return unknowns

    def _jumps(self, node: str) -> bool:
        """Say whether the innovations of a factor or hidden parent are Student-t."""
        factor = self.factors[self.hidden.get(node, node)]
        if factor.get("innovations") != "student_t":
            return False
        if "drift" not in factor:
            return True
        where = factor["drift"].get("jumps", "slow")
        return where in ("both", "slow" if node in self.hidden else "fast")

    def _policy_path(self, policy: Mapping[str, Any]) -> Floats:
        path = np.full(self.months, np.nan)
        for stretch in policy["path"]:
            if self._month(stretch.get("published", stretch["from"])) <= self.as_of:
                level = (stretch["value"] - policy["reference"]) / policy["per_level"]
                path[max(self._month(stretch["from"]), 0) :] = level
        return path

    def _active(self, event: Mapping[str, Any]) -> list[int]:
        """Return the months in which an event acts, as far as it is known."""
        if self._month(event.get("published", event["from"])) > self.as_of:
            return []
        begin = self._month(event["from"])
        last = {"pulse": begin, "step": self.months}.get(event["shape"])
        if last is None:
            last = self._month(event["to"])
        return [t for t in range(self.months) if begin <= t <= last]

    def levels(self, unknowns: Unknowns) -> dict[str, Floats]:
        """Return the path of every factor and policy."""
        names = [*self.policies, *self.nodes]
        place = {name: j for j, name in enumerate(names)}
        shape = (self.months, len(names))
        phi, own, start = np.full(len(names), 0.5), np.zeros(len(names)), np.zeros(len(names))
        drive, eps, given = (
            np.zeros(shape),
            np.zeros((self.months - 1, len(names))),
            np.zeros(shape),
        )
        clamped = np.zeros(shape, dtype=bool)
        for name in self.factors:
            j = place[name]
            phi[j] = math.exp(-math.log(2.0) / unknowns["half_life"][name])
            own[j], start[j] = unknowns["own_scale"][name], unknowns["start"][name]
            eps[:, j] = unknowns["innovation"][name]
            drive[:, j] = unknowns["baseline"].get(name, 0.0)
        edges = [(place[e["from"]], place[e["to"]], e.get("lag", 0)) for e in self.edges.values()]
        weight = [self.sign[name] * unknowns["weight_size"][name] for name in self.edges]
        into: dict[str, float] = {}
        for hidden, name in self.hidden.items():
            h, j, item = place[hidden], place[name], self.drift[name]
            half_life = unknowns["drift_half_life"].get(name, item["half_life"])
            share = unknowns["drift_share"].get(name, item["share"])
            phi[h], own[h] = math.exp(-math.log(2.0) / half_life), 1.0
            start[h], eps[:, h] = unknowns["start"][hidden], unknowns["innovation"][hidden]
            slow = own[j] * math.sqrt(share)
            into[name] = slow / math.sqrt(lyapunov.passed_on(phi[j], phi[h]))
            own[j] *= math.sqrt(1.0 - share)
            edges.append((h, j, 0))
            weight.append(into[name])
        for name, policy in self.policies.items():
            clamped[:, place[name]] = True
            given[:, place[name]] = self._policy_path(policy)
        for name, event in self.events.items():
            for effect in event["effects"]:
                child, key = effect["factor"], f"{name}->{effect['factor']}"
                size, j = unknowns["event_effect"][key], place[child]
                part = unknowns["event_lasting"].get(key, effect.get("lasting", 0.0))
                drive[self._active(event), j] += (1.0 - part) * size
                if not part:
                    continue
                # What the factor would cover of the way to the effect, month by month of the event, is
                # added to the level of its hidden parent; a drive moves that by 1 - phi alone.
                begin, h = self._month(event["from"]), place[f"{child}:drift"]
                for t in self._active(event):
                    covered = phi[j] ** (t - begin) - phi[j] ** (t - begin + 1)
                    drive[t, h] += covered * part * size / into[child] / (1.0 - phi[h])
        order = self._order(edges, len(names))
        path = recursion.paths(
            order, edges, phi, np.array(weight), own, drive, start, eps, clamped, given
        )
        return {name: np.asarray(path[:, j], dtype=float) for name, j in place.items()}

    @staticmethod
    def _order(edges: list[tuple[int, int, int]], n: int) -> list[int]:
        """Order the factors so that parents of the same month come first."""
        order: list[int] = []
        while len(order) < n:
            order += [
                j
                for j in range(n)
                if j not in order
                and all(parent in order for parent, child, lag in edges if child == j and lag == 0)
            ]
        return order

    def log_prior(self, unknowns: Unknowns) -> float:
        """Return the log density of the unknowns before any evidence."""
        total = sum(
            law.log_density(unknowns[group][name])
            for group, laws in self.laws.items()
            for name, law in laws.items()
        )
        mean, covariance = self.start_law(self.nodes)
        off = np.array([unknowns["start"][name] for name in self.nodes]) - mean
        _, log_volume = np.linalg.slogdet(2 * math.pi * covariance)
        total -= 0.5 * float(log_volume + off @ np.linalg.solve(covariance, off))
        for name in self.nodes:
            jump = self._jumps(name)
            for value in unknowns["innovation"][name]:
                total += (
                    density.student_t_prior(value, NU)
                    if jump
                    else density.normal_prior(value, 0.0, 1.0)
                )
        return total

    def _row(self, row: Row, unknowns: Unknowns, level: Mapping[str, Floats]) -> float:
        item = self.indicators[row.indicator]
        family = item["family"]
        slope = (1.0 if item["polarity"] in ("+", 1) else -1.0) * unknowns["loading"][row.indicator]
        etas = [
            unknowns["reference"][row.indicator] + slope * level[item["measures"]][t]
            for t, _ in row.cells
        ]
        shares = [share for _, share in row.cells]
        natural = {"lognormal": math.exp, "count": math.exp, "share": _expit, "binary": _expit}.get(
            family, float
        )
        monthly = [natural(eta) for eta in etas]
        total = math.fsum(share * value for share, value in zip(shares, monthly, strict=True))
        mean = total / math.fsum(shares)
        if family == "ordinal":
            gaps = [
                unknowns["category_gap_size"][f"{row.indicator}:{n}"]
                for n in range(1, len(item["categories"]) - 1)
            ]
            return density.ordinal(int(row.value), mean, [0.0, *np.cumsum(gaps)], row.grade)
        if family == "binary":
            return density.binary(row.value, _expit(_logit(mean) / row.grade))
        error = unknowns["error"][row.indicator] * row.grade
        spread = item.get("error_over_span", "independent" if family == "count" else "shared")
        if family != "count":
            if spread == "independent":
                error /= math.sqrt(math.fsum(shares))
            return self._additive(row, item, unknowns, level, mean, error)
        # Independent extra noise of the months, relative to their sum.
        noise = math.sqrt(
            math.fsum(share * value**2 for share, value in zip(shares, monthly, strict=True))
        )
        if spread == "independent":
            error *= noise / total
        return density.count(row.value, total, math.hypot(error, row.se / max(row.value, 1.0)))

    def _additive(
        self, row: Row, item: Mapping[str, Any], unknowns: Unknowns, level: Mapping[str, Floats],
        mean: float, error: float,
    ) -> float:  # fmt: skip
        """Return the log density of a row whose error is added to the number, its logarithm or its log-odds."""
        family, chance = item["family"], 0.0
        if "can_be_zero" in item:
            slope = -unknowns["nought_loading"][row.indicator]
            slope *= 1.0 if item["polarity"] in ("+", 1) else -1.0
            odds = _logit(unknowns["nought"][row.indicator])
            stopped = math.prod(
                _expit(odds + slope * level[item["measures"]][t]) for t, _ in row.cells
            )
            if row.value == 0:
                return math.log(stopped)
            chance = math.log1p(-stopped)
        move = {"normal": float, "lognormal": math.log, "share": _logit}[family]
        unit = {"normal": 1.0, "lognormal": row.value, "share": row.value * (1.0 - row.value)}
        sd = math.hypot(error, row.se / unit[family])
        z = (move(row.value) - move(mean)) / sd
        heavy = item.get("tail") == "student_t"
        at_z = density.student_t_prior(z, NU) if heavy else density.normal(z, 0.0, 1.0)
        return chance + at_z - math.log(sd) - math.log(unit[family])

    def log_likelihood(self, unknowns: Unknowns) -> float:
        """Return the log density of the evidence that the as_of sees."""
        level = self.levels(unknowns)
        plain = [row for row in self.rows if self.indicators[row.indicator]["family"] != "state"]
        states = [name for name, item in self.indicators.items() if item["family"] == "state"]
        return math.fsum(
            [
                *(self._row(row, unknowns, level) for row in plain),
                *(self._state(name, unknowns, level) for name in states),
            ]
        )

    def _state(self, name: str, unknowns: Unknowns, level: Mapping[str, Floats]) -> float:
        """Return the log probability of all looks at a state: of two-state chains by products of matrices."""
        item = self.indicators[name]
        slope = (1.0 if item["polarity"] in ("+", 1) else -1.0) * unknowns["loading"][name]
        looks = {t: look[3] for (of, t), look in self.looks.items() if of == name}
        chain = np.eye(2)
        for t in range(self.months):
            shift = slope * level[item["measures"]][t]
            enters = _expit(unknowns["reference"][name] + shift)
            leaves = 0.0
            if name in unknowns["leaving"]:
                leaves = _expit(_logit(unknowns["leaving"][name]) - shift)
            if t == 0:
                start = unknowns["state_start"].get(name)
                if item.get("start") in ("yes", "no"):
                    start = float(item["start"] == "yes")
                elif start is None:
                    start = enters / (enters + leaves) if leaves else 0.0
            step = np.array([[1.0 - enters, enters], [leaves, 1.0 - leaves]])
            if t in looks:
                step[:, int(1 - looks[t])] = 0.0
            chain = chain @ step
        return math.log(float(np.array([1.0 - start, start]) @ chain @ np.ones(2)))

    def log_density(self, unknowns: Unknowns) -> float:
        """Return the joint log density of unknowns and evidence."""
        return self.log_prior(unknowns) + self.log_likelihood(unknowns)
