"""The benchmarks' hand-written density against the library's own graph, on a network of every family without memory."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.peers import by_hand
from benchmarks.problem import Problem
from benchmarks.speed import line_fit
from benchmarks.synthetic import synthetic_model, synthetic_texts
from pytensor.compile.mode import Mode

from withdrawal_risk.families.registry import COMPILED_FAMILIES as FAMILIES
from withdrawal_risk.inference.build import build


@pytest.fixture(scope="module")
def problem() -> Problem:
    return Problem.of(synthetic_model(5, 8, indicators=2.0, rows=40, random_seed=26))


def test_synthetic_network_holds_every_kind_of_part(problem: Problem) -> None:
    arrays, spec = problem.arrays, problem.model.spec
    assert len(spec.factors) == 5
    assert len(problem.frame.window) == 8
    assert {item.family for item in spec.indicators.values()} == set(FAMILIES)
    assert set(arrays.row_family) == set(range(len(FAMILIES)))
    assert np.diff(arrays.cell_start).max() == 3
    assert 0 in arrays.edge_lag and arrays.edge_lag.max() > 1
    assert 0 < problem.frame.jump.sum() < 5
    assert arrays.clamped.any() and np.ptp(arrays.given) > 0
    assert set(arrays.row_value[arrays.row_family == list(FAMILIES).index("ordinal")]) == {
        0,
        1,
        2,
        3,
    }
    assert arrays.effect_active.sum() > 0


def test_synthetic_texts_depend_on_the_seed_alone() -> None:
    assert synthetic_texts(4, 6, random_seed=3) == synthetic_texts(4, 6, random_seed=3)
    assert synthetic_texts(4, 6, random_seed=3) != synthetic_texts(4, 6, random_seed=4)


@pytest.mark.slow
def test_by_hand_is_the_density_of_the_library(problem: Problem) -> None:
    graph = build(problem.model)
    # Interpreted: compiling the graph would take longer than all other tests of the file together.
    ours = graph.compile_fn([graph.logp(), graph.dlogp()], mode=Mode("py", "fast_compile"))
    hand = by_hand.prepare(problem)
    points = problem.points(4)
    constants = []
    for point in points:
        names = [variable.name for variable in graph.value_vars]
        values = dict(zip(names, problem.by_name(point).values(), strict=True))
        density, gradient = ours(values)
        by_hand_density, by_hand_gradient = hand.evaluate(point)
        constants.append(float(density) - by_hand_density)
        np.testing.assert_allclose(
            by_hand_gradient, gradient, rtol=1e-6, atol=1e-6 * np.abs(gradient).max()
        )
    assert np.ptp(constants) < 1e-9 * np.abs(constants).max()
    assert hand.seconds(points) > 0


def test_line_fit_recovers_a_line() -> None:
    fit = line_fit([1000, 2000, 4000], [3e-6, 5e-6, 9e-6])
    assert fit["microseconds"] == pytest.approx(1.0)
    assert fit["nanoseconds_each"] == pytest.approx(2.0)
    assert fit["r_squared"] == pytest.approx(1.0)
