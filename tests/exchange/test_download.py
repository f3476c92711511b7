"""Exports as tables: what they are found by, and every way in which they can be damaged."""

from __future__ import annotations

import csv
import random
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.imports import EXPORTS, numbers, read, workbook
from tests.refusals import refusal

from withdrawal_risk.exchange.download import Export
from withdrawal_risk.exchange.registry import sources_by_name

MARKS = [{"name", "number"}]


def written(tmp_path: Path, content: bytes | str, name: str = "x.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separators_encodings_and_ends_of_lines(
    separator: str, encoding: str, end: str, tmp_path: Path
) -> None:
    rows = [["About", ""], ["Name", "Number"], [f'Ö{separator} "1"', "2"], ["two\nlines", "3.5"]]
    text = [separator.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    path = written(tmp_path, end.join(text).encode(encoding))
    table = Export(path, MARKS).read(["name", "number"])
    assert table.texts("name") == [f'Ö{separator} "1"', "two\nlines"]
    assert table.numbers("number").tolist() == [2.0, 3.5]


def test_rows_against_the_reader_of_python(tmp_path: Path) -> None:
    """Random texts with quotes, separators and breaks."""
    rng = random.Random(4)
    cells = [
        [
            "".join(rng.choice('ab,;"\n é') for _ in range(rng.randrange(6))).strip()
            for _ in range(3)
        ]
        for _ in range(400)
    ]
    rows = [
        ["Name", "Number", "Other"],
        *([a, str(n), c or "x"] for n, (a, _, c) in enumerate(cells)),
    ]
    path = tmp_path / "x.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    table = Export(path, MARKS).read(["name", "other"])
    assert table.texts("name") == [row[0] for row in rows[1:]]
    assert table.texts("other") == [row[2].strip() for row in rows[1:]]
    lines = path.read_bytes().decode().split("\n")
    for row in (0, 17, 399):
        # Only rows whose texts hold no break before their number can be looked up so simply.
        if "\n" not in rows[row + 1][0]:
            assert f",{row}," in lines[table.line(row) - 1].rstrip("\r") + ","


def test_a_code_page_is_noted(tmp_path: Path) -> None:
    export = Export(written(tmp_path, "name,number\nCôte,1\n".encode("cp1252")), MARKS)
    assert export.read(["name"]).texts("name") == ["Côte"]
    assert export.notes == ["the export is not UTF-8; it is read in the code page of Windows"]


def test_the_last_block_and_lines_about_the_table(tmp_path: Path) -> None:
    path = written(tmp_path, "name,number\na,1\n\n\nData from database: X\nLast Updated: 2025\n")
    assert Export(path, MARKS).read(["name"]).texts("name") == ["a"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b" \n \n", "the file is empty"),
        (b"\x00\x01\x02\x03" * 50, "this is no text; export the table as CSV or .xlsx"),
        (b"PK\x03\x04" + b"broken" * 30, "the archive is broken; download it again"),
        (b"name,number\na,1\nb\nc,3\n", ":3:1: the row has 1 fields, the header 2"),
        (
            b'name,number\na,1\n"b,2\nc,3\n',
            ":3:1: the row has 1 fields, the header 2; check its quotes",
        ),
    ],
)
def test_damage(content: bytes, words: str, tmp_path: Path) -> None:
    path = written(tmp_path, content)
    found = refusal(lambda: Export(path, MARKS).read(["name", "number"]))
    assert words in found and str(path) in found


def test_places_that_are_no_file(tmp_path: Path) -> None:
    assert "does not exist; check the path" in refusal(lambda: read("gpr", tmp_path / "none.csv"))
    assert "is a folder; name a file" in refusal(lambda: read("gpr", tmp_path))


def test_archives(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "name,number\n")
        archive.writestr("b.csv", "name,number\n")
    assert "the archive holds 2 tables; unpack it" in refusal(lambda: Export(path, MARKS))


def test_a_spreadsheet_of_anything_else(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", [["Name", "Number"], ["a", 1], [None, None], ["b", "x"]])
    found = refusal(lambda: Export(path, MARKS).read(["number"]).numbers("number"))
    assert found.startswith(f"{path}:4:2: Number: 'x' is not a number")
    assert "this is not the GPR workbook" in refusal(lambda: read("gpr", path))


def outcome(source: str, path: Path, **asked: Any) -> Any:
    return numbers(read(source, path, **asked))


OF = {
    "GEDEvent_v24_1.csv": ("ucdp", "a UCDP GED or Candidate export"),
    "acled.csv": ("acled", "an ACLED export"),
    "data_gpr_export.csv": ("gpr", "the GPR workbook"),
    "wgi_long.csv": ("wgi", "a table of the Worldwide Governance Indicators"),
    "API_wdi.csv": ("wdi", "a table of the World Development Indicators"),
    "CPI.csv": ("fred", "a FRED export"),
}


@pytest.mark.parametrize("file", OF)
@pytest.mark.parametrize("source", sorted(set(sources_by_name()) - {"csv"}))
def test_exports_of_others_are_recognised(file: str, source: str) -> None:
    own, title = OF[file]
    if source in (own, "wgi") and file in ("API_wdi.csv", "wgi_long.csv"):
        # Both are tables of the World Bank, which differ in what they hold.
        return
    if source != own:
        asked = {"series": "rl"} if source == "wgi" else {}
        country = () if source in ("gpr", "fred") else ("Iraq",)
        found = refusal(lambda: read(source, file, country=country, **asked))
        assert f"it looks like {title}; withdrawal-risk import {own} reads that" in found


@pytest.mark.parametrize("file", sorted(path.name for path in EXPORTS.glob("*.csv")))
def test_nothing_but_a_message_of_damaged_exports(file: str, tmp_path: Path) -> None:
    """Bytes lost, doubled and changed: a number of another kind, or a message, and no other end."""
    rng = random.Random(file)
    whole = (EXPORTS / file).read_bytes()
    source = {name: own for name, (own, _) in OF.items()}.get(
        file, "ucdp" if "GED" in file else "fred"
    )
    asked = {"country": ("Iraq",)} if source in ("ucdp", "acled", "wgi", "wdi") else {}
    series = {"series": "rl"} if source == "wgi" else {}
    for _ in range(60):
        at, size = rng.randrange(len(whole)), rng.randrange(1, 40)
        other = rng.choice(
            [b"", bytes(rng.randrange(256) for _ in range(size)), whole[at : at + size] * 2]
        )
        path = written(tmp_path, whole[:at] + other + whole[at + size :], file)
        found = refusal(partial(outcome, source, path, **asked, **series))
        assert "\n" not in found.strip() and len(found) < 3000


def test_nothing_but_a_message_of_damaged_workbooks_and_archives(tmp_path: Path) -> None:
    rng = random.Random(2)
    book = workbook(tmp_path / "gpr.xlsx", [["month", "GPR"], ["2023-01", 100.5], ["2023-02", 101]])
    packed = tmp_path / "gpr.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(EXPORTS / "data_gpr_export.csv", "gpr.csv")
    for path in (book, packed):
        whole = path.read_bytes()
        assert len(numbers(read("gpr", path))) >= 2
        for _ in range(150):
            at, size = rng.randrange(len(whole)), rng.randrange(1, 60)
            other = rng.choice([b"", bytes(rng.randrange(256) for _ in range(size))])
            place = written(tmp_path, whole[:at] + other + whole[at + size :], f"x{path.suffix}")
            found = refusal(partial(outcome, "gpr", place))
            assert "\n" not in found.strip() and len(found) < 3000


def test_a_line_without_an_end(tmp_path: Path) -> None:
    path = written(tmp_path, "x" * 400_000)
    assert "this is not the GPR workbook" in refusal(lambda: read("gpr", path))
    path = written(tmp_path, 'name,number\n"' + "y" * 400_000)
    assert "check its quotes" in refusal(lambda: Export(path, MARKS).read(["name"]))
