"""Streams that begin faster are the streams that NumPy begins."""

from __future__ import annotations

import numpy as np
import pytest

from withdrawal_risk.random import generator
from withdrawal_risk.simulation.streams import stream_of


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1, 2**32, 2**63 - 1])
@pytest.mark.parametrize(
    "names", [(), ("a",), ("", ""), ("ab", "c"), ("indicator", "حوادث", "-3", "7936", "rare" * 20)]
)
def test_a_stream_is_the_generator_of_its_seed_and_names(seed: int, names: tuple[str, ...]) -> None:
    fast, plain = stream_of(seed, *names), generator(seed, *names)
    assert fast.bit_generator.state == plain.bit_generator.state
    for draw in ("standard_normal", "random"):
        np.testing.assert_array_equal(getattr(fast, draw)(50), getattr(plain, draw)(50))
