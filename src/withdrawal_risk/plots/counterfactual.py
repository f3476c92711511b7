"""What would have been of every condition."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from withdrawal_risk.plots.before_after import before_and_after
from withdrawal_risk.plots.style import styled
from withdrawal_risk.queries.results import Result

__all__ = ["plot_counterfactual"]


@styled
def plot_counterfactual(result: Result, *, lang: str = "en", ax: Axes | None = None) -> Figure:
    """Draw each condition's probability as it is and as it would be, had it been otherwise.

    A hollow mark is the probability without it, a full one with it; the line between them has the
    colour of its direction, and the difference stands beside it with its interval, or that it is
    not resolved.

    Parameters
    ----------
    result : Result
        From `counterfactual`.
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
    >>> result = wr.counterfactual(posterior, {"tension": "low"}, start="2023-06")
    >>> figure = wr.plot_counterfactual(result, lang="ar")
    >>> len(figure.axes)
    1
    """
    return before_and_after(result, "plot_counterfactual", learnt=False, lang=lang, ax=ax)
