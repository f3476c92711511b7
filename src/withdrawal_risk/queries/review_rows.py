"""Evidence rows that look like slips: far from what the file expects, doubled, turned around."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.elements.timeline import Day
from withdrawal_risk.families import Family, family_of
from withdrawal_risk.inference import measurement
from withdrawal_risk.inference.parameters import Frame
from withdrawal_risk.language import words_of
from withdrawal_risk.model.evidence import EvidenceRow
from withdrawal_risk.model.library import Model
from withdrawal_risk.queries.prior_draws import SEED, PriorDraws, all_blocks
from withdrawal_risk.random import generator

__all__ = [
    "doubtful_looks",
    "doubtful_polarities",
    "overlapping_rows",
    "repeated_indicators",
    "unlikely_rows",
]

Array = NDArray[np.float64]

_NAMED: Final = 6
"""Rows that are named one by one."""

_MOST_COMPARED: Final = 300
"""Indicators that are compared two by two: the first of a larger file, by name."""

_FAR: Final = 4.0
"""Standard deviations beyond which a row is named: by noise alone fewer than one in 10,000."""

_CERTAIN: Final = 10.0
"""Beyond so many, and by at least `_MANYFOLD`, it is a fault: the posterior would be of another
world."""

_MANYFOLD: Final = 50.0

_NEAR: Final = math.log(2)
"""Log ratio to the median within which a slip explains a value."""

_RARE: Final = 1e-3
"""Probability of a grade, or of a yes or no, below which its row is named."""

_BETTER: Final = 3.0
"""Gain of the log evidence, to 20 times, from which another polarity is suggested."""

_ALIKE: Final = 0.98
_TOGETHER: Final = 3
"""Correlation of two indicators, over at least so many common spans, from which they look like one
tally."""

_SLIPS: Final = (
    (1e3, "about a thousandth of", "is it in thousands?"),
    (1e6, "about a millionth of", "is it in millions?"),
    (1e-3, "about a thousand times", "has it a thousand too many?"),
    (1e-6, "about a million times", "has it a million too many?"),
    (1e2, "about a hundredth of", "was it divided by a hundred once too often?"),
    (1e-2, "about a hundred times", "is it a percentage where a share is meant?"),
)
_SPANS: Final = (
    (1 / 3, "about three times", "if it is a quarter's total, give its first and last month"),
    (1 / 12, "about twelve times", "if it is a year's total, give its first and last month"),
)


def unlikely_rows(model: Model, prior: PriorDraws) -> Iterator[tuple[EvidenceRow, str, bool]]:
    """Yield rows far from what the file expects, with the likely slip and whether it is certain."""
    by_id = {row.id: row for row in model.evidence}
    for block in all_blocks(model, prior.frame):
        rng = generator(SEED, "review", block.family.name)
        expected = measurement.predict(prior.frame, block, prior.draws, prior.level, rng)
        for r, name in enumerate(block.ids):
            row, drawn = by_id[name], expected[:, r]
            # Families without an error show categories, or yes and no. Such values have no distance
            # from what is expected, only a probability.
            if not block.family.has_error or row.value in drawn[drawn == 0]:
                if (message := _rare(model, row, drawn)) is not None:
                    yield row, message, False
                continue
            if not np.isfinite(block.family.link_scale(drawn)).all():
                yield (
                    row,
                    f"row {row.id}: the ranges of {row.indicator} let expected values overflow; "
                    "narrow them",
                    False,
                )
                continue
            # The middle 90 % of a normal law spans 3.29 standard deviations. Quantiles rather than
            # moments, because a few draws from wide tails could hide a slip.
            low, middle, high = np.quantile(drawn, [0.05, 0.5, 0.95])
            ends = block.family.link_scale(np.array([low, middle, high, row.value]))
            spread = max((ends[2] - ends[0]) / 3.29, 1e-12)
            distance = abs(ends[3] - ends[1]) / spread
            if distance <= _FAR:
                continue
            message = _slip(block.family, row, drawn, low, high)
            # Narrow ranges put ordinary values many standard deviations away; a fault must be far
            # off as a ratio too.
            many = max(abs(row.value), 1e-300) / max(abs(middle), 1e-300)
            yield row, message, bool(distance > _CERTAIN and max(many, 1 / many) >= _MANYFOLD)


def _rare(model: Model, row: EvidenceRow, drawn: Array) -> str | None:
    """Say that a category, or a yes or no, has hardly any probability; None where it has."""
    share = float((drawn == row.value).mean())
    if share >= _RARE:
        return None
    item = model.spec.indicators[row.indicator]
    shown = family_of(item).in_words(row.value, item, words_of("en"))
    return f"row {row.id}: {shown!r} has a probability of {share:.2g} in the file's own prior"


def _slip(family: Family[Any], row: EvidenceRow, drawn: Array, low: float, high: float) -> str:
    """Say how a row differs from what is expected, and what would explain it."""
    value = f"row {row.id}: {row.value:,.10g}"
    if not row.stated and row.low is not None and row.high is not None:
        value = f"row {row.id}: {row.low:,.10g} to {row.high:,.10g}"
    middle = float(np.median(drawn))
    span = f"({_short(low)} to {_short(high)})"
    single = len(row.months()) == 1
    for factor, how, question in (*_SLIPS, *(_SPANS if single and family.can_total else ())):
        explained = row.value * factor
        if middle and explained / middle > 0 and abs(math.log(explained / middle)) < _NEAR:
            in_one = " in one month" if (factor, how, question) in _SPANS else ""
            return f"{value}{in_one} is {how} what the file expects {span}; {question}"
    direction = "above" if row.value > high else "below"
    return (
        f"{value} is far {direction} what the file expects {span}; check the value, its unit, and "
        "the indicator's ranges"
    )


def _short(value: float) -> str:
    """Write a number with three digits that count, as people do."""
    if value == 0:
        return "0"
    digits = max(2 - math.floor(math.log10(abs(value))), 0)
    return f"{round(value, 2 - math.floor(math.log10(abs(value)))):,.{digits}f}"


def overlapping_rows(model: Model) -> Iterator[tuple[EvidenceRow, str, bool]]:
    """Find rows of one indicator whose spans are the same or overlap."""
    by_indicator: dict[str, dict[tuple[Day, Day], list[EvidenceRow]]] = defaultdict(
        lambda: defaultdict(list)
    )
    revised = {name for row in model.evidence for name in row.replaces}
    for row in model.evidence:
        # A row and its revision are one report.
        if row.id not in revised:
            by_indicator[row.indicator][row.start, row.end].append(row)
    for spans in by_indicator.values():
        for alike in spans.values():
            if len(alike) > 1:
                ids = ", ".join(row.id for row in alike[:_NAMED]) + (
                    f" and {len(alike) - _NAMED} more" if len(alike) > _NAMED else ""
                )
                last = alike[-1]
                yield (
                    last,
                    (
                        f"note: rows {ids} are all about {last.indicator}, {last.start} to "
                        f"{last.end}; they count as independent "
                        "reports. Of a value and its revision, the one replaces the other"
                    ),
                    False,
                )
        # Of the spans that have begun, the one that reaches furthest overlaps whatever begins
        # before its end.
        reaching: EvidenceRow | None = None
        for alike in sorted(
            spans.values(), key=lambda rows: (rows[0].start.first, rows[0].end.last)
        ):
            row = alike[0]
            if reaching is not None and row.start.first <= reaching.end.last:
                yield (
                    row,
                    f"rows {reaching.id} and {row.id} overlap: a month would count twice; keep "
                    "one, or split the longer",
                    False,
                )
            if reaching is None or row.end.last > reaching.end.last:
                reaching = row


def repeated_indicators(model: Model) -> Iterator[tuple[EvidenceRow, str, bool]]:
    """Find indicators that move together and share a source."""
    shown: dict[str, dict[Any, EvidenceRow]] = defaultdict(dict)
    for row in model.evidence:
        shown[row.indicator][row.start, row.end] = row
    often = sorted(name for name, rows in shown.items() if len(rows) >= _TOGETHER)[:_MOST_COMPARED]
    for a, b in itertools.combinations(often, 2):
        common = sorted(shown[a].keys() & shown[b].keys(), key=lambda span: span[0].first)
        sources = [{row.source for row in shown[name].values()} for name in (a, b)]
        if len(common) < _TOGETHER or sources[0].isdisjoint(sources[1]):
            continue
        values = np.array(
            [
                family_of(model.spec.indicators[name]).link_scale(
                    np.array([shown[name][span].value for span in common])
                )
                for name in (a, b)
            ]
        )
        # A series that never changes has no correlation. Either sign counts: a tally and its
        # complement say the same.
        if (np.ptp(values, axis=1) > 0).all() and abs(np.corrcoef(values)[0, 1]) > _ALIKE:
            yield (
                shown[b][common[0]],
                f"{a} and {b} move together and share a source; they count as two looks",
                False,
            )


def doubtful_looks(model: Model) -> Iterator[tuple[EvidenceRow, str]]:
    """Yield, for every state, its first look whose grade or stated error changes nothing."""
    for name, item in model.spec.indicators.items():
        if not family_of(item).has_memory:
            continue
        looks = [row for row in model.evidence if row.indicator == name]
        without_effect = [row for row in looks if row.grade != "A" or row.se]
        if without_effect:
            ids = ", ".join(row.id for row in without_effect)
            yield (
                without_effect[0],
                f"looks at the state {name!r} are exact, so grade and se of {ids} change nothing; "
                "leave a doubtful look out",
            )


def doubtful_polarities(
    model: Model, prior: PriorDraws, left_out: set[str]
) -> Iterator[tuple[EvidenceRow, str, bool]]:
    """Find indicators whose rows agree far better with all about them under the other polarity.

    Evidence about a factor, its causes and its effects is compared with what the prior expects of
    it, taken as jointly normal.
    """
    frame, graph = prior.frame, model.network
    by_id = {row.id: row for row in model.evidence}
    measures = {name: item.measures for name, item in frame.indicators}

    def predicted(of: Frame) -> dict[str, Array]:
        found: dict[str, Array] = {}
        for block in all_blocks(model, of):
            # The same random numbers under both polarities, so that only the polarity makes a
            # difference.
            rng = generator(SEED, "review", block.family.name)
            drawn = measurement.predict(of, block, prior.draws, prior.level, rng)
            found |= dict(zip(block.ids, block.family.link_scale(drawn).T, strict=True))
        return found

    # All polarities are turned in one frame. A row's prediction depends on its own indicator alone,
    # so those of one indicator can be taken from here and all others from the file's frame.
    other = replace(
        frame,
        indicators=tuple(
            (n, item.model_copy(update={"polarity": -item.polarity}))
            for n, item in frame.indicators
        ),
    )
    as_written, turned = predicted(frame), predicted(other)
    shown = {
        name: float(
            family_of(model.spec.indicators[by_id[name].indicator]).link_scale(
                np.array([by_id[name].value])
            )[0]
        )
        for name in as_written
    }
    for indicator, factor in measures.items():
        near = {factor, *graph.predecessors(factor), *graph.successors(factor)}
        about = [
            name
            for name in as_written
            if name not in left_out
            and measures[by_id[name].indicator] in near
            and np.isfinite([as_written[name], turned[name]]).all()
        ]
        rows_of_indicator = [name for name in about if by_id[name].indicator == indicator]
        # The covariance of the rows comes from draws of the prior, which must be many more than the
        # rows.
        if not rows_of_indicator or len(about) < _TOGETHER or len(about) > prior.count // 20:
            continue
        value = np.array([shown[name] for name in about])
        plain = _log_normal(value, np.array([as_written[name] for name in about]))
        flipped = _log_normal(
            value,
            np.array(
                [(turned if name in rows_of_indicator else as_written)[name] for name in about]
            ),
        )
        if flipped - plain > _BETTER:
            sign = "+" if frame.polarity[frame.coords["indicator"].index(indicator)] > 0 else "-"
            against = "-" if sign == "+" else "+"
            listed = ", ".join(rows_of_indicator[:6]) + (
                ", ..." if len(rows_of_indicator) > 6 else ""
            )
            yield (
                by_id[rows_of_indicator[0]],
                f"the rows of {indicator} ({listed}) contradict each other or those near them "
                f"under polarity {sign!r}: under {against!r} all evidence about {factor} and its "
                f"neighbours is {_times(flipped - plain)} as likely. Check the polarity",
                False,
            )


def _times(gain: float) -> str:
    return f"{math.exp(gain):,.0f} times" if gain < 14 else "more than a million times"


def _log_normal(value: Array, sample: Array) -> float:
    """Return the log density under the normal distribution with the moments of a sample."""
    # A ridge far below every variance keeps the root real where rows almost repeat each other.
    # Constants of the density are left out: they cancel in differences.
    covariance = np.cov(sample) + 1e-9 * np.diag(sample.var(axis=1) + 1e-12)
    factor = np.linalg.cholesky(covariance)
    standard = np.linalg.solve(factor, value - sample.mean(axis=1))
    return float(-0.5 * standard @ standard - np.log(np.diag(factor)).sum())
