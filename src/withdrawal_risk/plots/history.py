"""The outlook by date."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure, FigureBase
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.language import words_of
from withdrawal_risk.model.library import Model
from withdrawal_risk.plots.style import (
    ACCENT,
    ACCENT_SOFT,
    BAD,
    MUTED,
    PAPER,
    SMALL,
    axes_on,
    band,
    check_answer,
    fitted,
    grid,
    legend,
    month_axis,
    percent_axis,
    say,
    side,
    styled,
    title,
)
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS

__all__ = ["plot_history"]

_COLUMNS = ("probability", "lower", "upper", "prior", "checks_passed")


@styled
def plot_history(
    result: pd.DataFrame,
    *,
    model: Model | None = None,
    lang: str = "en",
    figure: FigureBase | None = None,
) -> Figure:
    """Draw each condition's probability by the date until which evidence was known.

    Parameters
    ----------
    result : pandas.DataFrame
        From `history`.
    model : Model, optional
        Its labels name the conditions. Default: their ids do.
    lang : {"en", "ar"}
    figure : matplotlib.figure.Figure or SubFigure, optional
        Where to draw, a panel a condition. Default: one of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        For another table.

    Examples
    --------
    >>> table = wr.history(
    ...     posterior.model, ["2023-12"], draws=20, tune=20, chains=1, progressbar=False
    ... )
    >>> len(wr.plot_history(table, model=posterior.model).axes)
    4
    """
    check_answer(result, pd.DataFrame, "plot_history")
    if list(result.index.names) != ["as_of", "condition"] or not set(_COLUMNS) <= set(result):
        raise ArgumentError("plot_history draws the table of history, and this is another")
    if model is not None and not isinstance(model, Model):
        raise ArgumentError(f"model is {quoted(model)}; give the Model that the table is of")
    # Dates by their order in time, whatever the order in which they were asked for.
    dates = sorted(result.index.unique("as_of"))
    first, last = dates[0], dates[-1]
    months = [str(month) for month in pd.period_range(first, last, freq="M")]
    conditions = [str(name) for name in result.index.unique("condition")]
    rows = -(-len(conditions) // 2)
    part, axes = axes_on(figure, 0.8 + 2.1 * rows, columns=min(len(conditions), 2), rows=rows)
    for axis in axes[len(conditions) :]:
        axis.set_visible(False)
    failed = False
    for axis, condition in zip(axes, conditions, strict=False):
        table: Any = result.xs(condition, level="condition").loc[dates]
        x = np.array([months.index(date[:7]) for date in dates])
        band(axis, x, table["lower"], table["upper"], ACCENT_SOFT, ACCENT)
        axis.plot(x, table["prior"], color=MUTED, lw=1.4, ls="--", marker="|", ms=8)
        axis.plot(x, table["probability"], "o-", color=ACCENT, lw=1.6, ms=4.5)
        for place, sound in zip(x, table["checks_passed"], strict=True):
            if not sound:
                failed = True
                here = float(table["probability"].iloc[list(x).index(place)])
                axis.plot(place, here, "X", color=BAD, mec=PAPER, ms=10, zorder=5)
        month_axis(axis, months, lang, most=4)
        axis.set(ylim=(0, 1))
        percent_axis(axis.yaxis, lang)
        grid(axis, "y")
        axis.set_title(
            fitted(_name(condition, model, lang), 220), loc=side(lang), fontsize=SMALL + 1
        )
    title(part, say("history", lang), lang)
    handles = [
        Line2D([], [], color=ACCENT, marker="o", ms=4.5, lw=1.6, label=say("posterior", lang)),
        Patch(fc=ACCENT_SOFT, ec=ACCENT, lw=0.7, label=say("credible", lang)),
        Line2D([], [], color=MUTED, lw=1.4, ls="--", marker="|", ms=8, label=say("events", lang)),
    ]
    if failed:
        handles.append(
            Line2D([], [], ls="", marker="X", ms=9, color=BAD, label=say("failed", lang))
        )
    legend(part, handles, lang)
    root = part.get_figure(root=True)
    assert isinstance(root, Figure)
    return root


def _name(condition: str, model: Model | None, lang: str) -> str:
    """Return the words for a condition."""
    if condition == ALL_CONDITIONS:
        return words_of(lang).names["all_conditions"]
    if model is None or condition not in model.spec.conditions:
        return condition
    return model.spec.conditions[condition].label[lang]
