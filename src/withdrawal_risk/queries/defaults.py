"""Defaults that questions share, so that one quantity has one value whichever question prints it."""

from __future__ import annotations

from typing import Final

__all__ = ["CI_PROB", "FUTURES"]

CI_PROB: Final = 0.9
"""Probability of equal-tailed credible intervals."""

FUTURES: Final = 16
"""Simulated futures for each draw. With 8,000 draws that is 128,000: the chance in them adds less to the Monte Carlo error
of a probability than the draws do, and questions that follow each other share them."""
