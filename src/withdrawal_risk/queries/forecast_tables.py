"""Forecasts as tables: every simulated path, and what they say of each month."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import pandas as pd
import xarray as xr

from withdrawal_risk.arguments import number
from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.files import table_target, write_table

__all__ = ["forecast_paths", "forecast_summary"]

_QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)


def _series(forecast: xr.Dataset) -> dict[str, xr.DataArray]:
    """Return the paths of every factor, policy and indicator, (sample, month), by its name."""
    if (
        not isinstance(forecast, xr.Dataset)
        or "level" not in forecast
        or not {"month", "sample", "factor"} <= set(forecast.dims)
    ):
        raise ArgumentError("this is no forecast; give the one forecast(posterior) returned")
    series = {
        str(name): forecast["level"].sel(factor=name, drop=True)
        for name in forecast["factor"].values
    }
    return series | {str(n): forecast[n] for n in forecast.data_vars if n != "level"}


def forecast_paths(
    forecast: xr.Dataset, path: str | os.PathLike[str] | None = None
) -> pd.DataFrame:
    """Return every simulated path as a tidy table, and write it where a place is given.

    Parameters
    ----------
    forecast : xarray.Dataset
        From `forecast`.
    path : str or os.PathLike, optional
        File to write, Parquet or CSV by its name; it appears whole or not at all.

    Returns
    -------
    pandas.DataFrame
        ``name``, ``sample``, ``month`` (a date) and ``value``: a factor or policy in standard
        levels, an indicator in its unit, of categories positions from 0.

    Raises
    ------
    ArgumentError
        If it is no forecast, or the file is neither.

    Examples
    --------
    >>> table = wr.forecast_paths(wr.forecast(posterior, futures=1), folder / "paths.parquet")
    >>> list(table.columns)
    ['name', 'sample', 'month', 'value']
    """
    series = _series(forecast)
    target = None if path is None else table_target(path)
    months = forecast["month"].values
    samples = forecast.sizes["sample"]
    table = pd.DataFrame(
        {
            "name": pd.Categorical(
                np.repeat(list(series), samples * len(months)), categories=list(series)
            ),
            "sample": np.tile(np.repeat(np.arange(samples), len(months)), len(series)),
            "month": np.tile(months, samples * len(series)),
            "value": np.concatenate(
                [paths.transpose("sample", "month").values.ravel() for paths in series.values()]
            ),
        }
    )
    if target is not None:
        write_table(target, table)
    return table


def forecast_summary(
    forecast: xr.Dataset, *, quantiles: Sequence[float] = _QUANTILES, shortfall: float = 0.95
) -> pd.DataFrame:
    """Return mean, quantiles and expected shortfall of every month.

    Parameters
    ----------
    forecast : xarray.Dataset
        From `forecast`.
    quantiles : sequence of float
        Between 0 and 1.
    shortfall : float
        The expected shortfall is the mean of the values at or beyond this quantile: in the upper
        tail above 0.5, in the lower one below.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``name`` and ``month``: ``mean``, a column a quantile, such as ``q05``, and
        ``expected_shortfall`` (Acerbi and Tasche, Journal of Banking & Finance 26, 2002).

    Raises
    ------
    ArgumentError
        If it is no forecast, or a quantile is out of range.

    Examples
    --------
    >>> table = wr.forecast_summary(wr.forecast(posterior, futures=1))
    >>> bool((table["q05"] <= table["q95"]).all())
    True
    """
    series = _series(forecast)
    if isinstance(quantiles, str) or not isinstance(quantiles, Iterable):
        raise ArgumentError(f"quantiles is {quoted(quantiles)}; write a list, such as [0.05, 0.95]")
    chosen = [number(q, "quantiles", above=0, below=1) for q in quantiles]
    number(shortfall, "shortfall", above=0, below=1)
    months = pd.DatetimeIndex(forecast["month"].values)
    parts = {}
    for name, paths in series.items():
        values = np.sort(paths.transpose("sample", "month").values, axis=0)
        # The share of the samples that lie beyond; the one at the border counts in part.
        part = (1 - shortfall if shortfall >= 0.5 else shortfall) * len(values)
        beyond = values[::-1] if shortfall >= 0.5 else values
        weight = np.clip(part - np.arange(len(values)), 0.0, 1.0)
        parts[name] = pd.DataFrame(
            {
                "mean": values.mean(axis=0),
                **{
                    f"q{100 * q:04.1f}".removesuffix(".0"): np.quantile(values, q, axis=0)
                    for q in chosen
                },
                "expected_shortfall": weight @ beyond / weight.sum(),
            },
            index=months,
        )
    return pd.concat(parts, names=["name", "month"])
