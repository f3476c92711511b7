"""What an expert is shown of the own numbers: by hand, in both languages."""

from __future__ import annotations

import math

import pytest
from tests.panels import SEED_HEADER, answers_of
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.model.panel_file import Answers
from withdrawal_risk.reports.tables import feedback_table

HALF, UP, DOWN, SHARE = (
    "factors.gaps.half_life", "edges.tension->gaps.weight", "edges.presence->gaps.weight",
    "indicators.supply.at_reference",
)  # fmt: skip


@pytest.fixture(scope="module")
def given(small: wr.Model) -> Answers:
    """Medians of the half-life 4, 3 and 5; of the weight 0.2 and 0.3; of the share 0.5, 0.5, 0.6."""
    return answers_of(
        small,
        f"Amal {HALF} 2 . 8", f"Basim {HALF} 1.5 . 6", f"Carla {HALF} 2.5 . 10",
        f"Amal {DOWN} -0.4 . -0.1", f"Basim {DOWN} -0.5 . -0.18",
        f"Amal {SHARE} 0.4 . 0.6", f"Basim {SHARE} 0.45 . 0.55", f"Carla {SHARE} 0.5 . 0.6923076923076923",
        f"Carla {UP} 0.4 . 0.7",
        "Dina seeds.S1 1 2 3",
        seeds=SEED_HEADER + "S1,q,u,linear,3,2024-01-01,x,\n",
    )  # fmt: skip


def test_places_by_hand(posterior: wr.Posterior, given: Answers) -> None:
    found = wr.feedback(posterior, "Amal", "calm", answers=given, progressbar=False)
    table = found.summary
    assert list(table.index) == [HALF, DOWN, SHARE]
    assert table["middle"].tolist() == pytest.approx([4, 0.2, 0.5])
    assert table["others_low"].tolist() == pytest.approx([3, 0.3, 0.5])
    assert table["others_high"].tolist() == pytest.approx([5, 0.3, 0.6])
    assert table["place"].tolist() == ["inside", "below", "inside"]
    others = wr.feedback(posterior, "Carla", "calm", answers=given, progressbar=False)
    assert others.summary["place"].to_dict() == {HALF: "above", SHARE: "above", UP: "alone"}
    assert math.isnan(others.summary.loc[UP, "others_low"])  # type: ignore[arg-type]
    whole = wr.panel(posterior, "calm", answers=given, progressbar=False).summary
    row = whole.loc["Amal"]
    assert (found.probability, found.lower, found.upper) == tuple(
        row[["probability", "lower", "upper"]]
    )
    assert found.pooled == others.pooled == whole.loc["pooled", "probability"]
    data = found.to_dict()
    assert data["expert"] == "Amal" and data["ci"] == [found.lower, found.upper]
    assert data["ranges"][DOWN] == {
        "range": found.ranges[DOWN]["en"], "place": "below", "middle": pytest.approx(0.2),
        "others_low": pytest.approx(0.3), "others_high": pytest.approx(0.3),
    }  # fmt: skip


def test_words(posterior: wr.Posterior, given: Answers) -> None:
    found = wr.feedback(posterior, "Amal", "calm", answers=given, progressbar=False)
    plain = [[cell.replace("\u00a0", " ") for cell in row] for row in found.rows()]
    assert [row[1:] for row in plain] == [
        ["2 to 8 months", "3 to 5", "among them"],
        # By its size, as it was asked for.
        ["0.1 to 0.4", "0.3", "below all others"],
        # In the unit of the range beside it.
        ["40 % to 60 %", "50 % to 60 %", "among them"],
    ]
    assert plain[1][0].startswith("Suppose “Presence” were 1,000 troops more")
    assert found.sentence().startswith("Amal, on Calm: ")
    carla = wr.feedback(posterior, "Carla", "calm", answers=given, progressbar=False)
    assert carla.rows()[-1][2:] == ["", "nobody else answered"]
    for lang, words in LANGUAGES.items():
        table = feedback_table(found, lang)
        assert [row[3] for row in table["rows"]] == [
            words.forms["feedback_inside"], words.forms["feedback_below"], words.forms["feedback_inside"],
        ]  # fmt: skip
        assert table["columns"][0] == words.forms["feedback_question"]
        assert "Amal" in found.sentence(lang) and "{" not in found.sentence(lang)
    assert "هدوء" in found.sentence("ar") and "الوجود" in found.rows("ar")[1][0]


def test_who_judged_no_range(posterior: wr.Posterior, given: Answers) -> None:
    said = refusal(lambda: wr.feedback(posterior, "Dina", "calm", answers=given, progressbar=False))
    assert said == "Dina judged no range of the model, and answered seeds alone"


def test_what_is_refused(posterior: wr.Posterior, given: Answers) -> None:
    def said(expert: str, **options: object) -> str:
        return refusal(lambda: wr.feedback(posterior, expert, progressbar=False, **options))  # type: ignore[arg-type]

    assert said("Ammal", answers=given).startswith("'Ammal' answered nothing; did you mean 'Amal'?")
    assert "has no panel" in said("Amal")
    assert "did you mean 'calm'?" in said("Amal", answers=given, condition="clam")
