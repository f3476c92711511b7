"""Evidence rows in words, and what stands beside them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.arabic import unmarked
from tests.browser.hostile import ADDRESSES, SOURCE
from tests.variants import with_text

import withdrawal_risk as wr
from withdrawal_risk.language.numbers import (
    difference_interval,
    error_in_points,
    interval,
    percent,
    points,
    signed,
)
from withdrawal_risk.reports.evidence import evidence_table, span_in_words, value_in_words

HEADER = "id,indicator,start,end,published,value,low,high,se,grade,source,url,note\n"
ROWS = {
    "incidents,2023-01,2023-12,2023-12,757,,,,A": ("757 in 12 months (63.1 per month)", "757 في 12 شهرًا (63.1 في الشهر)"),
    "incidents,2023-04,2023-04,2023-05,18,,,,A": ("18 per month", "18 في الشهر"),
    "incidents,2023-08-01,2023-08-14,2023-10,23,,,,A": ("23 in 14 days (50.9 per month)", "23 في 14 يومًا (50.9 في الشهر)"),
    "incidents,2023-03,2023-04,2023-05,,30,50,,A": ("30 to 50 in 2 months (20.0 per month)", "من 30 إلى 50 في شهرين (20.0 في الشهر)"),
    "rate,2023-03,2023-03,2023-04,,5000,7000,,A": ("5,000 to 7,000 index", "من 5,000 إلى 7,000 مؤشر"),
    "rate,2023-03,2023-03,2023-04,104.25,,,1.5,A": ("104.25 ± 1.5 index", "104.25 ± 1.5 مؤشر"),
    "rate,2023-03,2023-03,2023-04,104,100,110,,A": ("104 (100 to 110) index", "104 (من 100 إلى 110) مؤشر"),
    "supply,2023-07,2023-07,2023-08,0.5208,,,,A": ("52.08 %", "52.08٪"),
    "supply,2023-07,2023-07,2023-08,,0.45,0.6,,A": ("45 % to 60 %", "من 45٪ إلى 60٪"),
    "closed,2023-12,2023-12,2023-12,0,,,,A": ("no", "لا"),
    "closed,2023-12,2023-12,2023-12,1,,,,A": ("yes", "نعم"),
    "mood,2023-02,2023-02,2023-02,fair,,,,A": ("fair", "fair"),
    "view,2023-01,2023-06,2023-07,-0.2,,,,A": ("−0.2 points", "−0.2 نقاط"),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_values_read_as_they_were_given(small_text: str, row: str) -> None:
    model = wr.Model.from_texts(small_text, HEADER + f"x,{row},invented,,\n")
    (item,) = model.evidence
    for lang, expected in zip(("en", "ar"), ROWS[row], strict=True):
        found = value_in_words(item, model.spec.indicators[item.indicator], lang)
        assert unmarked(found).replace("\u00a0", " ") == expected
    assert ("to" in span_in_words(item, "en")) == (item.start != item.end)


def test_the_report_shows_what_the_file_says(
    posterior: wr.Posterior, tmp_path: Path, small_evidence: str
) -> None:
    """Negative weights from their lower to their upper end, with a header; dates and notes; ranges; no broken month."""
    html = wr.report(posterior, tmp_path / "r.html").read_text(encoding="utf-8")
    assert ">Long-run effect (sd per sd, 5th to 95th percentile)</th>" in html
    assert re.search(r">−0\.5 to −0\.15<", html) and re.search(r">\+0\.3 to \+0\.8<", html)
    assert ">Known from</th>" in html and ">Note</th>" in html
    assert "40 in 3 months (13.3\u00a0per month)" in html and "45\u00a0% to 60\u00a0%" in html
    assert "<time>2024-06</time>" in html
    noted = with_text(posterior)
    text = (noted.model.evidence_text or "").replace(
        "22,,,,A,invented,,", "22,,,,A,invented,,counted twice"
    )
    other = wr.Posterior(
        tree=posterior.tree,
        model=wr.Model.from_texts(posterior.model.model_text, text),
        as_of=posterior.as_of,
        settings=posterior.settings,
    )
    assert "counted twice" in wr.report(other, tmp_path / "n.html").read_text(encoding="utf-8")


def test_only_addresses_of_the_web_are_links(small_text: str) -> None:
    """What the door of evidence files refuses is refused here again."""
    (row,) = wr.Model.from_texts(
        small_text, HEADER + "x,rate,2023-03,2023-03,2023-04,104,,,,A,invented,,\n"
    ).evidence
    model = wr.Model.from_texts(small_text)
    rows = [replace(row, url=address) for address in (*ADDRESSES, SOURCE, "", "http://example.org")]
    _, links = evidence_table(model.spec, rows, "en")
    assert links == [*("" for _ in ADDRESSES), SOURCE, "", "http://example.org"]


def test_numbers_never_round_to_certainty() -> None:
    plain = [
        percent(p, decimals=1).replace("\u00a0", " ")
        for p in (0.0, 0.0004, 0.001, 0.2, 0.9997, 1.0)
    ]
    assert plain == ["<0.1 %", "<0.1 %", "0.1 %", "20.0 %", ">99.9 %", ">99.9 %"]
    assert [unmarked(percent(p, "ar", 1)) for p in (0.0004, 0.9997)] == [
        "أقل من 0.1٪",
        "أكثر من 99.9٪",
    ]
    assert [signed(x, decimals=1) for x in (0.04, -0.04, 0.06, -0.06)] == [
        "0.0",
        "0.0",
        "+0.1",
        "−0.1",
    ]
    assert points(-0.0001) == "0.0\u00a0points" and error_in_points(0.0) == "<0.1\u00a0points"
    assert (
        interval(0.001, 0.002) == "<1\u00a0%" and interval(0.001, 0.04) == "<1\u00a0% to 4\u00a0%"
    )
    assert unmarked(interval(0.04, 0.4, "ar")) == "من 4٪ إلى 40٪"
    assert (
        difference_interval(float("nan"), 0.1) == "not resolved"
        and difference_interval(-0.02, 0.031) == "−2.0 to +3.1"
    )
    assert difference_interval(-0.2, 0.3) == "−20 to +30" and "غير محسوم" in difference_interval(
        float("nan"), 0.1, "ar"
    )


def _failed(posterior: wr.Posterior) -> wr.Posterior:
    diagnostics = posterior.settings["diagnostics"] | {"rhat_max": 3.07}
    return wr.Posterior(
        tree=posterior.tree,
        model=posterior.model,
        as_of=posterior.as_of,
        settings=posterior.settings | {"diagnostics": diagnostics},
    )


def test_a_failed_fit_says_so_everywhere(posterior: wr.Posterior, tmp_path: Path) -> None:
    bad = _failed(posterior)
    answers = [
        wr.outlook(bad, futures=4), wr.do(bad, {"tension": 1.0}, futures=4), wr.drivers(bad, "calm", futures=2),
        wr.attribution(bad, "calm", draws=50, futures=4), wr.explain_interval(bad, "calm", futures=4),
        wr.watch_list(bad, months=1, futures=4), wr.reach(bad, "calm", probability=0.01, draws=50, futures=4),
        wr.path_effects(bad, "tension", "gaps", draws=50),
    ]  # fmt: skip
    for answer in answers:
        assert "WARNING: this fit failed its checks (rhat)" in answer.sentence("en"), type(answer)
        assert "لم تجتز هذه المعايرة فحوصها (تقارب السلاسل)" in answer.sentence("ar")
        assert answer.to_dict()["checks_passed"] is False
    assert "WARNING" not in wr.outlook(posterior, futures=4).sentence()
    assert wr.outlook(posterior, futures=4).to_dict()["checks_passed"] is True
    scenarios = wr.scenarios(bad, futures=4)
    figures = [
        wr.plot_outlook(answers[0]), wr.plot_scenarios(scenarios), wr.plot_network(bad), wr.plot_edges(bad),
        wr.plot_drivers(answers[2]), wr.plot_attribution(answers[3]), wr.plot_watch_list(answers[5]),
        wr.plot_reach(answers[6]), wr.plot_forecast(bad, var_names=["gaps"]),
    ]  # type: ignore[arg-type]  # fmt: skip
    for figure in figures:
        assert "this fit failed its checks" in [text.get_text() for text in figure.texts]
    assert not [text for text in wr.plot_network(posterior).texts if "failed" in text.get_text()]
    assert (
        wr.forecast(bad).attrs["checks_passed"] == 0
        and wr.forecast(posterior).attrs["checks_passed"] == 1
    )
    assert wr.scenarios(bad, futures=4).to_dict()["scenarios"]["crisis"]["checks_passed"] is False


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_numbers_of_scenarios_stand_in_their_own_column(posterior: wr.Posterior, lang: str) -> None:
    found = wr.scenarios(posterior, futures=4)
    figure = wr.plot_scenarios(found, lang=lang)
    figure.canvas.draw()
    (axis,) = figure.axes
    frame = axis.get_window_extent()
    # The grey bar of a cell is as wide as its column.
    columns = {
        tuple(round(float(x)) for x in patch.get_window_extent().intervalx)
        for patch in axis.patches
        if patch.get_facecolor() != axis.patches[1].get_facecolor()
    }
    assert len(columns) == len(found.results["baseline"].summary)
    for text in axis.texts:
        box = text.get_window_extent()
        assert frame.x0 - 1 <= box.x0 and box.x1 <= frame.x1 + 1, text.get_text()
        inside = [low - 2 <= box.x0 and box.x1 <= high + 2 for low, high in columns]
        outside = [box.x1 < low or box.x0 > high for low, high in columns]
        assert any(inside) or all(outside), text.get_text()
