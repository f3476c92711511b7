"""Levers: the cheapest way found to a better chance, or that there is none."""

from __future__ import annotations

from withdrawal_risk.language import words_of
from withdrawal_risk.plots.reach import plot_reach
from withdrawal_risk.reports.blocks import Fold, Grid, Paragraph, Section
from withdrawal_risk.reports.ingredients import Ingredients
from withdrawal_risk.reports.sections.drawing import Drawing
from withdrawal_risk.reports.tables import reach_table

__all__ = ["section"]


def section(found: Ingredients, drawing: Drawing) -> Section:
    """Return the levers, or a line that none acts on the condition."""
    lang = drawing.lang
    words = words_of(lang).report
    name = found.outlook.label(found.weakest, lang)
    if found.reach is None:
        text = words["no_levers"].format(label=name)
        return Section(key="levers", blocks=[Paragraph(text, "muted")])
    return Section(
        key="levers",
        blocks=[
            Paragraph(words["about_weakest"].format(label=name), "muted"),
            Paragraph(found.reach.sentence(lang)),
            drawing.picture(plot_reach(found.reach, lang=lang), words["levers_caption"]),
            Fold(words["numbers"], [Grid(reach_table(found.reach, lang))]),
        ],
    )
