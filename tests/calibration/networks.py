"""Networks that calibration runs on, as files for the library and as plain data for the simulator.

From the library's frame come only the pairs (mu, sigma) into which it turns what a file elicits, and the spread of own
scales. Everything else is read from the file's text here: structure, signs, lags, dates, policy paths, starts, spans,
grades, conditions; own scales and joint long-run starts are solved by `tests.oracles.lyapunov`.
"""

from __future__ import annotations

import csv
import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from ruamel.yaml import YAML
from scipy import stats
from tests.oracles import lyapunov, simulator
from tests.oracles.model_density import Law

import withdrawal_risk as wr
from withdrawal_risk.inference.alignment import fit_window
from withdrawal_risk.inference.parameters import build_frame
from withdrawal_risk.model.evidence_file import parse_evidence

__all__ = ["NETWORKS", "Network", "Row", "Setting", "setting"]

Z90: Final = 1.6448536269514722

LEVELS: Final = ("very low", "low", "medium", "high", "very high")

MODELS: Final = Path(__file__).parents[2] / "models"


@dataclass(frozen=True)
class Row:
    """A row of evidence whose value is simulated; ``se`` is on the scale of the family's error."""

    id: str
    indicator: str
    start: str
    end: str
    grade: str
    se: float = 0.0


@dataclass(frozen=True)
class Network:
    """A model file and the rows of its evidence."""

    text: str
    rows: tuple[Row, ...]

    @functools.cached_property
    def raw(self) -> dict[str, Any]:
        """The model file as it stands."""
        found: dict[str, Any] = YAML(typ="safe", pure=True).load(self.text)
        return found

    @property
    def indicators(self) -> dict[str, Any]:
        """Its indicators."""
        found: dict[str, Any] = self.raw["indicators"]
        return found


def _stated_error(row: Mapping[str, str], family: str) -> float:
    """Return the error a row of a shipped file states, on the scale of its family's own."""
    if family in ("ordinal", "binary"):
        return 0.0
    value, low, high, se = (
        float(row[column] or "nan") for column in ("value", "low", "high", "se")
    )
    if row["low"]:
        middle = math.sqrt(low * high) if family == "lognormal" else (low + high) / 2
        value, se = value if row["value"] else middle, (high - low) / (2 * Z90)
    return se / _unit_of_error(family, value) if row["low"] or row["se"] else 0.0


def _shipped(name: str) -> Network:
    """Return a shipped model with the spans, grades and stated errors of its own evidence up to its ``as_of``."""
    bare = Network((MODELS / name / "model.yaml").read_text(encoding="utf-8"), ())
    with (MODELS / name / bare.raw["evidence"]).open(encoding="utf-8", newline="") as file:
        all_rows = [
            row for row in csv.DictReader(file) if row["end"][:7] <= str(bare.raw["time"]["as_of"])
        ]
    # One value a span: what was revised is no observation of its own.
    revised = {row.get("replaces") for row in all_rows}
    rows = [row for row in all_rows if row["id"] not in revised]
    columns = ("id", "indicator", "start", "end", "grade")
    return Network(
        bare.text,
        tuple(
            Row(  # type: ignore[call-arg]
                *(row[column] for column in columns),
                _stated_error(row, bare.indicators[row["indicator"]]["family"]),
            )
            for row in rows
        ),
    )


def _names(item: Mapping[str, Any]) -> list[str]:
    """Return the names of an indicator's categories in English."""
    return [name if isinstance(name, str) else name["en"] for name in item["categories"]]


def _unit_of_error(family: str, value: float) -> float:
    """Return what a family's error of 1 is, in the indicator's unit, at a value."""
    return {"lognormal": value, "share": value * (1 - value), "count": max(value, 1.0)}.get(
        family, 1.0
    )


_SMALL = """
id: calibration-small
title: Three factors
time: {start: 2023-01, as_of: 2024-02, horizon: 2024-06}
evidence: evidence.csv
factors:
  tension:
    {role: driver, label: Tension, worse: high, half_life: {p5: 2, p95: 9}, innovations: student_t,
     start: {p5: -1, p95: 1.5}, basis: "judgement: invented", why: It drives.}
  answer:
    {role: response, label: Answer, worse: low, half_life: {p5: 1, p95: 4}, start: {p5: -1, p95: 0.5},
     baseline: {p5: -0.5, p95: 1}, basis: "judgement: invented", why: It answers.}
  gaps:
    {role: outcome, label: Gaps, worse: high, half_life: {p5: 2, p95: 6}, start: {p5: -0.5, p95: 1},
     basis: "judgement: invented", why: It follows.}
policies:
  presence:
    label: Presence
    worse: low
    unit: troops
    reference: 2000
    per_level: 1000
    path:
      - {from: 2023-01, value: 2500}
      - {from: 2023-09, value: 500, published: 2023-08}
      - {from: 2024-04, value: 0, published: 2023-12}
    basis: "judgement: invented"
    why: It is decided elsewhere.
edges:
  - {from: tension, to: gaps, weight: +strong, lag: 1, basis: "judgement: invented", why: It spreads.}
  - {from: tension, to: answer, weight: +moderate, lag: 0, basis: "judgement: invented", why: It provokes.}
  - {from: answer, to: gaps, weight: -moderate, lag: 0, basis: "judgement: invented", why: It closes them.}
  - {from: presence, to: gaps, weight: -strong, lag: 1, basis: "judgement: invented", why: It covers.}
events:
  strike:
    label: Strike
    shape: pulse
    from: 2023-06
    effects:
      - {factor: tension, size: {p5: 1, p95: 6}}
    basis: "judgement: invented"
    why: It shocks.
indicators:
  incidents:
    {measures: gaps, label: Incidents, family: count, unit: per month, polarity: "+", at_reference: {p5: 8, p95: 25},
     ratio_per_level: {p5: 1.5, p95: 3}, error: {p5: 0.1, p95: 0.4}, basis: "judgement: invented", why: Gaps show.}
  mood:
    {measures: tension, label: Mood, family: ordinal, unit: grade, polarity: "-", categories: [bad, fair, good],
     at_reference: [0.3, 0.4, 0.3], change_per_level: {p5: 0.4, p95: 1.2}, basis: "judgement: invented",
     why: Tension sours.}
  rate:
    {measures: tension, label: Rate, family: lognormal, unit: index, polarity: "+", at_reference: {p5: 80, p95: 120},
     ratio_per_level: {p5: 1.1, p95: 1.6}, error: {p5: 0.05, p95: 0.2}, basis: "judgement: invented",
     why: Tension costs.}
  view:
    {measures: answer, label: View, family: normal, unit: points, polarity: "-", at_reference: {p5: -1, p95: 1},
     change_per_level: {p5: 0.4, p95: 1.5}, error: {p5: 0.1, p95: 0.5}, basis: "judgement: invented",
     why: Answers are seen.}
conditions:
  calm:
    label: Calm
    all:
      - {factor: gaps, statistic: mean, last: 6, at_most: high}
      - {indicator: incidents, statistic: total, last: 3, at_most: 70}
    basis: "judgement: invented"
    why: Few gaps, half a year of which has passed, and few incidents.
  eased:
    label: Eased
    any:
      - {indicator: mood, at_least: good}
      - all:
          - {factor: tension, statistic: max, from: 2024-03, to: 2024-05, at_most: very high}
          - {indicator: rate, statistic: min, last: 4, at_most: 100}
    basis: "judgement: invented"
    why: One way or another.
"""

_FAMILIES = """
id: calibration-families
title: Shares, yes or no, long lags
time: {start: 2023-01, as_of: 2024-02, horizon: 2024-07}
evidence: evidence.csv
factors:
  pressure:
    {role: driver, label: Pressure, worse: high, half_life: {p5: 3, p95: 12}, start: {p5: -1.5, p95: 0.5},
     basis: "judgement: invented", why: It drives.}
  order:
    {role: outcome, label: Order, worse: low, half_life: {p5: 1, p95: 6}, innovations: student_t,
     start: {p5: -1, p95: 1}, baseline: {p5: -1, p95: 0.5}, basis: "judgement: invented", why: It follows.}
policies:
  aid:
    label: Aid
    worse: low
    unit: millions
    reference: 100
    per_level: -40
    path:
      - {from: 2022-06, value: 60}
      - {from: 2023-06, value: 180}
    basis: "judgement: invented"
    why: It is decided elsewhere.
edges:
  - {from: pressure, to: order, weight: -strong, lag: 3, basis: "judgement: invented", why: It wears.}
  - {from: aid, to: pressure, weight: +moderate, lag: 0, basis: "judgement: invented", why: It irritates.}
events:
  campaign:
    label: Campaign
    shape: window
    from: 2023-04
    to: 2023-07
    effects:
      - {factor: pressure, size: {p5: 0.5, p95: 3}}
      - {factor: order, size: {p5: -3, p95: 0.5}}
    basis: "judgement: invented"
    why: It shocks.
  law:
    label: Law
    shape: step
    from: 2023-11
    effects:
      - {factor: order, size: {p5: -0.5, p95: 2}}
    basis: "judgement: invented"
    why: It lasts.
indicators:
  supply:
    {measures: pressure, label: Supply, family: share, unit: share, polarity: "-", at_reference: {p5: 0.4, p95: 0.7},
     odds_ratio_per_level: {p5: 1.4, p95: 3}, error: {p5: 0.1, p95: 0.4}, basis: "judgement: invented",
     why: Pressure cuts.}
  closed:
    {measures: order, label: Closed, family: binary, unit: yes or no, polarity: "-", at_reference: {p5: 0.2, p95: 0.7},
     odds_ratio_per_level: {p5: 1.5, p95: 5}, basis: "judgement: invented", why: Disorder closes roads.}
  raids:
    {measures: order, label: Raids, family: count, unit: per month, polarity: "-", at_reference: {p5: 0.5, p95: 4},
     ratio_per_level: {p5: 1.3, p95: 2.5}, error: {p5: 0.2, p95: 0.8}, basis: "judgement: invented", why: Disorder shows.}
  rank:
    {measures: order, label: Rank, family: ordinal, unit: grade, polarity: "+", categories: [e, d, c, b, a],
     at_reference: [0.1, 0.2, 0.3, 0.3, 0.1], change_per_level: {p5: 0.5, p95: 1.5}, basis: "judgement: invented",
     why: Order is graded.}
conditions:
  kept:
    label: Kept
    all:
      - {factor: order, at_least: low}
      - any:
          - {indicator: closed, at_most: 0}
          - {indicator: rank, statistic: min, last: 5, at_least: c}
    basis: "judgement: invented"
    why: Order.
  served:
    label: Served
    all:
      - {indicator: supply, statistic: mean, last: 4, at_least: 0.5}
      - {indicator: supply, statistic: last, at_least: 0.4}
      - {indicator: raids, statistic: max, last: 5, at_most: 8}
      - {factor: aid, statistic: last, at_most: medium}
    basis: "judgement: invented"
    why: Two clauses speak of the same indicator, one of a policy.
"""


_SECOND = """
id: calibration-second
title: Drift, states, tails, noughts
time: {start: 2023-01, as_of: 2024-02, horizon: 2024-07}
evidence: evidence.csv
factors:
  strain:
    {role: driver, label: Strain, worse: high, half_life: {p5: 1, p95: 4}, innovations: student_t,
     drift: {share: {p5: 0.4, p95: 0.85}, half_life: {p5: 18, p95: 60}}, basis: "judgement: invented", why: It drives.}
  order:
    {role: outcome, label: Order, worse: low, half_life: {p5: 1, p95: 5}, start: {p5: -1, p95: 1},
     drift: {share: {p5: 0.3, p95: 0.7}, half_life: {p5: 12, p95: 48}}, basis: "judgement: invented", why: It follows.}
edges:
  - {from: strain, to: order, weight: -strong, lag: 1, basis: "judgement: invented", why: It wears.}
indicators:
  deaths:
    {measures: strain, label: Deaths, family: count, unit: per month, polarity: "+", at_reference: {p5: 8, p95: 25},
     ratio_per_level: {p5: 1.5, p95: 3}, error: {p5: 0.1, p95: 0.4}, error_over_span: shared,
     basis: "judgement: invented", why: It shows.}
  flow:
    {measures: order, label: Flow, family: lognormal, unit: tons, polarity: "+", at_reference: {p5: 60, p95: 140},
     ratio_per_level: {p5: 1.2, p95: 2}, error: {p5: 0.1, p95: 0.4}, tail: student_t, error_over_span: independent,
     can_be_zero: {p5: 0.05, p95: 0.3}, zero_odds_ratio_per_level: {p5: 1.3, p95: 3}, basis: "judgement: invented",
     why: It flows.}
  view:
    {measures: strain, label: View, family: normal, unit: points, polarity: "-", at_reference: {p5: -1, p95: 1},
     change_per_level: {p5: 0.4, p95: 1.5}, error: {p5: 0.1, p95: 0.5}, tail: student_t, basis: "judgement: invented",
     why: It is seen.}
  held:
    {measures: order, label: Held, family: state, unit: yes or no, polarity: "+", enters: {p5: 0.05, p95: 0.4},
     leaves: {p5: 0.03, p95: 0.3}, odds_ratio_per_level: {p5: 1.3, p95: 4}, basis: "judgement: invented",
     why: Order holds.}
conditions:
  quiet:
    label: Quiet
    all:
      - {indicator: deaths, statistic: total, last: 4, at_most: 60}
      - {not: {indicator: flow, ever: true, last: 3, at_most: 0}}
    basis: "judgement: invented"
    why: Few deaths, and no month without a flow.
  kept:
    label: Kept
    any:
      - {indicator: held, at_least: 1}
      - {factor: order, statistic: mean, last: 5, at_least: high}
    basis: "judgement: invented"
    why: It is held or orderly.
"""


NETWORKS: Final[Mapping[str, Network]] = {
    "iraq-2025": _shipped("iraq-2025"),
    "small": Network(
        _SMALL,
        (
            Row("i1", "incidents", "2023-01", "2023-03", "A"),
            Row("i2", "incidents", "2023-05", "2023-05", "A"),
            Row("i3", "incidents", "2023-07-10", "2023-09-15", "B"),
            Row("i4", "incidents", "2023-11", "2023-11", "A"),
            Row("i5", "incidents", "2024-02", "2024-02", "C"),
            Row("m1", "mood", "2023-02", "2023-02", "A"),
            Row("m2", "mood", "2023-05", "2023-07", "B"),
            Row("m3", "mood", "2023-10", "2023-10", "A"),
            Row("m4", "mood", "2024-01", "2024-01", "C"),
            Row("r1", "rate", "2023-01", "2023-01", "A"),
            Row("r2", "rate", "2023-04", "2023-04", "A"),
            Row("r3", "rate", "2023-06", "2023-06", "B"),
            Row("r4", "rate", "2023-07", "2023-08", "A"),
            Row("r5", "rate", "2023-10-20", "2023-12-10", "A"),
            Row("r6", "rate", "2024-02", "2024-02", "A"),
            Row("v1", "view", "2023-01", "2023-01", "A"),
            Row("v2", "view", "2023-03", "2023-06", "B"),
            Row("v3", "view", "2023-08", "2023-08", "A"),
            Row("v4", "view", "2023-10", "2023-10", "A"),
            Row("v5", "view", "2023-12", "2024-02", "A"),
        ),
    ),
    "second": Network(
        _SECOND,
        (
            *(
                Row(f"d{t}", "deaths", f"2023-{t:02d}", f"2023-{t:02d}", "A")
                for t in (1, 3, 4, 6, 12)
            ),
            Row("d7", "deaths", "2023-07", "2023-10", "B"),
            Row("d13", "deaths", "2024-02", "2024-02", "A"),
            *(Row(f"f{t}", "flow", f"2023-{t:02d}", f"2023-{t:02d}", "A") for t in (2, 5, 8, 11)),
            Row("f9", "flow", "2023-09", "2023-10", "A"),
            Row("f13", "flow", "2024-01", "2024-01", "C"),
            *(
                Row(f"v{t}", "view", f"2023-{t:02d}", f"2023-{t:02d}", "A")
                for t in (1, 2, 5, 9, 10)
            ),
            Row("v13", "view", "2024-02", "2024-02", "B"),
            *(Row(f"h{t}", "held", f"2023-{t:02d}", f"2023-{t:02d}", "A") for t in (2, 3, 7, 12)),
        ),
    ),
    "families": Network(
        _FAMILIES,
        (
            Row("s1", "supply", "2023-01", "2023-02", "A"),
            Row("s2", "supply", "2023-05-11", "2023-07-20", "A"),
            Row("s3", "supply", "2023-08", "2023-08", "B"),
            Row("s4", "supply", "2023-12", "2023-12", "A"),
            Row("s5", "supply", "2024-02", "2024-02", "C"),
            Row("c1", "closed", "2023-01", "2023-01", "A"),
            Row("c2", "closed", "2023-04", "2023-06", "B"),
            Row("c3", "closed", "2023-09", "2023-09", "A"),
            Row("c4", "closed", "2024-01", "2024-01", "A"),
            Row("n1", "raids", "2023-02", "2023-02", "A"),
            Row("n2", "raids", "2023-03-20", "2023-05-10", "B"),
            Row("n3", "raids", "2023-08", "2024-01", "A"),
            Row("g1", "rank", "2023-03", "2023-03", "A"),
            Row("g2", "rank", "2023-07", "2023-10", "B"),
            Row("g3", "rank", "2023-12", "2023-12", "A"),
            Row("g4", "rank", "2024-02", "2024-02", "C"),
        ),
    ),
}


def _evidence_text(
    rows: Sequence[Row], values: Mapping[str, Any], indicators: Mapping[str, Any]
) -> str:
    """Write an evidence file with these values; grades are given by position."""
    lines = ["id,indicator,start,end,published,value,low,high,se,grade,source,url,note"]
    for row in rows:
        item, value = indicators[row.indicator], values[row.id]
        text = f'"{_names(item)[value]}"' if item["family"] == "ordinal" else repr(value)
        se = repr(row.se * _unit_of_error(item["family"], value)) if row.se else ""
        lines.append(
            f"{row.id},{row.indicator},{row.start},{row.end},rule:same_month,{text},,,{se},{row.grade},simulated,,"
        )
    return "\n".join(lines) + "\n"


def _lognormal_mean(prior: tuple[float, float]) -> float:
    return math.exp(prior[0] + prior[1] ** 2 / 2)


def _clauses(tree: Mapping[str, Any], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a condition's tree with months counted from the start and thresholds as numbers."""
    for kind in ("all", "any"):
        if kind in tree:
            return {kind: [_clauses(part, raw) for part in tree[kind]]}
    if "not" in tree:
        return {"not": _clauses(tree["not"], raw)}
    first, horizon = str(raw["time"]["start"]), str(raw["time"]["horizon"])
    end = simulator.month_number(horizon, first)
    span = (end - tree.get("last", 1) + 1, end)
    if "from" in tree:
        span = (
            simulator.month_number(str(tree["from"]), first),
            simulator.month_number(str(tree["to"]), first),
        )
    side = "at_least" if "at_least" in tree else "at_most"
    bound = tree[side]
    if isinstance(bound, str) and "indicator" in tree:
        bound = _names(raw["indicators"][tree["indicator"]]).index(bound)
    elif isinstance(bound, str):
        edges = stats.norm.ppf([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
        bound = edges[LEVELS.index(bound) + (side == "at_most")]
    subject = "indicator" if "indicator" in tree else "factor"
    return {
        subject: tree[subject], "statistic": tree.get("statistic", "last"), "first": span[0], "last": span[1],
        side: float(bound), "ever": bool(tree.get("ever")),
    }  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """A network, what the simulator knows of it, and the library's reading of its model file."""

    network: Network
    problem: simulator.Problem
    base: wr.Model

    def model(self, values: Mapping[str, Any]) -> wr.Model:
        """Return the model with these values as its evidence; the model file is not read again."""
        text = _evidence_text(self.network.rows, values, self.network.indicators)
        return replace(
            self.base,
            evidence=parse_evidence(text, "evidence.csv", self.base.spec).rows,
            evidence_text=text,
        )


@functools.cache
def setting(name: str) -> Setting:
    """Return one of `NETWORKS` as library and simulator see it."""
    network = NETWORKS[name]
    raw = network.raw
    first, as_of, horizon = (str(raw["time"][key]) for key in ("start", "as_of", "horizon"))
    months = simulator.month_number(as_of, first) + 1
    total = simulator.month_number(horizon, first) + 1
    model = wr.Model.from_texts(network.text, _evidence_text((), {}, {}))
    frame = build_frame(model, fit_window(model, model.as_of))

    def pairs(array: str) -> dict[str, tuple[float, float]]:
        prior = frame.priors.get(array)
        if prior is None:
            return {}
        labels = frame.coords[prior.dims[0]]
        return {
            label: (float(mu), float(sigma))
            for label, mu, sigma in zip(labels, prior.mu, prior.sigma, strict=True)
        }

    half_life, baseline, size, effect_size = (
        pairs(array) for array in ("half_life", "baseline", "weight_size", "event_effect")
    )
    reference, loading, error, gaps = (
        pairs(array) for array in ("reference", "loading", "error", "category_gap_size")
    )
    lasting = pairs("event_lasting")
    leaving, nought, stops = (pairs(a) for a in ("leaving", "nought", "nought_loading"))
    own_spread = {key: sigma for key, (_, sigma) in pairs("own_scale").items()}

    def through(quantiles: Mapping[str, float] | None) -> tuple[float, float] | None:
        if quantiles is None:
            return None
        return (quantiles["p5"] + quantiles["p95"]) / 2, (quantiles["p95"] - quantiles["p5"]) / (
            2 * Z90
        )

    def policy(item: Mapping[str, Any]) -> list[float]:
        path = [0.0] * total
        for stretch in item["path"]:
            begin = max(simulator.month_number(str(stretch["from"]), first), 0)
            path[begin:] = [(stretch["value"] - item["reference"]) / item["per_level"]] * (
                total - begin
            )
        return path

    def active(event: Mapping[str, Any]) -> list[bool]:
        begin = simulator.month_number(str(event["from"]), first)
        last = {"pulse": begin, "step": total}.get(event["shape"])
        if last is None:
            last = simulator.month_number(str(event["to"]), first)
        return [begin <= t <= last for t in range(total)]

    def sign(weight: Any) -> float:
        return (
            1.0
            if (weight.startswith("+") if isinstance(weight, str) else weight["p95"] > 0)
            else -1.0
        )

    edges = {
        f"{item['from']}->{item['to']}": {
            "parent": item["from"],
            "child": item["to"],
            "sign": sign(item["weight"]),
            "lag": item.get("lag", 0),
            "size": size[f"{item['from']}->{item['to']}"],
        }
        for item in raw["edges"]
    }
    names = list(raw["factors"])
    shares, slow = pairs("drift_share"), pairs("drift_half_life")
    own = list(names)
    drifting = [key for key in own if key in shares]
    names += [f"{key}:drift" for key in drifting]
    inner = [edge for edge in edges.values() if edge["parent"] in names]
    triples = [
        (names.index(edge["parent"]), names.index(edge["child"]), edge["lag"]) for edge in inner
    ]
    phi = np.array(
        [
            2 ** (-1 / _lognormal_mean(half_life[key] if key in own else slow[key.split(":")[0]]))
            for key in names
        ]
    )
    weight = [edge["sign"] * _lognormal_mean(edge["size"]) for edge in inner]
    triples += [(names.index(f"{key}:drift"), names.index(key), 0) for key in drifting]
    # In this order: weights are given by place.
    mean_share = {key: Law("logitnormal", *shares[key]).mean for key in drifting}
    scales = lyapunov.drifting_scales(names, triples, phi, np.array(weight), mean_share)
    tau = [scales[key] for key in own]
    for key in mean_share:
        passed = lyapunov.passed_on(phi[names.index(key)], phi[names.index(f"{key}:drift")])
        weight.append(scales[key] * math.sqrt(mean_share[key] / passed))
    everywhere = np.array(
        [scales[key] * math.sqrt(1 - mean_share.get(key, 0.0)) for key in own]
        + [1.0] * len(mean_share)
    )
    whole = lyapunov.stationary_covariance(len(names), triples, phi, np.array(weight), everywhere)
    started = [key for key in own if raw["factors"][key].get("start") is not None]
    free = [place for place, key in enumerate(names) if key.split(":")[0] not in started]
    covariance = whole[np.ix_(free, free)]
    hidden_start = {}
    for key in started:
        if key in mean_share:
            h, j = names.index(f"{key}:drift"), names.index(key)
            slope = whole[h, j] / whole[j, j]
            hidden_start[f"{key}:drift"] = (slope, math.sqrt(whole[h, h] - slope * whole[h, j]))

    indicators: dict[str, Any] = {}
    for key, item in raw["indicators"].items():
        indicators[key] = {
            "family": item["family"],
            "measures": item["measures"],
            "polarity": 1.0 if item["polarity"] == "+" else -1.0,
            "reference": reference[key],
            "loading": loading[key],
        }
        if key in error:
            indicators[key]["error"] = error[key]
        indicators[key]["tail"] = item.get("tail") == "student_t"
        if "error_over_span" in item:
            indicators[key]["independent"] = item["error_over_span"] == "independent"
        for name, law in (("leaving", leaving), ("nought", nought), ("nought_loading", stops)):
            if key in law:
                indicators[key][name] = law[key]
        if isinstance(item.get("start"), str):
            indicators[key]["start"] = item["start"] == "yes"
        if item["family"] == "ordinal":
            indicators[key]["gaps"] = [
                gaps[f"{key}:{g + 1}"] for g in range(len(item["categories"]) - 2)
            ]
    problem = {
        "months": months,
        "ahead": total - months,
        "factors": {
            key: {
                "half_life": half_life[key],
                "own_scale": (math.log(scale), own_spread[key]),
                "start": through(raw["factors"][key].get("start")),
                "baseline": baseline.get(key),
                "jump": raw["factors"][key].get("innovations") == "student_t",
            }
            | (
                {
                    "drift": {
                        "share": shares[key],
                        "half_life": slow[key],
                        "fast": False,
                        "slow": raw["factors"][key].get("innovations") == "student_t",
                    }
                }
                if key in shares
                else {}
            )
            for key, scale in zip(own, tau, strict=True)
        },
        "hidden_start": hidden_start,
        "stationary": ([names[place] for place in free], covariance),
        "policies": {key: policy(item) for key, item in (raw.get("policies") or {}).items()},
        "edges": edges,
        "effects": {
            f"{key}->{effect['factor']}": {
                "factor": effect["factor"],
                "size": effect_size[f"{key}->{effect['factor']}"],
                "active": active(event),
                "lasting": lasting.get(f"{key}->{effect['factor']}"),
                "since": [
                    max(t - simulator.month_number(str(event["from"]), first), 0)
                    for t in range(total)
                ],
            }
            for key, event in (raw.get("events") or {}).items()
            for effect in event["effects"]
        },
        "indicators": indicators,
        "rows": {
            row.id: {
                "indicator": row.indicator,
                "grade": row.grade,
                "se": row.se,
                "cells": simulator.month_shares(row.start, row.end, first),
            }
            for row in network.rows
        },
        "conditions": {key: _clauses(item, raw) for key, item in raw["conditions"].items()},
    }
    return Setting(network, problem, model)
