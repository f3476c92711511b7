"""The tutorial, done as a reader does it: files are written, commands typed, and what it shows is what comes."""

from __future__ import annotations

import difflib
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from tests.arabic import numbers
from tests.pages import commands, fences, headings

import withdrawal_risk as wr
from withdrawal_risk.cli import main
from withdrawal_risk.cli.questions import FAILED_CHECKS

pytestmark = pytest.mark.slow

ROOT: Final = Path(__file__).parents[1]
ENGLISH: Final = ROOT / "docs" / "tutorial.md"
ARABIC: Final = ROOT / "docs" / "ar" / "tutorial.md"
PAGES: Final = (ENGLISH, ARABIC)

BASIS: Final = "judgement: exercise"
CHARACTERS_A_MINUTE: Final = 200
"""Of somebody who types 40 words a minute."""

WORDS_A_MINUTE: Final = 200
"""Of somebody who reads to understand."""


@dataclass(frozen=True)
class Step:
    """A file that the page has its reader write, commands, or a text that it shows."""

    name: str
    language: str
    text: str


def steps(page: Path) -> list[Step]:
    """Return the blocks of code in their order; the name of a file stands in the line before it."""
    found = re.findall(
        r"^(?:`([\w/.]+)`:\n\n)?```(\w+)\n(.*?)^```",
        page.read_text(encoding="utf-8"),
        flags=re.MULTILINE | re.DOTALL,
    )
    return [Step(*block) for block in found]


def files(page: Path) -> dict[str, str]:
    """Return the files of a page by their names."""
    return {step.name: step.text for step in steps(page) if step.name}


def write(page: Path, folder: Path) -> Path:
    """Write the finished files of a page and return the model's folder."""
    for name, text in files(page).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "kestria"


def near(shown: str, printed: str) -> bool:
    """Say whether two lines have the same words, and numbers that differ by two points at most."""
    ours, theirs = numbers(shown), numbers(printed)
    words = [
        re.sub(r"[<>]?[−+]?\d[\d.,]*", "#", " ".join(line.split())) for line in (shown, printed)
    ]
    return words[0] == words[1] and all(
        a == b or abs(float(a) - float(b)) <= 2 for a, b in zip(ours, theirs, strict=True)
    )


def test_every_step_works_and_shows_what_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(tmp_path / "cache"))
    printed: list[str] = []
    model = tmp_path / "kestria" / "model.yaml"
    for step in steps(ENGLISH):
        if step.name:
            (tmp_path / step.name).write_text(step.text, encoding="utf-8")
        elif step.language == "console":
            for words in map(shlex.split, step.text.splitlines()):
                own = words[2:]
                with pytest.raises(SystemExit) as stopped:
                    main(own)
                # While questions are left, `validate` says so by its exit code.
                left = own[0] == "validate" and "TODO" in model.read_text(encoding="utf-8")
                allowed = {1} if left else {0, None, FAILED_CHECKS}
                assert stopped.value.code in allowed, own
                printed += capsys.readouterr().out.replace("\u00a0", " ").splitlines()
        elif step.language == "python":
            exec(compile(step.text, "tutorial", "exec"), {})
        elif step.language == "text" and "error: value: 72" not in step.text:
            for line in step.text.splitlines():
                assert any(near(line, said) for said in printed), line
    assert (tmp_path / "kestria.html").stat().st_size > 100_000


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_the_finished_file_is_in_order_and_answers(page: Path, tmp_path: Path) -> None:
    folder = write(page, tmp_path)
    findings = wr.validate(folder)
    assert all(finding.note for finding in findings)
    assert not wr.format_model(folder, write=False)
    model = wr.load_model(folder)
    assert len(model.spec.factors) == 6
    table = wr.preliminary(model).summary
    (shown,) = (block.text for block in steps(ENGLISH) if block.text.startswith("Condition  "))
    for p, line in zip(table["probability"], shown.splitlines()[2:], strict=True):
        assert 100 * p == pytest.approx(float(numbers(line)[0]), abs=5)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_every_piece_that_is_explained_stands_in_the_finished_file(page: Path) -> None:
    whole = files(page)["kestria/model.yaml"]
    pieces = [step.text for step in steps(page) if step.language == "yaml" and not step.name]
    assert len(pieces) == 6
    assert all(piece in whole for piece in pieces)


def test_a_percentage_in_place_of_a_share_is_refused_as_the_page_says(tmp_path: Path) -> None:
    folder = write(ENGLISH, tmp_path)
    rows = folder / "evidence.csv"
    rows.write_text(rows.read_text(encoding="utf-8").replace(",0.72,", ",72,"), encoding="utf-8")
    (shown,) = (step.text for step in steps(ENGLISH) if "error: value: 72" in step.text)
    (found,) = wr.validate(folder)
    assert shown.strip().endswith(str(found).split("evidence.csv")[-1])


def typed(before: str, after: str) -> int:
    """Return the length of the words that make one text of another."""
    a, b = (re.findall(r"\S+\s*", text) for text in (before, after))
    parts = difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    return sum(len("".join(b[j:k])) for kind, _, _, j, k in parts if kind in {"insert", "replace"})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_typing_and_reading_take_less_than_half_an_hour(page: Path, tmp_path: Path) -> None:
    """Typed are the words that differ from what `new` wrote, a reason that is the same everywhere once."""
    written = files(page)
    (tmp_path / "network.csv").write_text(written["network.csv"], encoding="utf-8")
    wr.scaffold(
        tmp_path / "kestria",
        source=tmp_path / "network.csv",
        **{"start": "2024-01", "as_of": "2025-06", "horizon": "2026-06"},
    )
    asked = (tmp_path / "kestria" / "model.yaml").read_text(encoding="utf-8")
    asked, times = re.subn(r'basis: "TODO[^\n]*', f'basis: "{BASIS}"', asked)
    rows = written["kestria/evidence.csv"].split("\n", 1)[1]
    count = len(BASIS) + len(written["network.csv"]) + len(rows)
    count += typed(asked, written["kestria/model.yaml"])

    text = page.read_text(encoding="utf-8")
    until_the_outlook = re.sub(r"```.*?```", "", text.split("\n## 11")[0], flags=re.DOTALL)
    typing, reading = count / CHARACTERS_A_MINUTE, len(until_the_outlook.split()) / WORDS_A_MINUTE
    assert f"{round(count, -2):,}" in text
    assert re.search(rf"\b{round(typing)} (minutes|دقيقة)", text)
    assert re.search(rf"\b{round(reading)} (more|دقائق)", text)
    assert re.search(rf"\b{times} (times|مرة)", text)
    assert typing + reading < 29.5


def test_the_arabic_page_has_the_same_steps() -> None:
    ours, theirs = (headings(page) for page in PAGES)
    assert [level for level, _ in ours] == [level for level, _ in theirs]
    assert commands(ENGLISH) == [line.replace(" --lang ar", "") for line in commands(ARABIC)]
    (english,) = fences(ENGLISH, "python")
    (arabic,) = fences(ARABIC, "python")
    assert arabic == english.replace("sentence()", 'sentence("ar")').replace('"en"', '"ar"')


def test_the_arabic_files_differ_in_their_words_alone() -> None:
    ours, theirs = (files(page) for page in PAGES)
    assert ours.keys() == theirs.keys()
    for name, text in ours.items():
        for english, arabic in zip(text.splitlines(), theirs[name].splitlines(), strict=True):
            same = re.split("[\u0600-\u06ff]", arabic, maxsplit=1)[0]
            assert english.startswith(same.rstrip('"')), arabic
            assert english == arabic or same != arabic


def test_the_arabic_page_shows_the_numbers_of_the_english_one() -> None:
    (table,) = (step.text for step in steps(ENGLISH) if step.text.startswith("Condition  "))
    (moved,) = (step.text for step in steps(ENGLISH) if step.text.startswith("With Public"))
    arabic = ARABIC.read_text(encoding="utf-8")
    rows = re.findall(r"^\| .*$", arabic, flags=re.MULTILINE)[1:]
    assert [numbers(row) for row in rows] == [numbers(row) for row in table.splitlines()[2:]]
    (quoted,) = re.findall(r"^> مع خفض.*$", arabic, flags=re.MULTILINE)
    # A single level is a word in Arabic.
    assert numbers(quoted) == numbers(moved.replace("1 level", ""))
