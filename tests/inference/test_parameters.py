"""Priors that follow from the network and not from one elicited number."""

from __future__ import annotations

import numpy as np
from scipy import stats
from tests.oracles import density, lyapunov

import withdrawal_risk as wr
from withdrawal_risk.elements.elicitation import lognormal_mean
from withdrawal_risk.inference.alignment import fit_window
from withdrawal_risk.inference.parameters import build_frame
from withdrawal_risk.inference.priors import innovations
from withdrawal_risk.random import generator

GAPS_ANSWER = "half_life: {p5: 2, p95: 6}"


def test_starts_are_stationary(small: wr.Model) -> None:
    """Without an elicited start the joint long-run distribution holds: gaps go with the tension that causes them."""
    frame = build_frame(small, fit_window(small, small.as_of))
    assert frame.latent == ("gaps", "tension")
    spec = small.spec
    half_life = [spec.factors[name].half_life for name in frame.latent]
    phi = 2 ** (-1 / np.array([lognormal_mean(h.p5, h.p95) for h in half_life]))
    (weight,) = (edge.weight.mean for edge in spec.edges if edge.from_ == "tension")
    edges = [(1, 0, 1)]
    tau = lyapunov.own_scales(2, edges, phi, np.array([weight]))
    expected = lyapunov.stationary_covariance(2, edges, phi, np.array([weight]), tau)
    assert expected[0, 1] > 0.2
    np.testing.assert_allclose(frame.start_root @ frame.start_root.T, expected, atol=1e-9)
    np.testing.assert_array_equal(frame.start_mean, 0.0)


def test_an_elicited_start_stands_alone(small_text: str, small_evidence: str) -> None:
    text = small_text.replace(GAPS_ANSWER, GAPS_ANSWER + "\n    start: {p5: -0.5, p95: 1.5}")
    model = wr.Model.from_texts(text, small_evidence)
    frame = build_frame(model, fit_window(model, model.as_of))
    sd = 2.0 / (2 * stats.norm.ppf(0.95))
    np.testing.assert_allclose(
        frame.start_root @ frame.start_root.T, np.diag([sd**2, 1.0]), atol=1e-9
    )
    np.testing.assert_allclose(frame.start_mean, [0.5, 0.0], atol=1e-12)


def test_jumps_have_unit_variance(small: wr.Model) -> None:
    prior = build_frame(small, fit_window(small, small.as_of)).priors["innovation_jump"]
    values = np.array([-7.0, -0.3, 0.0, 1.0, 25.0])
    expected = [density.student_t_prior(value, 4.0) for value in values]
    np.testing.assert_allclose(prior.log_density(values), expected, rtol=1e-12)
    drawn = innovations(generator(3, "test"), (20_000,), jump=True)
    # A false alarm in one of 10^4 seeds; this one gives none.
    assert stats.kstest(drawn, stats.t(4, scale=np.sqrt(0.5)).cdf).pvalue > 1e-4
    assert prior.draw(1, 2).shape == (2, 11, 1)
