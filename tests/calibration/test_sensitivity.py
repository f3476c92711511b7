"""Refits of the small model say what reweighting says; `tests.calibration.sensitivity` does the same to a shipped one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.calibration.sensitivity import Move, compared, disagreeing, planned

import withdrawal_risk as wr

pytestmark = pytest.mark.slow

MOVES = (
    Move("edges.tension->gaps.weight", 1.0, np.nan),
    Move("factors.gaps.half_life", -1.0, np.nan),
    Move("indicators.incidents.at_reference", 1.0, np.nan),
)


@pytest.fixture(scope="module")
def table(posterior: wr.Posterior, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Three real refits, and that to the tipping point of one of them."""
    (_, tip) = planned(posterior, "calm", [MOVES[2].path])
    folder = tmp_path_factory.mktemp("refits")
    found = compared(posterior, "calm", [*MOVES, tip], folder=folder)
    assert len(list(folder.glob("*.npz"))) == 4
    return found


def test_refits_agree(table: pd.DataFrame) -> None:
    """Of four comparisons one lies beyond by chance with probability 0.4 %."""
    assert (table["khat"] < 0.7).all() and table["passed"].all()
    assert disagreeing(table).empty, table.to_string()


def test_what_is_compared_differs_from_the_fit(table: pd.DataFrame) -> None:
    """Or else agreement would say nothing: the two larger moves are seen by four errors and more."""
    moved = (table["refit"] - table["fit"]).abs() / table["error"]
    assert moved[2] > 4 and moved.nlargest(2).min() > 3
    # At the tipping point the word changes, which it does at 20 %.
    last = table.iloc[-1]
    assert last["tip"] and abs(last["refit"] - 0.2) < 4 * last["error"] < 0.03


def test_what_disagrees_is_found(table: pd.DataFrame) -> None:
    """And what Pareto k warned of is not held against reweighting."""
    other = table.assign(score=[4.0, -4.0, 4.0, 0.0], khat=[0.2, 0.2, 0.9, 0.2])
    assert disagreeing(other).index.tolist() == [0, 1]
