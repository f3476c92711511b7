"""The table of every answer, as a file."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import withdrawal_risk as wr
from withdrawal_risk.elements.base import Text

FEW = {"futures": 4}
ANSWERS: dict[str, Callable[[wr.Posterior], Any]] = {
    "outlook": lambda p: wr.outlook(p, **FEW),
    "do": lambda p: wr.do(p, {"tension": "low"}, **FEW),
    "scenarios": lambda p: wr.scenarios(p, **FEW),
    "drivers": lambda p: wr.drivers(p, "calm", **FEW),
    "attribution": lambda p: wr.attribution(p, "calm", draws=20, **FEW),
    "explain_interval": lambda p: wr.explain_interval(p, "calm", **FEW),
    "watch_list": lambda p: wr.watch_list(p, months=1, **FEW),
    "path_effects": lambda p: wr.path_effects(p, "presence", "gaps", draws=20),
    "effects": lambda p: wr.effects(p, "tension", "calm", **FEW),
    "by_when": lambda p: wr.by_when(p, "calm", **FEW),
    "probability": lambda p: wr.probability(p, "gaps mean last 2 at_most medium", **FEW),
    "reach": lambda p: wr.reach(p, "calm", probability=0.5, draws=20, **FEW),
    "sensitivity": lambda p: wr.sensitivity(p, "calm", **FEW),
    "editions": lambda p: wr.editions({"a": p, "b": p}, **FEW),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_every_row_is_written_with_what_it_is_about(
    name: str, posterior: wr.Posterior, tmp_path: Path
) -> None:
    answer = ANSWERS[name](posterior)
    csv = pd.read_csv(wr.write_answer(answer, tmp_path / "a.csv", lang="ar"))
    parquet = pd.read_parquet(wr.write_answer(answer, tmp_path / "a.parquet", lang="ar"))
    assert list(csv.columns) == list(parquet.columns)
    assert list(csv.columns[:3]) == ["model", "as_of", "horizon"]
    assert set(csv["model"]) == {"small"} and set(csv["as_of"]) == {"2023-12"}
    index = answer.summary.index
    for level in index.names:
        assert list(parquet[level]) == list(index.get_level_values(level))
    for column in answer.summary:
        if answer.summary[column].dtype.kind == "f":
            for read in (csv, parquet):
                np.testing.assert_allclose(read[column].to_numpy(float), answer.summary[column])


def test_labels_stand_beside_ids(posterior: wr.Posterior, tmp_path: Path) -> None:
    read = {
        name: pd.read_csv(
            wr.write_answer(ANSWERS[name](posterior), tmp_path / f"{name}.csv", lang="ar")
        )
        for name in ("scenarios", "watch_list", "drivers", "probability")
    }
    first = read["scenarios"].iloc[-1]
    assert (first["scenario"], first["scenario_label"]) == ("crisis", "أزمة")
    assert set(read["scenarios"]["condition_label"]) >= {"هدوء", "تجهيز"}
    assert "المزاج" in set(read["watch_list"]["indicator_label"])
    assert set(read["drivers"]["factor_label"]) == {"التوتر", "الفجوات"}
    assert set(read["drivers"]["condition"]) == {"calm"}
    assert "الفجوات" in read["probability"]["clause"][0]


def test_labels_are_no_formulas(posterior: wr.Posterior, tmp_path: Path) -> None:
    """In a CSV; Parquet is read by no spreadsheet, and keeps them to the letter."""
    answer = ANSWERS["drivers"](posterior)
    names = answer.about.names | {"gaps": Text(en="=1+1")}
    hostile = dataclasses.replace(answer, about=dataclasses.replace(answer.about, names=names))
    csv = wr.write_answer(hostile, tmp_path / "a.csv").read_text(encoding="utf-8")
    assert ",gaps,'=1+1," in csv and ",=1+1" not in csv
    parquet = pd.read_parquet(wr.write_answer(hostile, tmp_path / "a.parquet"))
    assert "=1+1" in set(parquet["factor_label"])


@pytest.mark.parametrize(
    ("answer", "path", "message"),
    [
        (pd.DataFrame(), "a.csv", r"takes an answer, such as outlook\(posterior\)"),
        (None, "a.xlsx", "neither .parquet nor .csv"),
    ],
)
def test_what_cannot_be_written_is_refused(
    answer: Any, path: str, message: str, posterior: wr.Posterior, tmp_path: Path
) -> None:
    asked = answer if answer is not None else ANSWERS["outlook"](posterior)
    with pytest.raises(wr.ArgumentError, match=message):
        wr.write_answer(asked, tmp_path / path)
    assert not any(tmp_path.iterdir())
