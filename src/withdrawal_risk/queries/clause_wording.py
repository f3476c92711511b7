"""Clauses and trees as a person reads them."""

from __future__ import annotations

from withdrawal_risk.elements.conditions import Clause, NotOf, Tree
from withdrawal_risk.families import family_of
from withdrawal_risk.language import Language, words_of
from withdrawal_risk.language.numbers import NO_BREAK, signed_digits
from withdrawal_risk.model.spec import ModelSpec

__all__ = ["clause_in_words", "tree_in_words"]


def tree_in_words(spec: ModelSpec, tree: Tree, lang: str) -> str:
    """Say what a tree tests, its groups in brackets."""
    if isinstance(tree, Clause):
        return clause_in_words(spec, tree, lang)
    words = words_of(lang)
    parts = [tree_in_words(spec, part, lang) for part in tree.parts]
    if isinstance(tree, NotOf):
        return f"{words.names['not_of']}: ({parts[0]})"
    if len(parts) == 1:
        return parts[0]
    return f"{words.names[f'{tree.kind}_of']}: ({words.semicolon.join(parts)})"


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
        if clause.indicator is not None:
            item = spec.indicators[clause.indicator]
            category = family_of(item).parse_bound(item, clause.bound)
            return words.quote.format(text=family_of(item).in_words(category, item, words))
        assert clause.factor is not None
        node = spec.node(clause.factor)
        place = node.level_place(clause.bound)
        return (
            clause.bound
            if place is None
            else words.quote.format(text=node.level_in_words(place, words))
        )
    if clause.indicator is None:
        return words.with_sign(signed_digits(clause.bound))
    item = spec.indicators[clause.indicator]
    number = family_of(item).bound_in_words(clause.bound, item, words)
    unit = family_of(item).unit_in_words(item, words)
    # The unit of a count is that of a month, and a total is over several.
    return f"{number}{NO_BREAK}{unit}" if unit and clause.statistic != "total" else number
