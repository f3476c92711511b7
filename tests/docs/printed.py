"""What the Python of a page prints stands below it, as text: compared by a test, and written anew by

``python -m tests.docs.printed``.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]

PAGES: Final = [ROOT / "docs" / "concepts.md"]
"""Pages that show what they print."""

_BLOCK: Final = re.compile(
    r"^```python\n(?P<code>.*?)^```\n(?:\n```text\n(?P<shown>.*?)^```\n)?", re.MULTILINE | re.DOTALL
)


def shown(page: Path) -> list[str]:
    """Return what the page shows below each block, in their order."""
    return [found["shown"] or "" for found in _BLOCK.finditer(page.read_text(encoding="utf-8"))]


def printed(page: Path) -> list[str]:
    """Run the blocks one after the other, and return what each prints."""
    before, namespace, texts = Path.cwd(), {}, []
    with tempfile.TemporaryDirectory() as folder:
        for name in ("models", "examples"):
            (Path(folder) / name).symlink_to(ROOT / name)
        os.chdir(folder)
        try:
            for found in _BLOCK.finditer(page.read_text(encoding="utf-8")):
                with contextlib.redirect_stdout(io.StringIO()) as output:
                    exec(compile(found["code"], page.name, "exec"), namespace)
                texts.append(output.getvalue())
        finally:
            os.chdir(before)
    return texts


def write(page: Path) -> None:
    """Put what the blocks print below them."""
    texts = iter(printed(page))

    def renewed(found: re.Match[str]) -> str:
        text = next(texts)
        block = f"```python\n{found['code']}```\n"
        return f"{block}\n```text\n{text}```\n" if text else block

    page.write_text(_BLOCK.sub(renewed, page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    for page in PAGES:
        write(page)
