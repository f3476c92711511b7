"""What is simulated at once is nobody's business: not the answers', and not the memory's for long."""

from __future__ import annotations

import gc
import os
import weakref
from contextvars import ContextVar
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.variants import variant

import withdrawal_risk as wr
from withdrawal_risk.simulation import parts


def test_answers_do_not_depend_on_the_machine(
    posterior: wr.Posterior, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = []
    for cores in (1, 2, 5):
        monkeypatch.setattr(os, "process_cpu_count", lambda cores=cores: cores)
        # Another posterior of the same draws: what was stored for one number of cores is not asked again.
        asked = variant(posterior)
        scenarios = wr.scenarios(asked, futures=2)
        answers.append(
            [wr.do(asked, {"tension": wr.shift(1)}, futures=4).draws, scenarios.summary["probability"], scenarios.outcomes,
             wr.reach(asked, "calm", probability=0.6, draws=100, futures=4).frontier,
             wr.attribution(asked, "calm", draws=100, futures=2).summary["share"],
             wr.watch_list(asked, futures=2).summary["reduction"], wr.drivers(asked, "calm", futures=2).summary]
        )  # fmt: skip
    for other in answers[1:]:
        for some, first in zip(other, answers[0], strict=True):
            np.testing.assert_array_equal(some, first)


def test_parts_are_freed_once_they_are_done_with(
    posterior: wr.Posterior, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of wide networks are large; Python's collector of cycles may come late."""
    nothing = parts._USUAL._replace(cells=0)
    monkeypatch.setattr(parts, "_ROOM", ContextVar("room", default=nothing))
    monkeypatch.setattr(parts, "_PARTS", weakref.WeakKeyDictionary())
    monkeypatch.setattr(parts, "_CELLS", 10_000)
    monkeypatch.setattr(os, "process_cpu_count", lambda: 2)
    made: list[weakref.ref[parts.Part]] = []
    most = 0

    class Counted(parts.Part):
        def __init__(self, *args: Any, **fields: Any) -> None:
            nonlocal most
            super().__init__(*args, **fields)
            made.append(weakref.ref(self))
            most = max(most, sum(part() is not None for part in made))

    monkeypatch.setattr(parts, "Part", Counted)
    gc.disable()
    try:
        wr.do(posterior, {"tension": wr.shift(1)}, futures=4)
    finally:
        gc.enable()
    assert len(made) > 20 and most <= 5


def test_the_parts_of_the_last_two_questions_are_stored(posterior: wr.Posterior) -> None:
    """Questions that read no noise leave them as they are, and so does the prior."""
    asked = variant(posterior)
    wr.do(asked, {"tension": wr.shift(1)}, futures=4)
    stored = parts._PARTS[asked]
    first = dict(stored)
    assert 1 <= len(first) <= 2 and all(question[1] in (4, 64) for question in first)
    wr.path_effects(asked, "presence", "gaps", draws=50)
    assert parts._PARTS[asked] == first
    wr.outlook(asked, futures=4)
    assert set(parts._PARTS[asked]) == set(first)
    for more in (5, 6, 7):
        wr.outlook(asked, futures=more)
    assert [question[1] for question in parts._PARTS[asked]] == [6, 7]


def test_a_report_stores_more_and_frees_it(posterior: wr.Posterior) -> None:
    """The prior too; answers are those that are given alone, whatever noise they share."""
    asked = variant(posterior)
    with parts.many_questions():
        first = [wr.outlook(asked, futures=more).summary for more in (8, 5)]
        some = wr.attribution(asked, "calm", draws=100).summary
        stored = parts._PARTS[asked]
        assert {(question[1], question[-1]) for question in stored} >= {
            (8, "prior"),
            (5, "posterior"),
        }
        # The prior's noise is that of as many draws of the posterior, and takes no memory.
        of_prior, of_all = (
            next(
                several
                for question, several in stored.items()
                if (question[1], question[-1]) == (8, group)
            )
            for group in ("prior", "posterior")
        )
        assert np.shares_memory(of_prior[0].innovation, of_all[0].innovation)
    assert len(stored) <= 2 and all(question[-1] == "posterior" for question in stored)
    for futures, summary in zip((8, 5), first, strict=True):
        pd.testing.assert_frame_equal(
            summary, wr.outlook(variant(posterior), futures=futures).summary
        )
    pd.testing.assert_frame_equal(
        some, wr.attribution(variant(posterior), "calm", draws=100).summary
    )
