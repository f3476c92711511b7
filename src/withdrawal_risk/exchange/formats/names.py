"""Names that other programs accept."""

from __future__ import annotations

import re
from collections.abc import Collection

__all__ = ["identifier", "without_words"]


def identifier(model: str) -> str:
    """Return the id of a model with underscores for hyphens, beginning with a letter."""
    name = re.sub(r"\W", "_", model, flags=re.ASCII)
    return name if name[:1].isalpha() else f"model_{name}"


def without_words(ids: Collection[str], words: Collection[str]) -> dict[str, str]:
    """Return what stands for each id: itself, or with underscores after it where it is a word.

    Parameters
    ----------
    ids : collection of str
    words : collection of str
        Words of a language, which are no names in it.
    """
    written = {}
    for name in ids:
        other = name
        while other in words or (other != name and other in ids):
            other += "_"
        written[name] = other
    return written
