"""Tables as lines of text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from withdrawal_risk.reports.tables import Table

__all__ = ["rendered"]

_WIDE: Final = 200
"""Columns where no terminal says how many it has."""


def rendered(table: Table, width: int | None = None) -> str:
    """Return a table as lines of text.

    Parameters
    ----------
    table : Table
    width : int, optional
        Of the terminal. Default: wide enough for all.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    grid = RichTable(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    # As `Text`, because Rich would read square brackets in a label as markup.
    for number, heading in enumerate(table["columns"]):
        grid.add_column(Text(heading), justify="left" if number in table["text"] else "right")
    for row in table["rows"]:
        grid.add_row(*map(Text, row))
    console = Console(width=width or _WIDE, color_system=None, force_terminal=False)
    with console.capture() as lines:
        console.print(grid)
    return "\n".join(line.rstrip() for line in lines.get().rstrip("\n").split("\n"))
