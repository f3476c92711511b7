"""What each expert of a panel makes of a condition."""

from __future__ import annotations

from typing import Any, Final

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import percent, share
from withdrawal_risk.plots.style import (
    ACCENT,
    AGAINST,
    FOR,
    MUTED,
    check_answer,
    draw_words,
    interval_line,
    marked,
    new_figure,
    percent_tick,
    say,
    title,
)
from withdrawal_risk.queries.panel import EQUAL, FILE, POOLED, PanelResult

__all__ = ["plot_panel"]

_PARTS: Final = (("between", AGAINST), ("within", ACCENT), ("chance", MUTED))


def plot_panel(result: PanelResult, *, lang: str = "en") -> Figure:
    """Draw the probability of each expert and of all together, and what the variance comes from.

    Parameters
    ----------
    result : PanelResult
        From `panel`.
    lang : {"en", "ar"}

    Examples
    --------
    >>> wr.plot_panel("no answer")
    Traceback (most recent call last):
    withdrawal_risk.errors.ArgumentError: plot_panel draws PanelResult, the answer to a question, \
not 'no answer'
    """
    check_answer(result, PanelResult, "plot_panel")
    # Rows are numbered from the bottom, and the first expert belongs on top.
    together = [POOLED, FILE] if result.method == "linear" else [POOLED, EQUAL, FILE]
    rows = [*result.experts, *together][::-1]
    figure, (axis, below) = new_figure(
        9.5, 2.6 + 0.42 * len(rows), rows=2, height_ratios=(len(rows), 1.6)
    )
    for y, name in enumerate(rows):
        row: Any = result.summary.loc[name]
        colour = {POOLED: FOR, EQUAL: FOR, FILE: MUTED}.get(name, ACCENT)
        interval_line(
            axis, y, float(row["lower"]), float(row["upper"]), colour, width=5, alpha=0.35
        )
        # Hollow where a further fit was needed.
        filled = "white" if bool(row["refitted"]) else colour
        axis.plot(row["probability"], y, "o", color=colour, mfc=filled, ms=8)
        axis.text(
            1.02,
            y,
            percent(float(row["probability"]), lang),
            transform=axis.get_yaxis_transform(),
            va="center",
            color=colour,
            fontweight="bold",
        )
    axis.axhline(len(together) - 0.5, color=MUTED, lw=0.8)
    axis.set_yticks(range(len(rows)), [result.label(name, lang) for name in rows])
    axis.set(ylim=(-0.7, len(rows) - 0.3), xlim=(0, 1), xlabel=say("probability", lang))
    axis.xaxis.set_major_formatter(percent_tick)
    draw_words(axis, (0.0, 1.0), lang)
    total, left = sum(getattr(result.spread, part) for part, _ in _PARTS), 0.0
    handles: list[Any] = []
    for part, colour in _PARTS:
        size = max(getattr(result.spread, part), 0.0) / total if total > 0 else 0.0
        below.barh(0, size, left=left, color=colour, height=0.7)
        left += size
        label = f"{say(part, lang)}: {share(size, lang)}"
        handles.append(Patch(color=colour, label=label))
    below.set_yticks([])
    below.set(xlim=(0, 1), xlabel=say("panel_share", lang))
    below.xaxis.set_major_formatter(percent_tick)
    if result.summary["refitted"].any():
        circle = Line2D([], [], ls="", marker="o", mfc="white", color=ACCENT, ms=8)
        circle.set_label(say("refitted", lang))
        handles.append(circle)
    what = result.about.condition(result.condition, words_of(lang).code)
    title(figure, say("panel", lang, what=what), lang)
    figure.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    return marked(figure, result.about, lang)
