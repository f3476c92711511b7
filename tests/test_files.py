"""One reader and one writer: whole or not at all, within bounds, and nothing but files."""

from __future__ import annotations

import csv
import os
import resource
import signal
import stat
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.files import path_of, read_bytes, table_bytes, write_bytes, write_new
from withdrawal_risk.seals import read_sealed, sealed, write_sealed


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_bytes(tmp_path / "new" / "file", b"content")
    assert read_bytes(tmp_path / "new" / "file", most=7) == b"content"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["file"]


def test_reading_is_bounded(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345678")
    assert "the file has 8 bytes; at most 7 are read" in refusal(
        lambda: read_bytes(tmp_path / "file", most=7)
    )
    assert "does not exist; check the path" in refusal(
        lambda: read_bytes(tmp_path / "none", most=7)
    )
    assert "is a folder; name a file" in refusal(lambda: read_bytes(tmp_path, most=7))


def test_neither_pipes_nor_devices_are_read_or_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    began = time.monotonic()
    for name in ("pipe", "zero"):
        assert "is no regular file" in refusal(
            lambda name=name: read_bytes(tmp_path / name, most=7)  # type: ignore[misc]
        )  # type: ignore[misc]
        assert "is no regular file" in refusal(lambda name=name: write_bytes(tmp_path / name, b""))  # type: ignore[misc]
    assert time.monotonic() - began < 5
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_links_are_followed_and_permissions_kept(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "real").chmod(0o600)
    (tmp_path / "link").symlink_to("real")
    write_bytes(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "real").stat().st_mode) == 0o600
    mask = os.umask(0o027)
    try:
        write_bytes(tmp_path / "fresh", b"")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "fresh").stat().st_mode) == 0o640


def test_long_names(tmp_path: Path) -> None:
    write_bytes(tmp_path / ("n" * 243), b"content")
    assert "longer than 255 bytes" in refusal(lambda: path_of(str(tmp_path / ("n" * 256))))


def test_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert path_of("~/file") == tmp_path / "file" and path_of(Path("~/file")) == tmp_path / "file"
    assert "there is no such home folder" in refusal(lambda: path_of("~nobody-of-this-name/file"))
    for value in (None, 3, b"bytes", "", ["a"]):
        assert "write a path" in refusal(lambda value=value: path_of(value, "output"))  # type: ignore[misc]
    assert "holds the character U+0000" in refusal(lambda: path_of("a\0b"))


def test_home_is_meant_at_every_door(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, posterior: wr.Posterior
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    posterior.save("~/small.nc")
    assert wr.open_posterior("~/small.nc").settings == posterior.settings
    wr.report(posterior, "~/small.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small.html", "small.nc"]


def test_what_cannot_be_written_leaves_what_was_there(
    tmp_path: Path, posterior: wr.Posterior
) -> None:
    """A file larger than the process may write is what a full disk is: an error after some of it."""
    (tmp_path / "small.nc").write_bytes(b"old")
    code = (
        "import resource, sys, withdrawal_risk as wr\n"
        "p = wr.open_posterior(sys.argv[1])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))\n"
        "try:\n    p.save(sys.argv[2])\n"
        "except wr.WithdrawalRiskError as refused:\n    print(refused)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))\n"
        "p.save(sys.argv[3])\n"
    )
    posterior.save(tmp_path / "whole.nc")
    arguments = [tmp_path / "whole.nc", tmp_path / "small.nc", tmp_path / "later.nc"]
    run = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert "small.nc cannot be written: the file is larger than is allowed here" in run.stdout
    assert (tmp_path / "small.nc").is_file() and (tmp_path / "small.nc").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["later.nc", "small.nc", "whole.nc"]
    assert (tmp_path / "later.nc").read_bytes() == (tmp_path / "whole.nc").read_bytes()


def test_a_full_disk(tmp_path: Path) -> None:
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", tmp_path], capture_output=True
    ).returncode:
        pytest.skip("no file system of one's own may be mounted here")
    try:
        assert "the disk is full" in refusal(lambda: write_bytes(tmp_path / "file", b"x" * 10**6))
        assert list(tmp_path.iterdir()) == []
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_a_killed_writer_leaves_the_old_file(tmp_path: Path) -> None:
    """The name holds one content or the other, whenever the process dies."""
    code = (
        "import sys, itertools\nfrom pathlib import Path\nfrom withdrawal_risk.files import write_bytes\n"
        "for n in itertools.count():\n"
        "    write_bytes(Path(sys.argv[1]), bytes([n % 2]) * 10**7)\n"
        "    print(n, flush=True)\n"
    )
    for wait in (0.013, 0.029):
        process = subprocess.Popen(
            [sys.executable, "-c", code, tmp_path / "file"], stdout=subprocess.PIPE
        )
        assert process.stdout is not None and process.stdout.readline()
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        content = (tmp_path / "file").read_bytes()
        assert len(content) == 10**7 and len(set(content)) == 1


def test_seals(tmp_path: Path) -> None:
    write_sealed(tmp_path / "file", b"content")
    assert read_sealed(tmp_path / "file", most=1000) == b"content"
    whole = (tmp_path / "file").read_bytes()
    for place in range(len(whole)):
        (tmp_path / "file").write_bytes(
            whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        )
        assert refusal(lambda: read_sealed(tmp_path / "file", most=1000)), place
        (tmp_path / "file").write_bytes(whole[:place])
        assert "or is cut short" in refusal(lambda: read_sealed(tmp_path / "file", most=1000))
    assert sealed(b"content") == whole


def test_what_has_no_seal_is_not_read(tmp_path: Path) -> None:
    """However large it is: a hole of a terabyte takes no place on disk."""
    with (tmp_path / "file").open("wb") as file:
        file.truncate(2**40)
    began = time.monotonic()
    assert "or by an earlier version" in refusal(lambda: read_sealed(tmp_path / "file", most=2**41))
    assert time.monotonic() - began < 5


def test_limits_of_this_process_are_as_they_were() -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_a_new_file_takes_the_place_of_none(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "one"
    assert write_new(path, b"first")
    assert not write_new(path, b"second")
    assert path.read_bytes() == b"first"
    # Nothing is left of the second.
    assert list(path.parent.iterdir()) == [path]


def test_no_cell_of_a_table_is_a_formula() -> None:
    """Texts, categories and names of columns; numbers, and texts that are numbers, stay."""
    texts = ["=1+1", "+a", "-b", "@c", "\td", "-1.5", "plain", None]
    table = pd.DataFrame({"text": texts, "=x": pd.Categorical(texts), "n": [-1.0] * len(texts)})
    rows = list(csv.reader(table_bytes(table, ".csv").decode().splitlines()))
    assert rows[0] == ["text", "'=x", "n"]
    safe = ["'=1+1", "'+a", "'-b", "'@c", "'\td", "-1.5", "plain", ""]
    assert rows[1:] == [[cell, cell, "-1.0"] for cell in safe]
    read = pd.read_parquet(BytesIO(table_bytes(table, ".parquet")))
    assert list(read["text"])[:-1] == texts[:-1] and list(read.columns) == ["text", "=x", "n"]
