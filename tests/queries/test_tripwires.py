"""Tripwires: what the next value would make of a probability, beside independent counts."""

from __future__ import annotations

import numpy as np
import pytest
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.language import LANGUAGES


@pytest.fixture(scope="module")
def wires(posterior: wr.Posterior) -> wr.Tripwires:
    return wr.tripwires(posterior, "calm", futures=64)


def test_shares_and_probabilities_agree_with_the_outlook(
    wires: wr.Tripwires, posterior: wr.Posterior
) -> None:
    outlook = wr.outlook(posterior, futures=64).summary.loc["calm"]
    assert wires.probability == pytest.approx(outlook["probability"], abs=1e-12)
    table = wires.summary
    assert (table["share"] <= 1).all() and (table["share"] >= 0).all()
    known = table[table["then"].notna()]
    np.testing.assert_allclose(known["difference"], known["then"] - wires.probability)
    # Both sides and what lies between make up the whole: no side alone can exceed it.
    assert (known["share"] * known["then"] <= wires.probability + 1e-12).all()
    size = known["difference"].abs().to_numpy()
    assert (np.diff(size) <= 1e-15).all()


def test_beyond_a_bound_is_what_observing_it_says(
    wires: wr.Tripwires, posterior: wr.Posterior
) -> None:
    """A yes or no has one value beyond: observing it, by weights, is another way to the same number.

    The two share draws but no noise of the indicator: four standard errors, a false alarm in
    16,000.
    """
    row = wires.summary.loc[("closed", "above")]
    seen = wr.observe(posterior, {"closed": 1}, month=str(row["last"])).summary.loc["calm"]
    error = np.hypot(row["mcse"], seen["mcse"])
    assert abs(row["then"] - seen["probability"]) < 4 * error


def test_bounds_and_months(wires: wr.Tripwires, posterior: wr.Posterior) -> None:
    assert (wires.summary["first"] == posterior.as_of + 1).all()
    horizon = posterior.model.spec.time.horizon
    assert all(month <= horizon for month in wires.summary["known"])
    for lang in LANGUAGES:
        for indicator, side in wires.summary.index:
            assert wires.label(indicator, lang) in wires.line(indicator, side, lang)
    assert wires.sentence("en").startswith("Calm: ")
    assert {entry["side"] for entry in wires.to_dict()["tripwires"]} == {"above", "below"}


def test_too_few_futures_say_nothing(posterior: wr.Posterior) -> None:
    few = wr.tripwires(posterior, "calm", indicators=["closed", "incidents"], futures=2)
    assert set(few.summary.index.get_level_values(0)) <= {"closed", "incidents"}
    rare = few.summary[few.summary["then"].isna()]
    for indicator, side in rare.index:
        assert "not resolved" in few.line(indicator, side)


def test_what_is_refused(posterior: wr.Posterior) -> None:
    assert "incidents" in refusal(lambda: wr.tripwires(posterior, indicators=["incident"]))
    assert "calm" in refusal(lambda: wr.tripwires(posterior, "calmer"))


def test_some_draws_tell_differences_from_their_own_baseline(posterior: wr.Posterior) -> None:
    """The probability is that of all; differences lie within four errors of both, once in 16,000."""
    every = wr.tripwires(posterior, "calm", futures=16)
    some = wr.tripwires(posterior, "calm", futures=16, draws=1000)
    assert (every.draws, some.draws) == (None, 1000) and some.probability == every.probability
    known = some.summary.dropna()
    np.testing.assert_allclose(known["then"], some.probability + known["difference"], rtol=1e-12)
    other = every.summary.dropna()
    both = known.index.intersection(other.index)
    known, other = known.loc[both], other.loc[both]
    apart = (known["difference"] - other["difference"]).abs()
    assert (apart < 4 * np.hypot(known["mcse"], other["mcse"])).all() and len(both) > 4
    assert "draws is 1" in refusal(lambda: wr.tripwires(posterior, draws=1))
