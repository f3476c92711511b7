"""Rows of evidence out of an export that somebody downloaded."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from withdrawal_risk.arguments import chosen, month_of, name_of, names_of, number, true_or_false
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.timeline import Day, MonthLike
from withdrawal_risk.errors import ArgumentError, FileProblem, ModelFileError, did_you_mean
from withdrawal_risk.exchange.evidence_text import with_rows
from withdrawal_risk.exchange.mapping import Mapped, mapping_of, mapping_text, read_mapping
from withdrawal_risk.exchange.registry import read_export, source_of
from withdrawal_risk.exchange.series import (
    MEASURED,
    Request,
    Series,
    Source,
    Value,
    counted,
    written,
)
from withdrawal_risk.exchange.vintages import Comparison, Draft, compare, note_of, row_id
from withdrawal_risk.files import check_target, csv_bytes, path_of, read_bytes, write_bytes
from withdrawal_risk.model.evidence import COLUMNS, GRADE_FACTOR, EvidenceRow
from withdrawal_risk.model.evidence_file import parse_evidence, parse_history
from withdrawal_risk.model.file import MODEL_FILE, parse_spec
from withdrawal_risk.model.library import list_models, models_folder
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.model.table_file import Read
from withdrawal_risk.model.text_file import MAX_BYTES, decoded, read_text

__all__ = ["Imported", "import_evidence"]

Names = str | Sequence[str] | None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Imported:
    r"""What an export added to the evidence of a model.

    Parameters
    ----------
    added, revised, unchanged : tuple of str
        Ids of new rows, of new rows that revise another, and of rows that were there and say what
        the export says.
    rows : pandas.DataFrame
        The rows that were written, as text, by the columns of an evidence file.
    path : Path
        The evidence file.
    notes : tuple of str
        How the export was read, what was left out, and why.
    written : bool
        Whether the files were written: not in a dry run, nor where nothing is new.

    Examples
    --------
    >>> _ = (folder / "model.yaml").write_text(posterior.model.model_text, encoding="utf-8")
    >>> _ = (folder / "evidence.csv").write_text(posterior.model.evidence_text, encoding="utf-8")
    >>> export = folder / "GPR.csv"
    >>> _ = export.write_text("month,GPR\n2023-04-01,101.5\n")
    >>> got = wr.import_evidence(folder, "gpr", export, indicator="rate", dry_run=True)
    >>> got.rows.loc[0, ["id", "published", "value"]].tolist()
    ['rate_2023_04', 'rule:monthly_index', '101.5']
    """

    added: tuple[str, ...]
    revised: tuple[str, ...]
    unchanged: tuple[str, ...]
    rows: pd.DataFrame
    path: Path
    notes: tuple[str, ...]
    written: bool

    def sentence(self) -> str:
        """Say how many rows are new, revised and unchanged."""
        counts = (
            f"{counted(len(self.added), 'row')} added, {len(self.revised)} revised, "
            f"{len(self.unchanged)} unchanged"
        )
        return f"{self.path}: {counts}" + ("" if self.written else "; nothing was written")

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "path": str(self.path),
            "added": list(self.added),
            "revised": list(self.revised),
            "unchanged": list(self.unchanged),
            "rows": self.rows.to_dict(orient="records"),
            "notes": list(self.notes),
            "written": self.written,
        }

    def __repr__(self) -> str:
        return f"Imported({self.sentence()})"


def import_evidence(  # noqa: PLR0913
    model: str | os.PathLike[str],
    source: str,
    file: str | os.PathLike[str],
    *,
    indicator: str,
    country: Names = None,
    region: Names = None,
    actor: Names = None,
    kind: Names = None,
    event_type: Names = None,
    measure: str | None = None,
    series: str | None = None,
    mapping: Mapping[str, Any] | str | os.PathLike[str] | None = None,
    published: str | None = None,
    start: MonthLike | None = None,
    end: MonthLike | None = None,
    grade: str | None = None,
    scale: float = 1.0,
    history: bool = False,
    allow_none: bool = False,
    dry_run: bool = False,
) -> Imported:
    r"""Make rows of evidence out of an export, and add them to a model's evidence file.

    The rows that are there stay as they are. A value that is there already is left alone; one that
    the same source has changed becomes a further row that replaces the earlier one, so that an
    ``as_of`` sees what was published by then. Nothing is downloaded.

    Parameters
    ----------
    model : str or os.PathLike
        The folder of a model, or its file.
    source : {"ucdp", "acled", "gpr", "wgi", "wdi", "fred", "csv"}
        Whose export it is.
    file : str or os.PathLike
        The export: CSV, ``.xlsx``, or an archive with one CSV in it.
    indicator : str
        The indicator of the model that it measures.
    country, region, actor, kind, event_type : str or sequence of str, optional
        Which events count (ucdp, acled), of several names any; which country (wgi, wdi). `kind` is
        ``state``, ``non-state`` or ``one-sided`` (ucdp).
    measure : str, optional
        ``deaths``, ``deaths_civilians`` or ``events`` (ucdp; default deaths), ``events`` or
        ``fatalities`` (acled; default events).
    series : str, optional
        Which series it is (gpr, wgi, wdi, fred).
    mapping : mapping, str or os.PathLike, optional
        Which columns say what (csv), or a file that says so. One that is given by its keys is saved
        beside the model as ``import-INDICATOR.yaml``, and used again where none is given.
    published : str, optional
        When this export was published, ``YYYY-MM`` or ``YYYY-MM-DD``. Default: by a release rule of
        the source. Needed where a value has changed.
    start, end : str or Month, optional
        First and last month that is taken. Default: all.
    grade : {"A", "B", "C"}, optional
        Default: that of the source.
    scale : float
        What every value is multiplied by, such as 0.01 for a percentage that is a share.
    history : bool
        Whether what lies before the model's start is added to its history file.
    allow_none : bool
        Whether a name of which the export has no event stands for noughts.
    dry_run : bool
        Whether nothing is written.

    Returns
    -------
    Imported

    Raises
    ------
    ArgumentError
        If the export is asked for what it does not have, or has changed a value and nobody says
        when.
    ModelFileError
        If the export or the model's files are at fault, by file, line and column; then nothing is
        written.

    Examples
    --------
    >>> _ = (folder / "model.yaml").write_text(posterior.model.model_text, encoding="utf-8")
    >>> _ = (folder / "evidence.csv").write_text(posterior.model.evidence_text, encoding="utf-8")
    >>> export = folder / "CPI.csv"
    >>> _ = export.write_text("observation_date,CPI\n2023-04-01,101.5\n2023-05-01,102\n")
    >>> got = wr.import_evidence(folder, "fred", export, indicator="rate")
    >>> got.added
    ('rate_2023_04', 'rate_2023_05')
    """
    place = _model_file(model)
    spec, _ = parse_spec(read_text(place, str(place)).text, str(place))
    if indicator not in spec.indicators:
        raise ArgumentError(
            f"indicator is {quoted(indicator)}; "
            f"{did_you_mean(str(indicator)[:60], spec.indicators)}"
        )
    published = _published(published)
    if grade is not None:
        chosen(grade, "grade", list(GRADE_FACTOR))
    scale = number(scale, "scale", above=0.0)
    history, dry_run = true_or_false(history, "history"), true_or_false(dry_run, "dry_run")
    publisher = source_of(source)
    mapped = _Mapping.of(mapping, place, indicator) if publisher.name == "csv" else None
    request = Request(
        path=path_of(file, "file"),
        country=_names(country, "country"),
        region=_names(region, "region"),
        actor=_names(actor, "actor"),
        kind=_names(kind, "kind"),
        event_type=_names(event_type, "event_type"),
        measure=_name(measure, "measure"),
        series=_name(series, "series"),
        start=None if start is None else month_of(start, "start"),
        end=None if end is None else month_of(end, "end"),
        allow_none=true_or_false(allow_none, "allow_none"),
        mapping=mapped.mapping if mapped is not None else mapping,
    )
    read = read_export(publisher, request)
    making = _Making(
        spec=spec,
        source=publisher,
        series=replace(read, grade=grade or read.grade),
        request=request,
        indicator=indicator,
        published=published,
        scale=scale,
    )
    return making.written(place, mapped, history=history, dry_run=dry_run)


def _model_file(model: str | os.PathLike[str]) -> Path:
    """Return the file of a model that a user may add to.

    Raises
    ------
    ArgumentError
        If it is a shipped one, or there is none.
    """
    path = path_of(model, "model")
    if not path.exists() and isinstance(model, str) and model in list_models():
        raise ArgumentError(
            f"{model!r} is a shipped model, which stays as it is; copy its folder first, and name "
            "the copy"
        )
    file = path / MODEL_FILE if path.is_dir() else path
    if not file.is_file():
        raise ArgumentError(
            f"{path} is no model: there is no {file.name}; name its folder (--model)"
        )
    if models_folder().resolve() in file.resolve().parents:
        raise ArgumentError(
            f"{path} is a shipped model, which stays as it is; copy its folder first"
        )
    return file


def _published(given: object) -> str | None:
    if given is None:
        return None
    try:
        return str(Day.parse(str(given)))
    except ValueError as error:
        raise ArgumentError(f"published: {error}") from None


def _name(given: object, what: str) -> str:
    return "" if given is None else _of_one_line(name_of(given, what).strip(), what)


def _names(given: Names, what: str) -> tuple[str, ...]:
    names = (given,) if isinstance(given, str) else () if given is None else given
    return tuple(_of_one_line(name.strip(), what) for name in names_of(names, what))


def _of_one_line(name: str, what: str) -> str:
    """Return a name that can stand in a row of a table."""
    if not name or "\n" in name:
        raise ArgumentError(f"{what} is {quoted(name)}; write a name, in one line")
    return name


@dataclass(frozen=True, kw_only=True)
class _Mapping:
    """A mapping, and where it is to be saved; nowhere if it was read from a file."""

    mapping: Mapped
    path: Path | None = None

    @classmethod
    def of(cls, given: object, model: Path, indicator: str) -> _Mapping | None:
        """Return the mapping that is given, or the one that was saved for an indicator."""
        saved = model.parent / f"import-{indicator}.yaml"
        if isinstance(given, Mapping):
            mapping = mapping_of(given)
            if saved.exists() and read_mapping(saved) != mapping:
                raise ArgumentError(
                    f"{saved} is there and says something else; use it by giving no mapping, or "
                    "delete it first"
                )
            return cls(mapping=mapping, path=saved)
        if given is not None:
            return cls(mapping=read_mapping(path_of(given, "mapping")))
        return cls(mapping=read_mapping(saved)) if saved.exists() else None


@dataclass(frozen=True, kw_only=True)
class _Making:
    """An export on its way into the files of a model."""

    spec: ModelSpec
    source: Source
    series: Series
    request: Request
    indicator: str
    published: str | None
    scale: float

    def written(
        self, model: Path, mapped: _Mapping | None, *, history: bool, dry_run: bool
    ) -> Imported:
        """Add the rows to the files, all of which are checked before the first is written."""
        notes = [*self.series.notes]
        values = self._within(notes)
        start = self.spec.time.start.first_day
        now = [value for value in values if value.start.first >= start]
        before = [value for value in values if value.end.last < start]
        across = len(values) - len(now) - len(before)
        if across:
            notes.append(f"left out: {counted(across, 'value')} across the model's start")
        files = [_File.of(model, self.spec.evidence, "evidence", self.spec)]
        parts = [now]
        if history:
            files.append(_File.of(model, self.spec.history, "history", self.spec))
            parts.append(before)
        elif before:
            notes.append(
                f"left out: {counted(len(before), 'value')} before the model's start, "
                f"{self.spec.time.start}; --history (history=True) adds such to its history file"
            )
        compared = [self._compared(file, part) for file, part in zip(files, parts, strict=True)]
        contents = [file.with_rows(found.rows) for file, found in zip(files, compared, strict=True)]
        new = [row for found in compared for row in found.rows]
        notes += [note for found in compared for note in found.notes]
        if history and compared[1].rows:
            earlier = counted(len(compared[1].rows), "row")
            notes.append(
                f"{earlier} before the model's start, {self.spec.time.start}, "
                f"for {files[1].path.name}"
            )
        if self.source.terms:
            notes.append(self.source.terms)
        if not dry_run:
            _write(files, contents, mapped)
        return Imported(
            added=tuple(name for found in compared for name in found.added),
            revised=tuple(name for found in compared for name in found.revised),
            unchanged=tuple(name for found in compared for name in found.unchanged),
            rows=pd.DataFrame(
                [[row.get(name, "") for name in COLUMNS] for row in new], columns=list(COLUMNS)
            ),
            path=files[0].path,
            notes=tuple(notes),
            written=bool(new) and not dry_run,
        )

    def _within(self, notes: list[str]) -> list[Value]:
        """Return the values from the first to the last month that is asked for."""
        start, end = self.request.start, self.request.end
        values = [
            value
            for value in self.series.values
            if (start is None or value.start.first >= start.first_day)
            and (end is None or value.end.last <= end.last_day)
        ]
        left = len(self.series.values) - len(values)
        if left:
            notes.append(
                f"left out: {counted(left, 'value')} outside the months that are asked for"
            )
        if not values:
            raise ArgumentError(
                f"{self.request.path.name} has no values"
                + (" in the months that are asked for" if left else " of this series")
            )
        return values

    def _compared(self, file: _File, values: Sequence[Value]) -> Comparison:
        """Hold values against the rows of a file."""
        drafts = self._drafts(file, values)
        same = self.source.same or self.series.source
        return compare(drafts, file.rows, same, self.published)

    def _drafts(self, file: _File, values: Sequence[Value]) -> list[Draft]:
        """Return the rows that values make, read as those of the file are.

        Raises
        ------
        ModelFileError
            With every value that the indicator cannot have, by the line of the export.
        """
        cells = [self._cells(value) for value in values]
        lines = csv_bytes([COLUMNS, *([row.get(name, "") for name in COLUMNS] for row in cells)])
        shown = str(self.request.path)
        try:
            rows = {row.id: row for row in file.parse(lines.decode(), shown, self.spec).rows}
        except ModelFileError as error:
            raise ModelFileError(
                self._in_the_export(problem, values) for problem in error.problems
            ) from None
        return [Draft(cells=row, row=rows[row["id"]]) for row in cells]

    def _cells(self, value: Value) -> dict[str, str]:
        def scaled(given: float | str | None) -> str:
            return written(given * self.scale if isinstance(given, float) else given)

        scale = "" if self.scale == 1.0 else f", times {self.scale:g}"
        return {
            "id": row_id(self.indicator, value.start, value.end),
            "indicator": self.indicator,
            "start": str(value.start),
            "end": str(value.end),
            "published": self.published or value.published,
            **{name: scaled(getattr(value, name)) for name in MEASURED},
            "grade": self.series.grade,
            "source": self.series.source,
            "url": self.series.url,
            "note": note_of(self.request.path.name, self.series.selection + scale),
        }

    def _in_the_export(self, problem: FileProblem, values: Sequence[Value]) -> FileProblem:
        """Locate a fault of a row at the line of the export that it was made of."""
        if not 2 <= problem.line < len(values) + 2:
            return problem
        value, message = values[problem.line - 2], problem.message
        if problem.path == "id":
            message = "the export gives this span twice; keep one of the two"
        if problem.path in MEASURED and self.scale == 1.0:
            message += "; --scale (scale=) multiplies every value"
        column = "" if problem.path == "id" else f" {problem.path}"
        return FileProblem(problem.file, value.line, 1, f"{value.span}{column}", message)


@dataclass(frozen=True, kw_only=True)
class _File:
    """A file of rows beside a model, as it is."""

    path: Path
    data: bytes | None
    rows: tuple[EvidenceRow, ...]
    spec: ModelSpec
    parse: Callable[[str, str, ModelSpec], Read[EvidenceRow]]

    @classmethod
    def of(cls, model: Path, name: str | None, key: str, spec: ModelSpec) -> _File:
        """Return the file that a model names under a key; it may be one that is yet to be made.

        Raises
        ------
        ArgumentError
            If the model names none, or one that does not lie beside it.
        ModelFileError
            If its rows are at fault.
        """
        if name is None:
            raise ArgumentError(
                f"the model names no {key} file; write '{key}: {key}.csv' into {model}"
            )
        path = model.parent / name
        if Path(name).name != name or path.resolve().parent != model.parent.resolve():
            raise ArgumentError(
                f"{quoted(name)} is not a file beside the model; name one in {model}"
            )
        parse = parse_evidence if key == "evidence" else parse_history
        check_target(path)
        if not path.exists():
            return cls(path=path, data=None, rows=(), spec=spec, parse=parse)
        data = read_bytes(path, most=MAX_BYTES)
        rows = parse(decoded(data, str(path)).text, str(path), spec).rows
        return cls(path=path, data=data, rows=rows, spec=spec, parse=parse)

    def with_rows(self, rows: Sequence[Mapping[str, str]]) -> bytes | None:
        """Return its bytes with further rows, read once more as a model would; None for none.

        Raises
        ------
        ModelFileError
            If it could not be read, or its own rows would be read as others.
        """
        if not rows:
            return None
        content = with_rows(self.data, str(self.path), rows)
        found = self.parse(decoded(content, str(self.path)).text, str(self.path), self.spec).rows
        after = {row.id: row for row in found}
        if any(after.get(row.id) != row for row in self.rows):
            message = (
                "its columns cannot be added to; save it with the columns of docs/model-file.md"
            )
            raise ModelFileError([FileProblem(str(self.path), 1, 1, "", message)])
        return content


def _write(
    files: Sequence[_File], contents: Sequence[bytes | None], mapped: _Mapping | None
) -> None:
    """Write what is new, the evidence last: it is what a fit reads."""
    if mapped is not None and mapped.path is not None and not mapped.path.exists():
        write_bytes(mapped.path, mapping_text(mapped.mapping).encode())
    for file, content in reversed(list(zip(files, contents, strict=True))):
        if content is not None:
            write_bytes(file.path, content)
