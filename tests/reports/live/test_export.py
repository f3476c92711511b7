"""What is exported, how it is rounded, and what is left out."""

from __future__ import annotations

import base64
import json
import string

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.reports.live.random_posteriors import prior_posterior, random_posterior

import withdrawal_risk as wr
from withdrawal_risk.families import live_form
from withdrawal_risk.families.normal import Normal
from withdrawal_risk.reports.live import export as exporting
from withdrawal_risk.reports.live.columns import Columns, packed_bits
from withdrawal_risk.reports.live.export import live_export
from withdrawal_risk.reports.live.labels import labels
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS


def codes_of(text: str) -> NDArray[np.int64]:
    """Numbers of 12 bits: two digits of base 64 each, the higher first."""
    digits = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    values = np.array([digits.index(digit) for digit in text]).reshape(-1, 2)
    return np.asarray(64 * values[:, 0] + values[:, 1])


def test_columns_are_what_both_languages_read() -> None:
    rng = np.random.default_rng(1)
    given = [rng.normal(size=50), np.full(50, 3.0), rng.gamma(1, size=50)]
    columns = Columns()
    rounded = [columns.add(values)[1] for values in given]
    assert columns.add(given[0])[0] == 0, "a column is stored once"
    data = columns.to_dict()
    codes = codes_of(data["codes"]).reshape(2, 50)
    assert len(data["codes"]) == columns.size == 200
    heads = data["heads"]
    assert np.array_equal(heads[0][0] + heads[0][1] * codes[0], rounded[0])
    assert heads[1] == [3.0, 0.0] and np.array_equal(rounded[1], given[1])
    assert np.array_equal(heads[2][0] + heads[2][1] * codes[1], rounded[2])
    for values, stored in zip(given, rounded, strict=True):
        assert np.abs(values - stored).max() <= np.ptp(values) / 2**12


def test_truths_are_bits_from_the_lowest() -> None:
    truth = np.array([[True, False, True], [False, False, True]])
    assert base64.b64decode(packed_bits(truth)) == bytes([0b100101])


def test_the_library_sees_the_rounded_draws() -> None:
    posterior = random_posterior(3, draws=60)
    export = live_export(posterior, draws=30)
    part, columns = export.draws.part, export.data["columns"]
    codes = codes_of(columns["codes"]).reshape(-1, 30)
    moving = iter(codes)
    values = [low + step * (next(moving) if step else 0) for low, step in columns["heads"]]
    now = part.past.shape[1]
    for j, node in zip(export.draws.nodes, export.data["nodes"], strict=True):
        for back, place in enumerate(node["past"], start=1):
            assert np.array_equal(part.past[:, now - back, j], np.broadcast_to(values[place], 30))
        if "phi" in node:
            assert np.array_equal(part.inputs.phi[:, j], np.broadcast_to(values[node["phi"]], 30))
    for k, item in zip(export.draws.shown, export.data["indicators"], strict=True):
        assert np.array_equal(part.measurement(k).slope, values[item["slope"]])
        assert np.allclose(part.unknowns["loading"][:, k], np.abs(values[item["slope"]]))
    # Those of the posterior are what they were.
    assert not np.array_equal(posterior.draws()["loading"][:30], part.unknowns["loading"])


def test_the_flagship_is_small_enough() -> None:
    posterior = prior_posterior(wr.load_model("iraq-2025"), 1, 1000)
    export = live_export(posterior)
    data = export.data | {"labels": {lang: labels(export, lang) for lang in ("en", "ar")}}
    assert len(json.dumps(data, ensure_ascii=False).encode()) < 700_000
    assert data["draws"] == 1000 and not any(export.conditions.blocked.values())
    shown = {item["name"] for item in data["indicators"]}
    assert "islamic_state_incidents" in shown, "what no condition reads can be supposed, too"
    small = live_export(posterior, draws=100, most_bytes=0)
    assert {item["name"] for item in small.data["indicators"]} < shown


def test_fewer_draws_than_asked_for_are_all() -> None:
    assert live_export(random_posterior(1, draws=60), draws=1000).data["draws"] == 60


def test_families_without_a_form_block_their_conditions(monkeypatch: pytest.MonkeyPatch) -> None:
    posterior = random_posterior(1, draws=40)
    whole = live_export(posterior)

    def all_but_counts(family: object) -> bool:
        return getattr(family, "name", "") != "count"

    monkeypatch.setattr(exporting, "has_live_form", all_but_counts)
    export = live_export(posterior)
    spec = posterior.model.spec
    (counted,) = (name for name, item in spec.indicators.items() if item.family == "count")
    left = {item["name"] for item in export.data["conditions"]}
    every = {item["name"] for item in whole.data["conditions"]}
    assert ALL_CONDITIONS in every - left and len(every - left) == 2
    assert counted not in {item["name"] for item in export.data["indicators"]}
    blocked = next(name for name in every - left if name != ALL_CONDITIONS)
    assert export.conditions.blocked[blocked] == [counted]
    english, arabic = (labels(export, lang)["notLive"] for lang in ("en", "ar"))
    assert len(english) == len(arabic) == 2
    assert spec.conditions[blocked].label["en"] in english[0]
    assert spec.indicators[counted].label["en"] in english[0]


def test_a_family_of_a_users_own_has_no_form() -> None:
    class Mine(Normal):
        pass

    Mine.__module__ = "somewhere"
    assert live_form.has_live_form(Normal()) and not live_form.has_live_form(Mine())


def test_scenarios_are_presets_in_future_months() -> None:
    posterior = prior_posterior(wr.load_model("iraq-2025"), 1, 20)
    export = live_export(posterior, draws=20)
    by_name = {item["name"]: item for item in export.data["scenarios"]}
    nodes = [node["name"] for node in export.data["nodes"]]
    assert by_name.keys() == posterior.model.spec.scenarios.keys()
    (tension,) = by_name["s2_escalation"]["spans"]
    assert nodes[tension["node"]] == "us_iran_tension"
    assert (tension["first"], tension["last"], tension["shifted"]) == (1, 6, False)
    (push,) = by_name["s2_escalation"]["pushes"]
    assert nodes[push["node"]] == "faction_control" and push["sizes"][1:7] == [-1.5] * 6
    (path,) = by_name["erbil_500"]["paths"]
    policy = posterior.model.spec.policies["us_presence"]
    assert policy.value(np.array(path["levels"]))[-1] == pytest.approx(500)
