"""The skill of any forecasts over others, whoever made them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from withdrawal_risk.arguments import month_of, number
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.timeline import MonthLike
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.queries.score import numbers_of
from withdrawal_risk.random import check_seed
from withdrawal_risk.scoring.resampling import block_of
from withdrawal_risk.scoring.skill import Skill
from withdrawal_risk.scoring.skill import skill as skill_of_pairs

__all__ = ["skill"]


def skill(
    score: ArrayLike,
    base: ArrayLike,
    *,
    origin: Iterable[MonthLike],
    month: Iterable[MonthLike],
    ci_prob: float = 0.9,
    random_seed: int = 1,
) -> Skill:
    """Return one less the ratio of two scores, with its interval from resampled origins.

    Parameters
    ----------
    score, base : array_like, shape (pair,)
        Of both forecasts of the same months from the same origins, as from `score`: 0 or more, the
        lower the better.
    origin, month : iterable of str, Month or date, shape (pair,)
        From which month each was made, and which month it is of.
    ci_prob : float
    random_seed : int

    Returns
    -------
    Skill
        ``value``; ``lower`` and ``upper``, nan with fewer than two independent blocks of origins;
        ``pairs``, ``origins``, ``blocks``; ``p_value`` of Diebold and Mariano, from ten blocks on.

    Raises
    ------
    ArgumentError
        If the four are not of one length, a score is negative or not finite, or a month lies before
        its origin.

    Examples
    --------
    >>> months = ["2024-02", "2024-03", "2024-04", "2024-05"]
    >>> origins = ["2024-01", "2024-02", "2024-03", "2024-04"]
    >>> found = wr.skill([1.0, 2.0, 1.0, 2.0], [2.0, 2.0, 2.0, 2.0], origin=origins, month=months)
    >>> found.value, found.blocks
    (0.25, 4.0)
    """
    ci_prob = number(ci_prob, "ci_prob", above=0, below=1)
    losses = [numbers_of(given, what) for given, what in ((score, "score"), (base, "base"))]
    begun, ended = (_months(given, what) for given, what in ((origin, "origin"), (month, "month")))
    shapes = {losses[0].shape, losses[1].shape, begun.shape, ended.shape}
    if len(shapes) > 1 or losses[0].ndim != 1 or not losses[0].size:
        raise ArgumentError(
            f"score, base, origin and month have the shapes {losses[0].shape}, {losses[1].shape}, "
            f"{begun.shape} and {ended.shape}; give one of each for every pair"
        )
    for loss, what in zip(losses, ("score", "base"), strict=True):
        if (loss < 0).any():
            raise ArgumentError(
                f"{what} holds {loss.min():g}; skill is a ratio of scores that are 0 or more, "
                "which a log score is not"
            )
    lead = ended - begun
    if (lead < 0).any():
        raise ArgumentError(
            "a month lies before its origin; the month that is forecast comes after"
        )
    return skill_of_pairs(
        losses[0],
        losses[1],
        begun,
        months=len(np.unique(ended)),
        block=block_of(int(lead.max())),
        ci_prob=ci_prob,
        random_seed=check_seed(random_seed),
    )


def _months(given: Iterable[MonthLike], what: str) -> NDArray[np.int64]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise ArgumentError(f"{what} is {quoted(given)}; write a list of months, one a pair")
    return np.array([month_of(one, what).ordinal for one in given], dtype=np.int64)
