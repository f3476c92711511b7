"""Which judgement experts part over: by hand in worlds with two answers, and on a fit."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.panels import answers_of

import withdrawal_risk as wr
from withdrawal_risk.queries import parting as module
from withdrawal_risk.queries.expert_packages import packages
from withdrawal_risk.queries.parting import OTHERS, Parting, parting

HALF, UP = "factors.gaps.half_life", "edges.tension->gaps.weight"


def toy(
    monkeypatch: pytest.MonkeyPatch,
    effects: Sequence[float],
    experts: Sequence[Sequence[float]],
    copies: int = 40,
) -> Parting:
    """Part experts in a world where each judgement is -1 or 1, with even chances in the file.

    An expert who moves a judgement by d holds its mean to be d, and nothing else follows from it. The
    probability is linear in the judgements.
    """
    corners = np.array(np.meshgrid(*[[-1.0, 1.0]] * len(effects))).reshape(len(effects), -1)
    z = np.tile(corners, copies)
    p = 0.5 + np.array(effects) @ z
    names = [f"j{k}" for k in range(len(effects))]
    monkeypatch.setattr(
        module,
        "probabilities",
        lambda *_, **__: SimpleNamespace(value=p[None, None], names=["calm"]),
    )
    monkeypatch.setattr(
        module, "judgements", lambda _: [SimpleNamespace(path=name) for name in names]
    )
    monkeypatch.setattr(
        module, "log_ratio_alone", lambda _, item, d: np.log1p(d * z[names.index(item.path)])
    )
    several: Any = {
        f"E{e}": {name: d for name, d in zip(names, moved, strict=True) if d}
        for e, moved in enumerate(experts)
    }
    weights = np.full(len(experts), 1 / len(experts))
    return parting(None, "calm", several, weights, futures=2, random_seed=1)  # type: ignore[arg-type]


def test_shares_are_those_of_the_effects(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two experts on either side: the variance is (a + b) ** 2, of which a part a (a + b) is due to one."""
    a, b = 0.1 * 0.3, 0.05 * 0.2
    found = toy(monkeypatch, [0.1, 0.05], [(0.3, 0.2), (-0.3, -0.2)])
    assert found.shares.to_dict() == pytest.approx({"j0": a / (a + b), "j1": b / (a + b)})
    assert [*found.shares.index] == ["j0", "j1"] and found.trusted
    # Where the second pulls the other way, the first makes up more than all of it.
    found = toy(monkeypatch, [0.1, -0.05], [(0.3, 0.2), (-0.3, -0.2)])
    assert found.shares.to_dict() == pytest.approx({"j0": a / (a - b), "j1": -b / (a - b)})


def test_experts_who_combine_them_in_every_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the variances add up."""
    a, b = (0.1 * 0.3) ** 2, (0.05 * 0.2) ** 2
    experts = [(x, y) for x in (0.3, -0.3) for y in (0.2, -0.2)]
    found = toy(monkeypatch, [0.1, 0.05], experts)
    assert found.shares.to_dict() == pytest.approx({"j0": a / (a + b), "j1": b / (a + b)})


def test_what_all_judge_alike_has_no_share(monkeypatch: pytest.MonkeyPatch) -> None:
    """However far it lies from the file, and however much depends on it."""
    found = toy(monkeypatch, [0.01, 0.2], [(0.2, 0.5), (-0.2, 0.5), (0.0, 0.5)])
    assert found.shares.to_dict() == pytest.approx({"j0": 1.0, "j1": 0.0}, abs=1e-12)


def test_nobody_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert toy(monkeypatch, [0.1], [(0.3,), (0.3,)]).shares.empty
    assert toy(monkeypatch, [0.1], [(0.0,), (0.0,)]).shares.empty
    assert toy(monkeypatch, [0.1], [(0.3,)]).shares.empty


def test_beyond_seven_the_rest_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    effects = [0.01 * (k + 1) for k in range(9)]
    found = toy(monkeypatch, effects, [(0.2,) * 9, (-0.2,) * 9], copies=1)
    total = sum(effects)
    expected = {f"j{k}": effects[k] / total for k in range(2, 9)}
    expected[OTHERS] = (effects[0] + effects[1]) / total
    assert found.shares.to_dict() == pytest.approx(expected)
    assert float(found.shares.sum()) == pytest.approx(1, abs=1e-12)
    assert (np.diff(found.shares) <= 0).all()


def test_weights_that_rest_on_few_draws_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = 20, 60
    assert not toy(monkeypatch, [0.1], [(0.9,), (-0.9,)], copies=few).trusted
    assert toy(monkeypatch, [0.1], [(0.3,), (-0.3,)], copies=many).trusted


def test_on_a_fit(posterior: wr.Posterior) -> None:
    spec = posterior.model.spec

    def found(*rows: str) -> Parting:
        several = packages(spec, answers_of(posterior.model, *rows))
        weights = np.full(len(several), 1 / len(several))
        return parting(posterior, "calm", several, weights, futures=16, random_seed=1)

    alone = found(f"A {HALF} 2 . 8", f"B {HALF} 1.5 . 5")
    assert alone.shares.to_dict() == pytest.approx({HALF: 1.0})
    two = found(f"A {HALF} 2 . 8", f"B {HALF} 1.5 . 5", f"B {UP} 0.25 . 0.6")
    assert set(two.shares.index) == {HALF, UP}
    assert float(two.shares.sum()) == pytest.approx(1, abs=1e-9)
    assert found(f"A {HALF} 2 . 8", f"B {HALF} 2 . 8").shares.empty
