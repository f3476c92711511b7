"""Tables of a panel for the small model, as text."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import withdrawal_risk as wr
from withdrawal_risk.model.panel_file import Answers, parse_panel, parse_seeds

__all__ = ["HEADER", "SEED_HEADER", "answers_of", "panel_folder", "panel_text", "seeds_text"]

HEADER = "expert,round,target,p5,p50,p95,word,confidence,why,source,date\n"
SEED_HEADER = "id,question,unit,scale,value,resolved,source,url\n"

SMALL = Path(__file__).parent / "data" / "small"


def panel_text(*rows: str) -> str:
    """Return a table of answers: ``expert target p5 p50 p95``, with a point for an empty cell.

    A word instead of the percentiles is a weight in words.
    """
    lines = []
    for row in rows:
        expert, target, *ends = row.split()
        cells = ["" if end == "." else end for end in ends]
        filled = ["", "", "", *cells] if len(cells) == 1 else [*cells, ""]
        lines.append(",".join([expert, "1", target, *filled, "", "", "", ""]))
    return HEADER + "\n".join(lines) + "\n"


def seeds_text(values: Iterable[float], scale: str = "linear") -> str:
    """Return a table of questions S1, S2 and so on whose answers are known; nan is not known yet."""
    lines = [
        f"S{k},question {k},units,{scale},{'' if value != value else value},"
        f"{'' if value != value else '2024-01-01'},invented,"
        for k, value in enumerate(values, start=1)
    ]
    return SEED_HEADER + "\n".join(lines) + "\n"


def answers_of(model: wr.Model, *rows: str, seeds: str = SEED_HEADER) -> Answers:
    """Return the answers of `panel_text` to the ranges of a model."""
    known = parse_seeds(seeds, "seeds.csv")
    return parse_panel(panel_text(*rows), "panel.csv", model.spec, known)


def panel_folder(folder: Path, panel: str, table: str, seeds: str | None = None) -> Path:
    """Write the small model with a panel into a folder."""
    text = (SMALL / "model.yaml").read_text(encoding="utf-8")
    (folder / "model.yaml").write_text(f"{text}panel: {panel}\n", encoding="utf-8")
    evidence = (SMALL / "evidence.csv").read_text(encoding="utf-8")
    (folder / "evidence.csv").write_text(evidence, encoding="utf-8")
    (folder / "panel.csv").write_text(table, encoding="utf-8")
    if seeds is not None:
        (folder / "seeds.csv").write_text(seeds, encoding="utf-8")
    return folder
