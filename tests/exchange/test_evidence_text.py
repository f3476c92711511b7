"""Rows added to an evidence file, which stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.imports import SMALL
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.exchange.evidence_text import with_rows
from withdrawal_risk.model.evidence import EvidenceRow
from withdrawal_risk.model.evidence_file import parse_evidence
from withdrawal_risk.model.text_file import MAX_BYTES, decoded

ROW = {
    "id": "new", "indicator": "rate", "start": "2023-04", "end": "2023-04", "published": "2023-06", "value": "101.5",
    "grade": "A", "source": 'A "list", by Öberg', "url": "https://example.org", "note": "file x.csv; series X",
}  # fmt: skip
REVISION = ROW | {"id": "new_v2", "start": "2023-03", "end": "2023-03", "replaces": "r1"}

TEXT = (SMALL / "evidence.csv").read_text(encoding="utf-8")


def rows_of(data: bytes) -> dict[str, EvidenceRow]:
    spec = wr.load_model(SMALL).spec
    return {row.id: row for row in parse_evidence(decoded(data, "e").text, "e", spec).rows}


def semicolons(text: str) -> str:
    """Return the rows as a spreadsheet of another country writes them, its columns turned around."""
    lines = [line.split(",")[::-1] for line in text.splitlines()]
    return "\r\n".join(";".join(cell.replace(".", ",") for cell in cells) for cells in lines)


@pytest.mark.parametrize(
    "before",
    [
        TEXT.encode(),
        TEXT.rstrip("\n").encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.encode("utf-16"),
        semicolons(TEXT).encode(),
        TEXT.replace(",", "\t").encode(),
        (TEXT + "\n\n").encode(),
        TEXT.replace("r1,", '"r1",')
        .replace("invented,,\nr2", '"invented,\nfor ""tests""",,\nr2')
        .encode(),
        TEXT.replace("note\n", "note,mine\n").replace(",\n", ",,x\n").encode(),
    ],
    ids=[
        "plain",
        "no end",
        "mark",
        "crlf",
        "utf-16",
        "semicolons",
        "tabs",
        "blank lines",
        "quotes",
        "own column",
    ],
)
@pytest.mark.parametrize("row", [ROW, REVISION], ids=["row", "revision"])
def test_what_was_there_stays(before: bytes, row: dict[str, str]) -> None:
    after = with_rows(before, "evidence.csv", [row])
    old, new = rows_of(before), rows_of(after)
    assert set(new) - set(old) == {row["id"]} and all(new[name] == old[name] for name in old)
    added = new[row["id"]]
    assert (added.value, added.source, added.note) == (101.5, ROW["source"], ROW["note"])
    assert added.replaces == (("r1",) if row is REVISION else ())
    if row is ROW:
        assert after.startswith(before)
    else:
        # Only the new column was added, at the end of each row.
        assert decoded(after, "").text.split("\n")[0].rstrip("\r")[-8:] == "replaces"
        assert with_rows(after, "evidence.csv", [ROW]).startswith(after)


def test_a_new_file() -> None:
    assert rows_of(with_rows(None, "evidence.csv", [ROW]))["new"].value == 101.5
    assert with_rows(b"", "evidence.csv", []) == b""


def test_what_is_refused() -> None:
    page = TEXT.replace("invented", "Windows\N{RIGHT SINGLE QUOTATION MARK}s").encode("cp1252")
    found = refusal(lambda: with_rows(page, "evidence.csv", [ROW]))
    assert "evidence.csv:1:1: its encoding has no 'Ö'; save it as UTF-8" in found
    plain = ROW | {"source": "plain"}
    assert with_rows(page, "evidence.csv", [plain]).startswith(page)
    revised = with_rows(page, "evidence.csv", [plain | REVISION | {"source": "plain"}])
    assert {row.source for row in rows_of(revised).values()} == {
        "Windows\N{RIGHT SINGLE QUOTATION MARK}s",
        "plain",
    }
    long = ROW | {"note": "x" * MAX_BYTES}
    assert "at most 1,048,576 are read" in refusal(
        lambda: with_rows(TEXT.encode(), "evidence.csv", [long])
    )


def test_a_file_is_not_read_as_another(tmp_path: Path) -> None:
    assert "the header must have" in refusal(
        lambda: with_rows(b"a,b\n1,2\n", "evidence.csv", [ROW])
    )
