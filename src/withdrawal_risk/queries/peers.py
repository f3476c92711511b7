"""Somebody else's forecasts of the same months, beside ours."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.files import path_of, read_bytes
from withdrawal_risk.scoring.scores import log_error

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["peer_table", "read_peer"]

_COLUMNS: Final = ("origin", "month", "mean")

_MOST_BYTES: Final = 100 * 1024**2


def peer_table(ours: pd.DataFrame, peer: pd.DataFrame, indicator: str) -> pd.DataFrame:
    """Return the mean error of a peer's point forecasts beside our medians, by months ahead.

    Parameters
    ----------
    ours : pandas.DataFrame
        Rows of a back test, of one indicator.
    peer : pandas.DataFrame
        From `read_peer`.
    indicator : str
        For messages.
    """
    import pandas as pd

    keys = ["origin", "month"]
    ours = ours[ours["log_error"].notna()]
    if ours.empty:
        raise ArgumentError(
            f"{indicator} has no logarithms: a peer is compared in log(1 + value), which amounts "
            "of 0 or more have"
        )
    observed = ours.drop_duplicates(keys).set_index(keys)[["observed", "lead"]]
    peer = peer.join(observed, on=keys, how="inner")
    if peer.empty:
        raise ArgumentError(
            f"the peer and the back test share no origin and month of {indicator}; the back test "
            f"has origins from {ours['origin'].min()} to {ours['origin'].max()}"
        )
    peer = peer.assign(method="peer", log_error=log_error(peer["mean"], peer["observed"]))
    columns = [*keys, "lead", "method", "log_error"]
    both = pd.concat([ours[columns], peer[columns]])
    wide = both.pivot(index=[*keys, "lead"], columns="method", values="log_error").dropna()
    # The month after the last one known is the origin itself: a peer calls it its first lead.
    wide.index = pd.Index(wide.index.get_level_values("lead") + 1, name="ahead")
    table = wide.groupby(level=0).mean()
    table.insert(0, "pairs", wide.groupby(level=0).size())
    table.columns.name = None
    first = ["pairs", "peer", "model"]
    return table[[*(c for c in first if c in table), *(c for c in table if c not in first)]]


def read_peer(given: pd.DataFrame | str | Path) -> pd.DataFrame:
    """Return a peer's forecasts: ``origin``, the first month forecast, ``month`` and ``mean``.

    Parameters
    ----------
    given : pandas.DataFrame, str or Path
        A table or a CSV file with these columns, and any others.

    Returns
    -------
    pandas.DataFrame
        Months are text, ``YYYY-MM``.

    Raises
    ------
    ArgumentError
        If it is none, or holds what is no month or no number.
    """
    import pandas as pd

    table, where = given, "the peer's table"
    if not isinstance(table, pd.DataFrame):
        path = path_of(given, "peer")
        where = str(path)
        try:
            content = io.BytesIO(read_bytes(path, most=_MOST_BYTES))
            table = pd.read_csv(content, comment="#", dtype={"origin": str, "month": str})
        except ValueError as error:
            raise ArgumentError(f"{path}: not a CSV file: {error}") from None
    names = [str(name) for name in table.columns]
    lacking = [name for name in _COLUMNS if names.count(name) != 1]
    if lacking:
        there = "no" if lacking[0] not in names else "more than one"
        raise ArgumentError(
            f"{where} has {there} column {lacking[0]}; it needs origin (first month forecast), "
            "month and mean, each once"
        )
    table = table.set_axis(names, axis=1)
    if table["mean"].dtype.kind not in "iuf":
        raise ArgumentError(f"{where}: the column mean holds what is no number")
    mean = table["mean"].to_numpy(dtype=float)
    if not np.isfinite(mean).all():
        raise ArgumentError(
            f"{where}: the column mean holds an empty cell or no finite number; leave the row out"
        )
    read = pd.DataFrame(
        {
            "origin": [_month(value, where) for value in table["origin"]],
            "month": [_month(value, where) for value in table["month"]],
            "mean": mean,
        }
    )
    if (again := read.duplicated(["origin", "month"])).any():
        twice = read[again].iloc[0]
        raise ArgumentError(
            f"{where} forecasts {twice['month']} twice from {twice['origin']}; leave one"
        )
    return read


def _month(value: Any, where: str) -> str:
    try:
        return str(Month.read(value))
    except (TypeError, ValueError):
        raise ArgumentError(f"{where}: {quoted(value)} is not a month; write 2024-06") from None
