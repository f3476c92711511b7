"""The structural equation as a `pytensor.scan`: what a PyMC user would write first."""

from __future__ import annotations

from typing import Any

import pytensor
import pytensor.tensor as pt

from withdrawal_risk.dynamics.equation import PathInputs


def scan_levels(inputs: PathInputs) -> Any:
    """Return the symbolic levels, shape (month, factor); arguments as `withdrawal_risk.dynamics.op.levels`.

    Lag-0 edges are solved by sweeping the factors in order within a month; the state carried from month to
    month is as long as the longest lag.
    """
    edge_start, edge_parent, edge_lag = inputs.edge_start, inputs.edge_parent, inputs.edge_lag
    clamped, given = inputs.clamped, inputs.given
    reach = max(int(edge_lag.max(initial=0)), 1)
    n = len(edge_start) - 1

    def month(drive_t: Any, shock: Any, clamped_t: Any, given_t: Any, *rest: Any) -> Any:
        past, (phi, weight, spread) = rest[:reach], rest[reach:]
        cells: list[Any] = []
        for j in range(n):
            pull = drive_t[j]
            for e in range(edge_start[j], edge_start[j + 1]):
                lag, i = int(edge_lag[e]), int(edge_parent[e])
                # Scan hands over the oldest state first.
                pull = pull + weight[e] * (cells[i] if lag == 0 else past[reach - lag][i])
            free = phi[j] * past[-1][j] + (1 - phi[j]) * pull + spread[j] * shock[j]
            cells.append(pt.switch(clamped_t[j], given_t[j], free))
        return pt.stack(cells)

    first = pt.switch(clamped[0], given[0], inputs.start)
    before = pt.stack([first] * reach)
    taps = list(range(-reach, 0))
    path = pytensor.scan(
        month,
        sequences=[inputs.drive[1:], inputs.innovation, clamped[1:], given[1:]],
        outputs_info=[{"initial": before, "taps": taps}],
        non_sequences=[inputs.phi, inputs.weight, inputs.own_scale * pt.sqrt(1 - inputs.phi**2)],
        return_updates=False,
    )
    return pt.concatenate([first[None, :], path], axis=0)


__all__ = ["scan_levels"]
