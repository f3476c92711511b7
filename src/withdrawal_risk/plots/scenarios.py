"""Scenarios as a table that is a chart."""

from __future__ import annotations

import math
from itertools import batched
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from withdrawal_risk.elements.elicitation import Z90
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import difference_interval, percent, points
from withdrawal_risk.plots.sheet import LINE, Sheet
from withdrawal_risk.plots.style import (
    ACCENT,
    BAD,
    GOOD,
    INK,
    MUTED,
    MUTED_PALE,
    check_answer,
    fitted,
    marked,
    say,
    styled,
)
from withdrawal_risk.queries.scenarios import BASELINE, Scenarios

__all__ = ["plot_scenarios"]

_LABELS: Final = 108.0
_CELL: Final = 96.0
_SPACE: Final = 8.0
_BAR: Final = 7.0
"""Points: the names of the scenarios, a cell, the room at its end, and the height of its bar."""

_SMALL: Final = 0.0005
"""A difference that is written as 0.0 points, which is neither good nor bad."""

_ACROSS: Final = 4
"""Conditions side by side; others follow below."""


@styled
def plot_scenarios(result: Scenarios, *, lang: str = "en", ax: Axes | None = None) -> Figure:
    """Draw a row a scenario and a column a condition, each cell with its number and its bar.

    A cell holds the probability, the difference from the baseline in percentage points with its
    interval, and a bar from 0 to 100 % with the probability's interval; the baseline is a tick.
    A difference that the Monte Carlo error leaves open says that it is not resolved.

    Parameters
    ----------
    result : Scenarios
        From `scenarios`.
    lang : {"en", "ar"}
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        For the answer to another question.

    Examples
    --------
    >>> figure = wr.plot_scenarios(wr.scenarios(posterior))
    >>> len(figure.axes)
    1
    """
    check_answer(result, Scenarios, "plot_scenarios")
    base = result.results[BASELINE]
    names = {name: fitted(result.label(name, lang), _LABELS - 6) for name in result.results}
    sheet, y = Sheet(ax, lang, say("scenarios", lang)), 4.0
    for several in batched(base.summary.index, _ACROSS):
        heads = [
            fitted(base.label(str(condition), lang), _CELL - _SPACE, weight="bold")
            for condition in several
        ]
        tall = LINE * (1 + max(head.count("\n") for head in heads))
        for k, head in enumerate(heads):
            sheet.text(_LABELS + k * (_CELL + 2), y + tall, head, va="bottom", fontweight="bold")
        y += tall + 5
        for name, label in names.items():
            height = max(LINE * (label.count("\n") + 1), _height(name)) + 12
            sheet.rule(y)
            sheet.text(
                0, y + 5, label, va="top", fontweight="bold" if name == BASELINE else "normal"
            )
            for k, condition in enumerate(several):
                row: Any = result.results[name].summary.loc[condition]
                usual = float(base.summary.loc[condition, "probability"])
                _cell(sheet, _LABELS + k * (_CELL + 2), y + 5, row, usual, is_base=name == BASELINE)
            y += height
        y += 10
    handles = [
        Patch(fc=ACCENT, label=say("probability", lang)),
        Line2D([], [], color=INK, lw=1.4, label=say("interval", lang, p=f"{100 * base.ci_prob:g}")),
        Line2D([], [], ls="", marker="|", ms=11, mew=2, color=MUTED, label=names[BASELINE]),
    ]
    sheet.done(y, handles)
    return marked(sheet.axis, base.about, lang)


def _height(name: str) -> float:
    """Return the points of a cell."""
    return LINE + _BAR + 4 if name == BASELINE else 3 * LINE + _BAR + 4


def _cell(sheet: Sheet, x: float, y: float, row: Any, usual: float, *, is_base: bool) -> None:
    """Draw what a scenario makes of a condition, from the corner where reading begins."""
    lang, room = sheet.lang, _CELL - _SPACE
    probability = float(row["probability"])
    sheet.text(x, y, percent(probability, lang), va="top", fontsize=11, fontweight="bold")
    if not is_base:
        difference, error = float(row["difference"]), float(row["difference_mcse"])
        resolved = difference == 0 or abs(difference) > Z90 * error
        written = points(difference, lang) if resolved else words_of(lang).names["not_resolved"]
        colour = (
            MUTED if not resolved or abs(difference) < _SMALL else GOOD if difference > 0 else BAD
        )
        sheet.text(x, y + LINE + 2, written, va="top", color=colour)
        ends = float(row["difference_lower"]), float(row["difference_upper"])
        if resolved and difference and all(map(math.isfinite, ends)):
            sheet.text(x, y + 2 * LINE + 2, difference_interval(*ends, lang), va="top", color=MUTED)
    bar = y + (_height(BASELINE) if is_base else _height("")) - _BAR
    sheet.box(x, bar, room, _BAR, MUTED_PALE, zorder=1)
    sheet.box(x, bar, room * probability, _BAR, ACCENT, zorder=2)
    middle = bar + _BAR / 2
    span = [x + room * float(row["lower"]), x + room * float(row["upper"])]
    # On a light bar and on a dark one, the line keeps its outline.
    sheet.axis.plot(
        span, [bar + _BAR + 2.5] * 2, color=INK, lw=1.4, solid_capstyle="butt", zorder=3
    )
    sheet.axis.plot([x + room * usual], [middle], "|", color=MUTED, ms=12, mew=2, zorder=4)
