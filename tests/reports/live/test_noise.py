"""The generator: its published words, its distributions, and the same numbers in the page."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtri
from tests.reports.live.node import needs_node, run_node

from withdrawal_risk.reports.live.noise import Noise, key_of, month_key, normal_quantile, threefry

ALARM = 1e-6
"""Probability at which a sound generator fails a test here; the seed is fixed, so that it fails
always or never."""

NAMES = [("factor", "tension"), ("factor", "gaps"), ("indicator", "tension"), ("indicator", "x")]


@pytest.mark.parametrize(
    ("key", "counter", "words"),
    [
        ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
        ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0x1CB996FC, 0xBB002BE7)),
        ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
    ],
)
def test_words_are_those_that_its_authors_publish(
    key: tuple[int, int], counter: tuple[int, int], words: tuple[int, int]
) -> None:
    first, second = threefry(key, *(np.array([word], np.uint32) for word in counter))
    assert (int(first[0]), int(second[0])) == words


def test_quantiles_are_exact() -> None:
    probability = np.concatenate([np.geomspace(2.0**-33, 0.5, 10_001)[:-1], [1 - 2.0**-33]])
    assert normal_quantile(probability) == pytest.approx(ndtri(probability), rel=1e-13)


def _streams() -> list[Noise]:
    keys = [key_of(seed, *names) for seed in (1, 2) for names in NAMES]
    return [Noise(month_key(key, month)) for key in keys for month in range(4)]


def test_numbers_have_their_distributions() -> None:
    shape = (400, 16)
    uniform, normal, student = (
        np.stack([np.stack([draw(noise) for noise in _streams()])])
        for draw in (
            lambda noise: noise.random(shape),
            lambda noise: noise.standard_normal(shape),
            lambda noise: noise.standard_t(4, shape),
        )
    )
    assert uniform.min() > 0 and uniform.max() < 1
    for values, law in ((uniform, "uniform"), (normal, "norm")):
        assert stats.kstest(values.ravel(), law).pvalue > ALARM
    assert stats.kstest(student.ravel(), "t", (4,)).pvalue > ALARM
    for size in (0.3, 1.0, 6.0):
        gamma = np.stack([noise.standard_gamma(np.full(shape, size)) for noise in _streams()])
        assert stats.kstest(gamma.ravel(), "gamma", (size,)).pvalue > ALARM


def test_numbers_of_neighbours_are_independent() -> None:
    """Of draws, futures, months, positions, names and seeds: correlations, and of squares."""
    normal = np.stack([noise.standard_normal((500, 2, 16)) for noise in _streams()])
    normal = normal.reshape(2, len(NAMES), 4, 500, 2, 16)
    limit = stats.norm.isf(ALARM / 2)
    for axis in range(normal.ndim):
        one, other = (
            np.take(normal, range(begin, normal.shape[axis] - 1 + begin), axis).ravel()
            for begin in (0, 1)
        )
        assert abs((one * other).mean()) * np.sqrt(one.size) < limit
        squares = (one**2 - 1) * (other**2 - 1) / 2
        assert abs(squares.mean()) * np.sqrt(one.size) < limit


def test_numbers_belong_to_their_draw_and_position() -> None:
    key = month_key(key_of(3, "factor", "a"), 2)
    whole = Noise(key).random((10, 5))
    assert np.array_equal(Noise(key, 4).random((6, 5)), whole[4:])
    assert np.array_equal(Noise(key).random((10, 8))[:, :5], whole)
    several = Noise(key).random((10, 3, 5))
    assert np.array_equal(several[:, 0], whole)
    noise = Noise(key)
    first = noise.random((10, 5))
    assert np.array_equal(noise.random((10, 5)), several[:, 1]) and np.array_equal(first, whole)


def test_keys_differ_by_seed_kind_name_and_month() -> None:
    keys = {
        month_key(key_of(seed, kind, name), month)
        for seed in (0, 1, 2**63 - 1)
        for kind in ("factor", "indicator")
        for name in ("a", "b", "ab")
        for month in range(3)
    }
    assert len(keys) == 54


def test_other_degrees_of_freedom_are_refused() -> None:
    with pytest.raises(ValueError, match="4 degrees"):
        Noise((1, 2)).standard_t(3, (1, 1))


@needs_node
def test_the_page_draws_the_same_numbers(tmp_path: Path) -> None:
    requests = [
        {"key": list(month_key(key_of(9, *names), month)), "begin": 37 * month, "draws": 40,
         "futures": futures, "shape": shape}
        for month, (names, futures, shape) in enumerate(
            zip(NAMES, (16, 7, 1, 16), (0.4, 1.3, 30.0, 2.0), strict=True)
        )
    ]  # fmt: skip
    (tmp_path / "requests.json").write_text(json.dumps(requests), encoding="utf-8")
    made = json.loads(run_node("noise.mjs", tmp_path / "requests.json"))
    for request, numbers in zip(requests, made, strict=True):
        shape = request["draws"], request["futures"]
        noise = Noise(tuple(request["key"]), request["begin"])
        expected = {
            "normal": noise.standard_normal(shape),
            "student": noise.standard_t(4, shape),
            "gamma": noise.standard_gamma(np.full(shape, request["shape"])),
        }
        for name, values in expected.items():
            assert np.array(numbers[name]) == pytest.approx(values, rel=1e-12, abs=1e-15), name
