"""Supposing that something is learnt: weights of draws and futures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.arguments import month_of, name_of
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.elements.timeline import Month, MonthLike
from withdrawal_risk.errors import ArgumentError, ModelFileError, did_you_mean
from withdrawal_risk.families import family_of
from withdrawal_risk.inference.alignment import (
    Block,
    align_evidence,
    published_limits,
    published_spans,
    published_values,
)
from withdrawal_risk.inference.measurement import log_likelihood
from withdrawal_risk.inference.parameters import Frame
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.model.evidence import EvidenceRow
from withdrawal_risk.model.evidence_file import parsed_row
from withdrawal_risk.simulation.futures import Futures
from withdrawal_risk.simulation.learnt import Learnt
from withdrawal_risk.simulation.worlds import horizon_window

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ESS_LIMIT",
    "KEYS",
    "KHAT_LIMIT",
    "Observation",
    "Observed",
    "SeenLevel",
    "is_trusted",
    "observation_of",
    "pareto_k",
]

Array = NDArray[np.float64]

ESS_LIMIT = 100
"""Effective draws below which Pareto k itself cannot be estimated."""

_BOUNDED: Final = 10.0
"""Times their mean below which weights make no tail: that many draws count as one at worst."""

KHAT_LIMIT = 0.7
"""Pareto k above which importance weights are not to be trusted (Vehtari et al., JMLR 25, 2024)."""


def is_trusted(khat: float, ess: float) -> bool:
    """Say whether importance weights may be trusted, by Pareto k and the effective draws."""
    return khat <= KHAT_LIMIT and ess >= ESS_LIMIT


@dataclass(frozen=True, kw_only=True)
class SeenLevel:
    """A factor whose mean over some months is learnt to have a named level.

    Parameters
    ----------
    factor, level : str
    first, last : Month
    """

    factor: str
    level: str
    first: Month
    last: Month


@dataclass(frozen=True, kw_only=True)
class Observation:
    """What is learnt.

    Parameters
    ----------
    rows : tuple of EvidenceRow
        Of indicators, as evidence has them.
    levels : tuple of SeenLevel
        Of factors.
    """

    rows: tuple[EvidenceRow, ...]
    levels: tuple[SeenLevel, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The indicators and factors that it names."""
        every = (*(row.indicator for row in self.rows), *(seen.factor for seen in self.levels))
        return tuple(dict.fromkeys(every))

    def subjects(self, posterior: Posterior) -> set[int]:
        """Return the positions of the factors it speaks of, themselves or through an indicator."""
        frame = posterior.frame
        measured = {frame.measured_by(row.indicator) for row in self.rows}
        return measured | {frame.structure.factors.index(seen.factor) for seen in self.levels}

    def learnt(self, posterior: Posterior) -> Learnt:
        """Return what is learnt of indicators."""
        frame, window = posterior.frame, horizon_window(posterior)
        known = frame, self.rows, window.last
        return Learnt(
            values={
                k: {window.index(month): shown.value for month, shown in by_month.items()}
                for k, by_month in published_values(*known).items()
            },
            spans={
                k: {(window.index(a), window.index(b)): mean for (a, b), mean in by_span.items()}
                for k, by_span in published_spans(*known).items()
            },
            limits={
                k: [(window.index(a), window.index(b), most) for a, b, most in limits]
                for k, limits in published_limits(*known).items()
            },
        )

    def log_weight(self, posterior: Posterior, futures: Futures) -> Array:
        """Return the log likelihood of what is learnt, shape (draw, future).

        -inf where it did not happen.
        """
        total, window = np.zeros(futures.shape), horizon_window(posterior)
        for seen in self.levels:
            node = posterior.model.spec.factors[seen.factor]
            # The stretches between cuts are half-open, so that every level has exactly one name.
            edges = (-math.inf, *node.cuts, math.inf)
            place = node.level_place(seen.level)
            assert place is not None
            j = posterior.frame.structure.factors.index(seen.factor)
            months = window.index(seen.first), window.index(seen.last)
            level = futures.level(j, *months).mean(axis=1)
            total[(level <= edges[place]) | (level > edges[place + 1])] = -np.inf
        frame = replace(posterior.frame, window=window)
        for block in align_evidence(frame, self.rows, window.last):
            if block.family.has_memory:
                # Months before and after follow from the same luck, so it came about or not.
                _exclude(total, block, futures)
            else:
                total += _of_rows(frame, block, futures)
        return total


def _exclude(total: Array, block: Block, futures: Futures) -> None:
    """Let futures weigh nothing in which a state is not what it was seen to be."""
    for row, month, counts in zip(block.cell_row, block.cell_month, block.cell_share, strict=True):
        if counts:
            shown = futures.value(int(block.indicator[row]), int(month), int(month))[:, 0]
            total[shown != block.value[row]] = -np.inf


def _of_rows(frame: Frame, block: Block, futures: Futures) -> Array:
    """Return the log likelihood of the rows of a family in every future, shape (draw, future)."""
    last = int(block.cell_month.max())
    factors = sorted({int(frame.measured[k]) for k in block.indicator})
    held = {j: futures.level(j, 0, last) for j in factors}
    draws, count = futures.shape
    level = np.zeros((draws, last + 1, len(frame.structure.factors)))
    total = np.empty((draws, count))
    # A row reads the levels of all its months, so that futures are gone through one by one.
    for future in range(count):
        for j, several in held.items():
            level[:, :, j] = several[:, :, future]
        density = log_likelihood(frame, block, futures.part.unknowns, level)
        total[:, future] = density.sum(axis=1)
    return total


type Observed = Mapping[str, float | str] | Sequence[Mapping[str, Any]] | pd.DataFrame
"""What is learnt: values by name, of one month, or rows as evidence has them."""


def observation_of(
    posterior: Posterior, observed: Observed, month: MonthLike | None
) -> Observation:
    """Read what a user supposes to learn.

    Parameters
    ----------
    observed : mapping of indicator or factor to value, or rows
        As in `observe`.
    month : str, Month or date, optional
        Of values that are given by name.

    Raises
    ------
    ArgumentError
        For an unknown name, a value outside the family's range, months outside the model's, or a
        value that is evidence already.
    """
    if isinstance(observed, Mapping):
        if month is None:
            raise ArgumentError("month is missing; say when it would be observed")
        at = month_of(month, "month")
        # What is given by name is a row of one month.
        rows: list[Mapping[str, Any]] = [
            {
                "level"
                if name_of(name, "observed") in posterior.model.spec.factors
                else "value": v,
                "name": name,
                "start": at,
            }
            for name, v in observed.items()
        ]
    else:
        rows = _rows_of(observed)
        if month is not None:
            raise ArgumentError(f"month is {month}, but rows have their own months; leave it out")
    if not rows:
        raise ArgumentError("nothing is observed; name an indicator or factor and its value")
    seen, levels = list[EvidenceRow](), list[SeenLevel]()
    for number, row in enumerate(rows, start=1):
        where = "" if isinstance(observed, Mapping) else f"row {number}: "
        found = _learnt_row(posterior, row, number, where)
        if isinstance(found, SeenLevel):
            levels.append(found)
        else:
            _refuse_known(posterior, found)
            _refuse_shared(found, seen, where)
            seen.append(found)
    return Observation(rows=tuple(seen), levels=tuple(levels))


def _rows_of(observed: object) -> list[Mapping[str, Any]]:
    """Return rows that are given as a table or as a list of mappings.

    Raises
    ------
    ArgumentError
        If they are neither.
    """
    to_dict = getattr(observed, "to_dict", None)
    listed = to_dict("records") if to_dict is not None else observed
    if not isinstance(listed, list | tuple) or not all(isinstance(r, Mapping) for r in listed):
        raise ArgumentError(
            f"observed is {quoted(observed)}; write values by name and month=..., or a list of "
            "rows such as {'name': 'incidents', 'start': '2025-10', 'end': '2025-12', 'value': 30}"
        )
    return [{key: value for key, value in row.items() if not _is_empty(value)} for row in listed]


def _is_empty(value: object) -> bool:
    """Say whether a cell of a table holds nothing."""
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


KEYS: Final = ("name", "start", "end", "value", "low", "high", "se", "grade", "level")
"""Of a row of what is learnt."""


def _learnt_row(
    posterior: Posterior, row: Mapping[str, Any], number: int, where: str
) -> EvidenceRow | SeenLevel:
    """Read one row of what is learnt.

    Raises
    ------
    ArgumentError
    """
    spec = posterior.model.spec
    for key in row:
        if key not in KEYS:
            near = did_you_mean(str(key), KEYS)
            raise ArgumentError(f"{where}{quoted(key)} is not a key; {near}")
    name = name_of(row.get("name"), f"{where}name")
    first, last = _months_of(posterior, row, where)
    if name in spec.factors:
        names = spec.factors[name].level_names
        level = row.get("level")
        if set(row) & {"value", "low", "high", "se", "grade"} or level not in names:
            raise ArgumentError(
                f"{where}{name}: a factor is never seen as a number; learn one of "
                f"{', '.join(map(repr, names))}, or the value of an indicator of it"
            )
        return SeenLevel(factor=name, level=str(level), first=first, last=last)
    if name not in spec.indicators:
        raise ArgumentError(
            f"{where}{quoted(name)} is neither an indicator nor a factor; "
            f"{did_you_mean(name, [*spec.indicators, *spec.factors])}"
        )
    if "level" in row:
        raise ArgumentError(f"{where}{name}: level goes with factors; write a value")
    cells = {
        "id": f"learnt {number}",
        "indicator": name,
        "start": str(first),
        "end": str(last),
        "published": str(last),
        "grade": str(row.get("grade", "A")),
        "source": "supposed",
    }
    try:
        # Written out, so that it is read and refused as evidence is.
        return parsed_row(cells | _numbers(spec.indicators[name], row), spec)
    except ModelFileError as error:
        raise ArgumentError(f"{where}{name}: {error.problems[0].message}") from None
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"{where}{name}: {error}") from None


def _months_of(posterior: Posterior, row: Mapping[str, Any], where: str) -> tuple[Month, Month]:
    """Return the first and last month of a row."""
    if "start" not in row:
        raise ArgumentError(f"{where}start is missing; write the first month")
    window, first = horizon_window(posterior), month_of(row["start"], f"{where}start")
    last = month_of(row.get("end", first), f"{where}end")
    if last < first:
        raise ArgumentError(f"{where}end {last} is before start {first}")
    if not window.first <= first <= last <= window.last:
        raise ArgumentError(
            f"{where}month {first if first == last else f'{first} to {last}'} is outside "
            f"{window.first} to {window.last}, the months that this fit holds"
        )
    return first, last


def _numbers(item: IndicatorBase, row: Mapping[str, Any]) -> dict[str, str]:
    """Return what a row says of its value as cells of evidence.

    Raises
    ------
    ValueError
        If the indicator cannot show it.
    """
    cells = {key: repr(float(row[key])) for key in ("low", "high", "se") if key in row}
    if "value" in row:
        value = family_of(item).parse(item, row["value"])
        cells["value"] = row["value"] if isinstance(row["value"], str) else repr(value)
    return cells


def _refuse_known(posterior: Posterior, learnt: EvidenceRow) -> None:
    """Refuse to learn again what a row of evidence says.

    Another value for its months is a second report.
    """
    for row in posterior.model.evidence_at(posterior.as_of):
        if (row.indicator, row.months(), row.value) == (
            learnt.indicator,
            learnt.months(),
            learnt.value,
        ):
            raise ArgumentError(
                f"{row.indicator} of {_span(row)} is known already, from evidence row {row.id!r}; "
                "nothing is learnt twice"
            )


def _refuse_shared(learnt: EvidenceRow, before: Sequence[EvidenceRow], where: str) -> None:
    """Refuse rows of one indicator that share months: what they say together may have no split."""
    months = {month for month, _ in learnt.months()}
    for row in before:
        if row.indicator != learnt.indicator:
            continue
        shared = sorted(months & {month for month, _ in row.months()})
        if shared:
            raise ArgumentError(
                f"{where}{learnt.indicator} of {shared[0]} is learnt twice, over {_span(row)} and "
                f"{_span(learnt)}; give rows that share no month"
            )


def _span(row: EvidenceRow) -> str:
    return str(row.start) if row.month is not None else f"{row.start} to {row.end}"


def pareto_k(log_weight: Array) -> float:
    """Return the Pareto shape of the largest importance weights.

    Infinite where it cannot be estimated.
    """
    from arviz_stats.base import array_stats

    finite = np.sort(log_weight[np.isfinite(log_weight)])
    if len(finite) < 25:
        return math.inf
    # How far the largest weights, of which a tail is made, lie apart.
    apart = finite[-1] - finite[-max(len(finite) // 50, 5)]
    # Many draws that tie for the largest weight bound it: there is no tail to fear, and none to
    # fit.
    if apart < 1e-12:
        return -math.inf
    # ArviZ takes log likelihoods to leave out, so weights enter with their sign turned.
    # It also smooths them, which overflows where the shape is absurd; the smoothed ones are not
    # used.
    with np.errstate(over="ignore"):
        shape = float(array_stats.psislw(-finite)[1])
    if math.isnan(shape):
        # Weights of a few values, such as shares of a draw's futures, have no fit either; where
        # none is far above their mean none is needed.
        largest = len(log_weight) / np.exp(finite - finite[-1]).sum()
        return -math.inf if largest < _BOUNDED else math.inf
    return shape
