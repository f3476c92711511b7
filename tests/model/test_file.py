"""Bad model files: the exact message, with its position."""

from __future__ import annotations

import csv
import io
import os
import re
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.elements.timeline import Window
from withdrawal_risk.inference.parameters import build_frame

CASES = {
    "unknown key": ("role: driver", "roel: driver", "factors.tension.roel: unknown key 'roel'; did you mean 'role'?"),
    "duplicate key": ("    worse: high", "    worse: high\n    worse: low", "duplicate key 'worse', first given in line"),
    "bad id": ("  gaps:\n    role", "  Gaps:\n    role", "'Gaps' is not a valid id; use lower-case letters"),
    "duplicate id": ("  incidents:\n    measures", "  gaps:\n    measures", "duplicate id 'gaps', already used in factors"),
    "edge": ("from: tension, to: gaps, weight", "from: tensoin, to: gaps, weight", "edges[0].from: 'tensoin' is not a factor of the model; did you mean 'tension'?"),
    "indicator": ("measures: tension", "measures: tensio", "indicators.mood.measures: 'tensio' is not a factor of the model; did you mean 'tension'?"),
    "condition": ("{factor: gaps, statistic: mean", "{factor: gapz, statistic: mean", "conditions.calm.all[0].factor: 'gapz' is not a factor of the model; did you mean 'gaps'?"),
    "scenario": ("{factor: tension, from: 2024-01", "{factor: tenshun, from: 2024-01", "scenarios.crisis.do[0].factor: 'tenshun' is not a factor of the model"),
    "self-loop": ("from: tension, to: gaps", "from: gaps, to: gaps", "a self-loop on 'gaps'; how a factor depends on its own past is its half_life"),
    "cycle": ("edges:", "edges:\n  - {from: gaps, to: tension, weight: +weak, basis: 'judgement: x', why: x}\n  - {from: tension, to: gaps, weight: +weak, basis: 'judgement: x', why: x}", "a cycle among lag-0 edges: "),
    "explosive": ("edges:", "edges:\n  - {from: gaps, to: tension, weight: {p5: 2.5, p95: 3}, lag: 1, basis: 'judgement: x', why: x}", "explosive feedback: at the prior means the spectral radius is"),
    "explosive edge": ("edges:", "edges:\n  - {from: gaps, to: tension, weight: {p5: 2.5, p95: 3}, lag: 1, basis: 'judgement: x', why: x}", "edges[0]: explosive feedback: at the prior means the spectral radius is 1.028, it must be below 0.9995; a mean weight of +"),
    "endless half-life": ("half_life: {p5: 2, p95: 6}", "half_life: {p5: 1000, p95: 3000}", "factors.gaps.half_life: its mean is 1831 months, at most 1200 are allowed"),
    "no error": ("error: {p5: 0.1, p95: 0.4}\n    basis: \"judgement: invented\"\n    why: Gaps show.", "error: {p5: 0.0000001, p95: 0.01}\n    basis: \"judgement: invented\"\n    why: Gaps show.", "p5 is 1e-07; a relative error that small does not matter"),
    "remedy": ("weight: +strong, lag: 1", "weight: {p5: 1.4, p95: 1.6}, lag: 0", "from 'tension' to 'gaps' would do"),
    "too much": ("weight: +strong, lag: 1", "weight: {p5: 1.4, p95: 1.6}, lag: 0", "of its variance at the prior means, at most 95% is allowed"),
    "sign": ("weight: +strong", "weight: strong", "the sign is missing from 'strong'; write +strong or -strong"),
    "both signs": ("weight: +strong", "weight: {p5: -0.1, p95: 0.4}", "the sign is missing: -0.1 to 0.4 holds both signs"),
    "quantiles": ("half_life: {p5: 2, p95: 6}", "half_life: {p5: 7, p95: 6}", "quantiles are out of order: p5 7 is not below p95 6"),
    "far apart": ("half_life: {p5: 2, p95: 6}", "half_life: {p5: 1, p95: 1e300}", "1 to 1e+300 spans more than a millionfold"),
    "long number": ("half_life: {p5: 2, p95: 6}", "half_life: {p5: 2, p95: " + "9" * 5000 + "}", "inf is not a finite number"),
    "far levels": ("    half_life: {p5: 2, p95: 6}", "    half_life: {p5: 2, p95: 6}\n    cuts: [9, 10, 11, 12]", "reach beyond 6 standard deviations"),
    "reserved id": ("  gaps:\n    role", "  others:\n    role", "'others' is reserved for arrays and answers"),
    "reserved scenario": ("  crisis:", "  baseline:", "'baseline' is reserved for arrays and answers"),
    "late policy": ("    do:\n", "    policies: {presence: [{from: 2024-09, value: 0}]}\n    do:\n", "scenarios.crisis.policies.presence[0].from: 2024-09 is after the horizon, 2024-06"),
    "control character": ("why: It follows.", "why: It \x00 follows.", "the character U+0000, which nobody sees; remove it"),
    "no character": ("why: It follows.", 'why: "\\UFFFFFFFF"', "not valid YAML: chr() arg not in range"),
    "year": ("start: 2023-01", "start: 0000-01", "'0000-01' is not a month"),
    "nan": ("half_life: {p5: 2, p95: 6}", "half_life: {p5: .nan, p95: 6}", "nan is not a finite number"),
    "inf": ("half_life: {p5: 2, p95: 6}", "half_life: {p5: 2, p95: .inf}", "inf is not a finite number"),
    "dates": ("{from: 2023-10, value: 500, published: 2023-08}", "{from: 2022-10, value: 500, published: 2022-08}", "2022-10 is not after 2023-01; list the stretches by date"),
    "horizon": ("horizon: 2024-06", "horizon: 2023-12", "horizon 2023-12 is not after as_of 2023-12"),
    "family": ("family: count", "family: poison", "'poison' is not a known family; Valid: 'binary'"),
    "share": ("{p5: 0.4, p95: 0.7}", "{p5: 0.4, p95: 70}", "0.4 to 70 reaches outside (0, 1); write a share, not a percentage"),
    "anchor": ("label: {en: Gaps", "label: &a {en: Gaps", "anchor &a; write the value out, anchors are not read"),
    "tag": ("horizon: 2024-06", "horizon: !!str 2024-06", "tag tag:yaml.org,2002:str; write the value plainly"),
    "no evidence": ("evidence: evidence.csv", "evidence: nothing.csv", "'nothing.csv' is not a file beside the model; name one, or drop the key"),
    "percent as threshold": ("statistic: mean, last: 3, at_least: 0.5}", "statistic: mean, last: 3, at_least: 50}", "at_least: 50 is outside (0, 1); write a share, not a percentage"),
    "negative threshold": ("at_most: 45", "at_most: -1", "at_most: -1 is negative; a count is 0 or more"),
    "troops as level": ("{factor: gaps, statistic: mean, last: 3, at_most: medium}", "{factor: presence, at_most: 1000}", "1000 is too large for a level: levels are in long-run standard deviations and must lie within ±6; 1000 troops is level -1.00"),
    "set twice": ("    do:\n", "    do:\n      - {factor: tension, from: 2024-03, to: 2024-05, level: low}\n", "scenarios.crisis.do[1].from: 'tension' is set from 2024-03 to 2024-05 already"),
    "path and do": ("    do:\n", "    policies: {presence: [{from: 2024-02, value: 0}]}\n    do:\n      - {factor: presence, from: 2024-01, to: 2024-02, level: 0}\n", "'presence' has a path under 'policies' too"),
    "unknown edge": ("    do:\n", '    edges: [{edge: tension -> gabs, from: 2024-01, to: 2024-03, scale: 0.5}]\n    do:\n', "scenarios.crisis.edges[0].edge: 'tension->gabs' is not an edge of the model; did you mean 'tension->gaps'"),
    "edge backwards": ("    do:\n", '    edges: [{edge: gaps → tension, from: 2024-01, to: 2024-03, scale: 0.5}]\n    do:\n', "scenarios.crisis.edges[0].edge: 'gaps->tension' is not an edge of the model"),
    "past edge": ("    do:\n", '    edges: [{edge: tension->gaps, from: 2023-12, to: 2024-03, scale: 0.5}]\n    do:\n', 'scenarios.crisis.edges[0].from: 2023-12 is not after as_of, 2023-12; a scenario is about the future'),
    "late edge": ("    do:\n", '    edges: [{edge: tension->gaps, from: 2024-01, to: 2024-07, scale: 0.5}]\n    do:\n', 'scenarios.crisis.edges[0].to: 2024-07 is after the horizon, 2024-06'),
    "edge ends first": ("    do:\n", '    edges: [{edge: tension->gaps, from: 2024-04, to: 2024-03, scale: 0.5}]\n    do:\n', "'to' 2024-03 is before 'from' 2024-04"),
    "negative scale": ("    do:\n", '    edges: [{edge: tension->gaps, from: 2024-01, to: 2024-03, scale: -0.5}]\n    do:\n', 'scenarios.crisis.edges[0].scale: -0.5 is negative, and the file asserts the sign of an edge; write a number from 0, no effect, to 10'),
    "large scale": ("    do:\n", '    edges: [{edge: tension->gaps, from: 2024-01, to: 2024-03, scale: 10.5}]\n    do:\n', 'scenarios.crisis.edges[0].scale: 10.5 is too large; write a number from 0, no effect, to 10'),
    "named scale": ("    do:\n", '    edges: [{edge: tension->gaps, from: 2024-01, to: 2024-03, scale: low}]\n    do:\n', 'scenarios.crisis.edges[0].scale: '),
    "edge ramp": ("    do:\n", '    edges: [{edge: tension->gaps, from: 2024-01, to: 2024-03, scale: 0.5, ramp: 0}]\n    do:\n', 'scenarios.crisis.edges[0].ramp: '),
    "edge scaled twice": ("    do:\n", '    edges: [{edge: tension->gaps, from: 2024-01, to: 2024-03, scale: 0.5}, {edge: tension → gaps, from: 2024-03, to: 2024-04, scale: 2}]\n    do:\n', "scenarios.crisis.edges[1].from: 'tension->gaps' is scaled from 2024-01 to 2024-03 already; let the spans not overlap"),
    "event on what is set": ("    do:\n", "    events: [{factor: tension, from: 2024-02, to: 2024-02, size: 1}]\n    do:\n", "scenarios.crisis.events[0].factor: 'tension' is set in these months, and what is set feels no event"),
    "lever without 0": ("lever: {cost: 3, min: -1, max: 0", "lever: {cost: 3, min: -2, max: -1", "-2 to -1 leaves 0 out"),
    "far lever": ("lever: {cost: 3, min: -1, max: 0", "lever: {cost: 3, min: -9, max: 0", "-9 is too large for a level"),
    "weight number": ("weight: +strong", "weight: -0.5", "-0.5 is not a weight; write + or - and one of weak, moderate, strong, or {p5: ..., p95: ...}"),
    "plain half-life": ("half_life: {p5: 2, p95: 6}", "half_life: 6", "factors.gaps.half_life: 6 is not valid here; write {p5: ..., p95: ...}, both above 0"),
    "empty label": ("label: {en: Gaps, ar: الفجوات}", "label:", "nothing is not valid here; write {en: ..., ar: ...}"),
    "yes as threshold": ("at_most: 45", "at_most: true", "conditions.calm.all[1].at_most: True is not"),
    "polarity": ('polarity: "+"\n    at_reference: {p5: 5', 'polarity: plus\n    at_reference: {p5: 5', "'plus' is not valid here; Valid: '+', '-'"),
    "basis": ('basis: "judgement: invented for tests"\n    why: It follows', "basis: A1\n    why: It follows", "factors.gaps.basis: 'A1' is not a claim of the model"),
}  # fmt: skip

ROWS = {
    "unknown indicator": ("i1,incidents", "i1,incident", "2:4: indicator: 'incident' is not an indicator of the model; did you mean 'incidents'?"),
    "duplicate": ("i2,incidents", "i1,incidents", "3:1: id: duplicate evidence id 'i1', first given in line 2"),
    "ordinal": (",fair,", ",great,", "value: 'great' is not a category; Valid: 'bad'"),
    "range": ("0.45,0.6,", "-0.45,0.6,", "low: -0.45 is outside (0, 1)"),
    "outside its range": (",,0.45,0.6,", ",0.9,0.45,0.6,", "value: 0.9 is outside its own range, 0.45 to 0.6"),
    "negative": (",40,", ",-4,", "value: -4 is negative; a count is 0 or more"),
    "share": (",0.45,,,0.02", ",45,,,0.02", "value: 45 is outside (0, 1); write a share, not a percentage"),
    "before start": ("2023-01,2023-03", "2022-12,2023-03", "start: 2022-12 is before the model's start, 2023-01"),
    "too early": ("2023-04,2023-04,2023-05", "2023-04,2023-04,2023-03", "published: 2023-03 is before the end of the span, 2023-04"),
    "underscore": (",40,", ",4_0,", "value: '4_0' is not a number"),
    "nan": (",40,", ",nan,", "value: 'nan' is not a finite number"),
    "rule": ("rule:press", "rule:pres", "published: 'pres' is not a release rule; did you mean 'press'?"),
    "grade": (",A,invented", ",Z,invented", "grade: 'Z' is not a grade; write A, B or C"),
}  # fmt: skip


def write(folder: Path, model: str, evidence: str) -> Path:
    (folder / "model.yaml").write_text(model, encoding="utf-8")
    (folder / "evidence.csv").write_text(evidence, encoding="utf-8")
    return folder


@pytest.mark.parametrize("case", CASES)
def test_bad_model_is_located(
    case: str, tmp_path: Path, small_text: str, small_evidence: str
) -> None:
    old, new, message = CASES[case]
    assert old in small_text
    with pytest.raises(wr.ModelFileError) as raised:
        wr.load_model(write(tmp_path, small_text.replace(old, new, 1), small_evidence))
    first = str(raised.value)
    assert message in first
    assert all(str(tmp_path) in line for line in first.splitlines())


def test_edges_that_are_faulty_are_not_missed_in_scenarios(small_text: str) -> None:
    """An edge that is left out for a fault of its own, and those after it, are no unknown ones; without faults they are."""
    scaled = "    edges: [{edge: tension->gaps, from: 2024-01, to: 2024-03, scale: 0.5}]\n    do:\n"
    text = small_text.replace("    do:\n", scaled)
    assert len(wr.Model.from_texts(text).spec.scenarios["crisis"].edges) == 1
    with pytest.raises(wr.ModelFileError) as raised:
        wr.Model.from_texts(text.replace("weight: +strong", "weight: strong"))
    (problem,) = raised.value.problems
    assert "the sign is missing" in problem.message
    place = text.index("edge: tension->gaps") + len("edge: ")
    with pytest.raises(wr.ModelFileError) as raised:
        wr.Model.from_texts(text.replace("edge: tension->gaps", "edge: tension->gabs"))
    (problem,) = raised.value.problems
    line = text[:place].count("\n") + 1
    assert (problem.line, problem.column) == (line, place - text.rindex("\n", 0, place))


@pytest.mark.parametrize("case", ROWS)
def test_bad_evidence_is_located(
    case: str, tmp_path: Path, small_text: str, small_evidence: str
) -> None:
    old, new, message = ROWS[case]
    assert old in small_evidence
    with pytest.raises(wr.ModelFileError) as raised:
        wr.load_model(write(tmp_path, small_text, small_evidence.replace(old, new, 1)))
    assert message in str(raised.value)


def test_all_faults_come_at_once(tmp_path: Path, small_text: str, small_evidence: str) -> None:
    text = small_text.replace("role: driver", "roel: driver").replace(
        "weight: +strong", "weight: strong"
    )
    with pytest.raises(wr.ModelFileError) as raised:
        wr.load_model(write(tmp_path, text.replace("factor: gaps", "factor: gapz"), small_evidence))
    paths = {problem.path for problem in raised.value.problems}
    assert {"factors.tension.roel", "edges[0].weight", "conditions.calm.all[0].factor"} <= paths


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"id: \xff\n", ":1:5: byte 0xff is not UTF-8; save the file as UTF-8"),
        (b"#" * (1024 * 1024 + 1), "the file has 1048577 bytes; at most 1048576 are read"),
        (b"a: *b\n", "alias *b; write the value out, aliases are not read"),
        (b"a: [1\n", "not valid YAML"),
        (b"- 1\n", "the file is not a mapping of keys"),
    ],
)
def test_unreadable_file(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_bytes(content)
    with pytest.raises(wr.ModelFileError, match="model") as raised:
        wr.load_model(tmp_path)
    assert message in str(raised.value)


def test_unknown_model_names_the_shipped_ones() -> None:
    with pytest.raises(wr.WithdrawalRiskError, match="iraq-2025"):
        wr.load_model("iraq-2052")


def test_iraq_2025_carries_the_brief() -> None:
    model = wr.load_model("iraq-2025")
    assert {
        "us_iran_tension", "faction_control", "isf_capacity", "security_gaps", "energy_supply_pressure",
        "investor_confidence",
    } <= set(model.spec.factors)  # fmt: skip
    assert list(model.spec.conditions) == [
        "national_capability",
        "arms_under_state",
        "foreign_policy_balance_kept",
    ]
    assert len(model.spec.claims) == 28
    assert len({item.family for item in model.spec.indicators.values()}) >= 5
    assert all(row.published <= model.as_of or row.source for row in model.evidence)


def test_import_and_check_leave_pymc_alone() -> None:
    import subprocess
    import sys

    code = (
        "import sys, withdrawal_risk as wr; wr.load_model('iraq-2025'); "
        "bad = {'pymc', 'pytensor', 'numba', 'matplotlib'} & set(sys.modules); assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_slow_factors_are_stationary(small_text: str) -> None:
    """A half-life of 700 months keeps 0.9993 of a level over a month, and settles."""
    model = wr.Model.from_texts(
        small_text.replace("half_life: {p5: 2, p95: 6}", "half_life: {p5: 650, p95: 750}")
    )
    frame = build_frame(model, Window(model.spec.time.start, model.as_of))
    assert np.isfinite(frame.start_root).all()
    own = np.exp(frame.priors["own_scale"].mu)
    assert ((own > 0) & (own <= 1 + 1e-9)).all()


@pytest.mark.parametrize("slow", [False, True])
def test_the_remedy_for_a_loop_does(small_text: str, slow: bool) -> None:
    """The weight that is named makes the file a sound one, whatever else is slow in it."""
    edge = "  - {from: gaps, to: tension, weight: {p5: %g, p95: %g}, lag: 1, basis: 'judgement: x', why: x}"
    text = (
        small_text.replace("half_life: {p5: 2, p95: 9}", "half_life: {p5: 90, p95: 110}")
        if slow
        else small_text
    )
    with pytest.raises(wr.ModelFileError) as raised:
        wr.Model.from_texts(text.replace("edges:", "edges:\n" + edge % (2.5, 3), 1))
    found = re.search(
        r"a mean weight of \+([\d.]+) instead of \+2.74 from 'gaps' to 'tension' would do",
        str(raised.value),
    )
    assert found is not None, str(raised.value)
    size = float(found[1])
    assert size > 0.2
    wr.Model.from_texts(text.replace("edges:", "edges:\n" + edge % (0.999 * size, 1.001 * size), 1))


SLIPS = {
    "one word after a comma": ("why: It follows.", "why: {en: It follows, soon}", "a comma inside {...} starts a new key, here 'soon': put the text in quotes"),
    "too few categories": ("categories: [", "categories: [poor] # [", "['poor'] has too few entries; write at least 2"),
    "comma": ("label: {en: Gaps, ar: الفجوات}", "label: {en: Gaps, since January 2022., ar: الفجوات}", "a comma inside {...} starts a new key, here 'since January 2022.': put the text in quotes"),
    "tab": ("    worse: high", "\tworse: high", "a tab, where YAML takes spaces alone"),
    "section": ("factors:", "factor:", "unknown key 'factor'; did you mean 'factors'?"),
    "direction": ("It follows.", "It \u202e follows.", "the character U+202E, which nobody sees; remove it"),
    "escaped": ("why: It follows.", 'why: "It \\u202e follows."', "factors.gaps.why: the character U+202E, which nobody sees; remove it"),
    "language": ("{en: Tension, ar: التوتر}", "{en: Tension, de: Spannung}", "factors.tension.label: 'de' is not a language of this library; write en, ar"),
    "separator": ("It follows.", "It\u2028follows.", "the character U+2028, which nobody sees; remove it"),
    "in a key": ("factors:\n", 'factors:\n  "ga\\aps": {}\n', "a key with the character U+0007, which nobody sees; remove it"),
    "empty list": ("basis: \"judgement: invented for tests\"\n    why: It follows", "basis: []\n    why: It follows", "factors.gaps.basis: [] is empty; write at least one entry, or leave the key out"),
    "entry of a list": ("size: {p5: 1, p95: 6}}", "size: {p5: 1, p95: 6}, lasting: 1}", "events.strike.effects[0].lasting: 1 is not valid here; it must be below 1"),
    "number for text": ("why: It follows.", "why: 3", "factors.gaps.why: 3 is not valid here; write {en: ..., ar: ...}"),
    "text for table": ("half_life: {p5: 2, p95: 6}", "half_life: long", "'long' is not valid here; write {p5: ..., p95: ...}"),
    "far policy": ("value: 500, published", "value: 5.0e8, published", "is level 5e+05, at most 100 is allowed; check it beside reference and per_level"),
    "instant": ("half_life: {p5: 2, p95: 6}", "half_life: {p5: 1.0e-12, p95: 1.0e-11}", "p5 is 1e-12 months, at least 0.001 is allowed"),
    "eternity": ("start: 2023-01", "start: 0023-01", "0023-01 is not between 1700-01 and 2250-12"),
    "long": ("start: 2023-01", "start: 1723-01", "months from 1723-01 to 2024-06; at most 1,200 are read"),
}  # fmt: skip


@pytest.mark.parametrize("case", SLIPS)
def test_one_slip_is_one_fault_in_plain_words(
    case: str, tmp_path: Path, small_text: str, small_evidence: str
) -> None:
    old, new, told = SLIPS[case]
    assert old in small_text
    said = refusal(
        lambda: wr.load_model(write(tmp_path, small_text.replace(old, new, 1), small_evidence))
    )
    assert told in said and len(said.splitlines()) == 1
    assert not any(word in said for word in ("validation", "pydantic", "tuple", "should", "'?'"))


def test_what_is_left_out_is_no_fault_of_what_refers_to_it(
    tmp_path: Path, small_text: str, small_evidence: str
) -> None:
    """A factor, a policy and an indicator that cannot be read are referred to everywhere."""
    for old, new in (
        (
            "    worse: high\n    half_life: {p5: 2, p95: 6}",
            "    worse: hihg\n    half_life: {p5: 2, p95: 6}",
        ),
        ("    reference: ", "    referense: "),
        ("family: count", "family: cuont"),
    ):
        assert old in small_text, old
        said = refusal(
            lambda old=old, new=new: wr.load_model(  # type: ignore[misc]
                write(tmp_path, small_text.replace(old, new, 1), small_evidence)
            )
        )  # type: ignore[misc]
        assert len(said.splitlines()) == 1, said


DOUBTFUL = {
    "slip of a column that may be missing": (lambda t: t.replace("value", "vlaue", 1), "'vlaue' is not a column; did you mean 'value'?"),
    "slip of one that may not": (lambda t: t.replace("indicator", "Indicater", 1), "'Indicater' is not a column; did you mean 'indicator'?"),
    "another word": (lambda t: t.replace(",value,", ",estimate,", 1), "'estimate' is not a column; is it value?"),
    "with a remark": (lambda t: t.replace(",value,", ",Value (mean),", 1), "'Value (mean)' is not a column; is it value?"),
    "revises": (lambda t: t.replace(",note", ",note,revises", 1).replace("invented,,", "invented,,,"), "'revises' is not a column; is it replaces?"),
    "fewer": (lambda t: "\n".join(line.replace(",", "", 1) if n else "indicator,start,end,published,value" for n, line in enumerate(t.splitlines())), "no column id, grade, source; the header must have id, indicator, start, end, published, grade, source, and may have value, low,"),
    "twice": (lambda t: t.replace("note", "value", 1), "the column 'value' stands twice; keep one"),
    "no header": (lambda t: t.split("\n", 1)[1], "this is no header of such a file: 'i1,incidents"),
    "direction": (lambda t: t.replace("indicator", "indi\u202ecator", 1), ":1:8: the character U+202E, which nobody sees; remove it"),
}  # fmt: skip


@pytest.mark.parametrize("case", DOUBTFUL)
def test_a_table_that_is_not_read_is_refused_once(
    case: str, tmp_path: Path, small_text: str, small_evidence: str
) -> None:
    change, told = DOUBTFUL[case]
    said = refusal(lambda: wr.load_model(write(tmp_path, small_text, change(small_evidence))))
    assert told in said and len(said.splitlines()) == 1


CELLS = {
    "rate,2023-04,2023-04,2023-05,\"10,431\"": "value: '10,431' is not a number; write 10431 or 10.431, without separators",
    "incidents,2023-04,2023-04,2023-05,\"10,431\"": "value: '10,431' is not a number; write 10431, without separators",
    "incidents,2023-04,2023-04,2023-05,10.431": "value: '10.431' in a count: is it 10431?",
    "rate,2023-04,2023-04,2023-05,\"0,563\"": "value: '0,563' is not a number; write 0.563, with a point",
    "supply,2023-04,2023-04,2023-05,56.3%": "value: '56.3%' is not a number; write the share, 0.563",
    "supply,2023-04,2023-04,2023-05,56.3": "value: 56.3 is outside (0, 1); write a share, not a percentage: 0.563",
    "rate,2023-04,2023-04,2023-05,~8500": "value: '~8500' is not a number; write low and high",
    "rate,2023-04,2023-04,2023-05,N/A": "value: 'N/A' is not a number; leave the cell empty",
    "rate,01/04/2023,2023-04,2023-05,1": "start: '01/04/2023' is not a date: 1 April or 4 January? Write 2023-04-01 or 2023-01-04",
    "presence,2023-04,2023-04,2023-05,1": "indicator: 'presence' is a policy, whose path is given and not inferred; write it under policies",
    "incidents,2023-04,2023-04,2023-05,10.000": "value: '10.000' in a count: is it 10000? Write digits alone",
    "rate,2023-04,2023-04,2023-05,1.431.000": "value: '1.431.000' is not a number; write 1431000, without separators",
    "supply,2023-04,2023-04,2023-05,150%": "value: '150%' is not a number; a share lies between 0 and 1",
    "rate,2023-02-30,2023-04,2023-05,1": "start: '2023-02-30' is not a date: day",
    "rate,2023/13,2023-04,2023-05,1": "start: '2023/13' is not a date; write YYYY-MM-DD, or YYYY-MM for a whole month",
    "rate,40/50/2023,2023-04,2023-05,1": "start: '40/50/2023' is not a date; write YYYY-MM-DD",
    "gaps,2023-04,2023-04,2023-05,1": "indicator: 'gaps' is a factor, which nobody sees; evidence is about its indicators (",
}  # fmt: skip


@pytest.mark.parametrize("cells", CELLS)
def test_a_cell_that_is_not_read_says_what_to_write(
    cells: str, tmp_path: Path, small_text: str, small_evidence: str
) -> None:
    rows = f"{small_evidence.splitlines()[0]}\nr1,{cells},,,,A,s,,\n"
    said = refusal(lambda: wr.load_model(write(tmp_path, small_text, rows)))
    assert ":2:" in said and CELLS[cells] in said and len(said.splitlines()) == 1


def test_what_spreadsheets_leave_behind_is_read(
    tmp_path: Path, small_text: str, small_evidence: str
) -> None:
    """A mark of the byte order, line ends of another system, padded cells, empty columns, Arabic digits."""
    lines = small_evidence.splitlines()
    other = (
        "\ufeff"
        + "\r\n".join([", ".join(lines[0].split(",")) + ",,", *(f"{line},," for line in lines[1:])])
        + "\r\n"
    )
    other = other.replace("2023-03,2023-03", "٢٠٢٣-٠٣,2023-03")
    assert (
        wr.load_model(write(tmp_path, small_text, other)).evidence
        == wr.load_model(write(tmp_path, small_text, small_evidence)).evidence
    )


def with_semicolons(text: str) -> str:
    """Return a table as a spreadsheet of a country with decimal commas writes it."""
    rows = csv.reader(text.splitlines())
    turned = [[cell.replace(".", ",") if n in range(5, 9) else cell for n, cell in enumerate(row)] for row in rows]  # fmt: skip
    return "\n".join(";".join(row) for row in turned) + "\n"


def shuffled(text: str) -> str:
    """Return a table with its columns turned around, capitals and another column."""
    rows = [row[::-1] for row in csv.reader(text.splitlines())]
    rows[0] = [f" {name.title()} " for name in rows[0]]
    return "\n".join(",".join([*row, "mine" if n == 0 else "x"]) for n, row in enumerate(rows))


def without_empty_columns(text: str) -> str:
    table = pd.read_csv(io.StringIO(text), dtype=str).dropna(axis=1, how="all")
    return str(table.to_csv(index=False))


READ = {
    "short years": (lambda t: t.replace("2023-01", "Jan 23"), "utf-8", ["start: Jan 23 is read as 2023-01 (and "]),
    "semicolons and decimal commas": (with_semicolons, "utf-8", ["evidence.csv:1:1: read with ';' between columns", "evidence.csv:8:35: value: 0,45 is read as 0.45, with a decimal comma (and 5 more like it)"]),
    "tabs": (lambda t: t.replace(",", "\t"), "utf-8", ["evidence.csv:1:1: read with tabs between columns"]),
    "tabs in UTF-16": (lambda t: t.replace(",", "\t"), "utf-16", ["evidence.csv:1:1: read as UTF-16 (Excel's Unicode text)", "evidence.csv:1:1: read with tabs between columns"]),
    "code page": (lambda t: t.replace("invented", "\u2018invented\u2019 \u2013"), "cp1252", ["evidence.csv:2:49: read in the code page of Windows; save it as UTF-8 (CSV UTF-8 in Excel)"]),
    "other order": (shuffled, "utf-8", ["evidence.csv:1:100: the column 'mine' is not read"]),
    "empty columns left out": (without_empty_columns, "utf-8", []),
    "slashes": (lambda t: t.replace("2023-", "2023/"), "utf-8", []),
    "short months": (lambda t: t.replace("2023-0", "2023-"), "utf-8", []),
    "names of months": (lambda t: t.replace("2023-01", "Jan-23"), "utf-8", ["start: Jan-23 is read as 2023-01 (and "]),
    "day first": (lambda t: t.replace("2023-12,", "31/12/2023,", 2), "utf-8", ["evidence.csv:5:30: published: 31/12/2023 is read as 2023-12-31 (and 1 more like it)"]),
    "yes": (lambda t: t.replace("2023-12,1,", "2023-12,Yes,"), "utf-8", []),
}  # fmt: skip


@pytest.mark.parametrize("case", READ)
def test_what_is_beyond_doubt_is_read_and_noted(
    case: str, tmp_path: Path, small_text: str, small_evidence: str
) -> None:
    change, encoding, notes = READ[case]
    write(tmp_path, small_text, small_evidence)
    expected = wr.load_model(tmp_path).evidence
    changed = change(small_evidence)
    assert changed != small_evidence
    (tmp_path / "evidence.csv").write_bytes(changed.encode(encoding))
    assert refusal(lambda: wr.load_model(tmp_path)) == ""
    model = wr.load_model(tmp_path)
    if case == "code page":
        assert {row.source for row in model.evidence} == {"\u2018invented\u2019 \u2013"}
    elif case != "day first":
        assert {replace(row, source="") for row in model.evidence} == {
            replace(row, source="") for row in expected
        }
    said = [str(note).removeprefix(f"{tmp_path}/") for note in model.notes]
    assert len(said) == len(notes) and all(n in s for n, s in zip(notes, said, strict=True)), said
    shown = [str(item) for item in wr.validate(tmp_path)]
    assert all(any(note.message in line and ": note: " in line for line in shown) for note in model.notes)  # fmt: skip


def test_an_encoding_that_is_in_doubt_is_refused(
    tmp_path: Path, small_text: str, small_evidence: str
) -> None:
    """The byte is another letter in each code page of Windows."""
    write(tmp_path, small_text, small_evidence)
    for text, encoding, told in (
        ("enqu\u00eate", "cp1252", ":2:53: byte 0xea is not UTF-8; save the file as UTF-8 (CSV UTF-8 in Excel)"),
        ("\u0627\u0644\u0639\u0631\u0627\u0642", "cp1256", ":2:49: byte 0xc7 is not UTF-8"),
    ):  # fmt: skip
        (tmp_path / "evidence.csv").write_bytes(
            small_evidence.replace("invented", text).encode(encoding)
        )
        assert told in refusal(lambda: wr.load_model(tmp_path))
    (tmp_path / "evidence.csv").write_bytes(small_evidence.encode("utf-16")[:-1])
    assert "this begins as UTF-16 (Excel's Unicode text) and is broken" in refusal(
        lambda: wr.load_model(tmp_path)
    )


def test_dates_that_may_be_two_days_are_refused_once(
    tmp_path: Path, small_text: str, small_evidence: str
) -> None:
    rows = "".join(f"r{n},rate,0{n}/04/2023,2023-12,2024-01,1,,,,A,s,,\n" for n in range(1, 8))
    said = refusal(
        lambda: wr.load_model(
            write(tmp_path, small_text, f"{small_evidence.splitlines()[0]}\n{rows}")
        )
    )
    assert "'01/04/2023' is not a date: 1 April or 4 January? Write 2023-04-01 or 2023-01-04 (and 5 more like it)" in said  # fmt: skip
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (
            "rate;2023-04;2023-04;2023-05;10.431",
            "value: '10.431' beside decimals with commas: write 10431 or 10,431",
        ),
        ("incidents;2023-04;2023-04;2023-05;10,431", "value: '10.431' in a count: is it 10431?"),
    ],
)
def test_thousands_beside_decimal_commas_are_not_guessed(
    cells: str, told: str, tmp_path: Path, small_text: str, small_evidence: str
) -> None:
    header = small_evidence.splitlines()[0].replace(",", ";")
    rows = f"{header}\nr0;rate;2023-03;2023-03;2023-05;1,5;;;;A;s;;\nr1;{cells};;;;A;s;;\n"
    assert told in refusal(lambda: wr.load_model(write(tmp_path, small_text, rows)))


@pytest.mark.slow
def test_a_megabyte_of_faults_is_short(
    tmp_path: Path, small_text: str, small_evidence: str
) -> None:
    edges = "  - {from: a, to: b, weight: x, basis: y, why: z}\n" * 9_000
    began = time.monotonic()
    said = refusal(
        lambda: wr.load_model(
            write(tmp_path, small_text.replace("edges:\n", f"edges:\n{edges}"), small_evidence)
        )
    )
    assert len(said) < 5000 and "and 8997 more like it" in said
    many = "".join(
        f"  f{n}: {{role: driver, label: F, worse: high, half_life: {{p5: 1, p95: 2}}, basis: 'judgement: x', why: z}}\n"
        for n in range(5000)
    )
    said = refusal(
        lambda: wr.load_model(
            write(tmp_path, small_text.replace("factors:\n", f"factors:\n{many}"), small_evidence)
        )
    )
    assert "factors: 5,002 factors; at most 2,000 are read" in said and len(said.splitlines()) == 1
    assert time.monotonic() - began < 60


@pytest.mark.slow
def test_more_than_was_ever_tried_is_refused(
    tmp_path: Path, small_text: str, small_evidence: str
) -> None:
    header = small_evidence.splitlines()[0]
    rows = "".join(f"r{n},rate,2023-04,2023-04,2023-05,1,,,,A,s,,\n" for n in range(5001))
    assert "5,001 rows; at most 5,000 are read" in refusal(
        lambda: wr.load_model(write(tmp_path, small_text, f"{header}\n{rows}"))
    )
    rows = "".join(f"r{n},rate,2023-01,2023-12,2024-01,1,,,,A,s,,\n" for n in range(4500))
    said = refusal(lambda: wr.load_model(write(tmp_path, small_text, f"{header}\n{rows}")))
    assert "rows cover 54,000 months, each counted by itself; at most 50,000 are read" in said
    for values in ("[1, ", "[[], "):
        began = time.monotonic()
        text = f"{small_text}\nx: {values}{values[1:] * 200_000}1]\n"
        assert "more than 60,000 values; at most so many are read" in refusal(
            lambda text=text: wr.load_model(write(tmp_path, text, small_evidence))  # type: ignore[misc]
        )  # type: ignore[misc]
        assert time.monotonic() - began < 20


def test_nothing_outside_the_folder_is_read(
    tmp_path: Path, small_text: str, small_evidence: str
) -> None:
    """Nor quoted: a line of it would stand in the message."""
    (tmp_path / "secret").write_text("the secret\n", encoding="utf-8")
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("../secret", "/etc/passwd", "."):
        write(
            folder,
            small_text.replace("evidence: evidence.csv", f"evidence: {name}"),
            small_evidence,
        )
        assert "is not a file beside the model" in refusal(lambda: wr.load_model(folder))
    write(folder, small_text, small_evidence)
    (folder / "evidence.csv").unlink()
    (folder / "evidence.csv").symlink_to(tmp_path / "secret")
    said = refusal(lambda: wr.load_model(folder))
    assert "is not a file beside the model" in said and "the secret" not in said
    (folder / "evidence.csv").unlink()
    os.mkfifo(folder / "evidence.csv")
    assert "is not a file beside the model" in refusal(lambda: wr.load_model(folder))


def test_a_path_is_no_id(
    tmp_path: Path, small_text: str, small_evidence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "iraq-2025").mkdir()
    write(tmp_path / "iraq-2025", small_text, small_evidence)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert (
            wr.load_model(Path("iraq-2025")).id == "small"
            and wr.load_model("./iraq-2025").id == "small"
        )
    with pytest.warns(
        wr.WithdrawalRiskWarning,
        match="the shipped one is read. For the folder write './iraq-2025'",
    ):
        assert wr.load_model("iraq-2025").id == "iraq-2025"


def test_evidence_is_no_model(tmp_path: Path) -> None:
    assert "this is the evidence; give the folder or its model.yaml" in refusal(
        lambda: wr.load_model("evidence.csv")
    )
    assert "write a path" in refusal(lambda: wr.load_model(3))  # type: ignore[arg-type]


def test_factors_that_nothing_measures(small_text: str, small_evidence: str) -> None:
    """By what is published at a date; `validate` and the report name them."""
    header, *lines = small_evidence.splitlines()
    of_gaps = [line for line in lines if line.split(",")[1] in ("incidents", "view", "closed")]
    late = "zz,rate,2023-11,2023-11,2023-12,100,,,,A,invented,,"
    model = wr.Model.from_texts(small_text, "\n".join([header, *of_gaps, late]) + "\n")
    assert model.unmeasured(wr.Month.parse("2023-11")) == ["tension"]
    assert model.unmeasured(model.as_of) == []
    assert wr.Model.from_texts(small_text).unmeasured(model.as_of) == ["tension", "gaps"]


def test_a_point_may_part_thousands(tmp_path: Path, small_text: str, small_evidence: str) -> None:
    """Where columns are parted by semicolons, unless another number shows that it is decimal."""
    header = small_evidence.splitlines()[0].replace(",", ";")
    row = "r{n};rate;2023-0{n};2023-0{n};2023-09;{value};;;;A;s;;\n"
    text = f"{header}\n{row.format(n=1, value='1.234')}{row.format(n=2, value='98')}"
    assert (
        "value: '1.234' may be 1234 or a decimal, where columns are not parted by commas: write 1234 or 1.2340"
        in refusal(lambda: wr.load_model(write(tmp_path, small_text, text)))
    )
    text = f"{header}\n{row.format(n=1, value='101.234')}{row.format(n=2, value='98.5')}"
    assert refusal(lambda: wr.load_model(write(tmp_path, small_text, text))) == ""
