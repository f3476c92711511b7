"""The evidence, row by row, and the judgements of the file."""

from __future__ import annotations

from withdrawal_risk.language import words_of
from withdrawal_risk.reports.blocks import Fold, Grid, Paragraph, Section
from withdrawal_risk.reports.elements import ranges_table
from withdrawal_risk.reports.evidence import evidence_table
from withdrawal_risk.reports.ingredients import Ingredients
from withdrawal_risk.reports.sections.drawing import Drawing

__all__ = ["section"]


def section(found: Ingredients, drawing: Drawing) -> Section:
    """Return the rows that the fit sees and every elicited range."""
    lang, model = drawing.lang, found.posterior.model
    words, spec = words_of(lang).report, model.spec
    seen = model.evidence_at(found.posterior.as_of)
    rows, links = evidence_table(spec, seen, lang)
    return Section(
        key="evidence",
        blocks=[
            Paragraph(words["evidence_lead"].format(count=len(seen)), "muted"),
            Fold(words["evidence_rows"], [Grid(rows, filtered=True, links=links)]),
            Fold(words["assumptions"], [Grid(ranges_table(spec, lang), filtered=True)]),
        ],
    )
