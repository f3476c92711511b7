"""What success means: a card a condition, with its clauses, who answers them, and their odds."""

from __future__ import annotations

from typing import Any

from withdrawal_risk.language import Language, words_of
from withdrawal_risk.language.numbers import interval, percent, probability_word
from withdrawal_risk.reports.blocks import Bar, Block, Card, Clauses, Paragraph, Section
from withdrawal_risk.reports.elements import clause_lines
from withdrawal_risk.reports.ingredients import Ingredients
from withdrawal_risk.reports.sections.drawing import Drawing

__all__ = ["section"]


def section(found: Ingredients, drawing: Drawing) -> Section:
    """Return the cards."""
    lang = drawing.lang
    words, result = words_of(lang), found.outlook
    blocks: list[Block] = [Paragraph(words.report["success_lead"], "muted")]
    for name, condition in found.posterior.model.spec.conditions.items():
        row: Any = result.summary.loc[name]
        number = percent(row["probability"], lang)
        word = probability_word(row["probability"], lang, row["mcse"])
        between = interval(row["lower"], row["upper"], lang)
        odds: Any = found.clause_odds.xs(name, level="condition")
        text = words.report["card"].format(number=number, word=word, interval=between)
        blocks.append(
            Card(
                condition.label[lang],
                [
                    Bar(row["probability"], row["lower"], row["upper"], text),
                    Paragraph(text),
                    Paragraph(condition.why[lang]),
                    Clauses(
                        clause_lines(
                            found.posterior.model.spec, condition.tree, lang, found.uninformed, odds
                        )
                    ),
                    Paragraph(_beside(row, words), "muted"),
                ],
            )
        )
    return Section(key="success", blocks=blocks)


def _beside(row: Any, words: Language) -> str:
    """Say the three base rates and what published figures decide."""
    numbers = {
        part: percent(row[part], words.code)
        for part in ("structure", "prior", "published_true", "published_false", "judged")
    }
    return words.report["card_beside"].format(
        evidence=percent(row["probability"], words.code), **numbers
    )
