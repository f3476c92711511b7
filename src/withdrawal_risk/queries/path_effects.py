"""How much of an effect runs along each causal route."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.arguments import name_of, whole_number
from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import LANGUAGES, words_of
from withdrawal_risk.language.numbers import json_number, share, signed
from withdrawal_risk.queries.answers import About, Answer, about
from withdrawal_risk.queries.defaults import CI_PROB
from withdrawal_risk.simulation.elicited import Change, is_elicited
from withdrawal_risk.simulation.parts import parts
from withdrawal_risk.simulation.probabilities import check_arguments
from withdrawal_risk.simulation.responses import lasting_shift
from withdrawal_risk.simulation.worlds import horizon_window

__all__ = ["OTHER_ROUTES", "PathEffects", "path_effects"]

Array = NDArray[np.float64]

OTHER_ROUTES = "other routes and loops"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PathEffects(Answer):
    """An effect split over the routes it runs along.

    Parameters
    ----------
    source, target : str
    total : tuple of float
        Mean, lower and upper end of the whole effect on the target's level at the horizon, in
        standard levels, of a lasting +1 in the source.
    summary : pandas.DataFrame
        Indexed by ``route`` (factors joined by ``->``), the largest first: ``effect``, ``lower``,
        ``upper`` and ``share`` of the whole. The last row holds what runs along routes not listed
        and around loops; effects sum to the whole.
    ci_prob : float
    about : About
        The fit.
    steps : dict of str to str
        By language: the shift of the source that is asked about.
    elicited : bool
        Whether the effect is as it was before the evidence, so that it is the file's own judgement
        worked out.

    Examples
    --------
    >>> wr.path_effects(posterior, "tension", "gaps", draws=100).label("tension->gaps")
    'Tension → Gaps'
    """

    source: str
    target: str
    total: tuple[float, float, float]
    summary: pd.DataFrame
    ci_prob: float
    about: About
    steps: dict[str, str]
    elicited: bool = False

    def label(self, route: str, lang: str = "en") -> str:
        """Return a route for people."""
        words = words_of(lang)
        if route == OTHER_ROUTES:
            return words.names["other_routes"]
        return words.arrow.join(self.about.label(name, lang) for name in route.split("->"))

    def step(self, lang: str = "en") -> str:
        """Return the shift of the source: one level, for a policy in its own unit."""
        return self.steps[lang]

    def sentence(self, lang: str = "en") -> str:
        """Say the answer in a sentence; ``lang`` is ``en`` or ``ar``."""
        words = words_of(lang)
        route, row = next(iter(self.summary.iterrows()))
        ends = {
            "step": self.step(lang),
            "source": self.about.label(self.source, lang),
            "target": self.about.label(self.target, lang),
        }
        if not self.total[0]:
            text = words.say("path_effects_none", **ends)
        else:
            text = words.say(
                "path_effects",
                size=words.counted(signed(self.total[0], lang), "level"),
                share=share(row["share"], lang),
                route=self.label(str(route), lang),
                **ends,
            )
        if self.elicited:
            text = f"{text} {words.say('elicited')}"
        return text + self.about.warning(lang)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-ready data."""
        return {
            "source": self.source,
            "target": self.target,
            "effect": self.total[0],
            "ci": list(self.total[1:]),
            "ci_prob": self.ci_prob,
            "elicited": self.elicited,
            "checks_passed": self.about.checks_passed,
            "routes": {
                str(name): {str(k): json_number(v) for k, v in row.items()}
                for name, row in self.summary.iterrows()
            },
        }


def _step_of(posterior: Posterior, source: str) -> dict[str, str]:
    """Say by how much a source is moved, by language."""
    policy = posterior.model.spec.policies.get(source)
    if policy is None:
        return {
            lang: words.counted(words.with_sign("+1"), "level") for lang, words in LANGUAGES.items()
        }
    size = f"{policy.per_level:+,.10g}".replace("-", "−")
    return {
        lang: f"{words.with_sign(size)} {policy.unit[lang]}" for lang, words in LANGUAGES.items()
    }


def _strongest(
    graph: nx.DiGraph, source: str, target: str, max_routes: int
) -> list[tuple[str, ...]]:
    """Return simple routes by falling product of prior mean weights, without walking all of them.

    With the negative logarithm of a weight's size for a length, these are the shortest simple paths
    (Yen, Management Science 17, 1971); weights above 1 have length 0, which can only bring a route
    forward.
    """
    measured = nx.DiGraph()
    measured.add_nodes_from(graph)
    for a, b, weight in graph.edges(data="weight"):
        measured.add_edge(a, b, length=max(-np.log(abs(weight)), 0.0))
    simple_paths: Iterator[list[str]] = nx.shortest_simple_paths(
        measured, source, target, weight="length"
    )
    routes = []
    try:
        for route in simple_paths:
            routes.append(tuple(route))
            if len(routes) == max_routes:
                break
    except nx.NetworkXNoPath:
        return []
    return routes


def path_effects(
    posterior: Posterior,
    source: str,
    target: str,
    *,
    max_routes: int = 12,
    ci_prob: float = CI_PROB,
    draws: int = 1000,
) -> PathEffects:
    """Split the effect of a lasting shift of one factor on another over the routes between them.

    The source is shifted by one level, a policy by its ``per_level``, from the first future month
    to the horizon, as ``do`` shifts. The effect along a route on the target's level at the horizon
    is what remains when only that route's edges act.

    Parameters
    ----------
    posterior : Posterior
    source, target : str
        Factors; the source may be a policy.
    max_routes : int
        Most routes that are listed.
    ci_prob : float
        Probability of the (equal-tailed) intervals over the draws.
    draws : int
        Posterior draws used, evenly spaced.

    Returns
    -------
    PathEffects

    Raises
    ------
    ArgumentError
        For an unknown name, or a target that the source cannot reach.

    Examples
    --------
    >>> result = wr.path_effects(posterior, "tension", "gaps")
    >>> list(result.summary.index)[0]
    'tension->gaps'
    """
    check_arguments(posterior, ci_prob=ci_prob, draws=draws)
    frame = posterior.frame
    names = frame.structure.factors
    for what, name in (("source", source), ("target", target)):
        if name_of(name, what) not in frame.factors:
            valid = did_you_mean(name, frame.factors)
            raise ArgumentError(f"{what}: {quoted(name)} is not a factor or policy; {valid}")
    if source == target:
        raise ArgumentError(f"source and target are both {source!r}; name two factors")
    max_routes = whole_number(max_routes, "max_routes", least=1, most=10_000)
    routes = _strongest(posterior.model.network, source, target, max_routes)
    if not routes:
        raise ArgumentError(
            f"no causal route runs from {source!r} to {target!r}; its causes are ancestors in the "
            "network"
        )
    edges = [(parent, child) for parent, child, _ in frame.structure.edges]
    window = horizon_window(posterior)
    first, last = window.index(posterior.as_of) + 1, len(window) - 1
    j, aim = names.index(source), names.index(target)

    def effect(route: tuple[str, ...] | None) -> Array:
        along = None
        if route is not None:
            # Only the edges of the route act. Every factor on it goes on persisting from month to
            # month.
            steps = set(itertools.pairwise(route))
            along = np.array([edge in steps for edge in edges])
        return np.concatenate(
            [
                # The response at the horizon, shape (draw,). It reads no noise, so there are as few
                # futures as possible, and what is stored for other questions stays in place.
                lasting_shift(posterior, part, {j: 1.0}, first, last, edges=along)[:, last, aim]
                for part in parts(posterior, futures=2, random_seed=1, draws=draws, store=False)
            ]
        )

    whole = effect(None)
    mean = float(whole.mean())
    split = {"->".join(route): effect(route) for route in routes}
    split = dict(sorted(split.items(), key=lambda item: -abs(float(item[1].mean()))))
    split[OTHER_ROUTES] = whole - np.sum(list(split.values()), axis=0)
    tails = [(1 - ci_prob) / 2, (1 + ci_prob) / 2]
    table = pd.DataFrame(
        [
            # A ratio of means: ratios by draw have no bound where the whole effect is near 0.
            # Nothing has a share of no effect at all.
            (
                values.mean(),
                *np.quantile(values, tails),
                values.mean() / mean if mean else math.nan,
            )
            for values in split.values()
        ],
        index=pd.Index(split, name="route"),
        columns=["effect", "lower", "upper", "share"],
    )
    low, high = np.quantile(whole, tails)
    return PathEffects(
        source=source,
        target=target,
        total=(mean, float(low), float(high)),
        summary=table,
        ci_prob=ci_prob,
        about=about(posterior),
        steps=_step_of(posterior, source),
        elicited=bool(is_elicited(posterior, [Change(j, first, 1.0)], [aim])),
    )
