"""The answers of forms that came back, as the table of a panel."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from withdrawal_risk.arguments import true_or_false
from withdrawal_risk.errors import ArgumentError, FileProblem, ModelFileError
from withdrawal_risk.experts.form_reading import FilledForm, FormAnswer, read_form
from withdrawal_risk.files import check_target, csv_bytes, path_of, write_bytes
from withdrawal_risk.model.panel_file import OPTIONAL_PANEL_COLUMNS, PANEL_COLUMNS
from withdrawal_risk.model.table_file import TableReader
from withdrawal_risk.model.text_file import read_text

__all__ = ["collect"]


def collect(
    forms: Iterable[str | os.PathLike[str]] | str | os.PathLike[str],
    path: str | os.PathLike[str],
    *,
    replace: bool = False,
) -> int:
    """Read forms that came back, and write their answers into the table of a panel.

    Parameters
    ----------
    forms : iterable of str or os.PathLike
        The forms; of one expert and round there may be one.
    path : str or os.PathLike
        The table, such as ``panel.csv`` beside the model. One that is there is added to.
    replace : bool
        Whether a table that is there is written anew instead.

    Returns
    -------
    int
        How many answers the forms hold.

    Raises
    ------
    ModelFileError
        With every fault of every form by file, row and column, and with every answer that the
        table has already; then nothing is written.
    ArgumentError
        If no form is given, or the table would stand in the place of one.

    Examples
    --------
    >>> place = folder / "a.csv"
    >>> form = wr.ask(posterior.model, place, expert="Amal", targets=["factors.gaps.half_life"])
    >>> filled = place.read_text(encoding="utf-8").replace(",months,,,,", ",months,2,4,9,")
    >>> _ = place.write_text(filled, encoding="utf-8")
    >>> wr.collect([place], folder / "panel.csv")
    1
    """
    target, replace = path_of(path), true_or_false(replace, "replace")
    check_target(target)
    given = [forms] if isinstance(forms, str | os.PathLike) else list(forms)
    if not given:
        raise ArgumentError("no form is given; name the files that came back")
    if target.resolve() in [path_of(one, "forms").resolve() for one in given]:
        raise ArgumentError(f"{target} is one of the forms; name another place for the table")
    problems: list[FileProblem] = []
    read: dict[Path, FilledForm] = {}
    for one in given:
        place = path_of(one, "forms")
        with _gathered(problems):
            read[place] = read_form(place)
    before: list[dict[str, str]] = []
    if target.exists() and not replace:
        with _gathered(problems):
            before = _rows(target)
    problems += [*_of_one_kind(read), *_there_already(read, before, target)]
    if not problems and not any(form.answers for form in read.values()):
        problems.append(FileProblem(str(given[0]), 1, 1, "", "no line of it is filled in"))
    if problems:
        raise ModelFileError(problems)
    rows = [_line(form, answer) for form in read.values() for answer in form.answers]
    kept = [[row[column] for column in PANEL_COLUMNS] for row in before]
    write_bytes(target, csv_bytes([PANEL_COLUMNS, *kept, *rows]))
    return len(rows)


@contextmanager
def _gathered(problems: list[FileProblem]) -> Iterator[None]:
    """Add the faults of a file to those that were found."""
    try:
        yield
    except ModelFileError as error:
        problems += error.problems


def _of_one_kind(read: Mapping[Path, FilledForm]) -> Iterator[FileProblem]:
    """Refuse two forms of an expert in one round, and forms about several models."""
    asked: dict[tuple[str, str], Path] = {}
    models: dict[str, Path] = {}
    for place, form in read.items():
        who = form.about["expert"], form.about["round"]
        if who in asked:
            message = f"{who[0]} answered round {who[1]} in {asked[who]}, too; keep one of the two"
            yield FileProblem(str(place), 1, 1, "expert", message)
        asked[who] = place
        models.setdefault(form.about["model"], place)
    if len(models) > 1:
        (first, a), (second, b) = list(models.items())[:2]
        message = f"this form is about {second}, {a} about {first}; collect one model at a time"
        yield FileProblem(str(b), 1, 1, "model", message)


def _there_already(
    read: Mapping[Path, FilledForm], before: Sequence[Mapping[str, str]], target: Path
) -> Iterator[FileProblem]:
    """Refuse answers that a table has already."""
    there = {(row["expert"].casefold(), row["round"], row["target"]) for row in before}
    for place, form in read.items():
        who = form.about["expert"].casefold(), form.about["round"]
        twice = [item.target for item in form.answers if (*who, item.target) in there]
        if twice:
            message = (
                f"round {form.about['round']} of {form.about['expert']} stands in {target} already "
                f"({', '.join(twice[:3])}); give the form another round, or replace the table"
            )
            yield FileProblem(str(place), 1, 1, "round", message)


def _rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table that is there.

    Raises
    ------
    ModelFileError
        If it is not the table of a panel.
    """
    reader = TableReader(str(path), PANEL_COLUMNS, OPTIONAL_PANEL_COLUMNS)
    rows = [
        row | {"round": row["round"] or "1"} for row in reader.rows(read_text(path, str(path)).text)
    ]
    if reader.problems:
        raise ModelFileError(reader.problems)
    return rows


def _line(form: FilledForm, answer: FormAnswer) -> list[str]:
    """Return an answer as a line of the table."""
    low, middle, high = (
        "" if math.isnan(value) else f"{value:.15g}"
        for value in (answer.low, answer.middle, answer.high)
    )
    cells = {
        "expert": form.about["expert"],
        "round": form.about["round"],
        "target": answer.target,
        "p5": low,
        "p50": middle,
        "p95": high,
        "word": "",
        "confidence": answer.confidence,
        "why": answer.why,
        "source": answer.source,
        "date": form.about["date"],
    }
    return [cells[column] for column in PANEL_COLUMNS]
