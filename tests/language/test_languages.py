"""Whatever one language says, all of them say, of the same things."""

from __future__ import annotations

import dataclasses
from datetime import date
from string import Formatter

import pytest
from tests.refusals import refusal

from withdrawal_risk.characters import forbidden
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.language import LANGUAGES, Language, checked_language, languages_of, words_of
from withdrawal_risk.language.numbers import probability_word

ENGLISH = LANGUAGES["en"]
FIELDS = [field.name for field in dataclasses.fields(Language)]
TABLES = [name for name in FIELDS if name != "nouns" and isinstance(getattr(ENGLISH, name), dict)]
TEMPLATES = ("percent", "below", "above", "from_to", "part_of", "quote", "isolate")
KINDS = {"one", "two", "few", "many", "other"}


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
    for names in (other.month_names, other.short_month_names):
        assert len(set(names)) == 12
    assert fields(other.month_format) == {"month", "year"}
    assert fields(other.day_format) == {"day", "month", "year"}
    assert list(other.nouns) == list(ENGLISH.nouns)
    for noun, forms in other.nouns.items():
        assert "{number}" in forms["other"] and forms.keys() <= KINDS, noun
        assert all(forbidden(text) is None for text in forms.values())
        # No two numbers are written alike.
        assert len({other.counted(count, noun) for count in (1, 2, 3, 12)}) == 4


def test_arabic_is_arabic() -> None:
    """But for the frame about a name."""
    for name in TABLES:
        for key, text in getattr(words_of("ar"), name).items():
            assert any("\u0600" <= character <= "\u06ff" for character in text) or all(
                not part.strip("«» :=،().") for part, *_ in Formatter().parse(text)
            ), (name, key)


MONTHS = {
    "2026-01": "كانون الثاني/يناير 2026",
    "2026-02": "شباط/فبراير 2026",
    "2026-03": "آذار/مارس 2026",
    "2026-04": "نيسان/أبريل 2026",
    "2026-05": "أيار/مايو 2026",
    "2026-06": "حزيران/يونيو 2026",
    "2026-07": "تموز/يوليو 2026",
    "2026-08": "آب/أغسطس 2026",
    "2026-09": "أيلول/سبتمبر 2026",
    "2026-10": "تشرين الأول/أكتوبر 2026",
    "2026-11": "تشرين الثاني/نوفمبر 2026",
    "2026-12": "كانون الأول/ديسمبر 2026",
}


@pytest.mark.parametrize("iso", MONTHS)
def test_months_have_their_arabic_names(iso: str) -> None:
    arabic, month = words_of("ar"), Month.parse(iso)
    assert arabic.month(month) == MONTHS[iso]
    assert arabic.with_dates(f"حتى {iso}.") == f"حتى {MONTHS[iso]}."
    assert arabic.with_dates(f"من {iso}-05 و{iso}") == f"من 5 {MONTHS[iso]} و{MONTHS[iso]}"
    assert arabic.month_short(month) == MONTHS[iso].split("/")[0] + " 2026"


def test_english_names_months_where_it_is_asked_to() -> None:
    english, september = words_of("en"), Month.parse("2026-09")
    assert english.month(september) == "September 2026"
    assert english.month_short(september) == "Sep 2026"
    assert english.day(date(2026, 9, 5)) == "5 September 2026"
    assert english.with_dates("until 2024-06") == "until 2024-06"
    assert english.with_names_of_months("2024-06 to 2024-06-30") == "June 2024 to 30 June 2024"


KEPT = (
    "/tmp/2024-06/x.nc", "/tmp/a-2024-06.nc", r"C:\2024-06\x", "2024-06.nc", "iraq-2024-06", "2024-13", "2024-02-30",
    "2024-062", "2024-06-011", "innovation[2024-06, gaps]", "\u2066/tmp/my 2024-06 files\u2069",
)  # fmt: skip


@pytest.mark.parametrize("text", KEPT)
def test_what_is_no_date_keeps_its_digits(text: str) -> None:
    """Paths, ids and codes, and what no calendar has."""
    for lang in LANGUAGES:
        assert words_of(lang).with_names_of_months(f"س {text} ص") == f"س {text} ص"


COUNTED = {
    0: "0 صف", 1: "صف واحد", 2: "صفين", 3: "3 صفوف", 10: "10 صفوف", 11: "11 صفًا", 99: "99 صفًا",
    100: "100 صف", 101: "101 صف", 102: "102 صف", 103: "103 صفوف", 110: "110 صفوف", 111: "111 صفًا",
    1000: "1,000 صف", 2512: "2,512 صفًا",
}  # fmt: skip


@pytest.mark.parametrize("count", COUNTED)
def test_arabic_nouns_follow_their_number(count: int) -> None:
    """As CLDR has the plural rules of Arabic, and numerals written in figures."""
    arabic, english = words_of("ar"), words_of("en")
    assert arabic.counted(count, "row") == COUNTED[count]
    assert english.counted(count, "row") == f"{count:,} row{'s' if count != 1 else ''}"


def test_written_numbers_have_a_noun_too() -> None:
    """A fraction is no whole number, and a sign stays with its number."""
    arabic, english = words_of("ar"), words_of("en")
    assert arabic.counted("2.0", "level") == "2.0 مستوى"
    assert arabic.counted("1", "level") == "مستوى واحد"
    assert arabic.counted(arabic.with_sign("+2"), "level") == "\u2066+2\u2069 مستوى"
    assert arabic.counted(arabic.with_sign("−12"), "level") == "\u2066−12\u2069 مستوى"
    assert arabic.counted(arabic.with_sign("+10"), "point") == "\u2066+10\u2069\u00a0نقاط مئوية"
    assert english.counted("1.0", "level") == "1.0 levels"
    assert english.counted("+1", "level") == "+1 level"
    assert arabic.out_of(3, 100, "future") == "3 من كل 100 مستقبل"
    assert english.out_of(1, 100, "future") == "1 of 100 futures"


def test_series_have_an_and_where_the_language_puts_it() -> None:
    assert words_of("en").series(["a", "b", "c"]) == "a, b and c"
    assert words_of("ar").series(["أ", "ب", "ج"]) == "أ، وب، وج"


def test_languages_are_named() -> None:
    assert languages_of("both") == list(LANGUAGES) and languages_of("ar") == ["ar"]
    assert "lang is 'xx'; use 'en' or 'ar' or 'both'" in refusal(lambda: languages_of("xx"))
    assert "use 'en' or 'ar'" in refusal(lambda: checked_language(["en"]))  # type: ignore[arg-type]
    assert probability_word(0.3) == "unlikely" and probability_word(0.3, "ar") == "مستبعد"
