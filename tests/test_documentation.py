"""What README, docs and examples tell people to type is typed here."""

from __future__ import annotations

import runpy
import shlex
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pymc as pm
import pytest
from pymc.testing import mock_sample
from tests.pages import commands, fences

import withdrawal_risk as wr
from withdrawal_risk.cli import main
from withdrawal_risk.cli.questions import FAILED_CHECKS

ROOT = Path(__file__).parents[1]
OF_ITS_OWN = {"tutorial.md"}
"""Pages that have a test of their own, because their readers write files between commands."""

PAGES = [
    ROOT / "README.md",
    *(page for page in sorted((ROOT / "docs").rglob("*.md")) if page.name not in OF_ITS_OWN),
]

FEW = {"draws": 100, "tune": 200}
WITHOUT_A_FIT = {
    *("validate", "cache", "models", "warm-up", "suggest", "new", "format", "explain"),
    *("diff", "resolve", "track-record", "ask", "collect", "import"),
}


def pages_with(language: str) -> list[Any]:
    """Pages with code in a language."""
    return [
        pytest.param(page, id=str(page.relative_to(ROOT)))
        for page in PAGES
        if fences(page, language)
    ]


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workplace")
    for name in ("models", "examples"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def _prior_in_place_of_sampling(
    draws: int, *, random_seed: int, sample_stats: dict[str, Any], **settings: Any
) -> Any:
    return mock_sample(draws=30, random_seed=random_seed, sample_stats=sample_stats)


@pytest.mark.slow
@pytest.mark.parametrize("page", pages_with("python"))
@pytest.mark.filterwarnings("ignore:Numba will use object mode", "ignore:The effect of Potentials")
def test_python_blocks_run(page: Path, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyMC's own sampling, which has to compile a graph, is of test_build; here it draws the prior."""
    monkeypatch.chdir(workplace)
    said: dict[str, Any] = dict.fromkeys(("diverging", "n_steps", "tree_depth"), np.zeros)
    said["energy"] = lambda shape: np.random.default_rng(1).normal(size=shape)
    monkeypatch.setattr(pm, "sample", partial(_prior_in_place_of_sampling, sample_stats=said))
    # What is typed is tried here, not how long people wait: fewer draws are the same in all else.
    fit = wr.fit
    monkeypatch.setattr(wr, "fit", lambda model, **settings: fit(model, **settings | FEW))
    kept = workplace / "iraq-2025.nc"
    if page != PAGES[0] and not kept.is_file():
        # README leaves it behind, which may be read in another run.
        wr.fit(wr.load_model("iraq-2025"), random_seed=1, progressbar=False).save(kept)
    namespace: dict[str, object] = {}
    for number, code in enumerate(fences(page, "python")):
        exec(compile(code, f"{page.name}:block {number + 1}", "exec"), namespace)


@pytest.mark.slow
@pytest.mark.parametrize("page", pages_with("console"))
def test_commands_run(page: Path, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workplace)
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(workplace / "cache"))
    for line in commands(page):
        if line.startswith("$ withdrawal-risk "):
            words = shlex.split(line)[2:]
            if words[0] not in WITHOUT_A_FIT:
                words += [f"--{name}={number}" for name, number in FEW.items()]
            with pytest.raises(SystemExit) as stopped:
                main(words)
            # Of so few draws a check may fail, which the exit code says.
            assert stopped.value.code in (None, 0, FAILED_CHECKS), line


ELSEWHERE = {"seeing_is_not_doing"}
"""Examples that run in tests of what they say."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", sorted({path.stem for path in (ROOT / "examples").glob("*.py")} - ELSEWHERE)
)
def test_examples_run(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = runpy.run_path(str(ROOT / "examples" / f"{name}.py"))
    example["main"](str(tmp_path), draws=100, tune=200)
    assert "the probability that all conditions hold" in capsys.readouterr().out.lower()
