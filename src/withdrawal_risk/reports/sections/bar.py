"""The head of a page: whose question it is, until when, and what made the answer."""

from __future__ import annotations

from withdrawal_risk.language import words_of
from withdrawal_risk.reports.ingredients import Findings

__all__ = ["dates", "fingerprint"]


def dates(found: Findings, lang: str) -> list[tuple[str, str]]:
    """Return the months of the evidence and the deadline, and the day of the report."""
    words, horizon = words_of(lang), found.posterior.model.spec.time.horizon
    left = (horizon.last_day - found.made_on).days
    if left > 0:
        remaining = words.report["days_left"].format(days=words.days(left))
    elif left == 0:
        remaining = words.report["deadline_today"]
    else:
        remaining = words.report["deadline_passed"].format(days=words.days(-left))
    return [
        (words.report["evidence_until"], words.month(found.posterior.as_of)),
        (words.report["deadline"], f"{words.month(horizon)} ({remaining})"),
        (words.report["made_on"], words.day(found.made_on)),
    ]


def fingerprint(found: Findings, lang: str) -> str:
    """Say which model, library and seed made the answer."""
    from withdrawal_risk import __version__

    model = found.posterior.model
    return (
        words_of(lang)
        .report["fingerprint"]
        .format(
            model=model.id, digest=model.digest[:12], version=__version__, seed=found.random_seed
        )
    )
