"""The compiled statistics are those of NumPy, to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from withdrawal_risk.model.clauses import HUGE, ROUNDING
from withdrawal_risk.model.many_futures import statistic_meets

STATISTICS: dict[str, Any] = {
    "mean": lambda x: x.mean(axis=1), "min": lambda x: x.min(axis=1), "max": lambda x: x.max(axis=1),
    "total": lambda x: x.sum(axis=1), "last": lambda x: x[:, -1],
}  # fmt: skip


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("shape", [(70, 12, 16), (3, 83, 5), (1, 6, 2), (5, 1, 16)])
def test_a_statistic_meets_what_numpy_says(statistic: str, shape: tuple[int, int, int]) -> None:
    rng = np.random.default_rng(1)
    wide = 10 * rng.standard_t(3, (shape[0], shape[1] + 2, shape[2]))
    wide[rng.random(wide.shape) < 0.02] = np.nan
    wide[0, 0, 0] = np.inf
    for values in (wide[:, 1:-1], np.round(wide[:, :-2]), np.ascontiguousarray(wide[:, 2:])):
        found = STATISTICS[statistic](values)
        size = np.minimum(np.abs(values).max(axis=1), HUGE)
        # Bounds that are a statistic itself decide by the tolerance alone.
        for bound in (0.0, 2.0, *np.nan_to_num(found[:, 0], posinf=1.0)):
            lower = found + ROUNDING * (size + abs(bound)) >= bound
            upper = bound + ROUNDING * (size + np.abs(found)) >= found
            np.testing.assert_array_equal(statistic_meets(values, statistic, bound, True), lower)
            np.testing.assert_array_equal(statistic_meets(values, statistic, bound, False), upper)
