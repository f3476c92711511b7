"""Events to months: which of them count, and what a month of them comes to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.timeline import Month, month_range
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.exchange.download import Table

__all__ = ["among", "in_words", "monthly_sums", "naming"]

Mask = NDArray[np.bool_]


def among(
    table: Table, columns: Sequence[str], given: Sequence[str], option: str, allow_none: bool
) -> Mask:
    """Say which events one of some names stands for.

    Parameters
    ----------
    table : Table
    columns : sequence of str
        Any of these holds the name.
    given : sequence of str
        What a user wrote; capitals do not matter, and a former name in brackets may be left out.
    option : str
        What is chosen, for messages.
    allow_none : bool
        Whether a name may be nowhere.

    Raises
    ------
    ArgumentError
        If a name stands nowhere, with those that are alike.
    """
    mask = np.zeros(len(table), dtype=bool)
    for name in given:
        plain = name.casefold()
        found = np.zeros(len(table), dtype=bool)
        for test in (partial(_is, plain), partial(_is_now, plain)):
            for column in columns:
                found |= table.where(column, test)
            if found.any():
                break
        if not found.any() and not allow_none:
            valid = [text for column in columns for text in table.distinct(column)]
            raise ArgumentError(_nowhere(name, option, set(valid)))
        mask |= found
    return mask


def naming(
    table: Table, columns: Sequence[str], given: Sequence[str], option: str, allow_none: bool
) -> Mask:
    """Say which events hold one of some texts within a column; arguments as in `among`."""
    mask = np.zeros(len(table), dtype=bool)
    for name in given:
        found = np.zeros(len(table), dtype=bool)
        for column in columns:
            found |= table.where(column, partial(_holds, name.casefold()))
        if not found.any() and not allow_none:
            valid = {text for column in columns for text in table.distinct(column)}
            raise ArgumentError(_nowhere(name, option, valid))
        mask |= found
    return mask


def _is(plain: str, text: str) -> bool:
    return text.casefold() == plain


def _is_now(plain: str, text: str) -> bool:
    """Compare without a former name in brackets, as in Myanmar (Burma)."""
    return text.casefold().partition(" (")[0] == plain


def _holds(plain: str, text: str) -> bool:
    return plain in text.casefold()


def _nowhere(name: str, option: str, valid: set[str]) -> str:
    return (
        f"no event of the export has the {option} {quoted(name)}; {did_you_mean(name, valid)}. If "
        "the name is right and nothing happened there, write --allow-none (allow_none=True), and "
        "its months are 0"
    )


def monthly_sums(
    months: NDArray[np.int64], weights: NDArray[np.float64], first: Month, last: Month
) -> list[tuple[Month, float]]:
    """Return what every month from the first to the last comes to; those without events are 0.

    Events before the first month count in it, as those that began before a coverage and ended
    within it.
    """
    places = np.maximum(months - first.ordinal, 0)
    sums = np.bincount(places, weights=weights, minlength=last - first + 1)
    return [(month, float(total)) for month, total in zip(month_range(first, last), sums)]


def in_words(**chosen: Sequence[str]) -> str:
    """Say which events count, as in ``country Iraq or Syria, actor IS``."""
    return ", ".join(
        f"{name.replace('_', ' ')} {' or '.join(names)}" for name, names in chosen.items() if names
    )
