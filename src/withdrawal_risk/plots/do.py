"""What acting makes of every condition."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from withdrawal_risk.plots.before_after import before_and_after
from withdrawal_risk.plots.style import styled
from withdrawal_risk.queries.results import Result

__all__ = ["plot_do"]


@styled
def plot_do(result: Result, *, lang: str = "en", ax: Axes | None = None) -> Figure:
    """Draw each condition's probability without and with what is done.

    A hollow mark is the probability without it, a full one with it; the line between them has the
    colour of its direction, and the difference stands beside it with its interval, or that it is
    not resolved.

    Parameters
    ----------
    result : Result
        From `do`.
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
    >>> result = wr.do(posterior, {"tension": wr.shift(-1)})
    >>> figure = wr.plot_do(result, lang="ar")
    >>> len(figure.axes)
    1
    """
    return before_and_after(result, "plot_do", learnt=None, lang=lang, ax=ax)
