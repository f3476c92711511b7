"""The outlook in seconds: an approximation, marked as such."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from withdrawal_risk.arguments import number, whole_number
from withdrawal_risk.elements.timeline import MonthLike
from withdrawal_risk.inference.alignment import check_as_of
from withdrawal_risk.inference.approximation import approximate
from withdrawal_risk.language import words_of
from withdrawal_risk.model.library import Model, checked_model
from withdrawal_risk.queries.answers import About, Answer, about
from withdrawal_risk.queries.defaults import CI_PROB
from withdrawal_risk.queries.results import answer_in_words, entry_of, rows_of
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, checked_condition
from withdrawal_risk.simulation.probabilities import probabilities

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Preliminary", "preliminary"]

_FUTURES = 16
"""Of each draw, which are few."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Preliminary(Answer):
    """An outlook without a fit, which says so in every form.

    Parameters
    ----------
    rows : mapping of str to mapping
        By condition, the conjunction last: ``probability``, ``lower``, ``upper``, ``mcse`` and
        ``word``.
    about : About
        The model.
    ci_prob : float

    Examples
    --------
    >>> wr.preliminary(wr.load_model("iraq-2025")).to_dict()["preliminary"]
    True
    """

    rows: Mapping[str, Mapping[str, Any]]
    about: About
    ci_prob: float

    @cached_property
    def summary(self) -> pd.DataFrame:
        """The rows as a table."""
        import pandas as pd

        return pd.DataFrame(list(self.rows.values()), index=pd.Index(self.rows, name="condition"))

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
        checked_condition(condition, self.about.conditions)
        answer = answer_in_words(self.about, condition, self.rows[condition], self.ci_prob, words)
        return f"{words.say('preliminary', answer=answer)}."

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-ready data."""
        entries = {name: entry_of(row, self.ci_prob) for name, row in self.rows.items()}
        return {
            "model": self.about.model,
            "as_of": str(self.about.as_of),
            "horizon": str(self.about.horizon),
            "preliminary": True,
            ALL_CONDITIONS: entries.pop(ALL_CONDITIONS),
            "conditions": entries,
        }


def preliminary(
    model: Model,
    *,
    as_of: MonthLike | None = None,
    ci_prob: float = CI_PROB,
    random_seed: int = 1,
) -> Preliminary:
    """Approximate the probability of each condition without a fit, while a model is being edited.

    The posterior is described by the mode and the curvature of its density, tested by a few moves
    in the exact density, and refused where these show that it has another shape. Every form of the
    answer says that it is preliminary. It has no base rates and no checks, and is never stored.

    Parameters
    ----------
    model : Model
    as_of : str, Month or date, optional
        As in `fit`.
    ci_prob : float
        Probability of the (equal-tailed) credible interval.
    random_seed : int

    Returns
    -------
    Preliminary

    Raises
    ------
    ArgumentError
        If an argument is out of range.
    Unsettled
        If mode and curvature do not describe the posterior.

    Examples
    --------
    >>> quick = wr.preliminary(wr.load_model("iraq-2025"))
    >>> quick.sentence().split(":")[0]
    'Preliminary, without a fit'
    """
    model = checked_model(model, "preliminary")
    ci_prob = number(ci_prob, "ci_prob", above=0, below=1)
    random_seed = whole_number(random_seed, "random_seed", least=0, most=2**63 - 1)
    approximation = approximate(model, check_as_of(model, as_of), random_seed=random_seed)
    found = probabilities(approximation, futures=_FUTURES, random_seed=random_seed)
    rows = {row.pop("condition"): row for row in rows_of(found, ci_prob, approximation.chains)}
    return Preliminary(rows=rows, about=about(approximation), ci_prob=ci_prob)
