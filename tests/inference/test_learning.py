"""How far evidence moved a judgement, against worlds in which everything is normal and known."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest, norm
from tests.variants import variant

import withdrawal_risk as wr
from withdrawal_risk.inference import learning as module
from withdrawal_risk.inference.judgements import judgements
from withdrawal_risk.inference.learning import RARE, is_moved, learning, level_learning

WORLDS = 2000


def told(monkeypatch: pytest.MonkeyPatch, mean: np.ndarray, sd: np.ndarray) -> pd.DataFrame:
    """Return what is said of scores whose draws have exactly these means and standard deviations."""
    z = norm.ppf((np.arange(200) + 0.5) / 200)
    z /= z.std()
    several = [SimpleNamespace(path=f"range {k}", group="weights") for k in range(len(mean))]
    monkeypatch.setattr(module, "judgements", lambda _: several)
    monkeypatch.setattr(module, "scores", lambda _: mean + sd * z[:, None])
    return learning(cast(Any, SimpleNamespaceOfItsOwn()))


class SimpleNamespaceOfItsOwn:
    """Stands for a posterior; a new one each time, because answers are kept by posterior."""


def test_tail_is_that_of_the_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    """One score, seen once with a normal error: the evidence has a law before it is seen, and it is known."""
    error, seen = np.array([0.3, 1.0, 2.0, 4.0, 1.0]), np.array([0.1, -1.5, 3.0, -9.0, 0.0])
    total = 1 + error**2
    table = told(monkeypatch, seen / total, error / np.sqrt(total))
    exact = 2 * norm.cdf(-np.abs(seen) / np.sqrt(total))
    np.testing.assert_allclose(table["tail_probability"], exact, rtol=1e-9)
    np.testing.assert_allclose(table["shift"], seen / total, atol=1e-12)
    np.testing.assert_allclose(table["ratio"], error / np.sqrt(total), rtol=1e-12)


def test_tails_are_uniform_where_judgements_are_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three scores that share six figures, in worlds drawn from the prior.

    Each test of Kolmogorov and Smirnov is failed by sound tails with probability 10^-4.
    """
    rng = np.random.default_rng(22)
    acts, error = rng.normal(size=(6, 3)), rng.uniform(0.5, 3, 6)
    precision = np.eye(3) + acts.T @ (acts / error[:, None] ** 2)
    covariance = np.linalg.inv(precision)
    sd = np.sqrt(np.diag(covariance))
    true = rng.normal(size=(WORLDS, 3))
    # In the last world every judgement lies six prior sd beside the truth.
    true[-1] += 6 * np.sign(true[-1])
    seen = true @ acts.T + error * rng.normal(size=(WORLDS, 6))
    mean = (seen / error**2) @ acts @ covariance
    table = told(monkeypatch, mean.ravel(), np.tile(sd, WORLDS))
    tail = table["tail_probability"].to_numpy().reshape(WORLDS, 3)
    assert np.isfinite(tail).all()
    for k in range(3):
        assert kstest(tail[:-1, k], "uniform").pvalue > 1e-4
    assert tail[-1].max() < RARE


def test_evidence_that_says_little_cannot_disagree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the noise of few draws makes of its mean."""
    left = np.sqrt(1 - np.array([0.049, 0.051, -0.05]))
    table = told(monkeypatch, np.array([1.0, 1.0, 1.0]), left)
    assert np.isnan(table["tail_probability"]).tolist() == [True, False, True]


@pytest.mark.parametrize(
    "shift, ratio, moved",
    [(0.0, 1.0, False), (0.24, 0.91, False), (-0.26, 1.0, True), (0.26, 1.0, True), (0.0, 0.89, True), (0.0, 1.3, False)],
)  # fmt: skip
def test_moved_is_moved_or_narrowed(shift: float, ratio: float, moved: bool) -> None:
    assert is_moved(shift, ratio) is moved


def test_learning_of_a_fit(posterior: wr.Posterior) -> None:
    """Two rows by hand, from the draws; every range of the file has one."""
    table = learning(posterior)
    assert list(table.index) == [item.path for item in judgements(posterior)]
    draws = posterior.tree["posterior"].dataset
    half_life = np.log(draws["half_life"].sel(latent="gaps")).values
    middle, sd = np.log(12) / 2, np.log(3) / (2 * norm.ppf(0.95))
    row: Any = table.loc["factors.gaps.half_life"]
    assert row["shift"] == pytest.approx((half_life.mean() - middle) / sd)
    assert row["ratio"] == pytest.approx(half_life.std() / sd)
    size = draws["event_effect"].sel(effect="strike->tension").values
    row = table.loc["events.strike.tension.size"]
    assert row["shift"] == pytest.approx((size.mean() - 3.5) / (2.5 / norm.ppf(0.95)))
    assert table["moved"].tolist() == [
        abs(s) > 0.25 or r < 0.9 for s, r in zip(table["shift"], table["ratio"], strict=True)
    ]
    assert learning(posterior) is table


def test_levels_of_a_fit(posterior: wr.Posterior) -> None:
    table = level_learning(posterior)
    assert set(table.index) == {"tension", "gaps"}
    for name, row in table.iterrows():
        after, before = (
            posterior.tree[group]["level"].sel(month="2023-12-01", factor=name).values.ravel()
            for group in ("posterior", "prior")
        )
        assert row["shift"] == pytest.approx((after.mean() - before.mean()) / before.std())
        assert row["ratio"] == pytest.approx(after.std() / before.std())
        assert row["moved"] == (abs(row["shift"]) > 0.25 or row["ratio"] < 0.9)


@pytest.fixture(scope="module")
def contradicted(small_text: str, small_evidence: str) -> wr.Posterior:
    """A fit in which a file says 2 of a reference and four good rows say 0, some four sd of both together.

    What a level shows is all but known, and so is the error, so that nothing else can explain them.
    """
    text = small_text
    for old, new in {
        "at_reference: {p5: -1, p95: 1}": "at_reference: {p5: 1.5, p95: 2.5}",
        "change_per_level: {p5: 0.2, p95: 0.8}": "change_per_level: {p5: 0.4, p95: 0.41}",
        "error: {p5: 0.1, p95: 0.5}": "error: {p5: 0.2, p95: 0.21}",
    }.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    rows = [f"w{k},view,2023-{k:02d},2023-{k:02d},2023-{k:02d},0,,,0.1,A,invented,," for k in (3, 7, 8, 12)]  # fmt: skip
    model = wr.Model.from_texts(text, small_evidence + "\n".join(rows) + "\n")
    return wr.fit(model, draws=300, tune=500, chains=2, progressbar=False, cache=False)


def test_a_judgement_that_is_contradicted_is_named(
    contradicted: wr.Posterior, posterior: wr.Posterior
) -> None:
    row: Any = learning(contradicted).loc["indicators.view.at_reference"]
    assert row["tail_probability"] < 1e-3 and row["shift"] < -1.5
    said = {item.name: item for item in wr.check(contradicted)}["conflicts"]
    assert (
        said.passed is None
        and "“View”" in said.text
        and "1.5 to 2.5" in said.text.replace("\u00a0", " ")
    )
    assert "رأي" in said.sentence("ar")
    assert (said.table["tail_probability"].notna()).all()
    sane = {item.name: item for item in wr.check(posterior)}["conflicts"]
    assert "“View”" not in sane.text
    assert wr.sensitivity(contradicted, "calm").sentence().count("The evidence disagrees with") == 1


def test_counts_of_what_was_learnt(posterior: wr.Posterior) -> None:
    table = learning(posterior)
    said = {item.name: item for item in wr.check(posterior)}["learnt"]
    weights = table["group"] == "weights"
    counted = [table["moved"][weights].sum(), weights.sum(), table["moved"][~weights].sum(), (~weights).sum()]  # fmt: skip
    assert [int(n) for n in said.text.replace(",", " ").split() if n.isdigit()] == counted
    assert said.passed is None and said.table is table


def test_a_posterior_of_its_own_is_learnt_anew(posterior: wr.Posterior) -> None:
    other = variant(posterior)
    assert learning(other) is not learning(posterior)
    pd.testing.assert_frame_equal(learning(other), learning(posterior))


def test_infinity_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    table = told(monkeypatch, np.array([40.0]), np.array([0.1]))
    assert float(table["tail_probability"].iloc[0]) == pytest.approx(0.0, abs=1e-300)
    assert not math.isnan(float(table["tail_probability"].iloc[0]))
