"""Names: each used once, and referring to something."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.conditions import Clause, placed_clauses
from withdrawal_risk.elements.elicitation import FARTHEST, LEVEL_NAMES, too_large_for_a_level
from withdrawal_risk.elements.scenarios import Scenario, SetLevel
from withdrawal_risk.errors import did_you_mean
from withdrawal_risk.families import family_of
from withdrawal_risk.model.document import Path_
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.model.validation.faults import Fault, unknown

__all__ = ["name_faults", "reference_faults", "scaled_edge_faults"]


def name_faults(spec: ModelSpec) -> Iterator[Fault]:
    """Find names that are used twice."""
    seen: dict[str, str] = {}
    for section in ("factors", "policies", "indicators"):
        for name in getattr(spec, section):
            if name in seen:
                yield (
                    (section, name),
                    f"duplicate id {name!r}, already used in {seen[name]}; rename one",
                )
            seen.setdefault(name, section)
    for name in spec.conditions:
        if name == "all_conditions":
            yield ("conditions", name), "'all_conditions' is the name of the conjunction; rename it"


def reference_faults(
    spec: ModelSpec, nodes: set[str], indicators: set[str], skipped: Collection[str]
) -> Iterator[Fault]:
    """Find names that refer to nothing, and bounds and levels that cannot be met.

    Parameters
    ----------
    spec : ModelSpec
    nodes, indicators : set of str
        What may be referred to.
    known : collection of str
        Ids of elements whose own faults are reported elsewhere.
    """
    latent = nodes - set(spec.policies)
    for name, indicator in spec.indicators.items():
        if indicator.measures not in latent:
            yield ("indicators", name, "measures"), unknown("factor", indicator.measures, latent)
    for name, event in spec.events.items():
        for number, effect in enumerate(event.effects):
            if effect.factor not in latent:
                where: Path_ = ("events", name, "effects", number, "factor")
                yield where, unknown("factor", effect.factor, latent)
    for place, clause in _all_clauses(spec):
        yield from _clause(spec, clause, place, nodes, indicators)
    yield from _readers(spec, nodes | indicators)
    for name, scenario in spec.scenarios.items():
        yield from _scenario(spec, scenario, ("scenarios", name), nodes, latent)
        for policy in scenario.policies:
            if policy not in spec.policies and policy not in skipped:
                place = ("scenarios", name, "policies", policy)
                yield place, unknown("policy", policy, set(spec.policies))


def _readers(spec: ModelSpec, valid: set[str]) -> Iterator[Fault]:
    for name, item in spec.readers.items():
        for number, shown in enumerate(item.show):
            if shown not in valid:
                place: Path_ = ("readers", name, "show", number)
                yield place, unknown("factor, policy or indicator", shown, valid)


def _all_clauses(spec: ModelSpec) -> Iterator[tuple[Path_, Clause]]:
    """Yield every clause of the file with its place."""
    for name, condition in spec.conditions.items():
        yield from placed_clauses(condition.tree, ("conditions", name))
    for name, scenario in spec.scenarios.items():
        if scenario.recognise is not None:
            yield from placed_clauses(scenario.recognise, ("scenarios", name, "recognise"))


def _scenario(
    spec: ModelSpec, scenario: Scenario, place: Path_, nodes: set[str], latent: set[str]
) -> Iterator[Fault]:
    for number, item in enumerate(scenario.do):
        yield from _setting(spec, item, (*place, "do", number), nodes, latent)
    for number, shock in enumerate(scenario.events):
        if shock.factor not in latent:
            yield (*place, "events", number, "factor"), unknown("factor", shock.factor, latent)


def scaled_edge_faults(spec: ModelSpec) -> Iterator[Fault]:
    """Find scenarios that scale an edge that is not there."""
    edges = {edge.id for edge in spec.edges}
    for name, scenario in spec.scenarios.items():
        for number, item in enumerate(scenario.edges):
            if item.edge not in edges:
                place: Path_ = ("scenarios", name, "edges", number, "edge")
                yield place, unknown("edge", item.edge, edges)


def _setting(
    spec: ModelSpec, item: SetLevel, place: Path_, nodes: set[str], latent: set[str]
) -> Iterator[Fault]:
    if item.factor not in nodes:
        yield (*place, "factor"), unknown("factor", item.factor, nodes)
    if isinstance(item.level, str) and (fault := _no_level(spec, item.factor, item.level)):
        yield (*place, "level"), fault
    for side in ("level", "shift"):
        size = getattr(item, side)
        if isinstance(size, float) and item.factor in latent and abs(size) > FARTHEST:
            yield (*place, side), too_large_for_a_level(size)


def _no_level(spec: ModelSpec, node: str, name: str) -> str | None:
    """Say that a name is none of a level; None where it is one."""
    known = spec.factors.get(node) or spec.policies.get(node)
    names = LEVEL_NAMES if known is None else known.level_names
    if name in names:
        return None
    return f"{quoted(name)} is not a level; {did_you_mean(name, names)}, or a number"


def _clause(
    spec: ModelSpec, clause: Clause, place: Path_, nodes: set[str], indicators: set[str]
) -> Iterator[Fault]:
    if clause.factor is not None:
        yield from _clause_on_a_level(spec, clause, place, nodes)
    else:
        yield from _clause_on_an_indicator(spec, clause, place, indicators)
    if clause.from_ is not None and clause.to is not None:
        if clause.from_ < spec.time.start:
            yield (*place, "from"), f"{clause.from_} is before the model's start, {spec.time.start}"
        if clause.to > spec.time.horizon:
            yield (*place, "to"), f"{clause.to} is after the horizon, {spec.time.horizon}"
    months = spec.time.horizon - spec.time.start + 1
    if clause.last is not None and clause.last > months:
        yield (
            (*place, "last"),
            f"{clause.last} months reach back before the start; at most {months}",
        )


def _side(clause: Clause) -> str:
    return "at_least" if clause.is_lower else "at_most"


def _clause_on_a_level(
    spec: ModelSpec, clause: Clause, place: Path_, nodes: set[str]
) -> Iterator[Fault]:
    name, bound = clause.factor or "", clause.bound
    if name not in nodes:
        yield (*place, "factor"), unknown("factor", name, nodes)
    if clause.statistic == "total":
        yield (*place, "statistic"), "a level has no total; use mean, min, max or last"
    if isinstance(bound, str):
        if (fault := _no_level(spec, name, bound)) is not None:
            yield (*place, _side(clause)), fault
        return
    policy, farthest = spec.policies.get(name), FARTHEST
    if policy is not None:
        # A policy may go further than any factor, as far as some path in the file does.
        values = [stretch.value for stretch in policy.path]
        for scenario in spec.scenarios.values():
            values += [stretch.value for stretch in scenario.policies.get(name, ())]
        farthest = max(farthest, *(abs(policy.level(value)) for value in values))
    if abs(bound) > farthest:
        message = too_large_for_a_level(bound)
        if policy is not None:
            message += f"; {bound:g} {policy.unit.en} is level {policy.level(bound):.2f}"
        yield (*place, _side(clause)), message


def _clause_on_an_indicator(
    spec: ModelSpec, clause: Clause, place: Path_, indicators: set[str]
) -> Iterator[Fault]:
    name = clause.indicator or ""
    if name not in indicators:
        yield (*place, "indicator"), unknown("indicator", name, indicators)
    indicator = spec.indicators.get(name)
    if indicator is None:
        return
    family = family_of(indicator)
    if clause.at_least is None and clause.at_most is None and family.axis != "probability":
        message = f"{name!r} is no yes or no: write at_least or at_most, what it is to reach"
        yield place, message
        return
    try:
        family.parse_bound(indicator, clause.bound)
    except ValueError as error:
        yield (*place, _side(clause)), str(error)
    if (fault := family.statistic_fault(clause.statistic)) is not None:
        yield (*place, "statistic"), f"{name!r} {fault}"
