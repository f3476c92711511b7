"""How indicators show the levels of their factors, draw by draw: in any month, and in evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.families import FAR, Distribution, Family, family_of, numpy_ops, values
from withdrawal_risk.families.state import NEVER
from withdrawal_risk.inference.alignment import Block, PublishedValue
from withdrawal_risk.inference.parameters import Frame
from withdrawal_risk.inference.states import (
    look_table,
    predicted,
    start_probability,
    transitions,
)

__all__ = [
    "Measurement",
    "answers_of_rows",
    "log_likelihood",
    "measurement_of",
    "predict",
    "row_distribution",
]

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Measurement:
    """How one indicator shows the level of its factor, in some draws.

    Parameters
    ----------
    item : IndicatorBase
        What the model file says of it.
    family : Family
    factor : int
        Position among all factors of the one it measures.
    reference, slope, error : ndarray, shape (draw,)
        Linear predictor at level 0, its change per level with the polarity's sign, and the error
        of one plain observation.
    cuts : ndarray, shape (draw, cut), optional
        Between the categories of a family that has them.
    leaving, start : ndarray, shape (draw,), optional
        Of a family with memory: log-odds of leaving at level 0, and the probability of yes in the
        month before the first, nan where the chain rests there.
    tail : bool
        Whether errors have heavy tails.
    nought, nought_slope : ndarray, shape (draw,), optional
        Of a flow that can stop: log-odds of nought at level 0, and their change per level.
    """

    item: IndicatorBase
    family: Family[Any]
    factor: int
    reference: Array
    slope: Array
    error: Array
    cuts: Array | None = None
    leaving: Array | None = None
    start: Array | None = None
    tail: bool = False
    nought: Array | None = None
    nought_slope: Array | None = None

    def of_draws(self, draws: NDArray[np.intp]) -> Measurement:
        """Return the measurement of draws at some positions, which may come twice."""

        def chosen(values: Array | None) -> Array | None:
            return None if values is None else values[draws]

        return replace(
            self,
            reference=self.reference[draws],
            slope=self.slope[draws],
            error=self.error[draws],
            cuts=chosen(self.cuts),
            leaving=chosen(self.leaving),
            start=chosen(self.start),
            nought=chosen(self.nought),
            nought_slope=chosen(self.nought_slope),
        )

    def expected(self, level: Array) -> Array:
        """Return the expected monthly value; ``level`` has shape (draw, ...)."""
        extra = (...,) + (None,) * (level.ndim - 1)
        # Draws are the first axis; months and futures follow.
        eta = self.reference[extra] + self.slope[extra] * level
        return np.asarray(self.family.inverse_link(eta, numpy_ops))

    def distribution(self, level: Array, error: Array | None = None) -> Distribution:
        """Return the distribution of monthly values.

        Parameters
        ----------
        level : ndarray, shape (draw, ...)
        error : ndarray, optional
            Broadcasts against the values. Default: that of a plain observation.
        """
        extra = (...,) + (None,) * (level.ndim - 1)
        # Cut points keep their own axis last.
        cuts = None if self.cuts is None else self.cuts[(slice(None),) + (None,) * (level.ndim - 1)]
        errors = self.error[extra] if error is None else error
        nought = None
        if self.nought is not None and self.nought_slope is not None:
            odds = self.nought[extra] + self.nought_slope[extra] * level
            nought = 1.0 / (1.0 + np.exp(-odds))
        return Distribution(self.expected(level), errors, cuts, None, self.tail or None, nought)

    def noise(
        self, error: Array, shape: tuple[int, ...], rng: np.random.Generator
    ) -> tuple[Array, ...]:
        """Draw the noise in values that have this error."""
        can_stop = self.nought is not None
        return values.noise(self.family, error, shape, rng, can_stop=can_stop)

    def error_of(self, observation: PublishedValue) -> Array:
        """Return the error of a published value, shape (draw,)."""
        return with_stated_error(self.family, observation.grade * self.error, observation.se)

    def log_density(self, value: float, level: Array) -> Array:
        """Return the log density of one value, shaped like ``level``, (draw, ...)."""
        law = self.distribution(level)
        if self.cuts is not None:
            # A density needs only the cut points around the category.
            law = law._replace(bounds=_bounds(self.cuts, int(value)))
        return np.asarray(values.log_density(self.family, value, law, numpy_ops))


def measurement_of(frame: Frame, draws: Mapping[str, Array], indicator: int) -> Measurement:
    """Return how an indicator, given by its position, shows its factor in some draws."""
    item = frame.indicators[indicator][1]
    family = family_of(item)
    leaving, start = _chain(frame, draws, indicator) if family.has_memory else (None, None)
    nought, nought_slope = None, None
    if indicator in frame.stopping:
        place = list(frame.stopping).index(indicator)
        nought = frame.priors["nought"].unconstrained(draws["nought"][:, place])
        nought_slope = -frame.polarity[indicator] * draws["nought_loading"][:, place]
    return Measurement(
        item=item,
        family=family,
        factor=int(frame.measured[indicator]),
        reference=draws["reference"][:, indicator],
        slope=frame.polarity[indicator] * draws["loading"][:, indicator],
        error=_errors(frame, draws)[:, indicator],
        cuts=_cuts(frame, draws, indicator) if family.has_categories else None,
        leaving=leaving,
        start=start,
        tail=bool(frame.tailed[indicator]),
        nought=nought,
        nought_slope=nought_slope,
    )


def _chain(frame: Frame, draws: Mapping[str, Array], indicator: int) -> tuple[Array, Array]:
    """Return log-odds of leaving at level 0 and P(yes) before the first month, each (draw,)."""
    name, item = frame.indicators[indicator]
    count = len(draws["half_life"])
    leaving, start = np.full(count, NEVER), np.full(count, np.nan)
    if name in frame.coords["leaving_indicator"]:
        place = frame.coords["leaving_indicator"].index(name)
        leaving = frame.priors["leaving"].unconstrained(draws["leaving"][:, place])
    if name in frame.coords["unsure_start"]:
        start = draws["state_start"][:, frame.coords["unsure_start"].index(name)]
    elif (known := family_of(item).known_start(item)) is not None:
        start = np.full(count, known)
    return leaving, start


def _errors(frame: Frame, draws: Mapping[str, Array]) -> Array:
    """Return the error of one plain observation of each indicator, shape (draw, indicator)."""
    # Families without errors of their own have a scale of 1, which the grade multiplies.
    error = np.ones((len(draws["half_life"]), len(frame.indicators)))
    if "error" in draws:
        error[:, frame.noisy] = draws["error"]
    return error


def _cuts(frame: Frame, draws: Mapping[str, Array], indicator: int) -> Array:
    """Return the cut points between an indicator's categories, shape (draw, cut)."""
    # The gaps of all indicators stand in one array, one indicator after the other.
    counts = {k: len(frame.categories(k)) - 2 for k in frame.categorical.tolist()}
    place = sum(count for k, count in counts.items() if k < indicator)
    first = np.zeros((len(draws["half_life"]), 1))
    if not counts[indicator]:
        return first
    gaps = draws["category_gap_size"][:, place : place + counts[indicator]]
    return np.hstack([first, np.cumsum(gaps, axis=1)])


def _bounds(cuts: Array, category: int) -> tuple[Array, Array]:
    """Return the cut points below and above a category, each of shape (draw, 1)."""
    far = np.full((len(cuts), 1), FAR)
    edges = np.hstack([-far, cuts, far])
    return edges[:, [category]], edges[:, [category + 1]]


def with_stated_error(family: Family[Any], error: Array, se: float | Array) -> Array:
    """Return an error together with the one that a row states, for a family that has errors."""
    return np.sqrt(error**2 + np.square(se)) if family.has_error else error


def row_distribution(
    frame: Frame, block: Block, draws: Mapping[str, Array], level: Array
) -> Distribution:
    """Return the distribution of every row of a block; mean and error have shape (draw, row)."""
    # Every cell is a month of a row: its indicator, then its level.
    k = block.indicator[block.cell_row]
    at = level[:, block.cell_month, frame.measured[k]]
    eta = draws["reference"][:, k] + frame.polarity[k] * draws["loading"][:, k] * at
    natural = block.family.inverse_link(eta, numpy_ops)
    # Cells stand in the order of their rows, and every row has at least one.
    first = np.searchsorted(block.cell_row, np.arange(len(block.ids)))
    # Weighted by the share of each month: totals add, means average.
    mean = np.add.reduceat(natural * block.cell_share, first, axis=1)
    error = _errors(frame, draws)[:, block.indicator] * block.grade
    if block.family.totals:
        # Extra noise of the months that is independent makes a total relatively less noisy.
        square = np.add.reduceat(natural**2 * block.cell_share, first, axis=1)
        shrinks = frame.shrinking[block.indicator]
        error = np.where(shrinks, error * np.sqrt(square) / mean, error)
    error = with_stated_error(block.family, error, block.se)
    tail = frame.tailed[block.indicator]
    return Distribution(
        mean,
        error,
        tail=tail if tail.any() else None,
        nought=_nought_of_rows(frame, block, draws, level),
    )


def _nought_of_rows(
    frame: Frame, block: Block, draws: Mapping[str, Array], level: Array
) -> Array | None:
    """Return the probability that all months of each row show nought; None if no row could."""
    stops = np.isin(block.indicator, frame.stopping)
    if not stops.any():
        return None
    chance = np.zeros((len(level), len(block.cell_row)))
    for k in np.unique(block.indicator[stops]):
        cells = np.flatnonzero(block.indicator[block.cell_row] == k)
        shown = measurement_of(frame, draws, int(k))
        at = level[:, block.cell_month[cells], shown.factor]
        chance[:, cells] = shown.distribution(at).nought
    first = np.searchsorted(block.cell_row, np.arange(len(block.ids)))
    return np.multiply.reduceat(chance, first, axis=1)


def log_likelihood(frame: Frame, block: Block, draws: Mapping[str, Array], level: Array) -> Array:
    """Return the log density of every row, shape (draw, row); rows not yet seen give 0."""
    if block.family.has_memory:
        yes, no = answers_of_rows(frame, block, draws, level)
        return np.where(block.seen > 0, np.where(block.value > 0.5, yes, no), 0.0)
    law = row_distribution(frame, block, draws, level)
    if block.family.has_categories:
        sides = [
            _bounds(_cuts(frame, draws, int(k)), int(category))
            for k, category in zip(block.indicator, block.value, strict=True)
        ]
        law = law._replace(bounds=tuple(np.hstack(side) for side in zip(*sides, strict=True)))
    density = values.log_density(block.family, block.value, law, numpy_ops)
    return np.where(block.seen > 0, density, 0.0)


def answers_of_rows(
    frame: Frame, block: Block, draws: Mapping[str, Array], level: Array
) -> tuple[Array, Array]:
    """Return the log probability that every month of a row shows yes, and that all show no.

    Shape (draw, row). Months that another row has overtaken do not count.
    """
    names = frame.coords["state_indicator"]
    looks = look_table(names, block, frame.coords["indicator"], level.shape[1])
    probability = np.empty((len(level), len(names), level.shape[1]))
    for s, k in enumerate(frame.lasting):
        shown = measurement_of(frame, draws, int(k))
        enters, leaves = transitions(shown, level[:, :, shown.factor])
        start = start_probability(shown, enters[:, 0], leaves[:, 0])
        probability[:, s] = predicted(start, enters, leaves, looks[s])
    place = np.searchsorted(frame.lasting, block.indicator)
    at = probability[:, place[block.cell_row], block.cell_month]
    first = np.searchsorted(block.cell_row, np.arange(len(block.ids)))
    # What is certain to the last bit has a probability, too.
    inside = np.clip(at, 1e-300, 1.0 - 2.0**-53)
    yes = np.add.reduceat(block.cell_share * np.log(inside), first, axis=1)
    return yes, np.add.reduceat(block.cell_share * np.log1p(-inside), first, axis=1)


def predict(
    frame: Frame,
    block: Block,
    draws: Mapping[str, Array],
    level: Array,
    rng: np.random.Generator,
) -> Array:
    """Draw a replicate of every row, shape (draw, row).

    Rows of a state are drawn given the looks before them.
    """
    if block.family.has_memory:
        yes, no = answers_of_rows(frame, block, draws, level)
        return (rng.random(yes.shape) < 1.0 / (1.0 + np.exp(no - yes))).astype(float)
    law = row_distribution(frame, block, draws, level)
    if not block.family.has_categories:
        return values.draw(block.family, law, rng)
    # Categories have as many cut points as their indicator says, so each row is drawn alone.
    columns = []
    for r, k in enumerate(block.indicator):
        row_law = Distribution(law.mean[:, r], law.error[:, r], _cuts(frame, draws, int(k)))
        columns.append(block.family.draw(row_law, rng))
    return np.stack(columns, axis=1)
