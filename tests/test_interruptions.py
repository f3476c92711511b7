"""Whoever is interrupted leaves whole files or none: killed, or asked to stop, while fitting, saving and reporting."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import withdrawal_risk as wr

ACTS = {"save": "p.save(out)", "report": "wr.report(p, out, result=r)"}


def begun(code: str, *arguments: object, folder: Path) -> subprocess.Popen[bytes]:
    """Start a process that says when it is ready."""
    opening = "import signal, sys, withdrawal_risk as wr\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
    process = subprocess.Popen(
        [sys.executable, "-c", opening + code, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=os.environ | {"WITHDRAWAL_RISK_CACHE": str(folder)},
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == b"ready\n"
    return process


def stopped(process: subprocess.Popen[bytes], stop: signal.Signals) -> None:
    for _ in range(6):
        # HDF5 asks Python for bytes in the middle of its own work, and may lose the first request to stop.
        process.send_signal(stop)
        try:
            process.wait(10)
            break
        except subprocess.TimeoutExpired:
            continue
    assert process.returncode is not None and process.stdout is not None
    process.stdout.close()


def left_in(folder: Path) -> list[Path]:
    """Return the files under their names; what a killed process was writing lies beside, under a name of its own."""
    return (
        sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        if folder.is_dir()
        else []
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("act", "stop"), [("save", signal.SIGKILL), ("save", signal.SIGINT), ("report", signal.SIGINT)],
    ids=["save, killed", "save, asked to stop", "report, asked to stop"],
)  # fmt: skip
def test_nothing_is_left_half_written(
    act: str, stop: signal.Signals, posterior: wr.Posterior, tmp_path: Path
) -> None:
    posterior.save(tmp_path / "small.nc")
    out = tmp_path / "out" / ("out.html" if act == "report" else "out.nc")
    code = (
        "p, out = wr.open_posterior(sys.argv[1]), sys.argv[2]\nr = wr.outlook(p, futures=2)\n"
        f"print('ready', flush=True)\nwhile True: {ACTS[act]}\n"
    )
    process = begun(code, tmp_path / "small.nc", out, folder=tmp_path / "out")
    began = time.monotonic()
    while not out.is_file() and time.monotonic() - began < 60:
        time.sleep(0.01)
    time.sleep(0.37)
    stopped(process, stop)
    assert left_in(out.parent) == [out]
    if stop == signal.SIGINT:
        assert list(out.parent.iterdir()) == [out], "who is asked to stop tidies up"
    if act == "save":
        assert wr.open_posterior(out).digest == posterior.digest
    else:
        assert out.read_text(encoding="utf-8").rstrip().endswith("</html>")


@pytest.mark.slow
def test_fits_that_were_kept_stay_whole(posterior: wr.Posterior, tmp_path: Path) -> None:
    """A process keeps one fit after the other, and is killed somewhere among them."""
    posterior.save(tmp_path / "small.nc")
    code = (
        "import itertools\nfrom withdrawal_risk.inference.cache import fit_path, store_fit\n"
        "p = wr.open_posterior(sys.argv[1])\nprint('ready', flush=True)\n"
        "for n in itertools.count(): store_fit(fit_path(p.model, p.as_of, {'n': n}), p)\n"
    )
    folder = tmp_path / "cache"
    process = begun(code, tmp_path / "small.nc", folder=folder)
    began = time.monotonic()
    while len(left_in(folder)) < 2 and time.monotonic() - began < 60:
        time.sleep(0.01)
    time.sleep(0.23)
    stopped(process, signal.SIGKILL)
    assert len(left_in(folder)) >= 2
    assert {wr.open_posterior(path).digest for path in left_in(folder)} == {posterior.digest}
