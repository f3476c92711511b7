"""Answers show themselves, and leave the draws of their fit behind."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from tests import known
from tests.arabic import unmarked
from tests.refusals import refusal
from tests.variants import variant, with_text

import withdrawal_risk as wr

ASK: dict[str, Callable[[wr.Posterior], Any]] = {
    "outlook": lambda p: wr.outlook(p, futures=4),
    "do": lambda p: wr.do(p, {"tension": "low"}, futures=4),
    "counterfactual": lambda p: wr.counterfactual(p, {"tension": "low"}, futures=4),
    "observe": lambda p: wr.observe(p, {"rate": 110}, month="2024-01", futures=16),
    "scenarios": lambda p: wr.scenarios(p, futures=4),
    "drivers": lambda p: wr.drivers(p, "calm", futures=4),
    "attribution": lambda p: wr.attribution(p, "calm", draws=100, futures=4),
    "interval": lambda p: wr.explain_interval(p, "calm", futures=4),
    "watch_list": lambda p: wr.watch_list(p, months=1, futures=4),
    "paths": lambda p: wr.path_effects(p, "presence", "gaps", draws=50),
    "reach": lambda p: wr.reach(p, "calm", probability=0.5, draws=100, futures=4),
}


@pytest.fixture(scope="module")
def asked(posterior: wr.Posterior) -> Iterator[wr.Posterior]:
    yield variant(posterior)


@pytest.mark.parametrize("name", ASK)
def test_every_answer_is_a_line_a_table_and_small(name: str, asked: wr.Posterior) -> None:
    answer = ASK[name](asked)
    for shown in (repr(answer), str(answer)):
        assert (
            shown.startswith(f"{type(answer).__name__}(small, as of 2023-12: ")
            and "\n" not in shown
        )
        assert len(shown) < 2000
    html = answer._repr_html_()
    # A picture beside the words.
    assert html.startswith("<div lang=") and "<table" in html and len(html) < 500_000
    packed = pickle.dumps(answer)
    assert len(packed) < 1_000_000
    again = pickle.loads(packed)
    assert again.sentence("ar") == answer.sentence("ar") and again.to_dict() == answer.to_dict()


def test_an_answer_outlives_its_posterior(asked: wr.Posterior) -> None:
    import gc
    import weakref

    gone = variant(asked)
    answer, seen = wr.outlook(gone, futures=2), weakref.ref(gone)
    del gone
    gc.collect()
    assert seen() is None and "small" in repr(answer) and wr.plot_outlook(answer) is not None


def test_what_is_no_answer_is_a_line_too(asked: wr.Posterior) -> None:
    assert repr(asked) == "Posterior('small', as_of=2023-12, 4 chains of 1000 draws)"
    assert (
        repr(asked.model)
        == "Model('small', 2023-01 to 2024-06: 2 factors, 2 edges, 13 evidence rows)"
    )
    assert "xarray" in asked._repr_html_() and "<li>Calm</li>" in asked.model._repr_html_()
    frame = asked.frame
    for thing in (
        asked.as_of,
        asked.stored_months,
        asked.model.spec,
        frame,
        frame.priors["half_life"],
        wr.shift(1),
    ):
        assert (
            repr(thing).startswith(f"{type(thing).__name__}(")
            and len(repr(thing)) < 100
            and "\n" not in repr(thing)
        )
    for item in wr.check(asked):
        assert (
            repr(item).startswith(f"CheckResult({item.name}: ")
            and "\n" not in repr(item)
            and len(repr(item)) < 500
        )
        assert item._repr_html_().startswith(f"<p>{item.name}: ")


def test_text_of_a_file_is_text_in_a_notebook(asked: wr.Posterior) -> None:
    hostile = with_text(asked, ("en: Calm,", "en: <script>alert(1)</script>,"))
    for shown in (
        wr.drivers(hostile, "calm", futures=2)._repr_html_(),
        wr.outlook(hostile, futures=2)._repr_html_(),
    ):
        assert "<script" not in shown


def test_figures_show_themselves(asked: wr.Posterior) -> None:
    figure = wr.plot_outlook(wr.outlook(asked, futures=2))
    assert repr(figure) == "Figure(7 x 3.88 in: Probability of each condition by Jun 2024)"
    assert figure._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]


def test_a_model_that_was_not_fitted_can_be_drawn(asked: wr.Posterior) -> None:
    for lang in ("en", "ar"):
        plain, fitted = (wr.plot_network(source, lang=lang) for source in (asked.model, asked))
        texts = [{text.get_text() for text in figure.axes[0].texts} for figure in (plain, fitted)]
        assert texts[0] == texts[1] and len(plain.axes) == 1 and len(fitted.axes) == 2


def test_sentences_speak_of_the_condition_asked_for(asked: wr.Posterior) -> None:
    result, found = ASK["do"](asked), ASK["scenarios"](asked)
    assert "'Calm' holds by 2024-06" in result.sentence(
        condition="calm"
    ) and "«" in result.sentence("ar", "calm")
    assert "all conditions hold" in result.sentence()
    assert found.sentence(condition="calm").startswith("Calm: ") and found.sentence(
        "ar", "calm"
    ).startswith("«")
    for ask in (result.sentence, found.sentence):
        assert "'clam' is not a condition; did you mean 'calm'?" in refusal(
            lambda ask=ask: ask("en", "clam")  # type: ignore[misc]
        )  # type: ignore[misc]


def test_an_observation_says_how_far_it_may_be_trusted(asked: wr.Posterior) -> None:
    found = ASK["observe"](asked)
    khat = f"{found.khat:.2f}".replace("-", "−")
    told = f"effective sample size {found.ess:,.0f}, Pareto k {khat} (limit 0.7)"
    assert told in found.sentence()
    assert f"معامل باريتو k هو {khat} (والحد 0.7)" in unmarked(found.sentence("ar"))
    assert found.to_dict()["ess"] == found.ess and found.to_dict()["khat"] == found.khat


def test_a_scenario_whose_months_have_passed_says_so() -> None:
    """Not that it changes nothing, as if it had been asked of the future."""
    says = {"basis": "judgement: invented for tests", "why": "It is invented."}
    parts: dict[str, Any] = {
        "factors": {"a": known.factor("a")}, "conditions": {"high": known.condition("a", 0.5)},
        "scenarios": {
            "early": {"label": "Early", "do": [{"factor": "a", "from": "2024-03", "to": "2024-04", "level": 2}], **says},
            "late": {"label": "Late", "do": [{"factor": "a", "from": "2024-12", "to": "2024-12", "level": 2}], **says},
        },
    }  # fmt: skip
    model = known.model(("2024-01", "2024-02", "2024-12"), **parts)
    plain = {name: part for name, part in parts.items() if name != "scenarios"}
    later = known.posterior(
        known.model(("2024-01", "2024-05", "2024-12"), **plain), {"a": 1.0}, draws=200
    )
    found = wr.scenarios(variant(later, model=model), futures=4)
    assert found.passed == ("early",)
    assert (
        "Note: all months of this scenario had passed by 2024-05; it changes nothing in the future."
        in found.results["early"].sentence()
    )
    assert "passed" not in found.results["late"].sentence() and "'Late'" in found.sentence()


def test_failed_checks_name_what_failed_and_what_to_do(asked: wr.Posterior) -> None:
    poor = asked.settings["diagnostics"] | {
        "rhat_max": 1.2, "unsettled": "half_life[gaps]", "ess_min": 12.0, "ess_tail_min": 9.0, "divergences": 3, "bfmi_min": 0.1,
    }  # fmt: skip
    other = variant(asked, settings=asked.settings | {"diagnostics": poor})
    said = {item.name: item.text for item in wr.check(other) if item.passed is False}
    assert (
        said["rhat"]
        == "largest R-hat 1.2000 (half_life[gaps]), limit 1.01; fit with more draws and tune"
    )
    assert (
        "fit with target_accept=0.995" in said["divergences"]
        and "fit with more tune" in said["bfmi"]
    )
    assert "[" in asked.settings["diagnostics"]["slowest"] and np.isfinite(
        asked.settings["diagnostics"]["rhat_max"]
    )
