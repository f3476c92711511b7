"""The table of probabilities that a reader of Bayesian networks expects."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.arguments import name_of, names_of
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.elicitation import LEVEL_NAMES, level_value
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.inference.posterior import Posterior, model_of
from withdrawal_risk.inference.priors import innovations
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.network import structure_at_prior_means
from withdrawal_risk.random import generator

__all__ = ["implied_table"]

_MOST_PARENTS: Final = 4
_DRAWS: Final = 500
_SIMULATED: Final = 40_000
"""Levels that stand for the law of a factor that jumps: each probability is known to a quarter of a
percent."""

Array = NDArray[np.float64]


def _resting_law(keep: Array) -> Callable[[Array], Array]:
    """Return the distribution function of what jumps add up to in the long run, by simulation.

    One row a persistence.
    """
    many = max(_SIMULATED // len(keep), 1)
    rng = generator(1, "resting law")
    # So many months that of earlier innovations at most a thousandth would be left, even at the
    # largest persistence.
    months = int(np.ceil(np.log(1e-3) / np.log(keep.max()))) + 1
    value = np.zeros((len(keep), many))
    for _ in range(months):
        # Scaled as in the structural equation, so that the variance comes to rest at 1.
        value = keep[:, None] * value + np.sqrt(1 - keep[:, None] ** 2) * innovations(
            rng, value.shape, jump=True
        )
    return lambda z: (value[:, :, None] <= z[:, None, :]).mean(axis=1)


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
    from scipy.special import ndtr

    from withdrawal_risk.dynamics.scale import own_scale

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
    structure, phi, mean_weight = structure_at_prior_means(spec)
    if isinstance(source, Model):
        weight = mean_weight[None]
        scale = own_scale(structure, phi, mean_weight, clamped=tuple(spec.policies)).value
        sd, keep = scale[[structure.factors.index(factor)]], phi[[structure.factors.index(factor)]]
        elicited = spec.factors[factor].baseline
        rest = np.array([elicited.normal[0] if elicited is not None else 0.0])
    else:
        frame, draws = source.frame, source.draws()
        positions = np.linspace(0, len(draws["half_life"]) - 1, _DRAWS).astype(int)
        weight = (
            frame.sign * draws["weight_size"][positions]
            if "weight_size" in draws
            else np.zeros((_DRAWS, 0))
        )
        sd = draws["own_scale"][positions, frame.latent.index(factor)]
        keep = 2.0 ** (-1.0 / draws["half_life"][positions, frame.latent.index(factor)])
        with_baseline = frame.coords["baseline_latent"]
        rest = np.zeros(_DRAWS)
        if factor in with_baseline:
            rest = draws["baseline"][positions, with_baseline.index(factor)]
    place = {(parent, child): e for e, (parent, child, _) in enumerate(structure.edges)}
    cuts = np.array([-np.inf, *spec.factors[factor].cuts, np.inf])
    rows = list(itertools.product(LEVEL_NAMES, repeat=len(chosen)))
    table = []
    # Normal innovations add up to a normal law. Sums of Student-t ones have no closed form, and
    # their law depends on the persistence.
    below = _resting_law(keep) if spec.factors[factor].innovations == "student_t" else ndtr
    for levels in rows:
        # A parent held at a level moves the resting level by its weight times that level. Those
        # that are not chosen are at 0 and add nothing.
        mean = rest.copy()
        for parent, level in zip(chosen, levels, strict=True):
            mean = mean + weight[:, place[parent, factor]] * level_value(
                level, tuple(spec.node(parent).cuts)
            )
        # In units of the own variation at rest, shape (draw, cut). Differences are the
        # probabilities of the levels, averaged over draws.
        table.append(np.diff(below((cuts - mean[:, None]) / sd[:, None]), axis=1).mean(axis=0))
    index = pd.MultiIndex.from_tuples(rows, names=chosen) if chosen else pd.Index([factor])
    return pd.DataFrame(table, index=index, columns=list(LEVEL_NAMES))
