"""Runs a command for which folders without permission to write cannot be written, even as root."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

__all__ = ["cannot_drop", "read_only", "run"]

_DROP: Final = (
    "setpriv",
    "--bounding-set=-dac_override,-dac_read_search,-fowner",
    "--inh-caps=-all",
)
"""Root passes over permissions by these capabilities; without them it is refused as its owner is."""

cannot_drop: Final = os.geteuid() == 0 and shutil.which("setpriv") is None


def read_only(folder: Path) -> None:
    """Take the permission to write from a folder and everything in it."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o222)


def run(
    command: Sequence[str | Path], environment: Mapping[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, with no more rights than the owner of the files has."""
    prefix = _DROP if os.geteuid() == 0 else ()
    return subprocess.run(
        [*prefix, *map(str, command)],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
