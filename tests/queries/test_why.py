"""Drivers, attribution, routes and changes: parts that sum to the whole, against independent answers."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from dowhy.gcm.shapley import ShapleyApproximationMethods, ShapleyConfig, estimate_shapley_values
from tests.oracles import recursion
from tests.variants import CALM, variant, with_text

import withdrawal_risk as wr
from withdrawal_risk.queries.results import mcse
from withdrawal_risk.queries.shapley import shapley, subsets
from withdrawal_risk.simulation.futures import simulate
from withdrawal_risk.simulation.parts import parts
from withdrawal_risk.simulation.responses import lasting_shift, own_shocks
from withdrawal_risk.simulation.worlds import World, horizon_window


@pytest.mark.parametrize("n", [1, 2, 4])
def test_shapley_against_all_orders_and_a_peer(n: int) -> None:
    rng = np.random.default_rng(n)
    value = rng.normal(size=2**n)
    gains = np.zeros(n)
    orders = list(itertools.permutations(range(n)))
    for order in orders:
        held = 0
        for part in order:
            gains[part] += (value[held + 2**part] - value[held]) / len(orders)
            held += 2**part
    found = shapley(value)
    np.testing.assert_allclose(found, gains, atol=1e-12)
    assert found.sum() == pytest.approx(value[-1] - value[0], abs=1e-12)
    exact = ShapleyConfig(approximation_method=ShapleyApproximationMethods.EXACT, n_jobs=1)
    peer = estimate_shapley_values(
        lambda member: value[int((member * 2 ** np.arange(n)).sum())], n, exact
    )
    np.testing.assert_allclose(found, peer, atol=1e-9)
    assert subsets(n).sum() == n * 2 ** (n - 1)


def test_own_shocks_and_the_quiet_path_make_up_the_levels(posterior: wr.Posterior) -> None:
    """What all shocks did, taken away, leaves the path of an independent recursion without shocks."""
    frame, window = posterior.frame, horizon_window(posterior)
    part = next(iter(parts(posterior, futures=2, random_seed=1, draws=5)))
    done = sum(own_shocks(posterior, part, [int(j)]) for j in frame.latent_index)
    edges = [(int(i), int(j), int(lag)) for i, j, lag in zip(
        frame.structure.edge_parent, frame.structure.children, frame.structure.edge_lag, strict=True)]  # fmt: skip
    start = np.zeros(3)
    start[frame.latent_index] = frame.start_mean
    quiet = np.zeros((len(window), 3))
    for d in range(5):
        expected = recursion.paths(
            [0, 1, 2], edges, part.inputs.phi[d], part.inputs.weight[d], part.inputs.own_scale[d], quiet,
            start, quiet[1:], part.inputs.clamped, part.inputs.given,
        )  # fmt: skip
        months = part.past.shape[1]
        np.testing.assert_allclose(
            (part.past - done[:, :months])[d], expected[:months], rtol=0, atol=1e-10
        )


def test_a_lasting_shift_is_what_do_does(posterior: wr.Posterior) -> None:
    frame, window = posterior.frame, horizon_window(posterior)
    j, first, last = frame.structure.factors.index("tension"), 13, 15
    world = World.unchanged(posterior)
    world.shift(j, first, last, 0.7)
    for expected, changed in simulate(posterior, list, futures=2, worlds=[world], draws=20):
        response = lasting_shift(posterior, expected.part, {j: 0.7}, first, last)
        for k in range(3):
            gap = changed.level(k, 0, len(window) - 1) - expected.level(k, 0, len(window) - 1)
            np.testing.assert_allclose(
                gap, np.broadcast_to(response[:, :, k, None], gap.shape), rtol=0, atol=1e-10
            )


@pytest.mark.parametrize("condition", ["calm", "supplied", "all_conditions"])
def test_attribution_sums_to_the_shortfall(posterior: wr.Posterior, condition: str) -> None:
    found = wr.attribution(posterior, condition, draws=100)
    assert found.summary["share"].sum() == pytest.approx(found.shortfall, abs=1e-9)
    assert set(found.summary.index) <= {"tension", "gaps", "others"}
    one = wr.attribution(posterior, condition, groups={"all": ["tension", "gaps"]}, draws=100)
    assert one.summary.loc["all", "share"] == pytest.approx(found.shortfall, abs=1e-9)


def test_what_cannot_act_gets_no_share(posterior: wr.Posterior) -> None:
    found = wr.attribution(
        posterior, "supplied", groups={"gaps": ["gaps"], "tension": ["tension"]}, draws=100
    )
    assert found.summary.loc["gaps", "share"] == 0
    assert found.summary.loc["tension", "share"] == pytest.approx(found.shortfall, abs=1e-9)


def test_drivers_tell_doing_from_seeing(posterior: wr.Posterior) -> None:
    """Gaps do not act on supply, so setting them does nothing; seeing them tells of tension, which does."""
    found = wr.drivers(posterior, "supplied")
    gaps, tension = found.summary.loc["gaps"], found.summary.loc["tension"]
    assert gaps["causal_swing"] == 0
    # More than five Monte Carlo errors: by chance less than once in 10^6 seeds.
    assert gaps["evidential_swing"] < -5 * gaps["evidential_mcse"]
    assert tension["causal_swing"] < -5 * tension["causal_mcse"]
    calm = wr.drivers(posterior, "calm").summary.loc["gaps"]
    assert (
        calm["causal_high"] < calm["causal_low"]
        and calm["evidential_high"] < calm["evidential_low"]
    )


def test_routes_sum_to_the_effect_of_do(posterior: wr.Posterior) -> None:
    found = wr.path_effects(posterior, "tension", "gaps", draws=50)
    assert list(found.summary.index) == ["tension->gaps", "other routes and loops"]
    assert found.summary["effect"].sum() == pytest.approx(found.total[0], abs=1e-12)
    assert found.summary["effect"].iloc[1] == pytest.approx(0, abs=1e-12)
    world = World.unchanged(posterior)
    world.shift(posterior.frame.structure.factors.index("tension"), 12, 17, 1.0)
    k = posterior.frame.structure.factors.index("gaps")
    gaps = [
        b.level(k, 17, 17) - a.level(k, 17, 17)
        for a, b in simulate(posterior, list, futures=2, worlds=[world], draws=50)
    ]
    assert found.total[0] == pytest.approx(np.concatenate(gaps).mean(), abs=1e-10)


def test_parts_of_a_change_sum_to_the_whole(posterior: wr.Posterior, earlier: wr.Posterior) -> None:
    for condition in ("calm", "supplied"):
        found = wr.explain_change(earlier, posterior, condition)
        assert found.summary["contribution"].sum() == pytest.approx(
            found.after - found.before, abs=1e-9
        )
        before, after = (wr.outlook(p).summary.loc[condition] for p in (earlier, posterior))
        assert found.before == pytest.approx(before["probability"], abs=1e-12)
        assert found.after == pytest.approx(after["probability"], abs=1e-12)
        # No policy or event became known, so the rest is Monte Carlo error: 5 sd, less than once in 10^6 seeds.
        assert (
            abs(found.summary.loc["decisions, events and simulation", "contribution"])
            < 5 * found.mcse
        )
        assert found.mcse < 0.03
        assert found.khat < 0.7


SHUT = "      - {indicator: closed, statistic: min, from: 2023-11, to: 2023-12, at_least: 1}\n"
"""Row c1, the figure of 2023-12, decides half of it."""


def test_a_row_that_a_condition_looks_at_is_taken_away_with_its_figure(
    posterior: wr.Posterior, earlier: wr.Posterior
) -> None:
    before, after = (with_text(p, (CALM, SHUT)) for p in (earlier, posterior))
    found = wr.explain_change(before, after, "calm")
    assert found.after - found.before > 0.1
    assert found.summary["contribution"].sum() == pytest.approx(
        found.after - found.before, abs=1e-9
    )
    assert found.summary.loc["c1", "contribution"] > 0.8 * (found.after - found.before)
    # Monte Carlo error, as above.
    assert (
        abs(found.summary.loc["decisions, events and simulation", "contribution"]) < 5 * found.mcse
    )


def test_a_row_that_only_a_fit_between_saw_is_refused(
    posterior: wr.Posterior, earlier: wr.Posterior
) -> None:
    """Its part could not be named by the evidence of the last fit."""
    text = posterior.model.evidence_text or ""
    gone = "gone,rate,2023-03,2023-03,2023-04,99,,,,A,invented,,\n"
    model = wr.Model.from_texts(posterior.model.model_text, f"{text}{gone}")
    between = variant(earlier, model=model)
    first = variant(earlier, as_of=wr.Month.parse("2023-10"))
    said = ""
    try:
        wr.explain_change(first, posterior, "calm", via=[between], refit=False)
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
    assert "ArgumentError: the fit as of 2023-11 saw row 'gone'" in said


def test_an_error_needs_no_more_draws_than_chains() -> None:
    assert 0 < mcse(np.array([0.1, 0.3, 0.2]), None, chains=40) < 0.2


def test_no_factor_moves_what_is_decided(posterior: wr.Posterior) -> None:
    decided = with_text(posterior, (CALM, "      - {factor: presence, at_most: 0}\n"))
    swings = wr.drivers(decided, "calm", futures=2)
    assert "no factor moves" in swings.sentence() and "لا يحرّك أي عامل" in swings.sentence("ar")


def test_answers_speak_both_languages(
    posterior: wr.Posterior, earlier: wr.Posterior, tmp_path: Path
) -> None:
    drivers = wr.drivers(posterior, "calm", futures=2)
    attribution = wr.attribution(posterior, "calm", draws=50)
    routes = wr.path_effects(posterior, "tension", "gaps", draws=50)
    change = wr.explain_change(earlier, posterior, "calm", futures=8)
    for lang, word in (("en", "Calm"), ("ar", "هدوء")):
        for found in (drivers, attribution, change):
            assert word in found.sentence(lang)
        assert ("Tension" if lang == "en" else "التوتر") in routes.sentence(lang)
        wr.plot_drivers(drivers, lang=lang).savefig(tmp_path / "a.png")
        wr.plot_attribution(attribution, lang=lang).savefig(tmp_path / "b.png")
        wr.plot_path_effects(routes, lang=lang).savefig(tmp_path / "c.png")
        wr.plot_change(change, before="2023-11", lang=lang).savefig(tmp_path / "d.png")
    for found in (drivers, attribution, routes, change):
        assert found.to_dict()


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda p: wr.drivers(p, "clam"), "'clam' is not a condition; did you mean 'calm'"),
        (lambda p: wr.attribution(p, "calm", max_groups=20), "max_groups is 20"),
        (
            lambda p: wr.attribution(p, "calm", groups={"x": ["gaps"], "y": ["gaps"]}),
            "stands in two groups",
        ),
        (lambda p: wr.attribution(p, "calm", groups={"x": ["gap"]}), "did you mean 'gaps'"),
        (lambda p: wr.attribution(p, "calm", groups={"others": ["gaps"]}), "choose another name"),
        (
            lambda p: wr.attribution(p, "calm", draws=2),
            "draws is 2; it must be a whole number, at least 20",
        ),
        (
            lambda p: wr.path_effects(p, "gaps", "tension"),
            "no causal route runs from 'gaps' to 'tension'",
        ),
        (lambda p: wr.path_effects(p, "gaps", "gaps"), "name two factors"),
        (lambda p: wr.explain_change(p, p), "as_of 2023-12 is not before 2023-12"),
    ],
)
def test_bad_questions(posterior: wr.Posterior, ask: object, message: str) -> None:
    with pytest.raises(wr.ArgumentError, match=message):
        ask(posterior)  # type: ignore[operator]


def test_drivers_keep_chance_and_rank_what_the_condition_reads_apart(
    posterior: wr.Posterior, tmp_path: Path
) -> None:
    """The middle of what is expected lies far below the threshold, and so do both percentiles of gaps; one sd does not."""
    far = with_text(
        posterior, (CALM, "      - {factor: gaps, statistic: mean, last: 3, at_least: 3.3}\n")
    )
    found = wr.drivers(far, "calm")
    gaps, tension = found.summary.loc["gaps"], found.summary.loc["tension"]
    assert abs(gaps["causal_swing"]) < 0.002 and gaps["shift_swing"] > 0.01
    assert list(found.summary.index) == ["tension", "gaps"], (
        "the condition reads gaps, so tension comes first"
    )
    assert bool(gaps["direct"]) and not bool(tension["direct"])
    assert (
        "Tension matters most" in found.sentence()
        and "the condition itself reads Gaps" in found.sentence()
    )
    for name, row in found.summary.iterrows():
        for size, column in ((-1, "shift_low"), (1, "shift_high")):
            done = wr.do(far, {str(name): wr.shift(size)}).summary.loc["calm", "probability"]
            assert row[column] == pytest.approx(done, abs=1e-12)
    figure = wr.plot_drivers(found)
    labels = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert labels == ["Tension"]
    assert "Gaps" in figure.legends[0].get_title().get_text(), "what is left out is named"


def test_no_winner_is_named_among_equals(posterior: wr.Posterior) -> None:
    """Of 7 and 7 points, give or take 1, neither is the largest."""
    split = wr.attribution(posterior, "calm", draws=100)
    assert split.largest is None and "No single contribution stands out" in split.sentence()
    quiet = wr.attribution(
        posterior, "supplied", groups={"gaps": ["gaps"], "tension": ["tension"]}, draws=100
    )
    assert (
        quiet.largest == "tension"
        and "The largest single contribution is that of Tension" in quiet.sentence()
    )
    nothing = with_text(
        posterior, (CALM, "      - {factor: gaps, statistic: max, last: 3, at_least: 5.9}\n")
    )
    none = wr.attribution(nothing, "calm", draws=100)
    assert none.largest is None
    assert (
        "No single contribution stands out" in none.sentence()
        and "لا يبرز إسهام واحد" in none.sentence("ar")
    )


@pytest.fixture(scope="module")
def shocked(small: wr.Model) -> tuple[wr.Posterior, wr.Posterior]:
    """Fits before and after two rows, of which one says far more than the draws can be reweighted for."""
    rows = (
        "i8,incidents,2023-12,2023-12,2023-12,400,,,,A,invented,,\n"
        "r8,rate,2023-12,2023-12,2023-12,118,,,,A,invented,,\n"
    )
    model = wr.Model.from_texts(small.model_text, (small.evidence_text or "") + rows)
    fits = [
        wr.fit(model, as_of=d, draws=1000, tune=500, chains=2, progressbar=False)
        for d in ("2023-11", "2023-12")
    ]
    return fits[0], fits[1]


@pytest.mark.slow
def test_what_says_too_much_is_fitted_again(
    shocked: tuple[wr.Posterior, wr.Posterior], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each row's part is what fits with and without it differ by; 5 Monte Carlo errors, less than once in 10^6 seeds."""
    before, after = shocked
    with pytest.raises(
        wr.ArgumentError, match=r"too informative to be taken away by reweighting .* refit=True"
    ):
        wr.explain_change(before, after, "calm", refit=False)
    found = wr.explain_change(before, after, "calm")
    said = capsys.readouterr().err
    assert "fitting again without" in said and "fitted in" in said
    assert found.refits >= 1 and found.seconds > 0 and found.to_dict()["refits"] == found.refits
    assert found.summary["contribution"].sum() == pytest.approx(
        found.after - found.before, abs=1e-9
    )
    assert set(found.summary.index) >= {"i8", "r8", "c1"}
    assert abs(found.summary.loc["i8", "contribution"]) > 10 * found.mcse
    assert (
        abs(found.summary.loc["decisions, events and simulation", "contribution"]) < 5 * found.mcse
    )
    # Another condition needs no further fit.
    again = wr.explain_change(before, after, "supplied")
    assert again.refits == 0 and capsys.readouterr().err == ""
    assert again.summary["contribution"].sum() == pytest.approx(
        again.after - again.before, abs=1e-9
    )


def test_drivers_of_some_draws_start_from_the_probability_of_all(posterior: wr.Posterior) -> None:
    """Swings lie within four errors of both of those of all draws, once in 16,000."""
    every = wr.drivers(posterior, "calm", futures=8)
    some = wr.drivers(posterior, "calm", futures=8, draws=1000)
    assert (every.draws, some.draws) == (None, 1000) and some.probability == every.probability
    alone = wr.drivers(posterior, "calm", futures=8, draws=1000, set_ends=False)
    assert "causal_low" not in alone.summary and alone.probability == every.probability
    for kind in ("shift", "causal", "evidential"):
        table, other = some.summary, every.summary.loc[some.summary.index]
        apart = (table[f"{kind}_swing"] - other[f"{kind}_swing"]).abs()
        assert (apart <= 4 * np.hypot(table[f"{kind}_mcse"], other[f"{kind}_mcse"])).all()
        ends = table[[f"{kind}_low", f"{kind}_high"]].to_numpy()
        assert (ends >= 0).all() and (ends <= 1).all()
        # An end beyond 0 or 1 is put there; the swing is left as it is.
        inside = ((ends > 0) & (ends < 1)).all(axis=1)
        swing = table[f"{kind}_swing"].to_numpy()
        np.testing.assert_allclose((ends[:, 1] - ends[:, 0])[inside], swing[inside], atol=1e-12)
        assert inside.any()
    # Where nothing moves, both ends are the probability that is printed.
    still = wr.drivers(posterior, "supplied", futures=8, draws=1000)
    assert still.summary.loc["gaps", "causal_low"] == pytest.approx(still.probability, abs=1e-12)
