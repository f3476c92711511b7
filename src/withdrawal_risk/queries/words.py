"""Probabilities and numbers in words, English and Arabic.

Words of estimative probability are those of ICD 203 (2 January 2015), row 1, with our Arabic for them.
"""

from __future__ import annotations

import math
from typing import Final, Literal

from withdrawal_risk.errors import QueryError

__all__ = [
    "ICD_203",
    "in_months",
    "json_number",
    "percent",
    "points",
    "probability_word",
    "share",
    "signed",
    "the_language",
    "turned",
]

ICD_203: Final = (
    (0.05, "almost no chance", "شبه مستحيل"),
    (0.20, "very unlikely", "مستبعد جداً"),
    (0.45, "unlikely", "مستبعد"),
    (0.55, "roughly even chance", "متساوي الفرص تقريباً"),
    (0.80, "likely", "مرجّح"),
    (0.95, "very likely", "مرجّح جداً"),
    (1.01, "almost certain", "شبه مؤكد"),
)
"""Upper end (excluded), English and Arabic word. The directive leaves 0-1 % and 99-100 % unnamed; the end
words are used there too, always with the number beside them."""


def the_language(lang: str, *more: str) -> Literal["en", "ar"]:
    """Return a language that is spoken here.

    Raises
    ------
    QueryError
        For another one, unless it is one of ``more``.
    """
    spoken = ("en", "ar", *more)
    if lang not in spoken:
        raise QueryError(f"lang is {lang!r}; use {' or '.join(map(repr, spoken))}")
    return lang  # type: ignore[return-value]


def probability_word(probability: float, lang: str = "en") -> str:
    """Return the word for a probability; the bins are half-open.

    Raises
    ------
    ValueError
        If the number is not a probability.
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"{probability} is not a probability; it must lie between 0 and 1")
    for upper, english, arabic in ICD_203:
        if probability < upper:
            return arabic if lang == "ar" else english
    raise AssertionError("unreachable")


def percent(probability: float, lang: str = "en") -> str:
    """Write a probability as a percentage that never rounds to certainty: ``<1 %``, ``20 %``, ``>99 %``."""
    sign = "٪" if lang == "ar" else " %"
    if probability < 0.01:
        return f"<1{sign}" if lang == "en" else f"أقل من 1{sign}"
    if probability > 0.99:
        return f">99{sign}" if lang == "en" else f"أكثر من 99{sign}"
    return f"{round(100 * probability)}{sign}"


def share(part: float, lang: str = "en") -> str:
    """Write a part of a whole, which may be negative or beyond it, in whole percent: ``−20 %``."""
    size = round(100 * part)
    number = f"{'−' if size < 0 else ''}{abs(size)}"
    return f"{turned(number, lang)}٪" if lang == "ar" else f"{number} %"


def in_months(count: int, lang: str = "en") -> str:
    """Write a stretch of months, as after ``within``: ``1 month``, ``3 months``."""
    if lang == "ar":
        return {1: "شهر واحد", 2: "شهرين"}.get(count, f"{count} {'أشهر' if count <= 10 else 'شهرًا'}")
    return f"{count} month{'s' if count > 1 else ''}"


def json_number(value: float) -> float | None:
    """Return a number as JSON knows them, which has neither infinity nor what is no number."""
    return float(value) if math.isfinite(value) else None


def points(difference: float, lang: str = "en") -> str:
    """Write a difference of probabilities in percentage points, with its sign: ``+4 points``."""
    size = 100 * difference
    number = signed(size, lang, 1 if abs(size) < 9.95 else 0)
    return f"{number} نقطة مئوية" if lang == "ar" else f"{number} points"


def signed(value: float, lang: str = "en", decimals: int = 2) -> str:
    """Write a number with its sign before it."""
    sign = "−" if round(value, decimals) < 0 else "+"
    return turned(f"{sign}{abs(value):.{decimals}f}", lang)


def turned(number: str, lang: str) -> str:
    """Keep the sign of a number on its left: marks of direction do so inside Arabic, which runs from the right."""
    return f"\u200f\u200e{number}" if lang == "ar" and number[:1] in ("+", "-", "−") else number
