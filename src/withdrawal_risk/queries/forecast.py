"""Monthly paths of factors and predicted indicators up to the horizon."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from withdrawal_risk.arguments import names_of
from withdrawal_risk.characters import quoted
from withdrawal_risk.cores import spread
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.families.values import draw
from withdrawal_risk.inference.checks import failed_checks
from withdrawal_risk.inference.measurement import measurement_of
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.random import generator
from withdrawal_risk.simulation.futures import simulate
from withdrawal_risk.simulation.probabilities import check_arguments
from withdrawal_risk.simulation.worlds import horizon_window

__all__ = ["forecast"]

Array = NDArray[np.float64]


def forecast(
    posterior: Posterior,
    *,
    var_names: Sequence[str] | None = None,
    draws: int | None = None,
    futures: int = 4,
    random_seed: int = 1,
) -> xr.Dataset:
    """Simulate factors and indicators from the first stored month to the horizon.

    Parameters
    ----------
    posterior : Posterior
    var_names : sequence of str, optional
        Indicators; one has the same values whichever others are simulated. Default: all. Levels are
        there in any case.
    draws : int, optional
        Posterior draws used, evenly spaced. Default: all.
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
        For an unknown indicator, if `futures` is not a whole number of at least 1, or `draws` not
        one of at least 20.

    Examples
    --------
    >>> data = wr.forecast(posterior, futures=1)
    >>> data["level"].dims
    ('sample', 'month', 'factor')
    """
    check_arguments(posterior, futures=futures, random_seed=random_seed, least_futures=1)
    if draws is not None:
        check_arguments(posterior, draws=draws)
    frame, window = posterior.frame, horizon_window(posterior)
    months, indicators = len(window), [name for name, _ in frame.indicators]
    wanted = indicators if var_names is None else list(names_of(var_names, "var_names"))
    for name in wanted:
        if name not in indicators:
            hint = did_you_mean(name, indicators)
            raise ArgumentError(f"{quoted(name)} is not an indicator; {hint}")
    levels: dict[int, list[Any]] = {int(j): [] for j in frame.structure.named}
    lasting: dict[str, list[Any]] = {
        name: [] for name in wanted if indicators.index(name) in frame.lasting
    }
    drawn: list[dict[str, Array]] = []
    for futures_of_part in simulate(
        posterior, next, futures=futures, random_seed=random_seed, draws=draws
    ):
        drawn.append(futures_of_part.part.unknowns)
        for name, parts in lasting.items():
            values = futures_of_part.value(indicators.index(name), 0, months - 1)
            parts.append(values.transpose(0, 2, 1))
        for j, parts in levels.items():
            # From (draw, month, future) to (draw, future, month): draws and futures then flatten
            # into samples, and the futures of a draw stand side by side.
            parts.append(futures_of_part.level(j, 0, months - 1).transpose(0, 2, 1))
    level = {j: np.concatenate(parts) for j, parts in levels.items()}
    unknowns = {name: np.concatenate([one[name] for one in drawn]) for name in drawn[0]}

    def shown(name: str) -> Array:
        if name in lasting:
            return np.concatenate(lasting[name])
        measurement = measurement_of(frame, unknowns, indicators.index(name))
        law = measurement.distribution(level[measurement.factor])
        return draw(measurement.family, law, generator(random_seed, "forecast", name))

    data: dict[str, Any] = {
        name: (("sample", "month"), values.reshape(-1, months))
        for name, values in zip(wanted, spread(wanted, shown), strict=True)
    }
    data["level"] = (
        ("sample", "month", "factor"),
        np.stack([part.reshape(-1, months) for part in level.values()], axis=-1),
    )
    return xr.Dataset(
        data,
        coords={"month": window.dates, "factor": list(frame.factors)},
        attrs={"checks_passed": int(not failed_checks(posterior))},
    )
