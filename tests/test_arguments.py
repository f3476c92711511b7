"""One door for names, numbers and months."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.fuzz.targets import never_sampled
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.arguments import chosen, month_of, name_of, number, true_or_false, whole_number
from withdrawal_risk.inference import fit
from withdrawal_risk.inference.parameters import sampling


@pytest.mark.parametrize(
    "value",
    [
        "2024-02", wr.Month.parse("2024-02"), datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 1, 12), pd.Timestamp("2024-02-03"),
        pd.Timestamp("2024-02-03", tz="Asia/Baghdad"), pd.Period("2024-02"), pd.Period("2024-02-03", freq="D"), np.datetime64("2024-02"),
        np.datetime64("2024-02-10T11"), np.str_("2024-02"), "٢٠٢٤-٠٢",
    ],
)  # fmt: skip
def test_months_are_read(value: object) -> None:
    assert str(month_of(value, "start")) == "2024-02"


@pytest.mark.parametrize(
    "value",
    [
        "2024",
        "2024-2",
        "2024-02\n",
        "2024-13",
        2024,
        202402,
        None,
        "",
        pd.NaT,
        np.datetime64("NaT", "D"),
        np.datetime64("2024"),
        pd.Period("2024Q1"),
    ],
)
def test_what_is_no_month_is_refused(value: object) -> None:
    assert "write it as YYYY-MM" in refusal(lambda: month_of(value, "start"))


def test_numbers_of_numpy_are_numbers(posterior: wr.Posterior) -> None:
    assert whole_number(np.int64(7), "futures", least=1, most=9) == 7
    assert type(whole_number(np.uint8(7), "futures", least=1, most=9)) is int
    assert number(np.float32(0.5), "ci_prob", above=0, below=1) == 0.5
    assert true_or_false(np.bool_(True), "refit") is True
    few, many = (
        wr.outlook(posterior, futures=f, random_seed=s).summary
        for f, s in ((4, 3), (np.int32(4), np.int64(3)))
    )
    assert few.equals(many)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: whole_number(20.0, "draws", least=1, most=99), "draws is 20.0; it must be a whole number, such as 20"),
        (lambda: whole_number(True, "draws", least=1, most=99), "draws is True; it must be a whole number"),
        (lambda: whole_number("20", "draws", least=1, most=99), "draws is '20'; it must be a whole number"),
        (lambda: whole_number(Fraction(10**400, 3), "draws", least=1, most=99), "it must be a whole number"),
        (lambda: whole_number(100, "draws", least=1, most=99), "draws is 100; it must be a whole number, at most 99"),
        (lambda: number(1.0, "ci_prob", above=0, below=1), "ci_prob is 1.0; it must lie between 0 and 1"),
        (lambda: number(float("nan"), "size"), "size is nan; it must be a finite number"),
        (lambda: number(10**400, "size"), "it must be a finite number"),
        (lambda: number("1", "size"), "size is '1'; it must be a number, without quotes"),
        (lambda: true_or_false(1, "refit"), "refit is 1; write True or False"),
        (lambda: chosen("path", "keep", ("paths", "parameters")), "keep is 'path'; did you mean 'paths'? Valid: 'parameters', 'paths'"),
        (lambda: name_of(["x"], "condition"), "condition is ['x']; write one name in quotes, such as 'x'"),
        (lambda: name_of("a\u202e", "condition"), "which holds the character U+202E; remove it"),
    ],
)  # fmt: skip
def test_refusals_say_what_to_write(call: Callable[[], Any], told: str) -> None:
    assert told in refusal(call)


def test_ordinary_mistakes(posterior: wr.Posterior, small: wr.Model) -> None:
    """Each is refused with what to write instead, by one kind of error that is a ValueError too."""
    mistakes: dict[str, Callable[[], Any]] = {
        "fit takes a model: fit(load_model('iraq-2025'))": lambda: wr.fit("iraq-2025"),  # type: ignore[arg-type]
        "fit takes a model: fit(posterior.model)": lambda: wr.fit(posterior),  # type: ignore[arg-type]
        "history takes a model: history(load_model('x'))": lambda: wr.history("x", ["2021-03"]),  # type: ignore[arg-type]
        "this is a model that was not fitted: write fit(model)": lambda: wr.check(small),  # type: ignore[arg-type]
        "write open_posterior('small.nc')": lambda: wr.outlook("small.nc"),  # type: ignore[arg-type]
        "condition is ['x']; write one name": lambda: wr.drivers(posterior, ["x"]),  # type: ignore[arg-type]
        "names is 'stay', a single name; write ['stay']": lambda: wr.scenarios(posterior, "stay"),
        "as_of is '2021-03', a single date; write ['2021-03']": lambda: wr.history(
            small, "2021-03"
        ),
        "given is 'x', a single name; write ['x']": lambda: wr.d_separated(
            small, "gaps", "tension", "x"
        ),
        "plot_outlook draws Result": lambda: wr.plot_outlook(posterior),  # type: ignore[arg-type]
        "plot_network takes a model or a posterior: write load_model('iraq-2025')": lambda: (
            wr.plot_network("iraq-2025")
        ),  # type: ignore[arg-type]
        "build takes a model: build(load_model('iraq-2025'))": lambda: wr.build("iraq-2025"),  # type: ignore[arg-type]
        "as_of is None; write a list of dates": lambda: wr.history(small, None),  # type: ignore[arg-type]
        "via is Posterior(": lambda: wr.explain_change(posterior, posterior, via=posterior),  # type: ignore[arg-type]
        "refit is 'no'; write True or False": lambda: wr.explain_change(
            posterior, posterior, refit="no"
        ),  # type: ignore[arg-type]
        "settings is [1]; write names and values": lambda: wr.do(posterior, [1]),  # type: ignore[arg-type]
        "observed is None; write values by name": lambda: wr.observe(
            posterior, None, month="2024-01"
        ),  # type: ignore[arg-type]
        "pool is 5; give an executor": lambda: wr.sweep(len, {"a": {}}, pool=5),  # type: ignore[arg-type]
        "function is 5; give one that takes a task": lambda: wr.sweep(5, {"a": {}}),  # type: ignore[arg-type]
        "tasks is [1]; give tasks by name": lambda: wr.sweep(len, [1]),  # type: ignore[arg-type]
        "condition is ['calm']; write one name": lambda: wr.plot_watch_list(
            wr.watch_list(posterior, futures=4), condition=["calm"]
        ),  # type: ignore[arg-type]
        "lang is 'xx'; use 'en' or 'ar'": lambda: wr.plot_path_effects(
            wr.path_effects(posterior, "presence", "gaps", draws=20), lang="xx"
        ),
        "draws is 20.5; it must be a whole number": lambda: wr.fit(small, draws=20.5),  # type: ignore[arg-type]
    }
    for told, call in mistakes.items():
        assert told in refusal(call)
        with pytest.raises(ValueError):
            call()


def test_settings_of_numpy_can_be_saved() -> None:
    settings = sampling(
        draws=np.int32(20), tune=np.int64(30), chains=np.uint8(2), random_seed=np.int64(7)
    )  # type: ignore[arg-type]
    assert json.dumps(settings) == '{"draws": 20, "tune": 30, "chains": 2, "random_seed": 7}'


def test_memory_is_asked_for_before_work_begins(
    small: wr.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit, "_sample", never_sampled)
    asked = refusal(lambda: wr.fit(small, draws=10**6, tune=10, chains=1000, progressbar=False))
    assert "1,000 chains of 1,000,000 draws need about" in asked and "ask for fewer draws" in asked
    assert "draws is 1000000000; it must be a whole number, at most 1000000" in refusal(
        lambda: wr.fit(small, draws=10**9)
    )


def test_every_door_reads_months(posterior: wr.Posterior) -> None:
    asked = [
        wr.do(posterior, {"tension": 1}, start=start, futures=2)
        for start in ("2024-02", pd.Timestamp("2024-02-01"), np.datetime64("2024-02"))  # type: ignore[arg-type]
    ]
    assert (
        len({result.sentence() for result in asked}) == 1
        and "from 2024-02 to" in asked[0].sentence()
    )
