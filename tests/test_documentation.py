"""What README, docs and examples tell people to type is typed here."""

from __future__ import annotations

import re
import runpy
import shlex
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pymc as pm
import pytest
from pymc.testing import mock_sample
from tests import model_readme

import withdrawal_risk as wr
from withdrawal_risk.cli import main
from withdrawal_risk.cli.questions import FAILED_CHECKS
from withdrawal_risk.cli.tables import rendered, result_table
from withdrawal_risk.model.library import load_model

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

FEW = {"draws": 400, "tune": 400}
WITHOUT_A_FIT = {"validate", "cache", "models", "warm-up", "suggest"}


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```",
        page.read_text(encoding="utf-8"),
        flags=re.MULTILINE | re.DOTALL,
    )


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workplace")
    (folder / "models").symlink_to(ROOT / "models")
    return folder


def _prior_in_place_of_sampling(
    draws: int, *, random_seed: int, sample_stats: dict[str, Any], **settings: Any
) -> Any:
    return mock_sample(draws=30, random_seed=random_seed, sample_stats=sample_stats)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if blocks(page, "python")], ids=lambda page: page.name
)
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
    namespace: dict[str, object] = {}
    for number, code in enumerate(blocks(page, "python")):
        exec(compile(code, f"{page.name}:block {number + 1}", "exec"), namespace)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if blocks(page, "console")], ids=lambda page: page.name
)
def test_commands_run(page: Path, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workplace)
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(workplace / "cache"))
    lines = [line for block in blocks(page, "console") for line in block.splitlines()]
    for line in lines:
        if line.startswith("$ withdrawal-risk "):
            words = shlex.split(line)[2:]
            if words[0] not in WITHOUT_A_FIT:
                words += [f"--{name}={number}" for name, number in FEW.items()]
            with pytest.raises(SystemExit) as stopped:
                main(words)
            # Of so few draws a check may fail, which the exit code says.
            assert stopped.value.code in (None, 0, FAILED_CHECKS), line


@pytest.fixture(scope="module")
def default_fit() -> wr.Posterior:
    """The fit of `make report`."""
    return wr.fit(load_model("iraq-2025"), progressbar=False)


def _numbers(sentence: str) -> list[float]:
    return [
        float(number.replace("−", "-")) for number in re.findall(r"[−+]?\d+(?:\.\d+)?", sentence)
    ]


def _agree(shown: str, computed: str, tolerance: float) -> bool:
    """Say whether two texts are alike word for word, their numbers within a tolerance.

    A bound such as "<1" and a number at its border differ by chance alone.
    """
    number = r"[<>]?[−+]?\d[\d.,]*"
    ours, theirs = (" ".join(text.replace("\u00a0", " ").split()) for text in (computed, shown))
    return re.sub(number, "#", ours) == re.sub(number, "#", theirs) and all(
        abs(a - b) <= tolerance for a, b in zip(_numbers(ours), _numbers(theirs), strict=True)
    )


@pytest.mark.parametrize("name", model_readme.OF_FILES)
def test_the_readme_of_the_model_says_what_its_files_say(name: str) -> None:
    made = model_readme.OF_FILES[name](load_model("iraq-2025"))
    assert model_readme.part(name) == made, "write it anew: make readme"


@pytest.mark.parametrize("name", model_readme.OF_FIT)
def test_the_readme_of_the_model_says_what_the_fit_says(
    default_fit: wr.Posterior, name: str
) -> None:
    """Within Monte Carlo error: 6 per cent of a variance, 3 points of a probability."""
    shown = model_readme.part(name).splitlines()
    made = model_readme.OF_FIT[name](default_fit).splitlines()
    assert len(shown) == len(made)
    for theirs, ours in zip(shown, made, strict=True):
        assert _agree(theirs, ours, 6 if "the variance of its probability" in ours else 3), ours


@pytest.mark.parametrize("name", ["tension", "editions"])
def test_tables_of_further_fits_end_with_the_default_one(
    default_fit: wr.Posterior, name: str
) -> None:
    """What other fits say is written by `make readme`; what they share with the default fit is compared, to a point."""
    p = [100 * float(value) for value in wr.outlook(default_fit).summary["probability"]]
    lines = model_readme.part(name).splitlines()[2:]
    shown = _numbers(lines[0]) if name == "tension" else [_numbers(line)[-1] for line in lines]
    np.testing.assert_allclose(shown, p, atol=1.0)


def test_the_readme_shows_what_make_report_prints(default_fit: wr.Posterior) -> None:
    """The table and its sentence, to a point, where chance has moved the last digit."""
    posterior = default_fit
    (shown,) = blocks(ROOT / "README.md", "text")
    lines = [
        line.replace("\u00a0", " ")
        for line in rendered(result_table(wr.outlook(posterior), "en")).splitlines()
    ]
    quoted = shown.replace("\u00a0", " ").splitlines()
    assert quoted[-1] == wr.outlook(posterior).sentence().replace("\u00a0", " ")
    for ours, theirs in zip(lines, quoted, strict=False):
        assert re.sub(r"[<>]?\d[\d.]*", "#", " ".join(ours.split())) == re.sub(
            r"[<>]?\d[\d.]*", "#", " ".join(theirs.split())
        )
        assert all(abs(a - b) <= 2 for a, b in zip(_numbers(ours), _numbers(theirs), strict=True))


ELSEWHERE = {"seeing_is_not_doing"}
"""Examples that run in tests of what they say."""


@pytest.mark.parametrize(
    "name", sorted({path.stem for path in (ROOT / "examples").glob("*.py")} - ELSEWHERE)
)
def test_examples_run(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = runpy.run_path(str(ROOT / "examples" / f"{name}.py"))
    example["main"](str(tmp_path), draws=100, tune=200)
    assert "the probability that all conditions hold" in capsys.readouterr().out.lower()
