"""The script of the page, run by node on an export."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from withdrawal_risk.reports.live.export import LiveExport
from withdrawal_risk.simulation.futures import futures_of_part
from withdrawal_risk.simulation.worlds import World

__all__ = [
    "SCRIPTS",
    "Compared",
    "answered",
    "compared",
    "needs_node",
    "run_node",
    "simulated_by_node",
]

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


def answered(
    export: LiveExport, questions: list[dict[str, Any]], place: Path
) -> list[dict[str, Any]]:
    """Return what the script says of the baseline, and answers to questions."""
    (place / "export.json").write_text(json.dumps(export.data), encoding="utf-8")
    (place / "questions.json").write_text(json.dumps(questions), encoding="utf-8")
    return json.loads(run_node("answer.mjs", place / "export.json", place / "questions.json"))


@dataclass(frozen=True)
class Compared:
    """How far levels and outcomes of the library and of the script are apart, over some worlds."""

    distance: float
    differing: int
    futures: int


def compared(
    export: LiveExport,
    worlds: list[World],
    by_script: Iterable[tuple[np.ndarray, np.ndarray]],
) -> Compared:
    """Hold what the script simulated of the baseline and of worlds against the library's own."""
    posterior, part = export.draws.posterior, export.draws.part
    several = futures_of_part(posterior, part, worlds, export.draws.nodes)
    names = [item["name"] for item in export.data["conditions"]]
    distance, differing, count = 0.0, 0, 0
    for futures, (level, outcomes) in zip(several, by_script, strict=True):
        places = [futures.wanted.index(j) for j in export.draws.nodes]
        ours = np.moveaxis(futures.future[places], 0, 2)
        assert ours.shape == level.shape
        distance = max(distance, float(np.abs(ours - level).max()))
        truth = export.conditions.evaluator(futures)
        differing += sum(int((truth[name] != outcomes[c]).sum()) for c, name in enumerate(names))
        count += outcomes.size
    return Compared(distance, differing, count)
