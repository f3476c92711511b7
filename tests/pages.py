"""What stands in a page of Markdown."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["commands", "fences", "headings"]


def fences(page: Path, language: str) -> list[str]:
    """Return the blocks of code in a language."""
    return re.findall(
        rf"^```{language}\n(.*?)^```",
        page.read_text(encoding="utf-8"),
        flags=re.MULTILINE | re.DOTALL,
    )


def commands(page: Path) -> list[str]:
    """Return the commands that a reader is told to type."""
    return [line for block in fences(page, "console") for line in block.splitlines()]


def headings(page: Path) -> list[tuple[int, str]]:
    """Return rank and text of every heading outside blocks of code."""
    text = re.sub(
        r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    return [(len(marks), words) for marks, words in re.findall(r"^(#+) (.*)$", text, re.MULTILINE)]
