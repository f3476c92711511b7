"""Fans, evidence, thresholds and the deadline, where their numbers say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from tests.plots.test_plots import in_words, languages, lines, squeezed
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.elements.elicitation import bin_medians
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.plots.style import ACCENT, ACCENT_PALE, GOOD, INK, MUTED, MUTED_PALE, WIDTH
from withdrawal_risk.simulation.worlds import horizon_window

NAMES = ["gaps", "presence", "incidents", "mood", "closed", "supply"]


def panel(posterior: wr.Posterior, name: str, lang: str = "en") -> Axes:
    (axis,) = wr.plot_forecast(posterior, var_names=[name], lang=lang).axes
    return axis


def line_of(axis: Axes, colour: str, *, width: float = 1.8) -> np.ndarray:
    """Return the points of the line of a median, shape (month, 2)."""
    found = [
        np.asarray(line.get_xydata(), dtype=float)
        for line in axis.lines
        if to_hex(line.get_color()) == colour
        and line.get_linewidth() == width
        and line.get_linestyle() == "-"
    ]
    assert len(found) == 1
    return found[0]


@languages
def test_past_and_future_have_tones_of_their_own(posterior: wr.Posterior, lang: str) -> None:
    axis = panel(posterior, "gaps", lang)
    level = wr.forecast(posterior)["level"].sel(factor="gaps").values
    now = horizon_window(posterior).index(posterior.as_of)
    middle = np.median(level, axis=0)
    past, future = line_of(axis, MUTED), line_of(axis, ACCENT)
    np.testing.assert_allclose(past, list(enumerate(middle))[: now + 1])
    np.testing.assert_allclose(future, list(enumerate(middle))[now:])
    fills = [c for c in axis.collections if isinstance(c, PolyCollection)]
    wide = {to_hex(fill.get_facecolor()[0]): fill.get_paths()[0].vertices for fill in fills}
    assert len(wide) == 4
    # The pale bands hold 90 %: their lowest and highest points are those quantiles.
    ends = np.quantile(level, [0.05, 0.95], axis=0)
    for colour, months in ((MUTED_PALE, slice(0, now + 1)), (ACCENT_PALE, slice(now, None))):
        y = np.asarray(wide[colour])[:, 1]
        assert (y.min(), y.max()) == pytest.approx((ends[0][months].min(), ends[1][months].max()))
    low, high = axis.get_xlim()
    assert low < high, "time runs from left to right in every language"


@languages
def test_every_panel_has_the_same_months(posterior: wr.Posterior, lang: str) -> None:
    figure = wr.plot_forecast(posterior, var_names=NAMES, lang=lang)
    spec, window = posterior.model.spec, horizon_window(posterior)
    assert figure.get_size_inches()[0] <= WIDTH
    assert {axis.get_xlim() for axis in figure.axes} == {(-0.5, len(window) - 0.5)}
    for name, axis in zip(NAMES, figure.axes, strict=True):
        assert squeezed(axis.get_title(loc=in_words(lang, "left", "right"))) == spec.label(
            name, lang
        )
        deadline = [line for line in lines(axis, INK) if np.ptp(line[:, 0]) == 0]
        assert [line[0, 0] for line in deadline] == [len(window) - 0.5]


def test_other_kinds_of_values(posterior: wr.Posterior) -> None:
    data = wr.forecast(posterior)
    now = horizon_window(posterior).index(posterior.as_of)
    share = data["closed"].values.mean(axis=0)
    np.testing.assert_allclose(line_of(panel(posterior, "closed"), ACCENT)[:, 1], share[now:])
    axis = panel(posterior, "mood")
    assert [label.get_text() for label in axis.get_yticklabels()] == ["bad", "fair", "good"]
    # The heights above the rows' feet add up to the whole in every month.
    total = np.zeros(len(share) - now)
    edges: list[Any] = [
        np.asarray(line.get_ydata(), dtype=float)
        for line in axis.lines
        if to_hex(line.get_color()) == ACCENT and line.get_linewidth() == 0.7
    ]
    for low, high in zip(edges[::2], edges[1::2], strict=True):
        total += (high - low) / 0.9
    np.testing.assert_allclose(total, 1)
    troops = panel(posterior, "presence").lines
    assert 500 in np.ravel(troops[1].get_ydata()) and 2000 in np.ravel(troops[0].get_ydata())


def test_evidence_is_drawn_over_its_months(posterior: wr.Posterior) -> None:
    """40 incidents in three months are a line at 40 / 3 over these months."""
    axis = panel(posterior, "incidents")
    window = horizon_window(posterior)
    # One line with a gap after each row, and the line of the deadline.
    (drawn,) = [line for line in lines(axis, INK) if np.isnan(line).any()]
    found = [line for line in np.split(drawn, len(drawn) // 3) if np.isnan(line[2]).all()]
    rows = [row for row in posterior.model.evidence if row.indicator == "incidents"]
    assert any(np.allclose(line[:2, 1], 40 / 3) for line in found)
    assert len(found) == sum(str(row.end)[:7] >= str(window.first) for row in rows)


def test_a_row_of_nothing_is_seen(posterior: wr.Posterior) -> None:
    """A 0 lies within an axis whose scale has it, and is drawn whole."""
    axis = panel(posterior, "incidents")
    low, _ = axis.get_ylim()
    if axis.get_yscale() == "symlog":
        assert low < 0
    marks = [line for line in axis.lines if to_hex(line.get_color()) == INK]
    assert all(not line.get_clip_on() for line in marks)
    assert "logarithmic axis" in squeezed(axis.get_ylabel())


@pytest.mark.parametrize(
    ("name", "bound", "months", "marker"),
    [
        ("gaps", 0.674, 3, "v"), ("incidents", 15.0, 3, "v"), ("supply", 0.5, 3, "^"),
    ],
)  # fmt: skip
def test_thresholds_stand_over_their_months(
    posterior: wr.Posterior, name: str, bound: float, months: int, marker: str
) -> None:
    """At most 45 in three months is a rate of 15; "at most medium" is the upper cut of medium."""
    if name == "gaps":
        bound = posterior.model.spec.factors["gaps"].cuts[2]
    axis, last = panel(posterior, name), len(horizon_window(posterior)) - 1
    dashed, mark = [line for line in axis.lines if to_hex(line.get_color()) == GOOD]
    assert list(dashed.get_ydata()) == [pytest.approx(bound)] * 2
    assert list(dashed.get_xdata()) == [last - months + 0.5, last + 0.5]
    assert mark.get_marker() == marker


@languages
def test_levels_are_named_on_their_axis(posterior: wr.Posterior, lang: str) -> None:
    axis = panel(posterior, "gaps", lang)
    factor = posterior.model.spec.factors["gaps"]
    np.testing.assert_allclose(axis.get_yticks(), bin_medians(factor.cuts))
    names = [squeezed(label.get_text()) for label in axis.get_yticklabels()]
    expected = [factor.level_in_words(k, LANGUAGES[lang]) for k in range(5)]
    assert all(shown in ("", name) for shown, name in zip(names, expected, strict=True))
    assert names[0] and names[2] and names[4]
    worse = LANGUAGES[lang].plots["worse"]
    (said,) = [text for text in axis.texts if worse in text.get_text()]
    assert said.get_position()[1] > 0.5 and "▲" in said.get_text(), "gaps are worse when high"


def test_the_legend_says_which_band_holds_what(posterior: wr.Posterior) -> None:
    figure = wr.plot_forecast(posterior, var_names=["gaps"])
    shown = [squeezed(text.get_text()) for text in figure.legends[0].get_texts()]
    assert {
        "50 % interval",
        "90 % interval",
        "evidence until Dec 2023",
        "deadline Jun 2024",
    } <= set(shown)
    bare = wr.plot_forecast(posterior, var_names=["view"])
    assert len(bare.legends[0].get_texts()) == len(shown) - 1, "nothing tests it: no threshold"


def test_refusals(posterior: wr.Posterior) -> None:
    assert "neither a factor" in refusal(lambda: wr.plot_forecast(posterior, var_names=["gap"]))
    assert "empty" in refusal(lambda: wr.plot_forecast(posterior, var_names=[]))
