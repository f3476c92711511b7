"""A folder of numbered entries, each of which holds the digest of the one before it.

Entries are added and never changed. An entry that is edited, taken out or moved no longer fits its
neighbours; whether the end was cut off can only be told by somebody who kept the digest of the last
entry, the *head*.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, cast

from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import WithdrawalRiskError
from withdrawal_risk.files import UnreadableFile, path_of, read_bytes, write_bytes, write_new

__all__ = ["FOLDER", "Entry", "Kind", "append", "check_head", "keep", "kept", "now", "read"]

FOLDER: Final = "track-record"
"""Where entries are written to if nothing else is said."""

Kind = Literal["forecast", "outcome", "judgement"]

_REQUIRED: Final[Mapping[str, Mapping[str, type]]] = {
    "forecast": {
        **{"model": str, "as_of": str, "texts": dict, "settings": dict, "conditions": dict},
        **{"all_conditions": dict, "indicators": dict},
    },
    "outcome": {"model": str, "row": dict},
    "judgement": {
        **{"model": str, "condition": str, "question": str, "judge": str, "date": str},
        "probability": float,
    },
}
"""What an entry of each kind holds at least."""

_FORMAT: Final = 1
_START: Final = "0" * 64
"""Stands before the first entry for the digest of the one before."""

_ENTRY: Final = re.compile(r"([0-9]{6})\.json")
_MOST: Final = 999_999
_MOST_BYTES: Final = 64 * 1024**2
_TEXTS: Final = "texts"
# Line breaks stand between items alone: inside a text JSON writes them as two characters.
_NUMBERS: Final = re.compile(r"\[\n\s*((?:[\d.e+-]+,\n\s*)*[\d.e+-]+)\n\s*\]")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry of a track record.

    Parameters
    ----------
    number : int
        From 1.
    kind : {"forecast", "outcome", "judgement"}
    written : datetime.datetime
        By the clock of the machine that wrote it, in UTC.
    previous, digest : str
        SHA-256 of the entry before it and of this one.
    content : mapping
        What it says.
    path : Path

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     entry = wr.issue(posterior, folder=place, futures=4).entry
    >>> entry.number, entry.kind, entry.path.name
    (1, 'forecast', '000001.json')
    """

    number: int
    kind: Kind
    written: datetime.datetime
    previous: str
    digest: str
    content: Mapping[str, Any]
    path: Path


def now() -> datetime.datetime:
    """Return the time in UTC, in whole seconds."""
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


def append(folder: str | Path, kind: Kind, content: Mapping[str, Any]) -> Entry:
    """Add an entry after the last one.

    An entry appears whole or not at all. Where another process adds one at the same time, both
    are kept, one after the other.

    Raises
    ------
    WithdrawalRiskError
        If the entries that are there do not fit together, or nothing can be written.
    """
    place = path_of(folder, "folder")
    while True:
        before = read(place)
        number, moment = len(before) + 1, now()
        if before and moment < before[-1].written:
            raise WithdrawalRiskError(
                f"the clock says {moment.isoformat()}, and the last entry was written at "
                f"{before[-1].written.isoformat()}; set the clock"
            )
        if number > _MOST:
            raise WithdrawalRiskError(f"{place} is full: it has {_MOST:,} entries; begin another")
        body = {
            **content,
            "format": _FORMAT,
            "number": number,
            "kind": kind,
            "written": moment.isoformat(),
            "previous": before[-1].digest if before else _START,
        }
        body["digest"] = _digest(body)
        path = place / f"{number:06d}.json"
        if write_new(path, _text(body).encode()):
            return _entry(path, body)


def read(folder: str | Path) -> list[Entry]:
    """Return all entries of a folder, in their order; none where there is no folder.

    Raises
    ------
    WithdrawalRiskError
        If one was changed, taken out or moved, or a text that it names; the message says which.
    """
    place = path_of(folder, "folder")
    if place.exists() and not place.is_dir():
        raise WithdrawalRiskError(f"{place} is no folder; name the folder of a track record")
    names = sorted(path.name for path in place.iterdir()) if place.is_dir() else []
    paths = [place / name for name in names if _ENTRY.fullmatch(name)]
    entries, faults = list[Entry](), list[str]()
    texts: set[str] = set()
    for number, path in enumerate(paths, start=1):
        try:
            entry = _read(path)
        except WithdrawalRiskError as error:
            faults.append(str(error))
            continue
        expected = entries[-1].digest if entries else _START
        if int(path.stem) != number:
            faults.append(f"{path}: entry {number} is missing before it; it was deleted or renamed")
            # One fault of what is missing is enough: later entries are one too far as well.
            entries.append(entry)
            break
        if entry.number != number:
            faults.append(f"{path}: says that it is entry {entry.number}; it was moved")
        elif len(entries) == number - 1 and entry.previous != expected:
            faults.append(
                f"{path}: does not follow the entry before it; one of the two was changed or moved"
            )
        faults += _faults_of_texts(place, entry, texts)
        entries.append(entry)
    if faults:
        listed = "\n".join(faults)
        raise WithdrawalRiskError(
            f"{place}: the track record is broken; restore it from where it was published\n{listed}"
        )
    return entries


def check_head(entries: list[Entry], head: str) -> None:
    """Refuse a track record of which an entry that somebody saw is gone.

    Parameters
    ----------
    entries : list of Entry
    head : str
        Digest of the last entry at some time, from outside the folder.

    Raises
    ------
    WithdrawalRiskError
    """
    wanted = head.strip().lower() if isinstance(head, str) else ""
    if not re.fullmatch(r"[0-9a-f]{12,64}", wanted):
        raise WithdrawalRiskError(
            f"head is {quoted(head)}; write at least the first 12 of the 64 hexadecimal digits of "
            "the last entry's digest"
        )
    if not any(entry.digest.startswith(wanted) for entry in entries):
        raise WithdrawalRiskError(
            f"no entry has the digest {wanted}: the track record was cut off before it, or written "
            "anew"
        )


def keep(folder: str | Path, text: str, suffix: str) -> str:
    """Write a text beside the entries, named by its digest, and return the digest."""
    content = text.encode()
    digest = hashlib.sha256(content).hexdigest()
    path = _text_path(path_of(folder, "folder"), digest, suffix)
    if not path.exists():
        write_bytes(path, content)
    return digest


def kept(folder: str | Path, digest: str, suffix: str) -> str:
    """Return a text that was kept.

    Raises
    ------
    UnreadableFile
        If it is missing or was changed.
    """
    path = _text_path(path_of(folder, "folder"), digest, suffix)
    content = read_bytes(path, most=_MOST_BYTES)
    if hashlib.sha256(content).hexdigest() != digest:
        raise UnreadableFile(path, "was changed since it was written; restore it")
    return content.decode()


def _text_path(folder: Path, digest: str, suffix: str) -> Path:
    return folder / _TEXTS / f"{digest}{suffix}"


def _faults_of_texts(folder: Path, entry: Entry, seen: set[str]) -> list[str]:
    """Return what is wrong with the texts that an entry names, each looked at once."""
    faults = []
    for suffix, digest in entry.content.get("texts", {}).items():
        if digest in seen:
            continue
        seen.add(digest)
        try:
            kept(folder, digest, suffix)
        except UnreadableFile as error:
            faults.append(str(error))
    return faults


def _read(path: Path) -> Entry:
    """Return an entry, or say what is wrong with its file."""
    content = read_bytes(path, most=_MOST_BYTES)
    try:
        body = json.loads(content)
        stated = {"digest": body.pop("digest")}
        whole = stated["digest"] == _digest(body)
        if whole and body["format"] != _FORMAT:
            raise UnreadableFile(
                path, f"has format {quoted(body['format'])}; this version reads {_FORMAT}"
            )
        entry = _entry(path, body | stated) if whole else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UnreadableFile(path, "is no entry of a track record, or is cut short") from None
    if entry is None:
        raise UnreadableFile(path, "was changed since it was written")
    return entry


def _entry(path: Path, body: Mapping[str, Any]) -> Entry:
    """Return an entry; faults of its fields are those that `_read` names."""
    for name, kind in _REQUIRED[body["kind"]].items():
        if not isinstance(body[name], kind):
            raise TypeError(name)
    own = {"format", "number", "kind", "written", "previous", "digest"}
    return Entry(
        number=int(body["number"]),
        kind=cast("Kind", body["kind"]),
        written=datetime.datetime.fromisoformat(body["written"]),
        previous=str(body["previous"]),
        digest=str(body["digest"]),
        content={name: value for name, value in body.items() if name not in own},
        path=path,
    )


def _digest(body: Mapping[str, Any]) -> str:
    """Return the digest of an entry's content, however its file is laid out."""
    canonical = json.dumps(
        body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _text(body: Mapping[str, Any]) -> str:
    """Write an entry for people: one item a line, but lists of numbers in one."""
    text = json.dumps(body, indent=1, ensure_ascii=False, allow_nan=False)
    return _NUMBERS.sub(lambda found: f"[{' '.join(found[1].split())}]", text) + "\n"
