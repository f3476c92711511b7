"""Builds wheel and sdist, and says what should be in them."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["ROOT", "Distributions", "build", "members_of", "unpack"]

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True)
class Distributions:
    """A wheel and an sdist."""

    wheel: Path
    sdist: Path


def build(folder: Path, source: Path = ROOT, *targets: str) -> Distributions:
    """Build wheel and sdist of a checkout, or of an unpacked sdist, into an empty folder."""
    wanted = [word for target in targets or ("sdist", "wheel") for word in ("-t", target)]
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", *wanted, "-d", str(folder.resolve())],
        cwd=source,
        check=True,
        capture_output=True,
    )
    return Distributions(*(next(folder.glob(kind), folder) for kind in ("*.whl", "*.tar.gz")))


def members_of(archive: Path) -> set[str]:
    """Return the names of the files in a wheel or sdist; in an sdist below its one folder."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return {name for name in wheel.namelist() if not name.endswith("/")}
    with tarfile.open(archive) as sdist:
        return {member.name.split("/", 1)[1] for member in sdist if member.isfile()}


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack a wheel or sdist; return the folder in which the package or ``pyproject.toml`` lies."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(folder)
        return folder
    with tarfile.open(archive) as sdist:
        sdist.extractall(folder, filter="data")
    return next(folder.iterdir())
