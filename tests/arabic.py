"""Arabic as a reader sees it."""

from __future__ import annotations

import re
from typing import Final

from withdrawal_risk.language import LANGUAGES

__all__ = ["numbers", "unmarked", "western_months"]

_MONTHS: Final = {
    name: f"{number:02}" for number, name in enumerate(LANGUAGES["ar"].month_names, start=1)
}


def unmarked(text: str) -> str:
    """Leave out the marks of direction, which keep signs in their places and are not seen."""
    return re.sub("[\u200e\u200f\u2066\u2069]", "", text)


def numbers(text: str) -> list[str]:
    """Return the numbers of a text in either language in their order, with months as ISO has them."""
    text = unmarked(text)
    for name, number in _MONTHS.items():
        text = re.sub(rf"{name} (\d{{4}})", rf"\1-{number}", text)
    return [
        found.replace(",", "").replace("−", "-").replace("+", "")
        for found in re.findall(r"\d{4}-\d\d(?!\d)|[−+]?\d[\d,]*(?:\.\d+)?", text)
    ]


def western_months(text: str) -> list[str]:
    """Return the names of months that are not those in use in Iraq and stand without them."""
    own = {name.split("/")[1] for name in _MONTHS}
    alone = re.sub("|".join(_MONTHS), "", text)
    return [name for name in sorted(own) if re.search(rf"\b[وبلفك]?{name}\b", alone)]
