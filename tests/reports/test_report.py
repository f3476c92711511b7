"""The report and the plots, in both languages."""

from __future__ import annotations

from pathlib import Path

import html5lib
import pytest
from tests.variants import with_text

import withdrawal_risk as wr


@pytest.mark.parametrize("lang", ["en", "ar", "both"])
def test_report_is_valid_and_self_contained(
    posterior: wr.Posterior, tmp_path: Path, lang: str
) -> None:
    path = wr.report(posterior, tmp_path / "report.html", lang=lang)
    text = path.read_text(encoding="utf-8")
    html5lib.HTMLParser(strict=False).parse(text)
    assert text.count("<main") == (2 if lang == "both" else 1)
    assert text.count("<svg") == 4 * text.count("<main")
    assert "<script" not in text and "src=" not in text
    assert ('dir="rtl"' in text) == (lang != "en")
    assert [item.name for item in tmp_path.iterdir()] == ["report.html"]


def test_labels_are_escaped(posterior: wr.Posterior, tmp_path: Path) -> None:
    hostile = with_text(posterior, ("en: Calm,", 'en: "<script>alert(1)</script>",'))
    assert "<script" not in wr.report(hostile, tmp_path / "r.html").read_text(encoding="utf-8")


def test_dollars_are_no_mathematics(posterior: wr.Posterior, tmp_path: Path) -> None:
    """Half an expression would be refused by Matplotlib, a whole one set as a formula."""
    costly = with_text(
        posterior,
        ("en: Calm,", "en: Below $1m and $2m_x; 50% of $3,"),
        ("en: Gaps,", "en: Gaps $ ^,"),
    )
    wr.report(costly, tmp_path / "r.html")


def test_a_result_of_another_posterior_is_refused(posterior: wr.Posterior, tmp_path: Path) -> None:
    again = wr.Posterior(
        tree=posterior.tree,
        model=posterior.model,
        as_of=posterior.as_of,
        settings=posterior.settings | {"random_seed": 7},
    )
    for result in (wr.outlook(again, futures=2), wr.do(posterior, {"gaps": 0}, futures=2)):
        with pytest.raises(wr.ArgumentError, match="not an outlook of this posterior"):
            wr.report(posterior, tmp_path / "r.html", result=result)
    assert list(tmp_path.iterdir()) == []


def test_unknown_language(posterior: wr.Posterior, tmp_path: Path) -> None:
    with pytest.raises(wr.ArgumentError, match="use 'en' or 'ar' or 'both'"):
        wr.report(posterior, tmp_path / "r.html", lang="xx")
    assert list(tmp_path.iterdir()) == []
