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

ACTS = {
    "save": "p.save(out)",
    "report": "wr.report(p, out, result=r)",
    "fit": "wr.fit(p.model, draws=200_000, progressbar=False, cache=True)",
}


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT], ids=["killed", "asked to stop"])
@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_left_half_written(act: str, stop: signal.Signals, posterior: wr.Posterior, tmp_path: Path) -> None:
    posterior.save(tmp_path / "small.nc")
    out = tmp_path / "out" / ("out.html" if act == "report" else "out.nc")
    code = (
        "import signal, sys, withdrawal_risk as wr\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "p, out = wr.open_posterior(sys.argv[1]), sys.argv[2]\n"
        "r = wr.outlook(p, futures=2)\n"
        "print('ready', flush=True)\n"
        f"while True: {ACTS[act]}\n"
    )
    environment = os.environ | {"WITHDRAWAL_RISK_CACHE": str(tmp_path / "out")}
    process = subprocess.Popen(
        [sys.executable, "-c", code, tmp_path / "small.nc", out], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == b"ready\n"
    began = time.monotonic()
    while act != "fit" and not out.is_file() and time.monotonic() - began < 60:
        time.sleep(0.01)
    time.sleep(0.37)
    process.send_signal(stop)
    process.wait(60)
    process.stdout.close()
    left = list((tmp_path / "out").glob("*")) if (tmp_path / "out").is_dir() else []
    assert left == ([] if act == "fit" else [out])
    if stop == signal.SIGINT:
        assert not list((tmp_path / "out").glob(".*")) if left else True
    if act == "save":
        assert wr.open_posterior(out).digest == posterior.digest
    if act == "report":
        assert out.read_text(encoding="utf-8").rstrip().endswith("</html>")
