"""The suggestion as a person asks for it: series and files, refusals, and the lines of a model file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.cli import main
from withdrawal_risk.elements.network import Factor
from withdrawal_risk.elements.quantiles import prior_mean
from withdrawal_risk.families.registry import FAMILIES

SAYS = {"basis": "judgement: invented for tests", "why": "It is invented."}
N = 60
MONTHS = pd.period_range("2015-01", periods=N, freq="M")
COUNTS = pd.Series(np.random.default_rng(1).poisson(40, N), MONTHS)
FLOW = COUNTS / 3.0


def series(family: str) -> pd.Series:
    rng = np.random.default_rng(8)
    level, path = 0.0, np.empty(N)
    for k in range(N):
        level = 0.8 * level + 0.6 * rng.standard_normal()
        path[k] = level + 0.3 * rng.standard_normal()
    shown = {
        "normal": 20 + 5 * path,
        "lognormal": np.where(np.arange(N) % 13 == 5, 0.0, np.exp(path)),
        "count": rng.poisson(np.exp(3 + path)),
        "share": 1 / (1 + np.exp(-path)),
    }
    return pd.Series(shown[family], MONTHS)


def text(values: pd.Series, *more: str) -> str:
    return "\n".join(
        [*more, "month,value", *(f"{month},{value}" for month, value in values.items())]
    )


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Path]:
    def written(content: str) -> Path:
        path = tmp_path / "history.csv"
        path.write_text(content, encoding="utf-8")
        return path

    return written


@pytest.mark.parametrize("family", ["normal", "lognormal", "count", "share"])
def test_fragments_are_parts_of_a_model_file(family: str) -> None:
    found = wr.suggest(series(family), family)
    fragment = YAML(typ="safe").load(found.fragment)
    assert list(fragment) == ["factor", "indicator"]
    factor = Factor.model_validate(
        {"role": "driver", "label": "violence", "worse": "high", **fragment["factor"], **SAYS}
    )
    common = {"measures": "violence", "label": "attacks", "unit": "points", "polarity": "+", **SAYS}
    item: Any = FAMILIES[family].indicator.model_validate(fragment["indicator"] | common)
    assert item.family == family
    # Every number holds what was found, at either end.
    for key, given in found.ranges.items():
        owner = factor if key in ("half_life",) or key.startswith("drift") else item
        for part in key.split("."):
            owner = getattr(owner, part)
        assert owner.p5 <= given.p5 < given.p95 <= owner.p95
    assert (family == "lognormal") == (getattr(item, "can_be_zero", None) is not None)


def test_drift_stands_in_the_fragment() -> None:
    rng = np.random.default_rng(4)
    slow, y = 0.0, np.empty(300)
    for k in range(300):
        slow = 0.985 * slow + 0.17 * rng.standard_normal()
        y[k] = slow + 1.2 * rng.standard_normal()
    y += np.r_[0, y[:-1]] * 0.3
    found = wr.suggest(pd.Series(y, pd.period_range("1990-01", periods=300, freq="M")), "normal")
    fragment = YAML(typ="safe").load(found.fragment)["factor"]
    factor = Factor.model_validate(
        {"role": "driver", "label": "violence", "worse": "high", **fragment, **SAYS}
    )
    assert factor.drift is not None and prior_mean(factor.drift.half_life) > factor.half_life.mean
    assert {"drift", "drift.share", "drift.half_life"} <= set(found.reasons)


def test_every_line_says_why() -> None:
    found = wr.suggest(series("lognormal"), "lognormal")
    lines = [line for line in found.fragment.splitlines() if line not in ("factor:", "indicator:")]
    assert all("# " in line for line in lines)
    assert all(f"# {reason}\n" in found.fragment for reason in found.reasons.values())
    assert set(found.ranges) | {"family", "drift"} == set(found.reasons)
    assert "judgement, not from the history" in found.reasons["zero_odds_ratio_per_level"]
    assert YAML(typ="safe").load(found.fragment)["indicator"]["zero_odds_ratio_per_level"] == {
        "p5": 1.2,
        "p95": 3,
    }


def test_figures_of_reasons_are_those_of_the_series() -> None:
    values = series("normal")
    found = wr.suggest(values, "normal")
    sd, changes = values.std(), values.diff().dropna().std(ddof=0)
    assert (
        f"months average {values.mean():.3g}, sd {sd:.3g} on the own scale"
        in found.reasons["at_reference"]
    )
    assert f"changes from month to month have sd {changes:.3g} " in found.reasons["error"]
    assert found.reasons["family"] == "60 months read, 2015-01 to 2019-12"
    centred = values - values.mean()
    lag = (centred.to_numpy()[1:] * centred.to_numpy()[:-1]).mean() / (centred**2).mean()
    assert f"values 1 month apart correlate by {lag:.2f}" in found.reasons["half_life"]


def test_shown_as_a_line_a_dictionary_and_html() -> None:
    found = wr.suggest(COUNTS, "count", until="2018-12")
    assert repr(found) == "Suggestion(count, 48 months, 2015-01 to 2018-12, no drift)"
    data = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert data["until"] == "2018-12" and data["fragment"] == found.fragment
    assert data["ranges"]["error"]["p95"] == found.ranges["error"].p95
    assert "<pre>factor:" in found._repr_html_()


def test_all_labels_of_months_are_one() -> None:
    expected = wr.suggest(FLOW, "lognormal").to_dict()
    stamps = MONTHS.to_timestamp()
    for index in (
        [str(month) for month in MONTHS],
        stamps,
        [day.date().replace(day=17) for day in stamps],
        [wr.Month.parse(str(month)) for month in MONTHS],
        [f"{month}-28" for month in MONTHS],
        stamps.to_numpy(),
    ):
        assert wr.suggest(pd.Series(FLOW.to_numpy(), index), "lognormal").to_dict() == expected


@pytest.mark.parametrize("rubbish", [-5.0, np.inf, "closed", 1e300, True])
def test_months_after_until_change_nothing(rubbish: Any) -> None:
    until = "2018-06"
    expected = wr.suggest(FLOW, "lognormal", until=until).to_dict()
    later = FLOW.astype(object)
    later[later.index > until] = rubbish
    assert wr.suggest(later, "lognormal", until=until).to_dict() == expected
    assert wr.suggest(FLOW[FLOW.index <= until], "lognormal").to_dict() == expected
    assert wr.suggest(FLOW, "lognormal", until=date(2018, 6, 3)).to_dict() == expected
    assert wr.suggest(FLOW, "lognormal", until="2018-05").to_dict() != expected


def test_a_month_after_until_may_stand_twice(file: Callable[[str], Path]) -> None:
    path = file(text(FLOW) + "\n2019-12,rubbish\n2019-12,")
    found = wr.suggest(path, "lognormal", until="2018-06").to_dict()
    assert found == wr.suggest(FLOW, "lognormal", until="2018-06").to_dict()


def test_files_are_series(file: Callable[[str], Path]) -> None:
    values = FLOW.astype(object)
    values.iloc[[3, 9, 20]] = ["", "NA", "n/a"]
    numbers = pd.to_numeric(values, errors="coerce")
    expected = wr.suggest(numbers, "lognormal").to_dict()
    assert expected["figures"]["missing"] == 3
    for content in (
        text(values, "# source: invented", "# licence: none"),
        "\ufeff" + text(values) + "\n\n,\n",
        text(values).replace("\n", "\r\n"),
        text(values).replace("month,value", " Date , Deaths "),
        "\n".join(f"{b},{a}" for a, b in (line.split(",") for line in text(values).splitlines())),
    ):
        path = file(content)
        assert wr.suggest(path, "lognormal").to_dict() == expected
        assert wr.suggest(str(path), "lognormal").to_dict() == expected


def test_a_column_is_chosen(file: Callable[[str], Path]) -> None:
    path = file(
        "month,dead,note,hurt\n" + "\n".join(f"{m},{v},said,{2 * v}" for m, v in FLOW.items())
    )
    assert (
        wr.suggest(path, "lognormal", column="dead").to_dict()
        == wr.suggest(FLOW, "lognormal").to_dict()
    )
    assert (
        wr.suggest(path, "lognormal", column="hurt").to_dict()
        == wr.suggest(2 * FLOW, "lognormal").to_dict()
    )
    told = refusal(lambda: wr.suggest(path, "lognormal"))
    assert "'dead', 'note', 'hurt'" in told and "column='dead'" in told
    assert "did you mean 'hurt'" in refusal(lambda: wr.suggest(path, "lognormal", column="hurts"))
    assert "line 2: 'said' is not a number" in refusal(
        lambda: wr.suggest(path, "lognormal", column="note")
    )


def changed(place: Any, value: Any, values: pd.Series = COUNTS) -> pd.Series:
    other = values.astype(object)
    other.iloc[place] = value
    return other


REFUSED: dict[str, tuple[Any, dict[str, Any], str]] = {
    "family": (COUNTS, {"family": "binary"}, "family is 'binary'; Valid: 'count', 'lognormal', 'normal', 'share'"),
    "near": (COUNTS, {"family": "counts"}, "did you mean 'count'"),
    "seed": (COUNTS, {"random_seed": -1}, "random_seed is -1"),
    "until": (COUNTS, {"until": "2018"}, "until: '2018' is not a month"),
    "before": (COUNTS, {"until": "1999-01"}, "no months up to 1999-01"),
    "column": (COUNTS, {"column": "value"}, "column goes with the path of a CSV file"),
    "nothing": (None, {}, "series is None; give a pandas Series"),
    "list": ([1, 2], {}, "series is [1, 2]; give a pandas Series"),
    "table": (COUNTS.to_frame("dead"), {}, "table['dead']"),
    "empty": (COUNTS[:0], {}, "the series has no months"),
    "short": (COUNTS[:23], {}, "23 months up to 2016-11 have a value; at least 24"),
    "missing": (COUNTS.where(np.arange(N) < 20), {}, "20 months up to 2019-12 have a value"),
    "constant": (COUNTS * 0 + 3, {}, "fewer than three different values"),
    "two values": (COUNTS * 0 + np.arange(N) % 2, {}, "fewer than three different values"),
    "numbers": (COUNTS.reset_index(drop=True), {}, "the index of the series: 0 is not a month"),
    "years": (pd.Series(range(30), range(1990, 2020)), {}, "1990 is not a month"),
    "quarters": (pd.Series(range(40), pd.period_range("2000", periods=40, freq="Q")), {}, "more than a month"),
    "yearly": (pd.Series(range(30), [f"{year}-01" for year in range(1990, 2020)]), {}, "mostly 12 months apart"),
    "days": (pd.Series(range(60), pd.date_range("2015-01-01", periods=60)), {}, "the month 2015-01 stands 31 times"),
    "text": (changed(4, "many"), {}, "the value of 2015-05 is 'many', which is not a number"),
    "true": (changed(4, True), {}, "the value of 2015-05 is True"),
    "infinite": (changed(4, np.inf), {}, "the value of 2015-05 is inf"),
    "too large": (changed(4, 10**400), {}, "the value of 2015-05 is inf"),
    "negative": (changed(4, -3), {}, "the value of 2015-05 is -3; a value of family count is a whole number"),
    "fraction": (changed(4, 2.5), {}, "the value of 2015-05 is 2.5"),
    "negative flow": (changed(4, -3), {"family": "lognormal"}, "family lognormal is 0, or a number between"),
    "mostly zero": (COUNTS.where(np.arange(N) < 20, 0), {"family": "lognormal"}, "20 months up to 2019-12 have a value above 0"),
    "per cent": (COUNTS, {"family": "share"}, "write 0.25 and not 25"),
    "a whole": (changed(4, 1.0, series("share")), {"family": "share"}, "the value of 2015-05 is 1"),
    "hardly": (1e12 + COUNTS / 1e3, {"family": "normal"}, "too little beside their mean"),
    "units": (pd.Series(10.0 ** (np.arange(N) % 3 * 12 - 12), MONTHS), {"family": "lognormal"}, "at most 6 can be read"),
}  # fmt: skip


@pytest.mark.parametrize("given, more, told", REFUSED.values(), ids=REFUSED.keys())
def test_refusals(given: Any, more: dict[str, Any], told: str) -> None:
    with pytest.raises(wr.ArgumentError, match=re.escape(told)):
        wr.suggest(given, **({"family": "count"} | more))


FAULTY: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "the file is empty; it needs a header such as month,value"),
    "comments": ("# nothing\n", "the file is empty"),
    "header alone": ("month,value\n", "the series has no months"),
    "no header": ("2015-01,4\n2015-02,5\n", "no column is named month, date, period or time; the header is '2015-01'"),
    "two of months": ("month,date,value\n", "several columns are named month"),
    "no values": ("month\n2015-01\n", "there is no column of values"),
    "semicolons": ("month;value\n2015-01;4\n", "fields are separated by ';'; separate them by commas"),
    "twice": ("month,a,a\n", "there are 2 columns beside the months"),
    "thousands": ("month,value\n2015-01,1,234\n", "line 2 has 3 fields, the header 2"),
    "quoted": ('month,value\n2015-01,"1,234"\n', "line 2: '1,234' is not a number"),
    "underscore": ("month,value\n2015-01,1_5\n", "line 2: '1_5' is not a number"),
    "word": ("month,value\n2015-01,4\n2015-02,many\n", "line 3: 'many' is not a number"),
    "after comments": ("# one\n# two\nmonth,value\n2015-13,4\n", "line 4: '2015-13' is not a date"),
    "no month": ("month,value\n,4\n", "line 2: '' is not a date"),
    "quotes": ('month,value\n"2015-01,4\n', "not valid CSV"),
    "bytes": (b"month,value\n\xff\xfe", "byte 12 is not UTF-8"),
    "binary": (b"\x00\x01\x02", "no column is named month"),
    "long": ("month,value\n2015-01," + "9" * 200_000, "not valid CSV"),
    "infinite": ("month,value\n" + "\n".join(f"{m},1e999" for m in MONTHS), "the value of 2015-01 is inf"),
}  # fmt: skip


@pytest.mark.parametrize("content, told", FAULTY.values(), ids=FAULTY.keys())
def test_faulty_files(content: str | bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(wr.ArgumentError, match=re.escape(told)):
        wr.suggest(path, "count")


def test_files_that_are_none(tmp_path: Path) -> None:
    for path, told in ((tmp_path / "none.csv", "does not exist"), (tmp_path, "is a folder")):
        with pytest.raises(wr.ArgumentError, match=told):
            wr.suggest(path, "count")


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(list(arguments))
    return int(stopped.value.code or 0)


def test_the_command(file: Callable[[str], Path], capsys: pytest.CaptureFixture[str]) -> None:
    path = str(file(text(COUNTS)))
    found = wr.suggest(COUNTS, "count", until="2018-12", random_seed=3)
    asked = ("suggest", path, "--family", "count", "--until", "2018-12", "--random-seed", "3")
    assert run(*asked) == 0
    assert capsys.readouterr().out == found.fragment
    assert run(*asked, "--json") == 0
    assert json.loads(capsys.readouterr().out) == found.to_dict()
    assert run("suggest", path, "--family", "counts") == 1
    shown = capsys.readouterr()
    assert shown.out == "" and "did you mean 'count'" in shown.err
    assert run("suggest", path, "--family", "count", "--column", "dead") == 1
    assert "column is 'dead'" in capsys.readouterr().err
