"""The routes of an effect, and how much runs along each."""

from __future__ import annotations

import itertools

import numpy as np
from matplotlib.figure import Figure

from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import share, signed
from withdrawal_risk.plots.style import (
    ACCENT,
    AGAINST,
    FOR,
    MUTED,
    check_answer,
    check_count,
    interval_line,
    marked,
    new_figure,
    say,
    title,
    wrapped,
)
from withdrawal_risk.queries.path_effects import PathEffects

__all__ = ["plot_path_effects"]


def plot_path_effects(result: PathEffects, *, max_routes: int = 8, lang: str = "en") -> Figure:
    """Draw the routes of an effect, the width of each arrow by the share that runs along it.

    Parameters
    ----------
    result : PathEffects
        From `path_effects`.
    max_routes : int
        Routes shown; the others are added to the last.
    lang : {"en", "ar"}

    Examples
    --------
    >>> routes = wr.path_effects(posterior, "tension", "gaps", draws=100)
    >>> figure = wr.plot_path_effects(routes)
    >>> len(figure.axes)
    2
    """
    check_answer(result, PathEffects, "plot_path_effects")
    check_count(max_routes, "max_routes")
    table = result.summary
    # The last row of the table holds the other routes and loops. It is drawn apart, together with
    # the routes beyond ``max_routes``.
    listed = table.iloc[: min(max_routes, len(table) - 1)]
    rows: list[tuple[list[str], float, float, float]] = [
        (str(route).split("->"), float(row["effect"]), float(row["lower"]), float(row["upper"]))
        for route, row in listed.iterrows()
    ]
    longest = max(len(route) for route, *_ in rows)
    figure, (chain, axis) = new_figure(
        13, 1.7 + 0.62 * (len(rows) + 1), columns=2, ratios=(1.75, 1)
    )
    chain.axis("off")
    side = -1.0 if words_of(lang).right_to_left else 1.0
    largest = max(abs(effect) for _, effect, _, _ in rows) or 1.0
    for place, (route, effect, low, high) in enumerate(rows):
        y = -place
        # The ends of all routes stand below each other; the factors between are spread evenly.
        xs = side * np.linspace(0, longest - 1, len(route))
        for a, b in itertools.pairwise(xs):
            chain.annotate(
                "",
                (b, y),
                (a, y),
                arrowprops={
                    "arrowstyle": "-|>",
                    "lw": 0.6 + 5 * abs(effect) / largest,
                    "shrinkA": 30,
                    "shrinkB": 32,
                    "color": FOR if effect > 0 else AGAINST,
                    "alpha": 0.7,
                },
            )
        for x, name in zip(xs, route, strict=True):
            chain.text(
                x,
                y,
                wrapped(result.about.label(name, lang), 15),
                ha="center",
                va="center",
                fontsize=7.5,
                bbox={"boxstyle": "round,pad=0.25", "fc": "white", "ec": MUTED},
            )
        interval_line(axis, y, low, high, ACCENT)
        axis.plot(effect, y, "o", color=ACCENT)
    # What is left of the whole has no interval here: ends of intervals do not add up.
    rest = result.total[0] - sum(effect for _, effect, _, _ in rows)
    axis.plot(rest, -len(rows), "o", color=MUTED)
    chain.text(
        side * (longest - 1) / 2,
        -len(rows),
        result.label(str(table.index[-1]), lang),
        ha="center",
        va="center",
        fontsize=8.5,
        color="#5b6875",
    )
    limits = (-len(rows) - 0.6, 0.6)
    chain.set(xlim=tuple(sorted((-0.5 * side, side * (longest - 0.5)))), ylim=limits)
    axis.axvline(0, color="black", lw=0.8)
    axis.set(
        ylim=limits,
        xlabel=say("effect", lang, step=result.step(lang), p=f"{100 * result.ci_prob:g}"),
    )
    axis.set_yticks([])
    for y, effect in enumerate([effect for _, effect, _, _ in rows] + [rest]):
        text = share(effect / result.total[0], lang) if result.total[0] else ""
        axis.text(1.01, -y, text, transform=axis.get_yaxis_transform(), va="center", fontsize=9)
    axis.grid(axis="x", alpha=0.25)
    ends = {
        "a": result.about.label(result.source, lang),
        "b": result.about.label(result.target, lang),
    }
    title(figure, f"{say('routes', lang, **ends)}: {signed(result.total[0], lang)}", lang)
    return marked(figure, result.about, lang)
