"""How much better the model forecasts than what it is compared with."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.figure import Figure, FigureBase

from withdrawal_risk.arguments import chosen
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import leads_in_words
from withdrawal_risk.plots.backtests import captioned
from withdrawal_risk.plots.style import (
    ACCENT,
    INK,
    PAPER,
    SMALL,
    axes_on,
    check_answer,
    fitted,
    grid,
    interval_line,
    mirrored,
    row_height,
    row_labels,
    say,
    styled,
)
from withdrawal_risk.queries.backtest_result import Backtest

__all__ = ["plot_skill"]

_LEAST = -1.5
"""What is worse is drawn at the edge."""


@styled
def plot_skill(
    result: Backtest, *, indicator: str, lang: str = "en", figure: FigureBase | None = None
) -> Figure:
    """Draw the skill of the model over each of the others, one panel a block of leads.

    Parameters
    ----------
    result : Backtest
    indicator : str
    lang : {"en", "ar"}
    figure : matplotlib.figure.Figure or SubFigure, optional
        Where to draw. Default: one of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        For the answer to another question, an unknown indicator, or a table without the model.

    Examples
    --------
    >>> result = wr.backtest(
    ...     posterior.model, start="2023-10", end="2023-11", methods=["model", "climatology"],
    ...     draws=50, tune=50, progressbar=False,
    ... )
    >>> len(wr.plot_skill(result, indicator="incidents").axes) >= 1
    True
    """
    check_answer(result, Backtest, "plot_skill")
    chosen(indicator, "indicator", tuple(result.names))
    chosen("model", "method", result.methods)
    words = words_of(lang)
    found: dict[str, Any] = {}
    for over in result.others:
        table = result.skill(over)
        if indicator in table.index.get_level_values(0):
            found[over] = table.loc[indicator]
    blocks = [
        leads
        for leads in result.table["leads"].cat.categories
        if any(leads in table.index for table in found.values())
    ]
    if not blocks:
        raise ArgumentError(
            f"there is nothing to hold the model beside for {indicator}; run the back test with "
            "other methods, or draw another indicator"
        )
    rows = [
        (axis, place, table.loc[leads])
        for axis, leads in enumerate(blocks)
        for place, table in enumerate(found.values())
        if leads in table.index
    ]
    # One scale for all panels. A skill far below 0 would press all others together.
    lowest = min(min(row["skill"], np.nan_to_num(row["lower"], nan=0.0)) for _, _, row in rows)
    least = max(min(lowest - 0.05, -0.1), _LEAST)
    names = [fitted(words.methods[over], 110) for over in found]
    height = 1.9 + len(names) * row_height(names, 26)
    part, axes = axes_on(figure, height, columns=len(blocks))
    # Reading begins with the shortest lead.
    axes = axes[::-1] if words.right_to_left else axes
    notes = {"unresolved": False, "beyond": False}
    for number, place, row in rows:
        axis, resolved = axes[number], math.isfinite(row["lower"])
        beyond = row["skill"] < least
        if resolved:
            interval_line(axis, place, max(row["lower"], least), max(row["upper"], least), ACCENT)
        notes["unresolved"] |= not resolved
        notes["beyond"] |= beyond
        axis.plot(
            least if beyond else row["skill"],
            place,
            (">" if words.right_to_left else "<") if beyond else "o",
            color=ACCENT,
            mfc=ACCENT if resolved else PAPER,
            ms=6,
            clip_on=False,
        )
    each = 360 / len(blocks)
    for number, (axis, leads) in enumerate(zip(axes, blocks, strict=True)):
        axis.axvline(0, color=INK, lw=1)
        heading = say("leads", lang, leads=leads_in_words(leads, lang))
        axis.set_title(fitted(heading, each - 10), fontsize=SMALL)
        row_labels(axis, names if number == 0 else [""] * len(names))
        axis.set_ylim(len(found) - 0.5, -0.5)
        axis.set_xlim(least, 1.0)
        axis.locator_params(axis="x", nbins=4)
        grid(axis, "x")
        mirrored(axis, lang)
    name = result.names[indicator][lang]
    said = [say(note, lang) for note, needed in notes.items() if needed]
    return captioned(
        part,
        say("skill", lang, what=name),
        result,
        lang,
        say("skill_axis", lang),
        *said,
        together=False,
    )
