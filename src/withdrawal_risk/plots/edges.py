"""The weights of the edges before and after the evidence."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import words_of
from withdrawal_risk.plots.style import (
    ACCENT,
    INK,
    MUTED,
    SMALL,
    axis_on,
    fitted,
    grid,
    legend,
    marked,
    mirrored,
    row_height,
    say,
    styled,
    title,
)
from withdrawal_risk.queries.answers import about
from withdrawal_risk.queries.defaults import CI_PROB
from withdrawal_risk.simulation.probabilities import check_arguments

__all__ = ["plot_edges"]

_LABELS: Final = 230.0
"""Points of the labels."""


@styled
def plot_edges(
    posterior: Posterior, *, ci_prob: float = CI_PROB, lang: str = "en", ax: Axes | None = None
) -> Figure:
    """Draw every edge's weight before and after the evidence.

    Parameters
    ----------
    posterior : Posterior
    ci_prob : float
        Of the equal-tailed intervals.
    lang : {"en", "ar"}
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        For a model without edges.

    Examples
    --------
    >>> figure = wr.plot_edges(posterior)
    >>> len(figure.axes)
    1
    """
    check_arguments(posterior, ci_prob=ci_prob)
    spec, words = posterior.model.spec, words_of(lang)
    if not spec.edges:
        raise ArgumentError(f"the model {spec.id!r} has no edges to draw")
    # The order of the stored weights, in which edges with the same child stand together.
    names = [str(edge) for edge in posterior.tree["posterior"].dataset["edge"].values]
    labels = []
    for edge in names:
        a, b = (spec.label(node, lang) for node in edge.split("->"))
        labels.append(fitted(f"{a}{words.arrow}{b}", _LABELS))
    _, axis = axis_on(ax, 1.1 + len(labels) * row_height(labels))
    tail = (1 - ci_prob) / 2
    # The y-axis points down, so the prior lies just above the posterior of the same edge.
    for group, colour, marker, shift in (
        ("prior", MUTED, "D", -0.17),
        ("posterior", ACCENT, "o", 0.17),
    ):
        # Chains and draws become one axis: (chain, draw, edge) to (draw, edge).
        values = posterior.tree[group].dataset["weight"].values.reshape(-1, len(names))
        low, middle, high = np.quantile(values, [tail, 0.5, 1 - tail], axis=0)
        y = np.arange(len(names)) + shift
        axis.hlines(y, low, high, color=colour, lw=2.2)
        axis.plot(middle, y, marker, ls="", color=colour, ms=4.5, label=say(group, lang))
    axis.set_yticks(range(len(names)), labels, fontsize=SMALL)
    axis.tick_params(axis="y", length=0)
    axis.axvline(0, color=INK, lw=0.8)
    axis.set(xlabel=say("weight", lang), ylim=(len(names) - 0.4, -0.6))
    grid(axis, "x")
    mirrored(axis, lang)
    title(axis, say("edges", lang), lang)
    legend(axis, axis.get_legend_handles_labels()[0], lang)
    return marked(axis, about(posterior), lang)
