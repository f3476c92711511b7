"""Thresholds a named level further, by hand; and kinder is kinder whatever the tree."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from tests import known

import withdrawal_risk as wr
from withdrawal_risk.elements.conditions import AllOf, AnyOf, Clause, NotOf, Tree, clauses
from withdrawal_risk.model.thresholds import moved_clause, moved_tree
from withdrawal_risk.simulation.probabilities import of_trees

INNER, OUTER = 0.2533471, 0.8416212
"""The standard cuts are the quintiles of a standard normal."""

FACTOR: dict[str, tuple[dict[str, Any], float, float]] = {
    # What is written, levels upwards, and the bound then.
    "name above": ({"at_least": "high"}, 1, OUTER),
    "name below": ({"at_most": "low"}, 1, INNER),
    "name down": ({"at_least": "high"}, -1, -INNER),
    "two levels": ({"at_most": "very low"}, 2, INNER),
    "half a level": ({"at_least": "high"}, 0.5, (INNER + OUTER) / 2),
    "beyond the last": ({"at_least": "very high"}, 1, 2 * OUTER - INNER),
    "beyond the first": ({"at_most": "very low"}, -1, INNER - 2 * OUTER),
    # 0 lies half way between the second and the third cut.
    "number between": ({"at_most": 0.0}, 1, (INNER + OUTER) / 2),
    "number beyond": ({"at_least": 2.0}, 1, 2.0 + OUTER - INNER),
    "number far below": ({"at_least": -3.0}, -1, -3.0 - OUTER + INNER),
    "number at a cut": ({"at_least": -INNER}, -1, -OUTER),
    "nowhere": ({"at_least": "medium"}, 0, -INNER),
}


@pytest.mark.parametrize("written, levels, expected", FACTOR.values(), ids=FACTOR.keys())
def test_a_threshold_on_a_factor_moves_between_cuts(
    small: wr.Model, written: dict[str, Any], levels: float, expected: float
) -> None:
    clause = Clause(factor="gaps", **written)
    moved = moved_clause(small.spec, clause, levels)
    assert moved is not None and moved.bound == pytest.approx(expected, abs=1e-6)
    assert moved.is_lower == clause.is_lower
    (side,) = written
    assert moved.model_dump(exclude={side}) == clause.model_dump(exclude={side})


def test_own_cuts_are_those_of_the_factor() -> None:
    factor = known.factor("a") | {"cuts": [-2, -1, 0, 4]}
    model = known.model(
        ("2020-01", "2020-06", "2020-12"), factors={"a": factor}, edges=[],
        conditions={"c": {"label": "C", "all": [{"factor": "a", "at_most": "medium"}], **known.SAYS}},
    )  # fmt: skip
    found = {
        levels: moved_clause(model.spec, Clause(factor="a", at_most="medium"), levels)
        for levels in (-1.0, 0.5, 1.0, 2.0)
    }
    bounds = {levels: clause.bound for levels, clause in found.items() if clause}
    assert bounds == pytest.approx({-1.0: -1.0, 0.5: 2.0, 1.0: 4.0, 2.0: 8.0})


def per_level(low: float, high: float) -> float:
    """Return the middle of a range of ratios, as what it adds to the logarithm."""
    return math.sqrt(math.log(low) * math.log(high))


RATIO = math.exp(per_level(1.5, 3))
ODDS = math.exp(per_level(1.2, 2))
PRICE = math.exp(per_level(1.1, 1.4))
WINDOW = {"from": "2024-02", "to": "2024-05"}
INDICATOR: dict[str, tuple[dict[str, Any], float, float]] = {
    "count": ({"indicator": "incidents", "at_most": 10}, 1, 10 * RATIO),
    "count down": ({"indicator": "incidents", "at_most": 10}, -1, 10 / RATIO),
    "count, half": ({"indicator": "incidents", "at_least": 10}, 0.5, 10 * math.sqrt(RATIO)),
    "total of three": (
        {"indicator": "incidents", "statistic": "total", "last": 3, "at_most": 45}, 1, 45 * RATIO,
    ),
    "mean": ({"indicator": "incidents", "statistic": "mean", "last": 3, "at_most": 9}, 1, 9 * RATIO),
    "counted months": ({"indicator": "incidents", "always": True, "last": 3, "at_most": 9}, 1, 9 * RATIO),
    # Polarity is a matter of what raises an indicator, not of where its thresholds lie.
    "share": ({"indicator": "supply", "at_least": 0.5}, 1, ODDS / (1 + ODDS)),
    "share down": ({"indicator": "supply", "at_least": 0.8}, -1, 4 / ODDS / (1 + 4 / ODDS)),
    "normal": ({"indicator": "view", "at_least": 1.0}, 1, 1.4),
    "normal below nought": ({"indicator": "view", "at_least": -5.0}, -1, -5.4),
    "normal at nought": ({"indicator": "view", "at_most": 0.0}, 1, 0.4),
    "price": ({"indicator": "rate", "at_most": 100.0}, 1, 100 * PRICE),
    "price of a stretch": ({"indicator": "rate", "statistic": "max", **WINDOW, "at_most": 100.0}, -1, 100 / PRICE),
}  # fmt: skip


@pytest.mark.parametrize("written, levels, expected", INDICATOR.values(), ids=INDICATOR.keys())
def test_a_threshold_on_an_indicator_moves_by_what_a_level_shows(
    small: wr.Model, written: dict[str, Any], levels: float, expected: float
) -> None:
    moved = moved_clause(small.spec, Clause(**written), levels)
    assert moved is not None and moved.bound == pytest.approx(expected, rel=1e-9)


def test_a_total_of_a_normal_moves_in_every_month(small: wr.Model) -> None:
    """Where a level adds, four months add four times as much."""
    clause = Clause.model_validate(
        {"indicator": "view", "statistic": "total", "at_least": 2.0} | WINDOW
    )
    moved = moved_clause(small.spec, clause, 1.0)
    assert moved is not None and moved.bound == pytest.approx(2.0 + 4 * 0.4)
    alone = moved_clause(small.spec, clause.model_copy(update={"from_": None, "to": None}), 1.0)
    assert alone is not None and alone.bound == pytest.approx(2.4)


@pytest.mark.parametrize(
    "written",
    [
        {"indicator": "incidents", "at_most": 0},
        {"indicator": "incidents", "statistic": "total", "last": 3, "at_most": 0},
        {"indicator": "mood", "at_least": "fair"},
        {"indicator": "closed", "at_most": 0},
        {"indicator": "closed", "ever": True, "last": 3},
        {"factor": "gaps", "at_least": "very low"},
        {"factor": "gaps", "at_most": "very high"},
    ],
)
@pytest.mark.parametrize("levels", [-1.0, 1.0])
def test_some_thresholds_have_no_next(
    small: wr.Model, written: dict[str, Any], levels: float
) -> None:
    clause = Clause(**written)
    assert moved_clause(small.spec, clause, levels) is None
    assert moved_tree(small.spec, clause, levels, [clause]) == clause


CLAUSE = Clause(factor="gaps", at_most="medium")
SIDES: dict[str, tuple[Tree, float]] = {
    "at most": (CLAUSE, 1),
    "at least": (Clause(factor="gaps", at_least="medium"), -1),
    "not at most": (NotOf(not_=CLAUSE), -1),
    "not not": (NotOf(not_=NotOf(not_=CLAUSE)), 1),
    "not any of": (NotOf(not_=AnyOf(any=(CLAUSE,))), -1),
    "always": (Clause(factor="gaps", at_most="medium", always=True, last=3), 1),
    "ever": (Clause(factor="gaps", at_least="medium", ever=True, last=3), -1),
    "in many": (Clause.model_validate({"factor": "gaps", "at_least": "medium", "months": {"at_least": 2}, "last": 3}), -1),
    "in few": (Clause.model_validate({"factor": "gaps", "at_least": "medium", "months": {"at_most": 1}, "last": 3}), 1),
    "not in few": (
        NotOf(not_=Clause.model_validate({"factor": "gaps", "at_most": "medium", "months": {"at_most": 1}, "last": 3})), 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("tree, side", SIDES.values(), ids=SIDES.keys())
def test_kinder_is_up_or_down(small: wr.Model, tree: Tree, side: float) -> None:
    (leaf,) = clauses(tree)
    for levels in (-1.0, 0.5, 1.0):
        (found,) = clauses(moved_tree(small.spec, tree, levels, [leaf]))
        assert found == moved_clause(small.spec, leaf, side * levels)


def test_only_the_clauses_named_move(small: wr.Model) -> None:
    other = Clause(factor="tension", at_least="high")
    tree = AllOf(all=(CLAUSE, AnyOf(any=(other, NotOf(not_=CLAUSE)))))
    moved = moved_tree(small.spec, tree, 1.0, [other])
    assert clauses(moved)[0] == clauses(moved)[2] == CLAUSE and clauses(moved)[1] != other
    assert moved_tree(small.spec, tree, 1.0, []) == tree
    # One that stands on both sides of a `not` goes up in one place and down in the other.
    first, _, last = (leaf.bound for leaf in clauses(moved_tree(small.spec, tree, 1.0, [CLAUSE])))
    assert first == pytest.approx(OUTER) and last == pytest.approx(-INNER)


def random_clause(rng: np.random.Generator) -> Clause:
    def pick(*items: Any) -> Any:
        return items[int(rng.integers(len(items)))]

    bounds = {
        "gaps": ("low", "medium", "high", -0.4, 0.6),
        "tension": ("low", "medium", "very high", 0.1),
        "presence": ("low", "medium", -1.0),
        "incidents": (0, 8, 20),
        "supply": (0.4, 0.6),
        "rate": (95.0, 110.0),
        "view": (-0.5, 0.4),
        "closed": (1,),
    }
    subject = pick(*bounds)
    kind = "factor" if subject in ("gaps", "tension", "presence") else "indicator"
    bound = pick(*bounds[subject])
    # A medium at least and at most has a bound of its own each.
    written = {kind: subject, pick("at_least", "at_most"): bound, "last": int(rng.integers(1, 5))}
    counted: dict[str, Any] = pick(
        {"ever": True}, {"always": True}, {"months": {"at_least": 1}}, {"months": {"at_most": 1}}
    )
    shape = (
        counted if rng.random() < 0.5 else {"statistic": pick("mean", "min", "max", "last", "last")}
    )
    return Clause.model_validate(written | shape)


def random_tree(rng: np.random.Generator, depth: int = 3) -> Tree:
    if depth == 0 or rng.random() < 0.25:
        return random_clause(rng)
    if rng.random() < 0.3:
        return NotOf(not_=random_tree(rng, depth - 1))
    parts = tuple(random_tree(rng, depth - 1) for _ in range(int(rng.integers(1, 4))))
    # The same clause may stand in several places.
    if rng.random() < 0.3:
        parts += (NotOf(not_=parts[0]),)
    return AllOf(all=parts) if rng.random() < 0.5 else AnyOf(any=parts)


def test_kinder_is_kinder_in_every_future(posterior: wr.Posterior) -> None:
    """Not on average alone: the same futures are looked at, so nothing is left to chance."""
    rng = np.random.default_rng(21)
    trees: dict[str, Tree] = {}
    steps = {"harsher": -1.0, "bit": -0.5, "same": 0.0, "some": 0.5, "kinder": 1.0}
    for number in range(60):
        tree = random_tree(rng)
        leaves = clauses(tree)
        which = [leaf for leaf in leaves if rng.random() < 0.7] or leaves
        for step, levels in steps.items():
            trees[f"{number} {step}"] = (
                moved_tree(posterior.model.spec, tree, levels, which) if levels else tree
            )
    found = of_trees(posterior, trees, futures=2, random_seed=3)
    value = found.value[0].reshape(60, len(steps), -1)
    assert (np.diff(value, axis=1) >= 0).all()
    apart = value[:, -1].mean(axis=1) - value[:, 0].mean(axis=1)
    assert (apart > 0.01).sum() > 30, "thresholds were to move something"
