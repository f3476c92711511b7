"""Three questions on one fitted posterior, against independent simulation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.oracles import recursion
from tests.variants import CALM, with_text

import withdrawal_risk as wr
from withdrawal_risk.elements.elicitation import STANDARD_CUTS, level_value
from withdrawal_risk.inference.path_inputs import path_inputs
from withdrawal_risk.simulation.futures import simulate
from withdrawal_risk.simulation.worlds import World, horizon_window, of_settings

SETTINGS = [
    {"tension": "very high"},
    {"tension": wr.shift(1), "gaps": -0.5},
    {"presence": 2500},
    {"gaps": wr.shift(-0.25), "presence": "low"},
    {"tension": 1.5, "gaps": wr.shift(0.5)},
    {"tension": wr.shift(-1), "gaps": wr.shift(0.5), "presence": wr.shift(-800)},
]


def run(posterior: wr.Posterior, world: World) -> tuple[np.ndarray, ...]:
    """Return expected and changed levels of two draws and futures, each (draw, future, month, factor)."""
    months = len(horizon_window(posterior))
    both = []
    for parts in zip(*simulate(posterior, list, futures=2, worlds=[world]), strict=True):
        levels = [
            np.concatenate([some.level(j, 0, months - 1) for some in parts])[[5, 2222]]
            for j in range(3)
        ]
        both.append(np.stack(levels, axis=-1).transpose(0, 2, 1, 3))
    return tuple(both)


def again(
    posterior: wr.Posterior, expected: np.ndarray, world: World, draw: int, row: int, future: int
) -> np.ndarray:
    """Work a changed path out from the expected one with the independent recursion: same innovations, cells set."""
    frame, window = posterior.frame, horizon_window(posterior)
    unknowns = {name: values[[draw]] for name, values in posterior.draws().items()}
    inputs = path_inputs(posterior.model, frame, unknowns, posterior.as_of, window)
    phi, own, weight, drive = (
        getattr(inputs, name)[0] for name in ("phi", "own_scale", "weight", "drive")
    )
    path = expected[row, future]
    edges = [(int(i), int(j), int(lag)) for i, j, lag in zip(
        frame.structure.edge_parent, frame.structure.children, frame.structure.edge_lag, strict=True)]  # fmt: skip
    eps = np.zeros((len(window) - 1, 3))
    for t in range(1, len(window)):
        for j in range(3):
            if own[j] > 0:
                pull = drive[t, j] + sum(
                    weight[e] * path[max(t - lag, 0), i]
                    for e, (i, k, lag) in enumerate(edges)
                    if k == j
                )
                eps[t - 1, j] = (path[t, j] - phi[j] * path[t - 1, j] - (1 - phi[j]) * pull) / (
                    own[j] * np.sqrt(1 - phi[j] ** 2)
                )
    clamped = inputs.clamped | world.clamped
    given = np.where(world.clamped, world.given, inputs.given)

    def follow() -> np.ndarray:
        return recursion.paths(
            [0, 1, 2], edges, phi, weight, own, drive + world.push, path[0], eps, clamped, given
        )

    # Shifts come last, each from the path of the world so far: tension and presence act on gaps.
    names = posterior.frame.structure.factors
    for span in sorted(
        (s for s in world.spans if s.setting.shifted), key=lambda s: names[s.factor] == "gaps"
    ):
        months = slice(span.first, span.last + 1)
        given[months, span.factor] = follow()[months, span.factor] + span.setting.size
        clamped[months, span.factor] = True
    return follow()


@pytest.mark.parametrize("tense", ["future", "past"])
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_paths_match_independent_simulation(
    posterior: wr.Posterior, settings: dict, tense: str
) -> None:
    span = ("2024-02", "2024-05") if tense == "future" else ("2023-04", "2023-09")
    world = of_settings(posterior, settings, *span, tense)  # type: ignore[arg-type]
    expected, changed = run(posterior, world)
    for row, draw in enumerate((5, 2222)):
        for future in range(2):
            oracle = again(posterior, expected, world, draw, row, future)
            np.testing.assert_allclose(changed[row, future], oracle, rtol=1e-9, atol=1e-9)


def test_a_setting_holds_from_first_to_last_month(posterior: wr.Posterior) -> None:
    expected, changed = run(
        posterior, of_settings(posterior, {"tension": 1.25}, "2024-02", "2024-04", "future")
    )
    held = changed[..., posterior.frame.structure.factors.index("tension")] == 1.25
    np.testing.assert_array_equal(np.flatnonzero(held.all(axis=(0, 1))), [13, 14, 15])
    np.testing.assert_array_equal(changed[..., :13, :], expected[..., :13, :])
    assert not held[..., 16:].any()


def test_an_event_pushes_and_causes_go_on(posterior: wr.Posterior) -> None:
    world = World.unchanged(posterior)
    world.push[14:16, posterior.frame.structure.factors.index("tension")] = 2.0
    expected, changed = run(posterior, world)
    np.testing.assert_allclose(
        changed[0, 0], again(posterior, expected, world, 5, 0, 0), rtol=1e-9, atol=1e-9
    )
    assert (changed[..., 14, :] != expected[..., 14, :]).any()


def test_changing_nothing_changes_nothing(posterior: wr.Posterior) -> None:
    for ask in (wr.do, wr.counterfactual):
        result = ask(posterior, {"tension": wr.shift(0), "gaps": wr.shift(0)}, futures=4)
        assert (
            result.summary[["difference", "difference_lower", "difference_upper"]].abs() < 1e-12
        ).all(axis=None)
    expected, same = run(
        posterior,
        of_settings(posterior, {"tension": wr.shift(0), "gaps": wr.shift(0)}, None, None, "past"),
    )
    np.testing.assert_allclose(same, expected, rtol=0, atol=1e-12)


def test_doing_flows_downstream_only_and_seeing_both_ways(posterior: wr.Posterior) -> None:
    """Gaps have tension for a cause: setting gaps says nothing of tension, and so of supply; learning of them does."""
    done = wr.do(posterior, {"gaps": "very high"}).summary
    assert done.loc["supplied", "difference"] == 0
    assert done.loc["calm", "difference"] < -0.2
    learnt = wr.observe(posterior, {"gaps": "very high"}, month="2024-04").summary
    # Tension raises gaps and lowers supply; by chance alone this would happen in one of 30,000 seeds.
    assert learnt.loc["supplied", "difference"] < -4 * learnt.loc["supplied", "mcse"]


def test_the_graph_is_cut_before_it_is_conditioned(posterior: wr.Posterior) -> None:
    """With gaps set, incidents cannot tell of tension any more, though they speak of gaps."""
    settings = {"gaps": 0.5}
    plain = wr.do(posterior, settings, start="2024-01", end="2024-06", futures=64)
    joint = wr.do(
        posterior,
        settings,
        start="2024-01",
        end="2024-06",
        observed={"incidents": 30},
        month="2024-04",
        futures=64,
    )
    gap = (
        joint.summary.loc["supplied", "probability"] - plain.summary.loc["supplied", "probability"]
    )
    # Parameters are learnt all the same, so the posterior of tension moves a little; learning without
    # setting moves it much more.
    seen = wr.observe(posterior, {"incidents": 60}, month="2024-04").summary.loc["supplied"]
    assert abs(gap) < 5 * np.hypot(
        joint.summary.loc["supplied", "mcse"], plain.summary.loc["supplied", "mcse"]
    )
    assert seen["difference"] < -4 * seen["mcse"]


def test_scenarios_are_paired_with_the_expected_world(posterior: wr.Posterior) -> None:
    found = wr.scenarios(posterior)
    same = wr.do(posterior, {"tension": "very high"}, start="2024-01", end="2024-03")
    np.testing.assert_array_equal(found.results["crisis"].draws, same.draws)
    assert list(found.outcomes.columns) == ["gaps"]
    assert found.outcomes.loc["crisis", "gaps"] > found.outcomes.loc["baseline", "gaps"]
    entry = found.to_dict()["scenarios"]["crisis"]
    assert {"conditions", "all_conditions", "diagnostics"} <= set(entry)
    assert "difference" in entry["conditions"]["calm"]


def test_levels_by_name_are_the_middle_of_their_bins() -> None:
    assert level_value("medium", STANDARD_CUTS) == pytest.approx(0)
    assert level_value("very high", STANDARD_CUTS) == pytest.approx(1.2815515655446004)


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_sentences_name_the_question(posterior: wr.Posterior, lang: str) -> None:
    spec = posterior.model.spec
    for result in (
        wr.do(posterior, {"tension": "low"}, futures=4),
        wr.counterfactual(posterior, {"tension": "low"}, futures=4),
        wr.observe(posterior, {"rate": 100}, month="2024-01", futures=4),
    ):
        assert any(
            node.label[lang] in result.sentence(lang)
            for node in (spec.factors["tension"], spec.indicators["rate"])
        )


def test_a_level_and_a_shift_are_told_apart(posterior: wr.Posterior) -> None:
    said = [
        wr.do(posterior, {"tension": value}, futures=2).sentence(lang)
        for value in (-1.0, wr.shift(-1))
        for lang in ("en", "ar")
    ]
    assert "With Tension set to level −1 from" in said[0] and "lowered by 1 level from" in said[2]
    assert "خفض" not in said[1] and "خفض «التوتر» بمقدار مستوى واحد من" in said[3]


@pytest.mark.parametrize(
    ("clause", "against"),
    [
        ("{indicator: closed, from: 2023-12, to: 2023-12, at_least: 1}", {"gaps": wr.shift(-3)}),
        ("{indicator: rate, from: 2023-09, to: 2023-09, at_most: 113}", {"tension": wr.shift(3)}),
        ("{indicator: mood, from: 2023-06, to: 2023-06, at_most: bad}", {"tension": wr.shift(-3)}),
        (
            "{indicator: supply, from: 2023-07, to: 2023-07, at_most: 0.46}",
            {"tension": wr.shift(-3)},
        ),
        ("{indicator: incidents, from: 2023-11, to: 2023-11, at_most: 22}", {"gaps": wr.shift(3)}),
    ],
)
def test_a_published_figure_keeps_its_luck(
    posterior: wr.Posterior, clause: str, against: dict[str, str]
) -> None:
    """It stands in the world as it was, hardly moves in one that hardly differs, and moves in one that does."""
    asked = with_text(posterior, (CALM, f"      - {clause}\n"))
    nudge = {name: wr.shift(1e-5 * np.sign(shift.size)) for name, shift in against.items()}  # type: ignore[attr-defined]
    assert wr.outlook(asked, futures=4).summary.loc["calm", "probability"] == 1
    assert wr.counterfactual(asked, nudge, futures=4).summary.loc["calm", "probability"] > 0.99
    assert wr.counterfactual(asked, against, futures=4).summary.loc["calm", "probability"] < 0.9


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda p: wr.do(p, {"tensoin": 1}), "'tensoin' is not a factor or policy; did you mean 'tension'"),
        (lambda p: wr.do(p, {}), "nothing is set"),
        (lambda p: wr.do(p, {"tension": "huge"}), "'huge' is not a level; write one of 'very low'"),
        (lambda p: wr.do(p, {"tension": " +1"}), r"' \+1' is not a level; .* a shift such as wr.shift\(1\)"),
        (lambda p: wr.do(p, {"tension": "-0.5"}), r"wr.shift\(-0.5\)"),
        (lambda p: wr.shift("1"), "shift: '1' is not a number"),
        (lambda p: wr.shift(10**400), "shift is .*; it must be a finite number"),
        (lambda p: wr.do(p, {"tension": True}), "True is not a number"),
        (lambda p: wr.observe(p, {"rate": "1_5"}, month="2024-02"), "'1_5' is not a number"),
        (lambda p: wr.do(p, {"tension": float("nan")}), "must be a finite number"),
        (lambda p: wr.do(p, {"tension": 1}, start="2023-05"), "not within the future, 2024-01 to 2024-06"),
        (lambda p: wr.do(p, {"tension": 1}, start="2024-03", end="2024-02"), "end 2024-02 is before start 2024-03"),
        (lambda p: wr.counterfactual(p, {"tension": 1}, start="2024-02"), "2024-02 is not within the past"),
        (lambda p: wr.do(p, {"tension": 30}), "tension: 30 is too large for a level"),
        (lambda p: wr.do(p, {"tension": 1}, start="soon"), "start: 'soon' is not a month"),
        (lambda p: wr.counterfactual(p, {"tension": 1}, end="2024-02"), "not within the past, 2023-01 to 2023-12"),
        (lambda p: wr.do(p, {"gaps": 1}, observed={"gaps": "low"}, month="2024-02"), "cannot also be learnt"),
        (lambda p: wr.do(p, {"gaps": 1}, observed={"rate": 100}), "month is missing"),
        (lambda p: wr.observe(p, {"rate": -3}, month="2024-02"), "-3 is not above 0"),
        (lambda p: wr.observe(p, {"mood": "god"}, month="2024-02"), "did you mean 'good'"),
        (lambda p: wr.observe(p, {"gaps": 0.3}, month="2024-02"), "a factor is never seen as a number"),
        (lambda p: wr.observe(p, {"incidents": 5}, month="2025-02"), "the months that this fit holds"),
        (lambda p: wr.observe(p, {"incidents": 100_000}, month="2024-01"), "Pareto k .* add it to the evidence"),
        (lambda p: wr.observe(p, {"closed": 1}, month="2023-12"), "closed of 2023-12 is known already, from evidence row 'c1'"),
        (lambda p: wr.scenarios(p, ["crisi"]), "did you mean 'crisis'"),
    ],
)  # fmt: skip
def test_bad_questions(posterior: wr.Posterior, ask: object, message: str) -> None:
    with pytest.raises(wr.ArgumentError, match=message):
        ask(posterior)  # type: ignore[operator]


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_plot_of_scenarios(posterior: wr.Posterior, lang: str, tmp_path: Path) -> None:
    figure = wr.plot_scenarios(wr.scenarios(posterior, futures=4), lang=lang)
    figure.savefig(tmp_path / "scenarios.png")
    assert len(figure.axes) == 1


def test_a_lone_shift_is_exact_and_a_child_below_a_set_parent_adds(posterior: wr.Posterior) -> None:
    """A shift is taken from the world in which all else holds already, the same draw and noise for both."""
    names = posterior.frame.structure.factors
    tension, gaps = names.index("tension"), names.index("gaps")
    expected, alone = run(
        posterior, of_settings(posterior, {"gaps": wr.shift(1)}, None, None, "future")
    )
    np.testing.assert_allclose((alone - expected)[..., 12:, gaps], 1.0, rtol=0, atol=1e-12)
    _, parent = run(posterior, of_settings(posterior, {"tension": 2.0}, None, None, "future"))
    _, both = run(
        posterior,
        of_settings(posterior, {"tension": 2.0, "gaps": wr.shift(0.5)}, None, None, "future"),
    )
    np.testing.assert_allclose((both - parent)[..., 12:, gaps], 0.5, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(both[..., tension], parent[..., tension])


def test_a_policy_is_shifted_in_its_unit(posterior: wr.Posterior) -> None:
    shifted = wr.do(posterior, {"presence": wr.shift(-250)}, futures=4)
    level = wr.do(posterior, {"presence": 250}, futures=4)
    np.testing.assert_array_equal(shifted.draws, level.draws)
    assert "With Presence lowered by 250\u00a0troops from" in shifted.sentence()


def test_files_and_python_say_one_thing(posterior: wr.Posterior) -> None:
    """A scenario's numbers are read as those of `do`, and lose no digit on the way."""
    size = 0.12345678901234567
    item = "{factor: tension, from: 2024-01, to: 2024-03, level: very high}"
    moved = with_text(posterior, (item, item.replace("level: very high", f"shift: -{size!r}")))
    low = with_text(posterior, (item, item.replace("level: very high", f"level: -{size!r}")))
    span = {"start": "2024-01", "end": "2024-03"}
    for other, setting in ((moved, wr.shift(-size)), (low, -size)):
        found = wr.scenarios(other).results["crisis"].draws
        np.testing.assert_array_equal(found, wr.do(posterior, {"tension": setting}, **span).draws)  # type: ignore[arg-type]


def test_a_level_against_its_name_says_so(posterior: wr.Posterior) -> None:
    """ "High" is 0.5 and above the baseline; where levels are cut elsewhere, "low" is too, and "high" is not."""
    fine = wr.do(posterior, {"tension": "high"}, futures=4)
    usual = simulate(posterior, next, futures=16)
    mean = np.mean(
        [
            some.level(posterior.frame.structure.factors.index("tension"), 12, 17).mean()
            for some in usual
        ]
    )
    assert f"With Tension set to 'high' (0.5; baseline {mean:.1f}) from" in fine.sentence()
    assert fine.notes == () and "notes" not in fine.to_dict()
    plain = "    worse: high\n    half_life: {p5: 2, p95: 9}"
    for name, levels, way in (
        ("low", "[2, 3, 4, 5]", ("raises it", "يرفعه")), ("high", "[-5, -4, -3, -2]", ("lowers it", "يخفضه")),
    ):  # fmt: skip
        other = with_text(
            posterior, (plain, plain.replace("half_life", f"cuts: {levels}\n    half_life"))
        )
        above = wr.do(other, {"tension": name}, futures=4)
        assert len(above.notes) == 1
        (note,) = above.notes
        assert f"set to '{name}'" in note["en"] and way[0] in note["en"] and way[1] in note["ar"]
        assert note["en"] in above.sentence() and note["ar"] in above.sentence("ar")
        assert above.to_dict()["notes"] == [note["en"]]
    assert wr.do(posterior, {"tension": wr.shift(-3)}, futures=4).notes == ()
