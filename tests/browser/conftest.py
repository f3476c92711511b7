"""A browser, and the pages that it opens."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.hostile import hostile
from tests.browser.needs import chromium
from tests.browser.visits import visiting

import withdrawal_risk as wr

Visit = Callable[..., Page]

MADE_ON = date(2024, 1, 15)


# Here and not in a fixture, so that what is missing is said once for all tests.
def pytest_runtest_setup() -> None:
    chromium()


# Of a module and not of the session: while it is open, an event loop runs in this thread, in which
# tests of other files would not find their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    place = chromium()
    with sync_playwright() as driver:
        # Tests run as root in containers, where Chromium refuses to start in its sandbox.
        opened = driver.chromium.launch(executable_path=place, args=["--no-sandbox"])
        yield opened
        opened.close()


def _written(
    name: str,
    make: Callable[[], wr.Posterior],
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
) -> Path:
    """Return a report written by the first process of the session that asks for it."""
    own = tmp_path_factory.getbasetemp()
    place = (own if worker_id == "master" else own.parent) / f"{name}.html"
    with FileLock(f"{place}.lock"):
        if not place.is_file():
            wr.report(make(), place, lang="both", made_on=MADE_ON)
    return place


@pytest.fixture(scope="session")
def page_file(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Path:
    """The report of the small model in both languages; another page where `REPORT` names one."""
    if other := os.environ.get("REPORT"):
        return Path(other).resolve()
    return _written(
        "page", lambda: request.getfixturevalue("posterior"), tmp_path_factory, worker_id
    )


@pytest.fixture(scope="session")
def hostile_file(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Path:
    """The report of a model whose every text attacks the page that shows it."""
    return _written(
        "hostile",
        lambda: hostile(request.getfixturevalue("posterior")),
        tmp_path_factory,
        worker_id,
    )


@pytest.fixture
def visit(browser: Browser, page_file: Path) -> Iterator[Visit]:
    """Opens the report; what the page said, threw or asked for is looked at after the test."""
    with ExitStack() as stack:
        yield lambda part="", **settings: stack.enter_context(
            visiting(browser, page_file, part, **settings)
        )
