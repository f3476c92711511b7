"""Why 2025 is not 2011: where things stood in December 2011 and in August 2025, in numbers.

Run it: ``python examples/compare_2011_2025.py [output folder]``. It writes a picture and a page in
English and Arabic.

A level is measured in long-run standard deviations about a reference, and both are those of the
years before: an ordinary month of 2011 was far more violent than one of 2025. So levels are shown
on each file's own scale and, where both files read one published indicator, also on that of 2011.
"""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import withdrawal_risk as wr
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import percent, points, signed
from withdrawal_risk.plots.style import ACCENT, AGAINST, new_figure, title

SHARED = {
    "us_iran_tension": "geopolitical_risk",
    "faction_control": "rule_of_law",
    "security_gaps": "organised_violence_deaths",
    "investor_confidence": "regulatory_quality",
    "energy_supply_pressure": "power_supply_share",
}
"""Factors of both files that one published indicator measures in both."""

MONTHS = 6
"""Last months whose mean level counts."""

WORDS = {
    "en": {
        "title": "Where things stood before the exit of 2011 and during the drawdown of 2025",
        "own": "Level on each file's own scale (long-run sd), median and 90 % interval",
        "common": "Level on the scale of 2011, by an indicator of both",
        "factor": "Factor",
        "higher": "Probability that 2025 is higher",
        "presence": "American troops, in levels of 2011: from {a} to {b} in 2011, from {c} to {d} "
        "in 2025.",
        "clear": "On the scale of 2011, in more than 95 % of draws: higher in 2025 {up}; lower {down}.",
        "question": "Condition",
        "change": "Change",
        "p": "Probability",
        "base": "expected",
    },
    "ar": {
        "title": "أين كانت الأمور عند خروج 2011 وخلال الخفض في 2025",
        "own": "المستوى على مقياس كل ملف (انحرافات طويلة الأمد)، الوسيط وفترة 90 %",
        "common": "المستوى على مقياس 2011، بمؤشر مشترك",
        "factor": "العامل",
        "higher": "احتمال أن يكون 2025 أعلى",
        "presence": "القوات الأميركية بمستويات 2011: من {a} إلى {b} في 2011، ومن {c} إلى {d} في 2025.",
        "clear": "على مقياس 2011، في أكثر من 95 % من السحوبات: أعلى في 2025 {up}؛ وأدنى {down}.",
        "question": "الشرط",
        "change": "التغيّر",
        "p": "الاحتمال",
        "base": "المتوقع",
    },
}


def levels(posterior: wr.Posterior, factor: str, draws: np.ndarray) -> np.ndarray:
    """Return the mean level of a factor in the last months, in some draws."""
    level = posterior.tree["posterior"].dataset["level"].sel(factor=factor)
    known = level.sel(month=slice(None, posterior.as_of.first_day.isoformat()))
    return known.isel(month=slice(-MONTHS, None)).mean("month").to_numpy().ravel()[draws]


def on_the_scale_of(
    other: wr.Posterior,
    posterior: wr.Posterior,
    level: np.ndarray,
    indicator: str,
    draws: np.ndarray,
) -> np.ndarray:
    """Return levels as those at which the other file expects the same value of an indicator."""
    ends = []
    for fit in (posterior, other):
        group = fit.tree["posterior"].dataset
        at = [
            group[name].sel(indicator=indicator).to_numpy().ravel()
            for name in ("reference", "loading")
        ]
        ends.append([values[draws % len(values)] for values in at])
    (reference, loading), (others_reference, others_loading) = ends
    sign = posterior.model.spec.indicators[indicator].polarity
    return (sign * (reference - others_reference) + loading * level) / others_loading


def table(old: wr.Posterior, new: wr.Posterior) -> pd.DataFrame:
    """Return the levels of the factors that both files have, by quantiles."""
    shared = [name for name in old.model.spec.factors if name in new.model.spec.factors]
    count = min(len(fit.draws()["half_life"]) for fit in (old, new))
    # The draws of both fits have nothing to do with each other, so any order pairs them.
    draws = np.random.default_rng(1).permutation(count)
    rows = {}
    for name in shared:
        a, b = levels(old, name, np.arange(count)), levels(new, name, draws)
        row = {"old": a, "new": b}
        if name in SHARED:
            row["moved"] = on_the_scale_of(old, new, b, SHARED[name], draws)
        rows[name] = {
            f"{kind}_{q}": float(np.quantile(values, q / 100))
            for kind, values in row.items()
            for q in (5, 50, 95)
        } | ({"higher": float((row["moved"] > a).mean())} if name in SHARED else {})
    return pd.DataFrame.from_dict(rows, orient="index")


def picture(found: pd.DataFrame, old: wr.Posterior, lang: str) -> Figure:
    """Draw both years, on their own scales and on that of 2011."""
    words = WORDS[lang]
    figure, axes = new_figure(12.5, 1.6 + 0.36 * len(found), columns=2, ratios=[1, 1])
    names = [old.model.spec.label(name, lang) for name in found.index]
    for axis, kind, heading in zip(axes, ("new", "moved"), ("own", "common"), strict=True):
        shown = found.dropna(subset=[f"{kind}_50"])
        places = [list(found.index).index(name) for name in shown.index]
        for prefix, colour, shift, label in (
            ("old", AGAINST, -0.15, "2011"),
            (kind, ACCENT, 0.15, "2025"),
        ):
            y = np.array(places) + shift
            axis.hlines(
                y, shown[f"{prefix}_5"], shown[f"{prefix}_95"], color=colour, lw=2.2, label=label
            )
            axis.plot(shown[f"{prefix}_50"], y, "o", color=colour, ms=4)
        axis.axvline(0, color="black", lw=0.8)
        axis.set_yticks(range(len(names)), names if axis is axes[0] else [""] * len(names))
        axis.set(ylim=(len(names) - 0.4, -0.6))
        axis.set_xlabel(words[heading], fontsize=9)
        axis.grid(axis="x", alpha=0.25)
    figure.legend(
        *axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False
    )
    title(figure, words["title"], lang)
    return figure


def presence(old: wr.Posterior, new: wr.Posterior, lang: str) -> str:
    """Say from which level to which the presence fell, in levels of 2011."""
    policy = old.model.spec.policies["us_presence"]
    path = new.model.spec.policies["us_presence"].path
    ends = {
        "a": policy.path[0].value, "b": 0.0, "c": path[0].value, "d": path[-1].value,
    }  # fmt: skip
    shown = {
        name: f"{signed((float(value) - policy.reference) / policy.per_level, lang, decimals=2)} "
        f"({float(value):,.0f})"
        for name, value in ends.items()
    }
    return WORDS[lang]["presence"].format(**shown)


def clear(found: pd.DataFrame, old: wr.Posterior, lang: str) -> str:
    """Say which factors differ in nearly all draws."""

    def named(which: pd.Series) -> str:
        labels = [old.model.spec.label(str(name), lang) for name in found.index[which]]
        return words_of(lang).listed(labels) or "–"

    up, down = named(found["higher"] > 0.95), named(found["higher"] < 0.05)
    return WORDS[lang]["clear"].format(up=up, down=down)


def exits(old: wr.Posterior, new: wr.Posterior, futures: int) -> list[tuple[str, wr.Scenarios]]:
    """Return what other ways of leaving would change in both files."""
    asked = {
        "2011": (old, ["residual_force", "agreements_alone"]),
        "2025": (new, ["exit_2011_style"]),
    }
    return [
        (year, wr.scenarios(fit, names=names, futures=futures))
        for year, (fit, names) in asked.items()
    ]


def page(
    found: pd.DataFrame, fits: tuple[wr.Posterior, wr.Posterior],
    answers: list[tuple[str, wr.Scenarios]], lang: str, file: str,
) -> str:  # fmt: skip
    """Return the page: a sentence, the picture, both tables."""
    words, side = WORDS[lang], "rtl" if words_of(lang).right_to_left else "ltr"

    def cell(row: pd.Series, kind: str) -> str:
        if np.isnan(row.get(f"{kind}_50", np.nan)):
            return ""
        low, middle, high = (signed(row[f"{kind}_{q}"], lang, decimals=1) for q in (5, 50, 95))
        return f"{middle} ({words_of(lang).from_to.format(low=low, high=high)})"

    lines = [
        [fits[0].model.spec.label(str(name), lang), cell(row, "old"), cell(row, "new"), cell(row, "moved"),
         "" if np.isnan(row.get("higher", np.nan)) else percent(row["higher"], lang)]
        for name, row in found.iterrows()
    ]  # fmt: skip
    levels_table = _html([words["factor"], "2011", "2025", words["common"], words["higher"]], lines)
    lines = []
    for year, scenarios in answers:
        for name, result in scenarios.results.items():
            for condition, row in result.summary.iterrows():
                base = name == "baseline"
                lines.append(
                    [year, words["base"] if base else scenarios.label(name, lang),
                     result.label(str(condition), lang), percent(row["probability"], lang, decimals=1),
                     "" if base else points(row["difference"], lang)]
                )  # fmt: skip
    exits_table = _html(["", "", words["question"], words["p"], words["change"]], lines)
    return (
        f'<!doctype html><html lang="{lang}" dir="{side}"><meta charset="utf-8">'
        f"<title>{escape(words['title'])}</title><style>body{{font-family:sans-serif;"
        "max-width:70em;margin:2em auto}table{border-collapse:collapse;margin:1.5em 0}"
        "td,th{padding:.3em .8em;border-bottom:1px solid #ccc;text-align:start}"
        "img{max-width:100%}</style>"
        f"<h1>{escape(words['title'])}</h1><p>{escape(presence(*fits, lang))}</p>"
        f"<p>{escape(clear(found, fits[0], lang))}</p>"
        f'<img src="{file}" alt="{escape(words["own"])}">{levels_table}{exits_table}</html>'
    )


def _html(heads: list[str], lines: list[list[str]]) -> str:
    """Return a table."""
    top = "".join(f"<th>{escape(text)}</th>" for text in heads)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in line)}</tr>" for line in lines
    )
    return f"<table><tr>{top}</tr>{rows}</table>"


def main(folder: str = "output", draws: int = 2000, tune: int = 1000, futures: int = 64) -> None:
    """Fit both models, and write the picture and the page in both languages."""
    output = Path(folder)
    output.mkdir(parents=True, exist_ok=True)
    old, new = (
        wr.fit(wr.load_model(name), draws=draws, tune=tune, random_seed=1, cache=draws == 2000)
        for name in ("iraq-2011", "iraq-2025")
    )
    found, answers = table(old, new), exits(old, new, futures)
    print(presence(old, new, "en"))
    print(clear(found, old, "en"))
    print(found[["old_50", "new_50", "moved_50", "higher"]].round(2).to_string())
    for year, scenarios in answers:
        print(year, scenarios.summary["probability"].unstack().round(3).to_string(), sep="\n")
        print(scenarios.results["baseline"].sentence())
    for lang in ("en", "ar"):
        file = f"compare-2011-2025-{lang}.png"
        picture(found, old, lang).savefig(output / file, dpi=150)
        text = page(found, (old, new), answers, lang, file)
        (output / f"compare-2011-2025-{lang}.html").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
