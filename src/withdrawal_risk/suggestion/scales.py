"""Families whose histories can be read: the scale on which a level adds, and what values may be."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.families.base import Family, log_odds, numpy_ops
from withdrawal_risk.families.registry import FAMILIES

__all__ = ["SCALES", "Array", "Scale"]

Array = NDArray[np.float64]

_MILLIONFOLD: Final = math.log(8e5)
"""A positive number of a model file spans at most a millionfold; rounding needs the rest."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The scale of a family's linear predictor.

    Parameters
    ----------
    family : Family
    key : str
        Of a model file: how much a level changes.
    values : str
        What values are, for messages.
    low, high : float
        Values that are read, both included.
    link : callable
        From values to the scale.
    name : str
        Of the scale, in sentences.
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

    family: Family[Any]
    key: str
    values: str
    low: float
    high: float
    link: Callable[[Array], Array]
    name: str = "log"
    ratio: bool = True
    zeros: bool = False
    widest: float = _MILLIONFOLD / 2
    least_spread: float = 1e-4
    most_spread: float = 6.0

    def natural(self, eta: float) -> float:
        """Return the value in natural units at a predictor."""
        return float(self.family.inverse_link(eta, numpy_ops))


def _itself(values: Array) -> Array:
    return values


def _log_count(counts: Array) -> Array:
    """Return logarithms, moved so that 0 has one; counts themselves are read as they are."""
    return np.asarray(np.log(counts + 0.5))


SCALES: Final[Mapping[str, Scale]] = {
    "normal": Scale(
        family=FAMILIES["normal"],
        key="change_per_level",
        values="a number between -1e15 and 1e15",
        low=-1e15,
        high=1e15,
        link=_itself,
        name="own",
        ratio=False,
        widest=math.inf,
        least_spread=1e-12,
        most_spread=math.inf,
    ),
    "lognormal": Scale(
        family=FAMILIES["lognormal"],
        key="ratio_per_level",
        values="0, or a number between 1e-12 and 1e15",
        low=1e-12,
        high=1e15,
        link=np.log,
        zeros=True,
    ),
    "count": Scale(
        family=FAMILIES["count"],
        key="ratio_per_level",
        values="a whole number from 0 to 1e9",
        low=0.0,
        high=1e9,
        link=_log_count,
    ),
    "share": Scale(
        family=FAMILIES["share"],
        key="odds_ratio_per_level",
        values="between 0 and 1, by 1e-9 at least; write 0.25 and not 25",
        low=1e-9,
        high=1 - 1e-9,
        link=partial(log_odds, xp=np),
        name="log-odds",
        widest=math.inf,
    ),
}
"""By the name of the family."""
