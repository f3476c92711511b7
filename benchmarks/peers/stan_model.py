"""The same model in Stan, compiled with the headers and the translator that PyStan ships."""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpstan.compile
import numpy as np

from benchmarks.problem import Floats, Problem

__all__ = ["prepare"]

_HERE = Path(__file__).parent
_ONE_BASED = {
    "latent", "baseline", "effect_factor", "edge_start", "edge_parent", "measured", "error_of", "gap_start",
    "spoken_start", "spoken_month", "row_indicator", "cell_start", "cell_month", "shock_at",
}  # fmt: skip
"""Positions, which Stan counts from 1; where a group begins stays an offset."""


def _data(problem: Problem) -> dict[str, Any]:
    a = problem.arrays
    given: dict[str, Any] = a._asdict()
    groups = {name: where.stop - where.start for name, where in problem.names}
    given |= {
        "size": problem.size, "n": a.given.shape[1], "months": a.given.shape[0], "latents": a.latent.size,
        "edges": a.edge_parent.size, "baselines": a.baseline.size, "effects": a.effect_factor.size,
        "indicators": a.measured.size, "gaps": groups.get("category_gap_size", 0),
        "smooths": groups.get("innovation_smooth", 0), "jumps": groups.get("innovation_jump", 0),
        "errors": groups.get("error", 0), "rows": a.row_value.size, "cells": a.cell_month.size,
        "spokens": a.spoken_month.size, "clamped": a.clamped.astype(int),
    }  # fmt: skip
    return {
        name: (value + 1 if name in _ONE_BASED else value).tolist()
        if isinstance(value, np.ndarray)
        else int(value)
        for name, value in given.items()
    }


def _bridge(code: str) -> Any:
    """Compile the model with its bridge, with PyStan's own flags, unless it has been; and load it.

    PyStan itself cannot: its compiled half needs a symbol that Python 3.13 no longer has.
    """
    package = Path(httpstan.compile.__file__).parent
    bridge = _HERE / "stan_bridge.cpp"
    folder = (
        Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
        / "withdrawal-risk-benchmarks"
    )
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256((code + bridge.read_text() + httpstan.__version__).encode()).hexdigest()[
        :16
    ]
    made, source = folder / f"{name}.so", folder / f"{name}.hpp"
    if not made.exists():
        source.write_text(httpstan.compile.compile(code, "bridged")[0])
        command = [
            "g++", "-O3", "-std=c++17", "-shared", "-fPIC", "-w", "-DBOOST_DISABLE_ASSERTS", "-DSTAN_THREADS",
            "-DBOOST_PHOENIX_NO_VARIADIC_EXPRESSION", "-D_REENTRANT", "-D_GLIBCXX_USE_CXX11_ABI=0",
            f'-DMODEL="{source}"', f"-I{package / 'include'}", str(bridge),
            f"-L{package / 'lib'}", "-ltbb", f"-Wl,-rpath,{package / 'lib'}", "-o", f"{made}.part",
        ]  # fmt: skip
        subprocess.run(command, check=True)
        Path(f"{made}.part").rename(made)
    library = ctypes.CDLL(str(made))
    library.open_model.restype = ctypes.c_void_p
    library.gradients.restype = ctypes.c_double
    return library


def _pointer(array: Floats) -> Any:
    return array.ctypes.data_as(ctypes.c_void_p)


class _Stan:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.library = _bridge((_HERE / "model.stan").read_text())
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(_data(problem), file)
            file.flush()
            self.model = ctypes.c_void_p(self.library.open_model(file.name.encode()))

    def _gradients(self, points: Floats) -> tuple[float, float, Floats]:
        value, gradient = ctypes.c_double(), np.empty(points.shape[1])
        passed = self.library.gradients(
            self.model,
            _pointer(np.ascontiguousarray(points)),
            *points.shape,
            ctypes.byref(value),
            _pointer(gradient),
        )
        return passed / len(points), value.value, gradient

    def evaluate(self, point: Floats) -> tuple[float, Floats]:
        _, value, gradient = self._gradients(point[None])
        return value, gradient

    def seconds(self, points: Floats) -> float:
        return self._gradients(points)[0]

    def sample(
        self, *, draws: int, tune: int, chains: int, target_accept: float, random_seed: int
    ) -> Floats:
        size = self.problem.size
        starts, result = self.problem.points(chains, random_seed), np.empty((chains, draws, size))

        def run(chain: int) -> int:
            return int(
                self.library.sample(
                    self.model, _pointer(starts[chain]), size, random_seed, chain + 1, tune, draws,
                    ctypes.c_double(target_accept), _pointer(result[chain]),
                )
            )  # fmt: skip

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            if any(pool.map(run, range(chains))):
                raise RuntimeError("a chain of Stan failed")
        return result


def prepare(problem: Problem) -> _Stan:
    """Compile."""
    return _Stan(problem)
