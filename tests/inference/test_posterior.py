"""One real fit: diagnostics, no look-ahead, saving, reproducibility, densities."""

from __future__ import annotations

import _thread
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from tests.oracles import density
from threadpoolctl import threadpool_info, threadpool_limits

import withdrawal_risk as wr
from withdrawal_risk.inference import measurement
from withdrawal_risk.model.evidence import GRADE_FACTOR


def test_checks_pass(posterior: wr.Posterior) -> None:
    results = {item.name: item for item in wr.check(posterior)}
    for name in ("finite", "rhat", "ess_bulk", "ess_tail", "divergences", "bfmi"):
        assert results[name].passed is True, results[name].text
    assert results["identification"].passed is None


def test_a_few_rows_outside_are_no_verdict(posterior: wr.Posterior) -> None:
    """Nothing is predicted near what was seen: of all rows that is a failure, of two chance could be."""
    tree = posterior.tree.copy(deep=True)
    for array in tree["posterior_predictive"].dataset.data_vars.values():
        array.values[:] = 1e6
    other = wr.Posterior(
        tree=tree, model=posterior.model, as_of=posterior.as_of, settings=posterior.settings
    )

    def verdict() -> tuple[bool | None, str]:
        (found,) = [item for item in wr.check(other) if item.name == "posterior_predictive"]
        return found.passed, found.text

    assert verdict()[0] is False and "0 of 13" in verdict()[1]
    for group in ("observed_data", "posterior_predictive", "prior_predictive"):
        tree[group] = xr.DataTree(tree[group].dataset[["observed_share"]])
    assert verdict()[0] is None and "too few rows to tell" in verdict()[1]


def test_intervals_wider_than_needed_are_a_finding(posterior: wr.Posterior) -> None:
    """Of 130 rows 117 are expected inside; all of them is chance once in a million."""
    tree = posterior.tree.copy(deep=True)
    observed = tree["observed_data"].dataset
    for name, array in tree["posterior_predictive"].dataset.data_vars.items():
        array.values[:] = observed[str(name)].values + np.linspace(
            -1, 1, array.shape[0] * array.shape[1]
        ).reshape(*array.shape[:2], 1)

    def verdict(times: int) -> tuple[bool | None, str]:
        wide = wr.Posterior(
            tree=tree, model=posterior.model, as_of=posterior.as_of, settings=posterior.settings
        )
        for group in ("prior_predictive", "posterior_predictive", "observed_data"):
            data = tree[group].dataset
            tree[group] = xr.DataTree(
                xr.concat(
                    [data] * times,
                    dim="evidence_count",
                    data_vars=[v for v in data if "count" in str(v)],
                )
            )
        (found,) = [item for item in wr.check(wide) if item.name == "posterior_predictive"]
        return found.passed, found.text

    assert verdict(1)[0] is True
    passed, text = verdict(30)
    assert passed is None and "are expected, so the intervals are wider than needed" in text


def test_as_of_hides_what_was_not_published(
    small: wr.Model, small_text: str, small_evidence: str
) -> None:
    corrupted = small_evidence.replace(",22,,,,A", ",9999,,,,A").replace("0.45,0.6", "0.8,0.9")
    assert corrupted != small_evidence
    other = wr.Model.from_texts(small_text, corrupted)
    fits = [
        wr.fit(m, as_of="2023-09", draws=50, tune=50, chains=2, progressbar=False)
        for m in (small, other)
    ]
    for name in fits[0].frame.priors:
        np.testing.assert_array_equal(fits[0].draws()[name], fits[1].draws()[name])


def _answers(posterior: wr.Posterior) -> list[wr.Result]:
    return [
        wr.outlook(posterior, futures=8),
        wr.do(posterior, {"tension": "very low", "presence": wr.shift(500)}, futures=8),
        wr.counterfactual(posterior, {"gaps": -0.5}, start="2023-04", end="2023-09", futures=8),
        wr.observe(posterior, {"rate": 100}, month="2024-01", futures=8),
    ]


def test_saved_posterior_answers_identically(posterior: wr.Posterior, tmp_path: Path) -> None:
    posterior.save(tmp_path / "small.nc")
    opened = wr.open_posterior(tmp_path / "small.nc")
    for found, expected in zip(_answers(opened), _answers(posterior), strict=True):
        assert found.to_dict() == expected.to_dict()
        assert found.sentence() == expected.sentence()
        np.testing.assert_array_equal(found.draws, expected.draws)
    assert [path.name for path in tmp_path.iterdir()] == ["small.nc"]


def test_log_likelihood_matches_independent_densities(posterior: wr.Posterior) -> None:
    """Every family, every row, three draws, from the stored levels and unknowns."""
    frame, draws = posterior.frame, posterior.draws()
    level = posterior.levels()
    names = [name for name, _ in frame.indicators]
    noisy = frame.coords["noisy_indicator"]
    for row in posterior.model.evidence:
        k = names.index(row.indicator)
        item = frame.indicators[k][1]
        stored = (
            posterior.tree["log_likelihood"]
            .dataset[f"observed_{item.family}"]
            .sel({f"evidence_{item.family}": row.id})
        )
        for d in (0, 777, 1999):
            grade = GRADE_FACTOR[row.grade]
            cells = []
            for month, share in row.months():
                x = level[d, month - frame.window.first, frame.measured[k]]
                eta = draws["reference"][d, k] + item.polarity * draws["loading"][d, k] * x
                natural = {"count": np.exp, "lognormal": np.exp}.get(item.family, lambda e: e)(eta)
                if item.family in ("share", "binary"):
                    natural = 1 / (1 + np.exp(-eta))
                cells.append((share, natural))
            shares, values = np.array(cells).T
            if item.family == "count":
                mean = (shares * values).sum()
                r = draws["error"][d, noisy.index(row.indicator)] * grade
                r *= np.sqrt((shares * values**2).sum()) / mean
                expected = density.count(
                    int(row.value), mean, float(np.hypot(r, row.se / max(row.value, 1)))
                )
            else:
                mean = (shares * values).sum() / shares.sum()
                if item.family == "ordinal":
                    cuts = measurement.measurement_of(frame, draws, k).cuts[d]
                    expected = density.ordinal(int(row.value), mean, cuts, grade)
                elif item.family == "binary":
                    p = 1 / (1 + np.exp(-np.log(mean / (1 - mean)) / grade))
                    expected = density.binary(row.value, p)
                else:
                    error = draws["error"][d, noisy.index(row.indicator)] * grade
                    scale = {
                        "normal": 1.0,
                        "lognormal": row.value,
                        "share": row.value * (1 - row.value),
                    }[item.family]
                    expected = getattr(density, item.family)(
                        row.value, mean, float(np.hypot(error, row.se / scale))
                    )
            assert stored.values.reshape(-1)[d] == pytest.approx(expected, rel=1e-8, abs=1e-10), (
                row.id,
                d,
            )


def _anchor(posterior: wr.Posterior, d: int) -> np.ndarray:
    """The average linear predictor over the months an indicator's evidence speaks of, written out anew."""
    frame, draws = posterior.frame, posterior.draws()
    level = posterior.levels()
    anchor = draws["reference"][d].copy()
    for k, (name, item) in enumerate(frame.indicators):
        cells = []
        for row in posterior.model.evidence:
            if row.indicator == name:
                total = 1.0 if item.family == "count" else sum(share for _, share in row.months())
                cells += [
                    (month - frame.window.first, share / total) for month, share in row.months()
                ]
        if cells:
            x = [level[d, t, frame.measured[k]] for t, _ in cells]
            anchor[k] += (
                item.polarity
                * draws["loading"][d, k]
                * np.average(x, weights=[w for _, w in cells])
            )
    return anchor


@pytest.mark.slow
def test_graph_density_equals_priors_plus_likelihood(
    small: wr.Model, posterior: wr.Posterior
) -> None:
    """The PyMC graph at posterior draws, against the NumPy priors and likelihood on the same draws."""
    graph = wr.build(small)
    compiled = graph.compile_logp(jacobian=False)
    draws = posterior.draws()
    likelihood = sum(
        array.values.reshape(-1, array.shape[-1]).sum(axis=1)
        for array in posterior.tree["log_likelihood"].dataset.data_vars.values()
    )
    for d in (3, 1234):
        point = {}
        for variable in graph.free_RVs:
            value = draws[variable.name][d] if variable.name != "anchor" else _anchor(posterior, d)
            held = graph.rvs_to_values[variable]
            point[held.name] = np.log(value) if held.name.endswith("_log__") else value
        prior = sum(
            p.log_density(draws[name][d]).sum() for name, p in posterior.frame.priors.items()
        )
        assert float(compiled(point)) == pytest.approx(float(prior + likelihood[d]), rel=1e-8)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"draws": 1}, "draws is 1; it must be a whole number, at least 10"),
        ({"as_of": "2023"}, "'2023' is not a month; write it as YYYY-MM"),
        (
            {"as_of": "2030-01"},
            "as_of 2030-01 is not between the start, 2023-01, and the horizon, 2024-06",
        ),
        ({"cores": 0}, "cores is 0; it must be a whole number, at least 1"),
        ({"target_accept": 1.0}, "target_accept is 1.0; it must lie between 0 and 1"),
        ({"random_seed": -1}, "random_seed is -1; it must be a whole number, at least 0"),
        ({"nuts_sampler": "magic"}, "nuts_sampler is 'magic'; Valid: 'nutpie', 'pymc'"),
    ],
)
def test_bad_arguments(small: wr.Model, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(wr.WithdrawalRiskError, match=message):
        wr.fit(small, **arguments)  # type: ignore[arg-type]


@pytest.mark.usefixtures("posterior")
def test_an_interrupted_fit_gives_nothing(small: wr.Model) -> None:
    # A shell that runs the tests in the background has them ignore the signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        threading.Timer(3, _thread.interrupt_main).start()
        with pytest.raises(KeyboardInterrupt):
            wr.fit(small, draws=100_000, progressbar=False)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.slow
def test_pymc_sampler_agrees(small: wr.Model, posterior: wr.Posterior) -> None:
    """Means of every weight, half-life and loading within 5 standard errors; false alarms below 1e-5 a quantity."""
    other = wr.fit(small, draws=150, tune=300, chains=2, nuts_sampler="pymc", progressbar=False)
    for name in ("weight_size", "half_life", "loading"):
        a, b = np.log(posterior.draws()[name]), np.log(other.draws()[name])
        # 300 draws of the other sampler carry nearly all of the error; a third of them count as independent.
        error = np.sqrt(b.var(axis=0) / 100 + a.var(axis=0) / 1000)
        assert (np.abs(a.mean(axis=0) - b.mean(axis=0)) < 5 * error).all(), name


def test_parameters_alone_answer_what_lies_ahead(small: wr.Model, tmp_path: Path) -> None:
    """The same draws without their paths: the same outlook, and no question about the past."""
    settings = {"draws": 150, "tune": 100, "chains": 2, "progressbar": False}
    whole, lean = (wr.fit(small, store=store, **settings) for store in ("paths", "parameters"))  # type: ignore[arg-type]
    lean.save(tmp_path / "lean.nc")
    lean = wr.open_posterior(tmp_path / "lean.nc")
    assert (
        lean.stored_months.labels == ["2023-12"]
        and "innovation_smooth" not in lean.tree["posterior"]
    )
    for ask in (
        lambda p: wr.outlook(p, futures=8),
        lambda p: wr.do(p, {"tension": wr.shift(1)}),
        lambda p: wr.observe(p, {"rate": 100}, month="2024-01", futures=64),
    ):
        assert ask(lean).summary.equals(ask(whole).summary)
    assert wr.forecast(lean, futures=2).sizes["month"] == 7
    assert [c.passed for c in wr.check(lean)] == [c.passed for c in wr.check(whole)]
    for refused in (
        lambda: wr.counterfactual(lean, {"tension": 1}),
        lambda: wr.attribution(lean, "calm", draws=20),
    ):
        with pytest.raises(wr.ArgumentError, match="fit with store='paths'"):
            refused()
    with pytest.raises(
        wr.WithdrawalRiskError, match="store is 'all'; Valid: 'parameters', 'paths'"
    ):
        wr.fit(small, store="all")  # type: ignore[arg-type]


def _threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


class _Reached(Exception): ...


def _reach(small: wr.Model) -> None:
    with pytest.raises(_Reached):
        wr.fit(small, progressbar=False)


def test_chains_do_not_share_their_cores_with_linear_algebra(
    small: wr.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sample(*_: object, **__: object) -> None:
        assert _threads() == {1}
        raise _Reached

    monkeypatch.setattr("withdrawal_risk.inference.fit._sample", sample)
    with threadpool_limits(2, user_api="blas"):
        _reach(small)
        assert _threads() == {2}


def test_fits_of_one_process_take_turns(small: wr.Model, monkeypatch: pytest.MonkeyPatch) -> None:
    running: list[int] = []

    def sample(*_: object, **__: object) -> None:
        running.append(1)
        time.sleep(0.1)
        assert len(running) == 1 and _threads() == {1}
        running.pop()
        raise _Reached

    monkeypatch.setattr("withdrawal_risk.inference.fit._sample", sample)
    before = _threads()
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(_reach, [small] * 3))
    assert _threads() == before
