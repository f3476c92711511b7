"""What every family of indicators does: how a level becomes a value, and a value a density.

Methods take ``xp`` where NumPy and PyTensor share a formula: `numpy_ops`, or PyTensor's functions
under the same names. ``eta`` is the linear predictor, ``reference + polarity * loading * level``.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any, ClassVar, Final, Literal, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.elicitation import lognormal_from_quantiles, normal_from_quantiles
from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.elements.quantiles import Quantiles
from withdrawal_risk.language.base import Language
from withdrawal_risk.language.numbers import signed_digits

__all__ = [
    "FAR",
    "HEAVY_AT_0",
    "Array",
    "Axis",
    "Compiled",
    "Distribution",
    "Family",
    "Located",
    "additive_log_density",
    "log_odds",
    "log_odds_quantiles",
    "log_quantiles",
    "numpy_ops",
    "ratio_prior",
    "scores_between",
]

Array = NDArray[np.float64]

Axis = Literal["linear", "log", "log_from_zero", "probability", "categories"]
"""How values are drawn: on an axis, as the probability of a yes, or as that of each category."""

FAR: Final = 40.0
"""Stands for infinity as a bound of the lowest and the highest category, in standard deviations."""

_HALF_LOG_2PI: Final = 0.5 * math.log(2 * math.pi)


HEAVY_AT_0: Final = math.lgamma(2.5) - 0.5 * math.log(2 * math.pi)
"""Log density at 0 of a Student-t of four degrees of freedom and unit variance."""


class _NumpyOps:
    """The few functions the families need, under the names PyTensor gives them."""

    def __getattr__(self, name: str) -> Any:
        # SciPy is slow to load, so it is imported only when a family first needs it.
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
    # The smallest positive double on one side and the largest below 1 on the other.
    inside = xp.minimum(xp.maximum(share, 1e-300), 1.0 - 2.0**-53)
    return xp.log(inside) - xp.log1p(-inside)


def additive_log_density(value: Any, mean: Any, law: Distribution, xp: Any) -> Any:
    """Return the log density of a value with an additive error, normal or with heavy tails.

    Parameters
    ----------
    value, mean : array
        On the scale on which the error of the distribution is added.
    """
    square = ((value - mean) / law.error) ** 2
    normal = -0.5 * square - xp.log(law.error) - _HALF_LOG_2PI
    if law.tail is None:
        return normal
    heavy = HEAVY_AT_0 - 2.5 * xp.log1p(0.5 * square) - xp.log(law.error)
    return xp.where(law.tail, heavy, normal)


def scores_between(low: Any, high: Any, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Draw standard normal scores between two bounds."""
    from scipy.special import ndtr, ndtri

    # Probabilities near 1 cannot be told apart, so bounds in the upper tail are mirrored.
    turn = low > 0
    a, b = ndtr(np.where(turn, -high, low)), ndtr(np.where(turn, -low, high))
    score = ndtri(np.clip(a + (b - a) * rng.uniform(size=shape), 1e-300, 1 - 2.0**-53))
    return np.where(turn, -score, score)


def log_quantiles(elicited: Quantiles) -> tuple[float, float]:
    """Return mean and sd of the logarithm of an elicited positive number."""
    return normal_from_quantiles(math.log(elicited.p5), math.log(elicited.p95))


def log_odds_quantiles(elicited: Quantiles) -> tuple[float, float]:
    """Return mean and sd of the log-odds of an elicited share."""
    # The percentiles themselves are transformed, so that the elicited range is met exactly.
    low, high = (math.log(p / (1 - p)) for p in (elicited.p5, elicited.p95))
    return normal_from_quantiles(low, high)


def ratio_prior(elicited: Quantiles) -> tuple[float, float]:
    """Return log-mean and log-sd of the loading behind an elicited ratio per level."""
    return lognormal_from_quantiles(math.log(elicited.p5), math.log(elicited.p95))


class Distribution(NamedTuple):
    """The distribution of values that an indicator shows, without its family.

    Parameters
    ----------
    mean : array_like
        Expected value in natural units over a row's span: `Family.inverse_link`, averaged or
        summed. Of categories, the linear predictor.
    error : array_like
        Error of a row, its grade and stated standard error included; the family says of what.
    cuts : ndarray, optional
        Of categories: all cut points, ascending, on a trailing axis.
    bounds : pair of array_like, optional
        Of a category that was observed: the cut points below and above it.
    tail : bool or array_like of bool, optional
        Whether errors are Student-t, scaled to their standard deviation. Default: normal.
    nought : array_like, optional
        Probability that a flow has stopped, of one that can.

    Examples
    --------
    >>> wr.Distribution(mean=3.0, error=0.5)
    Distribution(mean=3.0, error=0.5, cuts=None, bounds=None, tail=None, nought=None)
    """

    mean: Any
    error: Any
    cuts: Any = None
    bounds: Any = None
    tail: Any = None
    nought: Any = None

    def of_draws(self, draws: slice) -> Distribution:
        """Return the distribution of some draws; arrays have the draws first."""
        return self._replace(
            mean=self.mean[draws],
            error=self.error[draws],
            cuts=None if self.cuts is None else self.cuts[draws],
            nought=None if self.nought is None else self.nought[draws],
        )


class Compiled(NamedTuple):
    """Link and density of one value with their derivatives, as functions that Numba compiles.

    Parameters
    ----------
    link : callable
        Takes the linear predictor; returns what `Family.inverse_link` does and its derivative.
    density : callable
        Takes value, mean, error, and the cut points below and above a category; of an additive
        error the last says whether its tails are heavy. Returns what `Family.log_density` does and
        its derivatives with respect to the last four.
    """

    link: Callable[[float], tuple[float, float]]
    density: Callable[..., tuple[float, float, float, float, float]]


class Family[I: IndicatorBase](ABC):
    """One kind of value that an indicator shows; every family is a class in a file of its own.

    Attributes
    ----------
    name : str
        In model files, tables and trees.
    indicator : type of IndicatorBase
        The keys that a model file gives for an indicator of this family.
    has_error : bool
        Whether rows have an error of their own, and is not fixed by the link.
    error_scale : {"relative", "unit"}
        What ``error`` is measured in: the indicator's unit, as of a normal, or a share of the
        value or the scale of the link.
    whole : bool
        Whether values are whole numbers: totals, positions of categories, no and yes.
    totals : bool
        Whether a row over several months gives their total rather than their mean.
    can_total : bool
        Whether the values of several months can be added up.
    has_categories : bool
        Whether values are categories between cut points.
    has_memory : bool
        Whether a value depends on the month before, so that rows are looks at one chain; see
        `state`. Link and density are then those of one look given its probability.
    axis : {"linear", "log", "log_from_zero", "probability", "categories"}
        How values are drawn.
    mask_value : float
        Any valid value: it fills the rows that an ``as_of`` does not see, whose log density is
        multiplied by 0.
    range_edges : tuple of float
        Ends that a row's range may have although no value can be there.
    support : pair of float
        Between which values lie.
    elicited : mapping of str to str
        By which key of the file each unknown is elicited, of those that a range elicits. What is
        not named here has no row in `sensitivity`.

    Examples
    --------
    >>> from withdrawal_risk.families.normal import Normal
    >>> Normal().fault(float("inf"))
    'inf is not a finite number'
    """

    name: ClassVar[str]
    indicator: ClassVar[type[IndicatorBase]]
    has_error: ClassVar[bool] = True
    error_scale: ClassVar[Literal["relative", "unit"]] = "relative"
    whole: ClassVar[bool] = False
    totals: ClassVar[bool] = False
    can_total: ClassVar[bool] = False
    has_categories: ClassVar[bool] = False
    has_memory: ClassVar[bool] = False
    axis: ClassVar[Axis] = "linear"
    mask_value: ClassVar[float] = 0.0
    range_edges: ClassVar[tuple[float, ...]] = (0.0,)
    support: ClassVar[tuple[float, float]] = (-math.inf, math.inf)
    elicited: ClassVar[Mapping[str, str]] = {"error": "error"}

    def __repr__(self) -> str:
        return f"<family {self.name}>"

    # The model.

    @abstractmethod
    def reference_prior(self, item: I) -> tuple[float, float]:
        """Return mean and sd of the linear predictor at level 0."""

    @abstractmethod
    def loading_prior(self, item: I) -> tuple[float, float]:
        """Return log-mean and log-sd of the size of the change per level of the predictor."""

    def error_prior(self, item: I) -> tuple[float, float]:
        """Return log-mean and log-sd of the error, of a family that has one."""
        prior: tuple[float, float] = item.error.lognormal  # type: ignore[attr-defined]
        return prior

    def has_tails(self, item: I) -> bool:
        """Say whether errors are Student-t rather than normal."""
        return getattr(item, "tail", None) == "student_t"

    def shrinks_over_span(self, item: I) -> bool:
        """Say whether the error of a row over several months is less than that of one month."""
        given = getattr(item, "error_over_span", None)
        return self.totals if given is None else given == "independent"

    def nought_priors(self, item: I) -> tuple[tuple[float, float], tuple[float, float]] | None:
        """Return the priors of a flow that can stop; None for one that cannot.

        Mean and sd of the log-odds of nought at level 0, then log-mean and log-sd of how they fall
        per +1 level.
        """
        return None

    def categories(self, item: I) -> tuple[str, ...]:
        """Return the names of the categories from lowest to highest; none without categories."""
        return ()

    def gap_priors(self, item: I) -> list[tuple[float, float]]:
        """Return log-mean and log-sd of each gap between neighbouring cut points."""
        return []

    def leaving_prior(self, item: I) -> tuple[float, float] | None:
        """Return mean and sd of the log-odds of leaving, at level 0; None where it never happens.

        Of a family with memory, as are the next two.
        """
        return None

    def start_prior(self, item: I) -> tuple[float, float] | None:
        """Return mean and sd of the log-odds of yes before the first month; None if not asked."""
        return None

    def known_start(self, item: I) -> float | None:
        """Return the probability of yes before the first month; None if inferred or at rest."""
        return None

    @abstractmethod
    def inverse_link(self, eta: Any, xp: Any) -> Any:
        """Return the expected monthly value in natural units; the predictor of a category."""

    @abstractmethod
    def log_density(self, value: Any, law: Distribution, xp: Any) -> Any:
        """Return the log density of observed values."""

    def compiled(self) -> Compiled | None:
        """Return link and density for machine code; None where PyMC's own graph has to do.

        Families of the library have them. A fit of a model with any other takes longer to start.
        """
        return None

    # Random values.

    def noise(
        self, error: Array, shape: tuple[int, ...], rng: np.random.Generator
    ) -> tuple[Array, ...]:
        """Draw the noise in values, which does not depend on what is expected of them.

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
            Arguments of `realise` and from `noise_given`, which alone read them; one or more.
        """
        return (rng.standard_normal(shape),)

    @abstractmethod
    def noise_given(
        self, value: float, law: Distribution, shape: tuple[int, ...], rng: np.random.Generator
    ) -> tuple[Array, ...]:
        """Draw the noise in a value that is known, so that `realise` returns the value.

        Parameters
        ----------
        value : float
            The observation.
        law : Distribution
            Of the value when it was observed.
        shape : tuple of int
            Of the noise; the distribution broadcasts against it.
        rng : numpy.random.Generator

        Returns
        -------
        tuple of ndarray
            As from `noise`.
        """

    @abstractmethod
    def realise(
        self, law: Distribution, noise: tuple[Array, ...], where: NDArray[np.bool_] | None = None
    ) -> Array:
        """Return the values that the same noise gives under a distribution.

        Parameters
        ----------
        law : Distribution
            Shapes broadcast.
        noise : tuple of ndarray
            From `noise`. With the same noise, values rise with the mean.
        where : ndarray of bool, optional
            Broadcasts against the values. Elsewhere they may be anything, which saves time.
        """

    def draw(self, law: Distribution, rng: np.random.Generator) -> Array:
        """Draw values whose noise no other world shares."""
        # The error may have fewer dimensions than the mean.
        shape = np.broadcast_shapes(law.mean.shape, law.error.shape)
        return self.realise(law, self.noise(law.error, shape, rng))

    # What people give and read.

    def parse(self, item: I, value: object) -> float:
        """Read a value that a user gave.

        Raises
        ------
        ValueError
            If no indicator of the family can show it; the message says what can be shown.
        """
        if isinstance(value, str) and (word := self.number_of_word(value)) is not None:
            return word
        if isinstance(value, bool) or not isinstance(value, Real):
            hint = self.reading_hint(value) if isinstance(value, str) else None
            raise ValueError(
                f"{quoted(value)} is not a number; {hint or 'write it without quotes'}"
            )
        given = cast(float, value)
        # A whole number may be too large for a float.
        try:
            number = float(given)
        except OverflowError:
            number = math.copysign(math.inf, given)
        if (fault := self.item_fault(item, number)) is not None:
            raise ValueError(fault)
        return number

    def parse_bound(self, item: I, bound: float | str) -> float:
        """Read a bound on values, or on their mean.

        Raises
        ------
        ValueError
            If no value lies on either side of it; the message says what can be written.
        """
        if isinstance(bound, str):
            hint = self.reading_hint(bound)
            raise ValueError(
                f"{quoted(bound)} is not a number, as this indicator needs"
                + (f"; {hint}" if hint else "")
            )
        if (fault := self.item_fault(item, bound, threshold=True)) is not None:
            raise ValueError(fault)
        return bound

    def fault(self, value: float, *, threshold: bool = False) -> str | None:
        """Say why no indicator of the family can show a number; None where one can.

        Parameters
        ----------
        value : float
        threshold : bool
            Whether it is a bound on values or on their mean, which need be neither whole nor 0
            or 1.
        """
        if not math.isfinite(value):
            return f"{value:.10g} is not a finite number"
        return self.value_fault(value, threshold)

    def value_fault(self, value: float, threshold: bool) -> str | None:
        """Say why a finite number cannot be shown, as `fault` does; None where it can.

        A family whose values have bounds overrides it.
        """
        return None

    def item_fault(self, item: I, value: float, *, threshold: bool = False) -> str | None:
        """Say why one indicator of the family cannot show a number; None where it can."""
        return self.fault(value, threshold=threshold)

    def statistic_fault(self, statistic: str) -> str | None:
        """Say why a statistic of several months makes no sense; None where it does."""
        # A total of shares or of answers is not a share and not an answer.
        if statistic == "total" and not self.can_total:
            return "has no total; use mean, min, max or last"
        return None

    def number_of_word(self, text: str) -> float | None:
        """Return the value that a word stands for, as yes stands for 1; None where it has none."""
        return None

    def reading_hint(self, text: str) -> str | None:
        """Say what to write instead of a text that is not a number; None where nothing is known."""
        return None

    def slip(self, value: float) -> str | None:
        """Say that a number looks like a slip of its unit; None where it does not."""
        return None

    def middle(self, low: float, high: float) -> float:
        """Return the value that stands for a range."""
        middle = (low + high) / 2
        return float(round(middle)) if self.whole else middle

    # Standard errors in a file are in the indicator's unit, errors of a family often on its link.
    def stated_error(self, value: float, se: float) -> float:
        """Return a stated standard error, in the indicator's unit, on the scale of `error`."""
        return se

    def link_scale(self, value: Any) -> Any:
        """Return values on the scale on which errors are alike everywhere."""
        return value

    # What regressions of the watch list see.
    def feature(self, value: Array) -> Array:
        """Return values as a regression sees them."""
        return np.asarray(self.link_scale(value))

    def in_words(self, value: float, item: I, words: Language) -> str:
        """Write a value, without its unit, as people read it."""
        return words.with_sign(signed_digits(value))

    def unit_in_words(self, item: I, words: Language) -> str:
        """Return the unit that stands after a value; empty where none does."""
        return item.unit[words.code]

    def bound_in_words(self, bound: float, item: I, words: Language) -> str:
        """Write a bound, without its unit, as people read it."""
        return words.with_sign(signed_digits(bound))

    def answer_in_words(self, *, at_least: bool, words: Language) -> str:
        """Return the whole test of a clause where it asks for a yes or a no; empty elsewhere."""
        return ""


class Located[I: IndicatorBase](Family[I]):
    """A family whose error is added on the scale of its link, so that a value gives its noise."""

    def noise_given(
        self, value: float, law: Distribution, shape: tuple[int, ...], rng: np.random.Generator
    ) -> tuple[Array, ...]:
        """Return the one score that makes the value."""
        # With an additive error there is one score that makes a value; nothing has to be drawn.
        observed, expected = self.additive_scale(value), self.additive_scale(law.mean)
        return (np.broadcast_to((observed - expected) / law.error, shape),)

    def additive_scale(self, value: Any) -> Any:
        """Return values, or expected ones, on the scale on which the error is added."""
        return self.link_scale(value)
