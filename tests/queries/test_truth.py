"""Do, counterfactual and observe against simulated truth, closed forms, another library and refits.

Where nothing is said of evidence the parameters are known and only chance is left, so that an answer is off by the
Monte Carlo error of independent draws alone; see `tests.known`. Every test states the chance at which a correct
library fails it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests import known
from tests.oracles import simulator
from tests.oracles.simulator import Treatment

import withdrawal_risk as wr
from withdrawal_risk.simulation.futures import simulate
from withdrawal_risk.simulation.worlds import of_scenario, of_settings

pytestmark = pytest.mark.slow

FALSE_ALARM = 1e-4
"""Chance that a correct library fails any comparison of one test."""

Array = NDArray[np.float64]


def bound(compared: int) -> float:
    """Return the normal quantile that by Bonferroni a correct library exceeds anywhere with chance FALSE_ALARM."""
    return NormalDist().inv_cdf(1 - FALSE_ALARM / (2 * compared))


def month(t: int) -> str:
    """Return a month of 2024, counted from 0."""
    return f"2024-{t + 1:02d}"


# A hundred random networks against the simulator.

NETWORKS = 100
PAST, MONTHS = 6, 12
SPAN = (7, 9)
"""Months of `do`; a scenario gives every factor a span of its own."""

DRAWS, FUTURES, SIMULATED = 2000, 4, 8000
STATISTICS: dict[str, Callable[[Array], Array]] = {
    "mean": lambda x: x.mean(axis=-1),
    "min": lambda x: x.min(axis=-1),
    "max": lambda x: x.max(axis=-1),
    "last": lambda x: x[..., -1],
}


@dataclass
class Case:
    """One network as the simulator knows it, what is done to it, and the conditions it is judged by.

    Parameters
    ----------
    planned, done, otherwise : list of Treatment
        By a scenario, by `do`, by a counterfactual.
    conditions : dict
        By name: factor, statistic, first and last month, threshold.
    """

    problem: simulator.Problem
    theta: simulator.Named
    planned: list[Treatment] = field(default_factory=list)
    done: list[Treatment] = field(default_factory=list)
    otherwise: list[Treatment] = field(default_factory=list)
    conditions: dict[str, tuple[str, str, int, int, float]] = field(default_factory=dict)

    def judge(self, name: str, path: simulator.Named) -> NDArray[np.bool_]:
        """Say in which paths a condition holds."""
        factor, statistic, first, last, threshold = self.conditions[name]
        return np.asarray(STATISTICS[statistic](path[factor][..., first : last + 1]) >= threshold)


def _network(rng: np.random.Generator, number: int) -> Case:
    """Draw two to four factors with instant and lagged edges, loops among the latter."""
    n = int(rng.integers(2, 5))
    names = [
        f"{letter}{j}_{number}" for j, letter in enumerate(rng.choice(list("abcdefghij"), size=n))
    ]
    factors = {
        name: {
            "start": (float(rng.normal(0, 0.5)), 1.0),
            "baseline": True,
            "jump": bool(rng.random() < 0.5),
        }
        for name in names
    }
    edges: dict[str, dict[str, Any]] = {}
    for place, child in enumerate(names):
        for other in rng.choice(
            np.delete(np.arange(n), place), size=min(n - 1, int(rng.integers(1, 3))), replace=False
        ):
            lag = int(rng.integers(0 if other < place else 1, 3))
            sign = int(rng.choice([-1, 1]))
            edges[f"{names[other]}->{child}"] = {
                "parent": names[other],
                "child": child,
                "sign": sign,
                "lag": lag,
            }
    theta = {
        "half_life": {name: float(rng.uniform(0.5, 5)) for name in names},
        "own_scale": {name: float(rng.uniform(0.5, 1)) for name in names},
        "baseline": {name: float(rng.normal(0, 0.5)) for name in names},
        "weight_size": {key: float(rng.uniform(0.15, 0.45)) for key in edges},
    }
    problem = {
        "months": PAST, "ahead": MONTHS - PAST, "factors": factors, "policies": {}, "edges": edges, "effects": {},
        "indicators": {}, "rows": {},
    }  # fmt: skip
    return Case(problem, theta)


def _treatments(
    rng: np.random.Generator, case: Case, spans: Callable[[], tuple[int, int]]
) -> list[Treatment]:
    """Set or shift one or two factors, but not all of them."""
    names = list(case.problem["factors"])
    chosen = rng.choice(names, size=min(len(names) - 1, int(rng.integers(1, 3))), replace=False)
    return [
        Treatment(str(name), *spans(), float(rng.uniform(-2, 2)), bool(rng.random() < 0.4))
        for name in chosen
    ]


def _any_span(rng: np.random.Generator, first: int, last: int) -> tuple[int, int]:
    begin = int(rng.integers(first, last + 1))
    return begin, int(rng.integers(begin, last + 1))


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """The networks, each with conditions on a factor that is left free: thresholds are quantiles of the truth."""
    rng = np.random.default_rng(20241201)
    drawn = []
    for number in range(NETWORKS):
        case = _network(rng, number)
        case.planned = _treatments(rng, case, lambda: _any_span(rng, PAST, MONTHS - 1))
        case.done = _treatments(rng, case, lambda: SPAN)
        case.otherwise = _treatments(rng, case, lambda: (0, PAST - 1))
        noise = simulator.draw_noise(case.problem, rng, (2000,))
        for name, treatments, (first, last) in (
            ("planned", case.planned, (PAST, MONTHS - 1)),
            ("done", case.done, (SPAN[0], MONTHS - 1)),
            ("then", case.otherwise, (1, PAST - 1)),
            ("since", case.otherwise, (PAST, MONTHS - 1)),
        ):
            path = simulator.follow(case.problem, case.theta, noise, treatments)
            free = [some for some in path if some not in {item.factor for item in treatments}]
            chosen, statistic = str(rng.choice(free)), str(rng.choice(list(STATISTICS)))
            span = _any_span(rng, first, last)
            value = STATISTICS[statistic](path[chosen][:, span[0] : span[1] + 1])
            case.conditions[f"{name}_{number}"] = (
                chosen,
                statistic,
                *span,
                float(np.quantile(value, rng.uniform(0.2, 0.8))),
            )
        drawn.append(case)
    return drawn


@pytest.fixture(scope="module")
def chance(cases: list[Case]) -> wr.Posterior:
    """All networks in one file, as the library knows them."""
    factors, edges, conditions, do = {}, [], {}, []
    for case in cases:
        theta = case.theta
        for name, item in case.problem["factors"].items():
            factors[name] = known.factor(
                name,
                theta["half_life"][name],
                start=item["start"][0],
                baseline=theta["baseline"][name],
                jump=item["jump"],
            )
        for key, item in case.problem["edges"].items():
            weight = item["sign"] * theta["weight_size"][key]
            edges.append(known.edge(item["parent"], item["child"], weight, item["lag"]))
        for name, (factor, statistic, first, last, threshold) in case.conditions.items():
            conditions[name] = known.condition(
                factor, threshold, statistic, **{"from": month(first), "to": month(last)}
            )
        for item in case.planned:
            kind = "shift" if item.shift else "level"
            do.append(
                {
                    "factor": item.factor,
                    "from": month(item.first),
                    "to": month(item.last),
                    kind: item.value,
                }
            )
    model = known.model(
        (month(0), month(PAST - 1), month(MONTHS - 1)), factors=factors, edges=edges, conditions=conditions,
        scenarios={"planned": {"label": "Planned", "do": do, **known.SAYS}},
    )  # fmt: skip
    own_scale = {name: value for case in cases for name, value in case.theta["own_scale"].items()}
    return known.posterior(model, own_scale, draws=DRAWS)


def settings(treatments: list[Treatment]) -> dict[str, Any]:
    """Return treatments as `do` and `counterfactual` take them."""
    return {item.factor: wr.shift(item.value) if item.shift else item.value for item in treatments}


def _truth(case: Case, number: int, treatments: list[Treatment]) -> simulator.Named:
    rng = np.random.default_rng([number, 1])
    return simulator.draw_worlds(
        case.problem, case.theta, rng, treatments=treatments, size=(SIMULATED,)
    )


def _standard_error(values: Array) -> Array:
    """Return the standard error of the mean of independent values, along the first axis."""
    return np.asarray(values.std(axis=0, ddof=1) / np.sqrt(len(values)))


def test_interventions_have_the_simulated_probabilities(
    cases: list[Case], chance: wr.Posterior
) -> None:
    """Of one condition in each of a hundred networks, under a scenario and under do; draws are independent."""
    together = {name: value for case in cases for name, value in settings(case.done).items()}
    results = {
        "planned": wr.scenarios(chance, futures=FUTURES).results["planned"],
        "done": wr.do(chance, together, start=month(SPAN[0]), end=month(SPAN[1]), futures=FUTURES),
    }
    scores = []
    for number, case in enumerate(cases):
        for kind, result in results.items():
            name = f"{kind}_{number}"
            truth = case.judge(name, _truth(case, number, getattr(case, kind)))
            by_draw = result.draws.sel(condition=name).values
            error = np.hypot(_standard_error(truth), _standard_error(by_draw))
            scores.append((result.summary.loc[name, "probability"] - truth.mean()) / error)
    assert np.abs(scores).max() < bound(len(scores)), np.round(scores, 1)


def test_interventions_have_the_simulated_mean_levels(
    cases: list[Case], chance: wr.Posterior
) -> None:
    """Of every factor in every month ahead, under the same two; what is set is met to the width of its percentiles."""
    together = {name: value for case in cases for name, value in settings(case.done).items()}
    worlds = [
        of_scenario(chance, chance.model.spec.scenarios["planned"]),
        of_settings(chance, together, month(SPAN[0]), month(SPAN[1]), "future"),
    ]
    runs = list(simulate(chance, list, futures=FUTURES, worlds=worlds))
    means = [np.concatenate([run[w].future.mean(axis=-1) for run in runs], axis=1) for w in (1, 2)]
    place = {name: j for j, name in enumerate(chance.frame.structure.factors)}
    scores = []
    for number, case in enumerate(cases):
        for kind, mean in zip(("planned", "done"), means, strict=True):
            for name, level in _truth(case, number, getattr(case, kind)).items():
                ours, truth = mean[place[name]], level[:, PAST:]
                error = np.hypot(_standard_error(ours), _standard_error(truth))
                gap = ours.mean(axis=0) - truth.mean(axis=0)
                fixed = error < 1e-9
                assert np.abs(gap[fixed]).max(initial=0) < 1e-9
                scores.extend(gap[~fixed] / error[~fixed])
    assert len(scores) > 2500
    assert np.abs(scores).max() < bound(len(scores))


def test_counterfactuals_over_the_whole_past(cases: list[Case], chance: wr.Posterior) -> None:
    """Conditions of the past hold in exactly the same draws; those of the future as often, given the same past."""
    together = {name: value for case in cases for name, value in settings(case.otherwise).items()}
    by_draw = wr.counterfactual(chance, together, futures=FUTURES).draws
    frame, draws = chance.frame, chance.draws()
    rng = np.random.default_rng(6)
    scores, held = [], []
    for number, case in enumerate(cases):
        noise = simulator.draw_noise(case.problem, rng, (DRAWS,))
        for name, item in case.problem["factors"].items():
            law = "jump" if item["jump"] else "smooth"
            noise[name][:, 0] = draws["start_innovation"][:, frame.latent.index(name)]
            noise[name][:, 1:PAST] = draws[f"innovation_{law}"][
                :, :, frame.coords[f"{law}_latent"].index(name)
            ]
        path = simulator.follow(case.problem, case.theta, noise, case.otherwise)
        then = case.judge(f"then_{number}", path)
        np.testing.assert_array_equal(by_draw.sel(condition=f"then_{number}"), then)
        held.append(then.mean())
        gap = by_draw.sel(condition=f"since_{number}").values - case.judge(f"since_{number}", path)
        scores.append(gap.mean() / _standard_error(gap))
    assert np.min(held) > 0.1 and np.max(held) < 0.9
    assert np.abs(scores).max() < bound(len(scores)), np.round(scores, 1)
