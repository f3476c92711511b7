"""What moving each factor does, beside what observing it says."""

from __future__ import annotations

from typing import Final

from matplotlib.figure import Figure, FigureBase
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import percent
from withdrawal_risk.plots.style import (
    ACCENT,
    INK,
    PAPER,
    axes_on,
    check_answer,
    check_count,
    error_line,
    fitted,
    grid,
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
from withdrawal_risk.queries.drivers import Drivers

__all__ = ["plot_drivers"]

_LABELS: Final = 165.0
"""Points of the labels."""


@styled
def plot_drivers(
    result: Drivers, *, top: int = 12, lang: str = "en", figure: FigureBase | None = None
) -> Figure:
    """Draw the effect of moving each factor beside what observing it says, on one scale.

    Factors that the condition itself tests move it by what they are, and are left out, which is
    said; where it reads nothing else they are all there is to draw.

    Parameters
    ----------
    result : Drivers
        From `drivers`.
    top : int
        Factors shown.
    lang : {"en", "ar"}
    figure : matplotlib.figure.Figure or SubFigure, optional
        Where to draw. Default: one of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        For the answer to another question, or fewer than one factor.

    Examples
    --------
    >>> figure = wr.plot_drivers(wr.drivers(posterior, "calm"), lang="ar")
    >>> len(figure.axes)
    2
    """
    check_answer(result, Drivers, "plot_drivers")
    check_count(top, "top")
    words = words_of(lang)
    inside = result.summary[result.summary["direct"]]
    outside = result.summary[~result.summary["direct"]]
    # Bars are numbered from the bottom, so the table is turned to have the largest on top.
    table = (outside if len(outside) else inside).iloc[:top][::-1]
    labels = [fitted(result.label(str(name), lang), _LABELS) for name in table.index]
    height = 2.0 + len(labels) * row_height(labels)
    part, axes = axes_on(figure, height, columns=2)
    if words.right_to_left:
        axes = axes[::-1]
    # Both panels get the same limits, so that moving and observing compare by eye.
    ends = table[["shift_low", "shift_high", "evidential_low", "evidential_high"]].to_numpy()
    room = 0.06 * float(max(ends.max(), result.probability) - min(ends.min(), result.probability))
    limits = (
        max(min(float(ends.min()), result.probability) - room, 0.0),
        min(max(float(ends.max()), result.probability) + room + 0.002, 1.0),
    )
    for axis, kind, word in zip(axes, ("shift", "evidential"), ("moved", "seen"), strict=True):
        for y, (_, row) in enumerate(table.iterrows()):
            # Each bar runs from the baseline to the probability with the factor lower or higher.
            for end, fill in (("low", PAPER), ("high", ACCENT)):
                axis.barh(
                    y,
                    row[f"{kind}_{end}"] - result.probability,
                    left=result.probability,
                    fc=fill,
                    ec=ACCENT,
                    lw=1.2,
                    height=0.58,
                )
            # The error is that of the difference of both ends; it is drawn once, at the upper end.
            error_line(axis, y, row[f"{kind}_high"], row[f"{kind}_mcse"])
        axis.axvline(result.probability, color=INK, lw=1)
        row_labels(axis, labels if kind == "shift" else [""] * len(table))
        axis.set(xlim=limits, ylim=(-0.6, len(table) - 0.4), xlabel=say("probability", lang))
        percent_axis(axis.xaxis, lang)
        axis.locator_params(axis="x", nbins=4)
        axis.set_title(fitted(say(word, lang), 150))
        grid(axis, "x")
        mirrored(axis, lang)
    title(part, say("drivers", lang, what=result.about.condition(result.condition, lang)), lang)
    note = ""
    if len(inside) and len(outside):
        left_out = words.listed(result.label(str(name), lang) for name in inside.index)
        note = say("left_out", lang, what=left_out)
    base = f"{say('expected', lang)}: {percent(result.probability, lang)}"
    handles = [
        Patch(fc=PAPER, ec=ACCENT, lw=1.2, label=say("lower", lang)),
        Patch(fc=ACCENT, ec=ACCENT, label=say("higher", lang)),
        Line2D([], [], color=INK, lw=1, label=base),
    ]
    legend(part, handles, lang, note=note)
    return marked(part, result.about, lang)
