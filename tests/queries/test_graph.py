"""What the shape of a network says, on networks whose answers are known."""

from __future__ import annotations

import itertools
import json
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from scipy import stats

import withdrawal_risk as wr
from withdrawal_risk.elements.elicitation import STANDARD_CUTS

SAYS = {"basis": "judgement: invented for tests", "why": "It is invented."}


def model(edges: list[tuple[str, str, int]], policies: str = "") -> wr.Model:
    names = sorted({name for a, b, _ in edges for name in (a, b)} - set(policies))
    file: dict[str, Any] = {
        "id": "shape", "title": "Shape", "time": {"start": "2023-01", "as_of": "2023-06", "horizon": "2023-12"},
        "factors": {n: {"role": "driver", "label": n, "worse": "high", "half_life": {"p5": 2, "p95": 6}, **SAYS} for n in names},
        "policies": {n: {"label": n, "worse": "low", "unit": "troops", "reference": 0, "per_level": 1,
                         "path": [{"from": "2023-01", "value": 0}], **SAYS} for n in policies},
        "edges": [{"from": a, "to": b, "weight": "+moderate", "lag": lag, **SAYS} for a, b, lag in edges],
        "conditions": {"fine": {"label": "Fine", "all": [{"factor": names[0], "at_most": "medium"}], **SAYS}},
    }  # fmt: skip
    return wr.Model.from_texts(json.dumps(file))


CHAIN = model([("x", "m", 1), ("m", "y", 0)])
FORK = model([("c", "x", 0), ("c", "y", 2)])
COLLIDER = model([("x", "s", 0), ("y", "s", 1), ("s", "t", 0)])
M_BIAS = model([("a", "x", 0), ("a", "m", 0), ("b", "m", 0), ("b", "y", 0), ("x", "y", 0)])
LOOP = model([("x", "y", 0), ("y", "x", 1), ("c", "x", 0), ("c", "y", 0)])


def test_ancestors() -> None:
    assert wr.ancestors(CHAIN, "y") == ["m", "x"]
    assert wr.ancestors(LOOP, "x") == ["c", "y"]
    with pytest.raises(
        wr.ArgumentError, match=r"takes a model or a posterior: write load_model\('chain'\)"
    ):
        wr.ancestors("chain", "y")  # type: ignore[arg-type]
    with pytest.raises(
        wr.ArgumentError, match=r"takes a model or a posterior: write load_model\('chain'\)"
    ):
        wr.implied_table("chain", "y")  # type: ignore[arg-type]


def test_a_posterior_knows_the_shape_of_its_model(posterior: wr.Posterior, small: wr.Model) -> None:
    assert wr.ancestors(posterior, "gaps") == wr.ancestors(small, "gaps")
    assert wr.independencies(posterior) == wr.independencies(small)


@pytest.mark.parametrize(
    ("shape", "given", "separated"),
    [(CHAIN, [], False), (CHAIN, ["m"], True), (FORK, [], False), (FORK, ["c"], True), (COLLIDER, [], True),
     (COLLIDER, ["s"], False), (COLLIDER, ["t"], False), (LOOP, ["c"], False)],
)  # fmt: skip
def test_d_separation(shape: wr.Model, given: list[str], separated: bool) -> None:
    assert wr.d_separated(shape, "x", "y", given) is separated


def test_policies_are_known() -> None:
    assert wr.d_separated(model([("p", "x", 0), ("p", "y", 1)], policies="p"), "x", "y")


def test_back_doors() -> None:
    assert wr.backdoor_sets(FORK, "x", "y") == [frozenset({"c"})]
    assert wr.backdoor_sets(CHAIN, "x", "y") == [frozenset()]
    assert wr.backdoor_sets(M_BIAS, "x", "y") == [frozenset()]
    # The effect itself acts on the cause a month later, which nothing else can stand for.
    assert wr.backdoor_sets(LOOP, "x", "y") == []


def test_independencies() -> None:
    assert wr.independencies(CHAIN) == [("x", "y", frozenset({"m"}))]
    assert wr.independencies(COLLIDER)[-1] == ("x", "y", frozenset())
    claims = {(a, b): given for a, b, given in wr.independencies(M_BIAS)}
    assert claims["a", "b"] == frozenset() and claims["m", "x"] == frozenset({"a"})
    assert wr.independencies(LOOP) == []


def test_table_of_one_parent_is_the_normal_one() -> None:
    table = wr.implied_table(FORK, "x")
    assert table.shape == (5, 5)
    np.testing.assert_allclose(table.sum(axis=1), 1, atol=1e-12)
    weight = FORK.spec.edges[0].weight.mean
    # The level of the parent is the median of its bin; the child's spread is what the scale leaves it.
    normal = NormalDist()
    value = normal.inv_cdf(0.9)
    own = wr.implied_table(FORK, "c").loc["c"]
    np.testing.assert_allclose(own, 0.2, atol=1e-12)
    from tests.oracles import lyapunov

    phi = np.full(2, 2 ** (-1 / FORK.spec.factors["x"].half_life.mean))
    scale = lyapunov.own_scales(2, [(0, 1, 0)], phi, np.array([weight]))[1]
    edges = [-np.inf, *STANDARD_CUTS, np.inf]
    expected = [normal.cdf((b - weight * value) / scale) - normal.cdf((a - weight * value) / scale)
                for a, b in itertools.pairwise(edges)]  # fmt: skip
    np.testing.assert_allclose(table.xs("very high").to_numpy().ravel(), expected, atol=1e-9)


def test_table_of_a_posterior_averages_its_draws(posterior: wr.Posterior) -> None:
    table = wr.implied_table(posterior, "gaps")
    assert table.shape == (25, 5) and table.index.names == ["presence", "tension"]
    np.testing.assert_allclose(table.sum(axis=1), 1, atol=1e-12)
    assert (
        table.loc[("high", "very high"), "very high"] > table.loc[("high", "very low"), "very high"]
    )


def test_table_of_a_factor_that_jumps_is_that_of_its_jumps(small: wr.Model) -> None:
    """Against Student-t shocks added up; at most 4 Monte Carlo errors apart, in one of two thousand seeds for five levels."""
    table = wr.implied_table(small, "tension").loc["tension"]
    keep = 2 ** (-1 / small.spec.factors["tension"].half_life.mean)
    shocks = stats.t(4).rvs(size=(60, 40_000), random_state=np.random.default_rng(8)) / np.sqrt(2)
    level = (keep ** np.arange(60)[:, None] * np.sqrt(1 - keep**2) * shocks).sum(axis=0)
    expected = np.histogram(level, [-np.inf, *STANDARD_CUTS, np.inf])[0] / level.size
    assert np.abs(table - expected).max() < 4 * np.sqrt(2 * 0.2 * 0.8 / 40_000)
    assert table["medium"] > 0.21, "a normal law has 0.2"


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: wr.ancestors(CHAIN, "z"), "'z' is not a factor or policy"),
        (lambda: wr.d_separated(CHAIN, "x", "y", ["x"]), "name each factor once"),
        (lambda: wr.backdoor_sets(CHAIN, "x", "x"), "name two factors"),
        (lambda: wr.implied_table(CHAIN, "y", parents=["x"]), "'x' does not act on 'y'"),
        (lambda: wr.implied_table(model([(a, "z", 0) for a in "abcde"]), "z"), "choose at most 4"),
    ],
)
def test_bad_questions(ask: Any, message: str) -> None:
    with pytest.raises(wr.ArgumentError, match=message):
        ask()


def test_names_may_come_one_by_one_and_never_as_letters(posterior: wr.Posterior) -> None:
    """A generator is read once, and a text is not taken apart."""
    assert wr.d_separated(FORK, "x", "y", (name for name in ["c"])) is True
    assert wr.d_separated(COLLIDER, "x", "y", (name for name in ["s"])) is False
    table = wr.implied_table(FORK, "x", parents=(name for name in ["c"]))  # type: ignore[arg-type]
    assert len(table) == 5 and table.index.names == ["c"]
    groups = {"both": (name for name in ["tension", "gaps"])}
    split = wr.attribution(posterior, "calm", groups=groups, draws=50)  # type: ignore[arg-type]
    assert split.groups == {"both": ("tension", "gaps")}
    assert split.summary.loc["both", "share"] == pytest.approx(split.shortfall, abs=1e-9)


@pytest.mark.parametrize(
    "ask",
    [
        lambda p: wr.d_separated(FORK, "x", "y", "c"),
        lambda p: wr.implied_table(FORK, "x", parents="c"),
        lambda p: wr.attribution(p, "calm", groups={"a": "gaps"}),
        lambda p: wr.scenarios(p, "crisis"),
        lambda p: wr.reach(p, "calm", levers="gaps"),
        lambda p: wr.watch_list(p, indicators="rate"),
        lambda p: wr.plot_forecast(p, var_names="gaps"),
        lambda p: wr.history(p.model, "2023-10"),
    ],
)
def test_a_bare_name_is_refused(posterior: wr.Posterior, ask: Any) -> None:
    with pytest.raises(wr.WithdrawalRiskError, match=r"write \['"):
        ask(posterior)


def test_what_is_no_name_is_refused(posterior: wr.Posterior) -> None:
    with pytest.raises(wr.ArgumentError, match="given holds 3, which is not a name"):
        wr.d_separated(FORK, "x", "y", [3])  # type: ignore[list-item]
    with pytest.raises(wr.ArgumentError, match="levers is 3; write a list of names"):
        wr.reach(posterior, "calm", levers=3)  # type: ignore[arg-type]
