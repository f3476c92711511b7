"""A model in sentences: every element, every range, in both languages."""

from __future__ import annotations

import json

import pytest
from tests.cli.test_commands import SMALL, run
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.model.range_wording import range_in_words
from withdrawal_risk.model.ranges import ranges


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", [SMALL, "iraq-2025", "iraq-2011"])
def test_everything_is_said(name: str, lang: str) -> None:
    model = wr.load_model(name)
    found, spec = wr.explain(model, lang=lang), model.spec
    lengths = [len(lines) for _, lines in found.sections[1:]]
    parts = (spec.factors, spec.policies, spec.edges, spec.events, spec.indicators, spec.conditions, spec.scenarios)  # fmt: skip
    assert lengths == [len(part) for part in parts if part]
    for path, given in ranges(spec).items():
        assert range_in_words(spec, path, given, lang) in found.text, path
    for part in parts:
        for item in part.values() if hasattr(part, "values") else part:
            assert not hasattr(item, "why") or item.why[lang] in found.text or part is spec.scenarios  # fmt: skip
    assert "{" not in found.text


def test_in_words(small: wr.Model) -> None:
    text = wr.explain(small).text.replace("\u00a0", " ")
    for sentence in (
        "It runs from 2023-01, knows what was published by 2023-12, and looks ahead to 2024-06.",
        "Tension: high levels are bad. Judged: the half-life of “Tension”: 2 to 9 months. Why: It drives the rest.",
        "Presence, in troops: 2,000 from 2023-01 and 500 from 2023-10. Level 0 stands for 2,000, and one level for 1,000.",
        "Tension raises Gaps: +1 level that lasts changes it by 0.3 to 0.8 in the long run, beginning after 1 month. Why: It spreads.",
        "Presence lowers Gaps: +1 level that lasts changes it by −0.5 to −0.15 in the long run. Why: It covers.",
        "Strike acts in 2023-05.",
        "Supply (share) falls as Tension rises.",
        "Crisis supposes: Tension at very high from 2024-01 to 2024-03.",
    ):
        assert sentence in text, sentence
    arabic = wr.explain(small, lang="ar").text
    assert "«التوتر» يرفع «الفجوات»" in arabic and "«الوجود» يخفض «الفجوات»" in arabic


def test_notebook_and_command(small: wr.Model, capsys: pytest.CaptureFixture[str]) -> None:
    assert "<h4>Factors</h4><ul><li>" in wr.explain(small)._repr_html_()
    assert '<div dir="rtl">' in wr.explain(small, lang="ar")._repr_html_()
    assert run("explain", SMALL, "--lang", "ar") == 0
    assert capsys.readouterr().out.strip() == wr.explain(small, lang="ar").text
    assert run("explain", SMALL, "--json") == 0
    assert json.loads(capsys.readouterr().out)["sections"][0]["heading"] == "The model"
    assert "'fr'" in refusal(lambda: wr.explain(small, lang="fr"))
    assert "explain takes a model or a posterior" in refusal(lambda: wr.explain(SMALL))  # type: ignore[arg-type]


def test_categories_have_names_in_two_languages(small_text: str, small_evidence: str) -> None:
    text = small_text.replace(
        "[bad, fair, good]", "[bad, {en: fair, ar: مقبول}, {en: good, ar: جيد}]"
    )
    text = text.replace(
        "{indicator: incidents, statistic: total, last: 3, at_most: 45}",
        "{indicator: mood, statistic: last, at_least: fair}",
    )
    model = wr.Model.from_texts(text, small_evidence)
    values = {row.value for row in model.evidence if row.indicator == "mood"}
    assert values == {0.0, 1.0}, "rows give the English names"
    english, arabic = wr.explain(model), wr.explain(model, lang="ar")
    assert "Mood in 2024-06 at least fair" in english.text
    assert "لا يقل عن «مقبول»" in arabic.text and "fair" not in arabic.text
    with pytest.raises(wr.ModelFileError, match=r"categories \['good', 'good'\] repeat a name"):
        wr.Model.from_texts(
            small_text.replace("[bad, fair, good]", "[{en: good, ar: جيد}, good]").replace(
                "[0.3, 0.4, 0.3]", "[0.3, 0.7]"
            ),
            "",
        )
