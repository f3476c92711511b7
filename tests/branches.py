"""``python -m tests.branches``: which branches of ``src`` the tests take that `make test` runs.

They run folder by folder, so that one that ends badly leaves what the others recorded. Exit code 1
below the share that is asked for, or where a test fails.
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from coverage import Coverage

__all__ = ["LEAST", "TESTS", "branch_share", "parts", "run", "table"]

TESTS: Final = Path(__file__).parent

LEAST: Final = 92.0
"""Per cent of branches."""


def branch_share(totals: dict[str, Any]) -> float:
    """Return the share of branches taken, in per cent; of code without branches all."""
    if "num_branches" not in totals:
        raise SystemExit("no branch was recorded; run make test-coverage")
    if not totals["num_branches"]:
        return 100.0
    return float(100.0 * totals["covered_branches"] / totals["num_branches"])


def table(report: dict[str, Any]) -> str:
    """Return a line for each room of the package, and the total, from coverage's JSON."""
    rooms: dict[str, list[int]] = {}
    for name, file in report["files"].items():
        parts = Path(name).parts
        below = parts[parts.index("withdrawal_risk") + 1 :]
        room = rooms.setdefault(
            below[0] + "/" if len(below) > 1 else "files of the root", [0, 0, 0, 0]
        )
        for place, key in enumerate(
            ("covered_branches", "num_branches", "covered_lines", "num_statements")
        ):
            room[place] += file["summary"][key]
    lines = [f"{'':<20}{'branches':>10}{'lines':>10}"]
    rows = [*sorted(rooms.items()), ("all", [sum(column) for column in zip(*rooms.values())])]
    for name, (taken, branches, run, statements) in rows:
        shares = (
            100.0 * part / of if of else 100.0
            for part, of in ((taken, branches), (run, statements))
        )
        lines.append(f"{name:<20}" + "".join(f"{share:>8.1f} %" for share in shares))
    return "\n".join(lines)


def parts() -> list[list[Path]]:
    """Return what is run at a time: the tests of a folder, and last those beside the folders."""
    folders = {path.relative_to(TESTS).parts[0] for path in TESTS.glob("*/**/test_*.py")}
    # A mutant is run by a process of its own, on a copy of the package.
    return [*([TESTS / name] for name in sorted(folders - {"mutants"})), [*TESTS.glob("test_*.py")]]


def run(several: Sequence[Sequence[Path]], folder: Path) -> None:
    """Run tests under coverage, and put what each part recorded into a folder.

    It must be another than the one they are run in: a run begins by erasing what is there.
    """
    command = [sys.executable, "-m", "pytest", "-q", "--numprocesses", "2", "--dist", "loadfile"]
    failed = []
    for place, part in enumerate(several):
        ran = subprocess.run(
            [*command, "-m", "not slow", "--cov", "--cov-report=", *map(str, part)], check=False
        )
        # 5 says that all tests of a part are slow.
        if ran.returncode not in (0, 5):
            failed.append(part[0].name)
        if Path(".coverage").is_file():
            shutil.move(".coverage", folder / f".coverage.{place}")
    if failed:
        raise SystemExit(f"tests failed: {', '.join(failed)}")


def main() -> None:
    """Run the tests, print what they take, and compare it with what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.branches", description=__doc__)
    parser.add_argument("--least", type=float, default=LEAST)
    least = parser.parse_args().least
    text = io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        run(parts(), Path(folder))
        measured = Coverage()
        measured.combine([folder])
        measured.report(file=text)
        file = Path(folder) / "coverage.json"
        measured.json_report(outfile=str(file))
        report = json.loads(file.read_text(encoding="utf-8"))
    share = branch_share(report["totals"])
    print(text.getvalue(), table(report), sep="\n")
    print(f"branches of src taken: {share:.1f} %, at least {least:g} % are asked for")
    if share < least:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
