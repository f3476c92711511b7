"""The PyMC model of `build`: evidence that is not yet published, and what PyMC does with it."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pymc as pm
import pytest
from pymc.model.fgraph import clone_model
from pymc.model.transform.optimization import freeze_dims_and_data
from scipy import stats
from tests.inference.test_fit import BARE

import withdrawal_risk as wr
from withdrawal_risk.inference.alignment import fit_window
from withdrawal_risk.inference.parameters import build_frame
from withdrawal_risk.inference.problem import locations_and_scales
from withdrawal_risk.inference.vector import starting_point

AS_OF = "2023-07"

BY_PYTHON = {"mode": "FAST_COMPILE"}
"""Without machine code, which takes longer to make than it saves here."""

TINY = BARE.replace(
    "conditions:\n",
    """\
indicators:
  index:
    {measures: gaps, family: normal, label: I, unit: points, polarity: +, at_reference: {p5: -1, p95: 1},
     change_per_level: {p5: .5, p95: 2}, error: {p5: .1, p95: .5}, basis: "judgement: invented", why: W}
conditions:
""",
)
TINY_EVIDENCE = """\
id,indicator,start,end,published,value,low,high,se,grade,source,url,note
a,index,2023-02,2023-02,2023-02,0.4,,,,A,invented,,
b,index,2023-05,2023-05,2023-05,1.1,,,,A,invented,,
"""

# PyTensor says that it draws replicates of evidence by Python.
pytestmark = pytest.mark.filterwarnings("ignore:Numba will use object mode")


def test_unpublished_rows_weigh_nothing(
    small: wr.Model, small_text: str, small_evidence: str
) -> None:
    """Log density and evidence are those of a file that never had the rows."""
    lines = small_evidence.splitlines()
    rows = list(csv.DictReader(io.StringIO(small_evidence)))
    known = [
        lines[0],
        *(
            line
            for line, row in zip(lines[1:], rows)
            if row["published"].replace("rule:press", "2023-04") <= AS_OF
        ),
    ]
    assert 3 < len(known) < len(lines) - 3
    found = []
    for model in (small, wr.Model.from_texts(small_text, "\n".join(known) + "\n")):
        graph = wr.build(model, AS_OF)
        density = graph.compile_logp(mode="FAST_COMPILE")
        point = {name: value + 0.3 for name, value in graph.initial_point(random_seed=1).items()}
        found.append(float(density(point)))
    assert found[0] == pytest.approx(found[1], rel=1e-12)


def test_chains_start_around_one_prior_deviation_away(small: wr.Model) -> None:
    """On every scale alike, whatever has been observed, and each chain elsewhere."""
    frame = build_frame(small, fit_window(small, small.as_of))
    location, scale = locations_and_scales(frame)
    # Samplers give seeds of 64 bits.
    first, second = (starting_point(frame, seed) for seed in (1, 2**64 - 1))
    away = np.abs((first - location) / scale)
    assert ((away >= 0.5) & (away <= 1.5)).all()
    assert not np.isclose(first, second).any()


@pytest.fixture(scope="module")
def graph(small: wr.Model) -> pm.Model:
    """The model of a file with all families."""
    return wr.build(small)


def _half_lives(graph: pm.Model, months: float) -> Any:
    return np.full(len(graph.coords["latent"]), months)


def test_it_can_be_cloned_frozen_and_drawn(graph: pm.Model) -> None:
    names = {variable.name for variable in graph.basic_RVs}
    for other in (clone_model(graph), freeze_dims_and_data(graph)):
        assert {variable.name for variable in other.basic_RVs} == names
    picture = pm.model_to_graphviz(graph).source
    assert all(name in picture for name in names)


def test_everything_is_drawn_from_its_prior(graph: pm.Model, small: wr.Model) -> None:
    """Categories too; means of the unknowns against the library's own draws. False alarm 1e-4."""
    with graph:
        tree = pm.sample_prior_predictive(draws=400, random_seed=1, compile_kwargs=BY_PYTHON)
    drawn = tree["prior"].dataset
    priors = build_frame(small, fit_window(small, small.as_of)).priors
    for name in ("half_life", "loading", "reference"):
        prior = priors[name]
        own = prior.draw(3, 4_000)
        for k in range(prior.mu.size):
            alike = stats.ks_2samp(np.ravel(drawn[name].values[0, :, k]), own[:, k])
            assert alike.pvalue > 1e-4 / 20
    shown = tree["prior_predictive"].dataset["observed_ordinal"].values
    assert set(np.unique(shown)) == {0.0, 1.0, 2.0}


def test_do_and_observe_keep_what_they_say(graph: pm.Model, small: wr.Model) -> None:
    set_to = pm.do(graph, {"half_life": _half_lives(graph, 3.0)})
    with set_to:
        drawn = pm.sample_prior_predictive(draws=5, random_seed=1, compile_kwargs=BY_PYTHON)
    assert "half_life" not in {variable.name for variable in set_to.free_RVs}
    assert drawn["prior"].dataset["level"].shape[1] == 5
    seen = pm.observe(graph, {"half_life": _half_lives(graph, 3.0)})
    prior = seen.compile_logp(vars=[seen["half_life"]], mode="FAST_COMPILE")
    own = build_frame(small, fit_window(small, small.as_of)).priors["half_life"]
    expected = own.log_density(_half_lives(graph, 3.0)).sum()
    assert float(prior(seen.initial_point())) == pytest.approx(expected)


@pytest.fixture(scope="module")
def tiny() -> wr.Model:
    """As little as a graph can be compiled of in a few seconds."""
    return wr.Model.from_texts(TINY, TINY_EVIDENCE)


@pytest.fixture(scope="module")
def added(tiny: wr.Model) -> Any:
    """Draws of the graph with a potential that asks for long half-lives.

    By PyMC's own sampler; nutpie samples the graph of a family of users, in test_extensions.
    """
    with wr.build(tiny) as graph:
        pm.Potential("slow", pm.logp(pm.LogNormal.dist(3.0, 0.1), graph["half_life"]).sum())
        return pm.sample(
            50, tune=150, chains=2, cores=1, nuts_sampler="pymc", target_accept=0.9,
            random_seed=2, progressbar=False, compute_convergence_checks=False,
        )  # fmt: skip


def test_what_is_added_to_the_graph_is_in_the_draws(tiny: wr.Model, added: Any) -> None:
    """They answer questions like those of a fit. False alarm 1e-6."""
    posterior = wr.from_pymc(tiny, added)
    # Between the prior, whose mean is near 4 months, and the potential near 20.
    assert 12 < float(posterior.tree["posterior"]["half_life"].mean()) < 25
    assert wr.outlook(posterior).summary["probability"].between(0, 1).all()
    reference = added["posterior"]["reference"].values
    np.testing.assert_allclose(
        posterior.tree["posterior"]["reference"].values, reference, rtol=1e-9
    )


def test_draws_of_something_else_are_refused(tiny: wr.Model, added: Any) -> None:
    with pytest.raises(wr.ArgumentError, match="without the groups posterior"):
        wr.from_pymc(tiny, added["posterior"])
    with pytest.raises(
        wr.ArgumentError, match=r"sample build\(model\) of the same model and as_of"
    ):
        wr.from_pymc(tiny, added, as_of="2023-08")
    fewer = added.copy()
    fewer["posterior"] = fewer["posterior"].dataset.drop_vars("reference")
    with pytest.raises(wr.ArgumentError, match="draws have no 'reference' of shape"):
        wr.from_pymc(tiny, fewer)
    bare = added.copy()
    bare["sample_stats"] = bare["sample_stats"].dataset.drop_vars("energy")
    with pytest.raises(wr.ArgumentError, match="statistics lack energy"):
        wr.from_pymc(tiny, bare)


def test_draws_of_another_date_are_noticed(tiny: wr.Model, added: Any) -> None:
    """They have the same shapes, and saw other evidence."""
    said = ""
    try:
        wr.from_pymc(tiny, added, as_of="2023-04")
    except wr.ArgumentError as error:
        said = str(error)
    assert "another 'evidence_months' than that of 'bare' as of 2023-04" in said
