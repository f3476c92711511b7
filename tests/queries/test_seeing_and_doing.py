"""Networks in which seeing differs from doing, against the formulas of linear-Gaussian causal models and DoWhy.

Without memory a month is a static linear-Gaussian network, whose answers are known in closed form (Pearl, Causality,
2009, sections 3.3 and 5.3). Parameters are known and draws independent, as `tests.known` makes them.
"""

from __future__ import annotations

import runpy
from collections.abc import Mapping
from pathlib import Path
from statistics import NormalDist

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from dowhy import gcm
from dowhy.gcm.causal_models import PARENTS_DURING_FIT
from dowhy.gcm.ml.regression import create_linear_regressor_with_given_parameters
from numpy.typing import NDArray
from scipy import stats
from tests import known

import withdrawal_risk as wr
from withdrawal_risk.simulation.futures import simulate
from withdrawal_risk.simulation.settings import Shift
from withdrawal_risk.simulation.worlds import of_settings

FALSE_ALARM = 1e-4
"""Chance that a correct library fails any comparison of one group of tests."""

START, NOW, NEXT = "2024-01", "2024-02", "2024-03"
OWN = 0.7
"""Own scale of every factor."""

ERROR = 0.25
"""Of the indicator by which a factor is seen."""

THRESHOLD = 0.3
WEIGHTS: dict[str, dict[str, float]] = {
    # A hidden cause of both x and y.
    "u1": {}, "x1": {"u1": 0.7}, "y1": {"u1": 0.7, "x1": -0.25},
    # A common effect s of x and y.
    "x2": {}, "y2": {}, "s2": {"x2": 0.6, "y2": 0.6},
    # The hidden cause again, but all that x does to y goes through m: the front door.
    "u3": {}, "x3": {"u3": 0.7}, "m3": {"x3": -0.6}, "y3": {"u3": 0.9, "m3": 0.4},
    # A mediator m that carries part of the effect, against the rest of it.
    "x4": {}, "m4": {"x4": 0.6}, "y4": {"x4": -0.4, "m4": 0.5},
}  # fmt: skip

NAMES = list(WEIGHTS)
Array = NDArray[np.float64]


@pytest.fixture(scope="module")
def chance() -> wr.Posterior:
    """The four networks in one file."""
    model = known.model(
        (START, NOW, NEXT),
        factors={name: known.factor(name) for name in WEIGHTS},
        edges=[
            known.edge(i, j, weight)
            for j, parents in WEIGHTS.items()
            for i, weight in parents.items()
        ],
        indicators={f"{name}_seen": known.indicator(name, ERROR) for name in WEIGHTS},
        conditions={
            name: known.condition(name, THRESHOLD) for name in WEIGHTS if name.startswith("y")
        },
    )
    return known.posterior(model, dict.fromkeys(WEIGHTS, OWN), draws=4000)


def joint(done: Mapping[str, float]) -> tuple[Array, Array]:
    """Return mean and covariance of all factors with those in ``done`` set and cut off from their causes."""
    n = len(NAMES)
    inflow, own, constant = np.zeros((n, n)), np.full(n, OWN), np.zeros(n)
    for j, name in enumerate(NAMES):
        if name in done:
            own[j], constant[j] = 0.0, done[name]
        else:
            for parent, weight in WEIGHTS[name].items():
                inflow[j, NAMES.index(parent)] = weight
    total = np.linalg.inv(np.eye(n) - inflow)
    return total @ constant, total @ np.diag(own**2) @ total.T


def outcome(y: str, done: Mapping[str, float], seen: Mapping[str, float]) -> tuple[float, float]:
    """Return mean and sd of y in the network that is first cut, then conditioned on what is seen of it."""
    mean, covariance = joint(done)
    at, where = NAMES.index(y), [NAMES.index(name) for name in seen]
    gain = np.linalg.solve(
        covariance[np.ix_(where, where)] + ERROR**2 * np.eye(len(where)), covariance[where, at]
    )
    return (
        float(mean[at] + gain @ (np.array(list(seen.values())) - mean[where])),
        float(np.sqrt(covariance[at, at] - gain @ covariance[where, at])),
    )


def variance(name: str) -> float:
    return float(joint({})[1][NAMES.index(name), NAMES.index(name)])


def slope(y: str, *regressors: str) -> Array:
    """Return the coefficients of the regression of y on others, as an onlooker without errors would find them."""
    covariance = joint({})[1]
    where = [NAMES.index(name) for name in regressors]
    return np.linalg.solve(covariance[np.ix_(where, where)], covariance[where, NAMES.index(y)])


def dilution(name: str) -> float:
    """Return the share of variance of an indicator that is its factor's."""
    return variance(name) / (variance(name) + ERROR**2)


QUESTIONS = {
    # What the hidden cause carries, 0.7 * 0.7 * Var u / Var x, outweighs the effect of x.
    "confounded, seeing": ("y1", {}, {"x1": 1}, dilution("x1") * (-0.25 + 0.49 * variance("u1") / variance("x1"))),
    "confounded, doing": ("y1", {"x1": 1}, {}, -0.25),
    "confounded, doing with the cause seen": (
        "y1", {"x1": 1}, {"u1": 1}, -0.25 + 0.7 * variance("u1") / (variance("u1") + ERROR**2),
    ),
    "collider, seeing": ("y2", {}, {"s2": 1}, dilution("s2") * 0.6 * variance("y2") / variance("s2")),
    "collider, doing": ("y2", {"s2": 1}, {}, 0.0),
    "collider, doing a cause": ("y2", {"x2": 1}, {}, 0.0),
    # With x set and s seen, what of s is not x's speaks of y: (1 - 0.6) * 0.6 Var y / (0.36 Var y + noise).
    "collider, opened": (
        "y2", {"x2": 1}, {"s2": 1}, 0.4 * 0.6 * variance("y2") / (0.36 * variance("y2") + OWN**2 + ERROR**2),
    ),
    "front door, seeing": ("y3", {}, {"x3": 1}, dilution("x3") * slope("y3", "x3")[0]),
    # From what an onlooker can regress, without the hidden cause: x on m, then m on y with x held.
    "front door, doing": ("y3", {"x3": 1}, {}, slope("m3", "x3")[0] * slope("y3", "m3", "x3")[0]),
    "mediator, doing": ("y4", {"x4": 1}, {}, -0.4 + 0.6 * 0.5),
    "mediator, direct effect": ("y4", {"x4": 1, "m4": 0}, {}, -0.4),
    "mediator, doing the mediator": ("y4", {"m4": 1}, {}, 0.5),
    "mediator, seeing the mediator": (
        "y4", {}, {"m4": 1}, dilution("m4") * (0.5 - 0.4 * 0.6 * variance("x4") / variance("m4")),
    ),
}  # fmt: skip


def bound(compared: int) -> float:
    """Return the quantile that by Bonferroni a correct library exceeds anywhere with chance FALSE_ALARM.

    Of Student's t, a Monte Carlo error being that of the means of 20 batches in each of 4 chains.
    """
    return float(stats.t.ppf(1 - FALSE_ALARM / (2 * compared), 4 * (20 - 1)))


@pytest.mark.parametrize("question", QUESTIONS)
def test_closed_forms(chance: wr.Posterior, question: str) -> None:
    """The mean by its textbook formula, the probability within Monte Carlo error."""
    y, done, seen, formula = QUESTIONS[question]
    mean, sd = outcome(y, done, seen)
    assert mean == pytest.approx(formula, abs=1e-12)
    observed = {f"{name}_seen": value for name, value in seen.items()}
    if not done:
        result = wr.observe(chance, observed, month=NEXT)
    elif not seen:
        result = wr.do(chance, done)
    else:
        result = wr.do(chance, done, observed=observed, month=NEXT, futures=64)
    row = result.summary.loc[y]
    exact = 1 - NormalDist(mean, sd).cdf(THRESHOLD)
    assert abs(row["probability"] - exact) < bound(len(QUESTIONS)) * row["mcse"]
    if formula == 0:
        assert row["difference"] == 0
    else:
        # Far beyond its error, so that the formula's sign is tested too.
        before = 1 - NormalDist(0, np.sqrt(variance(y))).cdf(THRESHOLD)
        assert abs(exact - before) > 10 * row["mcse"]


@pytest.mark.parametrize("level", ["very low", "high"])
def test_a_factor_seen_at_a_level(chance: wr.Posterior, level: str) -> None:
    """The integral of the joint normal over the level's bin, whose ends are normal quintiles."""
    # A draw's weight is the number of its futures at the level; the more there are, the fewer draws tie.
    row = wr.observe(chance, {"x1": level}, month=NEXT, futures=512).summary.loc["y1"]
    low, high = {
        "very low": (-np.inf, NormalDist().inv_cdf(0.2)),
        "high": tuple(map(NormalDist().inv_cdf, (0.6, 0.8))),
    }[level]
    where = [NAMES.index("x1"), NAMES.index("y1")]
    covariance = joint({})[1][np.ix_(where, where)]
    sd = np.sqrt(np.diag(covariance))

    def below(x: float) -> tuple[float, float]:
        """Return P(X < x) and P(X < x, Y < threshold)."""
        if np.isinf(x):
            return 0.0, 0.0
        both = stats.multivariate_normal(np.zeros(2), covariance).cdf([x, THRESHOLD])
        return NormalDist(0, sd[0]).cdf(x), float(both)

    inside, quiet = np.subtract(below(high), below(low))
    assert abs(row["probability"] - (1 - quiet / inside)) < bound(2) * row["mcse"]


def test_the_example_answers_with_opposite_signs(tmp_path: Path) -> None:
    """By 5 joint Monte Carlo errors; the changes are some 11 and 20, so that chance fails it less than once in 10^8."""
    example = runpy.run_path(str(Path(__file__).parents[2] / "examples" / "seeing_is_not_doing.py"))
    seen, done = (
        result.summary.loc["safe_convoys"]
        for result in example["main"](str(tmp_path), draws=500, tune=500)
    )
    # The expected probability has an error much like the answer's.
    assert seen["difference"] < -5 * np.sqrt(2) * seen["mcse"]
    assert done["difference"] > 5 * np.sqrt(2) * done["mcse"]


# A short network with memory, unrolled for DoWhy.

PAST, MONTHS = 3, 6
HALF_LIFE = {"a": 1.5, "b": 3.0, "c": 2.0}
SCALE = {"a": 0.9, "b": 0.7, "c": 0.8}
BASELINE = {"a": 0.3, "b": -0.2, "c": 0.1}
BEGINNING = {"a": 0.5, "b": 0.0, "c": -0.5}
EDGES = [("a", "b", 0.5, 0), ("b", "c", -0.6, 1), ("c", "a", 0.4, 1)]


def month(t: int) -> str:
    return f"2024-{t + 1:02d}"


@pytest.fixture(scope="module")
def remembering() -> wr.Posterior:
    """Three factors in a loop."""
    model = known.model(
        (month(0), month(PAST - 1), month(MONTHS - 1)),
        factors={name: known.factor(name, HALF_LIFE[name], start=BEGINNING[name], baseline=BASELINE[name])
                 for name in HALF_LIFE},
        edges=[known.edge(*edge) for edge in EDGES],
        conditions={f"{name}_{t}": known.condition(name, 0.2, **{"from": month(t), "to": month(t)})
                    for name in HALF_LIFE for t in range(PAST, MONTHS)},
    )  # fmt: skip
    return known.posterior(model, SCALE, draws=2000)


def unrolled(months: int) -> gcm.InvertibleStructuralCausalModel:
    """Return the structural equation as DoWhy has it, one node for each factor and month."""
    graph = nx.DiGraph()
    mechanisms = {}
    for t in range(months):
        for name, half_life in HALF_LIFE.items():
            node, phi = f"{name} {t}", 0.5 ** (1 / half_life)
            graph.add_node(node)
            if t == 0:
                mechanisms[node] = gcm.ScipyDistribution(stats.norm, loc=BEGINNING[name], scale=1.0)
                continue
            weights = {f"{name} {t - 1}": phi}
            weights |= {
                f"{i} {t - lag}": (1 - phi) * weight for i, j, weight, lag in EDGES if j == name
            }
            graph.add_edges_from((parent, node) for parent in weights)
            # DoWhy hands a mechanism its parents in alphabetical order.
            equation = create_linear_regressor_with_given_parameters(
                [weights[parent] for parent in sorted(weights)], (1 - phi) * BASELINE[name]
            )
            noise = gcm.ScipyDistribution(
                stats.norm, loc=0.0, scale=SCALE[name] * np.sqrt(1 - phi**2)
            )
            mechanisms[node] = gcm.AdditiveNoiseModel(equation, noise)
    model = gcm.InvertibleStructuralCausalModel(graph)
    for node, mechanism in mechanisms.items():
        model.set_causal_mechanism(node, mechanism)
        graph.nodes[node][PARENTS_DURING_FIT] = sorted(graph.predecessors(node))
    return model


def test_interventions_agree_with_dowhy(remembering: wr.Posterior) -> None:
    """P(level) of every factor in every month ahead, b being set for two months and a shifted for one."""
    gcm.util.general.set_random_seed(4)
    scores = []
    for settings, last in (
        ({"b": 1.2}, PAST + 1),
        ({"a": wr.shift(0.8)}, PAST),
        ({"b": -1.0, "c": 0.5}, PAST + 1),
    ):
        result = wr.do(remembering, settings, start=month(PAST), end=month(last))
        changes = {
            f"{name} {t}": (lambda x, by=value.size: x + by) if isinstance(value, Shift) else (lambda x, to=value: to)
            for name, value in settings.items() for t in range(PAST, last + 1)
        }  # fmt: skip
        samples = gcm.interventional_samples(unrolled(MONTHS), changes, num_samples_to_draw=20_000)
        for t in range(PAST, MONTHS):
            for name in HALF_LIFE:
                truth = (samples[f"{name} {t}"] >= 0.2).mean()
                row = result.summary.loc[f"{name}_{t}"]
                if truth in (0, 1):
                    assert row["probability"] == truth
                else:
                    error = np.hypot(row["mcse"], np.sqrt(truth * (1 - truth) / len(samples)))
                    scores.append((row["probability"] - truth) / error)
    assert len(scores) > 18
    assert np.abs(scores).max() < bound(len(scores)), np.round(scores, 1)


def test_counterfactuals_agree_with_dowhy(remembering: wr.Posterior) -> None:
    """Every past level of every draw: abduction from the same facts has no Monte Carlo error."""
    level = remembering.tree["posterior"]["level"].values.reshape(-1, PAST, len(HALF_LIFE))
    order = remembering.frame.structure.factors
    facts = pd.DataFrame(
        {f"{name} {t}": level[:, t, order.index(name)] for t in range(PAST) for name in HALF_LIFE}
    )
    for settings, first, last in (
        ({"b": 1.0}, 0, 1),
        ({"a": -0.7, "c": 0.4}, 1, 1),
        ({"c": 0.0}, 0, 2),
    ):
        changes = {
            f"{name} {t}": (lambda x, to=value: to)
            for name, value in settings.items()
            for t in range(first, last + 1)
        }
        other = gcm.counterfactual_samples(unrolled(PAST), changes, observed_data=facts)
        world = of_settings(remembering, settings, month(first), month(last), "past")
        past = np.concatenate(
            [run[1].past for run in simulate(remembering, list, futures=2, worlds=[world])]
        )
        for t in range(PAST):
            for name in HALF_LIFE:
                np.testing.assert_allclose(
                    past[:, t, order.index(name)], other[f"{name} {t}"], rtol=0, atol=1e-9
                )
