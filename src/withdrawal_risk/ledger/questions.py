"""The questions that forecasts answered, how each was settled, and what each answer is worth.

A question is a condition in words, or the value of an indicator in a month. It is open from the
first forecast of it to the day on which its answer became known; only forecasts that were written
before that day count. The *latest* is the last of these, the *average* is over the time that the
question was open, in which every forecast stands until the next.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.ledger.chain import Entry
from withdrawal_risk.ledger.forecasts import model_of
from withdrawal_risk.ledger.outcomes import (
    Known,
    Span,
    day_of,
    judgements_of,
    reports_of,
    span_of,
)
from withdrawal_risk.model.evidence import EvidenceRow
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.settled import tree_settled
from withdrawal_risk.scoring import scores
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, tree_in

__all__ = ["BASES", "Asked", "Measured", "answers_in", "asked", "latest_and_average", "measured"]

Array = NDArray[np.float64]

BASES: Final = ("structure", "events")
"""Base rates beside the probability of a condition."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A condition as forecasts asked it.

    Parameters
    ----------
    model, condition, question : str
    labels : mapping of str to str
        Of the condition, by language.
    forecasts : tuple of Entry
        The earliest first.
    answer : float, optional
        0 or 1 where published clauses decided, the judge's probability where a judge did.
    judge : str, optional
    day : datetime.date, optional
        On which the answer was known.
    """

    model: str
    condition: str
    question: str
    labels: Mapping[str, str]
    forecasts: tuple[Entry, ...]
    answer: float | None = None
    judge: str | None = None
    day: datetime.date | None = None

    @property
    def in_time(self) -> tuple[Entry, ...]:
        """Forecasts that were written before the answer was known; all while it is open."""
        return tuple(one for one in self.forecasts if before(one, self.day))

    def probabilities(self, name: str) -> list[float]:
        """Return what every forecast in time said; ``name`` is ``model`` or one of `BASES`."""
        key = "evidence" if name == "model" else name
        return [float(answers_in(one)[self.condition]["base_rates"][key]) for one in self.in_time]

    def scores(self, name: str) -> tuple[float, float]:
        """Return the score of the latest forecast and of all over time; nan while it is open.

        Where a judge gave a probability q it is that which is expected of the Brier score.
        """
        if self.answer is None or self.day is None or not self.in_time:
            return np.nan, np.nan
        values = scores.expected_brier(self.probabilities(name), self.answer)
        return latest_and_average(self.in_time, values, self.day)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A month of an indicator that forecasts spoke of, and whose value is known.

    Parameters
    ----------
    model, indicator : str
    labels : mapping of str to str
    month : Month
    value : float
    day : datetime.date
        On which it became known.
    forecasts : tuple of Entry
        Written before that day, the earliest first; none where all came too late.
    methods : mapping of str to (float, float)
        By the model and every baseline: score of the latest forecast, and of all over time.
    covered : bool, optional
        Whether the latest 90 % interval of the model held the value; None of categories.
    """

    model: str
    indicator: str
    labels: Mapping[str, str]
    month: Month
    value: float
    day: datetime.date
    forecasts: tuple[Entry, ...]
    methods: Mapping[str, tuple[float, float]]
    covered: bool | None


def answers_in(forecast: Entry) -> dict[str, Any]:
    """Return what a forecast says of every condition, and of all together."""
    content = forecast.content
    return {**content["conditions"], ALL_CONDITIONS: content[ALL_CONDITIONS]}


def before(forecast: Entry, day: datetime.date | None) -> bool:
    """Say whether a forecast was written before a day began, in UTC."""
    return day is None or forecast.written.astimezone(datetime.UTC).date() < day


def latest_and_average(
    forecasts: Sequence[Entry], values: Iterable[float] | Array, day: datetime.date
) -> tuple[float, float]:
    """Return the last of some scores, and their mean over the time that each forecast stood.

    Parameters
    ----------
    forecasts : sequence of Entry
        The earliest first, all written before the day.
    values : iterable of float
        Their scores.
    day : datetime.date
        On which the answer became known.
    """
    end = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
    moments = [*(one.written for one in forecasts), end]
    stood = np.array([(b - a).total_seconds() for a, b in itertools.pairwise(moments)])
    found = np.array(list(values), dtype=float)
    return float(found[-1]), float(stood @ found / stood.sum())


def asked(folder: str | Path, entries: Sequence[Entry]) -> list[Asked]:
    """Return every condition that was forecast, settled where what is known settles it.

    Parameters
    ----------
    folder : str or Path
    entries : sequence of Entry
    """
    found: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in entries:
        if entry.kind == "forecast":
            for name, item in answers_in(entry).items():
                place = (entry.content["model"], name, item["question"])
                found.setdefault(place, []).append(entry)
    # What the latest forecast of a question knew is what all of them knew, and more.
    models = {one.number: model_of(folder, one) for many in found.values() for one in many[-1:]}
    questions = []
    for (model, condition, question), forecasts in found.items():
        latest = forecasts[-1]
        answer, day = _settled(models[latest.number], latest, condition, entries)
        judgement = judgements_of(entries, model).get((condition, question))
        judge = None
        if answer is None and judgement is not None:
            answer, judge = float(judgement.content["probability"]), judgement.content["judge"]
            day = day_of(judgement.content["date"])
        questions.append(
            Asked(
                model=model,
                condition=condition,
                question=question,
                labels=answers_in(latest)[condition]["label"],
                forecasts=tuple(forecasts),
                answer=answer,
                judge=judge,
                day=day,
            )
        )
    return questions


def _settled(
    model: Model, forecast: Entry, condition: str, entries: Sequence[Entry]
) -> tuple[float | None, datetime.date | None]:
    """Return how published values decided a condition and on which day; None where they do not.

    Day by day with what was known by then, a correction from its own day on: the answer is the last
    one, and its day the first from which it stood.
    """
    tree = tree_in(model.spec, condition)
    # Of a month of publication the first day, so that no forecast of that month counts.
    evidence = [
        Known(row, row.published.first_day)
        for row in model.evidence_at(Month.read(forecast.content["as_of"]))
    ]
    reports = sorted([*evidence, *reports_of(entries, model)], key=lambda one: one.day)
    own = {one.row.id for one in evidence}
    rows: dict[tuple[Span, str], EvidenceRow] = {}
    answer, since = None, None
    for day, many in itertools.groupby(reports, key=lambda one: one.day):
        for one in many:
            span = span_of(one.row)
            if one.row.id not in own:
                # What is written down takes the place of whatever was said of its span.
                rows = {key: row for key, row in rows.items() if key[0] != span}
            rows[span, one.row.id] = one.row
        held = tree_settled(model.spec, tree, list(rows.values()))
        if held is not answer:
            answer, since = held, day
    return (None, None) if answer is None else (float(answer), since)


def measured(folder: str | Path, entries: Sequence[Entry]) -> list[Measured]:
    """Return every month of an indicator that was forecast and is known.

    Every forecast is scored by what its own edition of the model reads in the outcome.

    Parameters
    ----------
    folder : str or Path
    entries : sequence of Entry
    """
    found: dict[tuple[str, str, Month], list[tuple[Entry, Known]]] = {}
    for entry in entries:
        if entry.kind == "forecast":
            for known in _months(reports_of(entries, model_of(folder, entry))):
                month = known.row.month
                if month is not None and _said(entry, known.row.indicator, month):
                    place = (entry.content["model"], known.row.indicator, month)
                    found.setdefault(place, []).append((entry, known))
    return [_scored(*place, spoke) for place, spoke in sorted(found.items(), key=_place)]


def _place(item: tuple[tuple[str, str, Month], Any]) -> tuple[str, str, int]:
    (model, indicator, month), _ = item
    return model, indicator, month.ordinal


def _months(reports: Iterable[Known]) -> list[Known]:
    """Return single months with the value of their last report and the day of their first."""
    found: dict[Span, Known] = {}
    for one in reports:
        if one.row.month is not None and one.row.stated:
            first = found.get(span_of(one.row), one)
            found[span_of(one.row)] = Known(one.row, first.day)
    return list(found.values())


def _scored(
    model: str, indicator: str, month: Month, spoke: Sequence[tuple[Entry, Known]]
) -> Measured:
    """Return one month's scores."""
    latest, known = spoke[-1]
    day = min(one.day for _, one in spoke)
    in_time = [(entry, one) for entry, one in spoke if before(entry, day)]
    item = latest.content["indicators"][indicator]
    said = [_said(entry, indicator, month) for entry, _ in in_time]
    # Only those who forecast every time are compared.
    everyone = [name for name in (said[0] if said else ()) if all(name in one for one in said)]
    covered = None
    if said and in_time[-1][0].content["indicators"][indicator]["scale"] == "quantiles":
        covered = said[-1]["model"][4] <= in_time[-1][1].row.value <= said[-1]["model"][94]
    methods = {
        name: latest_and_average(
            [entry for entry, _ in in_time],
            (
                _score(entry.content["indicators"][indicator]["scale"], one[name], own.row.value)
                for (entry, own), one in zip(in_time, said, strict=True)
            ),
            day,
        )
        for name in everyone
    }
    return Measured(
        model=model,
        indicator=indicator,
        labels=item["label"],
        month=month,
        value=known.row.value,
        day=day,
        forecasts=tuple(entry for entry, _ in in_time),
        methods=methods,
        covered=covered,
    )


def _said(entry: Entry, indicator: str, month: Month) -> dict[str, list[float]]:
    """Return what a forecast said of a month, by the model and baselines; nothing if it did not."""
    item: Mapping[str, Any] = entry.content["indicators"].get(indicator, {})
    found: dict[str, list[float]] = item.get("months", {}).get(str(month), {})
    return found


def _score(scale: str, written: Sequence[float], value: float) -> float:
    """Return the CRPS of written quantiles, or the ranked probability score of categories."""
    if scale == "quantiles":
        return float(scores.crps(np.array([written], dtype=float), np.array([value]))[0])
    happened = np.arange(len(written)) == round(value)
    gaps = np.cumsum(written)[:-1] - np.cumsum(happened)[:-1]
    return float((gaps**2).sum())
