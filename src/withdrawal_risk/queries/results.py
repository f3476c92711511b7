"""What a question returns: a table, the draws behind it, and a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.queries.conditions import ALL_CONDITIONS
from withdrawal_risk.queries.probabilities import Probabilities
from withdrawal_risk.queries.words import percent, points, probability_word, the_language

__all__ = ["Result", "condition_label", "mcse", "summarise", "without_noise"]

Array = NDArray[np.float64]


def condition_label(posterior: Posterior, condition: str, lang: str) -> str:
    """Return the name of a condition, or of all together, for people."""
    if condition == ALL_CONDITIONS:
        return "الشروط كلها معاً" if lang == "ar" else "All conditions together"
    return posterior.model.spec.conditions[condition].label[lang]


@dataclass(frozen=True, eq=False)
class Result:
    """A table and the draws behind it.

    Parameters
    ----------
    summary : pandas.DataFrame
        One row a condition, the conjunction last: ``probability``, ``lower``, ``upper``, ``mcse``,
        ``word``; for the outlook ``prior`` (base rate under the prior); for any other question
        ``difference``, ``difference_lower``, ``difference_upper`` from the outlook, in the same futures.
    draws : xarray.DataArray
        P(condition | draw) by ``condition`` and ``sample``.
    posterior : Posterior
    ci_prob : float
    supposing : dict of str to str
        The question in words, by language; empty for the outlook.
    ess, khat : float, optional
        Effective sample size and Pareto k of an observation's weights.
    """

    summary: pd.DataFrame
    draws: xr.DataArray
    posterior: Posterior
    ci_prob: float
    supposing: dict[str, str] = field(default_factory=dict)
    ess: float | None = None
    khat: float | None = None

    def label(self, condition: str, lang: str = "en") -> str:
        """Return the name of a condition for people."""
        return condition_label(self.posterior, condition, lang)

    def sentence(self, lang: str = "en") -> str:
        """Say the answer in a sentence; ``lang`` is ``en`` or ``ar``.

        Raises
        ------
        QueryError
            For another language.
        """
        lang = the_language(lang)
        row: Any = self.summary.loc[ALL_CONDITIONS]
        horizon = self.posterior.model.spec.time.horizon
        numbers = [percent(float(row[name]), lang) for name in ("probability", "lower", "upper")]
        word = probability_word(float(row["probability"]), lang)
        if lang == "ar":
            text = (
                f"احتمال تحقّق الشروط كلها بحلول {horizon} هو {numbers[0]} ({word})، "
                f"وفترة المصداقية {100 * self.ci_prob:g}٪ من {numbers[1]} إلى {numbers[2]}"
            )
            end = "."
        else:
            text = (
                f"the probability that all conditions hold by {horizon} is {numbers[0]} ({word}); "
                f"{100 * self.ci_prob:g} % credible interval {numbers[1]} to {numbers[2]}"
            )
            end = "."
        if not self.supposing:
            return text[:1].upper() + text[1:] + end
        change = points(float(row["difference"]), lang)
        if lang == "ar":
            return f"{self.supposing[lang]}، {text}؛ أي بفارق {change} عن المتوقع{end}"
        return f"{self.supposing[lang]}, {text}; {change} against what is expected{end}"

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
            | (
                {
                    "difference": float(row["difference"]),
                    "difference_ci": [float(row["difference_lower"]), float(row["difference_upper"])],
                }
                if self.supposing
                else {}
            )
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


def _without_chance(gap: Array, weight: Array, noise: float) -> Array:
    """Shrink simulated differences of probabilities so that their spread is that of the true ones.

    ``noise`` is the variance that finitely many futures add to a draw's difference, on average; taking it off keeps
    the interval from growing with it.
    """
    mean = float(np.sum(weight * gap))
    spread = float(np.sum(weight * (gap - mean) ** 2))
    factor = np.sqrt(max(1 - noise / spread, 0.0)) if spread > 0 else 0.0
    return np.asarray(mean + factor * (gap - mean))


def without_noise(raw: Any, p: Array, weight: Array, noise: float, statistic: Callable[[float, float], Any]) -> Array:
    """Return a statistic of the true probabilities from that of the simulated ones.

    Beta laws of the same mean stand for both, the true one with the variance less what finitely many futures add. Of the
    raw statistic's distance from its own law, the part stays that noise does not explain: with ever more
    futures the statistic itself. Unlike a linear shrinkage this respects 0 and 1.

    Parameters
    ----------
    raw : array_like
        The statistic of `p`.
    p, weight : ndarray, shape (draw,)
    noise : float
        Variance that finitely many futures add to a draw's probability, on average.
    statistic : callable
        The same of a beta law, from its two parameters.
    """
    mean = float(weight @ p)
    spread = float(weight @ (p - mean) ** 2)
    most = mean * (1 - mean)
    if not 0 < spread < most:
        return np.asarray(raw, dtype=float)
    # Where noise explains all of the spread, nearly a point is left.
    true = max(spread - noise, 1e-3 * spread)
    law, noisy = (statistic(mean * size, (1 - mean) * size) for size in (most / true - 1, most / spread - 1))
    return np.asarray(law + true / spread * (np.asarray(raw) - noisy))


def mcse(p: Array, weight: Array | None, chains: int, batches: int = 20) -> float:
    """Return the Monte Carlo error of a mean, from the spread of batch means within chains.

    Batches of consecutive draws carry the autocorrelation of the chains and the chance of the futures
    (Flegal and Jones, Annals of Statistics 38, 2010). ArviZ has the same figure, at a second's import.
    Weighted draws enter as the deviations of a ratio estimate. Chains are cut where draws were thinned evenly.
    """
    deviation = p if weight is None else (p - weight @ p) * weight * len(p)
    count = chains * min(batches, len(deviation) // chains)
    starts = np.arange(count) * len(deviation) // count
    means = np.add.reduceat(deviation, starts) / np.diff(starts, append=len(deviation))
    return float(means.std(ddof=1) / np.sqrt(count))


def summarise(
    posterior: Posterior,
    found: Probabilities,
    *,
    ci_prob: float,
    world: int = 0,
    supposing: dict[str, str] | None = None,
) -> Result:
    """Turn probabilities by draw into a result.

    Parameters
    ----------
    posterior : Posterior
    found : Probabilities
    ci_prob : float
    world : int
        Which of the worlds; 0 is the expected one.
    supposing : dict of str to str, optional
        The question in words; with it differences from the expected world are given.
    """
    from scipy.special import betaincinv

    tail = (1 - ci_prob) / 2
    z = NormalDist().inv_cdf(1 - tail)
    weight = found.weight[world]
    rows = []

    def quantiles(values: Array) -> list[float]:
        # Equal weights deserve the smoother interpolating form.
        if np.ptp(weight) == 0:
            return [float(q) for q in np.quantile(values, [tail, 1 - tail])]
        found = np.quantile(values, [tail, 1 - tail], weights=weight, method="inverted_cdf")
        return [float(q) for q in found]

    for k, name in enumerate(found.names):
        p = found.value[world, k]
        probability = float(min(max(weight @ p, 0.0), 1.0))
        error_of_mean = mcse(p, weight, posterior.chains)
        noise = found.noise[world, k]
        low, high = without_noise(quantiles(p), p, weight, noise, lambda a, b: betaincinv(a, b, [tail, 1 - tail]))
        # What finitely many futures cannot resolve is not claimed.
        low, high = min(low, probability - z * error_of_mean), max(high, probability + z * error_of_mean)
        row: dict[str, Any] = {
            "condition": name, "probability": probability, "lower": max(low, 0.0), "upper": min(high, 1.0),
            "mcse": error_of_mean, "word": probability_word(probability),
        }  # fmt: skip
        if supposing:
            expected = found.value[0, k]
            row["difference"] = probability - float(found.weight[0] @ expected)
            if found.khat is None:
                gap = p - expected
                error = z * mcse(gap, weight, posterior.chains)
                ends = quantiles(_without_chance(gap, weight, found.difference_noise[world, k]))
                ends = [min(ends[0], row["difference"] - error), max(ends[1], row["difference"] + error)]
            else:
                # Weighted draws have no partners; the interval is that of the new probability, seen from the old.
                ends = [low - float(expected.mean()), high - float(expected.mean())]
            row["difference_lower"], row["difference_upper"] = ends
        rows.append(row)
    draws = xr.DataArray(found.value[world], dims=("condition", "sample"), coords={"condition": found.names})
    return Result(
        pd.DataFrame(rows).set_index("condition"), draws, posterior, ci_prob, supposing or {}, found.ess, found.khat
    )
