"""The script of the page and the library's own simulation, on the same draws and noise."""

from __future__ import annotations

import json
import re
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.browsers import CHROMIUM, needs_chromium
from tests.reports.live.node import (
    SCRIPTS,
    answered,
    compared,
    needs_node,
    simulated_by_node,
)
from tests.reports.live.random_posteriors import prior_posterior, random_posterior, random_world

import withdrawal_risk as wr
from withdrawal_risk.reports.live.export import LiveExport, live_export
from withdrawal_risk.reports.live.part import in_html
from withdrawal_risk.reports.live.presets import preset
from withdrawal_risk.simulation.worlds import World, of_scenario, of_settings

WORLDS = 5
DISTANCE = 1e-6
"""Of any level, in long-run standard deviations."""

DIFFERING = 1e-5
"""Share of futures that may lie on the other side of a threshold."""

BUNDLER = SCRIPTS.parents[1] / "node_modules" / ".bin" / "esbuild"


@needs_node
@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=pytest.mark.slow if seed >= 8 else ()) for seed in range(24)]
)
def test_random_models(seed: int, tmp_path: Path) -> None:
    """Half of them with factors that act on themselves, half without."""
    posterior = random_posterior(seed)
    export = live_export(posterior, random_seed=seed)
    rng = np.random.default_rng(seed)
    worlds = [random_world(posterior, rng) for _ in range(WORLDS)]
    requests = [{"spans": []}, *(_request(export, world) for world in worlds)]
    result = compared(export, worlds, simulated_by_node(export.data, requests, tmp_path))
    assert result.distance < DISTANCE
    assert result.differing <= DIFFERING * result.futures


def _request(export: LiveExport, world: World) -> dict[str, Any]:
    return preset(export.draws.posterior, world, export.nodes, export.edges)


def test_random_models_hold_all_there_is() -> None:
    exports = [live_export(random_posterior(seed), draws=20) for seed in range(6)]
    data = [export.data for export in exports]
    families = {item["family"] for one in data for item in one["indicators"]}
    assert families == {"normal", "lognormal", "count", "share", "ordinal", "binary", "state"}
    clauses = [clause for one in data for clause in one["clauses"]]
    assert {clause["statistic"] for clause in clauses} >= {"mean", "min", "max", "last", "count"}
    assert any("settled" in clause for clause in clauses)
    assert sum("past" in clause for clause in clauses) > 20
    assert any(edge["lag"] == 3 for one in data for edge in one["edges"])
    nodes = [node for one in data for node in one["nodes"]]
    for key in ("hidden", "given", "jump"):
        assert any(node.get(key) for node in nodes), key
    assert {node["feedback"] for node in nodes if "cuts" in node} == {True, False}
    assert any(len(node.get("drive", ())) > 1 for node in nodes)
    shown = [item for one in data for item in one["indicators"]]
    for key in ("nought", "tail", "cuts", "leaving", "state"):
        assert any(item.get(key) for item in shown), key


def _iraq(draws: int) -> tuple[LiveExport, list[World], list[dict[str, Any]]]:
    """Return draws of the flagship's prior, and its scenarios and a few worlds more."""
    posterior = prior_posterior(wr.load_model("iraq-2025"), 1, draws)
    export = live_export(posterior, draws=draws)
    names = [item["name"] for item in export.data["scenarios"]]
    worlds = [of_scenario(posterior, posterior.model.spec.scenarios[name]) for name in names]
    mixed = {"us_iran_tension": wr.shift(-1), "us_presence": wr.shift(-500), "isf_capacity": "high"}
    scaled = {"us_iran_tension->faction_control": 0.5}
    worlds.append(of_settings(posterior, mixed, "2025-11", None, "future", 4, scaled))
    requests = [{"spans": []}, *export.data["scenarios"], _request(export, worlds[-1])]
    return export, worlds, requests


@needs_node
def test_iraq(tmp_path: Path) -> None:
    export, worlds, requests = _iraq(200)
    result = compared(export, worlds, simulated_by_node(export.data, requests, tmp_path))
    assert result.distance < DISTANCE
    assert result.differing <= DIFFERING * result.futures


@pytest.mark.slow
@needs_node
@needs_chromium
@pytest.mark.skipif(not BUNDLER.exists(), reason="esbuild is not installed; run npm install")
def test_iraq_in_a_browser(tmp_path: Path) -> None:
    export, worlds, requests = _iraq(20)
    script = tmp_path / "script.js"
    subprocess.run(
        [BUNDLER, SCRIPTS / "in_page.mjs", "--bundle", "--format=iife", f"--outfile={script}"],
        check=True,
        capture_output=True,
    )
    page = tmp_path / "page.html"
    page.write_text(
        f'<!doctype html><meta charset="utf-8"><script type="application/json" id="export">'
        f"{in_html(export.data)}</script>"
        f'<script type="application/json" id="requests">{in_html(requests)}</script>'
        f'<p id="results"></p><script>{script.read_text(encoding="utf-8")}</script>',
        encoding="utf-8",
    )
    shape = 20, len(export.data["months"]), len(export.data["nodes"]), export.data["futures"]
    simulated = []
    for one in json.loads(_text_of(page, "results")):
        words = np.array(one["outcomes"], np.uint32)[:, :, None]
        bits = (words >> np.arange(shape[3], dtype=np.uint32)) & 1
        simulated.append((np.reshape(one["levels"], shape), bits.astype(bool)))
    result = compared(export, worlds, simulated)
    assert result.distance < DISTANCE
    assert result.differing <= DIFFERING * result.futures


def _text_of(page: Path, element: str) -> str:
    """Return the text of an element once the scripts of a page have run."""
    assert CHROMIUM is not None
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=300,
    )
    found = re.search(f'id="{element}">([^<]*)<', done.stdout)
    assert found is not None, done.stderr[-2000:]
    return unescape(found[1])


@needs_node
def test_answers_are_those_of_all_draws_but_for_their_error(
    posterior: wr.Posterior, tmp_path: Path
) -> None:
    """A thousand draws with other noise: within four standard errors of both, one in 16,000."""
    export = live_export(posterior, draws=1000)
    world = of_settings(posterior, {"tension": "high"}, None, None, "future")
    asked = [{"request": _request(export, world), "seen": []}]
    for answer, result in zip(
        answered(export, asked, tmp_path),
        (wr.outlook(posterior), wr.do(posterior, {"tension": "high"})),
        strict=True,
    ):
        for row in answer["rows"]:
            ours: Any = result.summary.loc[row["name"]]
            error = np.hypot(row["mcse"], ours["mcse"])
            assert abs(row["probability"] - ours["probability"]) < 4 * error
