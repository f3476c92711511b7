"""Two totals, and the parts that lead from one to the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from matplotlib.axes import Axes

from withdrawal_risk.language.numbers import percent, points
from withdrawal_risk.plots.style import (
    ACCENT,
    BAD,
    GOOD,
    MUTED,
    Z90,
    end_column,
    error_line,
    fitted,
    grid,
    mirrored,
    percent_axis,
    row_height,
    row_labels,
    say,
)

__all__ = ["height_of", "waterfall"]

Part = tuple[str, float, float]

_LABELS: Final = 185.0
"""Points of the labels."""


def height_of(parts: Sequence[Part], ends: tuple[str, str]) -> float:
    """Return the inches of a waterfall."""
    labels = [fitted(name, _LABELS) for name in (*ends, *(name for name, _, _ in parts))]
    return 1.3 + len(labels) * row_height(labels)


def waterfall(
    axis: Axes,
    first: float,
    last: float,
    parts: Sequence[Part],
    ends: tuple[str, str],
    lang: str,
    apart: int = 0,
) -> None:
    """Draw two totals and the parts that lead from one to the other.

    A part is a label, a size and an error. It has the colour of its direction, and its size with
    its sign beside it.

    Parameters
    ----------
    axis : Axes
    first, last : float
    parts : sequence of (str, float, float)
    ends : (str, str)
        Labels of the totals.
    lang : str
    apart : int
        How many of the parts, at the end, stand below a line.
    """
    names = [ends[0], *(name for name, _, _ in parts), ends[1]]
    rows = list(range(len(names)))[::-1]
    axis.barh([rows[0], rows[-1]], [first, last], color=ACCENT, height=0.62)
    # ``at`` is the running total: each part begins where the one above it ends.
    at, reached = first, [first, last]
    for y, (_, size, error) in zip(rows[1:-1], parts, strict=True):
        axis.barh(y, size, left=at, color=GOOD if size > 0 else BAD, height=0.62)
        # A thin line down from the row above, whose bar is centred on y + 1, to this one.
        axis.plot([at, at], [y - 0.35, y + 1.35], color=MUTED, lw=0.8)
        at += size
        if error:
            error_line(axis, y, at, error)
        reached += [at - Z90 * error, at + Z90 * error]
    axis.plot([last, last], [rows[-1] - 0.3, rows[-1] + 1.35], color=MUTED, lw=0.8)
    if apart:
        axis.axhline(apart + 0.5, color=MUTED, lw=0.8, ls=":")
    top = max(reached)
    written = [
        percent(first, lang),
        *(points(size, lang) for _, size, _ in parts),
        percent(last, lang),
    ]
    for y, text in zip(rows, written, strict=True):
        end_column(axis, y, text, lang, fontweight="bold" if y in (rows[0], rows[-1]) else "normal")
    # Bars are numbered from the bottom.
    row_labels(axis, [fitted(name, _LABELS) for name in names[::-1]])
    axis.set(
        xlim=(min(0.0, *reached), 1.05 * top if top > 0 else 1),
        ylim=(-0.6, len(names) - 0.4),
        xlabel=say("change_points", lang),
    )
    percent_axis(axis.xaxis, lang)
    grid(axis, "x")
    mirrored(axis, lang)
