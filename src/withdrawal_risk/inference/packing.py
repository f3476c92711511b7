"""A model with its evidence as one flat array of words, which one machine code reads for any file.

A word has 8 bytes and holds an integer or a float. The words begin with a header of integers::

    0            LAYOUT, the number of this layout
    1            words in all
    2            words that are integers, header included; behind them come the floats
    3 to 15      the sizes in the order of `Sizes`

Behind it stand the arrays of `Problem` one after the other, each in C order: those of integers
first to last, then those of floats. Their shapes follow from the sizes. What belongs to a file is
data, its network as much as its evidence, so neither an edit nor another date makes other code.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.families.registry import COMPILED_FAMILIES
from withdrawal_risk.inference.priors import COMPILED_KINDS, SUPPORTS
from withdrawal_risk.inference.problem import (
    UNKNOWNS,
    Indicators,
    Network,
    Problem,
    Rows,
    States,
    Unknowns,
)
from withdrawal_risk.inference.states import NO_LOOK
from withdrawal_risk.machine_code import jitable

__all__ = ["HEADER", "LAYOUT", "Sizes", "Words", "check_packed", "pack", "read_sizes", "unpack"]

LAYOUT: Final = 4


class Sizes(NamedTuple):
    """How many there are of everything; all lengths follow from these.

    Parameters
    ----------
    unknown, factor, latent, inferred, drift, month, edge : int
    baseline, effect, indicator, row, cell, state : int
        Numbers sampled, all nodes, factors that are no policies, those with hidden parents counted
        too, factors with drift, months, edges, elicited baselines, effects of events, indicators,
        rows that the ``as_of`` sees, months they speak of, and states that last.
    """

    unknown: int
    factor: int
    latent: int
    inferred: int
    drift: int
    month: int
    edge: int
    baseline: int
    effect: int
    indicator: int
    row: int
    cell: int
    state: int


HEADER: Final = 3 + len(Sizes._fields)


Words = NDArray[np.int64]
"""A packed problem."""


def sizes_of(problem: Problem) -> Sizes:
    """Return how many there are of everything in a problem."""
    unknowns, network, indicators, rows, states = problem
    return Sizes(
        unknown=len(unknowns.location),
        factor=network.given.shape[1],
        latent=len(network.latent_factor),
        inferred=len(network.inferred_factor),
        drift=len(network.drift_latent),
        month=len(network.given),
        edge=len(network.edge_parent),
        baseline=len(network.baseline_factor),
        effect=len(network.effect_factor),
        indicator=len(indicators.measured),
        row=len(rows.value),
        cell=len(rows.cell_share),
        state=len(states.state_indicator),
    )


_FLOATS: Final = (
    *("constant", "location", "precision", "sign", "start_mean", "start_root", "given"),
    *("effect_active", "effect_age", "known_lasting", "known_share", "known_half_life"),
    *("polarity", "evidence_month", "value", "se", "grade", "cell_share"),
    "known_start",
)
"""The fields that are floats; the others are integers."""


def pack(problem: Problem) -> Words:
    """Write a problem into words.

    Raises
    ------
    ValueError
        If something in it points to what is not there.
    """
    fields = [(name, values) for part in problem for name, values in part._asdict().items()]
    integers = [np.ravel(values) for name, values in fields if name not in _FLOATS]
    floats = [np.ravel(values) for name, values in fields if name in _FLOATS]
    integer_count = HEADER + sum(len(values) for values in integers)
    word_count = integer_count + sum(len(values) for values in floats)
    header = np.array([LAYOUT, word_count, integer_count, *sizes_of(problem)])
    words = np.empty(word_count, dtype=np.int64)
    words[:integer_count] = np.concatenate([header, *integers])
    words[integer_count:].view(np.float64)[:] = np.concatenate(floats)
    check_packed(words)
    return words


@jitable
def _lengths(sizes: Sizes) -> tuple[int, int]:
    """Return how many words a problem of these sizes has, and how many of them are integers."""
    s = sizes
    integers = HEADER + 4 * len(UNKNOWNS)
    integers += s.latent + 3 * s.inferred + s.month * s.factor + s.factor + 1 + s.baseline
    integers += 3 * s.edge - s.drift + 3 * s.effect + 5 * s.drift + 6 * s.indicator + 1
    integers += 3 * s.row + 1 + s.cell + s.state * (3 + s.month)
    floats = 1 + 2 * s.unknown
    floats += s.edge - s.drift + s.inferred + s.inferred * s.inferred
    floats += s.month * (s.factor + 2 * s.effect) + s.effect + 2 * s.drift
    floats += s.indicator + s.indicator * s.month
    floats += 3 * s.row + s.cell + s.state
    return integers + floats, integers


@jitable
def read_sizes(words: Any) -> tuple[bool, Sizes]:
    """Return whether a header fits the words that it heads, and the sizes it gives."""
    none = Sizes(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    if len(words) < HEADER or words[0] != LAYOUT:
        return False, none
    for place in range(3, HEADER):
        # Larger numbers could overflow where they are multiplied.
        if words[place] < 0 or words[place] > 2**31:
            return False, none
    sizes = Sizes(
        words[3],
        words[4],
        words[5],
        words[6],
        words[7],
        words[8],
        words[9],
        words[10],
        words[11],
        words[12],
        words[13],
        words[14],
        words[15],
    )
    expected = _lengths(sizes)
    return expected[0] == len(words) == words[1] and expected[1] == words[2], sizes


@jitable
def _vector(array: Any, at: Any, place: int, size: int) -> Any:
    """Return the next ``size`` numbers of an array, and move on."""
    begin = at[place]
    at[place] = begin + size
    return array[begin : begin + size]


@jitable
def _matrix(array: Any, at: Any, place: int, rows: int, columns: int) -> Any:
    return _vector(array, at, place, rows * columns).reshape(rows, columns)


@jitable
def unpack(words: Any, sizes: Sizes) -> Problem:
    """Return views of the arrays of a problem; nothing is copied."""
    s, integers, floats = sizes, words, words.view(np.float64)
    # Where reading has come to, in the integers and in the floats.
    at = np.array([HEADER, words[2]])
    unknowns = Unknowns(
        _matrix(integers, at, 0, len(UNKNOWNS), 4),  # segment
        _vector(floats, at, 1, 1),  # constant
        _vector(floats, at, 1, s.unknown),  # location
        _vector(floats, at, 1, s.unknown),  # precision
    )
    network = Network(
        _vector(integers, at, 0, s.latent),  # latent_factor
        _vector(integers, at, 0, s.inferred),  # inferred_factor
        _vector(integers, at, 0, s.inferred),  # shock_factor
        _vector(integers, at, 0, s.inferred),  # joint_start
        _matrix(integers, at, 0, s.month, s.factor),  # clamped
        _vector(integers, at, 0, s.factor + 1),  # edge_start
        _vector(integers, at, 0, s.edge),  # edge_parent
        _vector(integers, at, 0, s.edge),  # edge_lag
        _vector(integers, at, 0, s.edge - s.drift),  # named_edge
        _vector(integers, at, 0, s.baseline),  # baseline_factor
        _vector(integers, at, 0, s.effect),  # effect_factor
        _vector(integers, at, 0, s.effect),  # effect_drift
        _vector(integers, at, 0, s.effect),  # effect_lasting
        _vector(integers, at, 0, s.drift),  # drift_latent
        _vector(integers, at, 0, s.drift),  # drift_hidden
        _vector(integers, at, 0, s.drift),  # drift_edge
        _vector(integers, at, 0, s.drift),  # drift_share
        _vector(integers, at, 0, s.drift),  # drift_half_life
        _vector(floats, at, 1, s.edge - s.drift),  # sign
        _vector(floats, at, 1, s.inferred),  # start_mean
        _matrix(floats, at, 1, s.inferred, s.inferred),  # start_root
        _matrix(floats, at, 1, s.month, s.factor),  # given
        _matrix(floats, at, 1, s.month, s.effect),  # effect_active
        _matrix(floats, at, 1, s.month, s.effect),  # effect_age
        _vector(floats, at, 1, s.effect),  # known_lasting
        _vector(floats, at, 1, s.drift),  # known_share
        _vector(floats, at, 1, s.drift),  # known_half_life
    )
    indicators = Indicators(
        _vector(integers, at, 0, s.indicator),  # measured
        _vector(integers, at, 0, s.indicator),  # error_place
        _vector(integers, at, 0, s.indicator + 1),  # gap_start
        _vector(integers, at, 0, s.indicator),  # tailed
        _vector(integers, at, 0, s.indicator),  # shrinking
        _vector(integers, at, 0, s.indicator),  # nought_place
        _vector(floats, at, 1, s.indicator),  # polarity
        _matrix(floats, at, 1, s.indicator, s.month),  # evidence_month
    )
    rows = Rows(
        _vector(integers, at, 0, s.row),  # family
        _vector(integers, at, 0, s.row),  # indicator
        _vector(integers, at, 0, s.row + 1),  # cell_start
        _vector(integers, at, 0, s.cell),  # cell_month
        _vector(floats, at, 1, s.row),  # value
        _vector(floats, at, 1, s.row),  # se
        _vector(floats, at, 1, s.row),  # grade
        _vector(floats, at, 1, s.cell),  # cell_share
    )
    states = States(
        _vector(integers, at, 0, s.state),  # state_indicator
        _vector(integers, at, 0, s.state),  # state_leaving
        _vector(integers, at, 0, s.state),  # state_start
        _matrix(integers, at, 0, s.state, s.month),  # look
        _vector(floats, at, 1, s.state),  # known_start
    )
    return Problem(unknowns, network, indicators, rows, states)


def check_packed(words: Words) -> None:
    """Refuse words whose reading would leave their bounds.

    Raises
    ------
    ValueError
        If the header does not fit the words, or something in them points to what is not there.
    """
    fits, sizes = read_sizes(words)
    if not fits:
        raise ValueError("the header of a packed model does not fit its words")
    problem = unpack(words, sizes)
    if wrong := [*_wrong_segments(problem.unknowns, sizes), *_wrong_places(problem, sizes)]:
        raise ValueError(f"a packed model points to what is not there: {wrong[0]}")
    if wrong := _wrong_rows(problem):
        raise ValueError(f"a packed model has rows that do not suit their family: {wrong[0]}")


def _wrong_segments(unknowns: Unknowns, sizes: Sizes) -> list[str]:
    """Name what is wrong with the places of the unknowns in the vector."""
    begins, lengths, supports, kinds = unknowns.segment.T
    steps = sizes.month - 1
    size = dict(zip(UNKNOWNS, lengths.tolist(), strict=True))
    expected = {
        "half_life": sizes.latent,
        "weight_size": sizes.edge - sizes.drift,
        "own_scale": sizes.latent,
        "baseline": sizes.baseline,
        "event_effect": sizes.effect,
        "start_innovation": sizes.inferred,
        "loading": sizes.indicator,
        "reference": sizes.indicator,
        "nought_loading": size["nought"],
        "innovation_smooth": steps * sizes.inferred - size["innovation_jump"],
    }
    wrong = [name for name, count in expected.items() if size[name] != count]
    if steps > 0 and size["innovation_smooth"] % steps:
        wrong.append("innovation_smooth")
    if sizes.month < 1 or (lengths < 0).any() or lengths.sum() != sizes.unknown:
        wrong.append("length")
    if not np.array_equal(begins, np.cumsum([0, *lengths[:-1]])):
        wrong.append("begin")
    if (kinds < 0).any() or (kinds >= len(COMPILED_KINDS)).any():
        wrong.append("kind")
    if (supports < 0).any() or (supports >= len(SUPPORTS)).any():
        wrong.append("support")
    return wrong


def _wrong_places(problem: Problem, sizes: Sizes) -> list[str]:
    """Name the fields that hold positions which do not exist."""
    lengths = dict(zip(UNKNOWNS, problem.unknowns.segment[:, 1].tolist(), strict=True))
    network, indicators, rows = problem.network, problem.indicators, problem.rows
    positions = {
        "latent_factor": (network.latent_factor, sizes.factor),
        "inferred_factor": (network.inferred_factor, sizes.factor),
        "shock_factor": (network.shock_factor, sizes.factor),
        "named_edge": (network.named_edge, sizes.edge),
        "drift_latent": (network.drift_latent, sizes.latent),
        "drift_hidden": (network.drift_hidden, sizes.factor),
        "drift_edge": (network.drift_edge, sizes.edge),
        "drift_share": (network.drift_share + 1, lengths["drift_share"] + 1),
        "drift_half_life": (network.drift_half_life + 1, lengths["drift_half_life"] + 1),
        "effect_drift": (network.effect_drift + 1, sizes.drift + 1),
        "effect_lasting": (network.effect_lasting + 1, lengths["event_lasting"] + 1),
        "edge_parent": (network.edge_parent, sizes.factor),
        "edge_lag": (network.edge_lag, 2**31),
        "baseline_factor": (network.baseline_factor, sizes.factor),
        "effect_factor": (network.effect_factor, sizes.factor),
        "measured": (indicators.measured, sizes.factor),
        "error_place": (indicators.error_place + 1, lengths["error"] + 1),
        "nought_place": (indicators.nought_place + 1, lengths["nought"] + 1),
        "state_indicator": (problem.states.state_indicator, sizes.indicator),
        "state_leaving": (problem.states.state_leaving + 1, lengths["leaving"] + 1),
        "state_start": (problem.states.state_start + 1, lengths["state_start"] + 1),
        "look": (problem.states.look - NO_LOOK, 3),
        "family": (rows.family, len(COMPILED_FAMILIES)),
        "indicator": (rows.indicator, sizes.indicator),
        "cell_month": (rows.cell_month, sizes.month),
    }
    starts = {
        "edge_start": (network.edge_start, sizes.edge),
        "gap_start": (indicators.gap_start, lengths["category_gap_size"]),
        "cell_start": (rows.cell_start, sizes.cell),
    }
    wrong = [
        name
        for name, (values, count) in positions.items()
        if (values < 0).any() or (values >= count).any()
    ]
    wrong += [
        name
        for name, (values, count) in starts.items()
        if values[0] != 0 or values[-1] != count or (np.diff(values) < 0).any()
    ]
    # A row has room for the months of the window.
    if (np.diff(rows.cell_start) > sizes.month).any():
        wrong.append("cell_start")
    return wrong


def _wrong_rows(problem: Problem) -> list[str]:
    """Name the fields of rows that do not suit the family they are of."""
    rows, gap_start = problem.rows, problem.indicators.gap_start
    wrong = []
    for f, family in enumerate(COMPILED_FAMILIES.values()):
        own = rows.family == f
        k, value = rows.indicator[own], rows.value[own]
        if family.has_error and (problem.indicators.error_place[k] < 0).any():
            wrong.append("error_place")
        # There is one category more than cut points, and one cut point more than gaps.
        highest = gap_start[k + 1] - gap_start[k] + 1
        if family.has_categories and not ((value >= 0) & (value <= highest)).all():
            wrong.append("value")
    return wrong
