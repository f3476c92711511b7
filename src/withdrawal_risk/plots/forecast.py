"""Fans of factors and indicators to the horizon, with the evidence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator, NullFormatter
from numpy.typing import NDArray

from withdrawal_risk.arguments import names_of
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.conditions import clauses
from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.elements.network import Policy
from withdrawal_risk.elements.timeline import Month, Window
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.families import family_of
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import words_of
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.plots.style import (
    ACCENT,
    AGAINST,
    MUTED,
    marked,
    new_figure,
    plain,
    say,
    wrapped,
)
from withdrawal_risk.queries.answers import about
from withdrawal_risk.queries.forecast import forecast
from withdrawal_risk.simulation.probabilities import check_arguments
from withdrawal_risk.simulation.worlds import horizon_window

__all__ = ["plot_forecast", "read_by_conditions"]

Array = NDArray[np.float64]

_SHADES = LinearSegmentedColormap.from_list("shades", ["white", ACCENT])


def plot_forecast(
    posterior: Posterior,
    *,
    var_names: Sequence[str] | None = None,
    lang: str = "en",
    random_seed: int = 1,
    result: xr.Dataset | None = None,
) -> Figure:
    """Draw fans (50 % and 90 %) of factors and indicators to the horizon, with the evidence.

    Parameters
    ----------
    posterior : Posterior
    var_names : sequence of str, optional
        Factors, policies and indicators. Default: those that the conditions read.
    lang : {"en", "ar"}
    random_seed : int
        Of the futures.
    result : xarray.Dataset, optional
        A forecast of this posterior already computed, as from `forecast`.

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
    2
    """
    check_arguments(posterior, random_seed=random_seed)
    names = _names(posterior, var_names)
    data = _checked(posterior, result, names, random_seed)
    rows = -(-len(names) // 2)
    figure, axes = new_figure(12, 2.7 * rows, columns=2, rows=rows)
    for axis in axes[len(names) :]:
        axis.axis("off")
    for axis, name in zip(axes, names, strict=False):
        _panel(axis, posterior, data, name, lang)
    # In a panel the inner band lies on the outer one, and 0.3 over 0.15 looks like 0.4.
    handles = [
        Line2D([], [], color=ACCENT, lw=1.5, label=say("median", lang)),
        Patch(color=ACCENT, alpha=0.4, lw=0, label=say("interval", lang, p=50)),
        Patch(color=ACCENT, alpha=0.15, lw=0, label=say("interval", lang, p=90)),
        Line2D([], [], color=AGAINST, lw=2.5, label=say("evidence", lang)),
        Line2D([], [], color=MUTED, lw=1, ls="--", label=say("as_of", lang, when=posterior.as_of)),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), frameon=False)
    return marked(figure, about(posterior), lang)


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


def _panel(axis: Axes, posterior: Posterior, data: xr.Dataset, name: str, lang: str) -> None:
    """Draw one factor, policy or indicator with its labels."""
    spec, window = posterior.model.spec, horizon_window(posterior)
    if name in spec.indicators:
        unit = _indicator(axis, spec.indicators[name], data[name].values, lang)
        _evidence(axis, posterior, name, window)
    elif name in spec.policies:
        policy = spec.policies[name]
        # A policy's path is given and the same in every sample, so the first one shows it.
        path = policy.value(data["level"].sel(factor=name).values[0])
        axis.step(np.arange(len(window)), path, where="mid", color=ACCENT, lw=1.5)
        unit = policy.unit[lang]
    else:
        _fan(axis, data["level"].sel(factor=name).values)
        unit = say("level", lang)
    if name not in spec.indicators:
        _worse_end(axis, posterior, name, lang)
    # Between the month of the as_of, the last of the past, and the first future month.
    axis.axvline(window.index(posterior.as_of) + 0.5, color=MUTED, lw=1, ls="--")
    ticks = range(0, len(window), 6)
    axis.set_xticks(ticks, [window.labels[t] for t in ticks], rotation=30, ha="right", fontsize=8)
    axis.set_title(wrapped(spec.label(name, lang), 58), loc=words_of(lang).side, fontsize=10.5)
    axis.set_ylabel(wrapped(unit, 24), fontsize=8.5)


def _indicator(axis: Axes, item: IndicatorBase, values: Array, lang: str) -> str:
    """Draw what an indicator would show, as its family says; return the label of its axis."""
    # ``values`` has shape (sample, month), a sample being one future of one draw.
    family, x = family_of(item), np.arange(values.shape[1])
    if family.axis == "probability":
        # A fan of zeros and ones is of no use; the share of ones is.
        # What lasts from month to month steps from one to the next.
        style = "steps-mid" if family.has_memory else "default"
        axis.plot(x, values.mean(axis=0), color=ACCENT, lw=1.5, drawstyle=style)
        axis.set_ylim(-0.05, 1.05)
        return say("probability", lang)
    if family.axis == "categories":
        names = family.categories(item)
        # Shape (category, month): a row of the image is a category, the lowest at the bottom.
        share = np.stack([(values == place).mean(axis=0) for place in range(len(names))])
        axis.imshow(share, aspect="auto", origin="lower", cmap=_SHADES, vmin=0, vmax=1)
        axis.set_yticks(range(len(names)), names)
        return say("categories", lang)
    low = _fan(axis, values)
    if family.axis in ("log", "log_from_zero"):
        # A count that hardly falls below 10 needs no 0 on its axis: a plain logarithm will do.
        stops = family.nought_priors(item) is not None
        _logarithmic(axis, from_zero=(family.axis == "log_from_zero" and low < 10) or stops)
    return item.unit[lang]


def _fan(axis: Axes, values: Array) -> float:
    """Draw the median and two intervals of each month; return the lowest end."""
    low, lower, middle, upper, high = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
    x = np.arange(len(middle))
    axis.fill_between(x, low, high, color=ACCENT, alpha=0.15, lw=0)
    axis.fill_between(x, lower, upper, color=ACCENT, alpha=0.3, lw=0)
    axis.plot(x, middle, color=ACCENT, lw=1.5)
    return float(low.min())


def _evidence(axis: Axes, posterior: Posterior, name: str, window: Window) -> None:
    """Draw the rows of an indicator over their months; totals as monthly rates."""
    totals = family_of(posterior.model.spec.indicators[name]).totals
    for row in posterior.model.evidence_at(posterior.as_of):
        first = Month.of(row.start.first) - window.first
        last = Month.of(row.end.last) - window.first
        if row.indicator != name or last < 0:
            continue
        # The fan shows months, so a total is divided by its months; those covered in part count by
        # their share.
        months = sum(share for _, share in row.months()) if totals else 1.0
        rate = row.value / months
        axis.plot(
            [first - 0.3, last + 0.3],
            [rate, rate],
            color=AGAINST,
            lw=2.5,
            solid_capstyle="round",
        )


def _worse_end(axis: Axes, posterior: Posterior, name: str, lang: str) -> None:
    """Say which end of a factor or policy is worse."""
    item = posterior.model.spec.node(name)
    # A policy is drawn in its unit, which may run against its level.
    high = (item.worse_value if isinstance(item, Policy) else item.worse) == "high"
    axis.text(
        0.99,
        0.97 if high else 0.03,
        say("worse", lang),
        transform=axis.transAxes,
        ha="right",
        va="top" if high else "bottom",
        fontsize=8,
        color=AGAINST,
    )


def _logarithmic(axis: Axes, *, from_zero: bool) -> None:
    """Give an axis ratios for distances, from 1 on where it has to show 0."""
    if from_zero:
        # Linear from 0 to 1, because 0 has no logarithm, and logarithmic above.
        axis.set_yscale("symlog", linthresh=1)
        axis.set_ylim(bottom=0)
    else:
        axis.set_yscale("log")
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.yaxis.set_major_formatter(plain)
    axis.yaxis.set_minor_formatter(NullFormatter())
