"""The library as `withdrawal_risk.fit` samples it, and PyMC's own graph of the same model."""

from __future__ import annotations

import ctypes
import time
from typing import Any

import numpy as np
import nutpie

from benchmarks.problem import Floats, Problem
from withdrawal_risk.inference import build as module
from withdrawal_risk.inference.fit import compile_graph
from withdrawal_risk.inference.operation import compiled_model

__all__ = ["prepare", "prepare_graph", "prepare_scan"]


class _Nutpie:
    """What nutpie samples, and the names under which it stores the unknowns."""

    def __init__(self, compiled: Any, names: list[str]) -> None:
        self.compiled, self.names = compiled, names
        kind = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_uint64, *[ctypes.c_void_p] * 4)
        # What the sampler itself calls; it reads evidence from `user_data`.
        self.function = kind(self.compiled.compiled_logp_func.address)
        self.data = self.compiled.user_data.ctypes.data

    def evaluate(self, point: Floats) -> tuple[float, Floats]:
        value, gradient = np.empty(1), np.empty(point.size)
        code = self.function(
            point.size, point.ctypes.data, gradient.ctypes.data, value.ctypes.data, self.data
        )
        if code:
            raise FloatingPointError(f"the library's density failed with code {code}")
        return float(value[0]), gradient

    def seconds(self, points: Floats) -> float:
        value, gradient = np.empty(1), np.empty(points.shape[1])
        size, to, result = gradient.size, gradient.ctypes.data, value.ctypes.data
        places = [point.ctypes.data for point in points]
        begin = time.perf_counter()
        for place in places:
            self.function(size, place, to, result, self.data)
        return (time.perf_counter() - begin) / len(points)

    def sample(
        self, *, draws: int, tune: int, chains: int, target_accept: float, random_seed: int
    ) -> Floats:
        tree = nutpie.sample(
            self.compiled, draws=draws, tune=tune, chains=chains, target_accept=target_accept, seed=random_seed,
            progress_bar=False,
        )  # fmt: skip
        posterior = tree["posterior"].dataset
        return np.concatenate(
            [posterior[name].values.reshape(chains, draws, -1) for name in self.names], axis=2
        )


def prepare(problem: Problem) -> _Nutpie:
    """Compile the density that serves every model."""
    compiled = compiled_model(problem.model, problem.frame, problem.model.as_of)
    return _Nutpie(compiled, list(compiled.shape_info[0]))


def prepare_graph(problem: Problem) -> _Nutpie:
    """Compile PyMC's own graph."""
    graph = module.build_graph(problem.model, problem.frame, problem.model.as_of)
    return _Nutpie(compile_graph(graph), [variable.name for variable in graph.free_RVs])


def prepare_scan(problem: Problem) -> _Nutpie:
    """Compile the same graph with its levels computed by `pytensor.scan`."""
    from benchmarks.peers.scan_levels import scan_levels

    module.levels = scan_levels  # type: ignore[assignment, attr-defined]
    return prepare_graph(problem)
