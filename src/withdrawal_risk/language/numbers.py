"""Probabilities and numbers in words, English and Arabic.

Words of estimative probability are those of ICD 203 (2 January 2015), row 1, with our Arabic for them. The directive leaves
0-1 % and 99-100 % unnamed; the end words are used there too, always with the number beside them.
"""

from __future__ import annotations

import math
from typing import Final

from withdrawal_risk.language import words_of

__all__ = [
    "NO_BREAK",
    "difference_interval",
    "error_in_points",
    "in_days",
    "in_months",
    "interval",
    "json_number",
    "percent",
    "points",
    "probability_word",
    "share",
    "signed",
    "turned",
]

NO_BREAK: Final = "\u00a0"
"""A space at which no line is broken."""


def probability_word(probability: float, lang: str = "en") -> str:
    """Return the word for a probability; the bins are half-open.

    Raises
    ------
    ValueError
        If the number is not a probability.
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"{probability} is not a probability; it must lie between 0 and 1")
    return str(next(word for upper, word in words_of(lang).ICD_203 if probability < upper))


def percent(probability: float, lang: str = "en", decimals: int = 0) -> str:
    """Write a probability as a percentage that never rounds to certainty: ``<1 %``, ``20 %``, ``>99 %``.

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
    unit = 10.0**-decimals
    sign = "٪" if lang == "ar" else f"{NO_BREAK}%"
    if 100 * probability < unit:
        return f"<{unit:g}{sign}" if lang == "en" else f"أقل من {unit:g}{sign}"
    if 100 * probability > 100 - unit:
        return f">{100 - unit:g}{sign}" if lang == "en" else f"أكثر من {100 - unit:g}{sign}"
    return f"{100 * probability:.{decimals}f}{sign}"


def interval(low: float, high: float, lang: str = "en") -> str:
    """Write an interval of probabilities: ``4 % to 47 %``, or one of them where both ends are written alike."""
    ends = percent(low, lang), percent(high, lang)
    if ends[0] == ends[1]:
        return ends[0]
    return f"من {ends[0]} إلى {ends[1]}" if lang == "ar" else f"{ends[0]} to {ends[1]}"


def difference_interval(low: float, high: float, lang: str = "en") -> str:
    """Write an interval of differences in percentage points, or that simulation does not resolve it."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return "غير محسوم" if lang == "ar" else "not resolved"
    decimals = 0 if max(abs(low), abs(high)) >= 0.0995 else 1
    ends = signed(100 * low, lang, decimals), signed(100 * high, lang, decimals)
    return f"من {ends[0]} إلى {ends[1]}" if lang == "ar" else f"{ends[0]} to {ends[1]}"


def share(part: float, lang: str = "en") -> str:
    """Write a part of a whole, which may be negative or beyond it, in whole percent: ``−20 %``."""
    size = round(100 * part)
    number = f"{'−' if size < 0 else ''}{abs(size)}"
    return f"{turned(number, lang)}٪" if lang == "ar" else f"{number}{NO_BREAK}%"


def in_months(count: int, lang: str = "en") -> str:
    """Write a stretch of months, as after ``within``: ``1 month``, ``3 months``."""
    if lang == "ar":
        return {1: "شهر واحد", 2: "شهرين"}.get(count, f"{count} {'أشهر' if count <= 10 else 'شهرًا'}")
    return f"{count} month{'s' if count > 1 else ''}"


def in_days(count: int, lang: str = "en") -> str:
    """Write a stretch of days: ``1 day``, ``14 days``."""
    if lang == "ar":
        return {1: "يوم واحد", 2: "يومين"}.get(count, f"{count} {'أيام' if count <= 10 else 'يومًا'}")
    return f"{count} day{'s' if count > 1 else ''}"


def error_in_points(error: float, lang: str = "en") -> str:
    """Write a Monte Carlo error in percentage points, never as none: ``0.2 points``, ``<0.1 points``."""
    unit = "نقطة مئوية" if lang == "ar" else "points"
    if error < 0.001:
        return f"أقل من 0.1{NO_BREAK}{unit}" if lang == "ar" else f"<0.1{NO_BREAK}{unit}"
    return f"{100 * error:.1f}{NO_BREAK}{unit}"


def json_number(value: float) -> float | None:
    """Return a number as JSON knows them, which has neither infinity nor what is no number."""
    return float(value) if math.isfinite(value) else None


def points(difference: float, lang: str = "en") -> str:
    """Write a difference of probabilities in percentage points, with its sign: ``+4 points``."""
    size = 100 * difference
    number = signed(size, lang, 1 if abs(size) < 9.95 else 0)
    return f"{number}{NO_BREAK}نقطة مئوية" if lang == "ar" else f"{number}{NO_BREAK}points"


def signed(value: float, lang: str = "en", decimals: int = 2) -> str:
    """Write a number with its sign before it; what rounds to 0 has none."""
    rounded = round(value, decimals)
    sign = "−" if rounded < 0 else "+" if rounded else ""
    return turned(f"{sign}{abs(value):.{decimals}f}", lang)


def turned(number: str, lang: str) -> str:
    """Keep the sign of a number on its left: marks of direction do so inside Arabic, which runs from the right."""
    return f"\u200f\u200e{number}" if lang == "ar" and number[:1] in ("+", "-", "−") else number
