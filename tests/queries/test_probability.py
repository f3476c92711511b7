"""Clauses that are not in the file, and deadlines before its horizon."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from tests.refusals import refusal
from tests.simulation.test_clauses_in_time import LOST, incidents, posterior, row

import withdrawal_risk as wr
from withdrawal_risk.queries.defaults import CI_PROB, FUTURES
from withdrawal_risk.queries.results import summarise
from withdrawal_risk.simulation.futures import simulate
from withdrawal_risk.simulation.probabilities import probabilities


@pytest.fixture(scope="module")
def asked() -> wr.Posterior:
    lost = {"indicator": "lost", "ever": True, "from": "2020-11", "to": "2021-05"}
    return posterior(row("a", "2020-11", "2020-11", 9), condition=lost)


def _values(of: wr.Posterior, indicator: int, first: int, last: int) -> np.ndarray:
    (some,) = simulate(of, next, futures=FUTURES)
    return some.value(indicator, first, last)


def test_a_line_is_the_clause_of_a_file(asked: wr.Posterior) -> None:
    """By text, by keys and by counting in the same futures."""
    line = wr.probability(asked, "incidents total last 3 at_most 20")
    keys = wr.probability(
        asked, {"indicator": "incidents", "statistic": "total", "last": 3, "at_most": 20}
    )
    counted = (_values(asked, 0, 15, 17).sum(axis=1) <= 20).mean()
    assert line.probability == keys.probability == pytest.approx(counted)
    assert line.summary["lower"].iloc[0] < counted < line.summary["upper"].iloc[0]
    assert "Incidents" in line.sentence() and "20" in line.sentence()
    assert wr.probability(asked, "strain at_least very high").probability < 0.5
    assert wr.probability(asked, "strain mean last 6 at_most medium").to_dict()["deadline"] == "2021-06"  # fmt: skip


def test_an_earlier_deadline_moves_the_months(asked: wr.Posterior) -> None:
    moved = wr.probability(asked, "incidents total last 3 at_most 20", deadline="2021-03")
    assert moved.probability == pytest.approx((_values(asked, 0, 12, 14).sum(axis=1) <= 20).mean())
    known = wr.probability(asked, "incidents last 1 at_least 9", deadline="2020-11")
    assert known.probability == 1
    assert "begin after the deadline" in refusal(
        lambda: wr.probability(asked, "incidents ever from 2021-05 to 2021-06 at_least 9", deadline="2021-04")
    )  # fmt: skip


def test_the_file_asked_as_a_tree_is_its_outlook(asked: wr.Posterior) -> None:
    tree = asked.model.spec.conditions["calm"].tree
    expected = _of_the_file(asked)
    found = wr.probability(asked, tree).summary.iloc[0]
    for column in ("probability", "lower", "upper", "mcse", "word"):
        assert found[column] == expected[column], column


def test_by_when_something_has_happened(asked: wr.Posterior) -> None:
    """Of `ever` it never falls, and each month is what counting up to it gives."""
    result = wr.by_when(asked, "calm")
    table = result.summary
    assert list(table.index) == [f"2021-{m:02d}" for m in range(1, 7)]
    yes = _values(asked, 1, 10, 17) > 0.5
    for month, probability in enumerate(table["probability"]):
        end = min(month + 2, 6)
        assert probability == pytest.approx(yes[:, : end + 1].any(axis=1).mean())
    assert (table["probability"].diff().dropna() >= 0).all()
    assert table["probability"].iloc[-1] == _of_the_file(asked)["probability"]
    assert set(result.to_dict()["months"]) == set(table.index)
    assert "بحلول حزيران/يونيو 2021." in result.sentence("ar")
    for lang in ("en", "ar"):
        assert wr.plot_by_when(result, lang=lang).axes


def _of_the_file(of: wr.Posterior) -> Any:
    found = probabilities(of, futures=FUTURES, random_seed=1)
    return summarise(of, found, ci_prob=CI_PROB).summary.loc["calm"]


@pytest.mark.parametrize(
    ("clause", "message"),
    [
        ("nothing at_most 3", "'nothing' is not a factor"),
        ("incidents at_most", "at_most has no value"),
        ("incidents often at_most 3", "'often' is not understood; write a name"),
        ("incidents last six at_most 3", "last is 'six'; write a whole number"),
        ("incidents total last 99 at_most 3", "reach back before the start"),
        ("strain total last 3 at_most 3", "a level has no total"),
        ("incidents last 3", "a clause has at_least or at_most"),
        ("strain at_most warm", "'warm' is not a level"),
        ("", "a clause has at_least or at_most"),
        ({"any": []}, "is empty"),
        ({"indicator": "incidents", "at_most": 3, "over": 2}, "unknown key 'over'"),
        ({"indicator": "incidents", "at_most": 3, "lst": 2}, "did you mean 'last'?"),
        ({"indicator": "lost", "last": 3, "statistic": "mean", "at_most": "no"}, "needs; write 0"),
        ("calm", "is a condition; ask outlook or by_when"),
        (7, "write a text or a mapping"),
    ],
)
def test_what_cannot_be_asked(asked: wr.Posterior, clause: Any, message: str) -> None:
    assert message in refusal(lambda: wr.probability(asked, clause))


def test_a_deadline_lies_within_the_model(asked: wr.Posterior) -> None:
    for deadline in ("2022-01", "2019-01"):
        assert "is not between the start" in refusal(
            partial(wr.probability, asked, "strain at_most 0", deadline=deadline)
        )
    assert incidents()["family"] == "count" and LOST["family"] == "state"
