"""A causal network as a drawing that no format owns: what its writers write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Arrow", "Box", "Diagram"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Box:
    """A factor or a policy.

    Parameters
    ----------
    id : str
    labels : mapping of str to str
        Its name, by language.
    role : {"driver", "response", "outcome", "policy"}
    worse : {"high", "low"}
    half_life : tuple of float, optional
        5th and 95th percentile, in months; of factors.
    units : mapping of str to str
        By language; of policies.
    position : tuple of float
        Column and row, from 0.
    """

    id: str
    labels: Mapping[str, str]
    role: str
    worse: str
    half_life: tuple[float, float] | None = None
    units: Mapping[str, str] | None = None
    position: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Arrow:
    """An effect of one on another.

    Parameters
    ----------
    cause, effect : str
    sign : {-1, 1}
    p5, p95 : float
        Elicited percentiles of the weight, with its sign.
    mean : float
        Of the weight, at the prior or over draws.
    interval : tuple of float, optional
        Of the weight over draws.
    word : str
        That stands for the two percentiles, with its sign; empty for other percentiles.
    lag : int
        In months.
    closes_cycle : bool
        Whether it has to be left out where no cycle may be.
    basis : tuple of str
    why : str
    """

    cause: str
    effect: str
    sign: int
    p5: float
    p95: float
    mean: float
    interval: tuple[float, float] | None = None
    word: str = ""
    lag: int = 0
    closes_cycle: bool = False
    basis: tuple[str, ...] = ()
    why: str = ""

    @property
    def caption(self) -> str:
        """Weight and lag in a few characters, the same in every language."""
        weight = self.word or f"{self.p5:+.2g}…{self.p95:+.2g}"
        return f"{weight}, t−{self.lag}" if self.lag else weight


@dataclass(frozen=True, kw_only=True, eq=False)
class Diagram:
    """Boxes and arrows.

    Parameters
    ----------
    id : str
    title : str
        For people.
    lang : str
        Of the labels, in formats that show one language.
    boxes : tuple of Box
    arrows : tuple of Arrow
    notes : tuple of str
        What is to be known of it, a sentence each; every format writes them.
    """

    id: str
    title: str
    lang: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    notes: tuple[str, ...] = ()

    def label(self, box: Box) -> str:
        """Return the name of a box in the language of the diagram."""
        return box.labels[self.lang]
