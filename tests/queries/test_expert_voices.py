"""The draws of every expert: of the file's fit where it will do, of further fits where not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.panels import answers_of
from tests.refusals import refusal
from tests.variants import variant

import withdrawal_risk as wr
from withdrawal_risk.elements.quantiles import Quantiles
from withdrawal_risk.model.ranges import ranges, with_ranges
from withdrawal_risk.queries import expert_voices, moved_refits
from withdrawal_risk.queries.expert_packages import Package, covering, packages
from withdrawal_risk.queries.expert_voices import Voices
from withdrawal_risk.queries.results import mcse

HALF, UP, DOWN, LEVEL = (
    "factors.gaps.half_life", "edges.tension->gaps.weight", "edges.presence->gaps.weight",
    "indicators.incidents.at_reference",
)  # fmt: skip

SHORT = {"draws": 200, "tune": 300, "chains": 2}
FUTURES = 16


def voices_of(posterior: wr.Posterior, folder: Path, *, refit: bool = True) -> Voices:
    return Voices(
        posterior, "calm", refit=refit, futures=FUTURES, random_seed=1, pool=None, folder=folder,
        progressbar=False,
    )  # fmt: skip


@pytest.fixture
def quick(posterior: wr.Posterior) -> wr.Posterior:
    """The fit of the small model, of which further fits are short."""
    return variant(posterior, settings={**posterior.settings, **SHORT})


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """What is fitted: with which ranges that cover, and for whom alone."""
    seen: dict[str, list[Any]] = {"cover": [], "alone": []}
    fit, refits = wr.fit, moved_refits.refits

    def one(model: wr.Model, **given: Any) -> wr.Posterior:
        seen["cover"].append(model.spec)
        return fit(model, **given)

    def each(posterior: wr.Posterior, moves: Mapping[str, Package], **given: Any) -> Any:
        seen["alone"].append(moves)
        with monkeypatch.context() as alone:
            alone.setattr("withdrawal_risk.inference.fit.fit", fit)
            return refits(posterior, moves, **given)

    monkeypatch.setattr("withdrawal_risk.inference.fit.fit", one)
    monkeypatch.setattr(expert_voices, "refits", each)
    return seen


def of(model: wr.Model, *rows: str) -> dict[str, Package]:
    return packages(model.spec, answers_of(model, *rows))


def test_who_says_what_the_file_says_has_its_answer(
    posterior: wr.Posterior, tmp_path: Path, counted: dict[str, list[Any]]
) -> None:
    own = ranges(posterior.model.spec)
    rows = []
    for path, given in own.items():
        ends = (-given.p95, -given.p5) if path == DOWN else (given.p5, given.p95)
        rows.append(f"A {path} {ends[0]!r} . {ends[1]!r}")
    voices = voices_of(posterior, tmp_path, refit=False)
    (one, empty), refitted = voices.of_all(of(posterior.model, *rows) | {"B": {}})
    assert empty.probability == voices.own.probability == pytest.approx(float(voices.p.mean()))
    assert one.probability == pytest.approx(voices.own.probability, abs=1e-12)
    np.testing.assert_allclose(one.weight, 1 / len(voices.p), rtol=1e-9)
    assert refitted == [False, False] and counted == {"cover": [], "alone": []}
    answer = wr.outlook(posterior, futures=FUTURES)
    assert one.probability == pytest.approx(answer.summary.loc["calm", "probability"], abs=1e-12)


def test_reweighting_agrees_with_a_fit(
    posterior: wr.Posterior, tmp_path: Path, counted: dict[str, list[Any]]
) -> None:
    """Of an expert near the file; within 4.5 combined errors: a false alarm once in 140,000."""
    near = of(
        posterior.model,
        f"A {UP} 0.5 0.6 0.85",
        f"A {LEVEL} 10 . 40",
        f"A {HALF} 1.5 . 6",
        f"A {DOWN} -0.7 . -0.2",
    )
    voices = voices_of(posterior, tmp_path)
    ((one,), (refitted,)) = voices.of_all(near)
    assert not refitted and counted == {"cover": [], "alone": []} and one.khat < 0.7
    record = moved_refits.refits(
        posterior, {"near": near["A"]}, futures=FUTURES, folder=tmp_path, progressbar=False
    )["near"]
    k = record["condition"].tolist().index("calm")
    error = float(np.hypot(mcse(one.p, one.weight, posterior.chains), record["mcse"][k]))
    difference = one.probability - float(record["probability"][k])
    assert abs(difference) < 4.5 * error
    # What the expert says is well told from what the file says.
    assert abs(one.probability - voices.own.probability) > 6 * error


def test_one_far_away_is_fitted_alone(
    quick: wr.Posterior, tmp_path: Path, counted: dict[str, list[Any]]
) -> None:
    several = of(quick.model, f"Near {HALF} 2 . 7", f"Far {HALF} 20 . 60")
    found, refitted = voices_of(quick, tmp_path).of_all(several)
    assert refitted == [False, True] and counted["cover"] == []
    assert counted["alone"] == [{"expert_a": several["Far"]}]
    assert [voice.source for voice in found] == ["fit", "expert_a"]
    assert len(found[1].p) == SHORT["draws"] * SHORT["chains"] and len(found[0].p) == 4000
    said = refusal(lambda: voices_of(quick, tmp_path, refit=False).of_all(several))
    assert said.startswith("the ranges of Far lie too far from those of the file")
    assert said.endswith("allow refits") and "Pareto k above 0.7" in said
    # A fit that was made is kept.
    again, _ = voices_of(quick, tmp_path).of_all(several)
    np.testing.assert_array_equal(again[1].p, found[1].p)


def test_several_far_away_share_one_fit(
    quick: wr.Posterior,
    tmp_path: Path,
    counted: dict[str, list[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the fit that covers cannot do for one of them is done for that one alone."""
    several = of(
        quick.model,
        f"A {HALF} 9 . 25",
        f"B {HALF} 8 . 20",
        f"C {HALF} 2 . 7",
        f"D {LEVEL} 60 . 200",
    )
    weighed = []
    reweighted = Voices._reweighted

    def watched(self: Voices, source: str, *given: Any) -> Any:
        weighed.append((source, given[-1]))
        return reweighted(self, source, *given)

    monkeypatch.setattr(Voices, "_reweighted", watched)
    found, refitted = voices_of(quick, tmp_path).of_all(several)
    assert refitted == [True, True, False, True] and found[2].source == "fit"
    (spec,) = counted["cover"]
    wide = covering(quick.model.spec, several)
    assert wide.keys() == {HALF, LEVEL} and ranges(spec) == ranges(
        with_ranges(quick.model.spec, wide)
    )
    # By the fit that covers every one is weighed with all ranges, those left out as the file has them.
    own = ranges(quick.model.spec)
    expected = [
        {path: several[name].get(path, own[path]) for path in wide} for name in ("A", "B", "D")
    ]
    assert [package for source, package in weighed if source == "cover"] == expected
    alone = [
        name
        for name, voice in zip("ABCD", found, strict=True)
        if voice.source.startswith("expert_")
    ]
    assert [move for moves in counted["alone"] for move in moves.values()] == [
        several[n] for n in alone
    ]
    for voice in found:
        assert voice.khat <= 0.7 and voice.ess >= 100


def test_a_cover_that_is_no_model_is_left_out(
    quick: wr.Posterior,
    tmp_path: Path,
    counted: dict[str, list[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    several = of(quick.model, f"A {HALF} 20 . 60", f"B {HALF} 0.3 . 0.6")

    def too_wide(spec: Any, packages_: Mapping[str, Package]) -> dict[str, Quantiles]:
        return {UP: ranges(spec)[UP].moved(9.0)}

    monkeypatch.setattr(expert_voices, "covering", too_wide)
    found, refitted = voices_of(quick, tmp_path).of_all(several)
    assert counted["cover"] == [] and refitted == [True, True]
    assert [voice.source for voice in found] == ["expert_a", "expert_b"]
    assert counted["alone"] == [{"expert_a": several["A"], "expert_b": several["B"]}]


def test_ranges_that_make_no_model(posterior: wr.Posterior, tmp_path: Path) -> None:
    several = of(posterior.model, f"A {HALF} 2 . 7", f"Bold {UP} 2 . 3")
    said = refusal(lambda: voices_of(posterior, tmp_path).of_all(several))
    assert said.startswith("the ranges of Bold do not make a model: its parents explain")
    assert "at most 95% is allowed" in said
