"""The page's source: its policy, its ids, and no style or script outside their places."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter

from tests.browser.conftest import Visit


def test_the_policy_lets_in_what_the_page_was_made_with(visit: Visit) -> None:
    page = visit()
    policy = page.locator("meta[http-equiv]").get_attribute("content") or ""
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    for tag, rule in (("style", "style-src"), ("script:not([type])", "script-src")):
        digests = {
            f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
            for text in page.locator(tag).evaluate_all("all => all.map((one) => one.textContent)")
        }
        assert digests and set(rules.pop(rule).split()) == digests
    assert rules == {
        "default-src": "'none'", "img-src": "data:", "worker-src": "blob:",
        "base-uri": "'none'", "form-action": "'none'",
    }  # fmt: skip


def test_no_element_has_a_style_or_a_script_of_its_own(visit: Visit) -> None:
    assert (
        visit(java_script_enabled=False).evaluate(
            """() => [...document.querySelectorAll("*")].flatMap((one) => [...one.attributes])
             .map((item) => item.name).filter((name) => name === "style" || name.startsWith("on"))"""
        )
        == []
    )


def test_ids_are_unique_and_references_lead_somewhere(visit: Visit) -> None:
    page = visit()
    ids = Counter(page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)"))
    assert [name for name, count in ids.items() if count > 1] == []
    used = page.evaluate(
        r"""() => [...document.querySelectorAll("*")].flatMap((one) =>
             [...one.attributes].flatMap(({ name, value }) => {
               if (name === "href" || name === "xlink:href") return value.startsWith("#") ? [value.slice(1)] : [];
               if (/^(for|aria-(labelledby|describedby|controls|owns))$/.test(name)) return value.split(/\s+/);
               return [...value.matchAll(/url\(["']?#([^"')]+)/g)].map((found) => found[1]);
             }))"""
    )
    assert len(used) > 50
    assert set(used) - set(ids) == set()
