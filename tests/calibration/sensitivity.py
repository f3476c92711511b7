"""Do refits say what reweighting says? Judgements of a shipped model moved by a prior sd, and to their tipping points.

Each refit is a real one, of the same evidence under the other range. Reweighting says what the draws that are there give once
their prior is tilted, so a refit and it differ by the Monte Carlo errors of both, and by what is only first order in the tilting:
scales of own variation and the law of the first month. The fit's own error is in that of the reweighted mean, which is of the same
draws. Run ``python -m tests.calibration.sensitivity --folder FOLDER``; what is in the folder is not fitted again.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

import withdrawal_risk as wr
from withdrawal_risk.inference.judgements import judgements, log_ratio, slopes
from withdrawal_risk.model.ranges import range_at, with_ranges
from withdrawal_risk.model.validation.network import dynamics_faults
from withdrawal_risk.queries.defaults import FUTURES
from withdrawal_risk.queries.moved_refits import refits
from withdrawal_risk.queries.results import mcse
from withdrawal_risk.queries.tips import borders, tips
from withdrawal_risk.simulation.observation import KHAT_LIMIT
from withdrawal_risk.simulation.probabilities import probabilities
from withdrawal_risk.simulation.tilting import Reweighted

__all__ = ["LARGEST_SCORE", "Move", "compared", "disagreeing", "planned"]

LARGEST_SCORE: Final = 3.3
"""Combined Monte Carlo errors up to which a refit agrees. Of 28 comparisons one lies beyond by chance with probability 2.7 %."""

_FARTHEST: Final = 1.5
"""Prior sd up to which a tipping point is fitted."""

CONDITION: Final = "foreign_policy_balance_kept"

JUDGEMENTS: Final = (
    "edges.us_iran_tension->foreign_policy_balance.weight",
    "edges.us_iran_tension->faction_control.weight",
    "edges.faction_control->foreign_policy_balance.weight",
    "edges.faction_control->us_iran_tension.weight",
    "factors.us_iran_tension.half_life",
    "factors.faction_control.half_life",
    "factors.us_iran_tension.drift.share",
    "factors.us_iran_tension.drift.half_life",
    "factors.isf_capacity.start",
    "indicators.geopolitical_risk.at_reference",
    "indicators.iranian_gas_imports.at_reference",
    "indicators.iranian_gas_imports.ratio_per_level",
    "indicators.iranian_gas_imports.error",
    "events.waiver_end_2025.energy_supply_pressure.size",
    "events.regional_war_2023.faction_control.lasting",
)
"""Of every group that iraq-2025 elicits; the evidence has taught the level of the child of half the weights."""


class Move(NamedTuple):
    """A judgement that is moved.

    Parameters
    ----------
    path : str
    shift : float
        In prior sd.
    border : float
        The probability that the shift is said to lead to; nan where it is no tipping point.
    """

    path: str
    shift: float
    border: float


def _p(posterior: wr.Posterior, condition: str) -> np.ndarray:
    found = probabilities(posterior, futures=FUTURES, random_seed=1)
    return np.asarray(found.value[0, found.names.index(condition)])


def _is_sound(posterior: wr.Posterior, path: str, shift: float) -> bool:
    spec = posterior.model.spec
    other = with_ranges(spec, {path: range_at(spec, path).moved(shift)})
    return not any(True for _ in dynamics_faults(other))


def planned(posterior: wr.Posterior, condition: str, paths: Sequence[str]) -> list[Move]:
    """Return every judgement moved by one prior sd, and to its tipping point where there is a trusted one that is near.

    It is moved down where, moved up, parents would explain too much of a factor for a model.
    """
    place = {item.path: k for k, item in enumerate(judgements(posterior))}
    p, slope, edges = _p(posterior, condition), slopes(posterior), borders()
    moves = [Move(path, 1.0 if _is_sound(posterior, path, 1.0) else -1.0, np.nan) for path in paths]
    for path in paths:
        (tip,) = tips(p, slope[:, [place[path]]], posterior.chains)
        near = tip.trusted and abs(tip.shift) <= _FARTHEST
        if near and _is_sound(posterior, path, tip.shift):
            below = edges[edges <= p.mean()].max(initial=0.0)
            above = edges[edges > p.mean()].min(initial=1.0)
            moves.append(Move(path, tip.shift, above if tip.upwards else below))
    return moves


def compared(
    posterior: wr.Posterior,
    condition: str,
    moves: Sequence[Move],
    *,
    folder: str | Path | None = None,
    progressbar: bool = False,
) -> pd.DataFrame:
    """Return a row a move: what a refit says, and what reweighting says of the same.

    ``score`` is how many combined Monte Carlo errors lie between the two, of a tipping point between the refit and the border;
    ``exact`` is what the ratio of the densities under the two files gives in place of its tilting.
    """
    several = {item.path: (k, item.range) for k, item in enumerate(judgements(posterior))}
    p, slope = _p(posterior, condition), slopes(posterior)
    # Names of tasks are small letters and underscores.
    letters = str.maketrans("0123456789", "abcdefghij")
    ranges = {
        f"{'up' if move.shift > 0 else 'down'}_{str(number).translate(letters)}": {
            move.path: several[move.path][1].moved(move.shift)
        }
        for number, move in enumerate(moves)
    }
    found: Mapping[str, Mapping[str, np.ndarray]] = refits(
        posterior, ranges, pool=None, folder=folder, progressbar=progressbar
    )
    rows = []
    for move, (name, record) in zip(moves, found.items(), strict=True):
        place, _ = several[move.path]
        there = Reweighted(move.shift * slope[:, place])
        k = record["condition"].tolist().index(condition)
        refit, said = float(record["probability"][k]), there.mean(p)
        error = float(np.hypot(record["mcse"][k], mcse(p, there.weight, posterior.chains)))
        expected = said if np.isnan(move.border) else move.border
        rows.append({
            "path": move.path, "shift": move.shift, "tip": not np.isnan(move.border), "fit": p.mean(), "refit": refit,
            "reweighted": said, "exact": Reweighted(log_ratio(posterior, ranges[name])).mean(p), "error": error,
            "score": (refit - expected) / error, "khat": there.khat, "passed": bool(record["checks_passed"]),
        })  # fmt: skip
    return pd.DataFrame(rows)


def disagreeing(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in which a refit disagrees with reweighting that nothing warned of."""
    return table[(table["score"].abs() > LARGEST_SCORE) & (table["khat"] <= KHAT_LIMIT)]


def main() -> int:
    """Run from the command line; return 1 where a refit disagrees."""
    parser = argparse.ArgumentParser(description="Refits beside reweighting.")
    parser.add_argument("--model", default="iraq-2025")
    parser.add_argument("--condition", default=CONDITION)
    parser.add_argument("--judgements", nargs="+", default=JUDGEMENTS, metavar="PATH")
    parser.add_argument("--folder", default="output/sensitivity", help="Where refits are kept.")
    parser.add_argument("--posterior", help="A saved fit of the model; default: it is fitted.")
    given = parser.parse_args()
    if given.posterior:
        posterior = wr.open_posterior(given.posterior)
    else:
        posterior = wr.fit(wr.load_model(given.model))
    moves = planned(posterior, given.condition, given.judgements)
    table = compared(posterior, given.condition, moves, folder=given.folder, progressbar=True)
    print(table.round(4).to_string(index=False))
    apart, flagged = disagreeing(table), int((table["khat"] > KHAT_LIMIT).sum())
    print(
        f"{len(apart)} of {len(table)} refits lie beyond {LARGEST_SCORE} errors and are not flagged; {flagged} flagged by k; "
        f"{int(table['tip'].sum())} at tipping points; root mean square of the others "
        f"{np.sqrt((table.loc[table['khat'] <= KHAT_LIMIT, 'score'] ** 2).mean()):.2f} errors"
    )
    if len(apart):
        print(apart.round(4).to_string(index=False))
    return int(bool(len(apart)))


if __name__ == "__main__":
    sys.exit(main())
