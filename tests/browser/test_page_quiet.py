"""The page loads nothing but itself, says nothing in the console, and breaks no policy."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.browser.conftest import Visit
from tests.browser.visits import PHONE, visiting


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("settings", [{}, PHONE], ids=["desktop", "phone"])
def test_a_visit_is_quiet(
    visit: Visit, lang: str, scheme: str, settings: dict[str, object]
) -> None:
    page = visit(lang, color_scheme=scheme, **settings)
    for summary in page.locator(f"#{lang} summary").all():
        summary.click()
    page.emulate_media(media="print")
    page.locator("#switch-en").evaluate("one => one.click()")
    page.wait_for_load_state("networkidle")


def test_a_noisy_page_is_heard(browser: Browser, tmp_path: Path) -> None:
    """Console, errors, breaches of the policy and requests are seen where there are any."""
    noisy = tmp_path / "noisy.html"
    noisy.write_text(
        "<meta http-equiv=Content-Security-Policy content=\"img-src 'none'\"><title>x</title>"
        "<link rel=stylesheet href=style.css><img src=picture.png>"
        "<script>console.info('said'); setTimeout(() => { throw new Error('thrown'); });</script>",
        encoding="utf-8",
    )
    with pytest.raises(AssertionError) as failure, visiting(browser, noisy) as page:
        page.wait_for_load_state("networkidle")
    for seen in ("said", "thrown", "img-src", "style.css"):
        assert seen in str(failure.value), seen
