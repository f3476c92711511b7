"""The unknowns of a model and their priors, as data that both PyMC and NumPy can read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.arguments import whole_number
from withdrawal_risk.dynamics.structure import Structure
from withdrawal_risk.elements.quantiles import Positive, Share
from withdrawal_risk.elements.timeline import Window
from withdrawal_risk.families import Indicator, family_of
from withdrawal_risk.inference.defaults import MOST_CHAINS, MOST_DRAWS
from withdrawal_risk.inference.drift import DriftLayout
from withdrawal_risk.inference.priors import Prior
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.network import PriorMeans, structure_at_prior_means
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.random import check_seed

__all__ = ["OWN_SCALE_LOG_SD", "Frame", "build_frame", "sampling", "start_law"]

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
        Factors of the file; its other nodes are policies.
    inferred : tuple of str
        The latent factors and the hidden parents of those with drift.
    jump : ndarray of bool, shape (inferred,)
        Which of them have Student-t innovations.
    sign : ndarray, shape (edge,)
        Of the edges of the file.
    start_mean : ndarray, shape (inferred,)
    start_root : ndarray, shape (inferred, inferred)
        Lower-triangular root of the covariance of the start levels.
    drift : DriftLayout
    baseline : ndarray of int
        Positions among the latent factors of those with an elicited baseline.
    effects : tuple of (str, str)
        Event and factor of every effect.
    indicators : tuple of (str, Indicator)
        In the order of the ``indicator`` dimension.
    noisy, categorical, lasting, stopping : ndarray of int
        Positions of the indicators that have an error, of those that have categories, of those with
        a memory, and of flows that can stop.
    priors : dict of str to Prior
    coords : dict of str to list
    """

    structure: Structure
    window: Window
    latent: tuple[str, ...]
    inferred: tuple[str, ...]
    jump: NDArray[np.bool_]
    sign: Array
    start_mean: Array
    start_root: Array
    drift: DriftLayout
    baseline: NDArray[np.int64]
    effects: tuple[tuple[str, str], ...]
    indicators: tuple[tuple[str, Indicator], ...]
    noisy: NDArray[np.int64]
    categorical: NDArray[np.int64]
    lasting: NDArray[np.int64]
    stopping: NDArray[np.int64]
    priors: Mapping[str, Prior]
    coords: Mapping[str, list[str]]

    def __repr__(self) -> str:
        return (
            f"Frame({self.window}, {len(self.latent)} factors, {len(self.indicators)} indicators)"
        )

    @property
    def latent_index(self) -> NDArray[np.int64]:
        """Positions of the latent factors among all nodes."""
        return self._places(self.latent)

    @property
    def inferred_index(self) -> NDArray[np.int64]:
        """Positions of the inferred nodes among all nodes."""
        return self._places(self.inferred)

    @property
    def factors(self) -> tuple[str, ...]:
        """The factors and policies of the file, in the order of the structure."""
        return tuple(self.structure.factors[j] for j in self.structure.named)

    def _places(self, names: Sequence[str]) -> NDArray[np.int64]:
        place = {name: j for j, name in enumerate(self.structure.factors)}
        return np.array([place[name] for name in names], dtype=np.int64)

    @property
    def polarity(self) -> Array:
        """Polarity of each indicator."""
        return np.array([float(item.polarity) for _, item in self.indicators])

    @property
    def tailed(self) -> NDArray[np.bool_]:
        """Which indicators have errors with heavy tails, shape (indicator,)."""
        return np.array([family_of(i).has_tails(i) for _, i in self.indicators], dtype=bool)

    @property
    def shrinking(self) -> NDArray[np.bool_]:
        """Of which indicators the error shrinks with the months of a row, shape (indicator,)."""
        return np.array([family_of(i).shrinks_over_span(i) for _, i in self.indicators], dtype=bool)

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
    means = structure_at_prior_means(spec)
    structure, own = means.structure, means.own().value
    latent = tuple(name for name in structure.factors if name in spec.factors)
    inferred = tuple(name for name in structure.factors if name not in spec.policies)
    index = np.array([structure.factors.index(name) for name in latent])
    factors = [spec.factors[name] for name in latent]
    start_mean, start_root = start_law(spec, means, inferred, means.covariance())
    hidden = {structure.factors[h]: structure.factors[j] for h, j in _hidden_pairs(structure)}
    jump = np.array(
        [
            ("slow" if name in hidden else "fast") in spec.factors[hidden.get(name, name)].jumping
            for name in inferred
        ]
    )
    # Weights in the order of the edges of the structure, not of the file.
    by_pair = {(edge.from_, edge.to): edge.weight for edge in spec.edges}
    edges = [structure.edges[e] for e in structure.named_edge]
    weights = [by_pair[a, b] for a, b, _ in edges]
    # In alphabetical order, so that the order in the file changes nothing.
    indicators = tuple(sorted(spec.indicators.items()))
    families = [family_of(item) for _, item in indicators]
    noisy = [k for k, family in enumerate(families) if family.has_error]
    categorical = [k for k, family in enumerate(families) if family.has_categories]
    lasting = [k for k, family in enumerate(families) if family.has_memory]
    noughts = {k: p for k, (_, i) in enumerate(indicators) if (p := families[k].nought_priors(i))}
    states = [indicators[k] for k in lasting]
    leaving = [(n, law) for n, i in states if (law := family_of(i).leaving_prior(i)) is not None]
    unsure = [(n, law) for n, i in states if (law := family_of(i).start_prior(i)) is not None]
    gaps = [
        (f"{indicators[k][0]}:{g}", gap)
        for k in categorical
        for g, gap in enumerate(families[k].gap_priors(indicators[k][1]), start=1)
    ]
    baselines = [
        (j, factor.baseline) for j, factor in enumerate(factors) if factor.baseline is not None
    ]
    effects = [
        (name, effect)
        for name, event in sorted(spec.events.items())
        for effect in sorted(event.effects, key=lambda e: e.factor)
    ]
    effect_names = [f"{name}->{effect.factor}" for name, effect in effects]
    drift = DriftLayout.build(spec, structure, latent, [effect for _, effect in effects])
    drifting = [structure.factors[j] for j in structure.drifting]
    drifts = [item for name in drifting if (item := spec.factors[name].drift) is not None]
    # Labels of every dimension, in the order of the arrays.
    coords = {
        "factor": list(structure.factors),
        "latent": list(latent),
        "inferred": list(inferred),
        "month": window.labels,
        "step": window.labels[1:],
        "edge": [f"{a}->{b}" for a, b, _ in edges],
        "indicator": [name for name, _ in indicators],
        "noisy_indicator": [indicators[k][0] for k in noisy],
        "category_gap": [name for name, _ in gaps],
        "stopping_indicator": [indicators[k][0] for k in noughts],
        "state_indicator": [name for name, _ in states],
        "leaving_indicator": [name for name, _ in leaving],
        "unsure_start": [name for name, _ in unsure],
        "smooth_latent": [name for name, j in zip(inferred, jump, strict=True) if not j],
        "jump_latent": [name for name, j in zip(inferred, jump, strict=True) if j],
        "baseline_latent": [latent[j] for j, _ in baselines],
        "effect": effect_names,
        "share_latent": [drifting[d] for d in drift.share.inferred],
        "slow_latent": [drifting[d] for d in drift.half_life.inferred],
        "lasting_effect": [effect_names[e] for e in drift.lasting.inferred],
    }
    # Every unknown with its kind of prior, its dimension, and location and scale of each label.
    rows = {
        "half_life": ("lognormal", "latent", [f.half_life.lognormal for f in factors]),
        "weight_size": ("lognormal", "edge", [w.size.lognormal for w in weights]),
        "own_scale": ("lognormal", "latent", [(math.log(s), OWN_SCALE_LOG_SD) for s in own[index]]),
        "baseline": ("normal", "baseline_latent", [given.normal for _, given in baselines]),
        "event_effect": ("normal", "effect", [effect.size.normal for _, effect in effects]),
        "start_innovation": ("normal", "inferred", [(0.0, 1.0)] * len(inferred)),
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
        "nought": ("logitnormal", "stopping_indicator", [p for p, _ in noughts.values()]),
        "nought_loading": ("lognormal", "stopping_indicator", [p for _, p in noughts.values()]),
        "leaving": ("logitnormal", "leaving_indicator", [prior for _, prior in leaving]),
        "state_start": ("logitnormal", "unsure_start", [prior for _, prior in unsure]),
        "drift_share": (
            "logitnormal",
            "share_latent",
            [item.share.log_odds for item in drifts if isinstance(item.share, Share)],
        ),
        "drift_half_life": (
            "lognormal",
            "slow_latent",
            [item.half_life.lognormal for item in drifts if isinstance(item.half_life, Positive)],
        ),
        "event_lasting": (
            "logitnormal",
            "lasting_effect",
            [e.lasting.log_odds for _, e in effects if isinstance(e.lasting, Share)],
        ),
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
        inferred=inferred,
        jump=jump,
        sign=np.array([float(w.sign) for w in weights]),
        start_mean=start_mean,
        start_root=start_root,
        drift=drift,
        baseline=np.array([j for j, _ in baselines], dtype=np.int64),
        effects=tuple((event, effect.factor) for event, effect in effects),
        indicators=indicators,
        noisy=np.array(noisy, dtype=np.int64),
        categorical=np.array(categorical, dtype=np.int64),
        lasting=np.array(lasting, dtype=np.int64),
        stopping=np.array(list(noughts), dtype=np.int64),
        priors=priors,
        coords=coords,
    )


def _hidden_pairs(structure: Structure) -> list[tuple[int, int]]:
    """Return every hidden parent with its child, as positions."""
    return list(zip(structure.hidden.tolist(), structure.drifting.tolist(), strict=True))


def start_law(
    spec: ModelSpec, means: PriorMeans, inferred: Sequence[str], long_run: Array
) -> tuple[Array, Array]:
    """Return mean, and root of the covariance, of the levels of the first month.

    Where no start is elicited, it is a draw from the joint long-run distribution.

    Parameters
    ----------
    spec : ModelSpec
    means : PriorMeans
    inferred : sequence of str
    long_run : ndarray, shape (factor, factor)
        As `PriorMeans.covariance`.
    """
    names = means.structure.factors
    place = [names.index(name) for name in inferred]
    covariance = long_run[np.ix_(place, place)]
    mean = np.zeros(len(inferred))
    parent_of = {names[j]: inferred.index(names[h]) for h, j in _hidden_pairs(means.structure)}
    for j, name in enumerate(inferred):
        factor = spec.factors.get(name)
        if factor is None or factor.start is None:
            continue
        given, sd = factor.start.normal
        # An elicited start replaces the long-run law of its factor and is independent of the
        # others, but for its hidden parent, which keeps its law given the level of the factor.
        own = [j, parent_of[name]] if name in parent_of else [j]
        shared = covariance[own, j] / covariance[j, j]
        rest = covariance[np.ix_(own, own)] - np.outer(shared, shared) * covariance[j, j]
        covariance[own, :] = covariance[:, own] = 0.0
        covariance[np.ix_(own, own)] = rest + np.outer(shared, shared) * sd**2
        mean[own] = shared * given
    # A root of the covariance turns independent standard normals into start levels; the tiny
    # addition keeps it positive definite.
    return mean, np.linalg.cholesky(covariance + 1e-12 * np.eye(len(inferred)))


def _elicited_prior(name: str, kind: str, dim: str, pairs: Sequence[tuple[float, float]]) -> Prior:
    """Return the prior of one unknown for every label of a dimension."""
    mu, sigma = np.array(pairs, dtype=float).T
    return Prior(name=name, dims=(dim,), kind=kind, mu=mu, sigma=sigma)
