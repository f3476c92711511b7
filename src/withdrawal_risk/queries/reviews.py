"""What of a model nobody has reviewed, and what is contested."""

from __future__ import annotations

from collections.abc import Iterator

from withdrawal_risk.elements.review import Reviewable
from withdrawal_risk.model.document import Document, Path_
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.queries.review import Finding

__all__ = ["review_findings"]

_SECTIONS = ("factors", "policies", "events", "indicators", "conditions", "scenarios")

_NAMED = 8
"""Elements that one note names."""


def review_findings(spec: ModelSpec, document: Document, *, demanded: bool) -> list[Finding]:
    """Return a warning of every contested element, and what nobody has reviewed.

    Parameters
    ----------
    spec : ModelSpec
    document : Document
        Its file.
    demanded : bool
        Whether every element without a review is a fault. Otherwise one note counts them, if others
        have one.
    """
    found, unreviewed = [], list[tuple[Path_, str]]()
    for path, name, element in _elements(spec):
        if not element.reviewed:
            unreviewed.append((path, name))
        for review in element.reviewed:
            if element.contested and review.says == "contested":
                because = review.because["en"] if review.because is not None else ""
                message = f"contested by {review.by} on {review.on}: {because}"
                found.append(Finding(problem=document.problem(path, message, at_key=True)))
    if demanded:
        for path, _ in unreviewed:
            message = "nobody has reviewed it; add reviewed: {by: ..., on: ..., says: agreed}"
            problem = document.problem(path, message, at_key=path[0] != "edges")
            found.append(Finding(problem=problem, certain=True))
    elif unreviewed and len(unreviewed) < sum(1 for _ in _elements(spec)):
        more = len(unreviewed) - _NAMED
        names = ", ".join(name for _, name in unreviewed[:_NAMED])
        message = (
            f"{len(unreviewed)} elements are not reviewed "
            f"({names}{f' and {more} more' if more > 0 else ''})"
        )
        found.append(Finding(problem=document.problem((), message), note=True))
    return found


def _elements(spec: ModelSpec) -> Iterator[tuple[Path_, str, Reviewable]]:
    """Yield all that can be reviewed, with its path and its name."""
    for section in _SECTIONS:
        for name, element in getattr(spec, section).items():
            yield (section, name), name, element
    for number, edge in enumerate(spec.edges):
        yield ("edges", number), edge.id, edge
