"""Every language that answers are given in: each file of this folder with a two-letter name."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Final

from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.language.base import Language

__all__ = ["LANGUAGES", "Language", "checked_language", "languages_of", "words_of"]


def _languages() -> dict[str, Language]:
    """Return every language by its code, English first."""
    # A module with a name of two letters is a language, so a new file needs no entry in a list.
    codes = [module.name for module in pkgutil.iter_modules(__path__) if len(module.name) == 2]
    return {
        code: import_module(f"{__name__}.{code}").LANGUAGE
        for code in sorted(codes, key=lambda code: (code != "en", code))
    }


LANGUAGES: Final[dict[str, Language]] = _languages()


def checked_language(lang: str, *more: str) -> str:
    """Check that a language is one of the library's.

    Raises
    ------
    ArgumentError
        For another one, unless it is one of ``more``.
    """
    valid = (*LANGUAGES, *more)
    if not isinstance(lang, str) or lang not in valid:
        raise ArgumentError(f"lang is {quoted(lang)}; use {' or '.join(map(repr, valid))}")
    return lang


def languages_of(lang: str) -> list[str]:
    """Return the languages that a report is asked for in.

    Raises
    ------
    ArgumentError
        If `lang` is neither a language nor ``both``.
    """
    checked_language(lang, "both")
    return list(LANGUAGES) if lang == "both" else [lang]


def words_of(lang: str) -> Language:
    """Return the words of a language.

    Raises
    ------
    ArgumentError
        For a language that is not one of the library's.
    """
    return LANGUAGES[checked_language(lang)]
