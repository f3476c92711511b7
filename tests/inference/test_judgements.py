"""Ratios of prior densities against the files' own, their slopes against differences, for every range."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import norm
from tests.oracles.model_density import ModelDensity, Unknowns
from tests.prior_draws import prior_draws
from tests.random_models import File, evidence_text, model_text, random_model

import withdrawal_risk as wr
from withdrawal_risk.inference.judgements import (
    GROUPS,
    Judgement,
    judgements,
    log_ratio,
    scores,
    slopes,
)

Z90 = norm.ppf(0.95)


@dataclass(frozen=True, eq=False)
class Case:
    """A random model that uses all there is, and points drawn from its prior by the oracle."""

    file: File
    evidence: str
    points: list[Unknowns]
    oracle: ModelDensity
    posterior: wr.Posterior


@pytest.fixture(scope="module", params=[8])
def case(request: pytest.FixtureRequest) -> Case:
    file, rows = random_model(
        np.random.default_rng(request.param), drifting=True, lasting=True, heavy=True
    )
    evidence = evidence_text(rows)
    oracle = ModelDensity(model_text(file), evidence)
    rng = np.random.default_rng(3)
    points = [oracle.draw(rng) for _ in range(10)]
    return Case(file, evidence, points, oracle, prior_draws(model_text(file), evidence, points))


def place_in(file: File, path: str) -> tuple[dict[str, Any], str]:
    """Return what holds a range of a parsed file, and its key."""
    section, name, *keys = path.split(".")
    if section == "edges":
        (edge,) = [e for e in file["edges"] if f"{e['from']}->{e['to']}" == name]
        return edge, "weight"
    node = file[section][name]
    if section == "events":
        (node,) = [effect for effect in node["effects"] if effect["factor"] == keys[0]]
    for key in keys[section == "events" : -1]:
        node = node[key]
    return node, keys[-1]


def _identity(x: float) -> float:
    return x


def _log_log(x: float) -> float:
    return math.log(math.log(x))


def _exp_exp(x: float) -> float:
    return math.exp(math.exp(x))


def _scale(key: str, family: str | None) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return the way to the scale on which what is elicited under a key is normal, and the way back."""
    if "ratio_per_level" in key:
        return _log_log, _exp_exp
    of_shares = {"at_reference": ("share", "binary"), "start": ("state",)}
    if key in ("share", "lasting", "enters", "leaves", "can_be_zero"):
        return logit, expit
    if family in of_shares.get(key, ()):
        return logit, expit
    positive = key in ("weight", "half_life", "error", "change_per_level")
    if positive or (key == "at_reference" and family in ("lognormal", "count")):
        return math.log, math.exp
    return _identity, _identity


def rewritten(file: File, path: str, shift: float, spread: float) -> File:
    """Return a file in which the law of a range has moved by so many of its sd, and is so much wider."""
    file = copy.deepcopy(file)
    node, key = place_in(file, path)
    words = {"weak": (0.05, 0.30), "moderate": (0.15, 0.50), "strong": (0.30, 0.80)}
    given, sign = node[key], 1.0
    if key == "weight":
        sign = -1.0 if (given[0] == "-" if isinstance(given, str) else given["p5"] < 0) else 1.0
        ends = words[given[1:]] if isinstance(given, str) else (given["p5"], given["p95"])
        low, high = sorted(map(abs, ends))
    else:
        low, high = given["p5"], given["p95"]
    family = file["indicators"].get(path.split(".")[1], {}).get("family")
    there, back = _scale(key, family)
    ends = there(low), there(high)
    middle, sd = sum(ends) / 2, (ends[1] - ends[0]) / (2 * Z90)
    new = [float(back(middle + shift * sd + side * Z90 * spread * sd)) for side in (-1, 1)]
    low, high = sorted(sign * end for end in new)
    node[key] = {"p5": low, "p95": high}
    return file


def moved(item: Judgement, shift: float, spread: float = 1.0) -> dict[str, Any]:
    return {item.path: item.range.moved(shift, spread)}


def test_every_group_is_there(case: Case) -> None:
    assert {item.group for item in judgements(case.posterior)} == set(GROUPS.values())
    assert {item.unknown for item in judgements(case.posterior)} == set(GROUPS)


@pytest.mark.slow
def test_ratio_is_that_of_the_two_files(case: Case) -> None:
    """The oracle reads both texts anew, scales of own variation and the law of the first month included."""
    for item in judgements(case.posterior):
        other = ModelDensity(model_text(rewritten(case.file, item.path, 0.6, 1.3)), case.evidence)
        expected = [other.log_prior(point) - case.oracle.log_prior(point) for point in case.points]
        found = log_ratio(case.posterior, moved(item, 0.6, 1.3))
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6, err_msg=item.path)
    assert log_ratio(case.posterior, {}) == pytest.approx(np.zeros(10))


def test_ratio_of_several_ranges_at_once(case: Case) -> None:
    file, new = case.file, {}
    for item in judgements(case.posterior)[::3]:
        file = rewritten(file, item.path, -0.4, 1.0)
        new |= moved(item, -0.4)
    other = ModelDensity(model_text(file), case.evidence)
    expected = [other.log_prior(point) - case.oracle.log_prior(point) for point in case.points]
    np.testing.assert_allclose(log_ratio(case.posterior, new), expected, rtol=1e-6, atol=1e-5)


def _agree(posterior: wr.Posterior) -> None:
    """Compare every slope with a central difference of the log ratio, to a thousandth.

    What is the same in every draw weighs no draw, and is not part of a slope.
    """
    step, slope = 1e-2, slopes(posterior)
    for k, item in enumerate(judgements(posterior)):
        up, down = (log_ratio(posterior, moved(item, side * step)) for side in (1, -1))
        expected = (up - down) / (2 * step)
        gap = slope[:, k] - expected
        assert np.ptp(gap) < 1e-3 * np.ptp(expected), item.path


@pytest.mark.slow
def test_slopes_are_derivatives(case: Case) -> None:
    _agree(case.posterior)


def test_slopes_of_a_fit_are_derivatives(posterior: wr.Posterior) -> None:
    _agree(posterior)


def test_scales_and_starts_follow_from_dynamics_alone(case: Case) -> None:
    score, slope = scores(case.posterior), slopes(case.posterior)
    for k, item in enumerate(judgements(case.posterior)):
        follows = item.group in ("weights", "half_lives", "drift")
        assert item.moves_scales == follows
        if not follows:
            np.testing.assert_array_equal(slope[:, k], score[:, k], err_msg=item.path)
    assert (np.abs(slope - score).max(axis=0) > 0.05).sum() > 5


def test_scores_are_distances_from_the_middle(case: Case) -> None:
    """In prior sd, of what is normal; from the numbers of the oracle and of the file."""
    score = scores(case.posterior)
    links = {
        "Positive": np.log,
        "Share": logit,
        "Quantiles": float,
        "Ratio": lambda x: np.log(np.log(x)),
    }
    for k, item in enumerate(judgements(case.posterior)):
        link = links[type(item.range).__name__]
        ends = link(item.range.p5), link(item.range.p95)
        middle, sd = (ends[0] + ends[1]) / 2, (ends[1] - ends[0]) / (2 * Z90)
        frame = case.posterior.frame
        if item.unknown == "start":
            name = frame.inferred[item.place]
        else:
            name = frame.coords[frame.priors[item.unknown].dims[-1]][item.place]
        value = [point[item.unknown][name] for point in case.points]
        if (
            item.group in ("weights", "half_lives", "errors", "loadings")
            or item.unknown == "drift_half_life"
        ):
            value = np.log(value)
        elif item.unknown in ("drift_share", "event_lasting", "nought", "leaving", "state_start"):
            value = logit(value)
        expected = (np.array(value) - middle) / sd
        np.testing.assert_allclose(score[:, k], expected, rtol=1e-6, atol=1e-6, err_msg=item.path)  # fmt: skip


def test_answers_are_kept_by_posterior(case: Case) -> None:
    assert scores(case.posterior) is scores(case.posterior)
    assert slopes(case.posterior) is slopes(case.posterior)
    assert json.dumps([item.path for item in judgements(case.posterior)])
