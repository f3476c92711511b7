"""What a fit says of an indicator in some months: values, and how dense they are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.families.values import draw
from withdrawal_risk.inference.alignment import published_values
from withdrawal_risk.inference.measurement import Measurement
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.inference.states import predicted, start_probability, transitions
from withdrawal_risk.random import generator
from withdrawal_risk.scoring.predictive import Predictive
from withdrawal_risk.simulation.futures import Futures, simulate
from withdrawal_risk.simulation.worlds import horizon_window

__all__ = ["forecasts_of"]

Array = NDArray[np.float64]

Cell = tuple[int, int]
"""Positions of an indicator and of a month."""


def forecasts_of(
    posterior: Posterior,
    cells: Sequence[Cell],
    *,
    group: Literal["posterior", "prior"] = "posterior",
    futures: int,
    random_seed: int,
) -> list[Predictive]:
    """Return the forecast of an indicator in a month, for some of both.

    Parameters
    ----------
    posterior : Posterior
    cells : sequence of (int, int)
        Position of the indicator among all, and of the month in the window to the horizon, of which
        nothing was published.
    group : {"posterior", "prior"}
    futures : int
        For each draw.
    random_seed : int
    """
    frame, window = posterior.frame, horizon_window(posterior)
    published = published_values(frame, posterior.model.evidence, posterior.as_of)
    looks = {
        k: {window.index(month): float(seen.value) for month, seen in published.get(k, {}).items()}
        for k in frame.lasting.tolist()
        if group == "posterior"
    }

    def laws(several: Iterator[Futures]) -> list[tuple[Measurement, Array]]:
        now = next(several)
        return [_law(now, cell, looks.get(cell[0], {})) for cell in cells]

    factors = sorted({int(frame.measured[k]) for k, _ in cells})
    parts = list(
        simulate(
            posterior,
            laws,
            group=group,
            futures=futures,
            random_seed=random_seed,
            factors=factors,
        )
    )
    return [
        _predictive(
            [part[number] for part in parts],
            generator(random_seed, "score", group, frame.indicators[k][0], str(window.months[t])),
        )
        for number, (k, t) in enumerate(cells)
    ]


def _law(now: Futures, cell: Cell, looks: dict[int, float]) -> tuple[Measurement, Array]:
    """Return how an indicator shows its factor, and the level of its month, (draw, future).

    Of a state that lasts it is the probability of yes in the place of the level, given the looks
    that were known.
    """
    indicator, month = cell
    shown = now.part.measurement(indicator)
    if not shown.family.has_memory:
        return shown, now.level(shown.factor, month, month)[:, 0]
    enters, leaves = transitions(shown, now.level(shown.factor, 0, month))
    start = start_probability(shown, enters[:, 0], leaves[:, 0])
    return shown, predicted(start, enters, leaves, looks)[:, month]


def _predictive(parts: list[tuple[Measurement, Array]], rng: np.random.Generator) -> Predictive:
    """Return the forecast that some draws make together."""
    values = []
    for shown, level in parts:
        if shown.family.has_memory:
            values.append((rng.random(level.shape) < level).astype(float))
        else:
            values.append(draw(shown.family, shown.distribution(level), rng))

    def log_density(value: float) -> float:
        from scipy.special import logsumexp

        logs = np.concatenate([_log_density(shown, value, level).ravel() for shown, level in parts])
        return float(logsumexp(logs) - math.log(len(logs)))

    return Predictive(np.concatenate([part.ravel() for part in values]), log_density)


def _log_density(shown: Measurement, value: float, level: Array) -> Array:
    if shown.family.has_memory:
        return np.log(np.maximum(level if value > 0.5 else 1.0 - level, 1e-300))
    return shown.log_density(value, level)
