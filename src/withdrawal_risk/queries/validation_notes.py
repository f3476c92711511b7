"""Notes on a model file: what nothing measures, what is not read, what held in earlier years."""

from __future__ import annotations

from collections.abc import Iterator

from withdrawal_risk.model.document import Document, Path_
from withdrawal_risk.model.library import Model
from withdrawal_risk.queries.precedents import precedents
from withdrawal_risk.queries.review import Finding
from withdrawal_risk.queries.review_rows import doubtful_looks

__all__ = ["validation_notes"]


def validation_notes(model: Model, file: str, evidence_file: str) -> list[Finding]:
    """Return notes on a model that can be read, first what was assumed in reading it.

    Parameters
    ----------
    model : Model
    file, evidence_file : str
        Names of its two files in messages.
    """
    document = Document.parse(model.model_text, file)
    located = [
        document.problem(path, message, at_key=at_key)
        for path, message, at_key in (*_unmeasured(model), *_precedents(model))
    ]
    for row, message in doubtful_looks(model):
        located.append(row.problem(evidence_file, "value", message))
    return [Finding(problem=problem, note=True) for problem in (*model.notes, *located)]


def _unmeasured(model: Model) -> Iterator[tuple[Path_, str, bool]]:
    """Name the factors that no evidence measures."""
    names = model.unmeasured(model.as_of)
    if names:
        message = (
            f"{len(names)} of {len(model.spec.factors)} factors are measured by nothing "
            f"({', '.join(names)}): what is said of them rests on judgement and on their neighbours"
        )
        yield ("factors",), message, True


def _precedents(model: Model) -> Iterator[tuple[Path_, str, bool]]:
    """Say of every published clause in which years it would have held."""
    table = precedents(model)
    years = [year for year in table.columns if year != "subject"]
    for number, (condition, clause) in enumerate(table.index):
        row = table.iloc[number]
        held = [str(year) for year in years if row[year] is True]
        missed = [str(year) for year in years if row[year] is False]
        if not held and not missed:
            continue
        if held and missed:
            years_held = f"in {', '.join(held)}; not in {', '.join(missed)}"
        else:
            share = "every" if held else "no"
            years_held = f"in {share} year that is known: {', '.join(held or missed)}"
        message = f"{clause} ({row['subject']}) would have held {years_held}"
        yield ("conditions", condition), message, True
