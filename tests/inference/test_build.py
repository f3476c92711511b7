"""What the PyMC graph does with evidence that is not yet published."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

import withdrawal_risk as wr
from withdrawal_risk.inference.alignment import fit_window
from withdrawal_risk.inference.parameters import build_frame

AS_OF = "2023-07"


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
    graph = wr.build(small)
    priors = build_frame(small, fit_window(small, small.as_of)).priors
    points = [graph.initial_point(random_seed=seed) for seed in (1, 2)]
    for name, prior in priors.items():
        variable = graph["anchor" if name == "reference" else name]
        first, second = (point[graph.rvs_to_values[variable].name] for point in points)
        away = np.abs((first - prior.mu) / prior.sigma)
        assert ((away >= 0.5) & (away <= 1.5)).all(), name
        assert not np.array_equal(first, second), name
    earlier = wr.build(small, AS_OF).initial_point(random_seed=1)
    assert earlier.keys() == points[0].keys()
    for name, value in earlier.items():
        np.testing.assert_array_equal(value, points[0][name], err_msg=name)
