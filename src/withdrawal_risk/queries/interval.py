"""What a credible interval is made of: how much of it each kind of unknown accounts for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import the_language, words_of
from withdrawal_risk.language.numbers import percent, share
from withdrawal_risk.model.spec import clauses
from withdrawal_risk.queries.answers import About, Answer, about
from withdrawal_risk.queries.defaults import FUTURES
from withdrawal_risk.queries.results import mcse
from withdrawal_risk.simulation.conditions import tree_of
from withdrawal_risk.simulation.probabilities import check_arguments, probabilities

__all__ = ["UNEXPLAINED", "IntervalShares", "explain_interval"]

Array = NDArray[np.float64]

UNEXPLAINED: Final = "together"
"""What no group accounts for by itself: unknowns that matter together, and curves that the regression does not follow."""

_FOLDS: Final = 10
_COLLINEAR: Final = 1e-10


@dataclass(frozen=True, eq=False, repr=False)
class IntervalShares(Answer):
    """Shares of the variance of P(condition | draw), whose law is the credible interval.

    Parameters
    ----------
    condition : str
    probability : float
        As `outlook` gives it.
    sd : float
        Standard deviation of P(condition | draw) between draws, without the chance of finitely many futures.
    summary : pandas.DataFrame
        Indexed by ``group``, the largest first and what no group accounts for last: ``share`` of the variance and its
        Monte Carlo error ``mcse``. Shares sum to 1; one that is not there may come out slightly negative.
    about : About
        The fit.
    """

    condition: str
    probability: float
    sd: float
    summary: pd.DataFrame
    about: About

    def label(self, group: str, lang: str = "en") -> str:
        """Return the name of a group for people."""
        return str(words_of(lang).INTERVAL[group])

    def sentence(self, lang: str = "en") -> str:
        """Say the answer in a sentence; ``lang`` is ``en`` or ``ar``."""
        lang = the_language(lang)
        name, warning = self.about.condition(self.condition, lang), self.about.warning(lang)
        if self.sd == 0:
            if lang == "ar":
                return f"«{name}»: الاحتمال {percent(self.probability, lang)} في كل السحوبات، فلا شيء يُعلَّل.{warning}"
            return f"{name}: the probability is {percent(self.probability)} in every draw; there is nothing to explain.{warning}"
        # What rounds to nothing is left out, but for the weights: whether the network's strengths matter is always asked.
        told = [
            f"{share(float(row['share']), lang)} {'من' if lang == 'ar' else 'from'} {self.label(str(group), lang)}"
            for group, row in self.summary.iterrows()
            if row["share"] >= 0.005 or group == "weights"
        ]
        if lang == "ar":
            return f"«{name}»: تباين الاحتمال بين السحوبات يأتي {'، و'.join(told)}.{warning}"
        return f"{name}: the variance of its probability between draws comes {', '.join(told[:-1])} and {told[-1]}.{warning}"

    def to_dict(self) -> dict[str, Any]:
        """Return the shares as JSON-ready data."""
        return {
            "condition": self.condition,
            "probability": self.probability,
            "sd": self.sd,
            "checks_passed": self.about.checks_passed,
            "shares": {
                str(k): {"share": float(r["share"]), "mcse": float(r["mcse"])} for k, r in self.summary.iterrows()
            },
        }


def explain_interval(
    posterior: Posterior, condition: str, *, futures: int = FUTURES, random_seed: int = 1
) -> IntervalShares:
    """Split the variance of a condition's probability between draws over what is unknown.

    P(condition | draw) is regressed on today's levels, by a curve of the third degree in the combination of them that
    matters, and on the parameters. A group's share is the covariance of its part of the regression with the probability, each
    draw's part being predicted from other draws, over the variance that is not the chance of finitely many futures.

    Parameters
    ----------
    posterior : Posterior
    condition : str
        A condition, or ``"all_conditions"``.
    futures, random_seed : int
        As in `outlook`, whose futures it shares.

    Returns
    -------
    IntervalShares

    Raises
    ------
    QueryError
        For an unknown condition.
    """
    check_arguments(posterior, futures=futures, random_seed=random_seed)
    tree = tree_of(posterior, condition)
    found = probabilities(posterior, futures=futures, random_seed=random_seed)
    p = found.value[0, found.names.index(condition)]
    chance = float((p * (1 - p)).mean()) / (futures - 1)
    variance = float(p.var()) - chance
    read = {leaf.indicator for leaf in clauses(tree) if leaf.indicator is not None}
    groups = _groups(posterior, read)
    if variance <= 0:
        table = pd.DataFrame({"share": 0.0, "mcse": 0.0}, index=pd.Index([*groups, UNEXPLAINED], name="group"))
        return IntervalShares(condition, float(p.mean()), 0.0, table, about(posterior))
    parts = _parts(groups, p)
    rows = {name: (part - part.mean()) * (p - p.mean()) / variance for name, part in parts.items()}
    table = pd.DataFrame(
        {"share": {n: float(r.mean()) for n, r in rows.items()}, "mcse": {n: mcse(r, None, posterior.chains) for n, r in rows.items()}}
    ).sort_values("share", ascending=False)  # fmt: skip
    rest = np.sum(list(rows.values()), axis=0)
    table.loc[UNEXPLAINED] = [1 - float(rest.mean()), mcse(rest, None, posterior.chains)]
    return IntervalShares(condition, float(p.mean()), variance**0.5, table.rename_axis("group"), about(posterior))


def _groups(posterior: Posterior, indicators: set[str]) -> dict[str, Array]:
    """Return the standardised unknowns that futures depend on, by group, shape (draw, unknown).

    Of indicators only those count whose future values are looked at; the others have told what they know through the levels.
    """
    frame, draws = posterior.frame, posterior.draws()
    now = posterior.as_of - posterior.kept.first
    level = posterior.inferred_levels()
    first = max(now + 1 - max(frame.structure.longest_lag, 1), 0)
    read = [k for k, (name, _) in enumerate(frame.indicators) if name in indicators]
    noisy = [list(frame.noisy).index(k) for k in read if k in frame.noisy]
    gaps = [g for g, name in enumerate(frame.coords["grade_gap"]) if name.split(":")[0] in indicators]

    def columns(name: str, which: list[int] | None = None, *, positive: bool = True) -> list[Array]:
        if name not in draws or which == []:
            return []
        values = draws[name] if which is None else draws[name][:, which]
        return [np.log(values) if positive else values]

    raw = {
        "levels": [level[:, first : now + 1].reshape(len(level), -1)],
        "weights": columns("weight_size"),
        "half_lives": columns("half_life"),
        "own_scales": columns("own_scale"),
        "references": [
            *columns("baseline", positive=False), *columns("reference", read, positive=False),
            *columns("loading", read), *columns("grade_gap_size", gaps),
        ],
        "errors": columns("error", noisy),
        "event_sizes": columns("event_effect", positive=False),
    }  # fmt: skip
    found = {}
    for name, arrays in raw.items():
        values = np.hstack([np.zeros((len(level), 0)), *arrays])
        sd = values.std(axis=0)
        found[name] = (values - values.mean(axis=0))[:, sd > 1e-9] / sd[sd > 1e-9]
    return found


def _parts(groups: dict[str, Array], p: Array) -> dict[str, Array]:
    """Return each group's part of the regression of `p`, of every draw from other draws."""
    names, design = list(groups), np.hstack([np.ones((len(p), 1)), *groups.values()])
    ends = np.cumsum([1, *(values.shape[1] for values in groups.values())])
    place = {name: slice(a, b) for name, a, b in zip(names, ends[:-1], ends[1:], strict=True)}
    parts = {name: np.zeros(len(p)) for name in names}
    # Draws in a row are alike, so a fold is a stretch of them.
    for fold in np.array_split(np.arange(len(p)), _FOLDS):
        others = np.ones(len(p), bool)
        others[fold] = False
        slope = np.linalg.lstsq(design[others], p[others], rcond=_COLLINEAR)[0]
        index = {name: design[:, place[name]] @ slope[place[name]] for name in names}
        level = index.pop("levels")
        curve = np.stack([np.ones(len(p)), level, level**2, level**3, *index.values()], axis=1)
        size = np.linalg.lstsq(curve[others], p[others], rcond=_COLLINEAR)[0]
        parts["levels"][fold] = (curve[:, 1:4] @ size[1:4])[fold]
        for number, name in enumerate(index, start=4):
            parts[name][fold] = (curve[:, number] * size[number])[fold]
    return parts
