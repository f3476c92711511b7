"""Draws of the unknowns turned into levels and likelihoods, against the independent simulator; nothing is fitted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from tests.calibration.networks import NETWORKS, setting
from tests.oracles import simulator

from withdrawal_risk.dynamics.kernel import simulate_past
from withdrawal_risk.inference import measurement
from withdrawal_risk.inference.alignment import align_evidence, fit_window
from withdrawal_risk.inference.parameters import Frame, build_frame
from withdrawal_risk.inference.path_inputs import path_inputs

DRAWS = 4


def by_name(frame: Frame, draws: Mapping[str, np.ndarray], d: int) -> dict[str, Any]:
    """Return one draw as the simulator writes it."""
    theta: dict[str, Any] = {}
    for name in (
        "half_life",
        "own_scale",
        "baseline",
        "weight_size",
        "event_effect",
        "reference",
        "loading",
        "error",
        "nought",
        "nought_loading",
        "leaving",
        "drift_share",
        "drift_half_life",
        "event_lasting",
    ):
        labels = frame.coords[frame.priors[name].dims[0]] if name in frame.priors else []
        theta[name] = {label: draws[name][d, place] for place, label in enumerate(labels)}
    theta["gaps"] = {}
    for place, label in enumerate(frame.coords["category_gap"]):
        theta["gaps"].setdefault(label.rpartition(":")[0], []).append(
            draws["category_gap_size"][d, place]
        )
    return theta


@pytest.mark.parametrize("name", NETWORKS)
def test_levels_and_likelihood_of_draws(name: str) -> None:
    """Levels have the density their innovations have; rows have the likelihood the simulator gives them."""
    problem = setting(name).problem
    rng = np.random.default_rng(8)
    theta = simulator.draw_parameters(problem, rng)
    values = simulator.draw_evidence(problem, theta, simulator.draw_path(problem, theta, rng), rng)
    model = setting(name).model(values)
    frame = build_frame(model, fit_window(model, model.as_of))
    draws = {prior.name: prior.draw(5, DRAWS) for prior in frame.priors.values()}
    inputs = path_inputs(model, frame, draws, model.as_of, frame.window)
    level = simulate_past(inputs._replace(given=inputs.given[None]))
    likelihood = sum(
        measurement.log_likelihood(frame, block, draws, level).sum(axis=1)
        for block in align_evidence(frame, model.evidence, model.as_of)
    )
    for d in range(DRAWS):
        theta = by_name(frame, draws, d)
        path = {factor: level[d, :, j] for j, factor in enumerate(frame.structure.factors)}
        for policy, given in problem["policies"].items():
            np.testing.assert_allclose(path[policy], given[: problem["months"]], atol=1e-12)
        noise = [key for key in frame.priors if "innovation" in key]
        expected = sum(frame.priors[key].log_density(draws[key][d]).sum() for key in noise)
        expected -= np.linalg.slogdet(problem["stationary"][1])[1] / 2
        for factor, item in problem["factors"].items():
            share = theta["drift_share"].get(factor, 0.0)
            spread = theta["own_scale"][factor] * np.sqrt(
                (1 - share) * (1 - 4 ** (-1 / theta["half_life"][factor]))
            )
            if item.get("drift"):
                spread *= np.sqrt(1 - 4 ** (-1 / theta["drift_half_life"][factor]))
            expected -= (np.log(item["start"][1]) if item["start"] else 0) + (
                problem["months"] - 1
            ) * np.log(spread)
        for _, sd in problem.get("hidden_start", {}).values():
            expected -= np.log(sd)
        assert simulator.log_path(problem, theta, path) == pytest.approx(expected, rel=1e-9)
        assert likelihood[d] == pytest.approx(
            simulator.log_likelihood(problem, theta, path, values), rel=1e-9
        )
