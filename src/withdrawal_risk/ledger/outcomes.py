"""What happened: outcomes as evidence rows, and the last word on each."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from withdrawal_risk.elements.timeline import Day
from withdrawal_risk.errors import ModelFileError
from withdrawal_risk.ledger.chain import Entry
from withdrawal_risk.model.evidence import EvidenceRow
from withdrawal_risk.model.evidence_file import parsed_row
from withdrawal_risk.model.library import Model

__all__ = ["Known", "Span", "day_of", "judgements_of", "reports_of", "row_of", "span_of"]

_FILE: Final = "outcome"

type Span = tuple[str, datetime.date, datetime.date]
"""Indicator, first and last day."""


class Known(NamedTuple):
    """An outcome and the day it became known.

    Parameters
    ----------
    row : EvidenceRow
    day : datetime.date
    """

    row: EvidenceRow
    day: datetime.date


def row_of(model: Model, fields: Mapping[str, str]) -> EvidenceRow:
    """Return an outcome as a row of evidence.

    Parameters
    ----------
    model : Model
        Which says what its indicator's values may be.
    fields : mapping of str to str
        Of an evidence file's columns those that are not empty.

    Raises
    ------
    ModelFileError
        If the row is at fault.
    """
    return parsed_row(fields, model.spec, _FILE)


def day_of(text: str) -> datetime.date:
    """Return the day on which something became known, of a month its last."""
    return Day.parse(text).last


def reports_of(entries: Sequence[Entry], model: Model) -> list[Known]:
    """Return what was written down of a model's indicators, in the order in which it became known.

    What this edition of the model cannot read, such as an indicator or a category that it does not
    have, is left out. Of a span the later report counts.
    """
    found = []
    for entry in entries:
        if entry.kind == "outcome" and entry.content["model"] == model.id:
            fields: Mapping[str, Any] = entry.content["row"]
            try:
                found.append(Known(row_of(model, fields), day_of(fields["published"])))
            except ModelFileError:
                continue
    return sorted(found, key=lambda one: one.day)


def span_of(row: EvidenceRow) -> Span:
    """Return what a row speaks of: two rows of one span are two reports of one thing."""
    return row.indicator, row.start.first, row.end.last


def judgements_of(entries: Sequence[Entry], model: str) -> dict[tuple[str, str], Entry]:
    """Return what judges said of a model's conditions, by condition and question, the last word."""
    return {
        (entry.content["condition"], entry.content["question"]): entry
        for entry in entries
        if entry.kind == "judgement" and entry.content["model"] == model
    }
