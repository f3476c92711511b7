"""Simulation-based calibration of `withdrawal_risk.fit` (Talts et al. 2018, Modrak et al. 2023).

Parameters, levels and evidence are drawn from the prior predictive by `tests.oracles.simulator`, which shares no
code with the library; the library is fitted to the evidence; the truth of each quantity is ranked among nearly
independent posterior draws. Where the library infers the model it claims to infer, every rank is uniform. Besides
parameters and levels, the log likelihood of the evidence and the log density of the levels are ranked, both as the
simulator computes them, and so is the level at the horizon in the truth's own future.

A rank ``r`` of ``L`` draws becomes ``u = (r + v) / (L + 1)`` with ``v`` uniform: exactly uniform where ranks are. Two
Kolmogorov-Smirnov tests with exact p-values, of ``u`` for a shift and of ``|2 u - 1|`` for draws that are too wide or
too narrow, give a quantity twice the smaller of the two p-values. The smallest over all quantities, times their
number (Bonferroni), is the p-value of the whole run, whatever the dependence between quantities; a run fails where
it is below `FAMILY_WISE` = 0.001, so a false alarm has at most that probability.

Run ``python -m tests.calibration.sbc --fits 500 --network small --plot sbc.png``.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from arviz_stats.base import array_stats
from ruamel.yaml import YAML
from scipy import stats
from tests.oracles import simulator

import withdrawal_risk as wr
from withdrawal_risk.inference.build import fit_window
from withdrawal_risk.inference.parameters import build_frame

FAMILY_WISE: Final = 0.001
"""Probability with which a library without fault may fail a run."""

Z90: Final = 1.6448536269514722


@dataclass(frozen=True)
class Network:
    """A model file and the rows whose values are simulated: id, indicator, start, end, grade."""

    text: str
    rows: tuple[tuple[str, str, str, str, str], ...]


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
    {measures: tension, label: Mood, family: ordinal, unit: grade, polarity: "-", grades: [bad, fair, good],
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
    {label: Calm, all: [{factor: gaps, at_most: medium}], basis: "judgement: invented", why: Few gaps.}
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
    {measures: order, label: Rank, family: ordinal, unit: grade, polarity: "+", grades: [e, d, c, b, a],
     at_reference: [0.1, 0.2, 0.3, 0.3, 0.1], change_per_level: {p5: 0.5, p95: 1.5}, basis: "judgement: invented",
     why: Order is graded.}
conditions:
  calm:
    {label: Calm, all: [{factor: order, at_least: medium}], basis: "judgement: invented", why: Order.}
"""

NETWORKS: Final[Mapping[str, Network]] = {
    "small": Network(
        _SMALL,
        (
            ("i1", "incidents", "2023-01", "2023-03", "A"),
            ("i2", "incidents", "2023-05", "2023-05", "A"),
            ("i3", "incidents", "2023-07-10", "2023-09-15", "B"),
            ("i4", "incidents", "2023-11", "2023-11", "A"),
            ("i5", "incidents", "2024-02", "2024-02", "C"),
            ("m1", "mood", "2023-02", "2023-02", "A"),
            ("m2", "mood", "2023-05", "2023-07", "B"),
            ("m3", "mood", "2023-10", "2023-10", "A"),
            ("m4", "mood", "2024-01", "2024-01", "C"),
            ("r1", "rate", "2023-01", "2023-01", "A"),
            ("r2", "rate", "2023-04", "2023-04", "A"),
            ("r3", "rate", "2023-06", "2023-06", "B"),
            ("r4", "rate", "2023-07", "2023-08", "A"),
            ("r5", "rate", "2023-10-20", "2023-12-10", "A"),
            ("r6", "rate", "2024-02", "2024-02", "A"),
            ("v1", "view", "2023-01", "2023-01", "A"),
            ("v2", "view", "2023-03", "2023-06", "B"),
            ("v3", "view", "2023-08", "2023-08", "A"),
            ("v4", "view", "2023-10", "2023-10", "A"),
            ("v5", "view", "2023-12", "2024-02", "A"),
        ),
    ),
    "families": Network(
        _FAMILIES,
        (
            ("s1", "supply", "2023-01", "2023-02", "A"),
            ("s2", "supply", "2023-05-11", "2023-07-20", "A"),
            ("s3", "supply", "2023-08", "2023-08", "B"),
            ("s4", "supply", "2023-12", "2023-12", "A"),
            ("s5", "supply", "2024-02", "2024-02", "C"),
            ("c1", "closed", "2023-01", "2023-01", "A"),
            ("c2", "closed", "2023-04", "2023-06", "B"),
            ("c3", "closed", "2023-09", "2023-09", "A"),
            ("c4", "closed", "2024-01", "2024-01", "A"),
            ("n1", "raids", "2023-02", "2023-02", "A"),
            ("n2", "raids", "2023-03-20", "2023-05-10", "B"),
            ("n3", "raids", "2023-08", "2024-01", "A"),
            ("g1", "rank", "2023-03", "2023-03", "A"),
            ("g2", "rank", "2023-07", "2023-10", "B"),
            ("g3", "rank", "2023-12", "2023-12", "A"),
            ("g4", "rank", "2024-02", "2024-02", "C"),
        ),
    ),
}


def evidence_text(network: Network, values: Mapping[str, Any], grades: Mapping[str, list[str]]) -> str:
    """Write the evidence file with these values; grades are given by position."""
    lines = ["id,indicator,start,end,published,value,low,high,se,grade,source,url,note"]
    for name, indicator, start, end, grade in network.rows:
        value = grades[indicator][values[name]] if indicator in grades else repr(values[name])
        lines.append(f"{name},{indicator},{start},{end},rule:same_month,{value},,,,{grade},simulated,,")
    return "\n".join(lines) + "\n"


def _placeholders(network: Network, indicators: Mapping[str, Any]) -> dict[str, Any]:
    some = {"normal": 0.0, "lognormal": 1.0, "count": 1, "share": 0.5, "ordinal": 0, "binary": 0}
    return {row[0]: some[indicators[row[1]]["family"]] for row in network.rows}


def describe(network: Network) -> tuple[simulator.Problem, dict[str, list[str]]]:
    """Return a network as the simulator's plain data, and the grades of its ordinal indicators.

    Structure, dates and start levels are read from the file's text; priors are the library's, so that its
    elicitation and its solved own scales are given here and tested elsewhere.
    """
    raw = YAML(typ="safe", pure=True).load(network.text)
    first, as_of, horizon = (str(raw["time"][name]) for name in ("start", "as_of", "horizon"))
    months = simulator.month_number(as_of, first) + 1
    total = simulator.month_number(horizon, first) + 1
    grades = {name: item["grades"] for name, item in raw["indicators"].items() if item["family"] == "ordinal"}
    model = wr.Model.from_texts(network.text, evidence_text(network, _placeholders(network, raw["indicators"]), grades))
    frame = build_frame(model, fit_window(model, model.as_of))

    def pairs(name: str) -> dict[str, tuple[float, float]]:
        prior = frame.priors.get(name)
        if prior is None:
            return {}
        labels = frame.coords[prior.dims[0]]
        return {
            label: (float(mu), float(sigma)) for label, mu, sigma in zip(labels, prior.mu, prior.sigma, strict=True)
        }

    half_life, own_scale, baseline = pairs("half_life"), pairs("own_scale"), pairs("baseline")
    size, effect_size = pairs("weight_size"), pairs("event_effect")
    reference, loading, error, gaps = (pairs(name) for name in ("reference", "loading", "error", "grade_gap_size"))

    def through(quantiles: Mapping[str, float]) -> tuple[float, float]:
        return (quantiles["p5"] + quantiles["p95"]) / 2, (quantiles["p95"] - quantiles["p5"]) / (2 * Z90)

    def policy(item: Mapping[str, Any]) -> list[float]:
        path = [0.0] * total
        for stretch in item["path"]:
            begin = max(simulator.month_number(str(stretch["from"]), first), 0)
            path[begin:] = [(stretch["value"] - item["reference"]) / item["per_level"]] * (total - begin)
        return path

    def active(event: Mapping[str, Any]) -> list[bool]:
        begin = simulator.month_number(str(event["from"]), first)
        last = {"pulse": begin, "step": total}.get(event["shape"])
        if last is None:
            last = simulator.month_number(str(event["to"]), first)
        return [begin <= t <= last for t in range(total)]

    indicators: dict[str, Any] = {}
    for name, item in raw["indicators"].items():
        indicators[name] = {
            "family": item["family"],
            "measures": item["measures"],
            "polarity": 1.0 if item["polarity"] == "+" else -1.0,
            "reference": reference[name],
            "loading": loading[name],
        }
        if name in error:
            indicators[name]["error"] = error[name]
        if name in grades:
            indicators[name]["gaps"] = [gaps[f"{name}:{g + 1}"] for g in range(len(grades[name]) - 2)]
    problem = {
        "months": months,
        "ahead": total - months,
        "factors": {
            name: {
                "half_life": half_life[name],
                "own_scale": own_scale[name],
                "start": through(item["start"]),
                "baseline": baseline.get(name),
                "jump": item.get("innovations") == "student_t",
            }
            for name, item in raw["factors"].items()
        },
        "policies": {name: policy(item) for name, item in (raw.get("policies") or {}).items()},
        "edges": {
            f"{item['from']}->{item['to']}": {
                "parent": item["from"],
                "child": item["to"],
                "sign": 1.0 if item["weight"].startswith("+") else -1.0,
                "lag": item.get("lag", 0),
                "size": size[f"{item['from']}->{item['to']}"],
            }
            for item in raw["edges"]
        },
        "effects": {
            f"{name}->{effect['factor']}": {
                "factor": effect["factor"],
                "size": effect_size[f"{name}->{effect['factor']}"],
                "active": active(event),
            }
            for name, event in (raw.get("events") or {}).items()
            for effect in event["effects"]
        },
        "indicators": indicators,
        "rows": {
            name: {"indicator": indicator, "grade": grade, "cells": simulator.month_shares(start, end, first)}
            for name, indicator, start, end, grade in network.rows
        },
    }
    return problem, grades


_VARIABLES: Final = {
    "half_life": "latent",
    "own_scale": "latent",
    "baseline": "baseline_latent",
    "weight_size": "edge",
    "event_effect": "effect",
    "reference": "indicator",
    "loading": "indicator",
    "error": "noisy_indicator",
}


def _thinned(array: Any, keep: int) -> np.ndarray:
    """Return evenly spaced draws of every chain, ``keep`` in all, shape (keep, ...)."""
    chains, draws = array.shape[:2]
    each = keep // chains
    stride = draws // each
    values = np.asarray(array)[:, stride - 1 :: stride][:, :each]
    return values.reshape(-1, *values.shape[2:])


def _drawn(problem: simulator.Problem, posterior: Any, keep: int) -> tuple[simulator.Named, simulator.Named]:
    """Return posterior draws of parameters and of paths as the simulator names them."""
    dataset = posterior.tree["posterior"].dataset
    theta: simulator.Named = {}
    for name, dim in _VARIABLES.items():
        theta[name] = {}
        if name in dataset:
            values = _thinned(dataset[name].values, keep)
            theta[name] = {str(label): values[:, k] for k, label in enumerate(dataset[dim].values)}
    theta["gaps"] = {name: [] for name, item in problem["indicators"].items() if "gaps" in item}
    if "grade_gap_size" in dataset:
        values = _thinned(dataset["grade_gap_size"].values, keep)
        for k, label in enumerate(dataset["grade_gap"].values):
            theta["gaps"][str(label).split(":")[0]].append(values[:, k])
    values = _thinned(dataset["level"].values, keep)
    path = {str(name): values[:, :, j] for j, name in enumerate(dataset["factor"].values)}
    return theta, path


def quantities(
    problem: simulator.Problem, theta: simulator.Named, path: simulator.Named, future: Mapping[str, Any],
    values: simulator.Named,
) -> dict[str, Any]:  # fmt: skip
    """Return what is ranked, for one set of parameters or for many."""
    found = {f"{name}[{label}]": value for name in _VARIABLES for label, value in theta[name].items()}
    found |= {f"gap[{name}:{g + 1}]": v for name, gaps in theta["gaps"].items() for g, v in enumerate(gaps)}
    months = problem["months"]
    for name in problem["factors"]:
        for place, month in (("first", 0), ("middle", months // 2), ("last", months - 1)):
            found[f"level[{name}, {place}]"] = path[name][..., month]
        found[f"level[{name}, horizon]"] = future[name]
    found["log likelihood"] = simulator.log_likelihood(problem, theta, path, values)
    found["log density of levels"] = simulator.log_path(problem, theta, path)
    return found


@dataclass(frozen=True)
class Calibration:
    """Ranks of a run.

    Parameters
    ----------
    ranks : DataFrame
        One row a fit, one column a quantity; from 0 to ``draws``.
    draws : int
        Posterior draws a truth is ranked among.
    ess : DataFrame
        Bulk effective sample size of those draws, shaped like ``ranks``.
    divergences : int
    seconds : list of float
        For each fit.
    """

    ranks: pd.DataFrame
    draws: int
    ess: pd.DataFrame
    divergences: int
    seconds: list[float] = field(default_factory=list)

    def uniform(self) -> pd.DataFrame:
        """Return the ranks as numbers that are uniform on (0, 1) where the ranks are uniform."""
        noise = np.random.default_rng(20).random(self.ranks.shape)
        return (self.ranks + noise) / (self.draws + 1)

    def table(self) -> pd.DataFrame:
        """Return one row a quantity, smallest p-value first."""
        u = self.uniform()
        shift = [stats.kstest(u[name], "uniform").pvalue for name in u]
        width = [stats.kstest(np.abs(2 * u[name] - 1), "uniform").pvalue for name in u]
        p = np.minimum(1.0, 2 * np.minimum(shift, width))
        table = pd.DataFrame(
            {"mean": u.mean().values, "sd": u.std().values, "ess": self.ess.mean().values, "p": p}, index=u.columns
        )
        return table.rename_axis("quantity").sort_values("p")

    @property
    def p(self) -> float:
        """P-value of the whole run."""
        table = self.table()
        return min(1.0, float(table["p"].min()) * len(table))

    def plot(self, path: str | Path) -> None:
        """Draw, for every quantity, its ECDF minus the uniform one, with the bands of the tests' Kolmogorov law."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        u = self.uniform()
        table = self.table()
        columns = 6
        lines = -(-len(table) // columns)
        figure = Figure(figsize=(2.6 * columns, 1.7 * lines), layout="constrained")
        FigureCanvasAgg(figure)
        one = stats.kstwo.isf(0.05, len(u))
        every = stats.kstwo.isf(0.05 / len(table), len(u))
        for place, name in enumerate(u.columns):
            axes = figure.add_subplot(lines, columns, place + 1)
            values = np.sort(u[name])
            steps = np.repeat(np.arange(len(values) + 1) / len(values), 2)
            at = np.concatenate([[0.0], np.repeat(values, 2), [1.0]])
            axes.axhspan(-every, every, color="0.92", lw=0)
            axes.axhspan(-one, one, color="0.82", lw=0)
            axes.plot(at, steps - at, lw=1.2, color="#1f5a7a" if table.loc[name, "p"] > 0.01 else "#b03a2e")
            axes.set_title(f"{name}  p={table.loc[name, 'p']:.2g}", fontsize=7)
            axes.set_xlim(0, 1)
            axes.set_ylim(-1.25 * every, 1.25 * every)
            axes.tick_params(labelsize=6)
        figure.suptitle(f"ECDF difference of {len(u)} fits; bands: 95 % for one quantity, 95 % for all", fontsize=9)
        figure.savefig(path, dpi=120)


def run(
    name: str = "small",
    *,
    fits: int = 50,
    seed: int = 1,
    draws: int = 250,
    tune: int = 500,
    chains: int = 2,
    keep: int = 100,
    report: Any = None,
) -> Calibration:
    """Simulate, fit and rank.

    Parameters
    ----------
    name : str
        One of `NETWORKS`.
    fits, seed : int
        Fit ``k`` depends on the seed and on ``k`` alone.
    draws, tune, chains : int
        Of each fit.
    keep : int
        Posterior draws the truth is ranked among.
    report : callable, optional
        Told the number of fits done after each.
    """
    network = NETWORKS[name]
    problem, grades = describe(network)
    ranks, ess, seconds, divergences = [], [], [], 0
    for k in range(fits):
        began = time.perf_counter()
        rng = np.random.default_rng([seed, k])
        theta = simulator.draw_parameters(problem, rng)
        path = simulator.draw_path(problem, theta, rng)
        values = simulator.draw_evidence(problem, theta, path, rng)
        future = {factor: path[factor][-1] for factor in problem["factors"]}
        truth = quantities(problem, theta, path, future, values)
        model = wr.Model.from_texts(network.text, evidence_text(network, values, grades))
        posterior = wr.fit(model, draws=draws, tune=tune, chains=chains, random_seed=1000 * seed + k, progressbar=False)
        divergences += posterior.settings["diagnostics"]["divergences"]
        ahead = wr.forecast(posterior, futures=1, random_seed=1000 * seed + k)["level"].isel(month=-1)
        ahead = ahead.values.reshape(chains, draws, -1)
        order = [str(factor) for factor in posterior.tree["posterior"].dataset["factor"].values]
        drawn_theta, drawn_path = _drawn(problem, posterior, keep)
        drawn_future = {factor: _thinned(ahead[:, :, order.index(factor)], keep) for factor in problem["factors"]}
        drawn = quantities(problem, drawn_theta, drawn_path, drawn_future, values)
        ranks.append({key: int((drawn[key] < truth[key]).sum()) for key in truth})
        ess.append(
            {
                key: float(array_stats.ess(drawn[key].reshape(chains, -1), chain_axis=0, draw_axis=1, method="bulk"))
                for key in truth
            }
        )
        seconds.append(time.perf_counter() - began)
        if report is not None:
            report(k + 1)
    kept = chains * (keep // chains)
    return Calibration(pd.DataFrame(ranks), kept, pd.DataFrame(ess), divergences, seconds)


def main() -> int:
    """Run from the command line; return 1 where calibration fails."""
    parser = argparse.ArgumentParser(description="Simulation-based calibration of fits.")
    parser.add_argument("--fits", type=int, default=500)
    parser.add_argument("--network", choices=sorted(NETWORKS), default="small")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draws", type=int, default=250)
    parser.add_argument("--tune", type=int, default=500)
    parser.add_argument("--chains", type=int, default=2)
    parser.add_argument("--keep", type=int, default=100, help="posterior draws a truth is ranked among")
    parser.add_argument("--plot", type=Path, help="PNG of the ECDF differences")
    parser.add_argument("--ranks", type=Path, help="CSV of the ranks")
    given = parser.parse_args()

    def report(done: int) -> None:
        print(f"\r{done}/{given.fits}", end="", file=sys.stderr, flush=True)

    found = run(
        given.network, fits=given.fits, seed=given.seed, draws=given.draws, tune=given.tune, chains=given.chains,
        keep=given.keep, report=report,
    )  # fmt: skip
    print(file=sys.stderr)
    with pd.option_context("display.max_rows", None, "display.width", 120):
        print(found.table().to_string(float_format=lambda value: f"{value:.4g}"))
    times = np.array(found.seconds)
    print(
        f"{given.fits} fits, first {times[0]:.1f} s, then {np.median(times[1:] if len(times) > 1 else times):.2f} s each"
    )
    print(f"{found.divergences} divergences; p of the whole run {found.p:.3g}, fails below {FAMILY_WISE}")
    if given.plot:
        found.plot(given.plot)
    if given.ranks:
        found.ranks.to_csv(given.ranks, index=False)
    return int(found.p < FAMILY_WISE)


if __name__ == "__main__":
    sys.exit(main())
