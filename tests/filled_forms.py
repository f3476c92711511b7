"""Forms filled in as experts do: by a script that knows no more of them than what is seen."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

__all__ = ["cells_of", "fill", "header_of"]

ANSWERS = ("low", "middle", "high", "confidence", "why", "source")


def cells_of(path: Path) -> list[list[str]]:
    """Return the cells of a form as text."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))
    sheet = load_workbook(path).worksheets[0]
    return [["" if c is None else str(c) for c in row] for row in sheet.iter_rows(values_only=True)]


def header_of(cells: Sequence[Sequence[str]]) -> int:
    """Return the position of the line of headings."""
    (place,) = [r for r, row in enumerate(cells) if list(row[-2:]) == ["target", "read_as"]]
    return place


def fill(
    path: Path,
    given: Mapping[str, Sequence[Any]],
    to: Path | None = None,
    **about: str,
) -> Path:
    """Write answers into a form: by target the cells from the low number on; lines at the top by key."""
    cells = cells_of(path)
    header = header_of(cells)
    width = len(cells[header])
    places: dict[tuple[int, int], Any] = {}
    for r, row in enumerate(cells):
        if r < header and row[width - 1] in about:
            places[r, 1] = about[row[width - 1]]
        if r > header and row[width - 2] in given:
            for k, cell in enumerate(given[row[width - 2]]):
                places[r, width - 2 - len(ANSWERS) + k] = cell
    assert len(places) == len(about) + sum(len(line) for line in given.values())
    target = path if to is None else to
    if path.suffix == ".csv":
        for (r, c), cell in places.items():
            cells[r][c] = str(cell)
        with target.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(cells)
    else:
        book = load_workbook(path)
        for (r, c), cell in places.items():
            book.worksheets[0].cell(row=r + 1, column=c + 1).value = cell
        book.save(target)
    return target
