"""Which families have a form for the page, in JavaScript beside their Python."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from withdrawal_risk.families.base import Family

__all__ = ["has_live_form"]


def has_live_form(family: Family[Any]) -> bool:
    """Say whether a family has a form for the page; one of a user's own has none.

    Parameters
    ----------
    family : Family

    Examples
    --------
    >>> from withdrawal_risk.families.live_form import has_live_form
    >>> from withdrawal_risk.families.normal import Normal
    >>> has_live_form(Normal())
    True
    """
    kind = type(family)
    # A class of a user's own may have the name of a file by chance.
    if not kind.__module__.startswith("withdrawal_risk."):
        return False
    return files("withdrawal_risk.families").joinpath("live", f"{family.name}.js").is_file()
