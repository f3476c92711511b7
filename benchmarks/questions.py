"""Questions on iraq-2025's first edition, against dowhy.gcm and `pymc.do` for the same number of samples of an equivalent model.

The peers sample the 13 future months of the unrolled network under the same intervention, every sample with the
parameters and the past of its own draw. They judge no condition. PyMC goes through its samples one by one, so the cost of
one is taken from two runs of few and scaled up; its mechanisms and those of dowhy.gcm have normal innovations only.

Run ``python -m benchmarks.questions [posterior.nc]``; without a file the model is fitted first.
"""

from __future__ import annotations

import logging
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import withdrawal_risk as wr
from benchmarks.specs import FIRST_EDITION
from benchmarks.synthetic import synthetic_model
from withdrawal_risk.inference.path_inputs import path_inputs
from withdrawal_risk.simulation.futures import simulate
from withdrawal_risk.simulation.worlds import horizon_window, of_settings

DRAWS, FUTURES, REPEATS = 4000, 16, 7
FACTOR, VALUE = "us_iran_tension", -1.2815515655446004
PART = 100
"""Samples PyMC is timed on."""

FAR_APART = 0.03
"""Apart by more, in mean or standard deviation, samples are of different models: some six Monte Carlo errors."""

FACTORS = (10, 30, 100, 300)
PRIOR_DRAWS = 500


def timed(work: Callable[[], Any], repeats: int = REPEATS) -> tuple[float, Any]:
    """Return the median of seconds, and the last result."""
    seconds, result = [], None
    for _ in range(repeats):
        begin = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - begin)
    return float(np.median(seconds)), result


def unrolled(posterior: wr.Posterior) -> dict[str, Any]:
    """Return what the peers need: edges, arrays of the future months, and the path up to now."""
    structure = posterior.frame.structure
    window = horizon_window(posterior)
    now = window.index(posterior.as_of)
    inputs = path_inputs(
        posterior.model, posterior.frame, posterior.draws(), posterior.as_of, window
    )
    level = posterior.levels()
    return {
        "names": structure.factors, "months": range(now + 1, len(window)), "inputs": inputs, "level": level,
        "edges": list(zip(structure.edge_parent.tolist(), structure.children.tolist(), structure.edge_lag.tolist(), strict=True)),
    }  # fmt: skip


def by_dowhy(problem: dict[str, Any]) -> Callable[[], Any]:
    """Return interventional sampling of the unrolled network, every row with the parameters and past of its own draw."""
    import networkx as nx
    from dowhy import gcm
    from dowhy.gcm.causal_mechanisms import StochasticModel
    from dowhy.gcm.causal_models import PARENTS_DURING_FIT
    from dowhy.graph import get_ordered_predecessors

    rows, rng = np.repeat(np.arange(DRAWS), FUTURES), np.random.default_rng(1)
    inputs = problem["inputs"]
    clamped, given = inputs.clamped, inputs.given
    phi, weight, own, drive = (
        getattr(inputs, name)[rows] for name in ("phi", "weight", "own_scale", "drive")
    )
    level, names, months = problem["level"][rows], problem["names"], problem["months"]

    class Linear(gcm.ml.PredictionModel):  # type: ignore[misc]
        def __init__(self, weights: Any, constant: Any) -> None:
            self.weights, self.constant = weights, constant

        def fit(self, X: Any, Y: Any) -> None: ...

        def predict(self, X: Any) -> Any:
            return (np.einsum("ij,ij->i", X, self.weights) + self.constant)[:, None]

        def clone(self) -> Any:
            return Linear(self.weights, self.constant)

    class Chance(StochasticModel):  # type: ignore[misc]
        """Normal around 0 or, for a node without parents, around what it is due to be."""

        def __init__(self, scale: Any, mean: Any = 0.0) -> None:
            self.scale, self.mean = scale, mean

        def fit(self, X: Any) -> None: ...

        def draw_samples(self, num_samples: int) -> Any:
            return (self.mean + self.scale * rng.standard_normal(num_samples))[:, None]

        def clone(self) -> Any:
            return Chance(self.scale, self.mean)

    graph = nx.DiGraph()
    parents: dict[str, dict[str, Any]] = {}
    constants: dict[str, Any] = {}
    for t in months:
        for j, name in enumerate(names):
            node = f"{name}@{t}"
            graph.add_node(node)
            parents[node], constants[node] = {}, (1 - phi[:, j]) * drive[:, t, j]
            if clamped[t, j]:
                constants[node] = given[t, j]
                continue
            steps = [(j, 1, phi[:, j])] + [
                (i, lag, (1 - phi[:, j]) * weight[:, e])
                for e, (i, child, lag) in enumerate(problem["edges"])
                if child == j
            ]
            for i, lag, effect in steps:
                if t - lag >= months[0]:
                    key = f"{names[i]}@{t - lag}"
                    parents[node][key] = parents[node].get(key, 0.0) + effect
                else:
                    constants[node] = constants[node] + effect * level[:, max(t - lag, 0), i]
            graph.add_edges_from((parent, node) for parent in parents[node])
    model = gcm.StructuralCausalModel(graph)
    for node, weights in parents.items():
        j, t = names.index(node.split("@")[0]), int(node.split("@")[1])
        scale = 0.0 if clamped[t, j] else own[:, j] * np.sqrt(1 - phi[:, j] ** 2)
        if weights:
            order = np.stack([weights[name] for name in sorted(weights)], axis=1)
            mechanism = gcm.AdditiveNoiseModel(Linear(order, constants[node]), Chance(scale))
        else:
            mechanism = Chance(scale, constants[node])
        model.set_causal_mechanism(node, mechanism)
    for node in graph.nodes:
        graph.nodes[node][PARENTS_DURING_FIT] = get_ordered_predecessors(graph, node)
    do = {f"{FACTOR}@{t}": (lambda x: np.full_like(x, VALUE)) for t in months}
    return lambda: gcm.interventional_samples(model, do, num_samples_to_draw=len(rows))


def by_pymc(problem: dict[str, Any], samples: int) -> Callable[[], Any]:
    """Return `pm.do` and forward sampling of the unrolled network, parameters from the trace."""
    import arviz as az
    import pymc as pm

    inputs, names, months = problem["inputs"], problem["names"], problem["months"]
    clamped, given = inputs.clamped, inputs.given
    with pm.Model() as model:
        phi = pm.Flat("phi", shape=len(names))
        weight = pm.Flat("weight", shape=inputs.weight.shape[1])
        own = pm.Flat("own", shape=len(names))
        before = pm.Flat("before", shape=problem["level"].shape[1:])
        drive = pm.Flat("drive", shape=inputs.drive.shape[1:])
        level: dict[tuple[int, int], Any] = {}
        for t in months:
            for j, name in enumerate(names):
                if clamped[t, j]:
                    level[t, j] = float(given[t, j])
                    continue

                def at(i: int, s: int) -> Any:
                    return level[s, i] if s >= months[0] else before[max(s, 0), i]

                pull = drive[t, j]
                for e, (i, child, lag) in enumerate(problem["edges"]):
                    if child == j:
                        pull = pull + weight[e] * at(i, t - lag)
                spread = own[j] * pm.math.sqrt(1 - phi[j] ** 2)
                level[t, j] = pm.Normal(
                    f"{name}@{t}", phi[j] * at(j, t - 1) + (1 - phi[j]) * pull, spread
                )
    changed = pm.do(model, {f"{FACTOR}@{t}": VALUE for t in months})
    some = slice(0, samples)
    trace = az.from_dict(
        {"posterior": {
            "phi": inputs.phi[None, some], "weight": inputs.weight[None, some], "own": inputs.own_scale[None, some],
            "before": problem["level"][None, some], "drive": inputs.drive[None, some],
        }}
    )  # fmt: skip
    wanted = [v.name for v in changed.free_RVs if "@" in v.name]

    def ask() -> Any:
        with changed:
            return pm.sample_posterior_predictive(
                trace, var_names=wanted, sample_vars=wanted, progressbar=False, random_seed=1
            )

    return ask


def by_factors(factors: int) -> None:
    """Time a `do` in a network of so many factors, whose few posterior draws are not asked for."""
    model = synthetic_model(factors, 24)
    posterior = wr.fit(model, draws=10, tune=10, progressbar=False)
    world = of_settings(posterior, {posterior.frame.latent[0]: 1.0}, None, None, "future")
    structure = posterior.frame.structure
    draws, months = PRIOR_DRAWS, model.spec.time.horizon - posterior.as_of

    def ask() -> Any:
        return [
            changed
            for _, changed in simulate(
                posterior,
                list,
                group="prior",
                futures=FUTURES,
                worlds=[world],
                draws=draws,
                factors=[0],
            )
        ]

    ask()
    seconds, _ = timed(ask)
    work = (len(structure.factors) + len(structure.edges)) * months * draws * FUTURES
    print(
        f"  {factors:4d} factors, {len(structure.edges):4d} edges, {draws} draws x {FUTURES} futures x {months} months: "
        f"{1000 * seconds:7.1f} ms, {1e9 * seconds / work:5.2f} ns a factor or edge"
    )


def main(path: str | None = None) -> None:
    """Time the questions, then the peers."""
    if path and Path(path).is_file():
        posterior = wr.open_posterior(path)
        if len(posterior.draws()["half_life"]) != DRAWS:
            raise SystemExit(
                f"{path} does not hold {DRAWS} draws; fit {FIRST_EDITION} with draws={DRAWS // 4}"
            )
    else:
        posterior = wr.fit(wr.load_model(FIRST_EDITION), draws=DRAWS // 4, progressbar=False)
    problem = unrolled(posterior)
    samples = DRAWS * FUTURES

    def ask() -> Any:
        return wr.do(posterior, {FACTOR: "very low"}, futures=FUTURES)

    first, _ = timed(ask, 1)
    do, _ = timed(ask)
    world = of_settings(posterior, {FACTOR: "very low"}, None, None, "future")
    paths, _ = timed(
        lambda: [
            changed for _, changed in simulate(posterior, list, futures=FUTURES, worlds=[world])
        ]
    )
    months = len(problem["months"])
    print(
        f"do, {DRAWS} draws x {FUTURES} futures x {months} months: {1000 * do:8.0f} ms (the first {first:.2f} s)"
    )
    print(
        f"paths of all {len(problem['names'])} factors, which are kept:    {1000 * paths:8.0f} ms"
    )
    table, _ = timed(lambda: wr.scenarios(posterior), 3)
    print(f"scenarios, all five:                          {table:8.2f} s")
    split, _ = timed(lambda: wr.attribution(posterior, "national_capability", max_groups=10), 3)
    print(f"attribution, exact over 10 groups:            {split:8.2f} s")
    swings, _ = timed(lambda: wr.drivers(posterior, "national_capability"), 1)
    print(f"drivers, both tornados:                       {swings:8.2f} s")

    logging.getLogger("pymc.sampling.forward").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dowhy, sampled = timed(by_dowhy(problem), 3)
        # Compiling anew at every call is no sample's cost, so two sizes are timed, once the compilers' caches are warm.
        _, few, many = (timed(by_pymc(problem, part), 1)[0] for part in (PART, PART, 11 * PART))
        pymc = (many - few) / (10 * PART) * samples
    last = problem["months"][-1]
    for j, name in enumerate(problem["names"]):
        ours = np.concatenate(
            [
                changed.level(j, last, last).ravel()
                for _, changed in simulate(posterior, list, futures=FUTURES, worlds=[world])
            ]
        )
        theirs = sampled[f"{name}@{last}"]
        if (
            abs(ours.mean() - theirs.mean()) > FAR_APART
            or abs(ours.std() - theirs.std()) > FAR_APART
        ):
            raise SystemExit(
                f"dowhy.gcm samples another model: {name} {theirs.mean()}, {theirs.std()}; here {ours.mean()}, {ours.std()}"
            )
    print(
        f"dowhy.gcm, {samples} samples:                 {dowhy:8.1f} s, {dowhy / do:6.0f} times do, {dowhy / paths:6.0f} times its paths"
    )
    print(
        f"pymc.do, {samples} samples, from {PART}:        {pymc:8.1f} s, {pymc / do:6.0f} times do, {pymc / paths:6.0f} times its paths"
    )

    print("\ncost of a do, by draws and futures:")
    for draws in (1000, 2000, 4000):
        for futures in (4, 16, 64):

            def some(draws: int = draws, futures: int = futures) -> Any:
                return [
                    changed
                    for _, changed in simulate(
                        posterior, list, futures=futures, worlds=[world], draws=draws
                    )
                ]

            some()
            seconds, _ = timed(some, 3)
            cells = draws * futures * months * len(problem["names"])
            print(
                f"  {draws:5d} draws x {futures:3d} futures: {1000 * seconds:7.1f} ms, {1e9 * seconds / cells:5.2f} ns a cell"
            )
    print("\nby factors, of prior draws of synthetic networks:")
    for factors in FACTORS:
        by_factors(factors)


if __name__ == "__main__":
    main(*sys.argv[1:])
