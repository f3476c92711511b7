"""Sources are found by their files, and asked only for what they have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.imports import EXPORTS, model_folder
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.exchange import sources
from withdrawal_risk.exchange.registry import sources_by_name
from withdrawal_risk.exchange.series import Source
from withdrawal_risk.model.evidence import GRADE_FACTOR, RELEASE_RULES

OWN = '''
"""A source of somebody's own: days and numbers, after a word."""

from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.exchange.download import Export
from withdrawal_risk.exchange.series import Series, Source, month_value


def _read(request):
    table = Export(request.path, [{"when", "strikes"}]).read(["when", "strikes"])
    months, numbers = table.months("when"), table.numbers("strikes")
    values = [month_value(Month(m), n, "rule:press") for m, n in zip(months.tolist(), numbers.tolist())]
    return Series(values=tuple(values), selection="strikes")


SOURCE = Source(
    name="strikes", title="a list of strikes", source="A list of strikes", url="https://example.org", same="A list",
    grade="C", takes=frozenset(), marks=(frozenset({"when", "strikes"}),), read=_read,
)
'''


@pytest.fixture
def with_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    place = tmp_path / "sources"
    place.mkdir()
    (place / "strikes.py").write_text(OWN, encoding="utf-8")
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(place)])
    sources_by_name.cache_clear()
    yield tmp_path
    sources_by_name.cache_clear()


def test_a_source_is_one_file(with_own: Path) -> None:
    folder = model_folder(with_own)
    export = with_own / "list.csv"
    export.write_text("when,strikes\n2023-04,3\n2023-05,4\n", encoding="utf-8")
    found = wr.import_evidence(folder, "strikes", export, indicator="incidents")
    assert found.rows["grade"].tolist() == ["C", "C"] and found.added == (
        "incidents_2023_04",
        "incidents_2023_05",
    )
    other = refusal(lambda: wr.import_evidence(folder, "gpr", export, indicator="rate"))
    assert "it looks like a list of strikes; withdrawal-risk import strikes reads that" in other


@pytest.mark.parametrize("source", sources_by_name().values(), ids=lambda source: source.name)
def test_what_a_source_says_of_itself(source: Source) -> None:
    assert source.name == "csv" or (
        source.grade in GRADE_FACTOR and source.url.startswith("https://")
    )
    assert source.source.startswith(source.same)
    page = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")
    assert f"| `{source.name}` |" in page


def test_rules_that_sources_follow(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    for source, file, asked in (
        ("ucdp", "GEDEvent_v23_01_23_04.csv", {"indicator": "incidents", "country": "Iraq"}),
        ("gpr", "data_gpr_export.csv", {"indicator": "rate"}),
        ("wdi", "API_wdi.csv", {"indicator": "view", "country": "Iraq"}),
    ):
        rows = wr.import_evidence(folder, source, EXPORTS / file, dry_run=True, **asked).rows
        assert {text.removeprefix("rule:") for text in rows["published"]} <= set(RELEASE_RULES)
