"""One gate for text: what nobody sees and terminals obey does not pass, and what Arabic needs does."""

from __future__ import annotations

import pytest
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.characters import forbidden, letters, printable, quoted
from withdrawal_risk.errors import FileProblem, ModelFileError


@pytest.mark.parametrize(
    "character",
    [
        "\x00",
        "\x07",
        "\x1b",
        "\x7f",
        "\x85",
        "\u2028",
        "\u2029",
        "\u202a",
        "\u202e",
        "\u2066",
        "\u2069",
        "\ufeff",
        "\U000e0041",
        "\ud800",
        "\r",
    ],
)
def test_forbidden_characters_are_named_and_written_out(character: str) -> None:
    found = forbidden(f"ab{character}c")
    assert found is not None and found.position == 2 and found.name == f"U+{ord(character):04X}"
    assert (
        printable(f"ab{character}c").isascii() and forbidden(printable(f"ab{character}c")) is None
    )


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "two\nlines",
        "two\r\nlines",
        "a\ttab",
        "الفجوات",
        "a\u200fb",
        "a\u200cb",
        "−1 → 2\u00a0%",
        "😀",
    ],
)
def test_what_people_write_passes(text: str) -> None:
    assert forbidden(text) is None and printable(text) == text


def test_what_was_given_is_quoted_and_cut() -> None:
    assert quoted("low") == "'low'"
    assert len(quoted("x" * 10**6)) == 60 and len(quoted([1] * 10**6)) == 60
    assert quoted(10**5000) == "a whole number of more than 60 digits"
    assert quoted("a\u202eb") == "'a\\u202eb'"

    class Rude:
        def __repr__(self) -> str:
            raise RuntimeError

    assert quoted(Rude()) == "<Rude>"


def test_messages_show_what_terminals_obey() -> None:
    assert str(wr.WithdrawalRiskError("a\x1b[31mb\u202ec")) == "a\\x1b[31mb\\u202ec"
    assert len(str(wr.WithdrawalRiskError("x" * 10**6))) < 20_000
    assert "\x1b" not in refusal(lambda: wr.load_model("\x1b[31m"))


def test_of_many_faults_fifty_are_shown_and_of_like_ones_three() -> None:
    def fault(line: int, message: str) -> FileProblem:
        return FileProblem("m.yaml", line, 1, "", message)

    alike = ModelFileError([fault(n, f"'x{n}' is not a date") for n in range(1, 87)])
    assert str(alike).splitlines() == [
        "m.yaml:1:1: 'x1' is not a date",
        "m.yaml:2:1: 'x2' is not a date",
        "m.yaml:3:1: 'x3' is not a date (and 83 more like it, in lines 4 to 86)",
    ]
    assert len(alike.problems) == 86
    words = ["".join(chr(97 + int(d)) for d in f"{n:03d}") for n in range(120)]
    lines = str(
        ModelFileError([fault(n, f"fault {word}") for n, word in enumerate(words)])
    ).splitlines()
    assert len(lines) == 51 and lines[-1] == "and 70 more; mend these first"
    # Three of each of a hundred kinds: what is neither shown nor counted beside its like is more.
    many = [fault(n, f"fault {word} {n}") for word in words[:100] for n in range(3, 6)]
    assert str(ModelFileError(many)).splitlines()[-1] == "and 250 more; mend these first"
    more = [fault(n, f"fault {word} {n}") for word in words[:100] for n in range(3, 8)]
    said = str(ModelFileError(more)).splitlines()
    beside = sum("and 2 more like it" in line for line in said)
    assert said[-1] == f"and {500 - 50 - 2 * beside} more; mend these first"
    assert (
        len(
            str(ModelFileError([fault(n, f"{word} " + "y" * 5000) for n, word in enumerate(words)]))
        )
        < 20_000
    )


def test_letters_go_on() -> None:
    assert [letters(k) for k in (0, 25, 26, 51, 52, 701, 702)] == [
        *("a", "z", "aa", "az", "ba", "zz", "aaa"),
    ]
