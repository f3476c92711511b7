"""Compiling by Numba, with the options the library uses everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit

__all__ = ["compiled"]


def compiled(function: Callable[..., Any], *, nogil: bool = False) -> Any:
    """Return a function as machine code, cached on disk where there is a place for it.

    Parameters
    ----------
    function : callable
    nogil : bool
        Whether other threads may run meanwhile.
    """
    # NumPy's error model: division by 0 gives infinity or nan, as in arrays, and no exception.
    try:
        return njit(cache=True, error_model="numpy", nogil=nogil)(function)
    except RuntimeError:
        # Neither beside the code nor in a home folder may anything be written: it is compiled for
        # this process alone.
        return njit(error_model="numpy", nogil=nogil)(function)
