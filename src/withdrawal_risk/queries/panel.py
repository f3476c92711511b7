"""What each expert of a panel makes of a condition, and what they make of it together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.arguments import chosen, true_or_false
from withdrawal_risk.characters import letters
from withdrawal_risk.elements.panel import POOLS, Panel, Pooling
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import LANGUAGES, Language, words_of
from withdrawal_risk.language.numbers import interval, json_number, percent, probability_word, share
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.panel_file import Answers
from withdrawal_risk.model.range_wording import range_label
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.queries.answers import About, Answer, about
from withdrawal_risk.queries.calibration_cards import Cards, calibration_cards
from withdrawal_risk.queries.defaults import CI_PROB, FUTURES
from withdrawal_risk.queries.expert_packages import Package, packages, pooled_package
from withdrawal_risk.queries.expert_voices import Voices
from withdrawal_risk.queries.mixtures import Spread, Voice, mixture, spread_of
from withdrawal_risk.queries.parting import OTHERS, Parting, parting
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, checked_condition
from withdrawal_risk.simulation.probabilities import check_arguments
from withdrawal_risk.tasks import Pool

__all__ = ["PanelResult", "panel"]

Array = NDArray[np.float64]

POOLED: Final = "pooled"
EQUAL: Final = "equal"
FILE: Final = "file"

_ALONE: Final = 0.99
"""Weight beyond which one expert is the panel."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PanelResult(Answer):
    """What the experts of a panel make of a condition.

    Parameters
    ----------
    condition : str
    method : {"linear", "log", "cooke", "given"}
        How they are put together.
    summary : pandas.DataFrame
        A row an expert, indexed by name (or a letter, where the file says ``anonymous``), then
        ``pooled``, ``equal`` (all alike, beside any other method) and ``file``, the ranges of the
        file itself: ``probability``, ``lower``, ``upper``, ``mcse``, ``word``; of experts
        ``weight``, ``without`` (the pool without that expert), ``judged`` (ranges judged),
        ``refitted``, ``khat`` and ``ess``.
    spread : Spread
        How much of P(1 - P) of the mixture is disagreement between experts, what each does not
        know, and chance.
    parting : pandas.Series
        Share of the disagreement by judgement, the largest first, to first order: Shapley values of
        the variance between experts. Empty where they agree.
    cards : pandas.DataFrame
        Calibration of each expert on questions whose answers are known; empty without any.
    notes : tuple of str
        Keys of what else is to be known, such as too few seed questions.
    ci_prob : float
    about : About
        The fit.
    labels : dict of str to dict of str to str
        Of every judgement they part over, by language.

    Examples
    --------
    >>> wr.PanelResult.__dataclass_fields__["spread"].type
    'Spread'
    """

    condition: str
    method: str
    summary: pd.DataFrame
    spread: Spread
    parting: pd.Series[float]
    cards: pd.DataFrame
    notes: tuple[str, ...]
    ci_prob: float
    about: About
    labels: Mapping[str, Mapping[str, str]]

    @property
    def experts(self) -> list[str]:
        """The experts as they are shown."""
        return [str(name) for name in self.summary.index if name not in (POOLED, EQUAL, FILE)]

    def label(self, name: str, lang: str = "en") -> str:
        """Return an expert, a row of the table or a judgement for people."""
        words = words_of(lang)
        if name in (POOLED, EQUAL, FILE):
            return words.names[f"panel_{name}"]
        if name == OTHERS:
            return words.names["panel_others"]
        return self.labels[name][words.code] if name in self.labels else name

    def sentence(self, lang: str = "en") -> str:
        """Say the answer in a few sentences; ``lang`` is ``en`` or ``ar``."""
        words, row = words_of(lang), self.summary.loc[POOLED]
        probability = float(row["probability"])  # type: ignore[arg-type]
        parts = [
            words.say(
                "panel",
                name=self.about.condition(self.condition, lang),
                count=len(self.experts),
                method=words.names[f"pool_{self.method}"],
                number=percent(probability, lang),
                word=probability_word(probability, lang, float(row["mcse"])),  # type: ignore[arg-type]
                interval=interval(float(row["lower"]), float(row["upper"]), lang),  # type: ignore[arg-type]
            ),
            words.say("panel_words", words=self._words(words)),
        ]
        # Of the mixture, which the logarithmic pool is not.
        total = self.spread.between + self.spread.within + self.spread.chance
        if total > 0:
            parts.append(
                words.say(
                    "panel_spread",
                    between=share(self.spread.between / total, lang),
                    within=share(self.spread.within / total, lang),
                    chance=share(self.spread.chance / total, lang),
                )
            )
        # A disagreement that rounds to none is not worth dividing.
        if not self.parting.empty and self.spread.between > 0.005 * total:
            first = str(self.parting.index[0])
            size = share(float(self.parting.iloc[0]), lang)
            parts.append(words.say("panel_parting", label=self.label(first, lang), share=size))
        parts += [words.say(note) for note in self.notes]
        return " ".join(parts) + self.about.warning(lang)

    def _words(self, words: Language) -> str:
        """Say how many experts use which word, the most frequent first."""
        used = Counter(
            probability_word(float(p), words.code)
            for p in self.summary.loc[self.experts, "probability"]
        )
        return words.listed(
            words.sentences["panel_word"].format(count=count, word=word)
            for word, count in used.most_common()
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-ready data."""
        numbers = ("probability", "mcse", "weight", "without", "khat", "ess", "judged")
        rows = {
            str(name): {
                **{key: json_number(float(row[key])) for key in numbers},
                "ci": [float(row["lower"]), float(row["upper"])],
                "word": row["word"],
                "refitted": bool(row["refitted"]),
            }
            for name, row in self.summary.iterrows()
        }
        spread = self.spread
        return {
            "condition": self.condition,
            "method": self.method,
            "ci_prob": self.ci_prob,
            "experts": {name: rows[name] for name in self.experts},
            **{name: rows[name] for name in (POOLED, EQUAL, FILE)},
            "variance": {
                "between": spread.between,
                "within": spread.within,
                "chance": spread.chance,
            },
            "parting": {str(name): float(size) for name, size in self.parting.items()},
            "calibration": {
                str(name): {str(k): json_number(float(v)) for k, v in row.items()}
                for name, row in self.cards.iterrows()
            },
            "notes": list(self.notes),
            "checks_passed": self.about.checks_passed,
        }


def panel(  # noqa: PLR0913
    posterior: Posterior,
    condition: str = ALL_CONDITIONS,
    *,
    method: Pooling | None = None,
    answers: Answers | None = None,
    refit: bool = True,
    ci_prob: float = CI_PROB,
    futures: int = FUTURES,
    random_seed: int = 1,
    pool: Pool | None = None,
    folder: str | Path | None = None,
    progressbar: bool = True,
) -> PanelResult:
    """Say what each expert of a panel makes of a condition, and what they make of it together.

    An expert is a package: all ranges that one expert judged are taken together, and what is left
    out is the file's own. The draws of the fit are weighed by each package; where Pareto k is above
    0.7 or fewer than 100 draws count, the model is fitted again: once with ranges that cover those
    of all, where several experts lie too far, and then for each who still does.

    Parameters
    ----------
    posterior : Posterior
    condition : str
        Default: all conditions together.
    method : {"linear", "log", "cooke", "given"}, optional
        How experts are put together. Default: as the file says.
    answers : Answers, optional
        Default: those of the model's own panel; see `read_panel`.
    refit : bool
        Whether to fit again where reweighting is not to be trusted; each takes as long as the fit.
    ci_prob : float
        Probability of the (equal-tailed) credible intervals.
    futures : int
        Simulated futures for each draw, at least 2; the same as those of `outlook`.
    random_seed : int
        Of the futures.
    pool, folder, progressbar
        As in `sweep`, for refits. Default folder: the cache.

    Returns
    -------
    PanelResult

    Raises
    ------
    ArgumentError
        If the model has no panel, for an unknown condition, for weights that cannot be had, or
        where fits are needed that `refit` does not allow.

    Examples
    --------
    >>> wr.panel(posterior)
    Traceback (most recent call last):
    withdrawal_risk.errors.ArgumentError: 'small' has no panel; name one under panel: in the model \
file, or give answers=wr.read_panel(...)
    """
    check_arguments(posterior, ci_prob=ci_prob, futures=futures, random_seed=random_seed)
    spec = posterior.model.spec
    condition, refit = checked_condition(condition, spec.conditions), true_or_false(refit, "refit")
    given = answers_of(posterior.model, answers)
    rules = spec.panel or Panel(file="panel.csv")
    how = rules.pool if method is None else method
    chosen(how, "method", POOLS)
    # Who answered seed questions alone judged nothing of the model, and has no voice in it.
    several = {name: package for name, package in packages(spec, given).items() if package}
    if not several:
        raise ArgumentError(
            "nobody judged a range of the model; the panel has answers to seeds alone"
        )
    cards = calibration_cards(given, rules)
    weights = _weights(how, rules, list(several), given, cards)
    voices = Voices(
        posterior,
        condition,
        refit=refit,
        futures=futures,
        random_seed=random_seed,
        pool=pool,
        folder=folder,
        progressbar=progressbar,
    )
    of_experts, refitted = voices.of_all(several)
    equal = np.full(len(several), 1.0 / len(several))
    if how == "log":
        pooled, without = _log_pooled(spec, several, voices)
    else:
        pooled, without = (of_experts, weights), _without(of_experts, weights)
    shown = _shown(given.experts, rules.anonymous)
    names = [shown[name] for name in several]
    found = parting(
        posterior, condition, several, weights, futures=futures, random_seed=random_seed
    )
    return PanelResult(
        condition=condition,
        method=how,
        summary=_table(
            posterior,
            names,
            of_experts,
            refitted,
            weights,
            without=without,
            pooled=pooled,
            equal=equal,
            own=voices.own,
            judged=[len(package) for package in several.values()],
            ci_prob=ci_prob,
            futures=futures,
        ),
        # Of the mixture: with one law for all, experts do not disagree.
        spread=spread_of(of_experts, weights, futures),
        parting=found.shares,
        cards=_anonymous(cards, shown),
        notes=_notes(cards, how, weights, found),
        ci_prob=ci_prob,
        about=about(posterior),
        labels={
            path: {lang: range_label(spec, path, lang) for lang in LANGUAGES}
            for path in found.shares.index
            if path != OTHERS
        },
    )


def answers_of(model: Model, answers: Answers | None) -> Answers:
    """Return answers that are given, or else those of the model's own panel.

    Raises
    ------
    ArgumentError
        If there are none.
    """
    given = model.panel if answers is None else answers
    if not isinstance(given, Answers):
        raise ArgumentError(
            f"{model.spec.id!r} has no panel; name one under panel: in the model file, or give "
            "answers=wr.read_panel(...)"
        )
    return given


def _weights(
    how: str, rules: Panel, experts: list[str], answers: Answers, cards: Cards | None
) -> Array:
    """Return the weight of every expert who judged a range.

    Raises
    ------
    ArgumentError
        If they cannot be had.
    """
    if how == "given":
        if not rules.weights:
            raise ArgumentError("the model file gives no weights; write pool: given, and weights")
        unknown = [name for name in rules.weights if name not in answers.experts]
        if unknown:
            near = did_you_mean(unknown[0], answers.experts)
            raise ArgumentError(f"panel.weights: {unknown[0]!r} answered nothing; {near}")
        weights = np.array([rules.weights.get(name, 0.0) for name in experts])
    elif how == "cooke":
        if cards is None:
            raise ArgumentError(
                "no seed question has an answer yet, so experts cannot be weighted by calibration; "
                "use another method, such as linear"
            )
        if cards.weighting is None:
            raise ArgumentError(f"experts cannot be weighted by calibration: {cards.why_not}")
        weights = np.array([float(cards.table.loc[name, "weight"]) for name in experts])  # type: ignore[arg-type]
    else:
        weights = np.ones(len(experts))
    if not weights.sum() > 0:
        raise ArgumentError("nobody who judged a range has a weight above 0; use another method")
    return np.asarray(weights / weights.sum())


def _log_pooled(
    spec: ModelSpec, several: Mapping[str, Package], voices: Voices
) -> tuple[tuple[list[Voice], Array], list[float]]:
    """Return the voice of the logarithmic pool, and the probability without each expert."""
    pools = {"the logarithmic pool": several}
    if len(several) > 1:
        for out in several:
            rest = {name: package for name, package in several.items() if name != out}
            pools[f"the logarithmic pool without {out}"] = rest
    together = {name: pooled_package(spec, some, [1.0] * len(some)) for name, some in pools.items()}
    one, *others = voices.of_all(together)[0]
    without = [other.probability for other in others] or [np.nan]
    return ([one], np.ones(1)), without


def _without(of_experts: list[Voice], weights: Array) -> list[float]:
    """Return the probability of the mixture without each expert; nan where nobody is left."""
    mean = np.array([voice.probability for voice in of_experts])
    left = [np.delete(weights, e) for e in range(len(mean))]
    return [
        float(rest / rest.sum() @ np.delete(mean, e)) if rest.sum() > 0 else np.nan
        for e, rest in enumerate(left)
    ]


def _shown(experts: Sequence[str], anonymous: bool) -> dict[str, str]:
    """Return every expert as shown: by letters where the file asks for it."""
    if not anonymous:
        return {name: name for name in experts}
    return {name: letters(k).upper() for k, name in enumerate(experts)}


def _anonymous(cards: Cards | None, shown: Mapping[str, str]) -> pd.DataFrame:
    """Return the calibration of experts as they are shown."""
    return pd.DataFrame() if cards is None else cards.table.rename(index=shown)


def _notes(cards: Cards | None, how: str, weights: Array, found: Parting) -> tuple[str, ...]:
    """Return what else is to be known."""
    notes = []
    if how == "cooke" and cards is not None and cards.weighting is not None and cards.weighting.few:
        notes.append("panel_few_seeds")
    if len(weights) > 1 and float(weights.max()) > _ALONE:
        notes.append("panel_one_carries")
    if not found.trusted and not found.shares.empty:
        notes.append("panel_parting_unsure")
    return tuple(notes)


def _table(  # noqa: PLR0913
    posterior: Posterior,
    names: list[str],
    of_experts: list[Voice],
    refitted: list[bool],
    weights: Array,
    *,
    without: list[float],
    pooled: tuple[list[Voice], Array],
    equal: Array,
    own: Voice,
    judged: list[int],
    ci_prob: float,
    futures: int,
) -> pd.DataFrame:
    """Return a row an expert, and those of the pool, of equal weights and of the file."""

    def row(voices: list[Voice], share: Array) -> dict[str, Any]:
        columns = ["probability", "lower", "upper", "mcse", "word"]
        found = mixture(posterior, voices, share, ci_prob=ci_prob, futures=futures)
        return {column: found[column] for column in columns}

    rows = {}
    for e, (name, voice) in enumerate(zip(names, of_experts, strict=True)):
        rows[name] = row([voice], np.ones(1)) | {
            "weight": float(weights[e]),
            "without": without[e],
            "judged": judged[e],
            "refitted": refitted[e],
            "khat": voice.khat,
            "ess": voice.ess,
        }
    numbers = ("weight", "without", "judged", "khat", "ess")
    rest_of_row = dict.fromkeys(numbers, np.nan) | {"refitted": False}
    rows[POOLED] = row(*pooled) | rest_of_row
    rows[EQUAL] = row(of_experts, equal) | rest_of_row
    rows[FILE] = row([own], np.ones(1)) | rest_of_row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("expert")
