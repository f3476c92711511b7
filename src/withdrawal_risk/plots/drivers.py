"""What moving each factor does, beside what observing it says."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from withdrawal_risk.language.numbers import percent
from withdrawal_risk.plots.style import (
    ACCENT,
    MUTED,
    check_answer,
    check_count,
    error_line,
    marked,
    new_figure,
    percent_tick,
    say,
    title,
    wrapped,
)
from withdrawal_risk.queries.drivers import Drivers

__all__ = ["plot_drivers"]


def plot_drivers(result: Drivers, *, top: int = 12, lang: str = "en") -> Figure:
    """Draw the effect of moving each factor beside what observing it says, on one scale.

    Parameters
    ----------
    result : Drivers
        From `drivers`.
    top : int
        Factors shown.
    lang : {"en", "ar"}

    Examples
    --------
    >>> figure = wr.plot_drivers(wr.drivers(posterior, "calm"), lang="ar")
    >>> len(figure.axes)
    2
    """
    check_answer(result, Drivers, "plot_drivers")
    check_count(top, "top")
    # Those that the condition reads itself are always shown, below the others.
    inside = result.summary[result.summary["direct"]]
    outside = result.summary[~result.summary["direct"]].iloc[: max(top - len(inside), 1)]
    # Bars are numbered from the bottom, so the table is turned to have the largest on top.
    table = pd.concat([outside, inside])[::-1]
    figure, axes = new_figure(11, 1.7 + 0.4 * len(table), columns=2)
    # Both panels get the same limits, so that moving and observing compare by eye.
    furthest = float(
        table[["shift_low", "shift_high", "evidential_low", "evidential_high"]].to_numpy().max()
    )
    for axis, kind, word in zip(axes, ("shift", "evidential"), ("moved", "seen"), strict=True):
        for y, (_, row) in enumerate(table.iterrows()):
            # Each bar runs from the baseline to the probability with the factor lower or higher.
            for end, colour in (("low", MUTED), ("high", ACCENT)):
                axis.barh(
                    y,
                    row[f"{kind}_{end}"] - result.probability,
                    left=result.probability,
                    color=colour,
                    height=0.62,
                )
            # The error is that of the difference of both ends; it is drawn once, at the upper end.
            error_line(axis, y, row[f"{kind}_high"], row[f"{kind}_mcse"])
        axis.axvline(result.probability, color="black", lw=0.9)
        if len(inside) and len(outside):
            axis.axhline(len(inside) - 0.5, color=MUTED, lw=0.8)
        labels = [
            wrapped(
                result.label(str(name), lang) + (f" {say('direct', lang)}" if direct else ""), 34
            )
            for name, direct in table["direct"].items()
        ]
        axis.set_yticks(
            range(len(table)), labels if kind == "shift" else [""] * len(table), fontsize=9
        )
        axis.set(xlim=(0, min(1.12 * furthest + 0.01, 1.0)), xlabel=say("probability", lang))
        axis.xaxis.set_major_formatter(percent_tick)
        axis.set_title(say(word, lang), fontsize=10.5)
        axis.grid(axis="x", alpha=0.25)
        axis.set_axisbelow(True)
    title(figure, say("drivers", lang, what=result.about.condition(result.condition, lang)), lang)
    handles = [
        Patch(color=MUTED, label=say("lower", lang)),
        Patch(color=ACCENT, label=say("higher", lang)),
        Line2D(
            [],
            [],
            color="black",
            lw=0.9,
            label=f"{say('expected', lang)}: {percent(result.probability, lang)}",
        ),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False)
    return marked(figure, result.about, lang)
