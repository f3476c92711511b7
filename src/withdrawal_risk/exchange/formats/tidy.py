"""Every cell of a static network as a table, one row a cell."""

from __future__ import annotations

import pandas as pd

from withdrawal_risk.exchange.formats.static_network import StaticNetwork

__all__ = ["cell_table"]


def cell_table(network: StaticNetwork) -> pd.DataFrame:
    """Return the cells of all tables, in the order of the nodes and of their rows.

    Parameters
    ----------
    network : StaticNetwork

    Returns
    -------
    pandas.DataFrame
        ``model``, what the network is about, ``node``, ``label``, ``given`` (the states of the
        parents, as ``a=low; b=high``), ``state``, ``probability``, ``lower`` and ``upper``; the
        last two are empty where a cell has no interval.
    """
    nothing = (float("nan"), float("nan"))
    rows = [
        {
            "model": network.id,
            **network.about,
            "node": node.id,
            "label": node.label,
            "given": "; ".join(
                f"{parent}={state}" for parent, state in zip(node.parents, row.given, strict=True)
            ),
            "state": state,
            "probability": row.probability[place],
            "lower": (nothing if row.interval is None else row.interval[place])[0],
            "upper": (nothing if row.interval is None else row.interval[place])[1],
        }
        for node in network.nodes
        for row in network.rows(node)
        for place, state in enumerate(node.states)
    ]
    return pd.DataFrame(rows)
