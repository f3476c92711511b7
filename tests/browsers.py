"""A Chromium to look at pages with, where one is installed."""

from __future__ import annotations

import os
import shutil
from typing import Final

import pytest

__all__ = ["CHROMIUM", "needs_chromium"]

CHROMIUM: Final = shutil.which("chromium") or shutil.which("google-chrome")
"""Its command."""

# Where tests decide whether a change lands, a browser that is missing is a fault and not a reason
# to look away.
needs_chromium: Final = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"),
    reason="no Chromium is installed: pages are not looked at",
)
