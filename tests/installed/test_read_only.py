"""The package where its own folder cannot be written: compiled code goes to the home, or nowhere."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tests.installed.distributions import ROOT, build, unpack
from tests.installed.unprivileged import cannot_drop, read_only, run

pytestmark = pytest.mark.skipif(cannot_drop, reason="root passes over permissions; needs setpriv")

CODE = """
import pathlib, sys
sys.path.insert(0, sys.argv[1])
import numpy as np
import withdrawal_risk as wr
from withdrawal_risk.families import special

assert wr.__file__.startswith(sys.argv[1])
try:
    (pathlib.Path(wr.__file__).parent / "written").touch()
except PermissionError:
    pass
else:
    raise SystemExit("the folder can be written, so that nothing is tried here")
print(wr.load_model("iraq-2011").id, special.digamma(1.0), sum(special.digamma.stats.cache_hits.values()))
"""
EULER = -0.5772156649015329


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = build(tmp_path_factory.mktemp("dist"), ROOT, "wheel")
    folder = unpack(made.wheel, tmp_path_factory.mktemp("site"))
    read_only(folder)
    return folder


def _tried(site: Path, home: Path, folder: Path) -> tuple[str, int]:
    """Return a model's id and how often the code of a compiled function was found stored."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("NUMBA_")}
    done = run([sys.executable, "-c", CODE, site], kept | {"HOME": str(home)}, folder)
    assert done.returncode == 0, done.stdout + done.stderr
    model, value, hits = done.stdout.split()
    assert float(value) == pytest.approx(EULER)
    return model, int(hits)


def test_compiled_code_is_stored_in_the_home(site: Path, tmp_path: Path) -> None:
    assert _tried(site, tmp_path, tmp_path) == ("iraq-2011", 0)
    assert list((tmp_path / ".cache" / "numba").rglob("*.nbi"))
    assert _tried(site, tmp_path, tmp_path) == ("iraq-2011", 1)


def test_without_a_home_it_is_compiled_for_the_process(site: Path, tmp_path: Path) -> None:
    for _ in range(2):
        assert _tried(site, Path("/dev/null/none"), tmp_path) == ("iraq-2011", 0)
    assert not list(site.rglob("__pycache__")) and not list(tmp_path.iterdir())
