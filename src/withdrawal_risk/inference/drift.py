"""Which factors have drift, and what of it is known and what is unknown, as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.dynamics.structure import Structure
from withdrawal_risk.elements.network import EventEffect
from withdrawal_risk.elements.quantiles import Positive, Share
from withdrawal_risk.model.spec import ModelSpec

__all__ = ["DriftLayout", "PartlyKnown"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PartlyKnown:
    """Numbers of which the file gives some, and the others are inferred.

    Parameters
    ----------
    known : ndarray, shape (number,)
        nan where it is inferred.
    """

    known: Array

    @classmethod
    def of(cls, given: Sequence[float | Positive | Share | None]) -> PartlyKnown:
        """Read what a file gives; nothing at all counts as 0."""
        known = [np.nan if isinstance(g, (Positive, Share)) else g or 0.0 for g in given]
        return cls(np.array(known, dtype=float))

    @property
    def inferred(self) -> NDArray[np.int64]:
        """Positions of those that are inferred."""
        return np.flatnonzero(np.isnan(self.known))

    def filled(self, draws: Mapping[str, Array], name: str, count: int) -> Array:
        """Return all of them in some draws, shape (draw, number)."""
        values = np.tile(self.known, (count, 1))
        if name in draws:
            values[:, self.inferred] = draws[name]
        return values


@dataclass(frozen=True, kw_only=True, eq=False)
class DriftLayout:
    """The factors with drift, in the order of `Structure.drifting`.

    Parameters
    ----------
    latent : ndarray of int, shape (drift,)
        Positions among the latent factors.
    share, half_life : PartlyKnown, shape (drift,)
    lasting : PartlyKnown, shape (effect,)
        Part of the effect of an event that enters the drift.
    of_effect : ndarray of int, shape (effect,)
        Position here of the factor that an event acts on; -1 without drift.
    """

    latent: NDArray[np.int64]
    share: PartlyKnown
    half_life: PartlyKnown
    lasting: PartlyKnown
    of_effect: NDArray[np.int64]

    @classmethod
    def build(
        cls,
        spec: ModelSpec,
        structure: Structure,
        latent: Sequence[str],
        effects: Sequence[EventEffect],
    ) -> DriftLayout:
        """Lay out the drift of a model."""
        names = [structure.factors[j] for j in structure.drifting]
        drifts = [drift for name in names if (drift := spec.factors[name].drift) is not None]
        place = {name: d for d, name in enumerate(names)}
        return cls(
            latent=np.array([latent.index(name) for name in names], dtype=np.int64),
            share=PartlyKnown.of([drift.share for drift in drifts]),
            half_life=PartlyKnown.of([drift.half_life for drift in drifts]),
            lasting=PartlyKnown.of([effect.lasting for effect in effects]),
            of_effect=np.array([place.get(e.factor, -1) for e in effects], dtype=np.int64),
        )

    @property
    def lasts(self) -> bool:
        """Whether any effect of an event lasts."""
        return bool((self.lasting.known != 0).any())
