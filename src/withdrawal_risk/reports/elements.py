"""The elements of a model file as a person reads them: what each condition looks at, what each factor means."""

from __future__ import annotations

from typing import Any, Final

from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import NO_BREAK, percent, turned
from withdrawal_risk.model.spec import All, Any_, Clause, Factor, ModelSpec, Policy

__all__ = ["clause_in_words", "conditions_in_words", "factors_in_words"]

_ENDS: Final = {"high": ("higher is worse", "الأعلى أسوأ"), "low": ("lower is worse", "الأدنى أسوأ")}


def clause_in_words(spec: ModelSpec, clause: Clause, lang: str) -> str:
    """Say what a clause tests: of what, over which months, against which bound.

    Parameters
    ----------
    spec : ModelSpec
    clause : Clause
    lang : {"en", "ar"}
    """
    arabic = lang == "ar"
    last = clause.to or spec.time.horizon
    first = clause.from_ or spec.time.horizon + (1 - (clause.last or 1))
    what = words_of(lang).STATISTICS[clause.statistic].format(name=spec.label(clause.subject, lang))
    if clause.statistic == "last" or first == last:
        when = f"في {last}" if arabic else f"in {last}"
    else:
        when = f"من {first} إلى {last}" if arabic else f"from {first} to {last}"
    at_least = clause.at_least is not None
    if clause.indicator is not None and spec.indicators[clause.indicator].family == "binary":
        answer = ("نعم" if at_least else "لا") if arabic else ("yes" if at_least else "no")
        return f"{what} {when}: {answer}"
    side = ("لا يقل عن" if at_least else "لا يزيد على") if arabic else ("at least" if at_least else "at most")
    return f"{what} {when} {side} {_bound_in_words(spec, clause, lang)}"


def _bound_in_words(spec: ModelSpec, clause: Clause, lang: str) -> str:
    """Write a bound: the name of a level or grade, a share in per cent, else a number with its unit."""
    if isinstance(clause.bound, str):
        return str(words_of(lang).LEVELS.get(clause.bound, clause.bound))
    number = turned(f"{clause.bound:,.10g}", lang)
    if clause.indicator is None:
        return number
    item = spec.indicators[clause.indicator]
    if item.family == "share":
        return percent(clause.bound, lang, decimals=1)
    # The unit of a count is that of a month, and a total is over several.
    return number if clause.statistic == "total" else f"{number}{NO_BREAK}{item.unit[lang]}"


def _lines(spec: ModelSpec, tree: All | Any_ | Clause, lang: str, depth: int = 0) -> list[dict[str, Any]]:
    """Return the clauses of a tree in reading order, each with its depth; groups of which one is enough say so."""
    if isinstance(tree, Clause):
        return [{
            "text": clause_in_words(spec, tree, lang), "depth": depth,
            "resolution": _resolution(spec, tree, lang), "why": tree.why[lang] if tree.why else "",
        }]  # fmt: skip
    parts = tree.all if isinstance(tree, All) else tree.any
    below = [line for part in parts for line in _lines(spec, part, lang, depth + (len(parts) > 1))]
    if len(parts) == 1:
        return below
    words = {"en": ("all of these", "one of these is enough"), "ar": ("كل ما يلي", "يكفي واحد مما يلي")}[lang]
    return [{"text": words[isinstance(tree, Any_)], "depth": depth, "resolution": "", "why": ""}, *below]


def _resolution(spec: ModelSpec, clause: Clause, lang: str) -> str:
    """Say where an outsider reads the answer: what the clause says of it, else what its indicator says."""
    given = clause.resolution or (spec.indicators[clause.indicator].resolution if clause.indicator else None)
    return given[lang] if given else ""


def conditions_in_words(spec: ModelSpec, lang: str) -> list[dict[str, Any]]:
    """Return every condition with its clauses, where each is read, and why it is one."""
    return [
        {"label": item.label[lang], "why": item.why[lang], "lines": _lines(spec, item.tree, lang)}
        for item in spec.conditions.values()
    ]


def factors_in_words(spec: ModelSpec, lang: str) -> list[dict[str, str]]:
    """Return every factor and policy: what it means, which end is worse, why it is one, and what measures it."""
    rows = []
    nodes: dict[str, Factor | Policy] = {**spec.factors, **spec.policies}
    for name, item in nodes.items():
        seen = [indicator.label[lang] for indicator in spec.indicators.values() if indicator.measures == name]
        if isinstance(item, Policy):
            seen = [item.unit[lang]]
        rows.append({
            "label": item.label[lang], "description": item.description[lang] if item.description else "",
            "worse": _ENDS[item.worse][lang == "ar"], "why": item.why[lang],
            "seen": ("، " if lang == "ar" else ", ").join(seen),
        })  # fmt: skip
    return rows
