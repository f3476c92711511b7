"""Fits of the small model asked as if parts of them had been different."""

from __future__ import annotations

from typing import Any

import withdrawal_risk as wr
from withdrawal_risk.model.library import Model

__all__ = ["CALM", "variant", "with_text"]

CALM = """\
      - {factor: gaps, statistic: mean, last: 3, at_most: medium}
      - {indicator: incidents, statistic: total, last: 3, at_most: 45}
"""
"""The clauses of its condition `calm`."""


def variant(posterior: wr.Posterior, **fields: Any) -> wr.Posterior:
    """Return another posterior with the same fields, but for some."""
    own = {name: getattr(posterior, name) for name in ("tree", "model", "as_of", "settings")}
    return wr.Posterior(**own | fields)


def with_text(posterior: wr.Posterior, *changes: tuple[str, str]) -> wr.Posterior:
    """Return a posterior whose model file holds other conditions, levers or scenarios."""
    text = posterior.model.model_text
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    model = Model.from_texts(text, posterior.model.evidence_text)
    return variant(posterior, model=model)
