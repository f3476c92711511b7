"""What an answer hangs on: numbers against their definitions, and refits that are kept."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.random_models import evidence_text, model_text, random_model
from tests.refusals import refusal
from tests.variants import CALM, variant, with_text

import withdrawal_risk as wr
import withdrawal_risk.inference.fit as fitting
from withdrawal_risk.elements.conditions import AllOf, Clause, clauses
from withdrawal_risk.inference.judgements import judgements, log_ratio, slopes
from withdrawal_risk.inference.learning import learning, level_learning
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.model.ranges import ranges
from withdrawal_risk.model.thresholds import moved_clause
from withdrawal_risk.queries import moved_refits
from withdrawal_risk.queries.defaults import FUTURES
from withdrawal_risk.queries.other_analyst import other_analyst
from withdrawal_risk.queries.sensitivity import _task_name
from withdrawal_risk.simulation.conditions import tree_of
from withdrawal_risk.simulation.probabilities import of_trees, probabilities
from withdrawal_risk.simulation.tilting import Reweighted


@pytest.fixture(scope="module")
def found(posterior: wr.Posterior) -> wr.Sensitivity:
    return wr.sensitivity(posterior, "calm")


def by_draw(posterior: wr.Posterior, condition: str) -> np.ndarray:
    outcome = probabilities(posterior, futures=FUTURES, random_seed=1)
    return np.asarray(outcome.value[0, outcome.names.index(condition)])


def test_effects_are_covariances(posterior: wr.Posterior, found: wr.Sensitivity) -> None:
    p, slope = by_draw(posterior, "calm"), slopes(posterior)
    assert set(found.summary.index) == set(ranges(posterior.model.spec))
    for k, item in enumerate(judgements(posterior)):
        row = found.summary.loc[item.path]
        assert row["group"] == item.group
        assert row["effect"] == pytest.approx(np.cov(p, slope[:, k], ddof=0)[0, 1], abs=1e-12)
        assert 0 < row["effect_mcse"] < 0.02
        assert row["shift"] == learning(posterior).loc[item.path, "shift"]
    # To first order it is what a small move does.
    path = "indicators.incidents.at_reference"
    moved = {path: ranges(posterior.model.spec)[path].moved(0.01)}
    slowly = (Reweighted(log_ratio(posterior, moved)).mean(p) - p.mean()) / 0.01
    assert found.summary.loc[path, "effect"] == pytest.approx(slowly, rel=0.02)


def test_the_surest_effects_come_first(found: wr.Sensitivity) -> None:
    size = (found.summary["effect"].abs() - found.summary["effect_mcse"]).to_numpy()
    assert (np.diff(size) <= 0).all() and size[0] > 0
    assert not found.summary["effect"].abs().is_monotonic_decreasing


def test_spreads_are_those_of_the_other_file(
    posterior: wr.Posterior, found: wr.Sensitivity
) -> None:
    """Exactly where nothing follows from a range; else but for what is second order."""
    p = by_draw(posterior, "calm")
    for item in judgements(posterior):
        for column, spread in (("narrower", 0.5), ("wider", 2.0)):
            there = Reweighted(log_ratio(posterior, {item.path: item.range.moved(0.0, spread)}))
            told: Any = found.summary.loc[item.path, column]
            if not item.moves_scales:
                expected = there.mean(p) - p.mean() if there.trusted else np.nan
                assert told == pytest.approx(expected, abs=1e-9, nan_ok=True), item.path
            elif column == "narrower":
                assert told == pytest.approx(there.mean(p) - p.mean(), abs=3e-3), item.path
    assert found.summary[["narrower", "wider"]].notna().all(axis=1).any()


def test_the_distance_is_to_the_nearest_border(
    posterior: wr.Posterior, found: wr.Sensitivity
) -> None:
    row: Any = wr.outlook(posterior).summary.loc["calm"]
    assert (found.probability, found.mcse) == pytest.approx((row["probability"], row["mcse"]))
    assert (found.range_low, found.range_high) == (row["range_low"], row["range_high"])
    assert abs(found.border - found.probability) == min(
        abs(edge - found.probability) for edge in (0.05, 0.2, 0.45, 0.55, 0.8, 0.95)
    )
    assert found.border == 0.2, "the words below lie above"
    assert found.distance().replace("\u00a0", " ") == (
        f"Calm: {100 * found.probability:.1f} % (unlikely), "
        f"{100 * (found.probability - 0.2):.1f} percentage points above “very unlikely”."
    )


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("condition", ["calm", "supplied", "all_conditions"])
def test_the_distance_is_said_first(posterior: wr.Posterior, condition: str, lang: str) -> None:
    answer = wr.sensitivity(posterior, condition)
    said = answer.sentence(lang)
    assert said.startswith(answer.distance(lang)) and len(said) > len(answer.distance(lang))
    assert ("different reasonable analyst" in said) == (lang == "en")
    known = answer.summary[answer.summary["trusted"] & answer.summary["tip"].notna()]
    if len(known):
        nearest = str(known["tip"].abs().idxmin())
        assert answer.label(nearest, lang) in said and answer.tipped[nearest][lang] in said
    assert "{" not in said and "nan" not in said


def test_json_is_finite_and_complete(posterior: wr.Posterior, found: wr.Sensitivity) -> None:
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert set(data["judgements"]) == set(ranges(posterior.model.spec))
    assert data["distance"] == pytest.approx(data["border"] - data["probability"])
    assert data["word"] == "unlikely" and data["checks_passed"] is True and data["refits"] == {}
    assert data["range"] == {
        "low": found.range_low, "high": found.range_high, "of": ["thresholds"],
    }  # fmt: skip
    for path, entry in data["judgements"].items():
        assert set(entry) == {
            *("group", "range", "at_tip", "trusted", "effect", "effect_mcse", "narrower", "wider"),
            *("shift", "ratio", "tail_probability", "tip", "tip_mcse", "khat"),
        }
        assert (entry["tip"] is None) == (entry["at_tip"] is None) == (path not in found.tipped)
    first, second = data["thresholds"]
    assert first["origin"] == second["origin"] == "judged"
    assert set(first["probability"]) == {"-1.0", "-0.5", "0.0", "0.5", "1.0"}
    assert first["probability"]["0.0"] == data["probability"]


def test_curves_are_those_of_moved_thresholds(
    posterior: wr.Posterior, found: wr.Sensitivity
) -> None:
    spec, tree = posterior.model.spec, tree_of(posterior, "calm")
    first, second = clauses(tree)
    # Both are upper bounds, so that kinder is higher.
    trees = {}
    for step in (-1.0, 0.5):
        trees[f"first {step}"] = AllOf(all=(_moved(spec, first, step), second))
        trees[f"second {step}"] = AllOf(all=(first, _moved(spec, second, step)))
    outcome = of_trees(posterior, trees, futures=FUTURES, random_seed=1)
    exact = dict(zip(outcome.names, outcome.value[0].mean(axis=1), strict=True))
    for row, name in enumerate(("first", "second")):
        for step in (-1.0, 0.5):
            assert found.thresholds.loc[row, step] == pytest.approx(exact[f"{name} {step}"])
    curves = found.thresholds[[-1.0, -0.5, 0.0, 0.5, 1.0]].to_numpy()
    assert (np.diff(curves) >= 0).all() and (np.ptp(curves, axis=1) > 0.02).all()
    informed = found.thresholds["informed"].tolist()
    assert informed == [level_learning(posterior).loc["gaps", "moved"], None]


def _moved(spec: Any, clause: Clause, levels: float) -> Clause:
    moved = moved_clause(spec, clause, levels)
    assert moved is not None
    return moved


PUBLISHED = """\
      - {factor: gaps, statistic: mean, last: 3, at_most: medium}
      - {indicator: incidents, statistic: total, last: 3, at_most: 45, resolution: the police}
"""
SETTLED = """\
      - {factor: presence, at_most: medium}
      - {indicator: incidents, statistic: total, last: 3, at_most: 45, resolution: the police}
"""


def test_published_figures_are_not_an_analysts_to_move(posterior: wr.Posterior) -> None:
    other = with_text(posterior, (CALM, PUBLISHED))
    spec, tree = other.model.spec, tree_of(other, "calm")
    judged, published = clauses(tree)
    trees = {
        side: AllOf(all=(_moved(spec, judged, levels), published))
        for side, levels in (("harsher", -1.0), ("kinder", 1.0))
    }
    outcome = of_trees(other, trees, futures=FUTURES, random_seed=1)
    exact = dict(zip(outcome.names, outcome.value[0].mean(axis=1), strict=True))
    row: Any = other_analyst(other, futures=FUTURES, random_seed=1).loc["calm"]
    assert row["harsher"] == pytest.approx(exact["harsher"])
    assert row["kinder"] == pytest.approx(exact["kinder"])
    assert (row["range_low"], row["range_high"]) == (row["harsher"], row["kinder"])
    assert row["range_of"] == "thresholds"
    # With both judged there is more to move.
    both: Any = other_analyst(posterior, futures=FUTURES, random_seed=1).loc["calm"]
    assert both["kinder"] > row["kinder"] + 0.01


def test_without_judged_clauses_there_is_no_range(posterior: wr.Posterior) -> None:
    other = with_text(posterior, (CALM, SETTLED))
    answer = wr.sensitivity(other, "calm")
    assert answer.range_of == "" and np.isnan([answer.range_low, answer.harsher]).all()
    assert "different reasonable analyst" not in answer.sentence()
    assert answer.to_dict()["range"] == {"low": None, "high": None, "of": []}
    assert answer.thresholds["origin"].tolist() == ["given", "published"]
    assert answer.thresholds["informed"].tolist() == [None, None]
    json.dumps(answer.to_dict(), allow_nan=False)
    # And where every clause reads a level.
    levels = with_text(posterior, (CALM, CALM.splitlines(keepends=True)[0]))
    json.dumps(wr.sensitivity(levels, "calm").to_dict(), allow_nan=False)
    outlook = wr.outlook(other)
    assert "range" not in outlook.to_dict()["conditions"]["calm"]
    assert "range" in outlook.to_dict()["conditions"]["supplied"]
    assert "different reasonable analyst" not in outlook.sentence("en", "calm")
    assert "different reasonable analyst" in outlook.sentence("en", "supplied")


def test_refusals(posterior: wr.Posterior) -> None:
    bare = variant(posterior, settings={})
    for call, told in (
        (lambda: wr.sensitivity(posterior, "clam"), "did you mean 'calm'"),
        (lambda: wr.sensitivity(posterior, "calm", refit="yes"), "refit"),  # type: ignore[arg-type]
        (lambda: wr.sensitivity(posterior, "calm", top=-1), "top"),
        (lambda: wr.sensitivity(posterior, "calm", futures=1), "futures"),
        (lambda: wr.sensitivity(bare, "calm", refit=True), "does not say how it was sampled"),
    ):
        assert told in refusal(call), told
    # What was sampled elsewhere has a range all the same.
    assert wr.sensitivity(bare, "calm").range_of == "thresholds"


def test_every_refit_has_a_name_of_its_own() -> None:
    """Factors may differ in digits alone, and edges in where a name ends."""
    file, rows = random_model(np.random.default_rng(8), drifting=True, lasting=True, heavy=True)
    spec = wr.Model.from_texts(model_text(file), evidence_text(rows)).spec
    names = [
        _task_name(path, place, side)
        for place, path in enumerate(ranges(spec))
        for side in ("up", "down")
    ]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z_]{1,92}", name) for name in names)
    long = f"edges.{'a' * 60}->{'b' * 60}.weight"
    assert _task_name(long, 1, "up") != _task_name(long, 2, "up")
    assert len(_task_name(long, 9999, "down")) <= 92


@pytest.fixture(scope="module")
def refitted(
    small: wr.Model, tmp_path_factory: pytest.TempPathFactory
) -> tuple[wr.Posterior, Path, wr.Sensitivity, list[Any]]:
    """A hasty fit, the folder of its refits, what they gave and what was fitted."""
    folder, fitted = tmp_path_factory.mktemp("cache"), []
    real = fitting.fit
    hasty = wr.fit(small, draws=100, tune=200, chains=2, progressbar=False, cache=False)

    def counted(model: wr.Model, **options: Any) -> wr.Posterior:
        fitted.append(model)
        return real(model, **options)

    def failed(posterior: wr.Posterior) -> tuple[str, ...]:
        """Fail what is fitted with stronger weights, and nothing else."""
        weight = ranges(posterior.model.spec)["edges.presence->gaps.weight"]
        return ("rhat",) if weight.p5 > 0.16 else ()

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WITHDRAWAL_RISK_CACHE", str(folder))
        patch.setattr(fitting, "fit", counted)
        patch.setattr(moved_refits, "failed_checks", failed)
        answer = wr.sensitivity(hasty, "calm", refit=True, top=1, progressbar=False)
    return hasty, folder, answer, fitted


def test_refits_fit_what_they_say(refitted: Any) -> None:
    hasty, _, answer, fitted = refitted
    first = str(answer.summary.index[0])
    assert answer.refits["path"].tolist() == [
        *(first, first, "weights", "weights", "half_lives", "half_lives", "references", "references"),
    ]  # fmt: skip
    assert answer.refits["shift"].tolist() == [-1.0, 1.0] * 4
    own, several = ranges(hasty.model.spec), judgements(hasty)
    assert len(fitted) == 8
    for model, (_, row) in zip(fitted, answer.refits.iterrows(), strict=True):
        moved = {path for path, given in ranges(model.spec).items() if given != own[path]}
        assert moved == {item.path for item in several if row["path"] in (item.path, item.group)}
        for path in moved:
            mu, sigma = own[path].law
            found = ranges(model.spec)[path].law
            assert found == pytest.approx((mu + row["shift"] * sigma, sigma), abs=1e-9)
    # The hasty fit is rough, and so is each of these: six errors are not passed by chance.
    gap = (answer.refits["probability"] - answer.refits["reweighted"]).abs()
    assert (gap < 6 * np.hypot(answer.refits["mcse"], answer.mcse) + 0.05).all()
    weight = {"weights", "edges.presence->gaps.weight"}
    assert answer.refits["checks_passed"].tolist() == [
        not (row["path"] in weight and row["shift"] > 0) for _, row in answer.refits.iterrows()
    ]
    assert json.dumps(answer.to_dict(), allow_nan=False)
    assert set(answer.to_dict()["refits"]) >= {"weights +1", "weights -1", f"{first} +1"}


def test_what_is_kept_is_not_fitted_again(refitted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hasty, folder, answer, _ = refitted
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(folder))

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("it is fitted again")

    monkeypatch.setattr(fitting, "fit", never)
    again = wr.sensitivity(hasty, "calm", refit=True, top=1, progressbar=False)
    assert again.to_dict() == answer.to_dict()
    # Other conditions were asked of the same fits.
    groups = wr.sensitivity(hasty, "supplied", refit=True, top=0, progressbar=False)
    assert len(groups.refits) == 6
    # Of another fit nothing is kept, and nothing is run to find that out.
    hurried = variant(hasty, settings=dict(hasty.settings) | {"random_seed": 2})
    assert moved_refits.kept_groups(hurried) == {}


def test_the_range_then_counts_the_groups(refitted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hasty, folder, answer, _ = refitted
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(folder))
    kept = moved_refits.kept_groups(hasty)
    # One failed its checks.
    assert set(kept) == {
        *("weights_down", "half_lives_down", "half_lives_up", "references_down", "references_up"),
    }  # fmt: skip
    outlook = wr.outlook(hasty)
    table: Any = outlook.summary
    for name in ("calm", "supplied", "all_conditions"):
        row = table.loc[name]
        assert row["range_of"] == "thresholds weights half_lives references"
        said = [values[name] for values in kept.values()]
        assert row["range_low"] <= min(said) and row["range_high"] >= max(said)
    rows = answer.refits[answer.refits["path"] == "references"]
    assert rows["probability"].tolist() == [
        kept["references_down"]["calm"], kept["references_up"]["calm"],
    ]  # fmt: skip
    assert answer.range_of == "thresholds weights half_lives references"
    for text in (outlook.sentence("en", "calm"), answer.sentence()):
        assert "the weights of the edges, the half-lives and the references" in text or (
            "weights" in text and "half-lives" in text and "references" in text
        )
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(folder / "elsewhere"))
    assert set(wr.outlook(hasty).summary["range_of"]) == {"thresholds"}


def test_refits_with_other_futures_count_too(
    refitted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the answer that made them, in every question with as many, and beside those with the usual."""
    hasty, folder, _, _ = refitted
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(folder / "many"))
    monkeypatch.setattr(moved_refits, "failed_checks", lambda _: ())
    monkeypatch.setattr(fitting, "fit", lambda *_, **__: hasty)
    made = wr.sensitivity(hasty, "calm", refit=True, top=0, futures=32, progressbar=False)
    groups = "thresholds weights half_lives references"
    assert made.range_of == groups
    assert set(wr.outlook(hasty, futures=32).summary["range_of"]) == {groups}
    assert set(wr.outlook(hasty).summary["range_of"]) == {"thresholds"}
    for file in folder.glob("*.npz"):
        (folder / "many" / file.name).write_bytes(file.read_bytes())
    assert set(wr.outlook(hasty).summary["range_of"]) == {groups}
    assert set(wr.outlook(hasty, futures=64).summary["range_of"]) == {groups}


def test_a_folder_of_ones_own(
    refitted: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refits are kept where they are asked to be."""
    hasty, folder, _, _ = refitted
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(tmp_path / "cache"))
    for file in folder.glob("*.npz"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(fitting, "fit", lambda *_, **__: 1 / 0)
    answer = wr.sensitivity(hasty, "calm", refit=True, top=1, folder=tmp_path, progressbar=False)
    assert len(answer.refits) == 8
