"""Work shared out: all of it, once, and its faults are heard."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

import numpy as np
import pytest

import withdrawal_risk as wr
from withdrawal_risk.cores import at_most, share_out, spread
from withdrawal_risk.cores import cores as cores_to_use
from withdrawal_risk.queries import history


@pytest.mark.parametrize("cores", [1, 2, 5, None])
@pytest.mark.parametrize("count", [0, 1, 3, 1000])
def test_everything_is_done_once(
    count: int, cores: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "process_cpu_count", lambda: cores)
    done = np.zeros(count, dtype=int)

    def work(begin: int, end: int) -> None:
        done[begin:end] += 1

    share_out(count, work)
    assert (done == 1).all()


def test_a_fault_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "process_cpu_count", lambda: 2)
    with pytest.raises(ZeroDivisionError):
        share_out(100, lambda begin, end: 1 // begin)  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize("many", [1, 2, 5])
def test_answers_come_in_order(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "process_cpu_count", lambda: many)

    def late(item: int) -> int:
        time.sleep(0.02 if item % 3 == 0 else 0)
        return item**2

    assert list(spread(range(20), late)) == [item**2 for item in range(20)]


def test_items_are_taken_as_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "process_cpu_count", lambda: 2)
    taken = []
    answers = spread(map(taken.append, range(100)), lambda _: None)
    next(answers)
    assert len(taken) <= 4


def test_a_share_is_not_shared_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "process_cpu_count", lambda: 4)
    assert cores_to_use() == 4
    assert set(spread(range(8), lambda _: cores_to_use())) == {1}
    assert cores_to_use() == 4, "when it is over all cores are free"


def test_after_a_fault_nothing_more_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "process_cpu_count", lambda: 2)
    begun = []

    def work(item: int) -> None:
        begun.append(item)
        time.sleep(0.05)
        if item == 0:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(spread(range(100), work, ahead=100))
    assert len(begun) < 10


def test_no_more_cores_than_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "process_cpu_count", lambda: 8)
    assert cores_to_use() == 8
    with at_most(2):
        assert cores_to_use() == 2
        with at_most(None):
            assert cores_to_use() == 8
        assert cores_to_use() == 2
    assert cores_to_use() == 8


def test_a_process_that_is_held_to_one_core_uses_one() -> None:
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("processes are not held to cores here")
    code = "import os; os.sched_setaffinity(0, {0}); from withdrawal_risk.cores import cores; print(cores())"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "1"


def test_history_holds_its_outlooks_to_its_cores(
    posterior: wr.Posterior, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def watched(asked: wr.Posterior, **_: Any) -> wr.Result:
        seen.append(cores_to_use())
        return wr.outlook(asked, futures=2)

    # What is sampled is not the subject.
    monkeypatch.setattr(
        history,
        "fit",
        lambda *_, **settings: seen.append(settings["cores"]) or posterior,  # type: ignore[func-returns-value]
    )

    monkeypatch.setattr(history, "outlook", watched)
    monkeypatch.setattr(os, "process_cpu_count", lambda: 4)
    wr.history(posterior.model, ["2023-11"], cores=1, progressbar=False)
    assert seen == [1, 1]
