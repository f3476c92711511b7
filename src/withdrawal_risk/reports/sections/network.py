"""The network: what acts on what, where things stand, and why each arrow is there."""

from __future__ import annotations

from withdrawal_risk.language import words_of
from withdrawal_risk.plots.edges import plot_edges
from withdrawal_risk.plots.network import plot_network
from withdrawal_risk.reports.blocks import Block, Fold, Grid, Paragraph, Section
from withdrawal_risk.reports.elements import edges_table, factors_table
from withdrawal_risk.reports.ingredients import Ingredients
from withdrawal_risk.reports.sections.drawing import Drawing

__all__ = ["section"]


def section(found: Ingredients, drawing: Drawing) -> Section:
    """Return the network as a picture and as lists."""
    lang, spec = drawing.lang, found.posterior.model.spec
    words = words_of(lang).report
    blocks: list[Block] = [
        Paragraph(words["network_lead"], "muted"),
        drawing.picture(plot_network(found.posterior, lang=lang), words["network_caption"]),
    ]
    if spec.edges:
        figure = plot_edges(found.posterior, lang=lang)
        blocks.append(
            Fold(
                words["edges"],
                [drawing.picture(figure, words["edges_caption"]), Grid(edges_table(spec, lang))],
            )
        )
    blocks.append(Fold(words["factors"], [Grid(factors_table(spec, lang))]))
    return Section(key="network", blocks=blocks, own_page=True)
