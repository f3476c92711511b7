"""What each expert of a panel makes of a condition."""

from __future__ import annotations

from typing import Any, Final

from matplotlib.figure import Figure, FigureBase
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import percent, share
from withdrawal_risk.plots.style import (
    ACCENT,
    BAD,
    GOOD,
    MUTED,
    MUTED_SOFT,
    PAPER,
    axes_on,
    check_answer,
    draw_words,
    end_column,
    fitted,
    interval_line,
    legend,
    marked,
    mirrored,
    percent_axis,
    row_labels,
    say,
    styled,
    title,
)
from withdrawal_risk.queries.panel import EQUAL, FILE, POOLED, PanelResult

__all__ = ["plot_panel"]

_PARTS: Final = (("between", BAD), ("within", ACCENT), ("chance", MUTED_SOFT))


@styled
def plot_panel(
    result: PanelResult, *, lang: str = "en", figure: FigureBase | None = None
) -> Figure:
    """Draw the probability of each expert and of all together, and what the variance comes from.

    Parameters
    ----------
    result : PanelResult
        From `panel`.
    lang : {"en", "ar"}
    figure : matplotlib.figure.Figure or SubFigure, optional
        Where to draw. Default: one of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        For the answer to another question.

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
    labels = [fitted(result.label(name, lang), 130) for name in rows]
    part, (axis, below) = axes_on(
        figure, 2.9 + 0.42 * len(rows), rows=2, height_ratios=(len(rows), 1.6)
    )
    # Experts are circles; what is made of them together, and the file's own, have other shapes.
    shapes = {POOLED: "s", EQUAL: "s", FILE: "D"}
    for y, name in enumerate(rows):
        row: Any = result.summary.loc[name]
        colour = {POOLED: GOOD, EQUAL: GOOD, FILE: MUTED}.get(name, ACCENT)
        interval_line(axis, y, float(row["lower"]), float(row["upper"]), colour, width=3.5)
        # Hollow where a further fit was needed.
        filled = PAPER if bool(row["refitted"]) else colour
        axis.plot(row["probability"], y, shapes.get(name, "o"), color=colour, mfc=filled, ms=8)
        written = percent(float(row["probability"]), lang)
        end_column(axis, y, written, lang, color=colour, fontweight="bold")
    axis.axhline(len(together) - 0.5, color=MUTED, lw=0.8)
    row_labels(axis, labels)
    axis.set(ylim=(-0.7, len(rows) - 0.3), xlim=(0, 1), xlabel=say("probability", lang))
    percent_axis(axis.xaxis, lang)
    draw_words(axis, (0.0, 1.0), lang, points=320)
    mirrored(axis, lang)
    total, left = sum(getattr(result.spread, name) for name, _ in _PARTS), 0.0
    handles: list[Any] = []
    for name, colour in _PARTS:
        size = max(getattr(result.spread, name), 0.0) / total if total > 0 else 0.0
        below.barh(0, size, left=left, fc=colour, ec=MUTED, lw=0.8, height=0.7)
        left += size
        label = f"{say(name, lang)}: {share(size, lang)}"
        handles.append(Patch(fc=colour, ec=MUTED, lw=0.8, label=label))
    below.set_yticks([])
    below.set(xlim=(0, 1), xlabel=say("panel_share", lang))
    percent_axis(below.xaxis, lang)
    mirrored(below, lang)
    if result.summary["refitted"].any():
        circle = Line2D([], [], ls="", marker="o", mfc=PAPER, color=ACCENT, ms=8)
        circle.set_label(say("refitted", lang))
        handles.append(circle)
    what = result.about.condition(result.condition, words_of(lang).code)
    title(part, say("panel", lang, what=what), lang)
    legend(part, handles, lang)
    return marked(part, result.about, lang)
