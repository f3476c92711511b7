"""The outlook of what is measured: fans of what conditions read, and of what readers look for."""

from __future__ import annotations

from withdrawal_risk.elements.conditions import clauses
from withdrawal_risk.language import words_of
from withdrawal_risk.plots.forecast import plot_forecast
from withdrawal_risk.reports.blocks import Block, Heading, Paragraph, Section
from withdrawal_risk.reports.ingredients import Ingredients
from withdrawal_risk.reports.sections.drawing import Drawing

__all__ = ["section"]


def section(found: Ingredients, drawing: Drawing) -> Section:
    """Return a figure a condition, and one for each kind of readers, or of the outcomes."""
    lang, spec = drawing.lang, found.posterior.model.spec
    words = words_of(lang).report
    blocks: list[Block] = [Paragraph(words["measured_lead"], "muted")]
    shown: set[str] = set()
    groups: list[tuple[str, list[str]]] = [
        (item.label[lang], [leaf.subject for leaf in clauses(item.tree)])
        for item in spec.conditions.values()
    ]
    if spec.readers:
        groups += [(item.label[lang], list(item.show)) for item in spec.readers.values()]
    else:
        outcomes = [name for name, item in spec.factors.items() if item.role == "outcome"]
        groups.append((words["outcomes"], outcomes))
    for title, names in groups:
        fresh = [name for name in dict.fromkeys(names) if name not in shown]
        if not fresh:
            continue
        shown.update(fresh)
        figure = plot_forecast(found.posterior, var_names=fresh, result=found.forecast, lang=lang)
        caption = words["measured_caption"].format(label=title)
        blocks += [Heading(title), drawing.picture(figure, caption)]
    return Section(key="measured", blocks=blocks)
