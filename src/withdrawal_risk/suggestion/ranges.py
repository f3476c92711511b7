"""What is proposed: ranges of the numbers of a model file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from withdrawal_risk.suggestion.history import History
from withdrawal_risk.suggestion.scales import SCALES

__all__ = ["Drift", "Proposal", "Range", "Reading", "Reference"]


@dataclass(frozen=True, kw_only=True)
class Range:
    """A number of a model file, by its percentiles.

    Parameters
    ----------
    p5, p50, p95 : float
        In the unit of the model file.
    """

    p5: float
    p50: float
    p95: float


@dataclass(frozen=True, kw_only=True)
class Drift:
    """The slow part of a factor's own variation.

    Parameters
    ----------
    share : Range
        Share of the variance that is slow.
    half_life : Range
        Months. A history short of decades says next to nothing of it: it is nearly the prior.
    """

    share: Range
    half_life: Range


@dataclass(frozen=True, kw_only=True)
class Reference(Range):
    """The range of a reference, and what it was made from.

    Parameters
    ----------
    posterior_p5, posterior_p95 : float
        In natural units, before the range was widened to the floor.
    floor : float
        Sds of the months that the sd of the reference has at least.
    widened : bool
        Whether the floor is wider than the posterior.
    narrowed : bool
        Whether it would span more than a millionfold, which a model file does not take.
    """

    posterior_p5: float
    posterior_p95: float
    floor: float
    widened: bool
    narrowed: bool


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What follows if the level has one speed, or if it has two.

    Parameters
    ----------
    probability : float
        Of this reading, 1/2 before any month is seen.
    half_life, per_level, error : Range
        As in `Proposal`; of two speeds, the half-life is that of the fast one.
    effective_draws : float
        Behind the percentiles.
    """

    probability: float
    half_life: Range
    per_level: Range
    error: Range
    effective_draws: float


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Numbers for a factor and the indicator that measures it.

    Parameters
    ----------
    family : str
        Of the indicator.
    history : History
        What they were read from.
    half_life : Range
        Of the factor, in months. It is averaged over both readings, because histories of some
        years seldom tell them apart.
    drift : Drift or None
        Of the factor; None where one speed does, or where the slow part is no slower than
        ``half_life``.
    at_reference : Reference
        Of the indicator, in its unit: the mean of a normal and of a count, the median of a
        lognormal and of a share.
    per_level : Range
        Under the key of the family.
    error : Range
        Of a single month, in the sense of the family.
    can_be_zero : Range or None
        Of a flow with zeros: the probability of one.
    one_speed, two_speeds : Reading
        The two readings apart.
    """

    family: str
    history: History
    half_life: Range
    drift: Drift | None
    at_reference: Reference
    per_level: Range
    error: Range
    can_be_zero: Range | None
    one_speed: Reading
    two_speeds: Reading

    @property
    def figures(self) -> Mapping[str, float]:
        """Figures of the history, as in `History`."""
        return self.history.figures

    @property
    def per_level_key(self) -> str:
        """The key of a model file that ``per_level`` belongs to."""
        return SCALES[self.family].key
