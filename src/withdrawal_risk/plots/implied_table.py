"""The table of probabilities of a factor's levels, as cells with their numbers."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from withdrawal_risk.arguments import name_of
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.elicitation import LEVEL_NAMES
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import percent
from withdrawal_risk.model.library import Model
from withdrawal_risk.plots.sheet import LINE, Sheet
from withdrawal_risk.plots.style import (
    PAPER,
    STEPS,
    check_answer,
    fitted,
    say,
    styled,
    text_on,
)

__all__ = ["plot_implied_table"]

_CELL: Final = 54.0
_ROW: Final = 19.0
_MOST: Final = 125
"""Rows of a table that can be read."""


@styled
def plot_implied_table(
    result: pd.DataFrame,
    *,
    factor: str | None = None,
    model: Model | None = None,
    lang: str = "en",
    ax: Axes | None = None,
) -> Figure:
    """Draw the probability of each level given those of the parents, darker where it is higher.

    Parameters
    ----------
    result : pandas.DataFrame
        From `implied_table`, with three parents at most.
    factor : str, optional
        What the table is of, for the title.
    model : Model, optional
        Its labels name factors and levels. Default: their ids do.
    lang : {"en", "ar"}
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        For another table, too many rows, or an unknown factor.

    Examples
    --------
    >>> table = wr.implied_table(posterior, "gaps", parents=["tension"])
    >>> figure = wr.plot_implied_table(table, factor="gaps", model=posterior.model)
    >>> len(figure.axes)
    1
    """
    check_answer(result, pd.DataFrame, "plot_implied_table")
    if list(result.columns) != list(LEVEL_NAMES):
        raise ArgumentError(
            "plot_implied_table draws what implied_table returns, not another table"
        )
    if len(result) > _MOST:
        raise ArgumentError(
            f"the table has {len(result)} rows, more than can be read; ask implied_table for three "
            "parents at most"
        )
    if model is not None and not isinstance(model, Model):
        raise ArgumentError(f"model is {quoted(model)}; give the Model that the table is of")
    if factor is not None:
        name_of(factor, "factor")
        if model is not None and factor not in model.spec.factors:
            valid = did_you_mean(factor, model.spec.factors)
            raise ArgumentError(f"factor: {quoted(factor)} is not a factor; {valid}")
    parents = [str(name) for name in result.index.names if name is not None]
    heading = say("implied", lang, what="" if factor is None else _label(factor, model, lang))
    sheet = Sheet(ax, lang, heading.removeprefix(": "))
    given = sheet.width - 5 * _CELL - 4
    each = given / max(len(parents), 1)
    heads = [fitted(_label(name, model, lang), each - 8, weight="bold") for name in parents]
    levels = [fitted(_level(factor, name, model, lang), _CELL - 4) for name in LEVEL_NAMES]
    tall = LINE * (1 + max(text.count("\n") for text in [*heads, *levels])) + 4
    for k, head in enumerate(heads):
        sheet.text(k * each, tall, head, va="bottom", fontweight="bold")
    for k, level in enumerate(levels):
        sheet.text(given + (k + 0.5) * _CELL, tall, level, at="center", va="bottom")
    y, before = tall + 4, tuple[str, ...]()
    for index, row in result.iterrows():
        held = tuple(map(str, index)) if isinstance(index, tuple) else (str(index),)
        # A level that is that of the row above, with all before it, is not written again.
        for k, (name, level) in enumerate(zip(parents, held, strict=False)):
            if held[: k + 1] != before[: k + 1]:
                sheet.rule(y, k * each, given)
                text = fitted(_level(name, level, model, lang), each - 6)
                sheet.text(k * each, y + _ROW / 2, text.replace("\n", " "))
        before = held
        for k, share in enumerate(row.to_numpy(float)):
            fill = STEPS[int(np.digitize(share, (0.05, 0.2, 0.4, 0.6)))]
            sheet.box(given + k * _CELL, y, _CELL, _ROW, fill, ec=PAPER, lw=1.0)
            sheet.text(
                given + (k + 0.5) * _CELL,
                y + _ROW / 2,
                percent(float(share), lang),
                at="center",
                color=text_on(fill),
            )
        y += _ROW
    return sheet.done(y + 6)


def _label(name: str, model: Model | None, lang: str) -> str:
    """Return the words for a factor or policy."""
    return name if model is None else model.spec.label(name, lang)


def _level(name: str | None, level: str, model: Model | None, lang: str) -> str:
    """Return the words for a level."""
    words = words_of(lang)
    if model is None or name is None or level not in LEVEL_NAMES:
        return words.levels.get(level, level)
    return model.spec.node(name).level_in_words(LEVEL_NAMES.index(level), words)
