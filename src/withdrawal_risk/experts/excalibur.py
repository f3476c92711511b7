"""The text files of EXCALIBUR, the program of Cooke's classical model: assessments and answers."""

from __future__ import annotations

import codecs
import math
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final, NoReturn

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.characters import forbidden, quoted
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.files import UnreadableFile, path_of, read_bytes

__all__ = ["Excalibur", "Question", "read_excalibur"]

Array = NDArray[np.float64]

_MOST_BYTES: Final = 16 * 2**20

_LONGEST_LINE: Final = 5000
"""Characters, since the time that a line takes may rise faster than its length."""

_MOST: Final = 1000
"""Experts, and questions."""

_MISSING: Final = (-1000.0, -990.0)
"""Between which, both included, a number stands for none."""

_SCALES: Final = {"uni": "linear", "log": "log"}

_HEADER: Final = re.compile(r".*?NQ=\s*([0-9]+)\s+QU=\s*(\S.*)", re.IGNORECASE)

_NUMBER: Final = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"

# A name is held short, and with it the time that a long line takes.
_NAME: Final = r"(?P<name>\S.{0,59}?)"

_TEXT: Final = r"(?:\s+(?P<text>.*))?"

_VALUES: Final = rf"(?P<scale>uni|log)\s+(?P<values>{_NUMBER}(?:\s+{_NUMBER})*){_TEXT}"

_IN_COLUMNS: Final = re.compile(
    r"(?=.{4}[0-9] .{8} .{3}[0-9] .{14}\s)"
    r"(?P<expert>.{5})(?P<who>.{9})(?P<question>.{5})(?P<name>.{15})\s+" + _VALUES,
    re.IGNORECASE,
)
"""A line as the program writes it; names may hold blanks."""

_SHIFTED: Final = re.compile(
    r"\s*(?P<expert>[0-9]+)\s+(?P<who>\S+)\s+(?P<question>[0-9]+)\s+" + rf"{_NAME}\s+{_VALUES}",
    re.IGNORECASE,
)
"""A line with other columns; the name of an expert holds no blanks."""

_REALISATION: Final = re.compile(
    rf"\s*(?P<question>[0-9]+)\s+{_NAME}\s+(?P<values>{_NUMBER})\s+(?P<scale>uni|log){_TEXT}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Question:
    """A question that experts were asked.

    Parameters
    ----------
    name : str
    scale : str
        ``"linear"`` or ``"log"``.
    text : str
        In full; empty where the files have none.

    Examples
    --------
    >>> from withdrawal_risk.experts.excalibur import Question
    >>> Question("rain", "linear", "millimetres in May").scale
    'linear'
    """

    name: str
    scale: str
    text: str


@dataclass(frozen=True, eq=False)
class Excalibur:
    """What two files of EXCALIBUR say.

    Parameters
    ----------
    experts : tuple of str
    questions : tuple of Question
    probabilities : tuple of float
        Of the quantiles, rising.
    assessments : ndarray, shape (expert, question, quantile)
        In the unit of the question; nan where an expert gave no answer.
    realisations : ndarray, shape (question,)
        True values; nan where it is not known.

    Examples
    --------
    >>> from withdrawal_risk.experts.excalibur import read_excalibur
    >>> _ = (folder / "rain.dtt").write_text('''* CLASS ASCII OUTPUT FILE. NQ=   2   QU=   5  95
    ...     1     Anna    1           rain UNI  1.00000E+0001  9.00000E+0001   millimetres in May
    ... ''')
    >>> read_excalibur(folder / "rain.dtt").probabilities
    (0.05, 0.95)
    """

    experts: tuple[str, ...]
    questions: tuple[Question, ...]
    probabilities: tuple[float, ...]
    assessments: Array
    realisations: Array


class _File:
    """The lines of a file, and where in it a fault is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = _text(path).split("\n")

    def numbered(self) -> Iterator[tuple[int, str]]:
        """Yield numbers, from 1, and lines that are not empty."""
        for number, line in enumerate(self.lines, start=1):
            if len(line) > _LONGEST_LINE:
                self.refuse(
                    number, f"the line has {len(line)} characters; at most {_LONGEST_LINE} are read"
                )
            if line.strip():
                yield number, line.rstrip()

    def refuse(self, line: int, message: str) -> NoReturn:
        raise ArgumentError(f"{self.path}:{line}: {message}")

    def numbers(self, line: int, words: list[str], scale: str) -> list[float]:
        """Return numbers of a line, nan for those that stand for none."""
        values, text = [float(word) for word in words], " ".join(words)
        missing = [_MISSING[0] <= value <= _MISSING[1] for value in values]
        if any(missing):
            if not all(missing):
                self.refuse(
                    line,
                    f"{text}: numbers from {_MISSING[0]:g} to {_MISSING[1]:g} stand for "
                    "none, and here stand beside others; write all of them or none",
                )
            return [math.nan] * len(values)
        if not all(map(math.isfinite, values)):
            self.refuse(line, f"{text} holds a number that is too large")
        if any(later <= earlier for earlier, later in pairwise(values)):
            self.refuse(line, f"the quantiles {text} do not rise")
        if scale == "log" and values[0] <= 0:
            self.refuse(line, f"{values[0]:g} has no logarithm; values on a log scale are above 0")
        return values


def _text(path: Path) -> str:
    """Return the text of a file, in UTF-8 or as Windows wrote it.

    Raises
    ------
    ArgumentError
    """
    try:
        content = read_bytes(path, most=_MOST_BYTES)
    except UnreadableFile as error:
        raise ArgumentError(str(error)) from None
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ArgumentError(f"{path}:1: this is UTF-16; save it as UTF-8")
    # Old programs end a file with this byte.
    content = content.removesuffix(b"\x1a")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise ArgumentError(
                f"{path}:{line}: byte 0x{content[error.start]:02x} is neither UTF-8 nor "
                "Windows-1252; save the file as UTF-8"
            ) from None
    text = text.replace("\r\n", "\n")
    if (unseen := forbidden(text)) is not None:
        line = text.count("\n", 0, unseen.position) + 1
        raise ArgumentError(f"{path}:{line}: the character {unseen.name} is not shown; remove it")
    return text


def _probabilities(file: _File) -> tuple[int, tuple[float, ...]]:
    """Return the number of the first line and the probabilities of the quantiles in it."""
    number, line = next(file.numbered(), (1, ""))
    match = _HEADER.fullmatch(line)
    if match is None:
        file.refuse(
            number,
            f"{quoted(line)} is no first line of EXCALIBUR's; it must be such as "
            "'* CLASS ASCII OUTPUT FILE. NQ=   3   QU=   5  50  95'",
        )
    words = match[2].split()
    if not all(re.fullmatch(_NUMBER, word) for word in words):
        file.refuse(number, f"QU={quoted(match[2])} are no percentages, such as 5 50 95")
    shares = tuple(float(word) / 100 for word in words)
    if len(shares) != int(match[1][:9]):
        file.refuse(number, f"NQ={match[1][:9]}, but {len(shares)} percentages stand after QU=")
    ends = (0.0, *shares, 1.0)
    if any(later <= earlier for earlier, later in pairwise(ends)):
        file.refuse(number, f"QU={quoted(match[2])} do not rise between 0 and 100")
    return number, shares


class _Names:
    """Names by their numbers in a file."""

    def __init__(self, file: _File, what: str) -> None:
        self.file, self.what = file, what
        self.by_number: dict[int, str] = {}

    def place(self, line: int, number: str, name: str) -> int:
        """Note a name, and return its number."""
        digits, name = number.strip()[:9], name.strip()
        key = int(digits) if re.fullmatch("[0-9]+", digits) else 0
        if not (1 <= key <= _MOST and name):
            self.file.refuse(
                line,
                f"{self.what} {quoted(name)} has the number {digits}; write a name, and a number "
                f"from 1 to {_MOST}",
            )
        known = self.by_number.setdefault(key, name)
        if known != name:
            self.file.refuse(
                line, f"{self.what} {key} is {quoted(name)} here, and {quoted(known)} before"
            )
        return key

    def ordered(self, line: int) -> dict[int, int]:
        """Return the place of every number, once all names are there."""
        seen: set[str] = set()
        for number, name in self.by_number.items():
            if name in seen:
                self.file.refuse(
                    line, f"{self.what} {number} is named {quoted(name)}, as another is"
                )
            seen.add(name)
        return {number: place for place, number in enumerate(sorted(self.by_number))}


@dataclass
class _Answers:
    """What a file of assessments says so far; questions and experts by their numbers."""

    file: _File
    probabilities: tuple[float, ...]
    quantiles: dict[tuple[int, int], list[float]] = field(default_factory=dict)
    scales: dict[int, str] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.experts, self.questions = _Names(self.file, "expert"), _Names(self.file, "question")

    def add(self, line: int, words: str) -> None:
        """Note what a line says."""
        match = _IN_COLUMNS.fullmatch(words) or _SHIFTED.fullmatch(words)
        if match is None:
            self.file.refuse(
                line,
                f"{quoted(words.strip())} is no assessment: write number and name of the expert, "
                "number and name of the question, UNI or LOG, and the quantiles",
            )
        expert = self.experts.place(line, match["expert"], match["who"])
        question = self.questions.place(line, match["question"], match["name"])
        scale = _SCALES[match["scale"].casefold()]
        if self.scales.setdefault(question, scale) != scale:
            self.file.refuse(line, f"question {question} is on another scale than before")
        count = len(self.probabilities)
        # The text may begin with a number itself.
        values = match["values"].split(maxsplit=count)
        if len(values) < count:
            quantiles = f"{len(values)} quantile{'' if len(values) == 1 else 's'}"
            self.file.refuse(
                line, f"{quantiles} where the file has {count} percentages: {match['values']}"
            )
        if (expert, question) in self.quantiles:
            self.file.refuse(line, f"expert {expert} has answered question {question} before")
        self.quantiles[expert, question] = self.file.numbers(line, values[:count], scale)
        self.note(question, " ".join([*values[count:], match["text"] or ""]))

    def note(self, question: int, text: str) -> None:
        """Note the text of a question, of which the first counts."""
        if text.strip():
            self.texts.setdefault(question, text.strip())


def _true_values(path: Path, read: _Answers) -> Iterator[tuple[int, float]]:
    """Yield number of the question and true value of every line, and note its text."""
    file = _File(path)
    numbers = {name: number for number, name in read.questions.by_number.items()}
    seen: set[int] = set()
    for line, words in file.numbered():
        match = _REALISATION.fullmatch(words)
        if match is None:
            file.refuse(
                line,
                f"{quoted(words.strip())} is no true value: write number and name of the question, "
                "the value, and UNI or LOG",
            )
        name, scale = match["name"], _SCALES[match["scale"].casefold()]
        if name not in numbers:
            file.refuse(line, f"no question is named {quoted(name)}; {did_you_mean(name, numbers)}")
        question = numbers[name]
        if question in seen:
            file.refuse(line, f"question {quoted(name)} has a true value before")
        seen.add(question)
        if scale != read.scales[question]:
            file.refuse(line, f"question {quoted(name)} is on another scale in the assessments")
        (value,) = file.numbers(line, [match["values"]], scale)
        read.note(question, match["text"] or "")
        yield question, value


def read_excalibur(
    assessments: str | os.PathLike[str], realisations: str | os.PathLike[str] | None = None
) -> Excalibur:
    """Read the text files of EXCALIBUR, ``.dtt`` with assessments and ``.rls`` with true values.

    A line of the first holds number and name of an expert, number and name of a question, its scale
    (UNI or LOG), the quantiles and sometimes the text of the question; one of the second number and
    name of a question, the true value, the scale and the text. Questions are matched by name.
    Columns may be shifted; then names of experts hold no blanks. Numbers from -1000 to -990 stand
    for none, as the program writes -999.5 for it and others -995 or -999.6; they must be all the
    quantiles of an answer. An answer without a line is missing too. Text is UTF-8 or Windows-1252.

    Parameters
    ----------
    assessments : path
    realisations : path, optional
        If not given, no true value is known.

    Raises
    ------
    ArgumentError
        With file and line of the first fault.

    Examples
    --------
    >>> from withdrawal_risk.experts.excalibur import read_excalibur
    >>> _ = (folder / "rain.dtt").write_text('''* CLASS ASCII OUTPUT FILE. NQ=   2   QU=   5  95
    ...     1     Anna    1           rain UNI  1.00000E+0001  9.00000E+0001   millimetres in May
    ...     2     Omar    1           rain UNI -9.99500E+0002 -9.99500E+0002
    ... ''')
    >>> _ = (folder / "rain.rls").write_text("    1           rain  4.20000E+0001 UNI")
    >>> panel = read_excalibur(folder / "rain.dtt", folder / "rain.rls")
    >>> panel.experts, panel.assessments.tolist(), panel.realisations.tolist()
    (('Anna', 'Omar'), [[[10.0, 90.0]], [[nan, nan]]], [42.0])
    """
    file = _File(path_of(assessments, "assessments"))
    first, probabilities = _probabilities(file)
    read = _Answers(file, probabilities)
    line = first
    for line, words in file.numbered():
        if line > first:
            read.add(line, words)
    if not read.quantiles:
        file.refuse(line, "no assessment follows the first line")
    rows, columns = read.experts.ordered(line), read.questions.ordered(line)
    table = np.full((len(rows), len(columns), len(probabilities)), np.nan)
    for (expert, question), quantiles in read.quantiles.items():
        table[rows[expert], columns[question]] = quantiles
    true = np.full(len(columns), np.nan)
    if realisations is not None:
        for question, value in _true_values(path_of(realisations, "realisations"), read):
            true[columns[question]] = value
    for array in (table, true):
        array.setflags(write=False)
    return Excalibur(
        experts=tuple(read.experts.by_number[number] for number in rows),
        questions=tuple(
            Question(
                read.questions.by_number[number], read.scales[number], read.texts.get(number, "")
            )
            for number in columns
        ),
        probabilities=probabilities,
        assessments=table,
        realisations=true,
    )
