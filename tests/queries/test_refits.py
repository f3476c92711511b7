"""Observing by reweighting against fitting again with the observation among the evidence.

All rows that may be learnt stand in every file, so that one compiled graph serves every fit; those not learnt are
published after the horizon and weigh nothing.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import withdrawal_risk as wr
from withdrawal_risk.queries.results import summarise
from withdrawal_risk.simulation.futures import simulate
from withdrawal_risk.simulation.observation import KHAT_LIMIT, observation_of
from withdrawal_risk.simulation.probabilities import probabilities
from withdrawal_risk.simulation.worlds import World

pytestmark = pytest.mark.slow

BEFORE, AFTER = "2023-10", "2023-12"
"""What is known when the question is asked, and when it is answered by a refit."""

MAYBE = {
    ("incidents", "2023-12"): "22", ("mood", "2023-12"): "fair", ("supply", "2023-12"): "0.5",
    ("rate", "2023-12"): "112", ("view", "2023-12"): "0.1", ("closed", "2023-12"): "1",
    ("incidents", "2023-08"): "15", ("rate", "2023-06"): "120",
}  # fmt: skip
"""Rows that may be learnt, of a month to come or of one that has passed."""

LEARNT = [
    ("incidents", "2023-12", 34), ("mood", "2023-12", "bad"), ("supply", "2023-12", 0.4), ("supply", "2023-12", 0.62),
    ("rate", "2023-12", 98), ("rate", "2023-12", 124), ("view", "2023-12", 0.6), ("closed", "2023-12", 0),
    ("incidents", "2023-08", 26), ("rate", "2023-06", 118),
]  # fmt: skip

FALSE_ALARM = 1e-4
"""Chance that a correct library fails in any of these cases."""

BATCHES = 4 * 20
"""Of which the standard deviation makes a Monte Carlo error."""


def fit(
    text: str, evidence: str, as_of: str, learnt: tuple[str, str, object] | None = None
) -> wr.Posterior:
    """Fit to what was published by October, and to one more row."""
    header, *rows = evidence.splitlines()
    model = wr.Model.from_texts(text, evidence)
    early = {row.id for row in model.evidence if str(row.published) <= BEFORE}
    lines = [header, *(row for row in rows if row.split(",")[0] in early)]
    for (name, month), usual in MAYBE.items():
        seen = learnt is not None and learnt[:2] == (name, month)
        value, published = (learnt[2], AFTER) if learnt is not None and seen else (usual, "2025-01")
        lines.append(f"{name}_{month},{name},{month},{month},{published},{value},,,,A,invented,,")
    model = wr.Model.from_texts(text, "\n".join(lines) + "\n")
    return wr.fit(
        model, as_of=as_of, draws=500, tune=300, chains=4, random_seed=3, progressbar=False
    )


@pytest.fixture(scope="module")
def before(small_text: str, small_evidence: str) -> wr.Posterior:
    return fit(small_text, small_evidence, BEFORE)


@pytest.mark.parametrize("learnt", LEARNT, ids=lambda learnt: " ".join(map(str, learnt)))
def test_observing_agrees_with_a_refit(
    before: wr.Posterior, small_text: str, small_evidence: str, learnt: tuple[str, str, float | str]
) -> None:
    """Each probability within the joint Monte Carlo error, whose batches make it Student's t."""
    name, month, value = learnt
    seen = wr.observe(before, {name: value}, month=month)
    anew = wr.outlook(fit(small_text, small_evidence, AFTER, learnt))
    gap = (seen.summary["probability"] - anew.summary["probability"]).abs()
    bound = stats.t.ppf(1 - FALSE_ALARM / (2 * len(gap) * len(LEARNT)), BATCHES - 4)
    error = np.hypot(seen.summary["mcse"], anew.summary["mcse"])
    assert (gap < bound * error).all(), (seen.summary, anew.summary)
    assert seen.khat is not None and seen.khat < KHAT_LIMIT


def test_a_refusal_is_due(before: wr.Posterior, small_text: str, small_evidence: str) -> None:
    """No draw and future is as likely to show the value as nearly all draws of a refit are.

    Reweighted all the same, a draw or two carry the answer, and its error is as large as it could be.
    """
    name, month, value = "incidents", "2023-12", 4000
    with pytest.raises(wr.ArgumentError, match="Pareto k"):
        wr.observe(before, {name: value}, month=month)
    refit = fit(small_text, small_evidence, AFTER, (name, month, value))
    observation = observation_of(before, {name: value}, month)
    best = max(
        observation.log_weight(before, some).max() for (some,) in simulate(before, list, futures=64)
    )
    likelihood = refit.tree["log_likelihood"]["observed_count"].sel(
        evidence_count=f"{name}_{month}"
    )
    assert best < float(likelihood.quantile(0.01))

    world = World.unchanged(before)
    found = probabilities(
        before, futures=64, random_seed=1, worlds=[world], observation=observation
    )
    claimed = summarise(before, found, ci_prob=0.9, world=1).summary.loc["calm"]
    anew = wr.outlook(refit).summary.loc["calm"]
    # Its error says that it knows nothing, where a refit knows to a percentage point.
    assert claimed["mcse"] > 0.1 > 10 * anew["mcse"]
