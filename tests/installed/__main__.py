"""``python -m tests.installed wheel``, ``versions`` or ``lowest``: installs the wheel elsewhere and uses it.

``wheel``: in an empty environment whose folder cannot be written, the commands and the first block
of README and the quickstart run with few draws. ``versions``: a short use under several Pythons.
``lowest``: some tests with the lowest versions that ``pyproject.toml`` allows, under the oldest
Python.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.installed.distributions import ROOT, build
from tests.installed.environments import Environment, find_python, lowest_versions, make
from tests.installed.unprivileged import read_only, run

OLDEST: Final = "3.12"
VERSIONS: Final = (OLDEST, "3.13", "3.14")

SHORT_LIST: Final = (
    "tests/test_package.py",
    "tests/inference/test_fit.py",
    "tests/inference/test_storage.py",
    "tests/queries/test_outlook.py",
    "tests/plots/test_plots.py",
    "tests/plots/test_network_plot.py",
    "tests/reports/test_report.py",
    "tests/exchange/test_download.py",
)
"""Imports, a fit, answers, plots, a report, and what reads and writes files."""

TOOLS: Final = ("filelock", "html5lib", "hypothesis", "pytest>=9", "pytest-xdist")

COMMANDS: Final = (
    ("--version",),
    ("warm-up",),
    ("validate", "iraq-2025"),
    ("new", "my-country"),
    ("outlook", "iraq-2025", "--preliminary", "--lang=ar"),
)


def _use(made: Environment, folder: Path) -> None:
    """Type what README and quickstart say, in a folder of one's own."""
    home = folder / "home"
    home.mkdir()
    kept = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8"}
    read_only(made.site)
    block = re.search(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)
    assert block is not None
    few, changed = re.subn(
        r"draws=\d+, tune=\d+, chains=\d+", "draws=100, tune=200, chains=2", block[1]
    )
    assert changed == 1, "the block of README says how many draws"
    (folder / "readme.py").write_text(few, encoding="utf-8")
    shutil.copy(ROOT / "examples" / "quickstart.py", folder)
    quickstart = "import quickstart; quickstart.main('output', draws=100, tune=200)"
    for words in (
        *((made.command, *words) for words in COMMANDS),
        (made.python, "readme.py"),
        (made.python, "-c", quickstart),
    ):
        began = time.monotonic()
        done = run(words, kept, folder)
        said = " ".join(Path(word).name for word in map(str, words))
        print(f"{time.monotonic() - began:6.1f} s  {said}", flush=True)
        if done.returncode:
            raise SystemExit(f"{done.stdout}\n{done.stderr}\n{said}: exit code {done.returncode}")
    for name in ("report.html", "iraq-2025.nc", "my-country/model.yaml", "output/outlook.png"):
        assert (folder / name).stat().st_size > 0, name
    assert list((home / ".cache" / "numba").rglob("*.nbi")), "compiled code went to the home"


def wheel(uv: str, folder: Path) -> None:
    """Install the wheel with the versions of the lock, and use it."""
    dist = build(folder / "dist")
    lock = ROOT / "requirements.lock"
    version = (ROOT / ".python-version").read_text().strip()
    python = find_python(uv, version) or version
    made = make(uv, folder / "venv", python, dist.wheel, constraints=lock)
    place = folder / "place"
    place.mkdir()
    _use(made, place)


def versions(uv: str, folder: Path, wanted: Sequence[str]) -> None:
    """Install the wheel and the newest of all it needs under several Pythons, and use it shortly."""
    dist = build(folder / "dist")
    passed, absent = [], []
    for version in wanted:
        python = find_python(uv, version)
        if python is None:
            absent.append(version)
            continue
        made = make(uv, folder / version, python, dist.wheel)
        place = folder / f"place-{version}"
        shutil.copytree(ROOT / "tests" / "data" / "small", place / "small")
        shutil.copy(Path(__file__).parent / "smoke.py", place)
        subprocess.run([made.python, "-W", "error::DeprecationWarning:withdrawal_risk", "smoke.py"], cwd=place, check=True)  # fmt: skip
        passed.append(version)
    print("passed:", ", ".join(passed) or "none")
    if absent:
        print("not on this machine, so not tried:", ", ".join(absent))
    if not passed:
        raise SystemExit(1)


def lowest(uv: str, folder: Path) -> None:
    """Run some tests with the lowest versions that are allowed."""
    dist = build(folder / "dist")
    python = find_python(uv, OLDEST)
    if python is None:
        raise SystemExit(f"needs Python {OLDEST}: {uv} python install {OLDEST}")
    limits = folder / "lowest.txt"
    lowest_versions(uv, OLDEST, limits)
    made = make(uv, folder / "venv", python, dist.wheel, constraints=limits, more=TOOLS)
    # The tests of the checkout, and the package of the wheel.
    place = folder / "place"
    place.mkdir()
    for name in ("tests", "models", "examples", "pyproject.toml"):
        (place / name).symlink_to(ROOT / name)
    subprocess.run(
        [made.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *SHORT_LIST],
        cwd=place,
        check=True,
    )


def main() -> None:
    """Do what is asked in a folder that is deleted afterwards."""
    parser = argparse.ArgumentParser(prog="python -m tests.installed", description=__doc__)
    parser.add_argument("what", choices=("wheel", "versions", "lowest"))
    parser.add_argument("--uv", default="uv")
    parser.add_argument("--python", nargs="+", default=list(VERSIONS))
    given = parser.parse_args()
    # Where uv is stays known in other folders.
    uv = shutil.which(given.uv)
    if uv is None:
        parser.error(f"there is no uv at {given.uv}")
    uv = str(Path(uv).absolute())
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="installed-") as name:
        folder = Path(name)
        try:
            if given.what == "versions":
                versions(uv, folder, given.python)
            else:
                {"wheel": wheel, "lowest": lowest}[given.what](uv, folder)
        finally:
            # What cannot be written could not be deleted either by its owner.
            for path in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
                if not path.is_symlink():
                    path.chmod(path.stat().st_mode | 0o700)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{given.what}: {time.monotonic() - began:.0f} s, "
        f"{used.ru_utime + used.ru_stime:.0f} s of them on a core"
    )


if __name__ == "__main__":
    main()
