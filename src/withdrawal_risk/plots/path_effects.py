"""The routes of an effect, and how much runs along each."""

from __future__ import annotations

import itertools
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from withdrawal_risk.language.numbers import share, signed
from withdrawal_risk.plots.sheet import LINE, Sheet
from withdrawal_risk.plots.style import (
    ACCENT,
    INK,
    LOWERS,
    MUTED,
    PAPER,
    check_answer,
    check_count,
    fitted,
    marked,
    say,
    styled,
)
from withdrawal_risk.queries.path_effects import PathEffects

__all__ = ["plot_path_effects"]

_BOX: Final = 84.0
_ARROW: Final = 14.0
_SCALE: Final = 300.0
"""Points: the widest box, the least room for an arrow, and the scale of the effects."""


@styled
def plot_path_effects(
    result: PathEffects, *, max_routes: int = 8, lang: str = "en", ax: Axes | None = None
) -> Figure:
    """Draw the routes of an effect, the width of each arrow by the share that runs along it.

    Below each route stands its effect with its interval, on one scale, and its share of the whole.

    Parameters
    ----------
    result : PathEffects
        From `path_effects`.
    max_routes : int
        Routes shown; the others are added to the last.
    lang : {"en", "ar"}
    ax : matplotlib.axes.Axes, optional
        Where to draw. Default: a figure of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        For the answer to another question, or fewer than one route.

    Examples
    --------
    >>> routes = wr.path_effects(posterior, "tension", "gaps", draws=100)
    >>> figure = wr.plot_path_effects(routes)
    >>> len(figure.axes)
    1
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
    # What is left of the whole has no interval here: ends of intervals do not add up.
    rest = result.total[0] - sum(effect for _, effect, _, _ in rows)
    ends = {
        "a": result.about.label(result.source, lang),
        "b": result.about.label(result.target, lang),
    }
    sheet = Sheet(ax, lang, f"{say('routes', lang, **ends)}: {signed(result.total[0], lang)}")
    reach = [0.0, rest, *(x for _, *several in rows for x in several)]
    low, high = min(reach), max(reach)
    left = (sheet.width - _SCALE) / 2 - 30

    def at(effect: float) -> float:
        return left + _SCALE * (effect - low) / ((high - low) or 1.0)

    largest = max((abs(effect) for _, effect, _, _ in rows), default=0.0) or 1.0
    y = 6.0
    for route, effect, lower, upper in rows:
        names = [result.about.label(name, lang) for name in route]
        y = _chain(sheet, y, names, effect, largest) + 14
        sheet.axis.plot([at(0.0)] * 2, [y - 8, y + 8], color=INK, lw=0.8)
        sheet.axis.plot([at(lower), at(upper)], [y, y], color=ACCENT, lw=2.5)
        sheet.axis.plot(at(effect), y, "o", color=ACCENT, ms=7)
        _numbers(sheet, y, effect, result, lang)
        y += 16
        sheet.rule(y)
        y += 8
    label = fitted(result.label(str(table.index[-1]), lang), sheet.width - 20)
    sheet.text(0, y + 4, label, va="top", color=MUTED)
    y += LINE * (label.count("\n") + 1) + 16
    sheet.axis.plot([at(0.0)] * 2, [y - 8, y + 8], color=INK, lw=0.8)
    sheet.axis.plot(at(rest), y, "o", color=MUTED, mfc=PAPER, mew=1.6, ms=7)
    _numbers(sheet, y, rest, result, lang)
    y += 16
    note = say("effect", lang, step=result.step(lang), p=f"{100 * result.ci_prob:g}")
    note = fitted(note.replace("\n", " "), sheet.width - 20)
    sheet.text(0, y, note, va="top", color=MUTED)
    sheet.done(y + LINE * (note.count("\n") + 1) + 6)
    return marked(sheet.axis, result.about, lang)


def _numbers(sheet: Sheet, y: float, effect: float, result: PathEffects, lang: str) -> None:
    """Write an effect and its share of the whole at the end of its row."""
    text = signed(effect, lang)
    if result.total[0]:
        text += f" ({share(effect / result.total[0], lang)})"
    sheet.text(sheet.width - 4, y, text, at="end")


def _chain(sheet: Sheet, y: float, names: list[str], effect: float, largest: float) -> float:
    """Draw a route as boxes and arrows, from where reading begins; return where it ends below."""
    each = min(_BOX, (sheet.width - 6) / len(names) - _ARROW)
    labels = [fitted(name, each - 6) for name in names]
    height = LINE * (1 + max(label.count("\n") for label in labels)) + 7
    # The ends of all routes stand below each other; the factors between are spread evenly.
    xs = np.linspace(each / 2 + 3, sheet.width - each / 2 - 3, len(names))
    for x, label in zip(xs, labels, strict=True):
        sheet.axis.add_patch(
            FancyBboxPatch(
                (x - each / 2, y), each, height, boxstyle="round,pad=0,rounding_size=5",
                fc=PAPER, ec=MUTED, lw=1.0, zorder=3,
            )
        )  # fmt: skip
        sheet.text(float(x), y + height / 2, label, at="center", zorder=4, linespacing=1.05)
    for a, b in itertools.pairwise(xs):
        width = 0.6 + 4 * abs(effect) / largest
        sheet.axis.add_patch(
            FancyArrowPatch(
                (a + each / 2, y + height / 2), (b - each / 2, y + height / 2), shrinkA=0,
                shrinkB=0, arrowstyle="-|>", mutation_scale=8 + width, lw=width,
                color=ACCENT if effect > 0 else LOWERS, zorder=2,
            )
        )  # fmt: skip
    return y + height
