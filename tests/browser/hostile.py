"""A model whose every text attacks the page that shows it."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from ruamel.yaml import YAML
from tests.variants import variant

import withdrawal_risk as wr

__all__ = ["ADDRESSES", "FORMULAS", "PAYLOADS", "SOURCE", "hostile"]

PAYLOADS: Final = (
    "</script><script>window.hit = 1</script>",
    "</style><script>window.hit = 2</script>",
    "</title></textarea></svg><img src=x onerror=window.hit=3>",
    '"><x-hit onclick="window.hit = 4">',
    "' autofocus onfocus='window.hit = 5",
    '<svg onload=window.hit=6><a xlink:href="javascript:window.hit=6">x',
    "javascript:window.hit=7",
    "]]><!--<script>window.hit = 8</script>--><base href=//example.org>",
    "&lt;script&gt;window.hit=9&lt;/script&gt;&#x3c;x-hit&#x3e;",
    "{{ 7 * 7 }}{% raw %}${7 * 7}",
    "\\u003cx-hit\\u003e\u200f\u200e$\\frac{1}{0}$",
)
FORMULAS: Final = ('=HYPERLINK("https://example.org","x")', "+1+1", "-2+3", "@SUM(A1)", "=1+1")
ADDRESSES: Final = (
    "javascript:window.hit=10",
    " JaVaScRiPt:window.hit=11",
    "data:text/html,<script>window.hit=12</script>",
    "//example.org/x",
    'https://example.org/"onmouseover="window.hit=13',
)
"""Addresses that the door of evidence files refuses; the page must hold by itself."""

SOURCE: Final = "https://example.org/?a=1&lt=%22%3E&b=2#c"
"""An address that is as it should be."""

_TEXTS: Final = ("label", "unit", "why", "title", "description", "source", "resolution")


def _words(payloads: Iterator[str]) -> dict[str, str]:
    return {lang: f"{next(payloads)} {lang}" for lang in ("en", "ar")}


def _replaced(item: Any, payloads: Iterator[str]) -> Any:
    """Return part of a model file with an attack in the place of every text."""
    if isinstance(item, list):
        return [_replaced(part, payloads) for part in item]
    if not isinstance(item, dict):
        return item
    return {
        key: _words(payloads) if key in _TEXTS else _replaced(part, payloads)
        for key, part in item.items()
    }


def hostile(posterior: wr.Posterior) -> wr.Posterior:
    """Return the posterior of the small model with other texts."""
    payloads = itertools.cycle(PAYLOADS + FORMULAS)
    model = _replaced(YAML(typ="safe").load(posterior.model.model_text), payloads)
    model |= {"description": _words(payloads), "source": _words(payloads)}
    for condition in model["conditions"].values():
        for clause in condition.get("all", condition.get("any")):
            clause |= {"why": _words(payloads), "resolution": _words(payloads)}
    mood = model["indicators"]["mood"]
    renamed = dict(zip(mood["categories"], PAYLOADS))
    mood["categories"] = list(renamed.values())
    rows = list(csv.DictReader(io.StringIO(posterior.model.evidence_text or "")))
    for row, formula in zip(rows, itertools.cycle(FORMULAS)):
        row |= {"source": formula, "note": next(payloads)}
        row["value"] = renamed.get(row["value"], row["value"])
    written = io.StringIO()
    table = csv.DictWriter(written, rows[0])
    table.writeheader()
    table.writerows(rows)
    changed = wr.Model.from_texts(json.dumps(model, ensure_ascii=False), written.getvalue())
    evidence = tuple(
        replace(row, url=address)
        for row, address in zip(changed.evidence, itertools.cycle((*ADDRESSES, SOURCE)))
    )
    return variant(posterior, model=replace(changed, evidence=evidence))
