"""The main job on iraq-2025: a first fit, a second `as_of`, and outlooks, cached and not.

Everything starts cold: an empty compiler cache and an empty cache of fits.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return seconds and what was returned."""
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, result


def _measure() -> None:
    import withdrawal_risk as wr
    from withdrawal_risk.inference.defaults import CHAINS, DRAWS, TUNE
    from withdrawal_risk.simulation.probabilities import probabilities

    model = wr.load_model("iraq-2025")
    first, posterior = timed(lambda: wr.fit(model, progressbar=False))
    found = posterior.settings["diagnostics"]
    print(
        f"first fit, {CHAINS} x ({TUNE} + {DRAWS}) draws: {first:6.1f} s; {found['divergences']} divergences, "
        f"R-hat {found['rhat_max']:.4f}, smallest bulk ESS {found['ess_min']:.0f} ({found['slowest']})"
    )
    second, _ = timed(lambda: wr.fit(model, as_of="2024-12", progressbar=False))
    print(f"second as_of in the same process:   {second:6.1f} s, {second / first:.2f} of the first")

    def ask() -> Any:
        return probabilities(posterior, group="prior", futures=64, random_seed=1)

    ask()
    seconds = sorted(timed(ask)[0] for _ in range(7))
    months = model.spec.time.horizon - posterior.as_of
    print(f"outlook, 2000 draws x 64 futures x {months} months: {seconds[3]:6.2f} s, median of 7")


def main() -> None:
    """Measure in a process of its own, then the command line."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "PYTENSOR_FLAGS": f"base_compiledir={Path(folder) / 'compiled'}",
            "NUMBA_CACHE_DIR": str(Path(folder) / "numba"),
            "WITHDRAWAL_RISK_CACHE": str(Path(folder) / "fits"),
        }
        subprocess.run([sys.executable, __file__, "measure"], env=environment, check=True)
        command = [
            str(Path(sys.executable).with_name("withdrawal-risk")),
            "outlook",
            "iraq-2025",
            "--json",
        ]

        def run(*more: str) -> Any:
            return subprocess.run(
                [*command, *more], env=environment, check=True, capture_output=True
            )

        run()
        asked, _ = timed(lambda: run("--ci-prob", "0.8"))
        again = sorted(timed(run)[0] for _ in range(7))
        print(f"outlook --json of a kept fit, new question: {asked:6.2f} s")
        print(f"outlook --json of a kept fit, same question: {again[3]:6.2f} s, median of 7")


if __name__ == "__main__":
    _measure() if sys.argv[1:] else main()
