"""Scenarios that contradict themselves."""

from __future__ import annotations

from collections.abc import Iterator

from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.model.validation.faults import Fault

__all__ = ["contradiction_faults"]


def contradiction_faults(spec: ModelSpec) -> Iterator[Fault]:
    """Find months in which a scenario sets one factor twice."""
    for name, scenario in spec.scenarios.items():
        spans: dict[str, list[tuple[Month, Month]]] = {}
        for number, item in enumerate(scenario.do):
            place = ("scenarios", name, "do", number)
            # Another path runs from its first stretch to the horizon.
            if (
                item.factor in scenario.policies
                and scenario.policies[item.factor][0].from_ <= item.to
            ):
                yield (
                    (*place, "factor"),
                    f"{item.factor!r} has a path under 'policies' too; set it in one of the two",
                )
            for first, last in spans.get(item.factor, []):
                if item.from_ <= last and first <= item.to:
                    yield (
                        (*place, "from"),
                        f"{item.factor!r} is set from {first} to {last} already; let the spans not "
                        "overlap",
                    )
            spans.setdefault(item.factor, []).append((item.from_, item.to))
        for number, shock in enumerate(scenario.events):
            # A shock that reaches beyond the months that are set still acts there.
            if any(
                first <= shock.from_ and shock.to <= last
                for first, last in spans.get(shock.factor, [])
            ):
                yield (
                    ("scenarios", name, "events", number, "factor"),
                    f"{shock.factor!r} is set in these months, and what is set feels no event",
                )
