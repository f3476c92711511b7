"""What is kept is believed where it is whole, and an answer never depends on whether it can be kept."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import pytest
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.inference import cache

ANSWER = {"data": {"p": 0.25}, "text": "a quarter"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def place(folder: Path, posterior: wr.Posterior) -> Path:
    found = cache.fit_path(posterior.model, posterior.as_of, {})
    posterior.save(found)
    return found


def ask(place: Path, answer: dict[str, Any] = ANSWER) -> tuple[dict[str, Any], int]:
    """Return the answer to a question, and how often it was worked out."""
    asked = []

    def work() -> dict[str, Any]:
        asked.append(1)
        return answer

    return cache.cached_answer(place, {"q": 1}, work), len(asked)


def test_a_question_is_answered_once(place: Path) -> None:
    assert [ask(place) for _ in range(3)] == [(ANSWER, 1), (ANSWER, 0), (ANSWER, 0)]


def test_a_kept_answer_is_not_believed_whatever_it_says(place: Path) -> None:
    ask(place)
    (kept,) = place.parent.glob("*.json")
    whole = kept.read_bytes()
    for content in (
        whole.replace(b"0.25", b"0.95"),
        b'{"data": {"p": 0.95}}',
        b"",
        b"[" * 10**5,
        whole[:-5],
        whole + whole,
    ):
        kept.write_bytes(content)
        assert ask(place) == (ANSWER, 1)
        assert kept.read_bytes() == whole


def test_a_fit_is_believed_in_its_own_place_alone(place: Path, posterior: wr.Posterior) -> None:
    asked = (posterior.model, posterior.as_of)
    found = cache.cached_fit(place, *asked, {"random_seed": 1})
    assert found is not None and found.digest == posterior.digest
    # Read from the file, the model would be another object, without history and panel.
    assert found.model is posterior.model
    assert cache.cached_fit(place, *asked, {"random_seed": 2}) is None
    assert cache.cached_fit(place, posterior.model, posterior.as_of + -1, {}) is None
    # The file is of another text, whatever its place says.
    texts = posterior.model.model_text + "\n# changed\n", posterior.model.evidence_text
    assert cache.cached_fit(place, wr.Model.from_texts(*texts), posterior.as_of, {}) is None
    place.write_bytes(place.read_bytes()[:-1])
    assert cache.cached_fit(place, *asked, {}) is None
    assert cache.cached_fit(place.with_name("none.nc"), *asked, {}) is None


def test_what_cannot_be_kept_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, posterior: wr.Posterior
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(tmp_path / "file"))
    place = cache.fit_path(posterior.model, posterior.as_of, {})
    answers: list[Any] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        said = refusal(lambda: answers.append(ask(place)))
    assert answers == [(ANSWER, 1)] and said == ""
    assert "the answer is right, but was not stored for next time" in str(caught[-1].message)
    with pytest.warns(wr.WithdrawalRiskWarning, match="was not stored"):
        cache.store_fit(place, posterior)


def test_fit_shares_the_folder_with_the_command_line(folder: Path, small: wr.Model) -> None:
    from withdrawal_risk.inference.lazy import LazyPosterior

    def announce(text: str) -> None:
        raise AssertionError(text)

    asked: dict[str, Any] = {"draws": 30, "tune": 50, "chains": 2, "random_seed": 5}
    first = wr.fit(small, cache=True, progressbar=False, **asked)
    began = time.monotonic()
    second = wr.fit(small, cache=True, progressbar=False, **asked)
    assert time.monotonic() - began < 5 and second.digest == first.digest
    kept = LazyPosterior(small, None, announce=announce, progressbar=False, **asked)
    assert kept.digest == first.digest
    assert [entry.path for entry in cache.entries()] == [kept.path]


def test_old_ones_go_by_themselves(
    place: Path, posterior: wr.Posterior, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kept(name: str, days: float, size: int = 10) -> Path:
        path = place.with_name(name)
        path.write_bytes(b"x" * size)
        os.utime(path, (time.time() - 86_400 * days,) * 2)
        return path

    old = kept(f"small-{'a' * 24}.nc", 61)
    young = kept(f"small-{'b' * 24}.nc", 59)
    half = kept(f".{'c' * 16}.tmp", 2)
    other = kept("notes.txt", 999)
    cache.store_fit(place, posterior)
    assert (
        not old.exists()
        and not half.exists()
        and young.exists()
        and other.exists()
        and place.exists()
    )
    monkeypatch.setattr(cache, "MOST_BYTES", place.stat().st_size + 5)
    cache.store_fit(place, posterior)
    assert not young.exists() and place.exists()
    assert [entry.path for entry in cache.clear_cache()] == [place]
    assert cache.entries() == [] and other.exists()


def test_two_processes_share_a_folder(place: Path) -> None:
    """Each writes whole files under the same name, and each finds one that is whole."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom withdrawal_risk.inference.cache import cached_answer\n"
        "place, answer = Path(sys.argv[1]), {'data': 1, 'text': 'x' * 10**6}\n"
        "for n in range(60):\n"
        "    kept = next(place.parent.glob('*.json'), None)\n"
        "    if kept and n % 3 == 0: kept.unlink(missing_ok=True)\n"
        "    assert cached_answer(place, {'q': 2}, lambda: answer) == answer\n"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code, place], stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for process in processes:
        _, error = process.communicate(timeout=120)
        assert process.returncode == 0, error.decode()
    assert not list(place.parent.glob("*.tmp"))


def test_a_user_without_a_home_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WITHDRAWAL_RISK_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)

    def homeless() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", homeless)
    assert cache.cache_folder().parent == Path(os.devnull) and cache.entries() == []
