"""The weights of the edges before and after the evidence."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import words_of
from withdrawal_risk.plots.style import (
    ACCENT,
    MUTED,
    marked,
    new_figure,
    say,
)
from withdrawal_risk.queries.answers import about
from withdrawal_risk.queries.defaults import CI_PROB
from withdrawal_risk.simulation.probabilities import check_arguments

__all__ = ["plot_edges"]


def plot_edges(posterior: Posterior, *, ci_prob: float = CI_PROB, lang: str = "en") -> Figure:
    """Draw every edge's weight before and after the evidence.

    Parameters
    ----------
    posterior : Posterior
    ci_prob : float
        Of the equal-tailed intervals.
    lang : {"en", "ar"}

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
    spec = posterior.model.spec
    if not spec.edges:
        raise ArgumentError(f"the model {spec.id!r} has no edges to draw")
    # The order of the stored weights, in which edges with the same child stand together.
    names = [str(edge) for edge in posterior.tree["posterior"].dataset["edge"].values]
    figure, (axis,) = new_figure(10, 1.2 + 0.27 * len(names))
    tail = (1 - ci_prob) / 2
    # The y-axis points down, so the prior lies just above the posterior of the same edge.
    for group, colour, shift in (("prior", MUTED, -0.17), ("posterior", ACCENT, 0.17)):
        # Chains and draws become one axis: (chain, draw, edge) to (draw, edge).
        values = posterior.tree[group].dataset["weight"].values.reshape(-1, len(names))
        low, middle, high = np.quantile(values, [tail, 0.5, 1 - tail], axis=0)
        y = np.arange(len(names)) + shift
        axis.hlines(y, low, high, color=colour, lw=2.2, label=say(group, lang))
        axis.plot(middle, y, "o", color=colour, ms=3.5)
    labels = []
    for edge in names:
        a, b = (spec.label(node, lang) for node in edge.split("->"))
        labels.append(f"{a}{words_of(lang).arrow}{b}")
    axis.set_yticks(range(len(names)), labels, fontsize=7.5)
    axis.axvline(0, color="black", lw=0.8)
    axis.set(xlabel=say("weight", lang), ylim=(len(names) - 0.4, -0.6))
    axis.grid(axis="x", alpha=0.25)
    axis.set_title(say("edges", lang), loc=words_of(lang).side)
    figure.legend(
        *axis.get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False
    )
    return marked(figure, about(posterior), lang)
