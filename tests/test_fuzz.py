"""A short form of ``make fuzz``: nothing that goes wrong ends in a traceback, in other numbers, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fuzz.run import MEMORY, run
from tests.fuzz.targets import Fuzz, never_sampled

import withdrawal_risk as wr
from withdrawal_risk.inference import fit

MUTATIONS = 400


@pytest.fixture(scope="module")
def fuzz(posterior: wr.Posterior, tmp_path_factory: pytest.TempPathFactory) -> Fuzz:
    return Fuzz(tmp_path_factory.mktemp("fuzz"), posterior)


def test_nothing_comes_of_what_goes_wrong(fuzz: Fuzz, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(fuzz.folder / "cache"))
    monkeypatch.setattr(fit, "_sample", never_sampled)
    account = run(fuzz, MUTATIONS, seed=20)
    assert account.faults == [] and account.count == MUTATIONS
    # Both things happen: a run that refuses all or nothing tests nothing.
    outcomes = {outcome for _, outcome in account.outcomes}
    assert {"refused", "read", "answered", "a miss"} <= outcomes


def test_the_run_sees_what_must_not_be(fuzz: Fuzz, monkeypatch: pytest.MonkeyPatch) -> None:
    """A target that answers wrongly, one that breaks, and one that says too much."""

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

            return {"breaks": breaks, "talks": talks}

    account = run(Wrong(), 2, seed=1)
    assert "KeyError" in account.faults[0] and "30000 characters" in account.faults[1]
    assert account.memory < 8 * MEMORY and Path(fuzz.folder).is_dir()
