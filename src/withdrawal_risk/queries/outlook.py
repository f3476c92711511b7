"""The outlook: probability of each success condition, with what we do not know about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from withdrawal_risk.errors import QueryError
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.queries.conditions import ALL_CONDITIONS, judge
from withdrawal_risk.queries.futures import simulate
from withdrawal_risk.queries.words import percent, probability_word

__all__ = ["ALL_CONDITIONS", "Result", "outlook"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Result:
    """A table and the draws behind it.

    Parameters
    ----------
    summary : pandas.DataFrame
        One row a condition, the conjunction last: ``probability``, ``lower``, ``upper``, ``mcse``,
        ``word``, ``prior`` (base rate under the prior).
    draws : xarray.DataArray
        P(condition | draw) by ``condition`` and ``sample``.
    posterior : Posterior
    ci_prob : float
    """

    summary: pd.DataFrame
    draws: xr.DataArray
    posterior: Posterior
    ci_prob: float

    def label(self, condition: str, lang: str = "en") -> str:
        """Return the name of a condition for people."""
        if condition == ALL_CONDITIONS:
            return "الشروط كلها معاً" if lang == "ar" else "All conditions together"
        return self.posterior.model.spec.conditions[condition].label[lang]

    def sentence(self, lang: str = "en") -> str:
        """Say the answer in a sentence; ``lang`` is ``en`` or ``ar``.

        Raises
        ------
        QueryError
            For another language.
        """
        if lang not in ("en", "ar"):
            raise QueryError(f"{lang!r} is not a language of the reports; use 'en' or 'ar'")
        row: Any = self.summary.loc[ALL_CONDITIONS]
        horizon = self.posterior.model.spec.time.horizon
        numbers = [percent(float(row[name]), lang) for name in ("probability", "lower", "upper")]
        word = probability_word(float(row["probability"]), lang)
        if lang == "ar":
            return (
                f"احتمال تحقّق الشروط كلها بحلول {horizon} هو {numbers[0]} ({word})، "
                f"وفترة المصداقية {round(100 * self.ci_prob)}٪ من {numbers[1]} إلى {numbers[2]}."
            )
        return (
            f"The probability that all conditions hold by {horizon} is {numbers[0]} ({word}); "
            f"{round(100 * self.ci_prob)} % credible interval {numbers[1]} to {numbers[2]}."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the outlook as JSON-ready data."""
        entries = {
            str(name): {
                "probability": float(row["probability"]),
                "ci": [float(row["lower"]), float(row["upper"])],
                "ci_prob": self.ci_prob,
                "mcse": float(row["mcse"]),
                "word": row["word"],
            }
            for name, row in self.summary.iterrows()
        }
        diagnostics = self.posterior.settings["diagnostics"]
        time = self.posterior.model.spec.time
        return {
            "model": self.posterior.model.id,
            "as_of": str(self.posterior.as_of),
            "horizon": str(time.horizon),
            "conditions": {name: entry for name, entry in entries.items() if name != ALL_CONDITIONS},
            ALL_CONDITIONS: entries[ALL_CONDITIONS],
            "diagnostics": {name: diagnostics[name] for name in ("rhat_max", "ess_min", "divergences")},
        }


def condition_probabilities(
    posterior: Posterior, *, group: str, futures: int, random_seed: int
) -> tuple[list[str], Array]:
    """Return P(condition | draw) for each condition and the conjunction, shape (condition, draw)."""
    names = [*posterior.model.spec.conditions, ALL_CONDITIONS]
    parts = [
        np.stack([outcome.mean(axis=1) for outcome in outcomes.values()])
        for some in simulate(posterior, group=group, futures=futures, random_seed=random_seed)
        for outcomes in [judge(posterior, some, random_seed)]
    ]
    return names, np.concatenate(parts, axis=1)


def _without_chance(p: Array, futures: int) -> Array:
    """Shrink simulated probabilities so that their spread is that of the true ones.

    With ``futures`` simulations a draw's probability carries binomial noise of variance
    ``E[p (1 - p)] / (futures - 1)``; taking it off keeps the interval from growing with it.
    """
    spread = p.var()
    noise = float(np.mean(p * (1 - p))) / (futures - 1)
    factor = np.sqrt(max(1 - noise / spread, 0.0)) if spread > 0 else 0.0
    return np.asarray(p.mean() + factor * (p - p.mean()))


def _mcse(p: Array, chains: int, batches: int = 20) -> float:
    """Return the Monte Carlo error of a mean, from the spread of batch means within chains.

    Batches of consecutive draws carry the autocorrelation of the chains and the chance of the futures
    (Flegal and Jones, Annals of Statistics 38, 2010). ArviZ has the same figure, at a second's import.
    """
    by_chain = p.reshape(chains, -1)
    count = min(batches, by_chain.shape[1])
    means = np.array([[part.mean() for part in np.array_split(chain, count)] for chain in by_chain])
    return float(means.std(ddof=1) / np.sqrt(means.size))


def outlook(posterior: Posterior, *, ci_prob: float = 0.9, futures: int = 64, random_seed: int = 1) -> Result:
    """Compute the probability of each condition and of all together.

    Parameters
    ----------
    posterior : Posterior
    ci_prob : float
        Probability of the (equal-tailed) credible interval.
    futures : int
        Simulated futures for each draw, at least 2.
    random_seed : int
        Of the futures.

    Returns
    -------
    Result

    Raises
    ------
    QueryError
        If an argument is out of range.
    """
    if not 0 < ci_prob < 1:
        raise QueryError(f"ci_prob is {ci_prob}; it must lie between 0 and 1")
    if futures < 2:
        raise QueryError(f"futures is {futures}; it must be at least 2")
    names, p = condition_probabilities(posterior, group="posterior", futures=futures, random_seed=random_seed)
    _, base = condition_probabilities(posterior, group="prior", futures=16, random_seed=random_seed)
    tail = (1 - ci_prob) / 2
    rows = []
    for k, name in enumerate(names):
        probability = float(p[k].mean())
        low, high = np.quantile(_without_chance(p[k], futures), [tail, 1 - tail])
        rows.append(
            {
                "condition": name,
                "probability": probability,
                "lower": float(low),
                "upper": float(high),
                "mcse": _mcse(p[k], posterior.chains),
                "word": probability_word(probability),
                "prior": float(base[k].mean()),
            }
        )
    draws = xr.DataArray(p, dims=("condition", "sample"), coords={"condition": names})
    return Result(pd.DataFrame(rows).set_index("condition"), draws, posterior, ci_prob)
