"""An indicator's own past: its months that were known, and what baselines make of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.families import family_of
from withdrawal_risk.inference.alignment import published_values
from withdrawal_risk.inference.parameters import Frame
from withdrawal_risk.model.evidence import EvidenceRow
from withdrawal_risk.random import generator
from withdrawal_risk.scoring.baselines import BASELINES, History
from withdrawal_risk.scoring.predictive import Predictive
from withdrawal_risk.suggestion.scales import SCALES

__all__ = ["forecasts_from_the_past", "histories"]


def histories(
    frame: Frame, evidence: Sequence[EvidenceRow], as_of: Month, indicators: Iterable[str]
) -> dict[str, History]:
    """Return the months of some indicators that were known.

    Parameters
    ----------
    frame : Frame
    evidence : sequence of EvidenceRow
    as_of : Month
        Rows that were published later do not count.
    indicators : iterable of str
    """
    place = {name: k for k, (name, _) in enumerate(frame.indicators)}
    published = published_values(frame, evidence, as_of)
    found = {}
    for name in dict.fromkeys(indicators):
        family = family_of(frame.indicators[place[name]][1])
        seen = sorted(
            (month.ordinal, value.value) for month, value in published.get(place[name], {}).items()
        )
        months, values = np.array(seen).reshape(-1, 2).T
        found[name] = History(
            months.astype(np.int64), values, SCALES.get(family.name), family.whole
        )
    return found


def forecasts_from_the_past(
    pasts: Mapping[str, History],
    cells: Sequence[tuple[str, Month]],
    origin: Month,
    random_seed: int,
) -> dict[str, list[Predictive | None]]:
    """Return the forecasts of every baseline; None where it has nothing to go by.

    Parameters
    ----------
    pasts : mapping of str to History
    cells : sequence of (str, Month)
        Indicator and month of each forecast.
    origin : Month
    random_seed : int
    """
    forecasts: dict[str, list[Predictive | None]] = {}
    for name, baseline in BASELINES.items():
        read = {i: baseline(past) if len(past.values) else None for i, past in pasts.items()}
        forecasts[name] = []
        for indicator, month in cells:
            forecaster, past = read[indicator], pasts[indicator]
            if forecaster is None:
                forecasts[name].append(None)
                continue
            stream = generator(random_seed, "baseline", name, indicator, str(origin), str(month))
            # A month before the last one known can be missing, too; it is as near as the next.
            ahead = max(month.ordinal - int(past.months[-1]), 1)
            forecasts[name].append(forecaster(ahead, stream))
    return forecasts
