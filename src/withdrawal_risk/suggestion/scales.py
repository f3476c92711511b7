"""Families whose histories can be read: the scale on which a level adds, and what values may be."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["SCALES", "Array", "Scale"]

Array = NDArray[np.float64]

_MILLIONFOLD: Final = math.log(8e5)
"""A positive number of a model file spans at most a millionfold; rounding needs the rest."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The scale of a family's linear predictor.

    Parameters
    ----------
    key : str
        Of a model file: how much a level changes.
    values : str
        What values are, for messages.
    low, high : float
        Values that are read, both included.
    link : callable
        From values to the scale.
    natural : callable
        From one predictor to the value in natural units.
    name : str
        Of the scale, in sentences.
    whole : bool
        Whether values are whole numbers, with the noise of a count.
    ratio : bool
        Whether the change per level is the exponential of the loading.
    zeros : bool
        Whether a 0 is set aside, as a month without flow.
    widest : float
        Half of the widest range of a reference, on the scale.
    least_spread : float
        Sd of the months below which they do not differ.
    most_spread : float
        Sd of the months above which they differ more than a model can follow.
    """

    key: str
    values: str
    low: float
    high: float
    link: Callable[[Array], Array]
    natural: Callable[[float], float]
    name: str = "log"
    whole: bool = False
    ratio: bool = True
    zeros: bool = False
    widest: float = _MILLIONFOLD / 2
    least_spread: float = 1e-4
    most_spread: float = 6.0


def _itself(values: Array) -> Array:
    return values


def _log_count(counts: Array) -> Array:
    """Return logarithms, moved so that 0 has one; counts themselves are read as they are."""
    return np.asarray(np.log(counts + 0.5))


def _log_odds(shares: Array) -> Array:
    return np.asarray(np.log(shares / (1 - shares)))


def _of_log_odds(eta: float) -> float:
    return 1 / (1 + math.exp(-eta))


SCALES: Final[Mapping[str, Scale]] = {
    "normal": Scale(
        key="change_per_level",
        values="a number between -1e15 and 1e15",
        low=-1e15,
        high=1e15,
        link=_itself,
        natural=float,
        name="own",
        ratio=False,
        widest=math.inf,
        least_spread=1e-12,
        most_spread=math.inf,
    ),
    "lognormal": Scale(
        key="ratio_per_level",
        values="0, or a number between 1e-12 and 1e15",
        low=1e-12,
        high=1e15,
        link=np.log,
        natural=math.exp,
        zeros=True,
    ),
    "count": Scale(
        key="ratio_per_level",
        values="a whole number from 0 to 1e9",
        low=0.0,
        high=1e9,
        link=_log_count,
        natural=math.exp,
        whole=True,
    ),
    "share": Scale(
        key="odds_ratio_per_level",
        values="between 0 and 1, by 1e-9 at least; write 0.25 and not 25",
        low=1e-9,
        high=1 - 1e-9,
        link=_log_odds,
        natural=_of_log_odds,
        name="log-odds",
        widest=math.inf,
    ),
}
"""By the name of the family."""
