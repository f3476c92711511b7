"""What every family of indicators does: how a level becomes a value, and a value a density.

Methods take ``xp`` where NumPy and PyTensor share a formula: `numpy_ops`, or PyTensor's functions under the same names.
``eta`` is the linear predictor, ``reference + polarity * loading * level``; ``mean`` is the expected value in natural units
over a row's span; ``error`` is the row's own error, its grade and stated standard error included.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["FAR", "Array", "Family", "Located", "log_odds", "normal_log_density", "numpy_ops", "scores_between"]

Array = NDArray[np.float64]

FAR: Final = 40.0
"""Stands for infinity as a bound of the lowest and the highest grade, in standard deviations."""

_HALF_LOG_2PI: Final = 0.5 * math.log(2 * math.pi)


class _NumpyOps:
    """The few functions the families need, under the names PyTensor gives them."""

    def __getattr__(self, name: str) -> Any:
        if name in ("gammaln", "log_ndtr"):
            import scipy.special

            value = getattr(scipy.special, name)
        else:
            value = getattr(np, name)
        setattr(self, name, value)
        return value


numpy_ops = _NumpyOps()


def log_odds(share: Any, xp: Any) -> Any:
    """Return the log-odds of an expected share, which may have rounded to 0 or 1."""
    inside = xp.minimum(xp.maximum(share, 1e-300), 1.0 - 2.0**-53)
    return xp.log(inside) - xp.log1p(-inside)


def normal_log_density(value: Any, mean: Any, sd: Any, xp: Any) -> Any:
    """Return the log density of a normal."""
    return -0.5 * ((value - mean) / sd) ** 2 - xp.log(sd) - _HALF_LOG_2PI


def scores_between(low: Any, high: Any, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Draw standard normal scores between bounds, in the tail where they can be told apart."""
    from scipy.special import ndtr, ndtri

    turn = low > 0
    a, b = ndtr(np.where(turn, -high, low)), ndtr(np.where(turn, -low, high))
    score = ndtri(np.clip(a + (b - a) * rng.uniform(size=shape), 1e-300, 1 - 2.0**-53))
    return np.where(turn, -score, score)


class Family(ABC):
    """One kind of value that an indicator shows; every family is a class of its own, in a file of its own.

    Attributes
    ----------
    name : str
        In model files, tables and trees.
    free_of_error : bool
        Whether its noise is fixed by the link, so that a row has no error of its own.
    whole : bool
        Whether its values are whole numbers: totals, positions of grades, no and yes.
    totals : bool
        Whether a row over several months gives their total, and not their mean.
    has_cuts : bool
        Whether its values are grades between cut points.
    harmless : float
        A value that stands where an ``as_of`` sees none.
    """

    name: ClassVar[str]
    free_of_error: ClassVar[bool] = False
    whole: ClassVar[bool] = False
    totals: ClassVar[bool] = False
    has_cuts: ClassVar[bool] = False
    harmless: ClassVar[float] = 0.0

    def __repr__(self) -> str:
        return f"<family {self.name}>"

    @abstractmethod
    def inverse_link(self, eta: Any, xp: Any) -> Any:
        """Return the expected monthly value in natural units; the predictor itself for a grade."""

    @abstractmethod
    def log_density(self, value: Any, mean: Any, error: Any, xp: Any, bounds: Any = None) -> Any:
        """Return the log density of observed values.

        Parameters
        ----------
        value : array_like
            Observed.
        mean : array_like
            Expected over the row's span (`inverse_link` averaged or summed).
        error : array_like
            What it is the class says.
        xp : namespace
        bounds : pair of array_like, optional
            Of grades, cut points below and above the observed one.
        """

    def noise(self, error: Array, shape: tuple[int, ...], rng: np.random.Generator) -> tuple[Array, ...]:
        """Draw the chance in values, which does not depend on what is expected of them.

        Parameters
        ----------
        error : ndarray
            Broadcasts against ``shape``.
        shape : tuple of int
            Of the values.
        rng : numpy.random.Generator

        Returns
        -------
        tuple of ndarray
            Arguments of `realise`: standard normal scores first.
        """
        return (rng.standard_normal(shape),)

    @abstractmethod
    def noise_given(
        self,
        value: float,
        mean: Array,
        error: Array,
        shape: tuple[int, ...],
        rng: np.random.Generator,
        cuts: Array | None = None,
    ) -> tuple[Array, ...]:
        """Draw the chance in a value that is known: `realise` makes that value of it, where ``mean`` is what it was.

        Parameters
        ----------
        value : float
            Shown.
        mean, error, cuts
            As in `realise`, of what was expected when it was shown.
        shape : tuple of int
            Of the chance; the others broadcast against it.
        rng : numpy.random.Generator

        Returns
        -------
        tuple of ndarray
            As from `noise`.
        """

    @abstractmethod
    def realise(
        self,
        mean: Array,
        error: Array,
        chance: tuple[Array, ...],
        cuts: Array | None = None,
        where: NDArray[np.bool_] | None = None,
    ) -> Array:
        """Return the values that the same chance gives under what is expected here.

        Parameters
        ----------
        mean, error : ndarray
            Shapes broadcast.
        chance : tuple of ndarray
            From `noise`. Values rise with ``mean`` while it stays the same.
        cuts : ndarray, optional
            Of grades, with a trailing axis of cut points.
        where : ndarray of bool, optional
            Broadcasts against the values. Elsewhere they may be anything, which saves what costs most: a count.
        """

    def draw(self, mean: Array, error: Array, rng: np.random.Generator, cuts: Array | None = None) -> Array:
        """Draw values that no other world shares; arguments as in `realise`."""
        shape = np.broadcast_shapes(mean.shape, error.shape)
        return self.realise(mean, error, self.noise(error, shape, rng), cuts)

    def fault(self, value: float, *, threshold: bool = False) -> str | None:
        """Say why no indicator of the family can show a number; None where one can.

        Parameters
        ----------
        value : float
        threshold : bool
            Whether it is a bound on values or on their mean, which need be neither whole nor 0 or 1.
        """
        if not math.isfinite(value):
            return f"{value:.10g} is not a finite number"
        return self._fault(value, threshold)

    def _fault(self, value: float, threshold: bool) -> str | None:
        return None

    def relative_error(self, value: float, se: float) -> float:
        """Return a stated standard error, in the indicator's unit, on the scale of the family's own error."""
        return se

    def link_scale(self, value: Any) -> Any:
        """Return values on the scale on which errors are alike everywhere."""
        return value


class Located(Family):
    """A family whose error is added on the scale of its link, so that a value gives its noise away."""

    def noise_given(
        self,
        value: float,
        mean: Array,
        error: Array,
        shape: tuple[int, ...],
        rng: np.random.Generator,
        cuts: Array | None = None,
    ) -> tuple[Array, ...]:
        """Return the one score that makes the value."""
        seen, due = self._located(value), self._located(mean)
        return (np.broadcast_to((seen - due) / error, shape),)

    @abstractmethod
    def _located(self, value: Any) -> Any:
        """Return where a value, or an expected one, lies on the scale of the link."""
