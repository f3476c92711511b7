"""Every plot draws the numbers of its answer, where its axes say, in each language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import matplotlib.colors
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

import withdrawal_risk as wr
from withdrawal_risk.elements.elicitation import Z90
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.language.numbers import percent, points
from withdrawal_risk.plots.style import ACCENT, BAD, GOOD, INK, LOWERS, MUTED, PAPER
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
    # A line across the panel has places within it, and no values.
    measured = [
        line
        for line in axis.lines
        if line.get_transform().contains_branch_seperately(axis.transData)[0]
    ] + [line for line in axis.lines if len(set(np.ravel(line.get_xdata()))) == 1]
    ends += [x for line in measured for x in np.ravel(line.get_xdata()) if np.isfinite(x)]
    return all(low - 1e-9 <= end <= high + 1e-9 for end in ends)


def side_of_title(figure: Figure) -> str:
    """Return the side on which the title stands."""
    assert figure._suptitle is not None  # type: ignore[attr-defined]
    return str(figure._suptitle.get_ha())  # type: ignore[attr-defined]


def reads_from_its_side(axis: Axes, lang: str) -> bool:
    """Say whether values grow away from the side where reading begins, and labels stand there."""
    low, high = axis.get_xlim()
    on_the_right = axis.yaxis.get_ticks_position() == "right"
    return (low > high, on_the_right) == ((lang == "ar"),) * 2


def texts(axis: Axes) -> list[str]:
    """Return the texts of an axis, without their line breaks."""
    return [squeezed(text.get_text()) for text in axis.texts]


def squeezed(text: str) -> str:
    """Return a text with plain single spaces."""
    return " ".join(text.split())


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
    np.testing.assert_allclose(
        [line[0] for line in lines(axis, MUTED, "D")], list(enumerate_x(table["structure"]))
    )
    assert sorted(axis.get_xlim()) == [0, 1] and reads_from_its_side(axis, lang)
    assert axis.get_xlabel() == LANGUAGES[lang].plots["probability"]
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert any("80" in text for text in legend) and len(legend) == 6
    # The words stand between their borders.
    borders = {line.get_xdata()[0] for line in axis.lines if line.get_linestyle() == "--"}
    assert borders == {upper for upper, _ in LANGUAGES[lang].icd_203[:-1]}
    shown = texts(axis)
    assert LANGUAGES[lang].icd_203[2][1] in shown
    assert [squeezed(percent(p, lang)) in shown for p in table["probability"]] == [True] * len(
        table
    )
    assert side_of_title(figure) == in_words(lang, "left", "right")


def enumerate_x(values: Any) -> list[tuple[float, int]]:
    """Return values beside the numbers of their rows."""
    return [(float(value), y) for y, value in enumerate(values)]


@languages
def test_scenarios(posterior: wr.Posterior, lang: str) -> None:
    answer = wr.scenarios(posterior, futures=4)
    figure = wr.plot_scenarios(answer, lang=lang)
    (axis,) = figure.axes
    shown, words = texts(axis), LANGUAGES[lang]
    conditions = list(answer.results["baseline"].summary.index)
    for name, result in answer.results.items():
        assert answer.label(name, lang) in shown
        for condition in conditions:
            row = result.summary.loc[condition]
            assert squeezed(percent(row["probability"], lang)) in shown
            if name != "baseline":
                resolved = abs(row["difference"]) > Z90 * row["difference_mcse"]
                assert (squeezed(points(row["difference"], lang)) in shown) or not resolved
                assert resolved or row["difference"] == 0 or words.names["not_resolved"] in shown
    assert {answer.results["baseline"].label(c, lang) for c in conditions} <= set(shown)
    # A full bar of every cell, and one as long as the probability.
    found = [patch for patch in axis.patches if isinstance(patch, Rectangle)]
    full, *_ = [bar.get_width() for bar in found if not same_colour(bar.get_facecolor(), ACCENT)]
    drawn = [bar.get_width() / full for bar in found if same_colour(bar.get_facecolor(), ACCENT)]
    expected = [
        result.summary.loc[condition, "probability"]
        for result in answer.results.values()
        for condition in conditions
    ]
    np.testing.assert_allclose(sorted(drawn), sorted(expected), atol=1e-12)
    assert (axis.get_xlim()[0] > axis.get_xlim()[1]) == (lang == "ar")


@languages
def test_differences_have_the_colours_of_their_direction(
    posterior: wr.Posterior, lang: str
) -> None:
    answer = wr.scenarios(posterior, futures=16)
    (axis,) = wr.plot_scenarios(answer, lang=lang).axes
    row = answer.results["crisis"].summary.loc["calm"]
    assert row["difference"] < -Z90 * row["difference_mcse"]
    text = points(row["difference"], lang)
    (drawn, *_) = [item for item in axis.texts if item.get_text() == text]
    assert same_colour(drawn.get_color(), BAD)


@languages
def test_drivers(posterior: wr.Posterior, lang: str) -> None:
    answer = wr.drivers(posterior, "calm", futures=4)
    figure = wr.plot_drivers(answer, lang=lang)
    # What the condition itself tests is left out, and named.
    table = answer.summary[~answer.summary["direct"]][::-1]
    assert 0 < len(table) < len(answer.summary)
    axes = figure.axes[::-1] if lang == "ar" else figure.axes
    assert len({axis.get_xlim() for axis in axes}) == 1
    for axis, kind in zip(axes, ("shift", "evidential"), strict=True):
        ends = [
            (answer.probability, answer.summary.loc[name, f"{kind}_{end}"])
            for name in table.index
            for end in ("low", "high")
        ]
        np.testing.assert_allclose(bars(axis), ends, atol=1e-12)
        fills = [same_colour(patch.get_facecolor(), PAPER) for patch in axis.patches]
        assert fills == [True, False] * len(table)
        assert [" ".join(axis.get_title().split())] == [
            LANGUAGES[lang].plots["moved" if kind == "shift" else "seen"]
        ]
        assert reads_from_its_side(axis, lang)
    assert rows(axes[0]) == [answer.label(str(name), lang) for name in table.index]
    (legend,) = figure.legends
    inside = answer.summary[answer.summary["direct"]].index
    said = " ".join(legend.get_title().get_text().split())
    assert all(answer.label(str(name), lang) in said for name in inside)


def test_where_a_condition_reads_nothing_else_its_own_factors_are_drawn(
    posterior: wr.Posterior,
) -> None:
    answer = wr.drivers(posterior, "calm", futures=4)
    answer.summary["direct"] = True
    figure = wr.plot_drivers(answer, top=1)
    assert rows(figure.axes[0]) == [answer.label(str(answer.summary.index[0]))]
    assert not figure.legends[0].get_title().get_text()


@languages
def test_attribution(posterior: wr.Posterior, lang: str) -> None:
    answer = wr.attribution(posterior, "calm", draws=200)
    figure = wr.plot_attribution(answer, lang=lang)
    (axis,) = figure.axes
    first, last, *parts = bars(axis)
    assert first == pytest.approx((0, answer.reference))
    assert last == pytest.approx((0, answer.probability))
    # What the condition itself tests comes last, and says so.
    order = sorted(answer.summary.index, key=lambda name: name in answer.direct)
    assert answer.direct == ("gaps",) and order == ["tension", "gaps"]
    shares = -answer.summary.loc[order, "share"].to_numpy()
    np.testing.assert_allclose([end - start for start, end in parts], shares, atol=1e-12)
    # Each part begins where the one above it ends, and the last ends at the probability.
    starts = answer.reference + np.cumsum([0.0, *shares])
    np.testing.assert_allclose([start for start, _ in parts], starts[:-1], atol=1e-12)
    assert starts[-1] == pytest.approx(answer.probability)
    first_label, last_label = rows(axis)[-2:0:-1]
    assert first_label == answer.label("tension", lang)
    assert last_label == f"{answer.label('gaps', lang)} {LANGUAGES[lang].plots['direct']}"
    shown = texts(axis)
    assert [squeezed(points(share, lang)) in shown for share in shares] == [True] * len(shares)
    assert reads_from_its_side(axis, lang)
    colours = [patch.get_facecolor() for patch in axis.patches[2:]]
    for colour, share in zip(colours, shares, strict=True):
        assert same_colour(colour, GOOD if share > 0 else BAD)
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
    (axis,) = figure.axes
    shown = answer.summary.iloc[:-1]
    # Points stand on one scale: places are linear in the effects.
    places = [line[0, 0] for line in lines(axis, ACCENT, "o")]
    ((rest,),) = [line[:, 0] for line in lines(axis, MUTED, "o")]
    zeros = {line[0, 0] for line in lines(axis, INK) if len(line) == 2}
    assert len(zeros) == 1
    zero = zeros.pop()
    scale = (places[0] - zero) / float(shown["effect"].iloc[0])
    np.testing.assert_allclose((np.array(places) - zero) / scale, shown["effect"])
    left = answer.total[0] - float(shown["effect"].sum())
    assert (rest - zero) / scale == pytest.approx(left, abs=1e-9)
    arrows = [patch for patch in axis.patches if isinstance(patch, FancyArrowPatch)]
    assert len(arrows) == sum(str(route).count("->") for route in shown.index)
    colours = {to_hex(arrow.get_edgecolor()) for arrow in arrows}
    assert colours == {ACCENT if effect > 0 else LOWERS for effect in shown["effect"]}
    # Causes stand where reading begins.
    at = {" ".join(text.get_text().split()): text.get_position()[0] for text in axis.texts}
    source, target = (answer.about.label(name, lang) for name in ("tension", "gaps"))
    assert at[source] < at[target]
    assert (axis.get_xlim()[0] > axis.get_xlim()[1]) == (lang == "ar")


@languages
def test_watch_list(posterior: wr.Posterior, lang: str) -> None:
    answer = wr.watch_list(posterior, months=1, futures=4)
    figure = wr.plot_watch_list(answer, condition="calm", top=3, lang=lang)
    (axis,) = figure.axes
    table = answer.summary.loc["calm"].iloc[:3][::-1]
    for label, (name, row) in zip(rows(axis), table.iterrows(), strict=True):
        assert label.startswith(answer.label(str(name), lang))
        looks = LANGUAGES[lang].plots["looks"].format(count=int(row["looks"]))
        assert label.endswith(looks if row["looks"] else LANGUAGES[lang].plots["no_looks"])
    np.testing.assert_allclose([end for _, end in bars(axis)], table["move"])
    floors = [line[0, 0] for line in lines(axis, BAD)]
    np.testing.assert_allclose(floors, np.sqrt(table["floor"].clip(lower=0)))
    for bar, (_, row) in zip(axis.patches, table.iterrows(), strict=True):
        assert same_colour(bar.get_facecolor()[:3], ACCENT if row["informative"] else PAPER)
        if row["informative"]:
            size = f"±{100 * row['move']:.1f}"
            assert any(size in text for text in texts(axis))
    assert axis.get_xlabel() == LANGUAGES[lang].plots["moves"] and reads_from_its_side(axis, lang)


@languages
def test_reach(posterior: wr.Posterior, lang: str) -> None:
    answer = wr.reach(posterior, "calm", probability=0.5, draws=100)
    figure = wr.plot_reach(answer, lang=lang)
    levers, costs = figure.axes
    way, marked = lines(costs, ACCENT, "None")[0], lines(costs, ACCENT, "o")
    np.testing.assert_allclose(way, answer.frontier[["cost", "probability"]])
    np.testing.assert_allclose(marked, [[[answer.cost, answer.probability]]])
    colour = GOOD if answer.reached else BAD
    (target,) = [line for line in costs.lines if line.get_linestyle() == "--"]
    assert target.get_ydata()[0] == answer.target and same_colour(target.get_color(), colour)
    low, high = costs.get_ylim()
    assert low == 0 and answer.frontier["probability"].max() <= high
    table = answer.summary[::-1]
    assert rows(levers) == [answer.label(str(lever), lang) for lever in table.index]
    ends = [end for _, row in table.iterrows() for end in (row["bound"], row["shift"])]
    np.testing.assert_allclose([end for _, end in bars(levers)], ends)
    assert reads_from_its_side(levers, lang) and reads_from_its_side(costs, lang)
    # Shift in words, months, cost.
    for text, (_, row) in zip(levers.texts, table.iterrows(), strict=True):
        said = " ".join(text.get_text().split())
        if row["shift"]:
            assert f"{abs(row['shift']):.3g}" in said and f"{row['cost']:.3g}" in said
        else:
            assert said == LANGUAGES[lang].plots["left_alone"]


@languages
def test_a_target_out_of_reach_says_so(posterior: wr.Posterior, lang: str) -> None:
    answer = wr.reach(posterior, "calm", probability=0.999, draws=100, futures=4)
    assert not answer.reached
    said = " ".join(wr.plot_reach(answer, lang=lang).get_suptitle().split())
    start = LANGUAGES[lang].plots["out_of_reach"].split("{")[0].strip()
    assert start in said and squeezed(percent(answer.probability, lang)) in said


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
    assert reads_from_its_side(axis, lang)
    np.testing.assert_allclose(
        lines(axis, ACCENT, "o")[0][:, 0], np.median(values, axis=0), atol=1e-12
    )


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
    assert reads_from_its_side(axis, lang)


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
