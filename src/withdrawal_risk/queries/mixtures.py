"""Probabilities of a condition under several priors, and of their mixture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.queries.results import summarise
from withdrawal_risk.simulation.observation import is_trusted
from withdrawal_risk.simulation.probabilities import Probabilities

__all__ = ["Spread", "Voice", "mixture", "spread_of"]

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Voice:
    """Draws of P(condition | draw) under one prior.

    Parameters
    ----------
    source : str
        Which fit the draws are of: those of one fit share their noise.
    p : ndarray, shape (draw,)
    weight : ndarray, shape (draw,)
        Summing to 1.
    khat, ess : float
        Of the weights; of a fit of its own, nothing is reweighted.
    """

    source: str
    p: Array
    weight: Array
    khat: float
    ess: float

    @property
    def trusted(self) -> bool:
        """Whether the weights may be trusted."""
        return is_trusted(self.khat, self.ess)

    @property
    def probability(self) -> float:
        """The mean."""
        return float(self.weight @ self.p)


@dataclass(frozen=True)
class Spread:
    """Where the variance of one outcome comes from; the three add up to P(1 - P).

    Parameters
    ----------
    between : float
        Experts disagree.
    within : float
        What each of them does not know.
    chance : float
        What nobody could know.
    """

    between: float
    within: float
    chance: float


def spread_of(voices: Sequence[Voice], weights: Array, futures: int) -> Spread:
    """Split the variance of whether a condition holds over experts, their ignorance and chance.

    By the law of total variance, twice. The noise of simulating finitely many futures is taken out
    of what is not known and counted as the chance that it is.

    Parameters
    ----------
    voices : sequence of Voice
    weights : ndarray, shape (voice,)
        Summing to 1.
    futures : int
        Of each draw.
    """
    mean = np.array([voice.probability for voice in voices])
    square = np.array([float(voice.weight @ voice.p**2) for voice in voices])
    # An unbiased estimate of the binomial variance of a share of so many futures.
    noise = (mean - square) / (futures - 1)
    between = float(weights @ mean**2 - (weights @ mean) ** 2)
    return Spread(
        between=between,
        within=float(weights @ (square - mean**2 - noise)),
        chance=float(weights @ (mean - square + noise)),
    )


def mixture(
    posterior: Posterior,
    voices: Sequence[Voice],
    weights: Array,
    *,
    ci_prob: float,
    futures: int,
) -> pd.Series[Any]:
    """Return probability, interval, Monte Carlo error and word of a mixture of voices.

    Parameters
    ----------
    posterior : Posterior
        Whose chains the draws have.
    voices : sequence of Voice
    weights : ndarray, shape (voice,)
        Summing to 1.
    ci_prob, futures
        As in `outlook`.
    """
    # Draws of one fit are the same draws under several weights, so that their noise counts once.
    blocks: dict[str, tuple[Array, Array]] = {}
    for voice, share in zip(voices, weights, strict=True):
        p, weight = blocks.get(voice.source, (voice.p, np.zeros(len(voice.p))))
        blocks[voice.source] = p, weight + share * voice.weight
    p, weight = (np.concatenate(side) for side in zip(*blocks.values(), strict=True))
    weight = weight / weight.sum()
    ess = 1.0 / float((weight**2).sum())
    found = Probabilities(
        names=["mixture"],
        value=p[None, None],
        futures=futures,
        count=np.array([futures * ess]),
        trials=np.full((1, len(p)), float(futures)),
        gaps=[],
        unmoved=np.zeros((1, 1), dtype=bool),
        weight=weight[None],
        baseline_level=[np.zeros(0)],
    )
    result = summarise(posterior, found, ci_prob=ci_prob, chains=posterior.chains * len(blocks))
    return result.summary.iloc[0]
