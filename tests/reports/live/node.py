"""The script of the page, run by node on an export."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from withdrawal_risk.reports.live.export import LiveExport
from withdrawal_risk.simulation.futures import futures_of_part
from withdrawal_risk.simulation.worlds import World

__all__ = ["SCRIPTS", "Compared", "compared", "needs_node", "run_node", "simulated_by_node"]

SCRIPTS = Path(__file__).parents[2] / "web"

NODE = shutil.which("node")

needs_node = pytest.mark.skipif(
    NODE is None, reason="node is not installed, so the script of the page cannot be run"
)


def run_node(script: str, *arguments: Path | str) -> str:
    """Run a script and return what it prints."""
    assert NODE is not None
    done = subprocess.run(
        [NODE, str(SCRIPTS / script), *map(str, arguments)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def simulated_by_node(
    data: dict[str, Any], requests: list[dict[str, Any]], place: Path
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return levels (draw, month, node, future) and outcomes (condition, draw, future) of each."""
    (place / "export.json").write_text(json.dumps(data), encoding="utf-8")
    (place / "requests.json").write_text(json.dumps(requests), encoding="utf-8")
    run_node(
        "simulate.mjs", place / "export.json", place / "requests.json", place / "simulated.bin"
    )
    content = (place / "simulated.bin").read_bytes()
    shape = data["draws"], len(data["months"]), len(data["nodes"]), data["futures"]
    conditions, at, results = len(data["conditions"]), 0, []
    for _ in requests:
        level = np.frombuffer(content, np.float64, int(np.prod(shape)), at).reshape(shape)
        at += level.nbytes
        words = np.frombuffer(content, np.uint32, conditions * shape[0], at)
        at += words.nbytes
        bits = (words.reshape(conditions, -1, 1) >> np.arange(shape[3], dtype=np.uint32)) & 1
        results.append((level, bits.astype(bool)))
    assert at == len(content)
    return results


class Compared:
    """Levels and outcomes of one world, by the library and by the script."""

    def __init__(self, distance: float, differing: int, futures: int) -> None:
        self.distance, self.differing, self.futures = distance, differing, futures


def compared(
    export: LiveExport, worlds: list[World], requests: list[dict[str, Any]], place: Path
) -> list[Compared]:
    """Hold the script's levels and outcomes against the library's, on the same draws and noise."""
    posterior, part = export.draws.posterior, export.draws.part
    by_script = simulated_by_node(export.data, requests, place)
    several = futures_of_part(posterior, part, worlds, export.draws.nodes)
    now, names = part.past.shape[1], [item["name"] for item in export.data["conditions"]]
    results = []
    for futures, (level, outcomes) in zip(several, by_script, strict=True):
        places = [futures.wanted.index(j) for j in export.draws.nodes]
        ours = np.moveaxis(futures.future[places], 0, 2)
        assert ours.shape == level.shape and now > 0
        truth = export.conditions.evaluator(futures)
        wrong = sum(int((truth[name] != outcomes[c]).sum()) for c, name in enumerate(names))
        results.append(Compared(float(np.abs(ours - level).max()), wrong, outcomes.size))
    return results
