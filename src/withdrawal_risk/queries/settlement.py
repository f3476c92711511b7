"""Who settles the conditions of a file: what an outsider reads, what is left to judgement."""

from __future__ import annotations

from withdrawal_risk.elements.conditions import clauses
from withdrawal_risk.model.clauses import origin
from withdrawal_risk.model.document import Document
from withdrawal_risk.model.library import Model
from withdrawal_risk.queries.review import Finding

__all__ = ["settlement"]


def settlement(model: Model, file: str = "model.yaml") -> list[Finding]:
    """Return a warning of every indicator that nobody is named for, and a note on judged clauses.

    Parameters
    ----------
    model : Model
    file : str
        Name of its file in messages.
    """
    spec, document, found = model.spec, Document.parse(model.model_text, file), []
    for name, condition in spec.conditions.items():
        leaves = clauses(condition.tree)
        judged = [leaf.subject for leaf in leaves if origin(spec, leaf) == "judged"]
        published = [leaf.subject for leaf in leaves if origin(spec, leaf) == "published"]
        for subject in dict.fromkeys(judged):
            # An indicator could be read by anyone, if the file said where.
            if subject in spec.indicators:
                message = (
                    f"nobody is named who publishes {subject!r}, so its clause counts as judged; "
                    "give the clause or the indicator a resolution"
                )
                found.append(Finding(problem=document.problem(("conditions", name), message)))
        if judged:
            message = (
                f"{len(judged)} of {len(leaves)} clauses are judged "
                f"({', '.join(dict.fromkeys(judged))}); an outsider could settle "
                f"{', '.join(dict.fromkeys(published)) or 'nothing'}"
            )
            problem = document.problem(("conditions", name), message, at_key=True)
            found.append(Finding(problem=problem, note=True))
    return found
