"""The library against peers and against the limit: gradients, sampling, compile time and memory, side by side.

    python -m benchmarks.speed
    python -m benchmarks.speed --contenders library by-hand numpyro stan --models first 10 100

`first` is the first edition of iraq-2025, which has no states and no drift; a number stands for a synthetic network of so
many factors. NumPyro and Stan need the packages of `requirements.lock`
beside this file, and Stan a C++ compiler.

Every contender runs in a process of its own and must first show that it computes the same log density, up to a
constant, and the same gradient; otherwise nothing is timed. Gradients are timed in turns, so that what else the
machine does hits all alike, with at most a microsecond for the call itself; medians are over rounds. Sampling starts cold,
with equal numbers of draws and equal target acceptance.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pickle
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

REPEATS = 9
TOLERANCE = 1e-6
CHECKED = 5
MODULES = {
    "library": ("library", "prepare"),
    "by-hand": ("by_hand", "prepare"),
    "graph": ("library", "prepare_graph"),
    "scan": ("library", "prepare_scan"),
    "numpyro": ("numpyro_model", "prepare"),
    "stan": ("stan_model", "prepare"),
}
MOST_UNROLLED = 30
"""Factors up to which `pytensor.scan` is timed: its month is unrolled factor by factor, and compiling takes minutes."""


def _problem(model: str) -> Any:
    from benchmarks.problem import Problem

    if model.endswith(".pickle"):
        with open(model, "rb") as file:
            return Problem.of(*pickle.load(file))
    import withdrawal_risk as wr
    from benchmarks.specs import FIRST_EDITION

    return Problem.of(wr.load_model(FIRST_EDITION if model == "first" else model))


def _say(**told: Any) -> None:
    print(json.dumps(told), flush=True)


def _serve(kind: str, model: str) -> None:
    """Compile one contender, then answer requests on standard input."""
    module, name = MODULES[kind]
    problem = _problem(model)
    begin = time.perf_counter()
    contender = getattr(importlib.import_module(f"benchmarks.peers.{module}"), name)(problem)
    _say(compile=time.perf_counter() - begin)
    points = problem.points(max(2_000_000 // problem.work, 20))
    for request in sys.stdin:
        if request == "check\n":
            pairs = [contender.evaluate(point) for point in problem.points(CHECKED, random_seed=2)]
            _say(
                value=[value for value, _ in pairs],
                gradient=[list(gradient) for _, gradient in pairs],
            )
        else:
            _say(seconds=contender.seconds(points))


def _sample(kind: str, model: str, settings: dict[str, Any]) -> None:
    """Compile and sample one contender, and print what it took."""
    from arviz_stats.base import array_stats

    module, name = MODULES[kind]
    problem = _problem(model)
    begin = time.perf_counter()
    contender = getattr(importlib.import_module(f"benchmarks.peers.{module}"), name)(problem)
    compiled = time.perf_counter() - begin
    compiling, runs, begun, wall = 0.0, [], settings.pop("begun"), 0.0
    for seed in range(1, settings.pop("seeds") + 1):
        begin = time.perf_counter()
        draws = contender.sample(**settings, random_seed=seed)
        seconds = time.perf_counter() - begin
        wall = wall or time.time() - begun
        later = getattr(contender, "compiled_while_sampling", 0.0) - compiling
        compiling, seconds = compiling + later, seconds - later
        ess, rhat = (
            [
                float(getattr(array_stats, what)(draws[:, :, i], chain_axis=0, draw_axis=1))
                for i in range(problem.size)
            ]
            for what in ("ess", "rhat")
        )
        runs.append(
            {
                "sampling": seconds,
                "ess_min": min(ess),
                "rhat_max": max(rhat),
                "ess_per_second": min(ess) / seconds,
            }
        )
    own, children = (
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    _say(
        compile=compiled + compiling, memory=own, memory_children=children, runs=runs, wall=wall,
        **{what: statistics.median(run[what] for run in runs) for what in runs[0]},
    )  # fmt: skip


def _outlook(model: str, settings: dict[str, Any]) -> None:
    """Go the library's whole way to an answer."""
    import withdrawal_risk as wr

    del settings["seeds"]
    begun = settings.pop("begun")
    wr.outlook(wr.fit(_problem(model).model, progressbar=False, **settings))
    _say(memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, wall=time.time() - begun)


def _start(
    job: str, kind: str, model: str, folder: Path, settings: dict[str, Any] | None = None
) -> Any:
    """Start a worker whose compiler caches lie in `folder`."""
    environment = os.environ | {
        "PYTENSOR_FLAGS": f"base_compiledir={folder / 'pytensor'}",
        "NUMBA_CACHE_DIR": str(folder / "numba"),
        "JAX_COMPILATION_CACHE_DIR": str(folder / "jax"),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "XDG_CACHE_HOME": str(folder / "cache"),
        # As `fit` has it: threads of one contender would stand in the way of the next.
        "OPENBLAS_NUM_THREADS": "1",
    }
    command = [
        sys.executable,
        "-m",
        "benchmarks.speed",
        "--job",
        job,
        kind,
        model,
        json.dumps(settings or {}),
    ]
    return subprocess.Popen(
        command,
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
    )


def _hear(worker: Any) -> Any:
    line = worker.stdout.readline()
    if not line:
        raise SystemExit("a worker ended early; see above")
    return json.loads(line)


def _ask(worker: Any, request: str) -> Any:
    print(request, file=worker.stdin, flush=True)
    return _hear(worker)


def _agree(told: dict[str, Any]) -> None:
    """Refuse to go on unless all contenders compute the same density and gradient."""
    first, *rest = told
    for other in rest:
        apart = np.subtract(told[other]["value"], told[first]["value"])
        scale = max(np.abs(told[first]["value"]).max(), 1.0)
        ours, theirs = (np.array(told[kind]["gradient"]) for kind in (first, other))
        distance = np.abs(ours - theirs).max(axis=1) / np.abs(ours).max(axis=1)
        if np.ptp(apart) > TOLERANCE * scale or distance.max() > TOLERANCE:
            raise SystemExit(
                f"{first} and {other} differ: densities {apart}, gradients {distance}; nothing was timed"
            )


def gradients(kinds: list[str], model: str, folder: Path) -> dict[str, Any]:
    """Compile all contenders cold and warm, see that they agree, and time their gradients in turns."""
    result: dict[str, Any] = {kind: {} for kind in kinds}
    workers = {}
    try:
        for kind in kinds:
            cold = _start("serve", kind, model, folder / kind)
            print(f"{Path(model).stem}: {kind}", file=sys.stderr)
            result[kind]["compile_cold"] = _hear(cold)["compile"]
            cold.communicate()
            workers[kind] = _start("serve", kind, model, folder / kind)
            result[kind]["compile_warm"] = _hear(workers[kind])["compile"]
        _agree({kind: _ask(worker, "check") for kind, worker in workers.items()})
        rounds = [
            {kind: _ask(worker, "time")["seconds"] for kind, worker in workers.items()}
            for _ in range(REPEATS)
        ]
    finally:
        for worker in workers.values():
            worker.communicate()
    for kind in kinds:
        result[kind]["gradient"] = statistics.median(seen[kind] for seen in rounds)
        result[kind]["times_library"] = statistics.median(
            seen[kind] / seen["library"] for seen in rounds
        )
    return result


def sampling(
    kinds: list[str], model: str, folder: Path, settings: dict[str, Any]
) -> dict[str, Any]:
    """Sample with every contender that can, each cold in a process of its own, and time the library's outlook."""
    result = {}
    jobs = [("sample", kind) for kind in kinds if kind not in ("by-hand", "graph", "scan")]
    for job, kind in [*jobs, ("outlook", "library")]:
        print(f"{Path(model).stem}: {job} {kind}", file=sys.stderr)
        # From here to the end of the first run is a start from cold.
        worker = _start(
            job, kind, model, folder / f"{job}-{kind}", settings | {"begun": time.time()}
        )
        result[kind if job == "sample" else job] = _hear(worker)
        worker.communicate()
    return result


def line_fit(work: list[int], seconds: list[float]) -> dict[str, float]:
    """Fit seconds = a + b work by least squares; residuals relative to the times themselves."""
    x, y = np.array(work, dtype=float), np.array(seconds)
    slope, intercept = np.polyfit(x, y, 1)
    residual = y - intercept - slope * x
    return {
        "microseconds": intercept * 1e6,
        "nanoseconds_each": slope * 1e9,
        "r_squared": 1 - float((residual**2).sum() / ((y - y.mean()) ** 2).sum()),
        "largest_residual": float(np.abs(residual / y).max()),
    }


def _report(result: dict[str, Any]) -> None:
    for name, found in result["models"].items():
        print(
            f"\n{name}: {found['unknowns']} unknowns, (factors + edges) x months = {found['work']}"
        )
        print(f"  {'':<9}{'µs a gradient':>14}{'/ library':>11}{'compile cold':>14}{'warm':>8}")
        for kind, seen in found["gradients"].items():
            print(
                f"  {kind:<9}{seen['gradient'] * 1e6:14.1f}{seen['times_library']:11.2f}"
                f"{seen['compile_cold']:12.1f} s{seen['compile_warm']:6.1f} s"
            )
        if "sampling" in found:
            print(
                f"  {'':<9}{'min ESS':>9}{'R-hat':>8}{'sampling':>11}{'min ESS/s':>11}{'cold start':>12}{'memory':>10}"
            )
        for kind, seen in found.get("sampling", {}).items():
            if kind == "outlook":
                print(
                    f"  the library's outlook from a cold start: {seen['wall']:.1f} s, {seen['memory']:.0f} MiB"
                )
                continue
            print(
                f"  {kind:<9}{seen['ess_min']:9.0f}{seen['rhat_max']:8.3f}{seen['sampling']:9.1f} s"
                f"{seen['ess_per_second']:11.2f}{seen['wall']:10.1f} s{seen['memory']:6.0f} MiB"
                f" (children {seen['memory_children']:.0f})"
            )
    for kind, fit in result.get("lines", {}).items():
        print(
            f"\n{kind}: {fit['microseconds']:.1f} µs + {fit['nanoseconds_each']:.2f} ns x (factors + edges) x months, "
            f"R² = {fit['r_squared']:.4f}, largest residual {fit['largest_residual']:.0%}"
        )


def main() -> None:
    """Run, print and keep the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--models",
        nargs="+",
        default=["first", "10", "100"],
        help="shipped ids or numbers of factors",
    )
    parser.add_argument("--months", type=int, default=60, help="of the synthetic networks")
    parser.add_argument(
        "--contenders",
        nargs="+",
        default=["library", "by-hand", "graph", "scan"],
        choices=list(MODULES),
    )
    parser.add_argument("--sample", nargs="*", default=["first"], help="models to sample")
    parser.add_argument(
        "--draws", type=int, default=2000, help="after half as many of tuning, in 4 chains"
    )
    parser.add_argument("--seeds", type=int, default=3, help="runs of a sampler; medians are shown")
    parser.add_argument("--output", type=Path, default=Path("output/speed.json"))
    parser.add_argument("--job", nargs=4, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.job:
        job, kind, model, settings = chosen.job
        if job == "serve":
            _serve(kind, model)
        elif job == "sample":
            _sample(kind, model, json.loads(settings))
        else:
            _outlook(model, json.loads(settings))
        return
    from benchmarks.problem import Problem
    from benchmarks.synthetic import synthetic_model
    from withdrawal_risk.inference.defaults import TARGET_ACCEPT

    result: dict[str, Any] = {"models": {}}
    settings = {
        "draws": chosen.draws, "tune": chosen.draws // 2, "chains": 4, "target_accept": TARGET_ACCEPT, "seeds": chosen.seeds
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for model in chosen.models:
            kinds = [kind for kind in MODULES if kind in chosen.contenders]
            if model.isdigit() and int(model) > MOST_UNROLLED and "scan" in kinds:
                kinds.remove("scan")
            if model.isdigit():
                # Laid out once: reading and scaling a large network takes longer than all the gradients.
                begin = time.perf_counter()
                problem = Problem.of(synthetic_model(int(model), chosen.months))
                found = {"load": time.perf_counter() - begin}
                path = str(folder / f"{model}.pickle")
                with open(path, "wb") as file:
                    pickle.dump((problem.model, problem.frame), file)
            else:
                problem, found, path = _problem(model), {}, model
            found |= {"unknowns": problem.size, "work": problem.work}
            found["gradients"] = gradients(kinds, path, folder / f"{model}-gradients")
            if model in chosen.sample:
                found["sampling"] = sampling(kinds, path, folder / f"{model}-sampling", settings)
            result["models"][f"synthetic {model}" if model.isdigit() else model] = found
    measured = [found for name, found in result["models"].items() if name.startswith("synthetic")]
    if len(measured) > 2:
        result["lines"] = {
            kind: line_fit(
                [m["work"] for m in measured], [m["gradients"][kind]["gradient"] for m in measured]
            )
            for kind in ("library", "by-hand")
        }
    _report(result)
    chosen.output.parent.mkdir(parents=True, exist_ok=True)
    chosen.output.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
