"""Whatever one language says, all of them say, of the same things."""

from __future__ import annotations

import dataclasses
from string import Formatter

import pytest
from tests.refusals import refusal

from withdrawal_risk.characters import forbidden
from withdrawal_risk.language import LANGUAGES, Language, checked_language, languages_of, words_of
from withdrawal_risk.language.numbers import probability_word

ENGLISH = LANGUAGES["en"]
FIELDS = [field.name for field in dataclasses.fields(Language)]
TABLES = [name for name in FIELDS if isinstance(getattr(ENGLISH, name), dict)]
TEMPLATES = ("percent", "below", "above", "points", "points_short", "from_to", "quote")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_languages_have_the_same_words_with_the_same_fields(lang: str) -> None:
    other = words_of(lang)
    assert other.code == lang and other.name
    for name in TEMPLATES:
        assert fields(getattr(other, name)) == fields(getattr(ENGLISH, name)), name
    for name in TABLES:
        ours, theirs = getattr(ENGLISH, name), getattr(other, name)
        assert list(ours) == list(theirs), name
        for key, text in theirs.items():
            assert text and fields(text) == fields(ours[key]), (name, key)
            assert forbidden(text) is None, (name, key)
    assert [upper for upper, _ in other.icd_203] == [upper for upper, _ in ENGLISH.icd_203]
    assert other.icd_203[0][0] > 0 and other.icd_203[-1][0] > 1
    for write in (other.months, other.days):
        assert len({write(count) for count in (1, 2, 3, 12)}) == 4


def test_arabic_is_arabic() -> None:
    """But for the frame about a name."""
    for name in TABLES:
        for key, text in getattr(words_of("ar"), name).items():
            assert any("\u0600" <= character <= "\u06ff" for character in text) or all(
                not part.strip("«» :=،()") for part, *_ in Formatter().parse(text)
            ), (name, key)


def test_languages_are_named() -> None:
    assert languages_of("both") == list(LANGUAGES) and languages_of("ar") == ["ar"]
    assert "lang is 'fr'; use 'en' or 'ar' or 'both'" in refusal(lambda: languages_of("fr"))
    assert "use 'en' or 'ar'" in refusal(lambda: checked_language(["en"]))  # type: ignore[arg-type]
    assert probability_word(0.3) == "unlikely" and probability_word(0.3, "ar") == "مستبعد"
