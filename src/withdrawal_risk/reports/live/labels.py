"""The words of the live part in one language, as data for the page."""

from __future__ import annotations

from typing import Any

from withdrawal_risk.elements.elicitation import LEVEL_NAMES
from withdrawal_risk.families import family_of
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import words_of
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.reports.live.export import LiveExport
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS

__all__ = ["labels", "not_live"]


def labels(export: LiveExport, lang: str) -> dict[str, Any]:
    """Return all that the page says in a language, and the names of what it speaks of.

    Parameters
    ----------
    export : LiveExport
    lang : {"en", "ar"}
    """
    posterior, words, data = export.draws.posterior, words_of(lang), export.data
    spec, as_of = posterior.model.spec, posterior.as_of
    basis = words.live["basis"].format(
        draws=words.counted(data["draws"], "draw"), futures=words.counted(data["futures"], "future")
    )
    return {
        "dir": words.direction,
        "live": dict(words.live) | {"basis": basis},
        "percent": words.percent,
        "below": words.below,
        "above": words.above,
        "fromTo": words.from_to,
        "isolate": words.isolate,
        "or": words.or_,
        "arrow": words.arrow,
        "point": dict(words.nouns["point"]),
        "icd203": [list(pair) for pair in words.icd_203],
        "notResolved": words.names["not_resolved"],
        "baseline": words.names["baseline"],
        "below_baseline": words.sentences["name_below_baseline"],
        "above_baseline": words.sentences["name_above_baseline"],
        "months": [words.month(as_of + 1 + t) for t in range(len(data["months"]))],
        "conditions": _conditions(posterior, lang),
        "scenarios": {
            item["name"]: spec.scenarios[item["name"]].label[lang] for item in data["scenarios"]
        },
        "nodes": {
            node["name"]: _node(spec, node["name"], lang)
            for node in data["nodes"]
            if "hidden" not in node
        },
        "indicators": {
            item["name"]: _indicator(spec, item["name"], lang) for item in data["indicators"]
        },
        "notLive": not_live(export, lang),
    }


def _conditions(posterior: Posterior, lang: str) -> dict[str, str]:
    conditions = posterior.model.spec.conditions
    names = {name: condition.label[lang] for name, condition in conditions.items()}
    return names | {ALL_CONDITIONS: words_of(lang).names["all_conditions"]}


def _node(spec: ModelSpec, name: str, lang: str) -> dict[str, Any]:
    """Return what the page says of a factor or policy."""
    words, node = words_of(lang), spec.node(name)
    policy = spec.policies.get(name)
    levels = [node.level_in_words(place, words) for place in range(len(LEVEL_NAMES))]
    group = "policies"
    if policy is None:
        group = "drivers" if spec.factors[name].role == "driver" else "factors"
    unit = None if policy is None else policy.unit[lang]
    return {"label": node.label[lang], "levels": levels, "group": group, "unit": unit}


def _indicator(spec: ModelSpec, name: str, lang: str) -> dict[str, Any]:
    """Return what the page says of an indicator, with the values among which one is chosen."""
    words, item = words_of(lang), spec.indicators[name]
    family = family_of(item)
    choices: list[float] = []
    if family.has_categories:
        choices = [float(place) for place in range(len(family.categories(item)))]
    elif family.whole and family.support == (0.0, 1.0):
        choices = [1.0, 0.0]
    values = [[value, family.in_words(value, item, words)] for value in choices]
    return {"label": item.label[lang], "unit": item.unit[lang], "choices": values}


def not_live(export: LiveExport, lang: str) -> list[str]:
    """Say of every condition that the page cannot evaluate why it cannot."""
    posterior, words = export.draws.posterior, words_of(lang)
    spec, names = posterior.model.spec, _conditions(posterior, lang)
    return [
        words.live["not_live"].format(
            condition=names[condition],
            indicators=words.listed(spec.indicators[name].label[lang] for name in blocking),
        )
        for condition, blocking in export.conditions.blocked.items()
        if blocking
    ]
