"""Answers of the page and of the library, on the same draws and noise."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.reports.live.node import answered, needs_node
from tests.reports.live.random_posteriors import random_posterior

import withdrawal_risk as wr
from withdrawal_risk.reports.live.draws import FUTURES
from withdrawal_risk.reports.live.export import LiveExport, live_export
from withdrawal_risk.reports.live.presets import preset
from withdrawal_risk.simulation import futures as simulated_futures
from withdrawal_risk.simulation import probabilities
from withdrawal_risk.simulation.worlds import World, of_settings

EXACT = 1e-6


@pytest.fixture
def on_the_page(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let all questions of the library be asked of an export's draws, and of no further futures."""

    def ask_of(export: LiveExport) -> None:
        def parts(*_: Any, **__: Any) -> Iterator[Any]:
            yield export.draws.part

        monkeypatch.setattr(simulated_futures, "parts", parts)
        monkeypatch.setattr(probabilities, "_more_gaps", lambda *_, **__: [])

    return ask_of


def _request(export: LiveExport, world: World) -> dict[str, Any]:
    return preset(export.draws.posterior, world, export.nodes, export.edges)


def _same(answer: dict[str, Any], result: wr.Result) -> None:
    """Hold every number of an answer of the page against those of the library."""
    assert [row["name"] for row in answer["rows"]] == list(result.summary.index)
    for row in answer["rows"]:
        ours: Any = result.summary.loc[row["name"]]
        for name in ("probability", "lower", "upper", "mcse"):
            assert row[name] == pytest.approx(ours[name], abs=EXACT), (row["name"], name)
        if row["difference"] is None:
            continue
        columns = {"value": "difference", "mcse": "difference_mcse"} | {
            end: f"difference_{end}" for end in ("lower", "upper")
        }
        for name, column in columns.items():
            number = float(row["difference"][name])
            if math.isnan(ours[column]):
                assert math.isnan(number), (row["name"], name)
            else:
                assert number == pytest.approx(ours[column], abs=EXACT), (row["name"], name)


@needs_node
@pytest.mark.parametrize("seed", [1, 4])
def test_answers_of_random_models(seed: int, tmp_path: Path, on_the_page: Any) -> None:
    posterior = random_posterior(seed, draws=400)
    export = live_export(posterior)
    on_the_page(export)
    factors = list(posterior.model.spec.factors)
    settings: dict[str, Any] = {factors[0]: "high", factors[1]: wr.shift(0.5)}
    later = {factors[2]: wr.over(wr.shift(-0.3), start=posterior.as_of + 5)}
    asked = [(settings, 1), (later, 2)]
    worlds = [of_settings(posterior, s, None, None, "future", ramp) for s, ramp in asked]
    questions = [{"request": _request(export, world), "seen": []} for world in worlds]
    baseline, *answers = answered(export, questions, tmp_path)
    _same(baseline, wr.outlook(posterior, futures=FUTURES))
    for answer, (given, ramp) in zip(answers, asked, strict=True):
        _same(answer, wr.do(posterior, given, ramp=ramp, futures=FUTURES))
        assert answer["refused"] is None


def _values(posterior: wr.Posterior) -> dict[str, float | str]:
    """Return, of each family, a value that is not far from what is expected."""
    usual: dict[str, float | str] = {"normal": 0.0, "lognormal": 20.0, "count": 12.0, "share": 0.4}
    values: dict[str, float | str] = {}
    for name, item in posterior.model.spec.indicators.items():
        if item.family in ("binary", "state"):
            values[name] = 1.0
        elif item.family == "ordinal":
            values[name] = item.names[1]  # type: ignore[attr-defined]
        else:
            values[name] = usual[item.family]
    return values


@needs_node
@pytest.mark.parametrize("seed", [2, 7])
def test_observations_of_every_family(seed: int, tmp_path: Path, on_the_page: Any) -> None:
    posterior = random_posterior(seed, draws=400)
    export = live_export(posterior)
    on_the_page(export)
    names = [item["name"] for item in export.data["indicators"]]
    month, spec = posterior.as_of + 2, posterior.model.spec
    questions, asked = [], []
    for name, value in _values(posterior).items():
        # A state that no condition reads is not exported.
        if name not in names:
            continue
        number = value
        if isinstance(value, str):
            number = float(spec.indicators[name].names.index(value))  # type: ignore[attr-defined]
        seen = {"indicator": names.index(name), "value": number, "month": 1}
        questions.append({"request": {"spans": []}, "seen": [seen]})
        asked.append({name: value})
    factor = export.data["nodes"].index(next(n for n in export.data["nodes"] if "cuts" in n))
    questions.append({"request": {"spans": []}, "seen": [{"node": factor, "level": 2, "month": 1}]})
    asked.append({export.data["nodes"][factor]["name"]: "medium"})
    _, *answers = answered(export, questions, tmp_path)
    trusted = 0
    for answer, observed in zip(answers, asked, strict=True):
        try:
            result = wr.observe(posterior, observed, month=month, futures=FUTURES)
        except wr.ArgumentError:
            assert answer["refused"] == "weights", observed
            continue
        trusted += 1
        assert answer["refused"] is None, observed
        assert answer["ess"] == pytest.approx(result.ess, rel=EXACT)
        assert float(answer["khat"]) == pytest.approx(result.khat, abs=EXACT)
        _same(answer, result)
    assert trusted > len(asked) / 2
