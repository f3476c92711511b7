"""Reading what experts answered, and the questions whose answers are known, against a model."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from pydantic import ValidationError

from withdrawal_risk.characters import quoted, written_number
from withdrawal_risk.elements.elicitation import WEIGHT_WORDS
from withdrawal_risk.elements.panel import LONGEST_NAME, MOST_ROUNDS
from withdrawal_risk.elements.quantiles import Quantiles
from withdrawal_risk.elements.timeline import Day
from withdrawal_risk.errors import FileProblem, ModelFileError, did_you_mean
from withdrawal_risk.model.ranges import ranges, sign_of
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.model.table_file import Read, TableReader
from withdrawal_risk.model.text_file import unseen_character

__all__ = [
    "OPTIONAL_PANEL_COLUMNS",
    "PANEL_COLUMNS",
    "RESERVED",
    "SEED",
    "SEED_COLUMNS",
    "Answers",
    "PanelRow",
    "Seed",
    "parse_panel",
    "parse_seeds",
]

PANEL_COLUMNS: Final = (
    *("expert", "round", "target", "p5", "p50", "p95", "word", "confidence", "why", "source"),
    "date",
)
OPTIONAL_PANEL_COLUMNS: Final = frozenset(
    {"round", "p50", "word", "confidence", "why", "source", "date"}
)
"""Columns that a table of answers may leave out."""

SEED_COLUMNS: Final = ("id", "question", "unit", "scale", "value", "resolved", "source", "url")
_OPTIONAL_OF_SEEDS: Final = frozenset({"question", "unit", "source", "url"})

SEED: Final = "seeds."
"""What the target of an answer to a seed question begins with."""

RESERVED: Final = ("pooled", "equal", "file")
"""What no expert may be called: rows of the answer beside theirs."""

_MOST_ROWS: Final = 20_000


@dataclass(frozen=True, kw_only=True)
class Seed:
    """A question whose answer is or will be known.

    Parameters
    ----------
    id, question, unit : str
    scale : {"linear", "log"}
    value : float
        nan while it is not known.
    resolved : str
        When it became known; empty before.
    source, url : str
    """

    id: str
    question: str
    unit: str
    scale: str
    value: float
    resolved: str
    source: str
    url: str


@dataclass(frozen=True, kw_only=True)
class PanelRow:
    """One answer of one expert.

    Parameters
    ----------
    expert : str
    round : int
        The highest of an expert and a target counts.
    target : str
        Path of a range in the model file, or ``seeds.`` and the id of a question.
    p5, p50, p95 : float
        Percentiles; of a weight those of its size, whatever its sign. ``p50`` may be nan.
    confidence, why, source, date : str
    line : int
    """

    expert: str
    round: int
    target: str
    p5: float
    p50: float
    p95: float
    confidence: str = ""
    why: str = ""
    source: str = ""
    date: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a panel answered.

    Parameters
    ----------
    rows : tuple of PanelRow
        Of every round, in the order of the file.
    seeds : tuple of Seed
    notes : tuple of FileProblem
        What was assumed of tables that are written in another way than the library writes them.

    Examples
    --------
    >>> wr.Answers(rows=()).experts
    ()
    """

    rows: tuple[PanelRow, ...]
    seeds: tuple[Seed, ...] = ()
    notes: tuple[FileProblem, ...] = ()

    @property
    def experts(self) -> tuple[str, ...]:
        """The experts in the order in which the file names them."""
        return tuple(dict.fromkeys(row.expert for row in self.rows))

    @property
    def digest(self) -> str:
        """SHA-256 of all answers and questions."""
        content = [
            [dataclasses.astuple(row) for row in self.rows],
            [dataclasses.astuple(seed) for seed in self.seeds],
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def latest(self) -> dict[tuple[str, str], PanelRow]:
        """Return the answer of the last round, by expert and target."""
        found: dict[tuple[str, str], PanelRow] = {}
        for row in sorted(self.rows, key=lambda row: row.round):
            found[row.expert, row.target] = row
        return found


_NO_SEEDS: Final = Read[Seed](())


class _Reader(TableReader):
    """Reads one row of either table."""

    def number(self, column: str) -> float:
        """Return a number; nan where the cell is empty or at fault."""
        text = self.row[column].replace("−", "-")
        if not text:
            return math.nan
        try:
            value = written_number(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.refuse(column, f"{quoted(text)} is not a number; write digits, such as 0.25")
            return math.nan
        return value

    def needed(self, column: str) -> str:
        """Return the text of a cell that must have one."""
        text = self.row[column]
        if not text or len(text) > LONGEST_NAME:
            what = "is empty" if not text else f"has more than {LONGEST_NAME} characters"
            self.refuse(column, f"{column} {what}")
        return text

    def date(self, column: str) -> str:
        """Return a date as it is written; empty where none is given."""
        text = self.row[column]
        if text:
            try:
                Day.parse(text)
            except ValueError as error:
                self.refuse(column, str(error))
        return text


def parse_seeds(text: str, file: str) -> Read[Seed]:
    """Read a table of seed questions.

    Parameters
    ----------
    text : str
        CSV with the header `SEED_COLUMNS`.
    file : str
        Its name in messages.

    Raises
    ------
    ModelFileError
        With every fault of every row.
    """
    reader = _Reader(file, SEED_COLUMNS, _OPTIONAL_OF_SEEDS, {"value"})
    seeds = dict[str, Seed]()
    _check_characters(text, file)
    for row in reader.rows(text):
        before = len(reader.problems)
        name, value = reader.needed("id"), reader.number("value")
        if name in seeds:
            reader.refuse("id", f"duplicate id {quoted(name)}; give every question one of its own")
        if row["scale"] not in ("linear", "log"):
            reader.refuse("scale", f"{quoted(row['scale'])} is not a scale; write linear or log")
        if row["scale"] == "log" and value <= 0:
            reader.refuse("value", f"{value:g} has no logarithm; write scale linear")
        resolved = reader.date("resolved")
        if math.isnan(value) == bool(resolved) and len(reader.problems) == before:
            reader.refuse(
                "resolved", "a value and the date it became known go together; write both or none"
            )
        if not math.isnan(value) and not row["source"]:
            reader.refuse("source", "is empty; every figure names its source")
        if len(reader.problems) == before:
            seeds[name] = Seed(
                id=name,
                question=row["question"],
                unit=row["unit"],
                scale=row["scale"],
                value=value,
                resolved=resolved,
                source=row["source"],
                url=row["url"],
            )
    if reader.problems:
        raise ModelFileError(reader.problems)
    return Read(tuple(seeds.values()), tuple(reader.notes))


def parse_panel(text: str, file: str, spec: ModelSpec, seeds: Read[Seed] = _NO_SEEDS) -> Answers:
    """Read a table of answers against its model.

    Parameters
    ----------
    text : str
        CSV with the header `PANEL_COLUMNS`.
    file : str
        Its name in messages.
    spec : ModelSpec
    seeds : Read of Seed, optional
        As `parse_seeds` returns them.

    Raises
    ------
    ModelFileError
        With every fault of every row.
    """
    reader, rows = (
        _Reader(file, PANEL_COLUMNS, OPTIONAL_PANEL_COLUMNS, {"p5", "p50", "p95"}),
        list[PanelRow](),
    )
    _check_characters(text, file)
    known, questions = ranges(spec), {SEED + seed.id: seed for seed in seeds.rows}
    lines: dict[tuple[str, int, str], int] = {}
    spellings: dict[str, str] = {}
    for row in reader.rows(text):
        if len(rows) >= _MOST_ROWS:
            reader.refuse("", f"more than {_MOST_ROWS:,} rows; at most so many are read")
            break
        before = len(reader.problems)
        expert, target, number = reader.needed("expert"), row["target"], _round(reader)
        if expert in RESERVED:
            reader.refuse(
                "expert", f"{quoted(expert)} is the name of a row of the answer; write another"
            )
        if target not in known and target not in questions:
            near = did_you_mean(target, [*known, *questions])
            reader.refuse("target", f"{quoted(target)} is neither a range nor a seed; {near}")
            continue
        ends = _ends(reader, spec, target, known.get(target), questions.get(target))
        date = reader.date("date")
        alike = spellings.setdefault(expert.casefold(), expert)
        if alike != expert:
            reader.refuse(
                "expert", f"{quoted(expert)} is {quoted(alike)} elsewhere; write one person alike"
            )
        if (expert, number, target) in lines:
            first = lines[expert, number, target]
            reader.refuse(
                "target", f"{quoted(expert)} answered this in round {number} in line {first}, too"
            )
        lines[expert, number, target] = reader.line
        if ends is None or len(reader.problems) > before:
            continue
        rows.append(
            PanelRow(
                expert=expert,
                round=number,
                target=target,
                p5=ends[0],
                p50=ends[1],
                p95=ends[2],
                confidence=row["confidence"],
                why=row["why"],
                source=row["source"],
                date=date,
                line=reader.line,
            )
        )
    if not rows and not reader.problems:
        reader.refuse("", "no answers; a panel has at least one row")
    if reader.problems:
        raise ModelFileError(reader.problems)
    return Answers(rows=tuple(rows), seeds=seeds.rows, notes=(*seeds.notes, *reader.notes))


def _check_characters(text: str, file: str) -> None:
    if (fault := unseen_character(text, file)) is not None:
        raise ModelFileError([fault])


def _round(reader: _Reader) -> int:
    """Return the round of an answer; the first where none is given."""
    text = reader.row["round"] or "1"
    if not text.isdecimal() or not 1 <= int(text) <= MOST_ROUNDS:
        reader.refuse("round", f"{quoted(text)} is not a round; write 1, 2 and so on")
        return 1
    return int(text)


def _ends(
    reader: _Reader, spec: ModelSpec, target: str, given: Quantiles | None, seed: Seed | None
) -> tuple[float, float, float] | None:
    """Return the percentiles of an answer, of a weight those of its size; None where at fault."""
    word, sign = reader.row["word"], 1 if given is None else sign_of(spec, target)
    stated = [column for column in ("p5", "p50", "p95") if reader.row[column]]
    if word:
        return _of_word(reader, word, target, sign, stated)
    low, middle, high = (reader.number(column) for column in ("p5", "p50", "p95"))
    if any(not reader.row[column] for column in ("p5", "p95")):
        reader.refuse("p5", "p5 or p95 is empty; write both, or a word for a weight")
        return None
    if seed is not None and "p50" not in stated:
        reader.refuse("p50", "is empty; a seed question needs all three percentiles")
        return None
    if math.isnan(low) or math.isnan(high) or ("p50" in stated and math.isnan(middle)):
        return None
    if target.startswith("edges."):
        if sign < 0:
            # What the file says of a negative weight is -0.8 to -0.3; its size is 0.3 to 0.8.
            low, middle, high = -high, -middle, -low
        if low <= 0:
            reader.refuse(
                "p5",
                f"the file asserts that this weight is {'positive' if sign > 0 else 'negative'}, "
                "and all of the range must be; an expert who doubts the sign needs another edge",
            )
            return None
    values = [value for value in (low, middle, high) if not math.isnan(value)]
    if any(a >= b for a, b in pairwise(values)):
        reader.refuse("p5", "percentiles must rise from p5 over p50 to p95")
        return None
    if seed is not None and seed.scale == "log" and low <= 0:
        reader.refuse("p5", "the question is on a logarithmic scale; write numbers above 0")
        return None
    if given is not None:
        try:
            # What the model file may not say of a range an expert may not say either.
            type(given).model_validate({"p5": low, "p95": high})
        except ValidationError as error:
            reader.refuse("p5", str(error.errors()[0]["msg"]))
            return None
    return low, middle, high


def _of_word(
    reader: _Reader, word: str, target: str, sign: int, stated: Sequence[str]
) -> tuple[float, float, float] | None:
    """Return the percentiles of the size that a word stands for."""
    if stated:
        reader.refuse("word", "write percentiles or a word, not both")
        return None
    given = 1 if word[:1] == "+" else -1 if word[:1] in ("-", "−") else 0
    name: Mapping[str, tuple[float, float]] = WEIGHT_WORDS
    if not target.startswith("edges.") or not given or word[1:] not in name:
        valid = ", ".join(f"+{key}" for key in name)
        reader.refuse(
            "word",
            f"{quoted(word)} is not a word for it; only weights have words: {valid} or with -",
        )
        return None
    if given != sign:
        asserted = "+" if sign > 0 else "-"
        reader.refuse("word", f"the file asserts {asserted} here; write {asserted}{word[1:]}")
        return None
    low, high = name[word[1:]]
    return low, math.nan, high
