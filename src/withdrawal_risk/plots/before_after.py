"""What a question makes of every condition: the probability without it and with it."""

from __future__ import annotations

from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from withdrawal_risk.elements.elicitation import Z90
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import difference_interval, percent, points
from withdrawal_risk.plots.style import (
    ACCENT,
    BAD,
    GOOD,
    MUTED,
    PAPER,
    axis_on,
    check_answer,
    end_column,
    fitted,
    grid,
    interval_line,
    legend,
    marked,
    mirrored,
    percent_axis,
    row_labels,
    say,
    title,
)
from withdrawal_risk.queries.results import Result

__all__ = ["before_and_after"]

_LABELS: Final = 125.0
"""Points of the labels."""


def before_and_after(
    result: Result, function: str, *, learnt: bool | None, lang: str, ax: Axes | None
) -> Figure:
    """Draw each condition's probability without and with what is supposed, and the difference.

    Parameters
    ----------
    result : Result
    function : str
        The plot, for messages.
    learnt : bool, optional
        Whether something has to be observed, or must not be. Default: either.
    lang : {"en", "ar"}
    ax : Axes, optional

    Raises
    ------
    ArgumentError
        For the answer to another question.
    """
    check_answer(result, Result, function)
    wrong = "difference" not in result.summary or (
        learnt is not None and learnt != (result.ess is not None)
    )
    if wrong:
        raise ArgumentError(f"{function} was given the answer to another question")
    names = list(result.summary.index)[::-1]
    _, axis = axis_on(ax, 1.9 + 0.62 * len(names))
    for y, name in enumerate(names):
        row: Any = result.summary.loc[name]
        after, difference = float(row["probability"]), float(row["difference"])
        before = after - difference
        error = float(row["difference_mcse"])
        resolved = difference != 0 and abs(difference) > Z90 * error
        colour = MUTED if not resolved else GOOD if difference > 0 else BAD
        interval_line(axis, y - 0.2, float(row["lower"]), float(row["upper"]), ACCENT)
        if difference:
            axis.plot([before, after], [y, y], color=colour, lw=2.5, zorder=2)
        axis.plot(before, y, "o", color=MUTED, mfc=PAPER, ms=9, mew=1.8, zorder=3)
        axis.plot(after, y, "o", color=ACCENT, mec=PAPER, ms=9, zorder=4)
        arrow = words_of(lang).arrow
        end_column(
            axis, y + 0.2, f"{percent(before, lang)}{arrow}{percent(after, lang)}", lang,
            fontweight="bold",
        )  # fmt: skip
        end_column(axis, y - 0.2, _change(row, resolved, lang), lang, color=colour)
    row_labels(axis, [fitted(result.label(str(name), lang), _LABELS) for name in names])
    axis.set(xlim=(0, 1), ylim=(-0.6, len(names) - 0.4), xlabel=say("probability", lang))
    axis.locator_params(axis="x", nbins=5)
    percent_axis(axis.xaxis, lang)
    grid(axis, "x")
    mirrored(axis, lang)
    supposing = result.supposing[lang]
    title(axis, supposing[:1].upper() + supposing[1:], lang)
    note = ""
    if result.ess is not None:
        note = say("weights", lang, ess=f"{result.ess:.0f}", khat=f"{result.khat:.2f}")
    span = say("interval", lang, p=f"{100 * result.ci_prob:g}")
    mark: dict[str, Any] = {"ls": "", "marker": "o", "ms": 8}
    handles = [
        Line2D([], [], mfc=PAPER, mew=1.8, color=MUTED, label=say("without", lang), **mark),
        Line2D([], [], color=ACCENT, label=say("with", lang), **mark),
        Line2D([], [], color=ACCENT, lw=2.5, label=span),
        Line2D([], [], color=GOOD, lw=2.5, label=f"+ {say('rises', lang)}"),
        Line2D([], [], color=BAD, lw=2.5, label=f"− {say('falls', lang)}"),
    ]
    legend(axis, handles, lang, note=note)
    return marked(axis, result.about, lang)


def _change(row: Any, resolved: bool, lang: str) -> str:
    """Write a difference with its interval, or that it is not resolved."""
    if not resolved:
        nothing = float(row["difference"]) == 0
        return points(0.0, lang) if nothing else words_of(lang).names["not_resolved"]
    ends = float(row["difference_lower"]), float(row["difference_upper"])
    return f"{points(float(row['difference']), lang)}\n({difference_interval(*ends, lang)})"
