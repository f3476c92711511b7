"""Evidence rows as a person reads them: a range as a range, a total over a span as one, a yes as a yes."""

from __future__ import annotations

import math

from withdrawal_risk.language.numbers import NO_BREAK, in_days, in_months, percent
from withdrawal_risk.model.evidence import EvidenceRow
from withdrawal_risk.model.spec import Indicator

__all__ = ["figure_in_words", "span_in_words"]


def _number(value: float, item: Indicator, lang: str) -> str:
    """Write a figure with the digits it was given, a share in per cent."""
    if item.family != "share":
        return f"{value:,.10g}".replace("-", "−")
    sign = "٪" if lang == "ar" else f"{NO_BREAK}%"
    return f"{100 * value:.10g}{sign}" if 0 < value < 1 else percent(value, lang)


def _rounded(value: float) -> str:
    """Write a figure that was worked out, with three digits that count."""
    digits = max(2 - math.floor(math.log10(abs(value))), 0) if value else 0
    return f"{value:,.{digits}f}"


def figure_in_words(row: EvidenceRow, item: Indicator, lang: str) -> str:
    """Return what a row says its indicator showed, with its unit and its stated uncertainty.

    Parameters
    ----------
    row : EvidenceRow
    item : Indicator
        The row's.
    lang : {"en", "ar"}
    """
    if item.family == "ordinal":
        return item.grades[int(row.value)]
    if item.family == "binary":
        yes, no = ("نعم", "لا") if lang == "ar" else ("yes", "no")
        return yes if row.value > 0.5 else no
    value = _number(row.value, item, lang)
    unit = "" if item.family == "share" else f"{NO_BREAK}{item.unit[lang]}"
    if row.low is not None and row.high is not None:
        ends = _number(row.low, item, lang), _number(row.high, item, lang)
        between = f"من {ends[0]} إلى {ends[1]}" if lang == "ar" else f"{ends[0]} to {ends[1]}"
        value = f"{value} ({between})" if row.stated else between
    elif row.se:
        value = f"{value} ± {_number(row.se, item, lang)}"
    months = sum(share for _, share in row.months())
    if item.family != "count" or months == 1:
        return f"{value}{unit}"
    # A count over a span is its total, and the unit is that of a month.
    whole = months == round(months)
    span = in_months(round(months), lang) if whole else in_days((row.end.last - row.start.first).days + 1, lang)
    rate = f"{_rounded(row.value / months)}{unit}"
    return f"{value} في {span} ({rate})" if lang == "ar" else f"{value} in {span} ({rate})"


def span_in_words(row: EvidenceRow, lang: str) -> str:
    """Return the days or months a row speaks of."""
    if row.start == row.end:
        return str(row.start)
    return f"من {row.start} إلى {row.end}" if lang == "ar" else f"{row.start} to {row.end}"
