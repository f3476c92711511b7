"""ArviZ works on a posterior's tree as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import arviz as az
import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from matplotlib import pyplot as plt

import withdrawal_risk as wr


@pytest.fixture(scope="module", autouse=True)
def _no_window() -> Iterator[None]:
    mpl.use("agg")
    yield
    plt.close("all")


ON_DRAWS: dict[str, Callable[[xr.DataTree], Any]] = {
    "summary": lambda tree: az.summary(tree),
    "plot_trace": lambda tree: az.plot_trace(tree, var_names=["half_life"]),
    "plot_trace_dist": lambda tree: az.plot_trace_dist(tree, var_names=["half_life"]),
    "plot_dist": lambda tree: az.plot_dist(tree, var_names=["weight"]),
    "plot_forest": lambda tree: az.plot_forest(tree, var_names=["weight", "half_life"]),
    "plot_rank": lambda tree: az.plot_rank(tree, var_names=["weight"]),
    "plot_pair": lambda tree: az.plot_pair(tree, var_names=["weight_size"]),
    "plot_energy": lambda tree: az.plot_energy(tree),
    "plot_ess": lambda tree: az.plot_ess(tree, var_names=["weight"]),
    "plot_ppc_dist": lambda tree: az.plot_ppc_dist(tree, var_names=["observed_lognormal"]),
    "plot_ppc_pit": lambda tree: az.plot_ppc_pit(tree, var_names=["observed_lognormal"]),
    "plot_ppc_rootogram": lambda tree: az.plot_ppc_rootogram(tree, var_names=["observed_count"]),
    "plot_prior_posterior": lambda tree: az.plot_prior_posterior(tree, var_names=["weight"]),
    "psense_summary": lambda tree: az.psense_summary(tree, var_names=["weight"]),
    "loo": lambda tree: az.loo(tree, var_name="observed_count"),
    "hdi": lambda tree: az.hdi(tree, prob=0.9),
    "extract": lambda tree: az.extract(tree, num_samples=5, random_seed=1),
}


@pytest.mark.parametrize("name", ON_DRAWS)
@pytest.mark.filterwarnings("default")
def test_arviz_takes_the_tree(name: str, posterior: wr.Posterior) -> None:
    assert ON_DRAWS[name](posterior.tree) is not None
    plt.close("all")


def test_nothing_given_is_among_the_inferred(posterior: wr.Posterior) -> None:
    """A constant has no R-hat: no element of the summary may be one."""
    table = az.summary(posterior.tree, round_to="none")
    assert np.isfinite(table["r_hat"].astype(float)).all()


def test_the_tree_says_what_it_holds(posterior: wr.Posterior) -> None:
    tree = posterior.tree
    assert tree["posterior"]["month"].dtype.kind == "M"
    assert str(tree["posterior"]["month"].values[0])[:10] == "2023-01-01"
    assert (
        list(tree["posterior"]["chain"].values) == [0, 1, 2, 3]
        and tree["posterior"].sizes["draw"] == 1000
    )
    assert list(tree["posterior"]["level"]["factor"].values) == ["gaps", "tension"]
    assert set(tree["constant_data"].data_vars) == {"policy_level", "seen"}
    for group in ("observed_data", "posterior_predictive", "prior_predictive"):
        kinds = {
            str(name): array.dtype.kind for name, array in tree[group].dataset.data_vars.items()
        }
        assert {kinds[f"observed_{family}"] for family in ("count", "ordinal", "binary")} == {"i"}
        assert {kinds[f"observed_{family}"] for family in ("normal", "lognormal", "share")} == {"f"}
    assert set(tree["log_prior"].data_vars) == {
        name for name, prior in posterior.frame.priors.items() if prior.dims[0] != "step"
    }
    for name, array in tree["log_prior"].dataset.data_vars.items():
        prior = posterior.frame.priors[str(name)]
        np.testing.assert_allclose(
            array.values[2, 5], prior.log_density(tree["posterior"][str(name)].values[2, 5])
        )


def test_rows_not_yet_published_are_not_in_the_tree(small: wr.Model) -> None:
    early = wr.fit(small, as_of="2023-06", draws=20, tune=50, chains=2, progressbar=False)
    seen = {row.id for row in small.evidence if row.published <= early.as_of}
    assert 0 < len(seen) < len(small.evidence)
    for group in ("observed_data", "log_likelihood", "posterior_predictive", "prior_predictive"):
        dataset = early.tree[group].dataset
        held = {
            str(row)
            for dim in dataset.dims
            if str(dim).startswith("evidence")
            for row in dataset[dim].values
        }
        assert held == seen, group
    known = early.tree["constant_data"]["seen"]
    assert {str(row) for row in known["evidence"].values[known.values]} == seen
