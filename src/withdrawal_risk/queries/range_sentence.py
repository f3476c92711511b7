"""The range of what a different reasonable analyst would say, in a sentence."""

from __future__ import annotations

from withdrawal_risk.language.base import Language
from withdrawal_risk.language.numbers import interval

__all__ = ["range_sentence"]


def range_sentence(low: float, high: float, of: str, words: Language) -> str:
    """Say what a different reasonable analyst would say, and what was moved for it.

    Empty where nothing could be moved.
    """
    if not of:
        return ""
    thresholds, groups = "thresholds" in of.split(), [g for g in of.split() if g != "thresholds"]
    moved = [words.sentences["moved_thresholds"]] if thresholds else []
    if groups:
        named = words.series(words.groups[group] for group in groups)
        moved.append(words.sentences["moved_groups"].format(groups=named))
    return words.say(
        "other_analyst", interval=interval(low, high, words.code), moved=words.series(moved)
    )
