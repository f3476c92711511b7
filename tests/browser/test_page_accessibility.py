"""axe-core finds nothing serious, in either language and theme, on a desktop and on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from tests.browser.conftest import Visit
from tests.browser.needs import node_module
from tests.browser.visits import PHONE

RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return {
    passes: found.passes.length,
    violations: found.violations.map(({ id, impact, nodes }) =>
      ({ id, impact, nodes: nodes.slice(0, 3).map((node) => node.html.slice(0, 160)) })),
  };
}"""


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("settings", [{}, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_serious(
    visit: Visit, lang: str, scheme: str, settings: dict[str, Any]
) -> None:
    axe = node_module("axe-core/axe.min.js").read_text(encoding="utf-8")
    page = visit(lang, color_scheme=scheme, **settings)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.evaluate(axe)
    found = page.evaluate(RUN)
    assert found["passes"] > 20
    assert [item for item in found["violations"] if item["impact"] in ("serious", "critical")] == []


def test_axe_is_heard(visit: Visit) -> None:
    """A picture that says nothing is found, so that no finding means something."""
    axe = node_module("axe-core/axe.min.js").read_text(encoding="utf-8")
    page = visit()
    page.evaluate("document.querySelector('figure svg').removeAttribute('aria-label')")
    page.evaluate(axe)
    assert "svg-img-alt" in [item["id"] for item in page.evaluate(RUN)["violations"]]
