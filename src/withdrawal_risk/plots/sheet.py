"""A page that a plot lays out itself, in points: tables that are charts, and the network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from withdrawal_risk.plots.style import (
    GRID,
    INK,
    LARGE,
    SMALL,
    WIDTH,
    axis_on,
    fitted,
    legend_height,
    mirrored,
    side,
    title,
    write_legend,
)

__all__ = ["LINE", "Sheet"]

LINE: Final = 12.5
"""Points from one line of text to the next."""

_SIDE: Final = 4.0
"""Points that are left free on either side."""


class Sheet:
    """A panel without axes, whose coordinates are points from the side and the top.

    On a figure of its own a point is a point; on an axis that was given everything is as much
    larger or smaller, but for the letters. Where reading begins on the right so does x.

    Parameters
    ----------
    ax : Axes, optional
        Default: one of a figure of its own.
    lang : str
    heading : str
    width : float
        In points.
    """

    def __init__(
        self, ax: Axes | None, lang: str, heading: str, *, width: float = 72 * WIDTH - 8
    ) -> None:
        self.figure, self.axis = axis_on(ax, 1.0, width=width / 72, bare=True)
        self.lang, self.width, self._own, self._heading = lang, width, ax is None, heading
        self.axis.axis("off")

    def text(self, x: float, y: float, text: str, *, at: str = "start", **options: Any) -> Text:
        """Write a text at its ``start``, ``end`` or ``center``, level with y unless `va` is given.

        Parameters
        ----------
        x, y : float
        text : str
        at : {"start", "end", "center"}
        """
        align = "center" if at == "center" else side(self.lang, end=at == "end")
        given: dict[str, Any] = {"ha": align, "va": "center", "fontsize": SMALL, "color": INK}
        return self.axis.text(x, y, text, **given | options)

    def box(
        self, x: float, y: float, width: float, height: float, colour: str, **options: Any
    ) -> Rectangle:
        """Draw a rectangle from its corner at the top, where reading begins."""
        given: dict[str, Any] = {"fc": colour, "ec": "none", "lw": 0}
        patch = Rectangle((x, y), width, height, **given | options)
        self.axis.add_patch(patch)
        return patch

    def rule(self, y: float, start: float = 0.0, end: float | None = None) -> None:
        """Draw a thin line across."""
        self.axis.plot(
            [start, self.width if end is None else end], [y, y], color=GRID, lw=1, zorder=0
        )

    def done(self, height: float, handles: Sequence[Any] = ()) -> Figure:
        """Set title, legend and size once everything is drawn down to a height."""
        foot = legend_height(handles, self.width) + 6 if handles else 0.0
        if self._own:
            heading = fitted(self._heading, self.width - 14, LARGE, weight="bold")
            head = 14.5 * (heading.count("\n") + 1) + 14
            whole = head + height + foot
            self.figure.set_size_inches((self.width + 2 * _SIDE) / 72, whole / 72)
            self.axis.set_position((0, 0, 1, (height + foot) / whole))
            self.axis.set(xlim=(-_SIDE, self.width + _SIDE), ylim=(height + foot, 0))
            title(self.axis, self._heading, self.lang)
            suptitle = self.figure._suptitle  # type: ignore[attr-defined]
            suptitle.set(y=1 - 6 / whole, va="top")
        else:
            self.axis.set(xlim=(-_SIDE, self.width + _SIDE), ylim=(height + foot, 0))
            title(self.axis, self._heading, self.lang)
        if handles:
            write_legend(
                self.axis,
                handles,
                self.lang,
                self.width,
                loc="upper center",
                bbox_to_anchor=(self.width / 2, height + 2),
                bbox_transform=self.axis.transData,
                borderaxespad=0.0,
            )
        mirrored(self.axis, self.lang)
        self.axis.axis("off")
        return self.figure
