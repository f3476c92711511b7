"""What an analyst judged, draw by draw, and what another judgement would make of the same draws.

A judgement is an elicited range of the file; its score in a draw says how far, in sd of the prior,
the unknown lies from the centre of the range. The density of draws under another range, over that
under the file's own, weighs them as if the file had said the other. Scales of own variation and
the law of the first month follow from the centres of weights, half-lives and drift, and move with
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.elements.quantiles import Quantiles
from withdrawal_risk.families import family_of
from withdrawal_risk.inference.parameters import (
    OWN_SCALE_LOG_SD,
    Frame,
    build_frame,
    start_law,
)
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.model.network import PriorMeans, structure_at_prior_means
from withdrawal_risk.model.ranges import ranges, with_ranges
from withdrawal_risk.model.spec import ModelSpec

__all__ = ["GROUPS", "Judgement", "judgements", "log_ratio", "log_ratio_alone", "scores", "slopes"]

Array = NDArray[np.float64]

Law = tuple[Array, Array]
"""Mean of a normal law, and a lower-triangular root of its covariance."""

GROUPS: Final[Mapping[str, str]] = {
    "weight_size": "weights",
    "half_life": "half_lives",
    "start": "starts",
    "baseline": "baselines",
    "drift_share": "drift",
    "drift_half_life": "drift",
    "reference": "references",
    "loading": "loadings",
    "error": "errors",
    "nought": "references",
    "nought_loading": "loadings",
    "leaving": "references",
    "state_start": "starts",
    "event_effect": "events",
    "event_lasting": "events",
}
"""The group of every unknown that a range elicits."""

_OF_DYNAMICS: Final = frozenset({"weights", "half_lives", "drift"})
"""Groups from whose centres scales of own variation follow."""

_STEP: Final = 1e-4
"""Prior sd by which a centre is moved to see what follows: small beside what it bends over, large
beside rounding."""

_OF_FACTORS: Final[Mapping[str, str]] = {
    "half_life": "half_life",
    "baseline": "baseline",
    "drift_share": "drift.share",
    "drift_half_life": "drift.half_life",
}
_OF_EVENTS: Final[Mapping[str, str]] = {"event_effect": "size", "event_lasting": "lasting"}


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """An elicited range, and the unknown it elicits.

    Parameters
    ----------
    path : str
        In the model file, as in `ranges`.
    unknown : str
        A name of `Frame.priors`, or ``start``.
    place : int
        Position of its label; of a start, among the inferred nodes.
    range : Quantiles
    """

    path: str
    unknown: str
    place: int
    range: Quantiles

    @property
    def group(self) -> str:
        """The kind of judgement; see `GROUPS`."""
        return GROUPS[self.unknown]

    @property
    def moves_scales(self) -> bool:
        """Whether the scales of own variation follow from it."""
        return self.group in _OF_DYNAMICS


_JUDGEMENTS: WeakKeyDictionary[Posterior, tuple[Judgement, ...]] = WeakKeyDictionary()
_SCORES: WeakKeyDictionary[Posterior, Array] = WeakKeyDictionary()
_SLOPES: WeakKeyDictionary[Posterior, Array] = WeakKeyDictionary()


def judgements(posterior: Posterior) -> tuple[Judgement, ...]:
    """Return every elicited range of a fitted model, in the order of the file."""
    if posterior not in _JUDGEMENTS:
        frame, spec = posterior.frame, posterior.model.spec
        places = dict(_places(frame, spec))
        _JUDGEMENTS[posterior] = tuple(
            Judgement(path=path, unknown=places[path][0], place=places[path][1], range=given)
            for path, given in ranges(spec).items()
            if path in places
        )
    return _JUDGEMENTS[posterior]


def _places(frame: Frame, spec: ModelSpec) -> Iterator[tuple[str, tuple[str, int]]]:
    """Yield the path of every label of every unknown that a range elicits."""
    for unknown, prior in frame.priors.items():
        for place, label in enumerate(frame.coords[prior.dims[-1]]):
            if unknown in _OF_FACTORS:
                yield f"factors.{label}.{_OF_FACTORS[unknown]}", (unknown, place)
            elif unknown in _OF_EVENTS:
                yield f"events.{label.replace('->', '.')}.{_OF_EVENTS[unknown]}", (unknown, place)
            elif unknown == "weight_size":
                yield f"edges.{label}.weight", (unknown, place)
            elif label in spec.indicators:
                key = family_of(spec.indicators[label]).elicited.get(unknown)
                if key is not None:
                    yield f"indicators.{label}.{key}", (unknown, place)
    for place, name in enumerate(frame.inferred):
        if name in spec.factors and spec.factors[name].start is not None:
            yield f"factors.{name}.start", ("start", place)


def start_levels(frame: Frame, draws: Mapping[str, Array]) -> Array:
    """Return the levels of the first month, shape (draw, inferred)."""
    levels: Array = frame.start_mean + draws["start_innovation"] @ frame.start_root.T
    return levels


def scores(posterior: Posterior) -> Array:
    """Return how far every judged unknown lies from the centre of its range, in sd of the range.

    Shape is (draw, judgement); draws are chains one after the other. Before the evidence a score is
    standard normal.
    """
    if posterior not in _SCORES:
        frame, draws = posterior.frame, posterior.draws()
        start = start_levels(frame, draws)
        columns = []
        for item in judgements(posterior):
            mu, sigma = item.range.law
            if item.unknown == "start":
                value = start[:, item.place]
            else:
                prior = frame.priors[item.unknown]
                # The prior's own location: that of a range whose law a family turns into another.
                mu, sigma = prior.mu[item.place], prior.sigma[item.place]
                value = prior.unconstrained(draws[item.unknown])[:, item.place]
            columns.append((value - mu) / sigma)
        _SCORES[posterior] = np.stack(columns, axis=1)
    return _SCORES[posterior]


def slopes(posterior: Posterior) -> Array:
    """Return the derivative of the log prior density as the centre of each range moves by an sd.

    But for what is the same in every draw, that is its score, and for weights, half-lives and
    drift also what follows from their centres:
    the scales of own variation, and the law of the first month. Shape is (draw, judgement).
    """
    if posterior not in _SLOPES:
        frame, draws = posterior.frame, posterior.draws()
        slope = scores(posterior).copy()
        prior = frame.priors["own_scale"]
        own_score = (np.log(draws["own_scale"]) - prior.mu) / prior.sigma
        start = start_levels(frame, draws)
        network = _Network(posterior)
        for k, item in enumerate(judgements(posterior)):
            if item.moves_scales:
                scale, law = network.followed(item)
                slope[:, k] += own_score @ scale / OWN_SCALE_LOG_SD
                slope[:, k] += _log_density_change(start, network.start, law) / _STEP
        _SLOPES[posterior] = slope
    return _SLOPES[posterior]


class _Network:
    """What follows from the prior means of a network, near those of the file."""

    def __init__(self, posterior: Posterior) -> None:
        self.spec, self.frame = posterior.model.spec, posterior.frame
        self.means = structure_at_prior_means(self.spec)
        self.own = self.means.own().value
        # Long-run variances are linear in own variances, one column for each.
        latent = self.frame.latent_index
        self.variance = self._variances(self.means, self.own)
        columns = []
        for j in latent:
            doubled = self.own.copy()
            doubled[j] *= np.sqrt(2.0)
            columns.append(self._variances(self.means, doubled) - self.variance)
        self.gain = np.stack(columns, axis=1)
        self.start = (self.frame.start_mean, self.frame.start_root)

    def _variances(self, means: PriorMeans, own: Array) -> Array:
        return np.diag(means.covariance(own))[self.frame.latent_index]

    def followed(self, item: Judgement) -> tuple[Array, Law]:
        """Return what follows as the centre of a judgement moves.

        The derivative of the log own scales by its centre, shape (latent,), and the law of the
        first month a step further.
        """
        means = structure_at_prior_means(
            with_ranges(self.spec, {item.path: item.range.moved(_STEP)})
        )
        # Own variances change so that long-run variances stay 1.
        change = self._variances(means, self.own) - self.variance
        scale = -0.5 * np.linalg.solve(self.gain, change / _STEP)
        own = self.own.copy()
        own[self.frame.latent_index] *= np.exp(_STEP * scale)
        law = start_law(self.spec, means, self.frame.inferred, means.covariance(own))
        return scale, law


def _log_density_change(value: Array, before: Law, after: Law) -> Array:
    """Return the log density under one normal law less that under another, but for a constant."""
    (old, old_precision), (new, new_precision) = (
        (mean, np.linalg.inv(root @ root.T)) for mean, root in (before, after)
    )
    # A difference of two squares, written out so that draws are multiplied once.
    square = value @ (old_precision - new_precision)
    square += 2 * (new_precision @ new - old_precision @ old)
    return np.asarray(0.5 * (square * value).sum(axis=1))


def normal_log_density(value: Array, mean: Array, root: Array) -> Array:
    """Return the log density of a normal law given by a root of its covariance, but for constants.

    Parameters
    ----------
    value : ndarray, shape (draw, dimension)
    mean : ndarray, shape (dimension,)
    root : ndarray, shape (dimension, dimension)
        Lower triangular.
    """
    from scipy.linalg import solve_triangular

    score = solve_triangular(root, (value - mean).T, lower=True)
    return np.asarray(-0.5 * (score**2).sum(axis=0) - np.log(np.diag(root)).sum())


def log_ratio_alone(posterior: Posterior, item: Judgement, new: Quantiles) -> Array:
    """Return what `log_ratio` does of one range, but for a constant, without building a model.

    What follows from the centre of the range is taken to first order.

    Parameters
    ----------
    posterior : Posterior
    item : Judgement
    new : Quantiles
    """
    place = judgements(posterior).index(item)
    score, slope = scores(posterior)[:, place], slopes(posterior)[:, place]
    mu, sigma = item.range.law
    other_mu, other_sigma = new.law
    shift, spread = (other_mu - mu) / sigma, other_sigma / sigma
    total = 0.5 * score**2 - 0.5 * ((score - shift) / spread) ** 2
    if item.moves_scales:
        # Scales follow from the mean, and the mean of a lognormal rises with its spread.
        rise = sigma * (spread**2 - 1) / 2 if item.range.scale == "log" else 0.0
        total = total + (shift + rise) * (slope - score)
    return np.asarray(total)


def log_ratio(posterior: Posterior, new: Mapping[str, Quantiles]) -> Array:
    """Return the log of the prior density with other ranges over that of the file, shape (draw,).

    Parameters
    ----------
    posterior : Posterior
    new : mapping of str to Quantiles
        By path, as in `ranges`.
    """
    frame, draws = posterior.frame, posterior.draws()
    model = replace(posterior.model, spec=with_ranges(posterior.model.spec, new))
    other = build_frame(model, frame.window)
    total = np.zeros(len(draws["half_life"]))
    for name, prior in frame.priors.items():
        changed = other.priors[name]
        if np.array_equal(prior.mu, changed.mu) and np.array_equal(prior.sigma, changed.sigma):
            continue
        difference = changed.log_density(draws[name]) - prior.log_density(draws[name])
        total += difference.reshape(len(total), -1).sum(axis=1)
    start = start_levels(frame, draws)
    total += normal_log_density(start, other.start_mean, other.start_root)
    total -= normal_log_density(start, frame.start_mean, frame.start_root)
    return total
