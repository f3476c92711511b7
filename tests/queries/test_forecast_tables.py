"""Forecasts as tables, against their own arrays."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from tests.refusals import refusal

import withdrawal_risk as wr


@pytest.fixture(scope="module")
def forecast(posterior: wr.Posterior) -> xr.Dataset:
    return wr.forecast(posterior, futures=1)


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_paths_are_written_as_they_are(forecast: xr.Dataset, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"paths{suffix}"
    some = forecast.isel(sample=slice(0, 20))
    table = wr.forecast_paths(some, file)
    read = pd.read_parquet(file) if suffix == ".parquet" else pd.read_csv(file)
    assert len(table) == 20 * some.sizes["month"] * (some.sizes["factor"] + len(some.data_vars) - 1)
    for name in ("gaps", "incidents"):
        values = table[table["name"] == name].pivot(index="sample", columns="month", values="value")
        own = some["level"].sel(factor=name) if name == "gaps" else some[name]
        np.testing.assert_array_equal(values, own.transpose("sample", "month"))
    np.testing.assert_allclose(read["value"], table["value"])


def test_expected_shortfall_is_the_mean_beyond_a_quantile(forecast: xr.Dataset) -> None:
    some = forecast.isel(sample=slice(0, 200))
    values = np.sort(some["incidents"].values, axis=0)
    for shortfall, beyond in ((0.95, values[-10:]), (0.1, values[:20])):
        table = wr.forecast_summary(some, quantiles=(0.5, 0.975), shortfall=shortfall)
        found = table.loc["incidents"]
        np.testing.assert_allclose(found["expected_shortfall"], beyond.mean(axis=0))
        np.testing.assert_allclose(found["q50"], np.median(values, axis=0))
        assert (found["q97.5"] >= found["q50"]).all()


def test_what_is_no_forecast_is_refused(forecast: xr.Dataset, tmp_path: Path) -> None:
    assert "is no forecast" in refusal(lambda: wr.forecast_paths(xr.Dataset()))
    assert "neither .parquet nor .csv" in refusal(
        lambda: wr.forecast_paths(forecast, tmp_path / "paths.xlsx")
    )
    assert "quantiles" in refusal(lambda: wr.forecast_summary(forecast, quantiles=(1.5,)))


def test_what_is_no_forecast_or_no_quantiles_is_refused(forecast: xr.Dataset) -> None:
    assert "this is no forecast" in refusal(lambda: wr.forecast_paths(forecast.isel(month=0)))
    for wrong in (0.5, None):
        given: Any = wrong
        assert "write a list, such as [0.05, 0.95]" in refusal(
            partial(wr.forecast_summary, forecast, quantiles=given)
        )
