"""Elements of a model as people read them."""

from __future__ import annotations

import pytest
from tests.arabic import unmarked

import withdrawal_risk as wr
from withdrawal_risk.elements.conditions import Clause
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.queries.clause_wording import clause_in_words
from withdrawal_risk.reports.elements import conditions_in_words, factors_in_words

IN_WORDS = [
    (
        {"factor": "gaps", "statistic": "mean", "last": 3, "at_most": "medium"},
        "the average of Gaps from 2024-04 to 2024-06 at most medium",
        "متوسط «الفجوات» من نيسان/أبريل 2024 إلى حزيران/يونيو 2024 لا يزيد على «متوسط»",
    ),
    (
        {"indicator": "incidents", "statistic": "total", "last": 3, "at_most": 45},
        "the total of Incidents from 2024-04 to 2024-06 at most 45",
        None,
    ),
    ({"indicator": "rate", "at_least": 110}, "Rate in 2024-06 at least 110\u00a0", None),
    (
        {
            "indicator": "supply",
            "statistic": "min",
            "from": "2024-02",
            "to": "2024-03",
            "at_least": 0.5,
        },
        "the lowest Supply from 2024-02 to 2024-03 at least 50.0\u00a0%",
        None,
    ),
    ({"indicator": "mood", "at_least": "fair"}, "Mood in 2024-06 at least fair", None),
    ({"indicator": "closed", "at_most": 0}, "in 2024-06: no", "في حزيران/يونيو 2024: لا"),
    ({"factor": "tension", "at_least": -1.5}, "Tension in 2024-06 at least −1.5", None),
]


@pytest.mark.parametrize(("clause", "english", "arabic"), IN_WORDS)
def test_clauses(
    clause: dict[str, object], english: str, arabic: str | None, small: wr.Model
) -> None:
    read = Clause.model_validate(clause)
    assert english in clause_in_words(small.spec, read, "en")
    said = unmarked(clause_in_words(small.spec, read, "ar"))
    assert (arabic or "2024") in said and "2024-" not in said


def test_what_authors_write_is_shown(small_text: str) -> None:
    """Where the answer is read: what the clause says of it, else what its indicator says; and every reason."""
    text = small_text.replace(
        "at_most: 45}", "at_most: 45, resolution: The ministry's count., why: It was so before.}"
    )
    spec: ModelSpec = wr.Model.from_texts(text).spec
    (calm, *_) = conditions_in_words(spec, "en")
    group, _, total = calm["lines"]
    assert group["text"] == "all of these" and group["depth"] == 0 and total["depth"] == 1
    assert (total["resolution"], total["why"]) == ("The ministry's count.", "It was so before.")
    rows = {row["label"]: row for row in factors_in_words(spec, "en")}
    assert (
        rows["Gaps"]["worse"] == "higher is worse" and rows["Presence"]["worse"] == "lower is worse"
    )
    assert (
        rows["Presence"]["seen"] == "troops"
        and rows["Gaps"]["why"] == "It follows."
        and rows["Gaps"]["seen"]
    )
