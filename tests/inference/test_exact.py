"""Fits of linear-Gaussian networks against exact conditioning of their joint normal.

One model file holds many random networks that do not touch each other, so that one compiled graph serves them all;
given the evidence they are independent, and the exact answer is worked out for each of them on its own. Weights,
half-lives, own scales, loadings and errors have priors too narrow to matter. Starts, baselines, event sizes and
references keep wide normal priors: they enter linearly, and the exact answer holds them as unknowns.
"""

from __future__ import annotations

import calendar
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from arviz_stats.base import array_stats
from numpy.typing import NDArray
from tests.oracles import linear_gaussian as exact

import withdrawal_risk as wr
from withdrawal_risk.inference import parameters

pytestmark = pytest.mark.slow

NETWORKS = 20
MONTHS = 15
FIRST = 12 * 2023 + 1
"""February 2023, counted from year 0."""

NARROW = 1e-6
"""Relative distance of both percentiles from the value of a parameter that is meant to be known."""

FALSE_ALARM = 1e-4
"""Chance that a correct library fails any comparison of one fit."""

HEADER = "id,indicator,start,end,published,value,low,high,se,grade,source,url,note"
GRADES = {"A": 1.0, "B": 1.5, "C": 2.5}
Z90 = NormalDist().inv_cdf(0.95)
SAYS = {"basis": "judgement: invented for tests", "why": "It is invented."}


def _month(t: int) -> str:
    return f"{(FIRST + t) // 12}-{(FIRST + t) % 12 + 1:02d}"


def _days(t: int) -> int:
    return calendar.monthrange((FIRST + t) // 12, (FIRST + t) % 12 + 1)[1]


def _narrow(value: float) -> dict[str, float]:
    ends = sorted((value * (1 - NARROW), value * (1 + NARROW)))
    return {"p5": ends[0], "p95": ends[1]}


def _quantiles(normal: exact.Normal) -> dict[str, float]:
    return {"p5": normal[0] - Z90 * normal[1], "p95": normal[0] + Z90 * normal[1]}


@dataclass(frozen=True)
class Seen:
    """An evidence row and the month, counted from the first, in which it became known."""

    published: int
    row: exact.Row


@dataclass(frozen=True)
class Case:
    """One random network: its names, and what the exact answer needs besides the own scales."""

    factors: tuple[str, ...]
    policy: str
    event: str
    indicators: tuple[str, ...]
    half_life: NDArray[np.float64]
    edges: tuple[exact.Edge, ...]
    stretches: tuple[tuple[int, int, float], ...]
    start: tuple[exact.Normal, ...]
    baseline: dict[int, exact.Normal]
    effects: tuple[exact.Effect, ...]
    reference: tuple[exact.Normal, ...]
    rows: tuple[Seen, ...]

    def network(self, own_scale: NDArray[np.float64], as_of: int) -> exact.Network:
        """Return what is known in month `as_of`; the policy is the last factor."""
        n = len(self.factors)
        given = np.full((MONTHS, n + 1), np.nan)
        for begin, published, level in self.stretches:
            if published <= as_of:
                given[begin:, n] = level
        known = [
            effect if min(effect.active) <= as_of else _never(effect) for effect in self.effects
        ]
        return exact.Network(
            half_life=np.append(self.half_life, 1.0),
            own_scale=np.append(own_scale, 0.0),
            given=given,
            start=[*self.start, (0.0, 0.0)],
            baseline=[self.baseline.get(j, (0.0, 0.0)) for j in range(n + 1)],
            reference=self.reference,
            edges=self.edges,
            effects=known,
        )


def _never(effect: exact.Effect) -> exact.Effect:
    return exact.Effect(effect.factor, effect.size, frozenset())


def _edges(rng: np.random.Generator, n: int) -> tuple[exact.Edge, ...]:
    """Return one or two parents for each factor, some of them in lagged loops, and the policy's edges."""
    order = rng.permutation(n)
    pairs: dict[tuple[int, int], int] = {}
    for place, child in enumerate(order):
        for parent in rng.choice(np.delete(order, place), size=rng.integers(1, 3), replace=False):
            earlier = parent in order[:place]
            if earlier or rng.random() < 0.4:
                pairs[int(parent), int(child)] = int(rng.integers(0 if earlier else 1, 3))
    for child in rng.choice(n, size=2, replace=False):
        pairs[n, int(child)] = int(rng.integers(0, 3))
    return tuple(
        exact.Edge(parent, child, lag, float(rng.choice([-1, 1]) * rng.uniform(0.15, 0.5)))
        for (parent, child), lag in pairs.items()
    )


def _span(rng: np.random.Generator) -> tuple[str, str, int, tuple[tuple[int, float], ...]]:
    """Return start, end, last month and the days covered in each month, as shares of the month."""
    first = int(rng.integers(0, MONTHS))
    last = min(first + int(rng.integers(0, 4)), MONTHS - 1)
    if rng.random() < 0.6:
        return _month(first), _month(last), last, tuple((t, 1.0) for t in range(first, last + 1))
    begin = int(rng.integers(1, 20))
    finish = int(rng.integers(begin if first == last else 1, _days(last) + 1))
    cells = []
    for t in range(first, last + 1):
        low, high = begin if t == first else 1, finish if t == last else _days(t)
        cells.append((t, (high - low + 1) / _days(t)))
    assert date.fromisoformat(f"{_month(first)}-{begin:02d}") <= date.fromisoformat(
        f"{_month(last)}-{finish:02d}"
    )
    return f"{_month(first)}-{begin:02d}", f"{_month(last)}-{finish:02d}", last, tuple(cells)


def _case(rng: np.random.Generator, number: int, file: dict[str, Any], evidence: list[str]) -> Case:
    """Draw a network, and write it into the model file and its evidence."""
    n = int(rng.integers(3, 6))
    # Random first letters mix the networks in every alphabetical order of the library.
    names = [
        f"{letter}{place}_{number}"
        for place, letter in enumerate(rng.choice(list("abcdefghij"), size=n + 4))
    ]
    factors, policy, event, indicators = names[:n], names[n], names[n] + "_event", names[n + 1 :]
    half_life = rng.uniform(1.5, 10, size=n)
    start = [(float(rng.normal()), float(rng.uniform(0.3, 1.2))) for _ in range(n)]
    baseline = {
        j: (float(rng.normal(0, 0.5)), float(rng.uniform(0.2, 0.8)))
        for j in range(n)
        if rng.random() < 0.5
    }
    for j, name in enumerate(factors):
        file["factors"][name] = {
            "role": "driver", "label": name, "worse": "high", "half_life": _narrow(half_life[j]),
            "start": _quantiles(start[j]), **SAYS,
        } | ({"baseline": _quantiles(baseline[j])} if j in baseline else {})  # fmt: skip

    turns = [0, *sorted(int(t) for t in rng.choice(np.arange(2, MONTHS), size=2, replace=False))]
    stretches = tuple(
        (t, max(t - int(rng.integers(0, 3)), 0), float(rng.normal(0, 1.5))) for t in turns
    )
    unit = float(rng.choice([-500.0, 1000.0]))
    file["policies"][policy] = {
        "label": policy, "worse": "low", "unit": "troops", "reference": 2000.0, "per_level": unit, **SAYS,
        "path": [
            {"from": _month(t), "value": 2000.0 + unit * level, "published": _month(p)} for t, p, level in stretches
        ],
    }  # fmt: skip
    edges = _edges(rng, n)
    for edge in edges:
        file["edges"].append({
            "from": names[edge.parent], "to": names[edge.child], "weight": _narrow(edge.weight), "lag": edge.lag, **SAYS,
        })  # fmt: skip
    begin = int(rng.integers(0, MONTHS - 1))
    finish = begin + int(rng.integers(0, 4))
    effects = tuple(
        exact.Effect(
            int(j),
            (float(rng.normal(0, 2)), float(rng.uniform(0.3, 1.5))),
            frozenset(range(begin, finish + 1)),
        )
        for j in sorted(rng.choice(n, size=2, replace=False), key=lambda j: factors[j])
    )
    file["events"][event] = {
        "label": event, "shape": "window", "from": _month(begin), "to": _month(finish), **SAYS,
        "effects": [{"factor": factors[e.factor], "size": _quantiles(e.size)} for e in effects],
    }  # fmt: skip

    reference, rows = [], []
    for k, name in enumerate(indicators):
        measured, polarity = int(rng.integers(n)), int(rng.choice([-1, 1]))
        loading, error = float(rng.uniform(0.5, 2)), float(rng.uniform(0.2, 0.8))
        reference.append((float(rng.normal(0, 2)), float(rng.uniform(0.2, 1))))
        file["indicators"][name] = {
            "family": "normal", "measures": factors[measured], "label": name, "unit": "points",
            "polarity": "+" if polarity > 0 else "-", "at_reference": _quantiles(reference[k]),
            "change_per_level": _narrow(loading), "error": _narrow(error), **SAYS,
        }  # fmt: skip
        for r in range(int(rng.integers(3, 7))):
            first, last, end, cells = _span(rng)
            published, grade = end + int(rng.integers(0, 4)), str(rng.choice(list(GRADES)))
            value, se = (
                float(reference[k][0] + rng.normal(0, 1.5)),
                float(rng.choice([0.0, rng.uniform(0.1, 0.6)])),
            )
            figures = f"{value!r},,,{se!r}"
            if se and rng.random() < 0.5:
                figures = f",{value - Z90 * se!r},{value + Z90 * se!r},"
            evidence.append(
                f"{name}_{r},{name},{first},{last},{_month(published)},{figures},{grade},invented,,"
            )
            sd = float(np.hypot(error * GRADES[grade], se))
            rows.append(
                Seen(published, exact.Row(k, measured, polarity * loading, cells, value, sd))
            )
    return Case(
        tuple(factors), policy, event, tuple(indicators), half_life, edges, stretches, tuple(start), baseline,
        effects, tuple(reference), tuple(rows),
    )  # fmt: skip


@pytest.fixture(scope="module")
def networks() -> Iterator[tuple[wr.Model, list[Case]]]:
    """The model file of all networks, and the networks one by one; own scales are fixed while it lasts."""
    rng = np.random.default_rng(20230201)
    file: dict[str, Any] = {
        "id": "exact", "title": "Linear-Gaussian networks", "evidence": "evidence.csv",
        "time": {"start": _month(0), "as_of": _month(MONTHS - 1), "horizon": _month(MONTHS + 5)},
        "factors": {}, "policies": {}, "edges": [], "events": {}, "indicators": {},
    }  # fmt: skip
    evidence = [HEADER]
    cases = [_case(rng, number, file, evidence) for number in range(NETWORKS)]
    clause = {"factor": cases[0].factors[0], "statistic": "mean", "last": 3, "at_most": "medium"}
    file["conditions"] = {"calm": {"label": "Calm", "all": [clause], **SAYS}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parameters, "OWN_SCALE_LOG_SD", NARROW)
        # JSON is YAML 1.2.
        yield wr.Model.from_texts(json.dumps(file), "\n".join(evidence) + "\n"), cases


def _draws(case: Case, fit: wr.Posterior) -> NDArray[np.float64]:
    """Return the draws of one network in the order of the exact answer, shape (chain, draw, quantity)."""
    posterior, names = fit.tree["posterior"].dataset, fit.frame.structure.factors
    level = fit.levels()[:, :, [names.index(name) for name in (*case.factors, case.policy)]]
    parts = [level.reshape(posterior.sizes["chain"], posterior.sizes["draw"], -1)]
    parts += [
        posterior["baseline"]
        .sel(baseline_latent=[case.factors[j] for j in sorted(case.baseline)])
        .values
    ]
    parts += [
        posterior["event_effect"].sel(
            effect=[f"{case.event}->{case.factors[e.factor]}" for e in case.effects]
        )
    ]
    parts += [posterior["reference"].sel(indicator=list(case.indicators)).values]
    return np.concatenate(parts, axis=2)


def _sizes(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the effective sample size of the mean of each quantity."""
    count = draws.shape[2]
    sizes = [
        array_stats.ess(draws[..., q], chain_axis=0, draw_axis=1, method="mean")
        for q in range(count)
    ]
    return np.array(sizes, dtype=float)


@pytest.mark.parametrize("as_of", [MONTHS - 1, MONTHS - 6])
def test_posterior_is_the_conditional_normal(
    networks: tuple[wr.Model, list[Case]], as_of: int
) -> None:
    """Mean and sd of every level of every month, and of every linear unknown, of twenty random networks.

    A mean is off by normal noise of sd / sqrt(ESS), an sd by sd / sqrt(2 ESS) with the ESS of the squared deviation,
    the sd being the exact one. The bound is the normal quantile at which, by Bonferroni over all comparisons of a
    fit, a correct library fails with a chance below 1e-4.
    """
    model, cases = networks
    fit = wr.fit(
        model, as_of=_month(as_of), draws=500, tune=500, chains=4, random_seed=11, progressbar=False
    )
    posterior = fit.tree["posterior"].dataset
    assert float(fit.tree["sample_stats"]["diverging"].sum()) == 0
    scores: dict[int, NDArray[np.float64]] = {}
    for number, case in enumerate(cases):
        own_scale = (
            posterior["own_scale"].sel(latent=list(case.factors)).mean(("chain", "draw")).values
        )
        network = case.network(own_scale, as_of)
        mean, covariance = exact.condition(
            network, [seen.row for seen in case.rows if seen.published <= as_of]
        )
        n = len(case.factors)
        path = MONTHS * (n + 1)
        keep = [
            *range(path),
            *(path + j for j in sorted(case.baseline)),
            *range(path + n + 1, len(mean)),
        ]
        mean, variance = mean[keep], np.diag(covariance)[keep]
        draws = _draws(case, fit)
        given = np.zeros(len(keep), dtype=bool)
        given[n : path : n + 1] = True
        assert np.abs(draws - mean)[..., given].max() < 1e-12, f"the policy of network {number}"
        deviation = (draws - mean)[..., ~given] / np.sqrt(variance[~given])
        square = deviation**2
        scores[number] = np.concatenate(
            [
                deviation.mean(axis=(0, 1)) * np.sqrt(_sizes(deviation)),
                (np.sqrt(square.mean(axis=(0, 1))) - 1) * np.sqrt(2 * _sizes(square)),
            ]
        )
    compared = sum(len(z) for z in scores.values())
    bound = NormalDist().inv_cdf(1 - FALSE_ALARM / (2 * compared))
    off = {
        number: float(np.abs(z).max())
        for number, z in scores.items()
        if not np.abs(z).max() < bound
    }
    assert not off, f"largest deviations in standard errors, by network, bound {bound:.2f}: {off}"
