"""What a model file expects before any evidence, beside what stands in it: rows and conditions that look like slips.

Worked out in NumPy alone, so that a file is judged in a second or two without compiling anything.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.dynamics.equation import sweep
from withdrawal_risk.errors import FileProblem
from withdrawal_risk.families import FAMILIES
from withdrawal_risk.inference import measurement
from withdrawal_risk.inference.alignment import Block, align_evidence
from withdrawal_risk.inference.parameters import Frame, build_frame
from withdrawal_risk.inference.posterior import path_inputs
from withdrawal_risk.model.document import Document, Path_
from withdrawal_risk.model.evidence import EvidenceRow, place_of
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.spec import All, Any_, Clause
from withdrawal_risk.model.timeline import Day, Window
from withdrawal_risk.random import generator
from withdrawal_risk.simulation.conditions import clause_holds, months_of, tree_holds

__all__ = ["Finding", "review"]

Array = NDArray[np.float64]

_DRAWS: Final = 2000
_FEWEST_DRAWS: Final = 200
_NUMBERS: Final = 40_000_000
"""Of a network so large that its levels or its evidence would be more numbers than this, fewer are drawn."""

_NAMED: Final = 6
"""Rows that are named one by one."""

_MOST_COMPARED: Final = 300
"""Indicators that are compared two by two: the first of a larger file, by name."""
_SEED: Final = 1

_FAR: Final = 4.0
"""Standard deviations of what is expected beyond which a row is named: by chance fewer than one in 10,000."""

_CERTAIN: Final = 10.0
"""Beyond so many, and by at least `_MANYFOLD`, it is a fault: the posterior would be of another world."""

_MANYFOLD: Final = 50.0

_NEAR: Final = math.log(2)
"""Log ratio to the median within which a slip explains a figure."""

_RARE: Final = 1e-3
"""Probability of a grade, or of a yes or no, below which its row is named."""

_BETTER: Final = 3.0
"""Gain of the log evidence, to 20 times, from which another polarity is suggested."""

_ALIKE: Final = 0.98
_TOGETHER: Final = 3
"""Correlation of two indicators, over at least so many common spans, from which they look like one tally."""

_SLOW, _AHEAD = 10.0, 60
"""Half-lives and months ahead beyond which nothing known today matters."""

_AT_ONCE: Final = 0.1
"""Months: a half-life below this leaves nothing of last month."""

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


@dataclass(frozen=True)
class Finding:
    """Something in a model folder that may be read, and is probably not meant.

    Parameters
    ----------
    problem : FileProblem
    certain : bool
        Whether it is a fault; else it is a warning.
    """

    problem: FileProblem
    certain: bool = False

    def __str__(self) -> str:
        problem = self.problem
        place = f"{problem.path}: " if problem.path else ""
        kind = "error" if self.certain else "warning"
        return f"{problem.file}:{problem.line}:{problem.column}: {kind}: {place}{problem.message}"


@dataclass(frozen=True, eq=False)
class _Prior:
    """Draws of everything from the prior, from the start to the horizon.

    Parameters
    ----------
    frame : Frame
    draws : dict of str to ndarray, shape (draw, ...)
    level : ndarray, shape (draw, month, factor)
    """

    frame: Frame
    draws: dict[str, Array]
    level: Array

    @property
    def count(self) -> int:
        """Draws."""
        return len(self.level)


# Ranges so wide that expected values overflow are named row by row.
@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def review(model: Model, *, file: str = "model.yaml", evidence_file: str = "evidence.csv") -> list[Finding]:
    """Compare a model's evidence and conditions with what the file itself expects of them.

    Draws of the prior must give numbers everywhere: levels, expected values and densities. Every row is held against its
    prior predictive law; conditions are asked in futures before any evidence; rows that overlap, events that the ``as_of`` hides and indicators that repeat each other are named.

    Parameters
    ----------
    model : Model
    file, evidence_file : str
        Names of its two files in messages.

    Returns
    -------
    list of Finding
        By file and position.
    """
    prior = _prior(model)
    document = Document.parse(model.model_text, file)
    broken = [(document.problem(path, message), True) for path, message in _not_numbers(model, prior)]
    if broken:
        # What is no number can be held against nothing.
        return [Finding(problem, certain) for problem, certain in sorted(set(broken))]
    of_file = [*_file_warnings(model), *_conditions(model, prior)]
    located = [(document.problem(path, message), False) for path, message in of_file]
    far = list(_rows(model, prior))
    # What is a slip already says nothing of polarities.
    named = {row.id for row, _, _ in far}
    lines = (model.evidence_text or "").splitlines()
    for row, message, certain in (*far, *_overlaps(model), *_tallies(model), *_polarities(model, prior, named)):
        line, column = place_of(lines, row, "value")
        located.append((FileProblem(evidence_file, line, column, "value", message), certain))
    return [Finding(problem, certain) for problem, certain in sorted(set(located))]


def _prior(model: Model) -> _Prior:
    window = Window(model.spec.time.start, model.spec.time.horizon)
    frame = build_frame(model, window)
    asked = sum(len(row.months()) for row in model.evidence)
    largest = max(len(window) * len(frame.structure.factors), asked, 1)
    count = min(max(_NUMBERS // largest, _FEWEST_DRAWS), _DRAWS)
    draws = {name: prior.draw(_SEED, count) for name, prior in frame.priors.items()}
    inputs = path_inputs(model, frame, draws, model.as_of, window)
    # The structural equation itself, each of its numbers an array of draws.
    level = np.zeros((len(window), len(frame.structure.factors), 1, count))
    level[0, :, 0] = np.where(inputs.clamped[0], inputs.given[0], inputs.start).T
    draws_last = inputs._replace(
        phi=inputs.phi.T,
        weight=inputs.weight.T,
        own_scale=inputs.own_scale.T,
        drive=inputs.drive.transpose(1, 2, 0),
        innovation=inputs.innovation.transpose(1, 2, 0)[:, :, None],
        given=inputs.given[:, :, None],
    )
    sweep(level, 1, draws_last)
    return _Prior(frame, draws, level[:, :, 0].transpose(2, 0, 1))


def _not_numbers(model: Model, prior: _Prior) -> Iterator[tuple[Path_, str]]:
    """Yield what of the file gives no finite numbers, or densities that are 0 nearly everywhere: no fit could begin there."""
    frame = prior.frame
    for j, name in enumerate(frame.structure.factors):
        bad = _share_of_bad(prior.level[:, :, j])
        if bad:
            yield (
                ("policies" if name in model.spec.policies else "factors", name),
                f"its level is no finite number in {bad} draws of the prior; narrow its ranges and those of its causes",
            )
            return
    broken = set()
    for k, (name, _) in enumerate(frame.indicators):
        mean = measurement.monthly_value(frame, prior.draws, k, prior.level[:, :, int(frame.measured[k])])
        if bad := _share_of_bad(mean):
            broken.add(name)
            yield (
                ("indicators", name),
                f"its expected value overflows in {bad} draws of the prior; narrow at_reference and what a level changes",
            )
    for block in _blocks(model, frame):
        density = measurement.log_likelihood(frame, block, prior.draws, prior.level)
        for r, k in enumerate(block.indicator):
            name = frame.indicators[k][0]
            if name not in broken and (np.isnan(density[:, r]).any() or not np.isfinite(density[:, r]).any()):
                broken.add(name)
                yield (
                    ("indicators", name),
                    f"evidence row {block.ids[r]} has no density in draws of the prior; check the figure and widen error",
                )


def _share_of_bad(values: Array) -> str:
    """Say in how many draws any number is not finite; nothing where all are."""
    bad = int((~np.isfinite(values)).reshape(len(values), -1).any(axis=1).sum())
    return f"{bad:,} of {len(values):,}" if bad else ""


def _blocks(model: Model, frame: Frame) -> tuple[Block, ...]:
    """Return all rows within the horizon, as if all had been published.

    A stated error that is relative to the figure says nothing where the figure itself is in doubt; it counts up to 1.
    """
    blocks = align_evidence(frame, model.evidence, max((row.published for row in model.evidence), default=model.as_of))
    return tuple(
        block if block.family == "normal" else replace(block, se=np.minimum(block.se, 1.0)) for block in blocks
    )


def _rows(model: Model, prior: _Prior) -> Iterator[tuple[EvidenceRow, str, bool]]:
    """Yield rows far from what the file expects of them, what kind of slip that looks like, and whether it is certain."""
    by_id = {row.id: row for row in model.evidence}
    for block in _blocks(model, prior.frame):
        rng = generator(_SEED, "review", block.family)
        expected = measurement.predict(prior.frame, block, prior.draws, prior.level, rng)
        for r, name in enumerate(block.ids):
            row, drawn = by_id[name], expected[:, r]
            if FAMILIES[block.family].free_of_error:
                share = float((drawn == row.value).mean())
                if share < _RARE:
                    item = model.spec.indicators[row.indicator]
                    shown = item.grades[int(row.value)] if item.family == "ordinal" else ("no", "yes")[int(row.value)]
                    yield (
                        row,
                        f"row {row.id}: {shown!r} has a probability of {share:.2g} in the file's own prior",
                        False,
                    )
                continue
            if not np.isfinite(FAMILIES[block.family].link_scale(drawn)).all():
                yield (
                    row,
                    f"row {row.id}: the ranges of {row.indicator} let expected values overflow; narrow them",
                    False,
                )
                continue
            low, middle, high = np.quantile(drawn, [0.05, 0.5, 0.95])
            ends = FAMILIES[block.family].link_scale(np.array([low, middle, high, row.value]))
            spread = max((ends[2] - ends[0]) / 3.29, 1e-12)
            distance = abs(ends[3] - ends[1]) / spread
            if distance <= _FAR:
                continue
            message = _slip(block.family, row, drawn, low, high)
            many = max(abs(row.value), 1e-300) / max(abs(middle), 1e-300)
            yield row, message, bool(distance > _CERTAIN and max(many, 1 / many) >= _MANYFOLD)


def _slip(family: str, row: EvidenceRow, drawn: Array, low: float, high: float) -> str:
    """Say how a row differs from what is expected, and what would explain it."""
    value = f"row {row.id}: {row.value:,.10g}"
    if not row.stated and row.low is not None and row.high is not None:
        value = f"row {row.id}: {row.low:,.10g} to {row.high:,.10g}"
    middle = float(np.median(drawn))
    span = f"({_short(low)} to {_short(high)})"
    single = len(row.months()) == 1
    for factor, how, question in (*_SLIPS, *(_SPANS if single and family in ("count", "normal", "lognormal") else ())):
        explained = row.value * factor
        if middle and explained / middle > 0 and abs(math.log(explained / middle)) < _NEAR:
            in_one = " in one month" if (factor, how, question) in _SPANS else ""
            return f"{value}{in_one} is {how} what the file expects {span}; {question}"
    direction = "above" if row.value > high else "below"
    return f"{value} is far {direction} what the file expects {span}; check the figure, its unit, and the indicator's ranges"


def _short(value: float) -> str:
    """Write a number with three digits that count, as people do."""
    if value == 0:
        return "0"
    digits = max(2 - math.floor(math.log10(abs(value))), 0)
    return f"{round(value, 2 - math.floor(math.log10(abs(value)))):,.{digits}f}"


def _overlaps(model: Model) -> Iterator[tuple[EvidenceRow, str, bool]]:
    by_indicator: dict[str, dict[tuple[Day, Day], list[EvidenceRow]]] = defaultdict(lambda: defaultdict(list))
    for row in model.evidence:
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
                        f"note: rows {ids} all speak of {last.indicator}, {last.start} to {last.end}; they count as independent "
                        "reports. Of a figure and its revision keep one"
                    ),
                    False,
                )
        # Of the spans that have begun, the one that reaches furthest overlaps whatever begins before its end.
        reaching: EvidenceRow | None = None
        for alike in sorted(spans.values(), key=lambda rows: (rows[0].start.first, rows[0].end.last)):
            row = alike[0]
            if reaching is not None and row.start.first <= reaching.end.last:
                yield (
                    row,
                    f"rows {reaching.id} and {row.id} overlap: a month would count twice; keep one, or split the longer",
                    False,
                )
            if reaching is None or row.end.last > reaching.end.last:
                reaching = row


def _tallies(model: Model) -> Iterator[tuple[EvidenceRow, str, bool]]:
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
        values = np.array([
            FAMILIES[model.spec.indicators[name].family].link_scale(np.array([shown[name][span].value for span in common]))
            for name in (a, b)
        ])  # fmt: skip
        if (np.ptp(values, axis=1) > 0).all() and abs(np.corrcoef(values)[0, 1]) > _ALIKE:
            yield shown[b][common[0]], f"{a} and {b} move together and share a source; they count as two looks", False


def _polarities(model: Model, prior: _Prior, left_out: set[str]) -> Iterator[tuple[EvidenceRow, str, bool]]:
    """Find indicators whose rows agree far better with all about them under the other polarity.

    Evidence about a factor, its causes and its effects is compared with what the prior expects of it, taken as jointly normal.
    """
    frame, graph = prior.frame, model.network
    by_id = {row.id: row for row in model.evidence}
    measures = {name: item.measures for name, item in frame.indicators}

    def predicted(of: Frame) -> dict[str, Array]:
        found: dict[str, Array] = {}
        for block in _blocks(model, of):
            rng = generator(_SEED, "review", block.family)
            drawn = measurement.predict(of, block, prior.draws, prior.level, rng)
            found |= dict(zip(block.ids, FAMILIES[block.family].link_scale(drawn).T, strict=True))
        return found

    other = replace(
        frame,
        indicators=tuple((n, item.model_copy(update={"polarity": -item.polarity})) for n, item in frame.indicators),
    )
    as_written, turned = predicted(frame), predicted(other)
    shown = {
        name: float(
            FAMILIES[model.spec.indicators[by_id[name].indicator].family].link_scale(np.array([by_id[name].value]))[0]
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
        own = [name for name in about if by_id[name].indicator == indicator]
        if not own or len(about) < _TOGETHER or len(about) > prior.count // 20:
            continue
        value = np.array([shown[name] for name in about])
        plain = _log_normal(value, np.array([as_written[name] for name in about]))
        flipped = _log_normal(value, np.array([(turned if name in own else as_written)[name] for name in about]))
        if flipped - plain > _BETTER:
            sign = "+" if frame.polarity[frame.coords["indicator"].index(indicator)] > 0 else "-"
            against = "-" if sign == "+" else "+"
            yield (
                by_id[own[0]],
                (
                    f"the rows of {indicator} ({', '.join(own[:6])}{', ...' if len(own) > 6 else ''}) contradict each other or those "
                    f"near them under polarity {sign!r}: under {against!r} all evidence about {factor} and its neighbours is "
                    f"{_times(flipped - plain)} as likely. Check the polarity"
                ),
                False,
            )


def _times(gain: float) -> str:
    return f"{math.exp(gain):,.0f} times" if gain < 14 else "more than a million times"


def _log_normal(value: Array, sample: Array) -> float:
    """Return the log density of a value under the normal law with the moments of a sample, shape (value, draw)."""
    covariance = np.cov(sample) + 1e-9 * np.diag(sample.var(axis=1) + 1e-12)
    factor = np.linalg.cholesky(covariance)
    standard = np.linalg.solve(factor, value - sample.mean(axis=1))
    return float(-0.5 * standard @ standard - np.log(np.diag(factor)).sum())


def _conditions(model: Model, prior: _Prior) -> Iterator[tuple[Path_, str]]:
    """Yield conditions that say nothing: always met, never met, or known already."""
    spec, window = model.spec, prior.frame.window
    for name, condition in spec.conditions.items():
        place, leaves = ("conditions", name), list(_leaves(condition.tree, ("conditions", name)))
        if all(window.index(spec.time.as_of) >= months_of(leaf, window)[1] for _, leaf in leaves):
            yield place, f"its months have passed by {spec.time.as_of}: it is known, not forecast"
            continue
        truths = {id(leaf): clause_holds(spec, leaf, _values(prior, leaf)) for _, leaf in leaves}
        met = int(tree_holds(condition.tree, truths, False, (prior.count, 1)).sum())
        if met in (0, prior.count):
            yield place, _says_nothing(met, prior.count)
            continue
        for at, leaf in leaves:
            # A clause on a policy alone is given, and may well be met for certain.
            met = int(truths[id(leaf)].sum())
            if met in (0, prior.count) and leaf.factor not in spec.policies:
                yield at, _says_nothing(met, prior.count)


def _says_nothing(met: int, count: int) -> str:
    often = "met in every one" if met else "met in none"
    return f"{often} of {count:,} futures before any evidence: it says nothing; check its bounds and units"


def _leaves(tree: All | Any_ | Clause, place: Path_) -> Iterator[tuple[Path_, Clause]]:
    """Yield the clauses of a tree with their places in the file."""
    if isinstance(tree, Clause):
        yield place, tree
        return
    kind, parts = ("all", tree.all) if isinstance(tree, All) else ("any", tree.any)
    for number, part in enumerate(parts):
        yield from _leaves(part, (*place, kind, number))


def _values(prior: _Prior, leaf: Clause) -> Array:
    """Return what a clause looks at in futures before any evidence, shape (draw, month, 1)."""
    frame = prior.frame
    first, last = months_of(leaf, frame.window)
    first = max(first, 0)
    if leaf.indicator is None:
        return prior.level[:, first : last + 1, frame.structure.factors.index(leaf.factor or ""), None]
    k = frame.coords["indicator"].index(leaf.indicator)
    level = prior.level[:, first : last + 1, int(frame.measured[k])]
    family = frame.indicators[k][1].family
    cuts = measurement.grade_cuts(frame, prior.draws, k)[:, None, :] if FAMILIES[family].has_cuts else None
    error = measurement.indicator_error(frame, prior.draws)[:, k, None]
    mean = measurement.monthly_value(frame, prior.draws, k, level)
    return FAMILIES[family].draw(mean, error, generator(_SEED, "review", leaf.indicator), cuts)[:, :, None]


def _file_warnings(model: Model) -> Iterator[tuple[Path_, str]]:
    spec = model.spec
    time = spec.time
    slowest = max(factor.half_life.mean for factor in spec.factors.values())
    ahead = time.horizon - time.as_of
    if ahead > max(_AHEAD, _SLOW * slowest):
        yield (
            ("time", "horizon"),
            f"{ahead / 12:.0f} years ahead every level is at its long-run law, whatever is known today",
        )
    for name, factor in spec.factors.items():
        if factor.half_life.mean < _AT_ONCE:
            yield (
                ("factors", name, "half_life"),
                f"a mean of {factor.half_life.mean:.3g} months answers at once: nothing of a month is left in the next",
            )
    for name, event in spec.events.items():
        if event.known > time.as_of:
            yield (
                ("events", name, "from" if event.published is None else "published"),
                (
                    f"known only from {event.known}, so it does not count as of {time.as_of}; if it was announced before, say when "
                    "with published"
                ),
            )
    for name, policy in spec.policies.items():
        for number, stretch in enumerate(policy.path):
            if stretch.value < 0 < policy.reference:
                yield (
                    ("policies", name, "path", number, "value"),
                    (
                        f"{stretch.value:,.10g} {policy.unit['en']}: below 0, while the reference is {policy.reference:,.10g}; is it a change "
                        "where a value is meant?"
                    ),
                )
