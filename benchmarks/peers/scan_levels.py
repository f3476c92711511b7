"""The structural equation as a `pytensor.scan`: what a PyMC user would write first."""

from __future__ import annotations

from typing import Any

import pytensor
import pytensor.tensor as pt

from withdrawal_risk.dynamics.structure import Structure


def scan_levels(
    structure: Structure, *, phi: Any, weight: Any, own_scale: Any, drive: Any, start: Any, innovation: Any,
    clamped: Any, given: Any,
) -> Any:  # fmt: skip
    """Return the symbolic levels, shape (month, factor); arguments as `withdrawal_risk.dynamics.op.levels`.

    Lag-0 edges are solved by sweeping the factors in order within a month; the state carried from month to
    month is as long as the longest lag.
    """
    reach = max(structure.longest_lag, 1)
    n = len(structure.factors)

    def month(drive_t: Any, shock: Any, clamped_t: Any, given_t: Any, *rest: Any) -> Any:
        past, (phi, weight, spread) = rest[:reach], rest[reach:]
        cells: list[Any] = []
        for j in range(n):
            pull = drive_t[j]
            for e in range(structure.edge_start[j], structure.edge_start[j + 1]):
                lag, i = int(structure.edge_lag[e]), int(structure.edge_parent[e])
                # Scan hands over the oldest state first.
                pull = pull + weight[e] * (cells[i] if lag == 0 else past[reach - lag][i])
            free = phi[j] * past[-1][j] + (1 - phi[j]) * pull + spread[j] * shock[j]
            cells.append(pt.switch(clamped_t[j], given_t[j], free))
        return pt.stack(cells)

    first = pt.switch(clamped[0], given[0], start)
    before = pt.stack([first] * reach)
    taps = list(range(-reach, 0))
    path = pytensor.scan(
        month,
        sequences=[drive[1:], innovation, clamped[1:], given[1:]],
        outputs_info=[{"initial": before, "taps": taps}],
        non_sequences=[phi, weight, own_scale * pt.sqrt(1 - phi**2)],
        return_updates=False,
    )
    return pt.concatenate([first[None, :], path], axis=0)


__all__ = ["scan_levels"]
