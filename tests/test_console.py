"""What is printed reaches a person, whatever the terminal can show."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import withdrawal_risk as wr

SMALL = str(Path(__file__).parent / "data" / "small")
LINE = "−12 points, 5 % → «الفجوات»"


def printed(encoding: str, code: str) -> tuple[int, str]:
    """Return what a process prints on a console of some encoding."""
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "LC_ALL": "C"}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=False
    )
    return run.returncode, run.stdout.decode(encoding)


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("ascii", '-12 points, 5 % -> "\\u0627\\u0644\\u0641\\u062c\\u0648\\u0627\\u062a"'),
        ("cp1252", "-12 points, 5 % -> «\\u0627\\u0644\\u0641\\u062c\\u0648\\u0627\\u062a»"),
        ("utf-8", LINE),
    ],
)
def test_consoles_without_a_character_show_it_plainly(encoding: str, shown: str) -> None:
    code = f"from withdrawal_risk.console import prepare; prepare(); print({LINE!a})"
    assert printed(encoding, code) == (0, shown + "\n")


def test_an_answer_on_an_ascii_console(posterior: wr.Posterior, tmp_path: Path) -> None:
    """The whole command, with a fit that is kept: what was worked out is not lost to the console."""
    from withdrawal_risk.inference import cache

    model = posterior.model
    os.environ["WITHDRAWAL_RISK_CACHE"] = str(tmp_path)
    try:
        settings = {name: posterior.settings[name] for name in
                    ("draws", "tune", "chains", "random_seed", "target_accept", "nuts_sampler", "store")}  # fmt: skip
        posterior.save(cache.fit_path(model, model.as_of, settings))
        command = [
            "do",
            SMALL,
            "--set",
            "tension=low",
            "--draws",
            "1000",
            "--tune",
            "1000",
            "--futures",
            "4",
        ]
        code = f"from withdrawal_risk.cli import main; main({command!r})"
        status, text = printed("ascii", code)
        assert status in (0, 3) and "Tension set to 'low'" in text and text.isascii()
    finally:
        del os.environ["WITHDRAWAL_RISK_CACHE"]


def test_errors_do_not_reach_standard_output(tmp_path: Path) -> None:
    """Where standard error is closed they reach nobody; the exit code says it."""
    code = "from withdrawal_risk.cli import main; main(['check', 'nowhere'])"
    command = f'"{sys.executable}" -c "{code}" 2>&-'
    run = subprocess.run(command, shell=True, capture_output=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (1, b"", b"")


def test_warnings_are_notes(tmp_path: Path) -> None:
    (tmp_path / "iraq-2025").mkdir()
    code = "from withdrawal_risk.cli import main; main(['validate', 'iraq-2025'])"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (
        "note: 'iraq-2025' is a shipped model and a folder here; the shipped one is read"
        in run.stderr
    )
    assert "For the folder write './iraq-2025'" in run.stderr and "Traceback" not in run.stderr
