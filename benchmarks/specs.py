"""Model files as plain data, for benchmarks that change them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

import withdrawal_risk as wr

__all__ = ["FIRST_EDITION", "spec_of", "text_of"]

FIRST_EDITION = Path(__file__).parent / "first_edition"
"""iraq-2025 as it was first: without drift and without states."""


def spec_of(model: wr.Model) -> dict[str, Any]:
    """Return what a model file says, as plain data."""
    found: dict[str, Any] = YAML(typ="safe").load(model.model_text)
    return found


def text_of(spec: dict[str, Any]) -> str:
    """Return plain data as the text of a model file."""
    written, yaml = io.StringIO(), YAML()
    yaml.width = 10_000
    # The same object in two places is written twice: a model file has no anchors.
    yaml.representer.ignore_aliases = lambda _: True
    yaml.dump(spec, written)
    return written.getvalue()
