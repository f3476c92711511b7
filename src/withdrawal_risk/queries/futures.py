"""Futures of every draw, with random numbers that belong to a seed and a name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.dynamics.kernel import paths
from withdrawal_risk.inference.parameters import STUDENT_T_NU, generator
from withdrawal_risk.inference.posterior import Posterior, kernel_arrays
from withdrawal_risk.model.timeline import Window

__all__ = ["Futures", "simulate"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Futures:
    """Levels from the start of the fit to the horizon.

    Parameters
    ----------
    window : Window
        From the model's start to its horizon.
    past : ndarray, shape (draw, past month, factor)
    future : ndarray, shape (draw, future, future month, factor)
    """

    window: Window
    past: Array
    future: Array

    def level(self, factor: int, first: int, last: int) -> Array:
        """Return a factor's level over months ``first..last`` of the window, shape (draw, future, month)."""
        before = self.past.shape[1]
        draws, futures = self.future.shape[:2]
        known = self.past[:, None, first : min(before, last + 1), factor]
        known = np.broadcast_to(known, (draws, futures, known.shape[2]))
        ahead = self.future[:, :, max(first - before, 0) : max(last + 1 - before, 0), factor]
        return np.concatenate([known, ahead], axis=2)


def simulate(
    posterior: Posterior,
    *,
    group: str = "posterior",
    draws: slice = slice(None),
    futures: int = 64,
    random_seed: int = 1,
) -> Futures:
    """Continue draws to the horizon.

    Parameters
    ----------
    posterior : Posterior
    group : {"posterior", "prior"}
    draws : slice
        Which draws; the random numbers of a draw do not depend on it.
    futures : int
        For each draw.
    random_seed : int
    """
    model, frame = posterior.model, posterior.frame
    time = model.spec.time
    window = Window(time.start, time.horizon)
    before = posterior.as_of - time.start + 1
    ahead = time.horizon - posterior.as_of
    unknowns = posterior.draws(group)
    total = len(unknowns["half_life"])
    chosen = range(total)[draws]
    arrays = kernel_arrays(
        model, frame, {name: values[draws] for name, values in unknowns.items()}, posterior.as_of, window
    )
    dataset = posterior.tree[group].dataset
    past = dataset["level"].values.reshape(total, *dataset["level"].shape[2:])[draws][:, :before]
    innovation = np.zeros((len(chosen), futures, ahead, len(frame.structure.factors)))
    for j, jump in zip(frame.latent_index, frame.jump, strict=True):
        rng = generator(random_seed, "future", frame.structure.factors[j])
        noise = (
            rng.standard_t(STUDENT_T_NU, (total, futures, ahead))
            if jump
            else rng.standard_normal((total, futures, ahead))
        )
        if jump:
            noise *= np.sqrt((STUDENT_T_NU - 2) / STUDENT_T_NU)
        innovation[..., j] = noise[draws]
    future = paths(
        np.ascontiguousarray(past), arrays["phi"], arrays["weight"], arrays["own_scale"], arrays["drive"], innovation,
        arrays["clamped"], arrays["given"], *frame.structure.arrays,
    )  # fmt: skip
    return Futures(window, past, future)
