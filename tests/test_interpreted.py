"""Compiled functions return what their Python says, run line by line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from tests.interpreted import asked

ROOT = Path(__file__).parents[1]


def test_machine_code_is_its_python(tmp_path: Path) -> None:
    file = tmp_path / "interpreted.npz"
    subprocess.run(
        [sys.executable, "-m", "tests.interpreted", str(file)],
        cwd=ROOT,
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        check=True,
    )
    with np.load(file) as interpreted:
        compiled = asked()
        assert set(interpreted) == set(compiled)
        for name, values in compiled.items():
            np.testing.assert_allclose(
                np.asarray(interpreted[name], dtype=float), np.asarray(values, dtype=float),
                rtol=1e-9, atol=1e-9, err_msg=name,
            )  # fmt: skip
