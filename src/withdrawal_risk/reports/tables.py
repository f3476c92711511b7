"""Answers as tables of text, for a terminal and for the report."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypedDict

from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import (
    difference_interval,
    error_in_points,
    interval,
    leads_in_words,
    percent,
    points,
    probability_word,
    share,
    share_interval,
    signed,
)

if TYPE_CHECKING:
    import pandas as pd

    from withdrawal_risk.inference.checks import CheckResult
    from withdrawal_risk.queries.attribution import Attribution
    from withdrawal_risk.queries.backtest_result import Backtest
    from withdrawal_risk.queries.by_when import ByWhen
    from withdrawal_risk.queries.drivers import Drivers
    from withdrawal_risk.queries.effects import Effects
    from withdrawal_risk.queries.feedback import Feedback
    from withdrawal_risk.queries.panel import PanelResult
    from withdrawal_risk.queries.preliminary import Preliminary
    from withdrawal_risk.queries.reach import Reach
    from withdrawal_risk.queries.results import Result
    from withdrawal_risk.queries.scenarios import Scenarios
    from withdrawal_risk.queries.sensitivity import Sensitivity
    from withdrawal_risk.queries.track_record import TrackRecord
    from withdrawal_risk.queries.watch_list import WatchList

__all__ = [
    "Table",
    "attribution_table",
    "backtest_table",
    "beside_table",
    "better_table",
    "by_when_table",
    "cards_table",
    "checks_table",
    "drivers_table",
    "effects_table",
    "feedback_table",
    "judged_table",
    "months_table",
    "panel_table",
    "peer_table",
    "questions_table",
    "reach_table",
    "result_table",
    "scenarios_table",
    "sensitivity_tables",
    "watch_table",
]

_BESIDE: Final = ("structure", "prior", "published_true", "published_false", "judged")
"""What stands beside the probabilities of an outlook: base rates and published part."""


class Table(TypedDict):
    """A table as JSON-ready data.

    Parameters
    ----------
    columns : list of str
        Headings.
    rows : list of list of str
        Cells.
    text : list of int
        Columns of text, which are aligned to the left; numbers are aligned to the right.
    """

    columns: list[str]
    rows: list[list[str]]
    text: list[int]


def result_table(result: Result, lang: str) -> Table:
    """Return a row a condition, with its interval and, of a supposition, the difference."""
    words = words_of(lang).tables
    within = words["interval"].format(
        ci_prob=words_of(lang).percent.format(number=f"{100 * result.ci_prob:g}")
    )
    columns = [words["condition"], words["probability"], within]
    if result.supposing:
        columns += [words["difference"], within]
    rows = []
    for name, row in result.summary.iterrows():
        cells = [
            result.label(str(name), lang),
            percent(row["probability"], lang, decimals=1),
            interval(row["lower"], row["upper"], lang),
        ]
        if result.supposing:
            low, high = row["difference_lower"], row["difference_upper"]
            cells.append(signed(100 * row["difference"], lang, decimals=1))
            cells.append(difference_interval(low, high, lang))
        cells.append(probability_word(row["probability"], lang, row["mcse"]))
        rows.append(cells)
    return {"columns": [*columns, words["word"]], "rows": rows, "text": [0, len(columns)]}


def preliminary_table(result: Preliminary, lang: str) -> Table:
    """Return a row a condition, with its interval."""
    words = words_of(lang).tables
    ci_prob = words_of(lang).percent.format(number=f"{100 * result.ci_prob:g}")
    within = words["interval"].format(ci_prob=ci_prob)
    rows = [
        [
            result.about.condition(name, lang),
            percent(row["probability"], lang),
            interval(row["lower"], row["upper"], lang),
            probability_word(row["probability"], lang, row["mcse"]),
        ]
        for name, row in result.rows.items()
    ]
    columns = [words["condition"], words["preliminary"], within, words["word"]]
    return {"columns": columns, "rows": rows, "text": [0, 3]}


def beside_table(result: Result, lang: str) -> Table:
    """Return what stands beside an outlook: base rates, published part, another analyst's range."""
    words = words_of(lang).tables
    rows = [
        [
            result.label(str(name), lang),
            *(percent(row[part], lang) for part in _BESIDE),
            interval(row["range_low"], row["range_high"], lang) if row["range_of"] else "",
        ]
        for name, row in result.summary.iterrows()
    ]
    columns = [words["condition"], *(words[part] for part in _BESIDE), words["analyst"]]
    return {"columns": columns, "rows": rows, "text": [0]}


def sensitivity_tables(result: Sensitivity, top: int, lang: str) -> list[Table]:
    """Return the judgements that matter most, the thresholds, and refits where there are any."""
    tables = [_judgements_table(result, top, lang), _thresholds_table(result, lang)]
    return tables if result.refits.empty else [*tables, _refits_table(result, lang)]


def _judgements_table(result: Sensitivity, top: int, lang: str) -> Table:
    words = words_of(lang)
    rows = []
    for path, row in result.summary.iloc[:top].iterrows():
        if not row["trusted"]:
            tip = words.names["cannot_tell"]
        elif math.isnan(row["tip"]):
            tip = words.names["no_tip"]
        else:
            tip = f"{signed(row['tip'], lang)}: {result.tipped[str(path)][lang]}"
        spreads = [
            words.names["not_resolved"] if math.isnan(row[name]) else points(row[name], lang)
            for name in ("narrower", "wider")
        ]
        rows.append(
            [
                result.label(str(path), lang),
                result.range(str(path), lang),
                points(row["effect"], lang),
                error_in_points(row["effect_mcse"], lang),
                *spreads,
                signed(row["shift"], lang),
                tip,
            ]
        )
    heads = ("judgement", "in_file", "effect_of_sd", "mcse", "half_spread", "double_spread")
    columns = [words.tables[head] for head in (*heads, "evidence_shift", "tip")]
    return {"columns": columns, "rows": rows, "text": [0, 1, 7]}


def _thresholds_table(result: Sensitivity, lang: str) -> Table:
    words, rows = words_of(lang), []
    for clause, (_, row) in zip(result.clauses[lang], result.thresholds.iterrows(), strict=True):
        sides = [
            words.names["no_next"] if math.isnan(row[step]) else percent(row[step], lang)
            for step in (-1.0, 1.0)
        ]
        informed = {None: "", True: words.names["informed"], False: words.names["not_informed"]}
        rows.append(
            [
                clause,
                words.names[row["origin"]],
                informed[row["informed"]],
                *sides,
            ]
        )
    columns = [words.tables[h] for h in ("clause", "origin", "informed", "harsher", "kinder")]
    return {"columns": columns, "rows": rows, "text": [0, 1, 2]}


def _refits_table(result: Sensitivity, lang: str) -> Table:
    words = words_of(lang)
    rows = [
        [
            result.label(row["path"], lang)
            if row["path"] in result.ranges
            else words.groups[row["path"]],
            signed(row["shift"], lang, 0),
            *(
                [words.names["no_model"], ""]
                if math.isnan(row["probability"])
                else [percent(row["probability"], lang, 1), error_in_points(row["mcse"], lang)]
            ),
            percent(row["reweighted"], lang, 1),
            f"{row['khat']:.2f}",
        ]
        for _, row in result.refits.iterrows()
    ]
    heads = ("judgement", "moved_by", "refit", "mcse", "reweighted")
    columns = [words.tables[head] for head in (*heads, "pareto_k")]
    return {"columns": columns, "rows": rows, "text": [0]}


def panel_table(result: PanelResult, lang: str) -> Table:
    """Return a row an expert, then all together and the file itself."""
    words = words_of(lang)
    within = words.tables["interval"].format(
        ci_prob=words.percent.format(number=f"{100 * result.ci_prob:g}")
    )
    rows = []
    for name, row in result.summary.iterrows():
        expert = not math.isnan(row["judged"])
        rows.append(
            [
                result.label(str(name), lang),
                percent(row["probability"], lang, 1),
                interval(row["lower"], row["upper"], lang),
                probability_word(row["probability"], lang, row["mcse"]),
                share(row["weight"], lang) if expert else "",
                "" if math.isnan(row["without"]) else percent(row["without"], lang, 1),
                f"{row['judged']:.0f}" if expert else "",
                error_in_points(row["mcse"], lang),
                words.tables["refitted"] if row["refitted"] else "",
            ]
        )
    heads = ("panel_weight", "without", "ranges_judged", "mcse", "panel_note")
    columns = [words.tables["expert"], words.tables["probability"], within, words.tables["word"]]
    columns += [words.tables[head] for head in heads]
    return {"columns": columns, "rows": rows, "text": [0, 3, 8]}


def cards_table(result: PanelResult, lang: str) -> Table:
    """Return how well each expert judged questions whose answers are known."""
    words = words_of(lang)
    rows = [
        [
            str(name),
            f"{row['seeds']:.0f}",
            " / ".join(f"{row[part]:.0f}" for part in ("below", "lower", "upper", "above")),
            *(
                words.names["not_resolved"] if math.isnan(row[score]) else f"{row[score]:.3f}"
                for score in ("calibration", "information")
            ),
            words.names["not_resolved"]
            if math.isnan(row["weight"])
            else share(row["weight"], lang),
        ]
        for name, row in result.cards.iterrows()
    ]
    heads = ("expert", "seeds", "hits", "calibration", "information", "cooke_weight")
    return {"columns": [words.tables[head] for head in heads], "rows": rows, "text": [0]}


def feedback_table(result: Feedback, lang: str) -> Table:
    """Return a row a range that an expert judged."""
    forms = words_of(lang).forms
    heads = ("feedback_question", "feedback_own", "feedback_others", "feedback_place")
    return {
        "columns": [forms[head] for head in heads],
        "rows": result.rows(lang),
        "text": [0, 1, 2, 3],
    }


def by_when_table(result: ByWhen, lang: str) -> Table:
    """Return a row a month."""
    words = words_of(lang).tables
    within = words["interval"].format(
        ci_prob=words_of(lang).percent.format(number=f"{100 * result.ci_prob:g}")
    )
    rows = [
        [
            words_of(lang).with_dates(str(month)),
            percent(row["probability"], lang, decimals=1),
            interval(row["lower"], row["upper"], lang),
            probability_word(row["probability"], lang, row["mcse"]),
        ]
        for month, row in result.summary.iterrows()
    ]
    columns = [words["month"], words["probability"], within, words["word"]]
    return {"columns": columns, "rows": rows, "text": [0, 3]}


def effects_table(effects: Effects, lang: str) -> Table:
    """Return a row a level: where the factor is set there, and where it is found there."""
    words = words_of(lang)
    heads = ("level", "set", "seen", "gap", "futures")
    rows = []
    for level, row in effects.summary.iterrows():
        resolved = row["futures"] > 0 and row["seen"] == row["seen"]
        missing = words.names["not_resolved"]
        rows.append(
            [
                effects.label(str(level), lang),
                percent(row["set"], lang),
                percent(row["seen"], lang) if resolved else missing,
                points(row["gap"], lang) if resolved else missing,
                f"{row['futures']:,.0f}",
            ]
        )
    return {"columns": [words.tables[head] for head in heads], "rows": rows, "text": [0]}


def scenarios_table(scenarios: Scenarios, lang: str) -> Table:
    """Return a row a scenario and a column a condition, with differences in brackets."""
    words = words_of(lang).tables
    baseline = scenarios.results["baseline"]
    conditions = [str(name) for name in baseline.summary.index]
    rows = []
    for name, result in scenarios.results.items():
        cells = [scenarios.label(name, lang)]
        for condition in conditions:
            row: Any = result.summary.loc[condition]
            cell = percent(row["probability"], lang, decimals=1)
            # A scenario whose months have passed differs by nothing, and says so instead.
            if name in scenarios.passed:
                cell += f" {words['passed']}"
            elif result.supposing:
                cell += f" ({signed(100 * row['difference'], lang, decimals=1)})"
            cells.append(cell)
        rows.append(cells)
    heads = [baseline.label(name, lang) for name in conditions]
    return {"columns": [words["scenario"], *heads], "rows": rows, "text": [0]}


def better_table(scenarios: Scenarios, lang: str) -> Table:
    """Return a row a scenario and a column an outcome: in how many draws it is better."""
    heads = [scenarios.about.label(str(name), lang) for name in scenarios.better.columns]
    rows = [
        [
            scenarios.label(str(name), lang),
            *("" if math.isnan(share) else percent(share, lang) for share in row),
        ]
        for name, row in scenarios.better.iterrows()
    ]
    return {"columns": [words_of(lang).tables["scenario"], *heads], "rows": rows, "text": [0]}


def drivers_table(drivers: Drivers, lang: str) -> Table:
    """Return a row a factor: moved, set, and observed."""
    words = words_of(lang)
    ways = [way for way in ("shift", "causal", "evidential") if f"{way}_swing" in drivers.summary]
    rows = []
    for name, row in drivers.summary.iterrows():
        ends = [
            " / ".join(percent(row[f"{way}_{end}"], lang, decimals=1) for end in ("low", "high"))
            for way in ways
        ]
        direct = words.names["yes"] if row["direct"] else ""
        rows.append([drivers.label(str(name), lang), direct, *ends])
    heads = ("factor", "direct", *ways)
    return {"columns": [words.tables[head] for head in heads], "rows": rows, "text": [0, 1]}


def attribution_table(attribution: Attribution, lang: str) -> Table:
    """Return a row a group, with the points that it took."""
    words = words_of(lang).tables
    rows = [
        [
            attribution.label(str(name), lang),
            signed(100 * row["share"], lang, decimals=1),
            f"{100 * row['mcse']:.1f}",
        ]
        for name, row in attribution.summary.iterrows()
    ]
    heads = ("group", "points_lost", "mcse")
    return {"columns": [words[head] for head in heads], "rows": rows, "text": [0]}


def watch_table(watched: WatchList, lang: str) -> Table:
    """Return a row an informative indicator of each condition."""
    words = words_of(lang).tables
    informative = watched.summary[watched.summary["informative"]]
    rows = []
    for (condition, indicator), row in zip(
        informative.index, informative.to_dict("records"), strict=True
    ):
        rows.append(
            [
                watched.about.condition(condition, lang),
                watched.label(indicator, lang),
                # A typical move has a size but no direction, so it is written without a sign.
                points(row["move"], lang).replace("+", ""),
                percent(row["share"], lang, decimals=1),
            ]
        )
    heads = ("condition", "indicator", "moves", "share")
    return {"columns": [words[head] for head in heads], "rows": rows, "text": [0, 1]}


def reach_table(reached: Reach, lang: str) -> Table:
    """Return a row a lever."""
    words = words_of(lang).tables
    rows = [
        [
            reached.label(str(name), lang),
            signed(row["shift"], lang),
            signed(row["bound"], lang),
            f"{row['cost']:.1f}",
        ]
        for name, row in reached.summary.iterrows()
    ]
    heads = ("lever", "lasting_shift", "bound", "cost")
    return {"columns": [words[head] for head in heads], "rows": rows, "text": [0]}


def checks_table(checks: Sequence[CheckResult], lang: str) -> Table:
    """Return a row a check."""
    words = words_of(lang).tables
    rows = [[item.label(lang), item.verdict_in(lang), item.sentence(lang)] for item in checks]
    heads = ("check", "verdict", "finding")
    return {"columns": [words[head] for head in heads], "rows": rows, "text": [0, 1, 2]}


def backtest_table(result: Backtest, lang: str) -> Table:
    """Return a row an indicator and block of leads, the model beside the best of the others."""
    language = words_of(lang)
    words = language.tables
    within = words["interval"].format(ci_prob=language.percent.format(number="90"))
    compared = bool(result.others)
    columns = [words["indicator"], words["leads"], words["forecasts"], words["crps"]]
    if compared:
        columns += [words["best"], words["crps"], words["skill"], within]
        columns += [words["without_worst"], words["blocks"]]
    columns += [
        words["covered"].format(p=language.percent.format(number=number)) for number in ("50", "90")
    ]
    rows = []
    for (indicator, leads), row in zip(
        result.summary.index, result.summary.to_dict("records"), strict=True
    ):
        cells = [
            result.names[indicator][lang],
            leads_in_words(leads, lang),
            str(row["pairs"]),
            f"{row['crps']:.4g}",
        ]
        if compared and not isinstance(row["best"], str):
            # Nobody else had anything to go by.
            cells += [""] * 6
        elif compared:
            cells += [
                language.methods[row["best"]],
                f"{row['best_crps']:.4g}",
                _skill(row["skill"], lang),
                share_interval(row["lower"], row["upper"], lang),
                _skill(row["without_worst"], lang),
                f"{row['blocks']:.1f}",
            ]
        # Yes or no and categories have no intervals to be covered by.
        cells += [
            share(row[name], lang) if math.isfinite(row[name]) else ""
            for name in ("covered_50", "covered_90")
        ]
        rows.append(cells)
    return {"columns": columns, "rows": rows, "text": [0, 4] if compared else [0]}


def _skill(value: float, lang: str) -> str:
    # Nobody is better than what made no error.
    return share(value, lang) if math.isfinite(value) else words_of(lang).names["not_resolved"]


def peer_table(table: pd.DataFrame, lang: str) -> Table:
    """Return the mean error of logarithms by months ahead, of a peer, the model and the others."""
    words = words_of(lang)
    return {
        "columns": [
            words.tables["ahead"],
            words.tables["forecasts"],
            *(words.methods[name] for name in table.columns[1:]),
        ],
        "rows": [
            [str(ahead), str(int(row["pairs"])), *(f"{row[n]:.2f}" for n in table.columns[1:])]
            for ahead, row in table.iterrows()
        ],
        "text": [],
    }


def questions_table(found: TrackRecord, lang: str) -> Table:
    """Return a row a question that published figures settle, or that is open."""
    words = words_of(lang)
    rows = [
        [
            *_question(found, place, row, lang),
            words.names[row["status"]],
            *_scores(row),
            _count(row["more_events"]),
        ]
        for place, row in zip(
            found.conditions.index, found.conditions.to_dict("records"), strict=True
        )
    ]
    heads = (*_QUESTION, "status", *_SCORES, "more")
    columns = [words.tables[head] for head in heads]
    return {"columns": columns, "rows": rows, "text": [0, 1, 5]}


def judged_table(found: TrackRecord, lang: str) -> Table:
    """Return a row a question that a judge closed."""
    words = words_of(lang)
    rows = [
        [
            *_question(found, place, row, lang),
            row["judge"],
            percent(row["answer"], lang),
            *_scores(row),
        ]
        for place, row in zip(found.judged.index, found.judged.to_dict("records"), strict=True)
    ]
    heads = (*_QUESTION, "judge", "answer", "expected_brier", *_SCORES[1:])
    return {"columns": [words.tables[head] for head in heads], "rows": rows, "text": [0, 1, 5]}


_QUESTION: Final = ("condition", "latest", "probability", "structure", "prior")
_SCORES: Final = ("brier", "average", "of_structure", "of_events")


def _question(
    found: TrackRecord, place: tuple[str, str, str], row: Mapping[Any, Any], lang: str
) -> list[str]:
    """Return the name of a question, the day of its latest forecast, and what that said."""
    numbers = (row[name] for name in ("probability", "structure", "events"))
    return [
        f"{place[0]}: {found.label(place[0], place[1], lang)}",
        f"{words_of(lang).with_dates(str(row['latest']))} ({row['entry']})",
        *("" if math.isnan(number) else percent(number, lang) for number in numbers),
    ]


def _scores(row: Mapping[Any, Any]) -> list[str]:
    names = ("brier", "average_brier", "brier_structure", "brier_events")
    return ["" if math.isnan(row[name]) else f"{row[name]:.3f}" for name in names]


def _count(value: float) -> str:
    """Write a number of outcomes; nothing where it is not resolved, or none would do."""
    return f"{value:,.0f}" if math.isfinite(value) else ""


def months_table(found: TrackRecord, lang: str) -> Table:
    """Return a row an indicator and who forecast it."""
    words = words_of(lang)
    rows = [
        [
            f"{place[0]}: {found.indicator(place[0], place[1], lang)}",
            words.methods[place[2]],
            str(row["outcomes"]),
            f"{row['score']:.4g}",
            f"{row['average']:.4g}",
            "" if math.isnan(row["skill"]) else share(row["skill"], lang),
            _count(row["more"]),
            "" if math.isnan(row["covered_90"]) else share(row["covered_90"], lang),
        ]
        for place, row in zip(found.months.index, found.months.to_dict("records"), strict=True)
    ]
    names = ("indicator", "method", "outcomes", "score", "average", "skill_of_model", "more")
    covered = words.tables["covered"].format(p=words.percent.format(number="90"))
    columns = [*(words.tables[name] for name in names), covered]
    return {"columns": columns, "rows": rows, "text": [0, 1]}
