"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from withdrawal_risk.errors import WithdrawalRiskError

__all__ = ["check_target", "write_beside"]


def check_target(path: Path) -> None:
    """Refuse a file that could not be written, before long work is done for it.

    Raises
    ------
    WithdrawalRiskError
    """
    if path.is_dir():
        raise WithdrawalRiskError(f"{path} is a folder; name a file in it")
    there = next(folder for folder in (path.parent.absolute(), *path.parent.absolute().parents) if folder.exists())
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        raise WithdrawalRiskError(f"{path} cannot be written: {there} is no folder one may write to")


def write_beside(path: Path, write: Callable[[Path], Any]) -> None:
    """Call ``write(temporary path)`` and rename the result into place, so no half-written file is left."""
    check_target(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    try:
        write(Path(name))
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
