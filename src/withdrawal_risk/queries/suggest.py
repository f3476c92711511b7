"""What an indicator's own history says of a model file's numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from withdrawal_risk.arguments import chosen, month_of
from withdrawal_risk.elements.timeline import Month, MonthLike
from withdrawal_risk.queries.suggest_series import series_of
from withdrawal_risk.random import check_seed
from withdrawal_risk.suggestion.fragment import fragment_of, ranges_of, reasons_of
from withdrawal_risk.suggestion.proposing import proposal
from withdrawal_risk.suggestion.ranges import Proposal, Range
from withdrawal_risk.suggestion.scales import SCALES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Suggestion", "suggest"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Suggestion:
    """Numbers for a factor and the indicator that measures it, read from the indicator's history.

    Parameters
    ----------
    until : Month
        Last month that was read.
    proposal : Proposal
        The posterior behind the numbers.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> months = pd.period_range("2015-01", periods=60, freq="M")
    >>> deaths = pd.Series(np.random.default_rng(1).poisson(40, 60), months)
    >>> found = wr.suggest(deaths, "count")
    >>> found
    Suggestion(count, 60 months, 2015-01 to 2019-12, no drift)
    >>> list(found.ranges)
    ['half_life', 'at_reference', 'ratio_per_level', 'error']
    """

    until: Month
    proposal: Proposal

    @property
    def family(self) -> str:
        """Family of the indicator."""
        return self.proposal.family

    @property
    def ranges(self) -> Mapping[str, Range]:
        """Every range by its key, unrounded.

        The parts of drift, where it is proposed, are ``drift.share`` and ``drift.half_life``.
        """
        return ranges_of(self.proposal)

    @cached_property
    def reasons(self) -> Mapping[str, str]:
        """Why each number is what it is, in figures of the history, by key.

        ``family`` says which months were read, ``drift`` why it is proposed or not.
        """
        return reasons_of(self.proposal)

    @property
    def fragment(self) -> str:
        """Lines of a model file: keys of a ``factor`` and of an ``indicator``, with reasons.

        Ranges are rounded outwards to two or three digits, so that none gets narrower.
        """
        return fragment_of(self.proposal, self.reasons)

    def to_dict(self) -> dict[str, Any]:
        """Return the suggestion as JSON-ready data."""
        history = self.proposal.history
        return {
            "family": self.family,
            "until": str(self.until),
            "first": str(history.first),
            "last": str(history.last),
            "ranges": {
                key: {"p5": item.p5, "p50": item.p50, "p95": item.p95}
                for key, item in self.ranges.items()
            },
            "reasons": dict(self.reasons),
            "figures": dict(history.figures),
            "probability_of_two_speeds": self.proposal.two_speeds.probability,
            "fragment": self.fragment,
        }

    def __repr__(self) -> str:
        history = self.proposal.history
        drift = "no drift" if self.proposal.drift is None else "drift"
        months = f"{history.figures['months']:.0f} months, {history.first} to {history.last}"
        return f"{type(self).__name__}({self.family}, {months}, {drift})"

    def _repr_html_(self) -> str:
        """Show the lines of the model file."""
        return f"<p>{escape(repr(self))}</p>\n<pre>{escape(self.fragment)}</pre>"


def suggest(
    series: pd.Series[Any] | str | Path,
    family: str,
    *,
    column: str | None = None,
    until: MonthLike | None = None,
    random_seed: int = 0,
) -> Suggestion:
    """Propose a model file's numbers from an indicator's own history.

    The history is read as a model reads it, under broad priors: a reference, plus a level with a
    memory of one speed or of two, plus the error of a month.

    Parameters
    ----------
    series : pandas.Series, str or Path
        Monthly values by month (``"2015-03"``, a date, or a pandas Period or Timestamp), nan where
        one is missing; or a CSV file with a header, a column of months and one of values. Lines
        that begin with ``#`` are skipped.
    family : {"normal", "lognormal", "count", "share"}
        Of the indicator.
    column : str, optional
        Which column of a CSV file with several has the values.
    until : str, Month or date, optional
        Last month that is read; later ones change nothing. A model that forecasts from a month on
        should not be told what came after it. Default: the last month.
    random_seed : int
        Equal seeds give equal suggestions.

    Returns
    -------
    Suggestion
        Its ``fragment`` is YAML to start a model file from, its ``reasons`` say why.

    Raises
    ------
    ArgumentError
        If fewer than 24 months have a value, the series is not monthly, hardly differs or holds
        what the family cannot show, or a file cannot be read.

    Notes
    -----
    Measured coverage: ``at_reference`` holds the mean of the next 30 months in 93-97 % of real and
    98 % of simulated histories, and the other ranges hold the truth in about 90-93 % of simulated
    ones. At most the last 360 months are read.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> months = pd.period_range("2015-01", periods=60, freq="M")
    >>> deaths = pd.Series(np.random.default_rng(1).poisson(40, 60), months)
    >>> found = wr.suggest(deaths, "count", until="2018-12")
    >>> found.ranges["at_reference"].p5 < 40 < found.ranges["at_reference"].p95
    True
    >>> print(found.fragment)
    factor:
      half_life: {p5: ..., p95: ...}  # median ... months; values 1 month apart correlate by ...
    indicator:
      family: count  # 48 months read, 2015-01 to 2018-12
      at_reference: {p5: ..., p95: ...}  # months average ...
      ratio_per_level: {p5: ..., p95: ...}  # ...
      error: {p5: ..., p95: ...}  # ...
    """
    # Arguments first, before a file is read for them.
    chosen(family, "family", tuple(SCALES))
    check_seed(random_seed)
    last = None if until is None else month_of(until, "until")
    months, values = series_of(series, column, last)
    last = last or max(months)
    return Suggestion(until=last, proposal=proposal(values, months, family, last, random_seed))
