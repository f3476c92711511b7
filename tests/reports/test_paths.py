"""Short paths lead where the long ones do."""

from __future__ import annotations

import re

import numpy as np
import pytest

from withdrawal_risk.reports.paths import short_path


def points(path: str) -> list[tuple[str, float, float]]:
    """Every point of a path in either form, read by another program's rules."""
    tokens = re.findall(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)", path)
    found, here, begin, command, k = [], np.zeros(2), np.zeros(2), "", 0
    while k < len(tokens):
        if tokens[k].isalpha():
            command = tokens[k]
            k += 1
            if command in "zZ":
                here = begin
                found.append(("z", *here))
                continue
        count = {"m": 1, "l": 1, "q": 2, "c": 3}[command.lower()]
        ends = np.array([float(token) for token in tokens[k : k + 2 * count]]).reshape(-1, 2)
        k += 2 * count
        if command.islower():
            ends = ends + here
        found += [(command.lower(), float(x), float(y)) for x, y in ends]
        here = ends[-1]
        if command in "mM":
            begin, command = here, "l" if command == "m" else "L"
    return found


@pytest.mark.parametrize("seed", range(30))
def test_points_are_the_same_to_a_twentieth(seed: int) -> None:
    rng = np.random.default_rng(seed)
    parts = []
    for _ in range(rng.integers(1, 5)):
        parts.append("M {:.6f} {:.6f}".format(*rng.uniform(-500, 500, 2)))
        for _ in range(rng.integers(0, 40)):
            command = rng.choice(["L", "L", "L", "Q", "C"])
            count = {"L": 2, "Q": 4, "C": 6}[str(command)]
            numbers = rng.uniform(-5, 5, count) * rng.choice([0.001, 1, 100])
            parts.append(f"{command} " + " ".join(f"{number:.6f}" for number in numbers))
        if rng.random() < 0.5:
            parts.append("z")
    path = " ".join(parts)
    long, short = points(path), points(short_path(path))
    assert [kind for kind, *_ in long] == [kind for kind, *_ in short]
    away = [
        abs(a - b)
        for one, other in zip(long, short, strict=True)
        for a, b in zip(one[1:], other[1:], strict=True)
    ]
    assert max(away) <= 0.0501
    assert len(short_path(path)) < 0.7 * len(path)


def test_other_commands_are_left_alone() -> None:
    assert short_path("M 0 0 A 1 1 0 0 1 2 2") == "M 0 0 A 1 1 0 0 1 2 2"
