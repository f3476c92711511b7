"""Plots of a panel draw the numbers of its answer, in each language."""

from __future__ import annotations

from typing import Any

import matplotlib.colors
import numpy as np
import pytest
from matplotlib.axes import Axes
from tests.panels import answers_of, seeds_text
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.plots.style import ACCENT, GOOD, MUTED

HALF, LEVEL = "factors.gaps.half_life", "indicators.incidents.at_reference"
NAMES = ["Amal", "Basim", "Carla", "Dina"]

languages = pytest.mark.parametrize("lang", LANGUAGES)


@pytest.fixture(scope="module")
def result(posterior: wr.Posterior) -> wr.PanelResult:
    rows = [
        f"Amal {HALF} 1.5 . 5", f"Basim {LEVEL} 8 . 40", f"Carla {HALF} 2.5 . 7", f"Dina {LEVEL} 6 . 20",
    ]  # fmt: skip
    for k in range(1, 9):
        # Truths are 0: Amal's and Dina's middles lie on either side, Basim is below all, Carla above.
        side = 1 if k % 2 else -1
        rows += [
            f"Amal seeds.S{k} {side - 3} {side} {side + 3}", f"Basim seeds.S{k} -3 -2 -1",
            f"Carla seeds.S{k} 1 2 3", f"Dina seeds.S{k} {side - 2} {side} {side + 2}",
        ]  # fmt: skip
    answers = answers_of(posterior.model, *rows, seeds=seeds_text([0.0] * 8))
    found = wr.panel(posterior, "calm", answers=answers, refit=False, progressbar=False)
    # As if Basim had needed a fit.
    found.summary.loc["Basim", "refitted"] = True
    return found


def marks(axis: Axes) -> list[Any]:
    """Return the points of an axis, the highest first."""
    found = [line for line in axis.lines if line.get_marker() in ("o", "s", "D")]
    return sorted(found, key=lambda line: -float(np.ravel(line.get_ydata())[0]))


def colour(value: Any) -> str:
    return matplotlib.colors.to_hex(value)


@languages
def test_experts_and_all_together(result: wr.PanelResult, lang: str) -> None:
    figure = wr.plot_panel(result, lang=lang)
    top, below = figure.axes
    order = [*NAMES, "pooled", "file"]
    labels = [label.get_text() for label in top.get_yticklabels()]
    words = LANGUAGES[lang]
    assert labels[::-1] == [*NAMES, words.names["panel_pooled"], words.names["panel_file"]]
    points = marks(top)
    assert [float(point.get_xdata()[0]) for point in points] == [
        result.summary.loc[name, "probability"] for name in order
    ]
    assert [colour(point.get_color()) for point in points] == [
        colour(c) for c in (*[ACCENT] * 4, GOOD, MUTED)
    ]
    hollow = [colour(point.get_markerfacecolor()) == "#ffffff" for point in points]
    assert hollow == [False, True, False, False, False, False]
    spans = [tuple(line.get_xdata()) for line in top.lines if line.get_linewidth() == 3.5]
    assert spans[::-1] == [
        (result.summary.loc[name, "lower"], result.summary.loc[name, "upper"]) for name in order
    ]
    parts = np.array([result.spread.between, result.spread.within, result.spread.chance])
    bars = [(bar.get_x(), bar.get_width()) for bar in below.patches]  # type: ignore[attr-defined]
    assert [width for _, width in bars] == pytest.approx((parts / parts.sum()).tolist())
    assert [left for left, _ in bars] == pytest.approx([0, *np.cumsum(parts / parts.sum())[:2]])
    (legend,) = figure.legends
    shown = [text.get_text() for text in legend.get_texts()]
    assert [text.split(":")[0] for text in shown] == [
        *(words.plots[part] for part in ("between", "within", "chance")), words.plots["refitted"],
    ]  # fmt: skip
    assert words.plots["panel"].split("{what}")[1] in repr(figure)


def test_other_methods_show_equal_weights_beside(posterior: wr.Posterior) -> None:
    answers = answers_of(posterior.model, f"Amal {HALF} 1.5 . 5", f"Basim {LEVEL} 8 . 40")
    found = wr.panel(
        posterior, "calm", answers=answers, method="log", refit=False, progressbar=False
    )
    figure = wr.plot_panel(found)
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["The file itself", "All alike", "Together", "Basim", "Amal"]
    assert [float(p.get_xdata()[0]) for p in marks(figure.axes[0])] == found.summary[
        "probability"
    ].tolist()
    assert len(figure.legends[0].get_texts()) == 3, (
        "nobody needed a fit, so that no word is said of it"
    )


@languages
def test_a_card_an_expert(result: wr.PanelResult, lang: str) -> None:
    figure = wr.plot_cards(result, lang=lang)
    seen = [axis for axis in figure.axes if axis.get_visible()]
    assert len(figure.axes) == 4 and len(seen) == 4
    expected = {
        "Amal": [0, 4, 4, 0],
        "Basim": [0, 0, 0, 8],
        "Carla": [8, 0, 0, 0],
        "Dina": [0, 4, 4, 0],
    }
    words = LANGUAGES[lang].plots
    for axis, (name, counts) in zip(seen, expected.items(), strict=True):
        assert [bar.get_width() for bar in axis.patches] == [n / 8 for n in counts]  # type: ignore[attr-defined]
        steps = [line.get_xdata()[0] for line in axis.lines if len(np.ravel(line.get_xdata()))]  # type: ignore[index]
        assert steps == pytest.approx([0.05, 0.45, 0.45, 0.05])
        score = result.cards.loc[name, "calibration"]
        first, second = axis.get_title().split("\n")
        assert first == words["card_title"].format(name=name, seeds=8)
        shown = (
            f"{score:.3f}"
            if name in ("Amal", "Dina")
            else LANGUAGES[lang].below.format(number="0.001")
        )
        assert second == words["card_score"].format(score=shown)
        ticks = [" ".join(tick.get_text().split()) for tick in axis.get_yticklabels()]
        assert ticks == [words[f"bin_{part}"] for part in ("below", "lower", "upper", "above")]


def test_both_can_be_drawn(result: wr.PanelResult) -> None:
    for figure in (wr.plot_panel(result, lang="ar"), wr.plot_cards(result)):
        assert figure._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]


def test_without_seeds_there_are_no_cards(posterior: wr.Posterior) -> None:
    answers = answers_of(posterior.model, f"Amal {HALF} 1.5 . 5")
    found = wr.panel(posterior, "calm", answers=answers, refit=False, progressbar=False)
    said = refusal(lambda: wr.plot_cards(found))
    assert said == "no seed question has an answer, so there is nothing to draw"
    assert "lang is 'xx'" in refusal(lambda: wr.plot_panel(found, lang="xx"))
