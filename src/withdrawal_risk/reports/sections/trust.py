"""How far to trust it: checks, other analysts, experts, reviews, and how earlier forecasts did."""

from __future__ import annotations

from typing import Any

from withdrawal_risk.elements.review import Reviewable
from withdrawal_risk.language import words_of
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.plots.panel import plot_panel
from withdrawal_risk.queries.range_sentence import range_sentence
from withdrawal_risk.reports.blocks import Block, Grid, Heading, Paragraph, Section
from withdrawal_risk.reports.ingredients import Ingredients
from withdrawal_risk.reports.sections.confidence import confidence
from withdrawal_risk.reports.sections.drawing import Drawing
from withdrawal_risk.reports.tables import checks_table, months_table, panel_table, questions_table

__all__ = ["section"]


def section(found: Ingredients, drawing: Drawing) -> Section:
    """Return what speaks for and against the answer."""
    lang, spec = drawing.lang, found.posterior.model.spec
    words = words_of(lang)
    blocks: list[Block] = [Grid(checks_table(found.checks, lang), words.report["checks"])]
    blocks.append(Heading(words.report["weaknesses"]))
    blocks += [Paragraph(f"{fact[0].upper()}{fact[1:]}.") for fact in confidence(found, lang).facts]
    unmeasured = found.posterior.model.unmeasured(found.posterior.as_of)
    if unmeasured:
        listed = words.listed(spec.label(name, lang) for name in unmeasured)
        blocks.append(Paragraph(f"{words.report['unmeasured']} {listed}."))
    blocks.append(Heading(words.report["analyst"]))
    blocks += [
        Paragraph(f"{found.outlook.label(str(name), lang)}: {text}")
        for name, text in _other_analyst(found, lang)
    ] or [Paragraph(words.report["no_analyst"], "muted")]
    blocks.append(Heading(words.report["panel"]))
    if found.panel is None:
        blocks.append(Paragraph(words.report["no_panel"], "muted"))
    else:
        text = found.panel.sentence(lang)
        blocks += [
            Paragraph(text),
            drawing.picture(plot_panel(found.panel, lang=lang), text),
            Grid(panel_table(found.panel, lang)),
        ]
    blocks.append(Heading(words.report["record"]))
    if found.record is None:
        blocks.append(Paragraph(words.report["no_record"], "muted"))
    else:
        blocks.append(Paragraph(found.record.sentence(lang)))
        blocks.append(Grid(questions_table(found.record, lang)))
        if not found.record.months.empty:
            blocks.append(Grid(months_table(found.record, lang)))
    blocks += [Heading(words.report["reviews"]), Paragraph(_reviews(spec, lang))]
    return Section(key="trust", blocks=blocks)


def _other_analyst(found: Ingredients, lang: str) -> list[tuple[str, str]]:
    """Return what a different reasonable analyst would say of each condition."""
    rows: list[tuple[Any, Any]] = list(found.outlook.summary.iterrows())
    return [
        (
            str(name),
            range_sentence(
                float(row["range_low"]), float(row["range_high"]), row["range_of"], words_of(lang)
            ),
        )
        for name, row in rows
        if row["range_of"]
    ]


def _reviews(spec: ModelSpec, lang: str) -> str:
    """Say how many elements of the file somebody reviewed, and which are contested."""
    words = words_of(lang)
    elements: list[tuple[str, Reviewable]] = [
        (item.label[lang], item)
        for section in (spec.factors, spec.policies, spec.events, spec.indicators, spec.conditions)
        for item in section.values()
    ]
    elements += [
        (f"{spec.label(edge.from_, lang)}{words.arrow}{spec.label(edge.to, lang)}", edge)
        for edge in spec.edges
    ]
    reviewed = [label for label, item in elements if item.reviewed]
    contested = [label for label, item in elements if item.contested]
    if not reviewed:
        return words.report["no_reviews"]
    text = words.report["reviewed"].format(count=len(reviewed), all=len(elements))
    if contested:
        text += " " + words.report["contested"].format(labels=words.listed(contested))
    return text
