"""Fixtures that are fitted once for the whole session."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import withdrawal_risk as wr

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def small_text() -> str:
    return (DATA / "small" / "model.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def small_evidence() -> str:
    return (DATA / "small" / "evidence.csv").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def small() -> wr.Model:
    return wr.load_model(DATA / "small")


@pytest.fixture(scope="session")
def posterior(small: wr.Model) -> wr.Posterior:
    """The fit of the small model, or the one kept in the file `SMALL_FIT` names: mutants start from a sane one."""
    kept = os.environ.get("SMALL_FIT")
    return wr.open_posterior(kept) if kept else wr.fit(small, draws=1000, tune=1000, chains=4, progressbar=False)
