"""Plots of a back test draw the numbers of its tables, in each language."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.elements.base import Text
from withdrawal_risk.language import LANGUAGES, words_of
from withdrawal_risk.plots.style import ACCENT
from withdrawal_risk.queries.backtest_result import METHODS
from withdrawal_risk.scoring.evaluation import evaluated
from withdrawal_risk.scoring.leads import block_of_leads

languages = pytest.mark.parametrize("lang", LANGUAGES)


def table(origins: int) -> pd.DataFrame:
    """Rows of three forecasters of 40 months, the second twice and the third four times as wide."""
    rng = np.random.default_rng(3)
    seen = rng.normal(100, 10, origins + 8)
    parts = []
    for method, width in (("model", 10.0), ("climatology", 20.0), ("local_level", 40.0)):
        origin = np.repeat(np.arange(origins), 7)
        lead = np.tile(np.arange(7), origins)
        members = 100 + width * rng.standard_normal((len(lead), 60))
        count = len(lead)
        scored = evaluated(
            members,
            seen[origin + lead],
            log_density=np.zeros(count),
            event=np.full(count, 100.0),
            threshold=np.full(count, 110.0),
            categories=None,
            amounts=True,
            uniform=rng.random(count),
        )
        months = [f"{2020 + m // 12}-{m % 12 + 1:02d}" for m in range(origins + 8)]
        about: dict[str, Any] = {
            "origin": [months[o] for o in origin],
            "origin_number": origin,
            "method": method,
            "indicator": "index",
            "month": [months[o + n] for o, n in zip(origin, lead, strict=True)],
            "lead": lead,
            "row": "r",
            "observed": seen[origin + lead],
        }
        parts.append(pd.DataFrame(about | scored))
    whole = pd.concat(parts, ignore_index=True)
    return whole.assign(leads=block_of_leads(whole["lead"]))


@pytest.fixture(scope="module")
def result() -> wr.Backtest:
    return made(40)


def made(origins: int) -> wr.Backtest:
    fits = pd.DataFrame(columns=["origin", "method", "rhat_max", "ess_min", "divergences"])
    return wr.Backtest(
        model="made",
        data="revised",
        table=table(origins),
        fits=fits,
        names={"index": Text.model_validate({"en": "Index", "ar": "مؤشر"})},
    )


def caption(figure: Any) -> str:
    return " ".join(figure.get_supxlabel().split())


@languages
def test_skill_is_drawn_method_by_method(result: wr.Backtest, lang: str) -> None:
    figure = wr.plot_skill(result, indicator="index", lang=lang)
    axes = figure.axes[::-1] if lang == "ar" else figure.axes
    assert len(axes) == 3
    names = [" ".join(text.get_text().split()) for text in axes[0].get_yticklabels()]
    assert names == [words_of(lang).methods[name] for name in result.others]
    for axis, leads in zip(axes, ("0", "1-3", "4-6"), strict=True):
        for place, over in enumerate(result.others):
            row = result.skill(over).loc[("index", leads)]
            points = [line for line in axis.lines if list(line.get_ydata()) == [place]]
            assert points[0].get_xdata()[0] == pytest.approx(row["skill"])
            ends = [line for line in axis.lines if list(line.get_ydata()) == [place, place]]
            np.testing.assert_allclose(ends[0].get_xdata(), [row["lower"], row["upper"]])
    assert " ".join(result.heading(lang).split()) in caption(figure)


def test_an_interval_that_is_not_resolved_is_not_drawn() -> None:
    few = made(7)
    figure = wr.plot_skill(few, indicator="index")
    last = figure.axes[-1]
    assert np.isnan(few.skill("climatology").loc[("index", "4-6"), "lower"])
    assert not [line for line in last.lines if list(line.get_ydata()) == [0, 0]]
    assert "hollow" in caption(figure)


@languages
def test_coverage_is_drawn_by_lead(result: wr.Backtest, lang: str) -> None:
    figure = wr.plot_coverage(result, lang=lang)
    expected = result.coverage()
    (axis,) = figure.axes
    drawn = [line for line in axis.lines if line.get_marker() in ("o", "s")]
    for line, name in zip(drawn, ("covered_90", "covered_50"), strict=True):
        np.testing.assert_allclose(line.get_xydata(), expected[name].reset_index())
    assert axis.get_ylim()[0] <= 0 and axis.get_ylim()[1] >= 1


@languages
def test_pit_is_drawn_with_its_band(result: wr.Backtest, lang: str) -> None:
    figure = wr.plot_pit(result, leads="1-3", lang=lang)
    bars, curve = figure.axes
    heights = [patch.get_height() for patch in bars.patches if isinstance(patch, Rectangle)]
    np.testing.assert_allclose(heights, result.pit(leads="1-3")["share"])
    (line,) = [line for line in curve.lines if line.get_color() == ACCENT]
    np.testing.assert_allclose(line.get_ydata(), result.ecdf(leads="1-3")["share"])
    assert len(bars.collections) == len(curve.collections) == 1
    assert len(wr.plot_pit(made(5)).axes[0].collections) == 0


@languages
def test_reliability_is_drawn_with_its_counts(result: wr.Backtest, lang: str) -> None:
    figure = wr.plot_reliability(result, leads="0", lang=lang)
    curve, counts = figure.axes
    expected = result.reliability(leads="0")
    (line,) = [line for line in curve.lines if line.get_color() == ACCENT]
    np.testing.assert_allclose(line.get_ydata(), expected["frequency"])
    heights = [patch.get_height() for patch in counts.patches if isinstance(patch, Rectangle)]
    np.testing.assert_allclose(heights, expected["pairs"])


def test_plots_refuse_what_is_no_back_test(result: wr.Backtest, posterior: wr.Posterior) -> None:
    other = wr.outlook(posterior)
    for plot in (wr.plot_coverage, wr.plot_pit, wr.plot_reliability):
        assert "Backtest" in refusal(partial(plot, other))
        assert "method" in refusal(partial(plot, result, method="prior"))
    assert "Backtest" in refusal(lambda: wr.plot_skill(other, indicator="index"))
    assert "indicator" in refusal(lambda: wr.plot_skill(result, indicator="incidents"))
    alone = replace(result, table=result.table[result.table["method"] == "model"])
    assert "nothing to hold" in refusal(lambda: wr.plot_skill(alone, indicator="index"))


def test_a_skill_far_below_stands_at_the_edge(result: wr.Backtest) -> None:
    worse = result.table["method"] == "model"
    table = result.table.assign(crps=result.table["crps"].where(~worse, result.table["crps"] * 9))
    figure = wr.plot_skill(replace(result, table=table), indicator="index")
    for axis in figure.axes:
        markers = [line for line in axis.lines if line.get_marker() == "<"]
        assert len(markers) == 2
        assert {line.get_xdata()[0] for line in markers} == {axis.get_xlim()[0]}
    assert "arrow" in caption(figure)
    assert len({axis.get_xlim() for axis in figure.axes}) == 1


def test_titles_say_which_indicators(result: wr.Backtest) -> None:
    both = replace(result, names={**result.names, "other": result.names["index"]})
    assert "all indicators together" in " ".join(wr.plot_pit(both).get_suptitle().split())
    assert "Index" in wr.plot_pit(both, indicator="index").get_suptitle()
    assert "all indicators" not in wr.plot_skill(both, indicator="index").get_suptitle()


@languages
def test_every_method_has_words(lang: str) -> None:
    assert set(words_of(lang).methods) == {*METHODS, "peer"}
