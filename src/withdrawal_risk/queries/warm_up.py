"""Compiling ahead of the first question."""

from __future__ import annotations

from withdrawal_risk.inference.fit import fit
from withdrawal_risk.model.library import load_model
from withdrawal_risk.queries.outlook import outlook

__all__ = ["warm_up"]


def warm_up() -> None:
    """Compile what fits and questions need, so that the first of them does not wait for it.

    Machine code serves all models. It is kept for this version of the library and this kind of
    processor, where Numba keeps its cache.

    Examples
    --------
    >>> wr.warm_up()
    """
    # A few draws of a shipped model pass through all of it.
    outlook(fit(load_model("iraq-2025"), draws=10, tune=10, chains=1, progressbar=False))
