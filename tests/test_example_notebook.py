"""The example notebook: as it was run, and run again with fewer draws."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[1] / "examples" / "answers.ipynb"


@pytest.fixture(scope="module")
def kept() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)


def _shown(notebook: Any) -> list[tuple[str, str]]:
    """The source of every cell that shows an answer, and its HTML."""
    return [
        (cell.source, output.data["text/html"])
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "text/html" in output.get("data", {})
    ]


def _check(notebook: Any) -> None:
    answers = _shown(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(answers) == len(cells) - 1 > 5, "all cells but the first, which fits, show an answer"
    for source, html in answers:
        # Tripwires are a table alone, on the page as well.
        assert ("<img" in html or "tripwires" in source) and "<table" in html, source
        arabic = 'show("ar")' in source
        assert ('dir="rtl"' in html) == arabic and bool(
            re.search("[\u0600-\u06ff]", html)
        ) == arabic, source
    for cell in cells:
        assert all(output.output_type != "error" for output in cell.outputs), cell.source


def test_it_was_run(kept: Any) -> None:
    _check(kept)
    numbers = [cell.execution_count for cell in kept.cells if cell.cell_type == "code"]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.slow
def test_it_runs(kept: Any) -> None:
    """What its cells say is tried, not how long the fit takes."""
    notebook = nbformat.from_dict(kept)  # type: ignore[no-untyped-call]
    fits = next(cell for cell in notebook.cells if "wr.fit(model, " in cell.source)
    fits.source = fits.source.replace("wr.fit(model, ", "wr.fit(model, draws=100, tune=200, ")
    _check(NotebookClient(notebook, kernel_name="python3").execute())
