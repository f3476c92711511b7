"""Sensitivity and what stands beside an outlook, as a person types and reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.test_commands import FAST, SMALL, run

import withdrawal_risk as wr
from withdrawal_risk.language import words_of
from withdrawal_risk.queries import moved_refits


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One hasty fit serves every question."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WITHDRAWAL_RISK_CACHE", str(folder))
        yield folder


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(*arguments, *FAST) == 3, "so short a fit fails its checks"
    return capsys.readouterr().out


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(shown(capsys, *arguments, "--json"))
    return data


def hasty() -> wr.Posterior:
    return wr.fit(wr.load_model(SMALL), draws=100, tune=200, chains=2, progressbar=False)


def one_line(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_sensitivity_in_words(capsys: pytest.CaptureFixture[str], lang: str) -> None:
    out = shown(capsys, "sensitivity", SMALL, "--condition", "calm", "--top", "3", "--lang", lang)
    answer = wr.sensitivity(hasty(), "calm")
    assert one_line(out).startswith(one_line(answer.distance(lang))), "first of all the distance"
    labels = [answer.label(str(path), lang) for path in answer.summary.index]
    table = out[: out.index(answer.clauses[lang][0])]
    assert [label in table for label in labels] == [True] * 3 + [False] * (len(labels) - 3)
    assert all(clause in out for clause in answer.clauses[lang])
    assert one_line(answer.sentence(lang)).split(".")[-2].strip() in one_line(out)
    heads = words_of(lang).tables
    assert all(heads[name] in out for name in ("judgement", "in_file", "effect_of_sd", "tip"))


def test_sensitivity_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    data = asked(capsys, "sensitivity", SMALL, "--condition", "calm", "--top", "3")
    expected = json.loads(json.dumps(wr.sensitivity(hasty(), "calm").to_dict()))
    assert {key: data[key] for key in expected} == expected
    assert data["failed_checks"] and len(data["judgements"]) == 20, "all of them, whatever is shown"


@pytest.mark.parametrize("condition", ["supplied", "all_conditions"])
def test_every_condition_can_be_asked(capsys: pytest.CaptureFixture[str], condition: str) -> None:
    assert asked(capsys, "sensitivity", SMALL, "--condition", condition)["condition"] == condition


def test_an_outlook_has_the_range_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    data = asked(capsys, "outlook", SMALL)
    table: Any = wr.outlook(hasty()).summary
    for name in ("calm", "supplied", "all_conditions"):
        entry = data["conditions"].get(name, data.get(name))
        assert entry["range"] == {
            "low": table.loc[name, "range_low"], "high": table.loc[name, "range_high"], "of": ["thresholds"],
        }  # fmt: skip
        assert entry["range"]["low"] < entry["probability"] < entry["range"]["high"]
    text = one_line(shown(capsys, "outlook", SMALL))
    assert "Another analyst" in text and "A different reasonable analyst:" in text
    low, high = (f"{100 * table.loc['calm', end]:.0f} %" for end in ("range_low", "range_high"))
    assert f"{low} to {high}" in text
    assert "محلل" in shown(capsys, "outlook", SMALL, "--lang", "ar")


def test_check_says_what_was_learnt_and_what_disagrees(capsys: pytest.CaptureFixture[str]) -> None:
    found = {item.name: item for item in wr.check(hasty())}
    assert list(found)[-2:] == ["learnt", "conflicts"]
    assert all(found[name].passed is None for name in ("learnt", "conflicts"))
    text = one_line(shown(capsys, "check", SMALL))
    for name in ("learnt", "conflicts"):
        assert one_line(found[name].text).split(";")[0] in text
    sound = all(item.passed is not False for item in found.values())
    assert ("All checks passed." if sound else "Some checks failed.") in text
    assert len(found["learnt"].table) == 20
    assert found["conflicts"].table["tail_probability"].notna().all()


@pytest.mark.slow
def test_answers_do_not_outlive_what_they_rest_on(
    capsys: pytest.CaptureFixture[str], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refits change the range beside an outlook, so what was stored of it is worked out again."""
    monkeypatch.setattr(moved_refits, "failed_checks", lambda _: ())
    before = asked(capsys, "outlook", SMALL)
    assert before["conditions"]["calm"]["range"]["of"] == ["thresholds"]
    assert list(cache.glob("small-*.json"))
    data = asked(capsys, "sensitivity", SMALL, "--condition", "calm", "--refit", "--top", "1")
    assert len(data["refits"]) == 8 and len(list(cache.glob("2023-12-*.npz"))) == 8
    # The answer about the refits is kept, and of the others none is.
    assert len(list(cache.glob("small-*.json"))) == 1
    after = asked(capsys, "outlook", SMALL)
    groups = ["thresholds", "weights", "half_lives", "references"]
    for name, entry in after["conditions"].items():
        assert entry["range"]["of"] == groups
        assert entry["range"]["low"] <= before["conditions"][name]["range"]["low"]
        assert entry["range"]["high"] >= before["conditions"][name]["range"]["high"]
    text = one_line(
        shown(capsys, "sensitivity", SMALL, "--condition", "calm", "--refit", "--top", "1")
    )
    assert "Refit" in text and "Pareto k" in text
    # They belong to the cache, and go with it.
    assert run("cache", "--clear") == 0
    assert not list(cache.glob("*.npz")) and not list(cache.glob("*.nc"))
