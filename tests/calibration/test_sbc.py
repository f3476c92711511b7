"""A short simulation-based calibration; `tests.calibration.sbc` runs a long one and says how it is judged.

Each test may fail without cause with probability 0.001 at most over random seeds; with the fixed seeds it either
always or never does.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.calibration.sbc import FAMILY_WISE, Calibration, run
from tests.oracles.simulator import month_shares


def test_fits_are_calibrated() -> None:
    found = run("small", fits=50, seed=1)
    assert found.p >= FAMILY_WISE, found.table().head(8).to_string()
    assert found.ess.mean().min() > 0.6 * found.draws, "the draws ranked among are too dependent"
    assert found.divergences < 0.001 * 50 * 500


def _ranks(u: np.ndarray) -> Calibration:
    ranks = pd.DataFrame(np.clip((u * 101).astype(int), 0, 100)).rename(columns=str)
    return Calibration(ranks, 100, ranks * 0 + 100.0, 0)


@pytest.mark.parametrize(("fault", "a", "b"), [("shifted", 1, 3), ("too narrow", 0.3, 0.3), ("too wide", 4, 4)])
def test_false_ranks_are_seen(fault: str, a: float, b: float) -> None:
    rng = np.random.default_rng(3)
    u = rng.random((50, 40))
    assert _ranks(u).p > FAMILY_WISE
    u[:, 7] = rng.beta(a, b, 50)
    found = _ranks(u)
    assert found.p < FAMILY_WISE, fault
    assert found.table().index[0] == "7"


def test_months_of_a_span() -> None:
    assert month_shares("2023-07-10", "2023-09-15", "2023-01") == [(6, 22 / 31), (7, 1.0), (8, 0.5)]
