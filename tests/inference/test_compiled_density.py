"""The compiled density against the PyMC graph of `build`, and the ways that lead to it."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import nutpie
import pymc as pm
import pytest
from numba.core import event
from tests.inference.test_density import FILES, Files

import withdrawal_risk as wr
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.inference import direct, operation, packing
from withdrawal_risk.inference.alignment import align_evidence, evidence_months, fit_window
from withdrawal_risk.inference.build import data_arrays
from withdrawal_risk.inference.defaults import TARGET_ACCEPT
from withdrawal_risk.inference.density import evaluate
from withdrawal_risk.inference.parameters import Frame, build_frame
from withdrawal_risk.inference.problem import locations_and_scales, problem_of, sampled_priors
from withdrawal_risk.inference.vector import (
    anchor_shift,
    join,
    log_density,
    split,
)

Laid = tuple[wr.Model, Frame, Month]

EVERY_FILE = [
    pytest.param(name, marks=() if name == "small" else pytest.mark.slow) for name in FILES
]

DISTANCES = (0.5, 1, 2, 4, 8)
"""Prior standard deviations up to which both densities are compared."""


def _laid(files: Files, place: int) -> Laid:
    model = wr.Model.from_texts(files.model, files.evidence)
    month = Month.read(files.as_of[place])
    return model, build_frame(model, fit_window(model, month)), month


def _refusal(function: Any, *arguments: Any, **named: Any) -> str:
    """Return what is said of arguments that are refused; nothing of those that are not."""
    try:
        function(*arguments, **named)
    except (ValueError, RuntimeError) as error:
        return str(error)
    except IndexError:
        return "not refused, and bounds were left"
    return ""


def _points(frame: Frame, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    mu, sigma = locations_and_scales(frame)
    return np.stack([mu + d * sigma * rng.uniform(-1, 1, mu.size) for d in DISTANCES for _ in "ab"])


def _by_name(frame: Frame, vector: Any) -> dict[str, Any]:
    """Return a sampled vector under the names of PyMC's value variables."""
    parts, begin = {}, 0
    for prior in sampled_priors(frame):
        name = "anchor" if prior.name == "reference" else prior.name
        key = name + prior.suffix
        parts[key] = vector[begin : begin + prior.mu.size].reshape(prior.mu.shape)
        begin += prior.mu.size
    return parts


@pytest.mark.parametrize("name", EVERY_FILE)
def test_it_is_the_density_of_the_graph(name: str) -> None:
    """Value and gradient, finite at the same points, out to 8 prior standard deviations."""
    model, frame, month = _laid(FILES[name], 1)
    graph = wr.build(model, month)
    both: Any = graph.compile_fn([graph.logp(), graph.dlogp()], mode="FAST_COMPILE")
    order = [variable.name for variable in graph.value_vars]
    earlier = Month.read(FILES[name].as_of[0])
    for seen in (month, earlier):
        # A graph serves every date of its window; only its data differ.
        with graph:
            pm.set_data({n: v for n, (v, _) in data_arrays(model, frame, seen).items()})
        words = packing.pack(problem_of(model, frame, seen))
        finite = 0
        for point in _points(frame, 1):
            named = _by_name(frame, point)
            with np.errstate(all="ignore"):
                expected, slope = both({key: named[key] for key in order})
            found, gradient = evaluate(point, words)
            assert np.isfinite(found) == np.isfinite(expected)
            if not np.isfinite(found):
                continue
            finite += 1
            assert found == pytest.approx(float(expected), rel=1e-8)
            mine = _by_name(frame, gradient)
            flat = np.concatenate([mine[key].ravel() for key in order])
            known = np.isfinite(slope)
            assert np.isfinite(flat[known]).all()
            scale = np.abs(slope[known]).max()
            np.testing.assert_allclose(flat[known], slope[known], rtol=1e-8, atol=1e-10 * scale)
        assert finite >= 6


@pytest.mark.parametrize("name", EVERY_FILE)
def test_variables_stand_in_the_order_of_the_vector(name: str) -> None:
    _, frame, month = _laid(FILES[name], 1)
    model = wr.Model.from_texts(FILES[name].model, FILES[name].evidence)
    names = [
        ("anchor" if prior.name == "reference" else prior.name) + prior.suffix
        for prior in sampled_priors(frame)
    ]
    words = packing.pack(problem_of(model, frame, month))
    declared = operation.CompiledModel(frame, words).value_vars
    assert [variable.name for variable in declared] == names


def test_its_numpy_form_is_the_density_of_the_graph(small: wr.Model) -> None:
    frame = build_frame(small, fit_window(small, small.as_of))
    words = packing.pack(problem_of(small, frame, small.as_of))
    points = _points(frame, 2)
    expected = log_density(small, frame, small.as_of, points)
    found = [evaluate(point, words)[0] for point in points]
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    np.testing.assert_allclose(join(frame, split(frame, points)), points, rtol=1e-12)


def test_data_of_another_date_or_file_are_noticed(small: wr.Model, small_text: str) -> None:
    frame = build_frame(small, fit_window(small, small.as_of))
    earlier = packing.pack(problem_of(small, frame, Month.read("2023-08")))
    with pytest.raises(RuntimeError, match="compiled density of 'small' is"):
        operation.check_density(small, frame, small.as_of, earlier)
    other = wr.Model.from_texts(small_text.replace("p95: 9", "p95: 8", 1), small.evidence_text)
    assert other.model_text != small.model_text
    its = build_frame(other, fit_window(other, other.as_of))
    words = packing.pack(problem_of(other, its, other.as_of))
    with pytest.raises(RuntimeError, match="please report it"):
        operation.check_density(small, frame, small.as_of, words)


@pytest.fixture
def packed(small: wr.Model) -> packing.Words:
    frame = build_frame(small, fit_window(small, small.as_of))
    return packing.pack(problem_of(small, frame, small.as_of))


def test_packing_loses_nothing(small: wr.Model, packed: packing.Words) -> None:
    frame = build_frame(small, fit_window(small, small.as_of))
    problem = problem_of(small, frame, small.as_of)
    fits, sizes = packing.read_sizes(packed)
    assert fits
    for part, again in zip(problem, packing.unpack(packed, sizes), strict=True):
        for field in type(part)._fields:  # type: ignore[attr-defined]
            np.testing.assert_array_equal(getattr(part, field), getattr(again, field), field)


def test_a_wrong_header_is_an_error_and_no_crash(packed: packing.Words) -> None:
    """Every word of it, wrong in many ways; and words that are missing."""
    point = np.zeros(packed[3])
    evaluate(point, packed)
    for place in range(packing.HEADER):
        for change in (-1, 1, 7, -(2**62), 2**31, 2**62):
            wrong = packed.copy()
            wrong[place] = (int(wrong[place]) + change + 2**63) % 2**64 - 2**63
            assert "header of a packed model" in _refusal(packing.check_packed, wrong)
            assert "do not belong together" in _refusal(evaluate, point, wrong)
    for length in (0, 1, packing.HEADER - 1, packing.HEADER, len(packed) - 1):
        assert "do not belong together" in _refusal(evaluate, point, packed[:length])
    assert "do not belong together" in _refusal(evaluate, point[:-1], packed)


def test_positions_that_do_not_exist_are_refused(small: wr.Model, packed: packing.Words) -> None:
    """A random integer behind the header, changed to one that no position can be."""
    rng = np.random.default_rng(1)
    _, sizes = packing.read_sizes(packed)
    refused = 0
    # Clamps and masks may hold any number; all others are positions or lengths.
    free = sizes.latent + sizes.month * sizes.factor
    places = rng.choice(np.arange(packing.HEADER, packed[2]), 60, replace=False)
    for place in places:
        wrong = packed.copy()
        wrong[place] = 10_000_000_000
        refused += "points to what is not there" in _refusal(packing.check_packed, wrong)
    expected = 60 * (1 - free / (packed[2] - packing.HEADER))
    assert refused >= expected - 4 * np.sqrt(60) / 2


@pytest.mark.slow
def test_nutpie_is_given_the_same_by_either_way(small: wr.Model, small_text: str) -> None:
    """Directly, and by PyTensor around the one operation: the same draws to the last bit.

    The second model has other priors in the shapes of the first, and shares what was compiled.
    """
    other = wr.Model.from_texts(small_text.replace("p95: 9", "p95: 8", 1), small.evidence_text)
    for model in (small, other):
        frame = build_frame(model, fit_window(model, model.as_of))
        draws = []
        for straight in (True, False):
            compiled = operation.compiled_model(model, frame, model.as_of, direct=straight)
            assert (compiled.logp_func is None) == straight
            sampled = nutpie.sample(
                compiled, draws=30, tune=60, chains=2, seed=5, progress_bar=False, save_warmup=False
            )
            draws.append(sampled["posterior"].dataset)
        assert set(draws[0].data_vars) == set(draws[1].data_vars)
        for name in draws[0].data_vars:
            np.testing.assert_array_equal(draws[0][name].values, draws[1][name].values)
    assert len(operation._COMPILED) == 1


def test_every_fit_compares_the_density(small: wr.Model, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(point: Any, words: Any) -> tuple[float, Any]:
        value, gradient = evaluate(point, words)
        return value + 1e-3, gradient

    monkeypatch.setattr(operation, "evaluate", wrong)
    settings = {"draws": 10, "tune": 10, "chains": 1, "progressbar": False}
    assert "where that of its parts is" in _refusal(wr.fit, small, **settings)


def test_references_follow_from_anchors(small: wr.Model) -> None:
    """The joint density of the stored unknowns, recomputed, is that of the sampled vector."""
    posterior = wr.fit(small, draws=12, tune=12, chains=1, progressbar=False)
    frame, unknowns = posterior.frame, posterior.draws()
    level = posterior.levels()
    months = evidence_months(frame, align_evidence(frame, small.evidence, small.as_of))
    shift = anchor_shift(frame, months, unknowns, level)
    assert np.abs(shift).max() > 0.1
    anchors = {**unknowns, "reference": unknowns["reference"] + shift}
    sampled = nutpie.sample(
        operation.compiled_model(small, frame, small.as_of),
        draws=12, tune=12, chains=1, seed=1, target_accept=TARGET_ACCEPT, save_warmup=False,
        progress_bar=False,
    )  # fmt: skip
    given = sampled["posterior"].dataset["anchor"].values[0]
    np.testing.assert_allclose(anchors["reference"], given, rtol=1e-9)
    words = packing.pack(problem_of(small, frame, small.as_of))
    stored = np.zeros(12)
    for group in (posterior.tree["log_likelihood"], posterior.tree["log_prior"]):
        for name in group.dataset.data_vars:
            stored += group[name].values.reshape(12, -1).sum(axis=1)
    # What is left are the innovations, and the logarithms that are sampled for what is positive.
    for name, prior in frame.priors.items():
        values = unknowns[name].reshape(12, -1)
        if prior.dims[0] == "step":
            stored += prior.log_density(unknowns[name]).reshape(12, -1).sum(axis=1)
        if prior.support == "positive":
            stored += np.log(values).sum(axis=1)
    found = [evaluate(vector, words)[0] for vector in join(frame, anchors)]
    np.testing.assert_allclose(found, stored, rtol=1e-9)


def test_another_nutpie_is_used_by_its_public_functions(
    small: wr.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(direct, "_FIELDS", direct._FIELDS - {"user_data"})
    frame = build_frame(small, fit_window(small, small.as_of))
    assert operation.compiled_model(small, frame, small.as_of).logp_func is not None


def test_the_compiled_model_is_no_model_to_build_on(small: wr.Model, packed: Any) -> None:
    """A potential would be left out in silence."""
    frame = build_frame(small, fit_window(small, small.as_of))
    model = operation.CompiledModel(frame, packed)
    with pytest.raises(NotImplementedError, match=r"use build\(model\)"):
        model.logp(jacobian=False)
    with model:
        pm.Potential("added", model["half_life"].sum())
    with pytest.raises(NotImplementedError, match=r"use build\(model\)"):
        model.logp()


def test_nothing_is_compiled_for_another_date_row_or_file(
    small: wr.Model, small_text: str, small_evidence: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings = {"draws": 20, "tune": 20, "chains": 1, "progressbar": False}
    wr.fit(small, **settings)
    begun = []

    class Listener(event.Listener):
        def on_start(self, happened: Any) -> None:
            begun.append(happened.data)

        def on_end(self, happened: Any) -> None: ...

    row = "x1,incidents,2023-05,2023-05,2023-05,20,,,,A,invented,,\n"
    iraq = FILES["iraq-2025"]
    others = [
        wr.Model.from_texts(small_text, small_evidence + row),
        wr.Model.from_texts(small_text.replace("p95: 9", "p95: 8", 1), small_evidence),
        wr.Model.from_texts(iraq.model, iraq.evidence),
    ]
    listener = Listener()
    event.register("numba:compile", listener)
    try:
        with caplog.at_level(logging.INFO, logger="withdrawal_risk"):
            wr.fit(small, as_of="2023-09", **settings)
            for model in others:
                wr.fit(model, **settings)
    finally:
        event.unregister("numba:compile", listener)
    assert begun == []
    assert caplog.messages[0] == "small is sampled by the compiled density"
