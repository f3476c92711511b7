"""A posterior approximated in a second: mode and curvature of the compiled density.

The mode of all unknowns together is of no use: an error of almost nothing and levels that run
through every observation are more probable together than any error that is true. So the unknowns
that are positive or shares (errors, weights, half-lives) start from the middle of their judgements.
The mode of the others is found there, and the curvature of all. Draws of the normal law that these
define are then moved by a few steps of Hamiltonian dynamics in the exact density, which corrects
what the normal law misses and shows how far it is off.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from withdrawal_risk.cores import share_out
from withdrawal_risk.dynamics.kernel import simulate_past
from withdrawal_risk.elements.timeline import Month, Window
from withdrawal_risk.errors import WithdrawalRiskError
from withdrawal_risk.inference.alignment import align_evidence, evidence_months, fit_window
from withdrawal_risk.inference.density import evaluate
from withdrawal_risk.inference.packing import Words, pack
from withdrawal_risk.inference.parameters import build_frame
from withdrawal_risk.inference.path_inputs import path_inputs
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.inference.problem import (
    locations_and_scales,
    problem_of,
    sampled_priors,
    without_machine_code,
)
from withdrawal_risk.inference.vector import anchor_shift, split
from withdrawal_risk.model.library import Model
from withdrawal_risk.random import generator

__all__ = ["Approximation", "Unsettled", "approximate"]

Array = NDArray[np.float64]

_DRAWS: Final = 256
_LEAPS: Final = 5
_STEP: Final = 0.3
"""Steps of a move, and the length of a step in units of the normal law."""

_STIFFEST: Final = 1.0
"""Least curvature, in units of the prior's: the density cannot know less than the prior."""

_DIFFERENCE: Final = 1e-6
"""Step of the differences of gradients that make the curvature, in prior sd."""

_FAR: Final = 1e300
"""Stands for the energy of a point at which the density is not finite."""

_LEAST_ACCEPTED: Final = 0.5
_MOST_DRIFT: Final = 0.9
"""Where fewer moves are accepted, or their energy drifts by more of its own sd, the normal law is
too far from the posterior."""


class Unsettled(WithdrawalRiskError):
    """A posterior that mode and curvature do not describe.

    Examples
    --------
    >>> issubclass(wr.Unsettled, wr.WithdrawalRiskError)
    True
    """


@dataclass(frozen=True)
class _Target:
    """The compiled density in units of the prior.

    Parameters
    ----------
    words : ndarray of int64
        As from `pack`.
    location, scale : ndarray, shape (unknown,)
        Of the prior.
    """

    words: Words
    location: Array
    scale: Array

    def energy(self, point: Array) -> tuple[float, Array]:
        """Return minus the log density at a point, and its gradient."""
        value, gradient = evaluate(self.location + self.scale * point, self.words)
        if not (math.isfinite(value) and np.isfinite(gradient).all()):
            return _FAR, np.zeros_like(point)
        return -value, -gradient * self.scale

    def energies(self, points: Array) -> tuple[Array, Array]:
        """Return energies, shape (draw,), and gradients, shape (draw, unknown)."""
        energies, gradients = np.empty(len(points)), np.empty(points.shape)

        def work(begin: int, end: int) -> None:
            for k in range(begin, end):
                energies[k], gradients[k] = self.energy(points[k])

        # The compiled density gives up the interpreter's lock.
        share_out(len(points), work)
        return energies, gradients

    def mode(self, free: NDArray[np.bool_]) -> Array:
        """Return the mode of some unknowns with the others at the middle of their prior."""
        from scipy.optimize import minimize

        def energy(values: Array) -> tuple[float, Array]:
            point = np.zeros(len(free))
            point[free] = values
            value, gradient = self.energy(point)
            return value, gradient[free]

        found = minimize(energy, np.zeros(int(free.sum())), jac=True, method="L-BFGS-B")
        point = np.zeros(len(free))
        point[free] = found.x
        return point

    def curvature(self, point: Array) -> Array:
        """Return the second derivatives of the energy, by differences of its gradient."""
        ahead = self.energies(point + _DIFFERENCE * np.eye(len(point)))[1]
        sides = (ahead - self.energy(point)[1]) / _DIFFERENCE
        return np.asarray((sides + sides.T) / 2)


def _spread(curvature: Array) -> Array:
    """Return the matrix that turns independent noise into draws of the normal law."""
    stiffness, directions = np.linalg.eigh(curvature)
    return np.asarray(directions / np.sqrt(np.maximum(stiffness, _STIFFEST)))


def _in_pairs(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return noise in which every row has its opposite, so that errors of means cancel."""
    half = rng.normal(size=((shape[0] + 1) // 2, *shape[1:]))
    return np.concatenate([half, -half])[: shape[0]]


class _Walk(NamedTuple):
    """Points with their energies and slopes, and how likely their last move was accepted.

    Parameters
    ----------
    points : ndarray, shape (draw, unknown)
    energy : ndarray, shape (draw,)
    slope : ndarray, shape (draw, unknown)
    accepted : ndarray, shape (draw,)
    """

    points: Array
    energy: Array
    slope: Array
    accepted: Array

    def first(self, count: int) -> _Walk:
        """Return the walk of the first draws."""
        return _Walk(*(values[:count] for values in self))


# Where dynamics leave the support of the density numbers overflow, and such moves are not accepted.
@np.errstate(over="ignore", invalid="ignore")
def _moved(target: _Target, walk: _Walk, spread: Array, rng: np.random.Generator) -> _Walk:
    """Move draws by Hamiltonian dynamics in the exact density, in units of the normal law.

    References
    ----------
    R. Neal, MCMC using Hamiltonian dynamics, Handbook of Markov Chain Monte Carlo, 2011.
    """
    momentum = _in_pairs(rng, walk.points.shape)
    step = _STEP * rng.uniform(0.8, 1.2)
    total = walk.energy + (momentum**2).sum(axis=1) / 2
    ahead, force = walk.points, walk.slope
    momentum = momentum - step / 2 * (force @ spread)
    for leap in range(_LEAPS):
        ahead = ahead + step * (momentum @ spread.T)
        arrived, force = target.energies(ahead)
        # Half a step of the momentum ends the last leap.
        momentum = momentum - step / (1 + (leap == _LEAPS - 1)) * (force @ spread)
    lost = arrived + (momentum**2).sum(axis=1) / 2 - total
    chance = np.nan_to_num(np.exp(-np.maximum(lost, 0.0)))
    taken = rng.random(len(chance)) < chance
    return _Walk(
        np.where(taken[:, None], ahead, walk.points),
        np.where(taken, arrived, walk.energy),
        np.where(taken[:, None], force, walk.slope),
        chance,
    )


def _tested(target: _Target, begun: Array, spread: Array, rng: np.random.Generator) -> Array:
    """Move draws of the normal law once, half of them twice, and return them.

    Raises
    ------
    Unsettled
        If they do not stay where they were.
    """
    start = _Walk(begun, *target.energies(begun), np.ones(len(begun)))
    once = _moved(target, start, spread, rng)
    half = len(begun) // 2
    twice = _moved(target, once.first(half), spread, rng)
    # Draws of the posterior have its energy before and after; others run to it, move by move.
    drift = abs(np.median(twice.energy) - np.median(start.energy[:half]))
    drift /= max(float(np.std(twice.energy)), 1e-12)
    rate = float(np.mean([*once.accepted, *twice.accepted]))
    if rate < _LEAST_ACCEPTED or not drift <= _MOST_DRIFT:
        raise Unsettled(
            "mode and curvature do not describe this posterior "
            f"({100 * rate:.0f} % of the moves that test them were accepted, their energy drifted "
            f"by {drift:.1f} sd); fit the model"
        )
    return np.concatenate([twice.points, once.points[half:]])


def approximate(
    model: Model, as_of: Month, *, draws: int = _DRAWS, random_seed: int = 1
) -> Approximation:
    """Return an approximate posterior of a model.

    Parameters
    ----------
    model : Model
    as_of : Month
    draws : int
    random_seed : int

    Raises
    ------
    Unsettled
        If mode and curvature do not describe the posterior, or a family or a prior has no compiled
        density.
    """
    frame = build_frame(model, fit_window(model, as_of))
    if (lacking := without_machine_code(frame)) is not None:
        raise Unsettled(f"{lacking} has no compiled density; fit the model")
    target = _Target(pack(problem_of(model, frame, as_of)), *locations_and_scales(frame))
    free = np.concatenate(
        [np.full(prior.mu.size, prior.support == "real") for prior in sampled_priors(frame)]
    )
    # Sums round as they are split between threads; one thread gives the same answer everywhere.
    with threadpool_limits(1, user_api="blas"):
        middle = target.mode(free)
        spread = _spread(target.curvature(middle))
        rng = generator(random_seed, "preliminary")
        begun = middle + _in_pairs(rng, (draws, len(middle))) @ spread.T
        points = _tested(target, begun, spread, rng)
    unknowns = split(frame, target.location + target.scale * points)
    inputs = path_inputs(model, frame, unknowns, as_of, frame.window)
    level = simulate_past(inputs._replace(given=inputs.given[None]))
    if "reference" in unknowns:
        months = evidence_months(frame, align_evidence(frame, model.evidence, as_of))
        unknowns["reference"] = unknowns["reference"] - anchor_shift(frame, months, unknowns, level)
    return Approximation(model, as_of, unknowns, level[:, :, frame.inferred_index])


class Approximation(Posterior):
    """Draws of an approximate posterior, which only the preliminary answer asks.

    Parameters
    ----------
    model : Model
    as_of : Month
    unknowns : mapping of str to ndarray, shape (draw, ...)
    level : ndarray, shape (draw, month, factor)
        Levels of the months up to `as_of`.
    """

    def __init__(
        self, model: Model, as_of: Month, unknowns: Mapping[str, Array], level: Array
    ) -> None:
        self.model, self.as_of = model, as_of
        self._unknowns, self._level = dict(unknowns), level

    @property
    def tree(self) -> Any:
        """There is none: an approximation is not kept."""
        raise Unsettled("a preliminary answer has no draws of a fit; fit the model")

    def save(self, path: str | os.PathLike[str]) -> None:
        """Refuse it: an approximation is not kept."""
        raise Unsettled("a preliminary answer is not saved; fit the model")

    @property
    def settings(self) -> dict[str, Any]:
        """That it is an approximation, and of how many draws."""
        return {"preliminary": True, "draws": len(self._level), "chains": 1}

    @property
    def stored_months(self) -> Window:
        """All months up to its date."""
        return fit_window(self.model, self.as_of)

    def draws(self, group: str = "posterior") -> dict[str, Array]:
        """Return the unknowns, shape (draw, ...)."""
        self._only_posterior(group)
        return self._unknowns

    def inferred_levels(self, group: str = "posterior") -> Array:
        """Return the levels, shape (draw, month, factor)."""
        self._only_posterior(group)
        return self._level

    def _only_posterior(self, group: str) -> None:
        if group != "posterior":
            raise Unsettled(f"a preliminary answer has no {group}; fit the model")

    def count(self, group: str = "posterior") -> int:
        """Return the number of draws."""
        self._only_posterior(group)
        return len(self._level)

    @property
    def chains(self) -> int:
        """One: the draws come from each other in no way."""
        return 1
