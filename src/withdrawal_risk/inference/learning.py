"""What the evidence made of every judgement: how far it moved it, and whether it disagrees."""

from __future__ import annotations

import math
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.inference.judgements import judgements, scores
from withdrawal_risk.inference.posterior import Posterior

__all__ = [
    "LEAST_NARROWED",
    "LEAST_SHIFT",
    "RARE",
    "current_levels",
    "is_moved",
    "learning",
    "level_learning",
]

LEAST_SHIFT: Final = 0.25
"""Prior sd from which on a mean counts as moved."""

LEAST_NARROWED: Final = 0.9
"""Posterior over prior sd below which a spread counts as narrowed."""

RARE: Final = 0.01
"""Tail probability below which the evidence disagrees with a judgement."""

_LEAST_LEARNT: Final = 0.05
"""Share of a judgement's variance that the evidence takes away at least, where it can disagree."""

_LEARNING: WeakKeyDictionary[Posterior, pd.DataFrame] = WeakKeyDictionary()


def is_moved(shift: float, ratio: float) -> bool:
    """Say whether evidence moved something, by its shift in prior sd and its ratio of sd."""
    return abs(shift) > LEAST_SHIFT or ratio < LEAST_NARROWED


def learning(posterior: Posterior) -> pd.DataFrame:
    """Return what the evidence made of every elicited range.

    The tail probability is that of evidence which pulls a judgement at least so far, were the
    judgement right: before the evidence the posterior mean of a standard normal score has mean 0
    and variance one less the posterior variance, by the law of total variance. It holds exactly
    where score and evidence are jointly normal (Evans and Moshonov, Bayesian Analysis 1, 2006, on
    conflict of prior and data).

    Returns
    -------
    pandas.DataFrame
        Indexed by ``path``: ``group``; ``shift``, the posterior mean less the centre of the range
        in sd of the range; ``ratio``, posterior over prior sd; ``moved``; and
        ``tail_probability``, nan where the evidence takes away less than a twentieth of the
        variance and so cannot disagree.
    """
    if posterior not in _LEARNING:
        several, score = judgements(posterior), scores(posterior)
        shift, ratio = score.mean(axis=0), score.std(axis=0)
        _LEARNING[posterior] = pd.DataFrame(
            {
                "group": [item.group for item in several],
                "shift": shift,
                "ratio": ratio,
                "moved": [is_moved(float(m), float(s)) for m, s in zip(shift, ratio, strict=True)],
                "tail_probability": [
                    _tail(float(m), float(s)) for m, s in zip(shift, ratio, strict=True)
                ],
            },
            index=pd.Index([item.path for item in several], name="path"),
        )
    return _LEARNING[posterior]


def current_levels(posterior: Posterior, group: str) -> NDArray[np.float64]:
    """Return the levels of the latent factors in the month of the ``as_of``, (draw, factor)."""
    now, frame = posterior.as_of - posterior.stored_months.first, posterior.frame
    return posterior.inferred_levels(group)[:, now, np.isin(frame.inferred, frame.latent)]


def level_learning(posterior: Posterior) -> pd.DataFrame:
    """Return what the evidence made of the current level of every factor.

    Returns
    -------
    pandas.DataFrame
        Indexed by factor: ``shift`` of its mean in prior sd, ``ratio`` of posterior over prior sd,
        and ``moved``.
    """
    after, before = (current_levels(posterior, group) for group in ("posterior", "prior"))
    shift = (after.mean(axis=0) - before.mean(axis=0)) / before.std(axis=0)
    ratio = after.std(axis=0) / before.std(axis=0)
    moved = [is_moved(float(m), float(s)) for m, s in zip(shift, ratio, strict=True)]
    return pd.DataFrame(
        {"shift": shift, "ratio": ratio, "moved": moved},
        index=pd.Index(posterior.frame.latent, name="factor"),
    )


def _tail(shift: float, ratio: float) -> float:
    """Return the probability of a pull of this size or more in either direction."""
    learnt = 1.0 - ratio**2
    if learnt < _LEAST_LEARNT:
        return math.nan
    return math.erfc(abs(shift) / math.sqrt(2.0 * learnt))
