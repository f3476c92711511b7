"""What the READMEs say of the shipped models is what their files and default fits say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from tests import model_readme

import withdrawal_risk as wr
from withdrawal_risk.cli.rendering import rendered
from withdrawal_risk.ledger.chain import read
from withdrawal_risk.ledger.forecasts import model_of as forecast_model
from withdrawal_risk.ledger.questions import answers_in
from withdrawal_risk.model.library import load_model
from withdrawal_risk.reports.tables import result_table

README = Path(__file__).parents[1] / "README.md"

FEWER: Final[dict[str, dict[str, Any]]] = {
    # The ends of intervals, and which parts of one are named, depend on the noise of few futures.
    "explanations": {},
    "clauses": {"futures": 4},
    "scenarios": {"futures": 4},
}
"""Futures of each of 8,000 draws: with four a probability errs by a third of a point."""


@pytest.fixture(scope="module")
def default_fits() -> dict[str, wr.Posterior]:
    """The fits of `withdrawal-risk report`."""
    return {name: wr.fit(load_model(name), progressbar=False) for name in model_readme.MODELS}


@pytest.fixture(scope="module")
def default_outlooks(default_fits: dict[str, wr.Posterior]) -> dict[str, wr.Result]:
    return {name: wr.outlook(fit) for name, fit in default_fits.items()}


@pytest.fixture(scope="module")
def default_outlook(default_outlooks: dict[str, wr.Result]) -> wr.Result:
    return default_outlooks["iraq-2025"]


@pytest.mark.slow
@pytest.mark.parametrize("name", model_readme.MODELS)
def test_a_preliminary_answer_is_near_the_fit(
    name: str, default_outlooks: dict[str, wr.Result]
) -> None:
    quick, fitted = wr.preliminary(load_model(name)).summary, default_outlooks[name].summary
    assert (quick["probability"] - fitted["probability"]).abs().max() < 0.05


def _numbers(sentence: str) -> list[float]:
    return [
        float(number.replace("−", "-")) for number in re.findall(r"[−+]?\d+(?:\.\d+)?", sentence)
    ]


def _agree(shown: str, computed: str, tolerance: float) -> bool:
    """Say whether two texts are alike word for word, their numbers within a tolerance.

    A bound such as "<1" and a number at its border differ by chance alone.
    """
    number = r"[<>]?[−+]?\d[\d.,]*"
    ours, theirs = (" ".join(text.replace("\u00a0", " ").split()) for text in (computed, shown))
    return re.sub(number, "#", ours) == re.sub(number, "#", theirs) and all(
        abs(a - b) <= tolerance for a, b in zip(_numbers(ours), _numbers(theirs), strict=True)
    )


@pytest.mark.parametrize(("model", "name"), model_readme.places(model_readme.OF_FILES))
def test_the_readme_of_a_model_says_what_its_files_say(model: str, name: str) -> None:
    made = model_readme.OF_FILES[name](load_model(model))
    assert model_readme.parts(model)[name] == made, "write it anew: make readme"


@pytest.mark.slow
@pytest.mark.parametrize(("model", "name"), model_readme.places(model_readme.OF_FIT))
def test_the_readme_of_a_model_says_what_the_fit_says(
    default_fits: dict[str, wr.Posterior],
    default_outlooks: dict[str, wr.Result],
    model: str,
    name: str,
) -> None:
    """Within Monte Carlo error: 6 per cent of a variance, 3 points of a probability."""
    shown = model_readme.parts(model)[name].splitlines()
    given = {"result": default_outlooks[model]} if name == "outlook" else FEWER[name]
    made = model_readme.OF_FIT[name](default_fits[model], **given).splitlines()
    assert len(shown) == len(made)
    for theirs, ours in zip(shown, made, strict=True):
        assert _agree(theirs, ours, 6 if "the variance of its probability" in ours else 3), ours


@pytest.mark.slow
@pytest.mark.parametrize("name", ["tension", "editions"])
def test_tables_of_further_fits_end_with_the_default_one(
    default_outlook: wr.Result, name: str
) -> None:
    """What other fits say is written by `make readme`; what they share with the default fit is compared, to a point."""
    p = [100 * float(value) for value in default_outlook.summary["probability"]]
    lines = model_readme.parts("iraq-2025")[name].splitlines()[2:]
    shown = _numbers(lines[0]) if name == "tension" else [_numbers(line)[-1] for line in lines]
    np.testing.assert_allclose(shown, p, atol=1.0)


@pytest.mark.slow
def test_the_first_forecast_that_was_issued_can_be_made_again(
    default_outlooks: dict[str, wr.Result],
) -> None:
    """The entry is whole, and what it says of each condition is what the kept files give, to two points.

    As long as the shipped file is the one that was kept; afterwards the entry alone is looked at.
    """
    folder = README.parent / "track-record"
    entry = read(folder)[0]
    assert (entry.kind, entry.content["model"], entry.content["as_of"]) == (
        *("forecast", "iraq-2025", "2025-08"),
    )
    if forecast_model(folder, entry) == load_model("iraq-2025"):
        table = default_outlooks["iraq-2025"].summary
        for name, said in answers_in(entry).items():
            assert said["probability"] == pytest.approx(table.loc[name, "probability"], abs=0.02)


@pytest.mark.slow
def test_the_readme_shows_what_make_report_prints(default_outlook: wr.Result) -> None:
    """The table and its sentence, to a point, where chance has moved the last digit."""
    (shown,) = re.findall(
        r"^```text\n(.*?)^```", README.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    lines = [
        line.replace("\u00a0", " ")
        for line in rendered(result_table(default_outlook, "en")).splitlines()
    ]
    quoted = shown.replace("\u00a0", " ").splitlines()
    assert quoted[-1] == default_outlook.sentence().replace("\u00a0", " ")
    for ours, theirs in zip(lines, quoted, strict=False):
        assert re.sub(r"[<>]?\d[\d.]*", "#", " ".join(ours.split())) == re.sub(
            r"[<>]?\d[\d.]*", "#", " ".join(theirs.split())
        )
        assert all(abs(a - b) <= 2 for a, b in zip(_numbers(ours), _numbers(theirs), strict=True))
