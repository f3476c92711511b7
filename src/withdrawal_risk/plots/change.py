"""What moved a condition's probability between two dates."""

from __future__ import annotations

from matplotlib.figure import Figure

from withdrawal_risk.plots.style import (
    check_answer,
    marked,
    new_figure,
    say,
    title,
)
from withdrawal_risk.plots.waterfall import waterfall
from withdrawal_risk.queries.explain_change import Change

__all__ = ["plot_change"]


def plot_change(result: Change, *, before: str, lang: str = "en") -> Figure:
    """Draw what moved a condition's probability between two dates.

    Parameters
    ----------
    result : Change
        From `explain_change`.
    before : str
        The earlier date.
    lang : {"en", "ar"}

    Examples
    --------
    >>> wr.plot_change(wr.outlook(posterior), before="2023-11")
    Traceback (most recent call last):
    withdrawal_risk.errors.ArgumentError: plot_change draws Change, the answer to a ...
    """
    check_answer(result, Change, "plot_change")
    figure, (axis,) = new_figure(10, 1.8 + 0.42 * (len(result.summary) + 2))
    # Single contributions carry no Monte Carlo error; an error of 0 draws no whisker.
    parts = [
        (result.label(str(name), lang), float(size), 0.0)
        for name, size in result.summary["contribution"].items()
    ]
    ends = say("before", lang, when=before), say("before", lang, when=result.about.as_of)
    waterfall(axis, result.before, result.after, parts, ends, lang)
    # The label that `waterfall` wrote explains whiskers, of which there are none here.
    axis.set_xlabel(say("probability", lang))
    title(figure, say("change", lang, what=result.about.condition(result.condition, lang)), lang)
    # ``about`` is the later fit; ``failed`` also names checks of the earlier fits and of refits.
    return marked(figure, result.about, lang, also=bool(result.failed))
