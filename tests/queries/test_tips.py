"""Tipping points where the probability under every other prior is known in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import probability_word
from withdrawal_risk.queries.tips import FARTHEST_TIP, borders, tips

DRAWS, CHAINS = 20_000, 4


def exact(a: float, b: float, border: float, mean: float = 0.0, sd: float = 1.0) -> float:
    """Return the shift of the prior at which the mean of Phi(a + b z) is a border, z having this posterior."""
    root = np.sqrt(1 + (b * sd) ** 2)
    return float((norm.ppf(border) * root - a - b * mean) / (b * sd**2))


def place_of(p: float, b: float, mean: float = 0.0, sd: float = 1.0) -> float:
    """Return a for which the mean of Phi(a + b z) is p."""
    return float(norm.ppf(p) * np.sqrt(1 + (b * sd) ** 2) - b * mean)


CASES = {
    # Probability, slope, posterior mean and sd of the score, and the border that is reached first.
    "up": (0.17, 0.4, 0.0, 1.0, 0.20),
    "down": (0.23, 0.4, 0.0, 1.0, 0.20),
    "falling": (0.17, -0.4, 0.0, 1.0, 0.20),
    "narrow word, above": (0.53, 0.3, 0.0, 1.0, 0.55),
    "narrow word, below": (0.46, -0.3, 0.0, 1.0, 0.45),
    "learnt": (0.17, 0.6, 0.3, 0.7, 0.20),
    "near certainty": (0.94, 0.3, 0.0, 1.0, 0.95),
    "near none": (0.04, 0.3, 0.0, 1.0, 0.05),
}


@pytest.mark.parametrize("p, b, mean, sd, border", CASES.values(), ids=CASES.keys())
def test_tips_are_where_the_closed_form_has_them(
    p: float, b: float, mean: float, sd: float, border: float
) -> None:
    """To within five of their own errors: beyond lies one case in a million."""
    z = mean + sd * np.random.default_rng(3).normal(size=DRAWS)
    values = norm.cdf(place_of(p, b, mean, sd) + b * z)
    (tip,) = tips(values, z[:, None], CHAINS)
    shift = exact(place_of(p, b, mean, sd), b, border, mean, sd)
    assert 0.02 < abs(shift) < FARTHEST_TIP
    assert abs(tip.shift - shift) < 5 * tip.error and tip.error < 0.1
    assert tip.trusted and tip.khat < 0.5
    assert tip.upwards == (border > p)


def test_errors_of_tips_are_what_they_say() -> None:
    """Of 300 samples 95 % have the truth within two errors; fewer than 90 % or more than 99 % by chance in one run of 4,000."""
    rng, b, border = np.random.default_rng(4), 0.4, 0.2
    a = place_of(0.17, b)
    held = 0
    for _ in range(300):
        z = rng.normal(size=1000)
        (tip,) = tips(norm.cdf(a + b * z), z[:, None], CHAINS)
        held += abs(tip.shift - exact(a, b, border)) < 2 * tip.error
    assert 270 <= held <= 297


def test_the_nearer_of_both_directions_counts() -> None:
    """And every judgement is looked at by itself."""
    rng = np.random.default_rng(5)
    z = rng.normal(size=(DRAWS, 3))
    b = np.array([0.25, -0.25, 0.6])
    a = norm.ppf(0.51) * np.sqrt(1 + (b**2).sum())
    found = tips(norm.cdf(a + z @ b), z, CHAINS)
    for k, tip in enumerate(found):
        # A moved prior moves one score; the others stay.
        both = [
            (norm.ppf(border) * np.sqrt(1 + (b**2).sum()) - a) / b[k] for border in (0.45, 0.55)
        ]
        nearest = min(both, key=abs)
        assert nearest == both[1]
        assert abs(tip.shift - nearest) < 5 * tip.error
        assert tip.upwards


def test_none_is_reported_where_there_is_none() -> None:
    z = np.random.default_rng(6).normal(size=(DRAWS, 2))
    p = norm.cdf(norm.ppf(0.3) + 0.02 * z[:, 0])
    for tip in tips(p, z, CHAINS):
        assert np.isnan(tip.shift) and np.isnan(tip.error)
        assert tip.trusted, "that there is none is known"
    # A little farther than any range reaches, and a little nearer.
    b = 0.1
    for shift, there in ((FARTHEST_TIP + 0.1, False), (FARTHEST_TIP - 0.1, True)):
        a = norm.ppf(0.2) * np.sqrt(1 + b**2) - b * shift
        grid = norm.ppf((np.arange(DRAWS) + 0.5) / DRAWS)
        (tip,) = tips(norm.cdf(a + b * grid), grid[:, None], CHAINS)
        assert np.isfinite(tip.shift) == there


def test_absurd_slopes_are_not_trusted() -> None:
    rng = np.random.default_rng(7)
    heavy = rng.standard_t(1.2, size=(DRAWS, 1))
    p = norm.cdf(norm.ppf(0.19) + 0.3 * rng.normal(size=DRAWS))
    (none,) = tips(np.full(DRAWS, 0.3), heavy, CHAINS)
    assert np.isnan(none.shift) and not none.trusted and none.khat > 0.7
    (some,) = tips(p, 40 * heavy, CHAINS)
    assert not some.trusted


def test_noise_is_no_tip() -> None:
    """Two hundred judgements that nothing hangs on: what they seem to do to a probability is chance.

    Three errors are passed by one judgement in 370, of 200 by half a judgement on average; by four or more in one sample of
    400.
    """
    rng = np.random.default_rng(9)
    z = rng.normal(size=(2000, 200))
    p = rng.beta(0.3, 1.2, size=2000)
    p += 0.196 - p.mean()
    found = tips(p, z, CHAINS)
    assert sum(np.isfinite(tip.shift) for tip in found) > 20, (
        "there is noise that crosses the border"
    )
    assert sum(np.isfinite(tip.shift) and tip.trusted for tip in found) < 4
    # Near a border a small move is known well, because both probabilities are of the same draws.
    score = rng.normal(size=(2000, 1))
    near = norm.cdf(place_of(0.2, 0.8) + 0.8 * score[:, 0])
    near += 0.198 - near.mean()
    (tip,) = tips(near, score, CHAINS)
    assert 0 < tip.shift < 0.1 and tip.trusted


def test_borders_are_those_of_the_words() -> None:
    edges = borders()
    assert len(edges) == len(words_of("en").icd_203) - 1 and (np.diff(edges) > 0).all()
    for edge in edges:
        assert probability_word(float(edge)) != probability_word(float(np.nextafter(edge, 0)))
    # No word ends in between.
    for low, high in zip([0.0, *edges], [*edges, 1.0], strict=True):
        inside = np.linspace(low, high, 50, endpoint=high == 1.0)
        assert len({probability_word(float(p)) for p in inside}) == 1
