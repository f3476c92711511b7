"""What changed: the outlook by date, what moved it since the last issue, and the new evidence."""

from __future__ import annotations

from withdrawal_risk.language import words_of
from withdrawal_risk.plots.change import plot_change
from withdrawal_risk.plots.history import plot_history
from withdrawal_risk.reports.blocks import Block, Fold, Grid, Paragraph, Section
from withdrawal_risk.reports.evidence import evidence_table
from withdrawal_risk.reports.ingredients import Ingredients
from withdrawal_risk.reports.sections.drawing import Drawing

__all__ = ["section"]


def section(found: Ingredients, drawing: Drawing) -> Section:
    """Return what changed."""
    lang = drawing.lang
    words, blocks = words_of(lang).report, list[Block]()
    if found.history is not None:
        figure = plot_history(found.history, model=found.posterior.model, lang=lang)
        blocks.append(drawing.picture(figure, words["history_caption"]))
    else:
        blocks.append(Paragraph(words["no_history"], "muted"))
    if found.change is not None:
        text = found.change.sentence(lang)
        blocks += [
            Paragraph(text),
            drawing.picture(plot_change(found.change, before=str(found.before), lang=lang), text),
        ]
        rows, links = evidence_table(found.posterior.model.spec, found.new_rows, lang)
        title = words["new_rows"].format(count=len(found.new_rows))
        blocks.append(Fold(title, [Grid(rows, links=links)]))
    else:
        blocks.append(Paragraph(words["no_before"], "muted"))
    return Section(key="change", blocks=blocks)
