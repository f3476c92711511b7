"""The format of GeNIe and SMILE (XDSL), with names, colours and positions for drawing."""

from __future__ import annotations

import re
from typing import Final, cast
from xml.etree import ElementTree as xml

from withdrawal_risk.exchange.formats.names import identifier
from withdrawal_risk.exchange.formats.static_network import StaticNetwork, StaticNode, number_text

__all__ = ["xdsl_bytes"]

_WIDTH, _HEIGHT = 140, 60
_COLUMN, _ROW, _MARGIN = 220, 100, 40
"""Pixels of a node, and from one to the next."""

_COLOURS: Final = {
    "driver": "fde8c8",
    "response": "d9ead3",
    "outcome": "e5f6f7",
    "policy": "e6e6e6",
}


def xdsl_bytes(network: StaticNetwork) -> bytes:
    """Return a network as an XDSL file.

    The cells of a table stand in the order of SMILE: a node's own state changes fastest, then that
    of the last parent, and that of the first parent slowest.

    Parameters
    ----------
    network : StaticNetwork
    """
    root = xml.Element(
        "smile",
        {
            "version": "1.0",
            "id": identifier(network.id),
            "numsamples": "10000",
            "discsamples": "10000",
        },
    )
    nodes = xml.SubElement(root, "nodes")
    for node in network.nodes:
        nodes.append(_table(network, node))
    genie = xml.SubElement(
        xml.SubElement(root, "extensions"),
        "genie",
        {
            "version": "1.0",
            "app": "withdrawal-risk",
            "name": " ".join(network.title.split()),
            "faultnameformat": "nodestate",
        },
    )
    xml.SubElement(genie, "comment").text = "\n".join(network.notes)
    for node in network.nodes:
        genie.append(_drawn(node))
    root.insert(0, _comment("\n".join(network.notes)))
    xml.indent(root, "\t")
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>\n' + xml.tostring(root, encoding="utf-8") + b"\n"
    )


def _comment(text: str) -> xml.Element:
    # XML allows no two hyphens in a comment, and none before those that end it.
    apart = re.sub("-(?=-)", "- ", text)
    return cast("xml.Element", xml.Comment(f" {apart} "))


def _table(network: StaticNetwork, node: StaticNode) -> xml.Element:
    element = xml.Element("cpt", {"id": node.id})
    for state in node.states:
        xml.SubElement(element, "state", {"id": state})
    if node.parents:
        xml.SubElement(element, "parents").text = " ".join(node.parents)
    rows = list(network.rows(node))
    xml.SubElement(element, "probabilities").text = " ".join(
        number_text(cell) for row in rows for cell in row.probability
    )
    if node.interval is not None:
        element.insert(len(node.states), _comment(_intervals(network, node)))
    return element


def _intervals(network: StaticNetwork, node: StaticNode) -> str:
    lines = []
    for row in network.rows(node):
        assert row.interval is not None
        ends = ", ".join(f"{low:.4f} to {high:.4f}" for low, high in row.interval)
        lines.append(f"{', '.join(row.given)}: {ends}" if row.given else ends)
    return "\n".join(lines)


def _drawn(node: StaticNode) -> xml.Element:
    element = xml.Element("node", {"id": node.id})
    xml.SubElement(element, "name").text = " ".join(node.label.split())
    # GeNIe wants all of these, in this order.
    xml.SubElement(element, "interior", {"color": _COLOURS.get(node.role, "ffffff")})
    xml.SubElement(element, "outline", {"color": "000080"})
    xml.SubElement(element, "font", {"color": "000000", "name": "Arial", "size": "8"})
    left = round(_MARGIN + node.position[0] * _COLUMN)
    top = round(_MARGIN + node.position[1] * _ROW)
    xml.SubElement(element, "position").text = f"{left} {top} {left + _WIDTH} {top + _HEIGHT}"
    return element
