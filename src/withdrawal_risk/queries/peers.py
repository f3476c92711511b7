"""Somebody else's forecasts of the same months, beside ours."""

from __future__ import annotations

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

__all__ = ["peer_table"]

_COLUMNS: Final = ("origin", "month", "mean")

_MOST_BYTES: Final = 100 * 1024**2


def peer_table(ours: pd.DataFrame, given: pd.DataFrame | str | Path, what: str) -> pd.DataFrame:
    """Return the mean error of a peer's point forecasts beside our medians, by months ahead.

    Parameters
    ----------
    ours : pandas.DataFrame
        Rows of a back test, of one indicator.
    given : pandas.DataFrame, str or Path
        A table or a CSV file with ``origin``, ``month`` and ``mean``.
    what : str
        The indicator, for messages.
    """
    import pandas as pd

    peer = _read(given)
    peer = peer.assign(log_error=np.nan, method="peer")
    keys = ["origin", "month"]
    observed = ours.drop_duplicates(keys).set_index(keys)[["observed", "lead"]]
    peer = peer.join(observed, on=keys, how="inner")
    if peer.empty:
        raise ArgumentError(
            f"the peer and the back test share no origin and month of {what}; the back test has "
            f"origins from {ours['origin'].min()} to {ours['origin'].max()}"
        )
    peer["log_error"] = log_error(peer["mean"], peer["observed"])
    columns = [*keys, "lead", "method", "log_error"]
    both = pd.concat([ours[columns], peer[columns]])
    wide = both.pivot(index=[*keys, "lead"], columns="method", values="log_error")
    wide = wide.dropna(axis=1, how="all").dropna()
    # The month after the last one known is the origin itself: a peer calls it its first lead.
    wide.index = pd.Index(wide.index.get_level_values("lead") + 1, name="ahead")
    table = wide.groupby(level=0).mean()
    table.insert(0, "pairs", wide.groupby(level=0).size())
    table.columns.name = None
    first = ["pairs", "peer", "model"]
    return table[[*(c for c in first if c in table), *(c for c in table if c not in first)]]


def _read(given: pd.DataFrame | str | Path) -> pd.DataFrame:
    """Return a peer's forecasts with months as text, ``YYYY-MM``."""
    import io

    import pandas as pd

    where = "the peer's table"
    if isinstance(given, pd.DataFrame):
        table = given
    else:
        path = path_of(given, "peer")
        where = str(path)
        content = read_bytes(path, most=_MOST_BYTES)
        try:
            table = pd.read_csv(io.BytesIO(content), comment="#", dtype={"origin": str})
        except ValueError as error:
            raise ArgumentError(f"{path}: not a CSV file: {error}") from None
    missing = [name for name in _COLUMNS if name not in table]
    if missing:
        raise ArgumentError(
            f"{where} has no column {', '.join(missing)}; it needs origin (first month forecast), "
            "month and mean"
        )
    if table.duplicated(["origin", "month"]).any():
        twice = table[table.duplicated(["origin", "month"])].iloc[0]
        raise ArgumentError(
            f"{where} forecasts {twice['month']} twice from {twice['origin']}; leave one"
        )
    try:
        mean = table["mean"].to_numpy(dtype=float)
    except (TypeError, ValueError):
        raise ArgumentError(f"{where}: the column mean holds what is no number") from None
    if not np.isfinite(mean).all():
        raise ArgumentError(f"{where}: the column mean holds an empty cell; leave the row out")
    return pd.DataFrame(
        {
            "origin": [_month(value, where) for value in table["origin"]],
            "month": [_month(value, where) for value in table["month"]],
            "mean": mean,
        }
    )


def _month(value: Any, where: str) -> str:
    try:
        return str(Month.read(value))
    except ValueError:
        raise ArgumentError(f"{where}: {quoted(value)} is not a month; write 2024-06") from None
