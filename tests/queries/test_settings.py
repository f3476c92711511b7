"""Shifts, ramps and spans, against loops over the same futures; set beside seen."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from tests import known
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.simulation.conditions import Evaluator
from withdrawal_risk.simulation.futures import simulate
from withdrawal_risk.simulation.worlds import horizon_window, of_scenario, of_settings

TIME = ("2020-01", "2020-12", "2021-12")
POLICY = {
    "label": "Troops", "worse": "low", "unit": "troops", "reference": 2000, "per_level": 1000,
    "path": [{"from": "2020-01", "value": 2500}, {"from": "2021-03", "value": 1500, "published": "2020-06"}], **known.SAYS,
}  # fmt: skip


def _file(**sections: Any) -> dict[str, Any]:
    return {
        "factors": {
            "tension": known.factor("tension", 3.0) | {"lever": {"cost": 1, "min": -2, "max": 2, "months": 6, "why": "It can be."}},
            "gaps": known.factor("gaps", 2.0),
        },
        "policies": {"troops": POLICY},
        "edges": [known.edge("tension", "gaps", 0.6, 1), known.edge("gaps", "tension", 0.3, 1), known.edge("troops", "gaps", -0.4)],
        "conditions": {"calm": known.condition("gaps", -0.2, "mean", last=6)}, **sections,
    }  # fmt: skip


@pytest.fixture(scope="module")
def asked() -> wr.Posterior:
    made = known.model(TIME, **_file())
    return known.posterior(made, {"tension": 1.0, "gaps": 0.8}, draws=60)


def _both(of: wr.Posterior, world: Any) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return levels of every factor, (draw, month, future), in the baseline and in another world."""
    ((before, after),) = simulate(of, list, futures=4, worlds=[world])
    names, last = of.frame.structure.factors, len(horizon_window(of)) - 1
    return tuple({name: some.level(j, 0, last) for j, name in enumerate(names)} for some in (before, after))  # type: ignore[return-value]  # fmt: skip


def test_a_ramp_moves_evenly_from_what_would_have_been(asked: wr.Posterior) -> None:
    """Month k of m is k/m of the way, and after m months it is there, exactly."""
    for setting, there in ((1.5, None), (wr.shift(-1), -1.0)):
        before, after = _both(asked, of_settings(asked, {"tension": setting}, "2021-02", "2021-11", "future", 4))  # fmt: skip
        usual, found = before["tension"][:, 13:23], after["tension"][:, 13:23]
        share = np.minimum(np.arange(1, 11) / 4, 1)[:, None]
        expected = usual + share * there if there else (1 - share) * usual + share * 1.5
        # What would have been is so in the world as set, which differs by no feedback of this span.
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
        assert not there or found[0, 9, 0] == usual[0, 9, 0] - 1
        if not there:
            assert (found[:, 3:] == 1.5).all()


def test_ramps_begin_in_the_world_as_set(asked: wr.Posterior) -> None:
    """A shift of the child of what is set adds to what that does."""
    first = of_settings(asked, {"tension": 1.0}, None, None, "future")
    both = of_settings(asked, {"tension": 1.0, "gaps": wr.over(wr.shift(0.5), ramp=3)}, None, None, "future")  # fmt: skip
    _, alone = _both(asked, first)
    _, found = _both(asked, both)
    share = np.minimum(np.arange(1, 13) / 3, 1)[:, None]
    np.testing.assert_allclose(found["gaps"][:, 12:], alone["gaps"][:, 12:] + 0.5 * share)


def test_one_factor_in_several_spans(asked: wr.Posterior) -> None:
    spans = [wr.over(-1.0, start="2021-02", end="2021-04"), wr.over(wr.shift(1), start="2021-08")]
    world = of_settings(asked, {"tension": spans}, None, None, "future")
    earlier = of_settings(asked, {"tension": spans[:1]}, None, None, "future")
    _, found = _both(asked, world)
    _, without = _both(asked, earlier)
    assert (found["tension"][:, 13:16] == -1).all()
    np.testing.assert_allclose(found["tension"][:, 19:], without["tension"][:, 19:] + 1)
    assert "shares months with another of its spans" in refusal(
        lambda: wr.do(asked, {"tension": [wr.over(1.0), wr.over(0.5, start="2021-08")]})
    )


def test_ramps_of_the_past_keep_every_draws_noise(asked: wr.Posterior) -> None:
    world = of_settings(asked, {"tension": 0.5}, "2020-04", "2020-09", "past", 3)
    before, after = _both(asked, world)
    np.testing.assert_array_equal(after["tension"][:, :3], before["tension"][:, :3])
    np.testing.assert_allclose(after["tension"][:, 3], 2 / 3 * before["tension"][:, 3] + 0.5 / 3)
    assert (after["tension"][:, 5:9] == 0.5).all()
    # Feedback moves what comes after, by the equation and with the same noise.
    assert np.abs(after["tension"][:, 9] - before["tension"][:, 9]).min() > 0


def test_policies_move_in_their_unit(asked: wr.Posterior) -> None:
    """From 1,500 as announced by 500 down over two months; a scenario's path replaces the file's."""
    world = of_settings(asked, {"troops": wr.shift(-500)}, "2021-06", "2021-09", "future", 2)
    _, found = _both(asked, world)
    value = 2000 + 1000 * found["troops"][0, :, 0]
    np.testing.assert_allclose(value[17:22], [1250, 1000, 1000, 1000, 1500])
    scenario = {
        "label": "Exit", "policies": {"troops": [{"from": "2020-10", "value": 2300}, {"from": "2021-05", "value": 500, "ramp": 4}]},
        **known.SAYS,
    }  # fmt: skip
    made = known.model(TIME, **_file(scenarios={"exit": scenario}))
    of = known.posterior(made, {"tension": 1.0, "gaps": 0.8}, draws=60)
    _, found = _both(of, of_scenario(of, made.spec.scenarios["exit"]))
    value = 2000 + 1000 * found["troops"][0, :, 0]
    np.testing.assert_allclose(value[8:24], [2500] * 4 + [2300] * 4 + [1850, 1400, 950] + [500] * 5)


def test_a_ramp_longer_than_its_span_says_so(asked: wr.Posterior) -> None:
    result = wr.do(asked, {"tension": 1.0}, start="2021-01", end="2021-03", ramp=6, futures=4)
    assert "over 6 months" in result.sentence() and "does not get there" in result.sentence()
    assert "does not get there" not in wr.do(asked, {"tension": 1.0}, ramp=6, futures=4).sentence()
    for wrong in (0, 1.5, -1):
        assert "ramp" in refusal(partial(wr.do, asked, {"tension": 1.0}, ramp=wrong))
    assert "write wr.shift(1)" in refusal(lambda: wr.do(asked, {"tension": "+1"})) or (
        "wr.shift(1)" in refusal(lambda: wr.do(asked, {"tension": "+1"}))
    )


def test_reach_uses_the_months_of_a_lever(asked: wr.Posterior) -> None:
    """Its answer is that of `do` with the ramp, which is less than what the shift does at once."""
    found = wr.reach(asked, "calm", probability=0.9, levers=["tension"], futures=16)
    size = float(found.summary.loc["tension", "shift"])
    assert size != 0
    ramped = wr.do(asked, {"tension": wr.over(wr.shift(size), ramp=6)}, futures=16)
    at_once = wr.do(asked, {"tension": wr.shift(size)}, futures=16)
    expected = ramped.summary.loc["calm", "probability"]
    assert found.probability == pytest.approx(expected)
    assert at_once.summary.loc["calm", "probability"] > expected
    # The search itself saw the ramp: the cheapest size that gives 0.9 over the months.
    assert expected == pytest.approx(0.9, abs=0.01)


def test_effects_put_set_beside_seen(asked: wr.Posterior) -> None:
    table = wr.effects(asked, "tension", "calm", futures=64).summary
    (some,) = simulate(asked, next, futures=64)
    j = asked.frame.structure.factors.index("tension")
    mean = some.level(j, 12, 23).mean(axis=1)
    truth = Evaluator(asked)(some)["calm"]
    cuts = (-np.inf, *asked.model.spec.factors["tension"].cuts, np.inf)
    for k, level in enumerate(table.index):
        here = (mean > cuts[k]) & (mean <= cuts[k + 1])
        assert table.loc[level, "futures"] == here.sum()
        assert table.loc[level, "seen"] == pytest.approx(truth[here].mean())
        held = wr.do(asked, {"tension": level}, futures=64).summary.loc["calm", "probability"]
        assert table.loc[level, "set"] == pytest.approx(held)
    few = wr.effects(asked, "tension", "calm", futures=2).summary
    assert few["seen"].isna().any() and (few["futures"][few["seen"].isna()] < 200).all()
    assert "is not a factor" in refusal(lambda: wr.effects(asked, "troops", "calm"))


def test_levels_may_have_names_of_their_own() -> None:
    names = {"en": ["still", "calm", "tense", "hot", "at war"], "ar": ["هدوء", "سكون", "توتر", "سخونة", "حرب"]}  # fmt: skip
    file = _file()
    file["factors"]["tension"] |= {"names": names}
    file["conditions"]["still"] = {
        "label": "Still", "all": [{"factor": "tension", "at_most": "calm"}], **known.SAYS
    }  # fmt: skip
    of = known.posterior(known.model(TIME, **file), {"tension": 1.0, "gaps": 0.8}, draws=400)
    answers = [wr.do(of, {"tension": name}, futures=4) for name in ("very high", "at war", "حرب")]
    for other in answers[1:]:
        assert other.summary["probability"].equals(answers[0].summary["probability"])
    assert "'at war'" in answers[0].sentence() and "حرب" in answers[0].sentence("ar")
    beside = wr.effects(of, "tension", "still", futures=4)
    assert "set to still over" in beside.sentence() and "set to at war" in beside.sentence()
    assert "حرب" in beside.sentence("ar") and beside.label("low", "ar") == "سكون"
    seen = wr.observe(of, {"tension": "calm"}, month="2021-02")
    assert seen.summary["probability"].equals(
        wr.observe(of, {"tension": "low"}, month="2021-02").summary["probability"]
    )
    assert "'warm' is not a level" in refusal(lambda: wr.do(of, {"tension": "warm"}))
    for wrong, message in (
        (["a", "b"], "are not five different names"),
        (["low", "b", "c", "d", "e"], "stands for another of the five levels"),
        (["a", "b", "c", "d", "1"], "reads as a number"),
    ):
        bad = _file()
        bad["factors"]["tension"] |= {"names": {"en": wrong}}
        assert message in refusal(partial(known.model, TIME, **bad))
    bad = _file()
    names = {"en": ["a", "b", "c", "d", "e"], "ar": ["b", "a", "c", "d", "e"]}
    bad["factors"]["tension"] |= {"names": names}
    assert "'a' stands for another" in refusal(partial(known.model, TIME, **bad))


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ({"factor": "troops", "last": 1, "at_most": 0}, "it is always met"),
        ({"all": [{"factor": "troops", "last": 1, "at_least": 3}, {"factor": "gaps", "at_most": 0}]}, "it is never met"),
        ({"any": [{"not": {"factor": "troops", "last": 1, "at_least": 3}}, {"factor": "gaps", "at_most": 0}]}, "it is always met"),
        ({"all": [{"factor": "troops", "last": 1, "at_most": 0}, {"factor": "gaps", "at_most": 0}]}, ""),
    ],
)  # fmt: skip
def test_scenarios_that_paths_alone_recognise_are_refused(tree: Any, message: str) -> None:
    scenario = {"label": "S", "do": [{"factor": "gaps", "from": "2021-02", "to": "2021-04", "level": "low"}], "recognise": tree, **known.SAYS}  # fmt: skip
    said = refusal(lambda: known.model(TIME, **_file(scenarios={"s": scenario})))
    assert message in said and bool(said) == bool(message)


def test_scenarios_that_come_about_together_are_said() -> None:
    def scenario(bound: float) -> dict[str, Any]:
        return {"label": f"S {bound}", "do": [{"factor": "gaps", "from": "2021-02", "to": "2021-04", "level": "low"}],
                "recognise": {"factor": "gaps", "last": 1, "at_most": bound}, **known.SAYS}  # fmt: skip

    made = known.model(TIME, **_file(scenarios={"low": scenario(-0.5), "lower": scenario(-1.0)}))
    of = known.posterior(made, {"tension": 1.0, "gaps": 0.8}, draws=60)
    result = wr.scenarios(of, futures=16)
    assert result.overlaps["low", "lower"] == pytest.approx(result.recognised["lower"])


def test_scenarios_say_in_how_many_draws_an_outcome_is_better() -> None:
    """Of a factor whose low end is good, a lasting push down by more than the other pushes up is better in every draw."""

    def scenario(size: float, factor: str = "tension") -> dict[str, Any]:
        return {"label": f"S {size}", "do": [{"factor": factor, "from": "2021-02", "to": "2021-04", "shift": size}],
                **known.SAYS}  # fmt: skip

    made = known.model(
        TIME,
        **_file(scenarios={"down": scenario(-1.0), "up": scenario(0.5), "none": scenario(0.0)}),
    )
    of = known.posterior(made, {"tension": 1.0, "gaps": 0.8}, draws=60)
    result = wr.scenarios(of, futures=16)
    assert result.better.loc["down", "gaps"] == 1 and result.better.loc["up", "gaps"] == 0
    assert np.isnan(result.better.loc["none", "gaps"])


def test_shares_of_better_draws_are_data(posterior: wr.Posterior) -> None:
    """Very high tension leaves gaps that are worse in nearly all draws: few have tension that is higher still."""
    result = wr.scenarios(posterior)
    entry = result.to_dict()["scenarios"]
    assert entry["crisis"]["better"]["gaps"] == result.better.loc["crisis", "gaps"] < 0.1
    assert entry["baseline"]["better"] == {}
