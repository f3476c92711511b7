"""Indicator families, one file each, under the names that model files give them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from withdrawal_risk.families.base import FAR, Family, numpy_ops
from withdrawal_risk.families.binary import Binary
from withdrawal_risk.families.count import Count
from withdrawal_risk.families.lognormal import Lognormal
from withdrawal_risk.families.normal import Normal
from withdrawal_risk.families.ordinal import Ordinal
from withdrawal_risk.families.share import Share

__all__ = ["FAMILIES", "FAR", "Family", "numpy_ops"]

FAMILIES: Final[Mapping[str, Family]] = {
    family.name: family for family in (Normal(), Lognormal(), Count(), Share(), Ordinal(), Binary())
}
"""Every family by its name, in the order of the evidence blocks."""
