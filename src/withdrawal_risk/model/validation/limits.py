"""How large a model may be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.model.validation.faults import Fault

__all__ = ["MOST", "MOST_MONTHS", "limit_faults"]

MOST: Final = {
    "factors": 2000,
    "policies": 200,
    "edges": 10_000,
    "events": 500,
    "indicators": 2000,
    "conditions": 2000,
    "scenarios": 1000,
}
"""Elements of a file that are read at most; networks up to 1,000 factors are tried."""

MOST_MONTHS: Final = 1200
"""Months from the start to the horizon: a century."""

MOST_LEVELS: Final = 250_000
"""Months times factors and policies: 250 months of 1,000."""

FIRST_MONTH, LAST_MONTH = Month.parse("1700-01"), Month.parse("2250-12")
"""Nanoseconds, in which dates are kept, reach from 1678 to 2261."""


def limit_faults(spec: ModelSpec) -> Iterator[Fault]:
    """Find what is larger than anything the library was tried on."""
    for section, most in MOST.items():
        count = len(getattr(spec, section))
        if count > most:
            yield (section,), f"{count:,} {section}; at most {most:,} are read"
    months = spec.time.horizon - spec.time.start + 1
    # A date out of range often makes the span too long as well, which is not said twice.
    beyond = False
    for name, month in (("start", spec.time.start), ("horizon", spec.time.horizon)):
        if not FIRST_MONTH <= month <= LAST_MONTH:
            beyond = True
            yield (
                ("time", name),
                f"{month} is not between {FIRST_MONTH} and {LAST_MONTH}, the months that dates can "
                "name",
            )
    levels = months * (len(spec.factors) + len(spec.policies))
    if levels > MOST_LEVELS and months <= MOST_MONTHS:
        yield (
            ("time", "horizon"),
            f"{months:,} months of {len(spec.factors) + len(spec.policies):,} factors and policies "
            f"are {levels:,} levels; at most "
            f"{MOST_LEVELS:,} are read",
        )
    if months > MOST_MONTHS and not beyond:
        yield (
            ("time", "horizon"),
            f"{months:,} months from {spec.time.start} to {spec.time.horizon}; at most "
            f"{MOST_MONTHS:,} are read",
        )
