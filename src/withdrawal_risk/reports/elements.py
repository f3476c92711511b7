"""The elements of a model file as a person reads them: what conditions test, what factors mean."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from withdrawal_risk.elements.conditions import Clause, NotOf, Tree
from withdrawal_risk.elements.network import Factor, Policy
from withdrawal_risk.language import words_of
from withdrawal_risk.model.clauses import origin
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.queries.clause_wording import clause_in_words

__all__ = ["conditions_in_words", "factors_in_words"]


def _lines(
    spec: ModelSpec, tree: Tree, lang: str, uninformed: Collection[str], depth: int = 0
) -> list[dict[str, Any]]:
    """Return the clauses of a tree in reading order, each with its depth.

    A group of which one part is enough says so.
    """
    if isinstance(tree, Clause):
        told = words_of(lang).names["no_evidence"]
        return [
            {
                "text": clause_in_words(spec, tree, lang),
                "depth": depth,
                "resolution": _resolution(spec, tree, lang),
                "origin": words_of(lang).names[origin(spec, tree)]
                + (f"{words_of(lang).comma}{told}" if tree.factor in uninformed else ""),
                "why": tree.why[lang] if tree.why else "",
            }
        ]
    parts = tree.parts
    # A group of one part has no line of its own, so its part is not indented; its opposite has.
    alone = len(parts) == 1 and not isinstance(tree, NotOf)
    below = [
        line for part in parts for line in _lines(spec, part, lang, uninformed, depth + (not alone))
    ]
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


def conditions_in_words(
    spec: ModelSpec, lang: str, uninformed: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Return every condition with its clauses, where each is read, and why it is one.

    Parameters
    ----------
    spec : ModelSpec
    lang : {"en", "ar"}
    uninformed : collection of str
        Factors of whose level the evidence says nothing; clauses on them say so.
    """
    return [
        {
            "label": item.label[lang],
            "why": item.why[lang],
            "lines": _lines(spec, item.tree, lang, uninformed),
        }
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
