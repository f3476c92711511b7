"""One model as plain arrays for every contender, and what a contender must be able to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.families.registry import COMPILED_FAMILIES as FAMILIES
from withdrawal_risk.inference.alignment import (
    align_evidence,
    event_activity,
    evidence_months,
    fit_window,
    policy_paths,
)
from withdrawal_risk.inference.parameters import Frame, build_frame
from withdrawal_risk.model.library import Model

__all__ = ["Arrays", "Contender", "Problem"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Contender(Protocol):
    """A way to compute one model's log density and gradient, compiled."""

    def evaluate(self, point: Floats) -> tuple[float, Floats]:
        """Return the log density, up to a constant, and its gradient."""

    def seconds(self, points: Floats) -> float:
        """Return the mean time of a gradient over the rows of `points`, called at no more than a microsecond's cost."""

    def sample(
        self, *, draws: int, tune: int, chains: int, target_accept: float, random_seed: int
    ) -> Floats:
        """Return NUTS draws with a diagonal mass matrix, shape (chain, draw, unknown)."""


class Arrays(NamedTuple):
    """Everything constant in a log density, as flat arrays.

    Unknowns are one vector on the library's unconstrained scale: logs of positive ones, and each indicator's
    *anchor* (average predictor over its evidence's months) for its reference. ``at_<name>`` is where a group of
    them begins; ``rows`` and their ``cells`` are only those that the ``as_of`` sees.
    """

    prior_mean: Floats
    prior_sd: Floats
    at_half_life: int
    at_weight: int
    at_own: int
    at_baseline: int
    at_effect: int
    at_start: int
    at_loading: int
    at_error: int
    at_gap: int
    at_smooth: int
    at_jump: int
    at_anchor: int
    shock_at: Integers  # of each factor, place of the first of its innovations; -1 for a policy
    shock_step: Integers  # and the distance to the next
    latent: Integers
    sign: Floats
    start_mean: Floats
    start_root: Floats
    baseline: Integers
    effect_factor: Integers
    effect_active: Floats
    clamped: NDArray[np.bool_]
    given: Floats
    edge_start: Integers
    edge_parent: Integers
    edge_lag: Integers
    measured: Integers
    polarity: Floats
    error_of: Integers  # of each indicator, its place among the errors; -1 where its noise is fixed
    gap_start: Integers  # of each indicator, its first gap; one more at the end
    spoken_start: Integers  # of each indicator, its first month with evidence; one more at the end
    spoken_month: Integers
    spoken_share: Floats
    row_family: Integers  # position in FAMILIES
    row_indicator: Integers
    row_value: Floats
    row_se: Floats
    row_grade: Floats
    cell_start: Integers
    cell_month: Integers
    cell_share: Floats


@dataclass(frozen=True, eq=False)
class Problem:
    """A model over its own fit window."""

    model: Model
    frame: Frame
    arrays: Arrays
    names: tuple[tuple[str, slice], ...]

    @classmethod
    def of(cls, model: Model, frame: Frame | None = None) -> Problem:
        """Lay a model out; `frame` where it has been built already."""
        frame = frame or build_frame(model, fit_window(model, model.as_of))
        n = len(frame.structure.factors)
        place, names, means, sds = 0, [], [], []
        for name in [*(name for name in frame.priors if name != "reference"), "reference"]:
            prior = frame.priors[name]
            names.append((name, slice(place, place + prior.mu.size)))
            place += prior.mu.size
            means.append(prior.mu.ravel())
            sds.append(prior.sigma.ravel())
        at = {name: where.start for name, where in names}
        latent = frame.latent_index
        shock_at, shock_step = np.full(n, -1), np.zeros(n, dtype=np.int64)
        for group, chosen in (("smooth", latent[~frame.jump]), ("jump", latent[frame.jump])):
            shock_at[chosen] = at.get(f"innovation_{group}", 0) + np.arange(chosen.size)
            shock_step[chosen] = chosen.size
        blocks = align_evidence(frame, model.evidence, model.as_of)
        clamped, given = policy_paths(model, frame.structure.factors, frame.window, model.as_of)
        spoken = evidence_months(frame, blocks)
        spoken_indicator, spoken_month = np.nonzero(spoken)
        error_of = np.full(len(frame.indicators), -1)
        error_of[frame.noisy] = np.arange(frame.noisy.size)
        gaps = [max(len(frame.categories(k)) - 2, 0) for k in range(len(frame.indicators))]
        rows: list[tuple[float, ...]] = []
        cells: list[tuple[int, float]] = []
        cell_start = [0]
        for block in blocks:
            for r in np.flatnonzero(block.seen):
                family = list(FAMILIES).index(block.family.name)
                rows.append(
                    (family, block.indicator[r], block.value[r], block.se[r], block.grade[r])
                )
                own = block.cell_row == r
                cells += zip(block.cell_month[own], block.cell_share[own], strict=True)
                cell_start.append(len(cells))
        row, cell = np.array(rows), np.array(cells)
        arrays = Arrays(
            prior_mean=np.concatenate(means),
            prior_sd=np.concatenate(sds),
            at_half_life=at["half_life"],
            at_weight=at.get("weight_size", 0),
            at_own=at["own_scale"],
            at_baseline=at.get("baseline", 0),
            at_effect=at.get("event_effect", 0),
            at_start=at["start_innovation"],
            at_loading=at["loading"],
            at_error=at.get("error", 0),
            at_gap=at.get("category_gap_size", 0),
            at_smooth=at.get("innovation_smooth", 0),
            at_jump=at.get("innovation_jump", 0),
            at_anchor=at["reference"],
            shock_at=shock_at,
            shock_step=shock_step,
            latent=latent,
            sign=frame.sign,
            start_mean=frame.start_mean,
            start_root=frame.start_root,
            baseline=latent[frame.baseline],
            effect_factor=np.array(
                [frame.structure.factors.index(f) for _, f in frame.effects], dtype=np.int64
            ),
            effect_active=event_activity(model, frame.effects, frame.window, model.as_of),
            clamped=clamped,
            given=given,
            edge_start=frame.structure.edge_start,
            edge_parent=frame.structure.edge_parent,
            edge_lag=frame.structure.edge_lag,
            measured=frame.measured,
            polarity=frame.polarity,
            error_of=error_of,
            gap_start=np.cumsum([0, *gaps]),
            spoken_start=np.searchsorted(spoken_indicator, np.arange(len(frame.indicators) + 1)),
            spoken_month=spoken_month,
            spoken_share=spoken[spoken_indicator, spoken_month],
            row_family=row[:, 0].astype(np.int64),
            row_indicator=row[:, 1].astype(np.int64),
            row_value=row[:, 2],
            row_se=row[:, 3],
            row_grade=row[:, 4],
            cell_start=np.array(cell_start),
            cell_month=cell[:, 0].astype(np.int64),
            cell_share=cell[:, 1],
        )
        return cls(model, frame, arrays, tuple(names))

    @property
    def size(self) -> int:
        """Number of unknowns."""
        return self.arrays.prior_mean.size

    @property
    def work(self) -> int:
        """(Factors + edges) x months: what a gradient should be proportional to."""
        return (len(self.frame.structure.factors) + len(self.frame.structure.edges)) * len(
            self.frame.window
        )

    def points(self, count: int, random_seed: int = 1) -> Floats:
        """Return random points, half a prior sd around the prior means."""
        rng = np.random.default_rng(random_seed)
        noise = 0.5 * rng.standard_normal((count, self.size))
        return np.asarray(self.arrays.prior_mean + self.arrays.prior_sd * noise)

    def by_name(self, point: Floats) -> dict[str, Any]:
        """Return views of a vector of unknowns, each group in its own shape."""
        return {
            name: point[where].reshape(self.frame.priors[name].mu.shape)
            for name, where in self.names
        }
