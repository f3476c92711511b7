"""The files of a new model: its shape, and a question wherever a judgement is missing."""

from __future__ import annotations

import json
from collections.abc import Iterable

from withdrawal_risk.exchange.sketch import Sketch, SketchEdge
from withdrawal_risk.model.evidence import COLUMNS
from withdrawal_risk.model.todos import TODO

__all__ = ["evidence_text", "model_text", "readme_text"]

_BASIS = "the id of a claim, a source's https address, or 'judgement: ' and the reason?"


def _quoted(text: str) -> str:
    """Write a text as YAML; text in double quotes is that of JSON."""
    return json.dumps(text, ensure_ascii=False)


def _ask(question: str) -> str:
    """Write a question in the place of its answer."""
    return _quoted(f"{TODO}: {question}")


def model_text(name: str, sketch: Sketch, times: dict[str, str]) -> str:
    """Return the text of a model file.

    Parameters
    ----------
    name : str
        Its id.
    sketch : Sketch
    times : dict of str to str
        Of ``start``, ``as_of`` and ``horizon`` those that are known.
    """
    asked = {
        "start": "the first month of evidence, such as 2023-01?",
        "as_of": "the last month whose published evidence may be used?",
        "horizon": "the deadline, a month?",
    }
    months = [f"  {key}: {times.get(key) or _ask(text)}" for key, text in asked.items()]
    outcome = _outcome(sketch)
    lines = [
        f"# What stands after {TODO} is a question. Write the answer in its place; `validate` "
        "lists what is left.",
        f"id: {name}",
        f"title: {_ask('its name for people? More languages: {en: ..., ar: ...}')}",
        "time:",
        *months,
        "evidence: evidence.csv",
        "",
        "# A factor has levels: 0 is its long-run reference, 1 one long-run standard deviation.",
        "# A range {p5: ..., p95: ...} holds nine cases in ten.",
        "factors:",
        *_factors(sketch),
        "",
        "# A weight is the long-run effect of a lasting +1 level of the cause, with its sign:",
        "# +weak, +moderate, +strong, -weak, ... or {p5: ..., p95: ...}. A lag is in months.",
        *(
            f"# Left out: {edge}; how a factor depends on its own past is its half_life."
            for edge in sketch.left_out
        ),
        "edges:" if sketch.edges else "edges: []",
        *(line for edge in sketch.edges for line in _edge(sketch, edge)),
        "",
        "# What can be counted or read each month. More families: docs/model-keys.md.",
        "indicators:",
        *_indicator(outcome, sketch.labels[outcome]),
        "",
        "conditions:",
        *_condition(outcome),
    ]
    return "\n".join(lines) + "\n"


def _outcome(sketch: Sketch) -> str:
    """Return the factor that success is most likely about: one that acts on none, if there is."""
    causes = {edge.cause for edge in sketch.edges}
    names = list(sketch.labels)[::-1]
    return next((name for name in names if name not in causes), names[0])


def _factors(sketch: Sketch) -> Iterable[str]:
    causes = {edge.cause for edge in sketch.edges}
    effects = {edge.effect for edge in sketch.edges}
    for name, label in sketch.labels.items():
        # The shape of the network says which role a factor has.
        role = "response"
        if name not in effects:
            role = "driver"
        elif name not in causes:
            role = "outcome"
        yield f"  {name}:"
        yield f"    role: {role}"
        yield f"    label: {{en: {_quoted(label)}}}"
        yield f"    worse: {_ask('which end is bad for success, high or low?')}"
        yield "    half_life: " + _ask(
            "after how many months is half of a disturbance gone? {p5: 1, p95: 6} is fast, "
            "{p5: 12, p95: 48} slow"
        )
        yield f"    basis: {_ask(_BASIS)}"
        yield f"    why: {_ask('why does it belong in the model?')}"


def _edge(sketch: Sketch, edge: SketchEdge) -> Iterable[str]:
    cause, effect = (sketch.labels[name] for name in (edge.cause, edge.effect))
    yield f"  - from: {edge.cause}"
    yield f"    to: {edge.effect}"
    if edge.sign is None:
        weight = (
            f"does more of {cause} raise (+) or lower (-) {effect}, and how much: +weak to -strong?"
        )
    else:
        sign = "+" if edge.sign > 0 else "-"
        weight = f"how much: {sign}weak, {sign}moderate or {sign}strong?"
    yield f"    weight: {_ask(weight)}"
    if (edge.cause, edge.effect) in sketch.closing:
        lag = "it closes a circle; after how many months does it begin, or which other edge waits?"
        yield f"    lag: {_ask(lag)}"
    elif edge.lag:
        yield f"    lag: {edge.lag}"
    yield f"    basis: {_ask(_BASIS)}"
    why = _quoted(edge.why) if edge.why else _ask("why does the one act on the other?")
    yield f"    why: {why}"


def _indicator(factor: str, label: str) -> Iterable[str]:
    yield f"  {factor}_count:"
    yield f"    measures: {factor}"
    yield f"    label: {{en: {_ask('what is counted?')}}}"
    yield f"    unit: {{en: {_ask('such as incidents per month?')}}}"
    rises = f"does it rise (+) or fall (-) with {label}? Write the sign in quotes"
    yield f"    polarity: {_ask(rises)}"
    yield "    family: count"
    yield "    at_reference: " + _ask("how many in an ordinary month? {p5: ..., p95: ...}")
    yield "    ratio_per_level: " + _ask(
        "by what is it multiplied when the factor moves one level? {p5: 1.5, p95: 4}"
    )
    yield "    error: " + _ask("how far, relatively, is a count off? {p5: 0.1, p95: 0.4}")
    yield f"    resolution: {_ask('where does an outsider read it when the deadline has come?')}"
    yield f"    basis: {_ask(_BASIS)}"
    yield f"    why: {_ask('why does it measure the factor?')}"


def _condition(outcome: str) -> Iterable[str]:
    yield "  success:"
    yield f"    label: {{en: {_ask('what counts as success, in a few words?')}}}"
    yield "    all:"
    yield "      - indicator: " + f"{outcome}_count"
    yield "        statistic: total"
    yield "        last: 6"
    yield f"        at_most: {_ask('how many in the last six months are few enough?')}"
    yield f"    basis: {_ask(_BASIS)}"
    yield f"    why: {_ask('why is that success?')}"


def evidence_text() -> str:
    """Return the text of an evidence file without rows."""
    return ",".join(COLUMNS) + "\n"


def readme_text(name: str) -> str:
    """Return the text of a README that says what to do next."""
    return (
        f"# {name}\n\n"
        f"1. Answer what stands after {TODO} in `model.yaml`; `withdrawal-risk validate .` lists "
        "what is left.\n"
        "2. `withdrawal-risk explain .` reads the model aloud: would somebody who knows the "
        "country agree?\n"
        "3. Fill `evidence.csv`: by hand, or `withdrawal-risk import SOURCE FILE --indicator ID`.\n"
        "4. `withdrawal-risk outlook . --preliminary` answers in seconds, `withdrawal-risk "
        "outlook .` after a fit.\n"
        "5. `withdrawal-risk issue .` writes the forecast down; next month `withdrawal-risk diff` "
        "says what changed.\n"
    )
