"""The interchange format of Bayesian networks (BIF), which most programs read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from withdrawal_risk.exchange.formats.names import identifier, without_words
from withdrawal_risk.exchange.formats.static_network import (
    Row,
    StaticNetwork,
    StaticNode,
    number_text,
)

__all__ = ["bif_text"]

_KEYWORDS: Final = frozenset(
    {"network", "variable", "probability", "property", "type", "discrete", "table", "default"}
)
"""Words of the format, which some readers take for nothing else, wherever they stand."""


def bif_text(network: StaticNetwork) -> str:
    """Return a network in BIF 0.15, with its notes and intervals as comments.

    An id that is a word of the format is written with an underscore after it.

    Parameters
    ----------
    network : StaticNetwork

    References
    ----------
    Cozman, The Interchange Format for Bayesian Networks, 1998.
    """
    lines = [*(_comment(note) for note in network.notes), f"network {_name(network.id)} {{", "}"]
    ids = without_words([node.id for node in network.nodes], _KEYWORDS)
    for node in network.nodes:
        lines += [
            _comment(node.label),
            f"variable {ids[node.id]} {{",
            f"  type discrete [ {len(node.states)} ] {{ {', '.join(node.states)} }};",
            "}",
        ]
    for node in network.nodes:
        parents = ", ".join(ids[parent] for parent in node.parents)
        given = f" | {parents}" if parents else ""
        lines += [f"probability ( {ids[node.id]}{given} ) {{", *_rows(network, node), "}"]
    return "\n".join(lines) + "\n"


def _name(model: str) -> str:
    name = identifier(model)
    # Some readers look for these two words in the whole file.
    hidden = any(word in name for word in ("variable", "probability"))
    return "model" if hidden or name in _KEYWORDS else name


def _comment(text: str) -> str:
    return f"// {' '.join(text.split())}"


def _rows(network: StaticNetwork, node: StaticNode) -> Iterator[str]:
    for row in network.rows(node):
        head = f"({', '.join(row.given)})" if row.given else "table"
        numbers = ", ".join(map(number_text, row.probability))
        yield f"  {head} {numbers};{_interval(row)}"


def _interval(row: Row) -> str:
    if row.interval is None:
        return ""
    return f" // {', '.join(f'{low:.4f}-{high:.4f}' for low, high in row.interval)}"
