"""How well each expert judged questions whose answers are known, and the weights that follow."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.elements.panel import Panel
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.experts.calibration import (
    LEAST,
    Weighting,
    bin_shares,
    calibration,
    information,
    ranges_of,
    weights,
)
from withdrawal_risk.model.panel_file import SEED, Answers

__all__ = ["Cards", "calibration_cards"]

STATED: Final = (0.05, 0.5, 0.95)
"""Probabilities of the percentiles that experts give."""


class Cards(NamedTuple):
    """Calibration of every expert.

    Parameters
    ----------
    table : pandas.DataFrame
        Indexed by expert: ``seeds`` answered; ``below``, ``lower``, ``upper`` and ``above``, how
        many true values fell below the 5th percentile, up to the median, up to the 95th, and above;
        ``calibration``, ``information`` and ``weight`` of the classical model, nan where there are
        too few questions.
    weighting : Weighting or None
        None where there are too few questions, or nobody passes.
    why_not : str
        Why there is none.
    """

    table: pd.DataFrame
    weighting: Weighting | None
    why_not: str


def calibration_cards(answers: Answers, panel: Panel) -> Cards | None:
    """Return the calibration of every expert; None where no seed question is resolved.

    Parameters
    ----------
    answers : Answers
    panel : Panel
        Its ``overshoot`` and ``alpha``.
    """
    seeds = [seed for seed in answers.seeds if not math.isnan(seed.value)]
    latest = answers.latest()
    quantiles = np.full((len(answers.experts), len(seeds), len(STATED)), np.nan)
    for e, expert in enumerate(answers.experts):
        for s, seed in enumerate(seeds):
            row = latest.get((expert, SEED + seed.id))
            if row is not None:
                quantiles[e, s] = row.p5, row.p50, row.p95
    answered = ~np.isnan(quantiles[:, :, 0])
    # A question that nobody answered has no range.
    asked = answered.any(axis=0)
    if not asked.any():
        return None
    seeds = [seed for seed, one in zip(seeds, asked, strict=True) if one]
    true, scales = np.array([seed.value for seed in seeds]), [seed.scale for seed in seeds]
    return _cards(answers, panel, quantiles[:, asked], true, scales)


def _cards(
    answers: Answers,
    panel: Panel,
    quantiles: NDArray[np.float64],
    true: NDArray[np.float64],
    scales: list[str],
) -> Cards:
    shares, counts = bin_shares(quantiles, true, STATED)
    bins = np.where(counts[:, None] > 0, np.nan_to_num(shares) * counts[:, None], 0.0)
    table = pd.DataFrame(
        np.rint(bins).astype(int),
        index=pd.Index(answers.experts, name="expert"),
        columns=["below", "lower", "upper", "above"],
    )
    table.insert(0, "seeds", counts)
    known = np.full(len(counts), np.nan)
    table["calibration"], table["information"], table["weight"] = known, known.copy(), known.copy()
    # The others are not held back by one who answered few.
    enough = np.flatnonzero(counts >= LEAST)
    if not enough.size:
        return Cards(table, None, f"nobody answered {LEAST} seed questions or more")
    some = quantiles[enough]
    asked = ~np.isnan(some[:, :, 0]).all(axis=0)
    some, true, scales = (
        some[:, asked],
        true[asked],
        [s for s, one in zip(scales, asked, strict=True) if one],
    )
    ranges = ranges_of(some, true, scales=scales, overshoot=panel.overshoot)
    place = table.index[enough]
    table.loc[place, "calibration"] = calibration(some, true, STATED)
    table.loc[place, "information"] = information(some, STATED, ranges, scales=scales)
    few = [str(name) for name in table.index[counts < LEAST]]
    try:
        weighting = weights(
            some, true, STATED, scales=scales, overshoot=panel.overshoot, alpha=panel.alpha
        )
    except ArgumentError as error:
        return Cards(table, None, str(error))
    table.loc[place, "weight"] = weighting.weights
    if few:
        return Cards(
            table,
            None,
            f"{', '.join(few)} answered fewer than {LEAST} seed questions, which cannot be told from "
            "luck; ask them more, or use another method",
        )
    return Cards(table, weighting, "")
