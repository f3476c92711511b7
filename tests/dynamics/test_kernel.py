"""The kernel, its adjoint and the scale against oracles that share no code with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.oracles import lyapunov, recursion

import withdrawal_risk as wr
from withdrawal_risk.dynamics.equation import PathInputs
from withdrawal_risk.dynamics.kernel import path, path_adjoint
from withdrawal_risk.dynamics.scale import long_run_covariance, own_scale, spectral_radius
from withdrawal_risk.dynamics.structure import Structure


def network(
    seed: int, size: int, strength: float = 0.5
) -> tuple[Structure, np.ndarray, np.ndarray]:
    """Return a random network with correlated parents, lags and unequal half-lives."""
    rng = np.random.default_rng(seed)
    names = [f"f{i:02d}" for i in range(size)]
    edges = {}
    for child in range(1, size):
        for parent in rng.choice(child, size=min(child, 2), replace=False):
            edges[names[parent], names[child]] = int(rng.integers(0, 4))
    if size > 3:
        edges[names[3], names[0]] = 2
    structure = Structure.build(names, [(a, b, lag) for (a, b), lag in edges.items()])
    phi = 2 ** (-1 / rng.uniform(1, 24, size))
    return structure, phi, rng.uniform(-strength, strength, len(edges))


def triples(structure: Structure) -> list[tuple[int, int, int]]:
    return list(
        zip(
            structure.edge_parent.tolist(),
            structure.children.tolist(),
            structure.edge_lag.tolist(),
            strict=True,
        )
    )


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    size=st.integers(1, 7),
    months=st.integers(2, 9),
    scaled=st.booleans(),
)
def test_forward_and_adjoint_match_the_oracle(
    seed: int, size: int, months: int, scaled: bool
) -> None:
    structure, phi, weight = network(seed, size)
    rng = np.random.default_rng(seed + 1)
    clamped = rng.random((months, size)) < 0.15
    own, start = rng.uniform(0.3, 1, size), rng.normal(size=size)
    drive, fixed = rng.normal(size=(2, months, size))
    eps, cotangent = rng.normal(size=(months - 1, size)), rng.normal(size=(months, size))
    inputs = PathInputs(phi, weight, own, drive, start, eps, clamped, fixed, *structure.arrays)
    scale = rng.uniform(0, 2, (months, len(weight))) if scaled else None
    if scale is not None:
        inputs = inputs._replace(edge_scale=scale)
    level = path(inputs)
    order = list(range(size))
    expected = recursion.paths(
        order, triples(structure), phi, weight, own, drive, start, eps, clamped, fixed, scale
    )
    np.testing.assert_allclose(level, expected, rtol=1e-12, atol=1e-12)
    bars = path_adjoint(cotangent, level, inputs)
    oracle = recursion.gradient(
        order,
        triples(structure),
        phi,
        weight,
        own,
        drive,
        start,
        eps,
        clamped,
        fixed,
        cotangent,
        scale,
    )
    for bar, name in zip(bars, ("phi", "weight", "own", "drive", "start", "eps"), strict=False):
        np.testing.assert_allclose(bar, oracle[name], rtol=1e-9, atol=1e-9, err_msg=name)


@pytest.mark.parametrize("seed", range(8))
def test_scale_matches_lyapunov(seed: int) -> None:
    structure, phi, weight = network(seed, 9, strength=0.35)
    n, edges = 9, triples(structure)
    assert spectral_radius(structure, phi, weight) == pytest.approx(
        lyapunov.spectral_radius(n, edges, phi, weight)
    )
    tau = own_scale(structure, phi, weight).value
    np.testing.assert_allclose(tau, lyapunov.own_scales(n, edges, phi, weight), rtol=1e-9)
    covariance = long_run_covariance(structure, phi, weight, tau)
    np.testing.assert_allclose(
        covariance, lyapunov.stationary_covariance(n, edges, phi, weight, tau), atol=1e-9
    )
    np.testing.assert_allclose(np.diag(covariance), 1.0, atol=1e-9)


def test_a_late_effect_of_a_short_memory_counts() -> None:
    """Nothing happens for two months after a shock, and then its effect arrives."""
    structure = Structure.build(["a", "b"], [("a", "b", 3)])
    phi, weight = np.array([1e-9, 1e-9]), np.array([0.6])
    tau = own_scale(structure, phi, weight).value
    np.testing.assert_allclose(tau, lyapunov.own_scales(2, [(0, 1, 3)], phi, weight), rtol=1e-9)
    covariance = long_run_covariance(structure, phi, weight, tau)
    np.testing.assert_allclose(covariance, np.eye(2), atol=1e-9)


def test_long_simulation_has_unit_variance() -> None:
    structure, phi, weight = network(3, 6, strength=0.4)
    tau = own_scale(structure, phi, weight).value
    months = 400_000
    rng = np.random.default_rng(0)
    quiet = np.zeros((months, 6))
    level = path(
        PathInputs(
            phi=phi,
            weight=weight,
            own_scale=tau,
            drive=quiet,
            start=np.zeros(6),
            innovation=rng.standard_normal((months - 1, 6)),
            clamped=quiet.astype(bool),
            given=quiet,
            **structure.arrays._asdict(),
        )
    )
    # Half-lives of up to 24 months leave about months / 70 independent values: sd of a variance 2 %;
    # six checks at 5 sd give a false alarm less than once in 10^5 seeds.
    np.testing.assert_allclose(level[1000:].var(axis=0), 1.0, atol=0.1)


def test_operation_differentiates_inside_a_graph() -> None:
    """PyTensor's own finite differences through the Op, and the value of the compiled Op against the kernel."""
    import pytensor
    import pytensor.tensor as pt
    from pytensor.gradient import verify_grad

    from withdrawal_risk.dynamics.op import levels

    rng = np.random.default_rng(5)
    structure = Structure.build(
        ["a", "b", "c"], [("a", "b", 0), ("b", "c", 1), ("c", "a", 2), ("a", "c", 0)]
    )
    months, n = 6, 3
    clamped = rng.random((months, n)) < 0.25
    values = [
        rng.uniform(0.3, 0.9, n), rng.normal(size=4), rng.uniform(0.5, 1, n), rng.normal(size=(months, n)),
        rng.normal(size=n), rng.normal(size=(months - 1, n)), rng.normal(size=(months, n)),
    ]  # fmt: skip

    def graph(
        phi: Any, weight: Any, own: Any, drive: Any, start: Any, innovation: Any, given: Any
    ) -> Any:
        mask = pt.constant(clamped)
        return levels(
            PathInputs(phi, weight, own, drive, start, innovation, mask, given, *structure.arrays)
        )

    verify_grad(graph, values, rng=rng)
    inputs = [pt.vector() if value.ndim == 1 else pt.matrix() for value in values]
    compiled = pytensor.function(inputs, graph(*inputs), mode="NUMBA")
    expected = path(PathInputs(*values[:6], clamped, values[6], *structure.arrays))  # type: ignore[call-arg]
    np.testing.assert_allclose(compiled(*values), expected, rtol=1e-12, atol=1e-14)


ASK_BOTH = """
import numpy as np, pytensor, pytensor.tensor as pt
from withdrawal_risk.dynamics.equation import PathInputs
from withdrawal_risk.dynamics.kernel import path
from withdrawal_risk.dynamics.op import levels
from withdrawal_risk.dynamics.structure import Structure
inputs = PathInputs(
    phi=np.array([0.8]), weight=np.zeros(0), own_scale=np.ones(1), drive=np.zeros((2, 1)),
    start=np.zeros(1), innovation=np.ones((1, 1)), clamped=np.zeros((2, 1), bool),
    given=np.zeros((2, 1)), **Structure.build(["a"], []).arrays._asdict(),
)
phi = pt.vector("phi")
compiled = pytensor.function([phi], levels(inputs._replace(phi=phi)), mode="NUMBA")
print(path(inputs)[1, 0], compiled(inputs.phi)[1, 0])
"""


@pytest.mark.slow
def test_machine_code_on_disk_belongs_to_its_equation(tmp_path: Path) -> None:
    """Numba and PyTensor both keep what they compiled; once the equation has changed, neither may serve the old one."""
    copy = tmp_path / "withdrawal_risk"
    shutil.copytree(Path(wr.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    places = {
        "PYTHONPATH": str(tmp_path),
        "PYTENSOR_FLAGS": f"base_compiledir={tmp_path / 'compiled'}",
    }
    equation = copy / "dynamics" / "equation.py"
    text = equation.read_text(encoding="utf-8")
    answers = []
    for change in ("+ shock *", "+ 2 * shock *"):
        assert text.count("+ shock *") == 1
        equation.write_text(text.replace("+ shock *", change), encoding="utf-8")
        run = subprocess.run(
            [sys.executable, "-c", ASK_BOTH],
            env=os.environ | places,
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stderr
        answers.append([float(number) for number in run.stdout.split()])
    np.testing.assert_allclose(answers, [[0.6, 0.6], [1.2, 1.2]], rtol=1e-12)
