"""The file's scenarios side by side, each paired with what is expected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from withdrawal_risk.arguments import names_of
from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import QueryError, did_you_mean
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import the_language
from withdrawal_risk.language.numbers import percent, points
from withdrawal_risk.model.elicitation import Z90
from withdrawal_risk.queries.answers import About, Answer
from withdrawal_risk.queries.defaults import CI_PROB, FUTURES
from withdrawal_risk.queries.interventions import contradicted_names
from withdrawal_risk.queries.results import Result, summarise
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, judge_trees, subjects
from withdrawal_risk.simulation.futures import Futures, simulate
from withdrawal_risk.simulation.probabilities import check_arguments, probabilities
from withdrawal_risk.simulation.worlds import of_scenario

__all__ = ["BASELINE", "Scenarios", "scenarios"]

BASELINE = "baseline"


@dataclass(frozen=True, eq=False, repr=False)
class Scenarios(Answer):
    """Results of every scenario.

    Parameters
    ----------
    results : dict of str to Result
        ``baseline``, the expected world, first; the others with their differences from it.
    outcomes : pandas.DataFrame
        Mean level of every outcome at the horizon, in long-run standard deviations; a row a scenario.
    recognised : dict of str to float
        Probability, in the expected world, of what a scenario would be recognised by.
    passed : tuple of str
        Scenarios of which nothing lies ahead: their months have passed.
    """

    results: dict[str, Result]
    outcomes: pd.DataFrame
    recognised: dict[str, float]
    passed: tuple[str, ...] = ()

    @property
    def about(self) -> About:
        """The fit."""
        return self.results[BASELINE].about

    @property
    def summary(self) -> pd.DataFrame:
        """Every condition in every scenario, indexed by scenario and condition."""
        return pd.concat({name: result.summary for name, result in self.results.items()}, names=["scenario"])

    def label(self, name: str, lang: str = "en") -> str:
        """Return the name of a scenario for people."""
        if name == BASELINE:
            return "المتوقع" if lang == "ar" else "As expected"
        return self.about.scenarios[name][lang]

    def sentence(self, lang: str = "en", condition: str = ALL_CONDITIONS) -> str:
        """Say for a condition, or for all together, what is expected and which scenario changes it most.

        Raises
        ------
        QueryError
            For another language or an unknown condition.
        """
        lang = the_language(lang)
        name = self.about.condition(condition, lang)
        base: Any = self.results[BASELINE].summary.loc[condition, "probability"]
        rows: dict[str, Any] = {
            key: result.summary.loc[condition] for key, result in self.results.items() if key != BASELINE
        }
        told = {
            key: row for key, row in rows.items()
            if key not in self.passed and abs(row["difference"]) > Z90 * row["difference_mcse"]
        }  # fmt: skip
        usual, warning = percent(float(base), lang), self.about.warning(lang)
        if not told:
            if lang == "ar":
                return f"«{name}»: المتوقع {usual}، ولا يغيّره أي سيناريو تغييرًا يُقاس.{warning}"
            return f"{name}: {usual} as expected; no scenario changes it measurably.{warning}"
        most = max(told, key=lambda key: abs(told[key]["difference"]))
        there, change = percent(float(told[most]["probability"]), lang), points(float(told[most]["difference"]), lang)
        if lang == "ar":
            return f"«{name}»: المتوقع {usual}؛ وأكثر ما يغيّره «{self.label(most, lang)}»: {there} ({change}).{warning}"
        return f"{name}: {usual} as expected; changed most by {self.label(most, lang)!r}: {there} ({change}).{warning}"

    def to_dict(self) -> dict[str, Any]:
        """Return the scenarios as JSON-ready data."""
        base = self.results[BASELINE].to_dict()
        levels = self.outcomes.to_dict(orient="index")
        entries = {
            name: {key: value for key, value in result.to_dict().items() if key not in ("model", "as_of", "horizon")}
            | {
                "outcomes": levels[name],
                "probability_of_scenario": self.recognised.get(name),
                "passed": name in self.passed,
            }
            for name, result in self.results.items()
        }
        return {key: base[key] for key in ("model", "as_of", "horizon")} | {"scenarios": entries}


def scenarios(
    posterior: Posterior,
    names: Sequence[str] | None = None,
    *,
    ci_prob: float = CI_PROB,
    futures: int = FUTURES,
    random_seed: int = 1,
) -> Scenarios:
    """Run the scenarios of the model file in the same futures as the expected world.

    Parameters
    ----------
    posterior : Posterior
    names : sequence of str, optional
        Which; all of them where absent.
    ci_prob, futures, random_seed
        As in `do`.

    Raises
    ------
    QueryError
        If the file has no such scenario, or none at all.
    """
    check_arguments(posterior, ci_prob=ci_prob, futures=futures, random_seed=random_seed)
    spec, frame = posterior.model.spec, posterior.frame
    if not spec.scenarios:
        raise QueryError(f"the model {spec.id!r} has no scenarios; add them to its file, or ask with do")
    names = None if names is None else list(names_of(names, "names"))
    if names is not None and not names:
        raise QueryError(f"names is empty; name some of {', '.join(map(repr, spec.scenarios))}")
    for name in names or []:
        if name not in spec.scenarios:
            raise QueryError(f"{quoted(name)} is not a scenario; {did_you_mean(name, spec.scenarios)}")
    chosen = {name: spec.scenarios[name] for name in names or spec.scenarios}
    worlds = [of_scenario(posterior, scenario) for scenario in chosen.values()]
    passed = tuple(name for name, world in zip(chosen, worlds, strict=True) if world.is_empty)
    found = probabilities(posterior, futures=futures, random_seed=random_seed, worlds=worlds)
    results = {BASELINE: summarise(posterior, found, ci_prob=ci_prob)}
    for w, (name, scenario) in enumerate(chosen.items(), start=1):
        supposing = {lang: scenario.label[lang] for lang in ("en", "ar")}
        notes = contradicted_names(posterior, worlds[w - 1], found.expected_level[w - 1].tolist())
        if name in passed:
            notes.append({
                "en": f"Note: its months had passed by {posterior.as_of}; nothing of it lies ahead.",
                "ar": f"تنبيه: انقضت أشهره قبل نهاية {posterior.as_of}، فلا شيء منه في المستقبل.",
            })  # fmt: skip
        results[name] = summarise(posterior, found, ci_prob=ci_prob, world=w, supposing=supposing, notes=notes)

    outcomes = [name for name, factor in spec.factors.items() if factor.role == "outcome"]
    places = [frame.structure.factors.index(name) for name in outcomes]
    trees = {name: scenario.recognise for name, scenario in chosen.items() if scenario.recognise is not None}
    looked_at = sorted({*places, *subjects(posterior, trees.values())})

    def seen(several: Iterator[Futures]) -> tuple[Any, list[int]]:
        expected = next(several)
        last, shape = len(expected.window) - 1, (len(results), len(places), expected.shape[0])
        level = [[some.level(j, last, last).mean(axis=(1, 2)) for j in places] for some in (expected, *several)]
        counts = [int(truth.sum()) for truth in judge_trees(posterior, expected, trees).values()]
        return np.reshape(level, shape), counts

    levels, counts = zip(
        *simulate(posterior, seen, futures=futures, random_seed=random_seed, worlds=worlds, factors=looked_at),
        strict=True,
    )
    mean = np.concatenate(levels, axis=2).mean(axis=2)
    table = pd.DataFrame(mean, index=list(results), columns=outcomes).rename_axis("scenario")
    recognised = np.sum(counts, axis=0) / (futures * found.value.shape[2])
    return Scenarios(
        results, table, {name: float(share) for name, share in zip(trees, recognised, strict=True)}, passed
    )
