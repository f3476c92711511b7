"""A new model: questions instead of answers, and a model once they are answered."""

from __future__ import annotations

import re
from pathlib import Path

import networkx as nx
import pytest
from tests.refusals import refusal

import withdrawal_risk as wr

ANSWERS = {
    "its name": '"Ruritania"',
    "the first month": "2023-01",
    "the last month": "2023-12",
    "the deadline": "2024-06",
    "which end": "high",
    "after how many months is half": "{p5: 2, p95: 8}",
    "the id of a claim": '"judgement: invented for tests"',
    "why ": "It is invented.",
    "does more of": "+moderate",
    "how much: +weak": "+strong",
    "how much: -weak": "-weak",
    "it closes a circle": "1",
    "what is counted": "Incidents",
    "such as incidents": "incidents per month",
    "does it rise": '"+"',
    "how many in an ordinary": "{p5: 10, p95: 30}",
    "by what is it": "{p5: 1.5, p95: 3}",
    "how far": "{p5: 0.1, p95: 0.4}",
    "where does an outsider": "The ministry's yearbook.",
    "what counts as success": "Calm",
    "how many in the last": "90",
}
"""By how a question begins."""


def answered(text: str) -> str:
    """Return a model file with an answer in the place of every question."""

    def answer(match: re.Match[str]) -> str:
        (found,) = [value for begin, value in ANSWERS.items() if match[1].startswith(begin)]
        return found

    return re.sub(r'"TODO: ((?:[^"\\]|\\.)*)"', answer, text)


def write_answers(folder: Path) -> None:
    file = folder / "model.yaml"
    file.write_text(answered(file.read_text(encoding="utf-8")), encoding="utf-8")


SOURCES = {
    "nothing": None,
    "dagitty": "dag { tension -> gaps trust -> gaps gaps -> trust }",
    "graph": nx.DiGraph([("a", "b"), ("b", "c")]),
    "one": nx.DiGraph(nx.empty_graph(["alone"], create_using=nx.DiGraph)),
}


@pytest.mark.parametrize("name", SOURCES)
def test_every_question_is_listed_and_answers_make_a_model(name: str, tmp_path: Path) -> None:
    folder = wr.scaffold(tmp_path / "ruritania", source=SOURCES[name])
    text = (folder / "model.yaml").read_text(encoding="utf-8")
    findings = wr.validate(folder)
    assert findings and all(finding.todo and finding.certain for finding in findings)
    assert len(findings) == text.count('"TODO: ')
    lines = {finding.problem.line for finding in findings}
    marked = [k for k, line in enumerate(text.splitlines(), start=1) if '"TODO: ' in line]
    assert lines == set(marked)
    assert ": todo: time.start: the first month of evidence" in str(findings[1])
    write_answers(folder)
    assert not [str(item) for item in wr.validate(folder) if item.certain or item.todo]
    model = wr.load_model(folder)
    assert model.id == "ruritania" and not model.evidence
    if name == "dagitty":
        assert {edge.lag for edge in model.spec.edges} == {0, 1}


def test_months_that_are_known_are_not_asked(tmp_path: Path) -> None:
    folder = wr.scaffold(tmp_path / "x", start="2023-01", as_of="2023-12", horizon="2024-06")
    said = [str(finding) for finding in wr.validate(folder)]
    assert not any("time." in line for line in said)
    assert "as_of: '2023' is not a month" in refusal(
        lambda: wr.scaffold(tmp_path / "y", as_of="2023")
    )
    assert "horizon 2023-01 is not after as_of 2023-12" in refusal(
        lambda: wr.scaffold(tmp_path / "y", as_of="2023-12", horizon="2023-01")
    )
    assert not (tmp_path / "y").exists()


def test_a_question_in_a_text_does_not_stop_a_fit(tmp_path: Path) -> None:
    """A reason may wait; a number or a basis may not."""
    folder = wr.scaffold(tmp_path / "x")
    file = folder / "model.yaml"
    text = file.read_text(encoding="utf-8")
    waiting = text.replace("TODO: why does it belong", "LATER: why does it belong", 1)
    file.write_text(answered(waiting).replace("LATER", "TODO"), encoding="utf-8")
    (note,) = wr.load_model(folder).notes
    assert note.message == "TODO: why does it belong in the model?"
    (found,) = [item for item in wr.validate(folder) if item.todo]
    assert found.note and not found.certain
    waiting = text.replace("TODO: the id of a claim", "LATER: the id", 1)
    file.write_text(answered(waiting).replace("LATER", "TODO"), encoding="utf-8")
    assert refusal(lambda: wr.load_model(folder)).endswith("factors.pressure.basis: TODO: the id, a source's https address, or 'judgement: ' and the reason?")  # fmt: skip


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "evidence.csv").write_text("mine", encoding="utf-8")
    wr.scaffold(tmp_path / "x")
    assert (tmp_path / "x" / "evidence.csv").read_text(encoding="utf-8") == "mine"
    assert "is there already; choose another name" in refusal(lambda: wr.scaffold(tmp_path / "x"))
    assert "is the id of the model; use lower-case letters" in refusal(
        lambda: wr.scaffold(tmp_path / "My Model")
    )
    assert "dagitty:1:1" in refusal(lambda: wr.scaffold(tmp_path / "z", source="dagx"))
    assert not (tmp_path / "z").exists() and not (tmp_path / "My Model").exists()


def test_hostile_labels_stay_texts(tmp_path: Path) -> None:
    graph = nx.DiGraph()
    graph.add_node("a", label='x"}\nfactors: {evil: {}} # \\')
    graph.add_edge("a", "b", why="*alias !tag {")
    folder = wr.scaffold(tmp_path / "x", source=graph)
    write_answers(folder)
    spec = wr.load_model(folder).spec
    assert set(spec.factors) == {"a", "b"}
    assert spec.factors["a"].label["en"] == 'x"}\nfactors: {evil: {}} # \\'
    assert spec.edges[0].why["en"] == "*alias !tag {"
