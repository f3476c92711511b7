"""What browser tests need of the machine, and what is said where it is missing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final, NoReturn

import pytest

from withdrawal_risk.errors import WithdrawalRiskError
from withdrawal_risk.reports.printing import find_browser

__all__ = ["chromium", "java", "missing", "node_module", "tool"]

ROOT: Final = Path(__file__).parents[2]


def missing(what: str) -> NoReturn:
    """Skip a test and say why; in CI, where everything is installed, fail it."""
    if os.environ.get("CI"):
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


def chromium() -> str:
    """Return the path of an installed Chromium."""
    try:
        found = shutil.which(find_browser())
    except WithdrawalRiskError:
        found = None
    return found or missing("browser tests need Chromium, and none is installed")


def tool(name: str, package: str) -> str:
    """Return the path of a command."""
    return shutil.which(name) or missing(f"{name} is not installed (package {package})")


def java() -> str:
    """Return the path of a Java that runs."""
    return tool("java", "default-jre-headless")


def node_module(path: str) -> Path:
    """Return a file that ``npm ci`` installs."""
    file = ROOT / "node_modules" / path
    return file if file.is_file() else missing(f"{path} is missing from node_modules: npm ci")
