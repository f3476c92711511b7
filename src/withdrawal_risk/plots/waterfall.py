"""Two totals, and the parts that lead from one to the other."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from withdrawal_risk.language.numbers import percent, points
from withdrawal_risk.plots.style import (
    ACCENT,
    AGAINST,
    FOR,
    MUTED,
    Z90,
    error_line,
    percent_tick,
    say,
    wrapped,
)

__all__ = ["waterfall"]


def waterfall(
    axis: Axes,
    first: float,
    last: float,
    parts: Sequence[tuple[str, float, float]],
    ends: tuple[str, str],
    lang: str,
) -> None:
    """Draw two totals and the parts that lead from one to the other.

    A part is a label, a size and an error.
    """
    names = [ends[0], *(name for name, _, _ in parts), ends[1]]
    rows = list(range(len(names)))[::-1]
    axis.barh([rows[0], rows[-1]], [first, last], color=ACCENT, height=0.62)
    # ``at`` is the running total: each part begins where the one above it ends.
    at, reached = first, [first, last]
    for y, (_, size, error) in zip(rows[1:-1], parts, strict=True):
        axis.barh(y, size, left=at, color=FOR if size > 0 else AGAINST, height=0.62)
        # A thin line down from the row above, whose bar is centred on y + 1, to this one.
        axis.plot([at, at], [y - 0.35, y + 1.35], color=MUTED, lw=0.8)
        at += size
        if error:
            error_line(axis, y, at, error)
        reached += [at - Z90 * error, at + Z90 * error]
    axis.plot([last, last], [rows[-1] - 0.3, rows[-1] + 1.35], color=MUTED, lw=0.8)
    top = max(reached)
    for y, text in zip(
        rows,
        [percent(first, lang), *(points(size, lang) for _, size, _ in parts), percent(last, lang)],
        strict=True,
    ):
        # x is a share of the panel and y a row: the numbers stand in a column right of the panel.
        axis.text(1.01, y, text, transform=axis.get_yaxis_transform(), va="center", fontsize=9)
    axis.set_yticks(rows, [wrapped(name, 38) for name in names], fontsize=9)
    axis.set(
        xlim=(min(0.0, *reached), 1.08 * top if top > 0 else 1), xlabel=say("change_points", lang)
    )
    axis.xaxis.set_major_formatter(percent_tick)
    axis.grid(axis="x", alpha=0.25)
    axis.set_axisbelow(True)
