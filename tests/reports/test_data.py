"""Data to keep: whole, readable, and without formulas."""

from __future__ import annotations

import io
import json
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pandas as pd
from tests.variants import with_text

import withdrawal_risk as wr


def links(path: Path) -> dict[str, bytes]:
    """The files that a page offers, by name."""
    import html5lib

    tree = html5lib.parse(path.read_text("utf-8"), namespaceHTMLElements=False)
    return {
        link.get("download"): unquote_to_bytes(link.get("href").split(",", 1)[1])
        for link in tree.iter("a")
        if link.get("download")
    }


def test_tables_are_those_of_the_answers(posterior: wr.Posterior, tmp_path: Path) -> None:
    files = links(wr.report(posterior, tmp_path / "r.html", lang="both", live=False))
    result = wr.outlook(posterior)
    assert json.loads(files["small-outlook.json"]) == result.to_dict()
    table = pd.read_csv(io.BytesIO(files["small-outlook.csv"])).set_index("condition")
    pd.testing.assert_series_equal(table["probability"], result.summary["probability"])
    rows = pd.read_csv(io.BytesIO(files["small-evidence.csv"]))
    assert list(rows["id"]) == [row.id for row in posterior.model.evidence_at(posterior.as_of)]
    assert {"small-scenarios.csv", "small-tripwires.csv"} <= set(files)


def test_no_formulas(posterior: wr.Posterior, tmp_path: Path) -> None:
    text = (with_text(posterior).model.evidence_text or "").replace(
        "22,,,,A,invented,,", "22,,,,A,=HYPERLINK(1),,@SUM(1)"
    )
    other = wr.Posterior(
        tree=posterior.tree,
        model=wr.Model.from_texts(posterior.model.model_text, text),
        as_of=posterior.as_of,
        settings=posterior.settings,
    )
    content = links(wr.report(other, tmp_path / "r.html", live=False))["small-evidence.csv"]
    assert b",'=HYPERLINK(1)" in content and b",=HYPERLINK" not in content
