"""How many rows of evidence the fit saw of each indicator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import words_of
from withdrawal_risk.queries.answers import About, Answer, about

__all__ = ["RowsSeen", "rows_seen"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RowsSeen(Answer):
    """Rows of evidence by indicator.

    Parameters
    ----------
    summary : pandas.DataFrame
        One row an indicator: ``rows``.
    about : About
        The fit.
    """

    summary: pd.DataFrame
    about: About

    def sentence(self, lang: str = "en") -> str:
        """Say how many rows the fit saw."""
        return words_of(lang).say("rows_seen", count=int(self.summary["rows"].sum()))

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-ready data."""
        return {str(name): int(count) for name, count in self.summary["rows"].items()}


def rows_seen(posterior: Posterior) -> RowsSeen:
    """Count the rows of evidence that a fit saw.

    Parameters
    ----------
    posterior : Posterior

    Returns
    -------
    RowsSeen
    """
    seen = [row.indicator for row in posterior.model.evidence_at(posterior.as_of)]
    rows = {name: seen.count(name) for name in posterior.model.spec.indicators}
    return RowsSeen(summary=pd.DataFrame({"rows": rows}), about=about(posterior))
