"""The unknowns of a model and their priors, as data that both PyMC and NumPy can read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.arguments import whole_number
from withdrawal_risk.dynamics.scale import long_run_covariance, own_scale
from withdrawal_risk.dynamics.structure import Structure
from withdrawal_risk.elements.timeline import Window
from withdrawal_risk.families import Indicator, family_of
from withdrawal_risk.inference.defaults import MOST_CHAINS, MOST_DRAWS
from withdrawal_risk.inference.priors import Prior
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.network import structure_at_prior_means
from withdrawal_risk.random import check_seed

__all__ = ["Frame", "build_frame", "sampling"]

Array = NDArray[np.float64]

OWN_SCALE_LOG_SD: Final = 0.1
"""Log-sd of the narrow prior of an own scale around its solved value."""


def sampling(*, draws: int, tune: int, chains: int, random_seed: int) -> dict[str, int]:
    """Return how long is sampled and from which seed, as plain numbers.

    Raises
    ------
    ArgumentError
        If one is out of range.
    """
    return {
        "draws": whole_number(draws, "draws", least=10, most=MOST_DRAWS),
        "tune": whole_number(tune, "tune", least=10, most=MOST_DRAWS),
        "chains": whole_number(chains, "chains", least=1, most=MOST_CHAINS),
        "random_seed": check_seed(random_seed),
    }


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Frame:
    """What a model's arrays look like: names, order, priors and constants.

    Parameters
    ----------
    structure : Structure
    window : Window
        Months of the fit.
    latent : tuple of str
        Factors that are inferred; the others are policies.
    jump : ndarray of bool, shape (latent,)
        Which of them have Student-t innovations.
    sign : ndarray, shape (edge,)
    start_mean : ndarray, shape (latent,)
    start_root : ndarray, shape (latent, latent)
        Lower-triangular root of the covariance of the start levels.
    baseline : ndarray of int
        Positions among the latent factors of those with an elicited baseline.
    effects : tuple of (str, str)
        Event and factor of every effect.
    indicators : tuple of (str, Indicator)
        In the order of the ``indicator`` dimension.
    noisy, categorical : ndarray of int
        Positions of the indicators that have an error, and of those that have categories.
    priors : dict of str to Prior
    coords : dict of str to list
    """

    structure: Structure
    window: Window
    latent: tuple[str, ...]
    jump: NDArray[np.bool_]
    sign: Array
    start_mean: Array
    start_root: Array
    baseline: NDArray[np.int64]
    effects: tuple[tuple[str, str], ...]
    indicators: tuple[tuple[str, Indicator], ...]
    noisy: NDArray[np.int64]
    categorical: NDArray[np.int64]
    priors: Mapping[str, Prior]
    coords: Mapping[str, list[str]]

    def __repr__(self) -> str:
        return (
            f"Frame({self.window}, {len(self.latent)} factors, {len(self.indicators)} indicators)"
        )

    @property
    def latent_index(self) -> NDArray[np.int64]:
        """Positions of the latent factors among all factors."""
        place = {name: j for j, name in enumerate(self.structure.factors)}
        return np.array([place[name] for name in self.latent], dtype=np.int64)

    @property
    def polarity(self) -> Array:
        """Polarity of each indicator."""
        return np.array([float(item.polarity) for _, item in self.indicators])

    @property
    def measured(self) -> NDArray[np.int64]:
        """Position among all factors of what each indicator measures."""
        place = {name: j for j, name in enumerate(self.structure.factors)}
        return np.array([place[item.measures] for _, item in self.indicators], dtype=np.int64)

    def measured_by(self, indicator: str) -> int:
        """Position among all factors of what an indicator measures."""
        return int(self.measured[self.coords["indicator"].index(indicator)])

    def categories(self, indicator: int) -> tuple[str, ...]:
        """Names of an indicator's categories, given by its position; none without categories."""
        item = self.indicators[indicator][1]
        return family_of(item).categories(item)


def build_frame(model: Model, window: Window) -> Frame:
    """Lay out a model's unknowns over a window.

    Parameters
    ----------
    model : Model
    window : Window
    """
    spec = model.spec
    # Constants of the model come from the prior means: the scale on which all levels are read.
    structure, phi, weight = structure_at_prior_means(spec)
    policies = tuple(spec.policies)
    latent = tuple(name for name in structure.factors if name in spec.factors)
    index = np.array([structure.factors.index(name) for name in latent])
    factors = [spec.factors[name] for name in latent]
    # Own scales that give every factor a long-run sd of 1.
    tau = own_scale(structure, phi, weight, clamped=policies).value
    # Where no start is elicited, the first month is a draw from the long-run distribution.
    covariance = long_run_covariance(structure, phi, weight, tau, clamped=policies)[
        np.ix_(index, index)
    ]
    start_mean = np.zeros(len(latent))
    for j, factor in enumerate(factors):
        if factor.start is not None:
            start_mean[j], sd = factor.start.normal
            # An elicited start replaces the long-run law of its factor and is independent of the
            # others.
            covariance[j, :] = covariance[:, j] = 0.0
            covariance[j, j] = sd**2
    # A root of the covariance turns independent standard normals into start levels; the tiny
    # addition keeps it positive definite.
    start_root = np.linalg.cholesky(covariance + 1e-12 * np.eye(len(latent)))
    jump = np.array([factor.innovations == "student_t" for factor in factors])
    # Weights in the order of the edges of the structure, not of the file.
    by_pair = {(edge.from_, edge.to): edge.weight for edge in spec.edges}
    weights = [by_pair[a, b] for a, b, _ in structure.edges]
    # In alphabetical order, so that the order in the file changes nothing.
    indicators = tuple(sorted(spec.indicators.items()))
    families = [family_of(item) for _, item in indicators]
    noisy = [k for k, family in enumerate(families) if family.has_error]
    categorical = [k for k, family in enumerate(families) if family.has_categories]
    gaps = [
        (f"{indicators[k][0]}:{g}", gap)
        for k in categorical
        for g, gap in enumerate(families[k].gap_priors(indicators[k][1]), start=1)
    ]
    baselines = [
        (j, factor.baseline) for j, factor in enumerate(factors) if factor.baseline is not None
    ]
    effects = [
        (name, effect.factor, effect.size)
        for name, event in sorted(spec.events.items())
        for effect in sorted(event.effects, key=lambda e: e.factor)
    ]
    # Labels of every dimension, in the order of the arrays.
    coords = {
        "factor": list(structure.factors),
        "latent": list(latent),
        "month": window.labels,
        "step": window.labels[1:],
        "edge": [f"{a}->{b}" for a, b, _ in structure.edges],
        "indicator": [name for name, _ in indicators],
        "noisy_indicator": [indicators[k][0] for k in noisy],
        "category_gap": [name for name, _ in gaps],
        "smooth_latent": [name for name, j in zip(latent, jump, strict=True) if not j],
        "jump_latent": [name for name, j in zip(latent, jump, strict=True) if j],
        "baseline_latent": [latent[j] for j, _ in baselines],
        "effect": [f"{name}->{factor}" for name, factor, _ in effects],
    }
    # Every unknown with its kind of prior, its dimension, and location and scale of each label.
    rows = {
        "half_life": ("lognormal", "latent", [f.half_life.lognormal for f in factors]),
        "weight_size": ("lognormal", "edge", [w.size.lognormal for w in weights]),
        "own_scale": ("lognormal", "latent", [(math.log(s), OWN_SCALE_LOG_SD) for s in tau[index]]),
        "baseline": ("normal", "baseline_latent", [given.normal for _, given in baselines]),
        "event_effect": ("normal", "effect", [size.normal for _, _, size in effects]),
        "start_innovation": ("normal", "latent", [(0.0, 1.0)] * len(latent)),
        "reference": (
            "normal",
            "indicator",
            [family_of(item).reference_prior(item) for _, item in indicators],
        ),
        "loading": (
            "lognormal",
            "indicator",
            [family_of(item).loading_prior(item) for _, item in indicators],
        ),
        "error": (
            "lognormal",
            "noisy_indicator",
            [families[k].error_prior(indicators[k][1]) for k in noisy],
        ),
        "category_gap_size": ("lognormal", "category_gap", [gap for _, gap in gaps]),
    }
    priors = {
        name: _elicited_prior(name, kind, dim, pairs)
        for name, (kind, dim, pairs) in rows.items()
        if pairs
    }
    # Innovations have a month as well: one array for factors that move smoothly, one for those that
    # jump.
    for name, kind, dim in (
        ("innovation_smooth", "normal", "smooth_latent"),
        ("innovation_jump", "student_t", "jump_latent"),
    ):
        if coords[dim]:
            shape = (len(window) - 1, len(coords[dim]))
            priors[name] = Prior(
                name=name,
                dims=("step", dim),
                kind=kind,
                mu=np.zeros(shape),
                sigma=np.ones(shape),
            )
    return Frame(
        structure=structure,
        window=window,
        latent=latent,
        jump=jump,
        sign=np.array([float(w.sign) for w in weights]),
        start_mean=start_mean,
        start_root=start_root,
        baseline=np.array([j for j, _ in baselines], dtype=np.int64),
        effects=tuple((event, factor) for event, factor, _ in effects),
        indicators=indicators,
        noisy=np.array(noisy, dtype=np.int64),
        categorical=np.array(categorical, dtype=np.int64),
        priors=priors,
        coords=coords,
    )


def _elicited_prior(name: str, kind: str, dim: str, pairs: Sequence[tuple[float, float]]) -> Prior:
    """Return the prior of one unknown for every label of a dimension."""
    mu, sigma = np.array(pairs, dtype=float).T
    return Prior(name=name, dims=(dim,), kind=kind, mu=mu, sigma=sigma)
