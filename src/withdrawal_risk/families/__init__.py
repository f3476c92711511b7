"""Indicator families, one file each, under the names that model files give them."""

from withdrawal_risk.families.base import FAR, Distribution, Family, numpy_ops
from withdrawal_risk.families.registry import FAMILIES, Indicator, family_of, register_family

__all__ = [
    "FAMILIES",
    "FAR",
    "Distribution",
    "Family",
    "Indicator",
    "family_of",
    "numpy_ops",
    "register_family",
]
