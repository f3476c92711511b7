"""The colours of figures in the page's themes."""

from __future__ import annotations

from typing import Final

from withdrawal_risk.plots import style

__all__ = ["THEMED", "colour_rules"]

_LIGHT: Final = {
    "#000000": "var(--ink)",
    "#ffffff": "var(--paper)",
    style.ACCENT: "var(--accent)",
    style.MUTED: "var(--muted)",
    style.FOR: "var(--for)",
    style.AGAINST: "var(--against)",
}


THEMED: Final = frozenset(_LIGHT)
"""Colours of figures that have another tone in each theme; any other stays as it was drawn."""


def colour_rules() -> str:
    """Return the rules of a style sheet for the classes that `inline_svg` gives to colours."""
    return "\n".join(
        f"svg .f{colour[1:]} {{ fill: {value}; }} svg .s{colour[1:]} {{ stroke: {value}; }}"
        for colour, value in _LIGHT.items()
    )
