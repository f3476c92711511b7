"""What every elicited range does to one probability, by reweighting the draws that are there."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.inference.judgements import judgements, log_ratio_alone, slopes
from withdrawal_risk.inference.learning import learning
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.queries.results import mcse
from withdrawal_risk.queries.tips import tips
from withdrawal_risk.simulation.tilting import Reweighted

__all__ = ["judgement_table"]

Array = NDArray[np.float64]


def judgement_table(posterior: Posterior, p: Array) -> pd.DataFrame:
    """Return a row an elicited range, those first whose effect is largest less its error.

    Parameters
    ----------
    posterior : Posterior
    p : ndarray, shape (draw,)
        P(condition | draw).

    Returns
    -------
    pandas.DataFrame
        As `Sensitivity.summary`.
    """
    several, slope = judgements(posterior), slopes(posterior)
    deviation = (slope - slope.mean(axis=0)) * (p - p.mean())[:, None]
    learnt = learning(posterior)
    found = tips(p, slope, posterior.chains)
    narrower, wider = _widths(posterior, p)
    table = pd.DataFrame(
        {
            "group": learnt["group"],
            "effect": deviation.mean(axis=0),
            "effect_mcse": [mcse(column, None, posterior.chains) for column in deviation.T],
            "narrower": narrower,
            "wider": wider,
            "shift": learnt["shift"],
            "ratio": learnt["ratio"],
            "tail_probability": learnt["tail_probability"],
            "tip": [tip.shift for tip in found],
            "tip_mcse": [tip.error for tip in found],
            "khat": [tip.khat for tip in found],
            "trusted": [tip.trusted for tip in found],
        },
        index=pd.Index([item.path for item in several], name="path"),
    )
    # What an effect is at least, so that noise does not lead the table.
    size = (table["effect"].abs() - table["effect_mcse"]).sort_values(ascending=False)
    return table.loc[size.index]


def _widths(posterior: Posterior, p: Array) -> tuple[list[float], list[float]]:
    """Return how the probability changes with half and with double the spread of each range."""
    sides: tuple[list[float], list[float]] = ([], [])
    for item in judgements(posterior):
        for side, spread in zip(sides, (0.5, 2.0), strict=True):
            other = item.range.moved(spread=spread)
            there = Reweighted(log_ratio_alone(posterior, item, other))
            side.append(there.mean(p) - float(p.mean()) if there.trusted else math.nan)
    return sides
