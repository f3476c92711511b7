"""States that last, against sums over all paths that a state may have taken."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from tests import known
from tests.calibration.networks import setting
from tests.refusals import refusal
from tests.variants import variant

import withdrawal_risk as wr
from withdrawal_risk.inference.alignment import align_evidence, fit_window
from withdrawal_risk.inference.measurement import log_likelihood, measurement_of
from withdrawal_risk.inference.parameters import build_frame
from withdrawal_risk.inference.states import transitions
from withdrawal_risk.simulation.futures import simulate
from withdrawal_risk.simulation.parts import parts
from withdrawal_risk.simulation.states import abducted, replayed
from withdrawal_risk.simulation.worlds import of_settings

MONTHS = 12
TIME = ("2020-01", "2020-12", "2021-06")
KINDS: dict[str, dict[str, Any]] = {
    "resting": {},
    "open": {"start": {"p5": 0.2, "p95": 0.8}},
    "begun": {"start": "yes"},
    "for good": {"leaves": 0},
    "falling": {"polarity": "-"},
}


def state(**changes: Any) -> dict[str, Any]:
    return {
        "family": "state", "measures": "strain", "label": "Lost", "unit": "yes or no", "polarity": "+",
        "enters": {"p5": 0.05, "p95": 0.3}, "leaves": {"p5": 0.05, "p95": 0.4},
        "odds_ratio_per_level": {"p5": 1.3, "p95": 3}, **known.SAYS,
    } | changes  # fmt: skip


def row(name: str, start: str, end: str, value: int, grade: str = "A", published: str = "") -> str:
    told = published or "rule:same_month"
    return f"{name},lost,{start},{end},{told},{value},,,,{grade},invented,,"


LOOKS = (row("b", "2020-02", "2020-02", 0), row("a", "2020-05", "2020-06", 0),
         row("c", "2020-10-11", "2020-10-11", 1), row("d", "2020-11", "2020-11", 1, "C"))  # fmt: skip
SEEN = {1: 0, 4: 0, 5: 0, 9: 1, 10: 1}


def model(item: Mapping[str, Any], rows: tuple[str, ...] = LOOKS, **sections: Any) -> wr.Model:
    return known.model(
        TIME, rows, factors={"strain": known.factor("strain", 4.0)}, edges=[],
        conditions={"calm": known.condition("strain", -0.2)}, indicators={"lost": dict(item)}, **sections,
    )  # fmt: skip


def _paths(
    reference: float, leaving: float, slope: float, start: float, level: np.ndarray
) -> dict[tuple[int, ...], float]:
    """Return the probability of every path of a state, the month before the first included."""
    logistic = [1 / (1 + np.exp(-reference - slope * x)) for x in level]
    away = [1 / (1 + np.exp(-leaving + slope * x)) for x in level]
    found = {}
    for path in itertools.product((0, 1), repeat=len(level) + 1):
        p = start if path[0] else 1 - start
        for t, (was, now) in enumerate(itertools.pairwise(path)):
            yes = 1 - away[t] if was else logistic[t]
            p *= yes if now else 1 - yes
        found[path] = p
    return found


def _drawn(made: wr.Model, seed: int, count: int) -> tuple[Any, dict[str, Any], np.ndarray]:
    frame = build_frame(made, fit_window(made, made.as_of))
    draws = {name: prior.draw(seed, count) for name, prior in frame.priors.items()}
    level = np.random.default_rng(seed).normal(0, 1.5, (count, MONTHS, 1))
    return frame, draws, level


def _all_paths(frame: Any, draws: dict[str, Any], level: np.ndarray, d: int) -> dict[Any, float]:
    """Return the probability of every path in one draw, from the unknowns themselves."""
    item = frame.indicators[0][1]
    slope = float(frame.polarity[0] * draws["loading"][d, 0])
    reference = float(draws["reference"][d, 0])
    leaving = -np.inf
    if "leaving" in draws:
        leaving = float(np.log(draws["leaving"][d, 0] / (1 - draws["leaving"][d, 0])))
    if "state_start" in draws:
        start = float(draws["state_start"][d, 0])
    elif item.start is not None or "leaving" not in draws:
        start = float(item.start == "yes")
    else:
        enters = 1 / (1 + np.exp(-reference - slope * level[d, 0, 0]))
        leaves = 1 / (1 + np.exp(-leaving + slope * level[d, 0, 0]))
        start = enters / (enters + leaves)
    return _paths(reference, leaving, slope, start, level[d, :, 0])


@pytest.mark.parametrize("kind", KINDS)
def test_looks_have_the_probability_of_all_paths_through_them(kind: str) -> None:
    made = model(state(**KINDS[kind]))
    frame, draws, level = _drawn(made, 1, 3)
    (block,) = align_evidence(frame, made.evidence, made.as_of)
    found = log_likelihood(frame, block, draws, level).sum(axis=1)
    for d in range(3):
        every = _all_paths(frame, draws, level, d)
        through = sum(
            p for path, p in every.items() if all(path[t + 1] == y for t, y in SEEN.items())
        )
        assert found[d] == pytest.approx(np.log(through), abs=1e-10)


def test_a_look_is_read_once() -> None:
    """The row that ends last is the look at its month, and later publication decides between two."""
    several = (row("a", "2020-03", "2020-05", 0), row("b", "2020-05-03", "2020-05-03", 1),
               row("c", "2020-08", "2020-08", 0, published="2020-09"), row("d", "2020-08", "2020-08", 1, published="2020-10"))  # fmt: skip
    single = (row("a", "2020-03", "2020-04", 0), row("b", "2020-05", "2020-05", 0), row("d", "2020-08", "2020-08", 1))  # fmt: skip
    sums = []
    for rows in (several, single):
        made = model(state(), rows)
        frame, draws, level = _drawn(made, 2, 4)
        (block,) = align_evidence(frame, made.evidence, made.as_of)
        sums.append(log_likelihood(frame, block, draws, level).sum(axis=1))
    np.testing.assert_allclose(*sums, rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_past_luck_is_that_of_all_paths_through_the_looks(kind: str) -> None:
    """Smoothed probabilities of every month; 40,000 samples know each to 0.0025, and 5 sd are allowed."""
    made = model(state(**KINDS[kind]))
    frame, draws, level = _drawn(made, 3, 1)
    shown = measurement_of(frame, draws, 0)
    rng, many = np.random.default_rng(4), 40_000
    luck = abducted(
        shown, level[:, :, 0], {t: float(y) for t, y in SEEN.items()},
        rng.random((1, MONTHS + 1, many)), rng.random((1, MONTHS, many)),
    )  # fmt: skip
    again = replayed(luck, [transitions(shown, np.repeat(level, many, axis=2))])[0]
    every = _all_paths(frame, draws, level, 0)
    through = {
        path: p for path, p in every.items() if all(path[t + 1] == y for t, y in SEEN.items())
    }
    total = sum(through.values())
    for t in range(MONTHS):
        expected = sum(p for path, p in through.items() if path[t + 1]) / total
        assert again[t].mean() == pytest.approx(expected, abs=5 * 0.0025), t
        if t in SEEN:
            assert (again[t] == SEEN[t]).all()
    # Given the states the luck is uniform on its side, so it is uniform where nothing was seen after.
    if kind == "resting":
        assert luck.uniform[0, MONTHS - 1].mean() == pytest.approx(0.5, abs=5 * 0.0015)


@pytest.fixture(scope="module")
def fitted() -> wr.Posterior:
    made = model(state())
    frame = build_frame(made, fit_window(made, made.as_of))
    return known.posterior(made, dict.fromkeys(frame.latent, 1.0), draws=400)


def test_what_was_seen_comes_about_in_every_future(fitted: wr.Posterior) -> None:
    shown = wr.forecast(fitted, futures=3)["lost"].values
    for t, y in SEEN.items():
        assert (shown[:, t] == y).all()
    assert 0 < shown[:, 7].mean() < 1
    assert set(np.unique(shown)) == {0.0, 1.0}


def test_another_past_keeps_the_luck_of_the_state(fitted: wr.Posterior) -> None:
    """Nothing changed is nothing different; more strain never turns a yes into a no, and some no into a yes."""
    higher = of_settings(fitted, {"strain": wr.shift(1.5)}, "2020-01", "2020-12", "past")
    same = of_settings(fitted, {"strain": wr.shift(0)}, "2020-01", "2020-12", "past")
    for some in simulate(fitted, list, futures=8, worlds=[higher, same]):
        plain, raised, unchanged = (futures.value(0, 0, 17) for futures in some)
        np.testing.assert_array_equal(plain, unchanged)
        assert (raised >= plain).all()
        # In the months that were seen, too: the looks are of this world and not of the other.
        assert 0 < (raised[:, 1] > plain[:, 1]).mean() < 1


def test_a_future_state_depends_on_the_month_before(fitted: wr.Posterior) -> None:
    """A yes lasts: its share in the next month is one minus the rate of leaving, far above the rate of entering."""
    for some in simulate(fitted, next, futures=64):
        value, part = some.value(0, 11, 17), some.part
        shown = part.measurement(0)
        level = some.level(0, 13, 13)[:, 0]
        yes, no = value[:, 1] > 0.5, value[:, 1] < 0.5
        stays = 1 - 1 / (1 + np.exp(-shown.leaving[:, None] + shown.slope[:, None] * level))
        comes = 1 / (1 + np.exp(-shown.reference[:, None] - shown.slope[:, None] * level))
        error = 5 * 0.5 / np.sqrt(yes.sum())
        assert value[:, 2][yes].mean() == pytest.approx(stays[yes].mean(), abs=error)
        assert value[:, 2][no].mean() == pytest.approx(comes[no].mean(), abs=5 * 0.5 / np.sqrt(no.sum()))  # fmt: skip
        assert value[:, 2][yes].mean() > 2 * value[:, 2][no].mean()


def test_learning_a_state_is_conditioning_on_it(fitted: wr.Posterior) -> None:
    """P(strain | lost) by weighting, against the futures in which it was lost."""
    answer = wr.observe(fitted, {"lost": 0}, month="2021-03", futures=64)
    joint = both = 0
    for some in simulate(fitted, next, futures=64):
        matched = some.value(0, 14, 14)[:, 0] == 0
        calm = some.level(0, 17, 17)[:, 0] >= -0.2
        joint, both = joint + matched.sum(), both + (matched & calm).sum()
    assert answer.summary.loc["calm", "probability"] == pytest.approx(both / joint, abs=0.01)
    assert refusal(lambda: wr.observe(fitted, {"lost": 1}, month="2020-11"))


def test_watched_months_of_a_state_happen_once(fitted: wr.Posterior) -> None:
    for part in parts(fitted, futures=8, random_seed=1):
        luck = part.with_common(2).luck(0)
        assert np.ptp(luck.uniform[:, :14], axis=2).max() == 0
        assert np.ptp(luck.uniform[:, 14], axis=1).min() > 0


def test_a_fit_of_parameters_alone_follows_a_state_from_its_last_look(tmp_path: Any) -> None:
    made = model(state())
    kept = wr.fit(
        made, store="parameters", draws=50, tune=100, chains=2, random_seed=1, progressbar=False
    )
    assert str(kept.stored_months.first) == "2020-11"
    shown = wr.forecast(kept, futures=2)["lost"].values
    assert (shown[:, 0] == 1).all()
    kept.save(tmp_path / "kept.nc")
    again = wr.open_posterior(tmp_path / "kept.nc")
    np.testing.assert_array_equal(wr.forecast(again, futures=2)["lost"].values, shown)


@pytest.mark.parametrize(
    ("item", "rows", "message"),
    [
        (state(leaves=0), (row("a", "2020-02", "2020-02", 1), row("b", "2020-05", "2020-05", 0)),
         "is a no after the yes of row 'a', and leaves: 0 says that a yes is for good"),
        (state(leaves=0, start="yes"), (row("b", "2020-05", "2020-05", 0),), "the yes of its start"),
        (state(leaves=0.1), (), "0.1 is not valid here; it must be at most 0"),
        (state(start="maybe"), (), "'maybe' is not valid here"),
        (state(enters={"p5": 0, "p95": 0.2}), (), "reaches outside (0, 1)"),
        (state(), (row("a", "2020-02", "2020-02", 2),), "2 is neither 0 (no) nor 1 (yes)"),
    ],
)  # fmt: skip
def test_states_that_cannot_be_are_refused(
    item: dict[str, Any], rows: tuple[str, ...], message: str
) -> None:
    assert message in refusal(lambda: model(item, rows))


def test_evidence_for_good_may_be_told_in_any_order() -> None:
    made = model(state(leaves=0), (row("z", "2020-02", "2020-02", 0), row("a", "2020-05", "2020-05", 1)))  # fmt: skip
    assert len(made.evidence) == 2


def test_variants_of_a_posterior_share_its_states(fitted: wr.Posterior) -> None:
    np.testing.assert_array_equal(
        wr.forecast(variant(fitted), futures=1)["lost"].values,
        wr.forecast(fitted, futures=1)["lost"].values,
    )


_HEADER = "id,indicator,start,end,published,value,low,high,se,grade,source,url,note\n"


def test_looks_at_a_state_are_no_ranges() -> None:
    """A range without a value would have been read as a no."""
    network = setting("second").network
    row = "r,held,2023-06,2023-06,2023-07,,0,1,,A,invented,,"
    with pytest.raises(wr.ModelFileError, match="has neither low nor high; write 0 or 1"):
        wr.Model.from_texts(network.text, f"{_HEADER}{row}\n")


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("leaves: 0.1", "or a range with p5 and p95"),
        ("start: maybe, leaves: 0", "write yes, no, or a range with p5 and p95"),
    ],
)
def test_rates_are_ranges_or_known(keys: str, message: str) -> None:
    text = setting("second").network.text
    given = "leaves: {p5: 0.03, p95: 0.3}"
    assert given in text
    with pytest.raises(wr.ModelFileError, match=message):
        wr.Model.from_texts(text.replace(given, keys), _HEADER)
