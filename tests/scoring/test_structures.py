"""Models without edges, plain and with the memory of the network."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import solve_discrete_lyapunov
from tests.oracles import lyapunov

import withdrawal_risk as wr
from withdrawal_risk.model.network import structure_at_prior_means
from withdrawal_risk.scoring.structures import without_edges


def memory(model: wr.Model, months: int) -> dict[str, np.ndarray]:
    """Autocorrelation of every factor, from powers of the companion matrix."""
    means = structure_at_prior_means(model.spec)
    structure = means.structure
    scale, weight = means.dynamics()
    edges = [
        (structure.factors.index(a), structure.factors.index(b), lag)
        for a, b, lag in structure.edges
    ]
    n = len(structure.factors)
    free = np.array([name not in means.clamped for name in structure.factors])
    weight = np.where([free[a] for a, _, _ in edges], weight, 0.0) if edges else weight
    step, shock = lyapunov.companion(n, edges, means.phi, weight)
    root = shock * np.where(free, scale, 0.0)
    covariance = solve_discrete_lyapunov(step, root @ root.T)
    kept, found = np.eye(len(step)), []
    for _ in range(months + 1):
        found.append(np.diag(kept @ covariance)[:n])
        kept = step @ kept
    return {
        name: np.array(found)[:, j] / found[0][j]
        for j, name in enumerate(structure.factors)
        if free[j]
    }


def drifting(text: str) -> str:
    return text.replace(
        "    half_life: {p5: 2, p95: 6}\n",
        "    half_life: {p5: 2, p95: 6}\n    drift: {share: 0.3, half_life: 18}\n",
        1,
    )


@pytest.mark.parametrize("drift", [False, True])
def test_a_matched_factor_forgets_half_as_late_as_in_its_network(
    small_text: str, small_evidence: str, drift: bool
) -> None:
    text = drifting(small_text) if drift else small_text
    model = wr.Model.from_texts(text, small_evidence)
    means = structure_at_prior_means(model.spec)
    network = memory(model, 60)
    for name, expected in network.items():
        own = means.autocorrelation(60)[:, means.structure.factors.index(name)]
        np.testing.assert_allclose(own, expected, atol=1e-9)
    alone, plain = (memory(without_edges(model, matched=m), 60) for m in (True, False))
    months = np.arange(61.0)
    for name in ("tension", "gaps"):
        half = np.interp(-0.5, -network[name], months)
        assert np.interp(-0.5, -alone[name], months) == pytest.approx(half, rel=0.02)
    # Without matching a factor with parents forgets sooner.
    half = np.interp(-0.5, -network["gaps"], months)
    assert np.interp(-0.5, -plain["gaps"], months) < 0.95 * half


def test_without_edges_nothing_acts_on_anything(small: wr.Model) -> None:
    cut = without_edges(small)
    assert cut.spec.edges == ()
    assert cut.spec.factors == small.spec.factors
