"""What moved a condition's probability between two dates."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from withdrawal_risk.plots.style import (
    axis_on,
    check_answer,
    marked,
    month_label,
    say,
    styled,
    title,
)
from withdrawal_risk.plots.waterfall import height_of, waterfall
from withdrawal_risk.queries.explain_change import Change

__all__ = ["plot_change"]


@styled
def plot_change(result: Change, *, before: str, lang: str = "en", ax: Axes | None = None) -> Figure:
    """Draw what moved a condition's probability between two dates.

    Parameters
    ----------
    result : Change
        From `explain_change`.
    before : str
        The earlier date, as ``2023-11``.
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
    >>> wr.plot_change(wr.outlook(posterior), before="2023-11")
    Traceback (most recent call last):
    withdrawal_risk.errors.ArgumentError: plot_change draws Change, the answer to a ...
    """
    check_answer(result, Change, "plot_change")
    # Single contributions carry no Monte Carlo error; an error of 0 draws no whisker.
    parts = [
        (result.label(str(name), lang), float(size), 0.0)
        for name, size in result.summary["contribution"].items()
    ]
    dates = month_label(before, lang), month_label(result.about.as_of, lang)
    first, last = (say("before", lang, when=when) for when in dates)
    _, axis = axis_on(ax, height_of(parts, (first, last)))
    waterfall(axis, result.before, result.after, parts, (first, last), lang)
    # The label that `waterfall` wrote explains whiskers, of which there are none here.
    axis.set_xlabel(say("probability", lang))
    title(axis, say("change", lang, what=result.about.condition(result.condition, lang)), lang)
    # ``about`` is the later fit; ``failed`` also names checks of the earlier fits and of refits.
    return marked(axis, result.about, lang, also=bool(result.failed))
