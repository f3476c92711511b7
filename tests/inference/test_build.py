"""What the PyMC graph does with evidence that is not yet published."""

from __future__ import annotations

import csv
import io

import pytest

import withdrawal_risk as wr

AS_OF = "2023-07"


def test_unpublished_rows_weigh_nothing(small: wr.Model, small_text: str, small_evidence: str) -> None:
    """Log density and evidence are those of a file that never had the rows."""
    lines = small_evidence.splitlines()
    rows = list(csv.DictReader(io.StringIO(small_evidence)))
    known = [
        lines[0],
        *(line for line, row in zip(lines[1:], rows) if row["published"].replace("rule:press", "2023-04") <= AS_OF),
    ]
    assert 3 < len(known) < len(lines) - 3
    found = []
    for model in (small, wr.Model.from_texts(small_text, "\n".join(known) + "\n")):
        graph = wr.build(model, AS_OF)
        density = graph.compile_logp(mode="FAST_COMPILE")
        point = {name: value + 0.3 for name, value in graph.initial_point(random_seed=1).items()}
        found.append(float(density(point)))
    assert found[0] == pytest.approx(found[1], rel=1e-12)
