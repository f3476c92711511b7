"""Monthly paths of factors and predicted indicators up to the horizon."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from withdrawal_risk.inference.checks import failed_checks
from withdrawal_risk.inference.measurement import measurement_of
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.random import generator
from withdrawal_risk.simulation.futures import simulate
from withdrawal_risk.simulation.probabilities import check_arguments
from withdrawal_risk.simulation.worlds import horizon_window

__all__ = ["forecast"]


def forecast(posterior: Posterior, *, futures: int = 4, random_seed: int = 1) -> xr.Dataset:
    """Simulate every factor and indicator from the first stored month to the horizon.

    Parameters
    ----------
    posterior : Posterior
    futures : int
        For each draw.
    random_seed : int

    Returns
    -------
    xarray.Dataset
        ``level`` (sample, month, factor) and one variable per indicator (sample, month) with values
        an outsider could observe, in the indicator's unit; months are dates, categories are
        positions from 0. The attribute ``checks_passed`` is 0 where the fit failed its checks.

    Raises
    ------
    ArgumentError
        If `futures` is not a whole number of at least 1.

    Examples
    --------
    >>> data = wr.forecast(posterior, futures=1)
    >>> data["level"].dims
    ('sample', 'month', 'factor')
    """
    check_arguments(posterior, futures=futures, random_seed=random_seed, least_futures=1)
    frame, window = posterior.frame, horizon_window(posterior)
    months = len(window)
    levels: list[list[Any]] = [[] for _ in frame.structure.factors]
    for futures_of_part in simulate(posterior, next, futures=futures, random_seed=random_seed):
        for j, parts in enumerate(levels):
            # From (draw, month, future) to (draw, future, month): draws and futures then flatten
            # into samples, and the futures of a draw stand side by side.
            parts.append(futures_of_part.level(j, 0, months - 1).transpose(0, 2, 1))
    level = [np.concatenate(parts) for parts in levels]
    unknowns = posterior.draws()
    data: dict[str, Any] = {}
    for k, (name, _) in enumerate(frame.indicators):
        measurement = measurement_of(frame, unknowns, k)
        law = measurement.distribution(level[measurement.factor])
        values = measurement.family.draw(law, generator(random_seed, "forecast", name))
        data[name] = (("sample", "month"), values.reshape(-1, months))
    data["level"] = (
        ("sample", "month", "factor"),
        np.stack([part.reshape(-1, months) for part in level], axis=-1),
    )
    return xr.Dataset(
        data,
        coords={"month": window.dates, "factor": list(frame.structure.factors)},
        attrs={"checks_passed": int(not failed_checks(posterior))},
    )
