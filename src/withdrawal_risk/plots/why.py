"""Why an outlook is as it is: tornado, waterfalls, routes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from withdrawal_risk.language import the_language
from withdrawal_risk.language.numbers import percent, points, share, signed
from withdrawal_risk.plots.style import (
    ACCENT,
    AGAINST,
    FOR,
    MUTED,
    Z90,
    an_answer,
    check_most,
    marked,
    new_figure,
    percent_tick,
    say,
    title,
    wrapped,
)
from withdrawal_risk.queries.attribution import Attribution
from withdrawal_risk.queries.change import Change
from withdrawal_risk.queries.drivers import Drivers
from withdrawal_risk.queries.routes import Routes

__all__ = ["plot_attribution", "plot_change", "plot_drivers", "plot_paths"]


def plot_drivers(found: Drivers, *, most: int = 12, lang: str = "en") -> Figure:
    """Draw what moving each factor would do beside what seeing it would tell, on one scale.

    Parameters
    ----------
    found : Drivers
        From `drivers`.
    most : int
        Factors shown.
    lang : {"en", "ar"}
    """
    an_answer(found, Drivers, "plot_drivers")
    check_most(most)
    # Those that the condition reads itself are always shown, below the others.
    inside = found.summary[found.summary["direct"]]
    outside = found.summary[~found.summary["direct"]].iloc[: max(most - len(inside), 1)]
    table = pd.concat([outside, inside])[::-1]
    figure, axes = new_figure(11, 1.7 + 0.4 * len(table), columns=2)
    furthest = float(table[["shift_low", "shift_high", "evidential_low", "evidential_high"]].to_numpy().max())
    for axis, kind, word in zip(axes, ("shift", "evidential"), ("moved", "seen"), strict=True):
        for y, (_, row) in enumerate(table.iterrows()):
            for end, colour in (("low", MUTED), ("high", ACCENT)):
                axis.barh(
                    y, row[f"{kind}_{end}"] - found.probability, left=found.probability, color=colour, height=0.62
                )
            error = Z90 * row[f"{kind}_mcse"]
            axis.plot([row[f"{kind}_high"] - error, row[f"{kind}_high"] + error], [y, y], color="black", lw=1)
        axis.axvline(found.probability, color="black", lw=0.9)
        if len(inside) and len(outside):
            axis.axhline(len(inside) - 0.5, color=MUTED, lw=0.8)
        labels = [
            wrapped(found.label(str(name), lang) + (f" {say('direct', lang)}" if direct else ""), 34)
            for name, direct in table["direct"].items()
        ]
        axis.set_yticks(range(len(table)), labels if kind == "shift" else [""] * len(table), fontsize=9)
        axis.set(xlim=(0, min(1.12 * furthest + 0.01, 1.0)), xlabel=say("probability", lang))
        axis.xaxis.set_major_formatter(percent_tick)
        axis.set_title(say(word, lang), fontsize=10.5)
        axis.grid(axis="x", alpha=0.25)
        axis.set_axisbelow(True)
    title(figure, say("drivers", lang, what=found.about.condition(found.condition, lang)), lang)
    handles = [
        Patch(color=MUTED, label=say("lower", lang)),
        Patch(color=ACCENT, label=say("higher", lang)),
        Line2D([], [], color="black", lw=0.9, label=f"{say('expected', lang)}: {percent(found.probability, lang)}"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False)
    return marked(figure, found.about, lang)


def _waterfall(
    axis: Axes, first: float, last: float, parts: Sequence[tuple[str, float, float]], ends: tuple[str, str], lang: str
) -> None:
    """Draw two totals and the parts that lead from one to the other; a part is a label, a size and an error."""
    names = [ends[0], *(name for name, _, _ in parts), ends[1]]
    rows = list(range(len(names)))[::-1]
    axis.barh([rows[0], rows[-1]], [first, last], color=ACCENT, height=0.62)
    at, reached = first, [first, last]
    for y, (_, size, error) in zip(rows[1:-1], parts, strict=True):
        axis.barh(y, size, left=at, color=FOR if size > 0 else AGAINST, height=0.62)
        axis.plot([at, at], [y - 0.35, y + 1.35], color=MUTED, lw=0.8)
        at += size
        if error:
            axis.plot([at - Z90 * error, at + Z90 * error], [y, y], color="black", lw=1)
        reached.append(at + Z90 * error)
    axis.plot([last, last], [rows[-1] - 0.3, rows[-1] + 1.35], color=MUTED, lw=0.8)
    top = max(reached)
    for y, text in zip(
        rows,
        [percent(first, lang), *(points(size, lang) for _, size, _ in parts), percent(last, lang)],
        strict=True,
    ):
        axis.text(1.01, y, text, transform=axis.get_yaxis_transform(), va="center", fontsize=9)
    axis.set_yticks(rows, [wrapped(name, 38) for name in names], fontsize=9)
    axis.set(xlim=(min(0.0, *reached), 1.08 * top if top > 0 else 1), xlabel=say("change_points", lang))
    axis.xaxis.set_major_formatter(percent_tick)
    axis.grid(axis="x", alpha=0.25)
    axis.set_axisbelow(True)


def plot_attribution(found: Attribution, *, lang: str = "en") -> Figure:
    """Draw what took a condition's probability down, from what it would have been to what it is.

    Parameters
    ----------
    found : Attribution
        From `attribution`.
    lang : {"en", "ar"}
    """
    an_answer(found, Attribution, "plot_attribution")
    figure, (axis,) = new_figure(10, 1.8 + 0.42 * (len(found.summary) + 2))
    parts = [
        (found.label(str(name), lang), -float(row["share"]), float(row["mcse"]))
        for name, row in found.summary.iterrows()
    ]
    _waterfall(axis, found.reference, found.probability, parts, (say("untouched", lang), say("now", lang)), lang)
    name = found.about.condition(found.condition, lang)
    ends = {"a": percent(found.reference, lang), "b": percent(found.probability, lang)}
    title(figure, say("attribution", lang, what=name, **ends), lang)
    return marked(figure, found.about, lang)


def plot_change(found: Change, *, before: str, lang: str = "en") -> Figure:
    """Draw what moved a condition's probability between two dates.

    Parameters
    ----------
    found : Change
        From `explain_change`.
    before : str
        The earlier date.
    lang : {"en", "ar"}
    """
    an_answer(found, Change, "plot_change")
    figure, (axis,) = new_figure(10, 1.8 + 0.42 * (len(found.summary) + 2))
    parts = [(found.label(str(name), lang), float(size), 0.0) for name, size in found.summary["contribution"].items()]
    ends = say("before", lang, when=before), say("before", lang, when=found.about.as_of)
    _waterfall(axis, found.before, found.after, parts, ends, lang)
    axis.set_xlabel(say("probability", lang))
    title(figure, say("change", lang, what=found.about.condition(found.condition, lang)), lang)
    return marked(figure, found.about, lang, also=bool(found.failed))


def plot_paths(found: Routes, *, most: int = 8, lang: str = "en") -> Figure:
    """Draw the routes of an effect, the width of each arrow by the share that runs along it.

    Parameters
    ----------
    found : Routes
        From `paths`.
    most : int
        Routes shown; the others are added to the last.
    lang : {"en", "ar"}
    """
    an_answer(found, Routes, "plot_paths")
    check_most(most)
    the_language(lang)
    table = found.summary
    listed = table.iloc[: min(most, len(table) - 1)]
    rows: list[tuple[list[str], float, float, float]] = [
        (str(route).split("->"), float(row["effect"]), float(row["lower"]), float(row["upper"]))
        for route, row in listed.iterrows()
    ]
    longest = max(len(route) for route, *_ in rows)
    figure, (chain, axis) = new_figure(13, 1.7 + 0.62 * (len(rows) + 1), columns=2, ratios=(1.75, 1))
    chain.axis("off")
    side = -1.0 if lang == "ar" else 1.0
    largest = max(abs(effect) for _, effect, _, _ in rows) or 1.0
    for place, (route, effect, low, high) in enumerate(rows):
        y = -place
        # The ends of all routes stand below each other; the factors between are spread evenly.
        xs = side * np.linspace(0, longest - 1, len(route))
        for a, b in itertools.pairwise(xs):
            chain.annotate(
                "", (b, y), (a, y),
                arrowprops={"arrowstyle": "-|>", "lw": 0.6 + 5 * abs(effect) / largest, "shrinkA": 30, "shrinkB": 32,
                            "color": FOR if effect > 0 else AGAINST, "alpha": 0.7},
            )  # fmt: skip
        for x, name in zip(xs, route, strict=True):
            chain.text(
                x, y, wrapped(found.about.label(name, lang), 15), ha="center", va="center", fontsize=7.5,
                bbox={"boxstyle": "round,pad=0.25", "fc": "white", "ec": MUTED},
            )  # fmt: skip
        axis.plot([low, high], [y, y], color=ACCENT, lw=4, alpha=0.4, solid_capstyle="butt")
        axis.plot(effect, y, "o", color=ACCENT)
    rest = found.total[0] - sum(effect for _, effect, _, _ in rows)
    axis.plot(rest, -len(rows), "o", color=MUTED)
    chain.text(
        side * (longest - 1) / 2, -len(rows), found.label(str(table.index[-1]), lang), ha="center", va="center",
        fontsize=8.5, color="#5b6875",
    )  # fmt: skip
    limits = (-len(rows) - 0.6, 0.6)
    chain.set(xlim=tuple(sorted((-0.5 * side, side * (longest - 0.5)))), ylim=limits)
    axis.axvline(0, color="black", lw=0.8)
    axis.set(ylim=limits, xlabel=say("effect", lang, step=found.step(lang), p=f"{100 * found.ci_prob:g}"))
    axis.set_yticks([])
    for y, effect in enumerate([effect for _, effect, _, _ in rows] + [rest]):
        text = share(effect / found.total[0], lang) if found.total[0] else ""
        axis.text(1.01, -y, text, transform=axis.get_yaxis_transform(), va="center", fontsize=9)
    axis.grid(axis="x", alpha=0.25)
    ends = {"a": found.about.label(found.source, lang), "b": found.about.label(found.target, lang)}
    title(figure, f"{say('routes', lang, **ends)}: {signed(found.total[0], lang)}", lang)
    return marked(figure, found.about, lang)
