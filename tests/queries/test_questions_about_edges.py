"""Questions that scale edges: what they say, what they refuse, and that files and Python say one thing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.arabic import unmarked
from tests.variants import with_text

import withdrawal_risk as wr
from withdrawal_risk.simulation.worlds import of_scenario

SPAN = {"start": "2024-02", "end": "2024-05"}
DO = "    do:\n      - {factor: tension, from: 2024-01, to: 2024-03, level: very high}\n"


def scenario(posterior: wr.Posterior, *entries: str, keep: bool = False) -> wr.Posterior:
    """Return a posterior whose scenario scales edges."""
    edges = "".join(f"      - {entry}\n" for entry in entries)
    return with_text(posterior, (DO, f"{DO if keep else ''}    edges:\n{edges}"))


def test_a_scaled_edge_moves_what_it_leads_to(posterior: wr.Posterior) -> None:
    """Tension that is set high raises gaps a month later: without the edge there are fewer, in every future."""
    weaker = {"tension->gaps": wr.over(0, start="2024-02")}
    cut = wr.do(posterior, {"tension": 2.0}, edges=weaker, futures=8)
    whole = wr.do(posterior, {"tension": 2.0}, futures=8)
    one, other = (result.draws.sel(condition="calm").to_numpy() for result in (cut, whole))
    assert (one >= other).all() and one.mean() > other.mean() + 0.05
    alone = wr.do(posterior, edges={"tension->gaps": 0}, futures=8).summary.loc["supplied"]
    assert tuple(alone[["difference", "difference_lower", "difference_upper"]]) == (0, 0, 0)


@pytest.mark.parametrize("ask", [wr.do, wr.counterfactual])
def test_a_scale_of_one_changes_no_draw(posterior: wr.Posterior, ask: Any) -> None:
    same = ask(
        posterior, edges={"tension->gaps": 1, "presence->gaps": wr.over(1, ramp=3)}, futures=4
    )
    usual = wr.outlook(posterior, futures=4)
    np.testing.assert_array_equal(same.draws, usual.draws)
    assert "the same as the baseline" in same.sentence()


def test_another_past_has_scaled_edges(posterior: wr.Posterior) -> None:
    """Presence has been low since 2023-10, and presence keeps gaps down: without it there would have been fewer."""
    result = wr.counterfactual(posterior, edges={"presence->gaps": 0}, futures=8)
    assert result.summary.loc["calm", "difference"] > 0
    assert result.summary.loc["supplied", "difference"] == 0
    assert (
        "had the past from 2023-01 to 2023-12 been different (the effect of Presence on Gaps scaled to 0"
        in result.sentence().replace("Had", "had")
    )


def test_words(posterior: wr.Posterior) -> None:
    said = wr.do(posterior, edges={"tension->gaps": 0.125}, futures=2, ramp=2, **SPAN)
    assert said.sentence().startswith(
        "With the effect of Tension on Gaps scaled to 12.5\xa0% over 2 months from 2024-02 to 2024-05, the probability"
    )
    arabic = unmarked(said.sentence("ar"))
    assert arabic.startswith("مع ضبط أثر «التوتر» في «الفجوات» على 12.5٪ من حجمه على مدى شهرين ")
    assert "من شباط/فبراير 2024 إلى أيار/مايو 2024" in arabic
    assert "from 2024-02 to 2024-05" in said.sentence()


def test_months_are_said_of_each_where_they_differ(posterior: wr.Posterior) -> None:
    """Of settings as of edges."""
    said = wr.do(
        posterior,
        {"tension": wr.over(1.0, end="2024-02")},
        edges={"tension->gaps": [wr.over(2, end="2024-02"), wr.over(0, start="2024-04")]},
        futures=2,
    )
    assert said.sentence().startswith(
        "With Tension set to level 1 from 2024-01 to 2024-02, the effect of Tension on Gaps scaled to 200\xa0% from 2024-01 "
        "to 2024-02 and the effect of Tension on Gaps scaled to 0\xa0% from 2024-04 to 2024-06, the probability"
    )
    assert said.sentence("ar").count("حزيران/يونيو 2024") >= 2
    own = {"tension": wr.over(1.0, start="2024-03", end="2024-04")}
    assert (
        "With Tension set to level 1 from 2024-03 to 2024-04, the"
        in wr.do(posterior, own, futures=2).sentence()
    )


def test_a_ramp_that_does_not_arrive_is_noted(posterior: wr.Posterior) -> None:
    (note,) = wr.do(posterior, edges={"tension->gaps": 0.5}, ramp=9, futures=2).notes
    assert note["en"].startswith("Note: the effect of Tension on Gaps moves over 9 months")
    assert "يتحرك أثر «التوتر» في «الفجوات» على مدى" in note["ar"]
    (note,) = wr.do(posterior, {"tension": 0.5}, ramp=9, futures=2).notes
    assert note["en"].startswith("Note: Tension moves") and "يتحرك «التوتر» على مدى" in note["ar"]


REFUSED: dict[str, tuple[Any, str]] = {
    "nothing": (lambda p: wr.do(p), "nothing is set; name a factor or policy and its setting, or an edge and its scale"),
    "empty": (lambda p: wr.do(p, {}, edges={}), "nothing is set"),
    "no mapping": (lambda p: wr.do(p, edges="tension->gaps"), "edges is 'tension->gaps'; write names and values"),
    "unknown": (lambda p: wr.do(p, edges={"tensoin->gaps": 1}), "'tensoin->gaps' is not an edge of the model; did you mean 'tension->gaps'"),
    "backwards": (lambda p: wr.do(p, edges={"gaps → tension": 1}), "'gaps->tension' is not an edge"),
    "no text": (lambda p: wr.do(p, edges={("tension", "gaps"): 1}), "write one name in quotes"),  # type: ignore[dict-item]
    "negative": (lambda p: wr.do(p, edges={"tension->gaps": -0.5}), "-0.5 is negative, and the file asserts the sign of an edge; write a number from 0"),
    "large": (lambda p: wr.do(p, edges={"tension->gaps": 11}), "11 is too large; write a number from 0, no effect, to 10"),
    "nan": (lambda p: wr.do(p, edges={"tension->gaps": float("nan")}), "must be a finite number"),
    "true": (lambda p: wr.do(p, edges={"tension->gaps": True}), "it must be a number"),
    "level": (lambda p: wr.do(p, edges={"tension->gaps": "low"}), "'low' is not a scale, because text names a level; write the number"),  # type: ignore[dict-item]
    "shift": (lambda p: wr.do(p, edges={"tension->gaps": wr.shift(-1)}), "is not a scale, because a shift moves a factor"),  # type: ignore[dict-item]
    "shift over": (lambda p: wr.do(p, edges={"tension->gaps": wr.over(wr.shift(1))}), "is not a scale"),
    "past": (lambda p: wr.do(p, edges={"tension->gaps": 0.5}, start="2023-05"), "not within the future"),
    "future": (lambda p: wr.counterfactual(p, edges={"tension->gaps": 0.5}, end="2024-05"), "not within the past"),
    "shared": (
        lambda p: wr.do(p, edges={"tension->gaps": [wr.over(0.5, end="2024-03"), wr.over(2, start="2024-03")]}),
        "tension->gaps: 2024-03 to 2024-06 shares months with another of its spans",
    ),
    "twice": (lambda p: wr.do(p, edges={"tension->gaps": 0.5, "tension → gaps": 2}), "shares months with another"),
    "list of numbers": (lambda p: wr.do(p, edges={"tension->gaps": [0.5, 1]}), "several are written as"),
    "ramp": (lambda p: wr.do(p, edges={"tension->gaps": wr.over(0.5, ramp=0)}), "tension->gaps: ramp is 0"),
}  # fmt: skip


@pytest.mark.parametrize(("ask", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_bad_questions(posterior: wr.Posterior, ask: Any, message: str) -> None:
    with pytest.raises(wr.ArgumentError) as caught:
        ask(posterior)
    assert message in str(caught.value)


def test_hidden_parents_have_no_edges_to_name(posterior: wr.Posterior) -> None:
    with pytest.raises(
        wr.ArgumentError,
        match=r"is not an edge of the model; .*Valid: 'presence->gaps', 'tension->gaps'$",
    ):
        wr.do(posterior, edges={"gaps:drift->gaps": 0.5})


def test_files_and_python_say_one_thing(posterior: wr.Posterior) -> None:
    asked = scenario(
        posterior,
        "{edge: tension->gaps, from: 2024-01, to: 2024-02, scale: 0.3}",
        "{edge: tension → gaps, from: 2024-03, to: 2024-06, scale: 2, ramp: 3}",
        keep=True,
    )
    found = wr.scenarios(asked).results["crisis"]
    same = wr.do(
        posterior,
        {"tension": wr.over("very high", end="2024-03")},
        edges={"tension->gaps": [wr.over(0.3, end="2024-02"), wr.over(2, start="2024-03", ramp=3)]},
    )
    np.testing.assert_array_equal(found.draws, same.draws)
    plain = wr.do(posterior, {"tension": wr.over("very high", end="2024-03")})
    assert (found.draws != plain.draws).any()


def test_a_scenario_of_edges_alone_passes_with_its_months(posterior: wr.Posterior) -> None:
    entry = "{edge: tension->gaps, from: 2024-01, to: 2024-03, scale: 1, ramp: 6}"
    asked = scenario(posterior, entry)
    result = wr.scenarios(asked, futures=4)
    assert result.passed == () and "moves over 6 months" in result.results["crisis"].notes[0]["en"]
    world = of_scenario(asked, asked.model.spec.scenarios["crisis"])
    assert not world.is_empty and world.edge_spans[0].first == 12
