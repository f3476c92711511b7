"""Edges that are scaled for a while, against a slow recursion and against models without the edge."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests import known
from tests.oracles import recursion

import withdrawal_risk as wr
from withdrawal_risk.inference.alignment import fit_window
from withdrawal_risk.inference.parameters import build_frame
from withdrawal_risk.simulation.futures import simulate
from withdrawal_risk.simulation.parts import parts
from withdrawal_risk.simulation.worlds import World, horizon_window, of_settings

TIME = ("2020-01", "2020-10", "2021-08")
DRAWS, FUTURES = 40, 2
SEEN = (3, 31)
"""The draws that the slow recursion follows."""


def _policy(rng: np.random.Generator) -> dict[str, Any]:
    values = rng.normal(size=3)
    path = [
        {"from": month, "value": float(value), "published": "2020-01"}
        for month, value in zip(("2020-01", "2020-06", "2021-02"), values, strict=True)
    ]
    return {
        "label": "Rule", "worse": "high", "unit": "points", "reference": 0.0, "per_level": 1.0,
        "path": path, **known.SAYS,
    }  # fmt: skip


def random_posterior(seed: int) -> wr.Posterior:
    """Return a network of four factors, one with drift, and a policy; lags up to 3 and a loop."""
    rng = np.random.default_rng(seed)
    names = [f"f{i}" for i in range(4)]
    factors = {name: known.factor(name, float(rng.uniform(1, 9))) for name in names}
    factors["f2"] |= {"drift": {"share": 0.6, "half_life": 40.0}}
    always = {("f0", "f1"), ("f1", "f3")}
    pairs = [
        (a, b)
        for j, b in enumerate(names)
        for a in names[:j]
        if (a, b) in always or rng.random() < 0.7
    ]
    edges = [
        known.edge(
            a, b, float(rng.choice([-1, 1]) * rng.uniform(0.1, 0.4)), int(rng.integers(0, 4))
        )
        for a, b in (*pairs, ("rule", "f1"))
    ]
    edges.append(known.edge("f3", "f0", 0.3, int(rng.integers(1, 3))))
    model = known.model(
        TIME, factors=factors, policies={"rule": _policy(rng)}, edges=edges,
        conditions={"high": known.condition("f3", 0.2)},
    )  # fmt: skip
    frame = build_frame(model, fit_window(model, model.as_of))
    scales = {name: float(rng.uniform(0.5, 0.9)) for name in frame.latent}
    return known.posterior(model, scales, draws=DRAWS, random_seed=seed)


def chain(lag: int = 0, weight: float = 0.5, half_life: float = 3.0) -> wr.Posterior:
    """Return two factors, the first of which acts on the second."""
    model = known.model(
        TIME,
        factors={"a": known.factor("a", 2.0), "b": known.factor("b", half_life)},
        edges=[known.edge("a", "b", weight, lag)],
        conditions={"up": known.condition("a", 0.1), "down": known.condition("b", 0.1)},
    )
    return known.posterior(model, {"a": 0.9, "b": 0.8}, draws=DRAWS)


def levels(posterior: wr.Posterior, *worlds: World) -> list[np.ndarray]:
    """Return all levels in the baseline and in other worlds, each (draw, future, month, factor)."""
    last, count = len(horizon_window(posterior)) - 1, len(posterior.frame.structure.factors)
    both = []
    for several in zip(*simulate(posterior, list, futures=FUTURES, worlds=worlds), strict=True):
        by_factor = [
            np.concatenate([some.level(j, 0, last) for some in several]) for j in range(count)
        ]
        both.append(np.stack(by_factor, axis=-1).transpose(0, 2, 1, 3))
    return both


def all_inputs(posterior: wr.Posterior) -> Any:
    """Return the inputs of all draws; few draws are one part."""
    (part,) = parts(posterior, futures=FUTURES, random_seed=1)
    return part.inputs


class Slow:
    """The slow recursion of one draw and future, with the innovations that its baseline had."""

    def __init__(self, posterior: wr.Posterior, draw: int, baseline: np.ndarray) -> None:
        inputs, structure = all_inputs(posterior), posterior.frame.structure
        self.phi, self.weight, self.own, self.drive = (
            getattr(inputs, name)[draw] for name in ("phi", "weight", "own_scale", "drive")
        )
        self.names, self.baseline = structure.factors, baseline
        self.edges = [
            (int(i), int(j), int(lag))
            for i, j, lag in zip(
                structure.edge_parent, structure.children, structure.edge_lag, strict=True
            )
        ]
        self.clamped, self.given = inputs.clamped.copy(), inputs.given.copy()
        months, count = baseline.shape
        self.eps = np.zeros((months - 1, count))
        for t in range(1, months):
            for j in np.flatnonzero(self.own > 0):
                pull = self.drive[t, j]
                for e, (i, k, lag) in enumerate(self.edges):
                    if k == j:
                        pull += self.weight[e] * baseline[max(t - lag, 0), i]
                rest = baseline[t, j] - self.phi[j] * baseline[t - 1, j] - (1 - self.phi[j]) * pull
                self.eps[t - 1, j] = rest / (self.own[j] * np.sqrt(1 - self.phi[j] ** 2))

    def place(self, cause: str, effect: str) -> int:
        pair = self.names.index(cause), self.names.index(effect)
        return next(e for e, (i, j, _) in enumerate(self.edges) if (i, j) == pair)

    def follow(self, scale: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
        used = self.weight if weight is None else weight
        return recursion.paths(
            range(len(self.names)), self.edges, self.phi, used, self.own, self.drive, self.baseline[0],
            self.eps, self.clamped, self.given, scale,
        )  # type: ignore[return-value]  # fmt: skip

    def unscaled(self) -> np.ndarray:
        return np.ones((len(self.baseline), len(self.edges)))


@pytest.mark.parametrize("tense", ["future", "past"])
@pytest.mark.parametrize("seed", range(4))
def test_paths_match_an_independent_recursion(seed: int, tense: str) -> None:
    """A ramp, two spans of an edge, an edge of a policy and of a loop, a set and a shifted factor."""
    posterior = random_posterior(seed)
    begin = 10 if tense == "future" else 2
    month = [str(horizon_window(posterior).first + t) for t in range(20)]
    edges = {
        "f0->f1": wr.over(0.25, start=month[begin + 1], end=month[begin + 5], ramp=3),
        "rule → f1": [
            wr.over(2.0, start=month[begin], end=month[begin + 1]),
            wr.over(0, start=month[begin + 4], end=month[begin + 4]),
        ],
        "f3 -> f0": 0.5,
    }
    settings = {
        "f0": wr.over(0.7, start=month[begin + 6], end=month[begin + 6]),
        "f1": wr.over(wr.shift(0.4), start=month[begin + 2], end=month[begin + 3]),
        "f3": wr.over(-1.0, start=month[begin + 3], end=month[begin + 5], ramp=2),
    }
    span = month[begin], month[begin + 6]
    world = of_settings(posterior, settings, *span, tense, edges=edges)  # type: ignore[arg-type]
    baseline, changed = levels(posterior, world)
    for draw in SEEN:
        for future in range(FUTURES):
            slow = Slow(posterior, draw, baseline[draw, future])
            scale, names = slow.unscaled(), slow.names
            for k in range(5):
                scale[begin + 1 + k, slow.place("f0", "f1")] = 1 + min(1, (k + 1) / 3) * (0.25 - 1)
            scale[begin : begin + 2, slow.place("rule", "f1")] = 2
            scale[begin + 4, slow.place("rule", "f1")] = 0
            scale[begin : begin + 7, slow.place("f3", "f0")] = 0.5
            f0, f1, f3 = (names.index(name) for name in ("f0", "f1", "f3"))
            slow.clamped[begin + 6, f0], slow.given[begin + 6, f0] = True, 0.7
            # What moves comes last. All three are in a loop, where the order is that of the sweep.
            for j in sorted((f1, f3)):
                now = slow.follow(scale)
                if j == f1:
                    cells = slice(begin + 2, begin + 4), f1
                    slow.given[cells] = now[cells] + 0.4
                else:
                    cells = slice(begin + 3, begin + 6), f3
                    share = np.array([0.5, 1.0, 1.0])
                    slow.given[cells] = (1 - share) * now[cells] - share
                slow.clamped[cells] = True
            np.testing.assert_allclose(
                changed[draw, future], slow.follow(scale), rtol=1e-9, atol=1e-9
            )
    assert np.abs(changed - baseline).max() > 0.05


@pytest.mark.parametrize("tense", ["future", "past"])
def test_a_scale_of_one_is_the_baseline(tense: str) -> None:
    posterior = random_posterior(7)
    edges = dict.fromkeys(posterior.frame.structure.edge_places, 1)
    world = of_settings(posterior, None, None, None, tense, edges=edges)  # type: ignore[arg-type]
    baseline, same = levels(posterior, world)
    np.testing.assert_array_equal(same, baseline)
    assert not world.is_empty and world.touched(posterior) == {}


def test_a_scale_of_nought_is_a_model_without_the_edge() -> None:
    """From the first month on that it is scaled, the lag being 0."""
    posterior = chain()
    world = of_settings(posterior, None, None, None, "future", edges={"a->b": 0.0})
    baseline, cut = levels(posterior, world)
    for draw in SEEN:
        slow = Slow(posterior, draw, baseline[draw, 0])
        slow.clamped[:10], slow.given[:10] = True, baseline[draw, 0, :10]
        without = slow.follow(slow.unscaled(), np.zeros(1))
        np.testing.assert_allclose(cut[draw, 0], without, rtol=0, atol=1e-12)
    assert np.abs(cut - baseline)[:, :, 10:, 1].min() > 0


def test_the_mean_response_is_that_of_the_formula() -> None:
    """With its cause held at c, b moves by (1 - phi ** k) w (s - 1) c in the k-th month."""
    c, scale, weight, half_life = 1.5, 0.4, 0.5, 3.0
    posterior = chain(weight=weight, half_life=half_life)
    held = of_settings(posterior, {"a": c}, None, None, "future")
    weaker = of_settings(posterior, {"a": c}, None, None, "future", edges={"a->b": scale})
    _, one, other = levels(posterior, held, weaker)
    b = posterior.frame.structure.factors.index("b")
    months = np.arange(1, 11)
    expected = (1 - 2 ** (-months / half_life)) * weight * (scale - 1) * c
    # The numbers of the file are known to a millionth.
    np.testing.assert_allclose(
        (other - one)[:, :, 10:, b], np.broadcast_to(expected, (DRAWS, FUTURES, 10)), atol=1e-5
    )


def test_a_scale_is_that_of_the_month_of_arrival() -> None:
    posterior = chain(lag=2)
    world = of_settings(posterior, None, "2021-02", "2021-02", "future", edges={"a->b": 3})
    baseline, changed = levels(posterior, world)
    b, inputs = posterior.frame.structure.factors.index("b"), all_inputs(posterior)
    moved = (changed - baseline)[..., b]
    first = horizon_window(posterior).index(wr.Month.parse("2021-02"))
    assert not moved[:, :, :first].any()
    pull = (1 - inputs.phi[:, b]) * inputs.weight[:, 0]
    expected = 2 * pull[:, None] * baseline[:, :, first - 2, 1 - b]
    np.testing.assert_allclose(moved[:, :, first], expected, rtol=0, atol=1e-12)
    # Afterwards it is forgotten as any other change.
    np.testing.assert_allclose(
        moved[:, :, first + 1], inputs.phi[:, b, None] * expected, rtol=0, atol=1e-12
    )


def test_a_shift_starts_where_scaled_edges_lead() -> None:
    posterior = chain()
    b = posterior.frame.structure.factors.index("b")
    edges = {"a->b": 0.2}
    scaled = of_settings(posterior, None, None, None, "future", edges=edges)
    both = of_settings(posterior, {"b": wr.shift(1)}, None, None, "future", edges=edges)
    _, before, after = levels(posterior, scaled, both)
    np.testing.assert_allclose((after - before)[:, :, 10:, b], 1.0, rtol=0, atol=1e-12)


def test_levels_that_are_carried_too_far_are_refused() -> None:
    """A loop of which every edge acts ten times as much; ahead, and in another past."""
    model = known.model(
        TIME,
        factors={name: known.factor(name) for name in "ab"},
        edges=[known.edge("a", "b", 0.6), known.edge("b", "a", 0.6, 1)],
        conditions={"up": known.condition("a", 0.1)},
    )
    posterior = known.posterior(model, {"a": 0.9, "b": 0.8}, draws=DRAWS)
    edges = {"a->b": 10, "b->a": 10}
    far = "some levels move beyond 50 long-run standard deviations; scale fewer edges, by less"
    for ask in (wr.do, wr.counterfactual):
        with pytest.raises(wr.ArgumentError, match=far):
            ask(posterior, edges=edges, futures=4)
        assert ask(posterior, edges=dict.fromkeys(edges, 1.5), futures=4).draws.notnull().all()


def test_what_is_set_feels_no_scaled_edge() -> None:
    posterior = chain()
    held = of_settings(posterior, {"b": 0.3}, None, None, "future")
    both = of_settings(posterior, {"b": 0.3}, None, None, "future", edges={"a->b": 0})
    _, one, other = levels(posterior, held, both)
    np.testing.assert_array_equal(one, other)


def test_what_a_scaled_edge_does_not_reach_is_unmoved() -> None:
    """Its cause, an effect after the horizon, and the first month, which has no causes."""
    posterior = chain()
    result = wr.do(posterior, edges={"a->b": 0.0}, futures=64)
    assert tuple(
        result.summary.loc["up", ["difference", "difference_lower", "difference_upper"]]
    ) == (0, 0, 0)
    assert result.summary.loc["down", "difference"] != 0
    a, b = (posterior.frame.structure.factors.index(name) for name in "ab")
    later = of_settings(
        posterior, {"b": wr.over(0.0, end="2021-01")}, None, None, "future", edges={"a->b": 0.5}
    )
    assert later.touched(posterior) == {b: 10}
    clamped = of_settings(
        posterior,
        {"a": 0.0},
        None,
        None,
        "future",
        edges={"a->b": wr.over(0.5, start="2021-03", ramp=4)},
    )
    assert clamped.touched(posterior) == {a: 10, b: 14}
    first = of_settings(posterior, None, "2020-01", "2020-01", "past", edges={"a->b": 0})
    assert first.touched(posterior) == {}
    baseline, same = levels(posterior, first)
    np.testing.assert_array_equal(same, baseline)
