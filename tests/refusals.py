"""What the library says no to, in its own words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import withdrawal_risk as wr

__all__ = ["refusal"]


def refusal(call: Callable[[], Any]) -> str:
    """Return what a call is refused with; nothing where it is not."""
    try:
        call()
    except wr.WithdrawalRiskError as refused:
        return str(refused)
    return ""
