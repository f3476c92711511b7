"""What a probability hangs on: thresholds and judgements, on the scale of the words."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import percent
from withdrawal_risk.plots.style import (
    ACCENT,
    GOOD,
    INK,
    MUTED,
    axis_on,
    check_answer,
    check_count,
    draw_words,
    error_line,
    fitted,
    legend,
    marked,
    mirrored,
    percent_axis,
    row_height,
    row_labels,
    say,
    styled,
    title,
)
from withdrawal_risk.queries.sensitivity import Sensitivity

__all__ = ["plot_sensitivity"]

_LABELS: Final = 215.0
"""Points of the labels."""


class _Bar(NamedTuple):
    """A row of the picture: from one probability to another."""

    label: str
    low: float
    high: float
    colour: str
    error: float = 0.0


@styled
def plot_sensitivity(
    result: Sensitivity, *, top: int = 12, lang: str = "en", ax: Axes | None = None
) -> Figure:
    """Draw how far thresholds and judgements move a probability, between the borders of the words.

    Parameters
    ----------
    result : Sensitivity
        From `sensitivity`.
    top : int
        Judgements shown: those that the table has first.
    lang : {"en", "ar"}
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        For the answer to another question, or fewer than one judgement.

    Examples
    --------
    >>> figure = wr.plot_sensitivity(wr.sensitivity(posterior, "calm"), lang="ar")
    >>> len(figure.axes)
    1
    """
    check_answer(result, Sensitivity, "plot_sensitivity")
    check_count(top, "top")
    # Rows are numbered from the bottom, and the first belongs on top.
    bars = [*_of_thresholds(result, lang), *_of_judgements(result, top, lang)][::-1]
    labels = [fitted(bar.label, _LABELS) for bar in bars]
    _, axis = axis_on(ax, 2.1 + len(labels) * row_height(labels))
    for y, bar in enumerate(bars):
        # Thresholds are hatched: colour alone would not tell them from judgements.
        axis.barh(
            y, bar.high - bar.low, left=bar.low, color=bar.colour, height=0.58,
            hatch="////" if bar.colour == GOOD else None, lw=0,
        )  # fmt: skip
        if bar.error:
            for end in (bar.low, bar.high):
                error_line(axis, y, end, bar.error)
    axis.axvline(result.probability, color=INK, lw=1.2)
    row_labels(axis, labels)
    ends = [end for bar in bars for end in (bar.low, bar.high)] or [result.probability]
    room = 0.15 * (max(ends) - min(ends)) + 0.01
    limits = max(min(ends) - room, 0.0), min(max(ends) + room, 1.0)
    axis.set(xlim=limits, ylim=(-0.7, len(bars) - 0.3), xlabel=say("probability", lang))
    axis.locator_params(axis="x", nbins=6)
    draw_words(axis, limits, lang, points=260)
    percent_axis(axis.xaxis, lang)
    mirrored(axis, lang)
    title(axis, result.distance(lang), lang)
    handles: list[Any] = [
        Patch(fc=GOOD, hatch="////", lw=0, label=say("threshold_bar", lang)),
        Patch(fc=ACCENT, label=say("judgement_bar", lang)),
        Line2D([], [], color=INK, lw=1.2, label=percent(result.probability, lang, 1)),
        Line2D([], [], color=MUTED, lw=1, ls="--", label=say("border", lang)),
    ]
    legend(axis, handles, lang)
    return marked(axis, result.about, lang)


def _of_thresholds(result: Sensitivity, lang: str) -> list[_Bar]:
    """Return the bars of all judged thresholds together, and of each clause."""
    bars = []
    if np.isfinite([result.harsher, result.kinder]).any():
        ends = [p for p in (result.harsher, result.kinder) if np.isfinite(p)]
        label = say("all_thresholds", lang)
        bars.append(
            _Bar(label, min(*ends, result.probability), max(*ends, result.probability), GOOD)
        )
    clauses = result.clauses[words_of(lang).code]
    for label, (_, row) in zip(clauses, result.thresholds.iterrows(), strict=True):
        curve = row[[step for step in row.index if isinstance(step, float)]].to_numpy(float)
        if np.isfinite(curve).sum() > 1:
            bars.append(_Bar(label, float(np.nanmin(curve)), float(np.nanmax(curve)), GOOD))
    return bars


def _of_judgements(result: Sensitivity, top: int, lang: str) -> list[_Bar]:
    """Return a bar a judgement: its centre moved by one prior sd down and up."""
    bars = []
    for path, row in result.summary.iloc[:top].iterrows():
        size = abs(float(row["effect"]))
        label = f"{result.label(str(path), lang)}: {result.range(str(path), lang)}"
        low, high = max(result.probability - size, 0.0), min(result.probability + size, 1.0)
        bars.append(_Bar(label, low, high, ACCENT, float(row["effect_mcse"])))
    return bars
