"""A page loads nothing from elsewhere: what would is a warning, which ends the build."""

from __future__ import annotations

import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util import logging

_LOG = logging.getLogger(__name__)

_LOADED = re.compile(
    r"<(?:script|img|iframe|source|audio|video|embed)\b[^>]*?\bsrc=[\"']((?:https?:)?//[^\"']+)"
    r"|<link\b(?=[^>]*\brel=[\"'](?:stylesheet|preload|prefetch|preconnect|icon|shortcut icon))"
    r"[^>]*?\bhref=[\"']((?:https?:)?//[^\"']+)"
    r"|(?:@import\s+|url\()[\"']?((?:https?:)?//[^\"')]+)"
)


def remote(text: str) -> list[str]:
    """Return the addresses elsewhere from which a page or a style sheet loads something."""
    return [next(filter(None, found.groups())) for found in _LOADED.finditer(text)]


def _check(app: Sphinx, error: Exception | None) -> None:
    if error is None:
        for place in sorted(Path(app.outdir).rglob("*")):
            if place.suffix in {".html", ".css"}:
                for address in remote(place.read_text(encoding="utf-8")):
                    _LOG.warning("%s loads %s", place.relative_to(app.outdir), address)


def setup(app: Sphinx) -> dict[str, bool]:
    """Look at every page when all are written."""
    app.connect("build-finished", _check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
