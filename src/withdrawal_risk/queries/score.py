"""Scores of any forecast, whoever made it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from withdrawal_risk.arguments import chosen, names_of, whole_number
from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.random import generator
from withdrawal_risk.scoring.evaluation import MEASURES, evaluated

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["numbers_of", "score"]

Array = NDArray[np.float64]

_LARGEST: Final = 1e150
"""Squares of larger numbers overflow."""


def score(
    samples: ArrayLike,
    observed: ArrayLike,
    *,
    measures: Sequence[str] | None = None,
    log_density: ArrayLike | None = None,
    event: ArrayLike | None = None,
    threshold: ArrayLike | None = None,
    categories: int | None = None,
    random_seed: int = 1,
) -> pd.DataFrame:
    """Score forecasts that are given as ensembles.

    All scores are losses, the lower the better; ``covered_50``, ``covered_90`` and ``pit`` are for
    calibration.

    Parameters
    ----------
    samples : array_like, shape (member,) or (case, member)
        What each forecast holds possible. Categories are positions from 0, yes is 1 and no 0.
    observed : array_like, shape () or (case,)
        What happened.
    measures : sequence of str, optional
        Which columns to return. Default: all, that is ``crps`` in the unit of the values,
        ``log_crps`` of log(1 + value), ``log_score``, ``ignorance`` in the bins of VIEWS,
        ``interval_score`` of the central 90 %, ``brier``, ``ranked_probability``, ``tail_crps``,
        ``log_error`` of the median, ``covered_50``, ``covered_90``, ``pit``.
    log_density : array_like, shape () or (case,), optional
        Of what happened under the forecast; the log score is not defined without it, because an
        ensemble has no density.
    event : array_like, shape () or (case,), optional
        The Brier score is of a value above this. Of a yes or no write 0.5.
    threshold : array_like, shape () or (case,), optional
        Where the upper tail begins.
    categories : int, optional
        Number of ordered categories.
    random_seed : int
        Of the random numbers that break ties in the PIT.

    Returns
    -------
    pandas.DataFrame
        A row a case; before the measures ``observed``, ``mean``, ``q05`` to ``q95``,
        ``probability`` (of the event) and ``event``. A score that is not defined is nan.

    Raises
    ------
    ArgumentError
        If shapes do not fit, or a number is not finite.

    Examples
    --------
    >>> table = wr.score([[1, 2, 3, 4], [0, 0, 0, 1]], [2, 3])
    >>> table["crps"].tolist()
    [0.375, 2.5625]
    """
    import pandas as pd

    if observed is None:
        raise ArgumentError("observed is None; give what happened, a number a case")
    wanted = MEASURES if measures is None else names_of(measures, "measures")
    for name in wanted:
        chosen(name, "measures", MEASURES)
    members = np.atleast_2d(numbers_of(samples, "samples"))
    if members.ndim != 2 or not members.size:
        raise ArgumentError(
            f"samples has shape {np.shape(samples)}; it must be (member,) or (case, member)"
        )
    cases = len(members)
    if categories is not None:
        categories = whole_number(categories, "categories", least=2, most=1000)
        _check_positions(members, _of_cases(observed, "observed", cases), categories)
    table = evaluated(
        members,
        _of_cases(observed, "observed", cases),
        log_density=_of_cases(log_density, "log_density", cases, infinite=True),
        event=_of_cases(event, "event", cases),
        threshold=_of_cases(threshold, "threshold", cases),
        categories=categories,
        amounts=categories is None,
        uniform=generator(random_seed, "pit").random(cases),
    )
    return pd.DataFrame(
        {
            "observed": _of_cases(observed, "observed", cases),
            **{name: column for name, column in table.items() if name not in MEASURES},
            **{name: table[name] for name in wanted},
        }
    )


def numbers_of(value: ArrayLike, what: str, *, infinite: bool = False) -> Array:
    """Return numbers that a user gave.

    Raises
    ------
    ArgumentError
        If they are none, or not finite.
    """
    try:
        given = np.asarray(value)
        # Text and dates would be read as numbers, and masks be lost.
        plain = given.dtype.kind in "iuf" and not np.ma.isMaskedArray(value)
        numbers = given.astype(float) if plain else None
    except (TypeError, ValueError, OverflowError):
        numbers = None
    if numbers is None:
        raise ArgumentError(f"{what} is {quoted(value)}; it must hold plain numbers")
    if np.isnan(numbers).any() or not (infinite or (np.abs(numbers) <= _LARGEST).all()):
        raise ArgumentError(
            f"{what} holds a number that is not finite, or beyond {_LARGEST:g}; leave that case out"
        )
    return numbers


def _of_cases(value: ArrayLike | None, what: str, cases: int, *, infinite: bool = False) -> Array:
    """Return a number a case; nan where none is given."""
    if value is None:
        return np.full(cases, np.nan)
    numbers = numbers_of(value, what, infinite=infinite)
    if numbers.ndim > 1 or (numbers.ndim and len(numbers) != cases):
        raise ArgumentError(
            f"{what} has shape {numbers.shape}; samples has {cases} "
            f"{'case' if cases == 1 else 'cases'}, so it must be one number"
            + ("" if cases == 1 else f" or ({cases},)")
        )
    return np.broadcast_to(numbers, (cases,)).copy()


def _check_positions(members: Array, observed: Array, categories: int) -> None:
    for what, values in (("samples", members), ("observed", observed)):
        if (values != np.floor(values)).any() or (values < 0).any() or (values >= categories).any():
            raise ArgumentError(
                f"{what} holds what is no position of {categories} categories; write whole numbers "
                f"from 0 to {categories - 1}"
            )
