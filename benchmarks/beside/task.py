"""The task that `benchmarks.beside_other_tools` gives to every tool, and its answers worked out by hand.

Tension weakens control and opens gaps; control closes gaps. Because tension acts on both, seeing firm control and
enforcing it are different questions.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any, Final

import numpy as np
import pandas as pd

TENSION: Final = ("low", "high")
CONTROL: Final = ("weak", "firm")
GAPS: Final = ("no", "yes")

HIGH: Final = 0.4
"""P(tension = high)."""

FIRM: Final = {"low": 0.8, "high": 0.3}
"""P(control = firm | tension)."""

OPEN: Final = {
    ("low", "weak"): 0.3,
    ("low", "firm"): 0.1,
    ("high", "weak"): 0.8,
    ("high", "firm"): 0.4,
}
"""P(gaps = yes | tension, control)."""

RANGE: Final = {
    ("low", "weak"): (0.2, 0.4),
    ("low", "firm"): (0.05, 0.2),
    ("high", "weak"): (0.7, 0.9),
    ("high", "firm"): (0.3, 0.5),
}
"""Between which bounds each entry of `OPEN` may lie, for a tool that takes bounds."""

STAYS: Final = 0.9
"""P(tension in a month is what it was in the month before)."""

MONTHS: Final = 6

WEIGHTS: Final = {"tension to control": -0.6, "tension to gaps": 0.5, "control to gaps": -0.5}
"""The same arrows between three levels, for counterfactuals that need equations that can be inverted."""

UNIT: Final = {"tension": 1.0, "control": -1.0, "gaps": 1.2}
"""The one unit that was seen, as levels. In words: tension high, control weak, gaps yes."""

ROWS: Final = 2000
"""Rows of data for a tool that learns from data."""

QUESTIONS: Final = {
    "probability": "How probable are gaps?",
    "do": "The same if control is made firm",
    "observe": "The same if control is seen to be firm",
    "counterfactual": "One unit had high tension, weak control and gaps: what if its control had been firm?",
    "interval": "Between what bounds does the answer after do lie, given what is not known of the effects?",
    "time": f"Tension is high in the first month: how probable are gaps in month {MONTHS}?",
}

NO_FUNCTION: Final = "no function"
NOT_TRIED: Final = "not tried"


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a tool is asked.

    Parameters
    ----------
    call : str
        The function that answers, as its documentation names it.
    ask : callable
        Takes what `Tool.build` returned.
    about : str
        What the number is, where it is not the probability of gaps.
    """

    call: str
    ask: Callable[[Any], float | tuple[float, float]]
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A tool and its ways.

    Parameters
    ----------
    name : str
    distribution : str
        Under which its version is found.
    modules : tuple of str
        What a user imports.
    build : callable
        Makes what the ways ask.
    form : str
        The form in which the tool is given the task.
    ways : mapping of str to Way or str
        By question; a text says that, and why, there is no answer.
    more_lines : int
        Lines of files that belong to the task.
    """

    name: str
    distribution: str
    modules: tuple[str, ...]
    build: Callable[[], Any]
    form: str
    ways: Mapping[str, Way | str]
    more_lines: int = 0


def lines(function: Callable[..., Any]) -> int:
    """Count the lines of a function's body: neither blank ones, nor comments, nor its docstring."""
    source = inspect.getsource(function)
    docstring = function.__doc__ or ""
    body = source.replace(f'"""{docstring}"""', "", 1).splitlines()[1:]
    return sum(bool(line.strip()) and not line.strip().startswith("#") for line in body)


def rows() -> pd.DataFrame:
    """Simulate the network: a row a unit, with the names of the states."""
    rng = np.random.default_rng(1)
    tension = np.where(rng.random(ROWS) < HIGH, "high", "low")
    control = np.where(rng.random(ROWS) < [FIRM[t] for t in tension], "firm", "weak")
    chance = [OPEN[pair] for pair in zip(tension, control, strict=True)]
    gaps = np.where(rng.random(ROWS) < chance, "yes", "no")
    return pd.DataFrame({"tension": tension, "control": control, "gaps": gaps})


def levels() -> pd.DataFrame:
    """Simulate the same arrows between levels, by linear equations with normal noise."""
    rng = np.random.default_rng(2)
    noise = rng.normal(size=(3, ROWS)) * np.array([[1.0], [0.8], [0.6]])
    tension = noise[0]
    control = WEIGHTS["tension to control"] * tension + noise[1]
    gaps = WEIGHTS["tension to gaps"] * tension + WEIGHTS["control to gaps"] * control + noise[2]
    return pd.DataFrame({"tension": tension, "control": control, "gaps": gaps})


def _joint(opened: Mapping[tuple[str, str], float], firm: Mapping[str, float]) -> dict[Any, float]:
    """Enumerate all eight states of the three variables."""
    chances = {}
    for t, c, g in product(TENSION, CONTROL, GAPS):
        of_tension = HIGH if t == "high" else 1 - HIGH
        of_control = firm[t] if c == "firm" else 1 - firm[t]
        of_gaps = opened[t, c] if g == "yes" else 1 - opened[t, c]
        chances[t, c, g] = of_tension * of_control * of_gaps
    return chances


def _share(chances: Mapping[Any, float], given: Callable[[Any], bool]) -> float:
    total = sum(chance for state, chance in chances.items() if given(state))
    return sum(p for state, p in chances.items() if given(state) and state[2] == "yes") / total


def _counterfactual() -> float:
    """Enumerate the noise of gaps, cut where the tables cut it: gaps are there if it lies below their probability."""
    cuts = sorted({0.0, *OPEN.values(), 1.0})
    possible = [piece for piece in pairwise(cuts) if piece[1] <= OPEN["high", "weak"]]
    mass = {piece: piece[1] - piece[0] for piece in possible}
    still = sum(p for piece, p in mass.items() if piece[1] <= OPEN["high", "firm"])
    return still / sum(mass.values())


def _later() -> float:
    """Enumerate every path of tension over the months."""
    total = 0.0
    for path in product(TENSION, repeat=MONTHS - 1):
        chance, before = 1.0, "high"
        for now in path:
            chance *= STAYS if now == before else 1 - STAYS
            before = now
        of_gaps = FIRM[before] * OPEN[before, "firm"] + (1 - FIRM[before]) * OPEN[before, "weak"]
        total += chance * of_gaps
    return total


def enumerated() -> dict[str, float | tuple[float, float]]:
    """Return the answer to every question of the discrete network, by adding up states."""
    enforced = dict.fromkeys(TENSION, 1.0)
    ends = [
        _share(_joint(dict(zip(RANGE, corner, strict=True)), enforced), lambda state: True)
        for corner in product(*RANGE.values())
    ]
    return {
        "probability": _share(_joint(OPEN, FIRM), lambda state: True),
        "do": _share(_joint(OPEN, enforced), lambda state: True),
        "observe": _share(_joint(OPEN, FIRM), lambda state: state[1] == "firm"),
        "counterfactual": _counterfactual(),
        "interval": (min(ends), max(ends)),
        "time": _later(),
    }


def level_had_control_been_firm() -> float:
    """Return the level of gaps of the unit, had its control been 1: its own noise, another control."""
    return UNIT["gaps"] + WEIGHTS["control to gaps"] * (1 - UNIT["control"])
