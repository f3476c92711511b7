"""Fans of factors and indicators to the horizon, with the evidence and the thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator, NullFormatter
from numpy.typing import NDArray

from withdrawal_risk.arguments import names_of
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.conditions import Clause, clauses
from withdrawal_risk.elements.elicitation import bin_medians
from withdrawal_risk.elements.network import Policy
from withdrawal_risk.elements.timeline import Month, Window
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.families import family_of
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import words_of
from withdrawal_risk.model.clauses import bound_of, clause_months
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.plots.style import (
    ACCENT,
    ACCENT_PALE,
    ACCENT_SOFT,
    BAD,
    GOOD,
    INK,
    MUTED,
    MUTED_PALE,
    MUTED_SOFT,
    PAPER,
    SMALL,
    axes_on,
    band,
    fitted,
    legend,
    marked,
    month_axis,
    month_label,
    percent_axis,
    plain,
    say,
    side,
    styled,
    title,
)
from withdrawal_risk.queries.answers import about
from withdrawal_risk.queries.forecast import forecast
from withdrawal_risk.simulation.probabilities import check_arguments
from withdrawal_risk.simulation.worlds import horizon_window

__all__ = ["plot_forecast", "read_by_conditions"]

Array = NDArray[np.float64]


@styled
def plot_forecast(
    posterior: Posterior,
    *,
    var_names: Sequence[str] | None = None,
    random_seed: int = 1,
    result: xr.Dataset | None = None,
    lang: str = "en",
    figure: FigureBase | None = None,
) -> Figure:
    """Draw fans (50 % and 90 %) of factors and indicators to the horizon, with the evidence.

    The past is grey and the future blue. Marks are evidence, dashed lines the thresholds of the
    conditions' clauses over the months they look at, with a mark on the side that is asked for,
    and the line at the end is the deadline. Names of levels stand on the axes of factors.

    Parameters
    ----------
    posterior : Posterior
    var_names : sequence of str, optional
        Factors, policies and indicators. Default: those that the conditions read.
    random_seed : int
        Of the futures.
    result : xarray.Dataset, optional
        A forecast of this posterior already computed, as from `forecast`.
    lang : {"en", "ar"}
    figure : matplotlib.figure.Figure or SubFigure, optional
        Where to draw, a panel a name. Default: one of its own.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ArgumentError
        For an unknown name, or none; for a result of other months or names.

    Examples
    --------
    >>> figure = wr.plot_forecast(posterior, var_names=["gaps"])
    >>> len(figure.axes)
    1
    """
    check_arguments(posterior, random_seed=random_seed)
    names = _names(posterior, var_names)
    data = _checked(posterior, result, names, random_seed)
    columns = min(len(names), 2)
    rows = -(-len(names) // columns)
    part, axes = axes_on(figure, 1.5 + 2.35 * rows, columns=columns, rows=rows)
    for axis in axes[len(names) :]:
        axis.set_visible(False)
    for axis, name in zip(axes, names, strict=False):
        _panel(axis, posterior, data, name, lang, room=215 if columns == 2 else 440)
    title(part, say("forecast", lang), lang)
    spec = posterior.model.spec
    legend(part, _handles(posterior, lang, bounded=any(_clauses_on(spec, n) for n in names)), lang)
    return marked(part, about(posterior), lang)


def _handles(posterior: Posterior, lang: str, *, bounded: bool) -> list[Any]:
    """Return what the legend explains."""
    dates = {
        "as_of": month_label(posterior.as_of, lang),
        "deadline": month_label(posterior.model.spec.time.horizon, lang),
    }
    handles: list[Any] = [
        Line2D([], [], color=ACCENT, lw=1.8, label=say("median", lang)),
        Patch(fc=ACCENT_SOFT, ec=ACCENT, lw=0.7, label=say("interval", lang, p=50)),
        Patch(fc=ACCENT_PALE, ec=ACCENT, lw=0.7, label=say("interval", lang, p=90)),
        Patch(fc=MUTED_SOFT, ec=MUTED, lw=0.7, label=say("past", lang)),
        Line2D([], [], color=INK, lw=3, label=say("evidence", lang)),
        Line2D([], [], color=MUTED, lw=1, ls=":", label=say("as_of", lang, when=dates["as_of"])),
        Line2D([], [], color=INK, lw=1, label=say("deadline", lang, when=dates["deadline"])),
    ]
    if bounded:
        label = say("threshold", lang)
        line = Line2D([], [], color=GOOD, lw=1.8, ls="--", marker="^", ms=6, label=label)
        handles.insert(5, line)
    return handles


def _checked(
    posterior: Posterior, result: xr.Dataset | None, names: Sequence[str], random_seed: int
) -> xr.Dataset:
    """Return the forecast to draw, simulated where none is given."""
    shown = [name for name in names if name in posterior.model.spec.indicators]
    if result is None:
        return forecast(posterior, var_names=shown, random_seed=random_seed)
    months, factors = horizon_window(posterior).dates, posterior.frame.factors
    if (
        not isinstance(result, xr.Dataset)
        or list(result.get("factor", ())) != list(factors)
        or not np.array_equal(result.get("month", ()), months)
        or not set(shown) <= set(result)
    ):
        raise ArgumentError(
            "result is not a forecast of this posterior and what is to be drawn; leave it out, "
            "or give the one forecast(posterior) returned"
        )
    return result


def read_by_conditions(spec: ModelSpec) -> list[str]:
    """Return the factors and indicators that conditions read, each where it comes first."""
    read = [leaf.subject for item in spec.conditions.values() for leaf in clauses(item.tree)]
    return list(dict.fromkeys(read))


def _names(posterior: Posterior, var_names: Sequence[str] | None) -> list[str]:
    """Return what is to be drawn."""
    spec = posterior.model.spec
    if var_names is None:
        return read_by_conditions(spec)
    names = list(names_of(var_names, "var_names"))
    valid = {*spec.factors, *spec.policies, *spec.indicators}
    if not names:
        raise ArgumentError("var_names is empty; name factors or indicators to draw")
    for name in names:
        if name not in valid:
            hint = did_you_mean(name, valid)
            raise ArgumentError(f"{quoted(name)} is neither a factor nor an indicator; {hint}")
    return names


def _clauses_on(spec: ModelSpec, name: str) -> list[Clause]:
    """Return the clauses of all conditions that look at something, each once."""
    found = (leaf for item in spec.conditions.values() for leaf in clauses(item.tree))
    return list(dict.fromkeys(leaf for leaf in found if leaf.subject == name))


def _panel(
    axis: Axes, posterior: Posterior, data: xr.Dataset, name: str, lang: str, *, room: float
) -> None:
    """Draw one factor, policy or indicator with its labels."""
    spec, window = posterior.model.spec, horizon_window(posterior)
    now = window.index(posterior.as_of)
    month_axis(axis, list(window.labels), lang, most=int(room / 60))
    if name in spec.indicators:
        unit = _indicator(axis, posterior, data[name].values, name, lang)
        _evidence(axis, posterior, name, window)
    elif name in spec.policies:
        policy = spec.policies[name]
        # A policy's path is given and the same in every sample, so the first one shows it.
        path = policy.value(data["level"].sel(factor=name).values[0])
        for months, _, _, colour in _past_and_future(len(window), now):
            axis.step(months, path[months], where="mid", color=colour, lw=1.8)
        unit = policy.unit[lang]
    else:
        _fan(axis, data["level"].sel(factor=name).values, now)
        unit = say("level", lang)
    _thresholds(axis, spec, name, window)
    if name in spec.factors:
        _level_names(axis, posterior, name, lang)
    if name not in spec.indicators:
        _worse_end(axis, posterior, name, lang)
    # Between the month of the as_of, the last of the past, and the first future month.
    axis.axvline(now + 0.5, color=MUTED, lw=1, ls=":")
    axis.axvline(window.index(spec.time.horizon) + 0.5, color=INK, lw=1, clip_on=False)
    axis.set_xlim(-0.5, len(window) - 0.5)
    # It begins where the axis does, right of the labels that stand beside it.
    heading = fitted(spec.label(name, lang), room - 50, SMALL + 1)
    axis.set_title(heading, loc=side(lang), y=1, fontsize=SMALL + 1)
    axis.set_ylabel(fitted(unit, 125))


def _past_and_future(count: int, now: int) -> Iterator[tuple[NDArray[np.int_], str, str, str]]:
    """Yield the months of the past and those ahead, with their tones for 90, 50 % and the line.

    The future begins with the last month of the past, so that the two touch.
    """
    yield np.arange(now + 1), MUTED_PALE, MUTED_SOFT, MUTED
    yield np.arange(now, count), ACCENT_PALE, ACCENT_SOFT, ACCENT


def _indicator(axis: Axes, posterior: Posterior, values: Array, name: str, lang: str) -> str:
    """Draw what an indicator would show, as its family says; return the label of its axis."""
    # ``values`` has shape (sample, month), a sample being one future of one draw.
    item = posterior.model.spec.indicators[name]
    family, now = family_of(item), horizon_window(posterior).index(posterior.as_of)
    if family.axis == "probability":
        # A fan of zeros and ones is of no use; the share of ones is.
        # What lasts from month to month steps from one to the next.
        style = "steps-mid" if family.has_memory else "default"
        share = values.mean(axis=0)
        for months, _, _, colour in _past_and_future(values.shape[1], now):
            axis.plot(months, share[months], color=colour, lw=1.8, drawstyle=style)
        axis.set_ylim(-0.06, 1.06)
        percent_axis(axis.yaxis, lang)
        return say("yes", lang)
    if family.axis == "categories":
        count = len(family.categories(item))
        names = [family.in_words(place, item, words_of(lang)) for place in range(count)]
        return _categories(axis, names, values, now, lang)
    low = _fan(axis, values, now)
    if family.axis not in ("log", "log_from_zero"):
        return item.unit[lang]
    window = horizon_window(posterior)
    seen = [rate for _, _, rate in _rows(posterior, name, window)]
    # A count that hardly falls below 1 needs no 0 on its axis: a plain logarithm will do. What is 0
    # in some row, or a bound, has a place on an axis with a 0 alone.
    spec = posterior.model.spec
    bounds = [bound_of(spec, clause) for clause in _clauses_on(spec, name)]
    stops = family.nought_priors(item) is not None or any(value <= 0 for value in [*seen, *bounds])
    _logarithmic(axis, from_zero=(family.axis == "log_from_zero" and low < 1) or stops)
    return say("logarithmic", lang, unit=item.unit[lang])


def _categories(axis: Axes, names: Sequence[str], values: Array, now: int, lang: str) -> str:
    """Draw the probability of each category as the height of a band in a row of its own."""
    for place in range(len(names)):
        share = (values == place).mean(axis=0)
        for months, _, fill, colour in _past_and_future(values.shape[1], now):
            low = np.full(len(months), float(place))
            band(axis, months, low, place + 0.9 * share[months], fill, colour)
        axis.axhline(place, color=MUTED_PALE, lw=0.8, zorder=0)
    axis.set_yticks(np.arange(len(names)) + 0.4, names)
    axis.tick_params(axis="y", length=0)
    axis.set_ylim(-0.1, len(names))
    return say("categories", lang)


def _fan(axis: Axes, values: Array, now: int) -> float:
    """Draw the median and two intervals of each month; return the lowest end."""
    low, lower, middle, upper, high = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    for months, pale, soft, colour in _past_and_future(values.shape[1], now):
        band(axis, months, low[months], high[months], pale, colour, zorder=1)
        band(axis, months, lower[months], upper[months], soft, colour, zorder=1.2)
        axis.plot(months, middle[months], color=colour, lw=1.8, zorder=2)
    return float(low.min())


def _rows(posterior: Posterior, name: str, window: Window) -> Iterator[tuple[float, float, float]]:
    """Yield first month, last month and value of an indicator's rows; totals as monthly rates."""
    totals = family_of(posterior.model.spec.indicators[name]).totals
    for row in posterior.model.evidence_at(posterior.as_of):
        first = Month.of(row.start.first) - window.first
        last = Month.of(row.end.last) - window.first
        if row.indicator != name or last < 0:
            continue
        # The fan shows months, so a total is divided by its months; those covered in part count by
        # their share.
        months = sum(share for _, share in row.months()) if totals else 1.0
        yield first, last, row.value / months


def _evidence(axis: Axes, posterior: Posterior, name: str, window: Window) -> None:
    """Draw the rows of an indicator over their months."""
    shift = 0.4 if family_of(posterior.model.spec.indicators[name]).axis == "categories" else 0.0
    points: list[tuple[float, float]] = []
    for first, last, value in _rows(posterior, name, window):
        height = value + shift
        # A gap follows each row: one line takes a tenth of the time of a line a row.
        points += [(max(first, 0) - 0.3, height), (last + 0.3, height), (np.nan, np.nan)]
    if points:
        x, y = zip(*points, strict=True)
        # What lies on the border of the panel is drawn whole.
        axis.plot(x, y, color=INK, lw=3, solid_capstyle="round", zorder=4, clip_on=False)


def _thresholds(axis: Axes, spec: ModelSpec, name: str, window: Window) -> None:
    """Draw the bound of each clause over its months, with a mark on the side that is asked for."""
    for clause in _clauses_on(spec, name):
        bound = bound_of(spec, clause)
        first, last = clause_months(clause, window)
        kind = family_of(spec.indicators[name]).axis if name in spec.indicators else "level"
        if kind == "probability":
            continue
        if kind == "categories":
            bound += 0.0 if clause.is_lower else 0.95
        elif name in spec.policies:
            bound = float(spec.policies[name].value(bound))
        elif clause.statistic == "total" and clause.month_count is None:
            # A total over the months, as the rate that makes it.
            bound /= last - first + 1
        if not np.isfinite(bound):
            continue
        # Of a policy whose values fall as its level rises, the other side.
        upwards = clause.is_lower != (name in spec.policies and spec.policies[name].per_level < 0)
        ends = [first - 0.5, last + 0.5]
        axis.plot(ends, [bound] * 2, color=GOOD, lw=1.8, ls="--", zorder=5)
        axis.plot(
            [(ends[0] + ends[1]) / 2], [bound], "^" if upwards else "v", color=GOOD, mec=PAPER,
            ms=8, zorder=6, clip_on=False,
        )  # fmt: skip


def _level_names(axis: Axes, posterior: Posterior, name: str, lang: str) -> None:
    """Name the levels of a factor on its axis, between lines where they are cut."""
    node = posterior.model.spec.node(name)
    middles, words = bin_medians(node.cuts), words_of(lang)
    low, high = axis.get_ylim()
    low, high = min(low, middles[0] - 0.3), max(high, middles[-1] + 0.3)
    for cut in node.cuts:
        axis.axhline(cut, color=MUTED_PALE, lw=0.8, zorder=0)
    # Cuts may lie so close that their names would lie on each other: then every second is written.
    close = min(b - a for a, b in pairwise(middles)) < 0.085 * (high - low)
    names = ["" if close and k % 2 else node.level_in_words(k, words) for k in range(len(middles))]
    axis.set_yticks(middles, [fitted(text, 74) for text in names])
    axis.set_ylim(low, high)


def _worse_end(axis: Axes, posterior: Posterior, name: str, lang: str) -> None:
    """Say which end of a factor or policy is worse."""
    item = posterior.model.spec.node(name)
    # A policy is drawn in its unit, which may run against its level.
    high = (item.worse_value if isinstance(item, Policy) else item.worse) == "high"
    axis.text(
        0.02,
        0.98 if high else 0.02,
        f"{'▲' if high else '▼'} {say('worse', lang)}",
        transform=axis.transAxes,
        ha="left",
        va="top" if high else "bottom",
        fontsize=SMALL,
        color=BAD,
        zorder=7,
        bbox={"fc": PAPER, "ec": "none", "pad": 1.0},
    )


def _logarithmic(axis: Axes, *, from_zero: bool) -> None:
    """Give an axis ratios for distances, from 1 on where it has to show 0."""
    if from_zero:
        # Linear from 0 to 1, because 0 has no logarithm, and logarithmic above.
        axis.set_yscale("symlog", linthresh=1)
        axis.set_ylim(bottom=-0.15)
    else:
        axis.set_yscale("log")
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.yaxis.set_major_formatter(plain)
    axis.yaxis.set_minor_formatter(NullFormatter())
