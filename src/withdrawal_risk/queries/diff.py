"""Two forecasts that were written down, side by side: file, evidence, answers, reasons."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from withdrawal_risk.arguments import true_or_false, whole_number
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.errors import WithdrawalRiskError
from withdrawal_risk.inference.fit import fit
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import LANGUAGES, words_of
from withdrawal_risk.language.numbers import percent, points
from withdrawal_risk.ledger.chain import FOLDER, Entry, read
from withdrawal_risk.ledger.forecasts import arguments_of, forecast_of, model_of
from withdrawal_risk.ledger.questions import answers_in
from withdrawal_risk.model.document import Document, dotted
from withdrawal_risk.model.evidence import EvidenceRow
from withdrawal_risk.model.library import Model
from withdrawal_risk.queries.explain_change import explain_change

__all__ = ["Difference", "diff", "difference"]

_MOST_NAMED: Final = 12
"""Changes that a sentence names one by one."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Difference:
    """What changed from one forecast to a later one.

    Parameters
    ----------
    model : str
    numbers : (int, int)
        Of both entries.
    as_of : (str, str)
    file : dict of str to list of str
        Places of the model file that were ``added``, ``removed`` and ``changed``, such as
        ``factors.tension.half_life``.
    evidence : dict of str to list of str
        Ids of rows, of those that each forecast knew.
    code, settings : bool
        Whether the library's code, or the settings of the fit, changed.
    summary : pandas.DataFrame
        Indexed by ``condition``: ``before``, ``after``, ``change``, ``mcse`` of the change, and
        ``asked_differently``: another bound or another month makes another question.
    reasons : dict of str to (dict of str to str)
        By condition, then language: the change split over the rows that came in. Empty where it was
        not asked for, or the later forecast is not of a later month.
    labels : mapping of str to (mapping of str to str)
        Of every condition, by language.

    Examples
    --------
    >>> wr.Difference.__dataclass_fields__["file"].type
    'dict[str, list[str]]'
    """

    model: str
    numbers: tuple[int, int]
    as_of: tuple[str, str]
    file: dict[str, list[str]]
    evidence: dict[str, list[str]]
    code: bool
    settings: bool
    summary: pd.DataFrame
    reasons: dict[str, dict[str, str]]
    labels: Mapping[str, Mapping[str, str]]

    def label(self, condition: str, lang: str = "en") -> str:
        """Return the name of a condition for people."""
        return self.labels[condition].get(lang) or self.labels[condition]["en"]

    def sentence(self, lang: str = "en") -> str:
        """Say what changed, and why, as far as that was worked out."""
        words = words_of(lang)
        lines = [
            words.say(
                "diff_ends",
                before=self.numbers[0],
                after=self.numbers[1],
                model=self.model,
                first=self.as_of[0],
                last=self.as_of[1],
            )
        ]
        for kind, places in (("file", self.file), ("evidence", self.evidence)):
            parts = [
                words.say(f"diff_{how}", count=len(names), names=_listed(names, words.comma))
                for how, names in places.items()
                if names
            ]
            what = words.semicolon.join(parts) or words.names["nothing"]
            lines.append(words.say(f"diff_{kind}", what=what))
        if self.code:
            lines.append(words.say("diff_code"))
        if self.settings:
            lines.append(words.say("diff_settings"))
        for name, row in self.summary.iterrows():
            if str(name) in self.reasons:
                lines.append(self.reasons[str(name)][lang])
                continue
            kind = "diff_answer" if abs(row["change"]) > 2 * row["mcse"] else "diff_unresolved"
            lines.append(
                words.say(
                    "diff_question" if row["asked_differently"] else kind,
                    name=self.label(str(name), lang),
                    before=percent(row["before"], lang),
                    after=percent(row["after"], lang),
                    size=points(row["change"], lang),
                )
            )
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as JSON-ready data."""
        return {
            "model": self.model,
            "before": self.numbers[0],
            "after": self.numbers[1],
            "as_of": list(self.as_of),
            "file": self.file,
            "evidence": self.evidence,
            "code_changed": self.code,
            "settings_changed": self.settings,
            "conditions": {
                str(name): dict(row) for name, row in self.summary.astype(object).iterrows()
            },
            "reasons": self.reasons,
        }

    def __repr__(self) -> str:
        return f"Difference({self.model!r}, {self.numbers[0]} to {self.numbers[1]})"


def _listed(names: list[str], comma: str) -> str:
    """Name some changes; of many the first, and how many more there are."""
    rest = len(names) - _MOST_NAMED
    more = f"{comma}+{rest}" if rest > 0 else ""
    return f"{comma.join(names[:_MOST_NAMED])}{more}"


def diff(
    before: int,
    after: int,
    *,
    folder: str | Path = FOLDER,
    explain: bool = True,
    progressbar: bool = True,
) -> Difference:
    """Compare two forecasts of a model that were written down.

    Parameters
    ----------
    before, after : int
        Numbers of the entries.
    folder : str or Path
        Of the track record.
    explain : bool
        Whether to split the changes of the answers over new evidence; both forecasts are fitted
        again from the files that were kept, or taken from the cache.
    progressbar : bool

    Returns
    -------
    Difference

    Raises
    ------
    WithdrawalRiskError
        If the track record is broken, an entry is no forecast, or they are of different models.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     for seed in (1, 2):
    ...         _ = wr.issue(posterior, folder=place, futures=4, random_seed=seed)
    ...     found = wr.diff(1, 2, folder=place)
    >>> found
    Difference('small', 1 to 2)
    >>> found.settings
    True
    """
    entries = read(folder)
    numbers = [
        whole_number(value, what, least=1, most=999_999)
        for value, what in ((before, "before"), (after, "after"))
    ]
    first, last = (
        forecast_of(entries, number, what)
        for number, what in zip(numbers, ("before", "after"), strict=True)
    )
    explain = true_or_false(explain, "explain")
    return difference(folder, first, last, explain=explain, progressbar=progressbar)


def difference(
    folder: str | Path,
    before: Entry,
    after: Entry,
    *,
    explain: bool,
    progressbar: bool,
    fitted: Posterior | None = None,
) -> Difference:
    """Compare two forecasts; ``fitted`` is the fit of the later one where there is one already."""
    first, last = before.content, after.content
    if first["model"] != last["model"]:
        raise WithdrawalRiskError(
            f"entries {before.number} and {after.number} are forecasts of {first['model']!r} and "
            f"{last['model']!r}; compare two of one model"
        )
    models = model_of(folder, before), model_of(folder, after)
    answers, reasons = _answers(before, after), dict[str, dict[str, str]]()
    if explain and first["as_of"] < last["as_of"]:
        fits = (
            _fit(models[0], before, progressbar),
            fitted or _fit(models[1], after, progressbar),
        )
        for name in answers.index[~answers["asked_differently"]]:
            change = explain_change(*fits, name, progressbar=progressbar)
            reasons[name] = {lang: change.sentence(lang) for lang in LANGUAGES}
    rows = [
        {row.id: _row(row) for row in model.evidence_at(Month.read(content["as_of"]))}
        for model, content in zip(models, (first, last), strict=True)
    ]
    return Difference(
        model=last["model"],
        numbers=(before.number, after.number),
        as_of=(first["as_of"], last["as_of"]),
        file=_changes(_places(models[0]), _places(models[1])),
        evidence=_changes(*rows),
        code=first["code"] != last["code"],
        settings=first["settings"] != last["settings"],
        summary=answers,
        reasons=reasons,
        labels={name: item["label"] for name, item in answers_in(after).items()},
    )


def _fit(model: Model, forecast: Entry, progressbar: bool) -> Posterior:
    """Fit the model of a forecast as it was fitted then, or take that fit from the cache."""
    return fit(model, **arguments_of(forecast), progressbar=progressbar, cache=True)


def _answers(before: Entry, after: Entry) -> pd.DataFrame:
    """Return the probabilities of the conditions that both forecasts have."""
    rows = {}
    earlier, later = answers_in(before), answers_in(after)
    for name, new in later.items():
        old = earlier.get(name)
        if old is not None:
            rows[name] = {
                "before": old["probability"],
                "after": new["probability"],
                "change": new["probability"] - old["probability"],
                "mcse": math.hypot(old["mcse"], new["mcse"]),
                "asked_differently": old["question"] != new["question"],
            }
    columns = ["before", "after", "change", "mcse", "asked_differently"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return table.rename_axis("condition").astype({"asked_differently": bool})


def _places(model: Model) -> dict[str, str]:
    """Return every value of a model file by its place."""
    found: dict[str, str] = {}

    def walk(value: Any, place: tuple[str | int, ...]) -> None:
        if isinstance(value, Mapping):
            for name, part in value.items():
                walk(part, (*place, str(name)))
        elif isinstance(value, list):
            for number, part in enumerate(value):
                walk(part, (*place, _of_edge(part) or number))
        else:
            found[dotted(place)] = repr(value)

    walk(Document.parse(model.model_text, "model.yaml").data, ())
    return found


def _of_edge(part: Any) -> str | None:
    """Return the name of an edge, which keeps its place whatever stands before it."""
    if isinstance(part, Mapping) and {"from", "to", "weight"} <= set(part):
        return f"{part['from']}->{part['to']}"
    return None


def _row(row: EvidenceRow) -> str:
    """Return what a row says, wherever it stands in its file."""
    return repr(replace(row, line=0))


def _changes(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, list[str]]:
    """Return which names were added, removed, and changed."""
    return {
        "added": [name for name in new if name not in old],
        "removed": [name for name in old if name not in new],
        "changed": [name for name in new if name in old and old[name] != new[name]],
    }
