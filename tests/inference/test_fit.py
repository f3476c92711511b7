"""Fits at the edges: models with next to nothing in them and one chain; diagnostics; what is said."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from arviz_stats.base import array_stats

import withdrawal_risk as wr
from withdrawal_risk.inference.diagnostics import summarise

BARE = """
id: bare
title: Bare
time: {start: 2023-01, as_of: 2023-06, horizon: 2023-12}
factors:
  tension: {role: driver, label: Tension, worse: high, half_life: {p5: 2, p95: 9}, basis: "judgement: invented", why: W}
  gaps: {role: outcome, label: Gaps, worse: high, half_life: {p5: 2, p95: 6}, basis: "judgement: invented", why: W}
edges:
  - {from: tension, to: gaps, weight: +strong, basis: "judgement: invented", why: W}
conditions:
  calm: {label: Calm, all: [{factor: gaps, at_most: medium}], basis: "judgement: invented", why: W}
"""


def test_a_model_without_indicators_and_evidence_is_its_prior(tmp_path: Path) -> None:
    """And a single chain is checked as several are."""
    model = wr.Model.from_texts(BARE, "")
    wr.fit(model, draws=400, tune=400, chains=1, progressbar=False).save(tmp_path / "bare.nc")
    posterior = wr.open_posterior(tmp_path / "bare.nc")
    verdicts = {verdict.name: verdict for verdict in wr.check(posterior)}
    assert verdicts["posterior_predictive"].text.startswith("0 of 0 evidence rows")
    assert 0.99 < posterior.settings["diagnostics"]["rhat_max"] < 1.1
    assert list(wr.forecast(posterior).data_vars) == ["level"]
    row = wr.outlook(posterior).summary.loc["calm"]
    # Five standard errors, of some 200 independent draws: a false alarm in more than a million.
    assert row["probability"] == pytest.approx(row["prior"], abs=5 * 0.5 / 200**0.5)
    wr.report(posterior, tmp_path / "bare.html")
    assert wr.do(posterior, {"tension": "very high"}).summary.loc["calm", "difference"] < 0


def test_a_chain_that_wanders_off_is_seen_alone() -> None:
    rng = np.random.default_rng(1)
    stats = xr.Dataset({"diverging": (("chain", "draw"), np.zeros((1, 501), dtype=bool))})
    still = rng.normal(size=(1, 501))
    for drift, least, most in ((0.0, 0.99, 1.02), (2.0, 1.1, 3.0)):
        draws = xr.Dataset({"x": (("chain", "draw"), still + drift * np.linspace(0, 1, 501))})
        assert least < summarise(draws, stats).rhat_max < most


@pytest.mark.parametrize(("chains", "draws"), [(4, 60), (1, 61), (2, 33)])
def test_diagnostics_are_those_of_arviz(chains: int, draws: int) -> None:
    """Bulk and tail effective sample sizes and R-hat, of slow, fast, tied and still numbers."""
    rng = np.random.default_rng(3)
    noise = rng.normal(size=(chains, draws, 6))
    walk = np.cumsum(noise, axis=1)
    walk[:, :, 3] = np.round(walk[:, :, 3])
    walk[:, 1:, 4] -= walk[:, :-1, 4]
    walk[:, :, 5] = 7.0
    stats = xr.Dataset({"diverging": (("chain", "draw"), np.zeros((chains, draws), dtype=bool))})
    found = summarise(xr.Dataset({"x": (("chain", "draw", "d"), walk)}), stats)
    arrays = [walk[:, :, k] for k in range(5)]
    bulk = [array_stats.ess(a, chain_axis=0, draw_axis=1, method="bulk") for a in arrays]
    tail = [
        array_stats.ess(a, chain_axis=0, draw_axis=1, method="tail", prob=(0.05, 0.95))
        for a in arrays
    ]
    assert found.ess_min == pytest.approx(float(np.min(bulk)), rel=1e-10)
    assert found.ess_tail_min == pytest.approx(float(np.min(tail)), rel=1e-10)
    assert (found.slowest, found.slowest_tail) == (f"x[{np.argmin(bulk)}]", f"x[{np.argmin(tail)}]")
    if chains > 1:
        rhat = [array_stats.rhat(a, chain_axis=0, draw_axis=1) for a in arrays]
        assert found.rhat_max == pytest.approx(float(np.max(rhat)), rel=1e-10)


def test_a_fit_says_what_it_does_and_how_long_it_takes(
    small: wr.Model, capfd: pytest.CaptureFixture[str]
) -> None:
    wr.fit(small, draws=10, tune=10, chains=1, cores=1)
    said = capfd.readouterr().err.splitlines()[0]
    assert re.fullmatch(
        r"Fitting small as of 2023-12: 1 x \(10 \+ 10\) draws of \d+ unknowns on 1 core, usually a few "
        "seconds, and up to 20 seconds more where nothing has been compiled yet",
        said,
    )
