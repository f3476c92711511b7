"""The preliminary answer: near the fit, or refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.random_models import evidence_text, model_text, random_model
from tests.refusals import refusal
from threadpoolctl import threadpool_limits

import withdrawal_risk as wr
from withdrawal_risk.inference import approximation
from withdrawal_risk.inference.alignment import align_evidence, evidence_months
from withdrawal_risk.inference.approximation import approximate
from withdrawal_risk.inference.vector import anchor_shift, join, log_density


def random(seed: int) -> wr.Model:
    file, rows = random_model(np.random.default_rng(seed))
    return wr.Model.from_texts(model_text(file), evidence_text(rows))


@pytest.fixture(scope="module")
def quick(small: wr.Model) -> wr.Preliminary:
    return wr.preliminary(small)


def test_it_is_near_the_fit(posterior: wr.Posterior, quick: wr.Preliminary) -> None:
    """Five points hold what it misses and its Monte Carlo error, up to four of which are two points."""
    fitted = wr.outlook(posterior).summary
    assert list(quick.summary.index) == list(fitted.index)
    for name in fitted.index:
        assert abs(quick.rows[name]["probability"] - fitted.loc[name, "probability"]) < 0.05
        assert abs(quick.rows[name]["lower"] - fitted.loc[name, "lower"]) < 0.15
        assert abs(quick.rows[name]["upper"] - fitted.loc[name, "upper"]) < 0.15


def test_unknowns_have_the_law_of_the_fit(posterior: wr.Posterior, small: wr.Model) -> None:
    """Means within 0.4 sd, sds within a factor of 1.5 (jumps have tails that 256 draws miss)."""
    draws, exact = approximate(small, small.as_of).draws(), posterior.draws()
    assert set(draws) == set(exact)
    for name, prior in posterior.frame.priors.items():
        ours, theirs = (prior.unconstrained(some[name]) for some in (draws, exact))
        shift = (ours.mean(axis=0) - theirs.mean(axis=0)) / theirs.std(axis=0)
        assert np.abs(shift).max() < 0.4, name
        assert np.abs(np.log(ours.std(axis=0) / theirs.std(axis=0))).max() < np.log(1.5), name


def test_errors_do_not_collapse() -> None:
    """In the mode of all unknowns together the error of one indicator is 10 prior sd too small."""
    model = wr.load_model("iraq-2025")
    assert refusal(lambda: approximate(model, model.as_of)) == ""
    some = approximate(model, model.as_of)
    for name in ("error", "loading"):
        prior = some.frame.priors[name]
        middle = prior.unconstrained(some.draws()[name]).mean(axis=0)
        assert np.abs((middle - prior.mu) / prior.sigma).max() < 4


def test_draws_are_typical_of_the_density(posterior: wr.Posterior, small: wr.Model) -> None:
    """Their density, by its NumPy form, is that of the draws of a fit."""
    densities = []
    for some in (approximate(small, small.as_of), posterior):
        unknowns = dict(some.draws())
        months = evidence_months(
            some.frame, align_evidence(some.frame, small.evidence, small.as_of)
        )
        unknowns["reference"] = unknowns["reference"] + anchor_shift(
            some.frame, months, unknowns, some.levels()
        )
        vectors = join(some.frame, unknowns)[::8]
        densities.append(log_density(small, some.frame, small.as_of, vectors))
    ours, theirs = densities
    # By noise alone the medians differ by a fifth of an sd in one of a thousand cases.
    assert abs(np.median(ours) - np.median(theirs)) < np.std(theirs)


def test_it_is_marked(quick: wr.Preliminary, posterior: wr.Posterior) -> None:
    assert quick.sentence().startswith("Preliminary, without a fit: the probability that all")
    assert quick.sentence("ar", "calm").startswith("جواب أولي من غير معايرة: ")
    assert quick.to_dict()["preliminary"] is True
    assert not {"checks_passed", "diagnostics", "base_rates"} & set(quick.to_dict())
    # An outlook has the same keys for a condition, and says nothing of the kind.
    fitted = wr.outlook(posterior).to_dict()
    assert set(quick.to_dict()["conditions"]["calm"]) <= set(fitted["conditions"]["calm"])
    assert "preliminary" not in fitted
    assert "condition" in refusal(lambda: quick.sentence(condition="calmer"))


def test_its_table_is_marked(quick: wr.Preliminary, tmp_path: Path) -> None:
    table = pd.read_csv(wr.write_answer(quick, tmp_path / "quick.csv"))
    assert table["preliminary"].all() and list(table["condition_label"][:1]) == ["Calm"]


def test_jumps_are_refused() -> None:
    """Two factors that jump, seen every month with little error: the normal law misses their tails."""
    rng, months = (
        np.random.default_rng(3),
        [f"{2023 + k // 12}-{k % 12 + 1:02d}" for k in range(24)],
    )
    says = "basis: 'judgement: x', why: x"
    factor = f"worse: high, half_life: {{p5: 2, p95: 8}}, innovations: student_t, {says}"
    shows = (
        'family: normal, unit: u, polarity: "+", at_reference: {p5: -1, p95: 1}, '
        f"change_per_level: {{p5: 0.5, p95: 1.5}}, error: {{p5: 0.1, p95: 0.4}}, {says}"
    )
    text = (
        "id: t\ntitle: T\ntime: {start: 2023-01, as_of: 2024-12, horizon: 2025-06}\n"
        f"evidence: evidence.csv\nfactors:\n  a: {{role: driver, label: A, {factor}}}\n"
        f"  b: {{role: outcome, label: B, {factor}}}\n"
        f"edges:\n  - {{from: a, to: b, weight: +moderate, {says}}}\n"
        f"indicators:\n  i: {{measures: a, label: I, {shows}}}\n  j: {{measures: b, label: J, {shows}}}\n"
        "conditions:\n  c: {label: C, all: [{factor: b, statistic: mean, last: 3, at_most: 0}], "
        f"{says}}}\n"
    )
    rows = [
        f"{name}{month},{name},{month},{month},rule:same_month,{2 * rng.normal():.3f},A,s"
        for month in months
        for name in "ij"
    ]
    header = "id,indicator,start,end,published,value,grade,source"
    model = wr.Model.from_texts(text, "\n".join([header, *rows]) + "\n")
    assert "their energy drifted by" in refusal(lambda: wr.preliminary(model))


def test_a_seed_gives_the_same_answer(small: wr.Model, quick: wr.Preliminary) -> None:
    assert wr.preliminary(small).rows == quick.rows
    with threadpool_limits(1), pytest.MonkeyPatch.context() as patch:
        patch.setenv("WITHDRAWAL_RISK_CORES", "1")
        patch.setattr("withdrawal_risk.cores.cores", lambda: 1)
        assert wr.preliminary(small).rows == quick.rows
    assert wr.preliminary(small, random_seed=2).rows != quick.rows


def test_another_shape_is_refused() -> None:
    """The energy of its draws drifts by two sd and more; that of others does not."""
    said = refusal(lambda: wr.preliminary(random(9)))
    assert said.startswith("mode and curvature do not describe this posterior (")
    assert said.endswith("; fit the model")
    assert refusal(lambda: wr.preliminary(random(2))) == ""


def test_moves_that_are_not_accepted_are_refused(
    small: wr.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With steps so long the dynamics are not followed."""
    monkeypatch.setattr(approximation, "_STEP", 2.5)
    assert "% of the moves that test them were accepted" in refusal(lambda: wr.preliminary(small))


def test_an_earlier_date(small: wr.Model) -> None:
    early = wr.preliminary(small, as_of="2023-06")
    assert str(early.about.as_of) == "2023-06"
    assert early.to_dict()["as_of"] == "2023-06"
    for given in ({"as_of": "2030-01"}, {"ci_prob": 1.0}, {"random_seed": -1}):
        assert refusal(lambda given=given: wr.preliminary(small, **given))  # type: ignore[misc]


def test_only_what_it_has_is_asked(small: wr.Model) -> None:
    some = approximate(small, small.as_of)
    for ask in (wr.outlook, lambda p: p.draws("prior"), lambda p: p.tree, lambda p: p.save("x.nc")):
        assert "fit the model" in refusal(lambda ask=ask: ask(some))  # type: ignore[misc]
