"""The elements of a model file as a person reads them: what conditions test, what factors mean."""

from __future__ import annotations

from typing import Any

from withdrawal_risk.elements.conditions import Clause, NotOf, Tree
from withdrawal_risk.elements.network import Factor, Policy
from withdrawal_risk.families import family_of
from withdrawal_risk.language import Language, words_of
from withdrawal_risk.language.numbers import NO_BREAK
from withdrawal_risk.model.clauses import origin
from withdrawal_risk.model.spec import ModelSpec

__all__ = ["clause_in_words", "conditions_in_words", "factors_in_words"]


def clause_in_words(spec: ModelSpec, clause: Clause, lang: str) -> str:
    """Say what a clause tests: of what, over which months, against which bound.

    Parameters
    ----------
    spec : ModelSpec
    clause : Clause
    lang : {"en", "ar"}
    """
    words = words_of(lang)
    last = clause.to or spec.time.horizon
    # The last n months up to the horizon begin n - 1 months before it.
    first = clause.from_ or spec.time.horizon + (1 - (clause.last or 1))
    what = words.statistics[clause.statistic].format(name=spec.label(clause.subject, lang))
    if (clause.statistic == "last" and clause.month_count is None) or first == last:
        text = words.say("clause_month", what=what, month=last)
    else:
        text = words.say("clause_span", what=what, first=first, last=last)
    answer = ""
    if clause.indicator is not None:
        family = family_of(spec.indicators[clause.indicator])
        answer = family.answer_in_words(at_least=clause.is_lower, words=words)
    if answer:
        test = words.say("clause_answer", clause=text, answer=answer)
    else:
        side = words.names["at_least" if clause.is_lower else "at_most"]
        bound = _bound_in_words(spec, clause, lang)
        test = words.say("clause_bound", clause=text, side=side, bound=bound)
    return f"{test}{words.comma}{_count_in_words(clause, words)}" if clause.month_count else test


def _count_in_words(clause: Clause, words: Language) -> str:
    """Say in how many months a bound is to be met."""
    count = clause.month_count
    assert count is not None
    if clause.counts_failures:
        return words.say("in_every_month")
    if count.at_least is not None:
        return words.say("in_months_at_least", months=words.months(count.at_least))
    return words.say("in_months_at_most", months=words.months(count.at_most or 0))


def _bound_in_words(spec: ModelSpec, clause: Clause, lang: str) -> str:
    """Write a bound: the name of a level or category, else a number with its unit."""
    words = words_of(lang)
    if isinstance(clause.bound, str):
        if clause.factor is None:
            return clause.bound
        node = spec.node(clause.factor)
        place = node.level_place(clause.bound)
        return clause.bound if place is None else node.level_in_words(place, words)
    if clause.indicator is None:
        return words.with_sign(f"{clause.bound:,.10g}")
    item = spec.indicators[clause.indicator]
    number = family_of(item).bound_in_words(clause.bound, item, words)
    unit = family_of(item).unit_in_words(item, words)
    # The unit of a count is that of a month, and a total is over several.
    return f"{number}{NO_BREAK}{unit}" if unit and clause.statistic != "total" else number


def _lines(spec: ModelSpec, tree: Tree, lang: str, depth: int = 0) -> list[dict[str, Any]]:
    """Return the clauses of a tree in reading order, each with its depth.

    A group of which one part is enough says so.
    """
    if isinstance(tree, Clause):
        return [
            {
                "text": clause_in_words(spec, tree, lang),
                "depth": depth,
                "resolution": _resolution(spec, tree, lang),
                "origin": words_of(lang).names[origin(spec, tree)],
                "why": tree.why[lang] if tree.why else "",
            }
        ]
    parts = tree.parts
    # A group of one part has no line of its own, so its part is not indented; its opposite has.
    alone = len(parts) == 1 and not isinstance(tree, NotOf)
    below = [line for part in parts for line in _lines(spec, part, lang, depth + (not alone))]
    if alone:
        return below
    group = words_of(lang).names[f"{tree.kind}_of"]
    return [{"text": group, "depth": depth, "resolution": "", "origin": "", "why": ""}, *below]


def _resolution(spec: ModelSpec, clause: Clause, lang: str) -> str:
    """Say where an outsider reads the answer: as the clause says, else as its indicator says."""
    given = clause.resolution
    if given is None and clause.indicator is not None:
        given = spec.indicators[clause.indicator].resolution
    return given[lang] if given else ""


def conditions_in_words(spec: ModelSpec, lang: str) -> list[dict[str, Any]]:
    """Return every condition with its clauses, where each is read, and why it is one."""
    return [
        {"label": item.label[lang], "why": item.why[lang], "lines": _lines(spec, item.tree, lang)}
        for item in spec.conditions.values()
    ]


def factors_in_words(spec: ModelSpec, lang: str) -> list[dict[str, str]]:
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
            {
                "label": item.label[lang],
                "description": item.description[lang] if item.description else "",
                "worse": words.names[f"{worse}er_is_worse"],
                "why": item.why[lang],
                "seen": words.listed(seen),
            }
        )
    return rows
