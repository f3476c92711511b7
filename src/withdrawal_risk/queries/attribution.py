"""Why a condition is as unlikely as it is: whose past shocks took how much of its probability."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.arguments import checked_mapping, names_of, whole_number
from withdrawal_risk.characters import quoted
from withdrawal_risk.cores import spread
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import percent, points
from withdrawal_risk.queries.answers import About, Answer, about
from withdrawal_risk.queries.defaults import FUTURES
from withdrawal_risk.queries.results import mcse
from withdrawal_risk.queries.shapley import MOST_PARTS, shapley, subsets
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, Evaluator, subjects, tree_of
from withdrawal_risk.simulation.futures import Futures, simulate
from withdrawal_risk.simulation.probabilities import baseline_probability, check_arguments
from withdrawal_risk.simulation.responses import of_factors, own_shocks

__all__ = ["OTHERS", "Attribution", "attribution"]

Array = NDArray[np.float64]
Groups = dict[str, tuple[str, ...]]

OTHERS = "others"
"""Name of the group that holds the factors which matter least."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Attribution(Answer):
    """A condition's shortfall split over groups of factors.

    Parameters
    ----------
    condition : str
    reference : float
        Probability without the shocks of the past: no innovations, usual starts, no events.
    probability : float
        With them, in all draws; the shortfall is that of the draws used.
    summary : pandas.DataFrame
        Indexed by ``group``: ``share`` of ``reference - probability`` (negative where the group
        helped) and its Monte Carlo error ``mcse``. Shares sum to the shortfall.
    groups : dict of str to tuple of str
        Factors of each group.
    about : About
        The fit.
    draws : int, optional
        How many draws were used for the shares, where not all of them.
    largest : str, optional
        The group with the largest share, if it leads the next by two Monte Carlo errors.
    direct : tuple of str
        Groups with a factor that the condition itself reads.

    Examples
    --------
    >>> result = wr.attribution(posterior, "calm", draws=100)
    >>> sorted(result.groups)
    ['gaps', 'tension']
    """

    condition: str
    reference: float
    probability: float
    summary: pd.DataFrame
    groups: Groups
    about: About
    draws: int | None = None
    largest: str | None = None
    direct: tuple[str, ...] = ()

    @property
    def shortfall(self) -> float:
        """What the past took from the probability."""
        return self.reference - self.probability

    def label(self, group: str, lang: str = "en") -> str:
        """Return the name of a group for people."""
        if group == OTHERS:
            return words_of(lang).names["others"]
        return self.about.label(group, lang) if group in self.about.names else group

    def sentence(self, lang: str = "en") -> str:
        """Say the answer in a sentence; ``lang`` is ``en`` or ``ar``."""
        words = words_of(lang)
        if self.largest is None:
            contribution = words.say("contribution_none")
        else:
            size = -float(self.summary.loc[self.largest, "share"])  # type: ignore[arg-type]
            label = self.label(self.largest, lang)
            contribution = words.say("contribution", label=label, size=points(size, lang))
        text = words.say(
            "attribution",
            name=self.about.condition(self.condition, lang),
            probability=percent(self.probability, lang),
            reference=percent(self.reference, lang),
            change=points(-self.shortfall, lang),
            contribution=contribution,
        )
        return text + self.about.warning(lang)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-ready data."""
        return {
            "condition": self.condition,
            "reference": self.reference,
            "probability": self.probability,
            "shortfall": self.shortfall,
            "largest": self.largest,
            "checks_passed": self.about.checks_passed,
            "shares": {
                str(name): {
                    "share": float(row["share"]),
                    "mcse": float(row["mcse"]),
                    "factors": list(self.groups[str(name)]),
                }
                for name, row in self.summary.iterrows()
            },
        }


def attribution(
    posterior: Posterior,
    condition: str = ALL_CONDITIONS,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    max_groups: int = 10,
    draws: int = 500,
    futures: int = FUTURES,
    random_seed: int = 1,
) -> Attribution:
    """Split a condition's shortfall over the factors' own shocks, by Shapley values.

    A factor's own shocks are its innovations up to the ``as_of``, its start's distance from what
    was elicited, and the events that hit it. What they did to all levels is taken away group by
    group, in every combination, with each draw's parameters and the noise of its futures
    unchanged.

    Parameters
    ----------
    posterior : Posterior
    condition : str
        Default: all conditions together.
    groups : mapping of str to sequence of str, optional
        Factors by group; those in none become a group of their own. Default: every factor that
        can act on the condition is a group, and those whose shocks matter least by themselves
        share one.
    max_groups : int
        Most groups where they are chosen, at most 12: shares are exact over all
        ``2 ** max_groups`` combinations.
    draws : int
        Posterior draws used, evenly spaced.
    futures : int
        Simulated futures for each draw, at least 2.
    random_seed : int
        Of the futures.

    Returns
    -------
    Attribution

    Raises
    ------
    ArgumentError
        For an unknown condition or factor, or too many groups.

    References
    ----------
    Budhathoki, Minorics, Bloebaum and Janzing, ICML 2022, attribute outliers to root causes in
    the same manner.

    Examples
    --------
    >>> result = wr.attribution(posterior, "calm", draws=100)
    >>> abs(float(result.summary["share"].sum()) - result.shortfall) < 1e-9
    True
    """
    check_arguments(posterior, futures=futures, random_seed=random_seed, draws=draws)
    if whole_number(max_groups, "max_groups", least=1, most=10**6) not in range(2, MOST_PARTS + 1):
        raise ArgumentError(
            f"max_groups is {max_groups}; exact shares over all combinations need 2 to "
            f"{MOST_PARTS} groups"
        )
    tree, frame = tree_of(posterior, condition), posterior.frame
    wanted = sorted(subjects(posterior, [tree]))
    chosen = None if groups is None else _read_groups(posterior, groups)
    if not any(frame.structure.factors[j] in frame.latent for j in wanted):
        raise ArgumentError(
            f"{condition!r} reads only policies, whose path is given: there are no shocks to "
            "attribute"
        )
    read = {frame.structure.factors[j] for j in wanted}
    holds = Evaluator.of_tree(posterior, tree)
    # Held in memory: every combination of groups takes its effect away from the same futures.
    held = list(
        simulate(
            posterior, next, futures=futures, random_seed=random_seed, factors=wanted, draws=draws
        )
    )
    removal = _Removal(posterior, held, wanted, holds)
    if chosen is None:
        chosen = _chosen_groups(posterior, wanted, removal, max_groups)
    # The equation is linear given the parameters, so one response for each group is enough: what
    # several groups did is the sum.
    effects = [removal.effect_of(members) for members in chosen.values()]

    def without(member: NDArray[np.bool_]) -> Array:
        if member.all():
            return removal.nothing
        # Members of a combination keep their shocks. The effects of all others are added up, part
        # by part, and taken away.
        gone = [effect for effect, has in zip(effects, member, strict=True) if not has]
        return removal.probability([reduce(np.add, parts) for parts in zip(*gone, strict=True)])

    # Shape (combination, draw). Row 0 is without any group's shocks, the last row has those of all.
    value = np.array(list(spread(subsets(len(chosen)), without)))
    table, largest = _shares(value, chosen, posterior.chains)
    used = value.shape[1]
    thinned = used < len(posterior.draws()["half_life"])
    # The draws used tell what the past took away, all draws what the probability is: every
    # question prints the same probability.
    now = float(value[-1].mean())
    if thinned:
        now = baseline_probability(
            posterior, holds, wanted, futures=futures, random_seed=random_seed
        )
    return Attribution(
        condition=condition,
        # The shortfall is that of the draws used, so that the shares sum to it.
        reference=now + float(value[0].mean() - value[-1].mean()),
        probability=now,
        summary=table,
        groups=chosen,
        about=about(posterior),
        draws=used if thinned else None,
        largest=largest,
        direct=tuple(name for name, members in chosen.items() if read & set(members)),
    )


class _Removal:
    """P(condition | draw) with what some factors' shocks did taken away from some futures."""

    def __init__(
        self,
        posterior: Posterior,
        held: Sequence[Futures],
        read: Sequence[int],
        holds: Callable[[Futures], NDArray[np.bool_]],
    ) -> None:
        self.posterior, self.held, self.read, self.holds = posterior, held, read, holds
        self.nothing = self.probability([])

    def effect_of(self, names: Sequence[str]) -> list[Array]:
        """Return what the shocks of some factors did to the levels that are read, part by part."""
        places = [self.posterior.frame.structure.factors.index(name) for name in names]
        return [
            of_factors(own_shocks(self.posterior, futures.part, places), self.read)
            for futures in self.held
        ]

    def probability(self, removed: Sequence[Array]) -> Array:
        """Return P(condition | draw) with an effect, given part by part, taken away."""
        worlds = [
            futures.changed(self.read, -removed[number]) if removed else futures
            for number, futures in enumerate(self.held)
        ]
        return np.concatenate([self.holds(world).mean(axis=1) for world in worlds])


def _shares(value: Array, groups: Groups, chains: int) -> tuple[pd.DataFrame, str | None]:
    """Return the table of shares, largest first, and the group that leads it clearly."""
    # Shape (group, draw). Shapley values say what a group's shocks add; a share says what they
    # took.
    shares = -shapley(value)
    table = pd.DataFrame(
        {"share": shares.mean(axis=1), "mcse": [mcse(row, None, chains) for row in shares]},
        index=pd.Index(groups, name="group"),
    )
    # Groups are compared by size, whichever way their shares point. The lead is taken draw by
    # draw, so that noise which two groups have in common drops out of its error.
    order = table["share"].abs().sort_values(ascending=False).index
    sizes = [
        shares[table.index.get_loc(name)] * np.sign(table.loc[name, "share"]) for name in order
    ]
    lead = sizes[0] - sizes[1] if len(sizes) > 1 else sizes[0]
    leads = float(lead.mean()) > 2 * mcse(lead, None, chains)
    return table.loc[order], str(order[0]) if leads else None


def _chosen_groups(
    posterior: Posterior, wanted: Sequence[int], removal: _Removal, max_groups: int
) -> Groups:
    """Return a group for each factor that can act on some factors and matters most by itself."""
    graph, frame = posterior.model.network, posterior.frame
    read = [frame.structure.factors[j] for j in wanted]
    acting = set(read).union(*(nx.ancestors(graph, name) for name in read))
    candidates = [name for name in frame.latent if name in acting]
    if len(candidates) > max_groups:
        # A ranking by what each factor's shocks did by themselves needs one evaluation a factor.
        # One place is left for the group of all others.
        alone = {
            name: abs((removal.probability(removal.effect_of([name])) - removal.nothing).mean())
            for name in candidates
        }
        candidates = sorted(candidates, key=lambda name: -alone[name])[: max_groups - 1]
    groups: Groups = {name: (name,) for name in candidates}
    left = tuple(name for name in frame.latent if name not in groups)
    # If none of the others can act, their group would have a share of 0 and double the
    # combinations.
    if left and acting.intersection(left):
        groups[OTHERS] = left
    return groups


def _read_groups(posterior: Posterior, groups: Mapping[str, Sequence[str]]) -> Groups:
    """Read the groups that a user gave."""
    latent, seen = posterior.frame.latent, set[str]()
    chosen = {
        name: names_of(members, f"groups: {name}")
        for name, members in checked_mapping(groups, "groups").items()
    }
    for name, members in chosen.items():
        if name == OTHERS:
            raise ArgumentError(
                f"groups: {OTHERS!r} is the group of the factors in none; choose another name"
            )
        for member in members:
            if member not in latent:
                valid = did_you_mean(member, latent)
                raise ArgumentError(f"groups: {quoted(member)} is not a factor; {valid}")
            if member in seen:
                raise ArgumentError(
                    f"groups: {member!r} stands in two groups, the second {name!r}; leave it in one"
                )
            seen.add(member)
    left = tuple(name for name in latent if name not in seen)
    if left:
        chosen[OTHERS] = left
    if not 1 <= len(chosen) <= MOST_PARTS:
        raise ArgumentError(
            f"{len(chosen)} groups, the factors in none counted as one; give 1 to {MOST_PARTS}"
        )
    return chosen
