"""Every language that answers are given in, and what is written in all of them."""

from __future__ import annotations

from types import ModuleType
from typing import Final, Literal

from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import QueryError
from withdrawal_risk.language import ar, en

__all__ = ["LANGUAGES", "languages_of", "the_language", "words_of"]

LANGUAGES: Final[dict[str, ModuleType]] = {"en": en, "ar": ar}


def the_language(lang: str, *more: str) -> Literal["en", "ar"]:
    """Return a language that is spoken here.

    Raises
    ------
    QueryError
        For another one, unless it is one of ``more``.
    """
    spoken = (*LANGUAGES, *more)
    if not isinstance(lang, str) or lang not in spoken:
        raise QueryError(f"lang is {quoted(lang)}; use {' or '.join(map(repr, spoken))}")
    return lang  # type: ignore[return-value]


def languages_of(lang: str) -> list[str]:
    """Return the languages that a report is asked for in.

    Raises
    ------
    QueryError
        If `lang` is neither a language nor ``both``.
    """
    the_language(lang, "both")
    return list(LANGUAGES) if lang == "both" else [lang]


def words_of(lang: str) -> ModuleType:
    """Return the tables of a language: `en` or `ar`.

    Raises
    ------
    QueryError
        For another language.
    """
    return LANGUAGES[the_language(lang)]
