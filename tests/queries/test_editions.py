"""Editions of a model side by side: probabilities of their own fits, and the steps between them."""

from __future__ import annotations

import math

import pytest
from tests import known

import withdrawal_risk as wr


def test_steps_are_differences_of_outlooks(posterior: wr.Posterior, earlier: wr.Posterior) -> None:
    result = wr.editions({"before": earlier, "new rows": posterior, "again": posterior})
    one, other = wr.outlook(earlier).summary, wr.outlook(posterior).summary
    for condition in other.index:
        table = result.summary.loc[condition]
        assert list(table.index) == ["before", "new rows", "again"]
        assert table["probability"].tolist() == [
            one.loc[condition, "probability"],
            *[other.loc[condition, "probability"]] * 2,
        ]
        for column in ("lower", "upper", "mcse", "word"):
            assert table[column]["new rows"] == other.loc[condition, column]
        before, step, none = table["change"]
        assert math.isnan(before) and none == 0
        assert step == other.loc[condition, "probability"] - one.loc[condition, "probability"]
        assert table["change_mcse"]["new rows"] == pytest.approx(
            math.hypot(one.loc[condition, "mcse"], other.loc[condition, "mcse"])
        )


def test_the_sentence_names_the_step_that_moved_most() -> None:
    """Three files that differ in one threshold: the step that changed it is named, the one that did not is not."""

    def fit(bound: float) -> wr.Posterior:
        model = known.model(
            ("2021-01", "2021-02", "2021-04"),
            factors={"gaps": known.factor("gaps")},
            conditions={"calm": {"label": {"en": "Calm", "ar": "هدوء"}, "all": [{"factor": "gaps", "at_most": bound}], **known.SAYS}},
        )  # fmt: skip
        return known.posterior(model, {"gaps": 1.0}, draws=200)

    result = wr.editions({"old": fit(0.0), "same": fit(0.0), "kinder": fit(1.5)})
    said = result.sentence(condition="calm")
    assert said.startswith("Calm: from ") and "moved most by kinder (+4" in said
    assert "kinder" in result.sentence("ar", "calm") and "same" not in said
    alike = wr.editions({"old": fit(0.0), "same": fit(0.0)})
    assert "no part of the change exceeds" in alike.sentence(condition="calm")
    entry = result.to_dict()["conditions"]["calm"]
    assert [item["edition"] for item in entry] == ["old", "same", "kinder"]
    assert entry[0]["change"] is None and entry[2]["change"] > 0.3


@pytest.mark.parametrize(
    ("fits", "message"),
    [
        ({}, "takes two editions or more"),
        ([], "takes two editions or more"),
        ({"a": 1, "b": 2}, "editions takes a posterior"),
        ({"": 1, "b": 2}, "is not a name of an edition"),
    ],
)
def test_what_are_no_editions(fits: object, message: str) -> None:
    with pytest.raises(wr.ArgumentError, match=message):
        wr.editions(fits)  # type: ignore[arg-type]


def test_other_conditions_are_refused(posterior: wr.Posterior) -> None:
    model = known.model(
        ("2021-01", "2021-02", "2021-04"),
        factors={"gaps": known.factor("gaps")},
        conditions={"quiet": {"label": "Quiet", "all": [{"factor": "gaps", "at_most": 0}], **known.SAYS}},
    )  # fmt: skip
    other = known.posterior(model, {"gaps": 1.0}, draws=40)
    with pytest.raises(wr.ArgumentError, match="give editions of one model"):
        wr.editions({"a": posterior, "b": other})
