"""Whether the published clauses of a file would have held in earlier years."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import pandas as pd

from withdrawal_risk.elements.conditions import placed_clauses
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.model.clauses import origin
from withdrawal_risk.model.document import dotted
from withdrawal_risk.model.evidence import EvidenceRow
from withdrawal_risk.model.library import Model, checked_model
from withdrawal_risk.model.settled import clause_settled, months_of

__all__ = ["precedents"]

_YEAR: Final = 12


def precedents(model: Model) -> pd.DataFrame:
    """Ask of every published clause whether it would have held with earlier years' deadlines.

    A threshold that was met in no year, or in all, says something that its reader should know.
    Values are those of the history and of the evidence known at the file's ``as_of``: a single
    month's own, else that of a row over several months, which stands for each of them. A state
    between two equal looks is as they say.

    Parameters
    ----------
    model : Model
        As `load_model` returns it: a saved fit does not hold the history.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``condition`` and ``clause``, its place in the file such as ``all[0]``; a column
        a year, in which the clause ends with the month of its own deadline: True, False, or
        missing where it is not known. ``subject`` stands first.

    Raises
    ------
    ArgumentError
        If it is no model.

    Examples
    --------
    >>> table = wr.precedents(wr.load_model("iraq-2025"))
    >>> table.loc[("national_capability", "all[0]"), [2019, 2024]].tolist()
    [False, True]
    """
    model = checked_model(model, "precedents")
    spec = model.spec
    rows = [*model.history, *model.evidence_at(model.as_of)]
    table: dict[tuple[str, str], dict[Any, Any]] = {}
    for name, condition in spec.conditions.items():
        for place, clause in placed_clauses(condition.tree, ()):
            if clause.indicator is None or origin(spec, clause) != "published":
                continue
            own = [row for row in rows if row.indicator == clause.indicator]
            first, last = months_of(spec, clause)
            found = {
                year: clause_settled(spec, clause, own, first + -ago, last + -ago)
                for year, ago in _years_ago(own, last)
            }
            table[name, dotted(place)] = {"subject": clause.subject} | found
    years = sorted({year for row in table.values() for year in row if year != "subject"})
    index = pd.MultiIndex.from_tuples(table, names=["condition", "clause"])
    return pd.DataFrame(
        [[row["subject"], *(row.get(year) for year in years)] for row in table.values()],
        index=index,
        columns=["subject", *years],
        dtype=object,
    )


def _years_ago(rows: Iterable[EvidenceRow], last: Month) -> list[tuple[int, int]]:
    """Return the years of which any row speaks, and by how many months each lies back."""
    oldest = min((Month.of(row.start.first) for row in rows), default=last)
    return [(int(str(last + -ago)[:4]), ago) for ago in range(_YEAR, 1 + (last - oldest), _YEAR)]
