"""The elements of a model file as a person reads them: clauses, factors, edges, scenarios."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import pandas as pd

from withdrawal_risk.elements.conditions import Clause, NotOf, Tree
from withdrawal_risk.elements.network import Edge, Factor, Policy
from withdrawal_risk.elements.scenarios import Scenario
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import NO_BREAK, exact_share, percent, signed_digits
from withdrawal_risk.model.clauses import origin
from withdrawal_risk.model.range_wording import range_in_words, range_label
from withdrawal_risk.model.ranges import ranges
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.queries.clause_wording import clause_in_words
from withdrawal_risk.reports.blocks import Line
from withdrawal_risk.reports.tables import Table

__all__ = ["clause_lines", "edges_table", "factors_table", "ranges_table", "scenario_settings"]


def clause_lines(
    spec: ModelSpec,
    tree: Tree,
    lang: str,
    uninformed: Collection[str] = (),
    odds: pd.DataFrame | None = None,
) -> list[Line]:
    """Return the clauses of a tree in reading order, each with its depth in the tree.

    Parameters
    ----------
    spec : ModelSpec
    tree : tree of clauses
    lang : {"en", "ar"}
    uninformed : collection of str
        Factors whose level the evidence left as it was; clauses on them say so.
    odds : pandas.DataFrame, optional
        By number of a clause: its probability alone, ``before`` and ``after`` the evidence.
    """
    numbers = iter(range(1_000_000))
    return list(_lines(spec, tree, lang, uninformed, odds, numbers, 0))


def _lines(
    spec: ModelSpec,
    tree: Tree,
    lang: str,
    uninformed: Collection[str],
    odds: pd.DataFrame | None,
    numbers: Iterator[int],
    depth: int,
) -> Iterator[Line]:
    words = words_of(lang)
    if isinstance(tree, Clause):
        number, notes = next(numbers), [words.names[origin(spec, tree)]]
        if tree.factor in uninformed:
            notes[0] += f"{words.comma}{words.names['no_evidence']}"
        if odds is not None:
            row: Any = odds.loc[number]
            ends = {end: percent(float(row[end]), lang) for end in ("before", "after")}
            notes.append(words.report["clause_odds"].format(**ends))
        if resolution := _resolution(spec, tree, lang):
            notes.append(f"{words.report['resolution']}: {resolution}")
        if tree.why:
            notes.append(tree.why[lang])
        yield Line(clause_in_words(spec, tree, lang), depth, notes)
        return
    # A group of one part has no line of its own, so its part is not indented; its opposite has.
    alone = len(tree.parts) == 1 and not isinstance(tree, NotOf)
    if not alone:
        yield Line(f"{words.names[f'{tree.kind}_of']}:", depth)
    for part in tree.parts:
        yield from _lines(spec, part, lang, uninformed, odds, numbers, depth + (not alone))


def _resolution(spec: ModelSpec, clause: Clause, lang: str) -> str:
    """Say where an outsider reads the answer: as the clause says, else as its indicator says."""
    given = clause.resolution
    if given is None and clause.indicator is not None:
        given = spec.indicators[clause.indicator].resolution
    return given[lang] if given else ""


def factors_table(spec: ModelSpec, lang: str) -> Table:
    """Return what every factor and policy means, its worse end, and what measures it."""
    words, rows = words_of(lang), []
    nodes: dict[str, Factor | Policy] = {**spec.factors, **spec.policies}
    for name, item in nodes.items():
        seen = [
            indicator.label[lang]
            for indicator in spec.indicators.values()
            if indicator.measures == name
        ]
        worse: str = item.worse
        # No indicator measures a policy: its path is given in its unit.
        if isinstance(item, Policy):
            seen, worse = [item.unit[lang]], item.worse_value
        rows.append(
            [
                item.label[lang],
                item.description[lang] if item.description else "",
                words.names[f"{worse}er_is_worse"],
                words.listed(seen),
                item.why[lang],
            ]
        )
    heads = ("factor", "meaning", "worse", "seen", "reason")
    return {"columns": [words.report[h] for h in heads], "rows": rows, "text": [0, 1, 2, 3, 4]}


def edges_table(spec: ModelSpec, lang: str) -> Table:
    """Return cause, effect, elicited weight, lag and reason of every edge."""
    words = words_of(lang)
    rows = [
        [
            spec.label(edge.from_, lang),
            spec.label(edge.to, lang),
            _weight(edge, lang),
            words.months(edge.lag) if edge.lag else words.report["at_once"],
            edge.why[lang],
        ]
        for edge in spec.edges
    ]
    heads = ("cause", "effect", "weight", "lag", "reason")
    return {"columns": [words.report[h] for h in heads], "rows": rows, "text": [0, 1, 3, 4]}


def _weight(edge: Edge, lang: str) -> str:
    """Write an elicited weight from its lower to its upper end, each with its sign."""
    words = words_of(lang)
    # The 95th percentile of a negative weight's size is the lower end of the weight.
    low, high = sorted(
        edge.weight.sign * size for size in (edge.weight.size.p5, edge.weight.size.p95)
    )
    ends = (words.with_sign(f"{'−' if end < 0 else '+'}{abs(end):g}") for end in (low, high))
    return words.from_to.format(**dict(zip(("low", "high"), ends, strict=True)))


def ranges_table(spec: ModelSpec, lang: str) -> Table:
    """Return every elicited range of the file."""
    words = words_of(lang)
    rows = [
        [range_label(spec, path, lang), range_in_words(spec, path, given, lang)]
        for path, given in ranges(spec).items()
    ]
    heads = [words.tables["judgement"], words.tables["in_file"]]
    return {"columns": heads, "rows": rows, "text": [0, 1]}


def scenario_settings(spec: ModelSpec, scenario: Scenario, lang: str) -> str:
    """Say all that a scenario of the file sets, with its months."""
    words = words_of(lang)
    say = words.report
    parts = []
    for item in scenario.do:
        node = spec.node(item.factor)
        unit = f"{NO_BREAK}{node.unit[lang]}" if isinstance(node, Policy) else ""
        if item.shift is not None:
            how = words.with_sign(f"{'+' if item.shift > 0 else ''}{signed_digits(item.shift)}")
            what = say["shifted"].format(label=node.label[lang], size=f"{how}{unit}")
        else:
            place = node.level_place(item.level) if isinstance(item.level, str) else None
            level = item.level if place is None else node.level_in_words(place, words)
            what = say["held"].format(label=node.label[lang], level=f"{level}{unit}")
        parts.append(_over(what, item.from_, item.to, lang))
    for shock in scenario.events:
        size = words.with_sign(f"{'+' if shock.size > 0 else ''}{signed_digits(shock.size)}")
        what = say["pushed"].format(label=spec.label(shock.factor, lang), size=size)
        parts.append(_over(what, shock.from_, shock.to, lang))
    for name, path in scenario.policies.items():
        policy = spec.policies[name]
        stretches = [
            say["stretch"].format(
                value=f"{words.with_sign(signed_digits(stretch.value))}{NO_BREAK}{policy.unit[lang]}",
                month=words.month(stretch.from_),
            )
            for stretch in path
        ]
        parts.append(f"{policy.label[lang]}: {words.listed(stretches)}")
    for scaled in scenario.edges:
        cause, effect = scaled.edge.split("->")
        what = say["scaled"].format(
            edge=f"{spec.label(cause, lang)}{words.arrow}{spec.label(effect, lang)}",
            share=exact_share(scaled.scale, lang),
        )
        parts.append(_over(what, scaled.from_, scaled.to, lang))
    return words.semicolon.join(parts)


def _over(what: str, first: object, last: object, lang: str) -> str:
    """Add the months over which something holds."""
    words = words_of(lang)
    months = words.from_to.format(low=words.month(first), high=words.month(last))  # type: ignore[arg-type]
    return f"{what}{words.comma}{months}"
