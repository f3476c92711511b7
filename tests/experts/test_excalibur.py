"""Files of EXCALIBUR, as it writes them and as people change them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.refusals import refusal

from withdrawal_risk.experts.excalibur import Excalibur, Question, read_excalibur

TOBACCO = Path(__file__).parents[1] / "data" / "tobacco"

HEAD = "* CLASS ASCII OUTPUT FILE. NQ=   3   QU=   5  50  95\n"


def line(expert: int, who: str, question: int, name: str, values: Any, scale: str = "UNI", text: str = "") -> str:  # fmt: skip
    """A line in the program's columns."""
    numbers = ""
    for value in values:
        mantissa, exponent = f"{value:.5E}".split("E")
        numbers += f" {mantissa:>8}E{exponent[0]}{int(exponent[1:]):04d}"
    return f"{expert:5d} {who:>8}{question:5d} {name:>14} {scale}{numbers} {text:>60}\n"


def true_line(question: int, name: str, value: float, scale: str = "UNI", text: str = "") -> str:
    (number,) = [line(1, "e", 1, "q", [value]).split("UNI")[1].split()[0]]
    return f"{question:5d} {name:>14} {number:>14} {scale} {text:>60}\n"


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Read texts as files; the second may be left out."""

    def reader(dtt: str | bytes, rls: str | bytes | None = None) -> Excalibur:
        paths = []
        for name, text in (("a.dtt", dtt), ("a.rls", rls)):
            if text is not None:
                path = tmp_path / name
                path.write_bytes(text.encode() if isinstance(text, str) else text)
                paths.append(path)
        return read_excalibur(*paths)

    return reader


def test_the_tobacco_panel() -> None:
    panel = read_excalibur(TOBACCO / "tobacco.dtt", TOBACCO / "tobacco.rls")
    assert panel.experts == tuple(f"Ex{k}" for k in range(1, 8))
    assert panel.probabilities == (0.05, 0.25, 0.5, 0.75, 0.95)
    assert panel.assessments.shape == (7, 10, 5)
    assert panel.assessments[3, 0].tolist() == [1, 11, 15, 100, 200]
    assert panel.realisations[[0, 7]].tolist() == [13.11, 0.777]
    assert panel.questions[2] == Question(
        "MinVio", "linear", "sales to minors found in Pennsylvania, %"
    )
    assert not panel.assessments.flags.writeable and not panel.realisations.flags.writeable


def test_names_with_blanks_and_digits_in_columns(read: Any) -> None:
    """Such names are found in files of the public database."""
    dtt = HEAD + "".join(
        line(e, who, q, name, [1, 2, 3])
        for e, who in ((1, "Exp 1"), (2, "2"))
        for q, name in ((1, "odds ratio"), (2, "odds ratio 2"), (10, "_item  3"))
    )
    panel = read(dtt, true_line(1, "odds ratio 2", 2.5))
    assert panel.experts == ("Exp 1", "2")
    assert [question.name for question in panel.questions] == [
        *("odds ratio", "odds ratio 2", "_item  3"),
    ]
    np.testing.assert_array_equal(panel.realisations, [np.nan, 2.5, np.nan])


def test_columns_may_be_shifted(read: Any) -> None:
    """Tabs, lower case, short numbers, empty lines, the end mark of old programs, and any order."""
    dtt = (
        "* class ascii output file. nq= 3   qu= 10\t50 90\r\n"
        "2 Omar-the-longer 12 a_rather_long_name uni \t1.5\t2.00E+00   +3.e1\t10 of these 5\r\n"
        "\r\n"
        " 1  Anna   3  100%_(rain/snow) LOG  .5 1 2.5E+0000 \r\n"
        " 2  Omar-the-longer   3  100%_(rain/snow) LOG  1 2 3\r\n\x1a"
    )
    panel = read(dtt, "  7\t100%_(rain/snow)   4  log its text\n")
    assert panel.experts == ("Anna", "Omar-the-longer")
    assert panel.probabilities == (0.1, 0.5, 0.9)
    assert panel.questions == (
        Question("100%_(rain/snow)", "log", "its text"),
        Question("a_rather_long_name", "linear", "10 of these 5"),
    )
    expected = [[[0.5, 1, 2.5], [np.nan] * 3], [[1, 2, 3], [1.5, 2, 30]]]
    np.testing.assert_array_equal(panel.assessments, expected)
    np.testing.assert_array_equal(panel.realisations, [4, np.nan])


@pytest.mark.parametrize("moved", ["shift right", "shift left"])
def test_whole_lines_moved_by_a_column(read: Any, moved: str) -> None:
    """Numbers of two digits stand at the edge of their column."""
    names = [f"S{q:02d}" for q in range(1, 13)]
    dtt = HEAD
    for q, name in enumerate(names, start=1):
        text = line(10, "Ex", q, name, [1, 2, q + 2])
        dtt += f" {text}" if moved == "shift right" else text[1:]
    panel = read(dtt)
    assert [question.name for question in panel.questions] == names
    assert panel.assessments[0, :, 2].tolist() == [q + 2 for q in range(1, 13)]


@pytest.mark.parametrize("none", [-999.5, -995, -996, -999.6, -1000, -990])
def test_numbers_that_stand_for_none(read: Any, none: float) -> None:
    dtt = HEAD + line(1, "A", 1, "x", [none] * 3) + line(2, "B", 1, "x", [-2000, -1001, -989])
    panel = read(dtt, true_line(1, "x", none))
    assert np.isnan(panel.assessments[0]).all() and np.isnan(panel.realisations).all()
    assert panel.assessments[1].tolist() == [[-2000, -1001, -989]]


def test_encodings(read: Any) -> None:
    text = HEAD + line(1, "Zoë", 1, "pétrole", [1, 2, 3], text="part “importée”")
    for content in (text.encode(), text.encode("utf-8-sig"), text.encode("cp1252")):
        panel = read(content)
        assert panel.experts == ("Zoë",)
        assert panel.questions == (Question("pétrole", "linear", "part “importée”"),)


GOOD = line(1, "A", 1, "x", [1, 2, 3])
RLS = true_line(1, "x", 2)


@pytest.mark.parametrize(
    ("dtt", "rls", "said"),
    [
        ("", None, "a.dtt:1: '' is no first line of EXCALIBUR's"),
        (GOOD, None, "a.dtt:1: '    1"),
        (HEAD, None, "a.dtt:1: no assessment follows"),
        (HEAD.replace("3 ", "4 "), None, "a.dtt:1: NQ=4, but 3 percentages"),
        (HEAD.replace("95", "50"), None, "a.dtt:1: QU='5  50  50' do not rise between 0 and 100"),
        (HEAD.replace("95", "100"), None, "do not rise between 0 and 100"),
        (HEAD.replace("95", "xx"), None, "a.dtt:1: QU='5  50  xx' are no percentages"),
        (HEAD + GOOD + "hello\n", None, "a.dtt:3: 'hello' is no assessment"),
        (HEAD + GOOD.replace("UNI", "LIN"), None, "a.dtt:2: "),
        (HEAD + "1 A 1 x UNI 1 2\n", None, "a.dtt:2: 2 quantiles where the file has 3 percentages: 1 2"),
        (HEAD + "1 A 1 x UNI 1 2 few\n", None, "a.dtt:2: 2 quantiles where the file has 3 percentages: 1 2"),
        (HEAD + "1 A 1 x UNI 1 nan 3\n", None, "a.dtt:2: 1 quantile where the file has 3 percentages"),
        (HEAD + "1 A 1 x UNI 1 2 1E+9999\n", None, "a.dtt:2: 1 2 1E+9999 holds a number that is too large"),
        (HEAD + line(1, "A", 1, "x", [1, 3, 2]), None, "a.dtt:2: the quantiles 1.00000E+0000 3.00000E+0000 2.00000E+0000 do not rise"),
        (HEAD + line(1, "A", 1, "x", [0, 1, 2], "LOG"), None, "a.dtt:2: 0 has no logarithm"),
        (HEAD + line(1, "A", 1, "x", [-999.5, 1, 2]), None, "a.dtt:2: -9.99500E+0002 1.00000E+0000 2.00000E+0000: numbers from -1000 to -990"),
        (HEAD + GOOD + GOOD, None, "a.dtt:3: expert 1 has answered question 1 before"),
        (HEAD + GOOD + line(1, "B", 2, "y", [1, 2, 3]), None, "a.dtt:3: expert 1 is 'B' here, and 'A' before"),
        (HEAD + GOOD + line(2, "B", 1, "y", [1, 2, 3]), None, "a.dtt:3: question 1 is 'y' here, and 'x' before"),
        (HEAD + GOOD + line(2, "A", 1, "x", [1, 2, 3]), None, "a.dtt:3: expert 2 is named 'A', as another is"),
        (HEAD + GOOD + line(2, "B", 1, "x", [1, 2, 3], "LOG"), None, "a.dtt:3: question 1 is on another scale"),
        (HEAD + "0 A 1 x UNI 1 2 3\n", None, "a.dtt:2: expert 'A' has the number 0"),
        (HEAD + "1 A 1001 x UNI 1 2 3\n", None, "a.dtt:2: question 'x' has the number 1001; write a name, and a number from 1 to 1000"),
        (HEAD + "9" * 4000 + " A 1 x UNI 1 2 3\n", None, "a.dtt:2: expert 'A' has the number 999999999"),
        (HEAD + GOOD + "x" * 5001, None, "a.dtt:3: the line has 5001 characters"),
        (HEAD + "1 A 1 x\u202e UNI 1 2 3\n", None, "a.dtt:2: the character U+202E"),
        (HEAD.encode() + b"1 A 1 \x81 UNI 1 2 3\n", None, "a.dtt:2: byte 0x81 is neither UTF-8 nor Windows-1252"),
        ((HEAD + GOOD).encode("utf-16"), None, "a.dtt:1: this is UTF-16"),
        (HEAD + GOOD, "1 x UNI 2\n", "a.rls:1: '1 x UNI 2' is no true value"),
        (HEAD + GOOD, RLS + true_line(2, "xx", 2), "a.rls:2: no question is named 'xx'; did you mean 'x'? Valid: 'x'"),
        (HEAD + GOOD, RLS + RLS, "a.rls:2: question 'x' has a true value before"),
        (HEAD + GOOD, true_line(1, "x", 2, "LOG"), "a.rls:1: question 'x' is on another scale in the assessments"),
    ],
)  # fmt: skip
def test_faults_have_a_place(read: Any, dtt: str | bytes, rls: str | None, said: str) -> None:
    assert said in refusal(lambda: read(dtt, rls))


def test_files_that_are_none(tmp_path: Path) -> None:
    assert "does not exist; check the path" in refusal(lambda: read_excalibur(tmp_path / "no.dtt"))
    assert "is a folder" in refusal(lambda: read_excalibur(tmp_path))
    assert "assessments is 3; write a path" in refusal(lambda: read_excalibur(3))  # type: ignore[arg-type]
    os.mkfifo(tmp_path / "pipe")
    assert "is no regular file" in refusal(lambda: read_excalibur(tmp_path / "pipe"))
    with (tmp_path / "large.dtt").open("wb") as file:
        file.truncate(2**24 + 1)
    assert "at most 16777216 are read" in refusal(lambda: read_excalibur(tmp_path / "large.dtt"))


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=30)  # fmt: skip


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.lists(st.one_of(WORDS, st.sampled_from(["1", "A", "x", "UNI", "LOG", "1 2 3", "-995", " ", "\n", "1E999"])), max_size=14), st.binary(max_size=12))  # fmt: skip
def test_any_file_is_read_or_refused(read: Any, words: list[str], rest: bytes) -> None:
    """Never a traceback."""
    content = (HEAD + " ".join(words)).encode() + rest
    told = refusal(lambda: read(content))
    assert told == "" or "a.dtt:" in told
