"""Everything that the compiled density of a model depends on besides the unknowns, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.families.registry import COMPILED_FAMILIES, family_of
from withdrawal_risk.inference.alignment import (
    Block,
    align_evidence,
    event_activity,
    event_age,
    evidence_months,
    policy_paths,
)
from withdrawal_risk.inference.drift import PartlyKnown
from withdrawal_risk.inference.parameters import Frame
from withdrawal_risk.inference.priors import COMPILED_KINDS, SUPPORTS, Prior
from withdrawal_risk.inference.states import look_table
from withdrawal_risk.model.library import Model

__all__ = [
    "UNKNOWNS",
    "Indicators",
    "Network",
    "Problem",
    "Rows",
    "States",
    "Unknowns",
    "locations_and_scales",
    "problem_of",
    "sampled_priors",
    "without_machine_code",
]

UNKNOWNS: Final = (
    "half_life",
    "weight_size",
    "own_scale",
    "baseline",
    "event_effect",
    "event_lasting",
    "drift_share",
    "drift_half_life",
    "start_innovation",
    "loading",
    "error",
    "category_gap_size",
    "nought",
    "nought_loading",
    "leaving",
    "state_start",
    "innovation_smooth",
    "innovation_jump",
    "reference",
)
"""The unknowns in the order of the sampled vector; a model need not have all of them."""


class Unknowns(NamedTuple):
    """The sampled vector and its priors.

    Parameters
    ----------
    segment : ndarray of int, shape (len(UNKNOWNS), 4)
        Of each array of unknowns: where it begins in the vector, its length, the number of its
        support in `SUPPORTS`, and that of its kind of prior.
    constant : ndarray, shape (1,)
        Log density of the priors at their locations.
    location, precision : ndarray, shape (unknown,)
        Of every prior, ``precision`` being 1 / scale.
    """

    segment: Any
    constant: Any
    location: Any
    precision: Any


class Network(NamedTuple):
    """What the path of levels depends on besides the unknowns.

    Parameters
    ----------
    latent_factor : ndarray of int, shape (latent,)
        Position among all nodes of each latent factor.
    inferred_factor : ndarray of int, shape (inferred,)
        The same of each inferred node.
    shock_factor : ndarray of int, shape (inferred,)
        The same for the columns of the innovations: the smooth ones, then those that jump.
    joint_start : ndarray of int, shape (inferred,)
        1 where the start level depends on innovations of other nodes, else 0.
    clamped : ndarray of int, shape (month, factor)
    edge_start, edge_parent, edge_lag : ndarray of int
        As in `PathInputs`.
    named_edge : ndarray of int, shape (weight,)
        Positions of the edges of the file among all.
    baseline_factor, effect_factor : ndarray of int, shape (baseline,) and (effect,)
        Position among all nodes of what they act on.
    effect_drift, effect_lasting : ndarray of int, shape (effect,)
        Position of its factor among those with drift, -1 where no part lasts; position of the part
        that lasts among the unknown ones, -1 where it is known.
    drift_latent, drift_hidden, drift_edge : ndarray of int, shape (drift,)
        Of each factor with drift, position among the latent; of its hidden parent, position among
        all nodes, and of the edge from there among all edges.
    drift_share, drift_half_life : ndarray of int, shape (drift,)
        Position among the unknown shares and half-lives, -1 where they are known.
    sign : ndarray, shape (weight,)
    start_mean : ndarray, shape (inferred,)
    start_root : ndarray, shape (inferred, inferred)
    given : ndarray, shape (month, factor)
    effect_active, effect_age : ndarray, shape (month, effect)
    known_lasting : ndarray, shape (effect,)
    known_share, known_half_life : ndarray, shape (drift,)
    """

    latent_factor: Any
    inferred_factor: Any
    shock_factor: Any
    joint_start: Any
    clamped: Any
    edge_start: Any
    edge_parent: Any
    edge_lag: Any
    named_edge: Any
    baseline_factor: Any
    effect_factor: Any
    effect_drift: Any
    effect_lasting: Any
    drift_latent: Any
    drift_hidden: Any
    drift_edge: Any
    drift_share: Any
    drift_half_life: Any
    sign: Any
    start_mean: Any
    start_root: Any
    given: Any
    effect_active: Any
    effect_age: Any
    known_lasting: Any
    known_share: Any
    known_half_life: Any


class Indicators(NamedTuple):
    """What indicators measure.

    Parameters
    ----------
    measured : ndarray of int, shape (indicator,)
        Position among all factors of what each indicator measures.
    error_place : ndarray of int, shape (indicator,)
        Position of its error among the errors; -1 without.
    gap_start : ndarray of int, shape (indicator + 1,)
        Its gaps between cut points are ``gap_start[k]`` to ``gap_start[k + 1]``.
    tailed, shrinking : ndarray of int, shape (indicator,)
        Whether its errors have heavy tails, and whether they shrink with the months of a row.
    nought_place : ndarray of int, shape (indicator,)
        Position among the flows that can stop; -1 where it is none.
    polarity : ndarray, shape (indicator,)
    evidence_month : ndarray, shape (indicator, month)
        As from `evidence_months`.
    """

    measured: Any
    error_place: Any
    gap_start: Any
    tailed: Any
    shrinking: Any
    nought_place: Any
    polarity: Any
    evidence_month: Any


class Rows(NamedTuple):
    """The evidence rows that are seen, of one family after the other.

    Parameters
    ----------
    family, indicator : ndarray of int, shape (row,)
        The number of the family in `COMPILED_FAMILIES`, and the position of the indicator.
    cell_start : ndarray of int, shape (row + 1,)
        The months of a row are the cells ``cell_start[r]`` to ``cell_start[r + 1]``.
    cell_month : ndarray of int, shape (cell,)
    value, se, grade : ndarray, shape (row,)
    cell_share : ndarray, shape (cell,)
    """

    family: Any
    indicator: Any
    cell_start: Any
    cell_month: Any
    value: Any
    se: Any
    grade: Any
    cell_share: Any


class States(NamedTuple):
    """The chains behind indicators with a memory, and the looks at them.

    Parameters
    ----------
    state_indicator : ndarray of int, shape (state,)
        Position of the indicator.
    state_leaving, state_start : ndarray of int, shape (state,)
        Position among the unknown probabilities of leaving, -1 where it never leaves; position
        among the unknown starts, -1 where it is known or at rest.
    look : ndarray of int, shape (state, month)
        What was seen; `NO_LOOK` where nothing was.
    known_start : ndarray, shape (state,)
        P(yes) before the first month, -1 where the chain rests or it is unknown.
    """

    state_indicator: Any
    state_leaving: Any
    state_start: Any
    look: Any
    known_start: Any


class Problem(NamedTuple):
    """Everything that the log density depends on besides the unknowns.

    Parameters
    ----------
    unknowns : Unknowns
    network : Network
    indicators : Indicators
    rows : Rows
    states : States
    """

    unknowns: Unknowns
    network: Network
    indicators: Indicators
    rows: Rows
    states: States


def without_machine_code(frame: Frame) -> str | None:
    """Say which part of a model has no compiled density; None where all have one."""
    for _, item in frame.indicators:
        if item.family not in COMPILED_FAMILIES and not family_of(item).has_memory:
            return f"family {item.family!r}"
    for prior in frame.priors.values():
        if prior.kind not in COMPILED_KINDS:
            return f"prior {prior.kind!r}"
    return None


def problem_of(model: Model, frame: Frame, as_of: Month) -> Problem:
    """Return the arrays of a model as an ``as_of`` sees it."""
    blocks = align_evidence(frame, model.evidence, as_of)
    location, scale = locations_and_scales(frame)
    error_place = np.full(len(frame.indicators), -1)
    error_place[frame.noisy] = np.arange(len(frame.noisy))
    gaps = [max(len(frame.categories(k)) - 2, 0) for k in range(len(frame.indicators))]
    unknowns = Unknowns(
        segment=_segments(frame),
        constant=np.array([_constant(frame)]),
        location=location,
        precision=1.0 / scale,
    )
    indicators = Indicators(
        measured=frame.measured,
        error_place=error_place,
        gap_start=np.cumsum([0, *gaps]),
        tailed=frame.tailed,
        shrinking=frame.shrinking,
        nought_place=_places(frame.coords["indicator"], frame.coords["stopping_indicator"]),
        polarity=frame.polarity,
        evidence_month=evidence_months(frame, blocks),
    )
    network, plain = _network(model, frame, as_of), [b for b in blocks if not b.family.has_memory]
    return Problem(unknowns, network, indicators, _rows(plain), _states(frame, blocks))


def _network(model: Model, frame: Frame, as_of: Month) -> Network:
    structure, window, drift = frame.structure, frame.window, frame.drift
    latent, inferred = frame.latent_index, frame.inferred_index
    clamped, given = policy_paths(model, structure.factors, window, as_of)
    off_diagonal = frame.start_root - np.diag(np.diag(frame.start_root))
    place = {name: j for j, name in enumerate(structure.factors)}
    return Network(
        latent_factor=latent,
        inferred_factor=inferred,
        shock_factor=np.concatenate([inferred[~frame.jump], inferred[frame.jump]]),
        joint_start=off_diagonal.any(axis=0) | off_diagonal.any(axis=1),
        clamped=clamped,
        edge_start=structure.edge_start,
        edge_parent=structure.edge_parent,
        edge_lag=structure.edge_lag,
        named_edge=structure.named_edge,
        baseline_factor=latent[frame.baseline],
        effect_factor=np.array([place[factor] for _, factor in frame.effects], dtype=np.int64),
        effect_drift=np.where(drift.lasting.known == 0, -1, drift.of_effect),
        effect_lasting=_place_among(drift.lasting),
        drift_latent=drift.latent,
        drift_hidden=structure.hidden,
        drift_edge=structure.hidden_edge,
        drift_share=_place_among(drift.share),
        drift_half_life=_place_among(drift.half_life),
        sign=frame.sign,
        start_mean=frame.start_mean,
        start_root=frame.start_root,
        given=given,
        effect_active=event_activity(model, frame.effects, window, as_of),
        effect_age=event_age(model, frame.effects, window),
        known_lasting=np.nan_to_num(drift.lasting.known),
        known_share=np.nan_to_num(drift.share.known),
        known_half_life=np.nan_to_num(drift.half_life.known),
    )


def _place_among(numbers: PartlyKnown) -> NDArray[np.int64]:
    """Return the position of each number among the unknown ones, -1 where it is known."""
    place = np.full(len(numbers.known), -1)
    place[numbers.inferred] = np.arange(len(numbers.inferred))
    return place


def sampled_priors(frame: Frame) -> list[Prior]:
    """Return the priors that a model has, in the order of the vector."""
    return [frame.priors[name] for name in UNKNOWNS if name in frame.priors]


def locations_and_scales(frame: Frame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return location and scale of every number in the vector, as two vectors."""
    priors = sampled_priors(frame)
    location = np.concatenate([prior.mu.ravel() for prior in priors])
    return location, np.concatenate([prior.sigma.ravel() for prior in priors])


def _segments(frame: Frame) -> NDArray[np.int64]:
    segments, begin = [], 0
    kinds = list(COMPILED_KINDS)
    for name in UNKNOWNS:
        prior = frame.priors.get(name)
        # What a model does not have is empty, and of any kind.
        size, support, kind = (
            (0, "real", 0)
            if prior is None
            else (prior.mu.size, prior.support, kinds.index(prior.kind))
        )
        segments.append((begin, size, SUPPORTS.index(support), kind))
        begin += size
    return np.array(segments)


def _constant(frame: Frame) -> float:
    """Return the log density of the priors at their locations."""
    constant = 0.0
    for prior in sampled_priors(frame):
        # Of what is sampled, so with the derivative of the transformation.
        middle = prior.constrained(prior.mu)
        constant += float(prior.log_density(middle).sum())
        constant += float(prior.log_slope(middle).sum())
    return constant


def _states(frame: Frame, blocks: Sequence[Block]) -> States:
    names, coords = frame.coords["state_indicator"], frame.coords
    block = next((b for b in blocks if b.family.has_memory), None)
    items = [frame.indicators[k][1] for k in frame.lasting]
    known = [family_of(item).known_start(item) for item in items]
    return States(
        state_indicator=frame.lasting,
        state_leaving=_places(names, coords["leaving_indicator"]),
        state_start=_places(names, coords["unsure_start"]),
        look=look_table(names, block, coords["indicator"], len(frame.window)),
        known_start=np.array([-1.0 if start is None else start for start in known]),
    )


def _places(names: Sequence[str], among: Sequence[str]) -> NDArray[np.int64]:
    """Return the position of each name among others, -1 where it is none of them."""
    return np.array([among.index(n) if n in among else -1 for n in names], dtype=np.int64)


def _rows(blocks: Sequence[Block]) -> Rows:
    """Return the rows that are seen, of one family after the other."""
    families = list(COMPILED_FAMILIES)
    parts = []
    for block in blocks:
        seen = block.seen > 0
        # Cells stand in the order of their rows.
        cells = seen[block.cell_row]
        parts.append(
            Rows(
                family=np.full(int(seen.sum()), families.index(block.family.name)),
                indicator=block.indicator[seen],
                cell_start=np.bincount(block.cell_row, minlength=len(seen))[seen],
                cell_month=block.cell_month[cells],
                value=block.value[seen],
                se=block.se[seen],
                grade=block.grade[seen],
                cell_share=block.cell_share[cells],
            )
        )
    none = Rows(*(np.zeros(0) for _ in Rows._fields))
    rows = Rows(*(np.concatenate(fields) for fields in zip(none, *parts, strict=True)))
    return rows._replace(cell_start=np.cumsum([0, *rows.cell_start]))
