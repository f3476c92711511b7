"""Fits kept on disk by the content of what they were made from."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from withdrawal_risk.model.library import Model

__all__ = ["cache_folder", "fit_key", "fit_path"]


def cache_folder() -> Path:
    """Return ``$WITHDRAWAL_RISK_CACHE``, else the user's cache folder."""
    given = os.environ.get("WITHDRAWAL_RISK_CACHE")
    base = os.environ.get("XDG_CACHE_HOME")
    return Path(given) if given else (Path(base) if base else Path.home() / ".cache") / "withdrawal-risk"


def fit_key(model: Model, settings: dict[str, Any]) -> str:
    """Return a digest of the library's code, both model files and every setting of the fit."""
    package = Path(__file__).resolve().parents[1]
    code = hashlib.sha256()
    for name in ("families.py", "evidence.py", "dynamics", "inference", "model"):
        place = package / name
        for file in [place] if place.is_file() else sorted(place.glob("*.py")):
            code.update(file.read_bytes())
    text = json.dumps([code.hexdigest(), model.digest, settings], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def fit_path(model: Model, settings: dict[str, Any]) -> Path:
    """Return where the fit with these settings is kept."""
    return cache_folder() / f"{model.id}-{fit_key(model, settings)}.nc"
