"""Networks of one month against public libraries for Bayesian networks.

With half-lives of a hundredth of a month nothing of last month is left, so every month is a static network of its own:
evidence of the last month speaks of that month alone, and next month is the same network afresh. Twenty random ones
stand side by side in one file. pgmpy conditions the joint normal and simulates the mutilated graph; pyAgrum knows
discrete nodes alone, so it is given levels on a grid so fine that sums over it are the integrals to 1e-6, and it
identifies the effect of an intervention by the do-calculus.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from arviz_stats.base import array_stats
from numpy.typing import NDArray
from pgmpy.factors.continuous import LinearGaussianCPD
from pgmpy.models import LinearGaussianBayesianNetwork
from scipy.stats import norm
from tests import known

import withdrawal_risk as wr
from withdrawal_risk.inference import parameters

with warnings.catch_warnings():
    # Its wrapped types have no module; Python warns of it, and the warning made an error crashes the interpreter.
    warnings.simplefilter("ignore", DeprecationWarning)
    import pyagrum
    import pyagrum.causal_model

NETWORKS = 20
FACTORS = 4
START, NOW, NEXT = "2024-01", "2024-02", "2024-03"

GRID = np.linspace(-6, 6, 31)
"""Steps of 0.4; a normal of sd s is summed over it with a relative error of 2 exp(-2 (pi s / 0.4)^2)."""

FALSE_ALARM = 1e-4
"""Chance that a correct library fails any comparison of one test."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """One network, its factors in causal order, with what is seen now and what is done next month.

    Parameters
    ----------
    parents : tuple of dict of int to float
        Weight of each parent.
    seen : tuple of (factor, slope, reference, error, value)
        The reference as mean and sd: it alone has a wide prior, because the library samples it by way of the levels.
    done : dict of int to float
        Levels that factors are set to; the last factor is the outcome.
    threshold : float
        Of the outcome.
    """

    factors: tuple[str, ...]
    baseline: Array
    parents: tuple[dict[int, float], ...]
    seen: tuple[tuple[int, float, tuple[float, float], float, float], ...]
    done: dict[int, float]
    threshold: float


def _case(rng: np.random.Generator, number: int, file: dict[str, Any], evidence: list[str]) -> Case:
    """Draw a network, and write it into the model file and its evidence."""
    # Random first letters mix the networks in every alphabetical order of the library.
    names = [
        f"{letter}{j}_{number}"
        for j, letter in enumerate(rng.choice(list("abcdefghij"), size=FACTORS))
    ]
    baseline = rng.normal(0, 0.5, size=FACTORS)
    parents: list[dict[int, float]] = []
    for j, name in enumerate(names):
        file["factors"][name] = known.factor(name, baseline=baseline[j])
        chosen = rng.choice(j, size=rng.integers(1, min(j, 2) + 1), replace=False) if j else []
        parents.append({int(i): float(rng.choice([-1, 1]) * rng.uniform(0.2, 0.5)) for i in chosen})
        file["edges"] += [known.edge(names[i], name, weight) for i, weight in parents[j].items()]
    seen = []
    for k, j in enumerate(rng.choice(FACTORS, size=3)):
        sign, loading, error = (
            int(rng.choice([-1, 1])),
            float(rng.uniform(0.5, 1.5)),
            float(rng.uniform(0.3, 0.8)),
        )
        reference = float(rng.normal()), loading * float(rng.uniform(0.4, 0.8))
        value = float(reference[0] + rng.normal())
        name = f"{names[j]}_seen_{k}"
        file["indicators"][name] = known.indicator(
            names[j], error, reference=reference, loading=loading, sign=sign
        )
        evidence.append(f"{name},{name},{NOW},{NOW},{NOW},{value!r},,,,A,invented,,")
        seen.append((int(j), sign * loading, reference, error, value))
    set_ones = rng.choice(FACTORS - 1, size=rng.integers(1, 3), replace=False)
    done = {int(j): float(GRID[rng.choice([12, 13, 17, 18])]) for j in set_ones}
    threshold = float(rng.normal(0, 0.5))
    file["conditions"][f"{names[-1]}_high"] = known.condition(names[-1], threshold)
    return Case(tuple(names), baseline, tuple(parents), tuple(seen), done, threshold)


@pytest.fixture(scope="module")
def fitted() -> Iterator[tuple[wr.Posterior, list[Case]]]:
    """One fit of all networks, and the networks one by one."""
    rng = np.random.default_rng(20240301)
    file: dict[str, Any] = {"factors": {}, "edges": [], "indicators": {}, "conditions": {}}
    evidence: list[str] = []
    cases = [_case(rng, number, file, evidence) for number in range(NETWORKS)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parameters, "OWN_SCALE_LOG_SD", known.NARROW)
        model = known.model((START, NOW, NEXT), evidence, **file)
        yield wr.fit(model, draws=500, tune=500, chains=4, random_seed=5, progressbar=False), cases


def _own_scale(posterior: wr.Posterior, case: Case) -> Array:
    scale = posterior.tree["posterior"]["own_scale"].sel(latent=list(case.factors))
    return np.asarray(scale.mean(("chain", "draw")).values)


def _pgmpy(case: Case, own_scale: Array) -> LinearGaussianBayesianNetwork:
    """Return the network with factors ``0, 1, ...``, and indicators ``seen 0, ...`` with their references."""
    nodes = {str(j): ([case.baseline[j], *case.parents[j].values()], own_scale[j], [*map(str, case.parents[j])])
             for j in range(FACTORS)}  # fmt: skip
    for k, (j, slope, (mean, sd), error, _) in enumerate(case.seen):
        nodes |= {
            f"reference {k}": ([mean], sd, []),
            f"seen {k}": ([0, slope, 1], error, [str(j), f"reference {k}"]),
        }
    peer = LinearGaussianBayesianNetwork(
        [(parent, child) for child, node in nodes.items() for parent in node[2]]
    )
    peer.add_nodes_from(nodes)
    peer.add_cpds(
        *(LinearGaussianCPD(name, beta, sd, of) for name, (beta, sd, of) in nodes.items())
    )
    return peer


def pgmpy_given(case: Case, own_scale: Array) -> tuple[Array, Array]:
    """Return mean and sd of every factor given what is seen."""
    data = pd.DataFrame({f"seen {k}": [value] for k, (*_, value) in enumerate(case.seen)})
    names, mean, covariance = _pgmpy(case, own_scale).predict_probability(data)
    order = [names.index(str(j)) for j in range(FACTORS)]
    return mean[0, order], np.sqrt(np.diag(covariance)[order])


def pgmpy_under_do(case: Case, own_scale: Array) -> tuple[float, float]:
    """Return the probability that the outcome reaches its threshold under do, and its standard error."""
    count = 100_000
    done = {str(j): level for j, level in case.done.items()}
    outcome = _pgmpy(case, own_scale).simulate(count, do=done, seed=3)[str(FACTORS - 1)]
    p = float((outcome >= case.threshold).mean())
    return p, float(np.sqrt(p * (1 - p) / count))


def _pyagrum(case: Case, own_scale: Array) -> Any:
    """Return the network on the grid, with a further node: does the outcome reach its threshold?

    That node has the parents of the outcome, its own chance being a known integral, which no grid has to cut.
    """
    peer = pyagrum.BayesNet()
    for j in range(FACTORS):
        peer.add(pyagrum.RangeVariable(str(j), "", 0, len(GRID) - 1))
    peer.add(pyagrum.RangeVariable("high", "", 0, 1))
    for name, j in [*((str(j), j) for j in range(FACTORS)), ("high", FACTORS - 1)]:
        for i in case.parents[j]:
            peer.addArc(str(i), name)
        # The last axis is the node's own, parents before it from the last to the first.
        axes = [int(i) for i in peer.cpt(name).names[:0:-1]]
        mean = case.baseline[j] + sum(
            case.parents[j][i] * GRID.reshape([-1 if k == place else 1 for k in range(len(axes))])
            for place, i in enumerate(axes)
        )
        mean = np.asarray(mean)[..., None]
        if name == "high":
            low = norm.cdf(case.threshold, mean, own_scale[j])
            table = np.concatenate([low, 1 - low], axis=-1)
        else:
            table = norm.pdf(GRID, mean, own_scale[j])
            table /= table.sum(axis=-1, keepdims=True)
        peer.cpt(name)[:] = np.ascontiguousarray(table)
    return peer


def pyagrum_given(case: Case, own_scale: Array) -> tuple[Array, Array]:
    """Return mean and sd of every factor given what is seen."""
    inference = pyagrum.LazyPropagation(_pyagrum(case, own_scale))
    for j in {j for j, *_ in case.seen}:
        terms = [norm.pdf(value, mean + slope * GRID, np.hypot(sd, error))
                 for i, slope, (mean, sd), error, value in case.seen if i == j]  # fmt: skip
        inference.addEvidence(str(j), np.prod(terms, axis=0).tolist())
    inference.makeInference()
    chance = np.array([inference.posterior(str(j)).tolist() for j in range(FACTORS)])
    mean = chance @ GRID
    return mean, np.sqrt(chance @ GRID**2 - mean**2)


def pyagrum_under_do(case: Case, own_scale: Array) -> tuple[float, float]:
    """Return the probability that the outcome reaches its threshold under do, and its standard error."""
    peer = pyagrum.CausalModel(_pyagrum(case, own_scale))
    values = {str(j): int(np.argmin(np.abs(GRID - level))) for j, level in case.done.items()}
    _, chance, _ = pyagrum.causalImpact(peer, on="high", doing=set(values), values=values)
    return float(chance.tolist()[1]), 0.0


def _bound(compared: int) -> float:
    """Return the normal quantile that by Bonferroni a correct library exceeds anywhere with chance FALSE_ALARM."""
    return NormalDist().inv_cdf(1 - FALSE_ALARM / (2 * compared))


def _sizes(draws: Array) -> Array:
    """Return the effective sample size of the mean of each quantity."""
    count = draws.shape[2]
    return np.array(
        [
            array_stats.ess(draws[..., q], chain_axis=0, draw_axis=1, method="mean")
            for q in range(count)
        ]
    )


Given = Callable[[Case, Array], tuple[Array, Array]]
UnderDo = Callable[[Case, Array], tuple[float, float]]


@pytest.mark.parametrize("peer", [pgmpy_given, pyagrum_given])
def test_posteriors(fitted: tuple[wr.Posterior, list[Case]], peer: Given) -> None:
    """Means are off by normal noise of sd / sqrt(ESS), sds by sd / sqrt(2 ESS) with the ESS of the squared deviation."""
    posterior, cases = fitted
    scores = []
    for case in cases:
        mean, sd = peer(case, _own_scale(posterior, case))
        level = (
            posterior.tree["posterior"]["level"]
            .sel(month=np.datetime64(NOW, "ns"), factor=list(case.factors))
            .values
        )
        deviation = (level - mean) / sd
        square = deviation**2
        scores.append(deviation.mean(axis=(0, 1)) * np.sqrt(_sizes(deviation)))
        scores.append((np.sqrt(square.mean(axis=(0, 1))) - 1) * np.sqrt(2 * _sizes(square)))
    assert np.abs(scores).max() < _bound(np.size(scores)), np.round(scores, 1)


@pytest.mark.parametrize("peer", [pgmpy_under_do, pyagrum_under_do])
def test_interventions(fitted: tuple[wr.Posterior, list[Case]], peer: UnderDo) -> None:
    """The outcomes of next month's futures are independent, and with them the terms of the library's probability."""
    posterior, cases = fitted
    settings = {case.factors[j]: level for case in cases for j, level in case.done.items()}
    futures = 64
    result = wr.do(posterior, settings, futures=futures)
    scores = []
    for case in cases:
        p, error = peer(case, _own_scale(posterior, case))
        ours = result.summary.loc[f"{case.factors[-1]}_high", "probability"]
        scores.append((ours - p) / np.hypot(error, np.sqrt(p * (1 - p) / (2000 * futures))))
    assert np.abs(scores).max() < _bound(len(scores)), np.round(scores, 1)


def test_every_factor_has_unit_variance(fitted: tuple[wr.Posterior, list[Case]]) -> None:
    """The own scales that the library solves make the peer's joint normal one of standard deviations 1."""
    posterior, cases = fitted
    for case in cases:
        peer = _pgmpy(case, _own_scale(posterior, case))
        variance = dict(
            zip(nx.topological_sort(peer), np.diag(peer.to_joint_gaussian()[1]), strict=True)
        )
        np.testing.assert_allclose([variance[str(j)] for j in range(FACTORS)], 1, rtol=1e-5)
