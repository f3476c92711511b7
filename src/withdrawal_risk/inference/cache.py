"""Fits, and answers drawn from them, kept on disk by the content of what they were made from."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from withdrawal_risk.files import write_beside
from withdrawal_risk.model.library import Model

__all__ = ["cache_folder", "code_key", "fit_key", "fit_path", "remembered"]

_BEHIND_A_FIT: Final = ("families.py", "poisson.py", "evidence.py", "dynamics", "inference", "model")


def cache_folder() -> Path:
    """Return ``$WITHDRAWAL_RISK_CACHE``, else the user's cache folder."""
    given = os.environ.get("WITHDRAWAL_RISK_CACHE")
    base = os.environ.get("XDG_CACHE_HOME")
    return Path(given) if given else (Path(base) if base else Path.home() / ".cache") / "withdrawal-risk"


def _digest(code: tuple[str, ...], content: Any) -> str:
    """Digest parts of the library's code together with JSON-ready content."""
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode())
    for name in code:
        place = package / name
        for file in [place] if place.is_file() else sorted(place.glob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:24]


def fit_key(model: Model, settings: dict[str, Any]) -> str:
    """Return a digest of the code behind a fit, both model files and every setting."""
    return _digest(_BEHIND_A_FIT, [model.digest, settings])


def code_key() -> str:
    """Return a digest of the code behind fits and questions; what was worked out by other code is another thing."""
    return _digest((*_BEHIND_A_FIT, "queries"), None)


def fit_path(model: Model, settings: dict[str, Any]) -> Path:
    """Return where the fit with these settings is kept."""
    return cache_folder() / f"{model.id}-{fit_key(model, settings)}.nc"


def remembered(fit: Path, question: dict[str, Any], answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return the answer to a question about a kept fit, working it out only the first time.

    Parameters
    ----------
    fit : Path
        As from `fit_path`; its name stands for everything behind the fit.
    question : dict
        JSON-ready; everything the answer depends on besides the fit and the code that answers and writes it.
    answer : callable
        Works the answer out, as JSON-ready data.
    """
    kept = fit.with_suffix(f".{_digest(('queries', 'cli.py'), question)}.json")
    if fit.is_file() and kept.is_file():
        found: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        return found
    fresh = answer()
    write_beside(kept, lambda at: at.write_text(json.dumps(fresh), encoding="utf-8"))
    return fresh
