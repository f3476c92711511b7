"""Files of EXCALIBUR as a panel: the tobacco case there and back, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.oracles import classical_model as oracle
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.elements.panel import Panel
from withdrawal_risk.experts.excalibur import read_excalibur
from withdrawal_risk.queries.calibration_cards import calibration_cards

TOBACCO = Path(__file__).parents[1] / "data" / "tobacco"
DTT, RLS = TOBACCO / "tobacco.dtt", TOBACCO / "tobacco.rls"


def fell(quantiles: list[float], true: float) -> int:
    """Return where a true value fell: below, to the median, to the 95th percentile, or above."""
    low, middle, high = quantiles
    return 0 if true <= low else 1 if true <= middle else 2 if true <= high else 3


def collected(folder: Path, **options: Any) -> int:
    return wr.collect_excalibur(
        DTT, RLS, folder / "panel.csv", folder / "seeds.csv", source="the archive", **options
    )


def test_tobacco_there_and_back(small: wr.Model, tmp_path: Path) -> None:
    assert collected(tmp_path, date="2012-01-31") == 70
    answers = wr.read_panel(small, tmp_path / "panel.csv", tmp_path / "seeds.csv")
    assert answers.experts == tuple(f"Ex{k}" for k in range(1, 8))
    assert [seed.id for seed in answers.seeds[:3]] == ["TAdProm2005", "discount", "MinVio"]
    assert answers.seeds[1].value == 77.3 and answers.seeds[1].resolved == "2012-01-31"
    assert answers.seeds[0].question == "spending on cigarette advertising, billion dollars, 2005"
    assert {seed.source for seed in answers.seeds} == {"the archive"}
    first = answers.rows[0]
    assert (first.expert, first.target, first.p5, first.p50, first.p95) == (
        "Ex1", "seeds.TAdProm2005", 5, 25, 50,
    )  # fmt: skip
    cards = calibration_cards(answers, Panel(file="panel.csv"))
    assert cards is not None and cards.weighting is not None and not cards.weighting.few
    counts = cards.table[["below", "lower", "upper", "above"]]
    # Expert 2: one in the lowest bin, three to the median, four to the 95th percentile, two above.
    assert counts.loc["Ex2"].tolist() == [1, 3, 4, 2]
    # Of three of the five percentiles, in many digits.
    whole = read_excalibur(DTT, RLS)
    panel, true = whole.assessments[:, :, [0, 2, 4]].tolist(), whole.realisations.tolist()
    for expert, row in zip(panel, counts.to_numpy().tolist(), strict=True):
        places = [fell(three, value) for three, value in zip(expert, true, strict=True)]
        assert row == [places.count(place) for place in range(4)]
    scores = oracle.calibration(panel, true, (0.05, 0.5, 0.95))
    assert cards.table["calibration"].tolist() == pytest.approx(
        [float(s) for s in scores], rel=1e-9
    )
    spans = [oracle.span(panel, true, k, False, 0.1) for k in range(10)]
    known = oracle.information(panel, (0.05, 0.5, 0.95), spans, [False] * 10)
    assert cards.table["information"].tolist() == pytest.approx([float(x) for x in known], rel=1e-9)
    # The best and the worst of the published scores are the best and the worst of these.
    published = [0.0369819, 0.171575, 0.00105314, 0.023658, 0.439946, 0.07796, 0.687587]
    assert cards.table["calibration"].argmax() == published.index(max(published))
    assert cards.table["calibration"].argmin() == published.index(min(published))


def test_a_question_may_ask_for_a_range(small: wr.Model, tmp_path: Path) -> None:
    target = "factors.gaps.half_life"
    assert collected(tmp_path, targets={"MinVio": target}) == 70
    answers = wr.read_panel(small, tmp_path / "panel.csv", tmp_path / "seeds.csv")
    rows = [row for row in answers.rows if row.target == target]
    assert [(row.expert, row.p5, row.p50, row.p95) for row in rows[:2]] == [
        ("Ex1", 5, 10, 20), ("Ex2", 1, 5, 10),
    ]  # fmt: skip
    assert not [row for row in answers.rows if row.target == "seeds.MinVio"]


def written(
    folder: Path, head: str = "5  50  95", line: str = "1.0E+0  4.0E+0  9.0E+0"
) -> tuple[Path, Path]:
    count = len(head.split())
    dtt, rls = folder / "rain.dtt", folder / "rain.rls"
    dtt.write_text(
        f"* CLASS ASCII OUTPUT FILE. NQ=   {count}   QU=   {head}\n    1   Anna    1   rain UNI  {line}\n"
        f"    1   Anna    2   snow LOG  {line}\n    1   Anna    3   sn.ow UNI  {line}\n"
        f"    1   Anna    4   hail UNI  {line}\n", encoding="utf-8",
    )  # fmt: skip
    rls.write_text(
        "    1   rain  4.2E+0001 UNI\n    2   snow  2.0E+0 LOG\n    3   sn.ow  3.0E+0 UNI\n", encoding="utf-8"
    )  # fmt: skip
    return dtt, rls


def test_scales_names_and_open_questions(small: wr.Model, tmp_path: Path) -> None:
    dtt, rls = written(tmp_path)
    panel, seeds = tmp_path / "panel.csv", tmp_path / "seeds.csv"
    assert wr.collect_excalibur(dtt, rls, panel, seeds, source="x") == 3
    answers = wr.read_panel(small, panel, seeds)
    assert [(seed.id, seed.scale, seed.value) for seed in answers.seeds] == [
        ("rain", "linear", 42), ("snow", "log", 2), ("sn_ow", "linear", 3),
    ]  # fmt: skip


def test_what_is_refused(tmp_path: Path) -> None:
    panel, seeds = tmp_path / "panel.csv", tmp_path / "seeds.csv"

    def said(dtt: Path = DTT, rls: Path = RLS, **options: Any) -> str:
        given = {"source": "x"} | options
        return refusal(lambda: wr.collect_excalibur(dtt, rls, panel, seeds, **given))

    assert said(source=" ") == "source is empty; every figure names its source"
    assert said(targets={"MinVip": "a"}).startswith(
        "targets: 'MinVip' is not a question; did you mean 'MinVio'?"
    )
    assert said(date="31.1.2012").startswith("date: '31.1.2012' is not a date; write YYYY-MM-DD")
    dtt, rls = written(tmp_path, "10  50  90")
    assert said(dtt, rls) == (
        f"{dtt}: asks for the percentiles 10, 50, 90; a panel needs 5, 50 and 95"
    )
    dtt, rls = written(tmp_path, line="1.0E+0  four  9.0E+0")
    assert said(dtt, rls) == f"{dtt}:2: 1 quantile where the file has 3 percentages: 1.0E+0"
    assert "does not exist" in said(tmp_path / "none.dtt")
    same = refusal(lambda: wr.collect_excalibur(DTT, RLS, panel, panel, source="x"))
    assert same == f"path and seeds are both {panel}; name two files"
    assert not panel.exists() and not seeds.exists()
