"""Baselines against longhand, and what they may see."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy import stats
from tests.oracles.local_level import count_predictive, number_predictive

from withdrawal_risk.scoring import local_level
from withdrawal_risk.scoring.baselines import BASELINES, History
from withdrawal_risk.scoring.predictive import Predictive
from withdrawal_risk.suggestion.scales import SCALES

COUNTS = np.array([3, 0, 5, 9, 4, 4, 12, 7, 9, 15, 11, 8, 20, 18], dtype=float)


def history(values: np.ndarray, family: str = "count", gaps: int = 1) -> History:
    scale = SCALES.get(family)
    whole = family in ("count", "binary")
    return History(np.arange(len(values)) * gaps, values, scale, whole)


def forecast(name: str, past: History, ahead: int = 3, seed: int = 1) -> Predictive:
    forecaster = BASELINES[name](past)
    assert forecaster is not None
    return forecaster(ahead, np.random.default_rng(seed))


def test_plain_baselines_are_the_months_themselves() -> None:
    past = history(COUNTS)
    assert forecast("climatology", past).samples.tolist() == COUNTS.tolist()
    assert forecast("last_value", past).samples.tolist() == [18.0]
    assert forecast("conflictology", past).samples.tolist() == COUNTS[2:].tolist()
    assert forecast("conflictology", past).log_density(4.0) == pytest.approx(math.log(2 / 12))
    assert forecast("last_value", past).log_density(17.0) == -math.inf


def test_the_smooth_last_year_has_its_mean_and_variance() -> None:
    smooth, last = forecast("conflictology_smooth", history(COUNTS)), COUNTS[2:]
    values = np.arange(2000.0)
    mass = np.exp([smooth.log_density(value) for value in values])
    assert mass.sum() == pytest.approx(1, abs=1e-9)
    assert mass @ values == pytest.approx(last.mean(), rel=1e-9)
    assert mass @ (values - last.mean()) ** 2 == pytest.approx(last.var(ddof=1), rel=1e-6)


def test_a_year_of_noughts_is_no_certainty() -> None:
    quiet = forecast("conflictology_smooth", history(np.zeros(12)))
    assert math.isfinite(quiet.log_density(1.0))


@pytest.mark.parametrize(
    "name", ["conflictology_smooth", "random_walk", "local_level", "smoothed_level"]
)
@pytest.mark.parametrize("family", ["count", "lognormal", "normal", "share"])
def test_density_and_members_are_of_one_distribution(name: str, family: str) -> None:
    """The density adds up to 1, and the members keep to it (one false alarm in 10,000 a case)."""
    values = {"share": COUNTS / 25 + 0.02, "lognormal": COUNTS + 0.5, "normal": COUNTS - 7.0}
    past = history(values.get(family, COUNTS), family)
    found = forecast(name, past)
    if family == "count":
        grid = np.arange(200_000.0 if name == "random_walk" else 20_000.0)
        grid = np.unique(
            np.concatenate([grid[:1000], np.round(np.geomspace(1000, grid[-1], 1000))])
        )
        width = np.diff(grid, append=grid[-1] + 1)
    else:
        low, high = np.quantile(found.samples, [0, 1])
        ends = {"share": (1e-6, 1 - 1e-6), "lognormal": (low / 1e3, high * 50)}
        span = 6 * (high - low)
        first, last = ends.get(family, (low - span, high + span))
        grid = np.linspace(first, last, 4_001)
        if family == "lognormal":
            grid = np.geomspace(first, last, 4_001)
        width = np.gradient(grid)
    mass = np.exp([found.log_density(float(value)) for value in grid]) * width
    assert mass.sum() == pytest.approx(1, abs=0.02)
    median = np.median(found.samples)
    below = mass[grid <= median].sum()
    share = (found.samples <= median).mean()
    assert abs(below - share) < 4 / math.sqrt(len(found.samples)) + 0.02


def test_the_random_walk_steps_as_the_last_24_changes() -> None:
    rng = np.random.default_rng(2)
    values = np.exp(np.cumsum(rng.normal(0, 0.2, 60)) + 4)
    found = forecast("random_walk", history(values, "lognormal"), ahead=4)
    step = math.sqrt(np.mean(np.diff(np.log(values))[-24:] ** 2))
    law = stats.lognorm(2 * step, scale=values[-1])
    assert found.log_density(80.0) == pytest.approx(law.logpdf(80.0), rel=1e-9)


@pytest.mark.parametrize("gaps", [1, 3])
def test_the_local_level_of_counts_is_the_sum_over_paths(gaps: int) -> None:
    """Weights of the settings against a filter by quadrature that shares no code with it."""
    short = COUNTS[:5]
    filtered = local_level.counts(np.arange(5) * gaps, short)
    # Every fifth setting, which are of all steps and of all sizes of the noise.
    some = slice(None, None, 5)
    settings = list(product(local_level._STEPS, local_level._NOISE))[some]
    logs = [count_predictive(short, gaps, step, noise) for step, noise in settings]
    expected, found = np.exp(logs - np.max(logs)), filtered.weight[some]
    heavy = expected > 1e-3
    np.testing.assert_allclose(
        found[heavy] / found[heavy].sum(), expected[heavy] / expected[heavy].sum(), rtol=0.08
    )


def test_the_local_level_of_numbers_is_the_joint_normal() -> None:
    rng = np.random.default_rng(4)
    values = np.cumsum(rng.normal(0, 0.5, 12)) + rng.normal(0, 1, 12)
    months = np.cumsum(rng.integers(1, 4, 12))
    filtered = local_level.numbers(months, values)
    best = int(filtered.weight.argmax())
    likely = np.flatnonzero(filtered.weight > 1e-9)
    assert len(likely) > 5
    top, _, _ = number_predictive(months, values, filtered.step[best], filtered.noise[best])
    for k in likely[::3]:
        likelihood, level, spread = number_predictive(
            months, values, filtered.step[k], filtered.noise[k]
        )
        assert filtered.level[k, 0] == pytest.approx(level, rel=1e-8)
        assert filtered.spread[k] == pytest.approx(spread, rel=1e-8)
        ratio = math.log(filtered.weight[k] / filtered.weight[best])
        assert ratio == pytest.approx(likelihood - top, abs=1e-7)


def test_smoothed_errors_are_those_of_the_same_lead() -> None:
    """Of a straight line in logs the errors at a lead are all alike, and so is the forecast."""
    values = np.exp(0.1 * np.arange(30))
    found = forecast("smoothed_level", history(values, "lognormal"), ahead=5)
    # With all weight on the last month the level lags by as many months as the lead.
    assert np.median(found.samples) == pytest.approx(math.exp(0.1 * 34), rel=0.02)


@pytest.mark.parametrize("name", BASELINES)
def test_what_is_not_enough_is_refused_or_read(name: str) -> None:
    assert BASELINES[name](history(COUNTS[:2])) is None or name in (
        "climatology",
        "last_value",
        "conflictology",
    )
    alike = BASELINES[name](history(np.full(12, 4.0)))
    assert alike is not None
    assert np.median(alike(2, np.random.default_rng(1)).samples) == 4.0


def test_a_smoothed_level_needs_errors_of_the_lead() -> None:
    short = BASELINES["smoothed_level"](history(COUNTS[:6]))
    assert short is not None
    rng = np.random.default_rng(1)
    assert short(3, rng) is not None
    # Six months lie four apart twice.
    assert short(4, rng) is None


def test_noughts_of_a_flow_are_read() -> None:
    flow = np.array([5.0, 0.0, 3.0, 8.0, 0.0, 6.0, 4.0, 7.0])
    for name in BASELINES:
        assert np.isfinite(forecast(name, history(flow, "lognormal")).samples).all()
