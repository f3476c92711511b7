"""The colours of figures in the page's themes."""

from __future__ import annotations

from typing import Final

from withdrawal_risk.plots.style import palette

__all__ = ["THEMED", "colour_rules"]

THEMED: Final = frozenset(palette("light").values())
"""Colours of figures that have another tone in each theme; any other stays as it was drawn."""


def colour_rules() -> str:
    """Return the rules of a style sheet for the classes that `inline_svg` gives to colours."""
    light, dark = palette("light"), palette("dark")
    classes = "\n".join(
        f"svg .f{colour[1:]} {{ fill: var(--figure-{name}); }} "
        f"svg .s{colour[1:]} {{ stroke: var(--figure-{name}); }}"
        for name, colour in light.items()
    )
    return "\n".join(
        (
            f":root {{ {_variables(light)} }}",
            f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {_variables(dark)} }} }}",
            "figure svg { fill: var(--figure-ink); }",
            classes,
        )
    )


def _variables(colours: dict[str, str]) -> str:
    return " ".join(f"--figure-{name}: {colour};" for name, colour in colours.items())
