"""The causal network as a layered drawing."""

from __future__ import annotations

import networkx as nx
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch

from withdrawal_risk.arguments import true_or_false
from withdrawal_risk.inference.alignment import policy_paths
from withdrawal_risk.inference.path_inputs import dynamics_of
from withdrawal_risk.inference.posterior import Posterior, model_of
from withdrawal_risk.language import words_of
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.network import layered, structure_at_prior_means
from withdrawal_risk.plots.style import AGAINST, FOR, marked, new_figure, say, wrapped
from withdrawal_risk.queries.answers import about

__all__ = ["plot_network"]


def _current_levels(posterior: Posterior) -> dict[str, float]:
    """Return the mean level of every factor and policy in the month of the ``as_of``."""
    now = posterior.as_of - posterior.stored_months.first
    frame = posterior.frame
    _, given = policy_paths(
        posterior.model, frame.structure.factors, posterior.stored_months, posterior.as_of
    )
    # Policies keep their given level; all others get their mean over the draws.
    level = given[now]
    level[frame.inferred_index] = posterior.inferred_levels()[:, now].mean(axis=0)
    return dict(zip(frame.structure.factors, level.tolist(), strict=True))


def _weights(graph: nx.DiGraph, posterior: Posterior | None) -> list[tuple[str, str, float]]:
    """Return every edge with its mean weight, of the posterior or else of the prior."""
    if posterior is None or not graph.number_of_edges():
        return [(a, b, float(weight)) for a, b, weight in graph.edges(data="weight")]
    weight = posterior.tree["posterior"].dataset["weight"].mean(("chain", "draw"))
    return [(a, b, float(weight.sel(edge=f"{a}->{b}"))) for a, b in graph.edges]


def _drifting(
    model: Model, posterior: Posterior | None, lang: str
) -> tuple[dict[str, str], list[tuple[str, str, float]]]:
    """Return hidden parents with their words, and the edges from them with their mean weights."""
    spec = model.spec
    if posterior is None:
        means = structure_at_prior_means(spec)
        structure, weight = means.structure, means.dynamics()[1]
    else:
        frame, draws = posterior.frame, posterior.draws()
        structure = frame.structure
        weight = dynamics_of(frame, draws, len(draws["half_life"]))[2].mean(axis=0)
    labels, edges = {}, []
    for e in structure.hidden_edge:
        hidden, child, _ = structure.edges[e]
        labels[hidden] = say("drift_of", lang, name=spec.label(child, lang))
        edges.append((hidden, child, float(weight[e])))
    return labels, edges


def plot_network(source: Model | Posterior, *, drift: bool = False, lang: str = "en") -> Figure:
    """Draw the network: colour of an edge its sign, width its mean weight, shade the current level.

    Parameters
    ----------
    source : Model or Posterior
        Of a model that was not fitted the weights are those of the prior, and no level is shown.
    drift : bool
        Whether to show the slow part of factors with drift, as a cause of its own.
    lang : {"en", "ar"}

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        If `source` is neither.

    Examples
    --------
    >>> figure = wr.plot_network(posterior.model)
    >>> len(figure.axes)
    1
    """
    title = say("network", lang)
    drift = true_or_false(drift, "drift")
    model = model_of(source, "plot_network")
    spec, graph = model.spec, model.network
    fitted = source if isinstance(source, Posterior) else None
    hidden, slow = _drifting(model, fitted, lang) if drift else ({}, [])
    graph = graph.copy()
    graph.add_edges_from((a, b, {"lag": 0}) for a, b, _ in slow)
    level = dict.fromkeys(graph, 0.0) if fitted is None else _current_levels(fitted)
    layers = layered(graph)
    figure, (axis,) = new_figure(
        max(2.0 + 2.1 * max(map(len, layers)), 8.0), 2.0 + 1.6 * len(layers)
    )
    axis.axis("off")
    # Diverging colours around level 0, the long-run reference; beyond 1.5 they stay the same.
    shade, scale = colormaps["PuOr_r"], Normalize(-1.5, 1.5)
    at = {}
    for depth, layer in enumerate(layers):
        for k, node in enumerate(layer):
            # Neighbouring layers are offset so that an edge over two of them passes between boxes.
            x = (k + 0.5 + 0.18 * (depth % 2 - 0.5)) / len(layer)
            at[node] = (x, -float(depth))
    axis.set(xlim=(-0.03, 1.03), ylim=(-len(layers) + 0.45, 0.55))
    frames = {}
    for node, (x, y) in at.items():
        value = level[node]
        colour = shade(scale(value)) if fitted is not None else "white"
        dark = abs(value) > 1.1
        frames[node] = axis.text(
            x,
            y,
            wrapped(hidden[node] if node in hidden else spec.label(node, lang), 17),
            ha="center",
            va="center",
            fontsize=11,
            zorder=3,
            color="white" if dark else "black",
            bbox={
                "boxstyle": "round,pad=0.45",
                "fc": colour,
                "ec": "#333",
                "lw": 1.6 if node in spec.policies else 0.6,
                "ls": ":" if node in hidden else "-",
            },
        ).get_bbox_patch()
    for a, b, size in [*_weights(model.network, fitted), *slow]:
        # An edge that does not run downwards closes a feedback loop. It is dashed, and bent more so
        # that it does not lie on an edge that runs the other way.
        back = at[b][1] >= at[a][1]
        axis.add_patch(
            FancyArrowPatch(
                at[a],
                at[b],
                arrowstyle="-|>",
                mutation_scale=11,
                # Arrows end at the frames, and lie below them so that none covers a name.
                patchA=frames[a],
                patchB=frames[b],
                shrinkA=0,
                shrinkB=1,
                zorder=1,
                connectionstyle=f"arc3,rad={0.28 if back else 0.06}",
                lw=0.5 + 6 * abs(size),
                alpha=0.6,
                color=FOR if size > 0 else AGAINST,
                linestyle=(0, (3, 1.5)) if back else "-",
            )
        )
    axis.set_title(title, loc=words_of(lang).side)
    axis.legend(
        [Line2D([], [], color=FOR, lw=3), Line2D([], [], color=AGAINST, lw=3)],
        [say("raises", lang), say("lowers", lang)],
        loc="lower left",
        frameon=False,
        ncols=2,
    )
    if fitted is None:
        return figure
    bar = figure.colorbar(
        ScalarMappable(scale, shade), ax=axis, shrink=0.35, pad=0.01, aspect=25, extend="both"
    )
    bar.set_label(say("shade", lang))
    return marked(figure, about(fitted), lang)
