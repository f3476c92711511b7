"""Elements of a model as people read them."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from tests.arabic import unmarked

import withdrawal_risk as wr
from withdrawal_risk.elements.conditions import Clause
from withdrawal_risk.model.ranges import ranges
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.queries.clause_wording import clause_in_words
from withdrawal_risk.reports.elements import (
    clause_lines,
    edges_table,
    factors_table,
    ranges_table,
    scenario_settings,
)

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
    group, _, total = clause_lines(spec, spec.conditions["calm"].tree, "en")
    assert group.text == "all of these:" and group.depth == 0 and total.depth == 1
    assert list(total.notes)[1:] == ["Read at: The ministry's count.", "It was so before."]
    rows = {row[0]: row[1:] for row in factors_table(spec, "en")["rows"]}
    assert rows["Gaps"][1] == "higher is worse" and rows["Presence"][1] == "lower is worse"
    assert rows["Presence"][2] == "troops" and rows["Gaps"][3] == "It follows." and rows["Gaps"][2]


def test_what_evidence_says_of_a_clause(small: wr.Model) -> None:
    odds = pd.DataFrame({"before": [0.25, 0.5], "after": [0.125, 0.0001]})
    tree = small.spec.conditions["calm"].tree
    _, first, second = clause_lines(small.spec, tree, "en", {"gaps"}, odds)
    assert first.notes[0] == "judged, the evidence left its level of today as it was"
    assert first.notes[1] == "by itself 25\u00a0% before the evidence, 12\u00a0% after"
    assert second.notes[1].endswith("<1\u00a0% after")


def test_every_edge_and_range_has_a_row(small: wr.Model) -> None:
    edges = edges_table(small.spec, "en")["rows"]
    assert len(edges) == len(small.spec.edges)
    for row, edge in zip(edges, small.spec.edges, strict=True):
        assert row[0] == small.spec.label(edge.from_, "en") and row[4] == edge.why["en"]
        assert row[2].startswith("+" if edge.weight.sign > 0 else "−")
    assert len(ranges_table(small.spec, "ar")["rows"]) == len(ranges(small.spec))


def test_what_a_scenario_sets() -> None:
    """All kinds of settings, with their months and units."""
    spec = wr.load_model("iraq-2025").spec
    for name, scenario in spec.scenarios.items():
        text, arabic = (scenario_settings(spec, scenario, lang) for lang in ("en", "ar"))
        for item in scenario.do:
            assert spec.label(item.factor, "en") in text and spec.label(item.factor, "ar") in arabic
        for policy, path in scenario.policies.items():
            assert spec.policies[policy].label["en"] in text, name
            assert f"{path[0].value:,.10g}" in text
        assert not re.search(r"\d{4}-\d{2}", arabic)
