"""Why: what the past did to the condition that stands in the way, and what would move it."""

from __future__ import annotations

from withdrawal_risk.language import words_of
from withdrawal_risk.plots.attribution import plot_attribution
from withdrawal_risk.plots.drivers import plot_drivers
from withdrawal_risk.reports.blocks import Paragraph, Section
from withdrawal_risk.reports.ingredients import Ingredients
from withdrawal_risk.reports.sections.drawing import Drawing

__all__ = ["section"]


def section(found: Ingredients, drawing: Drawing) -> Section:
    """Return attribution and tornado."""
    lang = drawing.lang
    words = words_of(lang).report
    name = found.outlook.label(found.weakest, lang)
    return Section(
        key="why",
        blocks=[
            Paragraph(words["about_weakest"].format(label=name), "muted"),
            Paragraph(found.attribution.sentence(lang)),
            drawing.picture(
                plot_attribution(found.attribution, lang=lang), words["attribution_caption"]
            ),
            Paragraph(found.drivers.sentence(lang)),
            drawing.picture(plot_drivers(found.drivers, lang=lang), words["drivers_caption"]),
        ],
    )
