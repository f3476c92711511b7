"""What a model file expects before any evidence, beside what stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.elements.conditions import Clause, placed_clauses
from withdrawal_risk.errors import FileProblem
from withdrawal_risk.families.values import draw
from withdrawal_risk.inference.measurement import log_likelihood, measurement_of
from withdrawal_risk.model.clauses import clause_holds, clause_months, holds, node_of
from withdrawal_risk.model.document import Document, Path_
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.todos import TODO, is_todo
from withdrawal_risk.queries.prior_draws import SEED, PriorDraws, all_blocks, prior_draws
from withdrawal_risk.queries.review_rows import (
    doubtful_polarities,
    overlapping_rows,
    repeated_indicators,
    unlikely_rows,
)
from withdrawal_risk.random import generator
from withdrawal_risk.simulation.states import drawn

__all__ = ["Finding", "review"]

Array = NDArray[np.float64]

_SLOW, _AHEAD = 10.0, 60
"""Half-lives and months ahead beyond which nothing known today matters."""

_AT_ONCE: Final = 0.1
"""Months: a half-life below this leaves nothing of last month."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something in a model folder that cannot be used, or is probably not meant.

    Parameters
    ----------
    problem : FileProblem
        Where it is, and what to do.
    certain : bool
        Whether it is a fault; else it is a warning.
    note : bool
        Whether it is neither, but worth knowing.

    Examples
    --------
    >>> wr.validate("iraq-2025")[0].certain
    False
    """

    problem: FileProblem
    certain: bool = False
    note: bool = False

    def __str__(self) -> str:
        problem = self.problem
        place = f"{problem.path}: " if problem.path else ""
        kind = "error" if self.certain else "note" if self.note else "warning"
        message = problem.message
        if self.todo:
            kind, message = "todo", message.removeprefix(TODO).lstrip(": ")
        return f"{problem.file}:{problem.line}:{problem.column}: {kind}: {place}{message}"

    @property
    def todo(self) -> bool:
        """Whether it is an answer that is still to be written."""
        return is_todo(self.problem)


# Ranges so wide that expected values overflow are named row by row.
@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def review(
    model: Model, *, file: str = "model.yaml", evidence_file: str = "evidence.csv"
) -> list[Finding]:
    """Compare a model's evidence and conditions with what the file itself expects of them.

    Draws of the prior must give numbers everywhere: levels, expected values and densities. Every
    row is compared with its prior predictive distribution; conditions are evaluated in futures
    before any evidence; rows that overlap, events that the ``as_of`` hides and indicators that
    repeat each other are named.

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
    prior = prior_draws(model)
    document = Document.parse(model.model_text, file)
    broken = [
        (document.problem(path, message), True) for path, message in _not_numbers(model, prior)
    ]
    if broken:
        # Nothing can be compared with what is not a number.
        return _findings(broken)
    of_file = [*_file_warnings(model), *_conditions(model, prior)]
    located = [(document.problem(path, message), False) for path, message in of_file]
    far = list(unlikely_rows(model, prior))
    # A row that is a slip already says nothing about polarities.
    named = {row.id for row, _, _ in far}
    for row, message, certain in (
        *far,
        *overlapping_rows(model),
        *repeated_indicators(model),
        *doubtful_polarities(model, prior, named),
    ):
        problem = row.problem(evidence_file, "value", message)
        located.append((problem, certain))
    return _findings(located)


def _findings(located: Iterable[tuple[FileProblem, bool]]) -> list[Finding]:
    """Return findings in order, each once."""
    return [Finding(problem=problem, certain=certain) for problem, certain in sorted(set(located))]


def _not_numbers(model: Model, prior: PriorDraws) -> Iterator[tuple[Path_, str]]:
    """Yield what gives no finite numbers or no density, so that no fit could begin."""
    frame = prior.frame
    for j, name in zip(frame.structure.named, frame.factors, strict=True):
        bad = _share_of_bad(prior.level[:, :, j])
        # Overflow spreads to everything that the factor acts on, so the first factor is named
        # alone.
        if bad:
            yield (
                ("policies" if name in model.spec.policies else "factors", name),
                f"its level is no finite number in {bad} draws of the prior; narrow its ranges and "
                "those of its causes",
            )
            return
    broken = set()
    for k, (name, _) in enumerate(frame.indicators):
        shown = measurement_of(frame, prior.draws, k)
        mean = shown.expected(prior.level[:, :, shown.factor])
        if bad := _share_of_bad(mean):
            broken.add(name)
            yield (
                ("indicators", name),
                f"its expected value overflows in {bad} draws of the prior; narrow at_reference "
                "and what a level changes",
            )
    for block in all_blocks(model, frame):
        # Shape (draw, row). A value may be impossible in some draws, with a log density of -inf. In
        # all of them it leaves a fit no place to begin, and nan is a fault in any.
        density = log_likelihood(frame, block, prior.draws, prior.level)
        for r, k in enumerate(block.indicator):
            name = frame.indicators[k][0]
            if name not in broken and (
                np.isnan(density[:, r]).any() or not np.isfinite(density[:, r]).any()
            ):
                broken.add(name)
                yield (
                    ("indicators", name),
                    f"evidence row {block.ids[r]} has no density in draws of the prior; check the "
                    "value and widen error",
                )


def _share_of_bad(values: Array) -> str:
    """Say in how many draws any number is not finite; nothing where all are."""
    bad = int((~np.isfinite(values)).reshape(len(values), -1).any(axis=1).sum())
    return f"{bad:,} of {len(values):,}" if bad else ""


def _conditions(model: Model, prior: PriorDraws) -> Iterator[tuple[Path_, str]]:
    """Yield conditions that say nothing: always met, never met, or known already."""
    spec, window = model.spec, prior.frame.window
    for name, condition in spec.conditions.items():
        place: Path_ = ("conditions", name)
        leaves = list(placed_clauses(condition.tree, place))
        if all(
            window.index(spec.time.as_of) >= clause_months(leaf, window)[1] for _, leaf in leaves
        ):
            yield place, f"its months have passed by {spec.time.as_of}: it is known, not forecast"
            continue
        positions: dict[Clause, int] = {}
        tree = node_of(condition.tree, positions)
        met = [clause_holds(spec, leaf, _values(prior, leaf)) for leaf in positions]
        count = int(holds(tree, met, False, met[0].shape).sum())
        if count in (0, prior.count):
            yield place, _uninformative(count, prior.count)
            continue
        for at, leaf in leaves:
            # A clause on a policy alone is given, and may well be met for certain.
            count = int(met[positions[leaf]].sum())
            if count in (0, prior.count) and leaf.factor not in spec.policies:
                yield at, _uninformative(count, prior.count)


def _uninformative(met: int, count: int) -> str:
    often = "met in every one" if met else "met in none"
    return (
        f"{often} of {count:,} futures before any evidence: it says nothing; check its bounds and "
        "units"
    )


def _values(prior: PriorDraws, leaf: Clause) -> Array:
    """Return what a clause looks at in futures before any evidence, shape (draw, month, 1)."""
    frame = prior.frame
    first, last = clause_months(leaf, frame.window)
    # A clause over the last months may reach back beyond the first; a negative position would count
    # from the end.
    first = max(first, 0)
    if leaf.indicator is None:
        return prior.level[
            :, first : last + 1, frame.structure.factors.index(leaf.factor or ""), None
        ]
    k = frame.coords["indicator"].index(leaf.indicator)
    shown = measurement_of(frame, prior.draws, k)
    rng = generator(SEED, "review", leaf.indicator or "")
    if shown.family.has_memory:
        return drawn(shown, prior.level[:, : last + 1, shown.factor, None], rng)[:, first:]
    law = shown.distribution(prior.level[:, first : last + 1, shown.factor])
    return draw(shown.family, law, rng)[:, :, None]


def _file_warnings(model: Model) -> Iterator[tuple[Path_, str]]:
    spec = model.spec
    time = spec.time
    slowest = max(factor.half_life.mean for factor in spec.factors.values())
    ahead = time.horizon - time.as_of
    if ahead > max(_AHEAD, _SLOW * slowest):
        yield (
            ("time", "horizon"),
            f"{ahead / 12:.0f} years ahead every level is at its long-run law, whatever is known "
            "today",
        )
    for name, factor in spec.factors.items():
        if factor.half_life.mean < _AT_ONCE:
            yield (
                ("factors", name, "half_life"),
                f"a mean of {factor.half_life.mean:.3g} months answers at once: nothing of a month "
                "is left in the next",
            )
    for name, event in spec.events.items():
        if event.known > time.as_of:
            yield (
                ("events", name, "from" if event.published is None else "published"),
                (
                    f"known only from {event.known}, so it does not count as of {time.as_of}; if "
                    "it was announced before, say when "
                    "with published"
                ),
            )
    for name, policy in spec.policies.items():
        for number, stretch in enumerate(policy.path):
            if stretch.value < 0 < policy.reference:
                yield (
                    ("policies", name, "path", number, "value"),
                    (
                        f"{stretch.value:,.10g} {policy.unit['en']}: below 0, while the reference "
                        f"is {policy.reference:,.10g}; is it a change "
                        "where a value is meant?"
                    ),
                )
