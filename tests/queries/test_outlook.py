"""Outlook and words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import withdrawal_risk as wr
from withdrawal_risk.language.numbers import percent, probability_word


def test_outlook_is_coherent(posterior: wr.Posterior) -> None:
    result = wr.outlook(posterior)
    table = result.summary
    assert table["probability"].between(0, 1).all()
    assert (table["lower"] <= table["upper"]).all()
    assert table.loc["all_conditions", "probability"] <= table["probability"].min()
    assert (result.draws.sel(condition="all_conditions") <= result.draws.min("condition")).all()
    answer = result.to_dict()
    assert set(answer) == {
        "model",
        "as_of",
        "horizon",
        "conditions",
        "all_conditions",
        "diagnostics",
        "checks_passed",
    }
    assert set(answer["all_conditions"]) == {
        *("probability", "ci", "ci_prob", "mcse", "word"),
        *("base_rates", "published_part", "range"),
    }
    assert wr.outlook(posterior).to_dict() == answer
    assert "%" in result.sentence() and "٪" in result.sentence("ar")


def test_more_futures_agree_within_monte_carlo_error(posterior: wr.Posterior) -> None:
    few, many = (
        wr.outlook(posterior, futures=n, random_seed=s).summary for n, s in ((16, 1), (64, 2))
    )
    # Both share the posterior draws, so the difference is smaller than either error suggests: 5 sd of
    # it is exceeded less than once in 10^6 seeds.
    gap = np.abs(few["probability"] - many["probability"])
    assert (gap < 5 * np.hypot(few["mcse"], many["mcse"])).all()


def test_forecast_starts_from_the_fit(posterior: wr.Posterior) -> None:
    data = wr.forecast(posterior, futures=2)
    assert data.sizes["month"] == 18
    assert np.isfinite(data["level"]).all()
    fitted = posterior.tree["posterior"]["level"].mean(("chain", "draw"))
    there = data["level"].mean("sample").sel(month=fitted["month"], factor=fitted["factor"])
    np.testing.assert_allclose(there, fitted, atol=1e-12)


def test_a_forecast_of_some_draws_is_of_evenly_spaced_ones(posterior: wr.Posterior) -> None:
    data = wr.forecast(posterior, draws=40, futures=3)
    assert data.sizes["sample"] == 120
    fitted = posterior.tree["posterior"]["level"]
    stacked = fitted.stack(sample=("chain", "draw")).transpose("sample", ...)
    places = np.linspace(0, posterior.count() - 1, 40).round().astype(int)
    there = data["level"].sel(month=fitted["month"], factor=fitted["factor"])
    np.testing.assert_allclose(there[::3], stacked[places], atol=1e-12)
    for name in posterior.model.spec.indicators:
        assert data[name].shape == (120, data.sizes["month"]) and np.isfinite(data[name]).all()
    every = wr.forecast(posterior, draws=posterior.count() + 1, futures=1)
    assert every.identical(wr.forecast(posterior, futures=1))
    with pytest.raises(wr.ArgumentError, match="draws is 19"):
        wr.forecast(posterior, draws=19)


@pytest.mark.parametrize(
    ("probability", "word"),
    [(0.0, "almost no chance"), (0.05, "very unlikely"), (0.2, "unlikely"), (0.45, "roughly even chance"),
     (0.55, "likely"), (0.8, "very likely"), (0.95, "almost certain"), (1.0, "almost certain")],
)  # fmt: skip
def test_words_are_half_open(probability: float, word: str) -> None:
    assert probability_word(probability) == word


def test_percent_never_rounds_to_certainty() -> None:
    assert [percent(p) for p in (0.0, 0.001, 0.2, 0.999, 1.0)] == [
        "<1\u00a0%",
        "<1\u00a0%",
        "20\u00a0%",
        ">99\u00a0%",
        ">99\u00a0%",
    ]


@pytest.mark.parametrize(
    "ask",
    [
        wr.outlook, wr.forecast, wr.scenarios, wr.watch_list, lambda x: wr.do(x, {"tension": 1}), lambda x: wr.drivers(x, "calm"),
        lambda x: wr.counterfactual(x, {"tension": 1}), lambda x: wr.observe(x, {"incidents": 1}, month="2024-01"),
        lambda x: wr.attribution(x, "calm"), lambda x: wr.reach(x, "calm"), lambda x: wr.path_effects(x, "tension", "gaps"),
        lambda x: wr.explain_change(x, x),
    ],
)  # fmt: skip
def test_questions_are_asked_of_a_posterior(ask: Any, small: wr.Model) -> None:
    with pytest.raises(
        wr.ArgumentError,
        match=r"takes a posterior, and this is a model that was not fitted: write fit\(model\)",
    ):
        ask(small)


def test_bad_questions(posterior: wr.Posterior) -> None:
    with pytest.raises(wr.ArgumentError, match="ci_prob is 2; it must lie between 0 and 1"):
        wr.outlook(posterior, ci_prob=2)
    with pytest.raises(wr.ArgumentError, match="did you mean 'tension'"):
        wr.plot_forecast(posterior, var_names=["tensoin"])
