"""Fits at the edges: models with next to nothing in them, one chain, graphs that look alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import withdrawal_risk as wr
from withdrawal_risk.inference import fit as module

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
    import numpy as np
    import xarray as xr

    from withdrawal_risk.inference.diagnostics import summarise

    rng = np.random.default_rng(1)
    stats = xr.Dataset({"diverging": (("chain", "draw"), np.zeros((1, 501), dtype=bool))})
    still = rng.normal(size=(1, 501))
    for drift, least, most in ((0.0, 0.99, 1.02), (2.0, 1.1, 3.0)):
        draws = xr.Dataset({"x": (("chain", "draw"), still + drift * np.linspace(0, 1, 501))})
        assert least < summarise(draws, stats).rhat_max < most


def _with(text: str, evidence: str, row: str) -> wr.Model:
    return wr.Model.from_texts(text, evidence + row + "\n")


def test_a_graph_serves_only_evidence_that_is_laid_out_like_its_own(
    small: wr.Model, small_text: str, small_evidence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One more count and one more share take as many rows and months, but not the same places."""
    compiled = []

    class Graph:
        shared_var_keys = ()

        def with_data(self) -> Any:
            return self

    def compile_graph(graph: Any, names: Any) -> Graph:
        compiled.append(graph)
        return Graph()

    class Sampled(Exception): ...

    def sample(*_: object, **__: object) -> None:
        raise Sampled

    monkeypatch.setattr(module, "compile_graph", compile_graph)
    monkeypatch.setattr(module, "_COMPILED", type(module._COMPILED)())
    monkeypatch.setattr("nutpie.sample", sample)
    count = "x1,incidents,2023-05,2023-05,2023-05,20,,,,A,invented,,"
    other = "x1,incidents,2023-06,2023-06,2023-06,31,,,,B,invented,,"
    share = "x1,supply,2023-05,2023-05,2023-05,0.5,,,,A,invented,,"
    for row, graphs in ((count, 1), (other, 1), (share, 2), (count, 2)):
        with pytest.raises(Sampled):
            wr.fit(_with(small_text, small_evidence, row), progressbar=False)
        assert len(compiled) == graphs
