"""Shares of a credible interval, where they are known."""

from __future__ import annotations

import numpy as np
import pytest
from tests import known

import withdrawal_risk as wr
from withdrawal_risk.queries.defaults import FUTURES
from withdrawal_risk.queries.explain_interval import UNEXPLAINED, _parts


def test_parts_of_a_curve_are_found() -> None:
    """A logistic curve of levels and a straight part of weights: shares by simulation, to 0.02."""
    rng = np.random.default_rng(2)
    levels, weights, idle = (
        rng.normal(size=(20_000, 3)),
        rng.normal(size=(20_000, 2)),
        rng.normal(size=(20_000, 4)),
    )
    curve = 1 / (1 + np.exp(-(levels @ [0.9, -0.5, 0.0]) + 1))
    straight = 0.05 * weights[:, 0]
    p = curve + straight
    found = _parts(
        {"levels": levels, "weights": weights, "half_lives": idle},
        p + 0.05 * rng.normal(size=len(p)),
    )
    share = {name: np.cov(part, p)[0, 1] / p.var() for name, part in found.items()}
    assert share["levels"] == pytest.approx(curve.var() / p.var(), abs=0.02)
    assert share["weights"] == pytest.approx(straight.var() / p.var(), abs=0.02)
    assert abs(share["half_lives"]) < 0.005


def test_where_only_todays_level_is_unknown_it_is_all(posterior: wr.Posterior) -> None:
    """Every number of the model is known but the path so far."""
    model = known.model(
        ("2023-01", "2023-06", "2023-08"), factors={"a": known.factor("a", 12.0)},
        conditions={"high": known.condition("a", 0.3)},
    )  # fmt: skip
    found = wr.explain_interval(known.posterior(model, {"a": 1.0}, draws=4000), "high")
    assert found.summary.loc["levels", "share"] > 0.9
    assert found.summary.loc["weights", "share"] == 0
    assert found.summary["share"].sum() == pytest.approx(1)


@pytest.mark.parametrize("condition", ["calm", "supplied", "all_conditions"])
def test_shares_sum_to_the_variance(posterior: wr.Posterior, condition: str) -> None:
    found = wr.explain_interval(posterior, condition)
    assert found.summary["share"].sum() == pytest.approx(1, abs=1e-9)
    assert found.summary.index[-1] == UNEXPLAINED
    assert (found.summary["share"].iloc[:-1] > -5 * found.summary["mcse"].iloc[:-1] - 0.01).all()
    p = wr.outlook(posterior).draws.sel(condition=condition).values
    assert found.sd**2 == pytest.approx(p.var() - (p * (1 - p)).mean() / (FUTURES - 1))
    assert found.to_dict()["shares"].keys() == set(found.summary.index)


def test_sentences_name_the_weights_whatever_they_matter(posterior: wr.Posterior) -> None:
    found = wr.explain_interval(posterior, "supplied")
    assert " from the weights of the edges" in found.sentence()
    assert "وأوزان الآثار السببية " in found.sentence("ar")
    with pytest.raises(wr.ArgumentError, match="did you mean 'calm'"):
        wr.explain_interval(posterior, "clam")
