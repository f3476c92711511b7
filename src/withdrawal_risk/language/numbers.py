"""Probabilities and numbers in words.

Words of estimative probability are those of ICD 203 (2 January 2015), row 1, with an Arabic of the
library's own. The directive leaves 0-1 % and 99-100 % unnamed; the end words are used there too,
always with the number beside them.
"""

from __future__ import annotations

import math
from typing import Final

from withdrawal_risk.language import words_of

__all__ = [
    "NO_BREAK",
    "difference_interval",
    "error_in_points",
    "exact_share",
    "in_months",
    "interval",
    "json_number",
    "leads_in_words",
    "percent",
    "points",
    "probability_word",
    "share",
    "share_interval",
    "signed",
    "signed_digits",
    "significant",
    "size_in_points",
    "turned",
]

NO_BREAK: Final = "\u00a0"
"""A space at which no line is broken."""


def probability_word(probability: float, lang: str = "en", error: float = 0.0) -> str:
    """Return the word for a probability; the bins are half-open.

    Where a border lies within twice the Monte Carlo error, both words.

    Raises
    ------
    ValueError
        If the number is not a probability.
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"{probability} is not a probability; it must lie between 0 and 1")
    words = words_of(lang)
    # The last upper end lies above 1, so there is always a word.
    first, last = (
        next(place for place, (upper, _) in enumerate(words.icd_203) if end < upper)
        for end in (max(probability - 2 * error, 0.0), min(probability + 2 * error, 1.0))
    )
    return words.or_.join(word for _, word in words.icd_203[first : last + 1])


def percent(probability: float, lang: str = "en", decimals: int = 0) -> str:
    """Write a probability as a percentage that never rounds to certainty: ``<1 %``, ``>99 %``.

    Parameters
    ----------
    probability : float
    lang : {"en", "ar"}
    decimals : int
        Of the percentage; the smallest that is named is one unit of the last.

    Returns
    -------
    str
        The number and its sign are held together by a space that does not break.
    """
    words, unit = words_of(lang), 10.0**-decimals
    # Below one unit, or within one of 100, rounding could write 0 or 100 for what is not certain.
    if 100 * probability < unit:
        return words.below.format(number=words.percent.format(number=f"{unit:g}"))
    if 100 * probability > 100 - unit:
        return words.above.format(number=words.percent.format(number=f"{100 - unit:g}"))
    return words.percent.format(number=f"{100 * probability:.{decimals}f}")


def interval(low: float, high: float, lang: str = "en") -> str:
    """Write an interval of probabilities, or one end where both are written alike."""
    ends = percent(low, lang), percent(high, lang)
    return ends[0] if ends[0] == ends[1] else _from_to(*ends, lang)


def difference_interval(low: float, high: float, lang: str = "en") -> str:
    """Write an interval of differences in percentage points, or that it is not resolved."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return words_of(lang).names["not_resolved"]
    # From 9.95 points on one decimal would be written as 10.0; both ends get the same decimals.
    decimals = 0 if max(abs(low), abs(high)) >= 0.0995 else 1
    return _from_to(signed(100 * low, lang, decimals), signed(100 * high, lang, decimals), lang)


def _from_to(low: str, high: str, lang: str) -> str:
    return words_of(lang).from_to.format(low=low, high=high)


def share(part: float, lang: str = "en") -> str:
    """Write a part of a whole, which may be negative or beyond it, in whole percent: ``−20 %``."""
    # Rounded before the sign is chosen: a small negative part is 0 and not −0.
    size = round(100 * part)
    number = f"{'−' if size < 0 else ''}{abs(size)}"
    return words_of(lang).percent.format(number=turned(number, lang))


def share_interval(low: float, high: float, lang: str = "en") -> str:
    """Write an interval of such parts, or that it is not resolved."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return words_of(lang).names["not_resolved"]
    return _from_to(share(low, lang), share(high, lang), lang)


def exact_share(part: float, lang: str = "en") -> str:
    """Write a part that somebody gave, in percent with the digits it was given: ``12.5 %``."""
    return words_of(lang).percent.format(number=turned(signed_digits(100 * part), lang))


def leads_in_words(leads: str, lang: str = "en") -> str:
    """Write a block of leads, such as ``1-3``, the shorter one first in any language."""
    words = words_of(lang)
    return words.code_text(leads) if "-" in leads else leads


def in_months(count: int, lang: str = "en") -> str:
    """Write a stretch of months, as after ``within``: ``1 month``, ``3 months``."""
    return words_of(lang).months(count)


def error_in_points(error: float, lang: str = "en") -> str:
    """Write a Monte Carlo error in percentage points, never as none: ``<0.1 points``."""
    words = words_of(lang)
    if error < 0.001:
        return words.below.format(number=words.counted("0.1", "point"))
    return words.counted(f"{100 * error:.1f}", "point")


def json_number(value: float) -> float | None:
    """Return a number as JSON knows them, which has neither infinity nor nan."""
    return float(value) if math.isfinite(value) else None


def points(difference: float, lang: str = "en") -> str:
    """Write a difference of probabilities in percentage points, with its sign: ``+4 points``."""
    size = 100 * difference
    number = signed(size, lang, 1 if abs(size) < 9.95 else 0)
    return words_of(lang).counted(number, "point")


def size_in_points(difference: float, lang: str = "en") -> str:
    """Write the size of a difference, for sentences: ``1.5 percentage points``."""
    size = abs(100 * difference)
    written = f"{size:.{1 if size < 9.95 else 0}f}"
    return words_of(lang).counted(written, "percentage_point")


def signed(value: float, lang: str = "en", decimals: int = 2) -> str:
    """Write a number with its sign before it; what rounds to 0 has none."""
    # The sign is that of the rounded number: −0.001 with two decimals is 0.00.
    rounded = round(value, decimals)
    sign = "−" if rounded < 0 else "+" if rounded else ""
    return turned(f"{sign}{abs(value):.{decimals}f}", lang)


def significant(value: float, digits: int = 3) -> str:
    """Write a number with so many significant digits and a true minus sign: ``1,240``, ``0.3``."""
    if value == 0:
        return "0"
    decimals = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
    text = f"{abs(value):,.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"−{text}" if value < 0 else text


def signed_digits(value: float) -> str:
    """Write a number with the digits it was given and a true minus sign."""
    return f"{value:,.10g}".replace("-", "−")


def turned(number: str, lang: str) -> str:
    """Keep the sign of a number on its left, in any language."""
    return words_of(lang).with_sign(number)
