"""Evidence, policies and events as arrays, against the text of the files read anew."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from tests.oracles.simulator import GRADES, month_number, month_shares

import withdrawal_risk as wr
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.inference.alignment import (
    Block,
    align_evidence,
    event_activity,
    evidence_months,
    fit_window,
    policy_paths,
    published_spans,
)
from withdrawal_risk.inference.build import data_arrays
from withdrawal_risk.inference.parameters import Frame, build_frame

FIRST = "2023-01"
MONTHS = [f"2023-{month:02d}" for month in range(1, 13)]
SPREAD = 0.15 / (2 * 1.6448536269514722)
STATED = {"s1": 0.02 / (0.45 * 0.55), "s2": SPREAD / (0.525 * 0.475), "v1": 0.2}
"""Standard errors that rows state, or say by a range, on the log-odds for a share."""


def aligned(model: wr.Model, as_of: str) -> tuple[Frame, tuple[Block, ...]]:
    month = Month.parse(as_of)
    frame = build_frame(model, fit_window(model, month))
    return frame, align_evidence(frame, model.evidence, month)


def published(row: dict[str, str]) -> str:
    """The press publishes a month after the end of a span."""
    if row["published"] != "rule:press":
        return row["published"]
    return f"{row['end'][:5]}{int(row['end'][5:7]) + 1:02d}"


@pytest.mark.parametrize("as_of", ["2023-06", "2023-12"])
def test_rows_and_their_months(small: wr.Model, small_evidence: str, as_of: str) -> None:
    frame, blocks = aligned(small, as_of)
    place = {name: (block, r) for block in blocks for r, name in enumerate(block.ids)}
    rows = list(csv.DictReader(io.StringIO(small_evidence)))
    assert sorted(place) == sorted(row["id"] for row in rows)
    for row in rows:
        block, r = place[row["id"]]
        name, item = frame.indicators[block.indicator[r]]
        assert (name, item.family) == (row["indicator"], block.family.name)
        shares = month_shares(row["start"], row["end"], FIRST)
        total = 1.0 if block.family.name == "count" else sum(share for _, share in shares)
        mine = block.cell_row == r
        assert block.cell_month[mine].tolist() == [month for month, _ in shares], row["id"]
        np.testing.assert_allclose(
            block.cell_share[mine], [share / total for _, share in shares], err_msg=row["id"]
        )
        known = published(row) <= as_of
        assert block.seen[r] == known, row["id"]
        assert block.grade[r] == (GRADES[row["grade"]] if known else 1.0), row["id"]
        assert block.se[r] == pytest.approx(STATED.get(row["id"], 0.0) if known else 0.0), row["id"]
        if known and block.family.name != "ordinal":
            value = (
                float(row["value"])
                if row["value"]
                else (float(row["low"]) + float(row["high"])) / 2
            )
            assert block.value[r] == pytest.approx(value), row["id"]


def test_evidence_months(small: wr.Model) -> None:
    spread = evidence_months(*aligned(small, "2023-08"))
    row = {
        name: spread[k]
        for k, (name, _) in enumerate(build_frame(small, fit_window(small, small.as_of)).indicators)
    }
    np.testing.assert_allclose(row["view"], [1 / 6] * 6 + [0.0] * 6)
    np.testing.assert_allclose(row["incidents"], [0.25] * 4 + [0.0] * 8)
    np.testing.assert_allclose(row["rate"], [0.5 * (month in (2, 5)) for month in range(12)])
    np.testing.assert_allclose(row["closed"], 0.0)


@pytest.mark.parametrize("as_of", MONTHS[1:-1])
def test_nothing_unpublished_shows(
    small: wr.Model, small_text: str, small_evidence: str, as_of: str
) -> None:
    """Whatever becomes known later may be anything: the graph is given the same numbers."""
    lines = small_evidence.splitlines()
    other = {"40": "77", "18": "3", "30": "0", "22": "9999", "fair": "good", "bad": "good", "0.45": "0.9",
             "104": "1", "130": "7000", "112": "2", "-0.2": "5", "1": "0", "": ""}  # fmt: skip
    for number, row in enumerate(csv.DictReader(io.StringIO(small_evidence)), start=1):
        if published(row) > as_of:
            false = row | {
                "value": other[row["value"]],
                "grade": "C",
                "se": "0.1" if row["se"] else "",
            }
            false |= {"low": "0.7", "high": "0.9"} if row["low"] else {}
            lines[number] = ",".join(false.values())
    text = small_text
    if as_of < "2023-08":
        text = text.replace("value: 500", "value: 9000")
    if as_of < "2023-05":
        text = text.replace("shape: pulse", "shape: step")
    assert lines != small_evidence.splitlines()
    false_model = wr.Model.from_texts(text, "\n".join(lines) + "\n")
    month = Month.parse(as_of)
    given, false_given = (
        data_arrays(model, build_frame(model, fit_window(model, month)), month)
        for model in (small, false_model)
    )
    assert given.keys() == false_given.keys()
    for name, (array, _) in given.items():
        np.testing.assert_array_equal(false_given[name][0], array, err_msg=name)


@pytest.mark.parametrize(
    ("shape", "active"),
    [("pulse", ["2023-05"]), ("window\n    to: 2023-07", MONTHS[4:7]), ("step", MONTHS[4:])],
    ids=["pulse", "window", "step"],
)
def test_months_an_event_acts_in(
    small_text: str, small_evidence: str, shape: str, active: list[str]
) -> None:
    model = wr.Model.from_texts(
        small_text.replace("shape: pulse", f"shape: {shape}"), small_evidence
    )
    frame, _ = aligned(model, "2023-12")
    activity = event_activity(model, frame.effects, frame.window, Month.parse("2023-12"))
    assert [month for month in MONTHS if activity[month_number(month, FIRST), 0]] == active
    assert not event_activity(model, frame.effects, frame.window, Month.parse("2023-04")).any()


@pytest.mark.parametrize(("as_of", "after"), [("2023-07", 0.0), ("2023-08", -1.5)])
def test_a_policy_is_followed_from_its_announcement(
    small: wr.Model, as_of: str, after: float
) -> None:
    frame, _ = aligned(small, as_of)
    factors = frame.structure.factors
    clamped, given = policy_paths(small, factors, frame.window, Month.parse(as_of))
    np.testing.assert_array_equal(
        clamped, np.tile([name == "presence" for name in factors], (12, 1))
    )
    np.testing.assert_allclose(given[:, factors.index("presence")], [0.0] * 9 + [after] * 3)


@pytest.mark.parametrize(("as_of", "from_october"), [("2023-10", 0.0), ("2023-12", -1.5)])
def test_a_stretch_may_become_known_after_it_began(
    small_text: str, small_evidence: str, as_of: str, from_october: float
) -> None:
    """Until then the stretch before it holds, as people believed."""
    late = wr.Model.from_texts(
        small_text.replace("published: 2023-08", "published: 2023-12"), small_evidence
    )
    frame, _ = aligned(late, as_of)
    _, given = policy_paths(late, frame.structure.factors, frame.window, Month.parse(as_of))
    levels = given[:, frame.structure.factors.index("presence")]
    np.testing.assert_allclose(levels, [0.0] * 9 + [from_october] * 3)


def test_spans_are_known_once_published(
    small: wr.Model, small_text: str, small_evidence: str
) -> None:
    """Whole months only; a month counts once: the better grade stands, and never over a month's own figure."""
    rows = (
        "z1,incidents,2023-01,2023-02,2023-04,20,,,,B,invented,,\n"  # worse than i1, which holds January to March
        "z2,incidents,2023-06,2023-07,2023-09,30,,,,A,invented,,\n"
        "z3,incidents,2023-04,2023-05,2023-06,90,,,,A,invented,,\n"  # April has a figure of its own, i2
        "z4,closed,2023-02,2023-03,2023-04,1,,,,A,invented,,\n"  # yes and no have no mean
    )
    model = wr.Model.from_texts(small_text, small_evidence + rows)
    frame = build_frame(model, fit_window(model, model.as_of))
    incidents, view = (frame.coords["indicator"].index(name) for name in ("incidents", "view"))

    def known(as_of: str) -> dict[int, dict[tuple[str, str], float]]:
        found = published_spans(frame, model.evidence, Month.parse(as_of))
        return {
            k: {(str(a), str(b)): value for (a, b), value in own.items()}
            for k, own in found.items()
            if own
        }

    assert known("2023-03") == {}
    first = {("2023-01", "2023-03"): pytest.approx(40 / 3)}
    assert known("2023-08") == {incidents: first, view: {("2023-01", "2023-06"): -0.2}}
    assert known("2023-09")[incidents] == first | {("2023-06", "2023-07"): 15.0}
