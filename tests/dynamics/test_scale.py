"""Long-run covariance by doubling, by following impulses month by month, and by solving for it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import solve_discrete_lyapunov
from tests.dynamics.test_kernel import network, triples
from tests.oracles import lyapunov

from withdrawal_risk.dynamics import scale
from withdrawal_risk.dynamics.structure import Structure


def expected(
    structure: Structure, phi: np.ndarray, weight: np.ndarray, own: np.ndarray, fixed: list[int]
) -> np.ndarray:
    """Return the covariance that solves Lyapunov's equation; fixed factors have none and pass nothing on."""
    n = len(phi)
    child, parent = structure.children, structure.edge_parent
    weight = np.where(np.isin(child, fixed) | np.isin(parent, fixed), 0.0, weight)
    own = np.where(np.isin(np.arange(n), fixed), 0.0, own)
    step, entry = lyapunov.companion(n, triples(structure), phi, weight)
    entry = entry * own
    return np.asarray(solve_discrete_lyapunov(step, entry @ entry.T))[:n, :n]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("clamped", [(), ("f01",), ("f00", "f03")])
def test_three_ways_agree(
    seed: int, clamped: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    structure, phi, weight = network(seed, 7, strength=0.5)
    own = np.random.default_rng(seed).uniform(0.3, 1, 7)
    fixed = [structure.factors.index(name) for name in clamped]
    solved = expected(structure, phi, weight, own, fixed)
    doubled = scale.long_run_covariance(structure, phi, weight, own, clamped=clamped)
    # As if the network were too large for full matrices.
    monkeypatch.setattr(scale, "_DENSE", 0)
    followed = scale.long_run_covariance(structure, phi, weight, own, clamped=clamped)
    np.testing.assert_allclose(doubled, solved, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(followed, solved, rtol=1e-9, atol=1e-11)
    assert np.array_equal(np.diag(doubled) == 0, np.isin(np.arange(7), fixed))


def test_a_memory_of_centuries_is_summed_to_its_end() -> None:
    """Half a million months, which doubling reaches in twenty steps."""
    structure = Structure.build(["a", "b"], [("a", "b", 3)])
    phi = np.array([2 ** (-1 / 20_000), 0.5])
    found = scale.long_run_covariance(structure, phi, np.array([0.5]), np.array([1.0, 0.4]))
    assert found[0, 0] == pytest.approx(1.0, rel=1e-9)
    np.testing.assert_allclose(
        found, expected(structure, phi, np.array([0.5]), np.array([1.0, 0.4]), []), rtol=1e-6
    )
