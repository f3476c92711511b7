"""Defaults that questions share, so that all of them print the same value of a quantity."""

from __future__ import annotations

from typing import Final

__all__ = ["CI_PROB", "FUTURES"]

CI_PROB: Final = 0.9
"""Probability of equal-tailed credible intervals."""

FUTURES: Final = 8
"""Simulated futures for each draw. With 8,000 draws that is 64,000: their randomness adds less to
the Monte Carlo error of a probability than the draws do, and questions in a row share them."""
