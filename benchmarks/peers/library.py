"""The library's own graph, compiled and sampled as `withdrawal_risk.fit` does."""

from __future__ import annotations

import ctypes
import time

import numpy as np
import nutpie

from benchmarks.problem import Floats, Problem
from withdrawal_risk.inference import build as module
from withdrawal_risk.inference.fit import compile_graph

__all__ = ["prepare", "prepare_scan"]


class _Library:
    def __init__(self, problem: Problem) -> None:
        names = [name if name != "reference" else "anchor" for name, _ in problem.names]
        graph = module.build_graph(problem.model, problem.frame, problem.model.as_of)
        self.compiled = compile_graph(graph, names)
        self.names = names
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


def prepare(problem: Problem) -> _Library:
    """Compile."""
    return _Library(problem)


def prepare_scan(problem: Problem) -> _Library:
    """Compile the same graph with its levels computed by `pytensor.scan`."""
    from benchmarks.peers.scan_levels import scan_levels

    module.levels = scan_levels  # type: ignore[assignment, attr-defined]
    return _Library(problem)
