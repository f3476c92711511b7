"""An answer as a tidy table, in a file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pandas as pd

from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.files import table_target, write_table
from withdrawal_risk.language import checked_language
from withdrawal_risk.queries.answers import About, Answer
from withdrawal_risk.queries.preliminary import Preliminary

__all__ = ["write_answer"]

_ASKED: Final = ("condition", "factor", "source", "target", "expert", "method", "ci_prob")
"""What an answer was asked for, where it has such a field."""


def write_answer(answer: Any, path: str | os.PathLike[str], *, lang: str = "en") -> Path:
    """Write the table of an answer, one row an observation, as CSV or Parquet.

    In a CSV a text that a spreadsheet could take for a formula begins with an apostrophe.

    Parameters
    ----------
    answer : Result or any other answer with a ``summary``
    path : str or os.PathLike
        File to write, ``.csv`` or ``.parquet``; it appears whole or not at all.
    lang : {"en", "ar"}
        Of the labels beside ids.

    Returns
    -------
    pathlib.Path
        The file. Its columns are ``model``, ``as_of`` and ``horizon``; ``preliminary`` where there
        was no fit; what was asked for, such as ``condition`` and ``ci_prob``; the index of the
        ``summary`` with labels, such as ``factor`` and ``factor_label``; and the columns of the
        ``summary``.

    Raises
    ------
    ArgumentError
        If it is no answer, or the file is neither.
    WithdrawalRiskError
        If the file cannot be written.

    Examples
    --------
    >>> wr.write_answer(wr.outlook(posterior), folder / "outlook.csv").name
    'outlook.csv'
    """
    if not isinstance(answer, Answer):
        raise ArgumentError(
            f"write_answer takes an answer, such as outlook(posterior), not {quoted(answer)}"
        )
    checked_language(lang)
    target = table_target(path)
    write_table(target, _tidy(answer, lang))
    return target


def _tidy(answer: Any, lang: str) -> pd.DataFrame:
    """Return the summary with what it is about, ids and labels as columns."""
    about, summary = answer.about, answer.summary
    table = summary.reset_index()
    for name in summary.index.names:
        label = _label_of(answer, about, name, several=summary.index.nlevels > 1)
        if label is not None:
            labels = [label(str(value), lang) for value in table[name]]
            table.insert(list(table.columns).index(name) + 1, f"{name}_label", labels)
    asked = {
        name: value
        for name in _ASKED
        if name not in table and isinstance(value := getattr(answer, name, None), str | float)
    }
    if hasattr(answer, "clause"):
        asked["clause"] = answer.clause[lang]
    given = {"model": about.model, "as_of": str(about.as_of), "horizon": str(about.horizon)}
    marks = {"preliminary": True} if isinstance(answer, Preliminary) else {}
    for place, (name, value) in enumerate((given | marks | asked).items()):
        table.insert(place, name, value)
    return table


def _label_of(
    answer: Any, about: About, name: str, *, several: bool
) -> Callable[[str, str], str] | None:
    """Return what says the label of a level of the index, or None where it has none."""
    # What an answer knows best is the label of its own rows; of scenarios that is the scenario.
    if hasattr(answer, "label") and (name == "scenario" or not several):
        return answer.label
    if name == "condition":
        return about.condition if several else None
    return about.label if name == "indicator" else None
