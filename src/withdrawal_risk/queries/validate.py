"""Whether a model file can be used, and what in it is probably not meant."""

from __future__ import annotations

from pathlib import Path

from withdrawal_risk.arguments import true_or_false
from withdrawal_risk.errors import ModelFileError
from withdrawal_risk.model.document import Document
from withdrawal_risk.model.file import MODEL_FILE
from withdrawal_risk.model.library import load_model, resolve
from withdrawal_risk.queries.review import Finding, review
from withdrawal_risk.queries.reviews import review_findings
from withdrawal_risk.queries.settlement import settlement
from withdrawal_risk.queries.validation_notes import validation_notes

__all__ = ["validate"]


def validate(path: str | Path, *, reviewed: bool = False) -> list[Finding]:
    """Read a model folder, and compare its evidence and conditions with what it expects of them.

    Parameters
    ----------
    path : str or Path
        Id of a shipped model, or path to a model folder or file.
    reviewed : bool
        Whether an element that nobody has reviewed is a fault.

    Returns
    -------
    list of Finding
        Every fault of a file that cannot be read; else faults that no fit would survive, warnings,
        such as contested elements, and notes: on elements without a review where others have one,
        on clauses that are left to judgement, factors that nothing measures, grades
        that change nothing, and the years in which published clauses would have held.

    Raises
    ------
    ArgumentError
        If there is no such model.

    Examples
    --------
    >>> [str(finding) for finding in wr.validate("iraq-2025") if finding.certain]
    []
    """
    reviewed, place = true_or_false(reviewed, "reviewed"), resolve(path)
    try:
        model = load_model(path)
    except ModelFileError as error:
        return [Finding(problem=problem, certain=True) for problem in error.problems]
    file = place / MODEL_FILE if place.is_dir() else place
    evidence_file = file.parent / (model.spec.evidence or "")
    found = review(model, file=str(file), evidence_file=str(evidence_file))
    return [
        *found,
        *settlement(model, str(file)),
        *review_findings(
            model.spec, Document.parse(model.model_text, str(file)), demanded=reviewed
        ),
        *validation_notes(model, str(file), str(evidence_file)),
    ]
