"""Every plot draws the numbers of its answer, where its axes say, in each language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import matplotlib.colors
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

import withdrawal_risk as wr
from withdrawal_risk.elements.elicitation import Z90
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.plots.style import ACCENT, AGAINST, FOR, MUTED
from withdrawal_risk.plots.waterfall import waterfall

languages = pytest.mark.parametrize("lang", LANGUAGES)


def bars(axis: Axes) -> list[tuple[float, float]]:
    """Return start and end of every bar, in the order in which they were drawn."""
    found = [patch for patch in axis.patches if isinstance(patch, Rectangle)]
    return [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in found]


def lines(axis: Axes, colour: str | None = None, marker: str | None = None) -> list[np.ndarray]:
    """Return the points of every line of a colour or with a marker, shape (point, 2)."""
    return [
        np.asarray(line.get_xydata(), dtype=float)
        for line in axis.lines
        if (colour is None or same_colour(line.get_color(), colour))
        and (marker is None or line.get_marker() == marker)
        and len(np.atleast_1d(line.get_xdata()))
    ]


def same_colour(one: Any, other: str) -> bool:
    return bool(matplotlib.colors.same_color(one, other))


def rows(axis: Axes) -> list[str]:
    """Return the labels of the rows, the lowest first, without their line breaks."""
    return [" ".join(label.get_text().split()) for label in axis.get_yticklabels()]


def holds_all(axis: Axes) -> bool:
    """Say whether every bar and every line lies within the limits."""
    low, high = sorted(axis.get_xlim())
    ends = [end for bar in bars(axis) for end in bar]
    ends += [x for line in axis.lines for x in np.ravel(line.get_xdata()) if np.isfinite(x)]
    return all(low - 1e-9 <= end <= high + 1e-9 for end in ends)


def side_of_title(figure: Figure) -> str:
    """Return the side on which the title of the only panel stands."""
    (side,) = [loc for loc in ("left", "center", "right") if figure.axes[0].get_title(loc)]
    return side


def in_words(lang: str, english: str, arabic: str) -> str:
    return {"en": english, "ar": arabic}[lang]


@languages
def test_outlook(posterior: wr.Posterior, lang: str) -> None:
    answer = wr.outlook(posterior, ci_prob=0.8)
    figure = wr.plot_outlook(answer, lang=lang)
    (axis,) = figure.axes
    table = answer.summary[::-1]
    assert rows(axis) == [answer.label(str(name), lang) for name in table.index]
    assert rows(axis)[-1] == in_words(lang, "Calm", "هدوء")
    points = lines(axis, ACCENT, "o")
    np.testing.assert_allclose([p[0] for p in points], list(enumerate_x(table["probability"])))
    intervals = [line for line in lines(axis, ACCENT, "None") if len(line) == 2]
    np.testing.assert_allclose(
        [line[:, 0] for line in intervals], table[["lower", "upper"]].to_numpy()
    )
    np.testing.assert_allclose(
        [line[0] for line in lines(axis, MUTED, "|")], list(enumerate_x(table["prior"]))
    )
    assert axis.get_xlim() == (0, 1)
    assert axis.get_xlabel() == LANGUAGES[lang].plots["probability"]
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert any("80" in text for text in legend) and len(legend) == 4
    assert side_of_title(figure) == in_words(lang, "left", "right")


def enumerate_x(values: Any) -> list[tuple[float, int]]:
    """Return values beside the numbers of their rows."""
    return [(float(value), y) for y, value in enumerate(values)]


@languages
def test_scenarios(posterior: wr.Posterior, lang: str) -> None:
    answer = wr.scenarios(posterior, futures=4)
    figure = wr.plot_scenarios(answer, lang=lang)
    names = list(answer.results)[::-1]
    conditions = list(answer.results["baseline"].summary.index)
    assert len(figure.axes) == len(conditions)
    assert rows(figure.axes[0]) == [answer.label(name, lang) for name in names]
    for axis, condition in zip(figure.axes, conditions, strict=True):
        table = [answer.results[name].summary.loc[condition] for name in names]
        assert axis.get_xlim() == (0, 1)
        drawn = [line[0, 0] for line in lines(axis, marker="o")]
        np.testing.assert_allclose(drawn, [row["probability"] for row in table])
        (baseline,) = [line for line in axis.lines if line.get_linestyle() == "--"]
        np.testing.assert_allclose(
            baseline.get_xdata(), answer.results["baseline"].summary.loc[condition, "probability"]
        )
        label = answer.results["baseline"].label(condition, lang)
        assert " ".join(axis.get_title().split()) == label


@languages
def test_drivers(posterior: wr.Posterior, lang: str) -> None:
    answer = wr.drivers(posterior, "calm", futures=4)
    figure = wr.plot_drivers(answer, lang=lang)
    table = answer.summary
    # Those in the condition stand below the others, and the largest of each on top.
    table = np.concatenate([table[~table["direct"]].index, table[table["direct"]].index])[::-1]
    limits = {axis.get_xlim() for axis in figure.axes}
    assert len(limits) == 1
    for axis, kind in zip(figure.axes, ("shift", "evidential"), strict=True):
        ends = [
            (answer.probability, answer.summary.loc[name, f"{kind}_{end}"])
            for name in table
            for end in ("low", "high")
        ]
        np.testing.assert_allclose(np.sort(bars(axis)), np.sort(ends), atol=1e-12)
        assert [" ".join(axis.get_title().split())] == [
            LANGUAGES[lang].plots["moved" if kind == "shift" else "seen"]
        ]
    for shown, name in zip(rows(figure.axes[0]), table, strict=True):
        assert shown.startswith(answer.label(str(name), lang))
        assert (LANGUAGES[lang].plots["direct"] in shown) == answer.summary.loc[name, "direct"]


@languages
def test_attribution(posterior: wr.Posterior, lang: str) -> None:
    answer = wr.attribution(posterior, "calm", draws=200)
    figure = wr.plot_attribution(answer, lang=lang)
    (axis,) = figure.axes
    first, last, *parts = bars(axis)
    assert first == pytest.approx((0, answer.reference))
    assert last == pytest.approx((0, answer.probability))
    shares = -answer.summary["share"].to_numpy()
    np.testing.assert_allclose([end - start for start, end in parts], shares, atol=1e-12)
    # Each part begins where the one above it ends, and the last ends at the probability.
    starts = answer.reference + np.cumsum([0.0, *shares])
    np.testing.assert_allclose([start for start, _ in parts], starts[:-1], atol=1e-12)
    assert starts[-1] == pytest.approx(answer.probability)
    assert rows(axis)[1:-1] == [answer.label(str(name), lang) for name in answer.summary.index]
    colours = [patch.get_facecolor() for patch in axis.patches[2:]]
    for colour, share in zip(colours, shares, strict=True):
        assert same_colour(colour, FOR if share > 0 else AGAINST)
    assert holds_all(axis)


def test_a_waterfall_holds_its_bars_and_errors() -> None:
    """Below 0 too, where a running total may come before the others bring it back."""
    axis = Figure().subplots()
    waterfall(axis, 0.05, 0.1, [("a", -0.09, 0.01), ("b", 0.14, 0.0)], ("x", "y"), "en")
    assert holds_all(axis)
    assert axis.get_xlim()[0] == pytest.approx(0.05 - 0.09 - Z90 * 0.01)


@languages
def test_path_effects(posterior: wr.Posterior, lang: str) -> None:
    answer = wr.path_effects(posterior, "tension", "gaps", draws=100)
    figure = wr.plot_path_effects(answer, lang=lang)
    chain, axis = figure.axes
    shown = answer.summary.iloc[:-1]
    drawn = [line[0, 0] for line in lines(axis, ACCENT, "o")]
    np.testing.assert_allclose(drawn, shown["effect"])
    ((rest,),) = [line[:, 0] for line in lines(axis, MUTED, "o")]
    assert sum(drawn) + rest == pytest.approx(answer.total[0])
    at = {" ".join(text.get_text().split()): text.get_position()[0] for text in chain.texts}
    source, target = (answer.about.label(name, lang) for name in ("tension", "gaps"))
    # Causes stand where reading begins.
    assert (at[source] < at[target]) == (lang == "en")


@languages
def test_watch_list(posterior: wr.Posterior, lang: str) -> None:
    answer = wr.watch_list(posterior, months=1, futures=4)
    figure = wr.plot_watch_list(answer, condition="calm", top=3, lang=lang)
    (axis,) = figure.axes
    table = answer.summary.loc["calm"].iloc[:3][::-1]
    assert rows(axis) == [answer.label(str(name), lang) for name in table.index]
    percent = 100 * table["reduction"] / table["variance"]
    np.testing.assert_allclose([end for _, end in bars(axis)], percent.clip(lower=0))
    floors = [line[0, 0] for line in lines(axis, AGAINST)]
    np.testing.assert_allclose(floors, 100 * table["floor"] / table["variance"])
    for bar, (_, row) in zip(axis.patches, table.iterrows(), strict=True):
        assert same_colour(bar.get_facecolor()[:3], ACCENT if row["informative"] else MUTED)
    assert axis.get_xlabel() == LANGUAGES[lang].plots["reduction"]


@languages
def test_reach(posterior: wr.Posterior, lang: str) -> None:
    answer = wr.reach(posterior, "calm", probability=0.5, draws=100)
    figure = wr.plot_reach(answer, lang=lang)
    above, below = figure.axes
    way, marked = lines(above, ACCENT, "None")[0], lines(above, ACCENT, "o")
    np.testing.assert_allclose(way, answer.frontier[["cost", "probability"]])
    np.testing.assert_allclose(marked, [[[answer.cost, answer.probability]]])
    assert lines(above, AGAINST)[0][0, 1] == answer.target
    low, high = above.get_ylim()
    assert low == 0 and answer.frontier["probability"].max() <= high <= 1
    for line, lever in zip(below.lines, answer.summary.index, strict=True):
        np.testing.assert_allclose(line.get_ydata(), answer.frontier[str(lever)])
        assert line.get_label() == answer.label(str(lever), lang)


@languages
def test_edges(posterior: wr.Posterior, lang: str) -> None:
    figure = wr.plot_edges(posterior, ci_prob=0.5, lang=lang)
    (axis,) = figure.axes
    weight = posterior.tree["posterior"].dataset["weight"]
    first, second = (
        np.asarray([np.asarray(part)[:, 0] for part in group.get_segments()])
        for group in axis.collections
        if isinstance(group, LineCollection)
    )
    values = weight.values.reshape(-1, weight.shape[-1])
    np.testing.assert_allclose(second, np.quantile(values, [0.25, 0.75], axis=0).T)
    # The first is the prior, which evidence has narrowed.
    assert first.shape == second.shape and not np.allclose(first, second)
    label = LANGUAGES[lang].arrow
    assert rows(axis)[0].count(label.strip()) == 1
    np.testing.assert_allclose(
        lines(axis, ACCENT, "o")[0][:, 0], np.median(values, axis=0), atol=1e-12
    )


@languages
def test_network(posterior: wr.Posterior, lang: str) -> None:
    figure = wr.plot_network(posterior, lang=lang)
    axis = figure.axes[0]
    spec = posterior.model.spec
    named = {" ".join(text.get_text().split()) for text in axis.texts}
    assert {spec.label(name, lang) for name in (*spec.factors, *spec.policies)} <= named
    arrows = [patch for patch in axis.patches if isinstance(patch, FancyArrowPatch)]
    weight = posterior.tree["posterior"].dataset["weight"].mean(("chain", "draw"))
    widths = {round(arrow.get_linewidth(), 9) for arrow in arrows}
    assert widths == {round(0.5 + 6 * abs(float(size)), 9) for size in weight}
    colours = [FOR if float(size) > 0 else AGAINST for size in weight]
    assert sorted(matplotlib.colors.to_hex(a.get_edgecolor()) for a in arrows) == sorted(colours)


@languages
def test_forecast(posterior: wr.Posterior, lang: str) -> None:
    names = ["gaps", "presence", "incidents", "mood", "closed"]
    figure = wr.plot_forecast(posterior, var_names=names, lang=lang)
    panels = dict(zip(names, figure.axes, strict=False))
    spec, data = posterior.model.spec, wr.forecast(posterior)
    for name, axis in panels.items():
        side = in_words(lang, "left", "right")
        assert " ".join(axis.get_title(loc=side).split()) == spec.label(name, lang)
    middle = np.median(data["level"].sel(factor="gaps"), axis=0)
    np.testing.assert_allclose(panels["gaps"].lines[0].get_ydata(), middle)
    np.testing.assert_allclose(
        panels["closed"].lines[0].get_ydata(), data["closed"].values.mean(axis=0)
    )
    troops = panels["presence"].lines[0].get_ydata()
    assert (troops[0], troops[-1]) == (2000, 500)
    # Shares of the categories add up to 1 in every month.
    (image,) = panels["mood"].images
    np.testing.assert_allclose(np.asarray(image.get_array()).sum(axis=0), 1)
    assert [label.get_text() for label in panels["mood"].get_yticklabels()] == [
        "bad",
        "fair",
        "good",
    ]
    # 40 incidents in three months are a line at 40 / 3 over these months.
    evidence = [line for line in lines(panels["incidents"], AGAINST) if len(line) == 2]
    assert any(np.allclose(line[:, 1], 40 / 3) and line[0, 0] < 0 for line in evidence)


def test_the_worse_end_of_a_policy_is_that_of_its_unit(small_text: str) -> None:
    """In the plot and in the report: its level is worse when low, and so is the number of troops."""
    from withdrawal_risk.reports.elements import factors_table

    spec = wr.Model.from_texts(small_text).spec
    assert spec.policies["presence"].worse_value == "low"
    turned = small_text.replace("per_level: 1000", "per_level: -1000")
    spec = wr.Model.from_texts(turned).spec
    assert spec.policies["presence"].worse_value == "high"
    (row,) = [row for row in factors_table(spec, "en")["rows"] if row[0] == "Presence"]
    assert row[2] == "higher is worse"


@languages
def test_change(posterior: wr.Posterior, earlier: wr.Posterior, lang: str) -> None:
    answer = wr.explain_change(earlier, posterior, "calm", futures=8)
    figure = wr.plot_change(answer, before="2023-11", lang=lang)
    (axis,) = figure.axes
    first, last, *parts = bars(axis)
    assert (first[1], last[1]) == pytest.approx((answer.before, answer.after))
    np.testing.assert_allclose(
        [end - start for start, end in parts], answer.summary["contribution"], atol=1e-12
    )
    assert axis.get_xlabel() == LANGUAGES[lang].plots["probability"] and holds_all(axis)


@pytest.mark.parametrize(
    "draw",
    [
        wr.plot_outlook,
        wr.plot_scenarios,
        wr.plot_drivers,
        wr.plot_attribution,
        wr.plot_path_effects,
        wr.plot_watch_list,
        wr.plot_reach,
    ],
)
def test_plots_refuse_the_answers_to_other_questions(
    posterior: wr.Posterior, draw: Callable[..., Figure]
) -> None:
    with pytest.raises(wr.ArgumentError, match=f"{draw.__name__} draws"):
        draw(posterior)
