"""The log density of the PyMC graph against one worked out anew from the texts of the two files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.graphs import Graph
from tests.oracles.model_density import ModelDensity
from tests.random_models import MONTHS, evidence_text, later, model_text, random_model

import withdrawal_risk as wr
from withdrawal_risk.inference.alignment import fit_window
from withdrawal_risk.inference.build import ROW_FIELDS, data_arrays
from withdrawal_risk.inference.parameters import build_frame

POINTS = 5
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Files:
    """Two texts and the months they are seen from."""

    model: str
    evidence: str
    as_of: tuple[str, str]


def _folder(path: Path, *as_of: str) -> Files:
    first, second = as_of
    model, evidence = (
        (path / name).read_text(encoding="utf-8") for name in ("model.yaml", "evidence.csv")
    )
    return Files(model, evidence, (first, second))


def _random(seed: int, *innovations: str, to: int, **what: bool) -> Files:
    file, rows = random_model(np.random.default_rng(seed), innovations=innovations, **what)
    start = file["time"]["start"]
    return Files(
        model_text(file), evidence_text(rows), (later(start, MONTHS // 2), later(start, to))
    )


FILES = {
    "small": _folder(ROOT / "tests" / "data" / "small", "2023-09", "2023-12"),
    "iraq-2025": _folder(ROOT / "models" / "iraq-2025", "2024-10", "2025-08"),
    # The last as_of is the file's own, or later: then the window is longer.
    "random": _random(1, "normal", "student_t", to=MONTHS - 1),
    "jumps": _random(2, "student_t", to=MONTHS + 2),
    "drift": _random(5, "normal", drifting=True, to=MONTHS + 2),
    "states": _random(6, "normal", lasting=True, to=MONTHS + 2),
    "heavy": _random(7, "normal", heavy=True, to=MONTHS - 1),
    "bare": _random(3, "normal", bare=True, to=MONTHS - 1),
}


@pytest.mark.parametrize(
    "place", [pytest.param(0, id="early", marks=pytest.mark.slow), pytest.param(1, id="late")]
)
@pytest.mark.parametrize("name", FILES)
def test_graph_is_the_model_of_the_file(name: str, place: int) -> None:
    """Paths and log density, at points drawn from the prior."""
    files = FILES[name]
    oracle = ModelDensity(files.model, files.evidence, files.as_of[place])
    graph = Graph(wr.Model.from_texts(files.model, files.evidence), oracle, files.as_of[place])
    rng = np.random.default_rng(4)
    for _ in range(POINTS):
        unknowns = oracle.draw(rng)
        expected, found = oracle.levels(unknowns), graph.levels(unknowns)
        assert expected.keys() == found.keys()
        for factor, path in expected.items():
            np.testing.assert_allclose(found[factor], path, rtol=1e-9, atol=1e-9, err_msg=factor)
        assert graph.log_density(unknowns) == pytest.approx(oracle.log_density(unknowns), rel=1e-8)


@settings(max_examples=4, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1))
def test_every_month_sees_what_was_published(seed: int) -> None:
    file, rows = random_model(np.random.default_rng(seed))
    model = wr.Model.from_texts(model_text(file), evidence_text(rows))
    seen = ROW_FIELDS.index("seen")
    for t in range(1, MONTHS + 5):
        month = model.spec.time.start + t
        found, _ = data_arrays(model, build_frame(model, fit_window(model, month)), month)[
            "evidence_row"
        ]
        oracle = ModelDensity(model.model_text, model.evidence_text or "", str(month))
        assert found[:, seen].sum() == len(oracle.rows), month
