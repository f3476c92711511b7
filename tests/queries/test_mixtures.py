"""Mixtures of experts: where their variance comes from, and what they say together."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import withdrawal_risk as wr
from withdrawal_risk.queries.mixtures import Voice, mixture, spread_of
from withdrawal_risk.queries.results import summarise
from withdrawal_risk.simulation.probabilities import probabilities

FUTURES = 16


def voice(p: np.ndarray, weight: np.ndarray | None = None, source: str = "fit") -> Voice:
    share = np.ones(len(p)) if weight is None else weight
    return Voice(source=source, p=p, weight=share / share.sum(), khat=0.1, ess=float(len(p)))


@st.composite
def panels(draw: st.DrawFn) -> tuple[list[Voice], np.ndarray, int]:
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    futures = draw(st.integers(2, 40))
    voices = []
    for _ in range(draw(st.integers(1, 5))):
        count = int(rng.integers(1, 60))
        p = rng.binomial(futures, rng.beta(*rng.uniform(0.2, 3, 2), count)) / futures
        voices.append(voice(p, rng.exponential(1, count)))
    weights = rng.dirichlet(np.full(len(voices), 0.7))
    return voices, weights, futures


@settings(max_examples=100, deadline=None, derandomize=True)
@given(panels())
def test_the_parts_add_up(panel: tuple[list[Voice], np.ndarray, int]) -> None:
    voices, weights, futures = panel
    found = spread_of(voices, weights, futures)
    p = sum(w * one.probability for w, one in zip(weights, voices, strict=True))
    assert abs(found.between + found.within + found.chance - p * (1 - p)) < 1e-12
    assert found.between > -1e-12 and found.chance > -1e-12
    alone = spread_of(voices[:1], np.ones(1), futures)
    assert abs(alone.between) < 1e-12


def test_the_parts_are_those_of_worlds_that_are_played() -> None:
    """An expert is drawn, what that expert does not know, then the outcome: many times over.

    What each part is, the second and third levels say when they are drawn again with the first ones
    held: the covariance of two outcomes of one expert's two draws is the variance between experts,
    that of two outcomes of one draw the variance between and within. Each of three within 4.5
    standard errors: a false alarm once in 40,000.
    """
    rng = np.random.default_rng(3)
    shapes = [(2.0, 5.0), (6.0, 3.0), (1.0, 1.0)]
    weights = np.array([0.5, 0.3, 0.2])
    draws, futures = 60_000, 4
    voices = []
    for k, (a, b) in enumerate(shapes):
        chance = rng.beta(a, b, draws)
        voices.append(voice(rng.binomial(futures, chance) / futures, source=str(k)))
    found = spread_of(voices, weights, futures)

    count = 2_000_000
    who = rng.choice(3, count, p=weights)
    a, b = np.array(shapes)[who].T
    first, second = rng.beta(a, b), rng.beta(a, b)
    outcome = rng.random(count) < first
    same_draw = rng.random(count) < first
    same_expert = rng.random(count) < second
    stranger = rng.permutation(outcome)

    def check(value: float, played: np.ndarray) -> None:
        error = played.std() / math.sqrt(count)
        # Experts are estimated from their own draws, too.
        own = 0.5 / math.sqrt(draws)
        assert abs(value - played.mean()) < 4.5 * math.hypot(error, own)
        assert math.hypot(error, own) < 0.003

    check(found.between, outcome * 1.0 * same_expert - outcome * 1.0 * stranger)
    check(found.within, outcome * 1.0 * same_draw - outcome * 1.0 * same_expert)
    check(found.chance, outcome * (1.0 - same_draw))


def test_the_noise_of_few_futures_is_chance() -> None:
    """Draws that all have one probability leave nothing unknown, however few futures show it.

    4.5 standard errors of 200,000 draws: a false alarm once in 140,000.
    """
    rng, count, futures = np.random.default_rng(1), 200_000, 2
    p = rng.binomial(futures, 0.3, count) / futures
    found = spread_of([voice(p)], np.ones(1), futures)
    noise = ((p - 0.3) ** 2 - p * (1 - p) / (futures - 1)).std() / math.sqrt(count)
    assert abs(found.within) < 4.5 * noise < 0.003
    assert found.chance == pytest.approx(0.21, abs=0.005)


def test_a_mixture_of_one_is_that_one(posterior: wr.Posterior) -> None:
    found = probabilities(posterior, futures=FUTURES, random_seed=1)
    whole = summarise(posterior, found, ci_prob=0.9).summary
    for k, name in enumerate(found.names):
        row = mixture(
            posterior, [voice(found.value[0, k])], np.ones(1), ci_prob=0.9, futures=FUTURES
        )
        for column in ("probability", "lower", "upper", "mcse"):
            assert row[column] == pytest.approx(whole.loc[name, column], rel=1e-9), column
        assert row["word"] == whole.loc[name, "word"]


def test_a_mixture_of_one_fit_is_its_draws_under_mixed_weights(posterior: wr.Posterior) -> None:
    rng = np.random.default_rng(5)
    found = probabilities(posterior, futures=FUTURES, random_seed=1)
    p = found.value[0, 0]
    a, b = (rng.exponential(1, len(p)) for _ in range(2))
    shares = np.array([0.7, 0.3])
    voices = [voice(p, a), voice(p, b)]
    row = mixture(posterior, voices, shares, ci_prob=0.8, futures=FUTURES)
    mixed = 0.7 * a / a.sum() + 0.3 * b / b.sum()
    alone = mixture(posterior, [voice(p, mixed)], np.ones(1), ci_prob=0.8, futures=FUTURES)
    weighed = replace(
        found,
        weight=mixed[None] / mixed.sum(),
        count=np.array([FUTURES / (mixed**2).sum() * mixed.sum() ** 2]),
    )
    whole = summarise(posterior, weighed, ci_prob=0.8).summary.iloc[0]
    for column in ("probability", "lower", "upper", "mcse"):
        assert row[column] == pytest.approx(alone[column], rel=1e-9)
        assert row[column] == pytest.approx(whole[column], rel=1e-9), column
    assert row["probability"] == pytest.approx(float(mixed @ p / mixed.sum()), rel=1e-12)


def test_fits_of_their_own_err_by_themselves(posterior: wr.Posterior) -> None:
    """Two fits alike have half the variance of one; the same draws twice have all of it."""
    rng = np.random.default_rng(2)
    p, q = rng.beta(2, 3, (2, 4000))
    half = np.full(2, 0.5)
    once = mixture(posterior, [voice(p)], np.ones(1), ci_prob=0.9, futures=1000)["mcse"]
    twice = mixture(posterior, [voice(p), voice(p)], half, ci_prob=0.9, futures=1000)["mcse"]
    two = mixture(posterior, [voice(p, source="a"), voice(q, source="b")], half, ci_prob=0.9, futures=1000)["mcse"]  # fmt: skip
    assert twice == pytest.approx(once, rel=1e-9)
    # The error of an error of eight chains is large.
    assert 0.4 * once < two < 1.1 * once
