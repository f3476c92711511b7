"""What families have in common whose values are 0 for no and 1 for yes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.families.base import Axis, Family
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.language.base import Language

__all__ = ["YesOrNo"]

_WRITTEN: Final[Mapping[str, float]] = {
    **dict.fromkeys(("yes", "y", "true"), 1.0),
    **dict.fromkeys(("no", "n", "false"), 0.0),
    **{words.names["yes"].lower(): 1.0 for words in LANGUAGES.values()},
    **{words.names["no"].lower(): 0.0 for words in LANGUAGES.values()},
}
"""What people write for 0 and 1."""


class YesOrNo[I: IndicatorBase](Family[I]):
    """A family of answers: how they are read and written."""

    has_error = False
    whole = True
    axis: ClassVar[Axis] = "probability"
    support = (0.0, 1.0)

    def number_of_word(self, text: str) -> float | None:
        """Return 1 of a yes, 0 of a no."""
        return _WRITTEN.get(text.strip().lower())

    def reading_hint(self, text: str) -> str | None:
        """Turn a yes or no into a number where none is read."""
        number = self.number_of_word(text)
        return None if number is None else f"write {number:.0f}"

    def in_words(self, value: float, item: I, words: Language) -> str:
        """Return yes or no."""
        return words.names["yes" if value > 0.5 else "no"]

    def answer_in_words(self, *, at_least: bool, words: Language) -> str:
        """Return yes for a lower bound, no for an upper one."""
        return words.names["yes" if at_least else "no"]

    def value_fault(self, value: float, threshold: bool) -> str | None:
        """Say why a finite number cannot be shown."""
        if threshold and not 0 <= value <= 1:
            return f"{value:.10g} is outside 0 (no) to 1 (yes)"
        if not threshold and value not in (0.0, 1.0):
            return f"{value:.10g} is neither 0 (no) nor 1 (yes)"
        return None
