"""Compiling by Numba, with the options the library uses everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba import cfunc, njit
from numba.extending import is_jitted, register_jitable

__all__ = ["compiled", "compiled_for_c", "digest_of", "jitable", "named_after"]


def compiled(
    function: Callable[..., Any], *, nogil: bool = False, stored: bool = True, inline: bool = False
) -> Any:
    """Return a function as machine code, cached on disk where there is a place for it.

    Parameters
    ----------
    function : callable
        One that is compiled already is returned as it is.
    nogil : bool
        Whether other threads may run meanwhile.
    stored : bool
        Whether it is cached and can be called from Python. What only other compiled functions call
        is stored with them, and compiled faster where Python cannot reach it.
    inline : bool
        Whether it is written out where another compiled function calls it.
    """
    if is_jitted(function):
        return function
    # NumPy's error model: division by 0 gives infinity or nan, as in arrays, and no exception.
    options: dict[str, Any] = {"error_model": "numpy", "nogil": nogil}
    options["inline"] = "always" if inline else "never"
    if not stored:
        options |= {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
        return njit(**options)(function)
    return _stored(lambda cache: njit(cache=cache, **options)(function))


def _stored(compile_: Callable[[bool], Any]) -> Any:
    """Return what compiles to with a cache on disk, where there is a place for one."""
    try:
        return compile_(True)
    except RuntimeError:
        # Neither beside the code nor in a home folder may anything be written: it is compiled for
        # this process alone.
        return compile_(False)


def compiled_for_c(function: Callable[..., Any], signature: Any) -> Any:
    """Return a function as machine code that C calls; compiled now, and cached as `compiled` does.

    Parameters
    ----------
    function : callable
    signature : numba signature
    """
    return _stored(lambda cache: cfunc(signature, cache=cache, error_model="numpy")(function))


def jitable[Function: Callable[..., Any]](function: Function) -> Function:
    """Leave a function as it is, and let compiled functions call it as machine code."""
    return register_jitable(function)


def digest_of(*names: str) -> int:
    """Return a digest of files and folders of the package.

    Numba looks for changes in the file of a function, not in the files of what it calls. What
    calls functions of other files is named after their digest (`named_after`).
    """
    digest = hashlib.sha256()
    for name in names:
        place = Path(__file__).parent / name
        for file in [place] if place.is_file() else sorted(place.rglob("*.py")):
            digest.update(file.read_bytes())
    return int.from_bytes(digest.digest()[:8])


def named_after[Function: Callable[..., Any]](function: Function, source: int) -> Function:
    """Give a function a name by which its machine code is found only for the same source."""
    function.__qualname__ += f"_{source:x}"
    return function
