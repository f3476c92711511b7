"""Forms that are handed out, as a spreadsheet or as comma-separated values.

A form has a few lines about itself, a line of headings, and a line a question. The last two columns
are for the machine: what the question is about, and how its numbers are read.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.files import check_target, csv_bytes, safe_cell, write_bytes

__all__ = [
    "ABOUT",
    "ANSWERS",
    "KEYS",
    "READINGS",
    "Form",
    "FormQuestion",
    "check_form",
    "write_form",
]

ABOUT: Final = ("expert", "date", "round", "model")
"""What the lines at the top say."""

ANSWERS: Final = ("low", "middle", "high", "confidence", "why", "source")
"""The columns that an expert fills in, before the two for the machine."""

KEYS: Final = ("target", "read_as")

READINGS: Final = ("number", "positive", "above_one", "negative", "percent")
"""How numbers are read: as they are, above 0, above 1, as the size of a negative weight, as per
cent."""

_WIDTHS: Final = {"number": 22, "question": 64, "unit": 22, "now": 24, "why": 40, "source": 28}
_NARROW: Final = 12
_LINE: Final = 110
"""Characters of a line of text across the columns that are joined for it."""


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
        return ("number", "question", "unit", *shown, *ANSWERS, *KEYS)

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
        content = csv_bytes([safe_cell(cell) for cell in row] for row in form.table())
        # A mark at the beginning tells spreadsheets that this is UTF-8.
        write_bytes(path, b"\xef\xbb\xbf" + content)
    else:
        write_bytes(path, _spreadsheet(form))


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
            if r > header and columns[c - 1] in ANSWERS:
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
        sheet.column_dimensions[letter].hidden = column in KEYS
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{header}:{header}"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
