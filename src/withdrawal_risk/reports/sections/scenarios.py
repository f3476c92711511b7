"""Scenarios: a table that is a chart, what each sets, and how likely each is."""

from __future__ import annotations

from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import percent
from withdrawal_risk.plots.scenarios import plot_scenarios
from withdrawal_risk.queries.scenarios import BASELINE, Scenarios
from withdrawal_risk.reports.blocks import Block, Fold, Grid, Paragraph, Section
from withdrawal_risk.reports.elements import scenario_settings
from withdrawal_risk.reports.ingredients import Ingredients
from withdrawal_risk.reports.sections.drawing import Drawing
from withdrawal_risk.reports.tables import Table, better_table, scenarios_table

__all__ = ["section"]


def section(found: Ingredients, drawing: Drawing) -> Section:
    """Return the scenarios, or a line that the file has none."""
    lang = drawing.lang
    words = words_of(lang).report
    told = found.scenarios
    if told is None:
        return Section(key="scenarios", blocks=[Paragraph(words["no_scenarios"], "muted")])
    blocks: list[Block] = [
        Paragraph(told.sentence(lang)),
        drawing.picture(plot_scenarios(told, lang=lang), words["scenarios_caption"]),
        Grid(_settings(found, told, lang), words["scenarios_set"]),
    ]
    numbers = [Grid(scenarios_table(told, lang)), Grid(better_table(told, lang), words["better"])]
    if told.overlaps:
        numbers.append(Grid(_overlaps(told, lang)))
    blocks.append(Fold(words["numbers"], numbers))
    return Section(key="scenarios", blocks=blocks)


def _settings(found: Ingredients, told: Scenarios, lang: str) -> Table:
    """Return what every scenario sets, and how likely what it is recognised by is."""
    words, spec = words_of(lang), found.posterior.model.spec
    rows = []
    for name in told.results:
        if name == BASELINE:
            continue
        chance = told.recognised.get(name)
        rows.append(
            [
                told.label(name, lang),
                scenario_settings(spec, spec.scenarios[name], lang),
                words.report["not_said"] if chance is None else percent(chance, lang),
            ]
        )
    heads = [words.tables["scenario"], words.report["sets"], words.report["recognised"]]
    return {"columns": heads, "rows": rows, "text": [0, 1]}


def _overlaps(told: Scenarios, lang: str) -> Table:
    """Return how likely two scenarios are to come true in one future."""
    words = words_of(lang).report
    rows = [
        [f"{told.label(one, lang)} + {told.label(other, lang)}", percent(p, lang)]
        for (one, other), p in told.overlaps.items()
    ]
    return {"columns": [words["overlap"], words["recognised"]], "rows": rows, "text": [0]}
