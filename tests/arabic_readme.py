"""The computed parts of iraq-2025's README in Arabic, made out of those in English.

Labels come from the model file, words from the library's Arabic, numbers from the English page: so both pages say the same,
and nothing is fitted again. ``python -m tests.arabic_readme`` writes them into ``README.ar.md``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from tests.model_readme import parts, table

import withdrawal_risk as wr
from withdrawal_risk.elements.conditions import Condition, placed_clauses
from withdrawal_risk.elements.network import Factor, Policy
from withdrawal_risk.elements.scenarios import Scenario
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.queries.clause_wording import clause_in_words

__all__ = ["ARABIC", "arabic_parts", "main"]

MODEL: Final = "iraq-2025"
ARABIC: Final = Path(__file__).parents[1] / "models" / MODEL / "README.ar.md"

_EN: Final = LANGUAGES["en"]
_AR: Final = LANGUAGES["ar"]

_HEADS: Final = {
    "Condition": _AR.tables["condition"], "Probability": _AR.tables["probability"],
    "90 % interval": _AR.report["interval"] + " (" + _AR.percent.format(number="90") + ")",
    "In words": _AR.tables["word"], "Model alone": _AR.tables["structure"],
    "With known events": _AR.tables["prior"], "Published: met": _AR.tables["published_true"],
    "Published: missed": _AR.tables["published_false"], "Left to judgement": _AR.tables["judged"],
    "Clause": _AR.tables["clause"], "Who answers": _AR.tables["origin"],
    "Scenario": _AR.tables["scenario"], "Form": "صيغة التوتر",
    "Control of the factions better, of draws": "ضبط الفصائل أفضل، من السحوبات",
    "first edition": "الإصدار الأول", "evidence": "الأدلة", "structure": "البنية",
    "drift": "الانجراف", "thresholds": "العتبات", "second edition": "الإصدار الثاني",
    "Claim": "الأطروحة", "In our words": "بعبارتنا", "Elements": "ما يحملها من العناصر",
    "Indicator": _AR.tables["indicator"], "Measures": "ما يقيسه", "Family": "العائلة",
    "Rows": "الصفوف", "Grades": "الدرجات", "Sources": "المصادر",
}  # fmt: skip
_FORMS: Final = {
    "as it is": "كما هو",
    "long half-lives of gaps and tension instead of drift": "أنصاف أعمار طويلة للفجوات والتوتر بدل الانجراف",
    "tension with events": "التوتر مع الأحداث",
}
_KINDS: Final = {
    "factor": "العامل", "policy": "السياسة", "event": "الحدث", "indicator": "المؤشر",
    "condition": "الشرط", "scenario": "السيناريو",
}  # fmt: skip
_ELEMENT: Final = re.compile(rf"({'|'.join(_KINDS)})( `\w+`)")
_NUMBER: Final = r"[<>]?[−+]?\d[\d,]*(?:\.\d+)?"


def _figure(text: str) -> str:
    """Write numbers, percentages and ranges of an English cell as Arabic has them."""
    if ends := re.fullmatch(rf"({_NUMBER} %) to ({_NUMBER} %)", text):
        return _AR.from_to.format(low=_figure(ends[1]), high=_figure(ends[2]))
    if moved := re.fullmatch(rf"({_NUMBER} %) \(({_NUMBER})\)", text):
        return f"{_figure(moved[1])} ({_figure(moved[2])})"
    if share := re.fullmatch(r"([<>]?)(\d[\d.]*) %", text):
        written = _AR.percent.format(number=share[2])
        bound = {"<": _AR.below, ">": _AR.above}.get(share[1], "{number}")
        return bound.format(number=written)
    return _AR.with_sign(text)


def _labels(model: wr.Model) -> dict[str, str]:
    """Return what the page calls everything in English, with its Arabic."""
    spec = model.spec
    named: list[Factor | Policy | Condition | Scenario] = [
        *spec.factors.values(), *spec.policies.values(), *spec.conditions.values(), *spec.scenarios.values(),
    ]  # fmt: skip
    found = {item.label["en"]: item.label["ar"] for item in named}
    for condition in spec.conditions.values():
        for _, clause in placed_clauses(condition.tree, ()):
            found[clause_in_words(spec, clause, "en").replace("\u00a0", " ")] = clause_in_words(
                spec, clause, "ar"
            )
    found |= {claim.text["en"]: claim.text["ar"] for claim in spec.claims.values()}
    for key in ("all_conditions", "baseline", "yes", "no", "published", "judged", "given"):
        found[_EN.names[key]] = _AR.names[key]
    for (_, english), (_, arabic) in zip(_EN.icd_203, _AR.icd_203, strict=True):
        found[english] = arabic
    return found | _HEADS | _FORMS


def _cell(text: str, labels: dict[str, str]) -> str:
    text = text.replace("\u00a0", " ")
    if text in labels:
        return labels[text]
    if before := re.fullmatch(r"Before (\d{4}-\d\d)", text):
        return f"قبل {_AR.with_names_of_months(before[1])}"
    if re.fullmatch(rf"{_NUMBER}(?: %)?(?: to {_NUMBER} %| \({_NUMBER}\))?", text):
        return _figure(text)
    # One piece of code, so that cause and effect stay in their order from left to right.
    text = re.sub(r"`(\w+)` → `(\w+)`", r"`\1 → \2`", text)
    text = _ELEMENT.sub(lambda found: _KINDS[found[1]] + found[2], text)
    # Names of sources, which stand in brackets, stay as they are.
    return re.sub(r"; (?![^\[\]]*\])", "؛ ", text)


def _table(text: str, labels: dict[str, str]) -> str:
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in text.splitlines()]
    cells = [[_cell(cell.strip(), labels) for cell in row] for row in rows]
    return table(cells[0], cells[2:])


def _pattern(template: str, **parts: str) -> re.Pattern[str]:
    """Return what recognises a sentence of the library; parts that are not named are any text."""
    pattern = re.escape(template)
    for name in re.findall(r"\\\{(\w+)\\\}", pattern):
        pattern = pattern.replace(rf"\{{{name}\}}", rf"(?P<{name}>{parts.get(name, '.+?')})", 1)
    return re.compile(pattern)


def _points(text: str) -> str:
    (number,) = re.findall(rf"{_NUMBER}", text)
    return _AR.counted(_AR.with_sign(number), "point")


def _contribution(text: str, labels: dict[str, str]) -> str:
    found = _pattern(_EN.sentences["contribution"]).fullmatch(text)
    if found is None:
        return _AR.sentences["contribution_none"]
    return _AR.say("contribution", label=labels[found["label"]], size=_points(found["size"]))


def _sentence(line: str, labels: dict[str, str]) -> str:
    """Say a sentence of `explain_interval` or of `attribution` in Arabic."""
    groups = {_EN.interval[key]: _AR.interval[key] for key in _EN.interval}
    if found := _pattern(_EN.sentences["interval"]).fullmatch(line):
        said = []
        for part in re.split(r", | and (?=\d)", found["parts"]):
            share, group = part.split(" from ")
            said.append(_AR.say("interval_part", group=groups[group], share=_figure(share)))
        return _AR.say("interval", name=labels[found["name"]], parts=_AR.listed(said))
    found = _pattern(_EN.sentences["attribution"]).fullmatch(line)
    if found is None:
        raise ValueError(f"no sentence of the library: {line}")
    return _AR.say(
        "attribution",
        name=labels[found["name"]],
        probability=_figure(found["probability"]),
        reference=_figure(found["reference"]),
        change=_points(found["change"]),
        contribution=_contribution(found["contribution"], labels),
    )


def _explanations(text: str, labels: dict[str, str]) -> str:
    lines = text.splitlines()[1:-1]
    return "\n".join(f"- {_sentence(line, labels)}" for line in lines)


def _contents(text: str, labels: dict[str, str]) -> str:
    factors, policies, edges, events, indicators, rows, others, history = re.findall(
        r"(\d+)(?= factors| given| edges| events| indicators| rows| of them| rows)", text
    )
    (month,) = re.findall(r"\d{4}-\d\d", text)
    return (
        f"عدد العوامل {factors}، والسياسات المعطاة {policies}، والآثار السببية {edges}، والأحداث {events}، "
        f"والمؤشرات {indicators}، وصفوف الأدلة {rows} (منها {others} ليست من مؤشر المخاطر ولا من قتلى UCDP)، "
        f"وصفوف التاريخ السابق على {_AR.with_names_of_months(month)} عددها {history}."
    )


def _unmeasured(text: str, labels: dict[str, str]) -> str:
    names = re.findall(r"`\w+`", text)
    return f"لا شيء يقيس ما يلي: {'، '.join(names)}."


def _full_exit(text: str, labels: dict[str, str]) -> str:
    first, *lines, _ = text.splitlines()
    draws, futures, year = re.findall(r"\d[\d,]*", first)
    said = [
        f"من {draws} سحب، لكل منها {futures} مستقبل، يجعل الخروج الكامل على نمط {year} كلًّا من:",
        "",
    ]
    for line in lines:
        found = re.fullmatch(r"- (.+): likelier in (.+), less likely in (.+);", line)
        if found is None:
            raise ValueError(f"not a line of the full exit: {line}")
        up, down = _figure(found[2]), _figure(found[3])
        said.append(f"- «{labels[found[1]]}»: أعلى احتمالًا في {up}، وأدنى احتمالًا في {down}؛")
    return "\n".join([*said, "", "ولا فرق في ما بقي."])


_MADE: Final[dict[str, Callable[[str, dict[str, str]], str]]] = {
    "contents": _contents, "explanations": _explanations, "unmeasured": _unmeasured,
    "full exit": _full_exit,
    **dict.fromkeys(
        ("outlook", "clauses", "precedents", "scenarios", "tension", "editions", "claims", "indicators"),
        _table,
    ),
}  # fmt: skip


def arabic_parts() -> dict[str, str]:
    """Return every computed part of the page by its name."""
    labels = _labels(wr.load_model(MODEL))
    return {name: _MADE[name](text, labels) for name, text in parts(MODEL).items()}


def written(text: str, made: Iterable[tuple[str, str]]) -> str:
    """Return a page with its computed parts in their places."""
    for name, content in made:
        before, rest = text.split(f"<!-- {name} -->\n", maxsplit=1)
        after = rest.split("\n<!-- end -->", maxsplit=1)[1]
        text = f"{before}<!-- {name} -->\n{content}\n<!-- end -->{after}"
    return text


def main() -> None:
    """Write the parts into the Arabic page."""
    ARABIC.write_text(
        written(ARABIC.read_text(encoding="utf-8"), arabic_parts().items()), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
