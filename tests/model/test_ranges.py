"""Every elicited range of a file is found once, replaced alone, and is the prior of its unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from ruamel.yaml import YAML
from scipy.special import logit
from scipy.stats import norm
from tests.random_models import evidence_text, model_text, random_model
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.elements.quantiles import Positive, Quantiles, Ratio, Share
from withdrawal_risk.inference.alignment import fit_window
from withdrawal_risk.inference.judgements import GROUPS, judgements
from withdrawal_risk.inference.parameters import Frame, build_frame
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.model.range_wording import range_in_words, range_label
from withdrawal_risk.model.ranges import range_at, ranges, with_ranges

ROOT = Path(__file__).parents[2]
SHIPPED = ("iraq-2011", "iraq-2025", "mali-2023")
RANDOM = {
    "random": (1, {}),
    "drift": (5, {"drifting": True}),
    "states": (6, {"lasting": True}),
    "heavy": (7, {"heavy": True}),
    "everything": (8, {"drifting": True, "lasting": True, "heavy": True}),
    "bare": (3, {"bare": True}),
}


def texts(name: str) -> tuple[str, str]:
    if name in RANDOM:
        seed, what = RANDOM[name]
        file, rows = random_model(np.random.default_rng(seed), **what)  # type: ignore[arg-type]
        return model_text(file), evidence_text(rows)
    folder = ROOT / "models" / name
    model, evidence = (
        (folder / part).read_text(encoding="utf-8") for part in ("model.yaml", "evidence.csv")
    )
    return model, evidence


@pytest.fixture(scope="module", params=[*SHIPPED, *RANDOM])
def files(request: pytest.FixtureRequest) -> tuple[wr.Model, Any]:
    """Return a model, and what its text holds."""
    model, evidence = texts(request.param)
    return wr.Model.from_texts(model, evidence), YAML(typ="safe", pure=True).load(model)


WORDS = {"weak": (0.05, 0.3), "moderate": (0.15, 0.5), "strong": (0.3, 0.8)}
"""Sizes of weights by word, as the documentation of the file says."""


def written(tree: Any) -> Iterator[tuple[float, float]]:
    """Yield every range that a parsed file holds, weights in words too and without their signs."""
    if isinstance(tree, list):
        for part in tree:
            yield from written(part)
    elif isinstance(tree, dict) and set(tree) == {"p5", "p95"}:
        yield float(tree["p5"]), float(tree["p95"])
    elif isinstance(tree, dict):
        for key, value in tree.items():
            if key != "weight":
                yield from written(value)
            elif isinstance(value, str):
                yield WORDS[value[1:]]
            else:
                low, high = sorted((abs(value["p5"]), abs(value["p95"])))
                yield float(low), float(high)


def at(tree: Any, path: str) -> tuple[float, float]:
    """Return what stands at a path of a parsed file."""
    section, name, *keys = path.split(".")
    if section == "edges":
        (edge,) = [e for e in tree["edges"] if f"{e['from']}->{e['to']}" == name]
        return next(written({"weight": edge["weight"]}))
    node = tree[section][name]
    if section == "events":
        (node,) = [effect for effect in node["effects"] if effect["factor"] == keys[0]]
        keys = keys[1:]
    for key in keys:
        node = node[key]
    return float(node["p5"]), float(node["p95"])


def test_every_range_of_the_file_is_found_once(files: tuple[wr.Model, Any]) -> None:
    model, tree = files
    found = {path: (item.p5, item.p95) for path, item in ranges(model.spec).items()}
    assert sorted(found.values()) == sorted(written(tree))
    assert found == {path: at(tree, path) for path in found}


def test_one_place_changes_and_no_other(files: tuple[wr.Model, Any]) -> None:
    model, _ = files
    before = ranges(model.spec)
    plain = model.spec.model_dump()
    for path, given in before.items():
        moved = given.moved(0.25)
        changed = with_ranges(model.spec, {path: moved})
        assert ranges(changed) == before | {path: moved}
        # Nothing else of the file is another: put back, it is the file.
        assert with_ranges(changed, {path: given}).model_dump() == plain
        assert changed.model_dump() != plain
    assert ranges(model.spec) == before


def test_several_places_change_together(files: tuple[wr.Model, Any]) -> None:
    model, _ = files
    new = {path: given.moved(-1.0, 2.0) for path, given in ranges(model.spec).items()}
    assert ranges(with_ranges(model.spec, new)) == new
    assert with_ranges(model.spec, {}) == model.spec


def test_unknown_paths_are_refused_with_what_is_near(small: wr.Model) -> None:
    for path, near in {
        "factors.gaps.half_live": "factors.gaps.half_life",
        "factors.gap.half_life": "factors.gaps.half_life",
        "edges.tension->gap.weight": "edges.tension->gaps.weight",
        "edges.gaps->tension.weight": "edges.tension->gaps.weight",
        "events.strike.gaps.size": "events.strike.tension.size",
        "indicators.incidents.at_referense": "indicators.incidents.at_reference",
        "indicators.incidents.error.p5": "indicators.incidents.error",
        "factors.gaps.start": "factors.gaps",
        "": "",
        "factors": "",
        "factors.gaps": "",
        "edges.tension->gaps.lag": "",
        "policies.presence.reference": "",
    }.items():
        for refused in (
            refusal(lambda path=path: range_at(small.spec, path)),  # type: ignore[misc]
            refusal(lambda path=path: with_ranges(small.spec, {path: Quantiles(p5=0, p95=1)})),  # type: ignore[misc]
        ):
            assert repr(path) in refused and "is not an elicited range of small" in refused
            assert near in refused


def frame_of(model: wr.Model) -> Frame:
    return build_frame(model, fit_window(model, model.as_of))


@dataclass(eq=False)
class Known:
    """A frame and a model in the place of a fit, of which judgements read nothing else."""

    frame: Frame
    model: wr.Model


def judged(model: wr.Model) -> tuple[Frame, list[Any]]:
    frame = frame_of(model)
    return frame, list(judgements(cast(Any, Known(frame=frame, model=model))))


def log_law(low: float, high: float, kind: str) -> tuple[float, float]:
    """Return mean and sd of the normal with these percentiles, on the scale of a kind of range."""
    scale = {Quantiles: float, Positive: np.log, Share: logit, Ratio: lambda x: np.log(np.log(x))}
    ends = [float(scale[kind](end)) for end in (low, high)]  # type: ignore[index]
    return (ends[0] + ends[1]) / 2, (ends[1] - ends[0]) / (2 * norm.ppf(0.95))


def test_every_range_is_the_prior_of_one_unknown(files: tuple[wr.Model, Any]) -> None:
    """Of all families: so the keys by which families say what elicits an unknown are right."""
    model, tree = files
    frame, several = judged(model)
    assert [item.path for item in several] == list(ranges(model.spec))
    places = [(item.unknown, item.place) for item in several]
    assert len(set(places)) == len(places)
    covariance = frame.start_root @ frame.start_root.T
    for item in several:
        law = item.range.law
        assert law == pytest.approx(log_law(*at(tree, item.path), kind=type(item.range)), rel=1e-9)  # type: ignore[arg-type]
        if item.unknown == "start":
            prior = frame.start_mean[item.place], covariance[item.place, item.place] ** 0.5
        else:
            array = frame.priors[item.unknown]
            prior = array.mu[item.place], array.sigma[item.place]
        assert prior == pytest.approx(law, rel=1e-8, abs=1e-8), item.path


def test_every_unknown_that_a_range_elicits_is_found(files: tuple[wr.Model, Any]) -> None:
    """What is left has no range in the file: cut points, and the scales that are solved."""
    model, tree = files
    frame, several = judged(model)
    found = {(item.unknown, item.place) for item in several}
    ordinal = {name for name, item in tree["indicators"].items() if item["family"] == "ordinal"}
    for unknown, prior in frame.priors.items():
        if unknown in GROUPS:
            missing = {
                label
                for place, label in enumerate(frame.coords[prior.dims[-1]])
                if (unknown, place) not in found
            }
            # Shares of categories are not ranges.
            assert missing == (ordinal if unknown == "reference" else set()), unknown


def test_these_files_elicit_every_unknown_that_ranges_can() -> None:
    met = {item.unknown for name in RANDOM for item in judged(wr.Model.from_texts(*texts(name)))[1]}
    assert met == set(GROUPS)


@pytest.mark.parametrize("name", RANDOM)
def test_a_moved_range_moves_its_unknown_alone(name: str) -> None:
    """By one prior sd, and in its spread, whatever the family."""
    model = wr.Model.from_texts(*texts(name))
    frame, several = judged(model)
    for item in several:
        if item.unknown == "start":
            continue
        spec = with_ranges(model.spec, {item.path: item.range.moved(1.0, 0.5)})
        other = frame_of(replace(model, spec=spec))
        for unknown, prior in frame.priors.items():
            if unknown == "own_scale":
                continue
            mu, sigma = prior.mu.copy(), prior.sigma.copy()
            if unknown == item.unknown:
                mu[item.place] += sigma[item.place]
                sigma[item.place] /= 2
            np.testing.assert_allclose(other.priors[unknown].mu, mu, rtol=1e-8, atol=1e-9)
            np.testing.assert_allclose(other.priors[unknown].sigma, sigma, rtol=1e-8)


@pytest.mark.parametrize(
    "given, expected",
    [
        (Quantiles(p5=-1, p95=3), (1.0, 2.0)),
        (Positive(p5=2, p95=8), (np.log(4), np.log(2))),
        (Share(p5=0.2, p95=0.8), (0.0, np.log(4))),
        (Ratio(p5=np.exp(0.5), p95=np.exp(2)), (0.0, np.log(2))),
    ],
)
def test_laws_by_hand(given: Quantiles, expected: tuple[float, float]) -> None:
    mean, half = expected
    mu, sigma = given.law
    assert (mu, sigma * norm.ppf(0.95)) == pytest.approx((mean, half), abs=1e-12)
    again = given.with_law(mu, sigma)
    assert type(again) is type(given)
    assert (again.p5, again.p95) == pytest.approx((given.p5, given.p95))
    # One half-range up: the new middle is the old 95th percentile.
    up = given.moved(norm.ppf(0.95))
    assert up.law == pytest.approx((mu + half, sigma))
    assert given.moved(0.0, 2.0).law == pytest.approx((mu, 2 * sigma))
    assert up.with_law(up.law[0], 1e-9).p5 == pytest.approx(given.p95, rel=1e-6)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_range_can_be_read(files: tuple[wr.Model, Any], lang: str) -> None:
    model, _ = files
    labels = [range_label(model.spec, path, lang) for path in ranges(model.spec)]
    assert len(set(labels)) == len(labels), "two judgements are called the same"
    for path, given in ranges(model.spec).items():
        told = range_in_words(model.spec, path, given, lang)
        assert told and "{" not in told and "nan" not in told


def test_ranges_in_the_words_of_the_file(small: wr.Model) -> None:
    said = {
        path: range_in_words(small.spec, path, given, "en").replace("\u00a0", " ")
        for path, given in ranges(small.spec).items()
    }
    assert said["edges.presence->gaps.weight"] == "−0.5 to −0.15"
    assert said["edges.tension->gaps.weight"] == "0.3 to 0.8"
    assert said["factors.gaps.half_life"] == "2 to 6 months"
    assert said["indicators.incidents.at_reference"] == "5 to 25 per month"
    assert said["indicators.incidents.ratio_per_level"] == "×1.5 to ×3"
    assert said["indicators.supply.at_reference"].startswith("40 % to 70 %")
    assert said["indicators.view.at_reference"] == "−1 to 1 points"
