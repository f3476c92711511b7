"""Leads, and the blocks in which their scores are reported."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

__all__ = ["LEADS", "MOST_LEAD", "block_of_leads"]

_FIRST: Final = (0, 1, 4, 7, 13)

LEADS: Final = ("0", "1-3", "4-6", "7-12", "13-24")
"""Months from the origin to the month that is forecast."""

MOST_LEAD: Final = 24


def block_of_leads(lead: pd.Series) -> pd.Categorical[Any]:
    """Return the block of every lead, in their order."""
    place = np.searchsorted(_FIRST, lead.to_numpy(), side="right") - 1
    return pd.Categorical([LEADS[k] for k in place], categories=list(LEADS), ordered=True)
