"""Dates: in order, and within the months of the model."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from withdrawal_risk.elements.elicitation import FARTHEST_POLICY
from withdrawal_risk.elements.network import Announced, Policy
from withdrawal_risk.elements.scenarios import PolicyStretch
from withdrawal_risk.model.document import Path_
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.model.validation.faults import Fault

__all__ = ["date_faults", "far_policy"]


def date_faults(spec: ModelSpec) -> Iterator[Fault]:
    """Find dates out of order or out of range, and values of policies beyond any path."""
    yield from _scenarios(spec)
    for place, policy, path in _policy_paths(spec):
        months = [stretch.from_ for stretch in path]
        # Each stretch overwrites all months from its first on, so their order matters.
        for number, (a, b) in enumerate(itertools.pairwise(months), start=1):
            if not a < b:
                yield (*place, number, "from"), f"{b} is not after {a}; list the stretches by date"
        for number, stretch in enumerate(path):
            if abs(policy.level(stretch.value)) > FARTHEST_POLICY:
                yield (*place, number, "value"), far_policy(policy, stretch.value)
    for name, policy in spec.policies.items():
        yield from _announcements(spec, policy, ("policies", name, "path"))
    for name, event in spec.events.items():
        if event.from_ > spec.time.horizon:
            yield ("events", name, "from"), _after_the_horizon(spec, event.from_)


def _after_the_horizon(spec: ModelSpec, month: object) -> str:
    return f"{month} is after the horizon, {spec.time.horizon}"


def _scenarios(spec: ModelSpec) -> Iterator[Fault]:
    """Find scenarios that are not about the future."""
    time = spec.time
    for name, scenario in spec.scenarios.items():
        for part in ("do", "events", "edges"):
            for number, item in enumerate(getattr(scenario, part)):
                place: Path_ = ("scenarios", name, part, number)
                if item.from_ <= time.as_of:
                    yield (
                        (*place, "from"),
                        f"{item.from_} is not after as_of, {time.as_of}; a scenario is about the "
                        "future",
                    )
                if item.to > time.horizon:
                    yield (*place, "to"), _after_the_horizon(spec, item.to)
        for policy, path in scenario.policies.items():
            for number, stretch in enumerate(path):
                if stretch.from_ > time.horizon:
                    place = ("scenarios", name, "policies", policy, number, "from")
                    yield place, _after_the_horizon(spec, stretch.from_)


def _announcements(spec: ModelSpec, policy: Policy, place: Path_) -> Iterator[Fault]:
    """Find a path that does not hold, or was not known, from the start on."""
    start, first = spec.time.start, policy.path[0]
    if first.from_ > start:
        yield (
            (*place, 0, "from"),
            f"{first.from_} is after the model's start, {start}; say what held before",
        )
    if first.known > start:
        yield (
            (*place, 0, "published"),
            f"{first.known} is after the model's start, {start}; the first stretch must be known",
        )


def _policy_paths(
    spec: ModelSpec,
) -> Iterator[tuple[Path_, Policy, Sequence[Announced | PolicyStretch]]]:
    """Yield every path of a policy, in the file and in its scenarios."""
    for name, policy in spec.policies.items():
        yield ("policies", name, "path"), policy, policy.path
    for scenario, item in spec.scenarios.items():
        for name, path in item.policies.items():
            if name in spec.policies:
                yield ("scenarios", scenario, "policies", name), spec.policies[name], path


def far_policy(policy: Policy, value: float) -> str:
    """Say that a value lies too far from its policy's reference."""
    return (
        f"{value:,.10g} {policy.unit.en} is level {policy.level(value):,.4g}, at most "
        f"{FARTHEST_POLICY:g} is allowed; check it "
        "beside reference and per_level"
    )
