"""Before and after, set beside seen, by date, and tables: the numbers of their answers."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from tests.plots.test_plots import languages, lines, reads_from_its_side, rows, squeezed, texts
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.elements.elicitation import LEVEL_NAMES, Z90
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.language.numbers import difference_interval, percent, points
from withdrawal_risk.plots.style import ACCENT, ACCENT_SOFT, BAD, GOOD, LOWERS, MUTED, STEPS


@pytest.fixture(scope="module")
def answers(posterior: wr.Posterior) -> dict[str, wr.Result]:
    return {
        "do": wr.do(posterior, {"tension": wr.shift(-1)}, futures=8),
        "counterfactual": wr.counterfactual(
            posterior, {"tension": "very high"}, start="2023-06", futures=8
        ),
        "observe": wr.observe(posterior, {"rate": 110}, month="2024-01"),
    }


DRAWN: dict[str, Callable[..., Figure]] = {
    "do": wr.plot_do,
    "counterfactual": wr.plot_counterfactual,
    "observe": wr.plot_observe,
}


@languages
@pytest.mark.parametrize("kind", DRAWN)
def test_before_and_after(answers: dict[str, wr.Result], kind: str, lang: str) -> None:
    answer = answers[kind]
    figure = DRAWN[kind](answer, lang=lang)
    (axis,) = figure.axes
    table = answer.summary[::-1]
    assert rows(axis) == [answer.label(str(name), lang) for name in table.index]
    after = [line[0] for line in lines(axis, ACCENT, "o")]
    np.testing.assert_allclose(after, [(p, y) for y, p in enumerate(table["probability"])])
    before = [line[0, 0] for line in lines(axis, MUTED, "o")]
    np.testing.assert_allclose(before, table["probability"] - table["difference"], atol=1e-12)
    spans = [line[:, 0] for line in lines(axis, ACCENT, "None")]
    np.testing.assert_allclose(spans, table[["lower", "upper"]])
    moves = [line for line in axis.lines if len(np.ravel(line.get_xdata())) == 2][1::2]
    shown = texts(axis)
    for line, (_, row) in zip(moves, table[table["difference"] != 0].iterrows(), strict=True):
        difference = row["difference"]
        resolved = abs(difference) > Z90 * row["difference_mcse"]
        colour = MUTED if not resolved else GOOD if difference > 0 else BAD
        assert to_hex(line.get_color()) == colour
        if resolved:
            span = difference_interval(row["difference_lower"], row["difference_upper"], lang)
            assert squeezed(f"{points(difference, lang)} ({span})") in shown
        else:
            assert LANGUAGES[lang].names["not_resolved"] in shown
    title = squeezed(figure.get_suptitle())
    said = squeezed(answer.supposing[lang])
    assert title.lower() == said.lower() and title[:1] == title[:1].upper()
    assert reads_from_its_side(axis, lang)
    note = figure.legends[0].get_title().get_text()
    assert (f"{answer.ess:.0f}" in note) if kind == "observe" else not note


def test_both_directions_are_seen(answers: dict[str, wr.Result]) -> None:
    """Less tension helps, and more would have hurt."""
    for kind, sign, colour in (("do", 1, GOOD), ("counterfactual", -1, BAD)):
        row = answers[kind].summary.loc["calm"]
        assert sign * row["difference"] > Z90 * row["difference_mcse"]
        (axis,) = DRAWN[kind](answers[kind]).axes
        assert any(to_hex(line.get_color()) == colour for line in axis.lines)


def test_each_refuses_the_answers_to_other_questions(
    answers: dict[str, wr.Result], posterior: wr.Posterior
) -> None:
    baseline = wr.outlook(posterior)
    for name, draw in DRAWN.items():
        assert f"plot_{name}" in refusal(lambda draw=draw: draw(baseline))  # type: ignore[misc]
        assert f"plot_{name} draws Result" in refusal(lambda draw=draw: draw(3))  # type: ignore[misc]
    assert "another question" in refusal(lambda: wr.plot_observe(answers["do"]))
    assert "another question" in refusal(lambda: wr.plot_counterfactual(answers["observe"]))


@languages
def test_effects(posterior: wr.Posterior, lang: str) -> None:
    answer = wr.effects(posterior, "tension", "calm", futures=16)
    (axis,) = wr.plot_effects(answer, lang=lang).axes
    table = answer.summary
    assert rows(axis) == [answer.label(level, lang) for level in LEVEL_NAMES]
    held = [line[0, 0] for line in lines(axis, ACCENT, "o")]
    np.testing.assert_allclose(held, table["set"])
    seen = [line[0, 0] for line in lines(axis, LOWERS, "D")]
    np.testing.assert_allclose(seen, table["seen"].dropna())
    expected = [
        points(gap, lang) if np.isfinite(gap) else LANGUAGES[lang].names["not_resolved"]
        for gap in table["gap"]
    ]
    assert texts(axis) == [squeezed(text) for text in expected]
    assert reads_from_its_side(axis, lang)


@languages
def test_what_is_seen_too_seldom_is_not_drawn(posterior: wr.Posterior, lang: str) -> None:
    answer = wr.effects(posterior, "tension", "calm", futures=4)
    answer.summary.loc["very low", ["seen", "gap", "seen_mcse"]] = np.nan
    (axis,) = wr.plot_effects(answer, lang=lang).axes
    assert len(lines(axis, LOWERS, "D")) == answer.summary["seen"].notna().sum() < 5
    assert texts(axis)[0] == LANGUAGES[lang].names["not_resolved"]


def by_date() -> pd.DataFrame:
    """An outlook at three dates, given in no order, the second of which failed a check."""
    rows = []
    for date, p, sound in (("2023-12", 0.3, True), ("2023-06", 0.1, True), ("2023-08", 0.2, False)):
        for condition, shift in (("calm", 0.0), ("supplied", 0.4), ("all_conditions", -0.05)):
            rows.append(
                {
                    "as_of": date, "condition": condition, "probability": p + shift,
                    "lower": p + shift - 0.05, "upper": p + shift + 0.1, "prior": 0.5,
                    "checks_passed": sound,
                }
            )  # fmt: skip
    return pd.DataFrame(rows).set_index(["as_of", "condition"])


@languages
def test_history(small: wr.Model, lang: str) -> None:
    figure = wr.plot_history(by_date(), model=small, lang=lang)
    side = "right" if lang == "ar" else "left"
    shown = [axis for axis in figure.axes if axis.get_visible()]
    assert [squeezed(axis.get_title(loc=side)) for axis in shown] == [
        small.spec.conditions["calm"].label[lang],
        small.spec.conditions["supplied"].label[lang],
        LANGUAGES[lang].names["all_conditions"],
    ]
    # In the order of time, as far apart as the months are.
    (line,) = lines(shown[0], ACCENT, "o")
    np.testing.assert_allclose(line, [(0, 0.1), (2, 0.2), (6, 0.3)])
    assert shown[0].get_xlim()[0] < shown[0].get_xlim()[1] and shown[0].get_ylim() == (0, 1)
    (failed,) = lines(shown[0], BAD, "X")
    np.testing.assert_allclose(failed, [(2, 0.2)])
    fill = shown[0].collections[0]
    assert to_hex(fill.get_facecolor()[0]) == ACCENT_SOFT
    assert fill.get_paths()[0].vertices[:, 1].max() == pytest.approx(0.4)
    words = [squeezed(text.get_text()) for text in figure.legends[0].get_texts()]
    assert words[-1] == LANGUAGES[lang].plots["failed"]


def test_history_by_its_ids_and_refusals() -> None:
    figure = wr.plot_history(by_date())
    assert figure.axes[0].get_title(loc="left") == "calm"
    assert "plot_history draws" in refusal(lambda: wr.plot_history(by_date().reset_index()))
    assert "plot_history draws DataFrame" in refusal(lambda: wr.plot_history([1]))  # type: ignore[arg-type]
    assert "model is" in refusal(lambda: wr.plot_history(by_date(), model="small"))  # type: ignore[arg-type]


@languages
def test_implied_table(posterior: wr.Posterior, lang: str) -> None:
    table = wr.implied_table(posterior, "gaps")
    figure = wr.plot_implied_table(table, factor="gaps", model=posterior.model, lang=lang)
    (axis,) = figure.axes
    assert len(table) == 25
    cells = [patch for patch in axis.patches if isinstance(patch, Rectangle)]
    values = table.to_numpy().ravel()
    assert len(cells) == len(values)
    # Darker where it is more probable.
    steps = [STEPS.index(to_hex(cell.get_facecolor())) for cell in cells]
    assert [int(np.searchsorted((0.05, 0.2, 0.4, 0.6), v, side="right")) for v in values] == steps
    shown = texts(axis)
    for value in values:
        assert squeezed(percent(float(value), lang)) in shown
    spec = posterior.model.spec
    assert {spec.label(str(name), lang) for name in table.index.names} <= set(shown)
    assert spec.label("gaps", lang) in squeezed(figure.get_suptitle())
    assert (axis.get_xlim()[0] > axis.get_xlim()[1]) == (lang == "ar")


def test_implied_tables_without_parents_or_names(posterior: wr.Posterior) -> None:
    alone = wr.implied_table(posterior, "tension")
    (axis,) = wr.plot_implied_table(alone).axes
    assert len(axis.patches) == 5
    assert "another table" in refusal(lambda: wr.plot_implied_table(by_date()))
    table = wr.implied_table(posterior, "gaps")
    said = refusal(lambda: wr.plot_implied_table(table, factor="gap", model=posterior.model))
    assert "'gap' is not a factor" in said
    long = pd.concat([table] * 6)
    assert "150 rows" in refusal(lambda: wr.plot_implied_table(long))


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_title_on_a_given_axis_leaves_the_words_free(
    posterior: wr.Posterior, lang: str
) -> None:
    """The words of probabilities stand above the axis, and do not lie on each other either."""
    figure = Figure(figsize=(8, 4), layout="constrained")
    axis = figure.subplots(1, 2)[0]
    wr.plot_outlook(wr.outlook(posterior, futures=2), ax=axis, lang=lang)
    figure.draw_without_rendering()
    words = [one for one in axis.texts if one.get_transform() == axis.get_xaxis_transform()]
    headings = [
        one for one in axis.get_children() if isinstance(one, Text) and one not in axis.texts
    ]
    boxes = [one.get_window_extent() for one in (*headings, *words) if one.get_text()]
    assert words and len(boxes) == len(words) + 1
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))
