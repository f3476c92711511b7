"""What it takes: the levers of the cheapest way, and what each cost gets."""

from __future__ import annotations

from typing import Any, Final

from matplotlib.figure import Figure, FigureBase
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from withdrawal_risk.language.numbers import in_months, percent, significant
from withdrawal_risk.plots.style import (
    ACCENT,
    BAD,
    GOOD,
    INK,
    MUTED,
    MUTED_PALE,
    axes_on,
    check_answer,
    end_column,
    fitted,
    grid,
    legend,
    marked,
    mirrored,
    percent_axis,
    row_height,
    row_labels,
    say,
    side,
    styled,
    title,
)
from withdrawal_risk.queries.reach import Reach

__all__ = ["plot_reach"]

_LABELS: Final = 150.0
_COLUMN: Final = 150.0
"""Points of the labels, and of what is said of each lever."""


@styled
def plot_reach(result: Reach, *, lang: str = "en", figure: FigureBase | None = None) -> Figure:
    """Draw a row a lever, how far it is moved of how far it could be, and what each cost gets.

    A target out of reach says so, with the highest probability that was found.

    Parameters
    ----------
    result : Reach
        From `reach`.
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
    >>> figure = wr.plot_reach(wr.reach(posterior, "calm", probability=0.5, draws=100))
    >>> len(figure.axes)
    2
    """
    check_answer(result, Reach, "plot_reach")
    # Bars are numbered from the bottom, and what costs most stands on top.
    table = result.summary[::-1]
    labels = [fitted(result.label(str(lever), lang), _LABELS) for lever in table.index]
    told = [fitted(_told(row, lang), _COLUMN) for _, row in table.iterrows()]
    height = len(table) * row_height([*labels, *told])
    part, (rows, way) = axes_on(figure, 4.1 + height, rows=2, height_ratios=(height + 0.3, 2.1))
    for y, (_, row) in enumerate(table.iterrows()):
        rows.barh(y, row["bound"], fc=MUTED_PALE, ec=MUTED, lw=0.8, height=0.6)
        rows.barh(y, row["shift"], color=ACCENT, height=0.34)
        end_column(rows, y, told[y], lang, color=INK if row["shift"] else MUTED)
    row_labels(rows, labels)
    rows.axvline(0, color=INK, lw=0.8)
    furthest = 1.08 * float(table["bound"].abs().max()) or 1.0
    limits = (
        -furthest if (table["bound"] < 0).any() else 0.0,
        furthest if (table["bound"] > 0).any() else 0.0,
    )
    rows.set(xlim=limits, ylim=(-0.6, len(table) - 0.4), xlabel=say("shift", lang))
    grid(rows, "x")
    mirrored(rows, lang)
    frontier = result.frontier
    way.plot(frontier["cost"], frontier["probability"], color=ACCENT, lw=2)
    way.axhline(result.target, color=GOOD if result.reached else BAD, lw=1.4, ls="--")
    way.plot(result.cost, result.probability, "o", color=ACCENT, ms=8)
    top = max(result.target, float(frontier["probability"].max()), result.probability)
    way.set(
        ylim=(0, min(1.2 * top + 0.02, 1.02)), xlabel=say("cost", lang),
        ylabel=fitted(say("probability", lang), 120),
    )  # fmt: skip
    percent_axis(way.yaxis, lang)
    grid(way, "both")
    way.set_title(say("cost_gets", lang), loc=side(lang))
    mirrored(way, lang)
    what = say("reach", lang, what=result.about.condition(result.condition, lang))
    title(part, f"{what}\n{_verdict(result, lang)}", lang)
    target = say("target", lang, p=percent(result.target, lang))
    answer = f"{percent(result.probability, lang)} ({say('answer', lang)})"
    handles: list[Any] = [
        Patch(fc=ACCENT, label=say("lever_shift", lang)),
        Patch(fc=MUTED_PALE, ec=MUTED, lw=0.8, label=say("lever_bound", lang)),
        Line2D([], [], ls="", marker="o", ms=8, color=ACCENT, label=answer),
        Line2D([], [], color=GOOD if result.reached else BAD, lw=1.4, ls="--", label=target),
    ]
    legend(part, handles, lang)
    return marked(part, result.about, lang)


def _verdict(result: Reach, lang: str) -> str:
    """Say plainly whether the target is reached."""
    numbers = {"p": percent(result.target, lang), "most": percent(result.probability, lang)}
    if result.reached and not result.cost:
        return say("in_reach_free", lang, **numbers)
    if result.reached:
        return say("in_reach", lang, cost=significant(result.cost), **numbers)
    return say("out_of_reach", lang, **numbers)


def _told(row: Any, lang: str) -> str:
    """Say of a lever how far it is moved, in how long, and at what cost."""
    shift = float(row["shift"])
    if not shift:
        return say("left_alone", lang)
    return say(
        "lever_up" if shift > 0 else "lever_down",
        lang,
        size=significant(abs(shift)),
        months=in_months(int(row["months"]), lang),
        cost=significant(float(row["cost"])),
    )
