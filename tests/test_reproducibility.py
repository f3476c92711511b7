"""The same seed gives the same draws and answers, bit by bit, wherever and however a model is fitted."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML
from tests.random_models import model_text, shuffled

import withdrawal_risk as wr
from withdrawal_risk.random import generator

ROOT = Path(__file__).parents[1]


def test_streams_of_large_seeds_are_their_own() -> None:
    """A seed and a name give a stream that no other seed and name give, also beyond 32 bits."""
    pairs = [
        (5, "bar"),
        (5 + ord("b") * 2**32, "ar"),
        (5 + 2**32, "bar"),
        (5, "bar", "f"),
        (5, "ba"),
    ]
    first = {generator(seed, *names).integers(2**63) for seed, *names in pairs}
    assert len(first) == len(pairs)


def digests(folder: str, cores: int) -> list[dict[str, str]]:
    """Fit a model with two seeds; return digests of each fit's draws and of its outlook."""
    model = wr.load_model(folder)
    found = []
    for seed in (1, 2):
        posterior = wr.fit(
            model, draws=30, tune=50, chains=2, cores=cores, random_seed=seed, progressbar=False
        )
        unknowns, level = posterior.draws(), posterior.tree["posterior"]["level"].values
        draws = hashlib.sha256(
            b"".join(unknowns[name].tobytes() for name in sorted(unknowns)) + level.tobytes()
        )
        outlook = json.dumps(wr.outlook(posterior, futures=8).to_dict(), sort_keys=True)
        found.append(
            {"draws": draws.hexdigest(), "outlook": hashlib.sha256(outlook.encode()).hexdigest()}
        )
    return found


def _elsewhere(folder: Path, cores: int, hash_seed: int) -> subprocess.Popen[str]:
    """Start `digests` in an interpreter of its own, sets and dictionaries in the order of another hash seed."""
    code = f"import json; from tests.test_reproducibility import digests; print(json.dumps(digests({str(folder)!r}, {cores})))"
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": str(hash_seed)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.slow
def test_a_seed_gives_the_same_draws_everywhere(
    small_text: str, small_evidence: str, tmp_path: Path
) -> None:
    """In three processes, each with its own graph, cores and hash seed; one reads the files in another order."""
    rng = np.random.default_rng(10)
    header, *lines = small_evidence.splitlines()
    (tmp_path / "model.yaml").write_text(
        model_text(shuffled(YAML(typ="safe", pure=True).load(small_text), rng)), encoding="utf-8"
    )
    (tmp_path / "evidence.csv").write_text(
        "\n".join([header, *shuffled(lines, rng)]) + "\n", encoding="utf-8"
    )
    small = ROOT / "tests" / "data" / "small"
    running = [_elsewhere(small, cores=2, hash_seed=1), _elsewhere(tmp_path, cores=1, hash_seed=2)]
    here = digests(str(small), cores=1)
    assert here[0]["draws"] != here[1]["draws"] and here[0]["outlook"] != here[1]["outlook"]
    for process in running:
        printed, errors = process.communicate()
        assert process.returncode == 0, errors
        assert json.loads(printed) == here
