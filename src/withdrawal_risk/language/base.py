"""What every language says: the words of answers, tables, plots and the report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["Language"]

_DATE: Final = re.compile(r"(?<![\d\u200e-])\d{4}-\d{2}(?:-\d{2})?(?!\d)")
"""A month or a day that has no mark before it yet."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Language:
    """A language that answers are given in; every language is one file of this folder.

    Templates are filled in by `str.format`. All languages have the same keys, and their templates
    the same fields; a test compares them.

    Parameters
    ----------
    code : str
        ISO 639-1.
    name : str
        In English.
    right_to_left : bool
    percent, below, above : str
        A percentage, and one that is said to lie below or above a bound.
    points, points_short : str
        A difference in percentage points, in sentences and in tables.
    from_to : str
        A range.
    months, days : callable
        Write a stretch of so many months or days, as after "within".
    sign_marks : str
        Stand before a number with a sign or a date, where the direction of the text would turn it.
    comma, semicolon, and_, or_ : str
        Between the parts of a list.
    arrow : str
        From a cause to an effect.
    quote : str
        Sets off a label inside a sentence.
    names : mapping
        Names of what no model file names.
    levels : mapping
        The five named levels.
    statistics : mapping
        What a clause tests, of something that has a name.
    methods : mapping
        Who forecasts, in a back test.
    icd_203 : tuple of (float, str)
        Upper end (excluded) and word of a probability.
    interval : mapping
        What a credible interval is made of.
    sentences : mapping
        Answers.
    judgements : mapping
        What an elicited range is of.
    groups : mapping
        Kinds of judgements, and what a different analyst may judge otherwise.
    forms : mapping
        What experts are asked, and what a form says of itself.
    explanation : mapping
        A model in sentences.
    exports : mapping
        What a file for another program says of itself.
    checks : mapping
        Findings of `check`.
    tables, plots, report : mapping
        Headings and labels.
    """

    code: str
    name: str
    right_to_left: bool
    percent: str
    below: str
    above: str
    points: str
    points_short: str
    from_to: str
    months: Callable[[int], str]
    days: Callable[[int], str]
    sign_marks: str
    comma: str
    semicolon: str
    and_: str
    or_: str
    arrow: str
    quote: str
    names: Mapping[str, str]
    levels: Mapping[str, str]
    statistics: Mapping[str, str]
    methods: Mapping[str, str]
    icd_203: tuple[tuple[float, str], ...]
    interval: Mapping[str, str]
    sentences: Mapping[str, str]
    judgements: Mapping[str, str]
    groups: Mapping[str, str]
    forms: Mapping[str, str]
    explanation: Mapping[str, str]
    exports: Mapping[str, str]
    checks: Mapping[str, str]
    tables: Mapping[str, str]
    plots: Mapping[str, str]
    report: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Language({self.code!r})"

    @property
    def direction(self) -> str:
        """The direction of the text in HTML: ``ltr`` or ``rtl``."""
        return "rtl" if self.right_to_left else "ltr"

    @property
    def side(self) -> Literal["left", "right"]:
        """The side on which reading begins."""
        return "right" if self.right_to_left else "left"

    def say(self, sentence: str, **values: object) -> str:
        """Return a sentence with its fields filled in."""
        return self.with_dates(self.sentences[sentence].format(**values))

    def with_dates(self, text: str) -> str:
        """Keep the parts of dates in their order, inside text that runs from the right, too."""
        # Without a mark before it, 2024-06 after an Arabic word is shown as 06-2024.
        return _DATE.sub(rf"{self.sign_marks}\g<0>", text) if self.sign_marks else text

    def with_sign(self, number: str) -> str:
        """Keep the sign of a number on its left, inside text that runs from the right, too."""
        # A number without a sign reads alike in both directions and needs no marks.
        return f"{self.sign_marks}{number}" if number[:1] in ("+", "-", "−") else number

    def listed(self, items: Iterable[str]) -> str:
        """Join the parts of a list."""
        return self.comma.join(items)

    def one_of(self, labels: Iterable[str]) -> str:
        """Join labels of which any may be meant."""
        return self.or_.join(self.quote.format(text=label) for label in labels)

    def series(self, items: Iterable[str]) -> str:
        """Join the parts of a list with "and" before the last."""
        *first, last = items
        return f"{self.comma.join(first)}{self.and_}{last}" if first else last
