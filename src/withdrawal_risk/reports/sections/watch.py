"""Watch: which indicators say most over the next months, and where their next values trip."""

from __future__ import annotations

from typing import Any, Final

from withdrawal_risk.elements.elicitation import Z90
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import percent, points
from withdrawal_risk.plots.watch_list import plot_watch_list
from withdrawal_risk.queries.tripwires import Tripwires
from withdrawal_risk.reports.blocks import Block, Fold, Grid, Heading, Paragraph, Section
from withdrawal_risk.reports.ingredients import Ingredients
from withdrawal_risk.reports.sections.drawing import Drawing
from withdrawal_risk.reports.tables import Table, watch_table

__all__ = ["section", "tripwires_table"]

_SHOWN: Final = 8
"""Tripwires in the table."""


def section(found: Ingredients, drawing: Drawing) -> Section:
    """Return the watch list, or a line that there is nothing to watch."""
    lang = drawing.lang
    words = words_of(lang).report
    if not found.watch or found.tripwires is None:
        return Section(key="watch", blocks=[Paragraph(words["no_watch"], "muted")])
    name = found.outlook.label(found.weakest, lang)
    blocks: list[Block] = [Paragraph(words["about_weakest"].format(label=name), "muted")]
    blocks += [Paragraph(item.sentence(lang, found.weakest)) for item in found.watch]
    blocks.append(
        drawing.picture(
            plot_watch_list(found.watch[0], condition=found.weakest, lang=lang),
            words["watch_caption"],
        )
    )
    blocks.append(Heading(words["tripwires"]))
    table = tripwires_table(found.tripwires, lang)
    if table["rows"]:
        blocks.append(Grid(table))
    blocks.append(Paragraph(words["tripwires_note" if table["rows"] else "no_tripwires"], "muted"))
    blocks.append(
        Fold(
            words["numbers"],
            [
                Grid(
                    watch_table(item, lang),
                    words["watched"].format(months=words_of(lang).months(item.months)),
                )
                for item in found.watch
            ],
        )
    )
    return Section(key="watch", blocks=blocks)


def tripwires_table(wires: Tripwires, lang: str) -> Table:
    """Return the tripwires that move the probability measurably, the strongest first."""
    words = words_of(lang)
    heads = ("wire_indicator", "wire_months", "wire_known", "wire_bound", "wire_move", "wire_odds")
    rows = list[list[str]]()
    listed: list[tuple[Any, Any]] = list(wires.summary.iterrows())
    for (indicator, side), row in listed:
        if not abs(row["difference"]) > Z90 * row["mcse"] or len(rows) == _SHOWN:
            continue
        first, last = (words.month(row[end]) for end in ("first", "last"))
        ends = percent(wires.probability, lang), percent(row["then"], lang)
        rows.append(
            [
                wires.label(indicator, lang),
                first if first == last else words.from_to.format(low=first, high=last),
                words.month(row["known"]),
                wires.bounds[indicator, side][lang],
                f"{words.from_to.format(low=ends[0], high=ends[1])} "
                f"({points(row['difference'], lang)})",
                percent(row["share"], lang),
            ]
        )
    return {
        "columns": [words.report[head] for head in heads],
        "rows": rows,
        "text": [0, 1, 2, 3, 4],
    }
