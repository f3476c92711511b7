"""Fits and answers in child processes, by spawn and by fork, are those of the parent."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest

import withdrawal_risk as wr

ROOT = Path(__file__).parents[1]
SMALL = str(ROOT / "tests" / "data" / "small")


def answer(folder: str) -> str:
    """Fit a model with few draws; return its outlook to the last digit."""
    posterior = wr.fit(
        wr.load_model(folder), draws=50, tune=100, chains=2, random_seed=1, progressbar=False
    )
    return wr.outlook(posterior, futures=8).summary.to_json(double_precision=15)


def compare() -> None:
    """Compare the answers of children with that of their parent, which has sampled before."""
    own = answer(SMALL)
    for method in ("spawn", "fork"):
        with multiprocessing.get_context(method).Pool(1) as pool:
            assert pool.apply_async(answer, (SMALL,)).get(timeout=240) == own, method
    print("equal")


@pytest.mark.slow
def test_children_answer_as_their_parent() -> None:
    # In a process of its own: the threads of other tests are not the subject. That a process with
    # threads is forked is what is tried, and what Python warns of.
    done = subprocess.run(
        [
            *(sys.executable, "-W", "error", "-W", "ignore:This process:DeprecationWarning"),
            *("-c", "from tests.test_processes import compare; compare()"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout == "equal\n"
