"""Log density with gradient and compile time: this library's operation against `pytensor.scan`.

Both graphs come from the same `build`, only the levels are computed otherwise; each is compiled in an empty
compiler cache of its own, then both are timed in turns on the same points.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPEATS = 7


def _one(kind: str, model_id: str) -> None:
    """Compile one graph and answer requests for timings on standard input."""
    import numpy as np
    import nutpie
    from pytensor.configdefaults import config

    import withdrawal_risk as wr
    from withdrawal_risk.inference import build as module

    if kind == "scan":
        from scan_levels import scan_levels

        module.levels = scan_levels  # type: ignore[assignment]
    graph = module.build(wr.load_model(model_id))
    begin = time.perf_counter()
    with config.change_flags(numba__fastmath=False):
        compiled = nutpie.compile_pymc_model(graph, var_names=[])
    seconds = time.perf_counter() - begin
    function, shared = compiled.logp_func.vm.jit_fn, [v.get_value() for v in compiled.logp_func.get_shared()]
    points = np.array([compiled.initial_point_func(seed) for seed in range(200)])
    value = float(function(points[0], *shared)[0])
    print(json.dumps({"compile": seconds, "value": value}), flush=True)
    for _ in sys.stdin:
        begin = time.perf_counter()
        for point in points:
            function(point, *shared)
        print((time.perf_counter() - begin) / len(points) * 1e6, flush=True)


def main(model_id: str = "iraq-2025") -> None:
    """Run both and print the ratios."""
    workers, compile_seconds, values = {}, {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("operation", "scan"):
            environment = os.environ | {"PYTENSOR_FLAGS": f"base_compiledir={Path(folder) / kind}"}
            worker = subprocess.Popen(
                [sys.executable, __file__, kind, model_id], env=environment, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
            assert worker.stdout is not None
            told = json.loads(worker.stdout.readline())
            workers[kind], compile_seconds[kind], values[kind] = worker, told["compile"], told["value"]
        times: dict[str, list[float]] = {kind: [] for kind in workers}
        for _ in range(REPEATS):
            for kind, worker in workers.items():
                assert worker.stdin is not None and worker.stdout is not None
                print("time", file=worker.stdin, flush=True)
                times[kind].append(float(worker.stdout.readline()))
        for worker in workers.values():
            worker.communicate()
    assert abs(values["scan"] / values["operation"] - 1) < 1e-9, values
    middle = {kind: sorted(seen)[REPEATS // 2] for kind, seen in times.items()}
    print(f"{model_id}: log density and gradient, median of {REPEATS}")
    for kind in workers:
        print(f"  {kind:<10} {middle[kind]:8.1f} µs a gradient   {compile_seconds[kind]:6.1f} s to compile, cold")
    print(
        f"  scan / operation: {middle['scan'] / middle['operation']:.1f} times a gradient, "
        f"{compile_seconds['scan'] / compile_seconds['operation']:.1f} times to compile"
    )


if __name__ == "__main__":
    if len(sys.argv) == 3:
        _one(*sys.argv[1:])
    else:
        main(*sys.argv[1:])
