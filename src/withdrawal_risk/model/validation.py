"""What a model file must satisfy beyond the shape of its parts: references, cycles, scale, dates."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

import numpy as np

from withdrawal_risk.characters import quoted
from withdrawal_risk.dynamics.scale import MOST_EXPLAINED, own_scale, spectral_radius
from withdrawal_risk.dynamics.structure import Structure
from withdrawal_risk.elements.conditions import AllOf, AnyOf, Clause
from withdrawal_risk.elements.elicitation import (
    FARTHEST,
    FARTHEST_POLICY,
    LEVEL_NAMES,
    LONGEST_HALF_LIFE,
    SHORTEST_HALF_LIFE,
    too_large_for_a_level,
)
from withdrawal_risk.elements.network import Announced, Policy
from withdrawal_risk.elements.scenarios import PolicyStretch
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.errors import did_you_mean
from withdrawal_risk.families import family_of
from withdrawal_risk.model.document import Path_
from withdrawal_risk.model.network import feedback_groups, lag_zero_cycle, sweep_order
from withdrawal_risk.model.spec import ModelSpec

__all__ = ["MOST", "MOST_MONTHS", "Fault", "faults", "structure_at_prior_means"]

MOST: Final = {
    "factors": 2000, "policies": 200, "edges": 10_000, "events": 500, "indicators": 2000, "conditions": 2000, "scenarios": 1000,
}  # fmt: skip
"""Elements of a file that are read at most; networks up to 1,000 factors are tried."""

MOST_MONTHS: Final = 1200
"""Months from the start to the horizon: a century."""

MOST_LEVELS: Final = 250_000
"""Months times factors and policies: 250 months of 1,000."""

FIRST_MONTH, LAST_MONTH = Month.parse("1700-01"), Month.parse("2250-12")
"""Nanoseconds, in which dates are kept, reach from 1678 to 2261."""

_LARGEST_RADIUS: Final = 0.9995
"""A network whose slowest movement halves in `LONGEST_HALF_LIFE` has 0.99942."""

Fault = tuple[Path_, str]
"""A path inside the file, and what is wrong there."""


def structure_at_prior_means(
    spec: ModelSpec,
) -> tuple[Structure, np.ndarray, np.ndarray]:
    """Return the network's arrays, and its persistences and weights at their prior means.

    Policies persist fully; they are clamped, so the number is never used.
    """
    edges = [(edge.from_, edge.to, edge.lag) for edge in spec.edges]
    order = sweep_order(
        sorted([*spec.factors, *spec.policies]), [(a, b) for a, b, lag in edges if lag == 0]
    )
    structure = Structure.build(order, edges)
    weights = {(edge.from_, edge.to): edge.weight.mean for edge in spec.edges}
    phi = np.array(
        [
            2 ** (-1 / spec.factors[name].half_life.mean) if name in spec.factors else 0.5
            for name in order
        ]
    )
    return structure, phi, np.array([weights[a, b] for a, b, _ in structure.edges])


def faults(spec: ModelSpec, left_out: Collection[str] | None = None) -> Iterator[Fault]:
    """Yield every fault of a model.

    Parameters
    ----------
    spec : ModelSpec
    left_out : collection of str, optional
        Ids of elements whose own faults are reported elsewhere, which may be referred to; absent where the file is whole.
    """
    known = left_out or ()
    too_large = False
    for fault in _limits(spec):
        too_large = True
        yield fault
    if too_large:
        return
    nodes = {*spec.factors, *spec.policies, *known}
    yield from _names(spec)
    edges_sound = True
    for fault in _edges(spec, nodes):
        edges_sound = False
        yield fault
    yield from _references(spec, nodes, {*spec.indicators, *known}, known)
    yield from _basis(spec, left_out)
    yield from _dates(spec)
    yield from _contradictions(spec)
    if edges_sound and left_out is None:
        yield from _dynamics(spec)


def _limits(spec: ModelSpec) -> Iterator[Fault]:
    """Find what is larger than anything the library was tried on, before work is begun that would not end."""
    for section, most in MOST.items():
        count = len(getattr(spec, section))
        if count > most:
            yield (section,), f"{count:,} {section}; at most {most:,} are read"
    months = spec.time.horizon - spec.time.start + 1
    beyond = False
    for name, month in (("start", spec.time.start), ("horizon", spec.time.horizon)):
        if not FIRST_MONTH <= month <= LAST_MONTH:
            beyond = True
            yield (
                ("time", name),
                f"{month} is not between {FIRST_MONTH} and {LAST_MONTH}, the months that dates can name",
            )
    levels = months * (len(spec.factors) + len(spec.policies))
    if levels > MOST_LEVELS and months <= MOST_MONTHS:
        yield (
            ("time", "horizon"),
            f"{months:,} months of {len(spec.factors) + len(spec.policies):,} factors and policies are {levels:,} levels; at most "
            f"{MOST_LEVELS:,} are read",
        )
    if months > MOST_MONTHS and not beyond:
        yield (
            ("time", "horizon"),
            f"{months:,} months from {spec.time.start} to {spec.time.horizon}; at most {MOST_MONTHS:,} are read",
        )


def _names(spec: ModelSpec) -> Iterator[Fault]:
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


def _unknown(what: str, name: str, valid: set[str]) -> str:
    return f"{quoted(name)} is not a {what} of the model; {did_you_mean(name, valid)}"


def _edges(spec: ModelSpec, nodes: set[str]) -> Iterator[Fault]:
    seen: dict[tuple[str, str], int] = {}
    for number, edge in enumerate(spec.edges):
        here: Path_ = ("edges", number)
        for end, name in (("from", edge.from_), ("to", edge.to)):
            if name not in nodes:
                yield (*here, end), _unknown("factor", name, nodes)
        if edge.from_ == edge.to:
            yield (
                here,
                f"a self-loop on {edge.to!r}; how a factor depends on its own past is its half_life",
            )
        if edge.to in spec.policies:
            yield (*here, "to"), f"{edge.to!r} is a policy: its path is given, nothing acts on it"
        pair = (edge.from_, edge.to)
        if pair in seen:
            yield (
                here,
                f"duplicate edge from {edge.from_!r} to {edge.to!r}, first given as edges[{seen[pair]}]; keep one",
            )
        seen.setdefault(pair, number)
    instant = {
        (edge.from_, edge.to): number
        for number, edge in enumerate(spec.edges)
        if edge.lag == 0 and edge.from_ != edge.to and {edge.from_, edge.to} <= nodes
    }
    cycle = lag_zero_cycle(sorted(nodes), list(instant))
    if cycle:
        yield (
            ("edges", instant[cycle[0], cycle[1]]),
            f"a cycle among lag-0 edges: {' -> '.join(cycle)}; give one of them a lag of 1 or more",
        )


def _dynamics(spec: ModelSpec) -> Iterator[Fault]:
    endless = [
        name for name, factor in spec.factors.items() if factor.half_life.mean > LONGEST_HALF_LIFE
    ]
    for name, factor in spec.factors.items():
        if factor.half_life.p5 < SHORTEST_HALF_LIFE:
            yield (
                ("factors", name, "half_life"),
                f"p5 is {factor.half_life.p5:g} months, at least {SHORTEST_HALF_LIFE:g} is allowed; what answers at once has "
                "forgotten everything within a month all the same",
            )
    for name in endless:
        yield (
            ("factors", name, "half_life"),
            f"its mean is {spec.factors[name].half_life.mean:.4g} months, at most {LONGEST_HALF_LIFE:g} are allowed; write what "
            "a level needs to answer, not how long a state lasts",
        )
    if endless:
        return
    structure, phi, weight = structure_at_prior_means(spec)
    radius = spectral_radius(structure, phi, weight)
    if radius >= _LARGEST_RADIUS:
        place, remedy = _remedy(spec, structure, phi, weight, None)
        yield (
            place,
            f"explosive feedback: at the prior means the spectral radius is {radius:.3f}, it must be below "
            f"{_LARGEST_RADIUS:g}; {remedy}",
        )
        return
    solved = own_scale(structure, phi, weight, clamped=tuple(spec.policies))
    for name, share in zip(structure.factors, solved.explained, strict=True):
        if share > MOST_EXPLAINED:
            yield (
                ("factors", name),
                f"its parents explain {share:.1%} of its variance at the prior means, at most "
                f"{MOST_EXPLAINED:.0%} is allowed; {_remedy(spec, structure, phi, weight, name)[1]}",
            )


def _strongest_edge(structure: Structure, weight: np.ndarray, child: str | None) -> int:
    """Return the strongest edge into a factor or, without one, of the feedback loops, which alone explode."""
    if child is None:
        loops = {(a, b) for group in feedback_groups(structure.edges) for a in group for b in group}
        chosen = [e for e, (a, b, _) in enumerate(structure.edges) if (a, b) in loops]
    else:
        chosen = [e for e, (_, b, _) in enumerate(structure.edges) if b == child]
    return max(chosen, key=lambda e: abs(weight[e]))


def _remedy(
    spec: ModelSpec, structure: Structure, phi: np.ndarray, weight: np.ndarray, child: str | None
) -> tuple[Path_, str]:
    """Return the place in the file of the strongest edge, and the weight with which all would be well."""
    e, policies = _strongest_edge(structure, weight, child), tuple(spec.policies)
    low, high = 0.0, 1.0
    for _ in range(10):
        middle, trial = (low + high) / 2, weight.copy()
        trial[e] *= middle
        sound = spectral_radius(structure, phi, trial) < _LARGEST_RADIUS
        if sound:
            share = own_scale(structure, phi, trial, clamped=policies).explained
            looked_at = share if child is None else share[structure.factors.index(child)]
            sound = bool(np.all(looked_at <= MOST_EXPLAINED))
        low, high = (middle, high) if sound else (low, middle)
    parent, to, _ = structure.edges[e]
    place = (
        "edges",
        next(n for n, edge in enumerate(spec.edges) if (edge.from_, edge.to) == (parent, to)),
    )
    if low > 0.01:
        # A little less than the last that would do, so that its two digits still do.
        size = 0.95 * low * weight[e]
        return (
            place,
            f"a mean weight of {size:+.2f} instead of {weight[e]:+.2f} from {parent!r} to {to!r} would do",
        )
    return (
        place,
        f"weaken several edges, first the one from {parent!r} to {to!r}, whose mean weight is {weight[e]:+.2f}",
    )


def _tree(
    spec: ModelSpec, tree: AllOf | AnyOf | Clause, here: Path_
) -> Iterator[tuple[Path_, Clause]]:
    if isinstance(tree, Clause):
        yield here, tree
        return
    kind, parts = ("all", tree.all) if isinstance(tree, AllOf) else ("any", tree.any)
    for number, part in enumerate(parts):
        yield from _tree(spec, part, (*here, kind, number))


def _clause(
    spec: ModelSpec, clause: Clause, here: Path_, nodes: set[str], indicators: set[str]
) -> Iterator[Fault]:
    side = "at_least" if clause.at_least is not None else "at_most"
    if clause.factor is not None:
        if clause.factor not in nodes:
            yield (*here, "factor"), _unknown("factor", clause.factor, nodes)
        if isinstance(clause.bound, str) and clause.bound not in LEVEL_NAMES:
            yield (
                (*here, side),
                f"{quoted(clause.bound)} is not a level; {did_you_mean(clause.bound, LEVEL_NAMES)}, or a number",
            )
        if clause.statistic == "total":
            yield (*here, "statistic"), "a level has no total; use mean, min, max or last"
        policy = spec.policies.get(clause.factor)
        farthest = FARTHEST
        if policy is not None:
            values = [stretch.value for stretch in policy.path]
            for scenario in spec.scenarios.values():
                values += [stretch.value for stretch in scenario.policies.get(clause.factor, ())]
            farthest = max(farthest, *(abs(policy.level(value)) for value in values))
        if not isinstance(clause.bound, str) and abs(clause.bound) > farthest:
            meant = (
                f"; {clause.bound:g} {policy.unit.en} is level {policy.level(clause.bound):.2f}"
                if policy
                else ""
            )
            yield (*here, side), too_large_for_a_level(clause.bound) + meant
    else:
        name = clause.indicator or ""
        if name not in indicators:
            yield (*here, "indicator"), _unknown("indicator", name, indicators)
        indicator = spec.indicators.get(name)
        if indicator is not None:
            family = family_of(indicator)
            try:
                family.parse_bound(indicator, clause.bound)
            except ValueError as error:
                yield (*here, side), str(error)
            if (fault := family.statistic_fault(clause.statistic)) is not None:
                yield (*here, "statistic"), f"{name!r} {fault}"
    if clause.from_ is not None and clause.to is not None:
        if clause.from_ < spec.time.start:
            yield (*here, "from"), f"{clause.from_} is before the model's start, {spec.time.start}"
        if clause.to > spec.time.horizon:
            yield (*here, "to"), f"{clause.to} is after the horizon, {spec.time.horizon}"
    months = spec.time.horizon - spec.time.start + 1
    if clause.last is not None and clause.last > months:
        yield (*here, "last"), f"{clause.last} months reach back before the start; at most {months}"


def _references(
    spec: ModelSpec, nodes: set[str], indicators: set[str], known: Collection[str]
) -> Iterator[Fault]:
    latent = nodes - set(spec.policies)
    for name, indicator in spec.indicators.items():
        if indicator.measures not in latent:
            yield ("indicators", name, "measures"), _unknown("factor", indicator.measures, latent)
    for name, event in spec.events.items():
        for number, effect in enumerate(event.effects):
            if effect.factor not in latent:
                yield (
                    ("events", name, "effects", number, "factor"),
                    _unknown("factor", effect.factor, latent),
                )
    trees: list[tuple[Path_, AllOf | AnyOf | Clause]] = [
        (("conditions", name), condition.tree) for name, condition in spec.conditions.items()
    ]
    for name, scenario in spec.scenarios.items():
        if scenario.recognise is not None:
            trees.append((("scenarios", name, "recognise"), scenario.recognise))
    for here, tree in trees:
        for place, clause in _tree(spec, tree, here):
            yield from _clause(spec, clause, place, nodes, indicators)
    for name, scenario in spec.scenarios.items():
        here = ("scenarios", name)
        for number, do in enumerate(scenario.do):
            if do.factor not in nodes:
                yield (*here, "do", number, "factor"), _unknown("factor", do.factor, nodes)
            if isinstance(do.level, str) and do.level not in LEVEL_NAMES:
                yield (
                    (*here, "do", number, "level"),
                    f"{quoted(do.level)} is not a level; {did_you_mean(do.level, LEVEL_NAMES)}, or a number",
                )
            for side in ("level", "shift"):
                size = getattr(do, side)
                if (
                    do.factor in latent
                    and not isinstance(size, str | None)
                    and abs(size) > FARTHEST
                ):
                    yield (*here, "do", number, side), too_large_for_a_level(size)
        for number, shock in enumerate(scenario.events):
            if shock.factor not in latent:
                yield (*here, "events", number, "factor"), _unknown("factor", shock.factor, latent)
        for policy in scenario.policies:
            if policy not in spec.policies and policy not in known:
                yield (*here, "policies", policy), _unknown("policy", policy, set(spec.policies))


def _contradictions(spec: ModelSpec) -> Iterator[Fault]:
    """Find months in which a scenario sets one factor twice."""
    for name, scenario in spec.scenarios.items():
        spans: dict[str, list[tuple[Month, Month]]] = {}
        for number, item in enumerate(scenario.do):
            here = ("scenarios", name, "do", number)
            if (
                item.factor in scenario.policies
                and scenario.policies[item.factor][0].from_ <= item.to
            ):
                yield (
                    (*here, "factor"),
                    f"{item.factor!r} has a path under 'policies' too; set it in one of the two",
                )
            for first, last in spans.get(item.factor, []):
                if item.from_ <= last and first <= item.to:
                    yield (
                        (*here, "from"),
                        f"{item.factor!r} is set from {first} to {last} already; let the spans not overlap",
                    )
            spans.setdefault(item.factor, []).append((item.from_, item.to))
        for number, shock in enumerate(scenario.events):
            if any(
                first <= shock.from_ and shock.to <= last
                for first, last in spans.get(shock.factor, [])
            ):
                yield (
                    ("scenarios", name, "events", number, "factor"),
                    f"{shock.factor!r} is set in these months, and what is set feels no event",
                )


def _dates(spec: ModelSpec) -> Iterator[Fault]:
    time = spec.time
    paths: list[tuple[Path_, Sequence[object]]] = [
        (("policies", name, "path"), policy.path) for name, policy in spec.policies.items()
    ]
    for name, scenario in spec.scenarios.items():
        paths += [
            (("scenarios", name, "policies", policy), path)
            for policy, path in scenario.policies.items()
        ]
        for part in ("do", "events"):
            for number, item in enumerate(getattr(scenario, part)):
                if item.from_ <= time.as_of:
                    yield (
                        ("scenarios", name, part, number, "from"),
                        f"{item.from_} is not after as_of, {time.as_of}; a scenario is about the future",
                    )
                if item.to > time.horizon:
                    yield (
                        ("scenarios", name, part, number, "to"),
                        f"{item.to} is after the horizon, {time.horizon}",
                    )
        for replaced, stretches in scenario.policies.items():
            for number, late in enumerate(stretches):
                if late.from_ > time.horizon:
                    yield (
                        ("scenarios", name, "policies", replaced, number, "from"),
                        f"{late.from_} is after the horizon, {time.horizon}",
                    )
    for here, path in paths:
        months = [stretch.from_ for stretch in path]  # type: ignore[attr-defined]
        for number, (a, b) in enumerate(itertools.pairwise(months), start=1):
            if not a < b:
                yield (*here, number, "from"), f"{b} is not after {a}; list the stretches by date"
    for here, policy, stretches_ in _policy_paths(spec):
        for number, given in enumerate(stretches_):
            if abs(policy.level(given.value)) > FARTHEST_POLICY:
                yield (*here, number, "value"), far_policy(policy, given.value)
    for name, policy in spec.policies.items():
        first = policy.path[0]
        if first.from_ > time.start:
            yield (
                ("policies", name, "path", 0, "from"),
                f"{first.from_} is after the model's start, {time.start}; say what held before",
            )
        if first.known > time.start:
            yield (
                ("policies", name, "path", 0, "published"),
                f"{first.known} is after the model's start, {time.start}; the first stretch must be known",
            )
        for number, stretch in enumerate(policy.path):
            if stretch.published is not None and stretch.published > stretch.from_:
                yield (
                    ("policies", name, "path", number, "published"),
                    f"{stretch.published} is after 'from', {stretch.from_}; a path is announced by then",
                )
    for name, event in spec.events.items():
        if event.from_ > time.horizon:
            yield ("events", name, "from"), f"{event.from_} is after the horizon, {time.horizon}"


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
    """Say that a value of a policy lies further from its reference than any path could be followed."""
    return (
        f"{value:,.10g} {policy.unit.en} is level {policy.level(value):,.4g}, at most {FARTHEST_POLICY:g} is allowed; check it "
        "beside reference and per_level"
    )


_CLAIM = re.compile(r"^[A-Z][0-9]{1,2}$")


def _basis(spec: ModelSpec, left_out: Collection[str] | None) -> Iterator[Fault]:
    cited: set[str] = set()
    elements: list[tuple[Path_, tuple[str, ...]]] = [
        ((section, name), item.basis)
        for section in ("factors", "policies", "events", "indicators", "conditions", "scenarios")
        for name, item in getattr(spec, section).items()
    ]
    elements += [(("edges", number), edge.basis) for number, edge in enumerate(spec.edges)]
    for here, basis in elements:
        for text in basis:
            if _CLAIM.fullmatch(text):
                cited.add(text)
                if text not in spec.claims and text not in (left_out or ()):
                    yield (*here, "basis"), _unknown("claim", text, set(spec.claims))
            elif not re.fullmatch(r"https?://\S+|judgement: \S.*", text, re.DOTALL):
                yield (
                    (*here, "basis"),
                    f"{quoted(text)} is not a basis; write a claim id, a source's https address, or "
                    "'judgement: ' and the reason",
                )
    for name, claim in spec.claims.items():
        if name not in cited and claim.context is None and left_out is None:
            yield (
                ("claims", name),
                f"no element has claim {name} as its basis; cite it, or give 'context' saying why not",
            )
