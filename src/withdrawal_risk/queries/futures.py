"""Futures of every draw, with random numbers that belong to a seed and a name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.dynamics.kernel import paths
from withdrawal_risk.inference.parameters import generator, innovations
from withdrawal_risk.inference.posterior import Posterior, kernel_arrays
from withdrawal_risk.model.timeline import Window

__all__ = ["Futures", "simulate"]

Array = NDArray[np.float64]

_CELLS: Final = 4_000_000
"""Innovations held at once, which bounds memory."""


@dataclass(frozen=True, eq=False)
class Futures:
    """Levels of some draws from the start of the fit to the horizon.

    Parameters
    ----------
    window : Window
        From the model's start to its horizon.
    draws : slice
        Which draws of the group.
    unknowns : dict of str to ndarray, shape (draw, ...)
        What the model does not know, for these draws.
    past : ndarray, shape (draw, past month, factor)
    future : ndarray, shape (factor, draw, future month, future)
    """

    window: Window
    draws: slice
    unknowns: dict[str, Array]
    past: Array
    future: Array

    def level(self, factor: int, first: int, last: int) -> Array:
        """Return a factor's level over months ``first..last`` of the window, shape (draw, month, future)."""
        before = self.past.shape[1]
        ahead = self.future[factor][:, max(first - before, 0) : max(last + 1 - before, 0)]
        if first >= before:
            return ahead
        known = self.past[:, first : min(before, last + 1), factor, None]
        return np.concatenate([np.broadcast_to(known, (*known.shape[:2], ahead.shape[2])), ahead], axis=1)


def simulate(
    posterior: Posterior, *, group: str = "posterior", futures: int = 64, random_seed: int = 1
) -> Iterator[Futures]:
    """Continue every draw to the horizon, some draws at a time.

    Parameters
    ----------
    posterior : Posterior
    group : {"posterior", "prior"}
    futures : int
        For each draw.
    random_seed : int
        A factor's random numbers depend on this seed, its name and the draw, and on nothing else.

    Yields
    ------
    Futures
        Consecutive draws; together all of the group's.
    """
    model, frame = posterior.model, posterior.frame
    time = model.spec.time
    window = Window(time.start, time.horizon)
    before, ahead = posterior.as_of - time.start + 1, time.horizon - posterior.as_of
    unknowns = posterior.draws(group)
    level = posterior.tree[group].dataset["level"].values
    level = level.reshape(-1, *level.shape[2:])
    total, factors = len(level), len(frame.structure.factors)
    from_ = max(before - max(frame.structure.longest_lag, 1), 0)
    at_once = max(_CELLS // (futures * ahead * factors), 1)
    streams = [
        (j, bool(jump), generator(random_seed, "future", frame.structure.factors[j]))
        for j, jump in zip(frame.latent_index, frame.jump, strict=True)
    ]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for begin in range(0, total, at_once):
            part = slice(begin, min(begin + at_once, total))
            shape = (part.stop - begin, ahead, futures)
            noise = np.zeros((factors, *shape))

            def fill(stream: tuple[int, bool, np.random.Generator], noise: Array = noise) -> None:
                j, jump, rng = stream
                noise[j] = innovations(rng, noise.shape[1:], jump=jump)

            list(pool.map(fill, streams))
            some = {name: values[part] for name, values in unknowns.items()}
            arrays = kernel_arrays(model, frame, some, posterior.as_of, window)
            future = paths(
                np.ascontiguousarray(level[part, from_:before]), arrays["phi"], arrays["weight"], arrays["own_scale"],
                np.ascontiguousarray(arrays["drive"][:, from_:]), noise, arrays["clamped"][from_:],
                arrays["given"][from_:], *frame.structure.arrays,
            )  # fmt: skip
            yield Futures(window, part, some, level[part, :before], future)
