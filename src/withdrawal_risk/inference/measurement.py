"""Expected values and errors of evidence rows, and of indicators in any month, from draws."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.families import FAMILIES, FAR, numpy_ops
from withdrawal_risk.inference.alignment import Block
from withdrawal_risk.inference.parameters import Frame

__all__ = [
    "grade_cuts",
    "indicator_error",
    "log_likelihood",
    "monthly_value",
    "predict",
    "row_expectation",
    "with_stated_error",
]

Array = NDArray[np.float64]


def indicator_error(frame: Frame, draws: Mapping[str, Array]) -> Array:
    """Return the error of one plain observation of each indicator, shape (draw, indicator)."""
    error = np.ones((len(draws["half_life"]), len(frame.indicators)))
    if "error" in draws:
        error[:, frame.noisy] = draws["error"]
    return error


def grade_cuts(frame: Frame, draws: Mapping[str, Array], indicator: int) -> Array:
    """Return the cut points between the grades of an ordinal indicator, shape (draw, cut)."""
    sizes = [len(item.grades) - 2 for k, (_, item) in enumerate(frame.indicators)
             if item.family == "ordinal" and k < indicator]  # fmt: skip
    item = frame.indicators[indicator][1]
    assert item.family == "ordinal"
    place, gaps = sum(sizes), len(item.grades) - 2
    first = np.zeros((len(draws["half_life"]), 1))
    if not gaps:
        return first
    return np.hstack([first, np.cumsum(draws["grade_gap_size"][:, place : place + gaps], axis=1)])


def monthly_value(frame: Frame, draws: Mapping[str, Array], indicator: int, level: Array) -> Array:
    """Return the expected monthly value of an indicator; ``level`` has shape (draw, ...)."""
    extra = (...,) + (None,) * (level.ndim - 1)
    slope = frame.polarity[indicator] * draws["loading"][:, indicator]
    eta = draws["reference"][:, indicator][extra] + slope[extra] * level
    return np.asarray(FAMILIES[frame.indicators[indicator][1].family].inverse_link(eta, np))


def row_expectation(frame: Frame, block: Block, draws: Mapping[str, Array], level: Array) -> tuple[Array, Array]:
    """Return mean and error of every row of a block, each of shape (draw, row)."""
    k = block.indicator[block.cell_row]
    at = level[:, block.cell_month, frame.measured[k]]
    eta = draws["reference"][:, k] + frame.polarity[k] * draws["loading"][:, k] * at
    natural = FAMILIES[block.family].inverse_link(eta, np)
    # Cells stand in the order of their rows, and every row has one at least.
    first = np.searchsorted(block.cell_row, np.arange(len(block.ids)))
    mean = np.add.reduceat(natural * block.cell_share, first, axis=1)
    error = indicator_error(frame, draws)[:, block.indicator] * block.grade
    if FAMILIES[block.family].totals:
        error = error * np.sqrt(np.add.reduceat(natural**2 * block.cell_share, first, axis=1)) / mean
    return mean, with_stated_error(block.family, error, block.se)


def with_stated_error(family: str, error: Array, se: float | Array) -> Array:
    """Return an error together with what a row states of its own; some families have none."""
    return error if FAMILIES[family].free_of_error else np.sqrt(error**2 + np.square(se))


def log_likelihood(frame: Frame, block: Block, draws: Mapping[str, Array], level: Array) -> Array:
    """Return the log density of every row, shape (draw, row); rows not yet seen give 0."""
    mean, error = row_expectation(frame, block, draws, level)
    bounds = None
    if FAMILIES[block.family].has_cuts:
        bounds = (np.empty(mean.shape), np.empty(mean.shape))
        for r, (k, grade) in enumerate(zip(block.indicator, block.value.astype(int), strict=True)):
            cuts = grade_cuts(frame, draws, int(k))
            bounds[0][:, r] = cuts[:, grade - 1] if grade > 0 else -FAR
            bounds[1][:, r] = cuts[:, grade] if grade < cuts.shape[1] else FAR
    density = FAMILIES[block.family].log_density(block.value, mean, error, numpy_ops, bounds)
    return np.where(block.seen > 0, density, 0.0)


def predict(frame: Frame, block: Block, draws: Mapping[str, Array], level: Array, rng: np.random.Generator) -> Array:
    """Draw a replicate of every row, shape (draw, row)."""
    mean, error = row_expectation(frame, block, draws, level)
    if not FAMILIES[block.family].has_cuts:
        return FAMILIES[block.family].draw(mean, error, rng)
    columns = [
        FAMILIES["ordinal"].draw(mean[:, r], error[:, r], rng, grade_cuts(frame, draws, int(k)))
        for r, k in enumerate(block.indicator)
    ]
    return np.stack(columns, axis=1)
