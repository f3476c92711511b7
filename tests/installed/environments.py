"""Environments with nothing in them but an installed wheel, made by uv."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.installed.distributions import ROOT

__all__ = ["Environment", "find_python", "lowest_versions", "make"]

_WHEELS_ALONE: Final = ("--only-binary", ":all:")
"""Nothing is compiled by an installation: what has no wheel for a Python is not to be had for it."""


@dataclass(frozen=True)
class Environment:
    """A virtual environment."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def command(self) -> Path:
        """The command line of the package."""
        return self.folder / "bin" / "withdrawal-risk"

    @property
    def site(self) -> Path:
        """The folder of what is installed."""
        return next((self.folder / "lib").glob("python*/site-packages"))


def _own_pythons(version: str) -> list[Path]:
    # pyenv's shims answer for the chosen versions alone.
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    return sorted(root.glob(f"versions/{version}*/bin/python"), reverse=True)


def find_python(uv: str, version: str) -> str | None:
    """Return a Python of a version that is on this machine; None where there is none."""
    for path in _own_pythons(version):
        return str(path)
    done = subprocess.run(
        [uv, "python", "find", "--no-python-downloads", version],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() if done.returncode == 0 else None


def make(
    uv: str,
    folder: Path,
    python: str,
    wheel: Path,
    *,
    constraints: Path | None = None,
    more: Sequence[str] = (),
) -> Environment:
    """Return a new environment in which a wheel and its dependencies are installed, no editable checkout.

    Parameters
    ----------
    uv : str
    folder : Path
    python : str
        Interpreter or version.
    wheel : Path
    constraints : Path, optional
        Versions to install, where a package is installed. Default: the newest.
    more : sequence of str
        Other packages.
    """
    subprocess.run([uv, "venv", "--quiet", "--python", python, folder], check=True)
    limits = ("--constraint", constraints) if constraints else ()
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--compile-bytecode", *_WHEELS_ALONE, *limits, wheel, *more],
        env={**os.environ, "VIRTUAL_ENV": str(folder)},
        check=True,
    )  # fmt: skip
    return Environment(folder)


def lowest_versions(uv: str, version: str, file: Path) -> None:
    """Write the lowest versions that the dependencies of ``pyproject.toml`` allow."""
    subprocess.run(
        [
            *(uv, "pip", "compile", ROOT / "pyproject.toml", "--quiet", "--no-header"),
            *("--resolution", "lowest-direct", "--python-version", version, "--no-annotate"),
            *(*_WHEELS_ALONE, "--output-file", file),
        ],
        check=True,
    )
