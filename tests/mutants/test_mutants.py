"""Every mutant is killed, and the sane copy is not."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.mutants.catalogue import MUTANTS, Mutant
from tests.mutants.runner import AT_ONCE, Outcome, build_copy, run_mutant, run_tests

import withdrawal_risk as wr

Running = dict[str, Future[Outcome]]


@pytest.fixture(scope="module")
def fit(posterior: wr.Posterior, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fit") / "small.nc"
    posterior.save(path)
    return path


@pytest.fixture(scope="module")
def running(request: pytest.FixtureRequest, fit: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The mutants among the tests to come, some of them ahead of their tests."""
    calls = [item.callspec for item in request.session.items if getattr(item, "callspec", None)]
    chosen = [call.params["mutant"] for call in calls if "mutant" in call.params]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {
            mutant.name: pool.submit(run_mutant, mutant, tmp_path_factory.mktemp("mutants") / mutant.name, fit)
            for mutant in chosen
        }


def test_the_sane_copy_lives(fit: Path, tmp_path: Path) -> None:
    """Control: unchanged, from its own folder, the package passes every test that kills a mutant."""
    build_copy(tmp_path / "sane")
    where = tmp_path / "sane" / "tests" / "test_where.py"
    package = str(tmp_path / "sane" / "src" / "withdrawal_risk" / "__init__.py")
    where.write_text(
        f"import withdrawal_risk\ndef test_where():\n    assert withdrawal_risk.__file__ == {package!r}\n",
        encoding="utf-8",
    )
    killers = dict.fromkeys(killer for mutant in MUTANTS for killer in mutant.killers)
    outcome = run_tests(tmp_path / "sane", ["tests/test_where.py", *killers], fit)
    assert outcome.code == 0, outcome.output


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_is_killed(mutant: Mutant, running: Running) -> None:
    outcome = running[mutant.name].result()
    assert outcome.killed, f"{mutant.fault} No test saw it: exit code {outcome.code}\n{outcome.output}"
