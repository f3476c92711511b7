"""The bottom line: how likely, what stands in the way, what moved it, how sure the analysis."""

from __future__ import annotations

from typing import Any

from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import percent, probability_word
from withdrawal_risk.plots.outlook import plot_outlook
from withdrawal_risk.queries.range_sentence import range_sentence
from withdrawal_risk.queries.results import answer_in_words
from withdrawal_risk.queries.tips import distance_in_words
from withdrawal_risk.reports.blocks import Block, Fold, Grid, Paragraph, Section, Squares
from withdrawal_risk.reports.ingredients import Findings, Ingredients
from withdrawal_risk.reports.sections.confidence import confidence
from withdrawal_risk.reports.sections.drawing import Drawing
from withdrawal_risk.reports.tables import beside_table, result_table
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS

__all__ = [
    "bottleneck_sentence",
    "chance_sentence",
    "confidence_sentence",
    "distance_sentence",
    "moved_sentence",
    "section",
]


def section(found: Ingredients, drawing: Drawing) -> Section:
    """Return the bottom line."""
    lang, result = drawing.lang, found.outlook
    words, row = words_of(lang), _row(found)
    blocks: list[Block] = []
    if not result.about.checks_passed:
        blocks.append(Paragraph(words.report["warning"], "warning"))
    chance = chance_sentence(found, lang)
    blocks += [
        Squares(round(100 * float(row["probability"])), frequency(float(row["probability"]), lang)),
        Paragraph(f"{chance}.", "answer"),
        *(Paragraph(text, "answer") for text in (bottleneck_sentence(found, lang),) if text),
        Paragraph(moved_sentence(found, lang)),
        Paragraph(confidence_sentence(found, lang)),
    ]
    blocks += [
        Paragraph(distance_sentence(found, lang)),
        drawing.picture(plot_outlook(result, lang=lang), words.report["outlook_caption"]),
        Fold(
            words.report["numbers"],
            [
                Grid(result_table(result, lang)),
                Grid(beside_table(result, lang)),
                Paragraph(words.report["interval_note"], "muted"),
            ],
        ),
    ]
    return Section(key="bottom_line", blocks=blocks)


def _row(found: Findings) -> Any:
    return found.outlook.summary.loc[ALL_CONDITIONS]


def frequency(probability: float, lang: str) -> str:
    """Say a probability as so many of a hundred."""
    words, count = words_of(lang).report, round(100 * probability)
    if count == 0 or count == 100:
        return words["fewer_than_one" if count == 0 else "more_than_99"]
    return words["of_hundred"].format(count=count)


def chance_sentence(found: Findings, lang: str) -> str:
    """Say how likely all conditions are, and as a natural frequency."""
    result, words = found.outlook, words_of(lang)
    row = _row(found)
    text = answer_in_words(result.about, ALL_CONDITIONS, row, result.ci_prob, words)
    often = words.report["often"].format(often=frequency(float(row["probability"]), lang))
    return f"{text[:1].upper()}{text[1:]}{words.semicolon}{often}"


def bottleneck_sentence(found: Findings, lang: str) -> str:
    """Say which condition stands most in the way; nothing where there is only one."""
    words, result = words_of(lang), found.outlook
    if len(result.summary) <= 2:
        return ""
    names = [found.weakest, *found.tied]
    row: Any = result.summary.loc[found.weakest]
    return words.report["bottleneck" if len(names) == 1 else "bottlenecks"].format(
        label=words.series(words.quote.format(text=result.label(name, lang)) for name in names),
        number=percent(float(row["probability"]), lang),
        word=probability_word(float(row["probability"]), lang, float(row["mcse"])),
    )


def moved_sentence(found: Findings, lang: str) -> str:
    """Say what moved the condition that stands in the way: since the last issue, or the start."""
    answer = found.change or found.attribution
    return answer.sentence(lang)


def distance_sentence(found: Findings, lang: str) -> str:
    """Say how far the next word is, and what a different reasonable analyst would say."""
    row, result = _row(found), found.outlook
    name = result.label(ALL_CONDITIONS, lang)
    text = distance_in_words(name, float(row["probability"]), float(row["mcse"]), lang)
    if not row["range_of"]:
        return text
    ends = float(row["range_low"]), float(row["range_high"])
    return f"{text} {range_sentence(*ends, str(row['range_of']), words_of(lang))}"


def confidence_sentence(found: Findings, lang: str) -> str:
    """Say how sure the analysis is, which is another thing than how likely its subject is."""
    words, sure = words_of(lang), confidence(found, lang)
    return words.report["confidence"].format(
        level=words.report[f"confidence_{sure.level}"], facts=words.semicolon.join(sure.facts)
    )
