"""Posteriors of random models that hold draws of the prior, with conditions of every kind."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import xarray as xr
from tests.random_models import MONTHS, File, evidence_text, later, model_text, random_model

import withdrawal_risk as wr
from withdrawal_risk.dynamics.kernel import simulate_past
from withdrawal_risk.inference.alignment import fit_window
from withdrawal_risk.inference.parameters import build_frame
from withdrawal_risk.inference.path_inputs import path_inputs
from withdrawal_risk.simulation.worlds import World, of_settings

__all__ = ["prior_posterior", "random_posterior", "random_world"]

_SAYS = {"basis": "judgement: invented for tests", "why": "It is invented."}

AHEAD = 6
"""Months from the ``as_of`` of a random model to its horizon."""


class _Conditions:
    """Draws conditions on all factors and indicators of a file."""

    def __init__(self, rng: np.random.Generator, file: File) -> None:
        self.rng, self.file = rng, file
        start = file["time"]["start"]
        self.months = [later(start, t) for t in range(MONTHS + AHEAD)]

    def pick(self, *items: Any) -> Any:
        return items[int(self.rng.integers(len(items)))]

    def window(self) -> dict[str, Any]:
        """Draw months in the future, in the past, or across."""
        if self.rng.random() < 0.5:
            return {"last": int(self.rng.integers(1, AHEAD + 4))}
        first, last = sorted(int(t) for t in self.rng.integers(0, len(self.months), 2))
        if self.rng.random() < 0.7:
            last = max(last, MONTHS + 1)
        return {"from": self.months[first], "to": self.months[last]}

    def bound(self, item: dict[str, Any]) -> Any:
        family, rng = item["family"], self.rng
        if family == "ordinal":
            return self.pick(*item["categories"])
        if family in ("binary", "state"):
            return 1
        return {
            "normal": lambda: float(rng.normal(0, 1.5)),
            "lognormal": lambda: float(rng.uniform(5, 40)),
            "count": lambda: float(rng.integers(4, 40)),
            "share": lambda: float(rng.uniform(0.2, 0.7)),
        }[family]()

    def clause(self, subject: dict[str, str], bound: Any, statistics: tuple[str, ...]) -> Any:
        clause = {**subject, **self.window(), self.pick("at_least", "at_most"): bound}
        kind = self.rng.random()
        if kind < 0.15:
            clause["ever"] = True
        elif kind < 0.3:
            clause["always"] = True
        elif kind < 0.4:
            clause["months"] = {self.pick("at_least", "at_most"): 1}
        else:
            clause["statistic"] = self.pick(*statistics)
            if clause["statistic"] == "total":
                for side in ("at_least", "at_most"):
                    if side in clause:
                        clause[side] = 4 * bound
        return {"not": clause} if self.rng.random() < 0.2 else clause

    def of_indicator(self, name: str, item: dict[str, Any]) -> Any:
        statistics = ("min", "max", "last")
        if item["family"] != "ordinal":
            statistics += ("mean",)
        if item["family"] in ("normal", "lognormal", "count"):
            statistics += ("total",)
        return self.clause({"indicator": name}, self.bound(item), statistics)

    def of_factor(self, name: str) -> Any:
        bound = self.pick("low", "medium", "high", float(self.rng.normal()))
        return self.clause({"factor": name}, bound, ("mean", "min", "max", "last"))

    def conditions(self) -> dict[str, Any]:
        """Draw a condition for every three clauses, so that most may go either way."""
        leaves = [self.of_indicator(*pair) for pair in self.file["indicators"].items()]
        leaves += [self.of_factor(name) for name in self.file["factors"]]
        leaves = [leaves[place] for place in self.rng.permutation(len(leaves))]
        return {
            f"condition_{place}": {
                "label": f"Condition {place}",
                self.pick("all", "any"): [one, {self.pick("all", "any"): [other, *rest]}],
                **_SAYS,
            }
            for place, (one, other, *rest) in enumerate(
                leaves[begin : begin + 3] for begin in range(0, len(leaves) - 1, 3)
            )
        }


def random_posterior(seed: int, *, draws: int = 200) -> wr.Posterior:
    """Return a posterior whose draws are of the prior, of a model that uses all there is."""
    rng = np.random.default_rng(seed)
    file, rows = random_model(rng, drifting=bool(seed % 3), lasting=True, heavy=seed % 2 == 0)
    if seed % 2:
        _without_feedback(file)
    file["conditions"] = _Conditions(rng, file).conditions()
    return prior_posterior(wr.Model.from_texts(model_text(file), evidence_text(rows)), seed, draws)


def prior_posterior(model: wr.Model, seed: int, draws: int) -> wr.Posterior:
    """Return a posterior whose draws are of the prior; nothing is sampled."""
    frame = build_frame(model, fit_window(model, model.as_of))
    unknowns = {name: prior.draw(seed, draws) for name, prior in frame.priors.items()}
    inputs = path_inputs(model, frame, unknowns, model.as_of, frame.window)
    level = simulate_past(inputs._replace(given=inputs.given[None]))[:, :, frame.inferred_index]
    data = {
        name: (("chain", "draw", *frame.priors[name].dims), _by_chain(values))
        for name, values in unknowns.items()
    }
    data["level"] = ("chain", "draw", "month", "factor"), _by_chain(level)
    coords = {"month": frame.window.dates, "factor": list(frame.inferred)}
    tree = xr.DataTree.from_dict({"posterior": xr.Dataset(data, coords=coords)})
    return wr.Posterior(tree=tree, model=model, as_of=model.as_of, settings={})


def _without_feedback(file: File) -> None:
    """Take edges away until no factor acts on itself through others."""
    graph = nx.DiGraph((edge["from"], edge["to"]) for edge in file["edges"])
    while not nx.is_directed_acyclic_graph(graph):
        cause, effect = nx.find_cycle(graph)[-1][:2]
        graph.remove_edge(cause, effect)
        file["edges"] = [
            edge for edge in file["edges"] if (edge["from"], edge["to"]) != (cause, effect)
        ]


def _by_chain(values: np.ndarray) -> np.ndarray:
    return values.reshape(2, -1, *values.shape[1:])


def random_world(posterior: wr.Posterior, rng: np.random.Generator) -> World:
    """Return a world of levels, shifts, ramps, policies and scaled edges."""
    spec, as_of = posterior.model.spec, posterior.as_of
    names = [*spec.factors, *spec.policies]
    settings: dict[str, Any] = {}
    for name in rng.choice(names, size=int(rng.integers(0, 5)), replace=False).tolist():
        several, month = [], 1
        while month <= AHEAD:
            end = int(rng.integers(month, AHEAD + 1))
            unit = 600.0 if name in spec.policies else 1.0
            size = float(rng.normal()) * unit
            given = wr.shift(size) if rng.random() < 0.5 else size
            if rng.random() < 0.2:
                given = str(rng.choice(["low", "high", "very high"]))
            ramp = int(rng.integers(1, 5))
            several.append(wr.over(given, start=as_of + month, end=as_of + end, ramp=ramp))
            month = end + int(rng.integers(1, 4))
        settings[name] = several
    edges = {
        name: wr.over(float(rng.uniform(0, 2)), ramp=int(rng.integers(1, 4)))
        for name in rng.choice([edge.id for edge in spec.edges], size=2).tolist()
    }
    chosen = edges if rng.random() < 0.5 or not settings else None
    return of_settings(posterior, settings, None, None, "future", edges=chosen)
