"""Own variation at two speeds: its scale, its start, and what questions make of a hidden parent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests import known
from tests.oracles import linear_gaussian as exact
from tests.oracles import lyapunov
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.dynamics.equation import levels_of_draws
from withdrawal_risk.elements.timeline import Window
from withdrawal_risk.inference.alignment import fit_window
from withdrawal_risk.inference.parameters import build_frame
from withdrawal_risk.inference.path_inputs import path_inputs
from withdrawal_risk.model.network import structure_at_prior_means
from withdrawal_risk.simulation.futures import simulate
from withdrawal_risk.simulation.parts import parts
from withdrawal_risk.simulation.responses import own_shocks
from withdrawal_risk.simulation.worlds import horizon_window, of_settings

TIME = ("2020-01", "2020-12", "2023-06")
DRIFT = {"share": 0.7, "half_life": 36}


def _file(**changes: Any) -> dict[str, Any]:
    """Return a loop of three factors, two with drift; changes are made to the second, `control`."""
    tension = known.factor("tension", 3.0) | {"drift": {"share": 0.5, "half_life": 60.0}}
    del tension["start"]
    control = known.factor("control", 2.0, start=0.8) | {"drift": DRIFT} | changes
    return {
        "factors": {"tension": tension, "control": control, "gaps": known.factor("gaps", 4.0)},
        "edges": [
            known.edge("tension", "control", -0.4), known.edge("control", "gaps", -0.6, 1),
            known.edge("gaps", "tension", 0.5, 2),
        ],
        "conditions": {"calm": known.condition("gaps", -0.2, "mean", last=6)},
    }  # fmt: skip


@pytest.fixture(scope="module")
def drifting() -> wr.Posterior:
    """Draws in which levels alone are unknown."""
    model = known.model(TIME, **_file())
    own = structure_at_prior_means(model.spec).own().value
    frame = build_frame(model, fit_window(model, model.as_of))
    scales = {name: own[frame.structure.factors.index(name)] for name in frame.latent}
    return known.posterior(model, scales, draws=1000)


def _place(posterior: wr.Posterior, name: str) -> int:
    return posterior.frame.structure.factors.index(name)


def _inputs(posterior: wr.Posterior) -> Any:
    window = horizon_window(posterior)
    return path_inputs(posterior.model, posterior.frame, posterior.draws(), posterior.as_of, window)


def test_long_run_sd_is_one_at_the_prior_means() -> None:
    means = structure_at_prior_means(known.model(TIME, **_file()).spec)
    structure = means.structure
    names = structure.factors
    edges = [(names.index(a), names.index(b), lag) for a, b, lag in structure.edges]
    scale, weight = means.dynamics()
    expected = lyapunov.stationary_covariance(len(scale), edges, means.phi, weight, scale)
    np.testing.assert_allclose(np.diag(expected), 1.0, atol=1e-9)
    np.testing.assert_allclose(means.covariance(), expected, atol=1e-9)


def test_share_is_a_share_of_variance_in_every_draw() -> None:
    """Also where share and half-life are unknown, far from their prior means."""
    unsure = {"share": {"p5": 0.3, "p95": 0.9}, "half_life": {"p5": 12, "p95": 96}}
    file = _file(drift=unsure, half_life={"p5": 1, "p95": 9})
    model = known.model(TIME, **file)
    frame = build_frame(model, fit_window(model, model.as_of))
    draws = {name: prior.draw(1, 50) for name, prior in frame.priors.items()}
    inputs = path_inputs(model, frame, draws, model.as_of, frame.window)
    structure = frame.structure
    d = [structure.factors[j] for j in structure.drifting].index("control")
    j, h, e = structure.drifting[d], structure.hidden[d], structure.hidden_edge[d]
    for draw in range(50):
        phi = inputs.phi[draw]
        slow = inputs.weight[draw, e] ** 2 * lyapunov.passed_on(phi[j], phi[h])
        share = draws["drift_share"][draw, 0]
        assert slow / inputs.own_scale[draw, j] ** 2 == pytest.approx(share / (1 - share), rel=1e-9)
        assert inputs.own_scale[draw, h] == 1.0


def test_futures_spread_as_the_joint_normal_says(drifting: wr.Posterior) -> None:
    """Spread of the futures of a draw at leads 6, 12 and 24, to 1 %; 64,000 futures know it to 0.3 %."""
    inputs, structure = _inputs(drifting), drifting.frame.structure
    n, leads = len(structure.factors), (6, 12, 24)
    network = exact.Network(
        half_life=-1 / np.log2(inputs.phi[0]),
        own_scale=inputs.own_scale[0],
        given=np.full((27, n), np.nan),
        start=[(0.0, 1e-9)] * n,
        baseline=[(0.0, 0.0)] * n,
        reference=[],
        edges=[
            exact.Edge(structure.factors.index(a), structure.factors.index(b), lag, float(w))
            for (a, b, lag), w in zip(structure.edges, inputs.weight[0], strict=True)
        ],
    )
    # A parent is held at its first level before the first month, so what lags bring is none.
    variance = np.diag(exact.joint(network)[1])[: 27 * n].reshape(27, n)
    futures = list(simulate(drifting, next, futures=64))
    now = horizon_window(drifting).index(drifting.as_of)
    for lead in leads:
        for name in drifting.frame.latent:
            j = _place(drifting, name)
            level = np.concatenate([f.level(j, now + lead, now + lead)[:, 0] for f in futures])
            found = np.sqrt(level.var(axis=1, ddof=1).mean())
            assert found == pytest.approx(np.sqrt(variance[lead, j]), rel=0.01), (name, lead)


def test_elicited_start_leaves_the_hidden_parent_its_law_given_the_level() -> None:
    model = known.model(TIME, **_file())
    frame = build_frame(model, fit_window(model, model.as_of))
    means = structure_at_prior_means(model.spec)
    j, h = (frame.inferred.index(name) for name in ("control", "control:drift"))
    at = [means.structure.factors.index(name) for name in ("control", "control:drift")]
    slope = means.covariance()[at[0], at[1]]
    covariance = frame.start_root @ frame.start_root.T
    assert frame.start_mean[j] == pytest.approx(0.8)
    assert frame.start_mean[h] == pytest.approx(slope * 0.8)
    assert slope > 0.5
    # With a start as wide as the long run the joint law of the two is that of the long run.
    assert covariance[j, h] == pytest.approx(slope, rel=1e-6)
    assert covariance[h, h] == pytest.approx(1.0, rel=1e-6)
    others = [k for k in range(len(frame.inferred)) if k not in (j, h)]
    assert not covariance[np.ix_([j, h], others)].any()


def test_setting_a_level_leaves_its_drift_alone(drifting: wr.Posterior) -> None:
    """While the child is set the hidden parent runs on; released, the child returns at its own speed."""
    world = of_settings(drifting, {"control": -1.5}, "2021-01", "2021-06", "future")
    control, hidden = _place(drifting, "control"), _place(drifting, "control:drift")
    window, inputs = horizon_window(drifting), _inputs(drifting)
    end = window.index(wr.Month.parse("2021-06"))
    for before, after in simulate(drifting, list, futures=2, worlds=[world]):
        same = [f.level(hidden, 0, len(window) - 1) for f in (before, after)]
        np.testing.assert_array_equal(*same)
        assert np.ptp(same[0]) > 1
        assert (after.level(control, end, end) == -1.5).all()
        # Only tension, moved through the loop, keeps it from returning exactly as fast as it answers.
        gap = [after.level(control, t, t) - before.level(control, t, t) for t in (end, end + 1)]
        tension = _place(drifting, "tension")
        pull = after.level(tension, end + 1, end + 1) - before.level(tension, end + 1, end + 1)
        phi = inputs.phi[0, control]
        expected = phi * gap[0] + (1 - phi) * -0.4 * pull
        np.testing.assert_allclose(gap[1], expected, atol=1e-5)


def test_another_past_keeps_the_drift_that_was(drifting: wr.Posterior) -> None:
    world = of_settings(drifting, {"control": 1.0}, "2020-03", "2020-06", "past")
    control, hidden = _place(drifting, "control"), _place(drifting, "control:drift")
    for before, after in simulate(drifting, list, futures=2, worlds=[world]):
        np.testing.assert_array_equal(after.past[:, :, hidden], before.past[:, :, hidden])
        assert (after.past[:, 2:6, control] == 1.0).all()
    unchanged = wr.counterfactual(
        drifting, {"control": wr.shift(0)}, start="2020-03", end="2020-06"
    )
    differences = unchanged.summary["difference"]
    assert np.abs(differences).max() < 1e-12


def test_drift_counts_as_the_own_shocks_of_its_factor(drifting: wr.Posterior) -> None:
    """The own shocks of all factors add up to the whole path, and no factor gets another's drift."""
    frame = drifting.frame
    places = [int(j) for j in frame.latent_index]
    inputs = _inputs(drifting)
    for part in parts(drifting, futures=2, random_seed=1):
        of_each = [own_shocks(drifting, part, [j]) for j in places]
        hidden = _place(drifting, "control:drift")
        control = places[frame.latent.index("control")]
        moved = [bool(np.abs(of_one[:, :, hidden]).max() > 0) for of_one in of_each]
        assert moved == [j == control for j in places]
        # What is left is what was expected of the elicited starts.
        usual = own_shocks(drifting, part, places)
        np.testing.assert_allclose(np.sum(of_each, axis=0), usual, atol=1e-9)
    assert inputs.start[:, hidden].std() > 0.5


def test_nobody_meets_a_hidden_parent(drifting: wr.Posterior) -> None:
    assert set(drifting.model.network) == {"tension", "control", "gaps"}
    assert list(wr.forecast(drifting, futures=1)["factor"].values) == [*drifting.frame.factors]
    assert not any(":" in name for name in drifting.frame.factors)
    for said in (
        refusal(lambda: wr.do(drifting, {"control:drift": 1.0})),
        refusal(lambda: wr.path_effects(drifting, "control:drift", "gaps")),
    ):
        assert "is not a factor or policy" in said


def test_part_of_an_event_lasts(drifting: wr.Posterior) -> None:
    """Two years after, half of what the event did in its month is left but for the slow half-life."""
    effect = {"factor": "control", "size": known.known(4.0), "lasting": 0.5}
    event = {"label": "Blow", "shape": "pulse", "from": "2020-06", "effects": [effect], **known.SAYS}  # fmt: skip
    file = {**_file(), "edges": []}
    levels = []
    for events in ({}, {"blow": event}):
        model = known.model(TIME, **file, events=events)
        frame = build_frame(model, fit_window(model, model.as_of))
        draws = {name: prior.draw(1, 20) for name, prior in frame.priors.items()}
        draws["half_life"] = np.full((20, 3), 2.0)
        window = Window(model.spec.time.start, model.spec.time.horizon)
        inputs = path_inputs(model, frame, draws, model.as_of, window)
        quiet = np.zeros((20, len(window) - 1, inputs.phi.shape[1]))
        path = levels_of_draws(inputs._replace(innovation=quiet))
        levels.append(path[:, :, frame.structure.factors.index("control")])
    change = (levels[1] - levels[0]).mean(axis=0)
    at_once = (1 - 2**-0.5) * 4.0
    assert change[5] == pytest.approx(at_once * (0.5 + 0.5 * (1 - 2**-0.5)), rel=1e-6)
    # The hidden parent falls at its own speed, and the factor follows it.
    phi, slow = 2**-0.5, 2 ** (-1 / 36)
    followed = (1 - phi) * sum(phi ** (24 - k) * slow**k for k in range(25))
    faded = 0.5 * at_once * phi**24
    assert change[29] == pytest.approx(0.5 * at_once * followed + faded, rel=1e-5)
    assert change[29] > 0.3 * at_once


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"drift": {"share": 0.7, "half_life": 1.5}}, "are no slower than the factor itself"),
        ({"drift": {"share": 1.2, "half_life": 36}}, "1.2 is not valid here; it must be below 1"),
        ({"drift": {"share": 0.7}}, "the key 'half_life' is missing"),
        ({"drift": {"share": {"p5": 0, "p95": 0.5}, "half_life": 36}}, "reaches outside (0, 1)"),
        ({"drift": {"share": 0.7, "half_life": 9999}}, "at most 1200 are allowed"),
        ({"drift": DRIFT | {"jumps": "fast"}}, "goes with innovations: student_t"),
        ({"drift": DRIFT | {"jumps": "often"}}, "'often' is not valid here"),
    ],
)
def test_drift_that_says_nothing_is_refused(changes: dict[str, Any], message: str) -> None:
    assert message in refusal(lambda: known.model(TIME, **_file(**changes)))


def _refused_event(event: dict[str, Any]) -> str:
    return refusal(lambda: known.model(TIME, **_file(), events={"blow": event}))


def test_a_part_that_lasts_needs_a_place() -> None:
    effect = {"factor": "gaps", "size": known.known(1.0), "lasting": 0.5}
    event = {"label": "Blow", "shape": "pulse", "from": "2020-06", "effects": [effect], **known.SAYS}  # fmt: skip
    assert "'gaps' has no drift" in _refused_event(event)
    step = event | {"shape": "step", "effects": [effect | {"factor": "control"}]}
    assert "a step lasts by itself" in _refused_event(step)
