"""Which factor matters: what would follow from moving it, beside what observing it would say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.cores import spread
from withdrawal_risk.elements.elicitation import Z90
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import percent
from withdrawal_risk.queries.answers import About, Answer, about
from withdrawal_risk.queries.defaults import FUTURES
from withdrawal_risk.queries.results import mcse
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, Evaluator, subjects, tree_of
from withdrawal_risk.simulation.futures import Futures, simulate
from withdrawal_risk.simulation.probabilities import baseline_probability, check_arguments
from withdrawal_risk.simulation.responses import lasting_shift, of_factors
from withdrawal_risk.simulation.worlds import World, horizon_window

__all__ = ["Drivers", "drivers"]

Array = NDArray[np.float64]
Truth = NDArray[np.bool_]

_ENDS: Final = (0.1, 0.9)
_KINDS: Final = ("shift", "causal", "evidential")
_NEAR: Final = 0.05
"""Futures within this much probability on either side of a percentile count as being there."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Drivers(Answer):
    """How a condition responds to each factor: were it moved, were it set, were it observed.

    Parameters
    ----------
    condition : str
    probability : float
        In the baseline, in all draws.
    summary : pandas.DataFrame
        Indexed by ``factor``: first those that act on the condition from outside, then those that
        it reads itself (``direct``), each by the size of ``shift_swing``. ``shift_low``,
        ``shift_high``: the probability were the factor one long-run sd lower or higher throughout
        the future than it would have been, with the same noise; ``low``, ``high``: the 10th and
        90th percentile of its monthly level, averaged over the future; ``causal_low``,
        ``causal_high``: the probability were it set to each month's percentile;
        ``evidential_low``, ``evidential_high``: the probability in the futures whose mean level is
        at that percentile; the three swings and their Monte Carlo errors ``shift_mcse``,
        ``causal_mcse``, ``evidential_mcse``. Where some draws were used, the probabilities are
        `probability` and what differs in those draws from their own baseline.
    about : About
        The fit.
    draws : int, optional
        How many draws were used, where not all of them.

    Examples
    --------
    >>> wr.drivers(posterior, "calm").label("gaps")
    'Gaps'
    """

    condition: str
    probability: float
    summary: pd.DataFrame
    about: About
    draws: int | None = None

    def label(self, factor: str, lang: str = "en") -> str:
        """Return the name of a factor for people."""
        return self.about.label(factor, lang)

    def sentence(self, lang: str = "en") -> str:
        """Say the answer in a sentence; ``lang`` is ``en`` or ``ar``."""
        words = words_of(lang)
        return self._main(words.code) + self.about.warning(lang)

    def _main(self, lang: str) -> str:
        """Say the answer without a warning."""
        words, name = words_of(lang), self.about.condition(self.condition, lang)
        measurable = self.summary["shift_swing"].abs() > Z90 * self.summary["shift_mcse"]
        moving, inside = self.summary[measurable], self.summary[self.summary["direct"]]
        outside = moving[~moving["direct"]]
        read = words.series(
            words.quote.format(text=self.label(str(factor), lang)) for factor in inside.index
        )
        if moving.empty:
            return words.say("drivers_none", name=name)
        if outside.empty:
            return words.say("drivers_only_direct", name=name, factors=read)
        # Those that cannot be distinguished from the first are named with it.
        size, error = outside["shift_swing"].abs(), outside["shift_mcse"]
        alike = outside[size.iloc[0] - size <= 2 * np.hypot(error, error.iloc[0])]
        return words.say(
            "drivers",
            name=name,
            factors=words.one_of(self.label(str(factor), lang) for factor in alike.index),
            low=percent(alike["shift_low"].iloc[0], lang),
            high=percent(alike["shift_high"].iloc[0], lang),
            direct=words.say("drivers_direct", factors=read) if read else "",
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-ready data."""
        return {
            "condition": self.condition,
            "probability": self.probability,
            "checks_passed": self.about.checks_passed,
            "drivers": {
                str(name): {str(k): bool(v) if k == "direct" else float(v) for k, v in row.items()}
                for name, row in self.summary.iterrows()
            },
        }


def drivers(
    posterior: Posterior,
    condition: str = ALL_CONDITIONS,
    *,
    set_ends: bool = True,
    draws: int | None = None,
    futures: int = FUTURES,
    random_seed: int = 1,
) -> Drivers:
    """Move every factor by a shift, set it to either end of its range, and observe it there.

    Parameters
    ----------
    posterior : Posterior
    condition : str
        Default: all conditions together.
    set_ends : bool
        Whether to set each factor to either end of its range as well, which takes most of the
        time; without it the columns ``causal_`` are left out.
    draws : int, optional
        Posterior draws used, evenly spaced; the probability in the baseline is that of all draws
        nonetheless. Default: all.
    futures : int
        Simulated futures for each draw, at least 2; all worlds share the same ones.
    random_seed : int
        Of the futures.

    Returns
    -------
    Drivers

    Raises
    ------
    ArgumentError
        For an unknown condition.

    Examples
    --------
    >>> result = wr.drivers(posterior, "calm")
    >>> sorted(result.summary.index)
    ['gaps', 'tension']
    """
    check_arguments(posterior, futures=futures, random_seed=random_seed)
    if draws is not None:
        check_arguments(posterior, draws=draws)
    tree, frame = tree_of(posterior, condition), posterior.frame
    window = horizon_window(posterior)
    first, last = window.index(posterior.as_of) + 1, len(window) - 1
    read = sorted(subjects(posterior, [tree]))
    holds = Evaluator.of_tree(posterior, tree)
    factors = [int(j) for j in frame.latent_index]
    # Held in memory: shifts add a response to these futures instead of simulating others.
    held = list(
        simulate(
            posterior,
            next,
            futures=futures,
            random_seed=random_seed,
            factors=sorted({*read, *factors}),
            draws=draws,
        )
    )
    truth = np.concatenate(list(spread(held, holds)))

    def expectation(factor: int) -> tuple[Array, Array]:
        level = np.concatenate([some.level(factor, first, last) for some in held])
        # Levels have shape (draw, month, future). The mean over months keeps the shape of `truth`;
        # the percentiles, shape (end, month), are over all draws and futures.
        return level.mean(axis=1), np.quantile(level, _ENDS, axis=(0, 2))

    mean, ends = map(np.array, zip(*spread(factors, expectation), strict=True))
    # From (factor, end, month) to (end, factor, month).
    ends = ends.swapaxes(0, 1)
    shifted = _shifted(posterior, held, read, holds, first, last)
    settings = {"futures": futures, "random_seed": random_seed, "factors": read, "draws": draws}
    causal = _at_ends(posterior, holds, ends, first, last, settings) if set_ends else None
    rows = [
        {
            "factor": frame.structure.factors[j],
            "direct": j in read,
            **_swing("shift", shifted[:, k], posterior.chains),
            "low": ends[0, k].mean(),
            "high": ends[1, k].mean(),
            **({} if causal is None else _swing("causal", causal[:, k], posterior.chains)),
            **_seen(mean[k], truth, posterior.chains),
        }
        for k, j in enumerate(factors)
    ]
    table = pd.DataFrame(rows).set_index("factor")
    probability, used = float(truth.mean()), len(truth)
    if used < posterior.count():
        there = baseline_probability(
            posterior, holds, read, futures=futures, random_seed=random_seed
        )
        ends_of = [f"{kind}_{end}" for kind in _KINDS for end in ("low", "high")]
        columns = [column for column in ends_of if column in table]
        table[columns] = (table[columns] + (there - probability)).clip(0.0, 1.0)
        probability = there
    size = table["shift_swing"].abs()
    order = sorted(table.index, key=lambda name: (bool(table.loc[name, "direct"]), -size[name]))
    return Drivers(
        condition=condition,
        probability=probability,
        summary=table.loc[order],
        about=about(posterior),
        draws=used if used < posterior.count() else None,
    )


def _at_ends(
    posterior: Posterior,
    holds: Callable[[Futures], Truth],
    ends: Array,
    first: int,
    last: int,
    settings: dict[str, Any],
) -> Array:
    """Return P(condition | draw) with each factor set to either end, (end, factor, draw).

    ``ends`` has shape (end, factor, month).
    """
    # The reshape below relies on the order of the worlds.
    worlds = [
        _clamped(posterior, int(j), first, last, path)
        for side in ends
        for path, j in zip(side, posterior.frame.latent_index, strict=True)
    ]

    def set_there(several: Iterator[Futures]) -> Array:
        next(several)
        return np.array([holds(some).mean(axis=1) for some in several])

    probability = np.concatenate(
        list(simulate(posterior, set_there, worlds=worlds, **settings)), axis=1
    )
    return np.asarray(probability.reshape(*ends.shape[:2], -1))


def _clamped(posterior: Posterior, factor: int, first: int, last: int, path: Array) -> World:
    """Return the world in which a factor takes one level a month."""
    world = World.unchanged(posterior)
    world.clamp(factor, first, last, path)
    return world


def _shifted(
    posterior: Posterior,
    held: Sequence[Futures],
    read: Sequence[int],
    holds: Callable[[Futures], Truth],
    first: int,
    last: int,
) -> Array:
    """Return P(condition | draw) with each factor one sd lower and higher, (2, factor, draw)."""

    def moved(some: Futures) -> Array:
        # One response to +1 for each factor: the response to -1 is its negative. The answer has
        # shape (way, factor, draw).
        unit = [
            of_factors(lasting_shift(posterior, some.part, {int(j): 1.0}, first, last), read)
            for j in posterior.frame.latent_index
        ]
        return np.array(
            [[holds(some.changed(read, way * r)).mean(axis=1) for r in unit] for way in (-1, 1)]
        )

    return np.concatenate(list(spread(held, moved)), axis=2)


def _swing(kind: str, sides: Array, chains: int) -> dict[str, float]:
    """Return the probabilities at both ends, their difference and its Monte Carlo error."""
    low, high = sides
    return {
        f"{kind}_low": low.mean(),
        f"{kind}_high": high.mean(),
        f"{kind}_swing": high.mean() - low.mean(),
        f"{kind}_mcse": mcse(high - low, None, chains),
    }


def _seen(mean: Array, truth: Truth, chains: int) -> dict[str, float]:
    """Return the same for the futures in which a factor's mean level is near either end."""
    probabilities, deviations = [], []
    for end in _ENDS:
        near = np.quantile(mean, [end - _NEAR, end + _NEAR])
        near_level = (mean >= near[0]) & (mean <= near[1])
        probability = (truth & near_level).sum() / near_level.sum()
        probabilities.append(probability)
        # A ratio of means over draws, whose error comes from its linearised deviations.
        share = near_level.sum() / near_level.size
        deviations.append(((truth & near_level) - probability * near_level).mean(axis=1) / share)
    return {
        "evidential_low": probabilities[0],
        "evidential_high": probabilities[1],
        "evidential_swing": probabilities[1] - probabilities[0],
        "evidential_mcse": mcse(deviations[1] - deviations[0], None, chains),
    }
