"""What a page may load and run: nothing but what it was made with."""

from __future__ import annotations

import base64
import hashlib

__all__ = ["policy"]


def policy(style: str, script: str = "") -> str:
    """Return the Content-Security-Policy of a page with one style sheet and at most one script."""
    parts = ["default-src 'none'", f"style-src {_digest(style)}", "img-src data:"]
    if script:
        parts.append(f"script-src {_digest(script)}")
    return "; ".join([*parts, "base-uri 'none'", "form-action 'none'"])


def _digest(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
