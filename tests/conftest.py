"""Fixtures that are fitted once for the whole session."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from filelock import FileLock

import withdrawal_risk as wr

DATA = Path(__file__).parent / "data"


LONG = (
    "test_documentation.py",
    "test_readmes.py",
    "test_compiled_density.py",
    "test_exact.py",
    "test_sbc.py",
    "test_why.py",
    "test_tasks.py",
    "test_truth.py",
    "test_reproducibility.py",
    "test_extensions.py",
    "test_docstrings.py",
)
"""Files that take longest: begun first, so that no process waits for the other at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))


@pytest.fixture(scope="session")
def small_text() -> str:
    return (DATA / "small" / "model.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def small_evidence() -> str:
    return (DATA / "small" / "evidence.csv").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def small() -> wr.Model:
    return wr.load_model(DATA / "small")


def _shared_fit(
    model: wr.Model, name: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str, **at: str
) -> wr.Posterior:
    """Return a fit made by the first process of the session that asks for it.

    Mutants start from a sane one of the whole evidence, in the file that `SMALL_FIT` names.
    """
    own = tmp_path_factory.getbasetemp()
    folder = own if worker_id == "master" else own.parent
    place = Path((not at and os.environ.get("SMALL_FIT")) or folder / f"{name}.nc")
    with FileLock(f"{place}.lock"):
        if not place.is_file():
            wr.fit(model, draws=1000, tune=1000, chains=4, progressbar=False, **at).save(place)
    return wr.open_posterior(place)


@pytest.fixture(scope="session")
def posterior(
    small: wr.Model, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> wr.Posterior:
    """The fit of the small model."""
    return _shared_fit(small, "small", tmp_path_factory, worker_id)


@pytest.fixture(scope="session")
def earlier(
    small: wr.Model, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> wr.Posterior:
    """Its fit a month earlier."""
    return _shared_fit(small, "earlier", tmp_path_factory, worker_id, as_of="2023-11")
