"""Whether an effect is as it was before the evidence: where nothing was seen, where all was, and where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests import known

import withdrawal_risk as wr
from withdrawal_risk.simulation.elicited import Change, is_elicited
from withdrawal_risk.simulation.worlds import horizon_window

MONTHS = 72
TIME = ("2015-01", "2020-12", "2021-12")
WEIGHT = {"p5": 0.1, "p95": 1.6}


def factor(name: str, half_life: float) -> dict[str, Any]:
    return known.factor(name, half_life) | {"lever": {"cost": 1, "min": -2, "max": 2, "why": "It can be."}}  # fmt: skip


def chain(rows: list[str]) -> wr.Model:
    """Return a cause, its effect, and a third factor that neither moves; both are seen almost without error."""
    return known.model(
        TIME,
        rows,
        factors={
            "cause": factor("cause", 3.0), "effect": factor("effect", 2.0), "other": factor("other", 3.0),
        },
        edges=[{"from": "cause", "to": "effect", "weight": WEIGHT, "lag": 0, **known.SAYS}],
        indicators={f"{name}_seen": known.indicator(name, 0.05) for name in ("cause", "effect")},
        conditions={
            name: {"label": name, "all": [{"factor": name, "at_least": "high"}], **known.SAYS}
            for name in ("effect", "other")
        },
        scenarios={
            name: {"label": name, "do": [{"factor": name, "from": "2021-01", "to": "2021-12", "level": "high"}], **known.SAYS}
            for name in ("cause", "other")
        },
    )  # fmt: skip


def seen() -> list[str]:
    """Simulate both by the equation, with a weight of 0.5, and return what is seen of them."""
    rng = np.random.default_rng(31)
    phi, weight, own = 2 ** (-1 / np.array([3.0, 2.0])), 0.5, np.array([1.0, 0.6])
    level, rows = np.zeros(2), []
    for t in range(MONTHS):
        kick = own * np.sqrt(1 - phi**2) * rng.normal(size=2)
        cause = phi[0] * level[0] + kick[0]
        level = np.array([cause, phi[1] * level[1] + (1 - phi[1]) * weight * cause + kick[1]])
        month = f"{2015 + t // 12}-{t % 12 + 1:02d}"
        rows += [
            f"{name}{t},{name}_seen,{month},{month},{month},{value + 0.05 * rng.normal():.6f},,,0.01,A,invented,,"
            for name, value in zip(("cause", "effect"), level, strict=True)
        ]
    return rows


def fitted(rows: list[str]) -> wr.Posterior:
    return wr.fit(
        chain(rows), draws=500, tune=700, chains=2, progressbar=False, cache=False, random_seed=5
    )


@pytest.fixture(scope="module")
def unseen() -> wr.Posterior:
    return fitted([])


@pytest.fixture(scope="module")
def taught() -> wr.Posterior:
    return fitted(seen())


def change(posterior: wr.Posterior, name: str, size: float = 1.0) -> Change:
    names = posterior.frame.structure.factors
    return Change(names.index(name), horizon_window(posterior).index(posterior.as_of) + 1, size)


def told(posterior: wr.Posterior, sources: dict[str, float], *targets: str) -> bool | None:
    names = posterior.frame.structure.factors
    changes = [change(posterior, name, size) for name, size in sources.items()]
    return is_elicited(posterior, changes, [names.index(name) for name in targets])


def test_what_nobody_saw_is_the_files_own_judgement(unseen: wr.Posterior) -> None:
    """1000 independent draws would stray a quarter of an sd once in 10^14 samples."""
    for size in (1.0, -0.5):
        assert told(unseen, {"cause": size}, "effect") is True


def test_what_evidence_taught_is_not(taught: wr.Posterior) -> None:
    draws = np.log(taught.draws()["weight_size"][:, 0])
    assert draws.std() < 0.7 * np.log(16) / (2 * known.Z90), "the weight is taught"
    assert told(taught, {"cause": 1.0}, "effect") is False
    # One effect that was taught is enough, whatever else is moved.
    assert told(taught, {"cause": 1.0, "other": 1.0}, "effect") is False


def test_without_a_route_there_is_nothing_to_say(unseen: wr.Posterior) -> None:
    assert told(unseen, {"effect": 1.0}, "cause") is None
    assert told(unseen, {"cause": 1.0}, "other") is None
    assert told(unseen, {"cause": 1.0}, "cause") is None, "it is what is changed"
    assert told(unseen, {}, "effect") is None
    # What no route reaches does not keep what one does from being told.
    assert told(unseen, {"cause": 1.0, "other": 1.0}, "effect", "cause", "other") is True


ENGLISH, ARABIC = "The evidence did not change this effect", "ولم تغيّر الأدلة هذا الأثر"


@pytest.mark.parametrize("name, expected", [("unseen", True), ("taught", False)])
def test_answers_say_so(name: str, expected: bool, request: pytest.FixtureRequest) -> None:
    posterior: wr.Posterior = request.getfixturevalue(name)
    set_high = wr.do(posterior, {"cause": "high"})
    data = set_high.to_dict()["conditions"]
    assert set_high.elicited["effect"] is expected and data["effect"]["elicited"] is expected
    # No route leads there: the effect is none, and not a judgement.
    assert "other" not in set_high.elicited and "elicited" not in data["other"]
    assert (ENGLISH in set_high.sentence("en", "effect")) is expected
    assert (ARABIC in set_high.sentence("ar", "effect")) is expected
    assert ENGLISH not in set_high.sentence("en", "other")
    routes = wr.path_effects(posterior, "cause", "effect", draws=200)
    assert routes.elicited is expected and routes.to_dict()["elicited"] is expected
    assert (ENGLISH in routes.sentence()) is expected
    several = wr.scenarios(posterior)
    assert several.results["cause"].elicited == {"effect": expected, "all_conditions": expected}
    assert several.results["other"].elicited == {}
    way = wr.reach(posterior, "effect", probability=0.6, levers=["cause"])
    assert (ENGLISH in way.sentence()) is (expected and bool(way.result.elicited))
