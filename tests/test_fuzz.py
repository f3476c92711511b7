"""A short form of ``make fuzz``: nothing that goes wrong ends in a traceback, in other numbers, or not at all."""

from __future__ import annotations

import time

import pytest
from tests.fuzz import run as fuzz_run
from tests.fuzz.run import MEMORY, run
from tests.fuzz.targets import Fuzz, OtherNumbers, never_sampled

import withdrawal_risk as wr
from withdrawal_risk.inference import cache, fit

MUTATIONS = 240


@pytest.fixture(scope="module")
def fuzz(posterior: wr.Posterior, tmp_path_factory: pytest.TempPathFactory) -> Fuzz:
    return Fuzz(tmp_path_factory.mktemp("fuzz"), posterior)


@pytest.mark.slow
def test_nothing_comes_of_what_goes_wrong(fuzz: Fuzz, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(fuzz.folder / "cache"))
    monkeypatch.setattr(fit, "_sample", never_sampled)
    account = run(fuzz, MUTATIONS, seed=20)
    assert account.faults == [] and account.count == MUTATIONS
    # Of a process that has compiled and sampled before, only what was added can be told.
    assert account.grown < MEMORY // 2
    # Both things happen: a run that refuses all or nothing tests nothing.
    outcomes = {outcome for _, outcome in account.outcomes}
    assert {"refused", "read", "answered", "a miss"} <= outcomes


def test_the_run_sees_what_must_not_be(fuzz: Fuzz, monkeypatch: pytest.MonkeyPatch) -> None:
    """A target that answers wrongly, one that breaks, one that says too much, and one that lasts too long."""

    class Wrong(Fuzz):
        def __init__(self) -> None:
            pass

        def targets(self):  # type: ignore[no-untyped-def]
            def breaks(rng: object) -> str:
                raise KeyError("x")

            def talks(rng: object) -> str:
                error = wr.WithdrawalRiskError("x")
                error.args = ("x" * 30_000,)
                raise error

            def lies(rng: object) -> str:
                raise OtherNumbers("an answer")

            def lasts(rng: object) -> str:
                time.sleep(0.02)
                return "done"

            return {"breaks": breaks, "talks": talks, "lies": lies, "lasts": lasts}

    monkeypatch.setattr(fuzz_run, "SLOW", 0.01)
    faults = run(Wrong(), 4, seed=1).faults
    assert len(faults) == 4
    for fault, told in zip(
        faults, ("KeyError", "30000 characters", "gave other numbers", "0.0 s"), strict=True
    ):
        assert told in fault


def test_a_damaged_answer_that_is_believed_is_seen(
    fuzz: Fuzz, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        cache, "read_sealed", lambda path, most: b'{"data": {"p": 0.9}, "text": ""}'
    )
    assert "gave other numbers" in run(_Only(fuzz, "cache"), 1, seed=1).faults[0]


class _Only(Fuzz):
    """One target alone."""

    def __init__(self, fuzz: Fuzz, name: str) -> None:
        self.fuzz, self.name = fuzz, name

    def targets(self):  # type: ignore[no-untyped-def]
        return {self.name: self.fuzz.targets()[self.name]}
