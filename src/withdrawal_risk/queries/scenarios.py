"""The file's scenarios side by side, each paired with the baseline."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from withdrawal_risk.arguments import names_of
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.elicitation import Z90
from withdrawal_risk.elements.scenarios import Scenario
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import LANGUAGES, words_of
from withdrawal_risk.language.numbers import json_number, percent, points
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.queries.answers import About, Answer
from withdrawal_risk.queries.defaults import CI_PROB, FUTURES
from withdrawal_risk.queries.results import Result, summarise
from withdrawal_risk.queries.suppositions import misleading_names, unfinished_ramps
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, Evaluator, subjects
from withdrawal_risk.simulation.elicited import elicited_conditions
from withdrawal_risk.simulation.futures import Futures
from withdrawal_risk.simulation.probabilities import Probabilities, check_arguments, probabilities
from withdrawal_risk.simulation.worlds import of_scenario

__all__ = ["BASELINE", "Scenarios", "scenarios"]

Array = NDArray[np.float64]

BASELINE = "baseline"

_ROUNDING: Final = 1e-9
"""Levels that differ by less are equal."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Scenarios(Answer):
    """Results of every scenario.

    Parameters
    ----------
    results : dict of str to Result
        ``baseline`` first; the others with their differences from it.
    outcomes : pandas.DataFrame
        Mean level of every outcome at the horizon, in long-run standard deviations; a row a
        scenario.
    better : pandas.DataFrame
        Share of draws in which that level is better than in the baseline, by the factor's
        ``worse``: how sure the model is of the sign; a row a scenario, nan where the scenario
        moves the outcome in no draw.
    recognised : dict of str to float
        Probability, in the baseline, of what a scenario would be recognised by.
    overlaps : dict of (str, str) to float
        Probability, in the baseline, that two scenarios are recognised in the same future.
    passed : tuple of str
        Scenarios of which nothing lies ahead: their months have passed.

    Examples
    --------
    >>> wr.scenarios(posterior).label("baseline")
    'Baseline'
    """

    results: dict[str, Result]
    outcomes: pd.DataFrame
    better: pd.DataFrame
    recognised: dict[str, float]
    overlaps: dict[tuple[str, str], float]
    passed: tuple[str, ...] = ()

    @property
    def about(self) -> About:
        """The fit."""
        return self.results[BASELINE].about

    @property
    def summary(self) -> pd.DataFrame:
        """Every condition in every scenario, indexed by scenario and condition."""
        return pd.concat(
            {name: result.summary for name, result in self.results.items()}, names=["scenario"]
        )

    def label(self, name: str, lang: str = "en") -> str:
        """Return the name of a scenario for people."""
        if name == BASELINE:
            return words_of(lang).names["baseline"]
        return self.about.scenarios[name][lang]

    def sentence(self, lang: str = "en", condition: str = ALL_CONDITIONS) -> str:
        """Say for a condition, or for all together, which scenario changes it most.

        Raises
        ------
        ArgumentError
            For another language or an unknown condition.
        """
        words, name = words_of(lang), self.about.condition(condition, lang)
        base: Any = self.results[BASELINE].summary.loc[condition, "probability"]
        baseline = percent(float(base), lang)
        rows: dict[str, Any] = {
            key: result.summary.loc[condition]
            for key, result in self.results.items()
            if key != BASELINE and key not in self.passed
        }
        measurable = {
            key: float(row["difference"])
            for key, row in rows.items()
            if abs(row["difference"]) > Z90 * row["difference_mcse"]
        }
        if not measurable:
            text = words.say("scenarios_none", name=name, baseline=baseline)
        else:
            most = max(measurable, key=lambda key: abs(measurable[key]))
            text = words.say(
                "scenarios",
                name=name,
                baseline=baseline,
                scenario=self.label(most, lang),
                probability=percent(float(rows[most]["probability"]), lang),
                change=points(measurable[most], lang),
            )
            if self.results[most].elicited.get(condition):
                text = f"{text} {words.say('elicited')}"
        return text + self.about.warning(lang)

    def to_dict(self) -> dict[str, Any]:
        """Return the scenarios as JSON-ready data."""
        base = self.results[BASELINE].to_dict()
        levels = self.outcomes.to_dict(orient="index")
        better = {
            name: {outcome: json_number(share) for outcome, share in row.items()}
            for name, row in self.better.iterrows()
        }
        entries = {
            name: {
                key: value
                for key, value in result.to_dict().items()
                if key not in ("model", "as_of", "horizon")
            }
            | {
                "outcomes": levels[name],
                "better": better.get(name, {}),
                "probability_of_scenario": self.recognised.get(name),
                "passed": name in self.passed,
            }
            for name, result in self.results.items()
        }
        overlaps = [
            {"scenarios": list(pair), "probability": p} for pair, p in self.overlaps.items()
        ]
        return {key: base[key] for key in ("model", "as_of", "horizon")} | {
            "scenarios": entries,
            "overlaps": overlaps,
        }


def scenarios(
    posterior: Posterior,
    names: Sequence[str] | None = None,
    *,
    ci_prob: float = CI_PROB,
    futures: int = FUTURES,
    random_seed: int = 1,
) -> Scenarios:
    """Simulate the scenarios of the model file in the same futures as the baseline.

    Parameters
    ----------
    posterior : Posterior
    names : sequence of str, optional
        Which. Default: all.
    ci_prob : float
        Probability of the (equal-tailed) credible interval.
    futures : int
        Simulated futures for each draw, at least 2. The baseline is simulated with the same
        noise, so differences are paired.
    random_seed : int
        Of the futures.

    Returns
    -------
    Scenarios

    Raises
    ------
    ArgumentError
        If the file has no such scenario, or none at all.

    Examples
    --------
    >>> result = wr.scenarios(posterior)
    >>> list(result.results)[0]
    'baseline'
    """
    check_arguments(posterior, ci_prob=ci_prob, futures=futures, random_seed=random_seed)
    spec = posterior.model.spec
    chosen = {name: spec.scenarios[name] for name in _chosen(spec, names)}
    worlds = [of_scenario(posterior, scenario) for scenario in chosen.values()]
    passed = tuple(name for name, world in zip(chosen, worlds, strict=True) if world.is_empty)
    looked = _Looked(posterior, chosen)
    simulation = probabilities(
        posterior,
        futures=futures,
        random_seed=random_seed,
        worlds=worlds,
        beside=looked,
        others=looked.factors,
    )
    results = {BASELINE: summarise(posterior, simulation, ci_prob=ci_prob)}
    levels = [level.tolist() for level in simulation.baseline_level]
    elicited = elicited_conditions(posterior, worlds, levels)
    for w, (name, scenario) in enumerate(chosen.items(), start=1):
        level = levels[w - 1]
        notes = misleading_names(posterior, worlds[w - 1], level)
        notes += unfinished_ramps(posterior, worlds[w - 1])
        if name in passed:
            notes.append(_say("scenario_passed", as_of=posterior.as_of))
        results[name] = summarise(
            posterior,
            simulation,
            ci_prob=ci_prob,
            world=w,
            supposing={
                lang: words.say("in_scenario", label=scenario.label[lang])
                for lang, words in LANGUAGES.items()
            },
            notes=notes,
            elicited=elicited[w - 1],
        )
    outcomes, better, recognised, overlaps = looked.summary(simulation)
    return Scenarios(
        results=results,
        outcomes=outcomes.set_axis(list(results)).rename_axis("scenario"),
        better=better.set_axis(list(chosen)).rename_axis("scenario"),
        recognised=recognised,
        overlaps=overlaps,
        passed=passed,
    )


def _say(sentence: str, **values: object) -> dict[str, str]:
    """Return a sentence in every language."""
    return {lang: words.say(sentence, **values) for lang, words in LANGUAGES.items()}


def _chosen(spec: ModelSpec, names: Sequence[str] | None) -> list[str]:
    """Return the scenarios that are asked for."""
    if not spec.scenarios:
        raise ArgumentError(
            f"the model {spec.id!r} has no scenarios; add them to its file, or ask with do"
        )
    if names is None:
        return list(spec.scenarios)
    chosen = list(names_of(names, "names"))
    if not chosen:
        valid = ", ".join(map(repr, spec.scenarios))
        raise ArgumentError(f"names is empty; name some of {valid}")
    for name in chosen:
        if name not in spec.scenarios:
            valid = did_you_mean(name, spec.scenarios)
            raise ArgumentError(f"{quoted(name)} is not a scenario; {valid}")
    return chosen


class _Looked:
    """Outcomes at the horizon in every scenario, and how probable each is by itself.

    Parameters
    ----------
    posterior : Posterior
    chosen : mapping of str to Scenario
    """

    def __init__(self, posterior: Posterior, chosen: Mapping[str, Scenario]) -> None:
        self.spec, names = posterior.model.spec, posterior.frame.structure.factors
        self.outcomes = [name for name, item in self.spec.factors.items() if item.role == "outcome"]
        self.places = [names.index(name) for name in self.outcomes]
        self.trees = {
            name: scenario.recognise
            for name, scenario in chosen.items()
            if scenario.recognise is not None
        }
        self.factors = {*self.places, *subjects(posterior, self.trees.values())}
        self.evaluator = Evaluator(posterior, self.trees)

    def __call__(self, world: int, futures: Futures) -> tuple[Array, list[int], list[int]]:
        """Return mean levels at the horizon, (outcome, draw), and what is recognised how often."""
        last = len(futures.window) - 1
        # The month axis has length 1 and goes with the futures.
        level = [futures.level(j, last, last).mean(axis=(1, 2)) for j in self.places]
        # How often a scenario would come about by itself, so in the baseline only.
        truths = [] if world else list(self.evaluator(futures).values())
        counts = [int(truth.sum()) for truth in truths]
        both = [int((one & other).sum()) for one, other in itertools.combinations(truths, 2)]
        return np.reshape(level, (len(self.places), futures.shape[0])), counts, both

    def summary(
        self, simulation: Probabilities
    ) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, float], dict[tuple[str, str], float]]:
        """Return the outcomes' mean levels at the horizon, and how probable each scenario is.

        The first has a row for the baseline and one for each scenario, the second the share of
        draws in which a scenario is better than the baseline; the third holds scenarios that say
        what they would be recognised by, the fourth how probable two of them at once are.
        """
        # Shape (world, outcome, draw), parts joined.
        level = np.concatenate(
            [[levels for levels, _, _ in part] for part in simulation.beside], axis=2
        )
        many = simulation.futures * level.shape[2]
        shares, together = (
            np.sum([part[0][kind] for part in simulation.beside], axis=0) / many for kind in (1, 2)
        )
        recognised = {n: float(share) for n, share in zip(self.trees, shares, strict=True)}
        pairs = itertools.combinations(self.trees, 2)
        overlaps = {pair: float(share) for pair, share in zip(pairs, together, strict=True)}
        # Worlds share their noise, so that in a draw a scenario moves a level by the same in every
        # future; what is left after rounding has a sign.
        moved = level[1:] - level[:1]
        sign = np.array(
            [-1.0 if self.spec.factors[name].worse == "high" else 1.0 for name in self.outcomes]
        )
        better = np.where(
            (np.abs(moved) > _ROUNDING).any(axis=2),
            (sign[:, None] * moved > _ROUNDING).mean(axis=2),
            np.nan,
        )
        return (
            pd.DataFrame(level.mean(axis=2), columns=self.outcomes),
            pd.DataFrame(better, columns=self.outcomes),
            recognised,
            overlaps,
        )
