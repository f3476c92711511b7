"""The table of probabilities that a reader of Bayesian networks expects."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.arguments import name_of, names_of
from withdrawal_risk.characters import quoted
from withdrawal_risk.dynamics.drift import split
from withdrawal_risk.elements.elicitation import LEVEL_NAMES, level_value
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.inference.path_inputs import dynamics_of
from withdrawal_risk.inference.posterior import Posterior, model_of
from withdrawal_risk.inference.priors import innovations
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.network import structure_at_prior_means
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.random import generator

__all__ = ["implied_table"]

_MOST_PARENTS: Final = 4
_DRAWS: Final = 500
_SIMULATED: Final = 40_000
"""Levels that stand for the law of a factor that jumps: each probability is known to a quarter of a
percent."""

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class _Own:
    """A factor's own variation, one row a draw.

    Parameters
    ----------
    sd, keep : ndarray, shape (draw,)
        Its long-run sd, and the persistence of the factor.
    rest : ndarray, shape (draw,)
        The level at which it rests with every parent at 0.
    weight : ndarray, shape (draw, edge)
        Long-run effects, of all edges.
    share, slow : ndarray, shape (draw,)
        Share of its variance that drifts, and the persistence of that; 0 without drift.
    """

    sd: Array
    keep: Array
    rest: Array
    weight: Array
    share: Array
    slow: Array

    def resting_law(self, jumping: Collection[str]) -> Callable[[Array], Array]:
        """Return the distribution function at rest in units of `sd`, shape (draw, ...).

        Normal innovations add up to a normal law. Sums of Student-t ones have no closed form, and
        their law depends on the persistence, so it is simulated.
        """
        from scipy.special import ndtr

        if not jumping:
            return lambda z: np.asarray(ndtr(z))
        many = max(_SIMULATED // len(self.keep), 1)
        rng = generator(1, "resting law")
        keep, slow = self.keep[:, None], self.slow[:, None]
        scale, weight = split(1.0, self.share[:, None], keep, slow)
        # So many months that of earlier innovations at most a thousandth would be left, even at the
        # largest persistence.
        months = int(np.ceil(np.log(1e-3) / np.log(max(keep.max(), slow.max())))) + 1
        value, hidden = np.zeros((len(keep), many)), np.zeros((len(keep), many))
        for _ in range(months):
            # The structural equation of the factor and of its hidden parent, if it has one.
            if weight.any():
                shock = innovations(rng, value.shape, jump="slow" in jumping)
                hidden = slow * hidden + np.sqrt(1 - slow**2) * shock
            shock = innovations(rng, value.shape, jump="fast" in jumping)
            value = keep * value + (1 - keep) * weight * hidden
            value += scale * np.sqrt(1 - keep**2) * shock
        return lambda z: (value[:, :, None] <= z[:, None, :]).mean(axis=1)


def _at_prior_means(spec: ModelSpec, factor: str) -> _Own:
    means = structure_at_prior_means(spec)
    structure, j = means.structure, means.structure.factors.index(factor)
    elicited, drift = spec.factors[factor].baseline, structure.drifting == j
    return _Own(
        sd=means.own().value[[j]],
        keep=means.phi[[j]],
        rest=np.array([elicited.normal[0] if elicited is not None else 0.0]),
        weight=means.weight[None],
        # A factor without drift has no entry; 0 then stands for it.
        share=np.append(means.share[drift], 0.0)[:1],
        slow=np.append(means.phi[structure.hidden[drift]], 0.0)[:1],
    )


def _of_draws(posterior: Posterior, factor: str) -> _Own:
    frame, draws = posterior.frame, posterior.draws()
    positions = np.linspace(0, len(draws["half_life"]) - 1, _DRAWS).astype(int)
    some = {name: values[positions] for name, values in draws.items()}
    latent, drifting = frame.latent.index(factor), frame.drift.latent
    phi, _, weight = dynamics_of(frame, some, _DRAWS)
    with_baseline = frame.coords["baseline_latent"]
    nothing = np.zeros((_DRAWS, 1))
    share = frame.drift.share.filled(some, "drift_share", _DRAWS)[:, drifting == latent]
    slow = phi[:, frame.structure.hidden[drifting == latent]]
    return _Own(
        sd=some["own_scale"][:, latent],
        keep=phi[:, frame.structure.factors.index(factor)],
        rest=some["baseline"][:, with_baseline.index(factor)]
        if factor in with_baseline
        else np.zeros(_DRAWS),
        weight=weight,
        share=np.hstack([share, nothing])[:, 0],
        slow=np.hstack([slow, nothing])[:, 0],
    )


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
    own = _at_prior_means(spec, factor) if isinstance(source, Model) else _of_draws(source, factor)
    structure = structure_at_prior_means(spec).structure
    place = {(parent, child): e for e, (parent, child, _) in enumerate(structure.edges)}
    cuts = np.array([-np.inf, *spec.factors[factor].cuts, np.inf])
    rows = list(itertools.product(LEVEL_NAMES, repeat=len(chosen)))
    table = []
    below = own.resting_law(spec.factors[factor].jumping)
    for levels in rows:
        # A parent held at a level moves the resting level by its weight times that level. Those
        # that are not chosen are at 0 and add nothing.
        mean = own.rest.copy()
        for parent, level in zip(chosen, levels, strict=True):
            mean = mean + own.weight[:, place[parent, factor]] * level_value(
                level, tuple(spec.node(parent).cuts)
            )
        # In units of the own variation at rest, shape (draw, cut). Differences are the
        # probabilities of the levels, averaged over draws.
        table.append(np.diff(below((cuts - mean[:, None]) / own.sd[:, None]), axis=1).mean(axis=0))
    index = pd.MultiIndex.from_tuples(rows, names=chosen) if chosen else pd.Index([factor])
    return pd.DataFrame(table, index=index, columns=list(LEVEL_NAMES))
