"""Forecasts of an indicator that know nothing but its own past."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.arguments import chosen, month_of, names_of, whole_number
from withdrawal_risk.elements.timeline import MonthLike
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.queries.suggest_series import series_of
from withdrawal_risk.random import check_seed, generator
from withdrawal_risk.scoring.baselines import BASELINES, History
from withdrawal_risk.scoring.leads import MOST_LEAD
from withdrawal_risk.suggestion.history import check_once, check_values
from withdrawal_risk.suggestion.scales import SCALES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["baseline_forecasts"]


def baseline_forecasts(
    series: pd.Series[Any] | str | Path,
    family: str,
    *,
    methods: Sequence[str] | None = None,
    ahead: int = 12,
    column: str | None = None,
    until: MonthLike | None = None,
    random_seed: int = 1,
) -> dict[str, NDArray[np.float64]]:
    """Forecast an indicator from its own months alone, as a back test compares with.

    Parameters
    ----------
    series : pandas.Series, str or Path
        Monthly values, or a CSV file, as in `suggest`.
    family : {"normal", "lognormal", "count", "share"}
    methods : sequence of str, optional
        ``climatology``, ``last_value``, ``conflictology``, ``conflictology_smooth``,
        ``random_walk``, ``local_level``, ``smoothed_level``. Default: all.
    ahead : int
        Months after the last one with a value that are forecast, at most 24.
    column, until
        As in `suggest`; later months than `until` change nothing.
    random_seed : int

    Returns
    -------
    dict of str to ndarray, shape (month, member)
        By method, the months ahead from the first on. A method that needs more values than there
        are is left out.

    Raises
    ------
    ArgumentError
        If the series cannot be read, or holds what the family cannot show.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> months = pd.period_range("2015-01", periods=60, freq="M")
    >>> deaths = pd.Series(np.random.default_rng(1).poisson(40, 60), months)
    >>> found = wr.baseline_forecasts(deaths, "count", until="2018-12", ahead=2)
    >>> table = wr.score(found["local_level"], deaths[["2019-01", "2019-02"]])
    >>> table["crps"].max() < 15
    True
    """
    chosen(family, "family", tuple(SCALES))
    wanted = tuple(BASELINES) if methods is None else names_of(methods, "methods")
    for name in wanted:
        chosen(name, "methods", tuple(BASELINES))
    ahead = whole_number(ahead, "ahead", least=1, most=MOST_LEAD)
    random_seed = check_seed(random_seed)
    last = None if until is None else month_of(until, "until")
    months, values = series_of(series, column, last)
    scale = SCALES[family]
    ordinal = np.array([month.ordinal for month in months], dtype=np.int64)
    check_once(ordinal)
    order = np.argsort(ordinal)
    order = order[~np.isnan(values[order])]
    if not len(order):
        raise ArgumentError("the series has no value to go by; give one of at least one month")
    check_values(values[order], ordinal[order], scale, family)
    past = History(ordinal[order], values[order], scale, scale.family.whole)
    found = {}
    for name in wanted:
        forecaster = BASELINES[name](past)
        made = [
            forecaster(n, generator(random_seed, "baseline", name, str(n)))
            for n in range(1, ahead + 1)
            if forecaster is not None
        ]
        members = [one.samples for one in made if one is not None]
        if len(members) == ahead:
            found[name] = np.stack(members)
    return found
