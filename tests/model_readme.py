"""The parts of the models' READMEs that state what their files and their fits say.

A part stands between ``<!-- NAME -->`` and ``<!-- end -->``. ``python -m tests.model_readme`` writes all of them;
`test_documentation` compares those that follow from the files word for word, and those that follow from the default fit
within Monte Carlo error. The two that need further fits, `tension` and `editions`, and `full_exit`, which needs many futures,
are written here and compared where they repeat the default fit.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd
from benchmarks import editions, flagship

import withdrawal_risk as wr
from withdrawal_risk.elements.conditions import placed_clauses
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import interval, percent, signed
from withdrawal_risk.model.clauses import origin
from withdrawal_risk.model.document import dotted
from withdrawal_risk.queries.clause_wording import clause_in_words
from withdrawal_risk.queries.defaults import FUTURES

ROOT: Final = Path(__file__).parents[1]
MODELS: Final = ("iraq-2011", "iraq-2025", "mali-2023")
FEW: Final = {"draws": 125, "tune": 1000, "chains": 4}
"""Draws of which each is simulated in many futures."""

MANY: Final = 1500
ABSENT: Final = "full exit as in 2011"
BETTER: Final = {
    "iraq-2011": "faction_control",
    "iraq-2025": "faction_control",
    "mali-2023": "security_gaps_north",
}
"""The outcome of which the table of scenarios says in how many draws it is better."""


def table(heads: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def contents(model: wr.Model) -> str:
    """Say how much the file holds."""
    spec, rows = model.spec, model.evidence
    long = {"geopolitical_risk": "the risk index", "organised_violence_deaths": "UCDP deaths"}
    others = sum(row.indicator not in long for row in rows)
    there = [words for name, words in long.items() if name in spec.indicators]
    none = f"neither {' nor '.join(there)}" if len(there) > 1 else f"not {''.join(there)}"
    return (
        f"{len(spec.factors)} factors, {len(spec.policies)} given policies, {len(spec.edges)} edges, "
        f"{len(spec.events)} events, {len(spec.indicators)} indicators, {len(rows)} rows of evidence "
        f"({others} of them {none}), {len(model.history)} rows of history before {spec.time.start}."
    )


def claims(model: wr.Model) -> str:
    """List every claim of the article, and what rests on it."""
    spec, cited = model.spec, dict[str, list[str]]()
    kinds: dict[str, Any] = {
        "factor": spec.factors, "policy": spec.policies, "event": spec.events, "indicator": spec.indicators,
        "condition": spec.conditions, "scenario": spec.scenarios,
    }  # fmt: skip
    elements = [
        (f"{kind} `{name}`", item) for kind, items in kinds.items() for name, item in items.items()
    ]
    elements += [(f"`{edge.from_}` → `{edge.to}`", edge) for edge in spec.edges]
    for words, item in elements:
        for basis in item.basis:
            cited.setdefault(basis, []).append(words)
    rows = [
        [name, claim.text["en"], "; ".join(cited.get(name, []))]
        for name, claim in spec.claims.items()
    ]
    return table(["Claim", "In our words", "Elements"], rows)


def indicators(model: wr.Model) -> str:
    """List what is measured, by whom, and how much history its reference has."""
    rows = []
    for name, item in model.spec.indicators.items():
        own = [row for row in model.evidence if row.indicator == name]
        past = [row for row in model.history if row.indicator == name]
        sources = dict.fromkeys((row.source, row.url) for row in own)
        grades = "".join(sorted({row.grade for row in own}))
        rows.append(
            [
                f"`{name}`", f"`{item.measures}`", item.family, str(len(own)), str(len(past) or ""), grades,
                "; ".join(f"[{source}]({url})" if url else source for source, url in sources),
            ]
        )  # fmt: skip
    return table(
        [
            "Indicator",
            "Measures",
            "Family",
            "Rows",
            f"Before {model.spec.time.start}",
            "Grades",
            "Sources",
        ],
        rows,
    )


def unmeasured(model: wr.Model) -> str:
    """Name the factors that nothing measures."""
    names = ", ".join(f"`{name}`" for name in model.unmeasured(model.as_of))
    return f"Nothing measures {names}."


def weights(model: wr.Model) -> str:
    """List every edge with its size, its lag and the reason that is given."""
    words = model.spec.label
    rows = []
    for edge in model.spec.edges:
        sign, size = {1: "+", -1: "−"}[edge.weight.sign], edge.weight.size
        spread = f"{sign}{size.p5:g} to {sign}{size.p95:g}"
        rows.append(
            [
                f"{words(edge.from_, 'en')} → {words(edge.to, 'en')}",
                spread,
                str(edge.lag),
                edge.why["en"],
            ]
        )
    seen = words_of("en").month(model.as_of)
    return table(["Edge", "Weight", "Lag", f"Why, as of {seen}"], rows)


PERIODS: Final = {
    "2011, the last year with troops": ("2011-01", "2011-12"),
    "the 16 months after": ("2012-01", "2013-04"),
    "the 13 months after these": ("2013-05", "2014-05"),
    "June 2014, when Mosul fell": ("2014-06", "2014-06"),
}
"""Of the lesson of iraq-2011."""


def lesson(model: wr.Model) -> str:
    """Show what could be read month by month and year by year while the state came apart."""
    rows = []
    for name, (first, last) in PERIODS.items():
        cells = [name]
        for indicator in ("civilian_deaths", "organised_violence_deaths"):
            months = [
                row.value
                for row in model.evidence
                if row.indicator == indicator
                and row.month is not None
                and first <= str(row.month) <= last
            ]
            cells.append(f"{sum(months) / len(months):,.0f}")
        rows.append(cells)
    deaths = table(["", "Civilian deaths a month (IBC)", "All deaths a month (UCDP)"], rows)
    years = ("2010", "2011", "2012", "2013", "2014")
    shown = {
        "WGI political stability": "political_stability", "WGI rule of law": "rule_of_law",
        "WGI government effectiveness": "policy_credibility",
        "Armed forces personnel": "security_forces_personnel",
        "Foreign direct investment, billion USD": "fdi_inflows",
    }  # fmt: skip
    rows = []
    for label, indicator in shown.items():
        values = {
            str(row.start)[:4]: row.value for row in model.evidence if row.indicator == indicator
        }
        rows.append([label, *(f"{values[year]:,.10g}" if year in values else "" for year in years)])
    return f"{deaths}\n\n{table(['', *years], rows)}"


def precedents(model: wr.Model) -> str:
    """Show in which years the published clauses would have held."""
    found, spec = wr.precedents(model), model.spec
    years = [year for year in found.columns if year != "subject"]
    signs = {True: "yes", False: "no"}
    rows, clauses = [], _clauses(model)
    for number, (condition, place) in enumerate(found.index):
        row = found.iloc[number]
        held = [signs.get(row[year], "") if not pd.isna(row[year]) else "" for year in years]
        rows.append([clause_in_words(spec, clauses[condition, place], "en"), *held])
    return table(["Clause", *(str(year) for year in years)], rows)


def _clauses(model: wr.Model) -> dict[tuple[str, str], Any]:
    return {
        (name, dotted(place)): clause
        for name, condition in model.spec.conditions.items()
        for place, clause in placed_clauses(condition.tree, ())
    }


def explanations(posterior: wr.Posterior, futures: int = FUTURES) -> str:
    """Say where each interval comes from, and what moved each probability."""
    lines = []
    for condition in posterior.model.spec.conditions:
        for ask in (wr.explain_interval, wr.attribution):
            lines.append(ask(posterior, condition, futures=futures).sentence())
    return "```text\n" + "\n".join(lines).replace("\u00a0", " ") + "\n```"


def outlook(posterior: wr.Posterior, result: wr.Result | None = None) -> str:
    """Show the outlook with its base rates and its published part."""
    rows = []
    result = result or wr.outlook(posterior)
    for name, row in result.summary.iterrows():
        shares = (
            row[key]
            for key in ("structure", "prior", "published_true", "published_false", "judged")
        )
        rows.append(
            [
                result.label(str(name)), percent(row["probability"], "en"),
                interval(row["lower"], row["upper"], "en"), row["word"],
                *(percent(share, "en") for share in shares),
            ]
        )  # fmt: skip
    heads = ["Condition", "Probability", "90 % interval", "In words", "Model alone", "With known events",
             "Published: met", "Published: missed", "Left to judgement"]  # fmt: skip
    return table(heads, rows).replace("\u00a0", " ")


def clauses(posterior: wr.Posterior, futures: int = FUTURES) -> str:
    """Show the probability of every clause by itself."""
    spec, rows = posterior.model.spec, []
    for (condition, _), clause in _clauses(posterior.model).items():
        p = wr.probability(posterior, clause, futures=futures).probability
        rows.append(
            [spec.conditions[condition].label["en"], clause_in_words(spec, clause, "en"), origin(spec, clause), percent(p, "en")]
        )  # fmt: skip
    return table(["Condition", "Clause", "Who answers", "Probability"], rows).replace("\u00a0", " ")


def scenarios(posterior: wr.Posterior, futures: int = FUTURES) -> str:
    """Show every scenario's difference, and in how many draws one outcome is better."""
    outcome = BETTER[posterior.model.id]
    result = wr.scenarios(posterior, futures=futures)
    conditions = list(posterior.model.spec.conditions)
    rows = []
    for name, one in result.results.items():
        cells = []
        for condition in conditions:
            row = one.summary.loc[condition]
            cell = percent(row["probability"], "en", decimals=1)
            if name != "baseline":
                cell += f" ({signed(100 * row['difference'], 'en', decimals=1)})"
            cells.append(cell)
        better = "" if name == "baseline" else percent(result.better.loc[name, outcome], "en")
        rows.append([result.label(name), *cells, better])
    heads = [result.results["baseline"].label(name) for name in conditions]
    label = posterior.model.spec.label(outcome, "en")
    return table(["Scenario", *heads, f"{label} better, of draws"], rows).replace("\u00a0", " ")


def full_exit(posterior: wr.Posterior) -> str:
    """Say in how many draws a full exit helps each condition, from many futures of some draws."""
    some = wr.fit(posterior.model, cache=True, progressbar=False, **FEW)
    result = wr.scenarios(some, ["exit_2011_style"], futures=MANY)
    moved = result.results["exit_2011_style"].draws - result.results["baseline"].draws
    parts = []
    for condition in posterior.model.spec.conditions:
        by_draw = moved.sel(condition=condition).values
        parts.append(
            f"{result.results['baseline'].label(condition)}: likelier in {percent(float((by_draw > 0).mean()), 'en')}, "
            f"less likely in {percent(float((by_draw < 0).mean()), 'en')}"
        )
    return (
        f"Of {len(some.draws()['half_life'])} draws with {MANY:,} futures each, the {ABSENT} makes\n"
        + "".join(f"- {part};\n" for part in parts)
        + "the rest shows no difference."
    ).replace("\u00a0", " ")


def tension(posterior: wr.Posterior) -> str:
    """Show the outlook under the other forms of the tension."""
    rows = []
    for name in (
        "as it is",
        "long half-lives of gaps and tension instead of drift",
        "tension with events",
    ):
        model = flagship.form(flagship.FORMS[name])
        fit = posterior if name == "as it is" else wr.fit(model, cache=True, progressbar=False)
        summary = wr.outlook(fit).summary
        rows.append([name, *(percent(p, "en", decimals=1) for p in summary["probability"])])
    result = wr.outlook(posterior)
    return table(["Form", *(result.label(str(name)) for name in result.summary.index)], rows).replace(
        "\u00a0", " "
    )  # fmt: skip


def steps(posterior: wr.Posterior) -> str:
    """Show what led from the first edition to this one."""
    result = editions.editions()
    names = list(result.summary.index.unique("edition"))
    rows = []
    for condition in result.summary.index.unique("condition"):
        one = result.summary.loc[condition]
        cells = [percent(one["probability"].iloc[0], "en", decimals=1)]
        cells += [signed(100 * one["change"][name], "en", decimals=1) for name in names[1:]]
        cells.append(percent(one["probability"].iloc[-1], "en", decimals=1))
        rows.append([result.about.condition(str(condition), "en"), *cells])
    return table(["Condition", *names, "second edition"], rows).replace("\u00a0", " ")


OF_FILES: Final[dict[str, Callable[[wr.Model], str]]] = {
    "contents": contents, "claims": claims, "indicators": indicators, "unmeasured": unmeasured, "precedents": precedents,
    "weights": weights, "lesson": lesson,
}  # fmt: skip
OF_FIT: Final[dict[str, Callable[..., str]]] = {
    "outlook": outlook, "explanations": explanations, "clauses": clauses, "scenarios": scenarios,
}  # fmt: skip
OF_MORE_FITS: Final[dict[str, Callable[[wr.Posterior], str]]] = {
    "full exit": full_exit, "tension": tension, "editions": steps,
}  # fmt: skip


def page(model: str) -> Path:
    """Return the README of a model."""
    return ROOT / "models" / model / "README.md"


def parts(model: str, name: str = "README.md") -> dict[str, str]:
    """Return what stands in every part of a model's page, by the name of the part."""
    text = page(model).with_name(name).read_text(encoding="utf-8")
    # A part that is still empty ends at its own end, not at that of the next.
    return dict(re.findall(r"<!-- ([a-z ]+) -->\n(.*?)\n?<!-- end -->", text, flags=re.DOTALL))


def places(of: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return model and name of all parts of some kind."""
    return [(model, name) for model in MODELS for name in parts(model) if name in of]


def main() -> None:
    """Write every part of all models or of those named; ``--files`` those alone that need no fit."""
    named = [name for name in MODELS if name in sys.argv]
    for name in named or MODELS:
        model, text = wr.load_model(name), page(name).read_text(encoding="utf-8")
        posterior = None if "--files" in sys.argv else wr.fit(model, cache=True, progressbar=False)
        for part, before in parts(name).items():
            if part in OF_FILES:
                content = OF_FILES[part](model)
            elif posterior is not None:
                content = (OF_FIT | OF_MORE_FITS)[part](posterior)
            else:
                continue
            old = f"<!-- {part} -->\n{before}\n" if before else f"<!-- {part} -->\n"
            text = text.replace(f"{old}<!-- end -->", f"<!-- {part} -->\n{content}\n<!-- end -->")
        page(name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
