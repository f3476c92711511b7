"""How long and how carefully a model is sampled at each origin of a back test."""

from __future__ import annotations

from typing import Final

__all__ = ["CHAINS", "DRAWS", "FUTURES", "TARGET_ACCEPT", "TUNE"]

DRAWS: Final = 400
"""Of each chain. The mean CRPS of five origins of iraq-2025 then differs by less than 1 % from that
of 4 x (1000 + 2000) draws (`python -m benchmarks.backtest`)."""

TUNE: Final = 400

CHAINS: Final = 2

TARGET_ACCEPT: Final = 0.9

FUTURES: Final = 8
