"""A model to import into, and small exports in the layouts of their sources, with invented numbers."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from openpyxl import Workbook

import withdrawal_risk as wr
from withdrawal_risk.exchange.registry import read_export, source_of
from withdrawal_risk.exchange.series import Request, Series

__all__ = ["EXPORTS", "SMALL", "model_folder", "numbers", "read", "workbook"]

DATA = Path(__file__).parent / "data"
EXPORTS, SMALL = DATA / "exports", DATA / "small"


def model_folder(place: Path, *changes: tuple[str, str], evidence: str | None = None) -> Path:
    """Return a copy of the small model, with changes to its file and another evidence."""
    folder = place / "model"
    shutil.copytree(SMALL, folder)
    text = (folder / "model.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / "model.yaml").write_text(text, encoding="utf-8")
    if evidence is not None:
        (folder / "evidence.csv").write_text(evidence, encoding="utf-8")
    assert wr.load_model(folder).id == "small"
    return folder


def read(source: str, file: str | Path, **asked: Any) -> Series:
    """Read an export as `import_evidence` does."""
    path = EXPORTS / file
    return read_export(source_of(source), Request(path=path, **asked))


def numbers(series: Series) -> dict[str, float | str]:
    """Return the values of a series by their spans."""
    return {value.span: value.value for value in series.values}


def workbook(path: Path, rows: list[list[Any]]) -> Path:
    """Write a workbook of two sheets, of which the second holds the rows."""
    book = Workbook()
    book.active.append(["About these data"])
    sheet = book.create_sheet("data")
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path
