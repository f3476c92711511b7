"""The law of a factor at rest while its parents are held: probabilities of bins, by draw."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.dynamics.drift import split
from withdrawal_risk.inference.path_inputs import dynamics_of
from withdrawal_risk.inference.posterior import Posterior, model_of
from withdrawal_risk.inference.priors import innovations
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.network import structure_at_prior_means
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.random import generator

__all__ = ["Held", "RestingRow", "resting_rows"]

_DRAWS: Final = 500
_SIMULATED: Final = 40_000
"""Levels that stand for the law of a factor that jumps: each probability is known to a quarter of a
percent."""

Array = NDArray[np.float64]


class Held(NamedTuple):
    """A parent, and the levels that it is held at one after the other.

    Parameters
    ----------
    name : str
    levels : tuple of float
    """

    name: str
    levels: tuple[float, ...]


class RestingRow(NamedTuple):
    """The probabilities of a factor's bins while its parents are held.

    Parameters
    ----------
    probability : ndarray, shape (bin,)
        Mean over draws.
    draws : ndarray, shape (draw, bin)
        One draw where the prior means are used.
    """

    probability: Array
    draws: Array


@dataclass(frozen=True, kw_only=True)
class OwnVariation:
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


def _at_prior_means(spec: ModelSpec, factor: str) -> OwnVariation:
    means = structure_at_prior_means(spec)
    structure, j = means.structure, means.structure.factors.index(factor)
    elicited, drift = spec.factors[factor].baseline, structure.drifting == j
    return OwnVariation(
        sd=means.own().value[[j]],
        keep=means.phi[[j]],
        rest=np.array([elicited.normal[0] if elicited is not None else 0.0]),
        weight=means.weight[None],
        # A factor without drift has no entry; 0 then stands for it.
        share=np.append(means.share[drift], 0.0)[:1],
        slow=np.append(means.phi[structure.hidden[drift]], 0.0)[:1],
    )


def _of_draws(posterior: Posterior, factor: str) -> OwnVariation:
    frame, draws = posterior.frame, posterior.draws()
    positions = np.linspace(0, len(draws["half_life"]) - 1, _DRAWS).astype(int)
    some = {name: values[positions] for name, values in draws.items()}
    latent, drifting = frame.latent.index(factor), frame.drift.latent
    phi, _, weight = dynamics_of(frame, some, _DRAWS)
    with_baseline = frame.coords["baseline_latent"]
    nothing = np.zeros((_DRAWS, 1))
    share = frame.drift.share.filled(some, "drift_share", _DRAWS)[:, drifting == latent]
    slow = phi[:, frame.structure.hidden[drifting == latent]]
    return OwnVariation(
        sd=some["own_scale"][:, latent],
        keep=phi[:, frame.structure.factors.index(factor)],
        rest=some["baseline"][:, with_baseline.index(factor)]
        if factor in with_baseline
        else np.zeros(_DRAWS),
        weight=weight,
        share=np.hstack([share, nothing])[:, 0],
        slow=np.hstack([slow, nothing])[:, 0],
    )


def resting_rows(
    source: Model | Posterior, factor: str, held: Sequence[Held], cuts: Sequence[float]
) -> list[RestingRow]:
    """Return the law of a factor at rest for every combination of its parents' levels.

    Parameters
    ----------
    source : Model or Posterior
        Of a model the prior means are used; of a posterior some of its draws, evenly chosen.
    factor : str
    held : sequence of Held
        Parents that are not among them are at level 0.
    cuts : sequence of float
        Where the bins of the factor are cut, ascending.

    Returns
    -------
    list of RestingRow
        The level of the last parent changes fastest.
    """
    spec = model_of(source, "resting_rows").spec
    own = _at_prior_means(spec, factor) if isinstance(source, Model) else _of_draws(source, factor)
    structure = structure_at_prior_means(spec).structure
    place = {(parent, child): e for e, (parent, child, _) in enumerate(structure.edges)}
    edges = np.array([-np.inf, *cuts, np.inf])
    below = own.resting_law(spec.factors[factor].jumping)
    rows = []
    for levels in itertools.product(*(parent.levels for parent in held)):
        # A parent held at a level moves the resting level by its weight times that level. Those
        # that are not held are at 0 and add nothing.
        mean = own.rest.copy()
        for parent, level in zip(held, levels, strict=True):
            mean = mean + own.weight[:, place[parent.name, factor]] * level
        # In units of the own variation at rest, shape (draw, cut). Differences are the
        # probabilities of the bins.
        draws = np.diff(below((edges - mean[:, None]) / own.sd[:, None]), axis=1)
        rows.append(RestingRow(draws.mean(axis=0), draws))
    return rows
