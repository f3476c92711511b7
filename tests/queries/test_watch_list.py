"""Value of information: closed forms, and what a watch list must and must not claim."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.variants import with_text

import withdrawal_risk as wr
from withdrawal_risk.queries.watch_list import explained_variance, publication, watch_lists
from withdrawal_risk.simulation.futures import simulate_common


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.8])
def test_reduction_of_a_linear_normal_quantity(correlation: float) -> None:
    """For jointly normal target and feature the variance falls by its share rho^2; 4 sd, once in 16,000 seeds."""
    rng = np.random.default_rng(int(100 * correlation))
    n, variance = 20_000, 2.5
    z, noise = rng.standard_normal((2, n))
    target = np.sqrt(variance) * z + 3
    feature = correlation * z + np.sqrt(1 - correlation**2) * noise
    gain = explained_variance(target, np.column_stack([feature, rng.standard_normal(n)]))
    # Five coefficients are fitted in vain to nine tenths of the draws, which costs 5 / n of the variance.
    expected = correlation**2 * variance
    assert abs(gain.mean() - expected) < 4 * gain.std() / np.sqrt(n) + 6 * variance / n


def test_reduction_of_a_curve() -> None:
    """E[x^2 | y] of a standard normal pair: the variance 2 of x^2 falls by 2 rho^4."""
    rng = np.random.default_rng(5)
    z, noise = rng.standard_normal((2, 40_000))
    gain = explained_variance(z**2, (0.7 * z + np.sqrt(1 - 0.49) * noise)[:, None])
    assert abs(gain.mean() - 2 * 0.7**4) < 4 * gain.std() / 200


def test_watch_list_ranks_what_speaks_of_a_condition(
    posterior: wr.Posterior, tmp_path: Path
) -> None:
    found = wr.watch_list(posterior, months=2)
    calm, supplied = found.summary.loc["calm"], found.summary.loc["supplied"]
    assert calm.index[0] == "incidents" and calm.loc["incidents", "informative"]
    assert supplied.loc["supply", "informative"]
    assert (found.summary["share"] < 1).all() and (calm["reduction"].diff().dropna() <= 0).all()
    assert found.label("incidents", "ar") in found.sentence("ar", "calm")
    assert "Incidents" in found.sentence("en", "calm")
    assert found.to_dict()["conditions"]["calm"]["incidents"]["informative"] is True
    for lang in ("en", "ar"):
        wr.plot_watch_list(found, condition="calm", lang=lang).savefig(tmp_path / "watch.png")


def test_nothing_to_reduce_is_no_share(posterior: wr.Posterior, tmp_path: Path) -> None:
    sure = with_text(
        posterior,
        (
            "{factor: gaps, statistic: mean, last: 3, at_most: medium}",
            "{factor: gaps, at_most: -6}",
        ),
    )
    found = wr.watch_list(sure, months=1, futures=8, indicators=["view"])
    calm = found.summary.loc["calm"]
    assert calm["share"].isna().all() and not calm["informative"].any()
    assert "within 1 month." in found.sentence("en", "calm") and "خلال شهر واحد" in found.sentence(
        "ar", "calm"
    )
    assert found.to_dict()["conditions"]["calm"]["view"]["share"] is None
    wr.plot_watch_list(found, condition="calm").savefig(tmp_path / "watch.png")
    with pytest.raises(wr.ArgumentError, match="did you mean 'calm'"):
        wr.plot_watch_list(found, condition="clam")
    with pytest.raises(wr.ArgumentError, match="top is 0"):
        wr.plot_watch_list(found, condition="calm", top=0)


def test_the_first_months_are_shared_by_all_futures(posterior: wr.Posterior) -> None:
    asked = {"futures": 3, "draws": 4, "random_seed": 1}
    one, some = next(
        iter(simulate_common(posterior, list, common=[1, 2], factors=range(3), **asked))
    )
    k = posterior.frame.coords["indicator"].index("incidents")
    for values in (some.level(1, 12, 17), some.value(k, 12, 17)):
        np.testing.assert_array_equal(
            values[:, :2], np.broadcast_to(values[:, :2, :1], values[:, :2].shape)
        )
        assert (values[:, 2:].std(axis=2) > 0).any()
    # The months that two spans have in common are the same, and so are those that neither shares.
    for ask in (lambda futures: futures.level(1, 12, 17), lambda futures: futures.value(k, 12, 17)):
        np.testing.assert_array_equal(ask(one)[:, 0], ask(some)[:, 0])
    np.testing.assert_array_equal(one.part.innovation[:, 2:], some.part.innovation[:, 2:])


def test_several_spans_are_the_lists_of_each(posterior: wr.Posterior) -> None:
    together = watch_lists(posterior, months=[1, 3], draws=100, futures=4)
    for months, found in zip((1, 3), together, strict=True):
        alone = wr.watch_list(posterior, months=months, draws=100, futures=4)
        pd.testing.assert_frame_equal(found.summary, alone.summary)
        assert (found.months, found.draws) == (months, 100)


def test_fewer_draws_are_those_of_a_thinned_fit(posterior: wr.Posterior) -> None:
    """Their reductions are near those of all, within five errors of both; all are not thinned."""
    every = wr.watch_list(posterior, months=2)
    some = wr.watch_list(posterior, months=2, draws=1000)
    assert every.draws is None and some.draws == 1000
    assert wr.watch_list(posterior, months=2, draws=10**6).draws is None
    few = some.summary.loc[every.summary.index]
    gap = (few["reduction"] - every.summary["reduction"]).abs()
    assert (gap <= 5 * np.hypot(few["mcse"], every.summary["mcse"]) + 1e-12).all()
    assert (few["mcse"] > every.summary["mcse"]).mean() > 0.6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"months": 6}, "must be 1 to 5"),
        ({"indicators": ["incidnts"]}, "did you mean 'incidents'"),
        ({"indicators": []}, "name at least one"),
        ({"indicators": ["rate", "rate"]}, "each once"),
        ({"months": 1.5}, "months is 1.5; it must be a whole number"),
        ({"random_seed": None}, "random_seed is None"),
        ({"draws": 19}, "draws is 19"),
    ],
)
def test_bad_questions(posterior: wr.Posterior, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(wr.WithdrawalRiskError, match=message):
        wr.watch_list(posterior, **arguments)  # type: ignore[arg-type]


def test_release_dates_count(posterior: wr.Posterior) -> None:
    """View speaks of half a year and is known a month later: within two months nothing of it is published, within seven all."""
    assert publication(posterior, "view") == (6, 1) and publication(posterior, "mood") == (1, 0)
    assert publication(posterior, "rate") == (1, 1)
    found = wr.watch_list(posterior, months=2).summary
    assert (found.xs("view", level="indicator")[["reduction", "looks", "informative"]] == 0).all(
        axis=None
    )
    looks = found.loc["calm", "looks"].to_dict()
    assert (looks["mood"], looks["rate"], looks["incidents"]) == (2, 1, 1)


def test_what_cannot_be_told_apart_is_named_together(posterior: wr.Posterior) -> None:
    found = wr.watch_list(posterior, months=2)
    for condition in ("calm", "supplied"):
        table = found.summary.loc[condition]
        told = table[table["informative"]]
        level = told[told["behind"] <= told["behind"].min() + 2]
        sentence = found.sentence("en", condition)
        assert all(found.label(str(name)) in sentence for name in level.index)
        assert sentence.count(" or ") == len(level) - 1
    assert table["behind"].iloc[0] == 0
