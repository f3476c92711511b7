"""Whether evidence taught an effect, or it is the file's own judgement worked out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.inference.alignment import policy_paths
from withdrawal_risk.inference.learning import LEAST_SHIFT
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, subjects, tree_of
from withdrawal_risk.simulation.parts import parts
from withdrawal_risk.simulation.responses import lasting_shift
from withdrawal_risk.simulation.worlds import World, horizon_window

__all__ = ["Change", "changes_of", "elicited_conditions", "is_elicited"]

Array = NDArray[np.float64]

_DRAWS: Final = 1000
"""Of each group. Their mean response is known to 3 % of its sd, and the sd to 2 %: far less than
what counts as taught."""

_NARROWED: Final = 0.8
"""Posterior over prior sd below which evidence taught an effect whose mean is where it was. An
effect comes of many weights and half-lives, so less is asked than of one; see `LEAST_NARROWED`."""

_GROUPS: Final = ("posterior", "prior")

type _Responses = dict[tuple[int, int], Array]
"""By source and first month: the response of every factor, (draw, factor)."""

_KNOWN: WeakKeyDictionary[Posterior, dict[str, _Responses]] = WeakKeyDictionary()
"""By posterior and group."""


class Change(NamedTuple):
    """A factor that is changed.

    Parameters
    ----------
    factor : int
    first : int
        First month.
    size : float
        By how much, on average, in levels.
    """

    factor: int
    first: int
    size: float


def _responses(posterior: Posterior, group: str, changes: Sequence[Change]) -> _Responses:
    """Return the responses at the horizon to lasting shifts of one, of changes at least."""
    known = _KNOWN.setdefault(posterior, {}).setdefault(group, {})
    asked = {(change.factor, change.first): list[Array]() for change in changes}
    missing = {key: found for key, found in asked.items() if key not in known}
    if missing:
        last = len(horizon_window(posterior)) - 1
        # It reads no noise, so there are as few futures as possible.
        several = parts(posterior, group=group, futures=2, random_seed=1, draws=_DRAWS, store=False)
        for part in several:
            for (source, first), found in missing.items():
                found.append(lasting_shift(posterior, part, {source: 1.0}, first, last)[:, last])
        known.update({key: np.concatenate(found) for key, found in missing.items()})
    return known


def is_elicited(
    posterior: Posterior, changes: Sequence[Change], targets: Collection[int]
) -> bool | None:
    """Say whether the effect of some changes on some factors is as it was before the evidence.

    What is compared is the response of the factors' levels, at the horizon, to changes that last.
    It is unchanged where evidence moved its mean by no more than a quarter of a prior sd and left
    at least four fifths of its spread, for every factor that is looked at.

    Parameters
    ----------
    posterior : Posterior
    changes : sequence of Change
    targets : collection of int
        Positions of the factors that are looked at.

    Returns
    -------
    bool or None
        None where no causal route leads from a change to a factor that is not itself changed, and
        where the posterior holds no draws of the prior to compare with.
    """
    if "prior" not in posterior.tree.children:
        return None
    graph, names = posterior.model.network, posterior.frame.structure.factors
    changed = {change.factor for change in changes}
    told = []
    for target in set(targets) - changed:
        acting = [c for c in changes if nx.has_path(graph, names[c.factor], names[target])]
        if not acting:
            continue
        after, before = (
            np.add.reduce([c.size * of_one[c.factor, c.first][:, target] for c in acting])
            for of_one in (_responses(posterior, group, changes) for group in _GROUPS)
        )
        spread = float(before.std())
        # An effect that is the same in all draws has nothing to be taught.
        told.append(
            spread < 1e-9
            or (
                abs(float(after.mean() - before.mean())) <= LEAST_SHIFT * spread
                and float(after.std()) >= _NARROWED * spread
            )
        )
    return all(told) if told else None


def changes_of(posterior: Posterior, world: World, baseline: Sequence[float]) -> list[Change]:
    """Return what a world changes in the future, by how much on average.

    Parameters
    ----------
    posterior : Posterior
    world : World
    baseline : sequence of float
        Level in the baseline of each of `World.spans`; see `Probabilities.baseline_level`.
    """
    window, names = horizon_window(posterior), posterior.frame.structure.factors
    ahead = window.index(posterior.as_of) + 1
    sizes: dict[int, float] = {}
    for span, usual in zip(world.spans, baseline, strict=True):
        size = span.setting.size if span.setting.shifted else span.setting.size - usual
        sizes[span.factor] = sizes.get(span.factor, 0.0) + size
    # Policies may be set without a span, by another path; shocks are pushes.
    clamped, usual_path = policy_paths(posterior.model, names, window, posterior.as_of)
    for j in range(len(names)):
        if j not in sizes and clamped[:, j].any() and world.clamped[ahead:, j].any():
            where = world.clamped[ahead:, j]
            difference = (world.given - usual_path)[ahead:, j][where]
            sizes[j] = float(difference.mean())
        if world.push[ahead:, j].any():
            sizes[j] = sizes.get(j, 0.0) + float(world.push[ahead:, j].mean())
    touched = world.touched(posterior)
    return [
        Change(j, max(first, ahead), sizes[j])
        for j, first in touched.items()
        if max(first, ahead) < len(window) and sizes.get(j)
    ]


def elicited_conditions(
    posterior: Posterior, worlds: Sequence[World], baselines: Sequence[Sequence[float]]
) -> list[dict[str, bool]]:
    """Say of every condition whether what a world does to it is the file's judgement worked out.

    Conditions that no route leads to are left out, and so are those that read what is changed and
    nothing else. Nothing is said of a world in which edges are scaled, nor without draws of the
    prior.

    Parameters
    ----------
    posterior : Posterior
    worlds : sequence of World
    baselines : sequence of (sequence of float)
        Of each, as in `changes_of`.

    Returns
    -------
    list of dict
        For each world.
    """
    spec = posterior.model.spec
    read = {
        name: subjects(posterior, [tree_of(posterior, name)])
        for name in (*spec.conditions, ALL_CONDITIONS)
    }
    # What a scaled edge does depends on where its cause stands, which evidence tells.
    changes = [
        [] if world.scales else changes_of(posterior, world, baseline)
        for world, baseline in zip(worlds, baselines, strict=True)
    ]
    if "prior" in posterior.tree.children:
        # Those of all worlds together, for which draws are made once.
        for group in _GROUPS:
            _responses(posterior, group, [change for several in changes for change in several])
    told = (
        {name: is_elicited(posterior, several, factors) for name, factors in read.items()}
        for several in changes
    )
    return [{name: one for name, one in of.items() if one is not None} for of in told]
