"""The table of probabilities that a reader of Bayesian networks expects."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

import pandas as pd

from withdrawal_risk.arguments import name_of, names_of
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.elicitation import LEVEL_NAMES, bin_medians
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.inference.posterior import Posterior, model_of
from withdrawal_risk.model.library import Model
from withdrawal_risk.queries.resting import Held, resting_rows

__all__ = ["implied_table"]

_MOST_PARENTS: Final = 4


def implied_table(
    source: Model | Posterior, factor: str, *, parents: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return the probability of each level of a factor given the levels its parents are held at.

    The levels are those the factor comes to rest at, its own variation included; a parent's level
    stands for the middle of its bin.

    Parameters
    ----------
    source : Model or Posterior
        Of a model the prior means are used; a posterior is averaged over its draws.
    factor : str
    parents : sequence of str, optional
        At most four; the others are held at level 0. Default: all.

    Returns
    -------
    pandas.DataFrame
        Rows are the levels of the parents, columns the five levels; every row sums to 1.

    Raises
    ------
    ArgumentError
        For an unknown factor or parent, or more parents than a table can hold.

    Examples
    --------
    >>> table = wr.implied_table(posterior, "gaps", parents=["tension"])
    >>> table.shape
    (5, 5)
    """
    model = model_of(source, "implied_table")
    spec = model.spec
    if name_of(factor, "factor") not in spec.factors:
        raise ArgumentError(
            f"{quoted(factor)} is not a factor; {did_you_mean(factor, spec.factors)}"
        )
    every = list(model.network.predecessors(factor))
    chosen = every if parents is None else list(names_of(parents, "parents"))
    for name in chosen:
        if name not in every:
            raise ArgumentError(
                f"parents: {quoted(name)} does not act on {quoted(factor)}; "
                f"{did_you_mean(name, every)}"
            )
    if len(set(chosen)) < len(chosen):
        raise ArgumentError(f"parents are {chosen}; name each once")
    if len(chosen) > _MOST_PARENTS:
        raise ArgumentError(
            f"{factor!r} has {len(chosen)} parents, {len(LEVEL_NAMES) ** len(chosen)} rows; choose "
            "at most "
            f"{_MOST_PARENTS} with parents, the others are held at level 0"
        )
    held = [Held(name, bin_medians(spec.node(name).cuts)) for name in chosen]
    rows = resting_rows(source, factor, held, spec.factors[factor].cuts)
    levels = list(itertools.product(LEVEL_NAMES, repeat=len(chosen)))
    index = pd.MultiIndex.from_tuples(levels, names=chosen) if chosen else pd.Index([factor])
    return pd.DataFrame([row.probability for row in rows], index=index, columns=list(LEVEL_NAMES))
