"""The script of the page and the library's own simulation, on the same draws and noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.reports.live.node import compared, needs_node
from tests.reports.live.random_posteriors import random_posterior, random_world

from withdrawal_risk.reports.live.export import live_export
from withdrawal_risk.reports.live.presets import preset

WORLDS = 5
DISTANCE = 1e-6
"""Of any level, in long-run standard deviations."""

DIFFERING = 1e-5
"""Share of futures that may lie on the other side of a threshold."""


@needs_node
@pytest.mark.parametrize("seed", range(24))
def test_script_simulates_as_the_library_does(seed: int, tmp_path: Path) -> None:
    posterior = random_posterior(seed)
    export = live_export(posterior, random_seed=seed)
    rng = np.random.default_rng(seed)
    worlds = [random_world(posterior, rng) for _ in range(WORLDS)]
    requests = [preset(posterior, world, export.nodes, export.edges) for world in worlds]
    results = compared(export, worlds, [{"spans": []}, *requests], tmp_path)
    assert max(result.distance for result in results) < DISTANCE
    wrong, all_futures = (
        sum(getattr(r, name) for r in results) for name in ("differing", "futures")
    )
    assert wrong <= DIFFERING * all_futures
