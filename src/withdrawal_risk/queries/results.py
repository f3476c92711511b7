"""What a question returns: a table, the draws behind it, and a sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.elements.elicitation import Z90
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import LANGUAGES, Language, words_of
from withdrawal_risk.language.numbers import (
    interval,
    json_number,
    percent,
    probability_word,
    size_in_points,
)
from withdrawal_risk.queries.answers import About, Answer, about
from withdrawal_risk.queries.range_sentence import range_sentence
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, checked_condition
from withdrawal_risk.simulation.laws import (
    Law,
    law_of_differences,
    law_of_probabilities,
    resolves_spread,
)
from withdrawal_risk.simulation.probabilities import Probabilities

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["Result", "answer_in_words", "entry_of", "mcse", "rows_of", "summarise"]

Array = NDArray[np.float64]

_ROUNDING: Final = 1e-12
"""Weighted probabilities that are nearer to 0 or 1 are certain but for rounding."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Result(Answer):
    """A table and the draws behind it.

    Parameters
    ----------
    summary : pandas.DataFrame
        One row a condition, the conjunction last: ``probability``, ``lower``, ``upper``, ``mcse``,
        ``word``; for the outlook base rates and published part (see `outlook`); for any other
        question
        ``difference``, ``difference_lower``, ``difference_upper`` from the baseline, in the same
        futures, and ``difference_mcse``. The two ends are nan where the simulated futures do not
        resolve how the difference varies between draws: ask with more futures. Where something is
        observed, draws have no partners, and the ends are those of the new probability less the
        old one.
    draws : xarray.DataArray
        P(condition | draw) by ``condition`` and ``sample``, as simulated.
    about : About
        The fit.
    ci_prob : float
    supposing : dict of str to str
        The question in words, by language; empty for the outlook.
    supposed : str
        The template that puts question and answer together: ``supposed`` after what is done,
        ``supposed_if`` after what may be learnt, ``supposed_had`` after what did not happen.
    ess, khat : float, optional
        Effective sample size and Pareto k of an observation's weights.
    notes : tuple of dict of str to str
        What else is to be known of the question, by language: such as a "very high" below the
        baseline.
    elicited : dict of str to bool
        By condition that what is done acts on: whether its effect is as it was before the evidence,
        so that it is the file's own judgement worked out.

    Examples
    --------
    >>> wr.outlook(posterior).label("calm")
    'Calm'
    """

    summary: pd.DataFrame
    draws: xr.DataArray
    about: About
    ci_prob: float
    supposing: dict[str, str] = field(default_factory=dict)
    supposed: str = "supposed"
    ess: float | None = None
    khat: float | None = None
    notes: tuple[dict[str, str], ...] = ()
    elicited: Mapping[str, bool] = field(default_factory=dict)

    def label(self, condition: str, lang: str = "en") -> str:
        """Return the name of a condition for people."""
        return self.about.condition(condition, lang)

    def sentence(self, lang: str = "en", condition: str = ALL_CONDITIONS) -> str:
        """Say the answer for a condition, or for all together, in a sentence.

        Parameters
        ----------
        lang : {"en", "ar"}
        condition : str

        Raises
        ------
        ArgumentError
            For another language or an unknown condition.
        """
        words = words_of(lang)
        row: Any = self.summary.loc[checked_condition(condition, self.about.conditions)]
        text = answer_in_words(self.about, condition, row, self.ci_prob, words)
        if self.supposing:
            text = words.say(
                self.supposed,
                supposing=self.supposing[lang],
                answer=text,
                difference=self._difference(row, words),
            )
        sentences = [f"{text[:1].upper()}{text[1:]}.", *(note[lang] for note in self.notes)]
        if self.elicited.get(condition):
            sentences.append(words.say("elicited"))
        if "judged" in self.summary:
            sentences.append(self._published(row, words))
        if row.get("range_of"):
            ends = float(row["range_low"]), float(row["range_high"])
            sentences.append(range_sentence(*ends, str(row["range_of"]), words))
        return " ".join(sentences) + self.about.warning(lang)

    def _published(self, row: Any, words: Language) -> str:
        """Say what published figures alone will decide."""
        if row["judged"] == 1:
            return words.say("published_nothing")
        kind = "published_all" if row["judged"] == 0 else "published_some"
        return words.say(
            kind,
            true=percent(float(row["published_true"]), words.code),
            false=percent(float(row["published_false"]), words.code),
            judged=percent(float(row["judged"]), words.code),
        )

    def _difference(self, row: Any, words: Language) -> str:
        """Say how a probability differs from the baseline.

        No sign is claimed that the Monte Carlo error leaves open.
        """
        difference, error = float(row["difference"]), float(row["difference_mcse"])
        if difference == 0 and error == 0:
            return words.say("difference_none")
        if abs(difference) <= Z90 * error:
            return words.say("difference_unresolved")
        side = "difference_above" if difference > 0 else "difference_below"
        return words.say(side, size=size_in_points(difference, words.code))

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-ready data."""
        entries = {
            str(name): self._entry(row)
            | ({"elicited": self.elicited[str(name)]} if name in self.elicited else {})
            for name, row in self.summary.iterrows()
        }
        diagnostics = self.about.diagnostics
        weights = {"ess": self.ess, "khat": None if self.khat is None else json_number(self.khat)}
        return (
            {
                "model": self.about.model,
                "as_of": str(self.about.as_of),
                "horizon": str(self.about.horizon),
                "conditions": {
                    name: entry for name, entry in entries.items() if name != ALL_CONDITIONS
                },
                ALL_CONDITIONS: entries[ALL_CONDITIONS],
                "checks_passed": self.about.checks_passed,
                "diagnostics": {
                    name: json_number(diagnostics[name])
                    for name in ("rhat_max", "ess_min", "divergences")
                },
            }
            | ({"notes": [note["en"] for note in self.notes]} if self.notes else {})
            | (weights if self.ess is not None else {})
        )

    def _entry(self, row: Any) -> dict[str, Any]:
        entry = entry_of(row, self.ci_prob)
        if "structure" in row:
            entry |= {
                "base_rates": {
                    "structure": float(row["structure"]),
                    "events": float(row["prior"]),
                    "evidence": float(row["probability"]),
                },
                "published_part": {
                    "true": float(row["published_true"]),
                    "false": float(row["published_false"]),
                    "judged": float(row["judged"]),
                },
            }
        if row.get("range_of"):
            entry["range"] = {
                "low": float(row["range_low"]),
                "high": float(row["range_high"]),
                "of": str(row["range_of"]).split(),
            }
        if not self.supposing:
            return entry
        ends = [json_number(row[name]) for name in ("difference_lower", "difference_upper")]
        return entry | {
            "difference": float(row["difference"]),
            "difference_ci": None if None in ends else ends,
            "difference_mcse": float(row["difference_mcse"]),
        }


def answer_in_words(of: About, condition: str, row: Any, ci_prob: float, words: Language) -> str:
    """Say how probable a condition is, or all together; the beginning of a sentence."""
    probability, lang = float(row["probability"]), words.code
    kind = "what_all" if condition == ALL_CONDITIONS else "what_one"
    return words.say(
        "answer",
        what=words.say(kind, label=of.condition(condition, lang)),
        horizon=of.horizon,
        number=percent(probability, lang),
        word=probability_word(probability, lang, float(row["mcse"])),
        ci_prob=words.percent.format(number=f"{100 * ci_prob:g}"),
        interval=interval(float(row["lower"]), float(row["upper"]), lang),
    )


def entry_of(row: Any, ci_prob: float) -> dict[str, Any]:
    """Return what is told of the probability of a condition as JSON-ready data."""
    return {
        "probability": float(row["probability"]),
        "ci": [float(row["lower"]), float(row["upper"])],
        "ci_prob": ci_prob,
        "mcse": float(row["mcse"]),
        "word": row["word"],
    }


def mcse(p: Array, weight: Array | None, chains: int, batches: int = 20) -> float:
    """Return the Monte Carlo error of a mean, from the spread of batch means within chains.

    Batches of consecutive draws carry the autocorrelation of the chains and the noise of the
    futures (Flegal and Jones, Annals of Statistics 38, 2010). ArviZ has the same estimate, at a
    second's import. Weighted draws enter as the deviations of a ratio estimate. Chains are cut
    where draws were thinned evenly.
    """
    deviation = p if weight is None else (p - weight @ p) * weight * len(p)
    # Every chain has the same number of batches, so that a chain begins where a batch does. Batches
    # differ in length by one draw at most.
    # At least two, where there are fewer draws than chains.
    count = max(chains * min(batches, len(deviation) // chains), 2)
    starts = np.arange(count) * len(deviation) // count
    means = np.add.reduceat(deviation, starts) / np.diff(starts, append=len(deviation))
    return float(means.std(ddof=1) / np.sqrt(count))


def summarise(
    posterior: Posterior,
    probabilities: Probabilities,
    *,
    ci_prob: float,
    world: int = 0,
    supposing: dict[str, str] | None = None,
    supposed: str = "supposed",
    notes: Sequence[dict[str, str]] = (),
    elicited: Mapping[str, bool] | None = None,
    chains: int | None = None,
) -> Result:
    """Turn probabilities by draw into a result.

    Parameters
    ----------
    posterior : Posterior
    probabilities : Probabilities
    ci_prob : float
    world : int
        Which of the worlds; 0 is the baseline.
    supposing : dict of str to str, optional
        The question in words; with it differences from the baseline are given.
    supposed : str
        As in `Result`.
    notes : sequence of dict of str to str
        What else is to be said of the question, by language.
    elicited : mapping of str to bool, optional
        As in `Result`.
    chains : int, optional
        Of which the draws consist. Default: those of the posterior.
    """
    import pandas as pd
    import xarray as xr

    chains = posterior.chains if chains is None else chains
    rows = rows_of(probabilities, ci_prob, chains, world, differ=bool(supposing))
    draws = xr.DataArray(
        probabilities.value[world],
        dims=("condition", "sample"),
        coords={"condition": probabilities.names},
    )
    if probabilities.ess is not None and probabilities.khat is not None:
        notes = [*notes, _weights_in_words(probabilities.ess, probabilities.khat)]
    return Result(
        summary=pd.DataFrame(rows).set_index("condition"),
        draws=draws,
        about=about(posterior),
        ci_prob=ci_prob,
        supposing=supposing or {},
        supposed=supposed,
        ess=probabilities.ess,
        khat=probabilities.khat,
        notes=tuple(notes),
        elicited=dict(elicited or {}),
    )


def rows_of(
    probabilities: Probabilities, ci_prob: float, chains: int, world: int = 0, differ: bool = False
) -> list[dict[str, Any]]:
    """Return what is told of each condition in a world, and how it differs from the baseline."""
    weight, count, rows = probabilities.weight[world], float(probabilities.count[world]), []
    alike = np.ptp(weight) == 0
    for k, name in enumerate(probabilities.names):
        p = probabilities.value[world, k]
        # Weights add up to 1 but for rounding, which must not make certainty uncertain.
        probability = float(min(max(weight @ p, p.min()), p.max()))
        error = mcse(p, weight, chains)
        if alike or not _ROUNDING < probability < 1 - _ROUNDING:
            # However alike the draws are, so many futures leave at least the error of a share.
            error = max(error, _error_of_share(probability, count))
        law = law_of_probabilities(
            p * probabilities.trials[world], probabilities.trials[world], None if alike else weight
        )
        low, high = _resolved(law, probability, error, count, ci_prob)
        row: dict[str, Any] = {
            "condition": name,
            "probability": probability,
            "lower": low,
            "upper": high,
            "mcse": error,
            "word": probability_word(probability, error=error),
        }
        if differ:
            row |= _difference(probabilities, world, k, row, ci_prob, chains)
        rows.append(row)
    return rows


def _weights_in_words(ess: float, khat: float) -> dict[str, str]:
    """Say how far reweighted draws may be trusted, by language."""
    shape = f"{khat:.2f}".replace("-", "−") if math.isfinite(khat) else "−∞"
    return {
        lang: words.say("reweighted", ess=f"{ess:,.0f}", khat=words.with_sign(shape))
        for lang, words in LANGUAGES.items()
    }


def _error_of_share(share: float, count: float) -> float:
    """Return the standard error of a share of so many futures.

    Of none or of all, as if one more had been the other way.
    """
    inside = (share * count + 1) / (count + 2)
    return float(np.sqrt(inside * (1 - inside) / count))


def _resolved(
    law: Law, probability: float, error: float, count: float, ci_prob: float
) -> tuple[float, float]:
    """Return the ends of an interval of probabilities, no narrower than its futures allow.

    It is at least as wide as the Monte Carlo error of the mean, and as the exact interval of a
    share (Clopper and Pearson, Biometrika 26, 1934): of 2,560 futures without an event a
    probability of 1.2e-3 is not ruled out.
    """
    from scipy.special import betaincinv

    tail = (1 - ci_prob) / 2
    low, high = law.quantiles([tail, 1 - tail])
    width, events = NormalDist().inv_cdf(1 - tail) * error, probability * count
    exact = (
        betaincinv(events, count - events + 1, tail) if events > 0 else 0.0,
        betaincinv(events + 1, count - events, 1 - tail) if events < count else 1.0,
    )
    low, high = min(low, probability - width, exact[0]), max(high, probability + width, exact[1])
    # Whole steps of the resolution, outwards: what is nearer to 0 or 1 than one future is not
    # distinguished from it.
    digits = math.ceil(math.log10(count))
    return max(math.floor(low * 10**digits) / 10**digits, 0.0), min(
        math.ceil(high * 10**digits) / 10**digits, 1.0
    )


def _difference(
    probabilities: Probabilities,
    world: int,
    condition: int,
    row: dict[str, Any],
    ci_prob: float,
    chains: int,
) -> dict[str, float]:
    """Return the difference from the baseline, the ends of its interval, and its Monte Carlo error.

    The ends are not numbers where simulated futures do not resolve how the difference varies
    between draws.
    """
    p, baseline, tail = (
        probabilities.value[world, condition],
        probabilities.value[0, condition],
        (1 - ci_prob) / 2,
    )
    difference = row["probability"] - float(probabilities.weight[0] @ baseline)
    names = "difference", "difference_lower", "difference_upper", "difference_mcse"
    if probabilities.khat is not None:
        # Weighted draws have no partners; the interval is that of the new probability, seen from
        # the old.
        error = math.hypot(row["mcse"], mcse(baseline, None, chains))
        return dict(
            zip(
                names,
                (difference, row["lower"] - baseline.mean(), row["upper"] - baseline.mean(), error),
            )
        )
    # Not for weighted draws: an observation also tells of what no causal route from it reaches.
    if probabilities.unmoved[world, condition]:
        return dict.fromkeys(names, 0.0)
    # One entry a draw from the futures of all draws, then one for each of some draws that were
    # simulated in more futures, if differences are rare. A draw may come twice.
    gained, lost = (
        np.concatenate([getattr(gaps, side)[condition] for gaps in probabilities.gaps[world - 1]])
        for side in ("gained", "lost")
    )
    futures = np.concatenate(
        [
            np.full(gaps.gained.shape[1], float(gaps.futures))
            for gaps in probabilities.gaps[world - 1]
        ]
    )
    # The error belongs to the mean over all draws, so only their entries count. It is at least that
    # of the share of futures that differ, which may be too few to show in any batch.
    differing = float((gained + lost)[: p.size].mean()) / probabilities.futures
    error = max(
        mcse(p - baseline, None, chains), _error_of_share(differing, p.size * probabilities.futures)
    )
    if not resolves_spread(gained + lost):
        return dict(zip(names, (difference, math.nan, math.nan, error)))
    low, high = law_of_differences(gained, lost, futures).quantiles([tail, 1 - tail])
    width = NormalDist().inv_cdf(1 - tail) * error
    return dict(
        zip(names, (difference, min(low, difference - width), max(high, difference + width), error))
    )
