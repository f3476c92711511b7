"""The share of branches taken, by room and in all."""

from __future__ import annotations

from typing import Any

import pytest
from tests.branches import TESTS, branch_share, parts, table


def _file(taken: int, branches: int, run: int, statements: int) -> dict[str, Any]:
    keys = ("covered_branches", "num_branches", "covered_lines", "num_statements")
    return {"summary": dict(zip(keys, (taken, branches, run, statements)))}


def test_rooms_add_up_their_files() -> None:
    files = {
        "src/withdrawal_risk/plots/do.py": _file(3, 4, 9, 10),
        "src/withdrawal_risk/plots/deep/er.py": _file(5, 6, 10, 10),
        "src/withdrawal_risk/files.py": _file(0, 0, 1, 4),
    }
    lines = [line.split() for line in table({"files": files}).splitlines()[1:]]
    assert lines == [
        ["files", "of", "the", "root", "100.0", "%", "25.0", "%"],
        ["plots/", "80.0", "%", "95.0", "%"],
        ["all", "80.0", "%", "83.3", "%"],
    ]


@pytest.mark.parametrize(("taken", "branches", "share"), [(8, 10, 80.0), (0, 0, 100.0)])
def test_the_share_is_one_of_branches_alone(taken: int, branches: int, share: float) -> None:
    assert branch_share({"covered_branches": taken, "num_branches": branches}) == share


def test_a_run_that_recorded_nothing_says_so() -> None:
    with pytest.raises(SystemExit, match="make test-coverage"):
        branch_share({"covered_lines": 0})


def test_every_test_has_its_part() -> None:
    ran = {file for part in parts() for path in part for file in [path, *path.rglob("test_*.py")]}
    every = {path for path in TESTS.rglob("test_*.py") if "mutants" not in path.parts}
    assert every == {path for path in ran if path.is_file()}
