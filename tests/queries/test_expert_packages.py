"""From what an expert said to ranges of the file: on every scale, pooled, and covered."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats
from tests.panels import answers_of

import withdrawal_risk as wr
from withdrawal_risk.elements.quantiles import Positive, Quantiles, Ratio, Share
from withdrawal_risk.model.panel_file import Answers, PanelRow
from withdrawal_risk.model.ranges import range_at, ranges
from withdrawal_risk.queries.expert_packages import covering, packages, pooled_package

HALF, UP, DOWN = (
    "factors.gaps.half_life", "edges.tension->gaps.weight", "edges.presence->gaps.weight",
)  # fmt: skip

SCALES: dict[str, tuple[str, type[Quantiles], Any]] = {
    "plain": ("indicators.view.at_reference", Quantiles, lambda x: x),
    "log": (HALF, Positive, math.log),
    "log odds": ("indicators.supply.at_reference", Share, lambda x: math.log(x / (1 - x))),
    "log log": ("indicators.rate.ratio_per_level", Ratio, lambda x: math.log(math.log(x))),
}
"""By scale: a range of the small model on it, its kind, and the function that makes it normal."""

ENDS = {
    "plain": (-3.0, 0.5, 2.0), "log": (0.5, 2.0, 11.0), "log odds": (0.02, 0.3, 0.95),
    "log log": (1.02, 1.1, 4.0),
}  # fmt: skip

Z = float(stats.norm.ppf(0.95))


@pytest.mark.parametrize("name", SCALES)
def test_two_percentiles_are_met(small: wr.Model, name: str) -> None:
    path, kind, inner = SCALES[name]
    low, _, high = ENDS[name]
    (package,) = packages(small.spec, answers_of(small, f"A {path} {low} . {high}")).values()
    (found,) = package.values()
    assert type(found) is kind and [*package] == [path]
    assert (found.p5, found.p95) == pytest.approx((low, high), rel=1e-12)
    mean, sd = (inner(low) + inner(high)) / 2, (inner(high) - inner(low)) / (2 * Z)
    assert found.law == pytest.approx((mean, sd), rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("name", SCALES)
def test_three_percentiles_by_least_squares(small: wr.Model, name: str) -> None:
    """Against a search of another kind, which knows the cdf alone."""
    path, _, inner = SCALES[name]
    ends = ENDS[name]
    row = f"A {path} {ends[0]} {ends[1]} {ends[2]}"
    ((found,),) = (
        package.values() for package in packages(small.spec, answers_of(small, row)).values()
    )
    places = np.array([inner(end) for end in ends])

    def misfit(x: Any) -> float:
        return float(
            ((stats.norm.cdf(places, x[0], math.exp(x[1])) - [0.05, 0.5, 0.95]) ** 2).sum()
        )

    start = [places[1], math.log((places[2] - places[0]) / 3)]
    best = optimize.minimize(misfit, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-16, "maxiter": 4000})  # fmt: skip
    assert found.law == pytest.approx((best.x[0], math.exp(best.x[1])), rel=1e-4, abs=1e-4)
    # The middle that was stated counts.
    halfway = (places[0] + places[2]) / 2
    assert (found.law[0] - halfway) * (places[1] - halfway) > 0


def test_a_middle_halfway_changes_nothing(small: wr.Model) -> None:
    middle = math.sqrt(2 * 8)
    answers = answers_of(small, f"A {HALF} 2 {middle} 8", f"B {HALF} 2 . 8")
    a, b = packages(small.spec, answers).values()
    assert a[HALF].law == pytest.approx(b[HALF].law, rel=1e-7)


def test_packages_hold_what_was_judged_in_the_last_round(small: wr.Model) -> None:
    answers = answers_of(small, f"A {HALF} 2 . 4", f"A {DOWN} -0.4 . -0.2", f"B {UP} +weak")
    later = [
        PanelRow(expert="A", round=2, target=DOWN, p5=0.25, p50=math.nan, p95=0.5),
        *answers.rows,
    ]
    found = packages(small.spec, Answers(rows=tuple(later)))
    assert {name: {*package} for name, package in found.items()} == {"A": {HALF, DOWN}, "B": {UP}}
    assert (found["A"][DOWN].p5, found["A"][DOWN].p95) == pytest.approx((0.25, 0.5))
    assert (found["B"][UP].p5, found["B"][UP].p95) == pytest.approx((0.05, 0.3))
    # The sign of the file stays where it is.
    assert isinstance(found["A"][DOWN], Positive)


def test_who_answers_seeds_alone_has_an_empty_package(small: wr.Model) -> None:
    seeds = "id,question,unit,scale,value,resolved,source,url\nS1,q,u,linear,3,2024-01-01,x,\n"
    answers = answers_of(small, "A seeds.S1 1 2 3", f"B {HALF} 2 . 4", seeds=seeds)
    found = packages(small.spec, answers)
    assert found["A"] == {} and [*found["B"]] == [HALF]


@pytest.mark.parametrize("name", SCALES)
def test_the_logarithmic_pool_by_hand(small: wr.Model, name: str) -> None:
    """Precisions add up with their weights; who left the range out judges as the file does."""
    path, kind, _ = SCALES[name]
    given = range_at(small.spec, path)
    several = {"A": {path: given.moved(1.0, 0.5)}, "B": {path: given.moved(-2.0, 2.0)}, "C": {}}
    weights = [0.5, 0.3, 0.2]
    found = pooled_package(small.spec, several, weights)[path]
    laws = [several["A"][path].law, several["B"][path].law, given.law]
    precision = sum(w / sd**2 for w, (_, sd) in zip(weights, laws, strict=True))
    mean = sum(w * mu / sd**2 for w, (mu, sd) in zip(weights, laws, strict=True)) / precision
    assert type(found) is kind
    assert found.law == pytest.approx((mean, 1 / math.sqrt(precision)), rel=1e-9, abs=1e-12)
    alike = pooled_package(small.spec, {"A": several["A"], "B": several["A"]}, [0.5, 0.5])
    assert alike[path].law == pytest.approx(laws[0], rel=1e-9, abs=1e-12)


moves = st.tuples(st.floats(-3, 3), st.floats(0.3, 3))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.dictionaries(st.sampled_from(list(SCALES)), moves), min_size=1, max_size=4))
def test_what_covers_has_the_moments_of_the_mixture_with_the_file(
    small: wr.Model, experts: list[dict[str, tuple[float, float]]]
) -> None:
    own = ranges(small.spec)
    several = {
        f"E{k}": {SCALES[name][0]: own[SCALES[name][0]].moved(*move) for name, move in one.items()}
        for k, one in enumerate(experts)
    }
    found = covering(small.spec, several)
    assert found.keys() == {path for package in several.values() for path in package}
    for path, wide in found.items():
        laws = [own[path].law, *(package.get(path, own[path]).law for package in several.values())]
        mean = np.mean([mu for mu, _ in laws])
        square = np.mean([mu**2 + sd**2 for mu, sd in laws])
        assert wide.law == pytest.approx(
            (mean, 1.2 * math.sqrt(square - mean**2)), rel=1e-6, abs=1e-9
        )
        # Wider than any one of few experts would be by chance: weights of draws stay bounded where
        # the sd of each does not exceed it.
        assert wide.law[1] ** 2 >= 1.2**2 * np.mean([sd**2 for _, sd in laws]) * (1 - 1e-9)
