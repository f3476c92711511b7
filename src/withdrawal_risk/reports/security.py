"""What a page may load and run: nothing but what it was made with."""

from __future__ import annotations

import base64
import hashlib

__all__ = ["policy"]


def policy(style: str, *scripts: str, workers: bool = False) -> str:
    """Return the Content-Security-Policy of a page with one style sheet and some scripts.

    Parameters
    ----------
    style : str
    *scripts : str
    workers : bool
        Whether a script starts workers from a text of the page, which nothing but these scripts
        can make.
    """
    parts = ["default-src 'none'", f"style-src {_digest(style)}", "img-src data:"]
    if scripts:
        parts.append(f"script-src {' '.join(map(_digest, scripts))}")
    if workers:
        parts.append("worker-src blob:")
    return "; ".join([*parts, "base-uri 'none'", "form-action 'none'"])


def _digest(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
