"""What a panel makes of a condition, by every method of putting experts together."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.text import Text
from tests.panels import SEED_HEADER, answers_of, panel_folder, panel_text, seeds_text
from tests.refusals import refusal
from tests.variants import variant

import withdrawal_risk as wr
from withdrawal_risk.cli.rendering import rendered
from withdrawal_risk.inference.judgements import log_ratio
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.panel_file import Answers
from withdrawal_risk.queries.expert_packages import packages, pooled_package
from withdrawal_risk.reports.tables import cards_table, panel_table
from withdrawal_risk.simulation.tilting import Reweighted

HALF, UP, DOWN, LEVEL = (
    "factors.gaps.half_life", "edges.tension->gaps.weight", "edges.presence->gaps.weight",
    "indicators.incidents.at_reference",
)  # fmt: skip

NAMES = ("Amal", "Basim", "Carla")
ROWS = (
    f"Amal {HALF} 1.5 . 5",
    f"Amal {UP} 0.4 . 0.8",
    f"Basim {LEVEL} 8 . 40",
    f"Basim {UP} 0.25 . 0.6",
    f"Carla {HALF} 2.5 . 7",
)

TRUE = [3.0, 14.0, 7.0, 30.0, 11.0, 5.0, 21.0, 9.0, 40.0, 16.0]


def seed_rows(count: int) -> list[str]:
    """Amal is never outside, Basim far too sure, Carla outside in one of five."""
    rows = []
    for k, true in enumerate(TRUE[:count], start=1):
        side = 1 if k % 2 else -1
        rows.append(
            f"Amal seeds.S{k} {true + side * 0.7 - 2:g} {true + side * 0.7:g} {true + side * 0.7 + 2:g}"
        )
        rows.append(f"Basim seeds.S{k} {true + 1:g} {true + 1.2:g} {true + 1.4:g}")
        middle = true - side * (2.5 if k > 8 else 0.5)
        rows.append(f"Carla seeds.S{k} {middle - 1:g} {middle:g} {middle + 1:g}")
    return rows


def answers(model: wr.Model, seeds: int = 0) -> Answers:
    known = seeds_text(TRUE[:seeds]) if seeds else SEED_HEADER
    return answers_of(model, *ROWS, *seed_rows(seeds), seeds=known)


def ruled(posterior: wr.Posterior, rules: str) -> wr.Posterior:
    """Return the fit with a panel in its file."""
    text = f"{posterior.model.model_text}panel: {rules}\n"
    return variant(posterior, model=Model.from_texts(text, posterior.model.evidence_text))


def asked(posterior: wr.Posterior, given: Answers, **options: Any) -> wr.PanelResult:
    return wr.panel(posterior, "calm", answers=given, refit=False, progressbar=False, **options)


def columns(result: wr.PanelResult, *names: str) -> list[list[float]]:
    return [[float(x) for x in result.summary.loc[result.experts, name]] for name in names]


def by_hand(posterior: wr.Posterior, given: Answers) -> dict[str, float]:
    """Return the probability of each expert, by the weights of draws alone."""
    p = wr.outlook(posterior).draws.sel(condition="calm").values
    several = packages(posterior.model.spec, given)
    return {name: Reweighted(log_ratio(posterior, one)).mean(p) for name, one in several.items()}


@pytest.fixture(scope="module")
def linear(posterior: wr.Posterior) -> wr.PanelResult:
    return asked(posterior, answers(posterior.model, seeds=10))


def test_all_alike(posterior: wr.Posterior, linear: wr.PanelResult) -> None:
    given = answers(posterior.model)
    expected = by_hand(posterior, given)
    assert linear.method == "linear" and linear.experts == list(NAMES)
    assert list(linear.summary.index) == [*NAMES, "pooled", "equal", "file"]
    p, weight, without, judged = columns(linear, "probability", "weight", "without", "judged")
    assert p == pytest.approx(list(expected.values()), rel=1e-9)
    assert weight == pytest.approx([1 / 3] * 3) and judged == [2, 2, 1]
    # Without one, the mean of the other two.
    assert without == pytest.approx([(p[1] + p[2]) / 2, (p[0] + p[2]) / 2, (p[0] + p[1]) / 2])
    pooled, equal, own = (linear.summary.loc[name] for name in ("pooled", "equal", "file"))
    assert float(pooled["probability"]) == pytest.approx(np.mean(p))
    assert pooled[["probability", "lower", "upper", "mcse"]].equals(
        equal[["probability", "lower", "upper", "mcse"]]
    )
    whole = wr.outlook(posterior).summary.loc["calm"]
    for column in ("probability", "lower", "upper", "mcse"):
        assert float(own[column]) == pytest.approx(float(whole[column]), rel=1e-9)
    spread = linear.spread
    total = np.mean(p) * (1 - np.mean(p))
    assert spread.between + spread.within + spread.chance == pytest.approx(total, abs=1e-12)
    assert spread.between == pytest.approx(np.var(p), abs=1e-12)
    assert float(linear.parting.sum()) == pytest.approx(1)
    assert set(linear.parting.index) == {HALF, UP, LEVEL} and linear.notes == ()
    assert not linear.summary["refitted"].any()


def test_weights_that_are_given(posterior: wr.Posterior) -> None:
    fit = ruled(posterior, "{file: panel.csv, pool: given, weights: {Basim: 3, Amal: 1}}")
    found = asked(fit, answers(fit.model))
    p, weight, without = columns(found, "probability", "weight", "without")
    assert found.method == "given" and weight == pytest.approx([0.25, 0.75, 0])
    pooled, equal = (float(found.summary.loc[name, "probability"]) for name in ("pooled", "equal"))  # type: ignore[arg-type]
    assert pooled == pytest.approx(0.25 * p[0] + 0.75 * p[1])
    assert equal == pytest.approx(np.mean(p))
    assert without == pytest.approx([p[1], p[0], 0.25 * p[0] + 0.75 * p[1]])
    assert found.spread.between == pytest.approx(0.1875 * (p[0] - p[1]) ** 2, abs=1e-12)
    # Nobody is left without the only one who counts.
    lone = ruled(posterior, "{file: panel.csv, pool: given, weights: {Amal: 1}}")
    assert np.isnan(columns(asked(lone, answers(lone.model)), "without")[0][0])
    slip = ruled(posterior, "{file: panel.csv, pool: given, weights: {Basin: 1}}")
    said = refusal(lambda: asked(slip, answers(slip.model)))
    assert said.startswith("panel.weights: 'Basin' answered nothing; did you mean 'Basim'?")
    assert "the model file gives no weights; write pool: given, and weights" in refusal(
        lambda: asked(posterior, answers(posterior.model), method="given")
    )


def test_the_logarithmic_pool(posterior: wr.Posterior) -> None:
    given = answers(posterior.model)
    found = asked(posterior, given, method="log")
    spec = posterior.model.spec
    several = packages(spec, given)
    p = wr.outlook(posterior).draws.sel(condition="calm").values

    def of(*names: str) -> float:
        pool = pooled_package(spec, {n: several[n] for n in names}, [1.0] * len(names))
        return Reweighted(log_ratio(posterior, pool)).mean(p)

    assert float(found.summary.loc["pooled", "probability"]) == pytest.approx(of(*NAMES), rel=1e-9)  # type: ignore[arg-type]
    alone, without = columns(found, "probability", "without")
    rest = [of("Basim", "Carla"), of("Amal", "Carla"), of("Amal", "Basim")]
    assert without == pytest.approx(rest, rel=1e-9)
    assert float(found.summary.loc["equal", "probability"]) == pytest.approx(np.mean(alone))  # type: ignore[arg-type]
    # The parts of the variance are those of the mixture, and are said as such.
    spread = found.spread
    parts = np.array([spread.between, spread.within, spread.chance])
    assert parts.sum() == pytest.approx(np.mean(alone) * (1 - np.mean(alone)))
    words = found.sentence().split("Of the uncertainty, ")[1].split(" is chance")[0]
    shown = [float(number) for number in re.findall(r"([\d.]+)\s%", words)]
    assert shown == pytest.approx(100 * parts / parts.sum(), abs=1)
    one = answers_of(posterior.model, ROWS[0])
    lone = asked(posterior, one, method="log").summary
    assert np.isnan(lone.loc["Amal", "without"])
    assert lone.loc["pooled", "probability"] == pytest.approx(lone.loc["Amal", "probability"])


def test_weights_by_calibration(posterior: wr.Posterior, linear: wr.PanelResult) -> None:
    fit = ruled(posterior, "{file: panel.csv, seeds: seeds.csv, pool: cooke}")
    found = asked(fit, answers(fit.model, seeds=10))
    p, weight = columns(found, "probability", "weight")
    # That one carries all is said, and that it rests on few questions where it does.
    alone = ("panel_one_carries",) if max(weight) > 0.99 else ()
    assert found.method == "cooke" and found.notes == alone
    assert weight == pytest.approx(found.cards["weight"].tolist()) and sum(weight) == pytest.approx(
        1
    )
    assert weight[1] == 0 and max(weight) > 0.5
    pooled, equal = (float(found.summary.loc[n, "probability"]) for n in ("pooled", "equal"))  # type: ignore[arg-type]
    assert pooled == pytest.approx(float(np.dot(weight, p)))
    assert equal == pytest.approx(float(linear.summary.loc["pooled", "probability"]))  # type: ignore[arg-type]
    few = asked(fit, answers(fit.model, seeds=9))
    assert few.notes[0] == "panel_few_seeds"
    assert "Fewer than ten seed questions" in few.sentence()
    said = refusal(lambda: asked(fit, answers(fit.model, seeds=7)))
    assert said == (
        "experts cannot be weighted by calibration: nobody answered 8 seed questions or more"
    )
    assert "no seed question has an answer yet" in refusal(lambda: asked(fit, answers(fit.model)))
    # Other methods need no calibration.
    alike = asked(fit, answers(fit.model, seeds=7), method="linear")
    assert alike.notes == () and alike.cards["calibration"].isna().all()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_tables_and_data(linear: wr.PanelResult, lang: str) -> None:
    words = LANGUAGES[lang]
    text = linear.sentence(lang)
    assert words.names["pool_linear"] in text and "{" not in text
    first = linear.label(str(linear.parting.index[0]), lang)
    # A disagreement that rounds to none is not divided.
    spread = linear.spread
    divided = spread.between > 0.005 * (spread.between + spread.within + spread.chance)
    assert (first in text) == divided and "->" not in text and "factors." not in text
    table = panel_table(linear, lang)
    assert [row[0] for row in table["rows"]] == [
        *NAMES, *(words.names[f"panel_{name}"] for name in ("pooled", "equal", "file")),
    ]  # fmt: skip
    assert all(len(row) == len(table["columns"]) for row in table["rows"])
    cards = cards_table(linear, lang)
    assert [row[0] for row in cards["rows"]] == list(NAMES)
    assert [row[1] for row in cards["rows"]] == ["10"] * 3
    assert cards["rows"][1][2] == "10 / 0 / 0 / 0"
    data = json.loads(json.dumps(linear.to_dict()))
    assert list(data["experts"]) == list(NAMES)
    for name, row in data["experts"].items():
        assert row["probability"] == linear.summary.loc[name, "probability"]
        assert row["ci"] == [linear.summary.loc[name, side] for side in ("lower", "upper")]
    assert sum(data["variance"].values()) == pytest.approx(
        data["pooled"]["probability"] * (1 - data["pooled"]["probability"])
    )
    assert data["calibration"]["Basim"]["below"] == 10 and sum(
        data["parting"].values()
    ) == pytest.approx(1)


def test_anonymous_experts_have_letters_alone(posterior: wr.Posterior) -> None:
    """In tables, cards, data, sentences and plots of both languages."""
    fit = ruled(posterior, "{file: panel.csv, seeds: seeds.csv, anonymous: true}")
    found = asked(fit, answers(fit.model, seeds=10))
    assert found.experts == ["A", "B", "C"] and list(found.cards.index) == ["A", "B", "C"]
    shown = [json.dumps(found.to_dict()), repr(found), found._repr_html_(), repr(vars(found))]
    for lang in LANGUAGES:
        shown += [found.sentence(lang), rendered(panel_table(found, lang), 200)]
        shown += [rendered(cards_table(found, lang), 200)]
        for figure in (wr.plot_panel(found, lang=lang), wr.plot_cards(found, lang=lang)):
            shown += [text.get_text() for text in figure.findobj(Text) if isinstance(text, Text)]
    assert len(shown) > 60 and "A" in shown
    for name in NAMES:
        assert not [text for text in shown if name in text]


def test_answers_of_the_folder_are_asked(posterior: wr.Posterior, tmp_path: Path) -> None:
    folder = panel_folder(tmp_path, "{file: panel.csv}", panel_text(*ROWS))
    fit = variant(posterior, model=wr.load_model(folder))
    found = wr.panel(fit, "calm", refit=False, progressbar=False)
    own = asked(posterior, answers(posterior.model))
    assert found.summary["probability"].tolist() == own.summary["probability"].tolist()


def test_what_is_refused(posterior: wr.Posterior) -> None:
    given = answers(posterior.model)
    cases: dict[str, dict[str, Any]] = {
        "'clam' is not a condition; did you mean 'calm'?": {"condition": "clam"},
        "method is 'lineer'": {"method": "lineer"},
        "refit is 'no'": {"refit": "no"},
        "ci_prob is 2": {"ci_prob": 2},
        "futures is 1": {"futures": 1},
        "'small' has no panel; name one under panel: in the model file": {"answers": None},
        "has no panel": {"answers": "panel.csv"},
    }
    for said, options in cases.items():
        arguments = {"answers": given, "progressbar": False} | options
        assert said in refusal(partial(wr.panel, posterior, **arguments)), said
    far = answers_of(posterior.model, f"Near {HALF} 2 . 7", f"Far {HALF} 20 . 60")
    assert "the ranges of Far lie too far" in refusal(lambda: asked(posterior, far))
