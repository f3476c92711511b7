"""Refits of the small model say what reweighting says; `tests.calibration.sensitivity` does the same to a shipped one."""

from __future__ import annotations

import numpy as np
import pytest
from tests.calibration.sensitivity import Move, compared, disagreeing

import withdrawal_risk as wr


@pytest.fixture(scope="module")
def table(posterior: wr.Posterior, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    moves = [
        Move("edges.tension->gaps.weight", 1.0, np.nan),
        Move("factors.gaps.half_life", -1.0, np.nan),
        Move("indicators.incidents.at_reference", 1.0, np.nan),
    ]
    return compared(posterior, "calm", moves, folder=tmp_path_factory.mktemp("refits"))


def test_refits_agree(table) -> None:  # type: ignore[no-untyped-def]
    print(table.round(4).to_string())
    assert disagreeing(table).empty
