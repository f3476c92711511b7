"""What a credible interval is made of: how much of it each kind of unknown accounts for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.elements.conditions import clauses
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import percent, share
from withdrawal_risk.queries.answers import About, Answer, about
from withdrawal_risk.queries.defaults import FUTURES
from withdrawal_risk.queries.results import mcse
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, tree_of
from withdrawal_risk.simulation.probabilities import check_arguments, probabilities

__all__ = ["UNEXPLAINED", "IntervalShares", "explain_interval"]

Array = NDArray[np.float64]

UNEXPLAINED: Final = "together"
"""What no group accounts for by itself: combinations of unknowns, and curvature that the
regression does not follow."""

_FOLDS: Final = 10
"""Parts into which the draws are divided for cross-validation."""

_COLLINEAR: Final = 1e-10


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class IntervalShares(Answer):
    """Shares of the variance of P(condition | draw), whose law is the credible interval.

    Parameters
    ----------
    condition : str
    probability : float
        As `outlook` gives it.
    sd : float
        Standard deviation of P(condition | draw) between draws, with the Monte Carlo noise removed.
    summary : pandas.DataFrame
        Indexed by ``group``, the largest first and what no group accounts for last: ``share`` of
        the variance and its Monte Carlo error ``mcse``. Shares sum to 1; one that is not there may
        come out slightly negative.
    about : About
        The fit.

    Examples
    --------
    >>> wr.explain_interval(posterior, "calm").label("levels")
    "today's levels"
    """

    condition: str
    probability: float
    sd: float
    summary: pd.DataFrame
    about: About

    def label(self, group: str, lang: str = "en") -> str:
        """Return the name of a group for people."""
        return words_of(lang).interval[group]

    def sentence(self, lang: str = "en") -> str:
        """Say the answer in a sentence; ``lang`` is ``en`` or ``ar``."""
        words, name = words_of(lang), self.about.condition(self.condition, lang)
        if self.sd == 0:
            probability = percent(self.probability, lang)
            text = words.say("interval_none", name=name, probability=probability)
        else:
            # What rounds to 0 is left out, except the weights: readers always ask whether the
            # strengths of the edges matter.
            parts = [
                words.say(
                    "interval_part",
                    share=share(float(row["share"]), lang),
                    group=self.label(str(group), lang),
                )
                for group, row in self.summary.iterrows()
                if row["share"] >= 0.005 or group == "weights"
            ]
            text = words.say("interval", name=name, parts=words.series(parts))
        return text + self.about.warning(lang)

    def to_dict(self) -> dict[str, Any]:
        """Return the shares as JSON-ready data."""
        return {
            "condition": self.condition,
            "probability": self.probability,
            "sd": self.sd,
            "checks_passed": self.about.checks_passed,
            "shares": {
                str(k): {"share": float(r["share"]), "mcse": float(r["mcse"])}
                for k, r in self.summary.iterrows()
            },
        }


def explain_interval(
    posterior: Posterior,
    condition: str = ALL_CONDITIONS,
    *,
    futures: int = FUTURES,
    random_seed: int = 1,
) -> IntervalShares:
    """Split the variance of a condition's probability between draws over what is unknown.

    P(condition | draw) is regressed on today's levels, by a curve of the third degree in the
    combination of them that matters, and on the parameters. A group's share is the covariance of
    its part of the regression with the probability, each draw's part being predicted from other
    draws, over the variance with the Monte Carlo noise removed.

    Parameters
    ----------
    posterior : Posterior
    condition : str
        Default: all conditions together.
    futures : int
        Simulated futures for each draw, at least 2; the same as those of `outlook`.
    random_seed : int
        Of the futures.

    Returns
    -------
    IntervalShares

    Raises
    ------
    ArgumentError
        For an unknown condition.

    Examples
    --------
    >>> result = wr.explain_interval(posterior, "calm")
    >>> round(float(result.summary["share"].sum()), 6)
    1.0
    """
    check_arguments(posterior, futures=futures, random_seed=random_seed)
    tree = tree_of(posterior, condition)
    outcomes = probabilities(posterior, futures=futures, random_seed=random_seed)
    p = outcomes.value[0, outcomes.names.index(condition)]
    # Each p is a share of the futures of one draw. This estimates the binomial variance of such a
    # share without bias; no unknown can account for it.
    noise = float((p * (1 - p)).mean()) / (futures - 1)
    variance = float(p.var()) - noise
    read = {leaf.indicator for leaf in clauses(tree) if leaf.indicator is not None}
    groups = _groups(posterior, read)
    if variance <= 0:
        table = pd.DataFrame(
            {"share": 0.0, "mcse": 0.0}, index=pd.Index([*groups, UNEXPLAINED], name="group")
        )
        return IntervalShares(
            condition=condition,
            probability=float(p.mean()),
            sd=0.0,
            summary=table,
            about=about(posterior),
        )
    parts = _parts(groups, p)
    # The mean of these products is a covariance over the variance. They are kept by draw, because
    # the Monte Carlo error of the mean needs the order of the chains.
    rows = {name: (part - part.mean()) * (p - p.mean()) / variance for name, part in parts.items()}
    table = pd.DataFrame(
        {
            "share": {n: float(r.mean()) for n, r in rows.items()},
            "mcse": {n: mcse(r, None, posterior.chains) for n, r in rows.items()},
        }
    ).sort_values("share", ascending=False)
    rest = np.sum(list(rows.values()), axis=0)
    table.loc[UNEXPLAINED] = [1 - float(rest.mean()), mcse(rest, None, posterior.chains)]
    return IntervalShares(
        condition=condition,
        probability=float(p.mean()),
        sd=variance**0.5,
        summary=table.rename_axis("group"),
        about=about(posterior),
    )


def _groups(posterior: Posterior, indicators: set[str]) -> dict[str, Array]:
    """Return the standardised unknowns that futures depend on, by group, shape (draw, unknown).

    Only those indicators count whose future values the condition reads; the others act through
    the levels alone.
    """
    frame, draws = posterior.frame, posterior.draws()
    now = posterior.as_of - posterior.stored_months.first
    level = posterior.inferred_levels()
    # Futures read the levels of as many months as the longest lag, at least those of the last one.
    # Earlier levels act on them only through these.
    first = max(now + 1 - max(frame.structure.longest_lag, 1), 0)
    read = [k for k, (name, _) in enumerate(frame.indicators) if name in indicators]
    noisy = [list(frame.noisy).index(k) for k in read if k in frame.noisy]
    gaps = [
        g for g, name in enumerate(frame.coords["category_gap"]) if name.split(":")[0] in indicators
    ]

    def columns(name: str, which: list[int] | None = None) -> list[Array]:
        if name not in draws or which == []:
            return []
        values = frame.priors[name].unconstrained(draws[name])
        return [values if which is None else values[:, which]]

    raw = {
        "levels": [level[:, first : now + 1].reshape(len(level), -1)],
        "drift": [
            *columns("drift_share"),
            *columns("drift_half_life"),
            *columns("event_lasting"),
        ],
        "weights": columns("weight_size"),
        "half_lives": columns("half_life"),
        "own_scales": columns("own_scale"),
        "references": [
            *columns("baseline"),
            *columns("reference", read),
            *columns("loading", read),
            *columns("category_gap_size", gaps),
        ],
        "errors": columns("error", noisy),
        "event_sizes": columns("event_effect"),
    }
    groups = {}
    for name, arrays in raw.items():
        # The block without columns gives a group without unknowns its shape. Columns that do not
        # vary explain nothing and have no scale to be divided by.
        values = np.hstack([np.zeros((len(level), 0)), *arrays])
        sd = values.std(axis=0)
        groups[name] = (values - values.mean(axis=0))[:, sd > 1e-9] / sd[sd > 1e-9]
    return groups


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
        # First pass: a linear regression on all unknowns turns each group into one number a draw.
        slope = np.linalg.lstsq(design[others], p[others], rcond=_COLLINEAR)[0]
        index = {name: design[:, place[name]] @ slope[place[name]] for name in names}
        # Second pass: a probability bends with the levels, so theirs gets a square and a cube.
        # Columns 1 to 3 belong to the levels, one column to each of the others.
        level = index.pop("levels")
        curve = np.stack([np.ones(len(p)), level, level**2, level**3, *index.values()], axis=1)
        size = np.linalg.lstsq(curve[others], p[others], rcond=_COLLINEAR)[0]
        # Only the draws of the fold are predicted: neither regression has seen them.
        parts["levels"][fold] = (curve[:, 1:4] @ size[1:4])[fold]
        for number, name in enumerate(index, start=4):
            parts[name][fold] = (curve[:, number] * size[number])[fold]
    return parts
