"""The library's own graph, compiled and sampled as `withdrawal_risk.fit` does."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import nutpie
from numba import njit
from pytensor.configdefaults import config

from benchmarks.problem import Floats, Problem
from withdrawal_risk.inference import build as module

__all__ = ["prepare", "prepare_scan"]


@njit(error_model="numpy")
def _repeat(function: Any, points: Any, *shared: Any) -> float:
    total = 0.0
    for point in points:
        total += function(point, *shared)[0].item()
    return total


class _Library:
    def __init__(self, problem: Problem) -> None:
        names = [name if name != "reference" else "anchor" for name, _ in problem.names]
        # A large network's frame takes longer than anything timed here.
        module.build_frame = lambda *_: problem.frame  # type: ignore[assignment]
        graph = module.build(problem.model)
        # As in `fit`.
        with config.change_flags(numba__fastmath=False):
            self.compiled = nutpie.compile_pymc_model(graph, var_names=names)
        self.names = names
        self.function = self.compiled.logp_func.vm.jit_fn
        self.shared = [variable.get_value() for variable in self.compiled.logp_func.get_shared()]

    def evaluate(self, point: Floats) -> tuple[float, Floats]:
        value, gradient = self.function(point, *self.shared)
        return float(value), np.asarray(gradient)

    def seconds(self, points: Floats) -> float:
        _repeat(self.function, points[:1], *self.shared)
        begin = time.perf_counter()
        _repeat(self.function, points, *self.shared)
        return (time.perf_counter() - begin) / len(points)

    def sample(self, *, draws: int, tune: int, chains: int, target_accept: float, random_seed: int) -> Floats:
        tree = nutpie.sample(
            self.compiled, draws=draws, tune=tune, chains=chains, target_accept=target_accept, seed=random_seed,
            progress_bar=False,
        )  # fmt: skip
        posterior = tree["posterior"].dataset
        return np.concatenate([posterior[name].values.reshape(chains, draws, -1) for name in self.names], axis=2)


def prepare(problem: Problem) -> _Library:
    """Compile."""
    return _Library(problem)


def prepare_scan(problem: Problem) -> _Library:
    """Compile the same graph with its levels computed by `pytensor.scan`."""
    from benchmarks.peers.scan_levels import scan_levels

    module.levels = scan_levels  # type: ignore[assignment]
    return _Library(problem)
