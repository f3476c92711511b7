"""The classical model against published panels, an oracle, and experts who are simulated."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats
from tests.oracles import classical_model as oracle
from tests.refusals import refusal

from withdrawal_risk.experts.calibration import (
    bin_shares,
    calibration,
    combined,
    information,
    ranges_of,
    weights,
)
from withdrawal_risk.experts.excalibur import read_excalibur
from withdrawal_risk.experts.pooling import intrinsic_range

TOBACCO = Path(__file__).parents[1] / "data" / "tobacco"
PANEL = read_excalibur(TOBACCO / "tobacco.dtt", TOBACCO / "tobacco.rls")
AT = PANEL.probabilities
TRUE = PANEL.realisations

THREE = (0.05, 0.5, 0.95)
NAN = math.nan


def digits(values: Any, form: str) -> list[str]:
    return [format(float(value), form) for value in values]


def test_tobacco_as_excalibur_printed_it() -> None:
    assert digits(calibration(PANEL.assessments, TRUE, AT), ".6g") == [
        *("0.0369819", "0.171575", "0.00105314", "0.023658", "0.439946", "0.07796", "0.687587"),
    ]
    ranges = ranges_of(PANEL.assessments, TRUE)
    assert digits(information(PANEL.assessments, AT, ranges), ".5f") == [
        *("0.92913", "1.00268", "0.99687", "0.81845", "0.89644", "1.46841", "1.06218"),
    ]
    pool = combined(PANEL.assessments, AT, ranges)[None]
    assert digits(calibration(pool, TRUE, AT), ".6g") == ["0.200173"]
    assert digits(information(pool, AT, ranges), ".5f") == ["0.45139"]


def test_tobacco_with_weights_as_published() -> None:
    """EXCALIBUR's results in two digits, as the tests of Anduryl keep them."""
    every = weights(PANEL.assessments, TRUE, AT, alpha=0)
    assert digits([every.combined_calibration, every.combined_information], ".2f") == [
        "0.66",
        "0.53",
    ]
    assert every.weights.min() > 0 and not every.few and every.power == 10
    best = weights(PANEL.assessments, TRUE, AT)
    assert digits([best.combined_calibration, best.combined_information], ".2f") == ["0.69", "1.06"]
    assert best.weights.tolist() == [0, 0, 0, 0, 0, 0, 1]
    assert best.alpha == best.calibration[6]


RJOURNAL = np.array(
    [
        [[0.14, 0.22, 0.28], [130000, 150000, 200000], [350000, 400000, 525000]],
        [[0.2, 0.3, 0.4], [165000, 205000, 250000], [550000, 600000, 650000]],
        [[0.2, 0.4, 0.52], [200000, 400000, 500000], [625000, 700000, 800000]],
    ]
)
"""Three experts, two seed questions and one of interest: Goulet, Jacques and Pigeon, R Journal 1/1, 2009."""

RJOURNAL_TRUE = [0.27, 210000, NAN]
TEN = (0.1, 0.5, 0.9)


def test_example_of_the_r_package_expert() -> None:
    """Its own conventions, by hand: seeds less one degrees of freedom, negative terms of the entropy left out, and
    quantiles averaged, not probabilities. Bins, ranges and information are those of the classical model."""
    shares, answered = bin_shares(RJOURNAL, RJOURNAL_TRUE, TEN)
    assert answered.tolist() == [2, 2, 2]
    ratio = np.divide(shares, np.diff([0, *TEN, 1]))
    terms = shares * np.log(np.maximum(ratio, 1.0))
    scores = special.chdtrc(2 - 1, 2 * 2 * terms.sum(axis=1))
    assert digits(scores, ".6f") == ["0.055561", "0.344781", "0.055561"]
    # The true values lie within the quantiles of all experts, so whether they count does not matter.
    ranges = ranges_of(RJOURNAL)
    raw = scores * information(RJOURNAL[:, :2], TEN, ranges[:2]) * (scores > 0.03)
    share = raw / raw.sum()
    assert digits(share, ".6f") == ["0.192738", "0.787554", "0.019708"]
    ends = np.broadcast_to(ranges[2], (3, 2))
    knots = np.column_stack([ends[:, 0], RJOURNAL[:, 2], ends[:, 1]])
    assert digits(share @ knots, ".1f") == [
        "305000.0",
        "512930.5",
        "563423.2",
        "628864.0",
        "845000.0",
    ]


def test_that_example_in_the_classical_model() -> None:
    """Two seeds are refused unless they are asked for; three degrees of freedom."""
    assert "an expert answered 2 seed questions; with fewer than 8" in refusal(
        lambda: weights(RJOURNAL, RJOURNAL_TRUE, TEN)
    )
    found = weights(RJOURNAL, RJOURNAL_TRUE, TEN, least=2, alpha=0.03)
    assert found.few and found.power == 2
    expected = oracle.calibration(RJOURNAL.tolist(), RJOURNAL_TRUE, TEN)
    np.testing.assert_allclose(found.calibration, [float(x) for x in expected], rtol=1e-12)
    assert found.weights.sum() == pytest.approx(1)


def random_panel(rng: np.random.Generator, at: tuple[float, ...]) -> tuple[Any, Any, list[str]]:
    """Quantiles with holes, true values of most questions, and scales."""
    experts, questions = 4, 13
    values = np.sort(rng.lognormal(1.0, 1.0, (experts, questions, len(at))), axis=2)
    values[rng.random((experts, questions)) < 0.15] = NAN
    values[0] = np.sort(rng.lognormal(1.0, 1.0, (questions, len(at))), axis=1)
    true = rng.lognormal(1.0, 1.0, questions)
    # Some equal a quantile.
    true[:3] = values[0, :3, 1]
    true[-2:] = NAN
    return values, true, rng.choice(["linear", "log"], questions).tolist()


@pytest.mark.parametrize("at", [THREE, AT, TEN], ids=len)
@pytest.mark.parametrize("seed", range(3))
def test_scores_and_pool_match_the_oracle(at: tuple[float, ...], seed: int) -> None:
    values, true, scales = random_panel(np.random.default_rng(seed), at)
    logs = [scale == "log" for scale in scales]
    panel = values.tolist()
    spans = [oracle.span(panel, true, q, logs[q], 0.2) for q in range(len(true))]
    ranges = ranges_of(values, true, scales=scales, overshoot=0.2)
    expected = [
        [float(mpmath.exp(x) if log else x) for x in pair] for pair, log in zip(spans, logs)
    ]
    np.testing.assert_allclose(ranges, expected, rtol=1e-12)
    np.testing.assert_allclose(
        calibration(values, true, at),
        [float(x) for x in oracle.calibration(panel, true, at)],
        rtol=1e-10,
    )
    np.testing.assert_allclose(
        information(values, at, ranges, scales=scales),
        [float(x) for x in oracle.information(panel, at, spans, logs)],
        rtol=1e-10,
    )
    share = [0.1, 0.0, 0.6, 0.3]
    np.testing.assert_allclose(
        combined(values, at, ranges, share, scales=scales),
        oracle.combined(panel, share, at, spans, logs),
        rtol=1e-9,
    )


def test_power_is_the_smallest_number_that_anybody_answered() -> None:
    """Seven answers leave seven for the other expert too, who then is less surely wrong."""
    panel = np.stack([PANEL.assessments[6], PANEL.assessments[2]])
    before = calibration(panel, TRUE, AT)
    panel[0, 7:] = NAN
    after = calibration(panel, TRUE, AT)
    expected = oracle.calibration(panel.tolist(), TRUE, AT)
    assert after == pytest.approx([float(x) for x in expected], rel=1e-10)
    assert after[1] > 3 * before[1]
    assert calibration(panel[1:], TRUE, AT, power=7)[0] == pytest.approx(after[1])


def test_a_value_that_equals_a_quantile_falls_into_the_bin_below() -> None:
    shares, _ = bin_shares([[[1.0, 2.0, 3.0]] * 4], [1.0, 2.0, 3.0, 3.5], THREE)
    assert shares.tolist() == [[0.25, 0.25, 0.25, 0.25]]
    # The published scores need it: with the bin above they are others.
    above, _ = bin_shares(-PANEL.assessments[..., ::-1], -TRUE, 1 - np.array(AT)[::-1])
    below, _ = bin_shares(PANEL.assessments, TRUE, AT)
    assert (above[:, ::-1] != below).any()


def test_the_combined_expert_of_one_is_that_expert_to_the_last_digit() -> None:
    """A true value that equals a quantile must stay in its bin, on a log scale and among equals too."""
    quantiles = np.array([[[0.1, 0.7, 13.0], [3.0, 7.0, 9.1]], [[0.3, 0.5, 20.0], [2.0, 5.0, 8.0]]])
    for scales in ("linear", "log"):
        ranges = ranges_of(quantiles, scales=scales)
        assert (combined(quantiles, THREE, ranges, [1, 0], scales=scales) == quantiles[0]).all()
        same = np.stack([quantiles[0]] * 3)
        pool = combined(same, THREE, ranges, [0.1, 0.7, 0.2], scales=scales)
        assert (pool == quantiles[0]).all()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_the_cut_off_is_the_best_of_all(seed: int) -> None:
    values, true, scales = random_panel(np.random.default_rng(seed), THREE)
    found = weights(values, true, THREE, scales=scales, least=1)
    seeds = ~np.isnan(true)
    panel, known = values[:, seeds].tolist(), true[seeds]
    logs = [scale == "log" for scale, seed in zip(scales, seeds) if seed]
    spans = [oracle.span(panel, known, q, logs[q], 0.1) for q in range(len(known))]
    scores = [float(x) for x in oracle.calibration(panel, known, THREE)]
    told = [float(x) for x in oracle.information(panel, THREE, spans, logs)]
    products = {}
    for bar in scores:
        raw = [s * i if s >= bar else 0.0 for s, i in zip(scores, told)]
        # Many digits: a true value may equal a quantile of a pool of one.
        share = [x / sum(raw) for x in raw]
        if sum(x > 0 for x in raw) == 1:
            pool = [panel[int(np.argmax(raw))]]
        else:
            pool = [oracle.combined(panel, share, THREE, spans, logs)]
        (score,) = oracle.calibration(pool, known, THREE, found.power)
        (told_of,) = oracle.information(pool, THREE, spans, logs)
        products[bar] = (float(score * told_of), share)
    best, share = max(products.values(), key=lambda pair: pair[0])
    assert found.combined_calibration * found.combined_information == pytest.approx(best, rel=1e-8)
    np.testing.assert_allclose(found.weights, share, atol=1e-9)


def simulated(experts: int, questions: int, sharpness: float, seed: int) -> tuple[Any, Any]:
    """Experts whose law of each true value is the one it is drawn from, or too narrow by a factor."""
    rng = np.random.default_rng(seed)
    true = rng.normal(0, 10, questions)
    centres = true - rng.normal(size=(experts, questions))
    return centres[..., None] + stats.norm.ppf(THREE) * sharpness, true


def test_scores_of_calibrated_experts_are_uniform() -> None:
    """A Kolmogorov-Smirnov test at a false-alarm rate of 0.001; chi-square is exact for many questions only."""
    values, true = simulated(800, 2000, 1.0, 5)
    assert stats.kstest(calibration(values, true, THREE), "uniform").pvalue > 0.001


def test_overconfident_experts_have_next_to_no_weight() -> None:
    """Intervals of 90 % that hold half; a calibrated expert fails here once in a hundred panels."""
    calm, true = simulated(1, 100, 1.0, 6)
    rash, same = simulated(1, 100, 0.4, 6)
    assert (true == same).all()
    found = weights(np.concatenate([calm, rash]), true, THREE, alpha=0)
    assert found.calibration[1] < 1e-9 < 0.01 < found.calibration[0]
    assert found.information[1] > found.information[0]
    assert found.weights[1] < 1e-6


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 1000), st.floats(0.01, 100), st.floats(-50, 50), st.floats(0.2, 3))
def test_units_change_no_score(seed: int, factor: float, shift: float, power: float) -> None:
    """Affine on a linear scale, powers on a log scale; calibration sees order alone."""
    values, true, _ = random_panel(np.random.default_rng(seed), THREE)
    once = information(values, THREE, ranges_of(values, true))
    moved, at = values * factor + shift, true * factor + shift
    again = information(moved, THREE, ranges_of(moved, at))
    np.testing.assert_allclose(again, once, rtol=1e-6)
    logs = information(values, THREE, ranges_of(values, true, scales="log"), scales="log")
    raised, at = factor * values**power, factor * true**power
    again = information(raised, THREE, ranges_of(raised, at, scales="log"), scales="log")
    np.testing.assert_allclose(again, logs, rtol=1e-6)
    assert (once >= 0).all() and (logs >= 0).all()
    assert (calibration(raised, at, THREE) == calibration(values, true, THREE)).all()


def test_the_range_reaches_beyond_what_was_named() -> None:
    assert intrinsic_range([2.0, NAN, 12.0]) == (1.0, 13.0)
    assert intrinsic_range([1.0, 100.0], scale="log", overshoot=0.5) == pytest.approx((0.1, 1000.0))
    # The true value belongs to it.
    assert ranges_of([[[2.0, 3.0]]], [12.0]).tolist() == [[1.0, 13.0]]
    assert np.isnan(ranges_of([[[2.0, 3.0], [NAN, NAN]]])[1]).all()


OK: Any = [[[1.0, 2.0, 3.0]] * 8]
KNOWN = [1.5] * 8


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: weights(PANEL.assessments, TRUE, AT, alpha=0.9), "highest calibration is 0.6876, below alpha 0.9"),
        (lambda: weights(OK, KNOWN, THREE, alpha=-0.1), "alpha is -0.1; it must lie between 0 and 1"),
        (lambda: weights(OK, KNOWN, THREE, alpha=NAN), "alpha is nan; it must be a finite number"),
        (lambda: weights(OK, KNOWN, THREE, least=0), "least is 0; it must be a whole number, at least 1"),
        (lambda: weights(OK, KNOWN[:7], THREE), "realisations has 7 values for 8 questions"),
        (lambda: weights(OK, [*KNOWN[:7], NAN], THREE), "an expert answered 7 seed questions"),
        (lambda: weights(OK, KNOWN, THREE, scales="cubic"), "scale is 'cubic'"),
        (lambda: weights(OK, KNOWN, THREE, scales=["log"]), "scales has 1 words for 8 questions"),
        (lambda: weights(OK, KNOWN, THREE, scales=3), "scales is 3; write a list of names"),
        (lambda: weights(OK, KNOWN, THREE, overshoot=0), "overshoot is 0; it must lie above 0"),
        (lambda: weights(OK, [-1.0] * 8, THREE, scales="log"), "question 0 (counted from 0): -1 has no logarithm"),
        (lambda: weights([[[1.0, NAN, 3.0]] * 8], KNOWN, THREE), "assessments[0, 0] [1.0, nan, 3.0] is given in part"),
        (lambda: weights([[[1.0, 1.0, 3.0]] * 8], KNOWN, THREE), "[1.0, 1.0, 3.0] does not rise"),
        (lambda: weights(OK, KNOWN, (0.05, 0.95)), "assessments has 3 quantiles for 2 probabilities"),
        (lambda: weights(OK, KNOWN, (5, 50, 95)), "must rise and lie between 0 and 1"),
        (lambda: weights(OK, KNOWN, (0.5, 0.5, 0.9)), "must rise and lie between 0 and 1"),
        (lambda: weights(OK[0], KNOWN, THREE), "assessments has the shape (8, 3); it must have 3 dimensions"),
        (lambda: weights([[[1, 2], [1]]], KNOWN, THREE), "write numbers, as many in each row"),
        (lambda: weights([[[1, 2, math.inf]] * 8], KNOWN, THREE), "not finite; write numbers or nan"),
        (lambda: calibration([*OK, [[NAN] * 3] * 8], KNOWN, THREE), "expert 1 (counted from 0) answered no seed question"),
        (lambda: information(OK, THREE, [[0, 9]]), "ranges has the shape (1, 2); it must be (8, 2)"),
        (lambda: information(OK, THREE, [[1.5, 9]] * 8), "do not rise between the bounds 1.5 and 9"),
        (lambda: combined(OK, THREE, [[0, 9]] * 8, [1, 2]), "weights has 2 values for 1 laws"),
        (lambda: intrinsic_range([1.0, 1.0]), "fewer than two different values"),
        (lambda: intrinsic_range([1.0, 1.5e308, -1.5e308]), "choose another unit"),
        (lambda: intrinsic_range([1e16, 1e16 + 2]), "choose another unit"),
        (lambda: intrinsic_range([1e-320, 1e300], scale="log"), "choose another unit"),
    ],
)  # fmt: skip
def test_what_is_refused(call: Any, said: str) -> None:
    assert said in refusal(call)


def test_nobody_can_be_weighted() -> None:
    """A panel that is wrong beyond the smallest float."""
    assert "the highest calibration is 0; weight all alike" in refusal(
        lambda: weights([[[1.0, 2.0, 3.0]] * 400], [9.0] * 400, THREE)
    )
