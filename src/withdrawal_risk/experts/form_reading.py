"""Forms that came back: what was filled in, or every fault by row and column."""

from __future__ import annotations

import csv
import io
import math
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from withdrawal_risk.characters import forbidden, letters, quoted, written_number
from withdrawal_risk.elements.panel import LONGEST_NAME, MOST_ROUNDS
from withdrawal_risk.errors import FileProblem, ModelFileError
from withdrawal_risk.experts.form_file import ABOUT, ANSWERS, KEYS, READINGS
from withdrawal_risk.files import UnreadableFile, read_bytes, safe_cell
from withdrawal_risk.language import LANGUAGES

__all__ = ["FilledForm", "FormAnswer", "read_form"]

_MOST_BYTES: Final = 4 * 1024**2

_MOST_UNFOLDED: Final = 64 * 1024**2

_MOST_LINES: Final = 5000

_QUOTED: Final = re.compile(r'"[^"]*"|\\.')
"""What a number's format shows as it stands: a sign of per cent in it multiplies nothing."""

_THOUSANDS: Final = re.compile(r"(?<=\d)\s(?=\d{3}(?!\d))|\s+(?=%$)")
"""Blanks between thousands, and before the sign of per cent."""

_EITHER: Final = re.compile(r"[1-9]\d{0,2}([.,])\d{3}(\1\d{3})*")
"""Thousands with separators, or a decimal number: 1.250, 1,250."""


@dataclass(frozen=True, kw_only=True)
class FormAnswer:
    """A line that an expert filled in, in the unit of the range it is about.

    Parameters
    ----------
    target : str
    low, middle, high : float
        ``middle`` is nan where it was left empty.
    confidence, why, source : str
    """

    target: str
    low: float
    middle: float
    high: float
    confidence: str
    why: str
    source: str


@dataclass(frozen=True, kw_only=True)
class FilledForm:
    """A form that came back.

    Parameters
    ----------
    about : mapping of str to str
        By each of `ABOUT`.
    answers : tuple of FormAnswer
        Of the lines that were filled in.
    """

    about: Mapping[str, str]
    answers: tuple[FormAnswer, ...]


def read_form(path: Path) -> FilledForm:
    """Read a form that came back.

    Raises
    ------
    ModelFileError
        With every fault by file, row and column.
    """
    reader = _Reader(str(path), _cells(path))
    found = reader.read()
    if reader.problems:
        raise ModelFileError(reader.problems)
    return found


def _cells(path: Path) -> list[list[str]]:
    """Return the cells of a form as text, line by line."""

    def refuse(message: str) -> ModelFileError:
        return ModelFileError([FileProblem(str(path), 1, 1, "", message)])

    try:
        data = read_bytes(path, most=_MOST_BYTES)
    except UnreadableFile as error:
        raise refuse(error.reason) from None
    if path.suffix.lower() == ".csv":
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise refuse("it is not UTF-8; save the form as CSV UTF-8, or as .xlsx") from None
        # Spreadsheets of many countries part columns by semicolons.
        head = text.split("\n", 1)[0]
        parted = ";" if head.count(";") > head.count(",") else ","
        try:
            # Lines may end as the expert's machine ends them.
            lines = csv.reader(io.StringIO(text, newline=None), delimiter=parted)
            return [[_unsafe(cell) for cell in line] for line in lines]
        except csv.Error as error:
            raise refuse(f"not valid CSV: {error}; save the form anew, or as .xlsx") from None
    if path.suffix.lower() != ".xlsx":
        raise refuse("a form is .xlsx or .csv; save it as one of the two")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(item.file_size for item in archive.infolist()) > _MOST_UNFOLDED:
                raise refuse("it unfolds to far more than a form; fill in the form that was sent")
        from openpyxl import load_workbook

        # Numbers of formulas as they were stored, and the formulas, where nothing was.
        books = [
            load_workbook(io.BytesIO(data), read_only=True, data_only=stored)
            for stored in (True, False)
        ]
        sheets = [_sheet(*pair) for pair in zip(*(b.worksheets for b in books), strict=True)]
        forms = [rows for rows in sheets if any(_ends_in_keys(row) for row in rows)]
        if len(forms) > 1:
            raise refuse("two of its sheets are forms; keep the one that counts")
        return forms[0] if forms else sheets[0]
    except ModelFileError:
        raise
    except Exception as error:
        raise refuse(f"it is not a spreadsheet that can be read ({type(error).__name__})") from None


def _unsafe(cell: str) -> str:
    """Return the cell of which `safe_cell` made another."""
    return cell[1:] if cell[:1] == "'" and safe_cell(cell[1:]) == cell else cell


def _sheet(stored: Any, written: Any) -> list[list[str]]:
    """Return the cells of a sheet as text; a formula that was never worked out as it is written."""
    rows = []
    for row, formulas in zip(
        *(sheet.iter_rows(max_row=_MOST_LINES, max_col=40) for sheet in (stored, written)),
        strict=False,
    ):
        rows.append(
            [
                _text(cell) if cell.value is not None else _text(formula)
                for cell, formula in zip(row, formulas, strict=True)
            ]
        )
    return rows


def _text(cell: Any) -> str:
    """Return a cell as text, as it is shown: a date as in tables, 0.3 shown as 30% in per cent."""
    value = cell.value
    if value is None:
        return ""
    if hasattr(value, "strftime"):
        return str(value.strftime("%Y-%m-%d"))
    if isinstance(value, int | float) and "%" in _QUOTED.sub("", str(cell.number_format)):
        return f"{100 * value:.15g}%"
    if isinstance(value, float):
        # With further digits no number of a cell looks like thousands.
        text = repr(int(value)) if value.is_integer() else repr(value)
        return f"{text}000" if "." in text and "e" not in text else text
    return str(value)


class _Reader:
    """Reads the cells of one form and gathers what is wrong."""

    def __init__(self, file: str, rows: list[list[str]]) -> None:
        self.file, self.rows = file, rows
        self.problems: list[FileProblem] = []

    def refuse(self, row: int, column: int, name: str, message: str) -> None:
        """Note a fault by row and column, and by the name that spreadsheets give the cell."""
        if self.file.lower().endswith(".xlsx"):
            cell = f"{letters(column).upper()}{row + 1}"
            name = f"{name} ({cell})" if name else cell
        self.problems.append(FileProblem(self.file, row + 1, column + 1, name, message))

    def read(self) -> FilledForm:
        """Return what was filled in."""
        header = next((r for r, row in enumerate(self.rows) if _ends_in_keys(row)), None)
        if header is None:
            self.refuse(
                0, 0, "", "this is no form: the line of headings is gone; fill in the form as sent"
            )
            return FilledForm(about={}, answers=())
        last = _last(self.rows[header])
        about = self.about(header)
        if not self.has_its_columns(header, last):
            return FilledForm(about=about, answers=())
        answers, targets = [], set[str]()
        for r, row in enumerate(self.rows[header + 1 :], start=header + 1):
            found = self.answer(r, row, last)
            if found is not None and found.target in targets:
                self.refuse(r, last - 1, "target", f"{quoted(found.target)} stands twice")
            if found is not None:
                targets.add(found.target)
                answers.append(found)
        return FilledForm(about=about, answers=tuple(answers))

    def has_its_columns(self, header: int, last: int) -> bool:
        """Refuse a form in which columns were added, taken away or moved."""
        known = {
            words.forms[name]: name
            for words in LANGUAGES.values()
            for name in ("number", "question", "unit", "now", *ANSWERS)
        }
        for k, name in enumerate(ANSWERS):
            place = last - 1 - len(ANSWERS) + k
            given = self.rows[header][place].strip() if place >= 0 else ""
            # A heading that somebody worded otherwise says nothing; one of another column does.
            if place < 0 or not given or known.get(given, name) != name:
                self.refuse(
                    header,
                    max(place, 0),
                    name,
                    f"this is not the column {name}: a column was added, taken away or moved; fill "
                    "in the form as sent",
                )
                return False
        return True

    def about(self, header: int) -> dict[str, str]:
        """Return what the lines above the headings say, by each of `ABOUT`."""
        about, places = dict.fromkeys(ABOUT, ""), dict.fromkeys(ABOUT, 0)
        for r, row in enumerate(self.rows[:header]):
            key = row[_last(row)].strip() if any(row) else ""
            if key in ABOUT:
                about[key], places[key] = row[1].strip() if len(row) > 1 else "", r
        faults = {
            "expert": _fault_of_name(about["expert"]),
            "date": _fault_of_date(about["date"]),
            "round": _fault_of_round(about["round"]),
        }
        for key, message in faults.items():
            if message:
                self.refuse(places[key], 1, key, message)
        if not faults["round"]:
            # Digits of any script are written alike.
            about["round"] = str(int(about["round"] or "1"))
        return about

    def answer(self, r: int, row: list[str], last: int) -> FormAnswer | None:
        """Return one answer; None where the line was left empty or is at fault."""
        cells = [cell.strip() for cell in [*row, *[""] * (last + 1)][: last + 1]]
        place = {name: last - 1 - len(ANSWERS) + k for k, name in enumerate(ANSWERS)}
        given = {name: cells[place[name]] for name in ANSWERS}
        if not any(given[name] for name in ("low", "middle", "high")):
            return None
        target, read_as = cells[last - 1], cells[last]
        if not target or read_as not in READINGS:
            message = "the last two columns are gone; fill in the form as sent"
            self.refuse(r, last - 1, "target", message)
            return None
        before = len(self.problems)
        for name in ANSWERS:
            if (unseen := forbidden(given[name])) is not None:
                self.refuse(r, place[name], name, f"the character {unseen.name}; remove it")
        for name in ("low", "high"):
            if not given[name]:
                self.refuse(
                    r, place[name], name, "is empty; write both ends, or leave out the line"
                )
        numbers = {
            name: self.number(r, place[name], name, given[name], read_as)
            for name in ("low", "middle", "high")
        }
        if len(self.problems) > before:
            return None
        low, middle, high = numbers["low"], numbers["middle"], numbers["high"]
        values = [value for value in (low, middle, high) if not math.isnan(value)]
        if values != sorted(set(values)):
            self.refuse(r, place["low"], "low", "must be below the middle, and that below the high")
            return None
        if read_as == "negative":
            # Experts write how far it falls; tables hold the weight with its sign.
            low, middle, high = -high, -middle, -low
        return FormAnswer(
            target=target,
            low=low,
            middle=middle,
            high=high,
            confidence=given["confidence"],
            why=given["why"],
            source=given["source"],
        )

    def number(self, r: int, c: int, name: str, text: str, read_as: str) -> float:
        """Return a number as people write it; nan where it is empty or at fault."""
        if not text:
            return math.nan
        plain = text.replace("−", "-").replace("٫", ".").replace("٪", "%")
        plain = _THOUSANDS.sub("", plain)
        if text.startswith("="):
            message = "holds a formula without a value; type the number"
            self.refuse(r, c, name, message)
            return math.nan
        # Shares and ratios are never in the thousands.
        if read_as not in ("percent", "above_one") and _EITHER.fullmatch(plain):
            both = plain.replace(",", ".")
            whole = re.sub(r"[.,]", "", plain)
            self.refuse(
                r,
                c,
                name,
                f"{quoted(text)}: is it {whole}, or {both} with decimals? Write {whole} or {both}0",
            )
            return math.nan
        if plain.endswith("%") and read_as == "percent":
            plain = plain[:-1]
        head, comma, tail = plain.rpartition(",")
        # What may be thousands was refused above, so one comma is a decimal one.
        if comma and "," not in head and "." not in plain:
            plain = f"{head}.{tail}"
        try:
            value = written_number(plain)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            hint = "; is it with a point or with thousands? write it without separators"
            parted = comma or "٬" in text or "،" in text
            what = f"{quoted(text)} is not a number{hint if parted else '; write digits'}"
            self.refuse(r, c, name, what)
            return math.nan
        if read_as == "percent":
            if not 0 < value < 100:
                self.refuse(r, c, name, f"{text} per cent; write a number between 0 and 100")
                return math.nan
            return value / 100
        bounds = {
            "negative": (0.0, "write how far it falls, as a number above 0, without a sign"),
            "positive": (0.0, "write a number above 0"),
            "above_one": (1.0, "write a number above 1; 1.3 is by three tenths"),
        }
        if read_as in bounds and value <= bounds[read_as][0]:
            self.refuse(r, c, name, f"{text}: {bounds[read_as][1]}")
            return math.nan
        return value


def _fault_of_name(name: str) -> str:
    """Say what is wrong with the name of an expert; nothing where it is sound."""
    if not name:
        return "is empty; write a name or a sign for it"
    if (unseen := forbidden(name)) is not None:
        return f"the character {unseen.name}; remove it"
    return f"has more than {LONGEST_NAME} characters" if len(name) > LONGEST_NAME else ""


def _fault_of_date(text: str) -> str:
    """Say what is wrong with a date, which may be empty."""
    try:
        # Other forms of the standard, such as 20240115, are no dates of a table.
        sound = not text or date.fromisoformat(text).isoformat() == text
    except ValueError:
        sound = False
    return "" if sound else f"{quoted(text)} is not a date; write YYYY-MM-DD"


def _fault_of_round(text: str) -> str:
    """Say what is wrong with the number of a round, which may be empty."""
    sound = not text or (text.isdecimal() and 1 <= int(text) <= MOST_ROUNDS)
    return "" if sound else f"{quoted(text)} is not a round; write 1, 2 and so on"


def _last(row: Sequence[str]) -> int:
    """Return the position of the last cell that is not empty."""
    return max((c for c, cell in enumerate(row) if cell.strip()), default=0)


def _ends_in_keys(row: Sequence[str]) -> bool:
    last = _last(row)
    return last >= 1 and tuple(cell.strip() for cell in row[last - 1 : last + 1]) == KEYS
