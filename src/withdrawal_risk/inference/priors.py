"""Priors as data, and every kind of prior: how it is drawn, its density, its PyMC variable."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.random import generator

__all__ = ["COMPILED_KINDS", "KINDS", "SUPPORTS", "Prior", "PriorKind", "innovations"]

Array = NDArray[np.float64]

_NU: Final = 4.0
"""Degrees of freedom of the innovations of factors that jump."""

_UNIT_SCALE: Final = math.sqrt((_NU - 2) / _NU)
"""Scale at which their variance is 1."""


SUPPORTS: Final = ("real", "positive", "share")
"""The supports of priors, in the order that packed priors number."""


def unconstrained(support: str, value: Array) -> Array:
    """Return what is sampled for values with a support: any number."""
    if support == "positive":
        return np.asarray(np.log(value))
    return np.asarray(np.log(value) - np.log1p(-value)) if support == "share" else value


def constrained(support: str, sampled: Array) -> Array:
    """Return the values of what is sampled; the inverse of `unconstrained`."""
    if support == "positive":
        return np.asarray(np.exp(sampled))
    return np.asarray(1.0 / (1.0 + np.exp(-sampled))) if support == "share" else sampled


def log_slope(support: str, value: Array) -> Array:
    """Return the log derivative of `constrained` where it gives a value."""
    if support == "positive":
        return np.asarray(np.log(value))
    if support == "share":
        return np.asarray(np.log(value) + np.log1p(-value))
    return np.zeros(np.shape(value))


def innovations(rng: np.random.Generator, shape: tuple[int, ...], *, jump: bool) -> Array:
    """Draw unit-variance innovations, Student-t where the factor jumps."""
    if jump:
        return np.asarray(_UNIT_SCALE * rng.standard_t(_NU, shape))
    return rng.standard_normal(shape)


class PriorKind(ABC):
    """A kind of prior.

    Attributes
    ----------
    name : str
    support : {"real", "positive", "share"}
        Any number, one above 0 or one between 0 and 1. Location and scale are those of what is
        sampled: the number itself, its logarithm or its log odds.
    """

    name: ClassVar[str]
    support: ClassVar[Literal["real", "positive", "share"]] = "real"

    @abstractmethod
    def draw(self, mu: Array, sigma: Array, shape: tuple[int, ...], rng: Any) -> Array:
        """Return independent draws."""

    @abstractmethod
    def log_density(self, value: Array, mu: Array, sigma: Array) -> Array:
        """Return the log density element by element."""

    def compiled(self) -> Callable[[float], tuple[float, float]] | None:
        """Return the density and its derivative for machine code; None where there is no such form.

        The function takes the distance of what is sampled from its location, in scales. Its log
        density is 0 at the location; what is constant is left out.
        """
        return None

    @abstractmethod
    def variable(self, pm: Any, name: str, mu: Array, sigma: Array, **options: Any) -> Any:
        """Return a variable of the PyMC model in context; ``pm`` is PyMC."""


class NormalPrior(PriorKind):
    """Normal."""

    name = "normal"

    def draw(self, mu: Array, sigma: Array, shape: tuple[int, ...], rng: Any) -> Array:
        """Return normal draws."""
        return np.asarray(mu + sigma * rng.standard_normal(shape))

    def log_density(self, value: Array, mu: Array, sigma: Array) -> Array:
        """Return the normal log density."""
        return np.asarray(
            -0.5 * ((value - mu) / sigma) ** 2 - np.log(sigma) - 0.5 * math.log(2 * math.pi)
        )

    def compiled(self) -> Callable[[float], tuple[float, float]]:
        """Return the normal density and its derivative."""

        def density(score: float) -> tuple[float, float]:
            return -0.5 * score * score, -score

        return density

    def variable(self, pm: Any, name: str, mu: Array, sigma: Array, **options: Any) -> Any:
        """Return a normal variable."""
        return pm.Normal(name, mu=mu, sigma=sigma, **options)


class LognormalPrior(NormalPrior):
    """Lognormal."""

    name = "lognormal"
    support = "positive"

    def draw(self, mu: Array, sigma: Array, shape: tuple[int, ...], rng: Any) -> Array:
        """Return lognormal draws."""
        return np.asarray(np.exp(super().draw(mu, sigma, shape, rng)))

    def log_density(self, value: Array, mu: Array, sigma: Array) -> Array:
        """Return the lognormal log density."""
        # The density of the logarithm, times the derivative of the transformation.
        logarithm = np.log(value)
        return super().log_density(logarithm, mu, sigma) - logarithm

    def variable(self, pm: Any, name: str, mu: Array, sigma: Array, **options: Any) -> Any:
        """Return a lognormal variable."""
        return pm.LogNormal(name, mu=mu, sigma=sigma, **options)


class LogitNormalPrior(NormalPrior):
    """Logit-normal."""

    name = "logitnormal"
    support = "share"

    def draw(self, mu: Array, sigma: Array, shape: tuple[int, ...], rng: Any) -> Array:
        """Return logit-normal draws."""
        return constrained(self.support, super().draw(mu, sigma, shape, rng))

    def log_density(self, value: Array, mu: Array, sigma: Array) -> Array:
        """Return the logit-normal log density."""
        sampled = unconstrained(self.support, value)
        return super().log_density(sampled, mu, sigma) - log_slope(self.support, value)

    def variable(self, pm: Any, name: str, mu: Array, sigma: Array, **options: Any) -> Any:
        """Return a logit-normal variable."""
        # PyMC gives this distribution no transform of its own: a step could leave (0, 1).
        log_odds = pm.distributions.transforms.logodds
        return pm.LogitNormal(name, mu=mu, sigma=sigma, default_transform=log_odds, **options)


class StudentTPrior(PriorKind):
    """Student-t of unit variance; location and scale are not used."""

    name = "student_t"

    def draw(self, mu: Array, sigma: Array, shape: tuple[int, ...], rng: Any) -> Array:
        """Return Student-t draws."""
        return innovations(rng, shape, jump=True)

    def log_density(self, value: Array, mu: Array, sigma: Array) -> Array:
        """Return the Student-t log density."""
        # The normalising constant of a Student-t with this scale.
        constant = (
            math.lgamma((_NU + 1) / 2)
            - math.lgamma(_NU / 2)
            - 0.5 * math.log(_NU * math.pi)
            - math.log(_UNIT_SCALE)
        )
        return np.asarray(constant - (_NU + 1) / 2 * np.log1p((value / _UNIT_SCALE) ** 2 / _NU))

    def compiled(self) -> Callable[[float], tuple[float, float]]:
        """Return the Student-t density and its derivative."""
        power, width = (_NU + 1) / 2, _NU * _UNIT_SCALE**2

        def density(score: float) -> tuple[float, float]:
            square = score * score / width
            return -power * math.log1p(square), -2.0 * power * score / (width * (1.0 + square))

        return density

    def variable(self, pm: Any, name: str, mu: Array, sigma: Array, **options: Any) -> Any:
        """Return a Student-t variable."""
        # As an array: PyTensor holds a bare Python number in single precision.
        return pm.StudentT(name, nu=_NU, sigma=np.array(_UNIT_SCALE), **options)


KINDS: Final[dict[str, PriorKind]] = {
    kind.name: kind
    for kind in (NormalPrior(), LognormalPrior(), StudentTPrior(), LogitNormalPrior())
}
"""Every kind of prior by its name."""

COMPILED_KINDS: Final[dict[str, PriorKind]] = {
    name: kind for name, kind in KINDS.items() if type(kind).compiled is not PriorKind.compiled
}
"""Those whose densities are compiled, in the order that packed priors number."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Prior:
    """The prior of one array of unknowns.

    Parameters
    ----------
    name : str
    dims : tuple of str
    kind : str
        One of `KINDS`.
    mu, sigma : ndarray
        Location and scale, of what is sampled; shaped like the unknowns.
    """

    name: str
    dims: tuple[str, ...]
    kind: str
    mu: Array
    sigma: Array

    def __repr__(self) -> str:
        return (
            f"Prior({self.name!r}, {self.kind}, {' x '.join(self.dims)}: "
            f"{' x '.join(map(str, self.mu.shape))})"
        )

    @property
    def support(self) -> Literal["real", "positive", "share"]:
        """Which numbers the unknowns may be."""
        return KINDS[self.kind].support

    @property
    def suffix(self) -> str:
        """What PyMC adds to the name of the unknowns where it names what is sampled."""
        return {"real": "", "positive": "_log__", "share": "_logodds__"}[self.support]

    def unconstrained(self, value: Array) -> Array:
        """Return what is sampled for some values."""
        return unconstrained(self.support, value)

    def constrained(self, sampled: Array) -> Array:
        """Return the values of what is sampled."""
        return constrained(self.support, sampled)

    def log_slope(self, value: Array) -> Array:
        """Return the log derivative of values with respect to what is sampled."""
        return log_slope(self.support, value)

    def draw(self, random_seed: int, draws: int) -> Array:
        """Return independent draws, shape (draw, *shape)."""
        # A stream of its own for each unknown: adding one does not move the others.
        rng = generator(random_seed, "prior", self.name)
        shape = (draws, *self.mu.shape)
        return KINDS[self.kind].draw(self.mu, self.sigma, shape, rng)

    def log_density(self, value: Array) -> Array:
        """Return the log density element by element."""
        return KINDS[self.kind].log_density(value, self.mu, self.sigma)

    def variable(self, pm: Any) -> Any:
        """Return the unknowns as a variable of the PyMC model in context."""
        kind = KINDS[self.kind]
        return kind.variable(pm, self.name, self.mu, self.sigma, dims=self.dims)
