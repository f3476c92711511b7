"""Ask it: the model itself, in the page."""

from __future__ import annotations

from withdrawal_risk.language import words_of
from withdrawal_risk.reports.blocks import Live, Paragraph, Section
from withdrawal_risk.reports.ingredients import Ingredients
from withdrawal_risk.reports.sections.drawing import Drawing

__all__ = ["section"]


def section(found: Ingredients, drawing: Drawing) -> Section:
    """Return the place where questions are asked, which a script fills."""
    words = words_of(drawing.lang).report
    return Section(key="ask", blocks=[Paragraph(words["ask_lead"]), Live()])
