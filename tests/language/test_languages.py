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
        assert not ours.keys() - theirs.keys(), f"{lang}.py lacks {ours.keys() - theirs.keys()}"
        assert not theirs.keys() - ours.keys(), f"en.py lacks {theirs.keys() - ours.keys()}"
        assert list(ours) == list(theirs), f"{lang}.py: {name} is not in the order of en.py"
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
                not part.strip("«» :=،().") for part, *_ in Formatter().parse(text)
            ), (name, key)


def test_dates_keep_their_order_inside_arabic() -> None:
    """A mark before a date, once, and none where text runs from the left."""
    arabic, english = words_of("ar"), words_of("en")
    marked = arabic.with_dates("حتى 2024-06 أو 2024-06-30")
    assert marked.count("\u200e2024-06") == 2 and arabic.with_dates(marked) == marked
    assert english.with_dates("until 2024-06") == "until 2024-06"
    assert "\u200e2024-06" in arabic.say("clause_month", what="س", month="2024-06")


def test_languages_are_named() -> None:
    assert languages_of("both") == list(LANGUAGES) and languages_of("ar") == ["ar"]
    assert "lang is 'xx'; use 'en' or 'ar' or 'both'" in refusal(lambda: languages_of("xx"))
    assert "use 'en' or 'ar'" in refusal(lambda: checked_language(["en"]))  # type: ignore[arg-type]
    assert probability_word(0.3) == "unlikely" and probability_word(0.3, "ar") == "مستبعد"
