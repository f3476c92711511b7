"""Two structures of the same evidence, by how well they forecast."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, cast

from withdrawal_risk.arguments import chosen, number
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.base import Text
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import (
    leads_in_words,
    share,
    share_interval,
)
from withdrawal_risk.model.library import Model, checked_model
from withdrawal_risk.queries.backtest import backtest
from withdrawal_risk.queries.backtest_result import RATIOS, Backtest, json_lines, skill_of
from withdrawal_risk.scoring.known import Data
from withdrawal_risk.scoring.leads import LEADS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Comparison:
    """The skill of one model over another.

    Parameters
    ----------
    a, b : str
        Ids of the models, where they are the same with a mark.
    summary : pandas.DataFrame
        Indexed by ``indicator`` and ``leads``, ``all`` of either at the end: ``pairs``,
        ``origins``, ``blocks``, ``score_a``, ``score_b``, and ``skill`` of b over a with its
        interval, ``lower`` to ``upper``, nan where it is not resolved, and ``p_value``. Over all
        indicators each score is measured by the mean of a.
    score : str
    data : {"revised", "strict"}
    names : mapping of str to Text

    Examples
    --------
    >>> few = {"draws": 50, "tune": 50, "progressbar": False}
    >>> same = wr.compare(posterior.model, posterior.model, start="2023-11", end="2023-11", **few)
    >>> same
    Comparison('small (b)' over 'small (a)' by crps: ...)
    """

    a: str
    b: str
    summary: pd.DataFrame
    score: str
    data: Data
    names: Mapping[str, Text]

    def sentence(self, lang: str = "en") -> str:
        """Say how much better b is than a, by indicator and block of leads.

        Parameters
        ----------
        lang : {"en", "ar"}
        """
        words = words_of(lang)
        lines = [words.say(f"backtest_{self.data}")]
        for key, row in self.summary.iterrows():
            indicator, leads = cast("tuple[str, str]", key)
            lines.append(
                words.say(
                    "compare_skill",
                    indicator=words.names["all_indicators"]
                    if indicator == "all"
                    else self.names[indicator][lang],
                    leads=words.names["all_leads"]
                    if leads == "all"
                    else leads_in_words(leads, lang),
                    a=self.a,
                    b=self.b,
                    score=self.score,
                    skill=share(float(row["skill"]), lang),
                    interval=share_interval(float(row["lower"]), float(row["upper"]), lang),
                )
            )
        return " ".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as JSON-ready data."""
        return {
            "a": self.a,
            "b": self.b,
            "score": self.score,
            "data": self.data,
            "summary": json_lines(self.summary),
        }

    def __repr__(self) -> str:
        value = float(self.summary["skill"].iloc[-1])
        return f"Comparison({self.b!r} over {self.a!r} by {self.score}: skill {value:.3f})"

    def _repr_html_(self) -> str:
        """Show the heading and the table."""
        table = self.summary.to_html(float_format=lambda value: f"{value:.3g}", border=0)
        heading = words_of("en").say(f"backtest_{self.data}")
        return f"<p>{escape(heading)}</p>\n{table}"


def compare(
    model_a: Model | Backtest,
    model_b: Model | Backtest,
    *,
    score: str = "crps",
    ci_prob: float = 0.9,
    **settings: Any,
) -> Comparison:
    """Hold two models of the same evidence against what was observed, origin by origin.

    Parameters
    ----------
    model_a, model_b : Model or Backtest
        Models, or back tests that were run already.
    score : str
        As in `Backtest.skill`.
    ci_prob : float
    **settings
        As in `backtest`, for models.

    Returns
    -------
    Comparison

    Raises
    ------
    ArgumentError
        If the two are not about the same observations, or nothing is common to both.

    Examples
    --------
    >>> few = {"draws": 50, "tune": 50, "progressbar": False}
    >>> same = wr.compare(posterior.model, posterior.model, start="2023-11", end="2023-11", **few)
    >>> float(same.summary["skill"].iloc[-1])
    0.0
    """
    chosen(score, "score", RATIOS)
    ci_prob = number(ci_prob, "ci_prob", above=0, below=1)
    given = (model_a, model_b)
    asked = {"methods": ["model"], **_checked(settings, given)}
    # All that can be refused is, before anything is fitted.
    for one in given:
        if not isinstance(one, Backtest):
            checked_model(one, "compare")
    a, b = (one if isinstance(one, Backtest) else backtest(one, **asked) for one in given)
    if a.data != b.data:
        raise ArgumentError(
            f"the first is of {a.data} data and the second of {b.data} data; the two are never "
            "mixed"
        )
    for run, what in ((a, "first"), (b, "second")):
        if "model" not in run.methods:
            raise ArgumentError(f"the {what} back test has no forecasts of its model; run it again")
    if a.step != b.step:
        raise ArgumentError(
            f"the first has the step {a.step} and the second {b.step}; give both the same"
        )
    if a.evidence and b.evidence and a.evidence != b.evidence:
        raise ArgumentError(
            "the two models have read different evidence; compare two structures of the same "
            "evidence"
        )
    both = _paired(a, b, score)
    names = {**b.names, **a.names}
    ids = (a.model, b.model) if a.model != b.model else (f"{a.model} (a)", f"{b.model} (b)")
    return Comparison(
        a=ids[0],
        b=ids[1],
        summary=_summary(both, a.step, ci_prob),
        score=score,
        data=a.data,
        names=names,
    )


def _checked(settings: dict[str, Any], given: tuple[object, object]) -> dict[str, Any]:
    """Return settings of a back test, or refuse what is none of its own or would not be read."""
    known = [name for name in inspect.signature(backtest).parameters if name != "model"]
    for name in settings:
        if name not in known:
            raise ArgumentError(
                f"compare has no setting {quoted(name)}; {did_you_mean(name, known)}"
            )
    if settings and all(isinstance(one, Backtest) for one in given):
        raise ArgumentError(
            f"{', '.join(settings)} would not be read, because both back tests have been run; give "
            "models, or leave the settings out"
        )
    if "model" not in settings.get("methods", ["model"]):
        raise ArgumentError("methods leaves out 'model', which is what is compared")
    return settings


def _paired(a: Backtest, b: Backtest, score: str) -> pd.DataFrame:
    """Return the scores of both for what both forecast, with the same observation."""
    key = ["origin_number", "origin", "indicator", "month", "lead"]
    first, second = (
        run.table[run.table["method"] == "model"].set_index(key[1:])[
            ["origin_number", "leads", "observed", score]
        ]
        for run in (a, b)
    )
    both = first.merge(second, left_index=True, right_index=True, suffixes=("", "_b"))
    both = both.dropna(subset=[score, f"{score}_b"])
    if both.empty:
        raise ArgumentError(
            "the two models forecast no indicator in the same month from the same origin; compare "
            "two structures of the same evidence"
        )
    different = both[both["observed"] != both["observed_b"]]
    if len(different):
        _, indicator, month, _ = different.index[0]
        one, other = different.iloc[0][["observed", "observed_b"]]
        raise ArgumentError(
            f"{indicator} of {month} is {one:g} in the first and {other:g} in the second; compare "
            "two structures of the same evidence"
        )
    return both.rename(columns={score: "a", f"{score}_b": "b"}).reset_index().set_index(key)


def _summary(both: pd.DataFrame, step: int, ci_prob: float) -> pd.DataFrame:
    """Return the skill by indicator and block of leads, and of all together."""
    import pandas as pd

    # Indicators have units of their own: over all of them, scores are parts of the mean of a.
    mean = both["a"].groupby(level="indicator").transform("mean")
    scaled = both[mean > 0].assign(a=both["a"] / mean, b=both["b"] / mean)
    lines, of = {}, both.index.get_level_values("indicator")
    for indicator in [*of.unique(), "all"]:
        own = scaled if indicator == "all" else both[of == indicator]
        for leads in (*LEADS, "all"):
            part = own if leads == "all" else own[own["leads"] == leads]
            if part.empty:
                continue
            name = f"compare:{indicator}:{leads}"
            found = skill_of(part, "b", "a", step=step, name=name, ci_prob=ci_prob)
            lines[indicator, leads] = {
                "pairs": found.pairs,
                "origins": found.origins,
                "blocks": found.blocks,
                "score_a": float(part["a"].mean()),
                "score_b": float(part["b"].mean()),
                "skill": found.value,
                "lower": found.lower,
                "upper": found.upper,
                "p_value": found.p_value,
            }
    table = pd.DataFrame.from_dict(lines, orient="index")
    table.index = pd.MultiIndex.from_tuples(list(lines), names=["indicator", "leads"])
    return table
