"""What the plots of a back test share: the title, and which data it is of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase

from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import leads_in_words
from withdrawal_risk.plots.style import legend, month_label, note, say, title
from withdrawal_risk.queries.backtest_result import Backtest

__all__ = ["captioned", "method_name"]


def method_name(method: str, lang: str) -> str:
    """Return the words for a method, as a title begins."""
    text = words_of(lang).methods[method]
    return text[:1].upper() + text[1:]


def captioned(
    part: Axes | FigureBase,
    text: str,
    result: Backtest,
    lang: str,
    *notes: str,
    leads: str | None = None,
    indicator: str | None = None,
    together: bool = True,
    handles: Sequence[Any] = (),
) -> Figure:
    """Write the title of a plot, and below it notes and which data the back test is of.

    Parameters
    ----------
    part : Axes or Figure
        What the plot was given to draw on.
    text : str
    result : Backtest
    lang : str
    notes : str
    leads : str, optional
        The block that is drawn, if it is one alone.
    indicator : str, optional
        The one that is drawn.
    together : bool
        Whether all are drawn together where none is named, which is then said.
    handles : sequence, optional
        Of a legend.
    """
    words = words_of(lang)
    dates = result.table["origin"]
    first, last = (month_label(str(month), lang) for month in (dates.min(), dates.max()))
    origins = first if first == last else words.from_to.format(low=first, high=last)
    which = words.with_dates(origins)
    if indicator is not None:
        which += words.comma + result.names[indicator][lang]
    elif together and len(result.names) > 1:
        which += words.comma + say("all", lang)
    if leads is not None:
        which += words.comma + say("leads", lang, leads=leads_in_words(leads, lang))
    title(part, f"{text} ({which})", lang)
    text = "\n".join([*filter(None, notes), result.heading(lang)])
    if handles:
        legend(part, handles, lang, note=text)
    else:
        note(part, text, lang)
    figure = part.get_figure(root=True)
    assert isinstance(figure, Figure)
    return figure
