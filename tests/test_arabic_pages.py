"""Pages in Arabic say what those in English say, in the words of the answers, from right to left."""

from __future__ import annotations

import re
from functools import reduce
from pathlib import Path
from typing import Final

import pytest
from tests import arabic_readme, model_readme
from tests.arabic import numbers, unmarked, western_months
from tests.pages import commands, fences, headings

from withdrawal_risk.language import LANGUAGES

ROOT: Final = Path(__file__).parents[1]
PAIRS: Final = {
    ROOT / "docs" / "index.md": ROOT / "docs" / "ar" / "index.md",
    ROOT / "docs" / "tutorial.md": ROOT / "docs" / "ar" / "tutorial.md",
    ROOT / "docs" / "glossary.md": ROOT / "docs" / "ar" / "glossary.md",
    ROOT / "models" / "iraq-2025" / "README.md": arabic_readme.ARABIC,
}
ARABIC: Final = list(PAIRS.values())


def names(page: Path) -> str:
    return f"{page.parent.name}/{page.name}"


def prose(page: Path) -> str:
    """Return a page without code, addresses and computed parts."""
    text = page.read_text(encoding="utf-8")
    text = re.sub(r"<!-- [a-z ]+ -->\n.*?<!-- end -->", "", text, flags=re.DOTALL)
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"\]\([^)]*\)", "]", re.sub(r"`[^`]*`", "", text))


@pytest.mark.parametrize(("english", "arabic"), PAIRS.items(), ids=names)
def test_headings_commands_and_code_are_the_same(english: Path, arabic: Path) -> None:
    assert [rank for rank, _ in headings(english)] == [rank for rank, _ in headings(arabic)]
    assert commands(english) == [line.replace(" --lang ar", "") for line in commands(arabic)]
    assert len(fences(english, "yaml")) == len(fences(arabic, "yaml"))


def test_every_page_in_the_folder_has_its_english_one() -> None:
    assert sorted((ROOT / "docs" / "ar").glob("*.md")) == sorted(ARABIC[:3])


@pytest.mark.parametrize("page", ARABIC, ids=names)
def test_a_page_runs_from_the_right(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.startswith('<div dir="rtl">\n\n# ')
    assert text.endswith("\n\n</div>\n")
    assert text.count("<div") == text.count("</div>") == 1


@pytest.mark.parametrize("page", ARABIC, ids=names)
def test_months_digits_and_signs_are_those_of_the_answers(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert western_months(text) == []
    assert not re.search("[\u0660-\u0669\u06f0-\u06f9]", text), "digits are 0 to 9"
    assert not re.search("(?<!\u200f)٪", text), "the sign of a percentage needs its mark"
    written = unmarked(prose(page))
    letter = "[\u0621-\u064a]"
    assert not re.findall(rf"{letter}[,;?]", written), "punctuation is Arabic"
    assert not re.findall(r"\w*اً", written), "tanwin stands before its alif"
    assert not re.findall(r"\d %|[،؛]\s*[،؛.]", written)


def test_the_checks_of_pages_see_what_they_look_for() -> None:
    assert western_months("في يناير 2025") == ["يناير"]
    assert western_months("في كانون الثاني/يناير 2025") == []
    assert numbers("من كانون الثاني/يناير 2025 إلى 1,500") == numbers("from 2025-01 to 1,500")
    assert numbers("(\u2066−2.5\u2069) و0.3") == ["-2.5", "0.3"]


def test_the_readme_of_the_flagship_has_the_numbers_of_the_english_one() -> None:
    """Its tables are made out of the English ones, and its sentences state the same numbers."""
    shown = model_readme.parts("iraq-2025", "README.ar.md")
    assert shown == arabic_readme.arabic_parts(), "write them anew: make readme"
    english, arabic = (
        sorted(numbers(prose(page)))
        for page in (ROOT / "models" / "iraq-2025" / "README.md", arabic_readme.ARABIC)
    )
    assert english == arabic
    for name, text in model_readme.parts("iraq-2025").items():
        if name not in {"contents", "indicators", "claims"}:
            # A single point or percentage may be a word in Arabic, so only signs are left out.
            assert numbers(text) == numbers(shown[name]) or name == "explanations"


@pytest.mark.parametrize("page", [*PAIRS, *ARABIC, ROOT / "README.md"], ids=names)
def test_links_between_files_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def glossary(page: Path) -> dict[str, str]:
    """Return every term of a glossary with the one of the other language."""
    return dict(re.findall(r"^\*\*(.+?)\*\* \((.+?)\):", page.read_text("utf-8"), re.MULTILINE))


def test_glossaries_have_the_same_pairs_in_the_same_order() -> None:
    english, arabic = (glossary(page) for page in list(PAIRS.items())[2])
    assert len(english) > 60
    assert list(english.items()) == [(term, own) for own, term in arabic.items()]


SAID: Final = {
    "factor": "tables.factor", "level": "tables.level", "indicator": "tables.indicator",
    "condition": "tables.condition", "clause": "tables.clause", "lever": "tables.lever",
    "scenario": "tables.scenario", "judgement": "tables.judgement", "deadline": "report.horizon",
    "evidence": "plots.evidence", "published": "report.published", "as_of": "report.as_of",
    "grade": "report.grade", "edge": "plots.edges", "weight": "nouns.weight.one",
    "draw": "nouns.draw.one", "future": "nouns.future.one", "event": "nouns.event.one",
    "half-life": "judgements.factors_half_life", "drift": "groups.drift",
    "driver": "live.drivers", "state": "groups.leavings", "policy": "plots.policy",
    "panel": "report.no_panel", "fit": "sentences.warning", "Monte Carlo error": "tables.mcse",
    "effective sample size": "check_names.ess_bulk", "R-hat": "check_names.rhat",
    "divergence": "check_names.divergences", "outlook": "report.outlook",
    "probability": "report.probability", "credible interval": "report.interval",
    "confidence": "report.confidence", "baseline": "names.baseline", "do": "report.glossary_do",
    "base rate": "report.glossary_base_rate", "observe": "report.glossary_observe",
    "counterfactual": "report.glossary_counterfactual", "attribution": "sentences.contribution",
    "watch list": "report.watch", "tripwire": "report.tripwires", "Brier score": "tables.brier",
    "CRPS": "tables.crps", "skill": "tables.skill", "conflictology": "methods.conflictology",
    "calibration": "tables.calibration", "PIT": "plots.pit_axis", "coverage": "tables.covered",
    "track record": "report.record", "prior": "plots.prior", "posterior": "plots.posterior",
    "origin": "sentences.backtest_strict", "revised data": "sentences.backtest_revised",
    "strict data": "sentences.backtest_strict", "simple forecast": "tables.best",
}  # fmt: skip
"""Where the library says a term of the glossary in Arabic."""

PLURALS: Final = {
    "edge": "الآثار السببية", "driver": "المحرّكات", "state": "الأحوال", "tripwire": "عتبات الإنذار",
    "base rate": "المعدل المرجعي", "confidence": "الثقة بهذا التحليل", "calibration": "صدق المجالات",
    "simple forecast": "أفضل البدائل",
}  # fmt: skip
"""What the library says there instead, being about several or about one in particular."""


@pytest.mark.parametrize("term", SAID)
def test_terms_in_arabic_are_those_of_the_answers(term: str) -> None:
    own = glossary(ROOT / "docs" / "glossary.md")[term]
    said: str = reduce(
        lambda part, key: part[key] if isinstance(part, dict) else getattr(part, key),
        SAID[term].split("."),
        LANGUAGES["ar"],  # type: ignore[arg-type]
    )
    bare = [re.sub(r"\bال", "", text) for text in (PLURALS.get(term, own), said)]
    assert bare[0] in bare[1]
