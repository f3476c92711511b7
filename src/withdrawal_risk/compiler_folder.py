"""A place for what PyTensor's compiler keeps, where the home folder is none."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["ensure_compiler_folder"]

_FLAGS = "PYTENSOR_FLAGS"


def ensure_compiler_folder() -> None:
    """Give PyTensor a private folder that lasts as long as this process, where it has none.

    It has to be named before PyTensor is imported. A folder that others could write to would let
    them choose the code here.
    """
    flags = os.environ.get(_FLAGS, "")
    # A choice of the user stays, whether the flag is ``compiledir`` or ``base_compiledir``. Child
    # processes see the flag that is set below, and share the folder.
    if "compiledir" in flags or _can_be_written(Path(os.path.expanduser("~")) / ".pytensor"):
        return
    # Needed by few, and loaded with the package by all.
    import atexit
    import shutil
    import tempfile

    folder, owner = tempfile.mkdtemp(prefix="withdrawal-risk-"), os.getpid()
    os.environ[_FLAGS] = ",".join(filter(None, (flags, f"base_compiledir={folder}")))

    def remove() -> None:
        # A forked child may run this too when it ends, while its parent still needs the folder.
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)


def _can_be_written(folder: Path) -> bool:
    # The folder itself or the nearest one above it, in which PyTensor would make it. A home that is
    # unknown leaves ``~``, a relative path, as it is.
    existing = next((place for place in (folder, *folder.parents) if place.exists()), None)
    return existing is not None and folder.is_absolute() and os.access(existing, os.W_OK | os.X_OK)
