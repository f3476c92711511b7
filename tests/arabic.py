"""Arabic as a reader sees it."""

from __future__ import annotations

import re

__all__ = ["unmarked"]


def unmarked(text: str) -> str:
    """Leave out the marks of direction, which keep signs in their places and are not seen."""
    return re.sub("[\u200e\u200f\u2066\u2069]", "", text)
