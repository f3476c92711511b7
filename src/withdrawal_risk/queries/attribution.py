"""Why a condition is as unlikely as it is: whose past shocks took how much of its probability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.arguments import a_table, names_of, whole_number
from withdrawal_risk.characters import quoted
from withdrawal_risk.cores import spread
from withdrawal_risk.errors import QueryError, did_you_mean
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import the_language
from withdrawal_risk.language.numbers import percent, points
from withdrawal_risk.queries.answers import About, Answer, about
from withdrawal_risk.queries.defaults import FUTURES
from withdrawal_risk.queries.results import mcse
from withdrawal_risk.queries.shapley import MOST_PARTS, shapley, subsets
from withdrawal_risk.simulation.conditions import judge_tree, subjects, tree_of
from withdrawal_risk.simulation.futures import simulate
from withdrawal_risk.simulation.probabilities import check_arguments
from withdrawal_risk.simulation.responses import own_shocks

__all__ = ["OTHERS", "Attribution", "attribution"]

Array = NDArray[np.float64]

OTHERS = "others"
"""Name of the group that takes in the factors which matter least."""


@dataclass(frozen=True, eq=False, repr=False)
class Attribution(Answer):
    """A condition's shortfall split over groups of factors.

    Parameters
    ----------
    condition : str
    reference : float
        Probability without the shocks of the past: no innovations, usual starts, no events.
    probability : float
        As it is, in all draws; the shortfall is that of the draws used.
    summary : pandas.DataFrame
        Indexed by ``group``: ``share`` of ``reference - probability`` (negative where the group helped) and its
        Monte Carlo error ``mcse``. Shares sum to the shortfall.
    groups : dict of str to tuple of str
        Factors of each group.
    about : About
        The fit.
    draws : int, optional
        How many draws were used for the shares, where not all of them.
    largest : str, optional
        The group with the largest share, if it leads the next by two Monte Carlo errors.
    """

    condition: str
    reference: float
    probability: float
    summary: pd.DataFrame
    groups: dict[str, tuple[str, ...]]
    about: About
    draws: int | None = None
    largest: str | None = None

    @property
    def shortfall(self) -> float:
        """What the past took from the probability."""
        return self.reference - self.probability

    def label(self, group: str, lang: str = "en") -> str:
        """Return the name of a group for people."""
        if group == OTHERS:
            return "سائر العوامل" if lang == "ar" else "All other factors"
        return self.about.label(group, lang) if group in self.about.names else group

    def sentence(self, lang: str = "en") -> str:
        """Say the answer in a sentence; ``lang`` is ``en`` or ``ar``."""
        lang = the_language(lang)
        name = self.about.condition(self.condition, lang)
        now, then, change = (
            percent(self.probability, lang),
            percent(self.reference, lang),
            points(-self.shortfall, lang),
        )
        if self.largest is None:
            push = "ولا يبرز دافع واحد" if lang == "ar" else "No single push stands out"
        else:
            label, part = self.label(self.largest, lang), points(-float(self.summary.loc[self.largest, "share"]), lang)  # type: ignore[arg-type]
            push = (
                f"وأكبر ما حرّكه وحده «{label}» ({part})"
                if lang == "ar"
                else f"The largest single push came through {label} ({part})"
            )
        warning = self.about.warning(lang)
        if lang == "ar":
            return f"«{name}»: الاحتمال {now}، ولولا ما جرى منذ البداية لكان {then} ({change})؛ {push}.{warning}"
        return (
            f"{name}: the probability is {now}; without the shocks since the start it would be {then} ({change}). "
            f"{push}.{warning}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the attribution as JSON-ready data."""
        return {
            "condition": self.condition,
            "reference": self.reference,
            "probability": self.probability,
            "shortfall": self.shortfall,
            "largest": self.largest,
            "checks_passed": self.about.checks_passed,
            "shares": {
                str(name): {"share": float(row["share"]), "mcse": float(row["mcse"]),
                            "factors": list(self.groups[str(name)])}
                for name, row in self.summary.iterrows()
            },
        }  # fmt: skip


def _groups(posterior: Posterior, groups: Mapping[str, Sequence[str]] | None) -> dict[str, tuple[str, ...]] | None:
    """Read the groups a user gave; none means that they are to be chosen."""
    if groups is None:
        return None
    latent, seen = posterior.frame.latent, set[str]()
    chosen = {name: names_of(members, f"groups: {name}") for name, members in a_table(groups, "groups").items()}
    for name, members in chosen.items():
        if name == OTHERS:
            raise QueryError(f"groups: {OTHERS!r} is the group of the factors in none; choose another name")
        for member in members:
            if member not in latent:
                raise QueryError(f"groups: {quoted(member)} is not a factor; {did_you_mean(member, latent)}")
            if member in seen:
                raise QueryError(f"groups: {member!r} stands in two groups, the second {name!r}; leave it in one")
            seen.add(member)
    left = tuple(name for name in latent if name not in seen)
    if left:
        chosen[OTHERS] = left
    if not 1 <= len(chosen) <= MOST_PARTS:
        raise QueryError(f"{len(chosen)} groups, the factors in none counted as one; give 1 to {MOST_PARTS}")
    return chosen


def attribution(
    posterior: Posterior,
    condition: str,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    most: int = 10,
    draws: int = 500,
    futures: int = FUTURES,
    random_seed: int = 1,
) -> Attribution:
    """Split a condition's shortfall over the factors' own shocks, by Shapley values.

    A factor's own shocks are its innovations up to the ``as_of``, its start's distance from what was elicited, and
    the events that hit it. What they did to all levels is taken away group by group, in every combination, with
    each draw's parameters and the chance of its futures kept.

    Parameters
    ----------
    posterior : Posterior
    condition : str
        A condition, or ``"all_conditions"``.
    groups : mapping of str to sequence of str, optional
        Factors by group; those in none become a group of their own. Where absent every factor that can act on the
        condition is a group, and those whose shocks matter least by themselves share one.
    most : int
        Groups at most, where they are chosen; exact over all ``2 ** most`` combinations, so at most 12.
    draws : int
        Posterior draws used, evenly spaced.
    futures, random_seed : int
        As in `do`.

    Raises
    ------
    QueryError
        For an unknown condition or factor, or too many groups.

    References
    ----------
    Budhathoki, Minorics, Bloebaum and Janzing, ICML 2022, attribute outliers to root causes in the same manner.
    """
    check_arguments(posterior, futures=futures, random_seed=random_seed, draws=draws)
    if whole_number(most, "most", least=1, most=10**6) not in range(2, MOST_PARTS + 1):
        raise QueryError(f"most is {most}; exact shares over all combinations need 2 to {MOST_PARTS} groups")
    tree, frame = tree_of(posterior, condition), posterior.frame
    wanted = sorted(subjects(posterior, [tree]))
    chosen = _groups(posterior, groups)
    if not any(frame.structure.factors[j] in frame.latent for j in wanted):
        raise QueryError(
            f"{condition!r} speaks of policies alone, whose path is given: there are no shocks to attribute"
        )
    held = list(simulate(posterior, next, futures=futures, random_seed=random_seed, factors=wanted, draws=draws))

    def place(names: Sequence[str]) -> list[int]:
        return [frame.structure.factors.index(name) for name in names]

    def probability(removed: Sequence[Array]) -> Array:
        """Return P(condition | draw) with what some groups did taken away."""
        found = []
        for number, expected in enumerate(held):
            world = expected.changed(-removed[number]) if removed else expected
            found.append(judge_tree(posterior, world, tree).mean(axis=1))
        return np.concatenate(found)

    as_it_is = probability([])

    def done_by(names: Sequence[str]) -> list[Array]:
        return [own_shocks(posterior, expected.part, place(names)) for expected in held]

    if chosen is None:
        graph, aimed = posterior.model.network, [frame.structure.factors[j] for j in wanted]
        acting = set(aimed).union(*(nx.ancestors(graph, name) for name in aimed))
        candidates = [name for name in frame.latent if name in acting]
        if len(candidates) > most:
            alone = {name: abs((probability(done_by([name])) - as_it_is).mean()) for name in candidates}
            candidates = sorted(candidates, key=lambda name: -alone[name])[: most - 1]
        chosen = {name: (name,) for name in candidates}
        left = tuple(name for name in frame.latent if name not in chosen)
        if left and acting.intersection(left):
            chosen[OTHERS] = left
    effects = [done_by(members) for members in chosen.values()]

    def without(member: NDArray[np.bool_]) -> Array:
        if member.all():
            return as_it_is
        gone = [effect for effect, has in zip(effects, member, strict=True) if not has]
        return probability([np.sum(parts, axis=0) for parts in zip(*gone, strict=True)])

    value = np.array(list(spread(subsets(len(chosen)), without)))
    shares = -shapley(value)
    table = pd.DataFrame(
        {"share": shares.mean(axis=1), "mcse": [mcse(row, None, posterior.chains) for row in shares]},
        index=pd.Index(chosen, name="group"),
    )
    order = table["share"].abs().sort_values(ascending=False).index
    sizes = [shares[table.index.get_loc(name)] * np.sign(table.loc[name, "share"]) for name in order]
    lead = sizes[0] - sizes[1] if len(sizes) > 1 else sizes[0]
    leads = float(lead.mean()) > 2 * mcse(lead, None, posterior.chains)
    used = value.shape[1]
    some = used < len(posterior.draws()["half_life"])
    # One probability for every question: the draws used tell what the past took from it, all of them what it is.
    now = float(value[-1].mean())
    if some:
        every = simulate(
            posterior, lambda several: judge_tree(posterior, next(several), tree).mean(axis=1), futures=futures,
            random_seed=random_seed, factors=wanted,
        )  # fmt: skip
        now = float(np.concatenate(list(every)).mean())
    return Attribution(
        condition, now + float(value[0].mean() - value[-1].mean()), now, table.loc[order], chosen, about(posterior),
        used if some else None, str(order[0]) if leads else None,
    )  # fmt: skip
