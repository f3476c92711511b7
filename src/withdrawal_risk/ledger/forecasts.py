"""Forecasts that were written down: their files, and how to make them again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import WithdrawalRiskError
from withdrawal_risk.ledger.chain import Entry, kept
from withdrawal_risk.model.library import Model, read_once

__all__ = ["SETTINGS", "arguments_of", "forecast_of", "forecasts_of_model", "model_of"]

SETTINGS: Final = ("draws", "tune", "chains", "target_accept", "random_seed", "nuts_sampler")
"""Arguments of `fit` that are written down."""


def forecast_of(entries: Sequence[Entry], number: int, what: str) -> Entry:
    """Return the forecast with a number.

    Raises
    ------
    WithdrawalRiskError
        If there is none.
    """
    forecasts = {entry.number: entry for entry in entries if entry.kind == "forecast"}
    if number not in forecasts:
        listed = ", ".join(map(str, forecasts)) or "none yet"
        raise WithdrawalRiskError(
            f"{what} is {quoted(number)}, which is no forecast; there are {listed}"
        )
    return forecasts[number]


def forecasts_of_model(entries: Sequence[Entry], model: str) -> list[Entry]:
    """Return all forecasts of a model, the earliest first.

    Raises
    ------
    WithdrawalRiskError
        If there is none.
    """
    forecasts = [entry for entry in entries if entry.kind == "forecast"]
    own = [entry for entry in forecasts if entry.content["model"] == model]
    if not own:
        listed = ", ".join(dict.fromkeys(entry.content["model"] for entry in forecasts))
        raise WithdrawalRiskError(
            f"no forecast of {quoted(model)} was issued; there are forecasts of "
            f"{listed or 'nothing yet'}"
        )
    return own


def model_of(folder: str | Path, forecast: Entry) -> Model:
    """Return the model of a forecast, from the files that were kept.

    Raises
    ------
    WithdrawalRiskError
        If this version of the library cannot read them.
    """
    texts = forecast.content["texts"]
    rows = kept(folder, texts[".csv"], ".csv")
    return read_once(kept(folder, texts[".yaml"], ".yaml"), rows or None)


def arguments_of(forecast: Entry) -> dict[str, Any]:
    """Return the arguments of `fit` that a forecast was made with."""
    settings = forecast.content["settings"]
    return {"as_of": forecast.content["as_of"]} | {name: settings[name] for name in SETTINGS}
