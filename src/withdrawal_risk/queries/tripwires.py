"""Tripwires: what the next value of an indicator would make of a condition's probability."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.families import family_of
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import LANGUAGES, words_of
from withdrawal_risk.language.numbers import NO_BREAK, json_number, percent
from withdrawal_risk.queries.answers import About, Answer, about
from withdrawal_risk.queries.defaults import FUTURES
from withdrawal_risk.queries.results import mcse
from withdrawal_risk.queries.watch_list import chosen_indicators, publication
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, Evaluator, subjects, tree_of
from withdrawal_risk.simulation.futures import Futures, simulate
from withdrawal_risk.simulation.probabilities import baseline_probability, check_arguments
from withdrawal_risk.simulation.worlds import horizon_window

__all__ = ["Tripwires", "tripwires"]

Array = NDArray[np.float64]

_FEWEST: Final = 200
"""Futures on a side of a tripwire below which nothing is said of them."""

_TAIL: Final = 0.1
"""Share of futures beyond a tripwire, on either side, of a value that is a number."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Tripwires(Answer):
    """What the next value of each indicator would make of a condition's probability.

    Parameters
    ----------
    condition : str
    probability : float
        As things are, in all draws.
    summary : pandas.DataFrame
        Indexed by ``indicator`` and ``side`` (``above`` or ``below``), those first that move the
        probability most: ``first`` and ``last`` month that the value is about, ``known`` from which
        month on it is expected to be published (indicators whose next value is not known by the
        horizon are left out), ``bound`` that it lies beyond, ``share`` of the futures in which
        it does, ``then``, the probability in those, ``difference`` from `probability` and its
        Monte Carlo error ``mcse``. nan where fewer than 200 futures lie there. Where
        some draws were used, the difference is that from their own probability, and ``then`` is
        `probability` with it added.
    bounds : dict of (str, str) to (dict of str to str)
        By indicator and side: what lies beyond the bound, in words, by language.
    about : About
        The fit.
    draws : int, optional
        How many draws were used, where not all of them.

    Examples
    --------
    >>> wr.tripwires(posterior, "calm").label("incidents")
    'Incidents'
    """

    condition: str
    probability: float
    summary: pd.DataFrame
    bounds: dict[tuple[str, str], dict[str, str]]
    about: About
    draws: int | None = None

    def label(self, indicator: str, lang: str = "en") -> str:
        """Return the name of an indicator for people."""
        return self.about.label(indicator, lang)

    def line(self, indicator: str, side: str, lang: str = "en") -> str:
        """Say one tripwire in a sentence."""
        words = words_of(lang)
        row: Any = self.summary.loc[(indicator, side)]
        if not np.isfinite(row["then"]):
            return words.say("tripwire_unresolved", label=self.label(indicator, lang))
        return words.say(
            "tripwire",
            label=self.label(indicator, lang),
            bound=self.bounds[indicator, side][lang],
            months=words.from_to.format(low=row["first"], high=row["last"])
            if row["first"] != row["last"]
            else row["last"],
            known=row["known"],
            before=percent(self.probability, lang),
            after=percent(float(row["then"]), lang),
        )

    def sentence(self, lang: str = "en") -> str:
        """Say the tripwire that moves the probability most; ``lang`` is ``en`` or ``ar``."""
        words, name = words_of(lang), self.about.condition(self.condition, lang)
        known = self.summary[self.summary["then"].notna()]
        if known.empty:
            return words.say("tripwires_none", name=name) + self.about.warning(lang)
        first: Any = known.index[0]
        text = words.say("tripwires", name=name, line=self.line(first[0], first[1], lang))
        return text + self.about.warning(lang)

    def _rows(self) -> list[tuple[str, str, Any]]:
        return [(*pair, row) for pair, row in self.summary.iterrows()]  # type: ignore[misc]

    def to_dict(self) -> dict[str, Any]:
        """Return the tripwires as JSON-ready data."""
        return {
            "model": self.about.model,
            "as_of": str(self.about.as_of),
            "condition": self.condition,
            "probability": self.probability,
            "checks_passed": self.about.checks_passed,
            "tripwires": [
                {
                    "indicator": str(indicator),
                    "side": str(side),
                    "first": str(row["first"]),
                    "last": str(row["last"]),
                    "known": str(row["known"]),
                    **{
                        key: json_number(float(row[key]))
                        for key in ("bound", "share", "then", "difference", "mcse")
                    },
                }
                for indicator, side, row in self._rows()
            ],
        }


def tripwires(
    posterior: Posterior,
    condition: str = ALL_CONDITIONS,
    *,
    indicators: Sequence[str] | None = None,
    draws: int | None = None,
    futures: int = FUTURES,
    random_seed: int = 1,
) -> Tripwires:
    """Say what the next value of each indicator would make of a condition's probability.

    The next value is that of the first month ahead or, of an indicator that is published for spans
    of months, the mean of their values over the next span (of one with memory and of categories,
    the last of them). Its bounds are the 10th and 90th percentile of what the model expects of it
    (of a yes or no, and of few categories, the nearest value that has futures beyond). The
    probability beyond a bound is the share of those futures in which the condition holds: what
    would be *seen*, not what setting the value would do.

    Parameters
    ----------
    posterior : Posterior
    condition : str
        Default: all conditions together.
    indicators : sequence of str, optional
        Which. Default: all.
    draws : int, optional
        Posterior draws used, evenly spaced; the probability as things are is that of all draws
        nonetheless. Default: all.
    futures : int
        Simulated futures for each draw, at least 2.
    random_seed : int
        Of the futures.

    Returns
    -------
    Tripwires

    Raises
    ------
    ArgumentError
        For an unknown condition or indicator, or a model without indicators.

    Examples
    --------
    >>> result = wr.tripwires(posterior, "calm")
    >>> result.summary.loc["incidents", "share"].max() < 0.5
    True
    """
    check_arguments(posterior, futures=futures, random_seed=random_seed)
    if draws is not None:
        check_arguments(posterior, draws=draws)
    tree, frame = tree_of(posterior, condition), posterior.frame
    names = frame.coords["indicator"]
    ahead = {
        names.index(name): _ahead(posterior, name) for name in chosen_indicators(names, indicators)
    }
    chosen = [k for k, (_, _, known) in ahead.items() if known <= posterior.model.spec.time.horizon]
    holds, window = Evaluator.of_tree(posterior, tree), horizon_window(posterior)
    wanted = sorted({*subjects(posterior, [tree]), *(int(frame.measured[k]) for k in chosen)})

    def looked(several: Iterator[Futures]) -> tuple[NDArray[np.bool_], Array]:
        some = next(several)
        values = []
        for k in chosen:
            first, last, _ = ahead[k]
            value = some.value(k, window.index(first), window.index(last))
            family = some.part.measurement(k).family
            lasts = family.has_memory or family.has_categories
            values.append(value[:, -1] if lasts else value.mean(axis=1))
        return holds(some), np.array(values).reshape(len(chosen), *some.shape)

    found = list(
        simulate(
            posterior,
            looked,
            futures=futures,
            random_seed=random_seed,
            factors=wanted,
            draws=draws,
        )
    )
    truth = np.concatenate([part for part, _ in found])
    values = np.concatenate([part for _, part in found], axis=1)
    rows, bounds = [], {}
    for k, value in zip(chosen, values, strict=True):
        name, item = names[k], posterior.model.spec.indicators[names[k]]
        first, last, known = ahead[k]
        whole = family_of(item).whole and first == last
        for side, bound, beyond in _sides(value, whole=whole):
            rows.append(
                {
                    "indicator": name,
                    "side": side,
                    "first": first,
                    "last": last,
                    "known": known,
                    "bound": bound,
                    **_beyond(truth, beyond, posterior.chains),
                }
            )
            bounds[name, side] = {
                lang: _bound_in_words(item, bound, side, lang) for lang in LANGUAGES
            }
    columns = ("first", "last", "known", "bound", "share", "then", "difference", "mcse")
    table = pd.DataFrame(rows, columns=["indicator", "side", *columns])
    table = table.set_index(["indicator", "side"])
    order = table["difference"].abs().fillna(-1.0).sort_values(ascending=False, kind="stable").index
    probability, used = float(truth.mean()), len(truth)
    if used < posterior.count():
        probability = baseline_probability(
            posterior,
            holds,
            sorted(subjects(posterior, [tree])),
            futures=futures,
            random_seed=random_seed,
        )
        table["then"] = (probability + table["difference"]).clip(0.0, 1.0)
    return Tripwires(
        condition=condition,
        probability=probability,
        summary=table.loc[order],
        bounds=bounds,
        about=about(posterior),
        draws=used if used < posterior.count() else None,
    )


def _ahead(posterior: Posterior, indicator: str) -> tuple[Month, Month, Month]:
    """Return first and last month of the next value of an indicator, and when it is known."""
    span, delay = publication(posterior, indicator)
    last = posterior.as_of + span
    return posterior.as_of + 1, last, last + delay


def _sides(value: Array, *, whole: bool) -> list[tuple[str, float, NDArray[np.bool_]]]:
    """Return each side's name, its bound, and in which futures a value lies beyond."""
    low, high = (float(end) for end in np.quantile(value, [_TAIL, 1 - _TAIL], method="nearest"))
    if not whole:
        # What is printed is what was counted.
        low, high = (float(f"{end:.3g}") for end in (low, high))
        return [("above", high, value > high), ("below", low, value < low)]
    # Beyond a whole number begins with the next one; where nothing lies there, with itself.
    top, bottom = float(value.max()), float(value.min())
    high = high if high < top else top - 1
    low = low if low > bottom else bottom + 1
    return [("above", high, value > high), ("below", low, value < low)]


def _beyond(truth: NDArray[np.bool_], beyond: NDArray[np.bool_], chains: int) -> dict[str, float]:
    """Return what is told of the futures beyond a bound."""
    count, overall = int(beyond.sum()), float(truth.mean())
    if count < _FEWEST:
        return {
            "share": count / beyond.size,
            **dict.fromkeys(("then", "difference", "mcse"), np.nan),
        }
    then = float((truth & beyond).sum()) / count
    # A ratio of means over draws, whose error comes from its linearised deviations; the overall
    # probability is subtracted in the same draws.
    share = count / beyond.size
    deviation = ((truth & beyond) - then * beyond).mean(axis=1) / share - truth.mean(axis=1)
    return {
        "share": share,
        "then": then,
        "difference": then - overall,
        "mcse": mcse(deviation, None, chains),
    }


def _bound_in_words(item: IndicatorBase, bound: float, side: str, lang: str) -> str:
    """Say what lies beyond a bound: the answer, or the side and the bound with its unit."""
    family, words = family_of(item), words_of(lang)
    answer = family.answer_in_words(at_least=side == "above", words=words)
    if answer:
        return answer
    unit = family.unit_in_words(item, words)
    number = family.in_words(bound, item, words)
    return words.say(f"bound_{side}", bound=f"{number}{NO_BREAK}{unit}" if unit else number)
