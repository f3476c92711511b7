"""Laws through stated quantiles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats
from tests.refusals import refusal

from withdrawal_risk.experts.fitting import fitted

TEN = (0.1, 0.5, 0.9)
GRID = np.linspace(0, 1, 201)


def test_the_consensus_of_shelf() -> None:
    """Quartiles 25, 30 and 40 on 0 to 100: figures of the vignette of the R package SHELF."""
    law = fitted((0.25, 0.5, 0.75), (25, 30, 40), "beta", (0, 100))
    assert f"{law.quantile(0.05):.1f}" == "15.2"
    assert f"{law.cdf(25):.3f}" == "0.283"
    assert law.misfit == pytest.approx(max(abs(law.cdf([25, 30, 40]) - [0.25, 0.5, 0.75])))


FAMILY_BOUNDS = [("normal", None), ("lognormal", None), ("logitnormal", (2, 30)), ("beta", (2, 30))]


@pytest.mark.parametrize(("family", "bounds"), FAMILY_BOUNDS)
@pytest.mark.parametrize("values", [(3.0, 4.0), (2.1, 29.0), (28.0, 29.5), (14.0, 14.1)])
def test_two_quantiles_are_met(family: str, bounds: Any, values: tuple[float, float]) -> None:
    law = fitted((0.05, 0.6), values, family, bounds)
    assert law.misfit < 1e-9
    assert law.quantile([0.05, 0.6]) == pytest.approx(values, rel=1e-6)
    # A value near a bound has few digits of its distance from it.
    assert law.cdf(law.quantile(GRID[10:-10])) == pytest.approx(GRID[10:-10], abs=1e-6)


@pytest.mark.parametrize(("family", "bounds"), FAMILY_BOUNDS)
def test_a_law_is_found_again_from_its_own_quantiles(family: str, bounds: Any) -> None:
    first = fitted((0.1, 0.8), (7.0, 11.0), family, bounds)
    again = fitted(AT := (0.05, 0.25, 0.5, 0.75, 0.95), first.quantile(AT), family, bounds)
    assert again.parameters == pytest.approx(first.parameters, rel=1e-6)
    assert again.misfit < 1e-9


@pytest.mark.parametrize("values", [(25, 30, 40), (1, 2, 90), (10, 80, 81), (3, 60, 97)])
@pytest.mark.parametrize("family", ["normal", "lognormal", "logitnormal", "beta"])
def test_no_law_of_the_family_fits_better(family: str, values: tuple[float, ...]) -> None:
    """Least squares over a grid of laws and by a search from its best."""
    at = np.array([0.2, 0.5, 0.9])
    bounds = (0, 100) if family in ("logitnormal", "beta") else None
    law = fitted(at, values, family, bounds)
    own = float(((law.cdf(values) - at) ** 2).sum())
    share, x = np.array(values) / 100, np.array(values, dtype=float)
    inner = {"normal": x, "lognormal": np.log(x)}.get(family, np.log(share / (1 - share)))
    if family == "beta":
        first, second = (g.ravel() for g in np.meshgrid(*[np.exp(np.linspace(-4, 6, 161))] * 2))
        cdf = stats.beta.cdf(share[:, None], first, second)
    else:
        middle = np.linspace(inner[0] - 2 * np.ptp(inner), inner[-1] + 2 * np.ptp(inner), 401)
        first, second = (
            g.ravel() for g in np.meshgrid(middle, np.ptp(inner) * np.exp(np.linspace(-7, 3, 201)))
        )
        cdf = stats.norm.cdf(inner[:, None], first, second)
    least = float(((cdf - at[:, None]) ** 2).sum(axis=0).min())
    assert own <= least + 1e-12


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: fitted((0.5,), (1,), "normal"), "a law takes two or more"),
        (lambda: fitted(TEN, (1, 2), "normal"), "2 quantiles were stated at 3 probabilities"),
        (lambda: fitted(TEN, (1, 2, 2), "normal"), "they must rise, above -inf and below inf"),
        (lambda: fitted(TEN, (0, 2, 3), "lognormal"), "they must rise, above 0 and below inf"),
        (lambda: fitted(TEN, (1, 2, 3), "gamma"), "family is 'gamma'"),
        (lambda: fitted(TEN, (1, 2, 3), "normal", (0, 9)), "a normal law has no bounds"),
        (lambda: fitted(TEN, (1, 2, 3), "beta"), "a beta law needs bounds"),
        (lambda: fitted(TEN, (1, 2, 3), "beta", (9, 0)), "the smaller first"),
        (lambda: fitted(TEN, (1, 2, 9), "logitnormal", (0, 9)), "above 0 and below 9"),
        (lambda: fitted(TEN, (1e-30, 1, 2), "beta", (-1e30, 9)), "too close together or to a bound"),
        (lambda: fitted(TEN, (1, 2, 3), "normal").quantile(2), "must lie between 0 and 1"),
    ],
)  # fmt: skip
def test_what_is_refused(call: Any, said: str) -> None:
    assert said in refusal(call)
