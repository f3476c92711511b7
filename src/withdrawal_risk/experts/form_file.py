"""Forms that an expert fills in, as a spreadsheet or as comma-separated values.

A form has a few lines about itself, a line of headings, and a line a question. The last two columns
are for the machine: what the question is about, and how its numbers are read.
"""

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

from withdrawal_risk.characters import forbidden, quoted
from withdrawal_risk.errors import ArgumentError, FileProblem, ModelFileError
from withdrawal_risk.files import UnreadableFile, check_target, read_bytes, write_bytes
from withdrawal_risk.language import LANGUAGES

__all__ = [
    "ABOUT",
    "FilledForm",
    "Form",
    "FormAnswer",
    "FormQuestion",
    "check_form",
    "read_form",
    "write_form",
]

ABOUT: Final = ("expert", "date", "round", "model")
"""What the lines at the top say."""

_ANSWERS: Final = ("low", "middle", "high", "confidence", "why", "source")
"""The columns that an expert fills in, before the two for the machine."""

_KEYS: Final = ("target", "read_as")

READINGS: Final = ("number", "positive", "above_one", "negative", "percent")
"""How numbers are read: as they are, above 0, above 1, as the size of a negative weight, as per
cent."""

_MOST_BYTES: Final = 4 * 1024**2
_MOST_UNFOLDED: Final = 64 * 1024**2
_MOST_LINES: Final = 5000
_MOST_ROUNDS: Final = 1000
_LONGEST_NAME: Final = 100
_FORMULA: Final = ("=", "+", "-", "@", "\t")
"""What spreadsheets take for the beginning of a formula."""
_WIDTHS: Final = {"number": 22, "question": 64, "unit": 22, "now": 24, "why": 40, "source": 28}
_NARROW: Final = 12
_LINE: Final = 110
"""Characters of a line of text across the columns that are joined for it."""
_QUOTED: Final = re.compile(r'"[^"]*"|\\.')
"""What a number's format shows as it stands: a sign of per cent in it multiplies nothing."""
_THOUSANDS: Final = re.compile(r"(?<=\d)\s(?=\d{3}(?!\d))|\s+(?=%$)")
"""Blanks between thousands, and before the sign of per cent."""
_EITHER: Final = re.compile(r"[1-9]\d{0,2}([.,])\d{3}(\1\d{3})*")
"""Thousands with separators, or a decimal number: 1.250, 1,250."""


@dataclass(frozen=True, kw_only=True)
class FormQuestion:
    """A question of a form.

    Parameters
    ----------
    question, unit : str
    now : str
        The range of the file, for those who may see it; else empty.
    target : str
        Path of a range in the model file, or a seed.
    read_as : str
        One of `READINGS`.
    """

    question: str
    unit: str
    now: str
    target: str
    read_as: str


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form as it is handed out.

    Parameters
    ----------
    title : str
    lines : sequence of str
        What to do, a sentence each.
    about : mapping of str to str
        Of each of `ABOUT`: what is filled in already.
    labels : mapping of str to str
        Headings of `ABOUT`, and of the columns ``number``, ``question``, ``unit``, ``now`` and of
        the answers.
    questions : sequence of FormQuestion
    right_to_left : bool
    """

    title: str
    lines: Sequence[str]
    about: Mapping[str, str]
    labels: Mapping[str, str]
    questions: Sequence[FormQuestion]
    right_to_left: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in their order."""
        shown = ("now",) if any(item.now for item in self.questions) else ()
        return ("number", "question", "unit", *shown, *_ANSWERS, *_KEYS)

    def table(self) -> list[list[str]]:
        """Return the cells of the form, line by line."""
        columns = self.columns
        width = len(columns)

        def line(*cells: str, key: str = "") -> list[str]:
            return [*cells, *[""] * (width - 1 - len(cells)), key]

        rows = [line(self.title), *(line(text) for text in self.lines)]
        rows += [line(self.labels[key], self.about.get(key, ""), key=key) for key in ABOUT]
        rows.append(line())
        rows.append([self.labels.get(column, column) for column in columns])
        for number, item in enumerate(self.questions, start=1):
            filled = {
                "number": str(number),
                "question": item.question,
                "unit": item.unit,
                "now": item.now,
                "target": item.target,
                "read_as": item.read_as,
            }
            rows.append([filled.get(column, "") for column in columns])
        return rows


def check_form(path: Path) -> None:
    """Refuse a place where no form can be written.

    Raises
    ------
    WithdrawalRiskError
    """
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise ArgumentError(f"{path.name} is neither .xlsx nor .csv; name one of the two")
    check_target(path)


def write_form(form: Form, path: Path) -> None:
    """Write a form, as a spreadsheet or as comma-separated values by its name.

    Raises
    ------
    WithdrawalRiskError
        If the name is neither, or it cannot be written.
    """
    check_form(path)
    if path.suffix.lower() == ".csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(
            [_safe(cell) for cell in row] for row in form.table()
        )
        # A mark at the beginning tells spreadsheets that this is UTF-8.
        write_bytes(path, b"\xef\xbb\xbf" + text.getvalue().encode())
    else:
        write_bytes(path, _spreadsheet(form))


def _safe(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    return f"'{cell}" if cell[:1] in _FORMULA and not _is_number(cell) else cell


def _unsafe(cell: str) -> str:
    """Return the cell of which `_safe` made another."""
    return cell[1:] if cell[:1] == "'" and _safe(cell[1:]) == cell else cell


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _spreadsheet(form: Form) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = "form"
    sheet.sheet_view.rightToLeft = form.right_to_left
    table, columns = form.table(), form.columns
    header = len(table) - len(form.questions)
    side = "right" if form.right_to_left else "left"
    answer = PatternFill("solid", fgColor="FFF6DC")
    for r, row in enumerate(table, start=1):
        for c, cell in enumerate(row, start=1):
            place = sheet.cell(row=r, column=c)
            # As text, so that nothing is taken for a formula.
            place.value, place.data_type = cell or None, "s" if cell else "n"
            place.alignment = Alignment(wrap_text=True, vertical="top", horizontal=side)
            if r > header and columns[c - 1] in _ANSWERS:
                place.fill = answer
                place.data_type = "n"
            if r == header or (r == 1 and c == 1):
                place.font = Font(bold=True, size=14 if r == 1 else 11)
    first = len(table) - len(form.questions) - len(ABOUT) - 1
    for offset in range(len(ABOUT) - 1):
        sheet.cell(row=first + offset, column=2).fill = answer
    # What to do stands above the table, across its first columns.
    for r in range(1, first):
        sheet.merge_cells(start_row=r, start_column=1, end_row=r, end_column=6)
        sheet.row_dimensions[r].height = 20 * -(-len(table[r - 1][0]) // _LINE)
    for c, column in enumerate(columns, start=1):
        letter = get_column_letter(c)
        sheet.column_dimensions[letter].width = _WIDTHS.get(column, _NARROW)
        sheet.column_dimensions[letter].hidden = column in _KEYS
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{header}:{header}"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


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
        # With a further digit no number of a cell looks like thousands.
        return repr(int(value)) if value.is_integer() else f"{value!r}0"
    return str(value)


class _Reader:
    """Reads the cells of one form and gathers what is wrong."""

    def __init__(self, file: str, rows: list[list[str]]) -> None:
        self.file, self.rows = file, rows
        self.problems: list[FileProblem] = []

    def refuse(self, row: int, column: int, name: str, message: str) -> None:
        """Note a fault by row and column, and by the name that spreadsheets give the cell."""
        if self.file.lower().endswith(".xlsx"):
            letters, rest = "", column
            while rest >= 0:
                letters, rest = chr(ord("A") + rest % 26) + letters, rest // 26 - 1
            name = f"{name} ({letters}{row + 1})" if name else f"{letters}{row + 1}"
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
            for name in ("number", "question", "unit", "now", *_ANSWERS)
        }
        for k, name in enumerate(_ANSWERS):
            place = last - 1 - len(_ANSWERS) + k
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
        place = {name: last - 1 - len(_ANSWERS) + k for k, name in enumerate(_ANSWERS)}
        given = {name: cells[place[name]] for name in _ANSWERS}
        if not any(given[name] for name in ("low", "middle", "high")):
            if given["confidence"] or given["why"]:
                self.refuse(r, place["low"], "low", "the line has words and no numbers; write some")
            return None
        target, read_as = cells[last - 1], cells[last]
        if not target or read_as not in READINGS:
            message = "the last two columns are gone; fill in the form as sent"
            self.refuse(r, last - 1, "target", message)
            return None
        before = len(self.problems)
        for name in _ANSWERS:
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
        if _EITHER.fullmatch(plain):
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
            value = math.nan if "_" in plain else float(plain)
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
    return f"has more than {_LONGEST_NAME} characters" if len(name) > _LONGEST_NAME else ""


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
    sound = not text or (text.isdecimal() and 1 <= int(text) <= _MOST_ROUNDS)
    return "" if sound else f"{quoted(text)} is not a round; write 1, 2 and so on"


def _last(row: Sequence[str]) -> int:
    """Return the position of the last cell that is not empty."""
    return max((c for c, cell in enumerate(row) if cell.strip()), default=0)


def _ends_in_keys(row: Sequence[str]) -> bool:
    last = _last(row)
    return last >= 1 and tuple(cell.strip() for cell in row[last - 1 : last + 1]) == _KEYS
