"""All forecasts that were written down, and what they turned out to be worth."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.files import path_of
from withdrawal_risk.language import words_of
from withdrawal_risk.ledger.chain import FOLDER, check_head, read
from withdrawal_risk.ledger.questions import BASES, Asked, Measured, asked, measured
from withdrawal_risk.queries.backtest_result import json_lines
from withdrawal_risk.scoring.sample_size import outcomes_if_right, outcomes_in_all

__all__ = ["TrackRecord", "track_record"]

_MODEL: Final = "model"
_MODEL_PROBABILITY: Final = "probability"
_SUFFIXES: Final = {_MODEL: ""} | {name: f"_{name}" for name in BASES}
_MONTHS: Final = (
    *("model", "indicator", "method", "outcomes", "score", "average", "skill", "more"),
    "covered_90",
)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class TrackRecord:
    """Every question that was forecast, its answer if there is one, and scores.

    Parameters
    ----------
    entries : pandas.DataFrame
        Indexed by ``number``: ``kind``, ``written``, ``model``, ``digest``.
    conditions : pandas.DataFrame
        Indexed by ``model``, ``condition`` and ``question``: ``first`` and ``latest``, the days of
        the first forecast and of the latest in time, and the ``entry`` of that; ``forecasts``, how
        many were in time; ``status`` (``open``,
        ``met``, ``missed``, or ``late`` where all were written after the answer was known);
        ``answer``; ``day``, on which it was known; ``probability``, of the latest in time, and
        ``structure`` and ``events``, the base rates beside it; ``brier``, ``brier_structure`` and
        ``brier_events`` of these, and with ``average_`` before it of all over the time that the
        question was open; ``more_structure`` and ``more_events``, how many outcomes like it would
        tell the forecast from the base rate if the forecast is right.
    judged : pandas.DataFrame
        The same of questions that a judge closed, with ``judge``; ``answer`` is the judge's
        probability q and the scores are what is then expected of Brier, (p - q)² + q (1 - q).
    months : pandas.DataFrame
        Indexed by ``model``, ``indicator`` and ``method``: ``outcomes``, ``score`` of the latest
        forecasts (CRPS in the unit, of categories the ranked probability score), ``average`` over
        the time they were open, ``skill`` of the model over the method, ``more``, how many
        more outcomes would tell both apart if differences stay as they are (nan with fewer than
        three), and of the model ``covered_90``.
    labels, indicators : mapping of (str, str) to (mapping of str to str)
        Names of conditions and of indicators, by model and id, then language.
    late : int
        Outcomes that were known before any forecast of them was written.
    head : str
        Digest of the last entry; empty where there is none.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     _ = wr.issue(posterior, folder=place, futures=4)
    ...     list(wr.track_record(folder=place).conditions["status"])
    ['open', 'open', 'open']
    """

    entries: pd.DataFrame
    conditions: pd.DataFrame
    judged: pd.DataFrame
    months: pd.DataFrame
    labels: Mapping[tuple[str, str], Mapping[str, str]]
    indicators: Mapping[tuple[str, str], Mapping[str, str]]
    late: int
    head: str

    def label(self, model: str, condition: str, lang: str = "en") -> str:
        """Return the name of a condition for people."""
        return _in(self.labels[model, condition], lang)

    def indicator(self, model: str, name: str, lang: str = "en") -> str:
        """Return the name of an indicator for people."""
        return _in(self.indicators[model, name], lang)

    def sentence(self, lang: str = "en") -> str:
        """Say how many questions are open, and which digest to sign."""
        words, kinds = words_of(lang), self.entries["kind"]
        status = self.conditions["status"]
        lines = [
            words.say(
                "track_counts",
                forecasts=int((kinds == "forecast").sum()),
                outcomes=int((kinds == "outcome").sum()),
                judgements=int((kinds == "judgement").sum()),
                open=int((status == "open").sum()),
                settled=int(status.isin(["met", "missed"]).sum()),
                judged=len(self.judged),
            )
        ]
        late = self.late + int((status == "late").sum())
        if late:
            lines.append(words.say("track_late", count=late))
        lines.append(words.say("head", digest=self.head) if self.head else words.say("track_none"))
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return all tables as JSON-ready data."""
        tables = {
            "entries": self.entries,
            "conditions": self.conditions,
            "judged": self.judged,
            "months": self.months,
        }
        return {name: json_lines(table) for name, table in tables.items()} | {
            "late": self.late,
            "head": self.head,
        }

    def __repr__(self) -> str:
        return f"TrackRecord({len(self.entries)} entries, head {self.head[:12] or 'none'})"

    def _repr_html_(self) -> str:
        """Show the sentence and the table of conditions."""
        table = self.conditions.to_html(float_format=lambda value: f"{value:.3g}", border=0)
        return f"<p>{escape(self.sentence())}</p>\n{table}"


def track_record(*, folder: str | Path = FOLDER, head: str | None = None) -> TrackRecord:
    """Read a track record, settle what is known, and score the forecasts.

    Parameters
    ----------
    folder : str or Path
    head : str, optional
        Digest of the last entry as somebody else kept it, at least its first 12 digits: without it
        nobody can tell that the end of a track record was cut off.

    Returns
    -------
    TrackRecord

    Raises
    ------
    WithdrawalRiskError
        If an entry was changed, deleted or moved, or the head is not among them.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     wr.track_record(folder=place)
    TrackRecord(0 entries, head none)
    """
    place = path_of(folder, "folder")
    if not place.exists():
        raise ArgumentError(f"folder {place} does not exist; issue a forecast there first")
    entries = read(place)
    if head is not None:
        check_head(entries, head)
    questions, outcomes = asked(folder, entries), measured(folder, entries)
    table = pd.DataFrame(
        [
            (entry.number, entry.kind, entry.written, entry.content["model"], entry.digest)
            for entry in entries
        ],
        columns=["number", "kind", "written", "model", "digest"],
    )
    in_time = [one for one in outcomes if one.forecasts]
    closed = [one for one in questions if one.judge is not None and one.in_time]
    return TrackRecord(
        entries=table.set_index("number"),
        conditions=_conditions(one for one in questions if one not in closed).drop(columns="judge"),
        judged=_conditions(closed),
        months=_months(in_time),
        labels={(one.model, one.condition): one.labels for one in questions},
        indicators={(one.model, one.indicator): one.labels for one in outcomes},
        late=len(outcomes) - len(in_time),
        head=entries[-1].digest if entries else "",
    )


def _in(labels: Mapping[str, str], lang: str) -> str:
    return labels.get(lang) or labels["en"]


def _conditions(questions: Iterable[Asked]) -> pd.DataFrame:
    """Return a row a question."""
    names = ["model", "condition", "question"]
    columns = [*names, "first", "latest", "entry", "forecasts", "status", "answer", "judge", "day"]
    columns += [_MODEL_PROBABILITY, *BASES]
    columns += [
        f"{kind}brier{suffix}" for suffix in _SUFFIXES.values() for kind in ("", "average_")
    ]
    columns += [f"more_{name}" for name in BASES]
    return pd.DataFrame([_condition(one) for one in questions], columns=columns).set_index(names)


def _condition(one: Asked) -> dict[str, Any]:
    """Return what is said of a question."""
    row: dict[str, Any] = {
        "model": one.model,
        "condition": one.condition,
        "question": one.question,
        "first": one.forecasts[0].written.date(),
        "latest": (one.in_time or one.forecasts)[-1].written.date(),
        "entry": (one.in_time or one.forecasts)[-1].number,
        "forecasts": len(one.in_time),
        "status": _status(one),
        "answer": math.nan if one.answer is None else one.answer,
        "judge": one.judge,
        "day": one.day,
    }
    said = {name: one.probabilities(name)[-1:] for name in (_MODEL, *BASES)}
    latest = {name: values[0] if values else math.nan for name, values in said.items()}
    row |= {_MODEL_PROBABILITY: latest[_MODEL]} | {name: latest[name] for name in BASES}
    for name, suffix in _SUFFIXES.items():
        row[f"brier{suffix}"], row[f"average_brier{suffix}"] = one.scores(name)
    for name in BASES:
        more = math.nan
        if one.in_time:
            more = outcomes_if_right(latest[_MODEL], latest[name])
        row[f"more_{name}"] = more
    return row


def _status(one: Asked) -> str:
    """Say how far a question is."""
    if one.answer is None:
        return "open"
    if not one.in_time:
        return "late"
    if one.judge is not None:
        return "judged"
    return "met" if one.answer == 1 else "missed"


def _months(outcomes: Iterable[Measured]) -> pd.DataFrame:
    """Return a row an indicator and method."""
    groups: dict[tuple[str, str], list[Measured]] = {}
    for one in outcomes:
        groups.setdefault((one.model, one.indicator), []).append(one)
    rows = []
    for (model, indicator), many in groups.items():
        # Whoever forecast every month is compared on all of them.
        everyone = [name for name in many[0].methods if all(name in one.methods for one in many)]
        own = np.array([one.methods[_MODEL] for one in many])
        covered = [one.covered for one in many if one.covered is not None]
        for method in everyone:
            scores = np.array([one.methods[method] for one in many])
            latest, average = scores.mean(axis=0)
            is_model = method == _MODEL
            needed = math.nan if is_model else outcomes_in_all(scores[:, 0] - own[:, 0])
            rows.append(
                {
                    "model": model,
                    "indicator": indicator,
                    "method": method,
                    "outcomes": len(many),
                    "score": latest,
                    "average": average,
                    "skill": math.nan if is_model or latest == 0 else 1 - own[:, 0].mean() / latest,
                    "more": max(needed - len(many), 0.0) if not math.isnan(needed) else needed,
                    "covered_90": float(np.mean(covered)) if is_model and covered else math.nan,
                }
            )
    return pd.DataFrame(rows, columns=list(_MONTHS)).set_index(list(_MONTHS[:3]))
