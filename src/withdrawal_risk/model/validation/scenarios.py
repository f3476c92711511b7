"""Scenarios that contradict themselves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from withdrawal_risk.elements.conditions import Clause
from withdrawal_risk.elements.timeline import Month, Window
from withdrawal_risk.model.clauses import Truth, clause_holds, clause_months, holds, node_of
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.model.validation.faults import Fault

__all__ = ["contradiction_faults", "recognition_faults"]


def recognition_faults(spec: ModelSpec) -> Iterator[Fault]:
    """Find scenarios that are recognised, or never are, by paths that are given already."""
    window = Window(spec.time.start, spec.time.horizon)
    for name, scenario in spec.scenarios.items():
        if scenario.recognise is None:
            continue
        places: dict[Clause, int] = {}
        tree = node_of(scenario.recognise, places)
        results = [_given(spec, leaf, window) for leaf in places]
        sides = [bool(holds(tree, results, unknown, (1, 1))[0, 0]) for unknown in (True, False)]
        if sides[0] == sides[1]:
            yield (
                ("scenarios", name, "recognise"),
                f"the paths of policies alone decide it: it is {'always' if sides[0] else 'never'} "
                "met, whatever happens; add a clause on what is not yet known, or leave it out",
            )


def _given(spec: ModelSpec, clause: Clause, window: Window) -> Truth | None:
    """Say whether a clause on a policy holds on the file's own path; None of any other clause."""
    policy = spec.policies.get(clause.factor or "")
    if policy is None:
        return None
    level = np.zeros(len(window))
    for stretch in policy.path:
        if stretch.known <= spec.time.as_of:
            level[max(window.index(stretch.from_), 0) :] = policy.level(stretch.value)
    first, last = clause_months(clause, window)
    return clause_holds(spec, clause, level[None, max(first, 0) : last + 1, None])


def contradiction_faults(spec: ModelSpec) -> Iterator[Fault]:
    """Find months in which a scenario sets one factor, or scales one edge, twice."""
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
        scaled: dict[str, list[tuple[Month, Month]]] = {}
        for number, scale in enumerate(scenario.edges):
            for first, last in scaled.get(scale.edge, []):
                if scale.from_ <= last and first <= scale.to:
                    yield (
                        ("scenarios", name, "edges", number, "from"),
                        f"{scale.edge!r} is scaled from {first} to {last} already; let the spans "
                        "not overlap",
                    )
            scaled.setdefault(scale.edge, []).append((scale.from_, scale.to))
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
