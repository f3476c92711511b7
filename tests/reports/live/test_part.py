"""The live part as pages take it: safe inside HTML, complete, and built from its sources."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.reports.live.node import NODE, SCRIPTS, needs_node
from tests.reports.live.random_posteriors import random_posterior

import withdrawal_risk as wr
from withdrawal_risk.language import LANGUAGES, words_of
from withdrawal_risk.reports.live import export as exporting
from withdrawal_risk.reports.live.part import in_html, live_part

ROOT = SCRIPTS.parents[1]
BUNDLER = ROOT / "node_modules" / ".bin" / "esbuild"


def test_data_ends_no_script_and_reads_as_it_was() -> None:
    hostile = {"label": "</script><script>alert(1)</script><!-- & \u2028 \u202e س"}
    text = in_html(hostile)
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == hostile


def test_part_holds_every_language() -> None:
    part = live_part(random_posterior(2, draws=40))
    assert part is not None
    data = json.loads(part.json)
    assert list(data["labels"]) == list(LANGUAGES)
    for lang, said in data["labels"].items():
        assert said["dir"] == words_of(lang).direction
        assert len(said["months"]) == len(data["months"])
        assert said["conditions"].keys() == {item["name"] for item in data["conditions"]}
        named = {node["name"] for node in data["nodes"] if "hidden" not in node}
        assert said["nodes"].keys() == named
        assert all(len(node["levels"]) == 5 for node in said["nodes"].values())
        assert said["indicators"].keys() == {item["name"] for item in data["indicators"]}
        assert "40" in said["live"]["basis"] and "16" in said["live"]["basis"]
    assert part.not_live == {"en": [], "ar": []}
    assert "</script" not in part.script and "eval(" not in part.script
    assert "http" not in part.script.replace("http://www.w3.org", "")


def test_without_a_condition_there_is_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    posterior = random_posterior(2, draws=40)
    assert live_part(posterior) is not None
    # Each condition of this model reads an indicator.
    monkeypatch.setattr(exporting, "has_live_form", lambda _: False)
    assert live_part(posterior) is None
    with pytest.raises(wr.ArgumentError, match="no condition of this model"):
        wr.explore(posterior)


@needs_node
def test_units_of_the_script() -> None:
    assert NODE is not None
    files = sorted(SCRIPTS.glob("*.test.mjs"))
    done = subprocess.run([NODE, "--test", *files], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert len(files) >= 4


@needs_node
@pytest.mark.skipif(not BUNDLER.exists(), reason="esbuild is not installed; run npm install")
def test_bundle_is_built_from_its_sources(tmp_path: Path) -> None:
    made = tmp_path / "live.min.js"
    script = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["scripts"]["build"]
    command = [word for word in script.split() if not word.startswith("--outfile")]
    subprocess.run(
        [BUNDLER, *command[1:], f"--outfile={made}", "--log-level=error"], cwd=ROOT, check=True
    )
    committed = ROOT / "src/withdrawal_risk/reports/web/live.min.js"
    assert made.read_text(encoding="utf-8") == committed.read_text(encoding="utf-8"), (
        "the committed script is not what its sources make; run make web"
    )
