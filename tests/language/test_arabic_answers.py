"""Real answers in Arabic: what no reader of it should meet."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from tests.arabic import unmarked

import withdrawal_risk as wr
from withdrawal_risk.reports import tables

ASKED: dict[str, tuple[Callable[[wr.Posterior], Any], Callable[[Any, str], tables.Table]]] = {
    "outlook": (lambda p: wr.outlook(p, futures=4), tables.result_table),
    "beside": (lambda p: wr.outlook(p, futures=4), tables.beside_table),
    "do": (
        lambda p: wr.do(p, {"tension": wr.shift(-1), "presence": wr.over(500, ramp=9)}, futures=4),
        tables.result_table,
    ),
    "do and observe": (
        lambda p: wr.do(p, {"tension": "low"}, observed={"rate": 110}, month="2024-01", futures=16),
        tables.result_table,
    ),
    "edges": (
        lambda p: wr.do(p, edges={"tension->gaps": 0.5}, futures=4),
        tables.result_table,
    ),
    "counterfactual": (
        lambda p: wr.counterfactual(p, {"tension": "low"}, start="2023-03", futures=4),
        tables.result_table,
    ),
    "observe": (
        lambda p: wr.observe(p, {"rate": 110}, month="2024-01", futures=16),
        tables.result_table,
    ),
    "scenarios": (lambda p: wr.scenarios(p, futures=4), tables.scenarios_table),
    "drivers": (lambda p: wr.drivers(p, "calm", futures=4), tables.drivers_table),
    "attribution": (
        lambda p: wr.attribution(p, "calm", draws=100, futures=4),
        tables.attribution_table,
    ),
    "watch list": (lambda p: wr.watch_list(p, months=1, futures=4), tables.watch_table),
    "reach": (
        lambda p: wr.reach(p, "calm", probability=0.5, draws=100, futures=4),
        tables.reach_table,
    ),
    "by when": (lambda p: wr.by_when(p, "calm", futures=4), tables.by_when_table),
    "effects": (lambda p: wr.effects(p, "tension", "calm", futures=4), tables.effects_table),
}
LETTERS = {"R", "hat", "BFMI", "k"}
"""Words of Latin letters that stand beside their Arabic."""

CATEGORIES = {"bad", "fair", "good"}
"""Of the small model: a file gives them in one language."""


def without_codes(text: str) -> str:
    """Write 0 for what is isolated, such as ids and signed numbers."""
    return re.sub("\u2066[^\u2069]*\u2069", "0", text)


def faults(text: str) -> list[str]:
    """Return what a reader of Arabic would stumble over."""
    seen = without_codes(text)
    found = re.findall(r"\d{4}-\d\d(?:-\d\d)?", seen)
    # The sign of a percentage, and signs that may stand on either side of their number.
    found += re.findall(r"%|(?<!\w)[-+−]\d", seen)
    # Latin punctuation, and doubled or forgotten marks.
    found += re.findall(r"[;?]|,(?!\d)|\.\.|،\s*[،.؛]| {2}|\(\)|\{|\}", seen)
    found += [word for word in re.findall("[A-Za-z]+", seen) if word not in LETTERS | CATEGORIES]
    # Tanwin stands before its alif.
    found += re.findall(r"\w*اً", seen)
    return found


@pytest.mark.parametrize("name", ASKED)
def test_sentences_and_tables(name: str, posterior: wr.Posterior) -> None:
    ask, tabled = ASKED[name]
    answer = ask(posterior)
    assert faults(answer.sentence("ar")) == []
    table = tabled(answer, "ar")
    for cell in [*table["columns"], *(cell for row in table["rows"] for cell in row)]:
        assert faults(cell) == [], cell


def test_models_and_checks(posterior: wr.Posterior) -> None:
    """The title of a model file and its reasons are the author's, here in English."""
    for _, lines in wr.explain(posterior, lang="ar").sections:
        for line in lines:
            assert re.findall(r"\d{4}-\d\d|%", without_codes(line)) == [], line
    for item in wr.check(posterior):
        assert faults(item.label("ar")) == [] and faults(item.sentence("ar")) == []
        assert item.label("ar") != item.name and item.label("en") == item.name


def test_conditionals_have_both_their_parts(posterior: wr.Posterior) -> None:
    """After "if" the answer begins with fa, after "had" with lam."""
    said = {name: unmarked(ASKED[name][0](posterior).sentence("ar")) for name in ASKED}
    for name in ("observe", "do and observe"):
        assert re.search(
            "إذا رُصد «السعر» عند 110 في كانون الثاني/يناير 2024، فاحتمال تحقّق ", said[name]
        )
    assert said["counterfactual"].startswith(
        "لو اختلف الماضي من آذار/مارس 2023 إلى كانون الأول/ديسمبر 2023 (ضبط «التوتر» على «منخفض» "
    )
    assert "، لكان احتمال تحقّق الشروط كلها بحلول حزيران/يونيو 2024 هو " in said["counterfactual"]
    assert re.search(
        "لو انخفض انحرافًا معياريًا واحدًا لصار الاحتمال .*، ولو ارتفع مثله لصار ", said["drivers"]
    )
    assert "وضبط «الوجود» على 500 جندي على مدى 9 أشهر" in said["do"].replace("\u00a0", " ")
    assert said["do"].startswith("مع خفض «التوتر» بمقدار مستوى واحد، وضبط «الوجود» ")
