"""What took a condition's probability from one level to another."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from withdrawal_risk.language.numbers import percent
from withdrawal_risk.plots.style import axis_on, check_answer, marked, say, styled, title
from withdrawal_risk.plots.waterfall import height_of, waterfall
from withdrawal_risk.queries.attribution import Attribution

__all__ = ["plot_attribution"]


@styled
def plot_attribution(result: Attribution, *, lang: str = "en", ax: Axes | None = None) -> Figure:
    """Draw what took a condition's probability down, from what it would have been to what it is.

    Groups that the condition itself tests stand last, below a line, and say so.

    Parameters
    ----------
    result : Attribution
        From `attribution`.
    lang : {"en", "ar"}
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        For the answer to another question.

    Examples
    --------
    >>> figure = wr.plot_attribution(wr.attribution(posterior, "calm", draws=100))
    >>> len(figure.axes)
    1
    """
    check_answer(result, Attribution, "plot_attribution")
    inside = [name for name in result.summary.index if name in result.direct]
    outside = [name for name in result.summary.index if name not in result.direct]
    # A share is what a group took away, so it enters with its sign turned: the parts lead down from
    # the reference to the probability.
    parts = [
        (
            result.label(name, lang) + (f" {say('direct', lang)}" if name in inside else ""),
            -float(result.summary.loc[name, "share"]),
            float(result.summary.loc[name, "mcse"]),
        )
        for name in [*outside, *inside]
    ]
    names = say("untouched", lang), say("now", lang)
    _, axis = axis_on(ax, height_of(parts, names))
    apart = len(inside) if outside else 0
    waterfall(axis, result.reference, result.probability, parts, names, lang, apart)
    name = result.about.condition(result.condition, lang)
    ends = {"a": percent(result.reference, lang), "b": percent(result.probability, lang)}
    title(axis, say("attribution", lang, what=name, **ends), lang)
    return marked(axis, result.about, lang)
