"""What took a condition's probability from one level to another."""

from __future__ import annotations

from matplotlib.figure import Figure

from withdrawal_risk.language.numbers import percent
from withdrawal_risk.plots.style import (
    check_answer,
    marked,
    new_figure,
    say,
    title,
)
from withdrawal_risk.plots.waterfall import waterfall
from withdrawal_risk.queries.attribution import Attribution

__all__ = ["plot_attribution"]


def plot_attribution(result: Attribution, *, lang: str = "en") -> Figure:
    """Draw what took a condition's probability down, from what it would have been to what it is.

    Parameters
    ----------
    result : Attribution
        From `attribution`.
    lang : {"en", "ar"}

    Examples
    --------
    >>> figure = wr.plot_attribution(wr.attribution(posterior, "calm", draws=100))
    >>> len(figure.axes)
    1
    """
    check_answer(result, Attribution, "plot_attribution")
    figure, (axis,) = new_figure(10, 1.8 + 0.42 * (len(result.summary) + 2))
    # A share is what a group took away, so it enters with its sign turned: the parts lead down from
    # the reference to the probability.
    parts = [
        (result.label(str(name), lang), -float(row["share"]), float(row["mcse"]))
        for name, row in result.summary.iterrows()
    ]
    waterfall(
        axis,
        result.reference,
        result.probability,
        parts,
        (say("untouched", lang), say("now", lang)),
        lang,
    )
    name = result.about.condition(result.condition, lang)
    ends = {"a": percent(result.reference, lang), "b": percent(result.probability, lang)}
    title(figure, say("attribution", lang, what=name, **ends), lang)
    return marked(figure, result.about, lang)
