"""Fits of the small model asked as if parts of its file that no fit depends on had been others."""

from __future__ import annotations

import withdrawal_risk as wr
from withdrawal_risk.model.library import Model

__all__ = ["CALM", "with_text"]

CALM = """\
      - {factor: gaps, statistic: mean, last: 3, at_most: medium}
      - {indicator: incidents, statistic: total, last: 3, at_most: 45}
"""
"""The clauses of its condition `calm`."""


def with_text(posterior: wr.Posterior, *changes: tuple[str, str]) -> wr.Posterior:
    """Return a posterior whose model file holds other conditions, levers or scenarios."""
    text = posterior.model.model_text
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    model = Model.from_texts(text, posterior.model.evidence_text)
    return wr.Posterior(
        tree=posterior.tree, model=model, as_of=posterior.as_of, settings=posterior.settings
    )
