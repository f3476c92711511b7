"""Outlook, forecast fans, and edges before and after the evidence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator, NullFormatter

from withdrawal_risk.arguments import names_of
from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import QueryError, did_you_mean
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language.numbers import percent
from withdrawal_risk.model.spec import OrdinalIndicator, clauses
from withdrawal_risk.model.timeline import Month
from withdrawal_risk.plots.style import (
    ACCENT,
    AGAINST,
    MUTED,
    an_answer,
    marked,
    new_figure,
    percent_tick,
    plain,
    say,
    wrapped,
)
from withdrawal_risk.queries.answers import about
from withdrawal_risk.queries.forecast import forecast
from withdrawal_risk.queries.results import Result
from withdrawal_risk.simulation.probabilities import check_arguments
from withdrawal_risk.simulation.worlds import horizon_window

__all__ = ["plot_edges", "plot_forecast", "plot_outlook"]


_SHADES = LinearSegmentedColormap.from_list("shades", ["white", ACCENT])


def _logarithmic(axis: Axes, *, from_zero: bool) -> None:
    """Give an axis ratios for distances, from 1 on where it has to show 0."""
    if from_zero:
        axis.set_yscale("symlog", linthresh=1)
        axis.set_ylim(bottom=0)
    else:
        axis.set_yscale("log")
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.yaxis.set_major_formatter(plain)
    axis.yaxis.set_minor_formatter(NullFormatter())


def plot_outlook(result: Result, *, lang: str = "en") -> Figure:
    """Draw the probability of each condition with its credible interval and its base rate.

    Parameters
    ----------
    result : Result
        From `outlook`.
    lang : {"en", "ar"}

    Raises
    ------
    QueryError
        For the answer to another question.
    """
    an_answer(result, Result, "plot_outlook")
    if "prior" not in result.summary:
        raise QueryError("plot_outlook draws an outlook; this is the answer to another question")
    names = list(result.summary.index)[::-1]
    figure, (axis,) = new_figure(9, 1.2 + 0.7 * len(names))
    for y, name in enumerate(names):
        row = result.summary.loc[name]
        axis.plot([row["lower"], row["upper"]], [y, y], color=ACCENT, lw=5, alpha=0.35, solid_capstyle="butt")
        axis.plot(row["prior"], y, "|", color=MUTED, ms=18, mew=2.5)
        axis.plot(row["probability"], y, "o", color=ACCENT, ms=9)
        axis.text(1.02, y, percent(row["probability"], lang), va="center", fontweight="bold", color=ACCENT)
    axis.set_yticks(range(len(names)), [result.label(name, lang) for name in names])
    axis.set(xlim=(0, 1), ylim=(-0.6, len(names) - 0.4), xlabel=say("probability", lang))
    axis.xaxis.set_major_formatter(percent_tick)
    axis.grid(axis="x", alpha=0.25)
    horizon = result.about.horizon
    axis.set_title(say("outlook", lang, when=horizon), loc="right" if lang == "ar" else "left")
    handles = [
        *axis.plot([], [], "o", color=ACCENT, label=say("posterior", lang)),
        *axis.plot([], [], color=ACCENT, lw=5, alpha=0.35, label=say("interval", lang, p=f"{100 * result.ci_prob:g}")),
        *axis.plot([], [], "|", color=MUTED, ms=12, mew=2.5, label=say("prior", lang)),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False)
    return marked(figure, result.about, lang)


def plot_forecast(
    posterior: Posterior, *, var_names: Sequence[str] | None = None, lang: str = "en", random_seed: int = 1
) -> Figure:
    """Draw fans (50 % and 90 %) of factors and indicators to the horizon, with the evidence.

    Parameters
    ----------
    posterior : Posterior
    var_names : sequence of str, optional
        Factors and indicators; those that the conditions speak of where absent.
    lang : {"en", "ar"}
    random_seed : int

    Raises
    ------
    QueryError
        For an unknown name, or none.
    """
    check_arguments(posterior, random_seed=random_seed)
    spec = posterior.model.spec
    if var_names is None:
        subjects = [c.subject for condition in spec.conditions.values() for c in clauses(condition.tree)]
        var_names = list(dict.fromkeys(subjects))
    var_names = names_of(var_names, "var_names")
    valid = {*spec.factors, *spec.policies, *spec.indicators}
    if not var_names:
        raise QueryError("var_names is empty; name factors or indicators to draw")
    for name in var_names:
        if name not in valid:
            raise QueryError(f"{quoted(name)} is neither a factor nor an indicator; {did_you_mean(name, valid)}")
    data = forecast(posterior, random_seed=random_seed)
    window = horizon_window(posterior)
    start = window.first
    x = np.arange(data.sizes["month"])
    rows = -(-len(var_names) // 2)
    figure, axes = new_figure(12, 2.7 * rows, columns=2, rows=rows)
    for axis in axes[len(var_names) :]:
        axis.axis("off")
    for axis, name in zip(axes, var_names, strict=False):
        indicator, policy = spec.indicators.get(name), spec.policies.get(name)
        values = (data["level"].sel(factor=name) if indicator is None else data[name]).values
        unit = say("level", lang) if indicator is None else indicator.unit[lang]
        if policy is not None:
            axis.step(x, policy.value(values[0]), where="mid", color=ACCENT, lw=1.5)
            unit = policy.unit[lang]
        elif indicator is not None and indicator.family == "binary":
            # A fan of zeros and ones says nothing; how often it is one does.
            axis.plot(x, values.mean(axis=0), color=ACCENT, lw=1.5)
            axis.set_ylim(-0.05, 1.05)
            unit = say("probability", lang)
        elif isinstance(indicator, OrdinalIndicator):
            share = np.stack([(values == grade).mean(axis=0) for grade in range(len(indicator.grades))])
            axis.imshow(share, aspect="auto", origin="lower", cmap=_SHADES, vmin=0, vmax=1)
            axis.set_yticks(range(len(indicator.grades)), indicator.grades)
            unit = say("grades", lang)
        else:
            low, lower, middle, upper, high = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
            axis.fill_between(x, low, high, color=ACCENT, alpha=0.15, lw=0)
            axis.fill_between(x, lower, upper, color=ACCENT, alpha=0.3, lw=0)
            axis.plot(x, middle, color=ACCENT, lw=1.5)
            if indicator is not None and indicator.family in ("count", "lognormal"):
                _logarithmic(axis, from_zero=indicator.family == "count" and bool(low.min() < 10))
        for row in posterior.model.evidence_at(posterior.as_of) if indicator is not None else ():
            first, last = Month.of(row.start.first) - start, Month.of(row.end.last) - start
            if row.indicator != name or last < 0:
                continue
            whole = indicator is not None and indicator.family == "count"
            rate = row.value / sum(s for _, s in row.months()) if whole else row.value
            axis.plot([first - 0.3, last + 0.3], [rate, rate], color=AGAINST, lw=2.5, solid_capstyle="round")
        now = posterior.as_of - start
        axis.axvline(now + 0.5, color=MUTED, lw=1, ls="--")
        ticks = x[x % 6 == 0]
        axis.set_xticks(ticks, [window.labels[t] for t in ticks], rotation=30, ha="right", fontsize=8)
        if indicator is None:
            high = spec.node(name).worse == "high"
            if policy is not None and policy.per_level < 0:
                high = not high
            axis.text(
                0.99, 0.97 if high else 0.03, say("worse", lang), transform=axis.transAxes, ha="right",
                va="top" if high else "bottom", fontsize=8, color=AGAINST,
            )  # fmt: skip
        label = wrapped(spec.label(name, lang), 58)
        axis.set_title(label, loc="right" if lang == "ar" else "left", fontsize=10.5)
        axis.set_ylabel(wrapped(unit, 24), fontsize=8.5)
    handles = [
        Line2D([], [], color=ACCENT, lw=1.5, label=say("median", lang)),
        Patch(color=ACCENT, alpha=0.4, lw=0, label=say("interval", lang, p=50)),
        Patch(color=ACCENT, alpha=0.15, lw=0, label=say("interval", lang, p=90)),
        Line2D([], [], color=AGAINST, lw=2.5, label=say("evidence", lang)),
        Line2D([], [], color=MUTED, lw=1, ls="--", label=say("as_of", lang, when=posterior.as_of)),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), frameon=False)
    return marked(figure, about(posterior), lang)


def plot_edges(posterior: Posterior, *, ci_prob: float = 0.9, lang: str = "en") -> Figure:
    """Draw every edge's weight before and after the evidence.

    Parameters
    ----------
    posterior : Posterior
    ci_prob : float
        Of the equal-tailed intervals.
    lang : {"en", "ar"}

    Raises
    ------
    QueryError
        For a model without edges.
    """
    check_arguments(posterior, ci_prob=ci_prob)
    spec = posterior.model.spec
    if not spec.edges:
        raise QueryError(f"the model {spec.id!r} has no edges to draw")
    names = [str(edge) for edge in posterior.tree["posterior"].dataset["edge"].values]
    figure, (axis,) = new_figure(10, 1.2 + 0.27 * len(names))
    tail = (1 - ci_prob) / 2
    for group, colour, shift in (("prior", MUTED, -0.17), ("posterior", ACCENT, 0.17)):
        values = posterior.tree[group].dataset["weight"].values.reshape(-1, len(names))
        low, middle, high = np.quantile(values, [tail, 0.5, 1 - tail], axis=0)
        y = np.arange(len(names)) + shift
        axis.hlines(y, low, high, color=colour, lw=2.2, label=say(group, lang))
        axis.plot(middle, y, "o", color=colour, ms=3.5)
    labels = []
    for edge in names:
        a, b = (spec.label(node, lang) for node in edge.split("->"))
        labels.append(f"{a} ← {b}" if lang == "ar" else f"{a} → {b}")
    axis.set_yticks(range(len(names)), labels, fontsize=7.5)
    axis.axvline(0, color="black", lw=0.8)
    axis.set(xlabel=say("weight", lang), ylim=(len(names) - 0.4, -0.6))
    axis.grid(axis="x", alpha=0.25)
    axis.set_title(say("edges", lang), loc="right" if lang == "ar" else "left")
    figure.legend(*axis.get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
    return marked(figure, about(posterior), lang)
