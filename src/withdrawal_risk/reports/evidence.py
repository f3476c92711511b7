"""Evidence rows as a person reads them: a range as a range, a total over a span as one."""

from __future__ import annotations

import math
from collections.abc import Sequence

from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.families import family_of
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import NO_BREAK
from withdrawal_risk.model.evidence import ADDRESS, EvidenceRow
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.reports.tables import Table

__all__ = ["evidence_table", "span_in_words", "value_in_words"]


def _rounded(value: float) -> str:
    """Write a number that was computed, with three significant digits."""
    # The logarithm says how many digits stand before the point; those after it make up three.
    digits = max(2 - math.floor(math.log10(abs(value))), 0) if value else 0
    return f"{value:,.{digits}f}"


def value_in_words(row: EvidenceRow, item: IndicatorBase, lang: str) -> str:
    """Return what a row says its indicator showed, with its unit and its stated uncertainty.

    Parameters
    ----------
    row : EvidenceRow
    item : IndicatorBase
        The row's indicator.
    lang : {"en", "ar"}
    """
    family, words = family_of(item), words_of(lang)
    value = family.in_words(row.value, item, words)
    if not family.has_error:
        return value
    if row.low is not None and row.high is not None:
        ends = (family.in_words(end, item, words) for end in (row.low, row.high))
        between = words.from_to.format(**dict(zip(("low", "high"), ends, strict=True)))
        # A value that is only the middle of its range was not published, and is not shown.
        value = f"{value} ({between})" if row.stated else between
    elif row.se:
        value = f"{value} ± {family.in_words(row.se, item, words)}"
    unit = family.unit_in_words(item, words)
    after = f"{NO_BREAK}{unit}" if unit else ""
    months = sum(share for _, share in row.months())
    if not family.totals or months == 1:
        return f"{value}{after}"
    # A row over a span is its total, and the unit is that of a month.
    if months == round(months):
        span = words.months(round(months))
    else:
        span = words.days((row.end.last - row.start.first).days + 1)
    rate = f"{_rounded(row.value / months)}{after}"
    return words.say("total_of_span", value=value, span=span, rate=rate)


def span_in_words(row: EvidenceRow, lang: str) -> str:
    """Return the days or months a row is about."""
    words = words_of(lang)
    if row.start == row.end:
        return words.with_dates(str(row.start))
    return words.with_dates(words.from_to.format(low=row.start, high=row.end))


def evidence_table(
    spec: ModelSpec, rows: Sequence[EvidenceRow], lang: str
) -> tuple[Table, list[str]]:
    """Return rows of evidence as a table, and the address of each row's source.

    Addresses that are not of the web are left out, so that none can run a script.
    """
    words = words_of(lang)
    cells = [
        [
            spec.indicators[row.indicator].label[lang],
            span_in_words(row, lang),
            value_in_words(row, spec.indicators[row.indicator], lang),
            words.with_dates(str(row.published)),
            f"{row.grade} ({words.report[f'grade_{row.grade}']})",
            row.note,
            row.source,
        ]
        for row in rows
    ]
    heads = ("indicator", "span", "value", "published", "grade", "note", "source")
    table: Table = {
        "columns": [words.report[head] for head in heads],
        "rows": cells,
        "text": [0, 1, 2, 3, 4, 5, 6],
    }
    links = [row.url if ADDRESS.fullmatch(row.url) else "" for row in rows]
    return table, links
