"""Builds a mutant in a folder of its own and runs the tests that must kill it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from tests.mutants.catalogue import MUTANTS, Change, Mutant

__all__ = ["AT_ONCE", "Outcome", "run_mutant", "run_sane"]

ROOT: Final = Path(__file__).parents[2]

AT_ONCE: Final = 2
"""Mutants run side by side."""

_SECONDS: Final = 300
"""That a mutant may take."""

_SECONDS_OF_ALL: Final = 1800
"""That the control may take, which runs the killers of all mutants."""


@dataclass(frozen=True)
class Outcome:
    """What pytest said of a copy.

    Parameters
    ----------
    code : int
        Exit code.
    killed_by : str or None
        The test whose assertion failed, if one did.
    errors : int
        Tests that could not be set up or collected.
    seconds : float
    output : str
    """

    code: int
    killed_by: str | None
    errors: int
    seconds: float
    output: str

    @property
    def killed(self) -> bool:
        """Whether a test ran and its assertion failed; a copy that does not import or start is no kill."""
        return self.code == 1 and self.killed_by is not None and self.errors == 0


def _apply(package: Path, change: Change) -> None:
    file = package / change.file
    text = file.read_text(encoding="utf-8")
    if text.count(change.old) != change.times or change.old == change.new:
        raise ValueError(
            f"{change.file} holds {text.count(change.old)} times, not {change.times}: {change.old!r}"
        )
    file.write_text(text.replace(change.old, change.new), encoding="utf-8")


def _build_copy(folder: Path, changes: Sequence[Change] = ()) -> None:
    """Copy the package and its tests, and change the copy.

    Kernels that are already compiled are copied too: they belong to the digest of their source, so that a mutant of
    the equation compiles its own.

    Raises
    ------
    ValueError
        If a text to replace does not stand in its file as often as it should.
    """
    for name in ("src", "tests", "models"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.pyc"))
    # The second says that scripts are modules.
    for name in ("pyproject.toml", "package.json"):
        shutil.copy(ROOT / name, folder)
    for change in changes:
        _apply(folder / "src" / "withdrawal_risk", change)


def _run_tests(folder: Path, tests: Sequence[str], fit: Path, seconds: float) -> Outcome:
    """Run tests of a copy until the first failure.

    Parameters
    ----------
    folder : Path
        As `_build_copy` left it.
    tests : sequence of str
        Node ids.
    fit : Path
        A saved fit of the small model by the library as it is.
    seconds : float
        After so many it is given up.
    """
    environment = os.environ | {
        "PYTHONPATH": str(folder / "src"), "SMALL_FIT": str(fit), "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    report = folder / "report.xml"
    began = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *tests],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=seconds,
    )  # fmt: skip
    took = time.perf_counter() - began
    killed_by, errors = None, 0
    for case in ElementTree.parse(report).iter("testcase") if report.is_file() else ():
        errors += len(case.findall("error"))
        if any("AssertionError" in (failure.text or "") for failure in case.findall("failure")):
            killed_by = f"{case.get('classname')}::{case.get('name')}"
    return Outcome(run.returncode, killed_by, errors, took, run.stdout[-4000:] + run.stderr[-2000:])


def run_mutant(mutant: Mutant, folder: Path, fit: Path) -> Outcome:
    """Build a mutant in an empty folder, run its killers and remove it."""
    _build_copy(folder, mutant.changes)
    outcome = _run_tests(folder, mutant.killers, fit, _SECONDS)
    shutil.rmtree(folder)
    return outcome


def run_sane(folder: Path, fit: Path) -> Outcome:
    """Run every killer on an unchanged copy, and make sure that it is the copy that is imported."""
    _build_copy(folder)
    package = folder / "src" / "withdrawal_risk" / "__init__.py"
    (folder / "tests" / "test_where.py").write_text(
        f"import withdrawal_risk\n\n\ndef test_where():\n    assert withdrawal_risk.__file__ == {str(package)!r}\n",
        encoding="utf-8",
    )
    killers = dict.fromkeys(killer for mutant in MUTANTS for killer in mutant.killers)
    return _run_tests(folder, ["tests/test_where.py", *killers], fit, _SECONDS_OF_ALL)
