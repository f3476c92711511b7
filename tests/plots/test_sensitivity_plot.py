"""The plot of sensitivity draws the numbers of its answer, in each language."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle
from tests.plots.test_plots import (
    bars,
    holds_all,
    languages,
    lines,
    reads_from_its_side,
    rows,
    same_colour,
)
from tests.refusals import refusal
from tests.variants import CALM, with_text

import withdrawal_risk as wr
from withdrawal_risk.elements.elicitation import Z90
from withdrawal_risk.language import words_of
from withdrawal_risk.plots.style import ACCENT, GOOD, INK, MUTED

TOP = 5


@pytest.fixture(scope="module")
def answer(posterior: wr.Posterior) -> wr.Sensitivity:
    return wr.sensitivity(posterior, "calm")


@languages
def test_bars_end_where_the_answer_says(answer: wr.Sensitivity, lang: str) -> None:
    figure = wr.plot_sensitivity(answer, top=TOP, lang=lang)
    (axis,) = figure.axes
    top = answer.summary.iloc[:TOP]
    labels = {"en": "All judged thresholds", "ar": words_of("ar").plots["all_thresholds"]}
    expected = [
        labels[lang],
        *answer.clauses[lang],
        *(f"{answer.label(str(p), lang)}: {answer.range(str(p), lang)}" for p in top.index),
    ]
    squeezed = [" ".join(label.split()) for label in expected]
    assert [" ".join(label.split()) for label in rows(axis)] == squeezed[::-1]
    curves = answer.thresholds[[-1.0, -0.5, 0.0, 0.5, 1.0]].to_numpy()
    middle, size = answer.probability, top["effect"].abs()
    ends = [
        (answer.harsher, answer.kinder),
        *((curve.min(), curve.max()) for curve in curves),
        *((middle - step, middle + step) for step in size),
    ]
    np.testing.assert_allclose(bars(axis), ends[::-1], atol=1e-12)
    drawn = [patch for patch in axis.patches if isinstance(patch, Rectangle)]
    colours = [ACCENT] * TOP + [GOOD] * (1 + len(curves))
    assert all(same_colour(p.get_facecolor(), c) for p, c in zip(drawn, colours, strict=True))
    assert holds_all(axis) and reads_from_its_side(axis, lang)
    # Thresholds are told from judgements by more than colour.
    assert [bool(p.get_hatch()) for p in drawn] == [c == GOOD for c in colours]


@languages
def test_errors_and_borders(answer: wr.Sensitivity, lang: str) -> None:
    figure = wr.plot_sensitivity(answer, top=TOP, lang=lang)
    (axis,) = figure.axes
    solid = [line for line in lines(axis, INK) if np.ptp(line[:, 1]) == 0]
    top = answer.summary.iloc[:TOP][::-1]
    expected = [
        (answer.probability + side * abs(effect) - Z90 * error, y)
        for y, (effect, error) in enumerate(zip(top["effect"], top["effect_mcse"], strict=True))
        for side in (-1, 1)
    ]
    np.testing.assert_allclose([line[0] for line in solid], expected, atol=1e-12)
    widths = [Z90 * 2 * error for error in top["effect_mcse"] for _ in (0, 1)]
    np.testing.assert_allclose([np.ptp(line[:, 0]) for line in solid], widths, atol=1e-12)
    upright = [line[0, 0] for line in lines(axis, INK) if np.ptp(line[:, 0]) == 0]
    assert upright == [answer.probability]
    low, high = sorted(axis.get_xlim())
    inside = [edge for edge in (0.05, 0.2, 0.45, 0.55, 0.8, 0.95) if low < edge < high]
    assert [line[0, 0] for line in lines(axis, MUTED)] == inside and 0.2 in inside
    words = {text.get_text().replace("\n", " ") for text in axis.texts}
    known = {word for _, word in words_of(lang).icd_203}
    assert words and words <= known
    assert words_of(lang).icd_203[2][1] in words, "that of the probability has room"


@languages
def test_the_title_says_the_distance(answer: wr.Sensitivity, lang: str) -> None:
    figure = wr.plot_sensitivity(answer, top=1, lang=lang)
    assert figure.get_suptitle().split() == answer.distance(lang).split()


def test_probabilities_stay_within_their_bounds(answer: wr.Sensitivity) -> None:
    """A first-order change may reach beyond what a probability can be."""
    summary = answer.summary.copy()
    summary["effect"] = 0.9
    figure = wr.plot_sensitivity(replace(answer, summary=summary), top=2)
    (axis,) = figure.axes
    assert bars(axis)[:2] == [(0.0, 1.0)] * 2
    low, high = axis.get_xlim()
    assert low == 0.0 and high == 1.0


@languages
def test_what_has_no_next_threshold_has_no_bar(posterior: wr.Posterior, lang: str) -> None:
    other = with_text(
        posterior, (CALM, "      - {indicator: closed, at_most: 0, resolution: the police}\n")
    )
    figure = wr.plot_sensitivity(wr.sensitivity(other, "calm"), top=3, lang=lang)
    assert len(bars(figure.axes[0])) == 3


def test_no_bars_at_all(answer: wr.Sensitivity) -> None:
    """Where a file judges nothing there is the probability alone."""
    nan = float("nan")
    bare = replace(
        answer, summary=answer.summary.iloc[:0], thresholds=pd.DataFrame(), harsher=nan, kinder=nan,
        clauses={"en": [], "ar": []},
    )  # fmt: skip
    (axis,) = wr.plot_sensitivity(bare).axes
    assert bars(axis) == [] and [line[0, 0] for line in lines(axis, INK)] == [bare.probability]


def test_refusals(answer: wr.Sensitivity, posterior: wr.Posterior) -> None:
    assert "top" in refusal(lambda: wr.plot_sensitivity(answer, top=0))
    assert "sensitivity" in refusal(lambda: wr.plot_sensitivity(wr.outlook(posterior)))  # type: ignore[arg-type]
    assert "'xx'" in refusal(lambda: wr.plot_sensitivity(answer, lang="xx"))
