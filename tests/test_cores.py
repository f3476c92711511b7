"""Work shared out: all of it, once, and its faults are heard."""

from __future__ import annotations

import os
import time

import numpy as np
import pytest

from withdrawal_risk.cores import cores, share_out, spread


@pytest.mark.parametrize("cores", [1, 2, 5, None])
@pytest.mark.parametrize("count", [0, 1, 3, 1000])
def test_everything_is_done_once(count: int, cores: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
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
    assert cores() == 4
    assert set(spread(range(8), lambda _: cores())) == {1}
    assert cores() == 4, "when it is over all cores are free"


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
