"""Pages show what their Python prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.docs.printed import PAGES, printed, shown

NUMBER = r"[<>]?[−+-]?\d[\d,]*(?:\.\d+)?"


def _value(text: str) -> float:
    return float(re.sub(r"[<>,+]", "", text).replace("−", "-"))


def _near(ours: str, theirs: str) -> bool:
    """Say whether a number is the same but for Monte Carlo error: two points, or two hundredths where it is a share.

    Effective sample sizes, which err by more, are in the thousands.
    """
    a, b = _value(ours), _value(theirs)
    if abs(b) > 1000:
        return abs(a / b - 1) < 0.2
    return abs(a - b) <= (0.02 if abs(b) < 1 and "." in theirs else 2)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_shows_what_it_prints(page: Path) -> None:
    for ours, theirs in zip(printed(page), shown(page), strict=True):
        assert re.sub(NUMBER, "#", ours) == re.sub(NUMBER, "#", theirs), (
            "write it anew: make readme"
        )
        pairs = zip(re.findall(NUMBER, ours), re.findall(NUMBER, theirs), strict=True)
        assert all(_near(a, b) for a, b in pairs), ours
