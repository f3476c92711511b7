"""Draws weighed as if their prior were another."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from withdrawal_risk.simulation import tilting
from withdrawal_risk.simulation.tilting import Reweighted, tilted

DRAWS = 8000
Z = norm.ppf((np.arange(DRAWS) + 0.5) / DRAWS)


@pytest.mark.parametrize("shift", [-1.0, 0.3, 1.2])
def test_a_tilted_normal_is_a_moved_one(shift: float) -> None:
    """Exponential tilting of N(0, 1) by c is N(c, 1); of N(m, v), as after evidence, N(m + vc, v)."""
    there = Reweighted(shift * Z)
    assert there.mean(Z) == pytest.approx(shift, abs=0.01)
    assert there.mean((Z - shift) ** 2) == pytest.approx(1.0, abs=0.03)
    learnt = 0.4 + 0.5 * Z
    assert Reweighted(shift * learnt).mean(learnt) == pytest.approx(0.4 + 0.25 * shift, abs=0.01)
    # The effective share of draws is exp(-c^2).
    assert there.ess / DRAWS == pytest.approx(np.exp(-(shift**2)), abs=0.02)


def test_constants_weigh_nothing() -> None:
    there, beside = Reweighted(0.7 * Z), Reweighted(0.7 * Z - 1000.0)
    np.testing.assert_allclose(there.weight, beside.weight, rtol=1e-9)
    assert there.weight.sum() == pytest.approx(1.0)
    even = Reweighted(np.full(DRAWS, 3.0))
    assert even.ess == pytest.approx(DRAWS) and even.trusted


def test_many_shifts_are_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    p, slope, shift = rng.random(500), rng.normal(size=(500, 9)), rng.uniform(-2, 2, 9)
    expected = [Reweighted(c * slope[:, k]).mean(p) for k, c in enumerate(shift)]
    np.testing.assert_allclose(tilted(p, slope, shift), expected, rtol=1e-12)
    # However few are worked on at once.
    monkeypatch.setattr(tilting, "_BLOCK", 1100)
    np.testing.assert_allclose(tilted(p, slope, shift), expected, rtol=1e-12)


def test_weights_of_a_few_values_are_judged_by_their_largest() -> None:
    """No Pareto distribution fits them: shares of futures make no tail, far values do."""
    shares = Reweighted(np.log(np.repeat([1.0, 1.5, 2.0], [370, 25, 5])))
    assert shares.khat == -np.inf and shares.trusted
    far = Reweighted(np.log(np.repeat([1.0, 50.0], [393, 7])))
    assert far.khat == np.inf and not far.trusted


def test_weights_that_hang_on_few_draws_are_not_trusted() -> None:
    rng = np.random.default_rng(2)
    heavy = Reweighted(np.log(rng.pareto(0.8, DRAWS) + 1))
    assert heavy.khat > 0.7 and not heavy.trusted
    light = Reweighted(np.log(rng.pareto(5.0, DRAWS) + 1))
    assert light.khat < 0.5 and light.trusted
    # Few draws that count are too few, however well behaved their tail.
    far = Reweighted(4.0 * np.clip(Z, -1, 1))
    assert far.trusted == (far.ess >= 100 and far.khat <= 0.7)
    assert not Reweighted(0.1 * Z[::100]).trusted
