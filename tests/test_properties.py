"""What may be changed in a model's files without changing what is inferred, and what probabilities obey."""

from __future__ import annotations

import copy
import functools
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests.graphs import Graph
from tests.oracles.model_density import ModelDensity, Unknowns
from tests.random_models import (
    COLUMNS,
    File,
    Rows,
    evidence_text,
    model_text,
    random_model,
    shuffled,
)
from tests.variants import variant

import withdrawal_risk as wr
from withdrawal_risk.inference.alignment import fit_window
from withdrawal_risk.inference.build import data_arrays
from withdrawal_risk.inference.parameters import build_frame

POINTS = 4

# A graph takes over a second to compile, so few examples where one is needed; each is asked at several points.
compiled = settings(max_examples=3, deadline=None, derandomize=True)
cheap = settings(max_examples=25, deadline=None, derandomize=True)
SEEDS = st.integers(0, 2**32 - 1)


def _model(file: File, rows: Rows) -> wr.Model:
    return wr.Model.from_texts(model_text(file), evidence_text(rows))


def _oracle(file: File, rows: Rows) -> ModelDensity:
    return ModelDensity(model_text(file), evidence_text(rows))


@functools.cache
def _ground() -> tuple[File, Rows, ModelDensity, Graph]:
    """The files that the tests of the density change, and their graph."""
    file, rows = random_model(np.random.default_rng(7))
    oracle = _oracle(file, rows)
    return file, rows, oracle, Graph(_model(file, rows), oracle)


def _differences(
    file: File, rows: Rows, moved: Callable[[Unknowns], Unknowns], seed: int
) -> list[tuple[float, Unknowns]]:
    """Return the log density of changed files, less that of the original ones, at corresponding points."""
    _, _, oracle, graph = _ground()
    changed = Graph(_model(file, rows), _oracle(file, rows))
    rng = np.random.default_rng(seed)
    points = [oracle.draw(rng) for _ in range(POINTS)]
    return [
        (changed.log_density(moved(point)) - graph.log_density(point), point) for point in points
    ]


def _graph_data(file: File, rows: Rows) -> dict[str, np.ndarray]:
    """Return every array a graph is made of, names as arrays too."""
    model = _model(file, rows)
    frame = build_frame(model, fit_window(model, model.as_of))
    arrays = {name: value for name, (value, _) in data_arrays(model, frame, model.as_of).items()}
    arrays |= {f"names of {name}": np.array(labels) for name, labels in frame.coords.items()}
    arrays |= {
        f"{name} {part}": getattr(p, part)
        for name, p in frame.priors.items()
        for part in ("mu", "sigma")
    }
    arrays |= {
        name: getattr(frame, name) for name in ("sign", "polarity", "measured", "jump", "baseline")
    }
    arrays |= {name: getattr(frame, name) for name in ("start_mean", "start_root", "latent_index")}
    arrays["edges"] = np.stack(frame.structure.arrays[1:3])
    return arrays


def _assert_same(found: Mapping[str, np.ndarray], expected: Mapping[str, np.ndarray]) -> None:
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_array_equal(found[name], value, err_msg=name)


def _renamed(tree: Any, names: Mapping[str, str]) -> Any:
    """Replace every name, also in keys and inside labels of unknowns such as ``a1->b2`` or ``c3:1``."""
    if isinstance(tree, dict):
        return {_renamed(key, names): _renamed(value, names) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_renamed(value, names) for value in tree]
    if isinstance(tree, str):
        return re.sub(r"\b[a-j]\d+", lambda match: names[match[0]], tree)
    return tree


@pytest.mark.slow
@compiled
@given(data=st.data(), seed=SEEDS)
def test_names_mean_nothing(data: st.DataObject, seed: int) -> None:
    file, rows, _, _ = _ground()
    old = [
        name
        for section in ("factors", "policies", "events", "indicators")
        for name in file[section]
    ]
    names = dict(zip(old, data.draw(st.permutations(old)), strict=True))
    changed = _differences(
        _renamed(file, names), _renamed(rows, names), lambda point: _renamed(point, names), seed
    )
    assert [gap for gap, _ in changed] == pytest.approx([0.0] * POINTS, abs=1e-7)


@cheap
@given(seed=SEEDS)
def test_order_in_the_files_means_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    file, rows = random_model(rng)
    _assert_same(_graph_data(shuffled(file, rng), shuffled(rows, rng)), _graph_data(file, rows))


def test_order_in_the_files_does_not_move_a_draw(
    small: wr.Model, small_text: str, small_evidence: str
) -> None:
    """Equal graphs are compiled once; `tests.test_reproducibility` compiles each anew."""
    rng = np.random.default_rng(8)
    header, *lines = small_evidence.splitlines()
    other = wr.Model.from_texts(
        model_text(shuffled(YAML(typ="safe", pure=True).load(small_text), rng)),
        "\n".join([header, *shuffled(lines, rng)]) + "\n",
    )
    assert other.evidence_text != small_evidence and list(other.spec.indicators) != list(
        small.spec.indicators
    )
    first, second = (
        wr.fit(m, draws=30, tune=50, chains=2, progressbar=False) for m in (small, other)
    )
    _assert_same(second.draws(), first.draws())
    assert wr.outlook(second, futures=4).to_dict() == wr.outlook(first, futures=4).to_dict()


@pytest.mark.slow
@compiled
@given(data=st.data(), seed=SEEDS)
def test_evidence_without_precision_says_nothing(data: st.DataObject, seed: int) -> None:
    """A row with an error of 1e12 adds the same constant to the log density everywhere."""
    file, rows, _, _ = _ground()
    values = {
        "normal": st.floats(-9, 9), "lognormal": st.floats(1, 90), "count": st.integers(0, 90), "share": st.floats(0.1, 0.9)
    }  # fmt: skip
    vague: Rows = []
    for name, item in file["indicators"].items():
        if item["family"] in values:
            template = data.draw(st.sampled_from(rows))
            row = {column: template[column] for column in ("start", "end", "grade", "source")}
            value = repr(data.draw(values[item["family"]]))
            vague.append(
                {
                    "id": f"vague_{name}",
                    "indicator": name,
                    "published": "rule:same_month",
                    "value": value,
                }
                | row
            )
    for row in vague:
        row["se"] = "1e12"
    changed = [gap for gap, _ in _differences(file, rows + vague, lambda point: point, seed)]
    assert changed == pytest.approx([changed[0]] * POINTS, abs=1e-6)


def _in_other_years(tree: Any, years: int) -> Any:
    if isinstance(tree, dict):
        return {key: _in_other_years(value, years) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_in_other_years(value, years) for value in tree]
    if isinstance(tree, str) and re.fullmatch(r"\d{4}-\d{2}", tree):
        return f"{int(tree[:4]) + years:04d}{tree[4:]}"
    return tree


@cheap
@given(seed=SEEDS, years=st.sampled_from([-1, 1, 3]))
def test_only_the_distance_of_dates_matters(seed: int, years: int) -> None:
    """For spans of whole months; the days of a February differ between years."""
    file, rows = random_model(np.random.default_rng(seed))
    rows = [row | {"start": row["start"][:7], "end": row["end"][:7]} for row in rows]
    expected = _graph_data(file, rows)
    found = _graph_data(_in_other_years(file, years), _in_other_years(rows, years))
    for name in ("names of month", "names of step"):
        assert _in_other_years(expected.pop(name).tolist(), years) == found.pop(name).tolist()
    _assert_same(found, expected)


def test_an_outlook_does_not_depend_on_the_year(posterior: wr.Posterior, small_text: str) -> None:
    later = wr.Model.from_texts(
        model_text(_in_other_years(YAML(typ="safe", pure=True).load(small_text), 1)),
        ",".join(COLUMNS) + "\n",
    )
    labels = {
        "month": np.array(
            [f"2024-{month:02d}-01" for month in range(1, 13)], dtype="datetime64[ns]"
        )
    }
    tree = xr.DataTree.from_dict(
        {
            name: group.dataset.assign_coords(labels) if "month" in group.dims else group.dataset
            for name, group in posterior.tree.children.items()
        }
    )
    moved = variant(posterior, tree=tree, model=later, as_of=posterior.as_of + 12)
    found, expected = (wr.outlook(some, futures=4).to_dict() for some in (moved, posterior))
    assert (found.pop("horizon"), expected.pop("horizon")) == ("2025-06", "2024-06")
    assert found | {"as_of": "2023-12"} == expected


def _mirror(ends: Mapping[str, float], about: float) -> dict[str, float]:
    return {"p5": about - ends["p95"], "p95": about - ends["p5"]}


def _flipped(file: File, rows: Rows) -> tuple[File, Rows]:
    """Turn round every indicator that can be, together with its data."""
    about = {"normal": 0.0, "share": 1.0, "binary": 1.0}
    file, rows = copy.deepcopy(file), copy.deepcopy(rows)
    for name, item in file["indicators"].items():
        family = item["family"]
        if family in ("lognormal", "count"):
            continue
        item["polarity"] = "-" if item["polarity"] in ("+", 1) else "+"
        if family == "ordinal":
            # The words stay in the rows: it is their order that turns.
            item["categories"].reverse()
            item["at_reference"].reverse()
            continue
        item["at_reference"] = _mirror(item["at_reference"], about[family])
        for row in rows:
            if row["indicator"] == name:
                turned = {"value": "value", "low": "high", "high": "low"}
                figures = {
                    new: repr(about[family] - float(row[old]))
                    for old, new in turned.items()
                    if row.get(old)
                }
                row |= figures
    return file, rows


def test_an_indicator_may_be_turned_round() -> None:
    """The density is the same, save for the prior of where grades lie.

    The first cut point is uncertain by itself and the others by their distance from it; read from the other end, it
    is the last one. Where there are but two grades, that is the same.
    """
    file, rows, oracle, _ = _ground()
    flipped, data = _flipped(file, rows)
    prior = _oracle(flipped, data).laws
    graded = {
        n: len(item["categories"])
        for n, item in file["indicators"].items()
        if item["family"] == "ordinal"
    }

    def moved(point: Unknowns) -> Unknowns:
        point = copy.deepcopy(point)
        gaps = point["category_gap_size"]
        for name, item in file["indicators"].items():
            if name in graded:
                labels = [f"{name}:{n}" for n in range(1, graded[name] - 1)]
                point["reference"][name] = (
                    sum(gaps[label] for label in labels) - point["reference"][name]
                )
                gaps |= dict(zip(labels, [gaps[label] for label in reversed(labels)], strict=True))
            elif item["family"] not in ("lognormal", "count"):
                point["reference"][name] *= -1
        return point

    def prior_of_grades(laws: Mapping[str, Any], point: Unknowns) -> float:
        return math.fsum(
            law.log_density(point[group][label])
            for group in ("reference", "category_gap_size")
            for label, law in laws[group].items()
            if graded.get(label.split(":")[0], 0) > 2
        )

    for gap, point in _differences(flipped, data, moved, seed=9):
        expected = prior_of_grades(prior, moved(point)) - prior_of_grades(oracle.laws, point)
        assert abs(expected) > 1e-3
        assert gap == pytest.approx(expected, abs=1e-7)


LEVELS = st.one_of(
    st.floats(-2, 2), st.sampled_from(["very low", "low", "medium", "high", "very high"])
)
BOUNDS = {
    "incidents": st.floats(0, 60), "supply": st.floats(0.001, 0.999), "rate": st.floats(60, 180), "view": st.floats(-3, 3),
    "closed": st.floats(0, 1), "mood": st.sampled_from(["bad", "fair", "good"]),
}  # fmt: skip


@st.composite
def _clauses(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a clause on anything in the small model."""
    subject = draw(st.sampled_from(["tension", "gaps", "presence", *BOUNDS]))
    statistics = ["min", "max", "last"]
    statistics += ["mean"] if subject != "mood" else []
    statistics += ["total"] if subject in ("incidents", "rate", "view") else []
    clause = {
        "indicator" if subject in BOUNDS else "factor": subject,
        "statistic": draw(st.sampled_from(statistics)),
        draw(st.sampled_from(["at_least", "at_most"])): draw(BOUNDS.get(subject, LEVELS)),
    }
    span = draw(
        st.one_of(
            st.just({}),
            st.builds(dict, last=st.integers(1, 18)),
            st.just({"from": "2023-11", "to": "2024-02"}),
        )
    )
    return clause | span


def _joined(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda kind, some: {kind: some},
        st.sampled_from(["all", "any"]),
        st.lists(parts, min_size=1, max_size=3),
    )


TREES = _joined(st.recursive(_clauses(), _joined, max_leaves=6))


@pytest.fixture(scope="module")
def few(posterior: wr.Posterior) -> wr.Posterior:
    """Every fortieth draw of the small model."""
    groups = {name: group.dataset for name, group in posterior.tree.children.items()}
    thinned = {
        name: data.isel(draw=slice(None, None, 40)) if "draw" in data.dims else data
        for name, data in groups.items()
    }
    return variant(posterior, tree=xr.DataTree.from_dict(thinned))


@pytest.mark.slow
@settings(cheap, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=TREES)
def test_probabilities_are_coherent(
    few: wr.Posterior, small_text: str, tree: dict[str, Any]
) -> None:
    """In [0, 1]; a conjunction is no likelier than its parts, a disjunction no less likely, whatever the draw."""
    file = YAML(typ="safe", pure=True).load(small_text)
    says = {"label": "Any", "basis": "judgement: invented", "why": "A test."}
    ((kind, parts),) = tree.items()
    file["conditions"] = {"whole": tree | says} | {
        f"part{n}": {"all": [part]} | says for n, part in enumerate(parts)
    }
    model = wr.Model.from_texts(model_text(file), few.model.evidence_text)
    result = wr.outlook(variant(few, model=model), futures=8)  # type: ignore[type-var]
    p = {
        str(name): result.draws.sel(condition=name).values
        for name in result.draws["condition"].values
    }
    assert all(((value >= 0) & (value <= 1)).all() for value in p.values())
    part = np.stack([p[f"part{n}"] for n in range(len(parts))])
    if kind == "all":
        assert (p["whole"] <= part.min(axis=0)).all()
        assert (p["whole"] >= part.sum(axis=0) - len(parts) + 1 - 1e-12).all()
    else:
        assert (p["whole"] >= part.max(axis=0)).all()
        assert (p["whole"] <= part.sum(axis=0) + 1e-12).all()
    assert (p["all_conditions"] <= np.minimum(p["whole"], part.min(axis=0))).all()
    table = result.summary
    assert (
        (table["lower"] >= 0) & (table["lower"] <= table["probability"]) & (table["upper"] <= 1)
    ).all()
    assert (table["probability"] <= table["upper"]).all()
    assert table.loc["all_conditions", "probability"] <= table["probability"].min()
