"""What a fault of a model is, and how faults of references are said."""

from __future__ import annotations

from collections.abc import Collection

from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import did_you_mean
from withdrawal_risk.model.document import Path_

__all__ = ["Fault", "unknown"]

Fault = tuple[Path_, str]
"""A path inside the file, and what is wrong there."""


def unknown(what: str, name: str, valid: Collection[str]) -> str:
    """Say that a name does not refer to anything."""
    article = "an" if what[0] in "aeiou" else "a"
    return f"{quoted(name)} is not {article} {what} of the model; {did_you_mean(name, valid)}"
