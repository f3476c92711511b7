"""What compiled functions return, asked in a way that also works where Numba compiles nothing.

``NUMBA_DISABLE_JIT=1 python -m tests.interpreted FILE`` writes it to an ``.npz`` file. A tool that
watches Python sees the functions then, line by line.
"""

from __future__ import annotations

import ctypes
import os
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
from tests.inference.test_density import FILES

import withdrawal_risk as wr
from withdrawal_risk.dynamics.equation import PathInputs
from withdrawal_risk.dynamics.kernel import simulate_futures, simulate_past
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.families.poisson import poisson_quantile
from withdrawal_risk.inference import density, direct, packing
from withdrawal_risk.inference.alignment import fit_window
from withdrawal_risk.inference.parameters import build_frame
from withdrawal_risk.inference.problem import locations_and_scales, problem_of
from withdrawal_risk.model.many_futures import statistic_meets
from withdrawal_risk.simulation.streams import stream_of

__all__ = ["asked"]

EVERY_FAMILY = ("small", "random", "jumps", "drift", "states", "heavy", "bare")


def _interpreted_entry(unknowns: int, x: Any, gradient: Any, value: Any, words: int) -> int:
    return density._log_density(unknowns, x, gradient, value, ctypes.c_void_p(words))


def _densities() -> dict[str, Any]:
    """Return log density and gradient at a point of files with every family and prior."""
    found = {}
    rng = np.random.default_rng(5)
    for name in EVERY_FAMILY:
        files = FILES[name]
        model, month = wr.Model.from_texts(files.model, files.evidence), Month.read(files.as_of[1])
        frame = build_frame(model, fit_window(model, month))
        mu, sigma = locations_and_scales(frame)
        words = packing.pack(problem_of(model, frame, month))
        value, gradient = density.evaluate(mu + sigma * rng.uniform(-1, 1, mu.size), words)
        found[f"density {name}"] = np.array([value, *gradient])
    return found


def _paths() -> dict[str, Any]:
    """Return pasts and futures of two factors, some cells clamped, one with a level a future."""
    rng = np.random.default_rng(6)
    draws, before, months, futures = 3, 4, 5, 2
    inputs = PathInputs(
        phi=rng.uniform(0.2, 0.9, (draws, 2)),
        weight=rng.normal(size=(draws, 1)),
        own_scale=rng.uniform(0.3, 1, (draws, 2)),
        drive=rng.normal(size=(draws, before, 2)),
        start=rng.normal(size=(draws, 2)),
        innovation=rng.normal(size=(draws, before - 1, 2)),
        clamped=rng.random((before, 2)) < 0.3,
        given=rng.normal(size=(1, before, 2)),
        edge_start=np.array([0, 0, 1]),
        edge_parent=np.array([0]),
        edge_lag=np.array([1]),
        edge_scale=np.zeros((0, 1)),
    )
    past = simulate_past(inputs)
    clamped = np.zeros((before + months, 2), bool)
    clamped[before + 1 :, 0] = clamped[before + 3, 1] = True
    ahead = inputs._replace(
        drive=rng.normal(size=(draws, before + months, 2)),
        innovation=rng.normal(size=(draws, months, 2, futures)),
        clamped=clamped,
        given=rng.normal(size=(draws, months, 2)),
        edge_scale=rng.uniform(0, 2, (before + months, 1)),
    )
    wanted, moved = np.array([1, 0]), np.array([0])
    target = rng.normal(size=(1, draws, months, futures))
    return {
        "past": past,
        "futures": simulate_futures(past, ahead, wanted),
        "futures moved": simulate_futures(past, ahead, wanted, moved, target),
    }


def _numbers() -> dict[str, Any]:
    """Return what the small compiled functions say: quantiles, statistics, streams, stored vectors."""
    z = np.array([-9.0, -2.5, -0.3, 0.0, 0.7, 3.1, 8.5])
    u = np.array([1e-19, 0.006, 0.382, 0.5, 0.758, 0.99903, 1.0])
    rates = np.array([1e-4, 0.8, 4.0, 12.0, 60.0, 99.0, 250.0, 1e5])
    values = np.random.default_rng(7).normal(size=(3, 4, 5))
    values[1, 2, 3] = np.nan
    with np.errstate(over="ignore"):
        streams = [stream_of(seed, "a", "stream").random(3) for seed in (1, 2**40 + 1)]
    vector, stored = np.arange(3.0), np.zeros(3)
    doubles = ctypes.POINTER(ctypes.c_double)
    pointers: list[Any] = [array.ctypes.data_as(doubles) for array in (vector, stored)]
    x_at, out_at = pointers
    refused = direct._expand(3, 2, x_at, out_at, None)
    assert direct._expand(3, 3, x_at, out_at, None) == 0
    return {
        "poisson": poisson_quantile(z[:, None], u[:, None], rates, rates > 1e-3),
        **{
            f"{statistic} {lower}": statistic_meets(values, statistic, 0.1, lower)
            for statistic in ("mean", "min", "max", "total", "last")
            for lower in (True, False)
        },
        "streams": np.array(streams),
        "stored": np.array([refused, *stored]),
    }


def asked() -> dict[str, Any]:
    """Return arrays by what was asked."""
    return {**_densities(), **_paths(), **_numbers()}


if __name__ == "__main__":
    if os.environ.get("NUMBA_DISABLE_JIT") != "1":
        raise SystemExit("set NUMBA_DISABLE_JIT=1")
    # Code for C is compiled always; what stands behind it is called in its place.
    entry = SimpleNamespace(ctypes=_interpreted_entry)
    density.machine_code = lambda: entry  # type: ignore[assignment]
    np.savez(sys.argv[1], **asked())
