"""Compilers that find no place for what they keep do without."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from withdrawal_risk import machine_code


def test_without_a_place_functions_are_compiled_for_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, asked = machine_code.njit, []  # type: ignore[attr-defined]

    def homeless(**options: Any) -> Callable[..., Any]:
        asked.append(options.get("cache", False))
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return real(**options)

    monkeypatch.setattr(machine_code, "njit", homeless)
    try:
        double = machine_code.compiled(lambda x: 2 * x)
    except RuntimeError:
        double = None
    assert double is not None and double(3) == 6 and asked == [True, False]


@pytest.mark.parametrize(
    ("home", "flags", "private"),
    [
        ("/dev/null/none", "", True),
        ("/dev/null/none", "floatX=float64", True),
        ("/dev/null/none", "base_compiledir=/x", False),
        ("", "", False),
    ],
)
def test_a_private_folder_stands_in_for_a_home(home: str, flags: str, private: bool) -> None:
    code = "import os, withdrawal_risk; f = os.environ.get('PYTENSOR_FLAGS', ''); print(f); print(os.path.isdir(f.split('base_compiledir=')[-1]))"
    environment = {**os.environ, "PYTENSOR_FLAGS": flags, **({"HOME": home} if home else {})}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    named, there = run.stdout.splitlines()
    assert ("withdrawal-risk-" in named) is private and named.startswith(flags)
    if private:
        assert there == "True" and not os.path.isdir(named.split("base_compiledir=")[-1]), (
            "it goes with the process"
        )
