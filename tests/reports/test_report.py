"""The page: whole in every language, self-contained, and nothing in it can run that is not its own."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections import Counter
from datetime import date
from pathlib import Path

import html5lib
import pandas as pd
import pytest
from tests.variants import with_text

import withdrawal_risk as wr
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.reports.build import SECTIONS

DAY = date(2024, 1, 15)


@pytest.fixture(scope="module")
def pages(posterior: wr.Posterior, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The page in each language and in both."""
    folder = tmp_path_factory.mktemp("pages")
    return {
        lang: wr.report(posterior, folder / f"{lang}.html", lang=lang, made_on=DAY).read_text(
            "utf-8"
        )
        for lang in ("en", "ar", "both")
    }


@pytest.mark.parametrize("lang", ["en", "ar", "both"])
def test_page_is_whole(pages: dict[str, str], lang: str) -> None:
    text = pages[lang]
    html5lib.HTMLParser(strict=True).parse(text)
    assert text.count("<main") == 1 and len(text) < 1_500_000
    languages = list(LANGUAGES) if lang == "both" else [lang]
    for name in languages:
        words = LANGUAGES[name].report
        titles = re.findall(rf'<h2 id="{name}-\w+-title">(.*?)</h2>', text)
        assert [html.unescape(title) for title in titles] == [
            words[item.__name__.rsplit(".", 1)[1]] for item in SECTIONS
        ]
    assert ('type="radio"' in text) == (lang == "both")
    assert f'<html lang="{languages[0]}" dir="{LANGUAGES[languages[0]].direction}">' in text


def test_ids_are_unique_and_every_reference_has_one(pages: dict[str, str]) -> None:
    text = pages["both"]
    ids = Counter(re.findall(r'\sid="([^"]+)"', text))
    assert max(ids.values()) == 1
    refers = set(re.findall(r'(?:href="#|url\(#|aria-labelledby=")([\w.-]+)', text))
    assert refers and refers <= set(ids)


def test_nothing_but_its_own_style_and_script_is_allowed(pages: dict[str, str]) -> None:
    text = pages["both"]
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', text)
    rules = dict(rule.split(" ", 1) for rule in html.unescape(policy).split("; "))
    assert rules["default-src"] == "'none'" == rules["base-uri"] == rules["form-action"]
    for rule, tag in (("style-src", "style"), ("script-src", "script")):
        own = re.findall(rf"<{tag}>(.*?)</{tag}>", text, flags=re.S)
        digests = {base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in own}
        assert {f"'sha256-{digest}'" for digest in digests} == set(rules[rule].split())
    body = re.sub(r"<(style|script)\b.*?</\1>", "", text, flags=re.S)
    assert not re.search(r'\s(style|on\w+)="', body)
    assert not re.search(r'\ssrc="', body)
    assert "://" not in re.sub(r'<a href="https?:[^"]*"', "", body)


def test_same_fit_and_day_give_the_same_page(
    posterior: wr.Posterior, pages: dict[str, str], tmp_path: Path
) -> None:
    again = wr.report(posterior, tmp_path / "r.html", lang="en", made_on=DAY)
    assert again.read_text("utf-8") == pages["en"]


def test_numbers_on_the_page_are_the_answers(
    posterior: wr.Posterior, pages: dict[str, str]
) -> None:
    text = html.unescape(re.sub(r"<[^>]+>", "", pages["en"]))
    result = wr.outlook(posterior)
    for name, row in result.summary.iterrows():
        assert f"{100 * row['probability']:.1f}\u00a0%" in text, name
    assert "31 December 2023" not in text and "December 2023" in text and "15 January 2024" in text
    assert "167 days left" in text


def test_the_deadline_has_passed(posterior: wr.Posterior, tmp_path: Path) -> None:
    path = wr.report(posterior, tmp_path / "r.html", made_on=date(2024, 7, 1), live=False)
    assert "(the deadline passed 1 day ago)" in path.read_text("utf-8")


def test_history_and_the_issue_before(
    posterior: wr.Posterior, earlier: wr.Posterior, tmp_path: Path
) -> None:
    rows = []
    for when, fit in (("2023-11", earlier), ("2023-12", posterior)):
        table = wr.outlook(fit).summary[["probability", "lower", "upper", "mcse", "prior"]]
        rows.append(table.assign(as_of=when, checks_passed=True).reset_index())
    history = pd.concat(rows).set_index(["as_of", "condition"])
    path = wr.report(
        posterior, tmp_path / "r.html", history=history, before=earlier, made_on=DAY, live=False
    )
    text = path.read_text("utf-8")
    words = LANGUAGES["en"].report
    assert words["no_history"] not in text and words["no_before"] not in text
    assert words["history_caption"] in text and "New evidence (" in text


def test_a_track_record_is_told(posterior: wr.Posterior, tmp_path: Path) -> None:
    wr.issue(posterior, folder=tmp_path / "record", futures=4)
    path = wr.report(posterior, tmp_path / "r.html", folder=tmp_path / "record", live=False)
    text = path.read_text("utf-8")
    assert LANGUAGES["en"].report["no_record"] not in text and "Questions open" in text


def test_dollars_are_no_mathematics(posterior: wr.Posterior, tmp_path: Path) -> None:
    """Half an expression would be refused by Matplotlib, a whole one set as a formula."""
    costly = with_text(
        posterior,
        ("en: Calm,", "en: Below $1m and $2m_x; 50% of $3,"),
        ("en: Gaps,", "en: Gaps $ ^,"),
    )
    assert "Gaps $ ^" in wr.report(costly, tmp_path / "r.html").read_text("utf-8")


def test_labels_are_escaped(posterior: wr.Posterior, tmp_path: Path) -> None:
    hostile = with_text(posterior, ("en: Calm,", 'en: "</script><script>alert(1)</script>",'))
    text = wr.report(hostile, tmp_path / "r.html").read_text("utf-8")
    assert "<script>alert" not in text and "&lt;script&gt;alert" in text


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
        with pytest.raises(wr.ArgumentError, match="not an outlook of this posterior"):
            wr.brief(posterior, result=result)
    assert list(tmp_path.iterdir()) == []


def test_unknown_language(posterior: wr.Posterior, tmp_path: Path) -> None:
    with pytest.raises(wr.ArgumentError, match="use 'en' or 'ar' or 'both'"):
        wr.report(posterior, tmp_path / "r.html", lang="xx")
    assert list(tmp_path.iterdir()) == []


def test_progress_names_every_part(posterior: wr.Posterior, tmp_path: Path) -> None:
    said: list[str] = []
    wr.report(posterior, tmp_path / "r.html", lang="en", live=False, progress=said.append)
    words = LANGUAGES["en"].report
    for item in SECTIONS:
        assert f"en: {words[item.__name__.rsplit('.', 1)[1]]}" in said
