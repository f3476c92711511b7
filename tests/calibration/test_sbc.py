"""A short simulation-based calibration; `tests.calibration.sbc` runs a long one and says how it is judged.

Each test may fail without cause with probability 0.001 at most over random seeds; with the fixed seeds it either
always or never does.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.optimize import brentq
from tests.calibration.sbc import Calibration, run
from tests.calibration.verdict import FAMILY_WISE, Coverage, Ranks
from tests.calibration.worlds import CI_PROB, Record, Settings
from tests.oracles.simulator import month_shares

pytestmark = pytest.mark.slow

SHORT = Settings(draws=160, tune=250, keep=80)


@pytest.fixture(scope="module")
def short() -> Calibration:
    return run("small", worlds=50, seed=1, settings=SHORT)


def test_ranks_are_uniform(short: Calibration) -> None:
    ranks = short.ranks
    assert ranks.p >= FAMILY_WISE, ranks.table().head(8).to_string()
    assert ranks.ess.mean().min() > 0.6 * ranks.draws, "the draws ranked among are too dependent"
    assert short.divergences < 0.001 * 50 * SHORT.draws * SHORT.chains


def _least(share: float, worlds: int, alpha: float) -> float:
    """Return what the mean of independent numbers in (0, 1) falls below with probability alpha at most (Hoeffding)."""

    def excess(a: float) -> float:
        return (
            a * np.log(a / share)
            + (1 - a) * np.log((1 - a) / (1 - share))
            - np.log(1 / alpha) / worlds
        )

    return float(brentq(excess, 1e-9, share))


def test_printed_intervals_hold_the_truth(short: Calibration) -> None:
    table = short.coverage.table()
    assert set(table.index) == {
        "level in the fit",
        "level ahead",
        "value ahead",
        "probability",
        "difference",
    }
    assert (table["printed"] > _least(CI_PROB, 50, FAMILY_WISE / len(table))).all(), (
        table.to_string()
    )


class _Backwards:
    """A pool that sends a pickled function elsewhere and does the last task first."""

    def map(self, function: Callable[[Any], Any], tasks: Iterable[Any], /) -> list[Any]:
        sent, tasks = pickle.loads(pickle.dumps((function, list(tasks))))
        return [sent(task) for task in reversed(tasks)][::-1]


def test_a_world_depends_on_its_number_alone(short: Calibration) -> None:
    again = run("small", worlds=2, seed=1, settings=SHORT, pool=_Backwards()).records
    for record, before in zip(again, short.records, strict=False):
        assert {**record, "seconds": 0} == {**before, "seconds": 0}


def _ranks(u: np.ndarray) -> Ranks:
    ranks = pd.DataFrame(np.clip((u * 101).astype(int), 0, 100)).rename(columns=str)
    return Ranks(ranks, 100, ranks * 0 + 100.0)


@pytest.mark.parametrize(
    ("fault", "a", "b"), [("shifted", 1, 3), ("too narrow", 0.3, 0.3), ("too wide", 4, 4)]
)
def test_false_ranks_are_seen(fault: str, a: float, b: float) -> None:
    rng = np.random.default_rng(3)
    u = rng.random((50, 40))
    assert _ranks(u).p > FAMILY_WISE
    u[:, 7] = rng.beta(a, b, 50)
    found = _ranks(u)
    assert found.p < FAMILY_WISE, fault
    assert found.table().index[0] == "7"


def _worlds(spread: float) -> Coverage:
    """Return 300 worlds of five factors over six months whose draws are ``spread`` times as wide as they should be."""
    rng = np.random.default_rng(4)
    records: list[Record] = []
    for _ in range(300):
        truth = np.sqrt(0.5) * (rng.normal(size=(5, 1)) + rng.normal(size=(5, 6)))
        pit = {f"factor {j}": row.tolist() for j, row in enumerate(stats.norm.cdf(truth / spread))}
        inside = {label: [0.05 < u < 0.95 for u in row] for label, row in pit.items()}
        records.append(
            {"ranks": {}, "ess": {}, "pit": {"level ahead": pit}, "printed": {"level ahead": inside},
             "divergences": 0, "seconds": 0.0}
        )  # fmt: skip
    return Coverage.of(records)


def test_false_intervals_are_seen() -> None:
    assert _worlds(1.0).certified()
    assert not _worlds(0.8).certified()
    assert not _worlds(1.3).certified()


def test_months_of_a_span() -> None:
    assert month_shares("2023-07-10", "2023-09-15", "2023-01") == [(6, 22 / 31), (7, 1.0), (8, 0.5)]
