"""Work shared out: all of it, once, and its faults are heard."""

from __future__ import annotations

import os

import numpy as np
import pytest

from withdrawal_risk.cores import share_out


@pytest.mark.parametrize("cores", [1, 2, 5, None])
@pytest.mark.parametrize("count", [0, 1, 3, 1000])
def test_everything_is_done_once(count: int, cores: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    done = np.zeros(count, dtype=int)

    def work(begin: int, end: int) -> None:
        done[begin:end] += 1

    share_out(count, work)
    assert (done == 1).all()


def test_a_fault_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    with pytest.raises(ZeroDivisionError):
        share_out(100, lambda begin, end: 1 // begin)  # type: ignore[arg-type,return-value]
