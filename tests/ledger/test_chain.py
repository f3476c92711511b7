"""The folder of entries: what is written stays, what was changed is found."""

from __future__ import annotations

import datetime
import hashlib
import itertools
import json
import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest
from tests.refusals import refusal

from withdrawal_risk.ledger.chain import append, check_head, keep, kept, read

COUNT = 5
OWN = {"model": "small", "row": {}}
"""What every outcome has."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A track record of five outcomes, the third of which names a text."""
    place = tmp_path / "record"
    for number in range(1, COUNT + 1):
        texts = {".csv": keep(place, "a,b\n", ".csv")} if number == 3 else {}
        append(place, "outcome", {**OWN, "said": number, "many": [1, 2.5, -3e-7], "texts": texts})
    return place


def _path(folder: Path, number: int) -> Path:
    return folder / f"{number:06d}.json"


def test_entries_are_read_as_they_were_written(folder: Path) -> None:
    entries = read(folder)
    assert [entry.content["said"] for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
    assert all(b.previous == a.digest for a, b in itertools.pairwise(entries))
    # Lists of numbers stand in one line, for people who read the file.
    assert '"many": [1, 2.5, -3e-07]' in _path(folder, 1).read_text(encoding="utf-8")
    assert read(folder / "none") == []


def test_texts_keep_what_looks_like_a_list(tmp_path: Path) -> None:
    said = "a list [ 1, 2 ] and\n[\n 1,\n 2\n]"
    append(tmp_path, "outcome", {**OWN, "said": said})
    assert read(tmp_path)[0].content["said"] == said


@pytest.mark.parametrize("number", range(1, COUNT + 1))
def test_an_edit_is_found(folder: Path, number: int) -> None:
    path = _path(folder, number)
    path.write_text(path.read_text(encoding="utf-8").replace(f'"said": {number}', '"said": 9'))
    assert f"{path.name}: was changed since" in refusal(lambda: read(folder))


@pytest.mark.parametrize("number", range(1, COUNT))
def test_an_edit_with_a_digest_of_its_own_is_found(
    folder: Path, number: int, tmp_path: Path
) -> None:
    """Whoever knows how an entry is digested can forge it, but not what follows it."""
    forged = tmp_path / "forged"
    for entry in read(folder):
        said = 9 if entry.number == number else entry.content["said"]
        append(forged, "outcome", {**entry.content, "said": said, "texts": {}})
    _path(folder, number).write_bytes(_path(forged, number).read_bytes())
    assert "does not follow the entry before it" in refusal(lambda: read(folder))


@pytest.mark.parametrize("number", range(1, COUNT))
def test_a_deletion_is_found(folder: Path, number: int) -> None:
    _path(folder, number).unlink()
    assert f"entry {number} is missing" in refusal(lambda: read(folder))


def test_a_deletion_with_the_rest_moved_up_is_found(folder: Path) -> None:
    for number in range(2, COUNT):
        _path(folder, number).write_bytes(_path(folder, number + 1).read_bytes())
    _path(folder, COUNT).unlink()
    assert "says that it is entry 3; it was moved" in refusal(lambda: read(folder))


def test_a_change_of_order_is_found(folder: Path) -> None:
    second, third = _path(folder, 2).read_bytes(), _path(folder, 3).read_bytes()
    _path(folder, 2).write_bytes(third)
    _path(folder, 3).write_bytes(second)
    assert "it was moved" in refusal(lambda: read(folder))


def test_a_text_that_was_changed_or_lost_is_found(folder: Path) -> None:
    (text,) = (folder / "texts").iterdir()
    text.write_text("a,c\n")
    assert "was changed since it was written" in refusal(lambda: read(folder))
    text.unlink()
    assert "does not exist" in refusal(lambda: read(folder))


def test_nothing_is_added_to_what_is_broken(folder: Path) -> None:
    _path(folder, 2).unlink()
    assert "broken" in refusal(lambda: append(folder, "outcome", {**OWN, "said": 6}))
    assert not _path(folder, COUNT + 1).exists()


def test_a_tail_that_was_cut_off_needs_a_witness(folder: Path) -> None:
    head = read(folder)[-1].digest
    _path(folder, COUNT).unlink()
    entries = read(folder)
    assert "was cut off before it" in refusal(lambda: check_head(entries, head[:12]))
    check_head(entries, entries[0].digest)
    assert "64 hexadecimal digits" in refusal(lambda: check_head(entries, "yes"))


def test_kept_texts_are_named_by_what_they_say(tmp_path: Path) -> None:
    digest = keep(tmp_path, "سطر\n", ".csv")
    assert keep(tmp_path, "سطر\n", ".csv") == digest
    assert kept(tmp_path, digest, ".csv") == "سطر\n"


def _write_many(folder: str, who: str, count: int) -> None:
    for number in range(count):
        append(folder, "outcome", {**OWN, "who": who, "said": number})


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=_write_many, args=(str(tmp_path), who, 15)) for who in ("a", "b")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    entries = read(tmp_path)
    said = [(entry.content["who"], entry.content["said"]) for entry in entries]
    assert sorted(said) == [(who, number) for who in ("a", "b") for number in range(15)]


def test_a_writer_that_is_killed_leaves_a_readable_record(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writer = context.Process(target=_write_many, args=(str(tmp_path), "a", 10_000))
    writer.start()
    while not _path(tmp_path, 20).exists():
        time.sleep(0.01)
    assert writer.pid is not None
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    entries = read(tmp_path)
    assert len(entries) >= 20
    append(tmp_path, "outcome", {**OWN, "who": "b", "said": 0})
    assert len(read(tmp_path)) == len(entries) + 1


def test_what_is_no_entry_is_named(folder: Path) -> None:
    path = _path(folder, 2)
    for content in ("", "{", "[]", "{}", json.dumps({"digest": 1})):
        path.write_text(content)
        assert path.name in refusal(lambda: read(folder))
    path.unlink()
    forged = _forged({"kind": "forecast"}), _forged({"kind": "word", **OWN})
    for body in forged:
        path.write_text(json.dumps(body))
        assert "is no entry" in refusal(lambda: read(folder))
    (folder / "notes.txt").write_text("not an entry")


def _forged(body: dict[str, object]) -> dict[str, object]:
    """Return an entry with a digest that fits, whatever it holds."""
    whole = {
        **body,
        "format": 1,
        "number": 2,
        "previous": "",
        "written": "2024-01-01T00:00:00+00:00",
    }
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {**whole, "digest": hashlib.sha256(text.encode()).hexdigest()}


def test_a_clock_that_goes_back_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    early = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    monkeypatch.setattr("withdrawal_risk.ledger.chain.now", lambda: early)
    assert "set the clock" in refusal(lambda: append(folder, "outcome", dict(OWN)))
