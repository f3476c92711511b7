"""What happened, written down: the value of an indicator, or a judge's word on a condition."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path

from withdrawal_risk.arguments import chosen, name_of, number
from withdrawal_risk.characters import forbidden, quoted
from withdrawal_risk.elements.timeline import Day
from withdrawal_risk.errors import ArgumentError, ModelFileError
from withdrawal_risk.ledger.chain import FOLDER, Entry, append, now, read
from withdrawal_risk.ledger.forecasts import forecasts_of_model, model_of
from withdrawal_risk.ledger.outcomes import row_of
from withdrawal_risk.model.library import Model

__all__ = ["resolve"]


def resolve(  # noqa: PLR0913
    model: str,
    *,
    source: str,
    date: str | datetime.date,
    indicator: str | None = None,
    start: str | None = None,
    end: str | None = None,
    value: float | str | None = None,
    low: float | None = None,
    high: float | None = None,
    condition: str | None = None,
    probability: float | None = None,
    judge: str | None = None,
    url: str = "",
    note: str = "",
    folder: str | Path = FOLDER,
) -> Entry:
    """Write down what happened.

    Either an indicator's value over a span, as a row of evidence, or a judge's probability that a
    condition was met, for what published figures do not decide. Entries are never changed: a
    correction is another entry, and the last one counts.

    Parameters
    ----------
    model : str
        Id of a model of which a forecast was issued.
    source : str
        Who says so.
    date : str or date
        Day on which it became known, ``2026-10-20``; forecasts of that day and later do not count.
    indicator : str, optional
    start, end : str, optional
        First and last month or day of what the value speaks of; ``end`` defaults to ``start``.
    value : float or str, optional
        In the indicator's unit; of a category its name, of yes or no 1 or 0.
    low, high : float, optional
        A range, with or instead of a value.
    condition : str, optional
    probability : float, optional
        With which the judge holds the condition to have been met, from 0 to 1.
    judge : str, optional
        A person or a body by name.
    url, note : str
    folder : str or Path
        Of the track record.

    Returns
    -------
    Entry

    Raises
    ------
    ArgumentError
        If both or neither are given, or a value is none of the indicator's.
    WithdrawalRiskError
        If the track record is broken or has no forecast of the model.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     _ = wr.issue(posterior, folder=place, futures=4)
    ...     entry = wr.resolve(
    ...         "small", indicator="incidents", start="2024-01", value=12,
    ...         source="A count", date="2024-02-10", folder=place,
    ...     )
    >>> entry.kind
    'outcome'
    """
    entries = read(folder)
    forecasts = forecasts_of_model(entries, name_of(model, "model"))
    said = {
        "source": _text(source, "source", least=1),
        "url": _text(url, "url"),
        "note": _text(note, "note"),
    }
    day = _day(date)
    if (indicator is None) == (condition is None):
        raise ArgumentError(
            "give an indicator with its value, or a condition with a judge and a probability"
        )
    forecast = _latest(forecasts, condition=condition, indicator=indicator)
    asked = model_of(folder, forecast)
    if condition is not None:
        spans = {"value": value, "start": start, "end": end, "low": low, "high": high}
        _refuse(spans, "an indicator, not to a condition")
        judged = _judgement(asked, forecast, condition, probability, judge)
        return append(folder, "judgement", judged | {"date": day.isoformat()} | said)
    _refuse({"judge": judge, "probability": probability}, "a condition, not to an indicator")
    if start is None:
        raise ArgumentError("start is missing; write the first month that the value speaks of")
    row = {
        "id": f"outcome_{len(entries) + 1}",
        "indicator": chosen(
            name_of(indicator, "indicator"), "indicator", tuple(asked.spec.indicators)
        ),
        "start": str(start).strip(),
        "end": str(start if end is None else end).strip(),
        "published": day.isoformat(),
        "value": "" if value is None else str(value),
        "low": "" if low is None else str(low),
        "high": "" if high is None else str(high),
        "grade": "A",
        **said,
    }
    try:
        row_of(asked, row)
    except ModelFileError as error:
        faults = "; ".join(f"{one.path}: {one.message}" for one in error.problems)
        raise ArgumentError(f"the outcome cannot be read: {faults}") from None
    return append(folder, "outcome", {"model": asked.id, "row": row})


def _refuse(given: Mapping[str, object], where: str) -> None:
    """Refuse arguments that belong to the other kind of outcome."""
    stray = [name for name, value in given.items() if value is not None]
    if stray:
        raise ArgumentError(f"{stray[0]} belongs to {where}")


def _judgement(
    model: Model, forecast: Entry, condition: str, probability: object, judge: object
) -> dict[str, object]:
    """Return what a judge says of a condition.

    Raises
    ------
    ArgumentError
        If there is no such condition, or the judge or the probability is none.
    """
    name = chosen(name_of(condition, "condition"), "condition", tuple(model.spec.conditions))
    if judge is None:
        raise ArgumentError("a condition is closed by a judge; give the judge's name")
    who = _text(judge, "judge", least=1)
    if who.casefold() == model.id.casefold():
        raise ArgumentError(f"judge is {quoted(judge)}; a model does not judge its own forecasts")
    if probability is None:
        raise ArgumentError("a judge gives a probability from 0 to 1; 1 if the condition was met")
    held = number(probability, "probability")
    if not 0 <= held <= 1:
        raise ArgumentError(f"probability is {held:g}; write a number from 0 to 1")
    return {
        "model": model.id,
        "condition": name,
        "question": forecast.content["conditions"][name]["question"],
        "probability": held,
        "judge": who,
    }


def _latest(forecasts: Sequence[Entry], *, condition: str | None, indicator: str | None) -> Entry:
    """Return the last forecast that knew a condition or an indicator; else the last of all."""
    for one in reversed(forecasts):
        known = one.content["conditions" if indicator is None else "indicators"]
        if (condition if indicator is None else indicator) in known:
            return one
    return forecasts[-1]


def _text(given: object, what: str, *, least: int = 0) -> str:
    """Return a line of text that may be kept.

    Raises
    ------
    ArgumentError
        If it is none, is empty where it must not be, or holds what a terminal obeys.
    """
    if not isinstance(given, str):
        raise ArgumentError(f"{what} is {quoted(given)}; write text")
    text = given.strip()
    if len(text) < least:
        raise ArgumentError(f"{what} is empty; write a name")
    if (unseen := forbidden(text)) is not None or "\n" in text:
        name = unseen.name if unseen else "U+000A"
        raise ArgumentError(f"{what} is {quoted(text)}, which holds the character {name}")
    return text


def _day(given: object) -> datetime.date:
    """Return the day on which something became known.

    Raises
    ------
    ArgumentError
        If it is no day, or has not come yet.
    """
    text = given.isoformat() if isinstance(given, datetime.date) else given
    try:
        day = Day.parse(text)
    except ValueError:
        day = None
    if day is None or day.first != day.last:
        raise ArgumentError(f"date is {quoted(given)}; write a day, such as 2026-10-20")
    if day.first > now().date():
        raise ArgumentError(f"date {day} has not come yet; write the day on which it became known")
    return day.first
