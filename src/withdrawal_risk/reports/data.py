"""Data of a report that its reader can keep: links that hold the file itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pandas as pd

from withdrawal_risk.files import table_bytes

if TYPE_CHECKING:
    from withdrawal_risk.reports.ingredients import Ingredients

__all__ = ["data_links"]

_EVIDENCE: Final = (
    *("id", "indicator", "start", "end", "published", "value", "low", "high", "se", "grade"),
    *("source", "url"),
)

_UNQUOTED: Final = "/:,;=?!()*@$+"
"""Besides letters and digits, what an address of data may hold as it is. Tables are mostly of these
and of letters and digits, so that they are shorter than in base64."""


def data_links(found: Ingredients) -> list[tuple[str, str, str]]:
    """Return the key of its name, the address and the file name of every file that a page offers.

    Texts in the tables that a spreadsheet would take for a formula are marked as text.
    """
    model = found.posterior.model
    evidence = [
        {name: getattr(row, name) for name in _EVIDENCE}
        | {day: str(getattr(row, day)) for day in ("start", "end", "published")}
        for row in model.evidence_at(found.posterior.as_of)
    ]
    files = {
        "outlook.json": ("data_outlook", json.dumps(found.outlook.to_dict()).encode()),
        "outlook.csv": ("data_conditions", _csv(found.outlook.summary)),
        "evidence.csv": ("data_evidence", table_bytes(pd.DataFrame(evidence), ".csv")),
    }
    if found.scenarios is not None:
        files["scenarios.csv"] = ("data_scenarios", _csv(found.scenarios.summary))
    if found.tripwires is not None:
        files["tripwires.csv"] = ("data_tripwires", _csv(found.tripwires.summary))
    return [
        (text, _address(content, name), f"{model.id}-{name}")
        for name, (text, content) in files.items()
    ]


def _csv(table: pd.DataFrame) -> bytes:
    return table_bytes(table.reset_index(), ".csv")


def _address(content: bytes, name: str) -> str:
    kind = "application/json" if name.endswith(".json") else "text/csv;charset=utf-8"
    return f"data:{kind},{quote(content, safe=_UNQUOTED)}"
