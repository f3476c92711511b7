"""Draws of everything from the prior of a model file, from its start to its horizon.

Computed in NumPy alone, so that a file is reviewed in a second or two without compiling anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.dynamics.equation import levels_of_draws
from withdrawal_risk.elements.timeline import Window
from withdrawal_risk.inference.alignment import Block, align_evidence
from withdrawal_risk.inference.parameters import Frame, build_frame
from withdrawal_risk.inference.path_inputs import path_inputs
from withdrawal_risk.model.library import Model

__all__ = ["SEED", "PriorDraws", "all_blocks", "prior_draws"]

Array = NDArray[np.float64]

_DRAWS: Final = 2000
_FEWEST_DRAWS: Final = 200
_NUMBERS: Final = 40_000_000
"""Of a network whose levels or evidence would be more numbers than this, fewer are drawn."""

SEED: Final = 1


@dataclass(frozen=True, kw_only=True, eq=False)
class PriorDraws:
    """Draws of everything from the prior.

    Parameters
    ----------
    frame : Frame
    draws : dict of str to ndarray, shape (draw, ...)
    level : ndarray, shape (draw, month, factor)
    """

    frame: Frame
    draws: dict[str, Array]
    level: Array

    @property
    def count(self) -> int:
        """Number of draws."""
        return len(self.level)


def prior_draws(model: Model) -> PriorDraws:
    """Draw all unknowns, and the levels that follow from them.

    Parameters
    ----------
    model : Model
    """
    window = Window(model.spec.time.start, model.spec.time.horizon)
    frame = build_frame(model, window)
    row_months = sum(len(row.months()) for row in model.evidence)
    largest = max(len(window) * len(frame.structure.factors), row_months, 1)
    count = min(max(_NUMBERS // largest, _FEWEST_DRAWS), _DRAWS)
    draws = {name: prior.draw(SEED, count) for name, prior in frame.priors.items()}
    inputs = path_inputs(model, frame, draws, model.as_of, window)
    return PriorDraws(frame=frame, draws=draws, level=levels_of_draws(inputs))


def all_blocks(model: Model, frame: Frame) -> tuple[Block, ...]:
    """Return all rows within the horizon, as if all had been published.

    A stated error that is relative to the value means little where the value itself is in doubt;
    it counts up to 1.
    """
    last = max((row.published for row in model.evidence), default=model.as_of)
    return tuple(
        replace(block, se=np.minimum(block.se, 1.0))
        if block.family.error_scale == "relative"
        else block
        for block in align_evidence(frame, model.evidence, last)
    )
