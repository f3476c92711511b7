"""Wheel and sdist: what is in them, and that the second makes the first."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from email.parser import Parser
from pathlib import Path

import pytest
from tests.installed.distributions import ROOT, Distributions, build, members_of, unpack

import withdrawal_risk as wr
from withdrawal_risk.language import LANGUAGES

PACKAGE = ROOT / "src" / "withdrawal_risk"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def site(made: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack(made.wheel, tmp_path_factory.mktemp("site"))


def test_the_wheel_holds_the_package_and_its_models(made: Distributions) -> None:
    """All that the checkout has, and nothing else: no tests, caches or files left lying about."""
    kinds = {"families/live": {".js"}, "reports/templates": {".js", ".css", ".html"}}
    kinds["reports/web"] = {".js", ".css"}
    wanted = {
        f"withdrawal_risk/{path.relative_to(PACKAGE)}"
        for path in PACKAGE.rglob("*")
        if path.suffix == ".py"
        or path.name in ("__init__.pyi", "py.typed")
        or path.suffix in kinds.get(str(path.parent.relative_to(PACKAGE)), ())
    }
    for model in wr.list_models():
        # A README has languages: README.ar.md.
        pages = {page.name for page in (ROOT / "models" / model).glob("README*.md")}
        assert "README.md" in pages
        for name in (*pages, "model.yaml", "evidence.csv", "history.csv"):
            wanted.add(f"withdrawal_risk/models/{model}/{name}")
    for must in (
        *(f"language/{code}.py" for code in LANGUAGES),
        *("reports/web/live.min.js", "reports/templates/page.html", "families/live/count.js"),
    ):
        assert f"withdrawal_risk/{must}" in wanted
    found = members_of(made.wheel)
    about = {name for name in found if ".dist-info/" in name}
    assert found - about == wanted
    assert {name.split(".dist-info/")[1] for name in about} == {
        *("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"),
    }


def test_the_sdist_makes_the_same_wheel(made: Distributions, tmp_path: Path) -> None:
    source = unpack(made.sdist, tmp_path / "source")
    again = build(tmp_path / "dist", source, "wheel")
    assert again.wheel.read_bytes() == made.wheel.read_bytes()


def test_the_sdist_holds_what_is_kept_in_version_control(made: Distributions) -> None:
    found = members_of(made.sdist)
    for must in (
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "CITATION.cff",
        "Makefile",
        "tests/conftest.py",
    ):
        assert must in found
    assert {name.split("/")[0] for name in found if "/" in name} == {
        *("benchmarks", "docs", "examples", "models", "src", "tests", "track-record"),
    }
    caches = re.compile(
        r"__pycache__|\.py[co]$|\.nb[ci]$|_cache/|^output/|\.nc$|node_modules/|\.venv"
    )
    assert not [name for name in found if caches.search(name)]
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("no checkout of git")
    folders = {name for name in listed.stdout.split("\0") if "/" in name and name[0] != "."}
    assert {name for name in folders if (ROOT / name).is_file()} <= found


def test_what_is_said_of_the_package_agrees(made: Distributions, site: Path) -> None:
    (file,) = site.glob("*.dist-info/METADATA")
    about = Parser().parsestr(file.read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    cited = dict(
        line.split(": ", 1)
        for line in (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
        if re.match(r"[a-z-]+: ", line)
    )
    assert about["Version"] == wr.__version__ == project["version"] == cited["version"].strip('"')
    assert about["License-Expression"] == cited["license"] == "Apache-2.0"
    assert about["Summary"] == cited["abstract"].rstrip(".")
    assert about["Author"] in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert about["Requires-Python"] == ">=3.12"
    assert f"## {wr.__version__}\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_models_travel_in_the_wheel(site: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r})\n"
        "import withdrawal_risk as wr\n"
        "print(wr.__file__, wr.list_models(), wr.load_model('iraq-2025').id)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        cwd="/",
        check=True,
    )
    told = done.stdout.strip()
    assert told.startswith(str(site)) and told.endswith(f"{wr.list_models()} iraq-2025")
