"""Whatever one language says, all of them say, of the same things."""

from __future__ import annotations

from string import Formatter

import pytest
from tests.refusals import refusal

from withdrawal_risk.characters import forbidden
from withdrawal_risk.language import LANGUAGES, en, languages_of, the_language, words_of
from withdrawal_risk.language.numbers import probability_word

TABLES = [name for name in en.__all__ if isinstance(getattr(en, name), dict)]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_languages_have_the_same_words_with_the_same_fields(lang: str) -> None:
    other = words_of(lang)
    assert other.__all__ == en.__all__
    for name in TABLES:
        here, there = getattr(en, name), getattr(other, name)
        assert list(here) == list(there), name
        for key, text in there.items():
            assert text and fields(text) == fields(here[key]), (name, key)
            assert forbidden(text) is None, (name, key)
    assert [upper for upper, _ in other.ICD_203] == [upper for upper, _ in en.ICD_203]
    assert other.ICD_203[0][0] > 0 and other.ICD_203[-1][0] > 1


def test_arabic_is_arabic() -> None:
    """But for the frame about a name."""
    for name in TABLES:
        for key, text in getattr(words_of("ar"), name).items():
            assert any("\u0600" <= character <= "\u06ff" for character in text) or text == "«{name}»", (name, key)


def test_languages_are_named() -> None:
    assert languages_of("both") == list(LANGUAGES) and languages_of("ar") == ["ar"]
    assert "lang is 'fr'; use 'en' or 'ar' or 'both'" in refusal(lambda: languages_of("fr"))
    assert "use 'en' or 'ar'" in refusal(lambda: the_language(["en"]))  # type: ignore[arg-type]
    assert probability_word(0.3) == "unlikely" and probability_word(0.3, "ar") == "مستبعد"
