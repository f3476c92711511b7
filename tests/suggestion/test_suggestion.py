"""Ranges read from histories: the likelihood, what scale and order change, and how often they hold the truth."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from scipy import stats
from tests.calibration.histories import FAMILIES, linked, simulated

from withdrawal_risk.elements.quantiles import Positive, Ratio, Share
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.suggestion.filtering import Parameters, log_likelihood
from withdrawal_risk.suggestion.fragment import ranges_of, reasons_of, rounded
from withdrawal_risk.suggestion.history import read_history
from withdrawal_risk.suggestion.proposing import proposal
from withdrawal_risk.suggestion.ranges import Proposal

FIRST, LATE = Month.parse("2001-01"), Month.parse("2100-01")

FALSE_ALARM = 1e-4
"""Probability with which ranges that hold the truth as often as was measured fail the test of coverage."""

MEASURED = 0.912
"""Share of 9,600 truths held, of 3,200 simulated histories with other seeds than those of this file."""

DEPENDENCE = 1.11
"""Variance of the number held among the three truths of a history, over that of independent ones; also measured."""


def months(number: int) -> list[Month]:
    return [FIRST + k for k in range(number)]


def proposed(values: Any, family: str, seed: int = 0) -> Proposal:
    series = np.asarray(values, dtype=float)
    return proposal(series, months(len(series)), family, LATE, seed)


def walk(number: int, seed: int = 5) -> np.ndarray:
    rng = np.random.default_rng(seed)
    series = np.empty(number)
    level = 0.0
    for k in range(number):
        level = 0.85 * level + 0.5 * rng.standard_normal()
        series[k] = level + 0.3 * rng.standard_normal()
    return series


def autocovariances(half_life: float, share: float, slow_half_life: float, lags: int) -> np.ndarray:
    """Of a level with a fast and a slow part, from impulse responses summed over many months."""
    a, b, n = 0.5 ** (1 / half_life), 0.5 ** (1 / slow_half_life), 6000
    k = np.arange(n)
    fast = a**k
    # The response of the level to a shock of its hidden parent, up to a factor.
    slow = (b ** (k + 1) - a ** (k + 1)) / (b - a)
    parts = []
    for response in (fast, slow):
        found = np.array([response[: n - lag] @ response[lag:] for lag in range(lags)])
        parts.append(found / found[0])
    return (1 - share) * parts[0] + share * parts[1]


def test_likelihood_is_that_of_a_dense_normal() -> None:
    y = walk(48)
    y[[5, 6, 20]] = np.nan
    seen = ~np.isnan(y)
    truths = [
        (2.0, 0.7, 0.3, 0.0, 30.0, 0.1),
        (1.2, 1.5, 0.9, 0.6, 40.0, -0.7),
        (6.0, 0.4, 0.1, 0.9, 90.0, 2.0),
    ]
    columns = np.array(truths).T
    # A wrong filter may take the logarithm of a negative variance; it should fail by its number.
    with np.errstate(all="ignore"):
        found = log_likelihood(
            read_history(y, months(48), "normal", LATE),
            Parameters(*np.vstack([columns, np.ones(3)])),
        )
    apart = np.abs(np.subtract.outer(np.arange(48), np.arange(48)))
    for (half_life, loading, error, share, slow, reference), value in zip(
        truths, found, strict=True
    ):
        covariance = loading**2 * autocovariances(half_life, share, slow, 48)[
            apart
        ] + error**2 * np.eye(48)
        law = stats.multivariate_normal(
            np.full(seen.sum(), reference), covariance[np.ix_(seen, seen)]
        )
        assert abs(law.logpdf(y[seen]) - value) < 1e-6


@pytest.mark.parametrize("error", [0.5, 0.02, 1e-7])
def test_likelihood_of_counts_is_that_of_a_grid(error: float) -> None:
    """A level without memory: months are independent, and each is one integral."""
    rng = np.random.default_rng(2)
    counts = rng.poisson(4, 30).astype(float)
    half_life, loading, reference = 1e-3, 0.8, 1.3
    given = Parameters(
        *(np.array([x]) for x in (half_life, loading, error, 0.0, 1.0, reference, 1.0))
    )
    found = log_likelihood(read_history(counts, months(30), "count", LATE), given)
    z = np.linspace(-9, 9, 4001)
    mean = np.exp(reference + loading * z)[:, None]
    size = 1 / error**2
    # Of the smallest error SciPy's negative binomial has no digits left; it is Poisson.
    law = stats.poisson(mean) if error < 1e-6 else stats.nbinom(size, size / (size + mean))
    density = law.pmf(counts) * stats.norm.pdf(z)[:, None]
    assert abs(np.log(density.sum(axis=0) * (z[1] - z[0])).sum() - found[0]) < 0.01


def test_equal_seeds_give_equal_proposals() -> None:
    y = walk(60)
    assert ranges_of(proposed(y, "normal")) == ranges_of(proposed(y, "normal"))
    assert ranges_of(proposed(y, "normal")) != ranges_of(proposed(y, "normal", seed=1))


def test_order_of_months_is_nothing() -> None:
    y, order = walk(60), np.random.default_rng(1).permutation(60)
    shuffled = proposal(y[order], [FIRST + int(k) for k in order], "normal", LATE, 0)
    assert ranges_of(shuffled) == ranges_of(proposed(y, "normal"))


def test_later_months_are_not_looked_at() -> None:
    expected = ranges_of(proposed(walk(60), "normal"))
    for later in ([9.0, -9.0, 4.0, np.nan, 0.0], [np.inf, 1e300, -1e6, np.nan, 0.0]):
        cut = proposal(np.r_[walk(60), later], months(65), "normal", FIRST + 59, 0)
        assert ranges_of(cut) == expected


def test_ranges_are_averaged_over_both_readings() -> None:
    found = proposed(walk(60), "normal")
    one, two = found.one_speed, found.two_speeds
    assert one.probability + two.probability == pytest.approx(1) and 0.1 < two.probability < 0.9
    for end in ("p5", "p50", "p95"):
        ends = [getattr(reading.half_life, end) for reading in (one, two)]
        assert min(ends) < getattr(found.half_life, end) < max(ends)


def test_units_and_origins_are_nothing() -> None:
    y = walk(80)
    plain, moved = proposed(y, "normal"), proposed(1e4 + 100 * y, "normal")
    assert moved.at_reference.p5 == pytest.approx(1e4 + 100 * plain.at_reference.p5)
    assert moved.half_life.p95 == pytest.approx(plain.half_life.p95)
    assert moved.per_level.p5 == pytest.approx(100 * plain.per_level.p5)
    assert moved.error.p50 == pytest.approx(100 * plain.error.p50)
    flow, thousandfold = proposed(np.exp(y), "lognormal"), proposed(1e3 * np.exp(y), "lognormal")
    assert thousandfold.at_reference.p95 == pytest.approx(1e3 * flow.at_reference.p95)
    assert thousandfold.per_level.p5 == pytest.approx(flow.per_level.p5)
    assert flow.error.p5 == pytest.approx(plain.error.p5)
    odds = proposed(1 / (1 + np.exp(-y)), "share")
    assert odds.error.p5 == pytest.approx(plain.error.p5)
    assert odds.per_level.p5 == pytest.approx(math.exp(plain.per_level.p5))


@pytest.mark.parametrize("number", [24, 60, 100])
@pytest.mark.parametrize("family", ["normal", "count"])
def test_references_are_as_wide_as_the_floor(family: str, number: int) -> None:
    """Their sd is at least 1.3 sds of the months, in long histories of fewer."""
    z90 = NormalDist().inv_cdf(0.95)
    for seed in range(2):
        y = walk(number, seed)
        y = y if family == "normal" else np.random.default_rng(seed).poisson(np.exp(3 + y))
        found = proposed(y, family)
        sd = linked(np.asarray(y, float), family).std(ddof=1)
        ends = found.at_reference.p5, found.at_reference.p95
        low, high = ends if family == "normal" else np.log(ends)
        floor = 1 + 0.3 * min(1, 60 / number)
        assert high - low >= 2 * z90 * floor * sd * (1 - 1e-9)


@pytest.mark.slow
def test_ranges_hold_the_truth() -> None:
    """Of 120 histories of all families, with one speed and with two, some nine of ten ranges do.

    Ranges that hold it as often as was measured fail with a probability of 1e-4: a binomial of as many truths as
    are worth the 360 dependent ones.
    """
    held = 0
    for number in range(120):
        truth, past, _ = simulated(77, number, FAMILIES[number % 4])
        # Shorter ones take less time; what is left of a resting level rests.
        found = proposed(past[-72:], truth.family)
        for name in ("half_life", "per_level", "error"):
            item = getattr(found, name)
            held += item.p5 <= getattr(truth, name) <= item.p95
    worth = round(360 / DEPENDENCE)
    least, most = stats.binom(worth, MEASURED).ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2]) / worth
    assert least <= held / 360 <= most


def test_two_speeds_are_seen_where_they_are_plain() -> None:
    """Half of the variance gone within a month, the rest after years: drift, with a slow half-life above the fast."""
    rng = np.random.default_rng(4)
    slow, y = 0.0, np.empty(300)
    for k in range(300):
        slow = 0.985 * slow + 0.17 * rng.standard_normal()
        y[k] = slow + 0.6 * rng.standard_normal()
    fast = np.convolve(rng.standard_normal(301), [1, 0.5], "valid")
    found = proposed(y + fast, "normal")
    assert found.two_speeds.probability > 0.9 and found.drift is not None
    half_life = Positive(p5=found.half_life.p5, p95=found.half_life.p95)
    drift = Positive(p5=found.drift.half_life.p5, p95=found.drift.half_life.p95)
    assert half_life.mean < drift.mean
    assert proposed(walk(60), "normal").drift is None


def test_drift_is_slower_than_its_factor() -> None:
    """A war that breaks out in one month: all of the level is slow, and a model file could not take the drift."""
    rng = np.random.default_rng(3)
    found = proposed(np.r_[np.zeros(30), rng.poisson(500, 30)], "count")
    assert found.two_speeds.probability > 0.9 and found.drift is None
    reference = found.at_reference
    assert reference.narrowed and reference.p95 / reference.p5 < 1e6


def test_a_reading_that_cannot_be_sampled_is_not_believed() -> None:
    """A straight line: no two speeds are as smooth, and the few draws left would say next to nothing."""
    found = proposed(np.arange(60.0), "normal")
    assert found.two_speeds.effective_draws < 50 and found.two_speeds.probability == 0
    assert found.half_life == found.one_speed.half_life and found.drift is None
    assert "two speeds do not fit" in reasons_of(found)["drift"]


def test_large_counts_are_numbers_like_others() -> None:
    """Of a million a month the noise of counting is a thousandth; counts and logarithms say the same."""
    counts = np.round(1e6 * np.exp(0.05 * walk(60)))
    as_count, as_flow = proposed(counts, "count"), proposed(counts, "lognormal")
    assert as_count.two_speeds.effective_draws > 400
    assert as_count.per_level.p50 == pytest.approx(as_flow.per_level.p50, rel=0.003)
    assert as_count.error.p95 == pytest.approx(as_flow.error.p95, rel=0.15)


def test_noughts_of_a_flow_are_set_aside() -> None:
    flow = np.exp(walk(72))
    with_noughts = np.r_[flow, np.zeros(12)]
    found = proposed(with_noughts, "lognormal")
    assert found.can_be_zero is not None
    # Twelve in a row say less than twelve of 84, but are around a seventh.
    assert found.can_be_zero.p5 < 12 / 84 < found.can_be_zero.p95
    apart = with_noughts[np.random.default_rng(0).permutation(84)]
    scattered = proposed(apart, "lognormal").can_be_zero
    assert scattered is not None
    assert scattered.p95 - scattered.p5 < found.can_be_zero.p95 - found.can_be_zero.p5
    assert ranges_of(proposed(flow, "lognormal"))["error"] == ranges_of(found)["error"]
    assert proposed(flow, "lognormal").can_be_zero is None


@pytest.mark.parametrize(
    "low, high, bounds, expected",
    [
        (0.3, 2.44, (0.0,), ("0.30", "2.5")),
        (1.01234, 1.3, (1.0,), ("1.0123", "1.30")),
        (9_990.4, 10_213, (), ("9990", "10220")),
        (-7.11, 68.5, (), ("-8", "69")),
        (0.51, 0.99987, (0.0, 1.0), ("0.51", "0.999870")),
        (156.4, 1234.5, (0.0,), ("156", "1240")),
    ],
)
def test_ranges_are_rounded_outwards(
    low: float, high: float, bounds: tuple[float, ...], expected: tuple[str, str]
) -> None:
    assert tuple(f"{end:f}" for end in rounded(low, high, bounds)) == expected


def test_rounded_ranges_are_ranges_of_a_model_file() -> None:
    rng = np.random.default_rng(1)
    kinds: dict[type, tuple[float, ...]] = {Positive: (0.0,), Ratio: (1.0,), Share: (0.0, 1.0)}
    for _ in range(300):
        low, high = np.sort(rng.normal(0, 2, 2))
        for kind, bounds in kinds.items():
            ends = {
                Positive: (math.exp(low), math.exp(high)),
                Ratio: (1 + math.exp(low), 1 + math.exp(high)),
                Share: (1 / (1 + math.exp(-low)), 1 / (1 + math.exp(-high))),
            }[kind]
            p5, p95 = map(float, rounded(*ends, bounds))
            kind(p5=p5, p95=p95)
            assert p5 <= ends[0] and ends[1] <= p95
            assert p95 - p5 <= 1.25 * (ends[1] - ends[0])
