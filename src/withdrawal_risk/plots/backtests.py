"""What the plots of a back test share: the title, and which data it is of."""

from __future__ import annotations

from matplotlib.figure import Figure

from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import leads_in_words
from withdrawal_risk.plots.style import say, title, wrapped
from withdrawal_risk.queries.backtest_result import Backtest

__all__ = ["captioned", "method_name"]


def method_name(method: str, lang: str) -> str:
    """Return the words for a method, as a title begins."""
    text = words_of(lang).methods[method]
    return text[:1].upper() + text[1:]


def captioned(
    figure: Figure,
    text: str,
    result: Backtest,
    lang: str,
    *notes: str,
    leads: str | None = None,
    indicator: str | None = None,
    together: bool = True,
) -> Figure:
    """Write the title of a figure, and below it notes and which data the back test is of.

    Parameters
    ----------
    leads : str, optional
        The block that is drawn, if it is one alone.
    indicator : str, optional
        The one that is drawn.
    together : bool
        Whether all are drawn together where none is named, which is then said.
    """
    words = words_of(lang)
    first, last = result.table["origin"].min(), result.table["origin"].max()
    origins = first if first == last else words.from_to.format(low=first, high=last)
    # About as many letters as stand side by side at this size.
    width = int(figure.get_size_inches()[0] * 14)
    lines = [*(note for note in notes if note), wrapped(result.heading(lang), width)]
    which = words.with_dates(origins)
    if indicator is not None:
        which += words.comma + result.names[indicator][lang]
    elif together and len(result.names) > 1:
        which += words.comma + say("all", lang)
    if leads is not None:
        which += words.comma + say("leads", lang, leads=leads_in_words(leads, lang))
    title(figure, wrapped(f"{text} ({which})", int(width * 0.7)), lang)
    figure.supxlabel("\n".join(lines), fontsize=9)
    return figure
