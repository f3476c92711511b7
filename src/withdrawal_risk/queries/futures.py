"""Futures of every draw, as expected and in other worlds, with random numbers that belong to a seed and a name."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.dynamics.kernel import pasts, paths
from withdrawal_risk.inference.parameters import generator, innovations
from withdrawal_risk.inference.posterior import Posterior, kernel_arrays
from withdrawal_risk.model.timeline import Window
from withdrawal_risk.queries.worlds import World, horizon_window

__all__ = ["Futures", "simulate"]

Array = NDArray[np.float64]

_CELLS: Final = 4_000_000
"""Innovations worked on at once, which bounds memory."""

_KEEP: Final = 20_000_000
"""Innovations kept for the next question, at most: 160 MB."""

_KEPT: WeakKeyDictionary[Posterior, tuple[tuple[int, int, int], list[tuple[slice, Array]]]] = WeakKeyDictionary()


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
    posterior: Posterior,
    *,
    group: str = "posterior",
    futures: int = 64,
    random_seed: int = 1,
    worlds: Sequence[World] = (),
) -> Iterator[list[Futures]]:
    """Continue every draw to the horizon, some draws at a time, as expected and in other worlds.

    Parameters
    ----------
    posterior : Posterior
    group : {"posterior", "prior"}
    futures : int
        For each draw.
    random_seed : int
        A factor's random numbers depend on this seed, its name and the draw, and on nothing else: not on
        the world.
    worlds : sequence of World

    Yields
    ------
    list of Futures
        The expected world first, then `worlds`, for consecutive draws; together all of the group's.
    """
    model, frame = posterior.model, posterior.frame
    window = horizon_window(posterior)
    unknowns = posterior.draws(group)
    level = posterior.tree[group].dataset["level"].values
    level = level.reshape(-1, *level.shape[2:])[:, : posterior.as_of - window.first + 1]
    for part, noise in _noise(posterior, len(level), futures, random_seed):
        some = {name: values[part] for name, values in unknowns.items()}
        arrays = kernel_arrays(model, frame, some, posterior.as_of, window)
        expected = Futures(window, part, some, level[part], _continue(posterior, arrays, level[part], noise))
        yield [expected, *(_elsewhere(posterior, arrays, expected, world, noise) for world in worlds)]


def _noise(posterior: Posterior, draws: int, futures: int, random_seed: int) -> Iterator[tuple[slice, Array]]:
    """Yield innovations, shape (factor, draw, future month, future), for consecutive draws.

    Questions in a row ask for the same ones, so those of the last question are kept while they are few.
    """
    question = draws, futures, random_seed
    kept = _KEPT.get(posterior)
    if kept is not None and kept[0] == question:
        yield from kept[1]
        return
    _KEPT.pop(posterior, None)
    frame, ahead = posterior.frame, posterior.model.spec.time.horizon - posterior.as_of
    factors = frame.structure.factors
    at_once = max(_CELLS // (futures * ahead * len(factors)), 1)
    streams = [
        (j, bool(jump), generator(random_seed, "future", factors[j]))
        for j, jump in zip(frame.latent_index, frame.jump, strict=True)
    ]
    made: list[tuple[slice, Array]] = []
    keep = draws * futures * ahead * len(factors) <= _KEEP
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for begin in range(0, draws, at_once):
            part = slice(begin, min(begin + at_once, draws))
            noise = np.zeros((len(factors), part.stop - begin, ahead, futures))

            def fill(stream: tuple[int, bool, np.random.Generator], noise: Array = noise) -> None:
                j, jump, rng = stream
                noise[j] = innovations(rng, noise.shape[1:], jump=jump)

            list(pool.map(fill, streams))
            if keep:
                made.append((part, noise))
            yield part, noise
    if keep:
        _KEPT[posterior] = question, made


def _continue(
    posterior: Posterior,
    arrays: dict[str, Array],
    past: Array,
    noise: Array,
    own_given: Array | None = None,
) -> Array:
    """Run futures on from a past, shape (factor, draw, future month, future)."""
    structure = posterior.frame.structure
    before = past.shape[1]
    first = max(before - max(structure.longest_lag, 1), 0)
    future: Array = paths(
        np.ascontiguousarray(past[:, first:]), arrays["phi"], arrays["weight"], arrays["own_scale"],
        np.ascontiguousarray(arrays["drive"][:, first:]), noise, arrays["clamped"][first:],
        arrays["given"][first:], np.empty((0, 0, 0, 0)) if own_given is None else own_given, *structure.arrays,
    )  # fmt: skip
    return future


def _elsewhere(
    posterior: Posterior, arrays: dict[str, Array], expected: Futures, world: World, noise: Array
) -> Futures:
    """Run another world on the innovations of the expected one, past and future."""
    before = expected.past.shape[1]
    changed = arrays | {
        "clamped": np.logical_or(arrays["clamped"], world.clamped),
        "given": np.where(world.clamped, world.given, arrays["given"]),
        "drive": arrays["drive"] + world.push,
    }
    past = expected.past
    if world.clamped[:before].any() or world.push[:before].any():
        given = np.broadcast_to(changed["given"][:before], past.shape).copy()
        given[:, world.shifted[:before]] += past[:, world.shifted[:before]]
        past = pasts(
            changed["phi"], changed["weight"], changed["own_scale"], np.ascontiguousarray(changed["drive"][:, :before]),
            changed["start"], changed["innovation"], changed["clamped"][:before], given,
            *posterior.frame.structure.arrays,
        )  # fmt: skip
    own_given = None
    shifted = world.shifted.copy()
    shifted[:before] = False
    if shifted.any():
        own_given = expected.future.copy()
        for t, j in np.argwhere(shifted):
            own_given[j, :, t - before] += world.given[t, j]
        changed["given"][shifted] = np.nan
    return replace(expected, past=past, future=_continue(posterior, changed, past, noise, own_given))
