"""Every mutant is killed, and the sane copy is not."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.mutants.catalogue import MUTANTS, Mutant
from tests.mutants.runner import AT_ONCE, Outcome, run_mutant, run_sane

import withdrawal_risk as wr

Running = dict[str, Future[Outcome]]

SANE = "sane"


@pytest.fixture(scope="module")
def fit(posterior: wr.Posterior, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fit") / "small.nc"
    posterior.save(path)
    return path


@pytest.fixture(scope="module")
def running(
    request: pytest.FixtureRequest, fit: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """The control, and the mutants among the tests to come; they run ahead of their tests."""
    calls = [item.callspec for item in request.session.items if getattr(item, "callspec", None)]  # type: ignore[attr-defined]
    chosen = [call.params["mutant"] for call in calls if "mutant" in call.params]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        folder = tmp_path_factory.mktemp("copies")
        started = {SANE: pool.submit(run_sane, folder / SANE, fit)}
        yield started | {
            mutant.name: pool.submit(run_mutant, mutant, folder / mutant.name, fit)
            for mutant in chosen
        }


def test_the_sane_copy_lives(running: Running) -> None:
    """Control: unchanged, from a folder of its own, the package passes every test that kills a mutant."""
    outcome = running[SANE].result()
    assert outcome.code == 0, outcome.output


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_is_killed(mutant: Mutant, running: Running) -> None:
    outcome = running[mutant.name].result()
    assert outcome.killed, (
        f"{mutant.fault} No test saw it: exit code {outcome.code}\n{outcome.output}"
    )
