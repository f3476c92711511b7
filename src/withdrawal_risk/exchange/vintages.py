"""Values of an export against the rows that are there: new, unchanged, or revised."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.timeline import Day, Month
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.exchange.series import counted
from withdrawal_risk.model.evidence import EvidenceRow

__all__ = ["Comparison", "Draft", "compare", "note_of", "row_id"]

_VINTAGE: Final = re.compile(r"(.*)_v(\d+)", re.DOTALL)
_NOTE: Final = re.compile(r"file .*; ([^;]+)", re.DOTALL)

_SAME: Final = 1e-9
"""Relative difference of two numbers within which they are the same, written with other digits."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A row that an export makes.

    Parameters
    ----------
    cells : mapping of str to str
        By the columns of an evidence file.
    row : EvidenceRow
        The same, as it is read.
    """

    cells: Mapping[str, str]
    row: EvidenceRow


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What an export adds to the rows that are there.

    Parameters
    ----------
    rows : tuple of mapping of str to str
        Cells of the rows to write, in order of time.
    added, revised, unchanged : tuple of str
        Ids of new rows, of rows that revise another, and of rows that say what the export says.
    notes : tuple of str
    """

    rows: tuple[Mapping[str, str], ...]
    added: tuple[str, ...]
    revised: tuple[str, ...]
    unchanged: tuple[str, ...]
    notes: tuple[str, ...]


def note_of(file: str, selection: str) -> str:
    """Return the note of an imported row: the export, and what of it."""
    return f"file {file}; {selection.replace(';', ',')}"


def row_id(indicator: str, start: Day, end: Day) -> str:
    """Return the id of the first row of an indicator and a span.

    Examples
    --------
    >>> from withdrawal_risk.elements.timeline import Day
    >>> from withdrawal_risk.exchange.vintages import row_id
    >>> row_id("deaths", Day.parse("2024-03"), Day.parse("2024-03"))
    'deaths_2024_03'
    """
    first, last = Month.of(start.first), Month.of(end.last)
    whole = start.first == first.first_day and end.last == last.last_day
    if not whole:
        parts = [str(start.first)] if start.first == end.last else [str(start.first), str(end.last)]
    elif first == last:
        parts = [str(first)]
    elif last - first == 11 and first.ordinal % 12 == 0:
        parts = [f"{start.first.year:04d}"]
    else:
        parts = [str(first), str(last)]
    return "_".join([indicator, *parts]).replace("-", "_")


def compare(
    drafts: Sequence[Draft], existing: Sequence[EvidenceRow], same: str, published: str | None
) -> Comparison:
    """Hold an export against the rows that are there.

    Parameters
    ----------
    drafts : sequence of Draft
        One a span.
    existing : sequence of EvidenceRow
    same : str
        How the source of a row begins that the export may revise.
    published : str, optional
        When the export was published, if its user says so.

    Raises
    ------
    ArgumentError
        If a value was revised and nobody says when, if it was so before the row that it revises, or
        if that row is of another selection.
    """
    ids = {row.id for row in existing}
    standing = _standing(existing)
    rows: list[Mapping[str, str]] = []
    added, revised, unchanged = [], [], []
    changes: list[tuple[Draft, EvidenceRow]] = []
    others: list[EvidenceRow] = []
    for draft in drafts:
        there = standing.get(_key(draft.row), [])
        own = [row for row in there if row.source.startswith(same)]
        latest = _own(own, draft)
        others += [row for row in there if row not in own]
        if latest is None:
            name = _unique(draft.cells["id"], ids)
            added.append(name)
            rows.append({**draft.cells, "id": name})
        elif _says_the_same(latest, draft.row):
            unchanged.append(latest.id)
        else:
            name = _unique(_next(latest.id), ids)
            revised.append(name)
            changes.append((draft, latest))
            rows.append({**draft.cells, "id": name, "replaces": latest.id})
    _check(changes, published)
    return Comparison(
        rows=tuple(rows),
        added=tuple(added),
        revised=tuple(revised),
        unchanged=tuple(unchanged),
        notes=tuple(_of_others(others)),
    )


def _key(row: EvidenceRow) -> tuple[str, Day, Day]:
    return row.indicator, row.start, row.end


def _standing(rows: Iterable[EvidenceRow]) -> dict[tuple[str, Day, Day], list[EvidenceRow]]:
    """Return the rows that nothing revises, by indicator and span."""
    rows = list(rows)
    replaced = {name for row in rows for name in row.replaces}
    standing: dict[tuple[str, Day, Day], list[EvidenceRow]] = {}
    for row in rows:
        if row.id not in replaced:
            standing.setdefault(_key(row), []).append(row)
    return standing


def _own(rows: Sequence[EvidenceRow], draft: Draft) -> EvidenceRow | None:
    """Return the row that a draft says again or revises.

    Raises
    ------
    ArgumentError
        If it is not clear which, or another part of the same source stands there.
    """
    if not rows:
        return None
    ours = _NOTE.fullmatch(draft.cells["note"])
    assert ours is not None
    told = {row.id: match[1] for row in rows if (match := _NOTE.fullmatch(row.note)) is not None}
    plain = ours[1].casefold()
    alike = [row for row in rows if told.get(row.id, plain).casefold() == plain]
    if not alike:
        row = rows[0]
        raise ArgumentError(
            f"row {row.id!r} is of the same source and span and was made of {told[row.id]!r}, this "
            f"import is of {ours[1]!r}; name both in one import, or give each its own indicator"
        )
    if len(alike) > 1:
        named = ", ".join(row.id for row in alike)
        raise ArgumentError(
            f"the rows {named} are of the same source and span; let one replace the other, so that "
            "it is clear which of them this export revises"
        )
    return alike[0]


def _says_the_same(old: EvidenceRow, new: EvidenceRow) -> bool:
    """Say whether two rows state the same; what the old one leaves out does not count."""
    pairs = [(old.value, new.value)] if old.stated or not new.stated else []
    if old.low is not None and new.low is not None:
        pairs += [(old.low, new.low), (old.high or 0.0, new.high or 0.0)]
    elif old.se and new.se:
        pairs.append((old.se, new.se))
    return all(math.isclose(a, b, rel_tol=_SAME, abs_tol=1e-12) for a, b in pairs)


def _next(name: str) -> str:
    """Return the id of the vintage after one."""
    match = _VINTAGE.fullmatch(name)
    return f"{match[1]}_v{int(match[2]) + 1}" if match else f"{name}_v2"


def _unique(name: str, taken: set[str]) -> str:
    """Return an id that no row has, and take it."""
    free, number = name, 2
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    taken.add(free)
    return free


def _check(changes: Collection[tuple[Draft, EvidenceRow]], published: str | None) -> None:
    """Refuse revisions of which nobody says when, or which were published before."""
    if not changes:
        return
    if published is None:
        draft, old = next(iter(changes))
        more = (
            f" (and {counted(len(changes) - 1, 'other value')} changed)" if len(changes) > 1 else ""
        )
        raise ArgumentError(
            f"the value of {_span(old)} was {_shown(old)} (row {old.id!r}) and is now "
            f"{_shown(draft.row)}{more}: say when this export was published, --published YYYY-MM "
            "(published=), so that an earlier as_of sees the earlier value"
        )
    for draft, old in changes:
        if draft.row.published < old.published:
            raise ArgumentError(
                f"row {old.id!r}, which this export revises, was published in {old.published}, "
                f"and the export in {draft.row.published}; import exports in the order in which "
                "they were published"
            )


def _span(row: EvidenceRow) -> str:
    return str(row.start) if row.start == row.end else f"{row.start} to {row.end}"


def _shown(row: EvidenceRow) -> str:
    error = f" (se {row.se:.6g})" if row.se and row.low is None else ""
    return f"{row.value:.10g}{error}"


def _of_others(rows: Sequence[EvidenceRow]) -> Iterable[str]:
    """Say which spans another source gives, too."""
    if rows:
        first = rows[0]
        more = f", and {len(rows) - 1} more" if len(rows) > 1 else ""
        yield (
            f"{_span(first)} is also given by row {first.id!r} ({quoted(first.source)}){more}; two "
            "sources of a span are two reports of it"
        )
