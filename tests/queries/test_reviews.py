"""Reviews of elements: what is contested, and what nobody has looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.test_commands import run
from tests.refusals import refusal

import withdrawal_risk as wr

ELEMENT = "  tension:\n    role: driver\n"
AGREED = "{by: Amal, on: 2024-01-15, says: agreed}"
SECTIONS = (
    *("factors", "policies", "edges", "events", "indicators"),
    *("conditions", "scenarios"),
)
CONTESTED = "{by: Basim, on: 2024-02, says: contested, because: It moves faster.}"


def reviewed(text: str, said: str) -> str:
    assert ELEMENT in text
    return text.replace(ELEMENT, f"{ELEMENT}    reviewed: {said}\n", 1)


def findings(folder: Path, text: str, evidence: str, **options: bool) -> list[str]:
    folder.mkdir(exist_ok=True)
    (folder / "model.yaml").write_text(text, encoding="utf-8")
    (folder / "evidence.csv").write_text(evidence, encoding="utf-8")
    return [str(item).removeprefix(str(folder)) for item in wr.validate(folder, **options)]


def test_what_is_not_reviewed_is_counted_where_something_is(
    tmp_path: Path, small_text: str, small_evidence: str
) -> None:
    before = findings(tmp_path, small_text, small_evidence)
    assert not any("review" in line for line in before)
    after = findings(tmp_path, reviewed(small_text, AGREED), small_evidence)
    (line,) = [line for line in after if "not reviewed" in line]
    spec = wr.load_model(tmp_path).spec
    count = sum(len(getattr(spec, section)) for section in SECTIONS)
    assert ": note: " in line and f"{count - 1} elements are not reviewed (gaps, " in line


def test_reviews_can_be_demanded(
    tmp_path: Path,
    small_text: str,
    small_evidence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = reviewed(small_text, AGREED)
    found = findings(tmp_path, text, small_evidence, reviewed=True)
    missing = [line for line in found if "nobody has reviewed it; add reviewed: {by: " in line]
    assert all(": error: " in line for line in missing)
    assert any("error: factors.gaps: " in line for line in missing)
    assert any("error: edges[0]: " in line for line in missing)
    assert not any("error: factors.tension: " in line for line in missing)
    assert run("validate", str(tmp_path)) == 0
    assert run("validate", str(tmp_path), "--reviewed") == 1
    capsys.readouterr()


@pytest.mark.parametrize(
    ("said", "contested"),
    [
        (CONTESTED, True),
        (f"[{AGREED}, {CONTESTED}]", True),
        # The same person came round; another's doubt would stay.
        (f"[{CONTESTED}, {{by: Basim, on: 2024-03, says: agreed}}]", False),
        (f"[{CONTESTED}, {{by: Amal, on: 2024-03, says: agreed}}]", True),
    ],
)
def test_what_is_contested_is_named(
    said: str, contested: bool, tmp_path: Path, small_text: str, small_evidence: str
) -> None:
    found = findings(tmp_path, reviewed(small_text, said), small_evidence)
    named = [line for line in found if "contested by Basim on 2024-02: It moves faster." in line]
    assert len(named) == contested
    assert all(": warning: factors.tension: " in line for line in named)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("{by: A, on: 2024-01, says: contested}", "contested without a reason; say why under because"),
        ("{by: A, on: 15/01/2024, says: agreed}", "'15/01/2024' is not a date"),
        ("{by: A, on: 2024-01, says: fine}", "'fine' is not valid here; "),
        ("{by: A, says: agreed}", "the key 'on' is missing; add it"),
    ],
)  # fmt: skip
def test_faults_of_a_review(said: str, told: str, small_text: str) -> None:
    assert told in refusal(lambda: wr.Model.from_texts(reviewed(small_text, said)))
