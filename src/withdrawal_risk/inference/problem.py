"""Everything that the compiled density of a model depends on besides the unknowns, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.families.registry import COMPILED_FAMILIES
from withdrawal_risk.inference.alignment import (
    Block,
    align_evidence,
    event_activity,
    evidence_months,
    policy_paths,
)
from withdrawal_risk.inference.parameters import Frame
from withdrawal_risk.inference.priors import COMPILED_KINDS, Prior
from withdrawal_risk.model.library import Model

__all__ = [
    "UNKNOWNS",
    "Indicators",
    "Network",
    "Problem",
    "Rows",
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
    "start_innovation",
    "loading",
    "error",
    "category_gap_size",
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
        Of each array of unknowns: where it begins in the vector, its length, whether its logarithm
        is sampled, and the number of its kind of prior.
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
        Position among all factors of each latent one.
    shock_factor : ndarray of int, shape (latent,)
        The same for the columns of the innovations: the smooth ones, then those that jump.
    joint_latent : ndarray of int, shape (latent,)
        1 where the start level depends on innovations of other factors, else 0.
    clamped : ndarray of int, shape (month, factor)
    edge_start, edge_parent, edge_lag : ndarray of int
        As in `PathInputs`.
    baseline_factor, effect_factor : ndarray of int, shape (baseline,) and (effect,)
        Position among all factors of what they act on.
    sign : ndarray, shape (edge,)
    start_mean : ndarray, shape (latent,)
    start_root : ndarray, shape (latent, latent)
    given : ndarray, shape (month, factor)
    effect_active : ndarray, shape (month, effect)
    """

    latent_factor: Any
    shock_factor: Any
    joint_latent: Any
    clamped: Any
    edge_start: Any
    edge_parent: Any
    edge_lag: Any
    baseline_factor: Any
    effect_factor: Any
    sign: Any
    start_mean: Any
    start_root: Any
    given: Any
    effect_active: Any


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
    polarity : ndarray, shape (indicator,)
    evidence_month : ndarray, shape (indicator, month)
        As from `evidence_months`.
    """

    measured: Any
    error_place: Any
    gap_start: Any
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


class Problem(NamedTuple):
    """Everything that the log density depends on besides the unknowns.

    Parameters
    ----------
    unknowns : Unknowns
    network : Network
    indicators : Indicators
    rows : Rows
    """

    unknowns: Unknowns
    network: Network
    indicators: Indicators
    rows: Rows


def without_machine_code(frame: Frame) -> str | None:
    """Say which part of a model has no compiled density; None where all have one."""
    for _, item in frame.indicators:
        if item.family not in COMPILED_FAMILIES:
            return f"family {item.family!r}"
    for prior in frame.priors.values():
        if prior.kind not in COMPILED_KINDS:
            return f"prior {prior.kind!r}"
    return None


def problem_of(model: Model, frame: Frame, as_of: Month) -> Problem:
    """Return the arrays of a model as an ``as_of`` sees it."""
    structure, window, latent = frame.structure, frame.window, frame.latent_index
    blocks = align_evidence(frame, model.evidence, as_of)
    clamped, given = policy_paths(model, structure.factors, window, as_of)
    location, scale = locations_and_scales(frame)
    off_diagonal = frame.start_root - np.diag(np.diag(frame.start_root))
    place = {name: j for j, name in enumerate(structure.factors)}
    error_place = np.full(len(frame.indicators), -1)
    error_place[frame.noisy] = np.arange(len(frame.noisy))
    gaps = [max(len(frame.categories(k)) - 2, 0) for k in range(len(frame.indicators))]
    unknowns = Unknowns(
        segment=_segments(frame),
        constant=np.array([_constant(frame)]),
        location=location,
        precision=1.0 / scale,
    )
    network = Network(
        latent_factor=latent,
        shock_factor=np.concatenate([latent[~frame.jump], latent[frame.jump]]),
        joint_latent=off_diagonal.any(axis=0) | off_diagonal.any(axis=1),
        clamped=clamped,
        **structure.arrays._asdict(),
        baseline_factor=latent[frame.baseline],
        effect_factor=np.array([place[factor] for _, factor in frame.effects], dtype=np.int64),
        sign=frame.sign,
        start_mean=frame.start_mean,
        start_root=frame.start_root,
        given=given,
        effect_active=event_activity(model, frame.effects, window, as_of),
    )
    indicators = Indicators(
        measured=frame.measured,
        error_place=error_place,
        gap_start=np.cumsum([0, *gaps]),
        polarity=frame.polarity,
        evidence_month=evidence_months(frame, blocks),
    )
    return Problem(unknowns, network, indicators, _rows(blocks))


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
        size, log, kind = (
            (0, False, 0)
            if prior is None
            else (prior.mu.size, prior.positive, kinds.index(prior.kind))
        )
        segments.append((begin, size, int(log), kind))
        begin += size
    return np.array(segments)


def _constant(frame: Frame) -> float:
    """Return the log density of the priors at their locations."""
    constant = 0.0
    for prior in sampled_priors(frame):
        # On the scale on which it is sampled, so with the derivative of the exponential.
        middle = np.exp(prior.mu) if prior.positive else prior.mu
        constant += float(prior.log_density(middle).sum())
        constant += float(prior.mu.sum()) if prior.positive else 0.0
    return constant


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
