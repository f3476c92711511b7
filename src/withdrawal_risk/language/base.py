"""What every language says: the words of answers, tables, plots and the report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, Protocol

__all__ = ["Language"]

_DATE: Final = re.compile(
    # What is isolated is a number or a code, and is passed over.
    "\u2066[^\u2069]*\u2069"
    # A month or a day that is no part of a path, an id or a longer number. Other alphabets
    # may stand before it, as the Arabic "and" does.
    r"|(?<![A-Za-z0-9_/\\.:\[-])([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?(?![\w/\\-]|\.\w)"
)
_SIGNS: Final = ("+", "-", "−", "×")


class _Month(Protocol):
    """A calendar month, as `Month` is."""

    @property
    def first_day(self) -> date:
        """First day of the month."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Language:
    """A language that answers are given in; every language is one file of this folder.

    Templates are filled in by `str.format`. All languages have the same keys, and their templates
    the same fields; a test compares them.

    Parameters
    ----------
    code : str
        ISO 639-1.
    name, own_name : str
        In English, and in itself.
    right_to_left : bool
    percent, below, above : str
        A percentage, and one that is said to lie below or above a bound.
    from_to : str
        A range.
    month_names, short_month_names : tuple of str
        The months of a year, in sentences and on axes.
    month_format, day_format : str
        A month of a year, and a day.
    dates_by_name : bool
        Whether sentences and tables write months by name; otherwise they write ISO 8601.
    nouns : mapping
        What is counted: by the category of its number, as `plural` names it, a number and its noun.
        ``other`` is there always, and stands for what is missing.
    plural : callable
        The category of a number in the grammar of the language, as CLDR names them: ``one``,
        ``two``, ``few``, ``many``, ``other``.
    isolate : str
        Sets off a signed number or a code, where the direction of the text would turn it.
    part_of : str
        So many of a number of things.
    comma, semicolon, or_ : str
        Between the parts of a list.
    series_comma, and_ : str
        Between the parts of a series, and before the last of them.
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
    check_names : mapping
        Names of the checks, by their id.
    checks : mapping
        Findings of `check`.
    tables, plots, report : mapping
        Headings and labels.
    live : mapping
        The part of the report that answers questions.
    """

    code: str
    name: str
    own_name: str
    right_to_left: bool
    percent: str
    below: str
    above: str
    from_to: str
    month_names: tuple[str, ...]
    short_month_names: tuple[str, ...]
    month_format: str
    day_format: str
    dates_by_name: bool
    nouns: Mapping[str, Mapping[str, str]]
    plural: Callable[[int], str]
    isolate: str
    part_of: str
    comma: str
    semicolon: str
    series_comma: str
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
    check_names: Mapping[str, str]
    checks: Mapping[str, str]
    tables: Mapping[str, str]
    plots: Mapping[str, str]
    report: Mapping[str, str]
    live: Mapping[str, str]

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

    def month(self, month: _Month) -> str:
        """Write a month by name.

        Examples
        --------
        >>> from withdrawal_risk.language import words_of
        >>> words_of("en").month(wr.Month.parse("2026-09"))
        'September 2026'
        """
        return self._named(month.first_day, self.month_format, self.month_names)

    def month_short(self, month: _Month) -> str:
        """Write a month by its short name, for axes: ``Sep 2026``."""
        return self._named(month.first_day, self.month_format, self.short_month_names)

    def day(self, day: date) -> str:
        """Write a day with its month by name: ``5 September 2026``."""
        return self._named(day, self.day_format, self.month_names)

    @staticmethod
    def _named(day: date, template: str, names: tuple[str, ...]) -> str:
        return template.format(day=day.day, month=names[day.month - 1], year=day.year)

    def with_names_of_months(self, text: str) -> str:
        """Replace every ISO month and day of a text by its name.

        What belongs to a path, an id or a code stays, and so does what no calendar has.
        """
        return _DATE.sub(self._name_of, text)

    def _name_of(self, found: re.Match[str]) -> str:
        year, month, day = found.groups()
        if year is None:
            return found[0]
        try:
            when = date(int(year), int(month), int(day or 1))
        except ValueError:
            return found[0]
        template = self.month_format if day is None else self.day_format
        return self._named(when, template, self.month_names)

    def with_dates(self, text: str) -> str:
        """Write the dates of a text as this language does in sentences and tables."""
        return self.with_names_of_months(text) if self.dates_by_name else text

    def with_sign(self, number: str) -> str:
        """Keep the sign of a number on its left, inside text that runs from the right, too."""
        # A number without a sign reads alike in both directions and needs no marks.
        return self.code_text(number) if number.startswith(_SIGNS) else number

    def code_text(self, text: str) -> str:
        """Keep a code, an id or a path in one piece, inside text that runs from the right, too."""
        return self.isolate.format(text=text)

    def counted(self, count: int | str, noun: str) -> str:
        """Write a number of things, with the noun in the form that the number asks for.

        Parameters
        ----------
        count : int or str
            A number, or one that is written already, such as ``1.5`` or ``+12``.
        noun : str
            A key of `nouns`.

        Examples
        --------
        >>> from withdrawal_risk.language import words_of
        >>> words_of("en").counted(1, "month"), words_of("en").counted(12, "month")
        ('1 month', '12 months')
        """
        forms, written = self.nouns[noun], count if isinstance(count, str) else f"{count:,}"
        digits = written.replace(",", "")
        # Fractions have the form of no whole number, and a sign is shown with its number.
        kind = self.plural(int(digits)) if digits.isdecimal() else "other"
        if kind == "other" and (whole := digits.strip("\u2066\u2069+−-")).isdecimal():
            kind = self.plural(int(whole))
            kind = kind if "{number}" in forms.get(kind, "") else "other"
        return forms.get(kind, forms["other"]).format(number=written)

    def months(self, count: int) -> str:
        """Write a stretch of so many months, as after "within"."""
        return self.counted(count, "month")

    def days(self, count: int) -> str:
        """Write a stretch of so many days, as after "within"."""
        return self.counted(count, "day")

    def out_of(self, part: int, whole: int, noun: str) -> str:
        """Write a natural frequency: ``12 of 100 futures``."""
        return self.part_of.format(part=f"{part:,}", whole=self.counted(whole, noun))

    def listed(self, items: Iterable[str]) -> str:
        """Join the parts of a list."""
        return self.comma.join(items)

    def one_of(self, labels: Iterable[str]) -> str:
        """Join labels of which any may be meant."""
        return self.or_.join(self.quote.format(text=label) for label in labels)

    def series(self, items: Iterable[str]) -> str:
        """Join the parts of a list with "and" before the last; nothing where there are none."""
        parts = list(items)
        if len(parts) < 2:
            return "".join(parts)
        return f"{self.series_comma.join(parts[:-1])}{self.and_}{parts[-1]}"
